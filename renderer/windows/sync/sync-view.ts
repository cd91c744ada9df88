import { create } from 'zustand'
import type { ItemState } from '#shared/contract/items.ts'

export const tabNames = ['todo', 'pending', 'sent', 'journal'] as const
export type TabName = (typeof tabNames)[number]

interface SyncView {
  /** null until the person chose one: the window then opens where there is something to do. */
  tab: TabName | null
  search: string
  state: ItemState | null
  openItem: string | null
}

/** What the window shows, and nothing the connector knows. */
export const useSyncView = create<SyncView>(() => ({ tab: null, search: '', state: null, openItem: null }))

/** The states each list holds; together with `todo` every item is in one of them at any instant. */
export const statesOf: Record<Exclude<TabName, 'todo'>, readonly ItemState[]> = {
  pending: ['received', 'ready', 'sending', 'uncertain', 'waiting'],
  sent: ['deposited'],
  journal: ['received', 'ready', 'sending', 'uncertain', 'waiting', 'parked', 'deposited', 'ignored'],
}
