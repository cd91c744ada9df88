import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure, success, type Party, type RecordDocument, type RecordStanding } from '#shared/contract/index.ts'
import type { DocumentFilter } from '../record/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { byDate } from './by-date.ts'
import { readDocument, readFirst, readList, searchRecord, type Consultation } from './read-record.ts'
import type { Reader } from './reading-stop.ts'
import { openReadings, readingInMemory, type Readings } from './readings.ts'
import { answeringRecord, doctorExample as doctor, documentExample, insExample as ins, openStanding, readerExample } from './record-example.ts'

const structureAlone: Reader = { party: { kind: 'structure', structure: readerExample.structure }, inReinforcedMode: false, without: null }
let handle: Awaited<ReturnType<typeof temporaryStore>>
let readings: Readings
beforeEach(async () => {
  handle = await temporaryStore()
  readings = openReadings(handle.store)
})
afterEach(() => handle.remove())

const by = (reader: Reader, stop: Consultation['stop'] = () => null): Consultation => ({ way: 'w', ins, entry: null, reader, kept: readings.of(reader, ins), stop })

describe('reading what tells most before a list is in', () => {
  const structured = { formatCode: 'urn:asip:ci-sis:vsm:2013', typeCode: 'SYNTH' }
  const now = () => Date.parse('2026-11-21T09:00:00Z')
  /** A record that notes what it is asked and answers in turn; how it stands is known. */
  function asking(answers: readonly (readonly RecordDocument[])[], during: () => void = () => undefined) {
    const asked: DocumentFilter[] = []
    const record = answeringRecord({
      first: async (_ins, filter) => {
        during()
        return success([...(answers[asked.push(filter) - 1] ?? [])])
      },
    })
    by(doctor).kept.keepStanding(openStanding, 1)
    return { record, asked }
  }

  it('asks for what sums the patient up, and keeps it as a beginning', async () => {
    const { record, asked } = asking([[documentExample('1.1', structured), documentExample('1.2')]])
    expect(await readFirst(record, by(doctor), now, () => true)).toBe(true)
    expect(asked).toEqual([{ statuses: ['approved'], typeCodes: [expect.objectContaining({ code: 'SYNTH', system: '1.2.250.1.213.1.1.4.12' }), expect.objectContaining({ code: '60591-5', system: '2.16.840.1.113883.6.1' }), expect.objectContaining({ code: '74207-2' })] }])
    // A wrapped file would be fetched for nothing.
    expect(by(doctor).kept.get()).toMatchObject({ documents: [{ uniqueId: '1.1' }], loadedAt: null, standing: openStanding })
  })

  it('asks for what is recent where nothing sums the patient up in a form that can be read', async () => {
    const { record, asked } = asking([[documentExample('1.2')], [documentExample('1.3', { ...structured, typeCode: '11502-2' })]])
    expect(await readFirst(record, by(doctor), now, () => true)).toBe(true)
    expect(asked[1]).toEqual({ statuses: ['approved'], serviceStartFrom: '20261021' })
    expect(by(doctor).kept.get()).toMatchObject({ documents: [{ uniqueId: '1.3' }], loadedAt: null })
    expect(await readFirst(asking([[], []]).record, by(doctor), now, () => true)).toBe(false)
  })

  it('keeps nothing once the list is in, or once the answer has become nobody’s to see', async () => {
    const answers = [[documentExample('1.1', structured)]]
    expect(await readFirst(asking(answers).record, by(doctor), now, () => false)).toBe(false)
    let stop: ReturnType<Consultation['stop']> = null
    expect(await readFirst(asking(answers, () => (stop = 'consultation-refused')).record, by(doctor, () => stop), now, () => true)).toBe(false)
    expect(await readFirst(asking(answers, () => by(doctor).kept.keepStanding({ ...openStanding, authorisation: 'blocked' }, 2)).record, by(doctor), now, () => true)).toBe(false)
    expect(by(doctor).kept.get().documents).toEqual([])
    by(doctor).kept.keep({ documents: [documentExample('1.9')], standing: openStanding, loadedAt: 3 })
    await readFirst(asking(answers).record, by(doctor), now, () => true)
    expect(by(doctor).kept.get()).toMatchObject({ documents: [{ uniqueId: '1.9' }], loadedAt: 3 })
  })

  it('keeps what was meant, and some of it at most, of a record that gives whatever it has', async () => {
    const whatever = Array.from({ length: 60 }, (_, at) => documentExample(`1.${at}`, { ...structured, ...(at < 30 && { typeCode: '11502-2' }) }))
    expect(await readFirst(asking([whatever]).record, by(doctor), now, () => true)).toBe(true)
    const { documents } = by(doctor).kept.get()
    expect([documents.length, new Set(documents.map(({ typeCode }) => typeCode))]).toEqual([20, new Set(['SYNTH'])])
    const old = [documentExample('1.70', { ...structured, typeCode: '11502-2', serviceStartTime: '2024-01-02T00:00:00Z' })]
    expect(await readFirst(asking([[], old]).record, by(doctor), now, () => true)).toBe(false)
  })

  it('is no place where words are looked for', () => {
    const { kept } = by(doctor)
    kept.begin({ documents: [documentExample('1.1', { ...structured, title: 'Synthèse' })], standing: openStanding }, 5)
    expect(searchRecord(by(doctor), { words: 'synthese', limit: 5 }, now)).toEqual({ ok: true, value: { found: [], total: 0, searched: { titles: 0, texts: 0 } } })
  })
})

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
    const read = await readList(answeringRecord({ standing: async () => success(standing) }), by(reader), () => 5)
    expect(read).toMatchObject({ ok: false, failure: { code } })
    expect(by(reader).kept.get()).toEqual({ documents: [], standing, loadedAt: null })
  })

  it('asks for documents when the record does not tell the authorisation: it decides itself', async () => {
    const standing: RecordStanding = { ...openStanding, authorisation: 'unknown' }
    const read = await readList(answeringRecord({ standing: async () => success(standing), find: async () => success([documentExample('1.1')]) }), by(doctor), () => 5)
    expect(read).toMatchObject({ ok: true, value: { documents: [{ uniqueId: '1.1' }], standing } })
  })

  it('keeps the former list when the record does not answer', async () => {
    const list = [documentExample('1.1'), documentExample('1.2', { serviceStartTime: '2026-11-21T08:00:00Z' })]
    const read = await readList(answeringRecord({ find: async () => success(list) }), by(doctor), () => 5)
    expect(read).toMatchObject({ ok: true, value: { documents: [{ uniqueId: '1.2' }, { uniqueId: '1.1' }] } })
    const before = by(doctor).kept.get()
    expect(before).toMatchObject({ loadedAt: 5 })
    expect(await readList(answeringRecord({ find: async () => failure('record-no-answer') }), by(doctor), () => 9)).toMatchObject({ ok: false, failure: { code: 'record-unreachable', class: 'transient' } })
    expect(await readList(answeringRecord({ standing: async () => failure('record-unreachable') }), by(doctor), () => 9)).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
    expect(by(doctor).kept.get()).toEqual(before)
  })

  it('is a look at what is kept, answered or not; a question that is refused is none', async () => {
    const looks: number[] = []
    const way = (stop: ReturnType<Consultation['stop']>): Consultation => ({ ...by(doctor, () => stop), kept: { ...by(doctor).kept, look: (at) => looks.push(at) } })
    const away = answeringRecord({ standing: async () => failure('record-unreachable') })
    await readList(away, way(null), () => 5)
    await readDocument(answeringRecord({ findOne: () => null }), way(null), '1.1', () => 6)
    for (const stop of ['consultation-refused', 'consent-to-renew'] as const) {
      await readList(away, way(stop), () => 7)
      await readDocument(away, way(stop), '1.1', () => 8)
    }
    expect(looks).toEqual([5, 6])
  })

  it('drops an answer that has become nobody’s to see while the record was answering', async () => {
    let stop: ReturnType<Consultation['stop']> = null
    const way = by(doctor, () => stop)
    const duringStanding = answeringRecord({ standing: async () => ((stop = 'access-changed'), success({ ...openStanding, authorisation: 'blocked' })) })
    expect(await readList(duringStanding, way, () => 5)).toMatchObject({ ok: false, failure: { code: 'access-changed' } })
    expect(way.kept.get().standing).toBeNull()
    stop = null
    const duringList = answeringRecord({ find: async () => ((stop = 'consultation-refused'), success([documentExample('1.1')])) })
    expect(await readList(duringList, way, () => 5)).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
    expect(way.kept.get()).toMatchObject({ documents: [], loadedAt: null })
    // Nor is the record asked at all against a refusal.
    const asked = { ...answeringRecord({}), standing: () => Promise.reject(new Error('not to be asked')) }
    expect(await readList(asked, way, () => 5)).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
  })

  it('asks how the record stands, and no more, while the consent is to be renewed', async () => {
    const way = by(doctor, () => 'consent-to-renew')
    expect(await readList(answeringRecord({}), way, () => 5)).toMatchObject({ ok: false, failure: { code: 'consent-to-renew' } })
    expect(way.kept.get()).toEqual({ documents: [], standing: openStanding, loadedAt: null })
  })

  it('orders by care, else by creation, newest first', () => {
    const documents = [documentExample('a', { creationTime: '2026-01-01T00:00:00Z' }), documentExample('b', { creationTime: '2026-03-01T00:00:00Z', serviceStartTime: '2025-12-01T00:00:00Z' }), documentExample('c', { creationTime: '2026-02-01T00:00:00Z' })]
    expect(byDate(documents).map(({ uniqueId }) => uniqueId)).toEqual(['c', 'a', 'b'])
  })
})

