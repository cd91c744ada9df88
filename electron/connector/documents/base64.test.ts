import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBase64 } from './base64.ts'

it('decodes what was encoded, whatever the blanks and the padding', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 20 }), fc.boolean(), (bytes, width, padded) => {
      const text = Buffer.from(bytes).toString('base64')
      const laidOut = (padded ? text : text.replace(/=+$/, '')).replace(new RegExp(`(.{${width}})`, 'g'), '$1\r\n\t ')
      expect(decodeBase64(laidOut)).toEqual(bytes)
    }),
  )
})

it.each(['A', 'AAAAA', 'AA*A', 'AAA-', '====', 'AA=A'])('refuses %j', (text) => {
  expect(decodeBase64(text)).toBeNull()
})
