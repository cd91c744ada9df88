import type { ConsentDecision } from './consent.ts'

/**
 * Whether a consent to consultation is to be asked again: it holds one year at most, from the patient's own date. One that has no date cannot be
 * shown to hold.
 */
export function isLapsed({ choice, decidedAt }: ConsentDecision, now: number): boolean {
  if (choice !== 'agreed') return false
  const until = holdsUntil(decidedAt)
  return until === null || until <= now
}

/** Until when a consent given at an instant (ISO 8601) holds, in milliseconds since the epoch; null when it has no date. */
export function holdsUntil(decidedAt: string | null): number | null {
  const given = instantOf(decidedAt)
  if (given === null) return null
  const until = new Date(given)
  // A year after 29 February is 1 March.
  until.setUTCFullYear(until.getUTCFullYear() + 1)
  return until.getTime()
}

/** Milliseconds since the epoch; a feed writes the practice's own time, without a zone. Null for what is no date. */
export function instantOf(decidedAt: string | null): number | null {
  const instant = decidedAt === null ? Number.NaN : Date.parse(decidedAt)
  return Number.isNaN(instant) ? null : instant
}
