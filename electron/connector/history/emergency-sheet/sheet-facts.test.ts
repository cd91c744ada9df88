import { describe, expect, it } from 'vitest'
import type { ClinicalFact, SheetListName } from '#shared/contract/index.ts'
import { documentsExample, factExample } from '../summary/summary-example.ts'
import { sheetFactsOf } from './sheet-facts.ts'

const now = Date.parse('2026-11-20T10:00:00Z')
const read = { read: 3, unread: 0, failed: 0, unstructured: 0 }
const of = (facts: readonly ClinicalFact[], { hidden = [] as readonly ClinicalFact[], documents = read } = {}) => sheetFactsOf({ facts, hidden, listed: documentsExample, documents, unreadable: [], tetanus: ['J07CA01', 'J07AM'], now })
const allergy = (label: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'allergy', label, ...change })
const noneKnown = allergy('Pas d’allergie connue', { code: 'no-known-allergies', codeSystem: '2.16.840.1.113883.5.1150.1', status: 'noneKnown' })
const atc = (code: string) => ({ codes: [{ code, system: '2.16.840.1.113883.6.73' }] })

describe('what a sheet may say', () => {
  it('keeps none known, not recorded, not loaded and hidden here apart', () => {
    const stateOf = (facts: readonly ClinicalFact[], documents = read) => of(facts, { documents }).lists.allergies.state
    expect(stateOf([noneKnown])).toBe('noneKnown')
    expect(stateOf([])).toBe('notRecorded')
    expect(stateOf([], { ...read, read: 0, unread: 3 })).toBe('notLoaded')
    expect(stateOf([allergy('Masqué', { status: 'hiddenHere' })])).toBe('hiddenHere')
    expect(of([noneKnown]).lists.allergies.statements).toEqual([{ absence: 'noneKnown', label: 'Pas d’allergie connue', contradicted: false, author: 'Dr UN', date: '2026-11-12T09:00:00Z' }])
  })

  it('tells allergies worst first, each with its reaction, its date, when and by whom it was said, and where', () => {
    const { allergies } = of([allergy('Latex', { status: 'resolved' }), allergy('Iode', { value: 'Urticaire' }), allergy('Pénicilline', { value: 'Choc', interpretation: 'élevé', date: '2011' })]).lists
    expect(allergies.facts.map(({ label }) => label)).toEqual(['Pénicilline', 'Iode', 'Latex'])
    expect(allergies.facts[0]).toEqual({
      label: 'Pénicilline', values: [{ value: 'Choc', unit: null }], frequency: null, status: null, denied: false, grave: true, adverseEffect: false, inWords: false, toCheck: false, toConfirm: false, tetanus: false,
      date: '2011', statedAt: '2026-11-12T09:00:00Z', author: 'Dr UN', source: 'Lettre',
    })
  })

  it('counts the allergies of a list as the panel does: neither a sentence that there is none, nor one told twice, nor a denied one, whatever finds room', () => {
    const words = (value: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'narrative', label: 'Allergies', section: 'Allergies', code: '48765-2', codeSystem: '2.16.840.1.113883.6.1', value, document: 'synthesis', ...change })
    const facts = [allergy('Iode'), allergy('Latex'), allergy('Arachide', { negated: true }), words('Aucune allergie connue'), words('injection à éviter', { label: 'Iode', document: 'letter' }), words('urticaire à l’effort', { label: 'Latex' })]
    const { allergies } = of(facts).lists
    expect(allergies).toMatchObject({ state: 'listed', stated: 3 })
    expect(allergies.facts).toHaveLength(6)
    expect(of(Array.from({ length: 60 }, (_, at) => [allergy(`Substance ${at}`), allergy(`Produit ${at}`, { negated: true })]).flat()).lists.allergies.stated).toBe(60)
  })

  it('takes of treatments those still taken, counts the others, and asks to confirm what was not said for six months', () => {
    const treatment = (label: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'treatment', label, ...change })
    const { treatments } = of([
      treatment('Apixaban 5 mg', { value: '1', unit: '{tablet}', frequency: '1 le matin et 1 le soir' }), treatment('Bisoprolol 2,5 mg', { document: 'synthesis', status: 'prescribed', end: '2027-01' }), treatment('Amoxicilline', { status: 'prescribed', date: '2025-02-01', end: '2025-02-08', document: 'synthesis' }), treatment('Warfarine', { status: 'aborted' }),
    ]).lists
    expect(treatments.facts.map(({ label, toConfirm, values, frequency }) => [label, toConfirm, values, frequency])).toEqual([['Apixaban 5 mg', false, [{ value: '1', unit: '{tablet}' }], '1 le matin et 1 le soir'], ['Bisoprolol 2,5 mg', true, [], null]])
    expect(treatments).toMatchObject({ past: 2, leftOut: 0, state: 'listed' })
  })

  it('tells values that differ, and that they are to be checked', () => {
    const { treatments } = of([factExample({ kind: 'treatment', label: 'Bisoprolol', value: '1', unit: '{tablet}', date: '2026-11-01' }), factExample({ kind: 'treatment', label: 'Bisoprolol', value: '2', unit: '{tablet}', date: '2026-11-01', document: 'report' })]).lists
    expect(treatments.facts.flatMap(({ values }) => values.map(({ value }) => value)).sort()).toEqual(['1', '2'])
  })

  it('tells vaccines against tetanus first, by their code alone', () => {
    const vaccine = (label: string, date: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'vaccine', label, date, ...change })
    const { vaccines } = of([vaccine('Vaxigrip', '2026-10-02', atc('J07BB02')), vaccine('Revaxis', '2014-03-02', atc('J07CA01')), vaccine('Tétanos Pasteur', '2020-01-01'), vaccine('Boostrix', '2019-05-05', { ...atc('J07CA01'), negated: true })]).lists
    expect(vaccines.facts.map(({ label, tetanus }) => [label, tetanus])).toEqual([['Revaxis', true], ['Vaxigrip', false], ['Tétanos Pasteur', false], ['Boostrix', false]])
  })

  it('says nothing that hidden documents say, nor repeats a "none known" that one of them contradicts', () => {
    const hidden = [allergy('Pénicilline', { document: 'report' }), factExample({ label: 'VIH', document: 'report' })]
    const { lists, keptBack } = of([noneKnown, factExample({ label: 'Asthme' })], { hidden })
    expect(lists.allergies).toEqual({ state: 'notRecorded', facts: [], stated: 0, statements: [], leftOut: 0, past: 0 })
    expect(lists.problems.facts.map(({ label }) => label)).toEqual(['Asthme'])
    expect(keptBack).toEqual(['allergies', 'problems'] satisfies SheetListName[])
    expect(of([noneKnown], { hidden: [allergy('Pénicilline', { negated: true })] }).lists.allergies.state).toBe('noneKnown')
  })
})
