import { z } from 'zod'

/** A pause as it is kept: until when (null = until somebody resumes), and when that was said, both by the computer's clock. Older programs did not keep the second. */
export const keptPause = z.object({ until: z.number().nullable(), from: z.number().optional() })
export type KeptPause = z.infer<typeof keptPause>

/** Milliseconds of a pause that are left at a start, by a clock that may have been set since it was asked for: never more than were asked for. */
export function leftAtStart({ until, from }: KeptPause, now: number): number {
  if (until === null) return Number.POSITIVE_INFINITY
  // Without it, nobody knows what was meant; no more is granted than the clock says.
  return Math.max(0, Math.min(until - now, from === undefined ? until - now : until - from))
}
