import type { SummaryEntry, SummaryLine } from '#shared/contract/index.ts'

/**
 * Values of a line, newest first, that can share a curve with the first: numbers with a date, in its unit or converted to it. A vague date stays as vague
 * as it is written.
 */
export function curveOf(entries: readonly SummaryEntry[]): SummaryLine['curve'] {
  const unit = entries[0]?.unit
  return entries.flatMap(({ number, converted, date, ...entry }): SummaryLine['curve'] => {
    if (number === null || date === null) return []
    if (entry.unit === unit) return [[date, number.value, number.sign !== null, false]]
    return converted && converted.unit === unit ? [[date, converted.value, number.sign !== null, true]] : []
  })
}