describe('a list the record warned of', () => {
  const warned = (documents: readonly RecordDocument[]) => answeringRecord({ find: async () => ({ ...success([...documents]), warnings: ['XDSTooManyResults: liste tronquée'] }) })

  it.each(['store', 'memory'])('is kept with the record’s words in the %s until a whole one is in, whatever is asked meanwhile', async (where) => {
    const kept = where === 'store' ? by(doctor).kept : readingInMemory()
    const way = { ...by(doctor), kept }
    expect(await readList(warned([documentExample('1.1')]), way, () => 5)).toMatchObject({ ok: true })
    kept.keepStanding(openStanding, 6)
    kept.begin({ documents: [documentExample('1.9')], standing: openStanding }, 6)
    expect(kept.get()).toMatchObject({ documents: [{ uniqueId: '1.1' }], loadedAt: 5, warnings: ['XDSTooManyResults: liste tronquée'] })
    await readList(answeringRecord({ find: async () => success([documentExample('1.1'), documentExample('1.2')]) }), way, () => 7)
    expect(kept.get()).toMatchObject({ loadedAt: 7 })
    expect(kept.get()).not.toHaveProperty('warnings')
  })

  it('is no empty list where it has nothing, in force or not', async () => {
    for (const options of [{}, { states: ['archived' as const] }]) {
      expect(await readList(warned([]), by(doctor), () => 5, options)).toMatchObject({ ok: false, failure: { code: 'record-too-many-results', recordText: 'XDSTooManyResults: liste tronquée' } })
    }
    expect(by(doctor).kept.get().loadedAt).toBeNull()
  })
})

