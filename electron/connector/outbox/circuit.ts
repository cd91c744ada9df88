import type { ReasonCode } from '#shared/contract/index.ts'
import type { Pace } from './pace.ts'

/** What is called of the record: each has a circuit of its own, for one may fail alone. */
export const endpoints = ['deposit', 'query'] as const
export type Endpoint = (typeof endpoints)[number]

/** Whether one endpoint of the record is being spoken to. Open = not for now; half-open = one exchange probes. Times in milliseconds since the epoch. */
export interface Circuit {
  readonly state: 'closed' | 'open' | 'half-open'
  /** When the last failures happened, those of the last minute. */
  readonly failedAt: readonly number[]
  /** The last exchanges, oldest first: true = answered. */
  readonly recent: readonly boolean[]
  readonly reason: ReasonCode | null
  readonly retryAt: number | null
  /** How often it opened without closing in between. */
  readonly openings: number
  /** Exchanges answered since it closed again; null when it never opened. Sending starts slowly. */
  readonly sinceClosed: number | null
}

export const closedCircuit: Circuit = { state: 'closed', failedAt: [], recent: [], reason: null, retryAt: null, openings: 0, sinceClosed: null }

const failuresTolerated = 5
const withinMs = 60_000
const window = 20

export type Outcome = { readonly ok: true } | { readonly ok: false; readonly reason: ReasonCode; readonly retryAt?: number | undefined }

/**
 * The circuit after an exchange. It opens after five failures in a minute, or when half of the last twenty failed, or when the record
 * says until when; for `circuitMs`, doubling to `circuitCapMs`. A refusal of a document is an answer, not a failure.
 */
export function afterExchange(circuit: Circuit, outcome: Outcome, now: number, pace: Pace): Circuit {
  const recent = [...circuit.recent, outcome.ok].slice(-window)
  if (outcome.ok) {
    // An exchange begun before it opened: it is reachable, a probe will tell how well.
    if (circuit.state === 'open') return { ...circuit, state: 'half-open', retryAt: null }
    const sinceClosed = circuit.state === 'closed' ? (circuit.sinceClosed === null ? null : circuit.sinceClosed + 1) : 1
    // What came before the outage says nothing about after it.
    return { ...closedCircuit, recent: circuit.state === 'closed' ? recent : [], failedAt: circuit.state === 'closed' ? circuit.failedAt : [], sinceClosed: sinceClosed !== null && sinceClosed > slowStart ? null : sinceClosed }
  }
  const failedAt = [...circuit.failedAt.filter((at) => now - at < withinMs && at <= now), now]
  const failing = failedAt.length >= failuresTolerated || (recent.length === window && recent.filter((answered) => !answered).length >= window / 2)
  if (circuit.state === 'closed' && !failing && outcome.retryAt === undefined) return { ...circuit, failedAt, recent, reason: outcome.reason }
  if (circuit.state === 'open') return { ...circuit, reason: outcome.reason, retryAt: Math.max(circuit.retryAt ?? 0, Math.min(outcome.retryAt ?? 0, now + mostRetryAfter)) }
  const wait = Math.min(pace.circuitCapMs, pace.circuitMs * 2 ** circuit.openings)
  return { ...circuit, state: 'open', failedAt: [], recent: [], reason: outcome.reason, retryAt: Math.min(outcome.retryAt === undefined ? now + wait : Math.max(outcome.retryAt, now + Math.min(wait, leastRetryAfter * 2 ** circuit.openings)), now + mostRetryAfter), openings: Math.min(circuit.openings + 1, 20), sinceClosed: null }
}

/** A record that says "come back tomorrow" is asked again within the hour. */
const mostRetryAfter = 3_600_000
/** One that says "come back at once", again and again, is not asked in a loop. */
const leastRetryAfter = 1_000
const slowStart = 10

/** The circuit as time passes: an open one lets one probe through when its time has come. A clock set back never locks it for longer than a cap. */
export function atTime(circuit: Circuit, now: number): Circuit {
  if (circuit.state !== 'open' || circuit.retryAt === null) return circuit
  return now >= circuit.retryAt || circuit.retryAt > now + mostRetryAfter ? { ...circuit, state: 'half-open' } : circuit
}

/** The network changed or a person asks: the probe goes now. */
export function probeNow(circuit: Circuit): Circuit {
  return circuit.state === 'open' ? { ...circuit, state: 'half-open', retryAt: null } : circuit
}

/** How many exchanges may be under way: none when open, one as a probe, two just after an outage, all of them otherwise. */
export function allowance(circuit: Circuit, lanes: number): number {
  if (circuit.state === 'open') return 0
  if (circuit.state === 'half-open') return 1
  return circuit.sinceClosed === null ? lanes : Math.min(lanes, circuit.sinceClosed < 2 ? 1 : 2)
}
