import { expect, it } from 'vitest'
import { readSituation } from './card-situations.ts'

const tlv = (tag: number, value: string | Buffer) => Buffer.concat([Buffer.from(value.length > 127 ? [tag, 0x81, value.length] : [tag, value.length]), Buffer.from(value)])
const whole = [tlv(0x84, 'CABINET DES LILAS'), tlv(0x85, '499900000012001'), tlv(0x86, 'SA07')]
const read = { name: 'CABINET DES LILAS', structure: '499900000012001', sector: 'SA07' }

it('reads name, structure and sector, in any order, flat or inside a constructed field, filled up or not', () => {
  expect(readSituation(Buffer.concat(whole))).toEqual(read)
  expect(readSituation(Buffer.concat(whole.toReversed()))).toEqual(read)
  expect(readSituation(tlv(0xa0, Buffer.concat([tlv(0x80, 'x'.repeat(130)), ...whole])))).toEqual(read)
  expect(readSituation(Buffer.concat([...whole, Buffer.alloc(40)]))).toEqual(read)
  expect(readSituation(Buffer.concat([...whole, Buffer.alloc(40, 0xff)]))).toEqual(read)
})

it('gives none when the structure or the sector is not there, and is not led out of the bytes', () => {
  expect(readSituation(Buffer.concat(whole.slice(0, 2)))).toBeNull()
  expect(readSituation(Buffer.concat([whole[0]!, whole[2]!]))).toBeNull()
  for (let length = 0; length < Buffer.concat(whole).length; length += 1) expect(readSituation(Buffer.concat(whole).subarray(0, length))).toBeNull()
  expect(readSituation(Buffer.from([0x85, 0x84, 1, 2, 3, 4]))).toBeNull()
})
