import type { SummaryEntry } from '#shared/contract/index.ts'
import { folded } from './fact-names.ts'

/**
 * The entries of a list that state something of their own: not one that is denied, nor words a document says of another of them, under its name. Such
 * words of an absence are of their own, for they may say an exception.
 */
export function ownStatements(entries: readonly SummaryEntry[]): SummaryEntry[] {
  const placesOf = ({ label, sources }: SummaryEntry) => sources.map(({ document }) => `${document} ${folded(label)}`)
  const named = new Set(entries.filter(({ kind, denied, absence }) => kind !== 'narrative' && !denied && absence === null).flatMap(placesOf))
  return entries.filter((entry) => !entry.denied && (entry.kind !== 'narrative' || !placesOf(entry).some((place) => named.has(place))))
}
