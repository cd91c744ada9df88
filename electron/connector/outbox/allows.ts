import { isChangeable, mayBeAuthored, mayBeTyped, type ItemRow } from './item.ts'
import type { Act } from './journal-record.ts'
import { transition } from './transition.ts'

/**
 * Whether a person's act can be done on an item as it is. `again`: done again after a return to an older database, where an item that waited
 * for its patient may only have been received, and one that stood for want of a type, an author or a place may have been anywhere before.
 */
export function allows(item: ItemRow, act: Act, again: boolean): boolean {
  const position = { state: item.state, frozen: item.document_sha256 !== null, reason: item.reason }
  switch (act.what) {
    case 'dismiss':
      return transition(position, { type: 'dismissed' }) !== null
    case 'hold':
      return isChangeable(item) && item.state !== 'parked'
    case 'visibility':
      return isChangeable(item)
    case 'free':
      return transition(position, { type: 'retry', rebuild: act.rebuild }) !== null || (item.state === 'received' && item.held !== null)
    case 'patient':
      return item.attempts === 0 && (item.waiting_for === 'patient' || (again && item.state === 'received'))
    case 'type':
      return mayBeTyped(item) || (again && isChangeable(item))
    case 'author':
      return mayBeAuthored(item) || (again && isChangeable(item))
  }
}
