import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { failure, success, type DocumentMetadata, type Party, type RecordDocument, type Result } from '#shared/contract/index.ts'
import type { Store } from '../store/index.ts'
import type { Deposit, NationalRecord } from '../record/index.ts'
import type { ItemState } from '#shared/contract/index.ts'
import type { Ledger } from './ledger.ts'
import { closedCircuit } from './circuit.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'
import { defaultPace } from './pace.ts'
import { startSender, type Sender } from './sender.ts'
import { temporaryStore } from './test-store.ts'

type Answer = (uniqueId: string, bytes: Uint8Array) => Promise<Result<{ entryUuid: string | null; warnings: string[] }>>

const unasked = () => Promise.reject(new Error('the outbox asks nothing of the kind'))

/** A record that keeps what it is sent, with answers a test chooses; the ids it was asked about are counted. */
function memoryRecord() {
  const stored = new Map<string, string>()
  const asked: string[] = []
  const lots = new Map<string, string>()
  const record = {
    stored,
    asked,
    lots,
    prepared: [] as Deposit[],
    answer: (async () => success({ entryUuid: 'urn:uuid:1', warnings: [] })) as Answer,
    lookup: (async (uniqueId) => {
      const hash = stored.get(uniqueId)
      return success(hash === undefined ? null : ({ uniqueId, entryUuid: `urn:uuid:${uniqueId}`, hash } as RecordDocument))
    }) as (uniqueId: string) => Promise<Result<RecordDocument | null>>,
    clockOffset: null as number | null,
    port: null as unknown as NationalRecord,
  }
  record.port = {
    name: 'memory',
    environment: 'training',
    modes: ['normal'],
    transactions: { documents: 'ITI-18', sets: 'ITI-18', retrieval: 'ITI-43', change: 'ITI-57', deposit: () => 'ITI-41' },
    standing: async () => failure('record-unreachable'),
    prepare: async (deposit) => {
      record.prepared.push(deposit)
      const { metadata, replacesEntryUuid } = deposit.documents[0]!
      return success(Buffer.from(`${metadata.uniqueId}|${deposit.submissionSetId}|${replacesEntryUuid ?? ''}`))
    },
    send: async (_party, _ins, lot, [document]) => {
      const uniqueId = Buffer.from(lot).toString().split('|')[0]!
      const former = lots.get(uniqueId)
      expect(former === undefined || former === Buffer.from(lot).toString()).toBe(true)
      lots.set(uniqueId, Buffer.from(lot).toString())
      return record.answer(uniqueId, document!)
    },
    findDocuments: async () => success([]),
    findByUniqueId: async (_party, _ins, uniqueId) => {
      asked.push(uniqueId)
      return record.lookup(uniqueId)
    },
    retrieve: async () => failure('document-not-found'),
    findSubmissionSets: unasked,
    findAssociations: unasked,
    findDocumentsWithAssociations: unasked,
    authorise: unasked,
    accessibleRecords: unasked,
    changeMetadata: unasked,
    clockOffsetMs: () => record.clockOffset,
    probe: async () => success(undefined),
    dropConnections: async () => undefined,
    close: async () => undefined,
  }
  return record
}

const keep = (record: ReturnType<typeof memoryRecord>, uniqueId: string, bytes: Uint8Array) => record.stored.set(uniqueId, createHash('sha1').update(bytes).digest('hex'))

let handle: Awaited<ReturnType<typeof temporaryStore>>
let ledger: Ledger
let sender: Sender | null = null
const interrupted: string[] = []
beforeEach(async () => {
  handle = await temporaryStore()
  ledger = openSqliteLedger(handle.store, { now: Date.now, newId: randomUUID })
  interrupted.length = 0
})
afterEach(async () => {
  await sender?.stop()
  sender = null
  handle.remove()
})

