import { createHash } from 'node:crypto'
import type { ClinicalFact, FactKind, RecordDocument } from '#shared/contract/index.ts'
import type { DocumentClass } from '#shared/terminology/index.ts'
import { bySharedName, folded, namesOf, remembered } from './fact-names.ts'
import { comparable } from './quantity.ts'

/** A document as folding needs it. */
export type FoldedDocument = Pick<RecordDocument, 'uniqueId' | 'title' | 'typeCode' | 'classCode' | 'creationTime' | 'serviceStartTime'>

/** The same fact as several documents state it. */
export interface Fold {
  /** Stable for the same facts, whatever their order. */
  readonly key: string
  /** Every statement, the one whose wording is shown first. Never empty, never changed. */
  readonly facts: readonly ClinicalFact[]
  /** The earliest date of its own; null = none has one. */
  readonly date: string | null
  /** Another document gives another value of the same thing at the same instant. */
  readonly disagrees: boolean
}

/** How the date of a kind tells two facts apart: not at all; as written; a vaguer one being the same as the only finer one inside it. */
const datesApart: Readonly<Record<FactKind, 'never' | 'exactly' | 'within'>> = {
  allergy: 'never', familyHistory: 'never', narrative: 'never',
  vaccine: 'exactly', reimbursement: 'exactly',
  labResult: 'within', measurement: 'within', problem: 'within', treatment: 'within', procedure: 'within', imaging: 'within', careEvent: 'within',
  interaction: 'within', carePlan: 'within', device: 'within', observation: 'within',
}

/** Kinds one value of which is another fact, not another wording. */
const valueTells = new Set<FactKind>(['labResult', 'measurement', 'vaccine', 'familyHistory', 'observation', 'imaging', 'procedure', 'carePlan', 'reimbursement', 'narrative', 'problem'])

/** To the minute, the same instant written with and without its seconds and its offset being one. */
export function minuteOf(date: string | null): string {
  return date?.slice(0, 16) ?? ''
}

const absences = new Set(['noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere'])

/** What else must be the same, beside what it is about and when. */
function alike(fact: ClinicalFact): string {
  const said = absences.has(fact.status ?? '') ? `${fact.status} ${fact.document}` : ''
  // Prescribed, handed over and taken stay different facts of one medicine. One without a date of its own is of its document.
  const act = fact.kind !== 'treatment' ? '' : fact.status === 'prescribed' || fact.status === 'dispensed' ? `${fact.status} ${fact.date === null ? fact.document : ''}` : 'listed'
  const denied = fact.negated ? 'denied' : fact.status === 'refuted' ? 'refuted' : ''
  return JSON.stringify([fact.kind, denied, said, act, valueTells.has(fact.kind) ? comparable(fact.value, fact.unit) : ''])
}

/** Groups of one date. A vaguer date joins the only finer one it may be; between several it stays by itself. No date is the vaguest. */
function byDate(facts: readonly ClinicalFact[], apart: 'never' | 'exactly' | 'within'): ClinicalFact[][] {
  if (apart === 'never') return [[...facts]]
  const dated = [...Map.groupBy(facts, (fact) => minuteOf(fact.date))]
  if (apart === 'exactly') return dated.map(([, group]) => group)
  const groups: { date: string; facts: ClinicalFact[] }[] = []
  for (const [date, group] of dated.toSorted(([one], [other]) => other.length - one.length || (one < other ? -1 : 1))) {
    const finer = groups.filter((found) => found.date.startsWith(date))
    const only = finer.length === 1 ? finer[0] : undefined
    if (only && mayJoin(date, group, only.facts)) only.facts.push(...group)
    else groups.push({ date, facts: [...group] })
  }
  return groups.map((group) => group.facts)
}

/** A result or a measurement without a date is of an unknown day; two of one document are told apart on purpose. */
function mayJoin(date: string, group: readonly ClinicalFact[], finer: readonly ClinicalFact[]): boolean {
  const timed = group.some(({ kind }) => kind === 'labResult' || kind === 'measurement')
  if (!timed) return true
  const documents = new Set(finer.map((fact) => fact.document))
  return date !== '' && group.every((fact) => !documents.has(fact.document))
}

/**
 * Two results of one document that share code, minute and value are two (two germs of one culture): the first of one document is the
 * first of another that repeats it. Elsewhere a document that says a thing twice says one thing.
 */
function byPlace(facts: readonly ClinicalFact[]): ClinicalFact[][] {
  if (facts[0]?.kind !== 'labResult' || facts.length === 1) return [[...facts]]
  const places: ClinicalFact[][] = []
  for (const ofDocument of Map.groupBy(facts, (fact) => fact.document).values()) {
    const passages = Map.groupBy(ofDocument, (fact) => folded(`${fact.section ?? ''} ${fact.passage ?? ''}`))
    for (const [at, [, same]] of [...passages].toSorted(([one], [other]) => (one < other ? -1 : 1)).entries()) (places[at] ??= []).push(...same)
  }
  return places
}

