/** How far back a list of one's records may look, in days. */
export const periods = [7, 30, 365] as const
export type Days = (typeof periods)[number]

/** The day so many days before `now`, of this computer's calendar: `YYYY-MM-DD`. */
export function sinceDay(days: Days, now: Date): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
