import type { ItemState, ReasonCode, WaitingFor } from '#shared/contract/index.ts'
import type { Store } from '#connector/store/index.ts'

/** So many items of one kind. */
export interface Kind {
  readonly count: number
  readonly state: ItemState
  readonly reason?: ReasonCode
  readonly waitingFor?: WaitingFor
}

/**
 * Fills a store with copies of its first item, which must be ready, by SQL on the real tables: the program's own way is made for documents
 * that come one by one, and syncs each. They share the first one's bytes; the first one becomes one of the first kind.
 */
export function fillWith(store: Store, kinds: readonly Kind[]): void {
  const { db } = store
  const columns = (db.pragma('table_info(item)') as { name: string }[]).map(({ name }) => name).filter((name) => name !== 'seq')
  const own: Readonly<Record<string, string>> = {
    id: `printf('%08x-0000-4000-8000-%012x', n, n)`,
    unique_id: `printf('1.2.250.1.999.77.3.%d', n)`,
    submission_set_id: `printf('1.2.250.1.999.77.1.%d', n)`,
    lineage: `printf('1.2.250.1.999.77.3.%d', n)`,
    source_reference: `printf('courrier-%07d.pdf', n)`,
    title: `printf('Ordonnance no %d', n)`,
    search: `printf('%s %d', search, n)`,
    received_at: 'received_at + n',
    settled_at: `CASE WHEN @state IN ('deposited','ignored') THEN received_at + n END`,
    state: '@state',
    reason: '@reason',
    waiting_for: '@waitingFor',
  }
  const insert = db.prepare(
    `WITH RECURSIVE series (n) AS (SELECT @first UNION ALL SELECT n + 1 FROM series WHERE n < @last)
     INSERT INTO item (${columns.join(', ')}) SELECT ${columns.map((name) => own[name] ?? name).join(', ')} FROM series, (SELECT * FROM item WHERE seq = 1)`,
  )
  store.transaction(() => {
    let last = 1
    for (const { count, state, reason = null, waitingFor = null } of kinds) {
      const [first, end] = [last + 1, last + count - (last === 1 ? 1 : 0)]
      if (end >= first) insert.run({ first, last: end, state, reason, waitingFor })
      last = end
    }
    db.prepare(`INSERT INTO item_trace SELECT seq, received_at, NULL, 'received', 'received', NULL, NULL FROM item WHERE seq > 1`).run()
    db.prepare(`INSERT INTO item_trace SELECT seq, received_at + 1, 'received', state, 'prepared', reason, NULL FROM item WHERE seq > 1 AND state <> 'received'`).run()
    db.prepare(`INSERT INTO content (key, item_seq, first_at, last_at) SELECT printf('%064x', seq), seq, received_at, received_at FROM item WHERE seq > 1`).run()
    const [{ state, reason = null, waitingFor = null }] = kinds as [Kind]
    db.prepare(`UPDATE item SET state = @state, reason = @reason, waiting_for = @waitingFor, settled_at = CASE WHEN @state IN ('deposited','ignored') THEN received_at END WHERE seq = 1`).run({ state, reason, waitingFor })
  })
}
