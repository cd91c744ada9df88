/** How long a sheet read from paper is kept without the record of its patient being read: 48 hours. */
export const keptMs = 48 * 3_600_000

/** What is left of a sheet's time, as last counted: `leftMs` at `countedAt` on this computer's clock. */
export interface TimeLeft {
  readonly leftMs: number
  readonly countedAt: number
}

/**
 * What is left at `now`. The time that passed is the longer of what the clock says and what was counted meanwhile on one that nobody sets (`steadyMs`, 0 over a
 * restart), in whole milliseconds: a clock set back gives nothing back, and gains at most the time the program did not run; one set ahead takes away.
 */
export function timeLeft({ leftMs, countedAt }: TimeLeft, now: number, steadyMs: number): TimeLeft {
  const passed = Math.ceil(Math.max(0, now - countedAt, steadyMs))
  return { leftMs: Math.max(0, Math.min(keptMs, leftMs - passed)), countedAt: now }
}
