import type { SearchWord } from '#shared/text/search-words.ts'

/** One word among the texts of one reader and patient (`reading`, one token), in the language of FTS5. Nothing typed is a part of that language. */
export function matchOf(reading: string, { spellings, isPrefix }: SearchWord): string {
  const quoted = spellings.map((spelling) => `"${spelling.replaceAll('"', ' ')}"${isPrefix ? '*' : ''}`)
  return `reading : "${reading}" AND text : (${quoted.join(' OR ')})`
}
