import { findWords } from '#shared/text/find-words.ts'
import type { SearchWord } from '#shared/text/search-words.ts'

/** A text cut into what was looked for and what stands between, in its order; nothing of it is lost. */
export function markedParts(text: string, words: readonly SearchWord[]): { text: string; marked: boolean }[] {
  if (words.length === 0) return [{ text, marked: false }]
  const parts: { text: string; marked: boolean }[] = []
  let at = 0
  for (const { start, end } of findWords(text, words)) {
    if (start > at) parts.push({ text: text.slice(at, start), marked: false })
    parts.push({ text: text.slice(start, end), marked: true })
    at = end
  }
  if (at < text.length || parts.length === 0) parts.push({ text: text.slice(at), marked: false })
  return parts
}
