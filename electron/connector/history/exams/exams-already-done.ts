import type { ClinicalFact, ExamDone, ExamDoubt, RecordDocument } from '#shared/contract/index.ts'
import { codeSystems } from '#shared/terminology/index.ts'
import { ageOn, dayOf, daysBetween, firstDayOf, type Day } from '../clinical/calendar.ts'
import { classesChangedSince } from '../clinical/changed-medicines.ts'
import { hasProblem, hasRecentStay, isToldPregnant } from '../clinical/patient-state.ts'
import { analyteName } from '../summary/analyte-name.ts'
import { minuteOf } from '../summary/fold-facts.ts'
import { flagOf } from '../summary/out-of-range.ts'
import { comparable } from '../summary/quantity.ts'
import { judgementOf } from './result-judgement.ts'
import type { RetestRule, RetestRules } from './retest-rules.ts'

/** A document as the rules need it. */
export type ExamDocument = Pick<RecordDocument, 'uniqueId' | 'typeCode' | 'creationTime' | 'serviceStartTime' | 'authors'>

/** What is known of a patient, of the documents that were read alone. */
export interface KnownOfPatient {
  readonly facts: readonly ClinicalFact[]
  /** Every document of the list. */
  readonly documents: readonly ExamDocument[]
  /** ISO 8601; null = not known. */
  readonly birthDate: string | null
}

/** An exam of a rule, before it is known what is being prescribed. */
export type JudgedExam = Omit<ExamDone, 'asked' | 'avoided'> & { readonly codes: readonly string[] }

/** Acts of the CCAM. */
const ccam = '1.2.250.1.215.300.1'
const notDone = new Set(['noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere', 'aborted', 'cancelled', 'planned', 'nullified', 'refuted'])
const stayDays = 30
/** Reports of biology, of a rapid test, of imaging: what they tell was made where they were written. */
const reports = new Set(['11502-2', '96173-0', '18748-4'])

/** The result of one analyte, or the image, that counts: the newest that was made, and what was found at the same moment. */
interface Last {
  readonly fact: ClinicalFact
  readonly day: Day
  /** Other documents give another value of it. */
  readonly disagrees: boolean
}

function isMade({ negated, status, date, value, kind }: ClinicalFact, today: Day): boolean {
  const day = firstDayOf(date)
  return !negated && !notDone.has(status ?? '') && day !== null && day <= today && (kind !== 'labResult' || value !== null)
}

/**
 * The last time each exam of the rules was done, by its codes and never by its name, and whether doing it again now would be redundant: its interval
 * (clinical.md 1) is not over, counted from the sampling, and nothing known speaks against it. What the rule cannot decide is the last result, with why
 * (`doubts`). An exam none of whose analytes was found is not told: it may have been done. `mayJudge`: rules nobody signed count too.
 */
