import fc from 'fast-check'
import { expect, it } from 'vitest'
import { base64Length, decodeBase64, writeBase64 } from './base64.ts'

it('decodes what was encoded, whatever the blanks and the padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 20 }), fc.boolean(), (bytes, width, padded) => {
      const text = Buffer.from(bytes).toString('base64')
      const laidOut = (padded ? text : text.replace(/=+$/, '')).replace(new RegExp(`(.{${width}})`, 'g'), '$1\r\n\t ')
      expect(decodeBase64(laidOut)).toEqual(bytes)
    }),
  )
})

it.each([0, 1, 2, 3, 24_575, 24_576, 24_577, 100_000])('writes %i bytes where it is told, and nothing beside', (length) => {
  const bytes = Uint8Array.from({ length }, (_, index) => (index * 31) % 256)
  const target = Buffer.alloc(base64Length(length) + 2, '|')
  writeBase64(bytes, target, 1)
  expect(target.toString('latin1')).toBe(`|${Buffer.from(bytes).toString('base64')}|`)
})

it.each(['A', 'AAAAA', 'AA*A', 'AAA-', '====', 'AA=A'])('refuses %j', (text) => {
  expect(decodeBase64(text)).toBeNull()
})
