import type { ItemVisibility, ItemView } from '#shared/contract/items.ts'
import { isHeld } from './held-reasons.ts'

/**
 * Who the record shows a document to, as one choice. Masked from professionals and hidden from the patient at once is not among
 * them: nobody could open the document, and the record refuses it.
 */
export const audiences = ['everyone', 'masked', 'hiddenFromPatient'] as const
export type Audience = (typeof audiences)[number]

/** The audience a visibility stands for; null for the combination the record forbids, which only a source can have asked. */
export function audienceOf({ masked, hiddenFromPatient }: ItemVisibility): Audience | null {
  if (masked && hiddenFromPatient) return null
  return masked ? 'masked' : hiddenFromPatient ? 'hiddenFromPatient' : 'everyone'
}

/** A visibility with this audience; whether legal representatives see it is chosen apart. */
export function withAudience(visibility: ItemVisibility, audience: Audience): ItemVisibility {
  return { ...visibility, masked: audience === 'masked', hiddenFromPatient: audience === 'hiddenFromPatient' }
}

export type VisibilityMark = 'masked' | 'hiddenFromPatient' | 'hiddenFromRepresentatives' | 'secretConnection'

/** What is not normal about who sees a document, with a shape for each, always in this order; nothing for a document everybody entitled can see. */
export function visibilityMarks(visibility: ItemVisibility): { key: VisibilityMark; shape: string }[] {
  const marks: { key: VisibilityMark; shape: string }[] = [
    { key: 'masked', shape: '▨' },
    { key: 'hiddenFromPatient', shape: '◌' },
    { key: 'hiddenFromRepresentatives', shape: '◎' },
    { key: 'secretConnection', shape: '◆' },
  ]
  return marks.filter(({ key }) => visibility[key])
}

/** True when two visibilities show a document to the same people. */
export function sameVisibility(one: ItemVisibility, other: ItemVisibility): boolean {
  return visibilityMarks(one).map(({ key }) => key).join() === visibilityMarks(other).map(({ key }) => key).join()
}

/** A visibility with or without a secret connection: the representatives never see what goes by one. */
export function withSecret(visibility: ItemVisibility, isSecret: boolean): ItemVisibility {
  return isSecret ? { ...visibility, hiddenFromRepresentatives: true, secretConnection: true } : { ...visibility, secretConnection: false }
}

/** What has to happen before a document that was never sent leaves: nothing, a session, its patient, somebody who sends it, or what stopped it being settled. */
export type Leaves = 'soon' | 'session' | 'patient' | 'held' | 'stopped'

/** When a document whose visibility may still be chosen can leave: how long there is to think about it. */
export function leavesWhen({ state, reason, waitingFor }: Pick<ItemView, 'state' | 'reason' | 'waitingFor'>): Leaves {
  if (state === 'parked') return 'stopped'
  if (state !== 'waiting') return 'soon'
  if (isHeld(reason)) return 'held'
  return waitingFor === 'patient' || waitingFor === 'session' ? waitingFor : 'soon'
}

export type FixedBecause = 'sending' | 'tried' | 'deposited' | 'ignored'

/** Why the visibility of a document can no longer be chosen here. */
export function fixedBecause({ state }: Pick<ItemView, 'state'>): FixedBecause {
  if (state === 'sending' || state === 'deposited' || state === 'ignored') return state
  return 'tried'
}
