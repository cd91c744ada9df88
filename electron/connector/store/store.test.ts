import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openStore, readOrMakeKeyFile, type Store } from './index.ts'
import { openEncrypted } from './encrypted-database.ts'
import { migrationHash } from './migrate.ts'
import { migrations } from './migrations/index.ts'

const folders: string[] = []
const stores: Store[] = []
afterEach(() => {
  for (const store of stores.splice(0)) if (store.db.open) store.close()
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-store-'))
  folders.push(made)
  return made
}

async function open(directory: string): Promise<Store> {
  const key = readOrMakeKeyFile(directory)
  if (!key.ok) throw new Error(key.failure.code)
  const store = await openStore({ directory, key: key.value, role: 'test', now: 1 })
  if (!store.ok) throw new Error(store.failure.code)
  stores.push(store.value)
  return store.value
}

describe('the store', () => {
  it('opens, keeps what it was given, and is unreadable on the disk', async () => {
    const directory = folder()
    const store = await open(directory)
    store.transaction(() => store.db.prepare("INSERT INTO patient (id, birth_name, source, updated_at) VALUES ('probe', 'DUPONT-PLANTED', 'test', 1)").run())
    const put = store.spool.put(Buffer.from('PLANTED document of DUPONT'))
    store.close()
    const everything = (where: string): Buffer[] =>
      fs.readdirSync(where, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? everything(path.join(where, entry.name)) : [fs.readFileSync(path.join(where, entry.name))]))
    expect(everything(directory).some((bytes) => bytes.includes('PLANTED'))).toBe(false)
    const again = await open(directory)
    expect(again.db.prepare('SELECT birth_name FROM patient WHERE id = ?').pluck().get('probe')).toBe('DUPONT-PLANTED')
    expect(again.spool.get(put.sha256).toString()).toBe('PLANTED document of DUPONT')
  })

  it('refuses a second owner of the same folder, by name', async () => {
    const directory = folder()
    await open(directory)
    const key = readOrMakeKeyFile(directory)
    if (!key.ok) throw new Error('no key')
    const second = await openStore({ directory, key: key.value, role: 'second', now: 2 })
    expect(second).toMatchObject({ ok: false, failure: { code: 'store-locked', detail: `pid ${process.pid} (test)` } })
  })

  it('is free again when its owner was killed', async () => {
    const directory = folder()
    const script = `
      const { openStore, readOrMakeKeyFile } = await import(${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))});
      const key = readOrMakeKeyFile(${JSON.stringify(directory)});
      const store = await openStore({ directory: ${JSON.stringify(directory)}, key: key.value, role: 'child', now: 1 });
      console.log(store.ok ? 'open' : store.failure.code);
      setInterval(() => {}, 1000);`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
    const key = readOrMakeKeyFile(directory)
    if (!key.ok) throw new Error('no key')
    expect((await openStore({ directory, key: key.value, role: 'x', now: 2 })).ok).toBe(false)
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGKILL')
    await gone
    await open(directory)
  })

  it('does not open with another key, nor make a new key over an old store', async () => {
    const directory = folder()
    ;(await open(directory)).close()
    expect(await openStore({ directory, key: 'ab'.repeat(32), role: 'x', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    fs.rmSync(path.join(directory, 'store.key'))
    expect(readOrMakeKeyFile(directory)).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
  })

  it('has one key however many start at once, whole from the moment it has its name', async () => {
    const directory = folder()
    const script = `
      const { readOrMakeKeyFile } = await import(${JSON.stringify(path.join(import.meta.dirname, 'index.ts'))});
      process.stdout.write('here');
      process.stdin.once('data', () => { console.log(JSON.stringify(readOrMakeKeyFile(${JSON.stringify(directory)}))); process.exit() });`
    const starts = Array.from({ length: 4 }, () => spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] }))
    const said = starts.map(() => '')
    await Promise.all(starts.map((child, index) => new Promise<void>((resolve) => child.stdout.on('data', (text: Buffer) => { said[index] += text.toString(); resolve() }))))
    const gone = starts.map((child) => new Promise((resolve) => child.once('close', resolve)))
    for (const child of starts) child.stdin.write('go')
    await Promise.all(gone)
    const key = fs.readFileSync(path.join(directory, 'store.key'), 'utf8').trim()
    expect(said).toEqual(starts.map(() => `here${JSON.stringify({ ok: true, value: key })}\n`))
    expect(fs.readdirSync(directory)).toEqual(['store.key'])
    fs.writeFileSync(path.join(directory, 'store.key.1.draft'), 'half')
    await open(directory)
    expect(fs.existsSync(path.join(directory, 'store.key.1.draft'))).toBe(false)
  })

  it('refuses a key file that others can read', () => {
    const directory = folder()
    fs.writeFileSync(path.join(directory, 'store.key'), 'ab'.repeat(32), { mode: 0o644 })
    expect(readOrMakeKeyFile(directory)).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
  })

  it('refuses a store written by a newer program and leaves it as it is', async () => {
    const directory = folder()
    const store = await open(directory)
    store.db.prepare('INSERT INTO schema_migration VALUES (999, ?, ?, 0)').run('future', 'x')
    store.close()
    const key = readOrMakeKeyFile(directory)
    if (!key.ok) throw new Error('no key')
    expect(await openStore({ directory, key: key.value, role: 'x', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-from-future' } })
  })

  it('does not start afresh over documents when the database is emptied or cut', async () => {
    const directory = folder()
    const store = await open(directory)
    store.spool.put(Buffer.from('a report'))
    store.close()
    const key = readOrMakeKeyFile(directory)
    if (!key.ok) throw new Error('no key')
    const database = path.join(directory, 'relais.db')
    const whole = fs.readFileSync(database)
    for (const damage of [Buffer.alloc(0), whole.subarray(0, whole.length / 2)]) {
      fs.writeFileSync(database, damage)
      for (const side of ['-wal', '-shm']) fs.rmSync(`${database}${side}`, { force: true })
      expect(await openStore({ directory, key: key.value, role: 'x', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-damaged' } })
    }
    fs.writeFileSync(database, whole)
    await open(directory)
  })

  it('detects a spool file that was altered', async () => {
    const directory = folder()
    const store = await open(directory)
    const { sha256 } = store.spool.put(Buffer.from('a report'))
    const file = path.join(directory, 'spool', sha256.slice(0, 2), sha256)
    const bytes = fs.readFileSync(file)
    bytes[bytes.length - 1]! ^= 1
    fs.writeFileSync(file, bytes)
    expect(() => store.spool.get(sha256)).toThrow()
  })

  it('keeps commits synced', async () => {
    const store = await open(folder())
    expect(store.db.pragma('synchronous', { simple: true })).toBe(2)
    expect(store.db.pragma('journal_mode', { simple: true })).toBe('wal')
  })

  it('shortens its log when it has grown large, not before', async () => {
    const directory = folder()
    const store = await open(directory)
    const log = path.join(directory, 'relais.db-wal')
    expect(store.upkeep()).toBe(false)
    store.db.pragma('wal_autocheckpoint = 0')
    store.db.exec('CREATE TABLE filling (bytes BLOB) STRICT')
    for (let piece = 0; piece < 7; piece++) store.db.prepare('INSERT INTO filling VALUES (zeroblob(10000000))').run()
    expect(fs.statSync(log).size).toBeGreaterThan(64 * 1024 * 1024)
    // A reader under way does not hold the program up; it is done the next time.
    const reader = await openEncrypted(path.join(directory, 'relais.db'), fs.readFileSync(path.join(directory, 'store.key'), 'utf8').trim())
    reader.exec('BEGIN; SELECT count(*) FROM patient')
    reader.prepare('SELECT count(*) FROM patient').get()
    expect(store.upkeep()).toBe(false)
    reader.close()
    expect(store.upkeep()).toBe(true)
    expect(fs.statSync(log).size).toBe(0)
    // Large enough now for the check to go to the second thread.
    store.close()
    const again = await open(directory)
    expect(await again.checked).toBe('ok')
    expect(again.db.prepare('SELECT count(*) FROM filling').pluck().get()).toBe(7)
  })

  it('has only strict tables', async () => {
    const store = await open(folder())
    const loose = store.db.prepare(`SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'`).pluck().all()
    expect(loose).toEqual([])
  })

  it('carries released migrations unchanged', () => {
    expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1))
    expect(migrations.map(migrationHash)).toMatchSnapshot()
  })
})
