import { searchText } from './search-text.ts'

/** More threes than these narrow no further and only cost. */
const mostThrees = 24

/** What to look for: every word, in any order, anywhere in an item's text. */
export interface SearchWords {
  /** LIKE patterns, escaped with `\`; none = everything is found. */
  readonly patterns: readonly string[]
  /** FTS5 expression for the index of threes, which finds at least all that the patterns find; null when no word has three letters. */
  readonly threes: string | null
}

/** Reads what a person typed, folded as the stored text is. */
export function searchWords(typed: string): SearchWords {
  const words = [...new Set(searchText([typed]).split(' '))].filter(Boolean)
  const threes = [...new Set(words.flatMap(threesOf))].slice(0, mostThrees)
  return {
    patterns: words.map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`),
    threes: threes.length === 0 ? null : threes.map((three) => `"${three.replaceAll('"', '""')}"`).join(' AND '),
  }
}

/** By code points, as the tokenizer counts. */
function threesOf(word: string): string[] {
  const letters = Array.from(word)
  return letters.slice(2).map((_, index) => letters.slice(index, index + 3).join(''))
}
