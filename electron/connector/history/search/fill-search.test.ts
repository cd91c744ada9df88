import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryStore } from '../../outbox/test-store.ts'
import { documentWith, entryTemplate, row } from '../facts/facts-example.ts'
import { openReadings, type Readings } from '../readings.ts'
import { colleagueExample, doctorExample, documentExample, insExample as ins, openStanding } from '../record-example.ts'
import type { TextPiece } from './document-text.ts'
import { fillSearch, type SearchFiller } from './fill-search.ts'
import { openPassages } from './passages.ts'
import { cdaExample, pdfExample } from './text-example.ts'
import { openTextReader, type TextReader } from './text-reader.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let readings: Readings
let filler: SearchFiller
const bugs: unknown[] = []

beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(async () => {
  await filler.close()
  handle.remove()
  expect(bugs.splice(0)).toEqual([])
})

function open(reader: TextReader = openTextReader()): void {
  const passages = openPassages(handle.store)
  filler = fillSearch({ store: handle.store, passages, reader, onBug: (error) => bugs.push(error) })
  readings = openReadings(handle.store, { passages, onChanged: () => filler.wake() })
}

/** Stands for a reader of texts: as told, without a thread. */
function readerThat(read: (bytes: Uint8Array) => Promise<TextPiece[]>): TextReader {
  return { read, rest: async () => undefined }
}
const piece = (text: string): TextPiece => ({ kind: 'text', attachment: null, page: null, text })
const itsText = readerThat(async (bytes) => [piece(Buffer.from(bytes).toString())])

const of = (by = doctorExample, patient = ins) => readings.of(by, patient)
function show(titles: Record<string, string>, by = doctorExample, patient = ins): void {
  of(by, patient).keep({ documents: Object.entries(titles).map(([uniqueId, title]) => documentExample(uniqueId, { title })), standing: openStanding, loadedAt: 5 })
}
async function search(words: string, { by = doctorExample, patient = ins, limit = 20 } = {}) {
  await filler.settled()
  return of(by, patient).search({ words, limit, inTexts: true })
}
const found = async (words: string, who = {}) => (await search(words, who)).found.map(({ document }) => document.uniqueId)
const rows = (table: string) => handle.store.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()

describe('what was read is searched', () => {
  it('by title and type, narrative and pages of PDFs, words anywhere in the document', async () => {
    open()
    show({ '1.1': 'Compte rendu opératoire', '1.2': 'Courrier' })
    of().keepContent('1.1', cdaExample('Arthroscopie du genou gauche, œdème modéré', await pdfExample('Protocole', 'Kinésithérapie dès le lendemain')))
    expect(await search('operatoire genou KINESI')).toEqual({
      found: [
        {
          document: documentExample('1.1', { title: 'Compte rendu opératoire' }),
          passages: [
            { place: { kind: 'title' }, parts: [{ text: 'Compte rendu ', marked: false }, { text: 'opératoire', marked: true }, { text: ' · Prescription', marked: false }] },
            { place: { kind: 'text' }, parts: [{ text: 'Conclusion Arthroscopie du ', marked: false }, { text: 'genou', marked: true }, { text: ' gauche, œdème modéré', marked: false }] },
            { place: { kind: 'page', attachment: 0, page: 2 }, parts: [{ text: 'Kinésithérapie', marked: true }, { text: ' dès le lendemain', marked: false }] },
          ],
        },
      ],
      total: 1,
      searched: { titles: 2, texts: 1 },
    })
    expect([await found('oedeme'), await found('prescription'), await found('genou courrier'), await found('gen gauche'), await found('- %')]).toEqual([['1.1'], ['1.1', '1.2'].reverse(), [], [], []])
  })

  it('by the facts a document states, each shown whole; never by one it denies or its text contradicts', async () => {
    open()
    show({ '1.1': 'Synthèse' })
    const problem = (code: string, name: string, negated: boolean, reference = '') =>
      `<entry><act>${entryTemplate('39')}<statusCode code="active"/><entryRelationship typeCode="SUBJ"><observation moodCode="EVN" negationInd="${negated}">${entryTemplate('37')}${reference}<value xsi:type="CD" code="${code}" codeSystem="2.16.840.1.113883.6.3" displayName="${name}"/></observation></entryRelationship></act></entry>`
    of().keepContent('1.1', documentWith('11450-4', '132', row('Une question', 'p=Oui'), [problem('J45', 'Asthme', false), problem('E11', 'Diabète', false), problem('I10', 'Hypertension', true), problem('G40', 'Épilepsie', true, '<text><reference value="#p"/></text>')].join('')))
    expect((await search('asthme')).found[0]?.passages).toEqual([{ place: { kind: 'fact' }, parts: [{ text: 'Asthme', marked: true }] }])
    expect([await found('asthme diabete'), await found('hypertension'), await found('epilepsie')]).toEqual([['1.1'], [], []])
  })

  it('for whoever read it alone, and of this patient', async () => {
    open(itsText)
    const other = { ...ins, value: '184069999999970' }
    show({ '1.1': 'Bilan' })
    of().keepContent('1.1', Buffer.from('thyroïde'))
    show({ '1.1': 'Bilan' }, colleagueExample)
    show({ '1.7': 'Bilan' }, doctorExample, other)
    expect([await found('thyroide'), await found('thyroide', { by: colleagueExample }), await found('bilan', { by: colleagueExample }), await found('thyroide', { patient: other }), await found('bilan', { patient: other })]).toEqual([['1.1'], [], ['1.1'], [], ['1.7']])
  })

  it('newest first, no more than asked for, and says how many there are', async () => {
    open(itsText)
    of().keep({ documents: [1, 2, 3].map((month) => documentExample(`1.${month}`, { creationTime: `2026-0${month}-01T00:00:00Z` })), standing: openStanding, loadedAt: 5 })
    expect(await search('ordonnance', { limit: 2 })).toMatchObject({ found: [{ document: { uniqueId: '1.3' } }, { document: { uniqueId: '1.2' } }], total: 3 })
  })

  it('under the title it has now, and no more once it is off the list or refused, nothing of it left', async () => {
    open(itsText)
    show({ '1.1': 'Bilan', '1.2': 'Courrier' })
    for (const uniqueId of ['1.1', '1.2']) of().keepContent(uniqueId, Buffer.from('thyroïde'))
    expect(await found('thyroide')).toEqual(['1.2', '1.1'])
    show({ '1.1': 'Échographie' })
    expect([await found('bilan'), await found('echographie'), await found('thyroide')]).toEqual([[], ['1.1'], ['1.1']])
    readings.forget(ins)
    expect(await found('thyroide')).toEqual([])
    expect(['record_passage', 'record_search', 'record_erased'].map(rows)).toEqual([0, 0, 0])
  })

  it('not by the text for who may read no document', async () => {
    open(itsText)
    show({ '1.1': 'Bilan' })
    of().keepContent('1.1', Buffer.from('bilan thyroïde'))
    await filler.settled()
    expect(of().search({ words: 'thyroide', limit: 9, inTexts: false })).toEqual({ found: [], total: 0, searched: { titles: 1, texts: 0 } })
    expect(of().search({ words: 'bilan', limit: 9, inTexts: false }).found).toMatchObject([{ passages: [{ place: { kind: 'title' } }] }])
  })
})

