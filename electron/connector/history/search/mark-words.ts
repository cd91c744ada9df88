import type { FoundPart } from '#shared/contract/index.ts'
import type { SearchWord } from './search-words.ts'

/** Characters shown on each side of the first word found. */
const around = 90
const letter = /[\p{L}\p{N}]/u

/** The same text in the same places, without accents and case: what the words are compared with. */
function folded(text: string): string {
  // A character that would become two stays as it is: places must not move.
  const lower = text.toLowerCase()
  const small = lower.length === text.length ? lower : Array.from({ length: text.length }, (_, at) => lowered(text.charAt(at))).join('')
  return small.replaceAll(/[^\0-\x7f]/g, (one) => one.normalize('NFD').charAt(0))
}

function lowered(one: string): string {
  const lower = one.toLowerCase()
  return lower.length === 1 ? lower : one
}

/** Finds any of the words in a folded text; what separates the letters of a word does not count. */
function patternOf(words: readonly SearchWord[]): RegExp {
  const ways = words.flatMap(({ spellings, isPrefix }) =>
    spellings.map((spelling) => {
      const tokens = folded(spelling).split(/[^\p{L}\p{N}]+/u).filter((token) => token !== '')
      return `${tokens.join(String.raw`[^\p{L}\p{N}]+`)}${isPrefix ? String.raw`[\p{L}\p{N}]*` : ''}`
    }),
  )
  return new RegExp(String.raw`(?:${ways.join('|')})(?![\p{L}\p{N}])`, 'gu')
}

/** Where the words stand in a text, one after the other, as offsets. */
function* placesIn(text: string, words: readonly SearchWord[]): Generator<{ start: number; end: number }, void, void> {
  const plain = folded(text)
  for (const match of plain.matchAll(patternOf(words))) {
    if (!letter.test(plain.charAt(match.index - 1))) yield { start: match.index, end: match.index + match[0].length }
  }
}

/**
 * The piece of a text around the first of the words found in it, cut between words, as parts in their order; null when none is there. The parts are
 * text alone: nothing in them is ever markup.
 */
export function markWords(text: string, words: readonly SearchWord[]): FoundPart[] | null {
  const places = placesIn(text, words)
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
