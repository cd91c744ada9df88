import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { factKind, summaryLists, type ClinicalFact, type RecordSummary } from '#shared/contract/index.ts'
import { analyteName } from './analyte-name.ts'
import { summarise } from './summarise.ts'
import { documentsExample, factExample } from './summary-example.ts'

const now = Date.parse('2026-11-21T09:00:00Z')
const loinc = '2.16.840.1.113883.6.1'
const snomed = '2.16.840.1.113883.6.96'
const absent = '2.16.840.1.113883.5.1150.1'

function summaryOf(facts: readonly ClinicalFact[], change: Partial<RecordSummary['documents']> = {}): RecordSummary {
  return summarise({ generation: 1, loadedAt: '2026-11-21T08:00:00Z', facts, listed: documentsExample, documents: { read: 3, unread: 0, failed: 0, unstructured: 0, ...change }, unreadable: [], now })
}

const allergy = (label: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'allergy', label, code: label, codeSystem: snomed, ...change })
const noAllergy = (code: string, change: Partial<ClinicalFact> = {}) => allergy(code, { codeSystem: absent, status: 'noneKnown', ...change })
const result = (value: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'labResult', label: 'Créatinine [Moles/Volume] Sérum/Plasma ; Numérique', code: '14682-9', codeSystem: loinc, value, unit: 'umol/L', document: 'report', ...change })
const namesIn = (list: { lines: { name: string }[] }) => list.lines.map(({ name }) => name)

