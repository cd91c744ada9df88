import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { backupFolder } from './backup-files.ts'
import { copyDatabase } from './copy-database.ts'
import { syncDirectory } from './folder-sync.ts'
import type { StoreKey } from './key.ts'
import { milestone } from './milestones.ts'
import { migrations } from './migrations/index.ts'

/** A step forward of the schema. Never edited once released: its hash is kept in the store and compared. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly sql: string
}

/** The schema this program writes. */
export const schemaVersion = Math.max(...migrations.map((migration) => migration.version))

/** SHA-256 of a migration's text, as kept beside its version. */
export function migrationHash(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex')
}

/**
 * Brings the store to this program's schema, each step in one transaction with the row that records it; a copy of the store
 * is kept before the first step. A store of a newer program is refused untouched (`store-from-future`).
 */
export async function migrate(db: Database, directory: string, key: StoreKey, now: number): Promise<Result<{ from: number; to: number }>> {
  db.exec(
    'CREATE TABLE IF NOT EXISTS schema_migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
  )
  const applied = db.prepare('SELECT version, sha256 FROM schema_migration ORDER BY version').all() as { version: number; sha256: string }[]
  const from = applied.at(-1)?.version ?? 0
  if (from > schemaVersion) return failure('store-from-future', { detail: `store ${from}, program ${schemaVersion}` })
  for (const row of applied) {
    const known = migrations.find((migration) => migration.version === row.version)
    if (!known || migrationHash(known) !== row.sha256) throw new Error(`Migration ${row.version} is not the one this store was made with`)
  }
  const steps = migrations.filter((migration) => migration.version > from).sort((a, b) => a.version - b.version)
  if (steps.length > 0 && from > 0) {
    const folder = backupFolder(directory)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    syncDirectory(directory)
    const draft = path.join(folder, 'before.draft')
    await copyDatabase(db, key, draft, now)
    fs.renameSync(draft, path.join(folder, `before-${schemaVersion}-from-${from}.db`))
    syncDirectory(folder)
  }
  if (steps.length > 0) milestone('store:migration-begin')
  const record = db.prepare('INSERT INTO schema_migration VALUES (?, ?, ?, ?)')
  for (const step of steps) {
    db.transaction(() => {
      db.exec(step.sql)
      record.run(step.version, step.name, migrationHash(step), now)
    })()
  }
  if (steps.length > 0) milestone('store:migration-end')
  return success({ from, to: schemaVersion })
}