describe('reading a document', () => {
  const bytes = Buffer.from('cda')

  it('takes it from the record once, then from what was kept', async () => {
    by(doctor).kept.keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    const first = await readDocument(answeringRecord({ retrieve: () => success(bytes) }), by(doctor), '1.1', () => 5)
    expect(first).toMatchObject({ ok: true, value: { document: { uniqueId: '1.1' }, bytes } })
    expect(await readDocument(answeringRecord({}), by(doctor), '1.1', () => 5)).toMatchObject({ ok: true, value: { bytes } })
  })

  it('asks where one that is not listed lies, and keeps nothing of it', async () => {
    const found = answeringRecord({ findOne: (uniqueId) => documentExample(uniqueId), retrieve: () => success(bytes) })
    expect(await readDocument(found, by(doctor), '1.9', () => 5)).toMatchObject({ ok: true, value: { bytes } })
    expect(by(doctor).kept.content('1.9')).toBeNull()
    expect(await readDocument(answeringRecord({ findOne: () => null }), by(doctor), '1.9', () => 5)).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
  })

  it('keeps nothing that could not be had, and asks nothing for a structure', async () => {
    by(doctor).kept.keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    const altered = answeringRecord({ retrieve: () => failure('document-hash-mismatch') })
    expect(await readDocument(altered, by(doctor), '1.1', () => 5)).toMatchObject({ ok: false, failure: { code: 'document-hash-mismatch' } })
    expect(by(doctor).kept.content('1.1')).toBeNull()
    expect(await readDocument(answeringRecord({}), by(structureAlone), '1.1', () => 5)).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
  })

  it('gives a médecin du travail the list and no document, and says why without asking', async () => {
    if (readerExample.kind !== 'professional') throw new Error('a professional')
    const party: Party = { ...readerExample, professional: { ...readerExample.professional, specialty: 'SM25' } }
    const occupational: Reader = { party, inReinforcedMode: false, without: null }
    const listed = await readList(answeringRecord({ find: async () => success([documentExample('1.1')]) }), by(occupational), () => 5)
    expect(listed).toMatchObject({ ok: true, value: { documents: [{ uniqueId: '1.1' }] } })
    expect(await readDocument(answeringRecord({}), by(occupational), '1.1', () => 5)).toMatchObject({ ok: false, failure: { code: 'right-not-occupational' } })
    // In reinforced indirect mode the sheet is not known: the record decides.
    const asked = answeringRecord({ retrieve: () => success(bytes) })
    expect(await readDocument(asked, by({ party, inReinforcedMode: true, without: null }), '1.1', () => 5)).toMatchObject({ ok: true, value: { bytes } })
  })

  describe('that gives another INS', () => {
    const cda = (words: string) => Buffer.from(`<ClinicalDocument xmlns="urn:hl7-org:v3"><title>${words}</title><recordTarget><patientRole><id root="${ins.oid}" extension="279035121518989"/></patientRole></recordTarget></ClinicalDocument>`)
    const theirs = { known: () => ({ traits: null, holderOf: () => 'same' as const }) }

    it('neither gives nor keeps it, listed or not', async () => {
      by(doctor).kept.keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
      const answers = answeringRecord({ findOne: (uniqueId) => documentExample(uniqueId), retrieve: () => success(cda('one')) })
      for (const uniqueId of ['1.1', '1.9']) expect(await readDocument(answers, by(doctor), uniqueId, () => 5)).toMatchObject({ ok: false, failure: { code: 'document-of-another', class: 'permanent' } })
      expect(by(doctor).kept.content('1.1')).toBeNull()
      expect(by(doctor).kept.get().documents.length).toBe(1)
    })

    it('says so of one that is theirs by what is known here', async () => {
      by(doctor).kept.keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
      for (const answers of [answeringRecord({ retrieve: () => success(cda('one')) }), answeringRecord({})]) expect(await readDocument(answers, { ...by(doctor), ...theirs }, '1.1', () => 5)).toMatchObject({ ok: true, value: { isUnderAnotherNumber: true } })
    })

    it.each(['store', 'memory'])('takes one that was kept out of the %s, with its facts, and leaves it listed as it was', async (where) => {
      const kept = where === 'store' ? by(doctor).kept : readingInMemory()
      kept.keep({ documents: [documentExample('1.1'), documentExample('1.2')], standing: openStanding, loadedAt: 5 })
      for (const uniqueId of ['1.1', '1.2']) {
        kept.keepContent(uniqueId, cda(uniqueId))
        kept.beginFacts(uniqueId)
        kept.keepFacts(uniqueId, `["${uniqueId}"]`)
      }
      const before = kept.get()
      expect(await readDocument(answeringRecord({}), { ...by(doctor), kept }, '1.1', () => 7)).toMatchObject({ ok: false, failure: { code: 'document-of-another' } })
      expect([kept.content('1.1'), [...kept.fetched()], kept.facts(['1.1', '1.2'])]).toEqual([null, ['1.2'], ['["1.2"]']])
      expect(byDate(kept.get().documents)).toEqual(byDate(before.documents))
      kept.see(8)
      expect(kept.news(8 + 86_400_000).documents).toEqual([])
    })
  })

  it('gives and keeps nothing that has become nobody’s to see meanwhile', async () => {
    let stop: ReturnType<Consultation['stop']> = null
    const way = by(doctor, () => stop)
    way.kept.keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    expect(await readDocument(answeringRecord({ retrieve: () => ((stop = 'access-changed'), success(bytes)) }), way, '1.1', () => 5)).toMatchObject({ ok: false, failure: { code: 'access-changed' } })
    expect(way.kept.content('1.1')).toBeNull()
    way.kept.keepContent('1.1', bytes)
    expect(await readDocument(answeringRecord({}), way, '1.1', () => 5)).toMatchObject({ ok: false, failure: { code: 'access-changed' } })
  })

  it('gives nothing of what was kept to whoever the record last said may not read: the record is asked, and decides', async () => {
    by(doctor).kept.keep({ documents: [documentExample('1.1')], standing: { ...openStanding, authorisation: 'none' }, loadedAt: 5 })
    by(doctor).kept.keepContent('1.1', bytes)
    expect(await readDocument(answeringRecord({ retrieve: () => failure('access-not-granted') }), by(doctor), '1.1', () => 5)).toMatchObject({ ok: false, failure: { code: 'access-not-granted' } })
    const inEmergency: Reader = { party: { ...readerExample, mode: 'break-glass' } as Party, inReinforcedMode: false, without: null }
    expect(await readDocument(answeringRecord({}), { ...by(inEmergency), kept: by(doctor).kept }, '1.1', () => 5)).toMatchObject({ ok: true, value: { bytes } })
  })
})

