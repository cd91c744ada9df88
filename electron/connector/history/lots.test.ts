import { afterEach, beforeEach, expect, it } from 'vitest'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import type { NationalRecord, SubmissionSet } from '../record/index.ts'
import { readLots } from './lots.ts'
import type { Consultation } from './read-record.ts'
import { openReadings } from './readings.ts'
import { answeringRecord, doctorExample, documentExample, insExample as ins } from './record-example.ts'
import type { Reader } from './reading-stop.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
beforeEach(async () => {
  handle = await temporaryStore()
})
afterEach(() => handle.remove())

const since = Date.parse('2026-11-20T08:30:15.900Z')
const documents = ['1', '2', '3'].map((id) => documentExample(`1.${id}`, { entryUuid: `e${id}`, creationTime: `2026-0${id}-01T00:00:00Z`, status: id === '2' ? 'deprecated' : 'approved' }))
const set = (id: string, submissionTime: string, members: string[] | null = null): SubmissionSet => ({ uniqueId: `9.${id}`, entryUuid: `s${id}`, submissionTime, documents: members })

function way(reader: Reader = doctorExample, stop: Consultation['stop'] = () => null): Consultation {
  return { way: 'one', ins, entry: null, reader, kept: openReadings(handle.store).of(reader, ins), stop }
}

/** A registry of these lots, and what it was asked. */
function registry(sets: Result<SubmissionSet[]>, holds: Record<string, string[]> = {}) {
  const asked: [string, unknown][] = []
  const record: NationalRecord = {
    ...answeringRecord({}),
    findSubmissionSets: async (_party, _ins, from) => (asked.push(['sets', from]), sets),
    findAssociations: async (_party, _ins, ids) => (asked.push(['associations', ids]), success(ids.flatMap((source) => [...(holds[source] ?? []).map((target) => ({ type: 'has-member' as const, source, target })), { type: 'signs' as const, source: 'x', target: source }]))),
    findDocumentsWithAssociations: async (_party, _ins, ids) => (asked.push(['documents', ids]), success({ documents: documents.filter(({ entryUuid }) => ids.includes(entryUuid)), associations: [] })),
  }
  return { record, asked }
}

it('are told newest first with what each holds, whatever became of it, as the record says or as it is asked', async () => {
  const { record, asked } = registry(success([set('a', '2026-11-21T10:00:00Z'), set('b', '2026-11-23T10:00:00Z', ['e3', 'signature']), set('c', '2026-11-21T10:00:00Z')]), { sa: ['e1', 'e2'] })
  const lots = await readLots(record, way(), since)
  expect(lots.ok && lots.value.map((lot) => [lot.uniqueId, lot.submittedAt, lot.documents.map(({ uniqueId, status }) => `${uniqueId} ${status}`)])).toEqual([
    ['9.b', '2026-11-23T10:00:00Z', ['1.3 approved']],
    ['9.a', '2026-11-21T10:00:00Z', ['1.2 deprecated', '1.1 approved']],
    ['9.c', '2026-11-21T10:00:00Z', []],
  ])
  expect(asked).toEqual([['sets', '20261120083015'], ['associations', ['sa', 'sc']], ['documents', ['e1', 'e2', 'e3', 'signature']]])
})

it('cost one question when there are none', async () => {
  const { record, asked } = registry(success([]))
  expect(await readLots(record, way(), since)).toEqual({ ok: true, value: [] })
  expect(asked).toHaveLength(1)
})

it('are refused to whoever may not search, and to nobody told what came after a refusal', async () => {
  const structure = registry(success([]))
  expect(await readLots(structure.record, way({ ...doctorExample, without: 'sign-in-needed' }, () => 'sign-in-needed'), since)).toMatchObject({ ok: false, failure: { code: 'sign-in-needed' } })
  expect(structure.asked).toEqual([])
  const late = registry(success([set('a', '2026-11-21T10:00:00Z')]), { sa: ['e1'] })
  expect(await readLots(late.record, way(doctorExample, () => (late.asked.length > 1 ? 'access-changed' : null)), since)).toMatchObject({ ok: false, failure: { code: 'access-changed' } })
  expect(late.asked.map(([what]) => what)).toEqual(['sets', 'associations'])
  expect(await readLots(registry(failure('record-no-answer')).record, way(), since)).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
})
