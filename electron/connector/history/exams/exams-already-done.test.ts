import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClinicalFact, RecordDocument } from '#shared/contract/index.ts'
import { loadClinicalRules } from '../clinical/load-clinical-rules.ts'
import { documentExample } from '../record-example.ts'
import { factExample } from '../summary/summary-example.ts'
import { codesOfRules, examRequestOf } from './exam-request.ts'
import { examsAlreadyDone, type KnownOfPatient } from './exams-already-done.ts'
import { examsToShow } from './exams-to-show.ts'
import { judgementOf } from './result-judgement.ts'

const { rules } = (await loadClinicalRules(path.join(import.meta.dirname, '../../../../resources/clinical'), null)).exams
const now = Date.parse('2026-11-21T09:00:00Z')
const loinc = '2.16.840.1.113883.6.1'
const cim10 = '2.16.840.1.113883.6.3'
const laboratory = documentExample('report', { typeCode: '11502-2', creationTime: '2026-11-10T10:00:00Z', authors: [{ name: 'Dr ROUX', role: null, structure: 'Laboratoire Voltaire', personId: null, structureId: null }] })

/** One invented result, usual unless it says otherwise. */
const result = (code: string, date: string | null, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'labResult', label: code, code, codeSystem: loinc, value: '6.8', unit: '%', date, interpretation: 'N', document: 'report', ...change })
const treatment = (label: string, date: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'treatment', label, date, document: 'letter', ...change })
const problem = (code: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'problem', label: code, code, codeSystem: cim10, ...change })

function examsOf(facts: readonly ClinicalFact[], change: Partial<KnownOfPatient> = {}, mayJudge = true) {
  return examsAlreadyDone({ facts, documents: [laboratory], birthDate: '1959-02-14', ...change }, rules, now, mayJudge)
}
function judged(rule: string, facts: readonly ClinicalFact[], change: Partial<KnownOfPatient> = {}, mayJudge = true) {
  const found = examsOf(facts, change, mayJudge).find((exam) => exam.rule === rule)
  return found && `${found.verdict} ${found.withinDays} ${found.doubts.join()}`.trim()
}

