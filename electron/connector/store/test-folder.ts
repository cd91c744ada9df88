import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach } from 'vitest'
import { openStore, type Store } from './open-store.ts'

export const testKey = 'ab'.repeat(32)

const folders: string[] = []
const mounts: string[] = []
const stores: Store[] = []

afterEach(() => {
  for (const store of stores.splice(0)) if (store.db.open) store.close()
  for (const mount of mounts.splice(0)) spawnSync('umount', [mount])
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

/** A folder of the test's own, removed after it. */
export function temporaryFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-store-'))
  folders.push(folder)
  return folder
}

/** May this process mount a small disk in memory? */
export const mayMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-mount-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0
  if (mounted) spawnSync('umount', [folder])
  fs.rmSync(folder, { recursive: true })
  return mounted
})()

/** A real disk of that many bytes, in memory, unmounted after the test. */
export function smallDisk(bytes: number): string {
  const folder = temporaryFolder()
  mount(['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder])
  mounts.push(folder)
  return folder
}

/** Makes a small disk read-only, or writable again. */
export function remount(folder: string, mode: 'ro' | 'rw'): void {
  mount(['-o', `remount,${mode}`, folder])
}

function mount(options: string[]): void {
  const done = spawnSync('mount', options, { encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
}

/** Opens the store of a folder and closes it after the test; throws the code of a refusal. */
export async function openForTest(directory: string, now = Date.now()): Promise<Store> {
  const opened = await openStore({ directory, key: testKey, role: 'test', now })
  if (!opened.ok) throw new Error(opened.failure.code)
  stores.push(opened.value)
  return opened.value
}

/** Adds patients `from` up to `to`, each in a committed transaction of its own. */
export function addPatients(store: Store, from: number, to: number): void {
  const insert = store.db.prepare(`INSERT INTO patient (id, birth_name, search_key, source, updated_at) VALUES (?, 'DUPONT', ?, 'test', 1)`)
  for (let id = from; id < to; id++) store.transaction(() => insert.run(String(id), `${id} ${'x'.repeat(300)}`))
}

/** How many patients the store gives whole. */
export function countPatients(store: Store): number {
  return (store.db.prepare('SELECT id, search_key FROM patient').all() as { id: string; search_key: string }[]).filter((row) => row.search_key === `${row.id} ${'x'.repeat(300)}`).length
}
