import { latin1, mediaTypeOf } from './media-type.ts'
import { hasPdfEnd, headText } from './recognise.ts'

/** How much of the end of a file is needed to know that it has its end. */
export const tailLength = 4096

/** The end as text, whatever its encoding, without trailing blanks and NULs. */
function tailText(head: Uint8Array, tail: Uint8Array): string {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff) || head[0] === 0 || head[1] === 0
  const text = latin1(tail, 0, tail.length)
  // Two bytes a character: the end mark is ASCII, so the NULs between its letters can go.
  return (wide ? text.replaceAll('\u0000', '') : text).replace(/[\s\u001a\u001c]+$/, '')
}

const endMarks: readonly { readonly starts: RegExp; readonly ends: RegExp }[] = [
  { starts: /^<[\s\S]*ClinicalDocument/, ends: /<\/([\w.-]+:)?(ClinicalDocument|stylesheet|transform)\s*>(\s*<!--[\s\S]*?-->)*$/ },
  { starts: /^</, ends: />$/ },
  { starts: /^FHS\|/, ends: /[\r\n]FTS(\|[^\r\n]*)?$/ },
  { starts: /^BHS\|/, ends: /[\r\n]BTS(\|[^\r\n]*)?$/ },
  // A segment in full: its name and at least one field.
  { starts: /^MSH\|/, ends: /(^|[\r\n])[A-Z][A-Z0-9]{2}\|[^\r\n]+$/ },
  { starts: /^H\|[~^&\\]{3,4}\|/, ends: /[\r\n]L\|[^\r\n]*$/ },
  { starts: /^\d{3}8000\d{4}/, ends: /[\r\n]\d{3}8001\d*$/ },
]

/** The directory a ZIP ends with is whole: its comment, if any, reaches exactly to the end. */
function hasZipEnd(tail: Uint8Array): boolean {
  const at = latin1(tail, 0, tail.length).lastIndexOf('PK\u0005\u0006')
  const comment = at < 0 ? Number.NaN : (tail[at + 20] ?? Number.NaN) + 256 * (tail[at + 21] ?? Number.NaN)
  return tail.length === at + 22 + comment
}

/** The twelve lines of HPRIM Médecin: a date stands on the seventh or the tenth. */
function startsLikeHprim(text: string): boolean {
  const lines = text.split(/\r\n?|\n/)
  return [lines[6], lines[9]].some((line) => line !== undefined && /^\d\d\/\d\d\/(\d\d|\d{4})$/.test(line.trim()))
}

/**
 * True when a file bears the end mark of its format, so that a slow copy is not taken for a whole file: `head` is its first
 * bytes, `tail` its last `tailLength` (the same array when it is short). A format without end mark is complete when it is
 * not all NULs at the end (space reserved by a network copy).
 */
export function looksComplete(head: Uint8Array, tail: Uint8Array): boolean {
  if (head.length === 0 || tail.length === 0) return false
  const shown = mediaTypeOf(head)
  if (shown === 'application/pdf') return hasPdfEnd(tail)
  if (shown === 'application/zip') return hasZipEnd(tail)
  if (shown === 'image/jpeg') return latin1(tail, 0, tail.length).replace(/\u0000+$/, '').endsWith('\u00ff\u00d9')
  if (shown === 'image/png') return latin1(tail, 0, tail.length).includes('IEND')
  const start = headText(head)
  const end = tailText(head, tail)
  if (startsLikeHprim(start)) return /\*{4}FIN(FICHIER)?\*{4}/.test(end)
  const mark = endMarks.find(({ starts }) => starts.test(start))
  if (mark !== undefined) return mark.ends.test(end)
  return tail.at(-1) !== 0
}