export function examsAlreadyDone(known: KnownOfPatient, rules: Pick<RetestRules, 'rules' | 'sources'>, now: number, mayJudge: boolean): JudgedExam[] {
  const today = dayOf(now)
  const made = known.facts.filter((fact) => isMade(fact, today))
  const results = Map.groupBy(made.filter(({ kind, codeSystem }) => kind === 'labResult' && codeSystem === codeSystems.loinc), ({ code }) => code)
  const images = made.filter(({ kind }) => kind === 'imaging' || kind === 'procedure' || kind === 'reimbursement')
  const documents = new Map(known.documents.map((document) => [document.uniqueId, document]))
  const state = {
    pregnant: isToldPregnant(known.facts, known.documents, now),
    hospital: hasRecentStay(known.documents, stayDays, now),
    age: ageOn(today, known.birthDate),
  }
  const changed = new Map<Day, (string | null)[]>()
  const changedSince = (day: Day) => {
    const found = changed.get(day) ?? classesChangedSince(day, known.facts, documents)
    changed.set(day, found)
    return found
  }

  const isReported = ({ document }: ClinicalFact) => reports.has(documents.get(document)?.typeCode ?? '')
  function foundFor(rule: RetestRule): (Last | null)[] {
    if (rule.category === 'biology') return rule.loinc.map((codes) => lastOf(codes.flatMap((code) => results.get(code) ?? []), isReported))
    const codes = new Set(rule.loinc.flat())
    return [lastOf(images.filter(({ code, codeSystem }) => (codeSystem === codeSystems.loinc && codes.has(code ?? '')) || (codeSystem === ccam && rule.ccam.includes(code ?? ''))), isReported)]
  }

  function doubtsOf(rule: RetestRule, all: readonly (Last | null)[], found: readonly Last[], day: Day): ExamDoubt[] {
    const has = (condition: string) => rule.mute.includes(condition)
    const judged = found.map(({ fact }) => judgementOf(fact))
    const drugs = rule.mute.flatMap((one) => (one.startsWith('drugChanged:') ? one.slice(12) : []))
    const classes = drugs.length === 0 ? [] : changedSince(day)
    const isOneOf = (found: string) => drugs.some((wanted) => found.startsWith(wanted))
    /** A wider class may hold the one that counts. */
    const mayBeOneOf = (found: string | null) => found === null || drugs.some((wanted) => wanted.startsWith(found))
    const doubts: (readonly [ExamDoubt, boolean])[] = [
      ['critical', (has('lastAbnormal') || has('lastCritical')) && judged.includes('critical')],
      ['abnormal', has('lastAbnormal') && judged.includes('abnormal')],
      ['unjudged', has('lastAbnormal') && judged.includes('unjudged')],
      ['to-check', found.some(({ fact, disagrees }) => disagrees || fact.conflict !== null)],
      ['partial', all.includes(null)],
      ['date-vague', found.some(({ fact }) => (fact.date?.length ?? 0) < 10)],
      ['pregnant', has('pregnant') && state.pregnant],
      ['minor', has('under18') && state.age !== null && state.age < 18],
      ['age-unknown', has('under18') && state.age === null],
      ['hospital', has('hospital30d') && state.hospital],
      ['problem', hasProblem(known.facts, rule.mute.flatMap((one) => (one.startsWith('problem:') ? one.slice(8) : [])))],
      ['drug-changed', classes.some((one) => one !== null && isOneOf(one))],
      ['drug-unknown', drugs.length > 0 && classes.some((one) => !(one !== null && isOneOf(one)) && mayBeOneOf(one))],
      ['not-approved', rule.approvedBy === null && !mayJudge],
    ]
    return doubts.flatMap(([doubt, holds]) => (holds ? doubt : []))
  }

  return rules.rules.flatMap((rule) => {
    const all = foundFor(rule)
    const found = all.filter((one) => one !== null)
    const oldest = found.toSorted((one, other) => (one.day < other.day ? -1 : 1))[0]
    if (!oldest) return []
    const days = daysBetween(oldest.day, today)
    const interval = Math.max(rule.hardDays ?? 0, rule.softDays ?? 0)
    // The shorter of the two intervals says more.
    const withinDays = rule.hardDays !== null && days < rule.hardDays ? rule.hardDays : days < interval ? interval : null
    const once = rule.onceAbnormal && found.some(({ fact }) => ['abnormal', 'critical'].includes(judgementOf(fact)))
    const doubts = [...doubtsOf(rule, all, found, oldest.day), ...(interval === 0 && !once && !rule.never ? ['no-interval' as const] : [])]
    const verdict = rule.never ? 'never' : doubts.length === 0 && (withinDays !== null || once) ? 'redundant' : 'last'
    const document = documents.get(oldest.fact.document)
    const by = document?.authors[0]?.structure ?? oldest.fact.author ?? document?.authors[0]?.name ?? null
    const isReport = reports.has(document?.typeCode ?? '')
    return {
      rule: rule.id, name: rule.name, category: rule.category, verdict, doubts, date: oldest.fact.date ?? oldest.day, days, withinDays,
      place: isReport ? by : null, toldBy: isReport ? null : by,
      values: rule.category === 'biology' ? found.map(({ fact }) => ({ label: analyteName(fact.label), value: fact.value ?? '', unit: fact.unit, outOfRange: flagOf([fact]) })) : [],
      words: rule.words, except: rule.except, sources: rule.source.flatMap((key) => rules.sources[key] ?? []), document: oldest.fact.document,
      codes: [...rule.loinc.flat(), ...rule.ccam, ...rule.dicom],
    }
  })
}

/** The newest of several writings of one thing. Of one moment, another value in another document is a disagreement; another unit is none. Its report tells it better than what repeats it. */
function lastOf(facts: readonly ClinicalFact[], isReported: (fact: ClinicalFact) => boolean): Last | null {
  const order = (fact: ClinicalFact) => `${minuteOf(fact.date)} ${isReported(fact) ? 1 : 0}`
  const newest = facts.toSorted((one, other) => (order(one) < order(other) ? 1 : -1))[0]
  if (!newest) return null
  const same = facts.filter(({ date, code }) => code === newest.code && minuteOf(date) === minuteOf(newest.date))
  return { fact: newest, day: firstDayOf(newest.date) ?? '', disagrees: new Set(same.map(({ value, unit }) => comparable(value, unit))).size > 1 }
}
