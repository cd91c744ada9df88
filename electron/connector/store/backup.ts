import fs from 'node:fs'
import path from 'node:path'
import { backupFolder, backupNames, backupToKeep, newestBackup, type Backup } from './backup-files.ts'
import { isDiskFull } from './encrypted-database.ts'
import { syncDirectory } from './folder-sync.ts'
import { milestone } from './milestones.ts'
import type { Store } from './open-store.ts'

/**
 * Copies the store over the older of its two copies, or one of a date to come: a copy is whole, checked and synced before it takes that place, and the newest
 * one is never touched. The journal of arrivals then starts its next stretch. Runs beside the program's work, one at a time.
 * `now` in milliseconds. Rejects as the disk or SQLite refused; both copies are then as before.
 */
export async function backupStore(store: Store, now: number): Promise<Backup> {
  const folder = backupFolder(store.directory)
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  const kept = backupToKeep(store.directory, now)
  const name = kept && path.basename(kept.file) === backupNames[0] ? backupNames[1] : backupNames[0]
  const made = await copyStore(store, path.join(folder, name), now)
  await store.arrivals.rotate()
  return made
}

/**
 * Copies the store to a file of the caller's, beside the program's work: under another name until the copy is whole, checked and
 * synced. It opens only with the store's key. `now` in milliseconds.
 */
export async function copyStore(store: Store, file: string, now: number): Promise<Backup> {
  const draft = `${file}.draft`
  await store.copyTo(draft, now)
  milestone('store:backup')
  fs.renameSync(draft, file)
  syncDirectory(path.dirname(file))
  return { file, at: now }
}

/** Keeps a copy younger than `everyMs`. */
export interface BackupKeeper {
  /** Stops looking; resolves when a copy under way is done. */
  close(): Promise<void>
}

/**
 * Makes a copy at once when the newest is older than `everyMs` (one day), then whenever it becomes so. `restored`: one is made whatever
 * the age of the newest, for the database in use came from a copy, perhaps the last that was whole. None is made while
 * `hasRoomFor(bytes)` denies the room it takes; a refusal is told to `onFailed` and tried again within the hour.
 */
export function keepBackups(options: {
  store: Store
  now: () => number
  everyMs?: number
  restored?: boolean
  hasRoomFor?: (bytes: number) => boolean
  onMade?: (backup: Backup) => void
  onFailed?: (error: unknown, diskFull: boolean) => void
}): BackupKeeper {
  const { store, now, everyMs = 24 * 3_600_000, hasRoomFor = () => true } = options
  let running: Promise<void> | null = null
  let isAlone = options.restored ?? false

  async function make(): Promise<void> {
    const backup = await backupStore(store, now())
    isAlone = false
    options.onMade?.(backup)
  }

  function look(): void {
    const newest = newestBackup(store.directory)
    // A date in the future is a clock that was set back: as good as none.
    const due = isAlone || newest === null || newest.at > now() || now() - newest.at >= everyMs
    if (!due || running || !hasRoomFor(store.bytes())) return
    running = make()
      .catch((error: unknown) => options.onFailed?.(error, isDiskFull(error)))
      .finally(() => (running = null))
  }

  const timer = setInterval(look, Math.min(everyMs, 3_600_000)).unref()
  look()
  return {
    async close() {
      clearInterval(timer)
      await running
    },
  }
}
