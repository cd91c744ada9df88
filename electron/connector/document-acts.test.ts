import { describe, expect, it } from 'vitest'
import { failure, success, type DocumentAct, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { openDocumentActs } from './document-acts.ts'
import type { Consultation } from './history/index.ts'
import { doctorExample, documentExample, insExample as ins } from './history/record-example.ts'
import { readingInMemory } from './history/readings.ts'

type Step = Result<RecordDocument | null> | 'done' | Result<never>

const own = (changes: Partial<RecordDocument> = {}) => documentExample('1.1', { authors: [{ name: 'Ada UN', role: null, structure: null, personId: '810000000001', structureId: null }], ...changes })
const lost = failure('record-no-answer')

/** A record that answers one step after the other: documents to questions, `done` or a failure to changes. */
function acting(steps: Step[], { stop = () => null as ReturnType<Consultation['stop']>, way = (): string => 'w', isFromHere = false } = {}) {
  const told: string[] = []
  const kept = readingInMemory()
  const next = (asked: string) => {
    told.push(asked)
    const step = steps.shift()
    if (step === undefined) throw new Error(`${asked} was not expected`)
    return step
  }
  const acts = openDocumentActs({
    panel: { consultation: () => ({ way: way(), ins, entry: null, reader: doctorExample, kept, stop }), view: () => ({ patient: null }) as never, refreshAnew: () => Promise.reject(new Error('not on screen')) },
    record: { findByUniqueId: async () => next('find') as Result<RecordDocument | null>, changeMetadata: async (_party, _ins, _uniqueId, change) => ((step) => (step === 'done' ? success({ entryUuid: null }) : step))(next(`change ${change.kind}`)) as Result<{ entryUuid: string | null }> },
    readings: { hideFromOthers: () => void told.push('hidden from others') },
    ledger: { othersWithUniqueId: async () => (isFromHere ? [{ id: '1', state: 'deposited', content_sha256: '' }] : []), noteInRecord: async (_uniqueId, act) => told.push(`noted ${act}`) > 0 },
    onBug: (error) => {
      throw error
    },
  })
  return { told, change: (act: DocumentAct) => acts.change(ins, '1.1', act), look: () => acts.look(ins, '1.1') }
}

describe('an act on a document of the record', () => {
  it('is done once, told to what is known here, and answered with what the document is now', async () => {
    const { told, change } = acting([success(own()), 'done'])
    expect(await change('mask')).toMatchObject({ ok: true, value: { document: { maskedToProfessionals: true }, offers: [{ act: 'unmask', refusal: null }, { act: 'archive' }, { act: 'delete' }] } })
    expect(told).toEqual(['find', 'change mask', 'hidden from others', 'noted mask'])
  })

  it('is not asked for again when the document is so already, whoever did it', async () => {
    const { told, change } = acting([success(own({ status: 'deleted' }))])
    expect(await change('delete')).toMatchObject({ ok: true, value: { document: { status: 'deleted' }, offers: [] } })
    expect(told).toEqual(['find'])
  })

  it.each([
    ['is refused by the rights sheet', documentExample('1.1'), 'delete', 'right-author-only'],
    ['makes no sense any more', own({ status: 'deprecated' }), 'archive', 'document-changed'],
    ['would hide it from everybody', own({ hiddenFromPatient: true }), 'mask', 'visibility-forbidden'],
  ] as const)('that %s never reaches the record', async (_, document, act, code) => {
    const { told, change } = acting([success(document)])
    expect(await change(act)).toMatchObject({ ok: false, failure: { code } })
    expect(told).toEqual(['find'])
  })

  it.each([
    ['shows it', success(own({ maskedToProfessionals: true })), 'mask', { ok: true, value: { document: { maskedToProfessionals: true } } }, true],
    ['shows it deleted', success(own({ status: 'deleted' })), 'delete', { ok: true }, true],
    ['shows the document no more', success(null), 'delete', { ok: true, value: { document: { status: 'deleted' } } }, true],
    ['shows nothing where nothing was to go', success(null), 'restore', { ok: false, failure: { code: 'document-not-found' } }, false],
    ['does not show it', success(own()), 'mask', { ok: false, failure: { code: 'change-not-seen' } }, false],
    ['does not answer either', lost, 'mask', { ok: false, failure: { code: 'change-in-doubt' } }, false],
  ] as const)('whose answer was lost is never repeated: the record is asked, which %s', async (_, seen, act, expected, isNoted) => {
    const { told, change } = acting([success(own({ status: act === 'restore' ? 'archived' : 'approved' })), lost, seen])
    expect(await change(act)).toMatchObject(expected)
    expect(told.filter((line) => line.startsWith('change'))).toHaveLength(1)
    expect(told.includes(`noted ${act}`)).toBe(isNoted)
  })

  it('leaves no doubt when it was the question before it that got no answer', async () => {
    const { told, change } = acting([lost])
    expect(await change('delete')).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
    expect(told).toEqual(['find'])
  })

  it('says what the record refused, and never that the practice file is wrong', async () => {
    expect(await acting([success(own()), failure('record-author-refused', { recordText: 'Pas l’auteur' })]).change('delete')).toMatchObject({ ok: false, failure: { code: 'record-update-refused', recordText: 'Pas l’auteur' } })
    expect(await acting([success(own()), failure('record-busy')]).change('delete')).toMatchObject({ ok: false, failure: { code: 'record-busy' } })
  })

  it('is stopped by the patient’s word against being read, but for what was deposited from here', async () => {
    for (const word of ['consultation-refused', 'consent-to-renew'] as const) {
      const closed = acting([], { stop: () => word })
      expect([await closed.look(), await closed.change('delete')]).toMatchObject([{ ok: false, failure: { code: word } }, { ok: false, failure: { code: word } }])
      expect(await acting([success(own()), 'done'], { stop: () => word, isFromHere: true }).change('delete')).toMatchObject({ ok: true })
    }
  })

  it('is not done for whoever reads by then when somebody else had asked', async () => {
    let reader = 'w'
    for (const isFromHere of [false, true]) {
      reader = 'w'
      const { told, look } = acting([success(own())], { way: () => reader, isFromHere, stop: () => (isFromHere ? 'consultation-refused' : reader === 'w' ? null : 'access-changed') })
      const looked = look()
      await Promise.resolve()
      reader = 'another'
      expect(await looked).toMatchObject({ ok: false, failure: { code: 'access-changed' } })
      expect(told.length).toBeLessThanOrEqual(1)
    }
  })
})
