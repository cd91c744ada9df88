import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { milestoneChannel } from './milestones.ts'
import { ContentLost, openSpool } from './spool.ts'

const key = 'ab'.repeat(32)
let directory: string
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-spool-'))
})
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }))

/** Changes one bit of a stored content; gives its file. */
function altered(sha256: string): string {
  const file = path.join(directory, sha256.slice(0, 2), sha256)
  const stored = fs.readFileSync(file)
  stored[stored.length - 1]! ^= 1
  fs.writeFileSync(file, stored)
  return file
}

describe('the spool', () => {
  it('says that bytes were altered or are missing, never gives others', () => {
    const spool = openSpool(directory, key)
    const { sha256 } = spool.put(Buffer.from('document'))
    const file = altered(sha256)
    expect(() => spool.get(sha256)).toThrow(ContentLost)
    expect(() => spool.get('0'.repeat(64))).toThrow(ContentLost)
    fs.truncateSync(file, 3)
    expect(() => spool.get(sha256)).toThrow(ContentLost)
  })

  it.each(['at once', 'meanwhile'] as const)('writes an altered content anew when it comes again (%s)', async (how) => {
    const spool = openSpool(directory, key)
    const { sha256 } = spool.put(Buffer.from('document'))
    altered(sha256)
    if (how === 'at once') spool.put(Buffer.from('document'))
    else await spool.store(Buffer.from('document'))
    expect(spool.get(sha256).toString()).toBe('document')
  })

  // The largest file a process may write stands for the disk that is full in the middle of a document.
  it.skipIf(process.platform === 'win32')('keeps nothing of a document the disk had no room for, and goes on', () => {
    const script = `
      const { openSpool } = await import(${JSON.stringify(path.join(import.meta.dirname, 'spool.ts'))});
      const spool = openSpool(${JSON.stringify(directory)}, ${JSON.stringify(key)});
      let code = 'none';
      try { spool.put(Buffer.alloc(1_000_000, 7)) } catch (error) { code = error.code }
      const { readdirSync } = await import('node:fs');
      console.log(JSON.stringify({ code, drafts: readdirSync(${JSON.stringify(path.join(directory, 'tmp'))}).length, small: spool.put(Buffer.from('small')).size }))`
    const child = spawnSync('sh', ['-c', 'ulimit -f 64 && exec "$0" --input-type=module -e "$1"', process.execPath, script], { encoding: 'utf8' })
    expect(JSON.parse(child.stdout || JSON.stringify(child.stderr))).toEqual({ code: 'EFBIG', drafts: 0, small: 5 })
    const spool = openSpool(directory, key)
    const large = createHash('sha256').update(Buffer.alloc(1_000_000, 7)).digest('hex')
    expect(spool.has(large)).toBe(false)
    expect(spool.get(spool.put(Buffer.alloc(1_000_000, 7)).sha256)).toHaveLength(1_000_000)
    expect(spool.get(createHash('sha256').update('small').digest('hex')).toString()).toBe('small')
  })

  it('stores beside the program\'s work, once for the same content at the same time', async () => {
    const spool = openSpool(directory, key)
    const documents = Array.from({ length: 20 }, (_, index) => Buffer.alloc(10_000, index % 10))
    const stored = await Promise.all(documents.map((bytes) => spool.store(bytes)))
    expect(new Set(stored.map(({ sha256 }) => sha256)).size).toBe(10)
    for (const [index, { sha256, size }] of stored.entries()) {
      expect(size).toBe(10_000)
      expect((await spool.read(sha256)).equals(documents[index]!)).toBe(true)
      expect(spool.get(sha256).equals(documents[index]!)).toBe(true)
    }
    expect(fs.readdirSync(path.join(directory, 'tmp'))).toEqual([])
  })

  it('syncs the file before its name and the folder after it, before a store resolves', async () => {
    const seen: string[] = []
    const listen = (name: unknown) => seen.push(String(name))
    subscribe(milestoneChannel, listen)
    await openSpool(directory, key).store(Buffer.from('document'))
    seen.push('resolved')
    openSpool(directory, key).put(Buffer.from('another'))
    unsubscribe(milestoneChannel, listen)
    const steps = ['spool:before-write', 'spool:after-write', 'spool:after-sync', 'spool:after-rename', 'spool:after-folder-sync']
    expect(seen).toEqual([...steps, 'resolved', ...steps])
  })

  it('writes a content anew whose file was cut short by a disk that failed', async () => {
    const bytes = Buffer.alloc(5_000, 3)
    const { sha256 } = openSpool(directory, key).put(bytes)
    const file = path.join(directory, sha256.slice(0, 2), sha256)
    for (const again of ['put', 'store'] as const) {
      fs.truncateSync(file, 100)
      const spool = openSpool(directory, key)
      await spool[again](bytes)
      expect(spool.get(sha256).equals(bytes)).toBe(true)
    }
  })

  it('lists what nobody claims', async () => {
    const spool = openSpool(directory, key)
    const known = spool.put(Buffer.from('known')).sha256
    const unknown = spool.put(Buffer.from('unknown')).sha256
    expect(await spool.orphans(new Set([known]))).toEqual([{ sha256: unknown, size: 7, storedAt: expect.any(Number) as number }])
  })
})