describe('examsAlreadyDone', () => {
  it.each<[string, string, readonly ClinicalFact[], string | undefined]>([
    ['within the soft interval', 'hba1c', [result('4548-4', '2026-09-12')], 'redundant 90'],
    ['within the hard one, which says more', 'hba1c', [result('4548-4', '2026-11-10T08:10')], 'redundant 60'],
    ['on the last day of the interval', 'hba1c', [result('4548-4', '2026-08-24')], 'redundant 90'],
    ['the day it is over', 'hba1c', [result('4548-4', '2026-08-23')], 'last null'],
    ['by its other unit', 'hba1c', [result('59261-8', '2026-11-10')], 'redundant 60'],
    ['never by a likeness of names', 'hba1c', [result('XYZ-1', '2026-11-10', { label: 'HbA1c', codeSystem: '1.2.3' })], undefined],
    ['nor by a LOINC number of another system', 'hba1c', [result('4548-4', '2026-11-10', { codeSystem: '1.2.3' })], undefined],
    ['nor by what was only planned, cancelled, masked or has no value', 'hba1c', [result('4548-4', '2026-11-10', { status: 'aborted' }), result('4548-4', '2026-11-10', { status: 'hiddenHere' }), result('4548-4', '2026-11-10', { value: null }), factExample({ kind: 'carePlan', code: '4548-4', codeSystem: loinc, date: '2026-11-10' })], undefined],
    ['nor by a date to come or none', 'hba1c', [result('4548-4', '2027-01-10'), result('4548-4', null)], undefined],
    ['a vague date does not decide', 'hba1c', [result('4548-4', '2026-11')], 'last 60 date-vague'],
    ['an HbA1c above its range is what is followed', 'hba1c', [result('4548-4', '2026-09-12', { interpretation: 'H' })], 'redundant 90'],
    ['a critical one is another matter', 'hba1c', [result('4548-4', '2026-09-12', { interpretation: 'HH' })], 'last 90 critical'],
    ['an abnormal TSH is looked at again', 'tsh', [result('3016-3', '2026-11-01', { interpretation: 'H' })], 'last 28 abnormal'],
    ['one out of its own range too', 'tsh', [result('3016-3', '2026-11-01', { interpretation: null, value: '9', referenceRange: '0.4 - 4.0' })], 'last 28 abnormal'],
    ['one within it is usual', 'tsh', [result('3016-3', '2026-11-01', { interpretation: null, value: '2', referenceRange: '0.4 - 4.0' })], 'redundant 28'],
    ['one of which nothing says so is not judged', 'tsh', [result('3016-3', '2026-11-01', { interpretation: null })], 'last 28 unjudged'],
    ['the six weeks of the NABM', 'tsh', [result('3016-3', '2026-10-15')], 'redundant 42'],
    ['two values of one moment', 'tsh', [result('3016-3', '2026-11-01', { value: '2' }), result('3016-3', '2026-11-01', { value: '3', document: 'letter' })], 'last 28 to-check'],
    ['the code and the signed text differ', 'tsh', [result('3016-3', '2026-11-01', { conflict: { field: 'value', coded: '2', narrative: '20' } })], 'last 28 to-check'],
    ['a panel of which one analyte is missing', 'ionogramme', [result('2951-2', '2026-11-21'), result('2823-3', '2026-11-21')], 'last 1 partial'],
    ['a panel is as old as its oldest analyte', 'ionogramme', [result('2951-2', '2026-11-21'), result('2823-3', '2026-11-20'), result('2075-0', '2026-11-21')], 'last null'],
    ['a whole panel of today', 'ionogramme', [result('2951-2', '2026-11-21'), result('2823-3', '2026-11-21'), result('2075-0', '2026-11-21')], 'redundant 1'],
    ['no sourced interval: the date only', 'glycemie', [result('2345-7', '2026-11-20')], 'last null no-interval'],
    ['an INR, never', 'inr', [result('6301-6', '2026-11-21')], 'last null no-interval'],
    ['a sedimentation rate, whenever', 'vs', [result('30341-2', '2019-11-21')], 'never null'],
    ['anti-TPO once positive, whenever', 'anti-tpo', [result('8099-4', '2016-11-21', { interpretation: 'POS' })], 'redundant null'],
    ['anti-TPO negative', 'anti-tpo', [result('8099-4', '2026-11-20')], 'last null no-interval'],
    ['an image, whose result no code tells', 'mammographie', [factExample({ kind: 'imaging', code: '42174-3', codeSystem: loinc, date: '2026-01-10', document: 'report' })], 'last 730 unjudged'],
    ['an image by its act', 'mammographie', [factExample({ kind: 'procedure', code: 'QEQK004', codeSystem: '1.2.250.1.215.300.1', date: '2026-01-10' })], 'last 730 unjudged'],
  ])('judges %s', (_name, rule, facts, expected) => {
    expect(judged(rule, facts)).toBe(expected)
  })

  it.each<[string, readonly ClinicalFact[], Partial<KnownOfPatient>, string]>([
    ['a child', [], { birthDate: '2015-02-14' }, 'minor'],
    ['the day before 18', [], { birthDate: '2008-11-22' }, 'minor'],
    ['18 today', [], { birthDate: '2008-11-21' }, ''],
    ['an unknown age', [], { birthDate: null }, 'age-unknown'],
    ['a birth date that is not whole', [], { birthDate: '1959' }, 'age-unknown'],
    ['a pregnancy', [problem('Z33', { date: '2026-06' })], {}, 'pregnant'],
    ['a former pregnancy', [problem('Z33', { date: '2020-06' })], {}, ''],
    ['a denied one', [problem('Z33', { date: '2026-06', negated: true })], {}, ''],
    ['a hospital letter of the month', [], { documents: [laboratory, documentExample('stay', { typeCode: '34112-3', creationTime: '2026-11-01T10:00:00Z' })] }, 'hospital'],
    ['an older one', [], { documents: [laboratory, documentExample('stay', { typeCode: '34112-3', creationTime: '2026-09-01T10:00:00Z' })] }, ''],
    ['an illness the rule names', [problem('E05.0')], {}, 'problem'],
    ['resolved', [problem('E05.0', { status: 'resolved' })], {}, ''],
    ['another illness', [problem('I10')], {}, ''],
    ['a medicine of the class begun since', [treatment('Lévothyroxine', '2026-11-12', { code: 'H03AA01', codeSystem: '2.16.840.1.113883.6.73' })], {}, 'drug-changed'],
    ['by the class beside its code', [treatment('Lévothyroxine', '2026-11-12', { code: '3400', codeSystem: '1.2.250.1.213.2.3.2', atc: 'H03AA01' })], {}, 'drug-changed'],
    ['of a wider class, which may be it', [treatment('X', '2026-11-12', { atc: 'H' })], {}, 'drug-unknown'],
    ['of no class', [treatment('X', '2026-11-12')], {}, 'drug-unknown'],
    ['of another class', [treatment('X', '2026-11-12', { atc: 'C10AA05' })], {}, ''],
    ['renewed, the same at the same dose', [treatment('X', '2026-05-12', { value: '1' }), treatment('X', '2026-11-12', { value: '1' })], {}, ''],
    ['at another dose', [treatment('X', '2026-05-12', { value: '1', atc: 'H03AA01' }), treatment('X', '2026-11-12', { value: '2', atc: 'H03AA01' })], {}, 'drug-changed'],
    ['begun before the sampling', [treatment('X', '2026-05-12', { atc: 'H03AA01' })], {}, ''],
  ])('does not call a TSH redundant of %s, and says why', (_name, facts, change, doubt) => {
    expect(judged('tsh', [result('3016-3', '2026-11-01'), ...facts], change)).toBe(`${doubt === '' ? 'redundant' : 'last'} 28 ${doubt}`.trim())
  })

  it('calls nothing redundant by a rule nobody signed, where that counts', () => {
    expect(judged('tsh', [result('3016-3', '2026-11-01')], {}, false)).toBe('last 28 not-approved')
    const signed = { ...rules, rules: rules.rules.map((rule) => ({ ...rule, approvedBy: 'Dr UN' })) }
    expect(examsAlreadyDone({ facts: [result('3016-3', '2026-11-01')], documents: [laboratory], birthDate: '1959-02-14' }, signed, now, false)[0]?.verdict).toBe('redundant')
  })

  it('tells when, where, what and by which rule, as its document writes it', () => {
    const [exam] = examsOf([result('4548-4', '2026-09-12T08:10:00+02:00', { label: 'Hémoglobine A1c [Fraction] Sang ; Numérique', interpretation: 'H' })])
    expect(exam).toMatchObject({ rule: 'hba1c', date: '2026-09-12T08:10:00+02:00', days: 70, place: 'Laboratoire Voltaire', document: 'report', values: [{ label: 'Hémoglobine A1c', value: '6.8', unit: '%', outOfRange: 'high' }] })
    expect(exam?.sources.map(({ address }) => address)).toContain('https://diabetoclic.fr/suivi/lequilibre-glycemique')
  })
})