const label = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', birthName: 'ESSAI', givenName: 'CAMILLE', usedName: null, birthDate: '1984-06-12', sex: 'F' as const }
async function ready(text: string, replaces: string | null = null): Promise<string> {
  const { items } = await ledger.receive([{ source: { kind: 'folder', name: 'x', reference: text }, bytes: Buffer.from(text), fileName: text, hints: {} }])
  const row = (await ledger.byId(items[0]!.id))!
  await ledger.freeze(row, {
    learnPatient: () => null,
    patient: label,
    versionOf: null,
    frozen: {
      uniqueId: `1.2.3.${row.seq}`,
      submissionSetId: `1.2.4.${row.seq}`,
      submittedAt: 1,
      metadata: { uniqueId: `1.2.3.${row.seq}`, title: text, typeCode: { code: '57833-6' }, ins: { value: label.ins, oid: label.insOid }, replaces } as unknown as DocumentMetadata,
      party: { kind: 'structure', structure: { id: '1' } } as unknown as Party,
      documentSha256: row.content_sha256,
    },
  })
  return row.id
}
async function start(record: ReturnType<typeof memoryRecord>, more: { visibilityMs?: number; now?: () => number; monotonic?: () => number; suspectsAfterMs?: number; onBug?: (error: unknown) => void; spool?: Pick<Store['spool'], 'read' | 'store'> } = {}): Promise<void> {
  sender = await startSender({
    ledger,
    spool: more.spool ?? handle.store.spool,
    atWork: { begin: () => undefined, end: () => undefined },
    onWaitingForSession: () => undefined,
    onState: () => undefined,
    pace: { ...defaultPace, firstLookMs: 1 },
    probeParty: async () => ({ kind: 'structure', structure: { id: '1' } }) as unknown as Party,
    monotonic: more.monotonic ?? (() => performance.now()),
    record: record.port,
    mayGo: () => null,
    onInterrupted: ({ uniqueId }) => interrupted.push(uniqueId),
    onBug:
      more.onBug ??
      ((error) => {
        throw error
      }),
    visibilityMs: more.visibilityMs ?? 0,
    lanes: 2,
    suspectsAfterMs: more.suspectsAfterMs ?? 0,
    now: more.now ?? Date.now,
    random: () => 0,
  })
}
const becomes = (id: string, state: ItemState) => vi.waitFor(async () => expect((await ledger.byId(id))!.state).toBe(state), { timeout: 30_000, interval: 20 })

