import { documentType, isLoincCode } from '#shared/terminology/index.ts'
import { plain } from './plain.ts'
import { typeWordsOf } from './profile-names.ts'
import type { SourceProfile } from './profile.ts'

/** `YYYY-MM-DD` from dd/mm/yyyy, yyyy-mm-dd, yyyymmdd (a time after it is ignored); undefined when it is not a date. Two-digit years are refused. */
export function readDate(text: string): string | undefined {
  const value = text.trim()
  const french = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)/.exec(value)
  const iso = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)/.exec(value) ?? /^(\d{4})(\d{2})(\d{2})(?:\d{4,6})?(?!\d)/.exec(value)
  const [year, month, day] = iso ? iso.slice(1) : french ? [french[3], french[2], french[1]] : []
  if (year === undefined || month === undefined || day === undefined) return undefined
  // Day or month 00: incomplete birth dates exist in French identities.
  if (Number(month) > 12 || Number(day) > 31) return undefined
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}

/** A date, or an instant with its offset; a local time takes the offset of `timeZone` on that day. Undefined when it is neither. */
export function readMoment(text: string, timeZone: string): string | undefined {
  const date = readDate(text)
  if (date === undefined) return undefined
  const compact = /^\d{8}(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?$/.exec(text.trim())
  const spelled = /[T ](\d{1,2})[:h](\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(text.trim())
  const found = compact ?? spelled
  if (!found) return date
  const [, hour, minute, second, offset] = found
  if (Number(hour) > 23 || Number(minute) > 59) return date
  const local = `${date}T${hour!.padStart(2, '0')}:${minute}:${second ?? '00'}`
  if (offset) return `${local}${offset.toUpperCase() === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`}`
  return `${local}${offsetOf(local, timeZone)}`
}

/** By time zone: making one costs a hundred uses of it. */
const offsetFormats = new Map<string, Intl.DateTimeFormat>()

function offsetOf(local: string, timeZone: string): string {
  const instant = new Date(`${local}Z`)
  if (Number.isNaN(instant.getTime())) return 'Z'
  const format = offsetFormats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  offsetFormats.set(timeZone, format)
  const named = format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT'
  return named === 'GMT' ? 'Z' : named.slice(3)
}

/** M, F or U from letters, digits of the social security and words in French or English. */
export function readSex(text: string): 'M' | 'F' | 'U' | undefined {
  const word = plain(text)
  if (['m', 'h', '1', 'homme', 'masculin', 'male', 'monsieur'].includes(word)) return 'M'
  if (['f', '2', 'femme', 'feminin', 'female', 'madame'].includes(word)) return 'F'
  if (['u', 'i', '0', 'inconnu', 'indetermine', 'unknown', 'undetermined'].includes(word)) return 'U'
  return undefined
}

/** Yes or no; undefined when it is neither, for the caller to refuse. */
export function readYesNo(text: string): boolean | undefined {
  const word = plain(text)
  if (['o', 'oui', 'y', 'yes', 'true', 'vrai', '1', 'x'].includes(word)) return true
  if (['', 'n', 'non', 'no', 'false', 'faux', '0'].includes(word)) return false
  return undefined
}

/** A type code, from the code itself (of LOINC also one the record does not take, which is to be said) or from words; undefined when words say nothing or two things. */
export function readType(text: string, profile: SourceProfile): string | undefined {
  const code = text.trim()
  if (documentType(code) || isLoincCode(code)) return code
  const said = new Set(plain(text).split(' '))
  let best = 0
  let found = new Set<string>()
  for (const { code: meant, words } of typeWordsOf(profile)) {
    if (words.length < best || !words.every((word) => said.has(word))) continue
    if (words.length > best) found = new Set()
    best = words.length
    found.add(meant)
  }
  return found.size === 1 ? [...found][0] : undefined
}