it('tells where it was made by its report alone; of what a letter repeats, who tells it', () => {
  const letter = documentExample('letter', { typeCode: '11488-4', creationTime: '2026-11-12T10:00:00Z', authors: [{ name: 'Dr PETIT', role: null, structure: 'Cabinet', personId: null, structureId: null }] })
  const of = (...facts: ClinicalFact[]) => examsOf(facts, { documents: [letter, laboratory] }).map(({ place, toldBy, document }) => [place, toldBy, document])
  const told = result('3016-3', '2026-11-01', { document: 'letter' })
  expect(of(told)).toEqual([[null, 'Cabinet', 'letter']])
  for (const facts of [[told, result('3016-3', '2026-11-01')], [result('3016-3', '2026-11-01'), told]]) expect(of(...facts)).toEqual([['Laboratoire Voltaire', null, 'report']])
})

describe('judgementOf', () => {
  it.each([
    ['5', '3.5 - 5.1', 'usual'], ['5.2', '3.5 - 5.1', 'abnormal'], ['5,1', '3,5 à 5,1', 'usual'], ['4', '< 5', 'usual'], ['5', '< 5', 'abnormal'], ['5', '<= 5', 'usual'], ['61', '> 60', 'usual'],
    ['5', 'F: 3.5 - 5.1', 'unjudged'], ['5', '5.1 - 3.5', 'unjudged'], ['5', null, 'unjudged'], ['< 5', '3.5 - 5.1', 'unjudged'], ['négatif', '3.5 - 5.1', 'unjudged'],
  ] as const)('says of %s within %s: %s', (value, referenceRange, expected) => {
    expect(judgementOf({ value, referenceRange, interpretation: null })).toBe(expected)
  })
})

