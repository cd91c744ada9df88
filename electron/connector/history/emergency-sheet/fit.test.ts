import { deflateRawSync } from 'node:zlib'
import { decodeQR } from 'qr/decode.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sheetLists, type EmergencySheet, type PrintableSheet } from '#shared/contract/index.ts'
import { fitToCode } from './fit-to-code.ts'
import { fitToPage } from './fit-to-page.ts'
import { decodeSheet } from './sheet-code.ts'
import { noneKnownExample, sheetExample, sheetFactExample, sheetListExample } from './sheet-example.ts'

/** Words no deflate makes short. */
const words = (seed: number, length: number) => deflateRawSync(Buffer.from(Array.from({ length: length * 2 }, (_, at) => (seed * 7919 + at * at * 31 + at * seed) % 251))).toString('base64').slice(0, length)
const someFacts = (count: number, changes: Parameters<typeof sheetFactExample>[0] = {}) => Array.from({ length: count }, (_, at) => sheetFactExample({ label: `${words(at + 1, 24)} ${at}`, ...changes }))
const crowded = (count: number): EmergencySheet['lists'] => {
  const list = sheetListExample({ facts: someFacts(count) })
  return { allergies: list, treatments: list, problems: list, vaccines: list }
}

/** The code as a camera sees it. */
function scan({ rows }: PrintableSheet['code'], scale = 4): string {
  const side = (rows.length + 8) * scale
  const data = new Uint8Array(side * side * 4).fill(255)
  for (let y = 0; y < side; y += 1) for (let x = 0; x < side; x += 1) if (rows[Math.floor(y / scale) - 4]?.[Math.floor(x / scale) - 4] === '1') data.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3)
  return decodeQR({ width: side, height: side, data })
}

describe('the page', () => {
  it('holds what is usual whole', () => {
    const { lists } = sheetExample({ treatments: sheetListExample({ facts: someFacts(8) }), problems: sheetListExample({ facts: someFacts(6) }) })
    expect(fitToPage(lists)).toEqual(lists)
  })

  it('counts what it does not hold, nothing is lost, and no list is crowded out', () => {
    fc.assert(fc.property(fc.record({ allergies: fc.nat(80), treatments: fc.nat(80), problems: fc.nat(80), vaccines: fc.nat(80) }), fc.nat(6), (counts, statements) => {
      const lists = Object.fromEntries(sheetLists.map((name) => [name, sheetListExample({ facts: someFacts(counts[name]), statements: Array.from({ length: statements }, () => noneKnownExample) })])) as unknown as EmergencySheet['lists']
      const fitted = fitToPage(lists)
      for (const name of sheetLists) {
        const { facts, statements: told, leftOut } = fitted[name]
        expect(facts.length + told.length + leftOut).toBe(counts[name] + statements)
        expect(facts).toEqual(lists[name].facts.slice(0, facts.length))
        if (counts[name] > 0 && statements === 0) expect(facts.length).toBeGreaterThan(0)
      }
    }), { numRuns: 60 })
  })

  it('keeps the lines of a text told in words apart, and drops what is not seen', () => {
    const { allergies } = fitToPage(sheetExample({ allergies: sheetListExample({ facts: [sheetFactExample({ inWords: true, values: [{ value: ' Latex\r\n  Pollens\tde bouleau\u202e\u0000 ', unit: null }] })] }) }).lists)
    expect(allergies.facts[0]?.values[0]?.value).toBe('Latex / Pollens de bouleau')
  })

  it('ends a long text with an ellipsis, and says that values were too many', () => {
    const { allergies } = fitToPage(sheetExample({ allergies: sheetListExample({ facts: [sheetFactExample({ label: 'x'.repeat(500), values: Array.from({ length: 5 }, (_, at) => ({ value: `v${at}`, unit: null })) })] }) }).lists)
    expect(allergies.facts[0]).toMatchObject({ label: `${'x'.repeat(119)}…`, toCheck: true })
    expect(allergies.facts[0]?.values).toHaveLength(3)
  })
})

describe('the QR code', () => {
  it('is read by another program, and says what the sheet says', () => {
    const sheet = sheetExample({ treatments: sheetListExample({ facts: someFacts(5) }) })
    const { code, text } = fitToCode(sheet)
    expect(scan(code)).toBe(text)
    expect(decodeSheet(scan(code))).toEqual({ ok: true, value: sheet })
    expect(code.leftOut).toEqual({ allergies: 0, treatments: 0, problems: 0, vaccines: 0 })
  })

  it('at its fullest is no larger than version 25, and still read where a twentieth of it is stained', () => {
    const { code, text } = fitToCode(sheetExample(crowded(20)))
    expect(code.rows.length).toBeLessThanOrEqual(117)
    expect(code.rows.length).toBeGreaterThan(100)
    const stained = { ...code, rows: code.rows.map((row, y) => (y > 60 && y < 75 ? `${row.slice(0, 60)}${'1'.repeat(20)}${row.slice(80)}` : row)) }
    expect(scan(code)).toBe(text)
    expect(scan(stained)).toBe(text)
  })

  it('leaves out the last of the list and the last lists first, and counts it', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(9), (count, leftOutOfPage) => {
      const lists = crowded(count)
      const sheet = sheetExample({ ...lists, vaccines: { ...lists.vaccines, leftOut: leftOutOfPage } })
      const { code, text, held } = fitToCode(sheet)
      const said = decodeSheet(text)
      expect(said).toEqual({ ok: true, value: held })
      const missing = sheetLists.map((name) => code.leftOut[name])
      for (const [at, name] of sheetLists.entries()) {
        expect(held.lists[name].facts).toEqual(sheet.lists[name].facts.slice(0, count - missing[at]!))
        expect(held.lists[name].leftOut).toBe(sheet.lists[name].leftOut + missing[at]!)
        if (missing[at]! > 0) expect(missing.slice(at + 1).every((later) => later === count)).toBe(true)
      }
    }), { numRuns: 25 })
  })
})
