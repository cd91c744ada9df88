export type PauseLength = 'hour' | 'tomorrow' | 'open'

/** The end of a pause as an ISO instant: in one hour, tomorrow at 7 in the morning of this computer, or none. */
export function pauseUntil(length: PauseLength, now: Date): string | null {
  if (length === 'open') return null
  if (length === 'hour') return new Date(now.getTime() + 3_600_000).toISOString()
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 7).toISOString()
}