describe('examsToShow', () => {
  const exams = examsOf([result('4548-4', '2026-11-10'), result('3016-3', '2026-11-01', { interpretation: 'H' }), result('2345-7', '2026-11-20'), result('14682-9', '2025-01-10')])
  const shown = (...requests: Parameters<typeof examsToShow>[1]) => examsToShow(exams, requests, () => false).map(({ rule, verdict, asked }) => [rule, verdict, asked].filter(Boolean).join(' '))
  const request = (codes: string[] | null, category: 'biology' | 'imaging' = 'biology') => ({ item: '1', category, title: null, codes })

  it('shows what is redundant, then what its interval does not decide; the rest stands in the list of results', () => {
    expect(shown()).toEqual(['hba1c redundant', 'tsh last'])
  })
  it('puts first what a prescription names, whatever its verdict', () => {
    expect(shown(request(['14682-9', '4548-4']))).toEqual(['hba1c redundant named', 'creatinine last named', 'tsh last'])
  })
  it('does not guess what a prescription in a PDF is of: the last year of its category', () => {
    expect(shown(request(null))).toEqual(['hba1c redundant category', 'glycemie last category', 'tsh last category'])
    expect(shown(request(null, 'imaging'))).toEqual(['hba1c redundant', 'tsh last'])
  })
})

describe('examRequestOf', () => {
  const planned = (code: string, codeSystem = loinc) => factExample({ kind: 'carePlan', code, codeSystem })
  it('reads the category by the type and the exams by their codes; a PDF names none', () => {
    const known = codesOfRules(rules)
    const request = (type: string | null, ...facts: ClinicalFact[]) => examRequestOf(type, facts, known)
    expect(request('PRESC-BIO', planned('4548-4'), planned('4548-4'), planned('3016-3', '1.2.3'))).toEqual({ category: 'biology', codes: ['4548-4'] })
    expect(request('55115-0', planned('MG', '1.2.840.10008.2.16.4'))).toEqual({ category: 'imaging', codes: ['MG'] })
    // A scanner of what, no code tells; an analyte no rule is about is not looked for.
    for (const facts of [[planned('CT', '1.2.840.10008.2.16.4')], [planned('33914-3')], []]) expect(request('55115-0', ...facts)).toEqual({ category: 'imaging', codes: null })
    for (const type of ['57833-6', '57832-8', '57828-6', null, 'constructor']) expect(request(type, planned('4548-4'))).toBeNull()
  })
})

const documents: readonly RecordDocument[] = [laboratory]
it('asks nothing of documents it was not given', () => {
  expect(examsOf([], { documents })).toEqual([])
})
