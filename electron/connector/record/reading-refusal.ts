import { failure, type Failure, type Party } from '#shared/contract/index.ts'

/**
 * Why a party may not ask what a record holds, nor declare whom it lets read, said before any call; null = it may ask, and the record decides (dmp-interface.md
 * 1.7). Existence, the question by uniqueId, deposits and deletions are not such acts.
 */
export function readingRefusal(party: Party): { readonly ok: false; readonly failure: Failure } | null {
  if (party.kind === 'professional') return null
  return failure(party.kind === 'staff' ? 'staff-card-deposits-only' : 'reading-needs-professional')
}
