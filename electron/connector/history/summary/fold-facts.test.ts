import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factKind, type ClinicalFact } from '#shared/contract/index.ts'
import { foldFacts } from './fold-facts.ts'
import { comparable } from './quantity.ts'
import { documentsExample, factExample } from './summary-example.ts'

const loinc = '2.16.840.1.113883.6.1'

/** What one fact may say otherwise than another of its kind: the same in other words, nearly the same, or its contrary. */
const differences: readonly Partial<ClinicalFact>[] = [
  ...['CREATININE', 'créatinine ', 'Pénicilline', 'Créatinine (droit)'].map((label) => ({ label })),
  ...['416098002', 'R69', null].map((code) => ({ code })),
  ...['2.16.840.1.113883.6.73', '1.2.3.4'].map((codeSystem) => ({ codeSystem })),
  ...['98,0', '0.098', '108', null].map((value) => ({ value })),
  ...['kg', 'mmol/L', null].map((unit) => ({ unit })),
  ...['2026', '2026-11', '2026-11-10', '2026-11-10T08:10:00+01:00', '2026-11-10T18:00', '2025-02-03', null].map((date) => ({ date })),
  ...['active', 'refuted', 'prescribed', 'dispensed', 'noneKnown', 'notRecorded', 'hiddenHere'].map((status) => ({ status })),
  ...['letter', 'synthesis', 'repayment', 'unlisted'].map((document) => ({ document })),
  { negated: true }, { section: 'Biochimie' }, { passage: 'autre ligne' }, { author: 'Dr DEUX' }, { interpretation: 'H' },
]
const base = factExample({ label: 'Créatinine', code: '2160-0', codeSystem: loinc, value: '98', unit: 'g', date: '2026-11-10T08:10', document: 'report', passage: 'Créatinine | 98' })

/** Facts of one or two kinds that differ by little, so that they meet. */
const facts: fc.Arbitrary<ClinicalFact[]> = fc.uniqueArray(fc.constantFrom(...factKind.options), { minLength: 1, maxLength: 2 }).chain((kinds) =>
  fc.array(
    fc.tuple(fc.constantFrom(...kinds), fc.subarray([...differences], { maxLength: 3 })).map(([kind, changes]) => factExample({ ...base, kind, ...Object.assign({}, ...changes) as Partial<ClinicalFact> })),
    { maxLength: 20 },
  ),
)
/** What folds hold, apart from the order they were given in. */
const held = (folded: ReturnType<typeof foldFacts>) => folded.map(({ key, date, disagrees, facts }) => ({ key, date, disagrees, facts: facts.map((fact) => JSON.stringify(fact)) }))

