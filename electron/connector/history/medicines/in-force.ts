import type { RecordSummary } from '#shared/contract/index.ts'
import { allergiesInForce, type AllergyInForce } from './allergies-in-force.ts'
import { treatmentsInForce, type TreatmentsInForce } from './treatments-in-force.ts'

/** What a check of medicines compares. */
export interface InForce {
  readonly treatments: TreatmentsInForce
  readonly allergies: readonly AllergyInForce[]
}

/** What is in force by a summary; it must be the whole of it, for what is not painted counts too. `now` in milliseconds. */
export function inForceOf(summary: RecordSummary, onTheirWay: ReadonlySet<string>, now: number): InForce {
  return { treatments: treatmentsInForce(summary, onTheirWay, now), allergies: allergiesInForce(summary, onTheirWay) }
}
