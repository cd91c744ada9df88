import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { backupStore, copyStore } from './backup.ts'
import { holderOf } from './lease.ts'
import { readOrMakeKeyFile, replaceKeyFile } from './key.ts'
import { openStore, type Store } from './open-store.ts'
import { rotateKey } from './rotate-key.ts'
import { writeRotationNote } from './rotation-note.ts'
import { addPatients, countPatients, mayMount, smallDisk, temporaryFolder } from './test-folder.ts'

const nextKey = 'cd'.repeat(32)
const texts = ['one', 'two', 'three']
const at = Date.UTC(2026, 10, 20)

const keyOf = (directory: string): string => {
  const key = readOrMakeKeyFile(directory)
  if (!key.ok) throw new Error(key.failure.code)
  return key.value
}

async function opened(directory: string, key = keyOf(directory)): Promise<Store> {
  const store = await openStore({ directory, key, role: 'test', now: Date.now() })
  if (!store.ok) throw new Error(`${store.failure.code}: ${store.failure.detail ?? ''}`)
  return store.value
}

/** A store under its key file: two copies, documents, a journal over two stretches. */
async function filledStore(directory = temporaryFolder()): Promise<string> {
  const store = await opened(directory)
  addPatients(store, 0, 20)
  for (const [index, text] of texts.entries()) {
    store.spool.put(Buffer.from(text))
    await store.arrivals.append({ text })
    if (index < 2) await backupStore(store, at + index * 1_000)
  }
  addPatients(store, 20, 30)
  store.close()
  return directory
}

/** Everything is readable with this key: rows, documents, journal, and each copy in the place of the database. */
async function expectWhole(directory: string, key: string): Promise<void> {
  const store = await opened(directory, key)
  try {
    expect([countPatients(store), store.restored]).toEqual([30, null])
    expect(texts.map((text) => store.spool.get(store.spool.put(Buffer.from(text)).sha256).toString())).toEqual(texts)
    expect((await store.spool.orphans(new Set())).length).toBe(texts.length)
    expect([...store.arrivals.readSince()]).toEqual(texts.map((text) => ({ text })))
  } finally {
    store.close()
  }
  expect(namesIn(directory).filter((name) => /draft|rekeyed|rotation/.test(name))).toEqual([])
  for (const [index, name] of ['relais-a.db', 'relais-b.db'].entries()) {
    const copy = path.join(directory, 'backup', name)
    expect(fs.statSync(copy).mtimeMs).toBe(at + index * 1_000)
    const elsewhere = temporaryFolder()
    fs.copyFileSync(copy, path.join(elsewhere, 'relais.db'))
    const restored = await opened(elsewhere, key)
    expect([countPatients(restored), restored.restored?.at]).toEqual([20, at + index * 1_000])
    restored.close()
  }
}

const namesIn = (directory: string) => fs.readdirSync(directory, { recursive: true, encoding: 'utf8' })

const rotation = (directory: string, adopt = () => replaceKeyFile(directory, nextKey)) => rotateKey({ directory, key: keyOf(directory), nextKey, adopt, now: 1 })

/** Rotates in a process of its own, killed at the nth moment of the rotation; false when it ended before. */
async function killedAt(directory: string, nth: number): Promise<boolean> {
  const script = `
    const { subscribe } = await import('node:diagnostics_channel');
    let left = ${nth};
    subscribe('relais:milestone', (name) => { if (name === 'store:key-rotation' && --left === 0) process.kill(process.pid, 'SIGKILL') });
    const { rotateKey } = await import(${JSON.stringify(path.join(import.meta.dirname, 'rotate-key.ts'))});
    const { replaceKeyFile } = await import(${JSON.stringify(path.join(import.meta.dirname, 'key.ts'))});
    const done = await rotateKey({ directory: ${JSON.stringify(directory)}, key: ${JSON.stringify(keyOf(directory))}, nextKey: ${JSON.stringify(nextKey)}, adopt: () => replaceKeyFile(${JSON.stringify(directory)}, ${JSON.stringify(nextKey)}), now: 1 });
    if (!done.ok) throw new Error(done.failure.code);`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`it ended with ${code}`)
  return signal === 'SIGKILL'
}

