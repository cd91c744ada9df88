import fs from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { openArrivalJournal, type ArrivalJournal } from './arrival-journal.ts'
import { backupsIn } from './backup-files.ts'
import { freeBallast } from './ballast.ts'
import { stampTakenAt, takenAt } from './copy-database.ts'
import { codeOf, isDiskFull, isReadOnly } from './encrypted-database.ts'
import { syncDirectory } from './folder-sync.ts'
import { copyInWorker } from './in-worker.ts'
import { checkKey, rememberKey, removeKeyDrafts, type StoreKey } from './key.ts'
import { takeLease, type Lease } from './lease.ts'
import { migrate, schemaVersion } from './migrate.ts'
import { milestone } from './milestones.ts'
import { openDatabase, type LateCheck } from './open-database.ts'
import { restoreNewest } from './restore.ts'
import { settleRotation } from './settle-rotation.ts'
import { openErasableSpool, openSpool, type ErasableSpool, type Spool } from './spool.ts'

/** The store of one data folder: one owner, everything encrypted, every commit synced. */
export interface Store {
  readonly directory: string
  readonly schemaVersion: number
  readonly db: Database
  /** Documents that came in and go out. */
  readonly spool: Spool
  /** Documents read from the record: a cache, of which no copy is kept. */
  readonly readSpool: ErasableSpool
  readonly arrivals: ArrivalJournal
  /**
   * Not null when the database is an older one put back (or lost its last commits): what happened after `at` (milliseconds) may be unknown
   * to it. Stays so, over restarts and in later copies, until `settleRestored`.
   */
  readonly restored: Restored | null
  /** The last commit may be missing, as after a power cut: the journal is to be looked at. */
  readonly torn: boolean
  /** Says that all that follows from `restored` is recorded. May be part of the transaction that records it. */
  settleRestored(): void
  /**
   * The check of all pages. Small stores are checked before `openStore` returns, large ones go on beside the work; `damaged` means: stop
   * and start again, the next start restores.
   */
  readonly checked: Promise<LateCheck>
  /** Runs `work` in one transaction, committed and synced when it returns; rolled back when it throws. */
  transaction<T>(work: () => T): T
  /** Copies the database to `file`, encrypted with the same key, checked and synced, beside the program's work. `now` in milliseconds. */
  copyTo(file: string, now: number): Promise<void>
  /** Bytes the database takes on the disk, with its log. */
  bytes(): number
  /** Shortens the write-ahead log when it has grown over 64 MB; true when it did. To be called now and then, while nothing presses. */
  upkeep(): boolean
  close(): void
}

/** Where a database comes from that is not the last one: the copy's name, `relais.db-wal` for a log cut short, `copy` for one put there by hand. */
export interface Restored {
  readonly at: number
  readonly from: string
  /** What this start found wrong with the last one, in SQLite's words; null when it was an earlier start, or a hand. */
  readonly damage: string | null
}

interface OpenOptions {
  readonly directory: string
  readonly key: StoreKey
  readonly role: string
  readonly now: number
}

const logLimit = 64 * 1024 * 1024

/**
 * Opens (or makes) the store of a data folder. A damaged or missing database is replaced by its newest whole copy, and `restored` says so.
 * A change of key that a crash interrupted is undone or finished, as `key` is the former or the new one.
 * Fails as a value with `store-locked` when another process has it, `store-key-missing` when the key does not open it,
 * `store-from-future` when a newer program wrote it, `store-damaged` when it is damaged and there is no copy (untouched),
 * `store-read-only` when the folder cannot be written, `storage-full` when the disk is, even without the ballast.
 */
export async function openStore(options: OpenOptions): Promise<Result<Store>> {
  for (;;) {
    try {
      fs.mkdirSync(options.directory, { recursive: true, mode: 0o700 })
      fs.accessSync(options.directory, fs.constants.W_OK)
      return await openLeased(options)
    } catch (error) {
      if (isReadOnly(error)) return failure('store-read-only', { detail: `${(error as { path?: string }).path ?? options.directory} (${codeOf(error)})` })
      if (!isDiskFull(error)) throw error
      if (!freeBallast(options.directory)) return failure('storage-full', { detail: `${options.directory} (${codeOf(error)})` })
    }
  }
}

