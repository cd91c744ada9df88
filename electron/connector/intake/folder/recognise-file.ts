/** What intake needs to know of a file; what the document really is, the documents room decides. */
export type FileKind = 'pdf' | 'cda' | 'hl7' | 'xml' | 'json' | 'csv' | 'zip' | 'other'

const clinicalRoots = new Set(['ClinicalDocument', 'stylesheet', 'transform'])
/** XML that is a known exchange format and never a sidecar; it goes on as it is and gets its own answer. */
const exchangeRoots = /^(?:SubmitObjectsRequest|evenements\w*|acquittements\w*|Kmehrmessage)$/i
const hl7Names = /\.(?:hl7|er7|hl7v2|oru|mdm|adt)$/i

/** Text of bytes for recognition only: UTF-16 by its BOM, otherwise one character a byte. */
function asText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2)
  return bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '')
}

/** Decides by the first bytes; the name only helps where bytes say nothing (CSV, JSON, a broken HL7 file). */
export function recogniseFile(name: string, head: Buffer): FileKind {
  if (head.subarray(0, 1024).includes('%PDF-')) return 'pdf'
  if (head.subarray(0, 4).equals(Buffer.of(0x50, 0x4b, 3, 4))) return 'zip'
  const text = asText(head)
  const start = text.replace(/^[\s\v\0]+/, '')
  if (/^(?:MSH|FHS|BHS)[!-/:-@[-`{-~]/.test(start)) return 'hl7'
  if (start.startsWith('<')) {
    const root = rootName(start)
    if (root !== null && clinicalRoots.has(root)) return 'cda'
    return root !== null && exchangeRoots.test(root) ? 'other' : 'xml'
  }
  if (hl7Names.test(name)) return 'hl7'
  if (/\.json$/i.test(name)) return 'json'
  if (/\.csv$/i.test(name)) return 'csv'
  return 'other'
}

/** Length a linearised PDF gives of itself (ISO 32000-1, F.3.3): it has an end mark near its beginning too. 0 when it is none. */
function linearisedLength(head: Buffer): number {
  return Number(/<<[^>]*\/Linearized\b[^>]*\/L\s+(\d{1,10})\b/.exec(head.toString('latin1', 0, 2048))?.[1] ?? 0)
}

/** Local name of the root element, past declaration, comments and DOCTYPE; null when it is not in what was read. */
export function rootName(text: string): string | null {
  const bare = text
    .replaceAll(/<\?[\s\S]*?\?>/g, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replace(/<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?\s*>/i, '')
  return /^\s*<(?:[\w.-]+:)?([\w.-]+)/.exec(bare)?.[1] ?? null
}

/**
 * Does the file end as its format ends? `unmarked` = the format has no end mark (a longer look at its size is all there is).
 * `tail` is the last 64 kB, `size` the file's in bytes.
 */
export function endOf(kind: FileKind, { head, tail }: { readonly head: Buffer; readonly tail: Buffer }, size: number): 'complete' | 'incomplete' | 'unmarked' {
  if (head.length > 0 && head.every((byte) => byte === 0)) return 'incomplete'
  switch (kind) {
    case 'pdf':
      return tail.subarray(-2048).includes('%%EOF') && size >= linearisedLength(head) ? 'complete' : 'incomplete'
    case 'zip':
      return tail.includes(Buffer.of(0x50, 0x4b, 5, 6)) ? 'complete' : 'incomplete'
    case 'cda':
    case 'xml': {
      const root = rootName(asText(head).trimStart())
      const end = head[0] === 0xff && head[1] === 0xfe ? tail.toString('utf16le') : tail.toString('latin1')
      if (root === null) return 'unmarked'
      const last = /<\/(?:[\w.-]+:)?([\w.-]+)\s*>(?:\s|<!--[\s\S]*?-->)*$/.exec(end.slice(-4096))?.[1]
      return last === root || (last === undefined && /\/>\s*$/.test(end) && !end.includes('</')) ? 'complete' : 'incomplete'
    }
    case 'json':
      return /[\]}]\s*$/.test(tail.toString('latin1')) ? 'complete' : 'incomplete'
    case 'csv':
    case 'hl7':
      return /[\r\n\u001c]$/.test(tail.toString('latin1')) ? 'complete' : 'unmarked'
    default:
      return 'unmarked'
  }
}
