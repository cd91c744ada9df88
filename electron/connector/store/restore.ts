import fs from 'node:fs'
import path from 'node:path'
import { backupsAsBelieved, type Backup } from './backup-files.ts'
import { damageIn } from './check-database.ts'
import { codeOf, isDamage, openEncrypted } from './encrypted-database.ts'
import { syncDirectory } from './folder-sync.ts'
import type { StoreKey } from './key.ts'

/** The three files of the database; the first one first, for a database without its log would be an older one that looks whole. */
const databaseFiles = ['relais.db', 'relais.db-wal', 'relais.db-shm']

/**
 * Puts the newest copy that is whole in the place of the database; what was there is moved to `damaged/<time>/`, never deleted.
 * Null when no copy opens with this key and is whole: nothing was touched. A crash at any point leaves either the damaged
 * database or none at all beside the copies, and the next start begins again.
 */
export async function restoreNewest(directory: string, key: StoreKey, now: number): Promise<Backup | null> {
  for (const backup of backupsAsBelieved(directory, now)) {
    if (!(await isWhole(backup.file, key))) continue
    const draft = path.join(directory, 'relais.db.draft')
    copySynced(backup.file, draft)
    setAside(directory, now)
    fs.renameSync(draft, path.join(directory, 'relais.db'))
    syncDirectory(directory)
    return backup
  }
  return null
}

/** Keeps a copy of a damaged log where the database's own damaged files go; SQLite will write over it. Gives the folder. */
export function keepLog(directory: string, now: number): string {
  const folder = damagedFolder(directory, now)
  copySynced(path.join(directory, 'relais.db-wal'), path.join(folder, 'relais.db-wal'))
  return folder
}

async function isWhole(file: string, key: StoreKey): Promise<boolean> {
  try {
    const db = await openEncrypted(file, key, { readonly: true, fileMustExist: true })
    try {
      return damageIn(db, { thorough: false }) === null && db.prepare('SELECT count(*) FROM schema_migration').pluck().get() !== 0
    } finally {
      db.close()
    }
  } catch (error) {
    if (isDamage(error) || ['SQLITE_ERROR', 'SQLITE_CANTOPEN'].includes(codeOf(error))) return false
    throw error
  }
}

function setAside(directory: string, now: number): void {
  const present = databaseFiles.filter((name) => fs.existsSync(path.join(directory, name)))
  if (present.length === 0) return
  const folder = damagedFolder(directory, now)
  for (const name of present) {
    fs.renameSync(path.join(directory, name), path.join(folder, name))
    syncDirectory(folder)
    syncDirectory(directory)
  }
}

function damagedFolder(directory: string, now: number): string {
  // No colons: a Windows name cannot hold them. A second damage in the same millisecond gets a name of its own.
  const base = path.join(directory, 'damaged', new Date(now).toISOString().replaceAll(':', '-'))
  let folder = base
  for (let again = 2; fs.existsSync(folder); again++) folder = `${base}-${again}`
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  syncDirectory(path.dirname(folder))
  return folder
}

function copySynced(from: string, to: string): void {
  fs.copyFileSync(from, to)
  const descriptor = fs.openSync(to, 'r+')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  syncDirectory(path.dirname(to))
}
