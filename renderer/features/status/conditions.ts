import { clockIsOff } from '#shared/contract/clock-is-off.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { StatusView } from '#shared/contract/status.ts'

/** Something around Relais, not about one document, that a person ought to know. */
export type Condition =
  | { readonly kind: 'storageFull' | 'storageLow'; readonly freeBytes: number }
  | { readonly kind: 'circuit'; readonly reason: ReasonCode; readonly retryAt: string | null }
  /** Seconds this computer is ahead of the record; negative when it is late. */
  | { readonly kind: 'clock'; readonly seconds: number }
  | { readonly kind: 'restored'; readonly at: string }

/** Why the way to the record is shut and nobody has anything to do: "offline" and the next try say it all. */
const plainlyOffline: readonly ReasonCode[] = ['record-unreachable', 'record-no-answer']

/** What is to be known, the gravest first: what stops documents from coming in, then what stops them from going out, then what was. */
export function conditions(status: Pick<StatusView, 'storage' | 'circuit' | 'clockOffsetSeconds' | 'restoredAt'>): Condition[] {
  const { storage, circuit, clockOffsetSeconds, restoredAt } = status
  const found: Condition[] = []
  if (storage.state !== 'ok') found.push({ kind: storage.state === 'full' ? 'storageFull' : 'storageLow', freeBytes: storage.freeBytes })
  const clock = clockOffsetSeconds !== null && clockIsOff(status)
  if (clock) found.push({ kind: 'clock', seconds: clockOffsetSeconds })
  const told = circuit.reason === null || plainlyOffline.includes(circuit.reason) || (clock && circuit.reason === 'clock-wrong')
  if (circuit.state !== 'closed' && circuit.reason && !told) found.push({ kind: 'circuit', reason: circuit.reason, retryAt: circuit.retryAt })
  if (restoredAt !== null) found.push({ kind: 'restored', at: restoredAt })
  return found
}

/** A length of time in the largest unit that says it without a fraction that matters: 7 minutes, 3 hours, 2 days. */
export function roughSpan(seconds: number): { unit: 'minutes' | 'hours' | 'days'; count: number } {
  const minutes = Math.round(Math.abs(seconds) / 60)
  // An hour or two exactly is a time zone or a change of season: said as such.
  if (minutes < 120 && minutes % 60 !== 0) return { unit: 'minutes', count: minutes }
  const hours = Math.round(minutes / 60)
  return hours < 48 ? { unit: 'hours', count: hours } : { unit: 'days', count: Math.round(hours / 24) }
}
