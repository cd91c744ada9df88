import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase45, toBase45 } from './base45.ts'
import { base45Length, readSheetEntry, sheetHead, sheetSum } from './read-sheet-entry.ts'

/** A code as long as it says, whatever it holds: `length` bytes of content. */
function codeOf(length: number, byte = 7): string {
  const bytes = new Uint8Array(sheetHead + length + sheetSum).fill(byte)
  bytes.set([1, length >> 8, length & 0xff])
  return `RELAIS:${toBase45(bytes)}:`
}

describe('base45', () => {
  it.each([['AB', 'BB8'], ['Hello!!', '%69 VD92EX0'], ['base-45', 'UJCLQE7W581'], ['ietf!', 'QED8WEX0']])('writes %j as RFC 9285 does', (text, written) => {
    expect(toBase45(new TextEncoder().encode(text))).toBe(written)
    expect(new TextDecoder().decode(fromBase45(written)!)).toBe(text)
  })

  it('comes back as it went, in the length it says', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = toBase45(bytes)
      expect(text).toHaveLength(base45Length(bytes.length))
      expect([...fromBase45(text)!]).toEqual([...bytes])
    }))
  })

  it.each(['GGW', ':::', '::', 'A', 'AAAA', 'a00', 'É00'])('takes %j for none', (text) => expect(fromBase45(text)).toBeNull())
})

describe('the code of a sheet, as it is scanned', () => {
  it('is unfinished at each character but the last, and whole then, in either case', () => {
    for (const code of [codeOf(1), codeOf(300), codeOf(961)]) {
      for (let at = 1; at < code.length; at += 1) expect(readSheetEntry(code.slice(0, at)), `${at}`).toEqual({ kind: 'unfinished' })
      expect(readSheetEntry(` ${code.toLowerCase()}\n`)).toEqual({ kind: 'whole', code })
    }
  })

  it('keeps its blanks, also at its end, where a field would trim them', () => {
    // 36 is the blank: 36 + 45 * 36 + 2025 * 28.
    const blanks = fc.uint8Array({ minLength: 1, maxLength: 60 })
    fc.assert(fc.property(blanks, (content) => {
      const bytes = new Uint8Array(sheetHead + content.length + sheetSum)
      bytes.set([1, 0, content.length, ...content])
      const code = `RELAIS:${toBase45(bytes)}:`
      expect(readSheetEntry(code.trim())).toEqual({ kind: 'whole', code })
    }))
  })

  it.each(['RELAIS:::::::', `${codeOf(20)}A`, `${codeOf(20).slice(0, -1)}A`, `RELAIS:${toBase45(Uint8Array.of(1, 255, 255, 0))}`])('is refused when it is none: %j', (typed) => expect(readSheetEntry(typed)).toEqual({ kind: 'refused' }))
  it.each(['', ' ', '2', '279035121518989', 'IS01', 'RX', 'X'])('is not what %j begins', (typed) => expect(readSheetEntry(typed)).toBeNull())
})
