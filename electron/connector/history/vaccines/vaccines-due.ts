import type { ClinicalFact, PatientLabel, RecordDocument, VaccineDue, VaccineReason } from '#shared/contract/index.ts'
import { addMonths, ageOn, birthday, dayOf, firstDayOf, lastDayOf, type Day } from '../clinical/calendar.ts'
import { atcOf, hasProblem, isToldPregnant } from '../clinical/patient-state.ts'
import type { VaccinationRule, VaccinationSchedule } from './vaccination-schedule.ts'

/** What was read of a patient's record. */
export interface ReadForVaccines {
  readonly facts: readonly ClinicalFact[]
  readonly documents: readonly Pick<RecordDocument, 'uniqueId' | 'typeCode' | 'creationTime' | 'serviceStartTime'>[]
  /** False while documents that may tell a dose are not read, or cannot be. */
  readonly isWhole: boolean
}

/** A dose that was given. `maybe`: valences it may hold, its code being that of a wider class or none. */
interface Dose {
  readonly date: string | null
  readonly first: Day | null
  /** Last day it may be of: without a date of its own, that on which its document was written. */
  readonly last: Day | null
  readonly rank: number | null
  readonly surely: ReadonlySet<string>
  readonly maybe: ReadonlySet<string> | 'any'
}

const notGiven = new Set(['noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere', 'planned', 'aborted', 'cancelled', 'refuted', 'nullified'])

/** A dose that was given, as far as its document says: neither refused, nor planned, nor an absence. */
export function isDose({ kind, negated, status }: ClinicalFact): boolean {
  return kind === 'vaccine' && !negated && !notGiven.has(status ?? '')
}

/** A dose of a class counts for its valences, one of a wider class for none: it may be any of them. */
function doseOf(fact: ClinicalFact, { valences }: VaccinationSchedule, writtenOn: string | null): Dose {
  const atc = atcOf(fact)
  const own = atc === null ? undefined : Object.entries(valences).find(([code]) => atc.startsWith(code))?.[1]
  const wider = atc === null ? [] : Object.entries(valences).filter(([code]) => code.startsWith(atc)).flatMap(([, all]) => all)
  const rank = /^\d{1,2}$/.test(fact.value ?? '') ? Number(fact.value) : null
  return { date: fact.date, first: firstDayOf(fact.date), last: lastDayOf(fact.date ?? writtenOn), rank, surely: new Set(own), maybe: own ? new Set<string>() : atc === null ? 'any' : new Set(wider) }
}

/** The same dose: the same day, or a vaguer date that holds the day of the other; without a date, the same rank or none. */
function isSame(vaguer: Dose, dose: Dose): boolean {
  if (vaguer.first === null || vaguer.last === null) return vaguer.rank === null || vaguer.rank === dose.rank
  return dose.first !== null && dose.last !== null && vaguer.first <= dose.first && dose.last <= vaguer.last
}

/** Each dose once, however many documents tell it; the undated first, then in the order they were given. */
function once(doses: readonly Dose[]): Dose[] {
  const kept: Dose[] = []
  for (const dose of doses.toSorted((one, other) => (other.date?.length ?? 0) - (one.date?.length ?? 0))) if (!kept.some((other) => isSame(dose, other))) kept.push(dose)
  const when = ({ first, last }: Dose) => (first === null ? '' : (last ?? ''))
  return kept.toSorted((one, other) => (when(one) < when(other) ? -1 : 1))
}

type Told = Pick<VaccineDue, 'status' | 'reason'> & Partial<VaccineDue>

/**
 * What each rule of the calendar says for this patient on the day of `now` (clinical.md 3.4): done, due, or that it cannot be told and why. Told of the documents that
 * were read alone; a rule whose age is not reached, or is over, is not told. Nothing is due where no vaccination was read, where documents
 * are still to be read, or where a dose may be it without a code saying so. `mayPropose`: a schedule nobody signed counts too.
 */
