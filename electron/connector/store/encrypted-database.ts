import type { Database } from 'better-sqlite3'
import type { StoreKey } from './key.ts'
import { loadSqlite } from './load-sqlite.ts'

/** Opens a database with the store's key. Nothing is read yet: a wrong key or a damaged first page shows at the first statement. */
export async function openEncrypted(file: string, key: StoreKey, options: { readonly?: boolean; fileMustExist?: boolean } = {}): Promise<Database> {
  const Sqlite = await loadSqlite()
  const db: Database = new Sqlite(file, options)
  db.pragma(`cipher = 'sqlcipher'`)
  db.pragma('legacy = 4')
  db.pragma(`key = "x'${key}'"`)
  // What a large sort spills would lie in clear in the system's temporary folder.
  db.pragma('temp_store = MEMORY')
  return db
}

/** The code of a refusal by SQLite or the system, or an empty text. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** The bytes are not what was written: said by the seal of a page, by the form of the file, or by the disk that cannot read them. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB|IOERR_(READ|SHORT_READ|CORRUPTFS|DATA)$)/.test(codeOf(error))
}

/** The system refused for now: a file locked by another program, too many open, a read that failed once, one thread more. It says nothing of the document at hand. */
export function isPassing(error: unknown): boolean {
  return /^(EBUSY|EMFILE|ENFILE|EAGAIN|EINTR|ENOMEM|EPERM|EACCES|EIO|ETIMEDOUT|ERR_WORKER_INIT_FAILED|SQLITE_(BUSY|LOCKED|NOMEM|IOERR).*)$/.test(codeOf(error)) || isDiskFull(error)
}

/** The disk, or this user's share of it, has no room left. */
export function isDiskFull(error: unknown): boolean {
  return /^(ENOSPC|EDQUOT|SQLITE_FULL|SQLITE_IOERR_SHMSIZE)$/.test(codeOf(error))
}

/** The folder or its files may not be opened for writing. */
export function isReadOnly(error: unknown): boolean {
  return /^(EROFS|EACCES|EPERM|SQLITE_(READONLY|CANTOPEN).*|SQLITE_PERM)$/.test(codeOf(error))
}
