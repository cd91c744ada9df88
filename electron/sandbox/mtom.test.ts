import fc from 'fast-check'
import { expect, it } from 'vitest'
import { contentIdOf, headerParameters, MultipartRefused, readMultipart, writeMultipart } from './mtom.ts'

const boundary = 'limit-1'

it('gives back the exact bytes of every part, whatever they hold', () => {
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(Buffer.from('\r\n'), Buffer.from('--limit-'), Buffer.from('\r\n--'), Buffer.from('\r\n\r\n'), Buffer.alloc(0)))
  fc.assert(
    fc.property(bytes, fc.array(bytes, { maxLength: 4 }), (root, attachments) => {
      const message = writeMultipart(boundary, { contentId: 'root', contentType: 'application/xop+xml', bytes: root }, attachments.map((one, index) => ({ contentId: `p${index}`, contentType: 'text/xml', bytes: one })))
      const parts = readMultipart(message, boundary)
      expect(parts.map((part) => [...part.bytes])).toEqual([root, ...attachments].map((one) => [...one]))
      expect(parts.map(contentIdOf)).toEqual(['root', ...attachments.map((_, index) => `p${index}`)])
    }),
  )
})

it('never hangs nor crashes on a message cut anywhere', () => {
  const message = writeMultipart(boundary, { contentId: 'root', contentType: 'application/xop+xml', bytes: Buffer.from('<a/>') }, [{ contentId: 'p', contentType: 'text/xml', bytes: Buffer.from('abc') }])
  for (let cut = 0; cut < message.length - 4; cut += 1) expect(() => readMultipart(message.subarray(0, cut), boundary)).toThrow(MultipartRefused)
})

it('reads a part without headers, and header parameters quoted or not', () => {
  expect(readMultipart(Buffer.from('--b\r\n\r\nhello\r\n--b--'), 'b').map((part) => part.bytes.toString())).toEqual(['hello'])
  expect(headerParameters('Multipart/Related; boundary=abc; start="<a;b>"; type="application/xop+xml"')).toEqual({
    value: 'multipart/related',
    parameters: { boundary: 'abc', start: '<a;b>', type: 'application/xop+xml' },
  })
  expect(() => readMultipart(Buffer.from('--b\r\n'), '')).toThrow(MultipartRefused)
})
