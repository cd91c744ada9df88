import { expect, test } from 'vitest'
import { openRecordReader } from './tls-records.ts'

const record = (type: number, length: number, fill: number): Buffer => Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 255]), Buffer.alloc(length, fill)])
const stream = Buffer.concat([record(22, 300, 1), record(20, 1, 2), record(23, 40, 3), record(23, 0, 4), record(21, 2, 5), record(23, 7, 6)])

test.each([1, 3, 5, 64, stream.length])('tells application data from the rest however the stream is cut (%i bytes at a time)', (size) => {
  const read = openRecordReader()
  const passages = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) => read(stream.subarray(index * size, (index + 1) * size))).flat()
  expect(Buffer.concat(passages.map(({ bytes }) => bytes))).toEqual(stream)
  const application = passages.filter(({ isApplication }) => isApplication).reduce((sum, { bytes }) => sum + bytes.length, 0)
  // The type is known with the first byte of a head, so that all of it counts.
  expect(application).toBe(5 + 40 + 5 + 5 + 7)
})
