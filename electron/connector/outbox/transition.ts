import type { ItemState, ReasonCode, WaitingFor } from '#shared/contract/index.ts'

/** The part of an item that decides where it may go. */
export interface Position {
  readonly state: ItemState
  /** True once ids and bytes were frozen for sending. */
  readonly frozen: boolean
  /** Why it stopped, when it did. */
  readonly reason?: ReasonCode | null
}

/** What happens to an item. Each event says a fact; the state follows from it. */
export type OutboxEvent =
  /** Recognised, its patient certain, allowed to go: ids and bytes are frozen. */
  | { readonly type: 'prepared' }
  | { readonly type: 'wait'; readonly for: WaitingFor; readonly reason: ReasonCode }
  | { readonly type: 'park'; readonly reason: ReasonCode }
  | { readonly type: 'ignore'; readonly reason: ReasonCode }
  /** Written and synced before the first byte goes out. */
  | { readonly type: 'send' }
  /** The record took it. */
  | { readonly type: 'accepted' }
  /** Certainly nothing was stored: no byte left, or the record said "not now". */
  | { readonly type: 'not-sent'; readonly reason: ReasonCode; readonly for: 'network' | 'session' }
  /** Bytes left and no believable answer came. */
  | { readonly type: 'answer-lost'; readonly reason: ReasonCode }
  /** The record said no for good. */
  | { readonly type: 'refused'; readonly reason: ReasonCode }
  /** The program started and finds the item where a crash left it. */
  | { readonly type: 'restarted' }
  /** The database is an older one: whether the record has it is not known. */
  | { readonly type: 'doubted' }
  /** The record was asked by uniqueId: it has these very bytes. */
  | { readonly type: 'found' }
  /** The record has this uniqueId with other bytes. */
  | { readonly type: 'found-different' }
  /** The record was asked and does not have it; `settled` when it was asked often enough to be believed. */
  | { readonly type: 'absent'; readonly settled: boolean }
  /** The record was asked and sent to too often without ever confirming. */
  | { readonly type: 'give-up'; readonly reason: ReasonCode }
  /** The record was asked and could not answer: nothing is known yet. */
  | { readonly type: 'still-unknown'; readonly reason: ReasonCode }
  /** A person or the clock puts it back on its way; `rebuild` prepares it anew from its source. */
  | { readonly type: 'retry'; readonly rebuild: boolean }
  /** A person holds it back before any send. */
  | { readonly type: 'hold'; readonly reason: ReasonCode }
  /** A person or its source changed what is said of it while nothing of it can be in the record: it is prepared anew. */
  | { readonly type: 'changed' }
  /** A person sets it aside. */
  | { readonly type: 'dismissed' }

/** Where an item goes. `reason` null clears the former one. */
export type Move = { readonly to: ItemState; readonly reason: ReasonCode | null; readonly waitingFor: WaitingFor | null }

const move = (to: ItemState, reason: ReasonCode | null = null, waitingFor: WaitingFor | null = null): Move => ({ to, reason, waitingFor })

/**
 * The one rule of the outbox (design.md section 4): given where an item is and what happened, where it goes; null when that
 * cannot happen there. Promises: `deposited` is final; nothing leads from `uncertain` to a new send without the record
 * having been asked; nothing is ever deleted.
 */
export function transition(position: Position, event: OutboxEvent): Move | null {
  const { state } = position
  switch (event.type) {
    case 'prepared':
      return state === 'received' ? move('ready') : null
    case 'wait':
      return state === 'received' || state === 'ready' ? move('waiting', event.reason, event.for) : null
    case 'park':
      return state === 'received' || state === 'ready' || state === 'waiting' ? move('parked', event.reason) : null
    case 'ignore':
      return state === 'received' ? move('ignored', event.reason) : null
    case 'send':
      return state === 'ready' && position.frozen ? move('sending') : null
    case 'accepted':
      return state === 'sending' ? move('deposited') : null
    case 'not-sent':
      return state === 'sending' ? move('waiting', event.reason, event.for) : null
    case 'answer-lost':
      return state === 'sending' ? move('uncertain', event.reason) : null
    case 'refused':
      return state === 'sending' ? move('parked', event.reason) : null
    case 'restarted':
      return state === 'sending' ? move('uncertain', 'record-no-answer') : null
    case 'doubted':
      return state === 'ready' && position.frozen ? move('uncertain', 'record-no-answer') : null
    case 'found':
      return state === 'uncertain' ? move('deposited') : null
    case 'found-different':
      return state === 'uncertain' ? move('parked', 'record-content-conflict') : null
    case 'absent':
      if (state !== 'uncertain') return null
      return event.settled ? move('ready') : move('uncertain', 'record-no-answer')
    case 'still-unknown':
      return state === 'uncertain' ? move('uncertain', event.reason) : null
    case 'give-up':
      return state === 'uncertain' ? move('parked', event.reason) : null
    case 'retry':
      // What was ignored because there was nothing to send stays so: a retry must not make a second document of a first.
      if (state === 'ignored' ? position.reason !== 'dismissed-by-user' : state !== 'parked' && state !== 'waiting') return null
      return event.rebuild || !position.frozen ? move('received') : move('ready')
    case 'hold':
      return state === 'received' || state === 'ready' || state === 'waiting' ? move('waiting', event.reason, 'until') : null
    case 'changed':
      return state === 'received' || state === 'ready' || state === 'waiting' || state === 'parked' ? move('received') : null
    case 'dismissed':
      return state === 'parked' || state === 'waiting' || state === 'received' || state === 'ready' ? move('ignored', 'dismissed-by-user') : null
  }
}

/** Bytes of it may have left, and the record has not said yet what it has. */
export function isInDoubt(state: ItemState): boolean {
  return state === 'sending' || state === 'uncertain'
}

/**
 * Does this event end a doubt with nothing found in the record? Then what a person wants of the item can be done; else it came too late. Bytes that are lost
 * here end it too, whatever the record has.
 */
export function endsDoubtUnfound(event: OutboxEvent): boolean {
  return (event.type === 'absent' && event.settled) || (event.type === 'give-up' && event.reason !== 'content-damaged')
}

/** States in which nothing more happens without a person. */
export const settledStates: ReadonlySet<ItemState> = new Set<ItemState>(['deposited', 'parked', 'ignored'])
