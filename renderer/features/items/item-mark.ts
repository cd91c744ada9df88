import { reasons } from '#shared/contract/reasons.ts'
import type { ItemView } from '#shared/contract/items.ts'
import type { Tone } from '../../ui/tag.tsx'
import { isHeld } from './held-reasons.ts'

/** How an item's state is said: shape, tone, and which words (ux.md 3.4). `at` is an instant to be put in the words. */
export interface ItemMark {
  readonly shape: string
  readonly tone: Tone
  readonly words:
    | { readonly key: 'state' }
    | { readonly key: 'waiting' }
    | { readonly key: 'reason' }
    | { readonly key: 'ignored' }
    | { readonly key: 'retryAt'; readonly at: string }
    | { readonly key: 'sentAt'; readonly at: string }
}

/** Says an item's state in one line: what it waits for, when it is tried again, or why it stopped. */
export function itemMark(item: Pick<ItemView, 'state' | 'reason' | 'waitingFor' | 'nextAttemptAt' | 'settledAt'>): ItemMark {
  switch (item.state) {
    case 'received':
    case 'ready':
      return { shape: '○', tone: 'quiet', words: { key: 'state' } }
    case 'sending':
      return { shape: '◔', tone: 'accent', words: { key: 'state' } }
    case 'uncertain':
      return { shape: '◇', tone: 'caution', words: { key: 'state' } }
    case 'waiting':
      // Held until somebody says so: no other try is planned, whatever it is said to wait for.
      if (isHeld(item.reason)) return { ...reasonLook(item.reason), words: { key: 'reason' } }
      if (item.nextAttemptAt) return { shape: '↻', tone: 'quiet', words: { key: 'retryAt', at: item.nextAttemptAt } }
      if (item.waitingFor === 'network' || item.waitingFor === 'until') return { shape: '↻', tone: 'quiet', words: { key: 'waiting' } }
      return { shape: '◐', tone: 'caution', words: { key: item.waitingFor ? 'waiting' : item.reason ? 'reason' : 'state' } }
    case 'parked':
      return { ...reasonLook(item.reason), words: { key: item.reason ? 'reason' : 'state' } }
    case 'deposited':
      return { shape: '●', tone: 'good', words: item.settledAt ? { key: 'sentAt', at: item.settledAt } : { key: 'state' } }
    case 'ignored':
      return { shape: '–', tone: 'quiet', words: { key: item.reason ? 'ignored' : 'state' } }
  }
}

/** Amber while somebody can settle it, red when the document cannot go as it is. */
export function reasonLook(reason: ItemView['reason']): { shape: string; tone: 'caution' | 'danger' } {
  return reason && reasons[reason] !== 'permanent' ? { shape: '◐', tone: 'caution' } : { shape: '■', tone: 'danger' }
}
