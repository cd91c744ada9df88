import { createHash } from 'node:crypto'
import type { Store } from '../store/index.ts'

/** Who did what: one event for each deposit, search and reading. Patients appear by reference only (a keyed hash). */
export interface AuditEvent {
  readonly type: string
  readonly outcome: 'success' | 'failure'
  readonly actor: string
  readonly patientReference: string | null
  readonly object: string | null
  readonly detail?: string
}

/** The append-only trace, each line chained to the one before it. */
export interface Audit {
  record(event: AuditEvent): void
  /** Walks the whole chain; gives the first broken line, or null when it is intact. */
  verify(): { lines: number; brokenAt: number | null }
}

const origin = '0'.repeat(64)

/** Opens the trace of a store. A line's hash covers the former hash, its number, its time and its text. */
export function openAudit(store: Store, now: () => number): Audit {
  const last = store.db.prepare('SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1')
  const insert = store.db.prepare('INSERT INTO audit_event VALUES (?, ?, ?, ?, ?)')
  const all = store.db.prepare('SELECT seq, at, event, previous_hash, hash FROM audit_event ORDER BY seq')
  return {
    record(event) {
      store.transaction(() => {
        const tail = last.get() as { seq: number; hash: string } | undefined
        const seq = (tail?.seq ?? 0) + 1
        const previous = tail?.hash ?? origin
        const at = now()
        const text = JSON.stringify(event)
        insert.run(seq, at, text, previous, lineHash(previous, seq, at, text))
      })
    },
    verify() {
      let previous = origin
      let lines = 0
      for (const line of all.iterate() as IterableIterator<{ seq: number; at: number; event: string; previous_hash: string; hash: string }>) {
        lines += 1
        if (line.seq !== lines || line.previous_hash !== previous || line.hash !== lineHash(previous, line.seq, line.at, line.event)) return { lines, brokenAt: line.seq }
        previous = line.hash
      }
      return { lines, brokenAt: null }
    },
  }
}

function lineHash(previous: string, seq: number, at: number, text: string): string {
  return createHash('sha256').update(`${previous}|${seq}|${at}|${text}`).digest('hex')
}
