import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openDiskRoom, type DiskRoom } from './disk-room.ts'
import { isDiskFull } from './encrypted-database.ts'
import { openStore } from './open-store.ts'
import type { RoomState } from './room-state.ts'
import { addPatients, countPatients, mayMount, openForTest, remount, smallDisk, temporaryFolder, testKey } from './test-folder.ts'

const megabyte = 1024 * 1024
const rooms: DiskRoom[] = []
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close()
})

/** A room on a disk whose free space the test says: 40 MB in all, so a ballast of 2 MB, marks at 4 and 2 MB. */
function saidRoom(directory: string, free: { bytes: number }) {
  const seen: RoomState[] = []
  const clock = { now: 0 }
  const ballast = path.join(directory, 'ballast')
  const room = openDiskRoom({
    directory,
    statfs: () => ({ freeBytes: free.bytes - (fs.statSync(ballast, { throwIfNoEntry: false })?.size ?? 0), totalBytes: 40 * megabyte }),
    now: () => clock.now,
    onChange: (state) => seen.push(state),
  })
  rooms.push(room)
  return { room, seen, ballast, clock }
}

describe('the room on the disk', () => {
  it('keeps a ballast that really takes its place, gives it up when full, makes it again when room is back', async () => {
    const free = { bytes: 20 * megabyte }
    const { room, seen, ballast } = saidRoom(temporaryFolder(), free)
    await vi.waitFor(() => expect(fs.existsSync(ballast)).toBe(true))
    expect(fs.statSync(ballast).size).toBe(2 * megabyte)
    expect(fs.statSync(ballast).blocks * 512).toBeGreaterThanOrEqual(2 * megabyte)
    free.bytes = 5 * megabyte
    room.check()
    expect(room.state()).toBe('low')
    expect(fs.existsSync(ballast)).toBe(true)
    free.bytes = 3 * megabyte
    room.check()
    expect(room.state()).toBe('full')
    expect(fs.existsSync(ballast)).toBe(false)
    // What the ballast gave back is no room.
    room.check()
    expect(room.state()).toBe('full')
    free.bytes = 20 * megabyte
    room.check()
    await vi.waitFor(() => expect(fs.existsSync(ballast)).toBe(true))
    expect(seen).toEqual(['low', 'full', 'ok'])
  })

  it('believes a refused write more than the free space, for a while', async () => {
    const { room, seen, ballast, clock } = saidRoom(temporaryFolder(), { bytes: 20 * megabyte })
    await vi.waitFor(() => expect(fs.existsSync(ballast)).toBe(true))
    room.noteFull()
    expect(fs.existsSync(ballast)).toBe(false)
    clock.now = 29_000
    room.check()
    expect(seen).toEqual(['full'])
    clock.now = 31_000
    room.check()
    expect(seen).toEqual(['full', 'ok'])
  })

  it('says whether something large may still be written', () => {
    const free = { bytes: 10 * megabyte }
    const { room } = saidRoom(temporaryFolder(), free)
    expect(room.hasRoomFor(3 * megabyte)).toBe(true)
    expect(room.hasRoomFor(5 * megabyte)).toBe(false)
  })

  it('leaves no half-made ballast when it ends', async () => {
    const directory = temporaryFolder()
    const { room } = saidRoom(directory, { bytes: 20 * megabyte })
    await room.close()
    expect(fs.readdirSync(directory).filter((name) => name.endsWith('.draft'))).toEqual([])
  })
})

describe.skipIf(!mayMount)('a disk that is really full (needs the right to mount one)', () => {
  /** Fills what is left of the disk, to the last block. */
  function fill(directory: string): string {
    const file = path.join(directory, 'filler')
    const descriptor = fs.openSync(file, 'a')
    try {
      for (;;) fs.writeSync(descriptor, Buffer.alloc(4096, 1))
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
    } finally {
      fs.closeSync(descriptor)
    }
    return file
  }

  it('refuses cleanly, still writes a change of state on the ballast, and recovers alone', async () => {
    const directory = smallDisk(8 * megabyte)
    const store = await openForTest(directory)
    addPatients(store, 0, 20)
    const known = store.spool.put(Buffer.alloc(50_000, 1)).sha256
    const seen: RoomState[] = []
    const room = openDiskRoom({ directory, now: () => performance.now(), onChange: (state) => seen.push(state) })
    rooms.push(room)
    await vi.waitFor(() => expect(fs.existsSync(path.join(directory, 'ballast'))).toBe(true))
    const filler = fill(directory)
    const change = () => store.transaction(() => store.db.prepare(`UPDATE patient SET source = 'changed ' || ? `).run('y'.repeat(100)))
    const refusals: unknown[] = []
    const writes: (() => unknown)[] = [() => addPatients(store, 20, 2_000), change, () => store.spool.put(Buffer.alloc(60_000, 2)), () => store.spool.store(Buffer.alloc(70_000, 3)), () => store.arrivals.append({ sha256: known })]
    for (const write of writes) {
      try {
        await write()
      } catch (error) {
        refusals.push(error)
      }
    }
    expect(refusals.length).toBeGreaterThanOrEqual(4)
    expect(refusals.filter((error) => !isDiskFull(error))).toEqual([])
    expect(fs.readdirSync(path.join(directory, 'spool/tmp'))).toEqual([])
    room.noteFull()
    expect(room.state()).toBe('full')
    expect(() => change()).not.toThrow()
    expect(store.spool.get(known)).toHaveLength(50_000)
    const kept = countPatients(store)
    store.close()
    // A start on that same full disk.
    const again = await openForTest(directory)
    expect(countPatients(again)).toBe(kept)
    expect(again.db.prepare(`SELECT count(*) FROM patient WHERE source LIKE 'changed%'`).pluck().get()).toBe(kept)
    fs.rmSync(filler)
    await room.close()
    const later = openDiskRoom({ directory, now: () => performance.now(), onChange: () => undefined })
    rooms.push(later)
    expect(later.state()).toBe('ok')
    await vi.waitFor(() => expect(fs.existsSync(path.join(directory, 'ballast'))).toBe(true))
    addPatients(again, 5_000, 5_050)
    expect(countPatients(again)).toBe(kept + 50)
  })

  it('starts on a disk filled while it was stopped, on the ballast; without one it says so', async () => {
    const directory = smallDisk(8 * megabyte)
    const store = await openForTest(directory)
    addPatients(store, 0, 20)
    store.close()
    fs.writeFileSync(path.join(directory, 'ballast'), Buffer.alloc(400_000, 7))
    fill(directory)
    const again = await openForTest(directory)
    expect(fs.existsSync(path.join(directory, 'ballast'))).toBe(false)
    expect(countPatients(again)).toBe(20)
    again.close()
    fill(directory)
    const refused = await openStore({ directory, key: testKey, role: 'test', now: 1 })
    expect(refused.ok ? 'opened' : refused.failure.code).toBe('storage-full')
  })

  it('says that the data folder is read-only, by name', async () => {
    const directory = smallDisk(8 * megabyte)
    ;(await openForTest(directory)).close()
    remount(directory, 'ro')
    const refused = await openStore({ directory, key: testKey, role: 'test', now: 1 })
    remount(directory, 'rw')
    expect(refused).toMatchObject({ ok: false, failure: { code: 'store-read-only' } })
    expect(refused.ok ? '' : refused.failure.detail).toContain(directory)
  })
})
