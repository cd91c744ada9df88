import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { backupStore } from './backup.ts'
import { readOrMakeKeyFile } from './key.ts'
import { noteDamage, openDatabase } from './open-database.ts'
import { openStore } from './open-store.ts'
import { addPatients, countPatients, openForTest, temporaryFolder, testKey } from './test-folder.ts'

const files = ['relais.db', 'relais.db-wal', 'relais.db-shm']

/** Places spread over the whole length, the same ones at each run. */
function places(count: number, length: number): number[] {
  let seed = 12_345
  return Array.from({ length: count }, () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % length)
}

/** Keeps a folder as it is, to come back to it for each damage. */
function snapshot(directory: string): () => void {
  const kept = temporaryFolder()
  fs.cpSync(directory, kept, { recursive: true, preserveTimestamps: true })
  return () => {
    fs.rmSync(directory, { recursive: true })
    fs.cpSync(kept, directory, { recursive: true, preserveTimestamps: true })
  }
}

function flip(file: string, at: number): void {
  const bytes = fs.readFileSync(file)
  bytes[at]! ^= 0x55
  fs.writeFileSync(file, bytes)
}

/** A store with 40 patients in its copy and 60 in itself, stopped cleanly. */
async function stoppedStore(): Promise<{ directory: string; at: number }> {
  const directory = temporaryFolder()
  const at = Date.UTC(2026, 10, 20)
  const store = await openForTest(directory)
  store.spool.put(Buffer.from('a report'))
  addPatients(store, 0, 40)
  await backupStore(store, at)
  addPatients(store, 40, 60)
  store.close()
  return { directory, at }
}

