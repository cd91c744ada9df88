import type { ReasonCode } from './reasons.ts'

/** Whether a reason is lifted by signing in, whatever the mode. Apart from the schemas, so that a window loads no more than this. */
export function needsSignIn(code: ReasonCode): boolean {
  return /^(card|sign-in)-/.test(code) || code === 'situation-to-choose'
}
