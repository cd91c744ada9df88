import { utf16Of } from './xml-document.ts'

/** So many characters of a text are shown: some thirty pages, more than anybody reads of a message or a sidecar. */
export const longestText = 100_000

/** Controls no text of the trade has: those of lines, of HL7 framing and of HPRIM's separators are no proof of a binary file. */
const binary = /[\u0000-\u0008\u000e-\u001a]/

/**
 * The beginning of a file as text, in the encoding its bytes bear out: UTF-16 by its mark, UTF-8 when it is, Windows-1252 otherwise; null when it is
 * no text. `isCut`: there is more of it.
 */
export function plainText(bytes: Uint8Array): { value: string; isCut: boolean } | null {
  // No character takes more than four bytes.
  const head = bytes.subarray(0, longestText * 4)
  const value = decoded(head)
  if (binary.test(value)) return null
  const shown = value.slice(0, longestText)
  return { value: shown.replace(/[\ud800-\udbff]$/, ''), isCut: shown.length < value.length || head.length < bytes.length }
}

function decoded(head: Uint8Array): string {
  const utf16 = utf16Of(head)
  if (utf16 !== null) return new TextDecoder(utf16).decode(head)
  try {
    // `stream`: a character cut in two at the end of what is read is no fault of the file.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
  } catch {
    return new TextDecoder('windows-1252').decode(head)
  }
}
