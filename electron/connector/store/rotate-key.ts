import fs from 'node:fs'
import path from 'node:path'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { bringToKey } from './bring-to-key.ts'
import { isDiskFull } from './encrypted-database.ts'
import { rememberKey, type StoreKey } from './key.ts'
import { takeLease } from './lease.ts'
import { openStore } from './open-store.ts'
import { removeRotationNote, writeRotationNote } from './rotation-note.ts'

export interface KeyRotation {
  readonly directory: string
  readonly key: StoreKey
  readonly nextKey: StoreKey
  /** Puts the new key in the old one's place, durably and at once: from then on the host opens the store with it. */
  readonly adopt: () => void
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * Brings a whole data folder under another key. The old key is the host's until everything lies under the new one; a crash before `adopt` is
 * undone by the next `openStore`, one after it is tidied up there. Fails as a value as `openStore` does, with `store-damaged` when the
 * database is not whole, and with `storage-full` when there is no room to write the database anew; all is then under the old key. `left`:
 * files that opened with neither key, damaged before.
 */
export async function rotateKey({ directory, key, nextKey, adopt, now }: KeyRotation): Promise<Result<{ readonly left: readonly string[] }>> {
  const whole = await openWhole(directory, key, now)
  if (!whole.ok) return whole
  const lease = await takeLease(directory, { pid: process.pid, role: 'key rotate', startedAt: now })
  if (!lease.ok) return lease
  try {
    if (!hasRoom(directory)) return failure('storage-full', { detail: directory })
    writeRotationNote(directory, { former: key, next: nextKey })
    const undo = async (): Promise<void> => {
      await bringToKey(directory, { from: nextKey, to: key })
      removeRotationNote(directory)
    }
    let left: readonly string[]
    try {
      left = await bringToKey(directory, { from: key, to: nextKey })
    } catch (error) {
      await undo()
      if (isDiskFull(error)) return failure('storage-full', { detail: directory })
      throw error
    }
    if (left.includes(path.join(directory, 'relais.db'))) {
      await undo()
      return failure('store-damaged', { detail: 'relais.db' })
    }
    rememberKey(directory, nextKey)
    // Whether or not this succeeds the note stays until the next key has opened the store or the former one has taken it back.
    adopt()
    removeRotationNote(directory)
    return success({ left })
  } finally {
    lease.value.release()
  }
}

/** Opened once with the old key, so that a damage, a log or an unfinished change of key is dealt with before anything is rewritten. */
async function openWhole(directory: string, key: StoreKey, now: number): Promise<Result<void>> {
  const opened = await openStore({ directory, key, role: 'key rotate', now })
  if (!opened.ok) return opened
  const checked = await opened.value.checked
  opened.value.close()
  return checked === 'damaged' ? failure('store-damaged', { detail: 'start Relais first: it puts a copy in place' }) : success(undefined)
}

/** The largest file is written once beside itself. */
function hasRoom(directory: string): boolean {
  const { bavail, bsize } = fs.statfsSync(directory)
  return bavail * bsize > 2 * fs.statSync(path.join(directory, 'relais.db')).size
}
