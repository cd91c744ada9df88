import type { ClinicalFact, RecordDocument } from '#shared/contract/index.ts'
import { codeSystems } from '#shared/terminology/index.ts'
import { addDays, dayOf, firstDayOf, lastDayOf, type Day } from './calendar.ts'

/** CIM-10, the classification of problems. */
const cim10 = '2.16.840.1.113883.6.3'
const over = new Set(['resolved', 'inactive', 'remission', 'refuted', 'noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere'])

/** Something still told of the patient under one of these chapters or codes of the CIM-10. */
export function hasProblem(facts: readonly ClinicalFact[], prefixes: readonly string[]): boolean {
  const wanted = prefixes.map((prefix) => prefix.replace('.', ''))
  return facts.some(({ kind, code, codeSystem, negated, status }) =>
    kind === 'problem' && codeSystem === cim10 && !negated && !over.has(status ?? '') && wanted.some((prefix) => code?.replace('.', '').startsWith(prefix)))
}

/** How long a pregnancy is believed after it was last told: ten months. */
const pregnancyDays = 300
/** Pregnancy status, date of delivery foreseen (estimated, by the last period), gestational age (LOINC). */
const [pregnancyStatus, deliveryDates, pregnancyAges] = ['82810-3', new Set(['11778-8', '11779-6']), new Set(['11884-4', '49051-6'])] as const
/** How late after the day foreseen a delivery may still be to come, or just have been. */
const lateDays = 30
/** SNOMED CT, ICD-like and LOINC answers that a pregnancy is there. */
const pregnantValues = /^(77386006|LA15173-0|enceinte|grossesse en cours|oui|yes|pregnant)/i
const pregnancyProblems = ['O', 'Z33', 'Z34', 'Z35']
/** Synthèse antepartum. */
const pregnancyDocuments = new Set(['57055-6'])

/** True when a document of the last ten months tells a pregnancy; false says nothing but that none does. */
export function isToldPregnant(facts: readonly ClinicalFact[], documents: readonly Pick<RecordDocument, 'uniqueId' | 'typeCode' | 'creationTime' | 'serviceStartTime'>[], now: number): boolean {
  const since = addDays(dayOf(now), -pregnancyDays)
  const dates = new Map(documents.map((document) => [document.uniqueId, document.serviceStartTime ?? document.creationTime]))
  const isRecent = (date: string | null) => (lastDayOf(date) ?? '') >= since
  if (documents.some(({ typeCode, serviceStartTime, creationTime }) => pregnancyDocuments.has(typeCode) && isRecent(serviceStartTime ?? creationTime))) return true
  return facts.some((fact) => {
    if (fact.negated || over.has(fact.status ?? '') || !isRecent(fact.date ?? dates.get(fact.document) ?? null)) return false
    if (fact.kind === 'problem') return hasProblem([fact], pregnancyProblems)
    if (fact.codeSystem !== codeSystems.loinc || fact.code === null || fact.value === null) return false
    if (fact.code === pregnancyStatus) return pregnantValues.test(fact.value)
    return deliveryDates.has(fact.code) ? (lastDayOf(fact.value) ?? '') >= addDays(dayOf(now), -lateDays) : pregnancyAges.has(fact.code)
  })
}

/** CR hospitalier, lettre de liaison à la sortie, CR d'admission, CR de passage aux urgences. */
const stays = new Set(['34112-3', '11490-0', '67851-6', '15507-7'])

/** A hospital wrote of a stay within these days: what was measured there is repeated for reasons of its own. */
export function hasRecentStay(documents: readonly Pick<RecordDocument, 'typeCode' | 'creationTime' | 'serviceStartTime'>[], days: number, now: number): boolean {
  const since = addDays(dayOf(now), -days)
  // The stay may have begun long before its letter.
  return documents.some(({ typeCode, creationTime, serviceStartTime }) => stays.has(typeCode) && [creationTime, serviceStartTime].some((at) => (firstDayOf(at) ?? '') >= since))
}

/** Anatomical classification of medicines. */
export const atcSystem = '2.16.840.1.113883.6.73'

/** The ATC class a medicine or a vaccine is told with; null = its document gives none. */
export function atcOf({ code, codeSystem, atc }: Pick<ClinicalFact, 'code' | 'codeSystem' | 'atc'>): string | null {
  return atc ?? (codeSystem === atcSystem ? code : null)
}

/** Days a fact may be of, by its own date, else by its document's. */
export function daysOf(fact: ClinicalFact, documents: ReadonlyMap<string, Pick<RecordDocument, 'creationTime' | 'serviceStartTime'>>): { first: Day | null; last: Day | null } {
  const document = documents.get(fact.document)
  const date = fact.date ?? document?.serviceStartTime ?? document?.creationTime ?? null
  return { first: firstDayOf(date), last: lastDayOf(date) }
}
