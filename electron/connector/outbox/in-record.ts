import type { ItemDetail } from '#shared/contract/index.ts'

/** Names the lines of an item's trace that tell of an act done here on the document once it was in the record; `detail` is the act. */
export const inRecordEvent = 'in-record'

/** Whether the acts done here left a deposited document archived or deleted in the record; null = in force as far as they tell. */
export function inRecordOf(trace: ItemDetail['trace']): ItemDetail['inRecord'] {
  const acts = trace.flatMap(({ event, detail }) => (event === inRecordEvent ? detail : []))
  if (acts.includes('delete')) return 'deleted'
  return acts.findLast((act) => act === 'archive' || act === 'restore') === 'archive' ? 'archived' : null
}
