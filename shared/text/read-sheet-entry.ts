import { fromBase45 } from './base45.ts'

/** First characters of the code of every emergency sheet, of any version. */
export const sheetMark = 'RELAIS:'
/** Bytes before the content, of any version: one of version, two of how many bytes follow them; and after it: the sum that checks it. */
export const sheetHead = 3
export const sheetSum = 4
/** More characters than any code that prints well holds: what is longer is none. */
export const longestSheetCode = 4_096

/** The code of an emergency sheet in the field where an INS is typed or scanned, however far it has come. */
export type SheetEntry =
  /** As long as it says it is. Whether it is right is for who reads it. */
  | { readonly kind: 'whole'; readonly code: string }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'refused' }

/**
 * Reads how far a scan has come; null = it is no emergency sheet. Blanks are content, but for those a field trims: the last character of a
 * code is a colon that ends it, and none of them is small.
 */
export function readSheetEntry(typed: string): SheetEntry | null {
  const text = typed.trim().toUpperCase()
  if (!text.startsWith(sheetMark)) return text !== '' && sheetMark.startsWith(text) ? { kind: 'unfinished' } : null
  const head = text.slice(sheetMark.length, sheetMark.length + 6)
  if (head.length < 6) return { kind: 'unfinished' }
  const bytes = fromBase45(head)
  if (bytes === null) return { kind: 'refused' }
  const length = sheetMark.length + base45Length(sheetHead + bytes[1]! * 256 + bytes[2]! + sheetSum) + 1
  if (text.length < length && length <= longestSheetCode) return { kind: 'unfinished' }
  return text.length === length && text.endsWith(':') ? { kind: 'whole', code: text } : { kind: 'refused' }
}

/** Characters that so many bytes take. */
export function base45Length(bytes: number): number {
  return Math.floor(bytes / 2) * 3 + (bytes % 2) * 2
}
