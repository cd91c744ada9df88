import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { loadSqlite } from './load-sqlite.ts'

/** The one right to use a data folder. Held for the life of the process; the system frees it when the process dies, however it dies. */
export interface Lease {
  release(): void
}

/**
 * Takes the data folder for this process, or says who has it (`store-locked`).
 * The lock is a write lock kept on a small database of its own: an operating-system lock that a crash cannot leave behind,
 * and the row in it stays readable, so that the refusal can name the owner.
 */
export async function takeLease(directory: string, owner: { pid: number; startedAt: number; role: string }): Promise<Result<Lease>> {
  const Sqlite = await loadSqlite()
  const file = path.join(directory, 'lease.db')
  const db: Database = new Sqlite(file, { timeout: 0 })
  try {
    db.pragma('journal_mode = DELETE')
    db.exec(
      'CREATE TABLE IF NOT EXISTS lease (one INTEGER PRIMARY KEY CHECK (one = 1), pid INTEGER NOT NULL, role TEXT NOT NULL, started_at INTEGER NOT NULL) STRICT',
    )
    db.exec('BEGIN IMMEDIATE')
    db.prepare('INSERT INTO lease VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET pid = excluded.pid, role = excluded.role, started_at = excluded.started_at').run(
      owner.pid,
      owner.role,
      owner.startedAt,
    )
    db.exec('COMMIT')
    db.exec('BEGIN IMMEDIATE')
  } catch (error) {
    const holder = readHolder(db)
    db.close()
    if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) {
      return failure('store-locked', { detail: holder ? `pid ${holder.pid} (${holder.role})` : 'another process' })
    }
    throw error
  }
  return success({
    release() {
      db.exec('ROLLBACK')
      db.close()
    },
  })
}

function readHolder(db: Database): { pid: number; role: string } | null {
  try {
    return (db.prepare('SELECT pid, role FROM lease').get() as { pid: number; role: string } | undefined) ?? null
  } catch {
    return null
  }
}

/** Who holds a data folder now, as one phrase for a refusal; null when it is free. */
export async function holderOf(directory: string): Promise<string | null> {
  const lease = await takeLease(directory, { pid: process.pid, role: 'looking', startedAt: 0 })
  if (!lease.ok) return lease.failure.detail ?? 'another process'
  lease.value.release()
  return null
}
