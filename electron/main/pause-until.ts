import type { PauseSpan } from './tray-model.ts'

/** The instant (ISO 8601) a pause asked at `now` ends; null = when somebody resumes. Tomorrow begins at midnight on the user's clock. */
export function pauseUntil(span: PauseSpan, now: number): string | null {
  const today = new Date(now)
  switch (span) {
    case 'hour':
      return new Date(now + 3_600_000).toISOString()
    case 'tomorrow':
      return new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1).toISOString()
    case 'open-ended':
      return null
  }
}