describe('searching what was read', () => {
  const asked = { words: 'ordonnance', limit: 20 }

  it.each([
    ['record-closed', { existence: 'closed' }, doctor],
    ['professional-blocked', { authorisation: 'blocked' }, doctor],
    ['access-not-granted', { authorisation: 'expired' }, doctor],
    ['reading-needs-professional', {}, structureAlone],
  ] as const)('is refused with %s as the list is', async (code, change: Partial<RecordStanding>, reader) => {
    by(reader).kept.keep({ documents: [documentExample('1.1')], standing: openStanding, loadedAt: 5 })
    by(reader).kept.keepStanding({ ...openStanding, ...change }, 6)
    expect(searchRecord(by(reader), asked, () => 7)).toMatchObject({ ok: false, failure: { code } })
  })

  it('is refused by the patient’s word, and to a structure that read nothing', () => {
    for (const stop of ['consultation-refused', 'consent-to-renew', 'sign-in-needed'] as const) expect(searchRecord(by(doctor, () => stop), asked, () => 7)).toMatchObject({ ok: false, failure: { code: stop } })
    expect(searchRecord(by(structureAlone), asked, () => 7)).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
  })

  it('looks in titles alone for a médecin du travail, and in nothing during an emergency, and says so', () => {
    const seen: unknown[] = []
    const way = (reader: Reader): Consultation => ({ ...by(reader), kept: { ...by(reader).kept, get: () => ({ documents: [], standing: openStanding, loadedAt: 5 }), standing: () => openStanding, search: (of) => (seen.push(of.inTexts), readingInMemory().search(of)) } })
    if (readerExample.kind !== 'professional') throw new Error('a professional')
    const party: Party = { ...readerExample, professional: { ...readerExample.professional, specialty: 'SM25' } }
    for (const reader of [doctor, { ...doctor, party }]) expect(searchRecord(way(reader), asked, () => 7)).toEqual(success({ found: [], total: 0, searched: { titles: 0, texts: 0 } }))
    expect(seen).toEqual([true, false])
  })
})
