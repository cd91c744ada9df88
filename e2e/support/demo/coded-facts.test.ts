import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readFacts } from '#connector/history/facts/read-facts.ts'
import { summarise } from '#connector/history/summary/summarise.ts'
import { vaccinationSchedule } from '#connector/history/vaccines/vaccination-schedule.ts'
import { vaccinesDue } from '#connector/history/vaccines/vaccines-due.ts'
import type { ClinicalFact, RecordSummary } from '#shared/contract/index.ts'
import { demoPreload, preloadBytes, type PreloadEntry } from '../../../resources/demo/preload.ts'
import { analytes } from './analytes.ts'
import type { DemoDocument } from './document-model.ts'
import { boundsOf, flagOf, measuredIn, previousOf, sampledAt } from './laboratory-entries.ts'
import { codes, systems, type Day, type Meaning } from './meanings.ts'
import { pastDocuments } from './past-documents.ts'
import { isoOf } from './paris-time.ts'
import { summaryDocuments } from './summary-documents.ts'

type Said = Partial<ClinicalFact>

const row = (cells: readonly string[]) => cells.filter(Boolean).join(' | ')

/** What the reader has to find of a row of that meaning. */
function saidBy(meaning: Meaning, cells: readonly string[]): Said {
  const passage = row(cells)
  switch (meaning.kind) {
    case 'allergy':
      return {
        kind: 'allergy', label: meaning.agent.label, code: meaning.agent.code, codeSystem: meaning.agent.system, status: 'active', passage, date: meaning.since,
        // What is no allergy says so.
        value: [meaning.reaction.label, ...(meaning.type === codes.intolerance ? [meaning.type.label] : [])].join(', '),
        interpretation: [meaning.severity.label, ...(meaning.isCritical ? ['Haut'] : []), meaning.certainty.label].join(', '),
      }
    case 'noKnownAllergy':
      return { kind: 'allergy', label: 'Aucune allergie connue', code: 'no-known-allergies', codeSystem: systems.absentOrUnknown, value: null, date: null, status: 'noneKnown', passage }
    case 'problem':
      return { kind: 'problem', label: meaning.problem.label, code: meaning.problem.code, codeSystem: systems.cim10, date: meaning.since, status: meaning.isOver ? 'inactive' : 'active', passage }
    case 'treatment':
      return { kind: 'treatment', ...product(meaning), value: String(meaning.dose), unit: meaning.unit, date: meaning.since, end: null, frequency: cells[1] ?? null, status: 'completed', passage }
    case 'vaccine':
      return { kind: 'vaccine', ...product(meaning), value: meaning.rank === null ? null : String(meaning.rank), date: meaning.date, lot: meaning.lot, status: 'completed', passage }
    case 'plannedVaccine':
      return { kind: 'carePlan', ...product(meaning), date: meaning.date, status: 'planned', passage }
  }
}

const product = ({ product: { name, cis, atc } }: Extract<Meaning, { product: unknown }>): Said => ({ label: name, code: cis, codeSystem: systems.cis, atc })

const point = (written: string) => written.replace(',', '.')

/** Results of the panels that can be coded, each followed by the former one printed beside it. */
function resultsOf(body: Extract<DemoDocument['body'], { kind: 'laboratory' }>): Said[] {
  return body.panels.flatMap(({ rows }) => (measuredIn(rows) ?? []).flatMap(({ row: printed, analyte }): Said[] => {
    const flagged = `${printed.value}${printed.outside ? ` (${printed.outside === 'H' ? 'haut' : 'bas'})` : ''}`
    const [previous, bounds] = [previousOf(printed), boundsOf(printed.reference)]
    const common: Said = { kind: 'labResult', label: analyte.label, code: analyte.loinc, codeSystem: '2.16.840.1.113883.6.1', unit: analyte.unit, status: 'completed', passage: row([printed.name, flagged, printed.unit, printed.reference, printed.previous ?? '']) }
    const range = bounds === null ? printed.reference : bounds.open ? (bounds.low === undefined ? `< ${bounds.high}` : `> ${bounds.low}`) : `${bounds.low} - ${bounds.high}`
    return [
      { ...common, value: point(printed.value), date: isoOf(sampledAt(body.sampled)), interpretation: flagOf(printed), referenceRange: range, specimen: analyte.specimen === 'blood' ? 'Sang' : 'Urine' },
      ...(previous === null ? [] : [{ ...common, value: previous.value, date: previous.month, interpretation: null, referenceRange: null, specimen: null }]),
    ]
  }))
}