describe('a damaged database', () => {
  it('with one byte changed, in any of 200 places, is replaced by its copy or serves every row', async () => {
    const { directory, at } = await stoppedStore()
    const back = snapshot(directory)
    const file = path.join(directory, 'relais.db')
    let restored = 0
    for (const place of [...places(190, fs.statSync(file).size), 0, 5, 16, 24, 60, 99, 100, 2000, 4095, 4096]) {
      back()
      flip(file, place)
      const damaged = fs.readFileSync(file)
      const store = await openForTest(directory)
      if (store.restored) {
        restored++
        expect(store.restored).toMatchObject({ at, from: 'relais-a.db' })
        expect(countPatients(store)).toBe(40)
        const [aside] = fs.readdirSync(path.join(directory, 'damaged'))
        expect(fs.readFileSync(path.join(directory, 'damaged', aside!, 'relais.db')).equals(damaged)).toBe(true)
      } else {
        expect(countPatients(store)).toBe(60)
      }
      store.close()
    }
    expect(restored).toBeGreaterThan(150)
  })

  it('is replaced when it was cut short, emptied or removed, and documents of the spool it does not know are listed', async () => {
    const { directory, at } = await stoppedStore()
    const late = await openForTest(directory)
    const known = late.spool.put(Buffer.from('a report')).sha256
    const forgotten = late.spool.put(Buffer.from('came after the copy')).sha256
    late.close()
    const back = snapshot(directory)
    const file = path.join(directory, 'relais.db')
    const whole = fs.readFileSync(file)
    for (const damage of [whole.subarray(0, whole.length / 2), whole.subarray(0, 100), Buffer.alloc(0), null]) {
      back()
      if (damage) fs.writeFileSync(file, damage)
      else fs.rmSync(file)
      const store = await openForTest(directory)
      expect(store.restored).toMatchObject({ at, from: 'relais-a.db' })
      expect(await store.spool.orphans(new Set([known]))).toMatchObject([{ sha256: forgotten, size: 19 }])
      store.close()
      // Still not settled at the next start.
      expect((await openForTest(directory)).restored).toMatchObject({ at })
    }
  })

  it('is replaced by the older copy when the newer one is damaged too, and left alone when both are', async () => {
    const { directory, at } = await stoppedStore()
    const store = await openForTest(directory)
    await backupStore(store, at + 1000)
    store.close()
    flip(path.join(directory, 'relais.db'), 5000)
    flip(path.join(directory, 'backup/relais-b.db'), 5000)
    const back = snapshot(directory)
    expect((await openForTest(directory)).restored).toMatchObject({ at, from: 'relais-a.db' })
    back()
    flip(path.join(directory, 'backup/relais-a.db'), 9000)
    const before = fs.readFileSync(path.join(directory, 'relais.db'))
    expect(await openStore({ directory, key: testKey, role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-damaged' } })
    expect(fs.readFileSync(path.join(directory, 'relais.db')).equals(before)).toBe(true)
    expect(fs.existsSync(path.join(directory, 'damaged'))).toBe(false)
  })

  it('loses nothing that was acknowledged, even when only the older copy is whole', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    const acknowledged: string[] = []
    const receive = async (count: number) => {
      for (let turn = 0; turn < count; turn++) {
        const { sha256 } = await store.spool.store(Buffer.from(`document ${acknowledged.length}`))
        await store.arrivals.append({ sha256 })
        store.transaction(() => store.db.prepare(`INSERT INTO patient (id, birth_name, source, updated_at) VALUES (?, '', 'test', 1)`).run(sha256))
        acknowledged.push(sha256)
      }
    }
    for (let copy = 0; copy < 4; copy++) {
      await receive(5)
      // Some come while the copy is being taken.
      await Promise.all([backupStore(store, Date.now() + copy * 1000), receive(5)])
    }
    await receive(5)
    store.close()
    fs.rmSync(path.join(directory, 'relais.db'))
    flip(path.join(directory, 'backup/relais-b.db'), 5000)
    const back = await openForTest(directory)
    expect(back.restored?.from).toBe('relais-a.db')
    const known = new Set(back.db.prepare('SELECT id FROM patient').pluck().all() as string[])
    expect(known.size).toBeLessThan(acknowledged.length)
    for (const record of back.arrivals.readSince()) {
      const { sha256 } = record as { sha256: string }
      if (back.spool.has(sha256)) known.add(sha256)
    }
    expect([...known].sort()).toEqual([...acknowledged].sort())
  })

  it('is told from a wrong key, and a wrong key restores nothing', async () => {
    const { directory } = await stoppedStore()
    const before = fs.readFileSync(path.join(directory, 'relais.db'))
    expect(await openStore({ directory, key: 'cd'.repeat(32), role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    expect(fs.readFileSync(path.join(directory, 'relais.db')).equals(before)).toBe(true)
    fs.rmSync(path.join(directory, 'backup'), { recursive: true })
    flip(path.join(directory, 'relais.db'), 50)
    expect(await openStore({ directory, key: testKey, role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-damaged' } })
  })

  it('that is gone is restored under its own key alone', async () => {
    const { directory } = await stoppedStore()
    fs.rmSync(path.join(directory, 'relais.db'))
    expect(await openStore({ directory, key: 'cd'.repeat(32), role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    // No new key takes the place of one that is lost, whatever is left of the store.
    expect(readOrMakeKeyFile(directory)).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    for (const left of ['backup', 'arrivals', 'key.mark']) fs.rmSync(path.join(directory, left), { recursive: true, force: true })
    expect(readOrMakeKeyFile(directory)).toMatchObject({ ok: false, failure: { code: 'store-key-missing', detail: expect.stringContaining('spool') as string } })
    expect(fs.existsSync(path.join(directory, 'store.key'))).toBe(false)
  })

  it('whose first page a power cut garbled while it was written back is read from its log, and nothing is lost', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    addPatients(store, 0, 40)
    await backupStore(store, Date.now())
    store.close()
    await leaveLog(directory, 30, 40)
    const back = snapshot(directory)
    const file = path.join(directory, 'relais.db')
    for (const sector of [512, 4096]) {
      back()
      const garbled = fs.readFileSync(file)
      for (let at = 0; at < sector; at++) garbled[at]! ^= 0x5a
      fs.writeFileSync(file, garbled)
      const opened = await openForTest(directory)
      expect([opened.restored, countPatients(opened)]).toEqual([null, 70])
      opened.close()
      const again = await openForTest(directory)
      expect([again.restored, countPatients(again)]).toEqual([null, 70])
      again.close()
    }
    // Of another key's database the first bytes are left as they are.
    back()
    const before = fs.readFileSync(file)
    expect(await openStore({ directory, key: 'cd'.repeat(32), role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    expect(fs.readFileSync(file).equals(before)).toBe(true)
  })

  it('whose log lost commits in its middle says so, keeps what is whole, and keeps the log aside', async () => {
    const directory = temporaryFolder()
    ;(await openForTest(directory)).close()
    const killed = await leaveLog(directory, 30)
    const back = snapshot(directory)
    const log = path.join(directory, 'relais.db-wal')
    const whole = await openForTest(directory)
    expect([countPatients(whole), whole.restored]).toEqual([30, null])
    whole.close()
    let cut = 0
    for (const place of places(60, killed)) {
      back()
      flip(log, place)
      const damaged = fs.readFileSync(log)
      const store = await openForTest(directory)
      const count = countPatients(store)
      if (store.restored) {
        cut++
        expect(store.restored.from).toBe('relais.db-wal')
        expect(store.restored.at).toBeLessThanOrEqual(Date.now())
        const [aside] = fs.readdirSync(path.join(directory, 'damaged'))
        expect(fs.readFileSync(path.join(directory, 'damaged', aside!, 'relais.db-wal')).equals(damaged)).toBe(true)
      } else {
        // Damage in the very last commit cannot be told from a power cut in it: the journal is looked at.
        expect(count).toBe(store.torn ? 29 : 30)
      }
      store.close()
    }
    expect(cut).toBeGreaterThan(50)
  })

  it('whose last commit may be missing says so to whoever opens it, until what may be missing was looked for', async () => {
    const directory = temporaryFolder()
    ;(await openForTest(directory)).close()
    const killed = await leaveLog(directory, 3)
    flip(path.join(directory, 'relais.db-wal'), killed - 10)
    // A question asked of the stopped program, then the program itself.
    for (let start = 0; start < 2; start++) {
      const asked = await openForTest(directory)
      expect([asked.torn, asked.restored]).toEqual([true, null])
      asked.close()
    }
    const recovered = await openForTest(directory)
    recovered.settleTorn()
    recovered.close()
    expect((await openForTest(directory)).torn).toBe(false)
  })

  it('whose log the disk does not give back is said to be damaged, and left as it is', async () => {
    const directory = temporaryFolder()
    ;(await openForTest(directory)).close()
    await leaveLog(directory, 3)
    const before = fs.readFileSync(path.join(directory, 'relais.db-wal'))
    const reading = vi.spyOn(fs, 'readSync').mockImplementation(() => {
      throw Object.assign(new Error('i/o error'), { code: 'EIO' })
    })
    try {
      expect(await openStore({ directory, key: testKey, role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-damaged', detail: 'EIO' } })
    } finally {
      reading.mockRestore()
    }
    expect(fs.readFileSync(path.join(directory, 'relais.db-wal')).equals(before)).toBe(true)
    expect(countPatients(await openForTest(directory))).toBe(3)
  })

  it('whose log ends in an unfinished write is whole', async () => {
    const directory = temporaryFolder()
    ;(await openForTest(directory)).close()
    await leaveLog(directory, 10)
    fs.appendFileSync(path.join(directory, 'relais.db-wal'), Buffer.alloc(3000, 7))
    const store = await openForTest(directory)
    expect([countPatients(store), store.restored]).toEqual([10, null])
  })

  it('found while the program already works on a large store is known at the next start', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    store.db.exec('CREATE TABLE filling (bytes BLOB) STRICT')
    for (let piece = 0; piece < 4; piece++) store.db.prepare('INSERT INTO filling VALUES (zeroblob(10000000))').run()
    store.close()
    flip(path.join(directory, 'relais.db'), 20_000_000)
    const impatient = await openDatabase(directory, testKey, 1, 0)
    if ('damage' in impatient) throw new Error('did not go on without the check')
    expect(await impatient.checked).toBe('damaged')
    noteDamage(directory)
    impatient.db.close()
    expect(await openDatabase(directory, testKey, 1, 0)).toMatchObject({ unreadable: false, damage: expect.any(String) as string })
  })

  it('met by a statement is told at once, and a copy is in its place at the next start', async () => {
    const { directory, at } = await stoppedStore()
    const store = await openForTest(directory)
    let told = false
    void store.damaged.then(() => (told = true))
    store.transaction(() => {
      store.db.exec('CREATE TABLE filling (bytes BLOB) STRICT')
      for (let piece = 0; piece < 8; piece++) store.db.prepare('INSERT INTO filling VALUES (zeroblob(1000000))').run()
    })
    store.db.pragma('wal_checkpoint(TRUNCATE)')
    store.db.pragma('shrink_memory')
    // By another process: a file closed here would take this one's locks with it.
    spawnSync(process.execPath, ['-e', `fs.writeSync(fs.openSync(${JSON.stringify(path.join(directory, 'relais.db'))}, 'r+'), Buffer.alloc(4000000, 7), 0, 4000000, 2000000)`])
    expect(() => store.transaction(() => store.db.prepare('SELECT bytes FROM filling').all())).toThrow()
    await store.damaged
    expect(told).toBe(true)
    store.close()
    expect((await openForTest(directory)).restored).toMatchObject({ at, from: 'relais-a.db' })
  })

  it('goes on after a crash at any step of the replacement', async () => {
    const { directory, at } = await stoppedStore()
    flip(path.join(directory, 'relais.db'), 5000)
    const back = snapshot(directory)
    // Each step done, the next ones not.
    for (const done of [['draft'], ['draft', 'relais.db'], ['draft', 'relais.db', 'relais.db-wal']]) {
      back()
      fs.writeFileSync(path.join(directory, 'relais.db-wal'), '')
      for (const step of done) {
        if (step === 'draft') fs.copyFileSync(path.join(directory, 'backup/relais-a.db'), path.join(directory, 'relais.db.draft'))
        else fs.rmSync(path.join(directory, step))
      }
      const store = await openForTest(directory)
      expect([countPatients(store), store.restored]).toMatchObject([40, { at, from: 'relais-a.db' }])
      store.close()
      expect(files.filter((name) => fs.existsSync(path.join(directory, name)))).toEqual(['relais.db'])
      expect(fs.existsSync(path.join(directory, 'relais.db.draft'))).toBe(false)
    }
  })
})

/** Another process adds patients, each in its own commit, and is killed: its log stays. Gives the log's length. */
async function leaveLog(directory: string, count: number, from = 0): Promise<number> {
  const script = `
    const { openStore } = await import(${JSON.stringify(path.join(import.meta.dirname, 'open-store.ts'))});
    const store = (await openStore({ directory: ${JSON.stringify(directory)}, key: ${JSON.stringify(testKey)}, role: 'child', now: Date.now() })).value;
    const insert = store.db.prepare("INSERT INTO patient (id, birth_name, search_key, source, updated_at) VALUES (?, 'DUPONT', ?, 'test', 1)");
    for (let id = ${from}; id < ${from + count}; id++) store.transaction(() => insert.run(String(id), id + ' ' + 'x'.repeat(300)));
    process.kill(process.pid, 'SIGKILL');`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'inherit', 'inherit'] })
  await once(child, 'exit')
  return fs.statSync(path.join(directory, 'relais.db-wal')).size
}
