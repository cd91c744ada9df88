import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failure, success } from '#shared/contract/index.ts'
import { temporaryStore } from '../outbox/test-store.ts'
import { openReadings } from './readings.ts'
import type { Consultation } from './read-record.ts'
import { answeringRecord, doctorExample, documentExample, insExample as ins, openStanding } from './record-example.ts'
import { readVersions, versionsOf } from './versions.ts'

const documents = [1, 2, 3, 4].map((number) => documentExample(`1.${number}`, { entryUuid: `e${number}`, creationTime: `2026-0${number}-01T00:00:00Z`, status: number === 4 ? 'approved' : 'deprecated' }))
const replaces = (source: string, target: string) => ({ type: 'replaces' as const, source, target })
const chain = [replaces('e2', 'e1'), replaces('e3', 'e2'), replaces('e4', 'e3')]

describe('a chain of versions', () => {
  const named = (entryUuid: string, ties = chain) => {
    const { earlier, later } = versionsOf(entryUuid, documents, ties)
    return [earlier, later].map((all) => all.map((document) => document.entryUuid))
  }

  it('is followed down and up, newest first', () => {
    expect(named('e2')).toEqual([['e1'], ['e4', 'e3']])
    expect(named('e4')).toEqual([['e3', 'e2', 'e1'], []])
    expect(named('e1', [])).toEqual([[], []])
  })

  it('ends where it comes round, and leaves out what the record did not give', () => {
    expect(named('e1', [...chain, replaces('e1', 'e4'), replaces('gone', 'e1')])).toEqual([['e4', 'e3', 'e2'], ['e4', 'e3', 'e2']])
  })
})

describe('the versions of a document', () => {
  let handle: Awaited<ReturnType<typeof temporaryStore>>
  beforeEach(async () => {
    handle = await temporaryStore()
  })
  afterEach(() => handle.remove())

  function way(stop: () => ReturnType<Consultation['stop']> = () => null): Consultation {
    const kept = openReadings(handle.store).of(doctorExample, ins)
    kept.keep({ documents: [documents[3]!], standing: openStanding, loadedAt: 5 })
    return { way: 'one', ins, entry: null, reader: doctorExample, kept, stop }
  }
  const asked: string[][] = []
  /** Answers with what touches the ids asked, as a registry does. */
  const record = {
    ...answeringRecord({ findOne: () => null }),
    findDocumentsWithAssociations: async (_party: unknown, _ins: unknown, entryUuids: readonly string[]) => {
      asked.push([...entryUuids])
      return success({ documents: documents.filter(({ entryUuid }) => entryUuids.includes(entryUuid)), associations: chain.filter(({ source, target }) => entryUuids.includes(source) || entryUuids.includes(target)) })
    },
  }

  it('are asked link by link, each once', async () => {
    const found = await readVersions(record, way(), '1.4')
    expect(found).toMatchObject({ ok: true, value: { earlier: [{ uniqueId: '1.3' }, { uniqueId: '1.2' }, { uniqueId: '1.1' }], later: [] } })
    expect(asked.splice(0)).toEqual([['e4'], ['e3'], ['e2'], ['e1']])
  })

  it('are nobody’s to see once the way has ended, or when the document is not there', async () => {
    let stop: ReturnType<Consultation['stop']> = null
    const ending = { ...record, findDocumentsWithAssociations: async (...of: Parameters<typeof record.findDocumentsWithAssociations>) => ((stop = 'access-changed'), record.findDocumentsWithAssociations(...of)) }
    expect(await readVersions(ending, way(() => stop), '1.4')).toEqual(failure('access-changed'))
    expect(await readVersions(record, way(), '1.9')).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
    asked.splice(0)
  })
})
