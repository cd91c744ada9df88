import type { SummaryEntry, SummaryLine } from '#shared/contract/index.ts'

/** Values of a line, newest first, that can share a curve with the first: numbers with a date, in its unit. A vague date stays as vague as it is written. */
export function curveOf(entries: readonly SummaryEntry[]): SummaryLine['curve'] {
  return entries.flatMap(({ number, date, unit }) => (number === null || date === null || unit !== entries[0]?.unit ? [] : [[date, number.value, number.sign !== null]]))
}
