import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentId, parseMediaType, readMultipart, writeMultipart } from './multipart.ts'

const boundary = 'relais-0b9f2c1e-5a5a-4b6b-8c8c-1d2e3f4a5b6c'
const anyBody = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  // Line ends and dashes close to the delimiter are where codecs break.
  fc.array(fc.constantFrom('\r', '\n', '\r\n', '-', '--', '--relais', '\r\n--', 'a', '\0'), { maxLength: 40 }).map((pieces) => new Uint8Array(Buffer.from(pieces.join('')))),
)

it('gives back every part byte for byte', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), anyBody), { minLength: 1, maxLength: 5 }), (parts) => {
      const written = Buffer.concat(writeMultipart(parts.map(([id, body]) => ({ headers: { 'Content-ID': `<${id}@x>` }, body })), boundary))
      const read = readMultipart(written, boundary)
      expect(read?.map((part) => [contentId(part), Buffer.from(part.body).toString('hex')])).toEqual(parts.map(([id, body]) => [`${id}@x`, Buffer.from(body).toString('hex')]))
    }),
  )
})

it('gives null, never a part, when the message is cut anywhere before its end', () => {
  const written = Buffer.concat(writeMultipart([{ headers: { 'Content-ID': '<a>' }, body: Buffer.from('hello') }, { headers: {}, body: Buffer.from('world') }], boundary))
  for (let length = 0; length < written.length - 4; length += 1) expect(readMultipart(written.subarray(0, length), boundary)).toBeNull()
})

it('never throws on any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 10 }), (body, mark) => {
      expect(() => readMultipart(body, mark)).not.toThrow()
    }),
  )
})

it('reads preamble, folded headers, transport padding and base64 as other servers write them', () => {
  const message = ['ignored', '--b  ', 'Content-Type: application/xop+xml;', '\ttype="application/soap+xml"', 'Content-Transfer-Encoding: BASE64', '', 'aGVs', 'bG8=', '--b--', 'epilogue'].join('\r\n')
  const [part] = readMultipart(Buffer.from(message), 'b') ?? []
  expect(Buffer.from(part?.body ?? []).toString()).toBe('hello')
  expect(part?.headers['content-type']).toContain('type="application/soap+xml"')
})

it('reads a media type with quotes, escapes and semicolons in its values', () => {
  expect(parseMediaType('Multipart/Related; boundary="a;b\\"c"; start=<root@x>; Type=application/xop+xml')).toEqual({
    type: 'multipart/related',
    parameters: { boundary: 'a;b"c', start: '<root@x>', type: 'application/xop+xml' },
  })
})
