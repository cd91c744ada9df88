import { UsageError } from '../program.ts'

/** A day of this computer's calendar as instants: `from` included, `to` not. `YYYY-MM-DD`, else a UsageError that names the option. */
export function localDay(option: string, text: string): { readonly from: string; readonly to: string } {
  const [, year, month, day] = (/^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? []).map(Number)
  const start = new Date(year ?? Number.NaN, (month ?? 0) - 1, day)
  if (year === undefined || start.getMonth() + 1 !== month || start.getDate() !== day) throw new UsageError(`${option} takes a day such as 2026-11-29, not ${text}`)
  return { from: start.toISOString(), to: new Date(year, month - 1, day + 1).toISOString() }
}
