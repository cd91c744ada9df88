import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryStore } from '../outbox/test-store.ts'
import { openReadings, type Readings } from './readings.ts'
import { documentExample, insExample as ins, openStanding } from './record-example.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let readings: Readings
beforeEach(async () => {
  handle = await temporaryStore()
  readings = openReadings(handle.store)
})
afterEach(() => handle.remove())

describe('readings that are kept', () => {
  it('tell "never read" from "read and empty"', () => {
    expect(readings.get(ins)).toEqual({ documents: [], standing: null, loadedAt: null })
    readings.keep(ins, { documents: [], standing: openStanding, loadedAt: 5 })
    expect(readings.get(ins)).toEqual({ documents: [], standing: openStanding, loadedAt: 5 })
  })

  it('are those of one number of one OID, and are there after a restart', async () => {
    readings.keep(ins, { documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    const later = openReadings(await handle.reopen())
    expect(later.get(ins)).toEqual({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    expect(later.get({ ...ins, oid: '1.2.250.1.213.1.4.8' })).toEqual({ documents: [], standing: null, loadedAt: null })
  })

  it('are replaced by the next; contents stay with documents still listed', () => {
    readings.keep(ins, { documents: [documentExample('1.1'), documentExample('1.2')], standing: openStanding, loadedAt: 5 })
    readings.keepContent(ins, '1.1', Buffer.from('one'))
    readings.keepContent(ins, '1.2', Buffer.from('two'))
    readings.keep(ins, { documents: [documentExample('1.1', { title: 'Renamed' })], standing: openStanding, loadedAt: 6 })
    expect(readings.get(ins)).toMatchObject({ documents: [{ uniqueId: '1.1', title: 'Renamed' }], loadedAt: 6 })
    expect(readings.content(ins, '1.1')).toEqual(Buffer.from('one'))
    expect(readings.content(ins, '1.2')).toBeNull()
  })

  it('learn a standing without forgetting when the list was read', () => {
    readings.keep(ins, { documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    readings.keepStanding(ins, { ...openStanding, authorisation: 'blocked' }, 9)
    expect(readings.get(ins)).toMatchObject({ documents: [{ uniqueId: '1.1' }], standing: { authorisation: 'blocked' }, loadedAt: 5 })
  })
})