function meant({ body }: DemoDocument): Said[] {
  if (body.kind === 'laboratory') return resultsOf(body)
  return body.kind !== 'tables' ? [] : body.tables.flatMap(({ rows, means = [] }) => means.map((meaning, at) => saidBy(meaning, rows[at] ?? [])))
}

const entryOf = ({ name }: DemoDocument): PreloadEntry => {
  const found = demoPreload().find(({ file }) => file === `${name}.xml`)
  if (found === undefined) throw new Error(`${name} is not pre-loaded`)
  return found
}

function factsOf(entry: PreloadEntry): ClinicalFact[] {
  const read = readFacts(preloadBytes(entry), entry.metadata.uniqueId)
  if (!read.ok) throw new Error(read.failure.code)
  return read.value
}

const structured = [...pastDocuments, ...summaryDocuments].filter((document) => document.structured)
const coded = structured.filter((document) => meant(document).length > 0)

describe('the coded entries of the pre-loaded documents', () => {
  it('are in sixteen of the eighteen documents with sections', () => {
    expect(structured.map(({ name }) => name).filter((name) => !coded.some((one) => one.name === name))).toEqual(['ines-contraception', 'fauvel-biologie-grossesse'])
    expect(coded).toHaveLength(16)
  })

  it.each(coded)('of $name are what the reader finds, and contradict no word of their row', (document) => {
    const facts = factsOf(entryOf(document)).filter(({ kind }) => kind !== 'narrative')
    expect(facts).toMatchObject(meant(document))
    expect(facts.filter(({ conflict, negated }) => conflict !== null || negated)).toEqual([])
  })

  it.each(coded.flatMap(({ name, body }) => (body.kind === 'tables' ? body.tables.flatMap(({ rows, means = [] }) => means.map((meaning, at) => ({ name, said: row(rows[at] ?? []), meaning }))) : [])))('of $name say what « $said » says: its dates, doses, lots', ({ said, meaning }) => {
    for (const part of partsOf(meaning)) expect(said).toContain(part)
  })

  it.each(coded)('of $name point at places that are there, and no id is there twice', (document) => {
    const text = Buffer.from(preloadBytes(entryOf(document))).toString('utf8')
    const ids = [...text.matchAll(/ ID="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const pointed = [...text.matchAll(/<reference value="#([^"]+)"/g)].map(([, id]) => id)
    expect(pointed.length).toBeGreaterThan(0)
    expect(pointed.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('are of analytes each with one code and one unit', () => {
    expect(new Set([...analytes.values()].map(({ loinc }) => loinc)).size).toBe(analytes.size)
  })
})

const printed = (day: Day) => day.split('-').toReversed().join('/')

/** What a row has to print of its meaning. */
function partsOf(meaning: Meaning): string[] {
  switch (meaning.kind) {
    case 'allergy':
      return [printed(meaning.since), meaning.severity.label, meaning.certainty.label]
    case 'noKnownAllergy':
      return ['Aucune allergie connue']
    case 'problem':
      return [printed(meaning.since)]
    case 'treatment':
      return [printed(meaning.since), ` | ${meaning.dose} `]
    case 'vaccine':
      return [printed(meaning.date), meaning.lot, meaning.product.name]
    case 'plannedVaccine':
      return [printed(meaning.date), meaning.product.name]
  }
}

/** What the panel makes of a patient's pre-loaded documents. */
function summaryOf(localId: string): RecordSummary {
  const entries = [...pastDocuments, ...summaryDocuments].filter(({ patient }) => patient.localId === localId).map(entryOf)
  const listed = entries.map(({ metadata: { uniqueId, title, typeCode, classCode, creationTime } }) => ({ uniqueId, title, typeCode: typeCode.code, classCode: classCode.code, creationTime: iso(creationTime), serviceStartTime: null }))
  return summarise({ generation: 1, loadedAt: '2026-11-20T08:00:00Z', facts: entries.flatMap(factsOf), listed, documents: { read: listed.length, unread: 0, failed: 0, unstructured: 0 }, unreadable: [], now: Date.parse('2026-11-20T08:00:00Z') })
}

const schedule = vaccinationSchedule.parse(JSON.parse(readFileSync(new URL('../../../resources/clinical/vaccination-schedule.json', import.meta.url), 'utf8')))

const iso = (time: string) => time.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6Z')

const lineOf = (summary: RecordSummary, list: 'results' | 'treatments', name: string) => summary[list].lines.find((line) => line.name === name)

describe('what a newcomer sees on the panel', () => {
  it('a grave allergy to penicillins, and the treatment of an asthma', () => {
    const { allergies, treatments } = summaryOf('P000104')
    expect(allergies.lines.map(({ latest }) => [latest.label, latest.grave])).toEqual([['Pénicillines', true]])
    expect(treatments.lines.map(({ name }) => name)).toContain('BUDÉSONIDE 200 µg / FORMOTÉROL 6 µg, poudre pour inhalation')
  })

  it('a diabetes with its results over three dates, of two documents that fold what both tell', () => {
    const summary = summaryOf('P000102')
    expect(summary.problems.lines.map(({ latest }) => latest.label)).toContain('Diabète de type 2, avec complications oculaires')
    const sugar = lineOf(summary, 'results', 'Hémoglobine A1c/Hémoglobine totale')
    expect([sugar?.latest, ...(sugar?.former ?? [])].map((entry) => [entry?.value, entry?.date, entry?.outOfRange])).toEqual([['7.1', '2026-05-19T07:50:00+02:00', 'high'], ['7.8', '2025-11', 'high'], ['7.4', '2025-05', null]])
    expect(sugar?.former[0]?.sources).toHaveLength(2)
    for (const name of ['Créatinine', 'Cholestérol LDL calculé']) expect(lineOf(summary, 'results', name)?.formerCount, name).toBe(2)
  })

  it('one dose that two documents tell otherwise, and no other', () => {
    const differing = summaryOf('P000102').treatments.lines.flatMap(({ name, latest }) => (latest.otherValues.length > 0 ? [{ name, value: latest.value, others: latest.otherValues }] : []))
    expect(differing).toEqual([{ name: 'RAMIPRIL 5 mg, comprimé', value: '2', others: [{ value: '1', unit: '{tablet}' }] }])
    for (const patient of ['P000101', 'P000104', 'P000105', 'P000107']) expect(summaryOf(patient).treatments.lines.filter(({ latest }) => latest.otherValues.length > 0), patient).toEqual([])
  })

  it('a kidney that fails, told low each time it was', () => {
    const summary = summaryOf('P000101')
    const filtration = lineOf(summary, 'results', 'DFG estimé (CKD-EPI)')
    expect([filtration?.latest, ...(filtration?.former ?? [])].map((entry) => [entry?.value, entry?.outOfRange])).toEqual([['41', 'low'], ['44', 'low'], ['49', null]])
    expect(lineOf(summary, 'treatments', 'APIXABAN 2,5 mg, comprimé pelliculé')).toBeDefined()
    expect(summary.allergies.lineCount).toBe(2)
  })

  it('a grave allergy to peanut with what to do, and nobody else’s', () => {
    const summary = summaryOf('P000107')
    expect(summary.allergies.lines.map(({ latest }) => [latest.label, latest.grave])).toEqual([['Arachide', true]])
    expect(summary.treatments.lineCount).toBe(2)
  })

  it('that no allergy is known, where a document says so', () => {
    for (const patient of ['P000102', 'P000105']) expect(summaryOf(patient).allergies.state, patient).toBe('noneKnown')
  })

  it('doses of vaccines, and those to come', () => {
    expect(summaryOf('P000106').vaccines.lineCount).toBe(3)
    expect(summaryOf('P000106').others.lines.filter(({ latest }) => latest.kind === 'carePlan')).toHaveLength(4)
    expect(summaryOf('P000108').vaccines.lineCount).toBe(5)
  })

  it('what the calendar proposes to a girl of seventeen, all of whose record is read without opening anything', () => {
    const documents = [...pastDocuments, ...summaryDocuments].filter(({ patient }) => patient.localId === 'P000108')
    expect(documents.every((document) => document.structured)).toBe(true)
    const read = documents.map(entryOf).map((entry) => ({ facts: factsOf(entry), document: { uniqueId: entry.metadata.uniqueId, typeCode: entry.metadata.typeCode.code, creationTime: iso(entry.metadata.creationTime), serviceStartTime: null } }))
    const due = vaccinesDue({ facts: read.flatMap(({ facts }) => facts), documents: read.map(({ document }) => document), isWhole: true }, documents[0]?.patient.birthDate ?? null, 'F', schedule, Date.parse('2026-11-20T08:00:00Z'), true)
    expect(due.map(({ rule, status }) => [rule, status])).toEqual([['hpv', 'done'], ['meningocoque-acwy', 'due'], ['ror', 'done']])
  })
})
