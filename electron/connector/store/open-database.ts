import fs from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { damageIn } from './check-database.ts'
import { stampTakenAt, takenAt } from './copy-database.ts'
import { codeOf, isDamage, openEncrypted } from './encrypted-database.ts'
import { checkInWorker } from './in-worker.ts'
import type { StoreKey } from './key.ts'
import { keepLog } from './restore.ts'
import { saltFromLog } from './salt-from-log.ts'
import { noteTorn } from './torn-note.ts'
import { logState } from './wal-check.ts'

/** How the check of all pages ended: `unknown` when it could not be made. */
export type LateCheck = 'ok' | 'damaged' | 'unknown'

export type OpenedDatabase =
  | { readonly db: Database; readonly cut: boolean; readonly checked: Promise<LateCheck> }
  /** `unreadable`: not even the first page opens, which a wrong key does too. */
  | { readonly damage: string; readonly unreadable: boolean }

/** For SQLite's pages: with its usual 16 MB a long queue would take more memory than a short one. */
const cacheKilobytes = 6_000
/** Up to here (bytes) the check is quicker than a second thread. */
const smallStore = 32 * 1024 * 1024
/** So long (milliseconds) a start after a clean stop waits for the check of a large store. */
const usualPatience = 3_000

/**
 * Opens the database file, looks at its log before SQLite does, and checks all pages; says the damage instead, with everything closed.
 * A changed byte is never served as data, checked or not: each page carries a seal. What the log can mend is mended.
 */
export async function openDatabase(directory: string, key: StoreKey, now: number, patience = usualPatience): Promise<OpenedDatabase> {
  const opened = await openAsItIs(directory, key, now, patience)
  if (!('damage' in opened) || !opened.unreadable) return opened
  const takeBack = saltFromLog(directory)
  if (!takeBack) return opened
  const mended = await openAsItIs(directory, key, now, patience)
  if ('damage' in mended) takeBack()
  return mended
}

async function openAsItIs(directory: string, key: StoreKey, now: number, patience: number): Promise<OpenedDatabase> {
  const file = path.join(directory, 'relais.db')
  const log = fs.statSync(`${file}-wal`, { throwIfNoEntry: false })
  const logged = logState(`${file}-wal`)
  const cut = logged === 'cut'
  // SQLite is about to forget that anything was wrong.
  if (logged === 'torn') noteTorn(directory)
  if (cut) keepLog(directory, now)
  const marker = damageMarker(directory)
  const suspect = fs.existsSync(marker)
  // What one statement met, an index that does not fit its table for instance, a quick look may pass over.
  const thorough = cut || suspect
  const db = await openEncrypted(file, key)
  try {
    db.prepare('SELECT count(*) FROM sqlite_master').get()
    db.pragma(`cache_size = -${cacheKilobytes}`)
    db.pragma('journal_mode = WAL')
    // FULL: a commit that was acknowledged survives a power cut; NORMAL would lose the last ones.
    db.pragma('synchronous = FULL')
    db.pragma('fullfsync = ON')
    db.pragma('foreign_keys = ON')
    db.pragma('busy_timeout = 5000')
    db.pragma('trusted_schema = OFF')
    db.pragma('cell_size_check = ON')
    const size = fs.statSync(file).size + (log?.size ?? 0)
    const check = size <= smallStore ? Promise.resolve(damageIn(db, { thorough })) : checkInWorker(file, key, { thorough })
    // After a crash, or once damage was found, nothing starts on a guess.
    const damage = suspect || cut || (log?.size ?? 0) > 0 ? await check : await firstOf(check, patience)
    if (damage !== null) return damaged(db, damage)
    fs.rmSync(marker, { force: true })
    // Since its file was made, any commit of the log may be one of those it lost.
    if (cut) stampTakenAt(db, Math.min(log?.birthtimeMs ?? 0, takenAt(db) ?? Number.MAX_SAFE_INTEGER))
    return { db, cut, checked: check.then((late) => (late === null ? 'ok' : 'damaged'), () => 'unknown' as const) }
  } catch (error) {
    if (db.open) db.close()
    if (!isDamage(error)) throw error
    return { damage: (error as Error).message, unreadable: codeOf(error) === 'SQLITE_NOTADB' }
  }
}

/** The answer of the check if it comes soon; null, which blames nothing, if it takes longer. */
async function firstOf(check: Promise<string | null>, patience: number): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), patience)))
  try {
    return await Promise.race([check, late])
  } finally {
    clearTimeout(timer)
  }
}

function damaged(db: Database, damage: string): OpenedDatabase {
  db.close()
  return { damage, unreadable: false }
}

/** Damage found while the program works: kept, so that the next start waits for its own check and restores. */
export function noteDamage(directory: string): void {
  fs.writeFileSync(damageMarker(directory), '', { mode: 0o600 })
}

function damageMarker(directory: string): string {
  return path.join(directory, 'relais.db.damage-found')
}
