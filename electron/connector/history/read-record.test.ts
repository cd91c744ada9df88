import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure, success, type Party, type RecordStanding } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { byDate, readDocument, readList } from './read-record.ts'
import type { Reader } from './reading-stop.ts'
import { openReadings, type Readings } from './readings.ts'
import { answeringRecord, documentExample, insExample as ins, openStanding, readerExample } from './record-example.ts'

const doctor: Reader = { party: readerExample, inReinforcedMode: false }
const structureAlone: Reader = { party: { kind: 'structure', structure: readerExample.structure }, inReinforcedMode: false }
let handle: Awaited<ReturnType<typeof temporaryStore>>
let readings: Readings
beforeEach(async () => {
  handle = await temporaryStore()
  readings = openReadings(handle.store)
})
afterEach(() => handle.remove())

describe('reading the list', () => {
  it.each([
    ['record-absent', { existence: 'absent' }, doctor],
    ['record-closed', { existence: 'closed' }, doctor],
    ['reading-needs-professional', {}, structureAlone],
    ['professional-blocked', { authorisation: 'blocked' }, doctor],
    ['access-not-granted', { authorisation: 'expired' }, doctor],
    ['access-not-granted', { authorisation: 'none' }, doctor],
  ] as const)('says %s without asking for documents, and keeps only the standing', async (code, change: Partial<RecordStanding>, reader) => {
    const standing = { ...openStanding, ...change }
    const read = await readList(answeringRecord({ standing: async () => success(standing) }), readings, reader, ins, () => 5)
    expect(read).toMatchObject({ ok: false, failure: { code } })
    expect(readings.get(ins)).toEqual({ documents: [], standing, loadedAt: null })
  })

  it('asks for documents when the record does not tell the authorisation: it decides itself', async () => {
    const standing: RecordStanding = { ...openStanding, authorisation: 'unknown' }
    const read = await readList(answeringRecord({ standing: async () => success(standing), find: async () => success([documentExample('1.1')]) }), readings, doctor, ins, () => 5)
    expect(read).toMatchObject({ ok: true, value: { documents: [{ uniqueId: '1.1' }], standing } })
  })

  it('keeps the former list when the record does not answer', async () => {
    const list = [documentExample('1.1'), documentExample('1.2', { serviceStartTime: '2026-11-21T08:00:00Z' })]
    const read = await readList(answeringRecord({ find: async () => success(list) }), readings, doctor, ins, () => 5)
    expect(read).toMatchObject({ ok: true, value: { documents: [{ uniqueId: '1.2' }, { uniqueId: '1.1' }] } })
    const before = readings.get(ins)
    expect(before).toMatchObject({ loadedAt: 5 })
    expect(await readList(answeringRecord({ find: async () => failure('record-no-answer') }), readings, doctor, ins, () => 9)).toMatchObject({ ok: false, failure: { code: 'record-no-answer' } })
    expect(await readList(answeringRecord({ standing: async () => failure('record-unreachable') }), readings, doctor, ins, () => 9)).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
    expect(readings.get(ins)).toEqual(before)
  })

  it('orders by care, else by creation, newest first', () => {
    const documents = [documentExample('a', { creationTime: '2026-01-01T00:00:00Z' }), documentExample('b', { creationTime: '2026-03-01T00:00:00Z', serviceStartTime: '2025-12-01T00:00:00Z' }), documentExample('c', { creationTime: '2026-02-01T00:00:00Z' })]
    expect(byDate(documents).map(({ uniqueId }) => uniqueId)).toEqual(['c', 'a', 'b'])
  })
})

describe('reading a document', () => {
  const bytes = Buffer.from('cda')

  it('takes it from the record once, then from what was kept', async () => {
    readings.keep(ins, { documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    const first = await readDocument(answeringRecord({ retrieve: () => success(bytes) }), readings, doctor, ins, '1.1')
    expect(first).toMatchObject({ ok: true, value: { document: { uniqueId: '1.1' }, bytes } })
    expect(await readDocument(answeringRecord({}), readings, doctor, ins, '1.1')).toMatchObject({ ok: true, value: { bytes } })
  })

  it('asks where one that is not listed lies, and keeps nothing of it', async () => {
    const found = answeringRecord({ findOne: (uniqueId) => documentExample(uniqueId), retrieve: () => success(bytes) })
    expect(await readDocument(found, readings, doctor, ins, '1.9')).toMatchObject({ ok: true, value: { bytes } })
    expect(readings.content(ins, '1.9')).toBeNull()
    expect(await readDocument(answeringRecord({ findOne: () => null }), readings, doctor, ins, '1.9')).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
  })

  it('keeps nothing that could not be had, and asks nothing for a structure', async () => {
    readings.keep(ins, { documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    const altered = answeringRecord({ retrieve: () => failure('document-hash-mismatch') })
    expect(await readDocument(altered, readings, doctor, ins, '1.1')).toMatchObject({ ok: false, failure: { code: 'document-hash-mismatch' } })
    expect(readings.content(ins, '1.1')).toBeNull()
    expect(await readDocument(answeringRecord({}), readings, structureAlone, ins, '1.1')).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
  })

  it('gives a médecin du travail the list and no document, and says why without asking', async () => {
    if (readerExample.kind !== 'professional') throw new Error('a professional')
    const party: Party = { ...readerExample, professional: { ...readerExample.professional, specialty: 'SM25' } }
    const occupational: Reader = { party, inReinforcedMode: false }
    const listed = await readList(answeringRecord({ find: async () => success([documentExample('1.1')]) }), readings, occupational, ins, () => 5)
    expect(listed).toMatchObject({ ok: true, value: { documents: [{ uniqueId: '1.1' }] } })
    expect(await readDocument(answeringRecord({}), readings, occupational, ins, '1.1')).toMatchObject({ ok: false, failure: { code: 'right-not-occupational' } })
    // In reinforced indirect mode the sheet is not known: the record decides.
    const asked = answeringRecord({ retrieve: () => success(bytes) })
    expect(await readDocument(asked, readings, { party, inReinforcedMode: true }, ins, '1.1')).toMatchObject({ ok: true, value: { bytes } })
  })

  it('gives nothing of what was kept to whoever the record last said may not read: the record is asked, and decides', async () => {
    readings.keep(ins, { documents: [documentExample('1.1')], standing: { ...openStanding, authorisation: 'none' }, loadedAt: 5 })
    readings.keepContent(ins, '1.1', bytes)
    expect(await readDocument(answeringRecord({ retrieve: () => failure('access-not-granted') }), readings, doctor, ins, '1.1')).toMatchObject({ ok: false, failure: { code: 'access-not-granted' } })
    const inEmergency: Reader = { party: { ...readerExample, mode: 'break-glass' } as Party, inReinforcedMode: false }
    expect(await readDocument(answeringRecord({}), readings, inEmergency, ins, '1.1')).toMatchObject({ ok: true, value: { bytes } })
  })
})
