import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryStore } from '../outbox/test-store.ts'
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
