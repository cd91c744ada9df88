import type { ReasonCode } from '#shared/contract/reasons.ts'

/** Held together by Relais because they came in a way that looks like a mistake; a person lets them go together. */
export const batchReasons: readonly ReasonCode[] = ['burst-held', 'old-file-held']

/** Nothing is wrong with a document held for one of these: the act is to send it, not to try it again. */
const heldReasons: readonly ReasonCode[] = ['held-by-user', ...batchReasons]

export function isHeld(reason: ReasonCode | null): boolean {
  return reason !== null && heldReasons.includes(reason)
}
