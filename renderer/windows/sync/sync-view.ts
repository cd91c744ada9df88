import { create } from 'zustand'
import type { ItemState } from '#shared/contract/items.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'

export const tabNames = ['todo', 'pending', 'sent', 'journal'] as const
export type TabName = (typeof tabNames)[number]

interface SyncView {
  /** null until the person chose one: the window then opens where there is something to do. */
  tab: TabName | null
  search: string
  state: ItemState | null
  /** The one reason the journal is narrowed to, asked from its group; null shows everything. */
  reason: ReasonCode | null
  openItem: string | null
  /** Whether what can be done about who speaks to the record is shown. */
  signInOpen: boolean
}

/** What the window shows, and nothing the connector knows. */
export const useSyncView = create<SyncView>(() => ({ tab: null, search: '', state: null, reason: null, openItem: null, signInOpen: false }))

/** What a reason can have stopped: the states in which somebody may let it go. */
export const stoppedStates: readonly ItemState[] = ['parked', 'waiting']

/** The states each list holds; together with `todo` every item is in one of them at any instant. */
export const statesOf: Record<Exclude<TabName, 'todo'>, readonly ItemState[]> = {
  pending: ['received', 'ready', 'sending', 'uncertain', 'waiting'],
  sent: ['deposited'],
  journal: ['received', 'ready', 'sending', 'uncertain', 'waiting', 'parked', 'deposited', 'ignored'],
}
