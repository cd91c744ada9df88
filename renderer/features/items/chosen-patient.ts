import type { ItemDetail, ItemTrace } from '#shared/contract/items.ts'

/** As the connector writes them in a trace. */
const chosen = 'patient chosen by a person'
const announcedOtherwise = 'received again, announced otherwise'

/**
 * The line of a trace that tells of a person's choice of the very patient the item carries; null when there is none. Of an earlier choice,
 * one the document was not prepared with, or one its source spoke of another patient after, the item no longer says whom it named.
 */
export function lineOfChoice({ item, trace }: Pick<ItemDetail, 'item' | 'trace'>): ItemTrace | null {
  const at = trace.findLastIndex(({ detail }) => detail === chosen)
  const since = trace.slice(at + 1)
  const isPrepared = since.some(({ from, to }) => from === 'received' && to === 'ready')
  const isOfAnother = since.some(({ detail }) => detail?.startsWith(`${announcedOtherwise}: patient`))
  return at >= 0 && item.patient && isPrepared && !isOfAnother ? trace[at]! : null
}
