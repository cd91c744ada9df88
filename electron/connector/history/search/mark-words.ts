import type { FoundPart } from '#shared/contract/index.ts'
import { findWords } from '#shared/text/find-words.ts'
import type { SearchWord } from '#shared/text/search-words.ts'

/** Characters shown on each side of the first word found. */
const around = 90

/**
 * The piece of a text around the first of the words found in it, cut between words, as parts in their order; null when none is there. The parts are
 * text alone: nothing in them is ever markup.
 */
export function markWords(text: string, words: readonly SearchWord[]): FoundPart[] | null {
  const places = findWords(text, words)
  const first = places.next().value
  if (!first) return null
  const from = first.start <= around ? 0 : text.indexOf(' ', first.start - around) + 1 || first.start - around
  const cut = text.lastIndexOf(' ', first.end + around)
  const to = first.end + around >= text.length ? text.length : Math.max(cut, first.end)
  const start = Math.min(from, first.start)
  const parts: FoundPart[] = []
  let at = start
  for (let place: typeof first | void = first; place && place.end <= to; place = places.next().value) {
    if (place.start > at) parts.push({ text: text.slice(at, place.start), marked: false })
    parts.push({ text: text.slice(place.start, place.end), marked: true })
    at = place.end
  }
  if (at < to) parts.push({ text: text.slice(at, to), marked: false })
  return parts
}
