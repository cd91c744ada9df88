import { practiceZone } from './practice-zone.ts'

/** A date or instant as CDA writes it: `YYYY[MM[DD[hh[mm[ss[.fraction]]]]]][±ZZzz]`. */
const timestamp = /^(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d+)?)?)?)?)?)?([+-]\d{4})?$/

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(timeZone: string): Intl.DateTimeFormat {
  let known = formatters.get(timeZone)
  if (known === undefined) {
    known = new Intl.DateTimeFormat('en-GB', {
      timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
    })
    formatters.set(timeZone, known)
  }
  return known
}

/** Minutes the clocks of `timeZone` are ahead of UTC at an instant. */
export function offsetMinutes(instant: number, timeZone: string): number {
  const part = Object.fromEntries(formatter(timeZone).formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
  const wall = Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'], part['hour'], part['minute'], part['second'])
  return Math.round((wall - Math.floor(instant / 1000) * 1000) / 60_000)
}

const two = (value: number) => String(value).padStart(2, '0')

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

/** True when every written part of a CDA time exists (no month 13, no 30 February) and the year is from 1900 on. */
export function isPossibleTime(value: string): boolean {
  const [, year, month, day, hour, minute, second, offset] = timestamp.exec(value) ?? []
  if (year === undefined || Number(year) < 1900) return false
  if (month !== undefined && (Number(month) < 1 || Number(month) > 12)) return false
  if (day !== undefined && (Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month)))) return false
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 60) return false
  return offset === undefined || (Math.abs(Number(offset.slice(0, 3))) <= 14 && Number(offset.slice(3)) <= 59)
}

/** First and last second of the time these parts name, as if it were one of UTC. */
function wallTime([year, month, day, hour, minute, second]: readonly (string | undefined)[], part: 'first' | 'last'): number {
  const at = (more: { years?: number; months?: number } = {}) =>
    Date.UTC(Number(year) + (more.years ?? 0), Number(month ?? 1) - 1 + (more.months ?? 0), Number(day ?? 1), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0))
  if (part === 'first' || second !== undefined) return at()
  const next = month === undefined ? at({ years: 1 }) : day === undefined ? at({ months: 1 }) : at() + (hour === undefined ? 86_400_000 : minute === undefined ? 3_600_000 : 60_000)
  return next - 1000
}

/**
 * CDA time as an XDS DTM: UTC to the second, `YYYYMMDDhhmmss` (dmp-interface.md, trap 6 and section 2.2); null when it is not a possible time.
 * Without an offset it is the practice's local time. The reference does not say how a day (or a month, or an hour) becomes a second: it is its
 * `first` one where the practice is, midnight, so that it is still that day on every screen there; its `last` one for what ends then.
 */
export function utcDtm(value: string, timeZone = practiceZone, part: 'first' | 'last' = 'first'): string | null {
  if (!isPossibleTime(value)) return null
  const [, ...parts] = timestamp.exec(value) ?? []
  const offset = parts.pop()
  const wall = wallTime(parts, part)
  const ahead = offset === undefined
    // Twice, so that the offset is the one in force at the instant found, not at the wall time read as UTC.
    ? offsetMinutes(wall - offsetMinutes(wall, timeZone) * 60_000, timeZone)
    : (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3)))
  const at = new Date(wall - ahead * 60_000)
  return `${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}`
}

/** An instant (milliseconds since the epoch) as CDA writes it in a time zone: `YYYYMMDDhhmmss±ZZzz`. */
export function cdaTime(instant: number, timeZone = practiceZone): string {
  const ahead = offsetMinutes(instant, timeZone)
  const wall = new Date(instant + ahead * 60_000)
  const sign = ahead < 0 ? '-' : '+'
  const span = Math.abs(ahead)
  return (
    `${String(wall.getUTCFullYear()).padStart(4, '0')}${two(wall.getUTCMonth() + 1)}${two(wall.getUTCDate())}` +
    `${two(wall.getUTCHours())}${two(wall.getUTCMinutes())}${two(wall.getUTCSeconds())}` +
    `${sign}${two(Math.floor(span / 60))}${two(span % 60)}`
  )
}

/** The instant of a day (`YYYY-MM-DD`) or moment that a source gave, as milliseconds since the epoch: a day begins at midnight where the practice is. NaN when it is neither. */
export function instantSaid(said: string, timeZone = practiceZone): number {
  if (!/^\d{4}-\d\d-\d\d$/.test(said)) return Date.parse(said)
  const midnight = utcDtm(said.replaceAll('-', ''), timeZone)
  return midnight === null ? Number.NaN : instantOfDtm(midnight)
}

/** A UTC DTM (14 digits or fewer) as milliseconds since the epoch; missing parts are the earliest. */
export function instantOfDtm(dtm: string): number {
  const part = (from: number, to: number, least: number) => (dtm.length >= to ? Number(dtm.slice(from, to)) : least)
  return Date.UTC(part(0, 4, 1900), part(4, 6, 1) - 1, part(6, 8, 1), part(8, 10, 0), part(10, 12, 0), part(12, 14, 0))
}
