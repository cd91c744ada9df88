import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DocumentMetadata, Party } from '#shared/contract/index.ts'
import { migrations } from '../store/migrations/index.ts'
import { backupStore, type Store } from '../store/index.ts'
import type { Arrival, Ledger } from './ledger.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'
import type { Frozen } from './item.ts'
import { listQueries, queries } from './queries.ts'
import { recount } from './recount.ts'
import { searchWords } from './search-words.ts'
import { temporaryStore } from './test-store.ts'

let handle: Awaited<ReturnType<typeof temporaryStore>>
let store: Store
let ledger: Ledger
let clock = 1_000
beforeEach(async () => {
  handle = await temporaryStore()
  store = handle.store
  clock = 1_000
  ledger = openSqliteLedger(store, { now: () => clock, newId: randomUUID })
})
afterEach(() => handle.remove())

const arrival = (text: string, more: Partial<Arrival> = {}): Arrival => ({
  source: { kind: 'folder', name: 'Export', reference: `${text}.xml` },
  bytes: Buffer.from(text),
  fileName: `${text}.xml`,
  hints: {},
  ...more,
})
const frozen = (uniqueId: string, documentSha256: string): Frozen => ({
  uniqueId,
  submissionSetId: `${uniqueId}.9`,
  submittedAt: clock,
  metadata: { uniqueId, title: 'Ordonnance', typeCode: { code: '57833-6' }, ins: { value: '284069999999968', oid: '1.2.250.1.213.1.4.10' } } as unknown as DocumentMetadata,
  party: { kind: 'structure', structure: { id: '1750000001' } } as unknown as Party,
  documentSha256,
})
const label = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', birthName: 'ESSAI', givenName: 'CAMILLE', usedName: null, birthDate: '1984-06-12', sex: 'F' as const }

async function readyItem(text: string) {
  const { items } = await ledger.receive([arrival(text)])
  const row = (await ledger.byId(items[0]!.id))!
  expect((await ledger.freeze(row, { learnPatient: () => null, patient: label, versionOf: null, frozen: frozen(`1.2.3.${row.seq}`, row.content_sha256) }))).toBe(true)
  return (await ledger.byId(row.id))!
}

function planOf(sql: string): string[] {
  const plan = store.db.prepare(`EXPLAIN QUERY PLAN ${sql.replaceAll(/@\w+/g, '?')}`).all(...(sql.match(/@\w+|\?/g) ?? []).map(() => null)) as { detail: string }[]
  return plan.map((step) => step.detail)
}