describe('summarise', () => {
  const facts = fc.array(
    fc.record({
      kind: fc.constantFrom(...factKind.options), label: fc.constantFrom('A', 'B [x] Urine'), code: fc.constantFrom(null, '1', '2'), status: fc.constantFrom(null, 'active', 'noneKnown', 'hiddenHere', 'prescribed'),
      date: fc.constantFrom(null, '2019', '2026-11-10T08:10', '2010-01-01'), value: fc.constantFrom(null, '4', '5'), negated: fc.boolean(), document: fc.constantFrom('report', 'letter', 'unlisted'), passage: fc.constantFrom(null, 'x'),
    }).map((one) => factExample({ ...one, codeSystem: one.code === null ? null : loinc })),
    { maxLength: 25 },
  )

  it('shows every fact as a source of exactly one entry, in whatever order they come', () => {
    fc.assert(
      fc.property(facts, (all) => {
        const summary = summaryOf(all)
        const entries = summaryLists.flatMap((name) => [...[...summary[name].lines, ...summary[name].older].flatMap(({ latest, beside, former }) => [latest, ...beside, ...former]), ...summary[name].absences])
        const told = (one: Pick<ClinicalFact, 'document' | 'value' | 'date' | 'passage'>) => JSON.stringify([one.document, one.value, one.date, one.passage])
        expect(entries.flatMap(({ sources }) => sources.map(told)).sort()).toEqual(all.map(told).sort())
        expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length)
        expect(summaryOf(all.toReversed())).toEqual(summary)
      }),
    )
  })

  it('puts the allergy that kills first, an effect and a former one after, a denied one last', () => {
    const { allergies } = summaryOf([
      allergy('Oméprazole', { section: 'Effets indésirables prévisibles', value: 'Nausée' }),
      allergy('Iode', { value: 'urticaire', interpretation: 'léger, Bas' }),
      allergy('Latex', { status: 'inactive', interpretation: 'élevé' }),
      allergy('Arachide', { negated: true }),
      allergy('Pénicilline', { value: 'Choc anaphylactique' }),
      allergy('Céfépime', { interpretation: 'modéré, Risque élevé', date: '2001' }),
      allergy('Aspirine', { interpretation: 'non sévère' }),
    ])
    expect(namesIn(allergies).slice(0, 2).sort()).toEqual(['Céfépime', 'Pénicilline'])
    expect(namesIn(allergies).slice(4)).toEqual(['Oméprazole', 'Latex', 'Arachide'])
    expect(allergies.lines.map(({ latest }) => latest.grave)).toEqual([true, true, false, false, false, true, false])
    expect(allergies.state).toBe('listed')
  })

  it('puts a medicine before what nobody prescribes, of allergies told alike', () => {
    const { allergies } = summaryOf([
      allergy('Mollusques', { value: 'urticaire', date: '2024' }),
      allergy('Amoxicilline', { value: 'urticaire', date: '2011', codes: [{ code: 'J01CA04', system: '2.16.840.1.113883.6.73' }] }),
      allergy('Arachide', { value: 'Choc anaphylactique', date: '2001' }),
    ])
    expect(namesIn(allergies)).toEqual(['Arachide', 'Amoxicilline', 'Mollusques'])
  })

  it('sets nothing apart for its age of whoever has a long-term illness', () => {
    const old = factExample({ kind: 'labResult', label: 'Créatinine', value: '80', unit: 'umol/L', date: '2012-05-02', document: 'letter' })
    const asked = (value: string, negated = false) => factExample({ kind: 'observation', label: 'En rapport avec une affection longue durée (ALD) (Bisoprolol)', code: 'MED-574', value, negated, document: 'report' })
    const apart = (...facts: ClinicalFact[]) => summaryOf([old, ...facts]).results.older.length
    expect([apart(), apart(asked('false')), apart(asked('true', true)), apart(asked('true'))]).toEqual([1, 1, 1, 0])
  })

  it('tells what was concluded of an image with it, among what happened', () => {
    const { timeline } = summaryOf([
      factExample({ kind: 'procedure', label: 'Appendicectomie', date: '2024-05-02', document: 'letter' }),
      factExample({ kind: 'imaging', label: 'Scanner thoracique', date: '2026-10-02', document: 'report' }),
      factExample({ kind: 'narrative', label: 'Conclusion', code: '19005-8', codeSystem: loinc, value: 'Pas de nodule.', document: 'report' }),
    ])
    expect(namesIn(timeline).indexOf('Conclusion')).toBeLessThan(namesIn(timeline).indexOf('Appendicectomie'))
    expect(namesIn(timeline)).toHaveLength(3)
  })

  it('tells a contrast medium with the image it was given for, not among the treatments', () => {
    const given = (label: string, code: string) => factExample({ kind: 'treatment', label, code, codeSystem: '2.16.840.1.113883.6.73', document: 'report' })
    const summary = summaryOf([given('XÉNOVUE 350', 'V08AB11'), given('Indium', 'V09AX01'), given('Bisoprolol', 'C07AB07')])
    expect([namesIn(summary.treatments), namesIn(summary.timeline).toSorted()]).toEqual([['Bisoprolol'], ['Indium', 'XÉNOVUE 350']])
  })

  it('keeps none known, not recorded, not loaded and hidden here four different things', () => {
    const state = (facts: ClinicalFact[], documents: Partial<RecordSummary['documents']> = {}) => summaryOf(facts, documents).allergies.state
    expect(state([noAllergy('no-known-allergies')])).toBe('noneKnown')
    expect(state([noAllergy('no-known-food-allergies')])).toBe('notRecorded')
    expect(state([])).toBe('notRecorded')
    expect(state([], { read: 0, unread: 4 })).toBe('notLoaded')
    expect(state([], { read: 0, unstructured: 4 })).toBe('notRecorded')
    expect(state([noAllergy('no-known-allergies'), allergy('x', { status: 'hiddenHere' })])).toBe('hiddenHere')
    expect(state([allergy('Iode', { negated: true })])).toBe('notRecorded')
  })

  it('puts a section about allergies that nothing understood where allergies are looked for, never among the rest, nor as if there were none', () => {
    const words = factExample({ kind: 'narrative', label: 'Allergies', code: '48765-2', codeSystem: loinc, value: 'Réaction à la pénicilline en 2011' })
    const { allergies, others } = summaryOf([words])
    expect([allergies.state, allergies.lines.map(({ latest }) => latest.value), others.lines]).toEqual(['inWords', ['Réaction à la pénicilline en 2011'], []])
    expect(summaryOf([words, allergy('Iode')]).allergies).toMatchObject({ state: 'listed', lines: [{ name: 'Iode' }, { name: 'Allergies' }] })
    expect(summaryOf([words, noAllergy('no-known-allergies')]).allergies).toMatchObject({ state: 'inWords', absences: [{ contradicted: false }] })
  })

  it('shows beside a stated allergy the document that said there was none', () => {
    const { allergies } = summaryOf([noAllergy('no-known-allergies', { document: 'synthesis' }), allergy('Pénicilline')])
    expect(namesIn(allergies)).toEqual(['Pénicilline'])
    expect(allergies.absences.map(({ absence, contradicted, statedAt }) => ({ absence, contradicted, statedAt }))).toEqual([{ absence: 'noneKnown', contradicted: true, statedAt: '2025-01-05T09:00:00Z' }])
  })

  it('counts neither a sentence that there is no allergy, nor words under the name of one, nor a denied one', () => {
    const words = (value: string, change: Partial<ClinicalFact> = {}) => factExample({ kind: 'narrative', label: 'Allergies', section: 'Allergies', code: '48765-2', codeSystem: loinc, value, document: 'synthesis', ...change })
    const told = (...facts: readonly ClinicalFact[]) => (({ lineCount, statedCount, lines, state }) => ({ lineCount, statedCount, state, denied: lines.map(({ latest }) => latest.denied) }))(summaryOf([allergy('Iode'), ...facts]).allergies)
    expect(told(words('Aucune allergie connue'))).toEqual({ lineCount: 2, statedCount: 1, state: 'listed', denied: [false, true] })
    expect(told(words('Pénicilline : urticaire'))).toMatchObject({ statedCount: 2, denied: [false, false] })
    expect(told(words('injection à éviter', { label: 'Iode', document: 'letter' }))).toMatchObject({ lineCount: 2, statedCount: 1 })
    expect(told(words('injection à éviter', { label: 'Iode' }))).toMatchObject({ statedCount: 2 })
    expect(told(allergy('Latex', { negated: true }))).toMatchObject({ lineCount: 2, statedCount: 1 })
    // In words alone it is to be read, never "none known".
    expect(summaryOf([words('Aucune allergie connue')]).allergies).toMatchObject({ state: 'inWords', statedCount: 0 })
  })

  it('takes no section declared empty for contradicted by another of its document, nor one kind of allergy by another', () => {
    const past = (change: Partial<ClinicalFact>) => factExample({ label: 'Aucun', code: 'no-known-problems', codeSystem: absent, status: 'noneKnown', section: 'Antécédents', ...change })
    const contradicted = (...facts: readonly ClinicalFact[]) => [...summaryOf(facts).problems.absences, ...summaryOf(facts).allergies.absences].map((entry) => entry.contradicted)
    expect(contradicted(past({}), factExample({ section: 'Problèmes actifs' }))).toEqual([false])
    expect(contradicted(past({}), factExample({ section: 'Antécédents' }))).toEqual([true])
    expect(contradicted(past({ document: 'synthesis' }), factExample({ section: 'Problèmes actifs' }))).toEqual([true])
    expect(contradicted(noAllergy('no-known-food-allergies'), allergy('Iode'))).toEqual([false])
    expect(contradicted(noAllergy('no-known-allergies'), allergy('Iode'))).toEqual([true])
    expect(contradicted(noAllergy('no-known-allergies', { document: 'synthesis' }), allergy('Oméprazole', { section: 'Effets indésirables prévisibles' }))).toEqual([false])
  })

  it('takes "no known allergy" of SNOMED CT for none of any kind, "no known food allergy" for food alone', () => {
    expect(summaryOf([allergy('716186003', { status: 'noneKnown' })]).allergies.state).toBe('noneKnown')
    expect(summaryOf([allergy('429625007', { status: 'noneKnown' })]).allergies.state).toBe('notRecorded')
  })

  it('does not take for denied what the signed text states: it stands among what is, to be looked at', () => {
    const conflict = { field: 'negation' as const, coded: 'non', narrative: 'Iode | Oui' }
    const { allergies } = summaryOf([allergy('Iode', { negated: true, conflict }), allergy('Latex', { negated: true })])
    expect(allergies.lines.map(({ name, latest }) => [name, latest.negated, latest.denied])).toEqual([['Iode', true, false], ['Latex', true, true]])
    expect(allergies.state).toBe('listed')
  })

  it('tells an allergy active as long as one document does, and that they differ', () => {
    const { lines } = summaryOf([allergy('Iode', { status: 'active', document: 'synthesis', value: 'choc' }), allergy('Iode', { status: 'resolved', value: 'urticaire' })]).allergies
    expect(lines.map(({ latest }) => [latest.status, latest.discordant, latest.grave, latest.value, latest.otherValues.map(({ value }) => value)])).toEqual([['active', true, true, 'urticaire', ['choc']]])
  })

  it.each([['results', '18719-5'], ['treatments', '10160-0'], ['others', '55112-7']] as const)('shows each section of a document among %s, whatever code and title they share, and the same one of another document once', (name, code) => {
    const section = (label: string, value: string, document = 'letter') => factExample({ kind: 'narrative', label, section: label, code, codeSystem: loinc, value, document })
    const told = (...facts: readonly ClinicalFact[]) => summaryOf(facts)[name].lines.map((line) => [line.name, line.latest.value, line.latest.sources.length].join(' ')).sort()
    expect(told(section('Sang', 'glucose'), section('Urine', 'protéines'), section('Chimie', 'CRP'), section('Chimie', 'sodium'), section('Urine', 'protéines', 'synthesis'))).toEqual([
      'Chimie CRP 1', 'Chimie sodium 1', 'Sang glucose 1', 'Urine protéines 2',
    ])
  })

  it('holds what an older document said under a title behind the newest, beside its other sections of that title', () => {
    const section = (value: string, document: string) => factExample({ kind: 'narrative', label: 'Chimie', section: 'Chimie', code: '18719-5', codeSystem: loinc, value, document })
    const { lines } = summaryOf([section('ferritine', 'synthesis'), section('CRP', 'letter'), section('sodium', 'letter')]).results
    expect(new Set(lines.map(({ latest }) => latest.value))).toEqual(new Set(['CRP', 'sodium']))
    expect(lines.flatMap(({ former }) => former.map(({ value }) => value))).toEqual(['ferritine'])
  })

  it('gives the newest of an analyte with its former values, and never two units on one line', () => {
    const { lines } = summaryOf([result('91', { date: '2025-05-02' }), result('98', { date: '2026-11-10T08:10' }), result('11', { date: '2026-02-01', unit: 'mg/L' }), result('88', { date: '2024-01-05' })]).results
    expect(lines.map(({ latest, former }) => [latest.value, ...former.map(({ value }) => value)])).toEqual([['98', '91', '88'], ['11']])
    expect(lines.map(({ name }) => name)).toEqual(['Créatinine', 'Créatinine'])
  })

  it('marks out of range what the document says, never what its usual values would', () => {
    const flag = (change: Partial<ClinicalFact>) => summaryOf([result('98', { referenceRange: '45 - 84', ...change })]).results.lines[0]?.latest.outOfRange
    expect(flag({})).toBeNull()
    expect(flag({ interpretation: 'N' })).toBeNull()
    expect(flag({ interpretation: 'H' })).toBe('high')
    expect(flag({ interpretation: 'H, HH' })).toBe('veryHigh')
    expect(flag({ interpretation: '>' })).toBeNull()
  })

  it('puts what is critical first, and lets an old alarm rest', () => {
    const of = (code: string, change: Partial<ClinicalFact>) => result('1', { code, label: code, ...change })
    const { results } = summaryOf([of('usual', { date: '2026-11-10' }), of('old', { date: '2024-11-10', interpretation: 'HH' }), of('high', { date: '2026-01-10', interpretation: 'H' }), of('critical', { date: '2025-12-10', interpretation: 'LL' })])
    expect(namesIn(results)).toEqual(['critical', 'high', 'usual', 'old'])
    expect(results.lines.map(({ latest }) => latest.old)).toEqual([false, false, false, true])
  })

  it('shows two values of one instant beside each other', () => {
    const { lines } = summaryOf([result('98', { date: '2026-11-10T08:10' }), result('108', { date: '2026-11-10T08:10', document: 'letter' }), result('91', { date: '2025-05-02' })]).results
    expect(lines.map(({ latest, beside, former }) => [[latest, ...beside].map((entry) => `${entry.value}`).sort(), latest.disagrees, former.map(({ value }) => value)])).toEqual([[['108', '98'], true, ['91']]])
  })

  it('sets apart what is older than five years, never an allergy, an illness or a vaccine; a vague date is not surely older', () => {
    const old = { date: '2011-03-02', document: 'unlisted' }
    const summary = summaryOf([result('98', old), result('7', { ...old, date: '2021', code: 'x' }), allergy('Iode', old), factExample(old), factExample({ ...old, kind: 'vaccine' }), factExample({ ...old, kind: 'imaging' })])
    expect([summary.results, summary.timeline].map(({ lines, older }) => [lines.length, older.length])).toEqual([[1, 1], [0, 1]])
    for (const list of [summary.allergies, summary.problems, summary.vaccines]) expect([list.lines.length, list.older.length]).toEqual([1, 0])
    expect(summary.since).toBe('2021-11-21')
  })

  it('says of a medicine what was said last, with what was said before, and of each dose every writing', () => {
    const medicine = factExample({ kind: 'treatment', label: 'Apixaban 5 mg', code: '3400', codeSystem: '1.2.250.1.213.2.3.2', value: '1', unit: '{tablet}' })
    const { lines } = summaryOf([{ ...medicine, document: 'synthesis', date: '2019-05' }, { ...medicine, status: 'prescribed' }, { ...medicine, status: 'dispensed', document: 'repayment' }]).treatments
    expect(lines.map(({ latest, former }) => [latest.status, ...former.map(({ status }) => status)])).toEqual([['dispensed', 'prescribed', null]])
  })

  it('says how a medicine is taken in its document’s own words, and nothing where it says nothing', () => {
    const medicine = factExample({ kind: 'treatment', label: 'Metformine 1000 mg', value: '1', unit: '{tablet}', frequency: '1 comprimé au petit déjeuner et 1 au dîner' })
    expect(summaryOf([medicine]).treatments.lines[0]?.latest.frequency).toBe('1 comprimé au petit déjeuner et 1 au dîner')
    expect(summaryOf([{ ...medicine, frequency: null }]).treatments.lines[0]?.latest).not.toHaveProperty('frequency')
  })

  it('orders problems by whether they are still there; a refuted one is none', () => {
    const { problems } = summaryOf([factExample({ label: 'refuted', status: 'refuted' }), factExample({ label: 'past', status: 'resolved' }), factExample({ label: 'said', status: 'completed' }), factExample({ label: 'now', status: 'active' }), factExample({ label: 'denied', negated: true })])
    expect(namesIn(problems).slice(0, 3)).toEqual(['now', 'said', 'past'])
    expect(summaryOf([factExample({ status: 'refuted' })]).problems.state).toBe('notRecorded')
  })
})

describe('analyteName', () => {
  it('drops what is technical, never what else than blood it was measured in', () => {
    expect(analyteName('Hémoglobine [Masse/Volume] Sang ; Numérique')).toBe('Hémoglobine')
    expect(analyteName('Sodium [Moles/Volume] Urine ; Numérique')).toBe('Sodium, Urine')
    expect(analyteName('INR')).toBe('INR')
  })
  it('is given up where two lines would be called the same', () => {
    const lines = summaryOf([result('98'), result('99', { code: 'other', label: 'Créatinine [Moles/Volume] Plasma ; Enzymatique' })]).results.lines
    expect(lines.map(({ name }) => name).sort()).toEqual(['Créatinine [Moles/Volume] Plasma ; Enzymatique', 'Créatinine [Moles/Volume] Sérum/Plasma ; Numérique'])
  })
})
