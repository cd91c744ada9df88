import type { ItemView } from '#shared/contract/items.ts'

/** What one glance can tell of documents held together. */
export interface BatchFacts {
  /** Where they come from, the most first. */
  readonly sources: readonly { readonly name: string; readonly count: number }[]
  /** When the first of them came; null when not all of them are known, because it may then be earlier. */
  readonly since: string | null
}

/** Reads a batch from the documents known of it; `total` says how many it really holds. */
export function batchFacts(items: readonly Pick<ItemView, 'source' | 'receivedAt'>[], total: number): BatchFacts {
  const counts = new Map<string, number>()
  for (const { source } of items) counts.set(source.name, (counts.get(source.name) ?? 0) + 1)
  const sources = [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || a.name.localeCompare(b.name))
  const since = items.length >= total && items.length > 0 ? items.map(({ receivedAt }) => receivedAt).reduce((first, at) => (at < first ? at : first)) : null
  return { sources, since }
}
