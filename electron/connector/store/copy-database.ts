import fs from 'node:fs'
import type { Database } from 'better-sqlite3'
import { damageIn } from './check-database.ts'
import { openEncrypted } from './encrypted-database.ts'
import type { StoreKey } from './key.ts'
import { leaveReadingsOut } from './leave-readings-out.ts'

const clearHeader = Buffer.from('SQLite format 3\0')

/**
 * Copies an open database to `to` (a name that is not taken), encrypted with the same key, checked and synced; the caller renames it. What was
 * read from the record stays behind (`leave-readings-out.ts`).
 * Inside is written when it was taken (`now`, milliseconds), so that whoever puts it back, by whatever means, it is known for a
 * copy. Leaves nothing behind when it fails.
 */
export async function copyDatabase(db: Database, key: StoreKey, to: string, now: number): Promise<void> {
  fs.rmSync(to, { force: true })
  try {
    const pending = takenAt(db)
    db.prepare('VACUUM INTO ?').run(to)
    const copy = await openEncrypted(to, key, { fileMustExist: true })
    try {
      copy.pragma('cache_size = -1000')
      leaveReadingsOut(copy)
      // A copy of a copy that nobody has looked after yet is as old as the first.
      stampTakenAt(copy, Math.min(now, pending ?? now))
      const damage = damageIn(copy, { thorough: false })
      if (damage !== null) throw new Error(`The copy is damaged: ${damage}`)
    } finally {
      copy.close()
    }
    syncCopy(to, now)
  } catch (error) {
    for (const rest of ['', '-journal']) fs.rmSync(`${to}${rest}`, { force: true })
    throw error
  }
}

/** When the copy was taken that this database comes from, in milliseconds; null for a database that was never put back. */
export function takenAt(db: Database): number | null {
  const seconds = (db.pragma('user_version', { simple: true }) as number) >>> 0
  return seconds === 0 ? null : seconds * 1000
}

/** Marks a database as being no newer than `at` (milliseconds); null takes the mark away. May be one act of a transaction. */
export function stampTakenAt(db: Database, at: number | null): void {
  // Rounded down: what happened in that second is looked at again rather than missed. Never 0, which means no mark.
  const seconds = at === null ? 0 : Math.max(1, Math.floor(at / 1000))
  db.pragma(`user_version = ${seconds | 0}`)
}

function syncCopy(file: string, now: number): void {
  const descriptor = fs.openSync(file, 'r+')
  try {
    const header = Buffer.alloc(clearHeader.length)
    fs.readSync(descriptor, header, 0, header.length, 0)
    if (header.equals(clearHeader)) throw new Error('The copy is not encrypted')
    fs.futimesSync(descriptor, now / 1000, now / 1000)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
