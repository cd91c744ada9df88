import type { ExerciseSituation, ReasonCode, SignInView } from '#shared/contract/index.ts'

/** What is known of a card and of its session. Instants are milliseconds since the epoch. */
export interface CardFacts {
  /** `missing` when the card's library cannot be loaded, `silent` while it does not answer. */
  readonly library: 'there' | 'missing' | 'silent'
  readonly card: { readonly serial: string; readonly pin: NonNullable<SignInView['pin']> } | null
  /** Whose card it is and until when both its certificates are good; null when it holds no usable pair. */
  readonly identity: { readonly id: string; readonly name: string; readonly isStaff: boolean; readonly validFrom: number; readonly validTo: number } | null
  /** The card somebody opened a session with, until the session ends; it may be out of its reader. */
  readonly session: string | null
  /** The last PIN given was refused, and none was given since. */
  readonly wrongPin: boolean
  /** Whether its key is at hand and the TLS front runs: once the session is open, it must. */
  readonly link: boolean
}

/** Why a card cannot speak, or null when it can. The order is the order of what a person has to do. */
export function cardProblem(facts: CardFacts, now: number): ReasonCode | null {
  if (facts.library !== 'there') return facts.library === 'missing' ? 'card-library-missing' : 'card-library-silent'
  if (!facts.card) return facts.session === null ? 'card-absent' : 'card-removed'
  if (!facts.identity) return 'card-unreadable'
  if (now < facts.identity.validFrom || now >= facts.identity.validTo) return 'certificate-expired'
  if (facts.card.pin === 'locked') return 'card-pin-locked'
  if (facts.wrongPin) return 'card-pin-wrong'
  if (facts.session !== facts.card.serial) return 'card-pin-needed'
  return facts.link ? null : 'card-link-failed'
}

/** What is known of a sign-in with Pro Santé Connect. */
export interface ConnectFacts {
  readonly holder: { readonly id: string; readonly name: string } | null
  /** End of the session at the latest. */
  readonly until: number | null
  readonly pending: { readonly page: string | null; readonly words: string | null } | null
  /** How the last attempt or session ended. */
  readonly ended: ReasonCode | null
}

/** Why a signed-in professional cannot speak, or null when they can. */
export function connectProblem(facts: ConnectFacts, now: number): ReasonCode | null {
  if (facts.holder && facts.until !== null && now < facts.until) return null
  if (facts.pending) return 'sign-in-pending'
  if (facts.holder) return 'sign-in-expired'
  return facts.ended ?? 'sign-in-needed'
}

export type SignInFacts =
  | { readonly mode: 'certificates' }
  | (CardFacts & { readonly mode: 'card'; readonly situations: readonly ExerciseSituation[]; readonly chosen: string | null })
  | (ConnectFacts & { readonly mode: 'pro-sante-connect'; readonly situations: readonly ExerciseSituation[]; readonly chosen: string | null })

const actions: Partial<Record<ReasonCode, SignInView['action']>> = {
  'card-absent': 'insert-card',
  'card-removed': 'insert-card',
  'card-of-another-structure': 'insert-card',
  'card-pin-needed': 'give-pin',
  'card-pin-wrong': 'give-pin',
  'situation-to-choose': 'choose',
  'sign-in-needed': 'start',
  'sign-in-expired': 'start',
  'sign-in-ended': 'start',
  'sign-in-denied': 'start',
  'sign-in-of-another': 'start',
  'sign-in-unreachable': 'start',
  'sign-in-pending': 'approve',
}

/** A professional chooses where they work; a member of staff of whom nothing is chosen works in none of the practice's structures. */
function stopBySituations(facts: Exclude<SignInFacts, { mode: 'certificates' }>): ReasonCode | null {
  if (facts.chosen !== null) return null
  return facts.mode === 'card' && facts.identity?.isStaff ? 'card-of-another-structure' : 'situation-to-choose'
}

/** What a window shows of the sign-in: one state, one reason, one action. */
export function signInState(facts: SignInFacts, now: number): SignInView {
  const nothing = { holder: null, situations: [], chosen: null, pin: null, until: null, approval: null }
  if (facts.mode === 'certificates') return { mode: 'certificates', state: 'ready', reason: null, action: 'none', ...nothing }
  const stopped = facts.mode === 'card' ? cardProblem(facts, now) : connectProblem(facts, now)
  const reason = stopped ?? stopBySituations(facts)
  const holder = facts.mode === 'card' ? facts.identity : facts.holder
  const known = stopped === null || facts.mode === 'card'
  return {
    ...nothing,
    mode: facts.mode,
    state: reason === null ? 'ready' : reason === 'sign-in-pending' ? 'pending' : 'stopped',
    reason,
    action: reason === null ? 'none' : (actions[reason] ?? 'repair'),
    holder: known && holder ? { id: holder.id, name: holder.name } : null,
    situations: stopped === null ? [...facts.situations] : [],
    chosen: stopped === null ? facts.chosen : null,
    pin: facts.mode === 'card' ? (facts.card?.pin ?? null) : null,
    until: facts.mode === 'pro-sante-connect' && stopped === null && facts.until !== null ? new Date(facts.until).toISOString() : null,
    approval: facts.mode === 'pro-sante-connect' && reason === 'sign-in-pending' ? facts.pending : null,
  }
}
