import { needsSignIn } from '#shared/contract/needs-sign-in.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { WhoSpeaks } from '#shared/contract/sign-in.ts'
import type { Tone } from '../../ui/tag.tsx'

/** The one thing to do: on the screen, or with one's hands. */
export type SignInAct = 'none' | 'insert-card' | 'give-pin' | 'choose' | 'start' | 'open-page' | 'answer-phone' | 'look-again'

/** What is shown of who speaks to the record. `code` says why nobody does, or why somebody only in part. */
export interface SignInScene {
  readonly kind: 'speaks' | 'deposits-only' | 'awaited' | 'stopped'
  readonly code: ReasonCode | null
  readonly act: SignInAct
  readonly shape: string
  readonly tone: Tone
}

/** Nothing is wrong: nobody needed to sign in yet, or they left on purpose. */
const calm: readonly (ReasonCode | null)[] = ['card-absent', 'card-pin-needed', 'situation-to-choose', 'sign-in-needed', 'sign-in-ended']

/** What a computer at another time than the rest of the world makes of a good certificate, a good token or a good handshake. */
const ofClock: readonly (ReasonCode | null)[] = ['certificate-expired', 'sign-in-expired', 'sign-in-unreachable', 'card-link-failed']

const acts: Record<WhoSpeaks['action'], SignInAct> = { none: 'none', start: 'start', 'insert-card': 'insert-card', 'give-pin': 'give-pin', choose: 'choose', approve: 'answer-phone', repair: 'look-again' }

/** Decides what is shown: one state, one act. `clockOff`: this computer's clock is far from the record's. */
export function signInScene(who: WhoSpeaks, clockOff: boolean): SignInScene {
  if (who.state === 'ready') {
    if (who.speaker?.professional) return { kind: 'speaks', code: null, act: 'none', shape: '●', tone: 'good' }
    if (who.speaker) return { kind: 'deposits-only', code: who.speaker.staff ? 'staff-card-deposits-only' : 'reading-needs-professional', act: 'none', shape: '◐', tone: 'quiet' }
    // Signed in, and not one of the practice's: the record would hear nobody.
    return { kind: 'stopped', code: 'sign-in-of-another', act: who.mode === 'card' ? 'insert-card' : 'start', shape: '◐', tone: 'caution' }
  }
  if (who.state === 'pending') return { kind: 'awaited', code: 'sign-in-pending', act: who.approval?.page ? 'open-page' : 'answer-phone', shape: '◔', tone: 'accent' }
  const quiet = calm.includes(who.reason)
  const code = clockOff && ofClock.includes(who.reason) ? 'clock-wrong' : who.reason
  return { kind: 'stopped', code, act: acts[who.action], shape: quiet ? '○' : '◐', tone: quiet ? 'quiet' : 'caution' }
}

/** Whether the sign-in stands in place of what could not be read for `code`: nobody speaks, and an act of a person mends it. */
export function standsInPlace(code: ReasonCode, who: Pick<WhoSpeaks, 'state' | 'mode' | 'speaker'>): boolean {
  return (who.state !== 'ready' || who.speaker === null) && (needsSignIn(code) || (code === 'certificate-expired' && who.mode === 'card'))
}
