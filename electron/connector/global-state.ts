import type { GlobalState, ItemCounts, ReasonCode } from '#shared/contract/index.ts'

/** The facts the global state is folded from. */
export interface StateFacts {
  readonly counts: ItemCounts
  readonly needsUser: readonly { readonly reason: ReasonCode; readonly count: number }[]
  readonly circuitOpen: boolean
  readonly circuitReason: ReasonCode | null
  readonly paused: boolean
  readonly classes: Readonly<Record<ReasonCode, 'transient' | 'uncertain' | 'permanent' | 'needs-user'>>
}

/** One word for the whole program, the gravest first (ux.md section 3.1). */
export function foldGlobalState(facts: StateFacts): GlobalState {
  if (facts.circuitOpen) return 'offline'
  if (facts.needsUser.some(({ reason, count }) => count > 0 && facts.classes[reason] === 'needs-user')) return 'needs-user'
  if (facts.needsUser.some(({ count }) => count > 0)) return 'error'
  if (facts.paused) return 'paused'
  if (facts.counts.ready + facts.counts.sending + facts.counts.uncertain + facts.counts.received > 0) return 'sending'
  return 'idle'
}
