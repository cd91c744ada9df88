import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../store/index.ts'
import { migrations } from '../store/migrations/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { keepNoLonger } from './keep-no-longer.ts'
import { readerKeyOf } from './reading-stop.ts'
import { openReadings, readingInMemory, type Readings } from './readings.ts'
import { colleagueExample, doctorExample as reader, documentExample, elsewhereExample, insExample as ins, openStanding } from './record-example.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let readings: Readings
beforeEach(async () => {
  handle = await temporaryStore()
  readings = openReadings(handle.store)
})
afterEach(() => handle.remove())

const mine = () => readings.of(reader, ins)
const neverRead = { documents: [], standing: null, loadedAt: null }

describe('readings that are kept', () => {
  it('tell "never read" from "read and empty"', () => {
    expect(mine().get()).toEqual({ documents: [], standing: null, loadedAt: null })
    mine().keep({ documents: [], standing: openStanding, loadedAt: 5 })
    expect(mine().get()).toEqual({ documents: [], standing: openStanding, loadedAt: 5 })
  })

  it('are those of one number of one OID, and are there after a restart', async () => {
    mine().keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    const later = openReadings(await handle.reopen())
    expect(later.of(reader, ins).get()).toEqual({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    expect(later.of(reader, { ...ins, oid: '1.2.250.1.213.1.4.8' }).get()).toEqual({ documents: [], standing: null, loadedAt: null })
  })

  it('are replaced by the next; contents stay with documents still listed', () => {
    mine().keep({ documents: [documentExample('1.1'), documentExample('1.2')], standing: openStanding, loadedAt: 5 })
    mine().keepContent('1.1', Buffer.from('one'))
    mine().keepContent('1.2', Buffer.from('two'))
    mine().keep({ documents: [documentExample('1.1', { title: 'Renamed' })], standing: openStanding, loadedAt: 6 })
    expect(mine().get()).toMatchObject({ documents: [{ uniqueId: '1.1', title: 'Renamed' }], loadedAt: 6 })
    expect(mine().content('1.1')).toEqual(Buffer.from('one'))
    expect(mine().content('1.2')).toBeNull()
  })

  it.each([['in the store', () => mine()], ['in memory', () => readingInMemory()]])('have a beginning before the list is in, and never after: %s', (_, reading) => {
    const kept = reading()
    const begin = (...uniqueIds: string[]) => kept.begin({ documents: uniqueIds.map((uniqueId) => documentExample(uniqueId)), standing: openStanding }, 4)
    begin('1.1', '1.2')
    expect(kept.get()).toMatchObject({ documents: [{ uniqueId: '1.1' }, { uniqueId: '1.2' }], standing: openStanding, loadedAt: null })
    kept.keepContent('1.1', Buffer.from('one'))
    kept.keepContent('1.2', Buffer.from('two'))
    begin('1.1')
    expect([kept.content('1.1'), kept.content('1.2')]).toEqual([Buffer.from('one'), null])
    kept.keep({ documents: [documentExample('1.1'), documentExample('1.3')], standing: openStanding, loadedAt: 5 })
    expect(kept.content('1.1')).toEqual(Buffer.from('one'))
    begin('1.4')
    expect(kept.get()).toMatchObject({ documents: [{ uniqueId: '1.1' }, { uniqueId: '1.3' }], loadedAt: 5 })
    expect(kept.news(6).documents).toEqual([])
  })

  it('learn a standing without forgetting when the list was read', () => {
    mine().keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    mine().keepStanding({ ...openStanding, authorisation: 'blocked' }, 9)
    expect(mine().get()).toMatchObject({ documents: [{ uniqueId: '1.1' }], standing: { authorisation: 'blocked' }, loadedAt: 5 })
  })

  it('are those of whoever read: another professional, or the same one elsewhere, has read nothing', () => {
    mine().keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    mine().keepContent('1.1', Buffer.from('one'))
    for (const other of [colleagueExample, elsewhereExample]) {
      const theirs = readings.of(other, ins)
      expect([theirs.get(), theirs.content('1.1')]).toEqual([neverRead, null])
      theirs.keep({ documents: [documentExample('1.2')], standing: { ...openStanding, isTreatingDoctor: true }, loadedAt: 7 })
    }
    expect(mine().get()).toEqual({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    expect(mine().content('1.1')).toEqual(Buffer.from('one'))
  })

  it('are nobody’s, and are not added to, where nobody signed in', () => {
    mine().keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    const nobodys = readings.of({ ...reader, without: 'sign-in-needed' }, ins)
    expect(nobodys.get()).toEqual(neverRead)
    nobodys.keep({ documents: [], standing: openStanding, loadedAt: 9 })
    expect(mine().get().loadedAt).toBe(5)
  })

  it('are forgotten for everybody, and how the record stands stays known', () => {
    for (const by of [reader, colleagueExample]) readings.of(by, ins).keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    readings.forget(ins)
    for (const by of [reader, colleagueExample]) expect(readings.of(by, ins).get()).toEqual({ documents: [], standing: openStanding, loadedAt: null })
  })

  it('learn what became of one document: described anew, or out of the list with its content', () => {
    for (const reading of [mine(), readingInMemory()]) {
      reading.keep({ documents: [documentExample('1.1'), documentExample('1.2')], standing: openStanding, loadedAt: 5 })
      for (const uniqueId of ['1.1', '1.2']) reading.keepContent(uniqueId, Buffer.from(uniqueId))
      reading.learn(documentExample('1.1', { maskedToProfessionals: true }), true)
      reading.learn(documentExample('1.2', { status: 'deleted' }), true)
      reading.learn(documentExample('1.3'), true)
      expect(reading.get()).toEqual({ documents: [documentExample('1.1', { maskedToProfessionals: true })], standing: openStanding, loadedAt: 5 })
      expect([reading.content('1.1')?.toString(), reading.content('1.2')]).toEqual(['1.1', null])
      reading.learn(documentExample('1.1', { maskedToProfessionals: true }), false)
      expect([reading.get().documents, reading.content('1.1')]).toEqual([[], null])
    }
  })

  it('lose to all readers but one a document they may see no more', () => {
    for (const by of [reader, colleagueExample]) readings.of(by, ins).keep({ documents: [documentExample('1.1'), documentExample('1.2')], standing: openStanding, loadedAt: 5 })
    readings.of(colleagueExample, ins).keepContent('1.1', Buffer.from('one'))
    readings.hideFromOthers(reader, ins, '1.1')
    expect([reader, colleagueExample].map((by) => readings.of(by, ins).get().documents.map(({ uniqueId }) => uniqueId))).toEqual([['1.1', '1.2'], ['1.2']])
    expect(readings.of(colleagueExample, ins).content('1.1')).toBeNull()
  })

  it('keep the content of a document of the list alone', () => {
    for (const reading of [mine(), readingInMemory()]) {
      reading.keepContent('1.1', Buffer.from('one'))
      reading.keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
      expect(reading.content('1.1')).toBeNull()
      reading.keepContent('1.1', Buffer.from('one'))
      expect(reading.content('1.1')).toEqual(Buffer.from('one'))
      reading.keep({ documents: [], standing: openStanding, loadedAt: 6 })
      expect([reading.content('1.1'), reading.get()]).toEqual([null, { documents: [], standing: openStanding, loadedAt: 6 }])
    }
  })
})

/** The contents that lie on the disk, read from the record. */
const contentsIn = (folder = 'read') => fs.readdirSync(path.join(handle.store.directory, folder), { recursive: true, encoding: 'utf8' }).map((name) => path.basename(name)).filter((name) => name.length === 64)
const fileOf = (sha256: string) => path.join(handle.store.directory, 'read', sha256.slice(0, 2), sha256)
const day = 86_400_000
const start = Date.UTC(2026, 10, 20)

function show(by = reader, { of = ins, uniqueIds = ['1.1'], at = start } = {}): void {
  const reading = readings.of(by, of)
  reading.keep({ documents: uniqueIds.map((uniqueId) => documentExample(uniqueId)), standing: openStanding, loadedAt: at })
  for (const uniqueId of uniqueIds) reading.keepContent(uniqueId, Buffer.from(`content of ${uniqueId}`))
}
const erase = (now: number) => readings.erase(now, 30 * day, new AbortController().signal)

describe('readings of a store made before', () => {
  it('keep their lists; what lies in the spool of the outbox is read again', () => {
    const old = new (handle.store.db.constructor as new (file: string) => Store['db'])(':memory:')
    for (const { sql } of migrations.filter(({ version }) => version < 8)) old.exec(sql)
    const of = ['284069999999968', '1.2.250.1.213.1.4.10', readerKeyOf(reader)]
    old.prepare(`INSERT INTO record_reading VALUES (?, ?, ?, ?, 5, 5)`).run(...of, JSON.stringify(openStanding))
    old.prepare(`INSERT INTO record_document VALUES (?, ?, ?, '1.1', ?, 'aa')`).run(...of, JSON.stringify(documentExample('1.1')))
    for (const { sql } of migrations.filter(({ version }) => version >= 8)) old.exec(sql)
    const kept = openReadings({ ...handle.store, db: old }).of(reader, ins)
    expect([kept.get(), kept.content('1.1')]).toEqual([{ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 }, null])
    // When they came is not known: none is told new.
    expect(kept.news(6)).toEqual({ since: null, documents: [] })
    old.close()
  })
})

describe('contents that were read', () => {
  it('leave the disk with the last list that has them, whoever read it', () => {
    show(reader, { uniqueIds: ['1.1', '1.2'] })
    show(colleagueExample)
    mine().keep({ documents: [], standing: openStanding, loadedAt: start })
    expect(contentsIn()).toHaveLength(1)
    expect(readings.of(colleagueExample, ins).content('1.1')?.toString()).toBe('content of 1.1')
    readings.of(colleagueExample, ins).keep({ documents: [], standing: openStanding, loadedAt: start })
    expect(contentsIn()).toEqual([])
  })

  it('leave it at a refusal, for every reader of this patient and for no other patient', () => {
    const other = { ...ins, value: '184069999999970' }
    for (const by of [reader, colleagueExample]) show(by, { uniqueIds: ['1.1', '1.2'] })
    show(reader, { of: other, uniqueIds: ['1.2'] })
    readings.forget(ins)
    expect(contentsIn()).toHaveLength(1)
    expect(readings.of(reader, other).content('1.2')?.toString()).toBe('content of 1.2')
  })

  it('never take a document of the outbox with them', () => {
    const { sha256 } = handle.store.spool.put(Buffer.from('content of 1.1'))
    show()
    expect(contentsIn()).toEqual([sha256])
    readings.forget(ins)
    expect([contentsIn(), handle.store.spool.get(sha256).toString()]).toEqual([[], 'content of 1.1'])
  })

  it('are erased with all the rest 30 days after this reader last looked, over a restart', async () => {
    for (const by of [reader, colleagueExample]) show(by)
    readings = openReadings(await handle.reopen())
    expect(await erase(start + 30 * day)).toBe(false)
    mine().look(start + 1)
    expect(await erase(start + 30 * day + 1)).toBe(true)
    expect(readings.of(colleagueExample, ins).get()).toEqual(neverRead)
    expect([mine().get().loadedAt, mine().content('1.1')?.toString()]).toEqual([start, 'content of 1.1'])
    expect(await erase(start + 30 * day + 2)).toBe(true)
    expect([mine().get(), contentsIn()]).toEqual([neverRead, []])
  })

  it('do not stay because a clock was wrong when they were looked at', async () => {
    show(reader, { at: start + 3650 * day })
    expect(await erase(start)).toBe(true)
    expect(contentsIn()).toEqual([])
  })

  it('are gone at the next start when a crash came before their row, or after it went', async () => {
    show()
    const before = handle.store.readSpool.put(Buffer.from('its row was not written'))
    readings = openReadings(await handle.reopen())
    expect(await erase(start)).toBe(false)
    expect([contentsIn().includes(before.sha256), mine().content('1.1')?.toString()]).toEqual([false, 'content of 1.1'])
  })

  it('that are missing or altered are as if never fetched, and can be kept again', () => {
    show()
    const [sha256 = ''] = contentsIn()
    const stored = fs.readFileSync(fileOf(sha256))
    stored[stored.length - 1]! ^= 1
    for (const spoil of [() => fs.writeFileSync(fileOf(sha256), stored), () => fs.rmSync(fileOf(sha256))]) {
      spoil()
      expect(mine().content('1.1')).toBeNull()
      mine().keepContent('1.1', Buffer.from('content of 1.1'))
      expect(mine().content('1.1')?.toString()).toBe('content of 1.1')
    }
  })

  it('are looked after from the start of the program on', async () => {
    show()
    const erased = Promise.withResolvers<void>()
    const retention = keepNoLonger({ readings, now: () => start + 31 * day, onErased: erased.resolve, onBug: erased.reject })
    await erased.promise
    await retention.close()
    expect([mine().get(), contentsIn()]).toEqual([neverRead, []])
  })
})

describe('facts of contents that were read', () => {
  const rows = () => ['record_facts', 'record_summary'].map((table) => handle.store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  /** Facts of each document, and what is painted of them. */
  function look(by = reader, of = ins, uniqueIds = ['1.1']): void {
    const kept = readings.of(by, of)
    for (const uniqueId of uniqueIds) {
      kept.beginFacts(uniqueId)
      kept.keepFacts(uniqueId, `["of ${uniqueId}"]`)
    }
    kept.keepPainted('made of', { day: 3, text: '{}' }, '"in force"')
    kept.keepJudged('made of', 'asked', '"judged"')
  }
  const read = (kept = mine()) => [[...kept.factsRead()], kept.facts(['1.1', '1.2']), kept.painted('made of'), kept.inForce('made of', 3), kept.judged('made of', 'asked')]

  it('are kept over a restart, for whoever read them alone, and what is painted for what it was made of alone', async () => {
    for (const by of [reader, colleagueExample]) show(by, { uniqueIds: ['1.1', '1.2'] })
    look(reader, ins, ['1.1'])
    mine().beginFacts('1.2')
    mine().keepFacts('1.2', null)
    readings = openReadings(await handle.reopen())
    expect(read()).toEqual([[['1.1', true], ['1.2', false]], ['["of 1.1"]'], { day: 3, text: '{}' }, '"in force"', '"judged"'])
    expect([mine().painted('something else'), mine().inForce('something else', 3), mine().inForce('made of', 4), mine().judged('something else', 'asked'), mine().judged('made of', 'asked otherwise')]).toEqual([null, null, null, null, null])
    expect(read(readings.of(colleagueExample, ins))).toEqual([[], [], null, null, null])
  })

  it('go with the content, whichever way it goes', async () => {
    const ways: Record<string, () => unknown> = {
      'off the list': () => mine().keep({ documents: [], standing: openStanding, loadedAt: start }),
      refused: () => readings.forget(ins),
      'another content': () => mine().keepContent('1.1', Buffer.from('other')),
      'gone from the disk': () => (handle.store.readSpool.remove(contentsIn()[0]!), mine().content('1.1')),
      '30 days': () => erase(start + 31 * day),
    }
    for (const [name, go] of Object.entries(ways)) {
      show()
      look()
      expect([name, ...rows()]).toEqual([name, 1, 1])
      await go()
      expect([name, ...rows(), ...read()]).toEqual([name, 0, 0, [], [], null, null, null])
      readings.forget(ins)
    }
  })

  it('are none of a content that went before they came, or that is not theirs', () => {
    show()
    mine().beginFacts('1.1')
    mine().keepContent('1.1', Buffer.from('other'))
    mine().keepFacts('1.1', '["of the former"]')
    mine().keepFacts('1.9', '["of none"]')
    expect([read(), rows()]).toEqual([[[], [], null, null, null], [0, 0]])
  })

  it('are read anew by other readers, and let be once their content ended the program twice', () => {
    show()
    look()
    handle.store.db.exec('UPDATE record_facts SET readers = readers - 1')
    expect([...mine().factsRead()]).toEqual([])
    mine().beginFacts('1.1')
    expect([[...mine().factsRead()], mine().facts(['1.1'])]).toEqual([[], []])
    mine().leaveFacts('1.1')
    for (const told of [[], [['1.1', false]]]) {
      mine().beginFacts('1.1')
      expect([...mine().factsRead()]).toEqual(told)
    }
    mine().keepFacts('1.1', '[]')
    expect([...mine().factsRead()]).toEqual([['1.1', true]])
  })

  it('are in memory alone where the reading is', () => {
    const kept = readingInMemory()
    kept.keep({ documents: ['1.1', '1.2'].map((uniqueId) => documentExample(uniqueId)), standing: openStanding, loadedAt: start })
    kept.keepContent('1.1', Buffer.from('one'))
    kept.beginFacts('1.1')
    kept.keepFacts('1.1', '["of 1.1"]')
    kept.keepFacts('1.2', '["of none"]')
    kept.keepPainted('made of', { day: 3, text: '{}' }, '"in force"')
    kept.keepJudged('made of', 'asked', '"judged"')
    expect([read(kept), rows()]).toEqual([[[['1.1', true]], ['["of 1.1"]'], expect.objectContaining({ day: 3, text: '{}' }), '"in force"', '"judged"'], [0, 0]])
    kept.keep({ documents: [documentExample('1.2')], standing: openStanding, loadedAt: start })
    expect(read(kept)).toEqual([[], [], null, null, null])
  })
})
