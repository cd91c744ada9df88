import fs from 'node:fs'
import path from 'node:path'
import { backupStore, copyStore, holderOf, newestBackup, openStore, readOrMakeKeyFile, type Backup } from '#connector/store/index.ts'
import type { Options } from '../options.ts'
import { UsageError } from '../program.ts'

/** A program that runs keeps a copy a day; older than two, something stops it. */
const lateMs = 2 * 24 * 3_600_000

/**
 * `backup [--out FILE]`: copies the store, encrypted with its own key and checked: in its turn among the two copies the program keeps, or
 * to FILE. While the program runs, the copies are its own: the newest one is named instead, and the exit code is 1 when it is missing or
 * older than two days, or when `--out` could not be done.
 */
export async function backup(options: Options): Promise<number> {
  if (!fs.existsSync(path.join(options.data, 'relais.db'))) throw new UsageError(`No Relais data in ${options.data}`)
  const holder = await holderOf(options.data)
  if (holder !== null) return tellNewest(options, holder)
  if (options.out !== null && fs.existsSync(options.out)) throw new UsageError(`${options.out} is there already: name a new file`)
  const key = readOrMakeKeyFile(options.data)
  if (!key.ok) throw new UsageError(`${key.failure.code}: ${key.failure.detail ?? ''}`)
  const store = await openStore({ directory: options.data, key: key.value, role: 'backup', now: Date.now() })
  if (!store.ok) throw new UsageError(`${store.failure.code}: ${store.failure.detail ?? ''}`)
  try {
    const made = options.out === null ? await backupStore(store.value, Date.now()) : await copyStore(store.value, options.out, Date.now())
    tell(options, { made: true, running: false, ...dated(made) }, `Copied to ${made.file}. It opens only with this store's key.`)
    return 0
  } finally {
    store.value.close()
  }
}

function tellNewest(options: Options, holder: string): number {
  const newest = newestBackup(options.data)
  const late = newest === null || Date.now() - newest.at > lateMs
  const found = newest === null ? 'It has made none yet.' : `The newest is ${newest.file}, of ${new Date(newest.at).toISOString()}.`
  const asked = options.out === null ? '' : ' Stop it to copy to a file of your own, or copy that one.'
  tell(options, { made: false, running: true, ...(newest ? dated(newest) : { file: null, at: null }) }, `The running program (${holder}) keeps its own copies. ${found}${asked}`)
  return late || options.out !== null ? 1 : 0
}

function dated({ file, at }: Backup): { file: string; at: string } {
  return { file, at: new Date(at).toISOString() }
}

function tell(options: Options, fields: Record<string, unknown>, sentence: string): void {
  process.stdout.write(`${options.json ? JSON.stringify(fields) : sentence}\n`)
}