describe('the ledger', () => {
  it('keeps what it received over a restart', async () => {
    const { items } = await ledger.receive([arrival('one'), arrival('two')])
    const again = openSqliteLedger(await handle.reopen(), { now: () => clock, newId: randomUUID })
    expect((await again.counts())).toMatchObject({ received: 2 })
    expect(handle.store.spool.get((await again.byId(items[0]!.id))!.content_sha256).toString()).toBe('one')
  })

  it('recognises the same content for ever, says so, and sends nothing', async () => {
    const first = await ledger.receive([arrival('one')])
    const second = await ledger.receive([arrival('one', { fileName: 'copy.xml' })])
    expect(second.items[0]).toMatchObject({ outcome: 'duplicate' })
    expect((await ledger.byId(second.items[0]!.id))).toMatchObject({ state: 'ignored', reason: 'already-received', reason_detail: first.items[0]!.id })
  })

  it('records what comes together in the order it was handed over', async () => {
    const texts = ['x'.repeat(3_000_000), 'small', 'y'.repeat(500_000), 'last']
    const received = await Promise.all(texts.map((text, index) => ledger.receive([arrival(`${index}`, { bytes: Buffer.from(text) })])))
    const rows = await Promise.all(received.map(({ items }) => ledger.byId(items[0]!.id)))
    expect(rows.map((row) => row!.seq)).toEqual([1, 2, 3, 4])
  })

  it('takes the same leaflet for two patients as two documents', async () => {
    await ledger.receive([arrival('leaflet', { hints: { identity: { ins: '1' } } })])
    const other = await ledger.receive([arrival('leaflet', { hints: { identity: { ins: '2' } } })])
    expect(other.items[0]).toMatchObject({ outcome: 'stored' })
  })

  it('takes a document that was refused by its message when it comes again, announced rightly', async () => {
    await ledger.receive([arrival('cda', { hints: { refusal: { code: 'hl7-not-for-dmp', outcome: 'ignored' } } })])
    const again = await ledger.receive([arrival('cda')])
    expect(again.items[0]).toMatchObject({ outcome: 'stored' })
  })

  it('takes a correction of what waits, and looks at it again', async () => {
    const first = await ledger.receive([arrival('cda', { source: { kind: 'hl7', name: 'LABO', reference: '1' }, hints: { identity: { qualified: false } } })])
    await ledger.apply((await ledger.byId(first.items[0]!.id))!, { type: 'wait', for: 'patient', reason: 'ins-not-qualified' })
    const again = await ledger.receive([arrival('cda', { source: { kind: 'hl7', name: 'LABO', reference: '2' }, hints: { identity: { qualified: true } } })])
    expect(again.items).toEqual([{ id: first.items[0]!.id, outcome: 'stored' }])
    expect((await ledger.byId(first.items[0]!.id))).toMatchObject({ state: 'received', hints: expect.stringContaining('"qualified":true') as string })
    expect((await ledger.counts())).toMatchObject({ received: 1, ignored: 0 })
  })

  it('tells a person when a document already sent comes back with other visibility', async () => {
    const row = await readyItem('one')
    await ledger.startSending(row, store.spool.put(Buffer.from('lot')).sha256, () => null)
    const again = await ledger.receive([arrival('one', { hints: { visibility: { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false } } })])
    expect((await ledger.byId(again.items[0]!.id))).toMatchObject({ state: 'parked', reason: 'visibility-changed', reason_detail: row.id })
  })

  it('books a file as taken in the same breath as its item', async () => {
    const file = { path: '/export/a.pdf', size: 3, mtimeMs: 12.5 }
    expect((await ledger.isTaken(file))).toBe(false)
    await ledger.receive([arrival('one', { file, alongside: [{ path: '/export/a.json', size: 1, mtimeMs: 1 }] })])
    expect((await ledger.isTaken(file))).toBe(true)
    expect((await ledger.isTaken({ path: '/export/a.json', size: 1, mtimeMs: 1 }))).toBe(true)
    expect((await ledger.isTaken({ ...file, mtimeMs: 13 }))).toBe(false)
  })

  it('tells a resent message from a number used again', async () => {
    const message = { sourceName: 'LABO', sendingApplication: 'SIL', sendingFacility: 'LABO', controlId: '015', messageType: 'ORU^R01', bytes: Buffer.from('MSH|1'), payloadHash: 'aa' }
    expect((await ledger.receive([arrival('a')], message)).message).toBe('stored')
    expect(await ledger.receive([arrival('a')], message)).toEqual({ items: [], message: 'duplicate' })
    expect((await ledger.receive([arrival('b')], { ...message, payloadHash: 'bb' })).message).toBe('number-reused')
    expect((await ledger.counts())).toMatchObject({ received: 2 })
  })

  it('stores nothing at all when one part cannot be stored', async () => {
    const failing = openSqliteLedger(store, { now: () => clock, newId: () => 'same-id' })
    await expect(failing.receive([arrival('one'), arrival('two')])).rejects.toThrow()
    expect((await ledger.counts())).toMatchObject({ received: 0 })
  })

  it('freezes, sends and settles, with a line of trace for each move', async () => {
    const row = await readyItem('one')
    const lot = store.spool.put(Buffer.from('lot')).sha256
    expect(await ledger.startSending(row, lot, () => null)).toMatchObject({ state: 'sending', lot_sha256: lot })
    expect(await ledger.startSending(row, lot, () => null)).toBeNull()
    const sending = (await ledger.byId(row.id))!
    expect(sending).toMatchObject({ state: 'sending', attempts: 1 })
    expect((await ledger.apply(sending, { type: 'accepted' }))).toBe(true)
    expect((await ledger.trace(row)).map((line) => line.to)).toEqual(['received', 'ready', 'sending', 'deposited'])
    expect((await ledger.byId(row.id))!.settled_at).toBe(clock)
  })

  it('freezes nothing of an item that moved meanwhile', async () => {
    const { items } = await ledger.receive([arrival('one')])
    const row = (await ledger.byId(items[0]!.id))!
    await ledger.apply(row, { type: 'dismissed' })
    let learnt = false
    const learnPatient = () => {
      learnt = true
      return null
    }
    expect((await ledger.freeze(row, { learnPatient, patient: label, versionOf: null, frozen: frozen('1.2.3', row.content_sha256) }))).toBe(false)
    expect(learnt).toBe(false)
    expect((await ledger.byId(row.id))).toMatchObject({ state: 'ignored', unique_id: null, document_sha256: null, metadata: null })
  })

  it('never has two live items of one uniqueId', async () => {
    const one = await readyItem('one')
    const { items } = await ledger.receive([arrival('two')])
    const two = (await ledger.byId(items[0]!.id))!
    await expect(ledger.freeze(two, { learnPatient: () => null, patient: label, versionOf: null, frozen: frozen(one.unique_id!, two.content_sha256) })).rejects.toThrow(/UNIQUE/)
    expect((await ledger.byId(two.id))!.state).toBe('received')
  })

  it('takes a person for the choice of a patient only while the item waits for one', async () => {
    const { items } = await ledger.receive([arrival('one')])
    const row = (await ledger.byId(items[0]!.id))!
    expect((await ledger.choosePatient(row, 'p1'))).toBe(false)
    await ledger.apply(row, { type: 'wait', for: 'patient', reason: 'patient-to-confirm' })
    expect((await ledger.choosePatient((await ledger.byId(row.id))!, 'p1'))).toBe(true)
    expect((await ledger.byId(row.id))).toMatchObject({ state: 'received', chosen_patient_id: 'p1' })
  })

  it('does not bring back what was already received', async () => {
    await ledger.receive([arrival('one')])
    const again = await ledger.receive([arrival('one')])
    expect((await ledger.retryAll([(await ledger.byId(again.items[0]!.id))!], () => true))).toBe(0)
  })

  it('keeps a frozen lot: a second one never replaces it once the record may have it', async () => {
    const row = await readyItem('one')
    const [first, second] = ['lot', 'other lot'].map((text) => store.spool.put(Buffer.from(text)).sha256)
    const sending = (await ledger.startSending(row, first!, () => null))!
    await ledger.apply(sending, { type: 'answer-lost', reason: 'record-no-answer' })
    await ledger.apply((await ledger.byId(row.id))!, { type: 'absent', settled: true })
    const ready = (await ledger.byId(row.id))!
    expect(ready).toMatchObject({ state: 'ready', doubts: 1, lot_sha256: first })
    await ledger.forgetLot(ready)
    expect(await ledger.startSending(ready, second!, () => null)).toMatchObject({ lot_sha256: first })
  })

  it('does not let go a lot signed for what was asked before', async () => {
    const row = await readyItem('one')
    expect(await ledger.setVisibility(row, { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: false })).toBe(true)
    const changed = (await ledger.byId(row.id))!
    const hidden = { ...frozen(row.unique_id!, row.content_sha256), metadata: { ...frozen(row.unique_id!, '').metadata, confidentiality: [{ code: 'MASQUE_PS' }] } as unknown as DocumentMetadata }
    expect(await ledger.freeze(changed, { learnPatient: () => null, patient: label, versionOf: null, frozen: hidden })).toBe(true)
    const lot = store.spool.put(Buffer.from('lot')).sha256
    expect(await ledger.startSending(row, lot, () => null)).toBeNull()
    expect(await ledger.startSending((await ledger.byId(row.id))!, lot, () => null)).toMatchObject({ state: 'sending' })
  })

  it('asks once more inside the commit that lets the bytes go', async () => {
    const row = await readyItem('one')
    expect(await ledger.startSending(row, store.spool.put(Buffer.from('lot')).sha256, () => 'patient-opposed')).toBeNull()
    expect(await ledger.byId(row.id)).toMatchObject({ state: 'parked', reason: 'patient-opposed', attempts: 0 })
  })

  it('cannot be made to send what is not frozen', async () => {
    const { items } = await ledger.receive([arrival('one')])
    const row = (await ledger.byId(items[0]!.id))!
    expect((await ledger.apply(row, { type: 'send' }))).toBe(false)
    expect(() => store.db.prepare("UPDATE item SET state = 'sending' WHERE seq = ?").run(row.seq)).toThrow(/CHECK/)
  })

  it('adds up: everything received is in one state', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('park', 'wait', 'ignore', 'freeze'), { minLength: 1, maxLength: 8 }), async (acts) => {
        const before = Object.values((await ledger.counts())).reduce((sum, count) => sum + count, 0)
        for (const act of acts) {
          const { items } = await ledger.receive([arrival(randomUUID())])
          const row = (await ledger.byId(items[0]!.id))!
          if (act === 'park') (await ledger.apply(row, { type: 'park', reason: 'pdf-truncated' }))
          if (act === 'wait') (await ledger.apply(row, { type: 'wait', for: 'patient', reason: 'patient-unknown' }))
          if (act === 'ignore') (await ledger.apply(row, { type: 'ignore', reason: 'hl7-not-for-dmp' }))
          if (act === 'freeze') (await ledger.freeze(row, { learnPatient: () => null, patient: label, versionOf: null, frozen: frozen(`1.2.3.${row.seq}`, row.content_sha256) }))
        }
        expect(Object.values((await ledger.counts())).reduce((sum, count) => sum + count, 0)).toBe(before + acts.length)
      }),
      { numRuns: 20 },
    )
  })

  it('after the loss of its database, has of each document the last word of a person, whichever side of the copy it was said on', async () => {
    const stop = async (text: string) => {
      const row = (await ledger.byId((await ledger.receive([arrival(text, { hold: 'burst' })])).items[0]!.id))!
      await ledger.apply(row, { type: 'wait', for: 'until', reason: 'burst-held' })
      return row.id
    }
    const now = async (id: string) => (await ledger.byId(id))!
    const free = async (id: string) => expect(await ledger.retryAll([await now(id)], () => true)).toBe(1)
    const [freedBefore, freedAfter, heldAfter, backAfter, parkedAfter] = [await stop('a'), await stop('b'), await stop('c'), await stop('d'), await stop('e')]
    await free(freedBefore)
    await free(heldAfter)
    await ledger.dismiss(await now(backAfter), null)
    await free(parkedAfter)
    await ledger.apply(await now(parkedAfter), { type: 'park', reason: 'patient-opposed' })
    await backupStore(store, Date.now())
    await free(freedAfter)
    await ledger.hold(await now(heldAfter))
    await free(backAfter)
    const parkedLater = await now(parkedAfter)
    store.close()
    fs.rmSync(path.join(store.directory, 'relais.db'))
    ledger = openSqliteLedger(await handle.reopen(), { now: () => clock, newId: randomUUID })
    expect(await now(freedAfter)).toMatchObject({ state: 'waiting', held: 'burst' })
    await ledger.replay(handle.store.restored !== null)
    expect(await now(freedBefore)).toMatchObject({ state: 'received', held: null })
    expect(await now(freedAfter)).toMatchObject({ state: 'received', held: null })
    expect(await now(heldAfter)).toMatchObject({ state: 'waiting', held: 'user' })
    expect(await now(backAfter)).toMatchObject({ state: 'received' })
    // What was freed and then stopped for another reason is not freed once more.
    expect(await now(parkedAfter)).toMatchObject({ ...parkedLater, ask_first: 1 })
  })

  it('takes what was told to nobody, and taken again after the program died, for one document', async () => {
    const file = { path: '/export/a.xml', size: 1, mtimeMs: 1 }
    const { bytes, ...untold } = arrival('a', { file })
    const lost = { ...untold, ...(await store.spool.store(bytes)), id: randomUUID() }
    await store.arrivals.append({ kind: 'arrival', at: clock, items: [lost] })
    const { items } = await ledger.receive([arrival('a', { file })])
    await ledger.replay(false)
    expect((await ledger.list({ limit: 9, cursor: null })).rows.map(({ id }) => id)).toEqual([items[0]!.id])
    // Its own commit may be missing: then nobody else took the file.
    const other = { ...lost, id: randomUUID(), file: { ...file, path: '/export/b.xml' } }
    await store.arrivals.append({ kind: 'arrival', at: clock, items: [other] })
    await ledger.replay(false)
    expect((await ledger.byId(other.id))?.state).toBe('ignored')
  })

  it('lists by pages, newest first, and finds without accents or case', async () => {
    for (let index = 0; index < 5; index += 1) await ledger.receive([arrival(`Ordonnance éàü ${index}`)])
    const first = (await ledger.list({ limit: 2, cursor: null, search: 'ORDONNANCE eau' }))
    expect(first).toMatchObject({ total: 5 })
    expect(first.rows.map((row) => row.source_reference)).toEqual(['Ordonnance éàü 4.xml', 'Ordonnance éàü 3.xml'])
    expect((await ledger.list({ limit: 9, cursor: first.next })).rows).toHaveLength(3)
    expect((await ledger.list({ limit: 9, cursor: null, search: '%' })).total).toBe(0)
  })

  it('lists by reason', async () => {
    for (const reason of ['pdf-truncated', 'pdf-truncated', 'file-empty'] as const) {
      const { items } = await ledger.receive([arrival(randomUUID())])
      await ledger.apply((await ledger.byId(items[0]!.id))!, { type: 'park', reason })
    }
    await ledger.receive([arrival('other')])
    expect((await ledger.list({ limit: 9, cursor: null, reasons: ['pdf-truncated'] })).total).toBe(2)
    expect((await ledger.list({ limit: 9, cursor: null, reasons: ['pdf-truncated', 'file-empty'], states: ['parked'] })).rows).toHaveLength(3)
  })

  it('counts what a person has to look at, not what heals by itself', async () => {
    const one = (await ledger.byId((await ledger.receive([arrival('one')])).items[0]!.id))!
    await ledger.apply(one, { type: 'park', reason: 'pdf-truncated' })
    const two = await readyItem('two')
    await ledger.startSending(two, store.spool.put(Buffer.from('lot')).sha256, () => null)
    await ledger.apply((await ledger.byId(two.id))!, { type: 'not-sent', reason: 'record-unreachable', for: 'network' }, { nextAttemptAt: 5_000 })
    expect((await ledger.needsUser())).toEqual([{ reason: 'pdf-truncated', count: 1 }])
    expect((await ledger.nextDueAt(clock))).toBe(5_000)
    expect((await ledger.due('waiting', 10))).toHaveLength(0)
    clock = 5_000
    expect((await ledger.due('waiting', 10))).toHaveLength(1)
  })

  it('finds a rare word as a usual one among many', async () => {
    const copies = `INSERT INTO item (id, state, reason, source_kind, source_name, source_reference, content_sha256, content_size, hints, search, received_at)
      WITH RECURSIVE series (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < 6000)
      SELECT 'made ' || n, iif(n % 3, 'received', 'parked'), iif(n % 3, NULL, iif(n % 2, 'file-empty', 'pdf-truncated')), 'folder', 'Export', n, '', 1, '{}', 'ordonnance ' || n, n FROM series`
    store.db.exec(copies)
    const all = store.db.prepare('SELECT seq, state, reason, search FROM item ORDER BY seq DESC').all() as { seq: number; state: string; reason: string | null; search: string }[]
    for (const search of ['ordonnance', 'ord 59', '5999', '12', '59 99', 'donn 777', 'zzz', 'z', 'nanord']) {
      for (const states of [[], ['parked'], ['received', 'parked'], ['deposited']] as const) {
        for (const reasons of [[], ['file-empty'], ['file-empty', 'pdf-truncated']] as const) {
          const wanted = all.filter(
            (item) =>
              search.split(' ').every((word) => item.search.includes(word)) && (states.length === 0 || (states as readonly string[]).includes(item.state)) && (reasons.length === 0 || (reasons as readonly (string | null)[]).includes(item.reason)),
          )
          const query = { search, states, reasons, limit: 40 }
          const first = await ledger.list({ ...query, cursor: null })
          const second = first.next === null ? [] : (await ledger.list({ ...query, cursor: first.next })).rows
          expect([first.total, [...first.rows, ...second].map(({ seq }) => seq)], JSON.stringify(query)).toEqual([wanted.length, wanted.slice(0, 80).map(({ seq }) => seq)])
        }
      }
    }
  })

  it('keeps its counts in the commit that moves, and mends them when another hand did not', async () => {
    const truth = () => store.db.prepare(queries.countedAnew).all()
    const row = (await ledger.byId((await ledger.receive([arrival('one'), arrival('two'), arrival('one')])).items[0]!.id))!
    expect(store.db.prepare(queries.keptCounts).all()).toEqual(truth())
    const torn = async () => ledger.apply(row, { type: 'park', reason: 'pdf-truncated' }, { also: () => { throw new Error('stopped') } })
    await expect(torn()).rejects.toThrow('stopped')
    expect(await ledger.counts()).toMatchObject({ received: 2, parked: 0, ignored: 1 })
    await ledger.apply(row, { type: 'park', reason: 'pdf-truncated' })
    await ledger.apply((await ledger.byId(row.id))!, { type: 'dismissed' })
    expect(store.db.prepare(queries.keptCounts).all()).toEqual(truth())
    expect(recount(store)).toBe(false)
    store.db.exec('UPDATE item_count SET count = count + 7')
    const again = openSqliteLedger(await handle.reopen(), { now: () => clock, newId: randomUUID })
    expect(await again.counts()).toMatchObject({ received: 1, ignored: 2, parked: 0 })
  })

  it('finds and counts what was there before the schema knew how', async () => {
    const before = migrations.filter(({ version }) => version < 3)
    const old = new (store.db.constructor as new (file: string) => Store['db'])(':memory:')
    for (const { sql } of before) old.exec(sql)
    old.exec(`INSERT INTO item (id, state, reason, source_kind, source_name, source_reference, content_sha256, content_size, hints, search, received_at)
      VALUES ('a', 'received', NULL, 'folder', 'Export', 'a', '', 1, '{}', 'lettre dupont', 1), ('b', 'parked', 'file-empty', 'folder', 'Export', 'b', '', 1, '{}', 'lettre', 1)`)
    for (const { sql } of migrations.slice(before.length)) old.exec(sql)
    expect(old.prepare(queries.keptCounts).all()).toEqual([
      { state: 'parked', reason: 'file-empty', count: 1 },
      { state: 'received', reason: '', count: 1 },
    ])
    expect(old.prepare(listQueries.candidates).pluck().all(searchWords('dup').threes, 9)).toEqual([1])
    old.close()
  })

  it('finds where the files of an older program lay', async () => {
    const before = migrations.filter(({ version }) => version < 15)
    const old = new (store.db.constructor as new (file: string) => Store['db'])(':memory:')
    for (const { sql } of before) old.exec(sql)
    old.exec(`INSERT INTO item (id, state, source_kind, source_name, source_reference, content_sha256, content_size, hints, received_at)
      VALUES ('a', 'received', 'folder', 'export', 'a_%.pdf', '', 1, '{}', 1), ('b', 'received', 'folder', 'export', 'b.pdf', '', 1, '{}', 1), ('c', 'received', 'hl7', 'LABO', '1', '', 1, '{}', 1)`)
    old.exec(`INSERT INTO taken_file VALUES ('/w/a_%.pdf', 1, 1, 1, 10), ('/w/sub/a_%.pdf', 1, 1, 1, 20), ('/w/a_%.json', 1, 1, 1, 30), ('/w/za_%.pdf', 1, 1, 1, 40), ('D:\\w\\b.pdf', 1, 1, 2, 10), ('/w/1', 1, 1, 3, 10)`)
    for (const { sql } of migrations.slice(before.length)) old.exec(sql)
    expect(old.prepare('SELECT id, source_path, source_id FROM item ORDER BY seq').all()).toEqual([
      { id: 'a', source_path: '/w/sub/a_%.pdf', source_id: null },
      { id: 'b', source_path: 'D:\\w\\b.pdf', source_id: null },
      { id: 'c', source_path: null, source_id: null },
    ])
    old.close()
  })

  it('answers every question by an index', () => {
    const growing = /^SCAN (?!.*USING (COVERING )?INDEX)(item|item_trace|content|taken_file|message)\b/
    const lists = Object.fromEntries(
      Object.entries(listQueries).flatMap(([name, sql]) =>
        typeof sql === 'string' ? [[name, sql]] : [0, 2].flatMap((words) => [true, false].map((reasons) => [`${name} ${words} ${reasons}`, sql(words, reasons)])),
      ),
    ) as Record<string, string>
    for (const name of Object.keys(lists)) if (/^(among|count|pageOfState)/.test(name)) expect(planOf(lists[name]!), name).toEqual(expect.arrayContaining([expect.stringMatching(/SEARCH item USING COVERING INDEX item_by_state/)]))
    for (const [name, sql] of Object.entries({ ...queries, ...lists })) {
      if (!/^\s*(SELECT|UPDATE)/i.test(sql)) continue
      expect(planOf(sql).filter((detail) => growing.test(detail)), name).toEqual([])
    }
  })
})
