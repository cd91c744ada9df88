import type { MyRecords, MyRecordsOffer } from '#shared/contract/my-records.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'
import type { CallFailure } from '../../app/failure.ts'

/** The one thing shown of one's records: not asked, asked and empty, and asked in vain are never one. */
export type MyRecordsScene =
  | { readonly kind: 'not-known' }
  | { readonly kind: 'not-offered'; readonly code: ReasonCode }
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly failure: CallFailure }
  | { readonly kind: 'empty'; readonly askedAt: string }
  | { readonly kind: 'listed'; readonly list: MyRecords }

interface Known {
  /** Undefined = the connector has not said yet. */
  readonly offer: MyRecordsOffer | undefined
  /** Whoever speaks now asked, and has not put it away since. */
  readonly isAsked: boolean
  readonly isAsking: boolean
  readonly failure: CallFailure | null
  /** What they were answered; undefined = nothing, or no longer kept. */
  readonly list: MyRecords | undefined
}

/** Decides it. What was listed is gone as soon as it would be refused. */
export function myRecordsScene({ offer, isAsked, isAsking, failure, list }: Known): MyRecordsScene {
  if (!offer) return { kind: 'not-known' }
  if (offer.stop) return { kind: 'not-offered', code: offer.stop }
  if (!isAsked) return { kind: 'not-asked' }
  if (isAsking) return { kind: 'loading' }
  if (failure) return { kind: 'failed', failure }
  if (!list) return { kind: 'not-asked' }
  return list.records.length === 0 ? { kind: 'empty', askedAt: list.askedAt } : { kind: 'listed', list }
}
