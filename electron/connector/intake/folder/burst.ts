import type { Hold } from '../../outbox/index.ts'

/** New documents of one folder within this time are one burst; milliseconds. */
export const burstWindowMs = 10 * 60_000
const burstOver = 50
const oldAfterMs = 30 * 86_400_000

/**
 * Why a new document of a watched folder waits for a person, null when it goes alone: more than 50 in 10 minutes, or a file last
 * changed more than 30 days ago, look like a copy of old records rather than like work of the day.
 */
export function holdReasonOf(file: { readonly lately: number; readonly modifiedAt: number; readonly now: number }): Exclude<Hold, 'user'> | null {
  if (file.now - file.modifiedAt > oldAfterMs) return 'old-file'
  return file.lately > burstOver ? 'burst' : null
}
