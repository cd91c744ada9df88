import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClinicalFact } from '#shared/contract/index.ts'
import { loadClinicalRules } from '../clinical/load-clinical-rules.ts'
import { summarise } from './summarise.ts'
import { documentsExample, factExample } from './summary-example.ts'

const { analytes } = await loadClinicalRules(path.join(import.meta.dirname, '../../../../resources/clinical'), null)
const loinc = '2.16.840.1.113883.6.1'
const summaryOf = (facts: readonly ClinicalFact[]) =>
  summarise({ generation: 1, loadedAt: '', facts, listed: documentsExample, analytes, documents: { read: 3, unread: 0, failed: 0, unstructured: 0 }, unreadable: [], now: Date.parse('2026-11-21T09:00:00Z') })

describe('one analyte in two units', () => {
  const result = (code: string, value: string, unit: string, date: string) => factExample({ kind: 'labResult', label: `Créatinine ${unit}`, code, codeSystem: loinc, value, unit, date, document: 'report' })

  it('is one line: the newest in its own unit, the others converted for the curve, every value as written', () => {
    const { lines } = summaryOf([result('14682-9', '98', 'umol/L', '2026-11-10'), result('2160-0', '11.1', 'mg/L', '2026-11-10'), result('2160-0', '9.8', 'mg/L', '2025-05-02'), result('14682-9', '82', 'umol/L', '2024-01-05')]).results
    expect(lines.map(({ latest, former }) => [latest.value, latest.unit, ...former.map(({ value, unit, converted }) => [value, unit, converted])])).toEqual([
      ['98', 'umol/L', ['11.1', 'mg/L', { value: 98, unit: 'umol/L' }], ['9.8', 'mg/L', { value: 87, unit: 'umol/L' }], ['82', 'umol/L', null]],
    ])
  })

  it('converts into the unit of the newest, whichever it is', () => {
    const { lines } = summaryOf([result('2160-0', '11.1', 'mg/L', '2026-11-10'), result('14682-9', '82', 'umol/L', '2024-01-05')]).results
    expect(lines.map(({ latest, former }) => [latest.value, former[0]?.value, former[0]?.converted])).toEqual([['11.1', '82', { value: 9.3, unit: 'mg/L' }]])
  })

  it('stays two lines where a unit is not the analyte’s, and where another thing is measured', () => {
    expect(summaryOf([result('14682-9', '98', 'umol/L', '2026-11-10'), result('2160-0', '1', 'mmol/L', '2025-05-02')]).results.lines.length).toBe(2)
    expect(summaryOf([result('62238-1', '60', 'mL/min', '2026-11-10'), result('77147-7', '61', 'mL/min', '2025-05-02')]).results.lines.length).toBe(2)
    expect(summaryOf([result('22748-8', '3', 'mmol/L', '2026-11-10'), result('13457-7', '1.2', 'g/L', '2025-05-02')]).results.lines.length).toBe(2)
  })
})

describe('a blood pressure', () => {
  const pressure = (code: string, value: string, date: string, change: Partial<ClinicalFact> = {}) =>
    factExample({ kind: 'measurement', label: code === '8480-6' ? 'Pression systolique' : 'Pression diastolique', code, codeSystem: loinc, value, unit: 'mm[Hg]', date, document: 'letter', ...change })
  const lines = (...facts: ClinicalFact[]) => summaryOf(facts).measurements.lines.map(({ name, latest, former }) => [name, ...[latest, ...former].map(({ value }) => value)])

  it('is one line, with its former ones', () => {
    expect(lines(pressure('8480-6', '128', '2026-11-10T09:00'), pressure('8462-4', '76', '2026-11-10T09:00'), pressure('8462-4', '90', '2026-10-10'), pressure('8480-6', '150', '2026-10-10'))).toEqual([['PA', '128/76', '150/90']])
  })

  it('keeps both halves as sources and the worse of their marks', () => {
    const [line] = summaryOf([pressure('8480-6', '185', '2026-11-10', { interpretation: 'H' }), pressure('8462-4', '125', '2026-11-10', { interpretation: 'HH' })]).measurements.lines
    expect(line?.latest).toMatchObject({ value: '185/125', unit: 'mm[Hg]', outOfRange: 'veryHigh', number: { value: 185 }, sources: [{ value: '185' }, { value: '125' }] })
  })

  it('pairs neither another moment, nor another document, nor another arm, nor two readings of one minute, nor half a pair', () => {
    const [high, low] = [pressure('8480-6', '128', '2026-11-10T09:00'), pressure('8462-4', '76', '2026-11-10T09:00')]
    expect(lines(high, { ...low, date: '2026-11-10T10:00' }).length).toBe(2)
    expect(lines(high, { ...low, document: 'report' }).length).toBe(2)
    expect(lines({ ...high, label: 'Pression systolique (bras droit)' }, { ...low, label: 'Pression diastolique (bras gauche)' }).length).toBe(2)
    expect(lines(high, { ...high, value: '140' }, low).map(([name]) => name)).not.toContain('PA')
    expect(lines(high)).toEqual([['Pression systolique', '128']])
    expect(lines(high, low, { ...high, date: '2026-11-12' })).toEqual([['Pression systolique', '128'], ['PA', '128/76']])
  })
})
