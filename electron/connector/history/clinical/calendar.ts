/** Days of the calendar as `YYYY-MM-DD`, counted without a time zone: a sampling of the morning is of its day. */
export type Day = string

const dayMs = 86_400_000

/** The day of an instant. */
export function dayOf(now: number): Day {
  return new Date(now).toISOString().slice(0, 10)
}

/** The first day a date of any precision may mean; null for what is no date. */
export function firstDayOf(date: string | null): Day | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(date ?? '') ?? []
  return year === undefined ? null : `${year}-${month ?? '01'}-${day ?? '01'}`
}

/** The last day a date of any precision may mean. */
export function lastDayOf(date: string | null): Day | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(date ?? '') ?? []
  if (year === undefined) return null
  return month === undefined ? `${year}-12-31` : day === undefined ? addDays(addMonths(`${year}-${month}-01`, 1), -1) : `${year}-${month}-${day}`
}

/** Days from one day to another; negative when the other is before. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)
}

/** The same day of another month; of a shorter one, its last. */
export function addMonths(day: Day, months: number): Day {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const wanted = new Date(Date.UTC(year, month - 1 + months, 1))
  const last = new Date(Date.UTC(wanted.getUTCFullYear(), wanted.getUTCMonth() + 1, 0)).getUTCDate()
  wanted.setUTCDate(Math.min(date, last))
  return wanted.toISOString().slice(0, 10)
}

/** The birthday of that age. A birth date that is not whole has none. */
export function birthday(birthDate: string | null, years: number): Day | null {
  return birthDate !== null && /^\d{4}-\d\d-\d\d$/.test(birthDate) ? addMonths(birthDate, years * 12) : null
}

/** Whole years on that day; null when the birth date is not whole, or to come. */
export function ageOn(day: Day, birthDate: string | null): number | null {
  const first = birthday(birthDate, 0)
  if (first === null || first > day) return null
  const years = Number(day.slice(0, 4)) - Number(first.slice(0, 4))
  return addMonths(first, years * 12) > day ? years - 1 : years
}
