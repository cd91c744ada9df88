import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { copyStore, backupStore, keepBackups } from './backup.ts'
import { newestBackup } from './backup-files.ts'
import { openEncrypted } from './encrypted-database.ts'
import { loadSqlite } from './load-sqlite.ts'
import { addPatients, countPatients, openForTest, temporaryFolder, testKey } from './test-folder.ts'

const day = 24 * 3_600_000
const start = Date.UTC(2026, 10, 20)
const namesIn = (directory: string) => fs.readdirSync(path.join(directory, 'backup')).sort()

describe('the copies of the store', () => {
  it('are made in turn, the newest never touched, and open with the key alone', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    const made: string[] = []
    for (let turn = 0; turn < 4; turn++) {
      addPatients(store, turn * 10, turn * 10 + 10)
      const before = newestBackup(directory)
      const bytes = before ? fs.readFileSync(before.file) : null
      const backup = await backupStore(store, start + turn * day)
      made.push(path.basename(backup.file))
      if (before && bytes) expect(fs.readFileSync(before.file).equals(bytes)).toBe(true)
      expect(newestBackup(directory)).toEqual(backup)
    }
    expect(made).toEqual(['relais-a.db', 'relais-b.db', 'relais-a.db', 'relais-b.db'])
    expect(namesIn(directory)).toEqual(['relais-a.db', 'relais-b.db'])
    const Sqlite = await loadSqlite()
    for (const [name, count] of [
      ['relais-a.db', 30],
      ['relais-b.db', 40],
    ] as const) {
      const file = path.join(directory, 'backup', name)
      expect(fs.readFileSync(file).includes('DUPONT')).toBe(false)
      const bare = new Sqlite(file, { readonly: true })
      expect(() => bare.prepare('SELECT count(*) FROM sqlite_master').get()).toThrow(/not a database/)
      bare.close()
      const copy = await openEncrypted(file, testKey, { readonly: true })
      expect(copy.prepare('SELECT count(*) FROM patient').pluck().get()).toBe(count)
      copy.close()
    }
  })

  it('are not led by one that a wrong clock dated in the future: it is written over first, and believed last', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    addPatients(store, 0, 10)
    await backupStore(store, start)
    addPatients(store, 10, 20)
    await backupStore(store, start + 400 * day)
    addPatients(store, 20, 30)
    store.close()
    fs.writeFileSync(path.join(directory, 'relais.db'), '')
    const restored = await openForTest(directory, start + day)
    expect([restored.restored?.from, countPatients(restored)]).toEqual(['relais-a.db', 10])
    expect(path.basename((await backupStore(restored, start + day)).file)).toBe('relais-b.db')
    expect(path.basename((await backupStore(restored, start + 2 * day)).file)).toBe('relais-a.db')
  })

  it('have nothing of what was read from the record, or from paper', async () => {
    const store = await openForTest(temporaryFolder())
    const { sha256 } = store.readSpool.put(Buffer.from('read'))
    store.db.prepare(`INSERT INTO record_reading VALUES ('1', '2', 'reader', '{}', 5, 5, NULL)`).run()
    store.db.prepare(`INSERT INTO record_look VALUES ('1', '2', 'reader', 5, 5, NULL)`).run()
    store.db.prepare(`INSERT INTO record_document (ins, ins_oid, reader, unique_id, view, content_sha256) VALUES ('1', '2', 'reader', '1.1', '{}', ?)`).run(sha256)
    store.db.exec(`INSERT INTO record_passage (document, kind, text) VALUES (1, 'text', 'PLANTED'); INSERT INTO record_search (rowid, reading, text) VALUES (1, '1', 'PLANTED');
      INSERT INTO record_facts VALUES (1, 1, 0, 'PLANTED'); INSERT INTO record_summary VALUES ('1', '2', 'reader', 'm', 1, 'PLANTED', 'PLANTED', 'j', 'PLANTED');
      INSERT INTO paper_sheet VALUES ('s', 'PLANTED', '1', '2', 5, 5, 5)`)
    addPatients(store, 0, 5)
    const folder = temporaryFolder()
    await copyStore(store, path.join(folder, 'relais.db'), start)
    const copy = await openForTest(folder)
    const words = copy.db.prepare(`SELECT count(*) FROM record_search WHERE record_search MATCH 'planted'`).pluck().get()
    expect([countPatients(copy), words, ...['record_reading', 'record_look', 'record_document', 'record_passage', 'record_erased', 'record_facts', 'record_summary', 'paper_sheet'].map((table) => copy.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())]).toEqual([5, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(copy.db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(store.db.prepare('SELECT content_sha256 FROM record_document').pluck().all()).toEqual([sha256])
  })

  it('are not taken for done when they fail', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    await backupStore(store, start)
    fs.mkdirSync(path.join(directory, 'backup/relais-b.db.draft/in the way'), { recursive: true })
    await expect(backupStore(store, start + day)).rejects.toThrow()
    expect(newestBackup(directory)).toMatchObject({ at: start })
  })

  it('are made when the newest is a day old and there is room, not otherwise', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    const clock = { now: start }
    const made = vi.fn<() => void>()
    const failed = vi.fn<() => void>()
    const look = async (room: boolean) => {
      const keeper = keepBackups({ store, now: () => clock.now, hasRoomFor: (bytes) => bytes > 0 && room, onMade: made, onFailed: failed })
      await keeper.close()
    }
    await look(false)
    expect(made).toHaveBeenCalledTimes(0)
    await look(true)
    expect(made).toHaveBeenCalledTimes(1)
    clock.now += day - 1
    await look(true)
    expect(made).toHaveBeenCalledTimes(1)
    clock.now += 1
    await look(true)
    expect(made).toHaveBeenCalledTimes(2)
    // A clock set back by years must not stop them.
    clock.now = start - 1000 * day
    await look(true)
    expect(made).toHaveBeenCalledTimes(3)
    expect(failed).not.toHaveBeenCalled()
  })

  it('are two again at once after a return to one', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    await backupStore(store, start)
    const keeper = keepBackups({ store, now: () => start + 1000, restored: true })
    await keeper.close()
    expect(namesIn(directory)).toEqual(['relais-a.db', 'relais-b.db'])
    expect(newestBackup(directory)).toMatchObject({ at: start + 1000 })
  })

  it('known for a copy by whatever hand it was put back, until that is settled', async () => {
    const directory = temporaryFolder()
    const store = await openForTest(directory)
    addPatients(store, 0, 5)
    const out = path.join(temporaryFolder(), 'copy.db')
    await copyStore(store, out, start + 500)
    addPatients(store, 5, 9)
    expect(store.restored).toBeNull()
    store.close()
    fs.copyFileSync(out, path.join(directory, 'relais.db'))
    const back = await openForTest(directory)
    expect(countPatients(back)).toBe(5)
    expect(back.restored).toEqual({ at: start, from: 'copy', damage: null })
    // A copy made before anybody has looked after it is no newer.
    await backupStore(back, start + 5 * day)
    back.close()
    fs.copyFileSync(path.join(directory, 'backup/relais-a.db'), path.join(directory, 'relais.db'))
    const again = await openForTest(directory)
    expect(again.restored).toEqual({ at: start, from: 'copy', damage: null })
    expect(() =>
      again.transaction(() => {
        again.settleRestored()
        throw new Error('rolled back')
      }),
    ).toThrow('rolled back')
    again.close()
    const pending = await openForTest(directory)
    expect(pending.restored).toEqual({ at: start, from: 'copy', damage: null })
    pending.transaction(() => pending.settleRestored())
    pending.close()
    expect((await openForTest(directory)).restored).toBeNull()
  })
})
