import fs from 'node:fs'
import path from 'node:path'
import { resealArrivals } from './arrival-journal.ts'
import { backupsIn } from './backup-files.ts'
import { damageIn } from './check-database.ts'
import { isDamage, openEncrypted } from './encrypted-database.ts'
import { syncDirectory } from './folder-sync.ts'
import type { StoreKey } from './key.ts'
import { milestone } from './milestones.ts'
import { resealSpool } from './spool.ts'

/** From which key to which. */
export interface KeyChange {
  readonly from: StoreKey
  readonly to: StoreKey
}

/**
 * Brings every file of the data folder that opens with `from` under `to`: the database, its copies, the journal of arrivals, the spools.
 * Each file is written beside, synced, and takes its place in one rename, so that at any instant it opens with one of both keys; what
 * lies under `to` already stays as it is, so that a change begun can be gone on with, or back. What opens with neither is damaged and is
 * left to those who look for damage: their paths are given; of what was read from the record it is removed, to be read again. To be called
 * by the owner of the folder, with nothing of it open.
 */
export async function bringToKey(directory: string, change: KeyChange): Promise<string[]> {
  const left: string[] = []
  for (const file of [path.join(directory, 'relais.db'), ...backupsIn(directory).map((backup) => backup.file)]) {
    if (!(await rekeyDatabase(file, change))) left.push(file)
  }
  resealArrivals(path.join(directory, 'arrivals'), change)
  for (const file of resealSpool(path.join(directory, 'read'), change)) fs.rmSync(file)
  return [...left, ...resealSpool(path.join(directory, 'spool'), change)]
}

/** True when it lies under `to` now, or holds nothing. */
async function rekeyDatabase(file: string, { from, to }: KeyChange): Promise<boolean> {
  const draft = `${file}.rekeyed`
  for (const rest of [draft, `${draft}-journal`]) fs.rmSync(rest, { force: true })
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) === 0) return true
  if (!(await foldLog(file, from))) return opens(file, to)
  const { atime, mtime } = fs.statSync(file)
  try {
    fs.copyFileSync(file, draft)
    await rekeyDraft(draft, { from, to })
  } catch (error) {
    for (const rest of [draft, `${draft}-journal`]) fs.rmSync(rest, { force: true })
    if (isDamage(error)) return false
    throw error
  }
  const descriptor = fs.openSync(draft, 'r+')
  try {
    // By their dates the copies are told apart.
    fs.futimesSync(descriptor, atime, mtime)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  milestone('store:key-rotation')
  fs.renameSync(draft, file)
  syncDirectory(path.dirname(file))
  return true
}

async function opens(file: string, key: StoreKey): Promise<boolean> {
  const db = await openEncrypted(file, key, { fileMustExist: true, readonly: true })
  try {
    db.prepare('SELECT count(*) FROM sqlite_master').get()
    return true
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  } finally {
    db.close()
  }
}

/** Writes the log back and ends it: beside a database of another key it would be damage. False when the file does not open with this key. */
async function foldLog(file: string, key: StoreKey): Promise<boolean> {
  const db = await openEncrypted(file, key, { fileMustExist: true })
  try {
    db.prepare('SELECT count(*) FROM sqlite_master').get()
    const mode = db.pragma('journal_mode = DELETE', { simple: true }) as string
    if (mode !== 'delete') throw new Error(`The log of ${path.basename(file)} cannot be ended`)
    return true
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  } finally {
    db.close()
  }
}

async function rekeyDraft(draft: string, { from, to }: KeyChange): Promise<void> {
  const db = await openEncrypted(draft, from, { fileMustExist: true })
  try {
    // Of a draft nothing has to survive a crash.
    db.pragma('journal_mode = MEMORY')
    milestone('store:key-rotation')
    db.pragma(`rekey = "x'${to}'"`)
  } finally {
    db.close()
  }
  const rekeyed = await openEncrypted(draft, to, { fileMustExist: true, readonly: true })
  try {
    const damage = damageIn(rekeyed, { thorough: false })
    if (damage !== null) throw Object.assign(new Error(damage), { code: 'SQLITE_CORRUPT' })
  } finally {
    rekeyed.close()
  }
}
