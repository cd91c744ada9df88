import type { StatusView } from '#shared/contract/index.ts'

/** Whether the program speaks to the record now, and when it does again, in words: its circuit's own name of "closed" would be heard as a record that is shut. */
export function wayToRecord({ state, reason, retryAt }: StatusView['circuit'], now: number): string {
  if (state === 'closed') return 'the way to the record is open'
  if (state === 'half-open') return 'the way to the record is being tried again'
  const again = retryAt === null ? '' : `, tried again in ${span(Date.parse(retryAt) - now)}`
  return `the way to the record is shut${reason === null ? '' : ` (${reason})`}${again}`
}

function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}
