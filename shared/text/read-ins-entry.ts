import { compactIns, insKey } from './ins-key.ts'

/** What stands in the field where a patient's INS is typed, pasted or scanned. */
export type InsEntry =
  /** A whole number with its right key, `insOid` when the datamatrix says it. May be opened as it stands. */
  | { readonly kind: 'whole'; readonly ins: string; readonly insOid?: string }
  /** 13 characters: `ins` has the key that goes with them. Nothing proves that they are well typed, so a person confirms. */
  | { readonly kind: 'without-key'; readonly ins: string }
  /** The beginning of something, or of nothing yet. */
  | { readonly kind: 'unfinished'; readonly scanned: boolean }
  | { readonly kind: 'refused'; readonly why: 'wrong-key' | 'not-an-ins' | 'scan-unreadable' }

/** First 26 characters of every INS datamatrix. */
const header = `IS01${'0'.repeat(22)}`

/** Shape of each field without terminator, and of `S2`, whose alphabet ends it where a scanner types no GS. */
const fixed: Readonly<Record<string, RegExp>> = {
  S1: /^\d{5}(?:\d\d|2[AB])\d{8}/,
  S2: /^[\d.]{1,20}/,
  S5: /^[MF]/,
  S6: /^\d{2}-\d{2}-\d{4}/,
  S7: /^[0-9AB]{5}/,
}
const names = new Set(['S3', 'S4'])
const mandatory = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6']

/**
 * Reads what was typed, pasted or scanned, however far it has come.
 *
 * A number has 15 characters, blanks, dots and hyphens aside. A datamatrix INS (dmp-interface.md 6.4) is a header, then fields of a two-character
 * tag each, in any order, names ended by GS (U+001D); it is whole once the five traits and both parts of the number are there and none is cut. Of a
 * scanner's GS may be left the character, `<GS>`, or nothing: a name then ends where a field of the right shape follows. Nothing but the
 * number is taken from it: scanning does not qualify an identity.
 */
export function readInsEntry(typed: string): InsEntry {
  const text = typed.trim().toUpperCase()
  if (text.startsWith('I')) return readDatamatrix(text.replaceAll('<GS>', '\u001d'))
  const compact = compactIns(text)
  if (!/^[0-9AB]{0,15}$/.test(compact)) return { kind: 'refused', why: 'not-an-ins' }
  if (compact.length < 13 || compact.length === 14) return { kind: 'unfinished', scanned: false }
  const first13 = compact.slice(0, 13)
  const key = insKey(first13)
  if (key === null) return { kind: 'refused', why: 'not-an-ins' }
  if (compact.length === 13) return { kind: 'without-key', ins: first13 + key }
  return compact.slice(13) === key ? { kind: 'whole', ins: compact } : { kind: 'refused', why: 'wrong-key' }
}

function readDatamatrix(text: string): InsEntry {
  if (header.startsWith(text)) return { kind: 'unfinished', scanned: true }
  if (!text.startsWith(header)) return { kind: 'refused', why: 'scan-unreadable' }
  const fields = new Map<string, string>()
  let rest = text.slice(header.length)
  while (rest !== '') {
    const tag = rest.slice(0, 2)
    rest = rest.slice(2)
    const found = names.has(tag) ? nameAt(rest) : (fixed[tag]?.exec(rest)?.[0] ?? (fixed[tag] || 'S'.startsWith(tag) ? null : undefined))
    if (found === undefined || fields.has(tag)) return { kind: 'refused', why: 'scan-unreadable' }
    if (found === null) return { kind: 'unfinished', scanned: true }
    fields.set(tag, found)
    rest = rest.slice(found.length).replace(/^\u001d/, '')
  }
  const [ins, insOid] = [fields.get('S1'), fields.get('S2')]
  if (ins === undefined || insOid === undefined || !mandatory.every((tag) => fields.has(tag))) return { kind: 'unfinished', scanned: true }
  return insKey(ins.slice(0, 13)) === ins.slice(13) ? { kind: 'whole', ins, insOid } : { kind: 'refused', why: 'wrong-key' }
}

/** A name up to its GS, or to the next field where there is none; null while it may go on. */
function nameAt(rest: string): string | null {
  return /^[^\u001d0-9]+?(?=\u001d|S1\d{5}|S2[\d.]{5}|S[34][^0-9\u001d]|S5[MF](?:S|$)|S6\d\d-|S7[0-9AB]{5}$)/.exec(rest)?.[0] ?? null
}
