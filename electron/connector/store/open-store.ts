import fs from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { syncDirectory, type StoreKey } from './key.ts'
import { takeLease } from './lease.ts'
import { loadSqlite } from './load-sqlite.ts'
import { migrate, schemaVersion } from './migrate.ts'
import { openSpool, type Spool } from './spool.ts'

/** The store of one data folder: one owner, everything encrypted, every commit synced. */
export interface Store {
  readonly directory: string
  readonly schemaVersion: number
  readonly db: Database
  readonly spool: Spool
  /** Runs `work` in one transaction, committed and synced when it returns; rolled back when it throws. */
  transaction<T>(work: () => T): T
  close(): void
}

/**
 * Opens (or makes) the store of a data folder.
 * Fails as a value with `store-locked` when another process has it, `store-key-missing` when the key does not open it,
 * `store-from-future` when a newer program wrote it.
 */
export async function openStore(options: { directory: string; key: StoreKey; role: string; now: number }): Promise<Result<Store>> {
  const { directory, key } = options
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  const damaged = lostDatabase(directory)
  if (damaged !== null) return failure('store-damaged', { detail: damaged })
  const lease = await takeLease(directory, { pid: process.pid, role: options.role, startedAt: options.now })
  if (!lease.ok) return lease
  const Sqlite = await loadSqlite()
  const db: Database = new Sqlite(path.join(directory, 'relais.db'))
  try {
    db.pragma(`cipher = 'sqlcipher'`)
    db.pragma('legacy = 4')
    db.pragma(`key = "x'${key}'"`)
    try {
      db.prepare('SELECT count(*) FROM sqlite_master').get()
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_NOTADB') throw error
      db.close()
      lease.value.release()
      return failure('store-key-missing', { detail: 'the key does not open this store' })
    }
    db.pragma('journal_mode = WAL')
    // FULL: a commit that was acknowledged survives a power cut; NORMAL would lose the last ones.
    db.pragma('synchronous = FULL')
    db.pragma('fullfsync = ON')
    db.pragma('foreign_keys = ON')
    db.pragma('busy_timeout = 5000')
    db.pragma('trusted_schema = OFF')
    db.pragma('cell_size_check = ON')
    const migrated = migrate(db, directory, options.now)
    if (!migrated.ok) {
      db.close()
      lease.value.release()
      return migrated
    }
    if (migrated.value.from === 0) syncDirectory(directory)
    const spool = openSpool(path.join(directory, 'spool'), key)
    return success({
      directory,
      schemaVersion,
      db,
      spool,
      transaction: (work) => db.transaction(work).immediate(),
      close() {
        db.close()
        lease.value.release()
      },
    })
  } catch (error) {
    if (db.open) db.close()
    lease.value.release()
    if (/^SQLITE_(CORRUPT|NOTADB|IOERR)/.test((error as { code?: string }).code ?? '')) return failure('store-damaged', { detail: (error as { code: string }).code })
    throw error
  }
}

/** A database that is gone or empty while documents are there: starting afresh would send again what was sent. */
function lostDatabase(directory: string): string | null {
  const database = path.join(directory, 'relais.db')
  const spool = path.join(directory, 'spool')
  const size = fs.existsSync(database) ? fs.statSync(database).size : 0
  const spooled = fs.existsSync(spool) && fs.readdirSync(spool).some((name) => name.length === 2)
  return size === 0 && spooled ? 'relais.db is empty or gone while documents are in the spool' : null
}