async function openLeased(options: OpenOptions): Promise<Result<Store>> {
  const lease = await takeLease(options.directory, { pid: process.pid, role: options.role, startedAt: options.now })
  if (!lease.ok) return lease
  try {
    const store = await openOwned(options, lease.value)
    if (!store.ok) lease.value.release()
    return store
  } catch (error) {
    lease.value.release()
    if (codeOf(error).startsWith('SQLITE_IOERR') && !isDiskFull(error)) return failure('store-damaged', { detail: codeOf(error) })
    throw error
  }
}

async function openOwned({ directory, key, now }: OpenOptions, lease: Lease): Promise<Result<Store>> {
  fs.rmSync(path.join(directory, 'relais.db.draft'), { force: true })
  removeKeyDrafts(directory)
  const settled = await settleRotation(directory, key)
  if (!settled.ok) return settled
  const arrivals = openArrivalJournal(path.join(directory, 'arrivals'), key)
  const lost = lostDatabase(directory, arrivals)
  let opened = lost === null ? await openDatabase(directory, key, now) : { damage: lost, unreadable: false }
  let from: string | null = null
  let damage: string | null = null
  if ('damage' in opened) {
    damage = opened.damage
    const wrongKey = opened.unreadable && checkKey(directory, key) === 'wrong'
    const backup = wrongKey ? null : await restoreNewest(directory, key, now)
    if (!backup) {
      if (opened.unreadable && checkKey(directory, key) !== 'right') return failure('store-key-missing', { detail: 'the key does not open this store' })
      return failure('store-damaged', { detail: opened.damage })
    }
    from = path.basename(backup.file)
    opened = await openDatabase(directory, key, now)
    if ('damage' in opened) return failure('store-damaged', { detail: opened.damage })
  }
  const { db, cut, torn, checked } = opened
  try {
    const migrated = await migrate(db, directory, key, now)
    if (!migrated.ok) {
      db.close()
      return migrated
    }
    if (migrated.value.from === 0) syncDirectory(directory)
    rememberKey(directory, key)
    const at = takenAt(db)
    const spool = openSpool(path.join(directory, 'spool'), key)
    const readSpool = openErasableSpool(path.join(directory, 'read'), key)
    const file = path.join(directory, 'relais.db')
    return success({
      directory,
      schemaVersion,
      db,
      spool,
      readSpool,
      arrivals,
      restored: at === null ? null : { at, from: from ?? (cut ? 'relais.db-wal' : 'copy'), damage },
      torn,
      settleRestored: () => stampTakenAt(db, null),
      checked,
      transaction: (work) => db.transaction(work).immediate(),
      copyTo: (to, now) => copyInWorker(file, key, to, now),
      bytes: () => sizeOf(file) + sizeOf(`${file}-wal`),
      upkeep() {
        if (sizeOf(`${file}-wal`) <= logLimit) return false
        milestone('store:checkpoint')
        // A copy under way holds the log: not waited for, there is a next time.
        db.pragma('busy_timeout = 0')
        db.pragma('wal_checkpoint(TRUNCATE)')
        db.pragma('busy_timeout = 5000')
        return sizeOf(`${file}-wal`) <= logLimit
      },
      close() {
        // Closing the last connection writes the log back.
        milestone('store:checkpoint')
        void arrivals.close()
        db.close()
        lease.release()
      },
    })
  } catch (error) {
    if (db.open) db.close()
    throw error
  }
}

/** A database that is gone or empty while there is something of it: starting afresh would send again what was sent. */
function lostDatabase(directory: string, arrivals: ArrivalJournal): string | null {
  if (sizeOf(path.join(directory, 'relais.db')) > 0) return null
  const spool = path.join(directory, 'spool')
  const spooled = fs.existsSync(spool) && fs.readdirSync(spool).some((name) => name.length === 2)
  const left = spooled || !arrivals.isEmpty() || backupsIn(directory).length > 0
  return left ? 'relais.db is empty or gone while documents or copies are there' : null
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
