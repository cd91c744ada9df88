import { batchReasons, type ReasonCode } from '#shared/contract/reasons.ts'

/** Nothing is wrong with a document held for one of these: the act is to send it, not to try it again. */
const heldReasons: readonly ReasonCode[] = ['held-by-user', ...batchReasons]

export function isHeld(reason: ReasonCode | null): boolean {
  return reason !== null && heldReasons.includes(reason)
}
