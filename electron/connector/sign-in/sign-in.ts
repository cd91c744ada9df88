import type { Party, Result, SignInView, StaffParty } from '#shared/contract/index.ts'
import type { Credentials } from './credentials.ts'

/** Who speaks to the record, by whatever means the practice has. */
export interface SignIn extends Credentials {
  view(): SignInView
  /** The signed-in professional, or holder of a CPE card, in the situation in use; null when nobody is. */
  signedIn(): Party | null
  /** The holder of a CPE card while their session lasts, once for each structure of the practice they deposit for (TD2.2), whichever is in use; else none. */
  staff(): readonly StaffParty[]
  /**
   * Begins a sign-in a person asked for; what comes then shows in `view`. `professionalId` names who is asked to approve when
   * they are asked elsewhere. Values: `sign-in-unreachable`, `sign-in-ended` when another start or an end overtook it.
   */
  start(professionalId?: string): Promise<Result<void>>
  /** One try of the card's PIN, never repeated by the program. Values: `card-pin-wrong`, and what stops the card. One that the library did not answer in time counts as refused. */
  givePin(pin: string): Promise<Result<void>>
  /** Chooses an exercise situation by its Struct_IdNat. Value: `not-found`. */
  choose(structure: string): Result<void>
  /** Ends the session and forgets its secrets. */
  end(): Promise<void>
  /** The program is about to stop: what its means are asked from now on is answered within seconds, or fails. `close` comes after. */
  letGo(): void
  close(): Promise<void>
}

/** What a way of signing in needs from outside. */
export interface SignInWorld {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly onChange: () => void
  /** What went wrong where nobody waits for an answer. */
  readonly onBug: (error: unknown) => void
}
