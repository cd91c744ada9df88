import fs from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { codeOf, isDiskFull, isReadOnly } from './encrypted-database.ts'
import { loadSqlite } from './load-sqlite.ts'
import { milestone } from './milestones.ts'

/** The one right to use a data folder. Held for the life of the process; the system frees it when the process dies, however it dies. */
export interface Lease {
  release(): void
}

/**
 * Takes the data folder for this process, or says who has it (`store-locked`).
 * The lock is a write lock kept on a small database of its own: an operating-system lock that a crash cannot leave behind. Nothing is
 * ever written there, so that of several processes that come together exactly one gets it; the owner's name lies beside it.
 */
export async function takeLease(directory: string, owner: { pid: number; startedAt: number; role: string }): Promise<Result<Lease>> {
  const lock = await lockFolder(directory)
  if (lock === null) return failure('store-locked', { detail: ownerOf(directory) })
  milestone('store:lease')
  try {
    fs.writeFileSync(ownerFile(directory), JSON.stringify(owner), { mode: 0o600 })
  } catch (error) {
    // A full disk keeps the name out, not the owner.
    if (!isDiskFull(error)) {
      lock.close()
      throw error
    }
  }
  return success({
    release() {
      fs.rmSync(ownerFile(directory), { force: true })
      lock.close()
    },
  })
}

/** Who holds a data folder now, as one phrase for a refusal; null when it is free, or when only opening it can tell why not. */
export async function holderOf(directory: string): Promise<string | null> {
  try {
    const lock = await lockFolder(directory)
    lock?.close()
    return lock === null ? ownerOf(directory) : null
  } catch (error) {
    if (isReadOnly(error)) return null
    throw error
  }
}

/** The lock, held as long as the connection is open; null when another has it. */
async function lockFolder(directory: string): Promise<Database | null> {
  const Sqlite = await loadSqlite()
  const file = path.join(directory, 'lease.db')
  for (let again = false; ; again = true) {
    const db: Database = new Sqlite(file, { timeout: 0 })
    try {
      // No journal file: one left by a kill would have to be rolled back, and two that come at once would stop each other at it.
      db.pragma('journal_mode = MEMORY')
      db.exec('BEGIN IMMEDIATE')
      return db
    } catch (error) {
      db.close()
      if (codeOf(error).startsWith('SQLITE_BUSY')) return null
      if (again || !/^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error))) throw error
      // Emptied where it lies, never replaced: an owner that holds this very file still holds it.
      fs.truncateSync(file)
    }
  }
}

function ownerFile(directory: string): string {
  return path.join(directory, 'lease.json')
}

function ownerOf(directory: string): string {
  try {
    const owner = JSON.parse(fs.readFileSync(ownerFile(directory), 'utf8')) as { pid: number; role: string }
    return `pid ${owner.pid} (${owner.role})`
  } catch {
    return 'another process'
  }
}
