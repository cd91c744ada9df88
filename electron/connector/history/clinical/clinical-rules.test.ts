import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { analyteTable, inUnit } from './analytes.ts'
import { addMonths, ageOn, lastDayOf } from './calendar.ts'
import { loadClinicalRules } from './load-clinical-rules.ts'
import { isLoincCode } from '#shared/terminology/index.ts'

const product = path.join(import.meta.dirname, '../../../../resources/clinical')
const shipped = await loadClinicalRules(product, null)
const read = (name: string) => JSON.parse(fs.readFileSync(path.join(product, name), 'utf8')) as Record<string, unknown>

let practice: string
beforeEach(() => {
  practice = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-rules-'))
})
afterEach(() => fs.rmSync(practice, { recursive: true }))

describe('the clinical rules', () => {
  it('that are shipped are valid, sourced, dated, and signed by nobody yet', () => {
    const { rules } = shipped.exams.rules
    expect(rules.length).toBeGreaterThan(40)
    expect(rules.filter(({ approvedBy }) => approvedBy !== null)).toEqual([])
    expect(shipped).toMatchObject({ exams: { own: false, refused: null, rules: { version: '2026-11', date: '2026-11-21' } }, vaccination: { own: false, refused: null, rules: { approvedBy: null } } })
  })

  it('are the practice’s own where its folder has a valid file', async () => {
    const own = read('retest-intervals.json')
    fs.writeFileSync(path.join(practice, 'retest-intervals.json'), JSON.stringify({ ...own, version: 'cabinet-1' }))
    expect(await loadClinicalRules(product, practice)).toMatchObject({ exams: { own: true, refused: null, rules: { version: 'cabinet-1' } }, vaccination: { own: false, refused: null } })
  })

  it.each<[string, (own: Record<string, unknown>) => unknown, RegExp]>([
    ['no JSON', () => '{', /^retest-intervals\.json: .+/],
    ['a code that is no LOINC code', (own) => ({ ...own, rules: [{ ...(own['rules'] as object[])[0], loinc: [['718-8']] }] }), /rules\.0\.loinc\.0\.0 not a LOINC code/],
    ['a source that is not named', (own) => ({ ...own, sources: {} }), /rules\.0\.source source \w+ is not among the sources/],
    ['a rule twice', (own) => ({ ...own, rules: [(own['rules'] as object[])[0], (own['rules'] as object[])[0]] }), /rules\.1\.id nfs is there twice/],
    ['an unknown condition', (own) => ({ ...own, rules: [{ ...(own['rules'] as object[])[0], mute: ['whenever'] }] }), /rules\.0\.mute\.0/],
    ['a word that is not known', (own) => ({ ...own, rule: [] }), /rule/],
  ])('hold as shipped where the practice’s file has %s, and say so', async (_name, made, message) => {
    const text = made(read('retest-intervals.json'))
    fs.writeFileSync(path.join(practice, 'retest-intervals.json'), typeof text === 'string' ? text : JSON.stringify(text))
    const { exams } = await loadClinicalRules(product, practice)
    expect(exams.refused).toMatch(message)
    expect(exams).toMatchObject({ own: false, rules: shipped.exams.rules })
  })

  it('are the product’s in a practice without any', async () => {
    expect(await loadClinicalRules(product, path.join(practice, 'none'))).toEqual(shipped)
  })
})

describe('the analytes', () => {
  const { analytes } = shipped.analytes
  it.each(analytes.flatMap((analyte) => Object.keys(analyte.units).map((unit) => [analyte.id, unit, analyte] as const)))('give %s in %s back as it was, by its shown unit', (_id, unit, analyte) => {
    for (const value of [0.01, 1, 7.5, 420]) {
      const shown = inUnit(analyte, value, unit, analyte.unit)
      expect(inUnit(analyte, shown ?? Number.NaN, analyte.unit, unit)).toBeCloseTo(value, 6)
    }
  })

  it.each([
    ['creatinine', 10, 'mg/L', 'umol/L', 88.4], ['glycemie', 1, 'g/L', 'mmol/L', 5.55], ['cholesterol', 2, 'g/L', 'mmol/L', 5.17], ['calcium', 100, 'mg/L', 'mmol/L', 2.5], ['bilirubine', 10, 'mg/L', 'umol/L', 17.1],
    ['hba1c', 7, '%', 'mmol/mol', 53], ['hba1c', 48, 'mmol/mol', '%', 6.5], ['hemoglobine', 14, 'g/dL', 'mmol/L', 8.7], ['t4l', 10, 'ng/L', 'pmol/L', 12.9], ['uree', 0.3, 'g/L', 'mmol/L', 5],
  ])('tell %s of %d %s in %s as laboratories do', (id, value, from, to, expected) => {
    const analyte = analytes.find((one) => one.id === id)
    expect(inUnit(analyte!, value, from, to)).toBeCloseTo(expected, 0)
    expect(Math.abs((inUnit(analyte!, value, from, to) ?? 0) / expected - 1)).toBeLessThan(0.01)
  })

  it('refuse a unit that is not in the list, and giga for gram', () => {
    const creatinine = analytes.find(({ id }) => id === 'creatinine')!
    expect(inUnit(creatinine, 1, 'mmol/L', 'umol/L')).toBeNull()
    expect(inUnit(creatinine, 1, null, 'umol/L')).toBeNull()
    const protein = analytes.find(({ id }) => id === 'proteines')!
    expect(inUnit(protein, 1, 'G/L', 'g/L')).toBeNull()
  })

  it('never hold a code twice', () => {
    const table = read('analytes.json') as { analytes: object[] }
    expect(analyteTable.safeParse({ ...table, analytes: [...table.analytes, table.analytes[0]] }).success).toBe(false)
  })
})

it('knows a LOINC code by its check digit', () => {
  for (const code of ['2823-3', '718-7', '14682-9', '59261-8']) expect(isLoincCode(code)).toBe(true)
  for (const code of ['1988-1', '8039-1', '2823', '2823-', 'PRESC-BIO', '']) expect(isLoincCode(code)).toBe(false)
})

it('counts ages and months by the calendar', () => {
  expect(ageOn('2026-02-28', '2008-02-29')).toBe(18)
  expect(ageOn('2026-02-27', '2008-02-29')).toBe(17)
  expect(ageOn('2026-11-21', '2026-11-22')).toBeNull()
  expect(addMonths('2026-08-31', -6)).toBe('2026-02-28')
  expect([lastDayOf('2024-02'), lastDayOf('2026'), lastDayOf('2026-05-03T08:00'), lastDayOf('x')]).toEqual(['2024-02-29', '2026-12-31', '2026-05-03', null])
})
