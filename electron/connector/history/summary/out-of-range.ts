import type { ClinicalFact, OutOfRange } from '#shared/contract/index.ts'

const flags: Readonly<Record<string, OutOfRange>> = { HH: 'veryHigh', LL: 'veryLow', AA: 'veryAbnormal', H: 'high', HU: 'high', L: 'low', LU: 'low', A: 'abnormal' }

/** The worst first. */
export const flagOrder: readonly OutOfRange[] = ['veryHigh', 'veryLow', 'veryAbnormal', 'high', 'low', 'abnormal']

/** What the document's own interpretation says (JDV_HL7_ObservationInterpretation_CISIS), the worst of several; the usual values are never compared. */
export function flagOf(facts: readonly Pick<ClinicalFact, 'interpretation'>[]): OutOfRange | null {
  const said = facts.find(({ interpretation }) => interpretation !== null)?.interpretation?.split(', ').flatMap((code) => flags[code] ?? []) ?? []
  return flagOrder.find((flag) => said.includes(flag)) ?? null
}
