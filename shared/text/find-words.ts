import type { SearchWord } from './search-words.ts'

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

/** Where the words stand in a text, one after the other, as offsets: whole words, whatever their accents and case. */
export function* findWords(text: string, words: readonly SearchWord[]): Generator<{ start: number; end: number }, void, void> {
  const plain = folded(text)
  for (const match of plain.matchAll(patternOf(words))) {
    if (!letter.test(plain.charAt(match.index - 1))) yield { start: match.index, end: match.index + match[0].length }
  }
}
