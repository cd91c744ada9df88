import type { ReasonCode } from '#shared/contract/index.ts'

/** Whether the record is being spoken to. Open = not for now; half-open = one item probes. */
export interface Circuit {
  readonly state: 'closed' | 'open' | 'half-open'
  readonly failures: number
  readonly reason: ReasonCode | null
  readonly retryAt: number | null
  readonly openings: number
}

export const closedCircuit: Circuit = { state: 'closed', failures: 0, reason: null, retryAt: null, openings: 0 }

const tolerated = 3

/** The circuit after an exchange: opens after three failures in a row, for 5 s doubling to 5 min, less when the record said until when. */
export function afterExchange(circuit: Circuit, outcome: { ok: true } | { ok: false; reason: ReasonCode; retryAt?: number | undefined }, now: number): Circuit {
  if (outcome.ok) return closedCircuit
  const failures = circuit.failures + 1
  if (circuit.state === 'closed' && failures < tolerated && outcome.retryAt === undefined) return { ...circuit, failures, reason: outcome.reason }
  const wait = Math.min(300_000, 5_000 * 2 ** circuit.openings)
  return { state: 'open', failures, reason: outcome.reason, retryAt: outcome.retryAt ?? now + wait, openings: Math.min(circuit.openings + 1, 10) }
}

/** The circuit as time passes: an open one lets one probe through when its time has come. */
export function atTime(circuit: Circuit, now: number): Circuit {
  return circuit.state === 'open' && circuit.retryAt !== null && now >= circuit.retryAt ? { ...circuit, state: 'half-open' } : circuit
}
