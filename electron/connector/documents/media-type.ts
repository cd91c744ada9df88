/** How a kind of file begins, and where. */
const beginnings: readonly { readonly type: string; readonly at?: number; readonly bytes: string }[] = [
  { type: 'image/jpeg', bytes: '\u00ff\u00d8\u00ff' },
  { type: 'image/png', bytes: '\u0089PNG\r\n\u001a\n' },
  { type: 'image/gif', bytes: 'GIF8' },
  { type: 'image/tiff', bytes: 'II*\u0000' },
  { type: 'image/tiff', bytes: 'MM\u0000*' },
  { type: 'image/bmp', bytes: 'BM' },
  { type: 'image/heic', at: 4, bytes: 'ftyphei' },
  { type: 'image/heic', at: 4, bytes: 'ftypmif1' },
  { type: 'application/dicom', at: 128, bytes: 'DICM' },
  { type: 'text/rtf', bytes: '{\\rtf' },
  { type: 'application/msword', bytes: '\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1' },
  { type: 'application/zip', bytes: 'PK\u0003\u0004' },
  { type: 'application/zip', bytes: 'PK\u0005\u0006' },
  { type: 'application/x-executable', bytes: 'MZ' },
  { type: 'application/x-executable', bytes: '\u007fELF' },
]

/** First bytes as one character a byte. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(Math.max(0, from), to).toString('latin1')
}

/** Media type the bytes themselves show, never the name; null when they show none (text, for instance). */
export function mediaTypeOf(bytes: Uint8Array): string | null {
  const head = latin1(bytes, 0, 1024)
  if (head.includes('%PDF-')) return 'application/pdf'
  return beginnings.find(({ at = 0, bytes: start }) => head.startsWith(start, at))?.type ?? null
}

const pictures = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/tiff', 'image/bmp'])

/**
 * The type bytes really have, given what a document declares: the declared one when they bear it out, the other picture's
 * when a picture is declared as another (national examples do), null when the declaration is false. Text is anything
 * without a NUL that is nothing else.
 */
export function confirmedType(bytes: Uint8Array, declared: string): string | null {
  const shown = mediaTypeOf(bytes)
  if (declared === 'text/rtf' || declared === 'application/rtf') return shown === 'text/rtf' ? shown : null
  if (declared.startsWith('text/')) return shown === null && !bytes.subarray(0, 4096).includes(0) ? declared : null
  if (declared.startsWith('image/') && shown !== null && pictures.has(shown)) return shown
  return shown === declared ? shown : null
}