export function vaccinesDue(read: ReadForVaccines, birthDate: string | null, sex: PatientLabel['sex'], schedule: VaccinationSchedule, now: number, mayPropose: boolean): VaccineDue[] {
  const today = dayOf(now)
  const age = ageOn(today, birthDate)
  if (age === null || birthDate === null) return []
  const writtenOn = new Map(read.documents.map(({ uniqueId, creationTime }) => [uniqueId, creationTime]))
  const given = read.facts.filter(isDose).map((fact) => doseOf(fact, schedule, writtenOn.get(fact.document) ?? null)).filter(({ first }) => first === null || first <= today)
  // A child's document tells the gestational age they were born at.
  const isPregnant = sex !== 'M' && age >= 12 && isToldPregnant(read.facts, read.documents, now)
  const isImmunodepressed = hasProblem(read.facts, schedule.immunodepression.problems) ||
    read.facts.some((fact) => fact.kind === 'treatment' && !fact.negated && schedule.immunodepression.treatments.some((wanted) => atcOf(fact)?.startsWith(wanted)))

  /** Of a rule that would propose: what keeps it from it. */
  function orWhyNot(rule: VaccinationRule, due: Told, since: Day | null): Told {
    const cannot = (reason: VaccineReason): Told => ({ ...due, status: 'cannotTell', reason })
    const mayBe = given.some(({ maybe, last }) => (since === null || last === null || last >= since) && (maybe === 'any' || rule.valences.every((valence) => maybe.has(valence)) || (rule.kind === 'doses' && rule.uncounted.some((valence) => maybe.has(valence)))))
    if (given.length === 0) return cannot(read.isWhole ? 'no-vaccination' : 'not-loaded')
    if (!read.isWhole) return cannot('not-loaded')
    if (mayBe) return cannot('unknown-product')
    if (rule.kind === 'doses' && rule.live && isPregnant) return cannot('pregnancy')
    if (rule.kind === 'doses' && rule.live && isImmunodepressed) return cannot('immunodepression')
    return schedule.approvedBy === null && !mayPropose ? cannot('not-approved') : due
  }

  function told(rule: VaccinationRule, age: number, birthDate: string): Told | null {
    const mentions = given.filter(({ surely }) => rule.valences.every((valence) => surely.has(valence)))
    const doses = once(mentions)
    const last = doses.at(-1) ?? null
    /** A dose whose day nobody wrote may be of any until its document was written, whatever dated one it may be the same as. */
    const isUndatedSince = (since: Day) => mentions.some((dose) => dose.first === null && (dose.last === null || dose.last >= since))
    const of = { doses: Math.max(doses.length, ...doses.map(({ rank }) => rank ?? 0)), last: last?.date ?? null }
    switch (rule.kind) {
      case 'boosters': {
        const marks = marksOf(rule)
        const mark = marks.findLast((at) => at <= age)
        if (mark === undefined || (rule.untilAge !== null && age > rule.untilAge)) return null
        const since = birthday(birthDate, mark) ?? today
        const next = marks.find((at) => at > age)
        const done = { ...of, atAge: mark, next: next === undefined ? null : birthday(birthDate, next) }
        if (last?.first != null && last.first >= since) return { ...done, status: 'done', reason: 'done' }
        if (isUndatedSince(addMonths(since, -12 * rule.earlyYears)) || (last?.last != null && last.last >= since)) return { ...done, status: 'cannotTell', reason: 'date-vague' }
        if (last?.last != null && last.last >= addMonths(since, -12 * rule.earlyYears)) return { ...done, status: 'cannotTell', reason: 'dose-before-age' }
        return orWhyNot(rule, { ...of, atAge: mark, status: 'due', reason: 'age' }, addMonths(since, -12 * rule.earlyYears))
      }
      case 'season': {
        const since = age < rule.fromAge ? null : seasonOf(today, rule.from, rule.to)
        if (since === null) return null
        const rested = rule.monthsSinceLast === null ? since : addMonths(today, -rule.monthsSinceLast)
        if (last?.first != null && (last.first >= since || last.first > rested)) return { ...of, status: 'done', reason: 'done-this-season' }
        if (isUndatedSince(since < rested ? since : rested) || (last?.last != null && (last.last >= since || last.last > rested))) return { ...of, status: 'cannotTell', reason: 'date-vague' }
        return orWhyNot(rule, { ...of, status: 'due', reason: 'season' }, since < rested ? since : rested)
      }
      case 'doses': {
        if (age < rule.fromAge || (rule.untilAge !== null && age > rule.untilAge) || (rule.bornFrom !== null && birthDate < rule.bornFrom)) return null
        const from = rule.countedFromAge === null ? null : birthday(birthDate, rule.countedFromAge)
        const counted = from === null ? doses : doses.filter(({ first }) => first !== null && first >= from)
        const early = rule.begunEarly
        const began = counted[0]?.first ?? today
        const needed = early && began < (birthday(birthDate, early.beforeAge) ?? '') ? early.doses : rule.doses
        const count = from === null ? of.doses : counted.length
        const scheme = { doses: count, needed, last: of.last }
        if (count >= needed) return { ...scheme, status: 'done', reason: 'done' }
        const uncounted = once(given.filter(({ surely }) => rule.uncounted.some((valence) => surely.has(valence))))
        if (uncounted.length > 0) return { ...scheme, status: 'cannotTell', reason: 'serotypes', last: uncounted.at(-1)?.date ?? null }
        if (doses.some(({ date }) => (date?.length ?? 0) < 10)) return { ...scheme, status: 'cannotTell', reason: 'date-vague' }
        return orWhyNot(rule, { ...scheme, status: 'due', reason: 'doses' }, null)
      }
    }
  }

  return schedule.rules.flatMap((rule) => {
    const said = told(rule, age, birthDate)
    return said === null ? [] : { rule: rule.id, name: rule.name, doses: 0, needed: null, atAge: null, last: null, next: null, ...said }
  })
}

/** Ages of a booster, up to any age that is lived. */
function marksOf({ ages, thenEveryYears }: Extract<VaccinationRule, { kind: 'boosters' }>): number[] {
  const last = ages.at(-1) ?? 0
  return thenEveryYears === null ? [...ages] : [...ages, ...Array.from({ length: Math.floor((120 - last) / thenEveryYears) }, (_, at) => last + (at + 1) * thenEveryYears)]
}

/** First day of the season `today` is in; null outside of it. A season may go over the new year. */
function seasonOf(today: Day, from: string, to: string): Day | null {
  const [year, day] = [Number(today.slice(0, 4)), today.slice(5)]
  if (from <= to) return day >= from && day <= to ? `${year}-${from}` : null
  return day >= from ? `${year}-${from}` : day <= to ? `${year - 1}-${from}` : null
}