/** Synthesis and repayment, among the classes of documents. */
const [synthesis, repayment]: readonly [DocumentClass, DocumentClass] = ['11', '60']
/** Types whose documents are the origin of a kind of fact: their wording goes first. */
const origins: Readonly<Partial<Record<FactKind, readonly string[]>>> = {
  labResult: ['11502-2', '96173-0'], imaging: ['18748-4'], vaccine: ['11369-6', '87273-9'], treatment: ['57833-6', '60593-1'], procedure: ['18748-4', '11505-5', '11490-0'],
}
/** What happened once is worded best where it was first written; what lasts, where it was last looked at. */
export const happenedOnce = new Set<FactKind>(['labResult', 'measurement', 'vaccine', 'procedure', 'imaging', 'careEvent', 'reimbursement'])

/** When a document tells what it tells. */
export function documentDate(document: FoldedDocument | undefined): string | null {
  return document ? (document.serviceStartTime ?? document.creationTime) : null
}

/** Order of wording: the document a kind comes from, letters, summaries, repayments; then by date; then by what is written, so that it never jumps. */
function wordingOrder(documents: ReadonlyMap<string, FoldedDocument>): (one: ClinicalFact, other: ClinicalFact) => number {
  const rank = (fact: ClinicalFact) => {
    const document = documents.get(fact.document)
    if (!document) return 4
    if (origins[fact.kind]?.includes(document.typeCode)) return 0
    return document.classCode === repayment ? 3 : document.classCode === synthesis ? 2 : 1
  }
  return (one, other) => {
    const [first, second] = [documentDate(documents.get(one.document)) ?? '', documentDate(documents.get(other.document)) ?? '']
    const age = first === second ? 0 : first < second === happenedOnce.has(one.kind) ? -1 : 1
    return rank(one) - rank(other) || age || inOrder(writingOf(one), writingOf(other))
  }
}

const inOrder = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)
/** Everything a fact says, in one order whatever made it. */
const writingOf = (fact: ClinicalFact) => JSON.stringify(Object.entries(fact).sort(([one], [other]) => inOrder(one, other)))

const isWithin = (one: ReadonlySet<string>, other: ReadonlySet<string>) => [...one].every((value) => other.has(value))

/** Facts of one thing at one instant whose documents give different values; a document that repeats some of another's is no disagreement. */
function disagreeing(facts: readonly ClinicalFact[], names: (fact: ClinicalFact) => string[]): Set<ClinicalFact> {
  const marked = new Set<ClinicalFact>()
  const timed = facts.filter((fact) => (fact.kind === 'labResult' || fact.kind === 'measurement') && !fact.negated && fact.value !== null && fact.date !== null && fact.date.length >= 10)
  for (const same of bySharedName(timed, names)) {
    for (const instant of Map.groupBy(same, (fact) => `${fact.kind} ${minuteOf(fact.date)}`).values()) {
      if (instant.length === 1) continue
      const said = [...Map.groupBy(instant, (fact) => fact.document).values()].map((facts) => new Set(facts.map((fact) => comparable(fact.value, fact.unit))))
      const differ = said.some((one, at) => said.slice(at + 1).some((other) => !isWithin(one, other) && !isWithin(other, one)))
      if (differ) for (const fact of instant) marked.add(fact)
    }
  }
  return marked
}

/**
 * Folds the same fact of several documents for display (cda-reading.md section 9). Each fact is in exactly one fold and is not changed; a denied fact
 * is never folded with a stated one. The result does not depend on the order of the facts; folding what folds hold gives the same folds.
 */
export function foldFacts(facts: readonly ClinicalFact[], listed: readonly FoldedDocument[]): Fold[] {
  const documents = new Map(listed.map((document) => [document.uniqueId, document]))
  const order = wordingOrder(documents)
  const names = remembered(namesOf)
  const marked = disagreeing(facts, names)
  const groups = [...Map.groupBy(facts, alike)].flatMap(([group, same]) =>
    bySharedName(same, names)
      .flatMap((about) => byDate(about, datesApart[about[0]?.kind ?? 'narrative']))
      // A mention of another day may be all that tied two names together.
      .flatMap((ofDay) => bySharedName(ofDay, names))
      .flatMap(byPlace)
      .map((found) => ({ group, facts: found.length > 1 ? found.toSorted(order) : found })),
  )
  const folds = groups.map(({ group, facts: found }) => {
    const dates = found.flatMap(({ date }) => date ?? []).sort()
    const about = found.flatMap(names).sort()[0] ?? ''
    return { key: shortened([about, minuteOf(dates[0] ?? null), group].join('\n')), facts: found, date: dates[0] ?? null, disagrees: found.some((fact) => marked.has(fact)) }
  })
  return withOwnKeys(folds).sort((one, other) => inOrder(one.key, other.key))
}

/** A name made of a whole passage is too long to travel with it. */
const shortened = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 20)

/** Two folds may be named alike (two germs of one culture): each then has a number, by what it says. */
function withOwnKeys(folds: readonly Fold[]): Fold[] {
  return [...Map.groupBy(folds, (fold) => fold.key).values()].flatMap((alike) =>
    alike.length === 1 ? alike : alike.toSorted((one, other) => inOrder(one.facts.map(writingOf).sort().join(), other.facts.map(writingOf).sort().join())).map((fold, at) => ({ ...fold, key: `${fold.key}-${at}` })),
  )
}