describe('foldFacts', () => {
  it('drops nothing, doubles nothing and changes nothing: each fact is in exactly one fold, the very same', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const before = structuredClone(all)
        const out = foldFacts(all, documentsExample).flatMap((fold) => fold.facts)
        expect(out.length).toBe(all.length)
        expect(new Set(out)).toEqual(new Set(all))
        expect(all).toEqual(before)
      }),
    )
  })

  it('does not depend on the order of facts nor of documents', () => {
    fc.assert(
      fc.property(facts.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))), ([all, shuffled]) => {
        expect(held(foldFacts(shuffled, documentsExample.toReversed()))).toEqual(held(foldFacts(all, documentsExample)))
      }),
    )
  })

  it('is idempotent: folding what the folds hold gives the same folds, and each fold alone is one', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const folds = foldFacts(all, documentsExample)
        expect(held(foldFacts(folds.flatMap((fold) => fold.facts), documentsExample))).toEqual(held(folds))
        for (const fold of folds) expect(foldFacts(fold.facts, documentsExample).length).toBe(1)
      }),
    )
  })

  it('never folds a denied fact with a stated one, one kind with another, nor two values of a result', () => {
    fc.assert(
      fc.property(facts, (all) => {
        for (const { facts: together, date } of foldFacts(all, documentsExample)) {
          expect(new Set(together.map((fact) => `${fact.kind} ${fact.negated}`)).size).toBe(1)
          if (together[0]?.kind === 'labResult') expect(new Set(together.map(({ value, unit }) => comparable(value, unit))).size).toBe(1)
          expect(date).toBe(together.flatMap((fact) => fact.date ?? []).sort()[0] ?? null)
        }
      }),
    )
  })

  it('folds a result that a letter and a synthesis repeat under the report it comes from', () => {
    const result = factExample({ kind: 'labResult', label: 'Créatinine', code: '2160-0', codeSystem: loinc, value: '98', unit: 'umol/L', date: '2026-11-10T08:10:00+01:00', document: 'report', author: 'Labo' })
    const [only, ...others] = foldFacts([{ ...result, document: 'synthesis', date: '2026-11-10', label: 'Créat.' }, { ...result, document: 'letter', date: '2026-11-10T08:10', value: '98,0' }, result], documentsExample)
    expect(others).toEqual([])
    expect(only?.facts.map((fact) => fact.document)).toEqual(['report', 'letter', 'synthesis'])
    expect(only?.disagrees).toBe(false)
  })

  it('shows two values of the same instant both, marked; not two germs of one culture, nor two instants', () => {
    const result = factExample({ kind: 'labResult', label: 'Potassium', code: '2823-3', codeSystem: loinc, value: '4.2', unit: 'mmol/L', date: '2026-11-10T08:10', document: 'report' })
    const marks = (...all: ClinicalFact[]) => foldFacts(all, documentsExample).map((fold) => `${fold.facts[0]?.value} ${fold.disagrees}`).sort()
    expect(marks(result, { ...result, document: 'letter', value: '5.2' })).toEqual(['4.2 true', '5.2 true'])
    expect(marks(result, { ...result, document: 'letter', value: '5.2', date: '2026-11-10T18:00' })).toEqual(['4.2 false', '5.2 false'])
    expect(marks({ ...result, passage: 'E. coli' }, { ...result, passage: 'Enterococcus', value: '5.2' }, { ...result, document: 'letter', value: '5.2' })).toEqual(['4.2 false', '5.2 false'])
    expect(marks({ ...result, passage: 'E. coli' }, { ...result, passage: 'Enterococcus' })).toEqual(['4.2 false', '4.2 false'])
  })

  it('keeps two onsets as two episodes, and an unknown one by itself between them', () => {
    const attack = factExample({ label: 'Accident ischémique transitoire', code: 'G45.9', codeSystem: '2.16.840.1.113883.6.3' })
    const folded = (...dates: (string | null)[]) => foldFacts(dates.map((date, at) => ({ ...attack, date, document: `${at}` })), []).map((fold) => fold.facts.length).sort((one, other) => one - other)
    expect(folded('2018', '2019')).toEqual([1, 1])
    expect(folded('2018', '2018-05', '2018-05-03', null)).toEqual([4])
    expect(folded('2018', '2019', null)).toEqual([1, 1, 1])
  })

  it('tells medicines apart by what they are, never by their class or their likeness', () => {
    const medicine = factExample({ kind: 'treatment', label: 'Eliquis 5 mg', code: 'B01AF02', codeSystem: '2.16.840.1.113883.6.73' })
    expect(foldFacts([medicine, { ...medicine, label: 'Eliquis 2,5 mg' }], []).length).toBe(2)
    expect(foldFacts([medicine, { ...medicine, label: 'ELIQUIS 5 MG', code: '3400', codeSystem: '1.2.250.1.213.2.3.2', document: 'synthesis' }], []).length).toBe(1)
    expect(foldFacts([medicine, { ...medicine, status: 'prescribed' }, { ...medicine, status: 'dispensed' }], []).length).toBe(3)
    expect(foldFacts([{ ...medicine, status: 'prescribed' }, { ...medicine, status: 'prescribed', document: 'synthesis' }], []).length).toBe(2)
  })

  it('does not take two agents for one where the code only says "allergy"', () => {
    const allergy = factExample({ kind: 'allergy', label: 'Allergie médicamenteuse', code: '416098002', codeSystem: '2.16.840.1.113883.6.96', passage: 'Pénicilline | choc' })
    expect(foldFacts([allergy, { ...allergy, passage: 'Iode | urticaire', document: 'synthesis' }], []).length).toBe(2)
  })
})

it('never takes "another act" of one document for another of the next: their words tell them apart', () => {
  const other = (label: string, document: string) => factExample({ kind: 'procedure', label, code: 'GEN-092.04.13', codeSystem: '1.2.250.1.213.1.1.4.322', date: '2026-11-10', document })
  expect(foldFacts([other('Pose de drains', 'letter'), other('Infiltration', 'synthesis'), other('Pose de drains', 'report')], documentsExample).map(({ facts: found }) => found.map(({ label }) => label).join()).toSorted((one, two) => one.localeCompare(two))).toEqual(['Infiltration', 'Pose de drains,Pose de drains'])
})