describe('what is not searched yet', () => {
  it('is when it came while the thread that reads was ending', async () => {
    const resting = Promise.withResolvers<void>()
    const rested = Promise.withResolvers<void>()
    open({ read: async () => [], rest: () => (resting.resolve(), rested.promise) })
    await resting.promise
    show({ '1.1': 'Bilan' })
    rested.resolve()
    expect(await found('bilan')).toEqual(['1.1'])
  })

  it('is in the end, however often no thread was to be had to read it', async () => {
    let refused = 0
    open(readerThat(async (bytes) => {
      if ((refused += 1) <= 3) throw Object.assign(new Error('no thread'), { code: 'ERR_WORKER_INIT_FAILED' })
      return [piece(Buffer.from(bytes).toString())]
    }))
    show({ '1.1': 'Bilan' })
    of().keepContent('1.1', Buffer.from('thyroïde'))
    for (let time = 0; time < 4; time++) {
      await filler.settled()
      filler.wake()
    }
    expect(await found('thyroide')).toEqual(['1.1'])
    expect(bugs.splice(0)).toHaveLength(3)
  })

  it('is after a restart, once, wherever the program ended', async () => {
    const begun = Promise.withResolvers<void>()
    const stopped = Promise.withResolvers<TextPiece[]>()
    open({ read: () => (begun.resolve(), stopped.promise), rest: async () => stopped.resolve([]) })
    show({ '1.1': 'Bilan' })
    of().keepContent('1.1', Buffer.from('thyroïde'))
    await begun.promise
    await filler.close()
    // As by a program that was killed in the middle of the text.
    const half = handle.store.db.prepare('SELECT id, content_sha256 AS sha256 FROM record_document').get() as { id: number; sha256: string }
    openPassages(handle.store).takePiece(half, piece('moitié'))
    await handle.reopen()
    open(itsText)
    expect([await found('thyroide'), await found('moitie'), (await search('bilan')).searched]).toEqual([['1.1'], [], { titles: 1, texts: 1 }])
  })

  it('is let be when it ended the program twice, and not held against one that was stopped', async () => {
    open(itsText)
    await filler.settled()
    show({ '1.1': 'Bilan' })
    await filler.close()
    of().keepContent('1.1', Buffer.from('thyroïde'))
    const passages = openPassages(handle.store)
    passages.beginText(passages.dueText()!)
    passages.leaveText(passages.dueText()!)
    for (let time = 0; time < 2; time++) passages.beginText(passages.dueText()!)
    expect(passages.dueText()).toBeNull()
    open(itsText)
    expect((await search('bilan')).searched).toEqual({ titles: 1, texts: 0 })
  })

  it('is when its content, gone from the disk, is read again', async () => {
    open(itsText)
    show({ '1.1': 'Bilan' })
    await filler.settled()
    of().keepContent('1.1', Buffer.from('thyroïde'))
    handle.store.readSpool.remove(handle.store.readSpool.put(Buffer.from('thyroïde')).sha256)
    expect((await search('bilan')).searched).toEqual({ titles: 1, texts: 0 })
    expect(of().content('1.1')).toBeNull()
    of().keepContent('1.1', Buffer.from('thyroïde'))
    expect(await found('thyroide')).toEqual(['1.1'])
  })

  it('is not taken down for a document that went meanwhile', async () => {
    const read = Promise.withResolvers<TextPiece[]>()
    const begun = Promise.withResolvers<void>()
    open(readerThat(() => (begun.resolve(), read.promise)))
    show({ '1.1': 'Bilan' })
    of().keepContent('1.1', Buffer.from('thyroïde'))
    await begun.promise
    readings.forget(ins)
    read.resolve([piece('thyroïde')])
    await filler.settled()
    expect(['record_passage', 'record_search', 'record_erased', 'record_document'].map(rows)).toEqual([0, 0, 0, 0])
  })
})