describe('the sender', () => {
  it('sends what is ready and settles it', async () => {
    const record = memoryRecord()
    const ids = await Promise.all([ready('a'), ready('b'), ready('c')])
    await start(record)
    for (const id of ids) await becomes(id, 'deposited')
    expect(record.asked).toEqual([])
  })

  it('asks the record after a lost answer, and does not send again what is there', async () => {
    const record = memoryRecord()
    record.answer = async (uniqueId, bytes) => {
      keep(record, uniqueId, bytes)
      return failure('record-no-answer')
    }
    const id = await ready('a')
    await start(record)
    await becomes(id, 'deposited')
    expect((await ledger.byId(id))!.attempts).toBe(1)
    expect(record.asked).toEqual(['1.2.3.1'])
  })

  it('sends again, with the same ids and bytes, only after two looks found nothing', async () => {
    const record = memoryRecord()
    let tries = 0
    record.answer = async (uniqueId, bytes) => {
      tries += 1
      if (tries === 1) return failure('record-no-answer')
      keep(record, uniqueId, bytes)
      return success({ entryUuid: null, warnings: [] })
    }
    const id = await ready('a')
    await start(record)
    await becomes(id, 'deposited')
    expect(record.asked).toHaveLength(2)
    expect(record.prepared).toHaveLength(1)
  })

  it('sends what the program once died on although its timer came before its time', async () => {
    const record = memoryRecord()
    const id = await ready('a')
    await ledger.countCrash((await ledger.byId(id))!.seq)
    // A computer that slept: the timer is due, the clock that nobody sets stood still.
    await start(record, { suspectsAfterMs: 200, monotonic: () => performance.now() / 2 })
    await becomes(id, 'deposited')
  })

  it('parks a document the record holds with other bytes', async () => {
    const record = memoryRecord()
    record.answer = async (uniqueId) => {
      record.stored.set(uniqueId, 'f'.repeat(40))
      return failure('record-no-answer')
    }
    const id = await ready('a')
    await start(record)
    await becomes(id, 'parked')
    expect((await ledger.byId(id))!.reason).toBe('record-content-conflict')
  })

  it('makes uncertain what a crash left in flight, and asks before anything else', async () => {
    const record = memoryRecord()
    const id = await ready('a')
    const lot = handle.store.spool.put(Buffer.from('1.2.3.1|1.2.4.1|'))
    await ledger.startSending((await ledger.byId(id))!, lot.sha256, () => null)
    ledger = openSqliteLedger(await handle.reopen(), { now: Date.now, newId: randomUUID })
    keep(record, '1.2.3.1', Buffer.from('a'))
    await start(record)
    await becomes(id, 'deposited')
    expect((await ledger.byId(id))!.attempts).toBe(1)
    expect([record.asked, interrupted]).toEqual([['1.2.3.1'], ['1.2.3.1']])
  })

  it('waits for the network and goes by itself', async () => {
    const record = memoryRecord()
    let down = true
    record.answer = async () => (down ? failure('record-unreachable') : success({ entryUuid: null, warnings: [] }))
    const id = await ready('a')
    await start(record)
    await becomes(id, 'waiting')
    down = false
    await sender!.resume()
    await becomes(id, 'deposited')
  })

  it('lets all of a party wait once its session is missing, and sends them when they are woken', async () => {
    const record = memoryRecord()
    const ids = await Promise.all(Array.from({ length: 250 }, (_, index) => ready(`item ${index}`)))
    let prepared = 0
    await start({
      ...record,
      port: {
        ...record.port,
        prepare: async () => {
          prepared += 1
          return failure('card-absent')
        },
      },
    })
    await vi.waitFor(async () => expect(await ledger.counts()).toMatchObject({ ready: 0, waiting: ids.length }), { timeout: 30_000, interval: 20 })
    expect(prepared).toBeLessThan(10)
    const waiting = await ledger.stoppedBy('card-absent')
    expect(waiting.every((row) => row.waiting_for === 'session')).toBe(true)
    await sender!.stop()
    await start(record)
    await ledger.applyAll(waiting.map((row) => ({ row, event: { type: 'retry', rebuild: false } as const })))
    await vi.waitFor(async () => expect(await ledger.counts()).toMatchObject({ deposited: ids.length }), { timeout: 20_000, interval: 50 })
    expect(record.asked).toEqual([])
  })

  it('parks what the record refuses for good, and the others go on', async () => {
    const record = memoryRecord()
    record.answer = async (uniqueId) => (uniqueId === '1.2.3.1' ? failure('record-closed', { recordText: 'DMP fermé' }) : success({ entryUuid: null, warnings: [] }))
    const refused = await ready('a')
    const fine = await ready('b')
    await start(record)
    await becomes(refused, 'parked')
    await becomes(fine, 'deposited')
    expect((await ledger.byId(refused))).toMatchObject({ reason: 'record-closed', reason_detail: 'DMP fermé' })
  })

  it('fetches the replaced document just before, and waits when it is not there', async () => {
    const record = memoryRecord()
    const orphan = await ready('b', '1.9.9')
    await start(record)
    await becomes(orphan, 'waiting')
    expect((await ledger.byId(orphan))).toMatchObject({ waiting_for: 'parent', reason: 'parent-missing' })
    expect(record.prepared).toHaveLength(0)
    record.stored.set('1.9.9', 'aa')
    await ledger.apply((await ledger.byId(orphan))!, { type: 'retry', rebuild: false })
    await becomes(orphan, 'deposited')
    expect(record.prepared[0]!.documents[0]!.replacesEntryUuid).toBe('urn:uuid:1.9.9')
  })

  it('keeps looking for a replaced document that is not there, on a clock of fractions, and sends once it came', async () => {
    const record = memoryRecord()
    const bugs: unknown[] = []
    let later = 0
    const now = () => Date.now() + later
    ledger = openSqliteLedger(handle.store, { now, newId: randomUUID })
    const asked: number[] = []
    const { lookup } = record
    record.lookup = (uniqueId) => {
      asked.push(later)
      return lookup(uniqueId)
    }
    const orphan = await ready('b', '1.9.9')
    await start(record, { now, monotonic: () => performance.now() + later + 0.1, onBug: (error) => bugs.push(error) })
    await becomes(orphan, 'waiting')
    for (const minute of [1, 2, 5]) {
      later = minute * 60_000
      await sender!.wayChanged()
      await vi.waitFor(async () => expect([asked.includes(later), (await ledger.byId(orphan))!.state]).toEqual([true, 'waiting']), { timeout: 30_000, interval: 20 })
    }
    record.stored.set('1.9.9', 'aa')
    later += 3_600_000
    await sender!.wayChanged()
    await becomes(orphan, 'deposited')
    expect(bugs).toEqual([])
  })

  it('holds everything while paused', async () => {
    const record = memoryRecord()
    await start(record)
    await sender!.pause(null)
    const id = await ready('a')
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect((await ledger.byId(id))!.state).toBe('ready')
    await sender!.resume()
    await becomes(id, 'deposited')
  })

  it('ends a pause after what was meant, though the clock was ahead when it was asked for', async () => {
    const record = memoryRecord()
    let ahead = 7_200_000
    let steady = 0
    const clocks = { now: () => Date.now() + ahead, monotonic: () => performance.now() + steady }
    await start(record, clocks)
    await sender!.pause(clocks.now() + 3_600_000)
    const id = await ready('a')
    ahead = 0
    await sender!.wayChanged()
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect((await ledger.byId(id))!.state).toBe('ready')
    steady = 3_600_001
    sender!.wake()
    await becomes(id, 'deposited')
    // Over a restart the clock may have been set while nothing ran.
    ahead = 7_200_000
    await sender!.pause(clocks.now() + 3_600_000)
    await sender!.stop()
    ahead = 0
    await start(record, clocks)
    expect(sender!.paused()!.until! - Date.now()).toBeLessThanOrEqual(3_600_000)
  })

  it('keeps an open circuit and a pause over a restart', async () => {
    const record = memoryRecord()
    record.answer = async () => failure('record-busy', { retryAt: Date.now() + 600_000 })
    const id = await ready('a')
    await start(record)
    await becomes(id, 'waiting')
    await vi.waitFor(async () => expect(await ledger.recall('circuit deposit')).not.toBeNull())
    await sender!.stop()
    await start(record)
    expect(sender!.circuit()).toMatchObject({ state: 'open', reason: 'record-busy' })
    await sender!.pause(null)
    await sender!.stop()
    await start(record)
    expect(sender!.paused()).toEqual({ until: null })
  })

  it('sends nothing while the clock is wrong, and parks nothing for it', async () => {
    const record = memoryRecord()
    record.answer = async () => {
      record.clockOffset = 600_000
      return failure('record-refused', { recordText: 'VIHF' })
    }
    const id = await ready('a')
    await start(record)
    await becomes(id, 'waiting')
    expect(await ledger.byId(id)).toMatchObject({ reason: 'clock-wrong', waiting_for: 'network' })
    expect(sender!.clockWrong()).toBe(true)
    record.clockOffset = 0
    record.answer = async () => success({ entryUuid: null, warnings: [] })
    await sender!.wayChanged()
    await becomes(id, 'deposited')
  })

  it('sends what replaces a document after it, and at once when it is deposited', async () => {
    const record = memoryRecord()
    let letGo: () => void = () => undefined
    const gate = new Promise<void>((resolve) => (letGo = resolve))
    const order: string[] = []
    record.answer = async (uniqueId, bytes) => {
      if (uniqueId === '1.2.3.1') await gate
      order.push(uniqueId)
      keep(record, uniqueId, bytes)
      return success({ entryUuid: null, warnings: [] })
    }
    const parent = await ready('a')
    const child = await ready('b', '1.2.3.1')
    await start(record)
    await becomes(parent, 'sending')
    expect(await ledger.claimable(10)).toEqual([])
    letGo()
    await becomes(child, 'deposited')
    expect(order).toEqual(['1.2.3.1', '1.2.3.2'])
    expect(record.prepared[1]!.documents[0]!.replacesEntryUuid).toBe('urn:uuid:1.2.3.1')
  })

  it('asks first about what an older database holds, and sends it only when the record twice has not got it', async () => {
    const record = memoryRecord()
    record.answer = async (uniqueId, bytes) => {
      keep(record, uniqueId, bytes)
      return success({ entryUuid: null, warnings: [] })
    }
    const id = await ready('a')
    await ledger.replay(true)
    await start(record)
    await becomes(id, 'deposited')
    expect(record.asked).toEqual(['1.2.3.1', '1.2.3.1'])
    expect(await ledger.byId(id)).toMatchObject({ attempts: 1, ask_first: 0 })
  })

  describe('when the bytes kept of a document cannot be read any more', () => {
    const damage = (id: string) => {
      const { content_sha256: sha256 } = handle.store.db.prepare('SELECT content_sha256 FROM item WHERE id = ?').get(id) as { content_sha256: string }
      const file = path.join(handle.store.directory, 'spool', sha256.slice(0, 2), sha256)
      const stored = fs.readFileSync(file)
      stored[stored.length - 1]! ^= 1
      fs.writeFileSync(file, stored)
    }

    it('parks it before it goes, and the others go on', async () => {
      const record = memoryRecord()
      const [lost, fine] = [await ready('a'), await ready('b')]
      damage(lost)
      await start(record, { onBug: () => undefined })
      await becomes(lost, 'parked')
      expect(await ledger.byId(lost)).toMatchObject({ reason: 'content-damaged', attempts: 0 })
      await becomes(fine, 'deposited')
    })

    it('does not ask the record for ever about what it may have', async () => {
      const record = memoryRecord()
      record.answer = async (uniqueId, bytes) => {
        keep(record, uniqueId, bytes)
        damage(lost)
        return failure('record-no-answer')
      }
      const lost = await ready('a')
      await start(record, { onBug: () => undefined })
      await becomes(lost, 'parked')
      expect(await ledger.byId(lost)).toMatchObject({ reason: 'content-damaged', attempts: 1 })
    })
  })

  it('hears nothing of the record in what is lacking here', async () => {
    const record = memoryRecord()
    record.answer = async () => failure('certificate-refused')
    Object.assign(record.port, { probe: async () => failure('certificate-refused') })
    await ledger.remember('circuit deposit', { ...closedCircuit, state: 'open', reason: 'record-busy', retryAt: Date.now() - 1, openings: 1 })
    const id = await ready('a')
    await start(record)
    await becomes(id, 'waiting')
    expect(await ledger.byId(id)).toMatchObject({ waiting_for: 'session', reason: 'certificate-refused' })
    expect(sender!.circuits().deposit).toMatchObject({ state: 'half-open', recent: [], failedAt: [] })
  })

  it('has patience with a file another program holds, and none with a bug', async () => {
    const record = memoryRecord()
    const [held, broken] = [await ready('held'), await ready('broken')]
    const { spool } = handle.store
    const contentOf = async (id: string) => (await ledger.byId(id))!.document_sha256
    const [heldContent, brokenContent] = [await contentOf(held), await contentOf(broken)]
    let refusals = 4
    const read = async (sha256: string) => {
      if (sha256 === brokenContent) throw new Error('a bug')
      if (sha256 === heldContent && (refusals -= 1) >= 0) throw Object.assign(new Error('held'), { code: 'EBUSY' })
      return spool.read(sha256)
    }
    await start(record, { onBug: () => undefined, spool: { ...spool, read } })
    await vi.waitFor(
      async () => {
        await ledger.bringForward(Date.now())
        sender!.wake()
        expect((await ledger.byId(held))!.state).toBe('deposited')
      },
      { timeout: 30_000, interval: 20 },
    )
    expect(await ledger.byId(broken)).toMatchObject({ state: 'parked', reason: 'crashed-twice' })
    const reasons = (await ledger.trace((await ledger.byId(held))!)).flatMap(({ reason }) => reason ?? [])
    expect(reasons).toEqual(['program-failed', 'program-failed', 'program-failed', 'program-failed'])
  })

  it('asks nothing about what is replaced while the record answers no question, and goes once it does', async () => {
    const record = memoryRecord()
    await ledger.remember('circuit query', { ...closedCircuit, state: 'open', reason: 'record-busy', retryAt: Date.now() + 600_000, openings: 1 })
    const child = await ready('b', '1.9.9')
    await start(record)
    await becomes(child, 'waiting')
    expect(await ledger.byId(child)).toMatchObject({ waiting_for: 'network', reason: 'record-busy' })
    expect(record.asked).toEqual([])
    record.stored.set('1.9.9', 'aa')
    await sender!.wayChanged()
    await becomes(child, 'deposited')
  })

  it('tries what the program died on alone, before a backlog that never ends', async () => {
    const record = memoryRecord()
    for (let count = 0; count < 4; count += 1) await ready(`before ${count}`)
    const suspect = await ready('suspect')
    const { seq } = (await ledger.byId(suspect))!
    for (let count = 0; count < 8; count += 1) await ready(`backlog ${count}`)
    await ledger.countCrash(seq)
    const together: string[][] = []
    const underWay = new Set<string>()
    record.answer = async (uniqueId) => {
      underWay.add(uniqueId)
      together.push([...underWay])
      await ready(`more ${together.length}`)
      // They end one after the other, so that with a backlog there is always one under way.
      await new Promise((resolve) => setTimeout(resolve, together.length % 2 === 0 ? 20 : 35))
      underWay.delete(uniqueId)
      if (together.length > 40) await sender!.pause(null)
      return success({ entryUuid: null, warnings: [] })
    }
    await start(record)
    await becomes(suspect, 'deposited')
    expect(together.find((ids) => ids.includes(`1.2.3.${seq}`))).toEqual([`1.2.3.${seq}`])
    expect(together.length).toBeLessThan(40)
  })

  it('takes the oldest and the newest in turns', async () => {
    const ids: string[] = []
    for (const text of ['a', 'b', 'c', 'd']) ids.push(await ready(text))
    expect((await ledger.claimable(3)).map((row) => ids.indexOf(row.id))).toEqual([0, 3, 1])
  })
})
