import { readInsEntry } from './read-ins-entry.ts'

/** What somebody who looks for a patient known here typed, pasted or scanned. */
export type PatientSearch =
  | { readonly kind: 'ins'; readonly ins: string }
  /** Names, all of them, by any part; `birthDate` as `YYYY-MM-DD`. */
  | { readonly kind: 'words'; readonly words: string; readonly birthDate: string | null }
  /** Nothing to look for (yet). */
  | { readonly kind: 'nothing'; readonly why: 'too-short' | 'wrong-key' | 'scan-unfinished' | 'scan-unreadable' }

/** At most so many characters are read: a datamatrix INS has fewer. */
export const longestPatientSearch = 400

/** A day as people write it, or as a number of eight digits. */
const day = /(?<![\d./-])(?:(\d{1,2})[./-](\d{1,2})[./-](\d{4})|(\d{2})(\d{2})(\d{4})|(\d{4})-(\d{2})-(\d{2}))(?![\d./-])/
/** Fewer letters are in nearly every name. */
const fewestLetters = 2

/**
 * Reads it: a whole INS (its key is made where it is left out: whoever searches compares the traits of whom is found), the datamatrix that holds one,
 * or names and a birth date in any order. What begins like a datamatrix is one, and no name.
 */
export function readPatientSearch(typed: string): PatientSearch {
  const text = typed.slice(0, longestPatientSearch).trim()
  const entry = readInsEntry(text)
  if (entry.kind === 'whole' || entry.kind === 'without-key') return { kind: 'ins', ins: entry.ins }
  if (/^IS01/i.test(text)) return { kind: 'nothing', why: entry.kind === 'refused' && entry.why !== 'not-an-ins' ? entry.why : 'scan-unfinished' }
  if (entry.kind === 'refused' && entry.why === 'wrong-key') return { kind: 'nothing', why: 'wrong-key' }
  const found = day.exec(text)
  const birthDate = found && dateOf(found)
  const words = (birthDate ? text.replace(found[0], ' ') : text).replaceAll(/\s+/g, ' ').trim()
  const letters = words.replaceAll(/[^\p{L}]/gu, '').length
  return birthDate === null && letters < fewestLetters ? { kind: 'nothing', why: 'too-short' } : { kind: 'words', words, birthDate }
}

function dateOf([, d1, m1, y1, d2, m2, y2, y3, m3, d3]: RegExpExecArray): string | null {
  const [d, m, y] = [d1 ?? d2 ?? d3 ?? '', m1 ?? m2 ?? m3 ?? '', y1 ?? y2 ?? y3 ?? '']
  const isDay = Number(d) >= 1 && Number(d) <= 31 && Number(m) >= 1 && Number(m) <= 12 && Number(y) >= 1850 && Number(y) <= 2150
  return isDay ? `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}` : null
}
