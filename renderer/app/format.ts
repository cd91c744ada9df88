import type { Language } from '../strings/index.ts'

/** Language tag used for dates and numbers. */
const tags: Record<Language, string> = { fr: 'fr-FR', en: 'en-GB' }

const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  let made = formats.get(key)
  if (!made) formats.set(key, (made = new Intl.DateTimeFormat(tags[language], options)))
  return made
}

/** Where a date has only its year or its year and month, says no more than it knows. Takes `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or the same without dashes. */
export function partialDate(text: string | null, language: Language): string {
  const parts = /^(\d{4})(?:-?(\d{2}))?(?:-?(\d{2}))?/.exec(text ?? '')
  if (!parts?.[1]) return ''
  const [, year, month, day] = parts
  if (!month || month === '00') return year
  if (!day || day === '00') return `${month}/${year}`
  return language === 'fr' ? `${day}/${month}/${year}` : `${day}/${month}/${year}`
}

/** Whole years between a birth date and `now`; null when the year is unknown or the date is in the future. */
export function ageYears(birthDate: string | null, now: Date): number | null {
  const parts = /^(\d{4})(?:-?(\d{2}))?(?:-?(\d{2}))?/.exec(birthDate ?? '')
  if (!parts?.[1]) return null
  const [month, day] = [Number(parts[2] ?? 0), Number(parts[3] ?? 0)]
  let age = now.getFullYear() - Number(parts[1])
  const thisMonth = now.getMonth() + 1
  if (month > thisMonth || (month === thisMonth && day > now.getDate())) age -= 1
  return age < 0 ? null : age
}

/** Months for a child under two years, when the birth date is whole: what a prescriber counts in. */
export function ageMonths(birthDate: string | null, now: Date): number | null {
  const parts = /^(\d{4})-?(\d{2})-?(\d{2})/.exec(birthDate ?? '')
  if (!parts) return null
  const months = (now.getFullYear() - Number(parts[1])) * 12 + now.getMonth() + 1 - Number(parts[2]) - (Number(parts[3]) > now.getDate() ? 1 : 0)
  return months >= 0 && months < 24 ? months : null
}

/** `12/11/26`: the date of a document in a list. Empty when it cannot be read. */
export function shortDate(iso: string | null, language: Language): string {
  const date = iso ? new Date(iso) : null
  if (!date || Number.isNaN(date.getTime())) return ''
  return format(language, { day: '2-digit', month: '2-digit', year: '2-digit' }).format(date)
}

/** `12/11/2026`, for where there is room. */
export function longDate(iso: string | null, language: Language): string {
  const date = iso ? new Date(iso) : null
  if (!date || Number.isNaN(date.getTime())) return ''
  return format(language, { day: '2-digit', month: '2-digit', year: 'numeric' }).format(date)
}

/** `09:42`. */
export function clock(iso: string | null, language: Language): string {
  const date = iso ? new Date(iso) : null
  if (!date || Number.isNaN(date.getTime())) return ''
  return format(language, { hour: '2-digit', minute: '2-digit' }).format(date)
}

/** `09:42` today, `12/11 09:42` this year, `12/11/2025 09:42` before. */
export function moment(iso: string | null, now: Date, language: Language): string {
  const date = iso ? new Date(iso) : null
  if (!date || Number.isNaN(date.getTime())) return ''
  if (date.toDateString() === now.toDateString()) return clock(iso, language)
  const day =
    date.getFullYear() === now.getFullYear()
      ? format(language, { day: '2-digit', month: '2-digit' }).format(date)
      : format(language, { day: '2-digit', month: '2-digit', year: 'numeric' }).format(date)
  return `${day} ${clock(iso, language)}`
}

/** `12/11 09:42`, whatever the day: for columns, where alignment counts. */
export function dayAndClock(iso: string, language: Language): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  return `${format(language, { day: '2-digit', month: '2-digit' }).format(date)} ${clock(iso, language)}`
}

/** A size a person reads: `12 ko`, `3,4 Mo`, `1,8 Go`. */
export function fileSize(bytes: number, language: Language): string {
  const units = language === 'fr' ? ['o', 'ko', 'Mo', 'Go'] : ['B', 'kB', 'MB', 'GB']
  const power = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : bytes < 1_000_000_000 ? 2 : 3
  const value = bytes / 1000 ** power
  return `${new Intl.NumberFormat(tags[language], { maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 }).format(value)} ${units[power]}`
}

/** `1 204`, with the language's separator. */
export function count(value: number, language: Language): string {
  return new Intl.NumberFormat(tags[language]).format(value)
}

/** `Export, Scanner et Fax`. */
export function enumeration(words: readonly string[], language: Language): string {
  return new Intl.ListFormat(tags[language]).format(words)
}

/** Age after which what is shown is called old, in milliseconds (ux.md 3.2). */
export const staleAfterMs = 24 * 3600 * 1000

/** True when what was read at `loadedAt` must carry its age in the eye of the reader. */
export function isStale(loadedAt: string | null, now: Date): boolean {
  return loadedAt !== null && now.getTime() - new Date(loadedAt).getTime() > staleAfterMs
}
