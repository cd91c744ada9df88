import type { ClinicalFact, RecordDocument } from '#shared/contract/index.ts'
import { folded } from '../summary/fact-names.ts'
import { comparable } from '../summary/quantity.ts'
import type { Day } from './calendar.ts'
import { atcOf, daysOf } from './patient-state.ts'

const absences = new Set(['noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere'])

/** A medicine at a dose, as one document names it: another name, code or dose is another one, so that a doubt counts as a change. */
const doseOf = (fact: ClinicalFact) => [`label ${folded(fact.label)}`, ...(fact.code === null ? [] : [`code ${fact.codeSystem} ${fact.code}`])].map((name) => `${name} ${comparable(fact.value, fact.unit)}`)

/** Classes (ATC) of the medicines that were first told, or told at another dose, after `day`; null = one of them has no class. */
export function classesChangedSince(day: Day, facts: readonly ClinicalFact[], documents: ReadonlyMap<string, Pick<RecordDocument, 'creationTime' | 'serviceStartTime'>>): (string | null)[] {
  const treatments = facts.filter(({ kind, status, negated }) => kind === 'treatment' && !negated && !absences.has(status ?? ''))
  const dated = treatments.map((fact) => ({ fact, days: daysOf(fact, documents) }))
  const before = new Set(dated.filter(({ days }) => days.last !== null && days.last <= day).flatMap(({ fact }) => doseOf(fact)))
  const since = dated.filter(({ fact, days }) => (days.last === null || days.last > day) && !doseOf(fact).some((name) => before.has(name)))
  return [...new Set(since.map(({ fact }) => atcOf(fact)))]
}
