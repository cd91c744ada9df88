import type { Database } from 'better-sqlite3'
import type { ItemState, ReasonCode } from '#shared/contract/index.ts'
import type { ListQuery } from './ledger.ts'
import { listQueries } from './queries.ts'
import { searchWords } from './search-words.ts'

/** How many items stand in a state for a reason; no reason is an empty text. */
export interface KeptCount {
  readonly state: ItemState
  readonly reason: ReasonCode | ''
  readonly count: number
}

/** Up to so many, items are looked at one by one; beyond, their index is read through. */
const rareLimit = 2000

/**
 * Gives one page of a list, newest first, as `seq` numbers, and the whole list's total. Each part is answered by an index that holds all it
 * needs, and the totals of what is not searched by the counts: no item is read here.
 */
export function openItemList(db: Database, keptCounts: () => readonly KeptCount[]): (query: ListQuery) => { page: number[]; next: string | null; total: number } {
  const seqs = (sql: string, ...parameters: unknown[]) => db.prepare(sql).pluck().all(...parameters) as number[]

  /** Those before `before`: the newest `limit` at least; `total` is of the whole list. */
  function find(query: ListQuery, before: number, limit: number): { found: number[]; total: number } {
    const { patterns, threes } = searchWords(query.search ?? '')
    const wanted = { states: query.states?.length ? query.states : null, reasons: query.reasons?.length ? query.reasons : null }
    const slices = keptCounts().filter(({ state, reason }) => (wanted.states?.includes(state) ?? true) && (wanted.reasons?.includes(reason as ReasonCode) ?? true))
    const held = slices.reduce((sum, { count }) => sum + count, 0)
    const states = [...new Set(slices.map(({ state }) => state))]
    if (patterns.length === 0) {
      if (wanted.reasons) return { found: slices.flatMap(({ state, reason }) => seqs(listQueries.pageOfReason, reason, state, before, limit)), total: held }
      if (wanted.states) return { found: states.flatMap((state) => seqs(listQueries.pageOfState(0, false), state, before, limit)), total: held }
      return { found: seqs(listQueries.page, before, limit), total: held }
    }

    const narrowing = [patterns.length, wanted.reasons !== null] as const
    const narrowedBy = [...(wanted.reasons ? [JSON.stringify(wanted.reasons)] : []), ...patterns]
    const candidates = threes === null || held <= rareLimit ? null : seqs(listQueries.candidates, threes, rareLimit + 1)
    if (candidates && candidates.length <= rareLimit) {
      const all = states.flatMap((state) => seqs(listQueries.among(...narrowing), JSON.stringify(candidates), state, ...narrowedBy))
      return { found: all.filter((seq) => seq < before), total: all.length }
    }
    const count = db.prepare(listQueries.count(...narrowing)).pluck()
    const counted = states.map((state) => ({ state, count: count.get(state, ...narrowedBy) as number })).filter((one) => one.count > 0)
    return {
      found: counted.flatMap(({ state }) => seqs(listQueries.pageOfState(...narrowing), state, before, ...narrowedBy, limit)),
      total: counted.reduce((sum, one) => sum + one.count, 0),
    }
  }

  return (query) => {
    const before = query.cursor === null ? Number.MAX_SAFE_INTEGER : Number(query.cursor)
    const { found, total } = find(query, before, query.limit + 1)
    const page = found.sort((one, other) => other - one).slice(0, query.limit)
    return { page, next: found.length > query.limit ? String(page.at(-1)!) : null, total }
  }
}
