/** What is asked, word by word: each is found by any of its spellings, the last one by its beginning too. */
export interface SearchWord {
  /** As typed and as the record may write it: `œ` or `oe`. Letters that stand together (`HbA1c`, `T4-L`) are one word, whatever separates them. */
  readonly spellings: readonly string[]
  readonly isPrefix: boolean
}

/** More words narrow nothing any more. */
const mostWords = 12
/** Elided words of French: the word sought follows. */
const elided = /^(?:[cdjlmnst]|qu)['’](?=.)/iu
const letters = /[\p{L}\p{N}]/gu

/** Reads what a person typed. The last word counts as a beginning from its second letter on: one letter begins every text. */
export function searchWords(typed: string): SearchWord[] {
  const words = typed.normalize('NFC').split(/\s+/).map((word) => word.replace(elided, '')).filter((word) => word.search(letters) >= 0).slice(0, mostWords)
  return words.map((word, index) => ({ spellings: spellingsOf(word), isPrefix: index === words.length - 1 && (word.match(letters)?.length ?? 0) > 1 }))
}

function spellingsOf(word: string): string[] {
  return [...new Set([word, word.replaceAll(/œ/gi, 'oe').replaceAll(/æ/gi, 'ae'), word.replaceAll(/oe/gi, 'œ').replaceAll(/ae/gi, 'æ')])]
}