describe('a change of the key', () => {
  it('brings database, copies, journal and documents under the new key; the former opens nothing any more', async () => {
    const directory = await filledStore()
    const former = keyOf(directory)
    expect(await rotation(directory)).toEqual({ ok: true, value: { left: [] } })
    expect(keyOf(directory)).toBe(nextKey)
    await expectWhole(directory, nextKey)
    const before = fs.readFileSync(path.join(directory, 'relais.db'))
    expect(await openStore({ directory, key: former, role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    expect(fs.readFileSync(path.join(directory, 'relais.db')).equals(before)).toBe(true)
  })

  it('killed at any moment leaves a store that opens whole, under the key of its key file', async () => {
    const filled = await filledStore()
    const former = keyOf(filled)
    let kept = 0
    let moments = 0
    for (let nth = 1; ; nth++) {
      const directory = temporaryFolder()
      fs.cpSync(filled, directory, { recursive: true, preserveTimestamps: true })
      const killed = await killedAt(directory, nth)
      const key = keyOf(directory)
      if (key === former) kept += 1
      await expectWhole(directory, key)
      if (!killed) break
      moments = nth
    }
    // The note, three databases twice each, three stretches, three documents, the key file.
    expect([moments, kept]).toEqual([14, 14])
  })

  it('killed after the key file changed, and before the note went, is finished', async () => {
    const directory = await filledStore()
    const former = keyOf(directory)
    await rotation(directory)
    writeRotationNote(directory, { former, next: nextKey })
    await expectWhole(directory, nextKey)
  })

  it('interrupted, opens with neither a third key nor a damaged note', async () => {
    const directory = await filledStore()
    const former = keyOf(directory)
    await killedAt(directory, 9)
    expect(await openStore({ directory, key: 'ef'.repeat(32), role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    const note = path.join(directory, 'key.rotation')
    const bytes = fs.readFileSync(note)
    fs.writeFileSync(note, bytes.subarray(0, 20))
    expect(await openStore({ directory, key: former, role: 'test', now: 1 })).toMatchObject({ ok: false, failure: { code: 'store-key-missing' } })
    fs.writeFileSync(note, bytes)
    await expectWhole(directory, former)
  })

  it('interrupted twice, and then made, is made', async () => {
    const directory = await filledStore()
    for (const nth of [12, 5]) expect(await killedAt(directory, nth)).toBe(true)
    expect((await rotation(directory)).ok).toBe(true)
    await expectWhole(directory, nextKey)
  })

  it('whose new key cannot be kept is undone at the next start', async () => {
    const directory = await filledStore()
    const former = keyOf(directory)
    await expect(rotation(directory, () => { throw new Error('no') })).rejects.toThrow('no')
    await expectWhole(directory, former)
  })

  it('is refused while the store is open, and touches nothing', async () => {
    const directory = await filledStore()
    const store = await opened(directory)
    expect(await rotation(directory)).toMatchObject({ ok: false, failure: { code: 'store-locked' } })
    expect(fs.existsSync(path.join(directory, 'key.rotation'))).toBe(false)
    store.close()
    expect(await holderOf(directory)).toBeNull()
  })

  it.skipIf(!mayMount)('without room is not begun, and one that fills the disk is undone', async () => {
    const directory = await filledStore(smallDisk(8_000_000))
    const former = keyOf(directory)
    const free = () => fs.statfsSync(directory).bavail * fs.statfsSync(directory).bsize
    const filling = path.join(directory, 'filling')
    fs.writeFileSync(filling, Buffer.alloc(free() - fs.statSync(path.join(directory, 'relais.db')).size))
    expect(await rotation(directory)).toMatchObject({ ok: false, failure: { code: 'storage-full' } })
    expect(fs.existsSync(path.join(directory, 'key.rotation'))).toBe(false)
    await expectWhole(directory, former)
    // Room for the database, and not for the largest document, which is written after it.
    fs.rmSync(filling)
    const store = await opened(directory)
    const large = store.spool.put(Buffer.alloc(3_000_000, 'x'))
    store.close()
    fs.writeFileSync(filling, Buffer.alloc(free() - 2_000_000))
    expect(await rotation(directory)).toMatchObject({ ok: false, failure: { code: 'storage-full' } })
    expect(fs.existsSync(path.join(directory, 'key.rotation'))).toBe(false)
    fs.rmSync(filling)
    const back = await opened(directory, former)
    expect(back.spool.get(large.sha256)).toHaveLength(3_000_000)
    back.close()
    expect(keyOf(directory)).toBe(former)
  })

  it('names what no key opens, and leaves it as it is', async () => {
    const directory = await filledStore()
    const broken = path.join(directory, 'spool', '00', '0'.repeat(64))
    fs.mkdirSync(path.dirname(broken), { recursive: true })
    fs.writeFileSync(broken, 'damaged long ago')
    expect(await rotation(directory)).toEqual({ ok: true, value: { left: [broken] } })
    expect(fs.readFileSync(broken, 'utf8')).toBe('damaged long ago')
  })

  it('takes what was read from the record along, and what of it no key opens away', async () => {
    const directory = await filledStore()
    const before = await opened(directory)
    const read = ['a letter', 'a result'].map((text) => before.readSpool.put(Buffer.from(text)).sha256) as [string, string]
    before.close()
    fs.writeFileSync(path.join(directory, 'read', read[1].slice(0, 2), read[1]), 'damaged long ago')
    expect(await rotation(directory)).toEqual({ ok: true, value: { left: [] } })
    const store = await opened(directory, nextKey)
    expect([store.readSpool.get(read[0]).toString(), store.readSpool.has(read[1])]).toEqual(['a letter', false])
    store.close()
  })

  it('leaves the former key what was copied out of the folder before', async () => {
    const directory = await filledStore()
    const former = keyOf(directory)
    const store = await opened(directory)
    const out = path.join(temporaryFolder(), 'relais.db')
    await copyStore(store, out, at)
    store.close()
    await rotation(directory)
    const copy = await opened(path.dirname(out), former)
    expect(countPatients(copy)).toBe(30)
    copy.close()
  })
})
