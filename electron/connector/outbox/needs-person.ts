import { reasons, type ItemState, type ReasonCode } from '#shared/contract/index.ts'

/** Whether an item stands until somebody acts: parked, or waiting for what neither the clock, nor the network, nor its parent brings. */
export function needsPerson(state: ItemState, reason: ReasonCode | null): reason is ReasonCode {
  if (reason === null) return false
  if (state === 'parked') return true
  return state === 'waiting' && reasons[reason] !== 'transient' && reasons[reason] !== 'uncertain' && reason !== 'parent-missing'
}
