import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { PDFDocument } from 'pdf-lib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { practiceFile } from '#shared/contract/index.ts'
import { openIdentityApplier } from './apply-identity.ts'
import { ConsentRegister } from './consent/index.ts'
import { cdaExample } from './documents/cda-example.ts'
import { writeCda, type DocumentHints } from './documents/index.ts'
import { createMessageHandler, describeMessage } from './intake/hl7/handle-message.ts'
import { readMessage } from './intake/hl7/message.ts'
import { adt, oru } from './intake/hl7/synthetic-messages.ts'
import { openSqliteLedger, type ItemRow, type Ledger } from './outbox/index.ts'
import { temporaryStore } from './outbox/test-store.ts'
import { PatientRegistry } from './patients/index.ts'
import { prepareItem, type Preparation } from './prepare-item.ts'
import { packLot } from './record/dmp/lot-container.ts'
import { recover } from './recover.ts'
import { oidOf } from './stable-oid.ts'
import { backupStore, type Store } from './store/index.ts'

const { patient } = cdaExample
const now = () => Date.UTC(2026, 10, 21, 12)
const identity = { ins: patient.ins, insOid: patient.insOid, birthName: patient.birthName, givenName: patient.givenName, birthDate: patient.birthDate, sex: patient.sex, birthPlace: patient.birthPlace }
const ins = { value: patient.ins, oid: patient.insOid }

let handle: Awaited<ReturnType<typeof temporaryStore>>
let rooms: { store: Store; ledger: Ledger; registry: PatientRegistry; consent: ConsentRegister }
let said: string[]

beforeEach(async () => {
  handle = await temporaryStore()
  said = []
  wire()
})
afterEach(() => handle.remove())

function wire(): void {
  const { store } = handle
  rooms = { store, ledger: openSqliteLedger(store, { now, newId: randomUUID }), registry: new PatientRegistry(store, randomUUID), consent: new ConsentRegister(store) }
}

const preparation = (): Preparation => ({
  ...rooms,
  practice: practiceFile.parse({ structures: [cdaExample.structure], professionals: [cdaExample.professional] }),
  environment: 'training',
  maxDocumentBytes: 5_000_000,
  now,
  readText: async () => ({ text: '', isWhole: true }),
  onPatientLearnt: () => undefined,
  oidOf: (kind, name) => oidOf('1.2.250.1.999.77', kind, name),
})
const applyIdentity = () => openIdentityApplier({ ...rooms, onIdentity: () => undefined, now, log: () => undefined })
const recoverNow = () => recover({ ...rooms, applyIdentity: applyIdentity(), environment: 'training', oidOf: preparation().oidOf, log: (event) => said.push(event) })
const feed = () => createMessageHandler({ ledger: rooms.ledger, applyIdentity: applyIdentity(), newControlId: randomUUID, now, log: { info: () => undefined, warn: () => undefined }, environment: 'training' })

async function receive(bytes: Uint8Array, hints: DocumentHints = {}, reference = 'a.xml'): Promise<ItemRow> {
  const { items } = await rooms.ledger.receive([{ source: { kind: 'folder', name: 'Export', reference }, bytes, fileName: reference, hints }])
  return (await rooms.ledger.byId(items[0]!.id))!
}

async function pdf(title: string): Promise<Uint8Array> {
  const document = await PDFDocument.create()
  document.addPage()
  document.setTitle(title)
  return document.save({ useObjectStreams: false })
}

function cda(id: string): Uint8Array {
  const written = writeCda({ ...cdaExample, id: `${cdaExample.id}.${id}` })
  if (!written.ok) throw new Error(written.failure.detail)
  return written.value
}

/** The database is destroyed and only `copy` is left of its copies. */
async function returnTo(copy: string): Promise<void> {
  const { directory } = rooms.store
  await rooms.store.arrivals.close()
  rooms.store.close()
  for (const name of ['relais.db', 'relais.db-wal', 'relais.db-shm']) fs.rmSync(path.join(directory, name), { force: true })
  for (const name of fs.readdirSync(path.join(directory, 'backup'))) if (name !== copy) fs.rmSync(path.join(directory, 'backup', name))
  await handle.reopen()
  wire()
}

/** Copies are taken until the journal forgets all that came so far; the first of them stays, as one before a migration does. */
async function journalForgets(): Promise<void> {
  for (let turn = 1; turn <= 4; turn += 1) {
    await rooms.store.arrivals.append({ kind: 'decision', at: turn, actId: randomUUID(), name: 'turn', value: turn })
    await backupStore(rooms.store, Date.now() + turn)
  }
}

const oldCopy = 'before-1-from-0.db'
async function keepCopy(): Promise<void> {
  const { file } = await backupStore(rooms.store, Date.now())
  fs.renameSync(file, path.join(path.dirname(file), oldCopy))
}

const rows = async () => (await rooms.ledger.list({ limit: 100, cursor: null })).rows
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

describe('after a return to a copy older than the journal reaches', () => {
  it('what nobody knows any more stands parked with its bytes, once, and what the program made itself does not', async () => {
    const kept = await receive(cda('1'))
    await keepCopy()
    const forgotten = cda('2')
    const leaflet = await pdf('a leaflet')
    await receive(forgotten)
    rooms.registry.upsert({ origin: 'message', ...identity }, { kind: 'identity-feed', name: 'LGC', at: 1, qualified: true })
    const wrapped = await receive(leaflet, { typeCode: '57833-6', title: 'Ordonnance', identity: { ...identity, origin: 'sidecar' } }, 'a.pdf')
    await prepareItem(wrapped, preparation())
    expect(await rooms.ledger.byId(wrapped.id)).toMatchObject({ state: 'ready' })
    await rooms.store.spool.store(packLot({ documents: [{ sha256: 'aa', mediaType: 'text/xml', part: 'p' }], patientId: 'x', signaturePart: 's', body: Buffer.from('body'), signature: Buffer.from('signature') }))
    await journalForgets()
    await returnTo(oldCopy)
    expect(rooms.store.restored).not.toBeNull()
    await recoverNow()
    const found = (await rows()).filter(({ id }) => id !== kept.id)
    expect(new Set(found.map((row) => row.content_sha256))).toEqual(new Set([sha256(forgotten), sha256(leaflet)]))
    for (const row of found) expect(row).toMatchObject({ state: 'parked', reason: 'forgotten-document', ask_first: 1 })
    expect(found.find((row) => row.content_sha256 === sha256(forgotten))).toMatchObject({ ins: patient.ins, title: cdaExample.title, patient: expect.stringContaining(patient.birthName) as string })
    expect(Buffer.from(await rooms.store.spool.read(sha256(leaflet)))).toEqual(Buffer.from(leaflet))
    expect(rooms.store.db.pragma('user_version', { simple: true })).toBe(0)
    await recoverNow()
    expect(await rows()).toHaveLength(3)
  })

  it('goes on when a person frees it, and the record is asked before', async () => {
    await keepCopy()
    const bytes = cda('2')
    await receive(bytes)
    await journalForgets()
    await returnTo(oldCopy)
    await recoverNow()
    const [row] = await rows()
    expect(await rooms.ledger.retryAll([row!], () => true)).toBe(1)
    await prepareItem((await rooms.ledger.byId(row!.id))!, preparation())
    expect(await rooms.ledger.byId(row!.id)).toMatchObject({ state: 'ready', ask_first: 1, unique_id: `${cdaExample.id}.2` })
  })

  it('what its source says when it comes again is kept with it, and it still waits for a person', async () => {
    await keepCopy()
    const leaflet = await pdf('a leaflet')
    const hints: DocumentHints = { typeCode: '57833-6', title: 'Ordonnance', identity: { ...identity, origin: 'sidecar' } }
    await receive(leaflet, hints, 'a.pdf')
    await journalForgets()
    await returnTo(oldCopy)
    await recoverNow()
    const again = await receive(leaflet, hints, 'a.pdf')
    expect(again).toMatchObject({ state: 'parked', reason: 'forgotten-document', ask_first: 1, source_reference: 'a.pdf' })
    expect(await rows()).toHaveLength(1)
    // The same leaflet for somebody else is another document, which may have gone as well.
    const other = await receive(leaflet, { ...hints, identity: { origin: 'sidecar', birthName: 'AUTRE', givenName: 'ANNE', birthDate: '1990-01-01' } }, 'b.pdf')
    expect(other).toMatchObject({ state: 'received', ask_first: 1 })
  })

  it('what messages said of patients is applied again, and their documents keep what was said of them', async () => {
    await keepCopy()
    const refused = adt('A28', { zfa: 'ZFA||||||||' })
    const answers = await feed().message(Buffer.from(oru()))
    expect(Buffer.from(answers[0]!).toString()).toContain('|AA|')
    await feed().message(Buffer.from(refused))
    const before = await rows()
    const [known] = rooms.store.db.prepare('SELECT ins FROM patient').pluck().all() as string[]
    await journalForgets()
    await returnTo(oldCopy)
    await recoverNow()
    const found = await rows()
    expect(found.map(({ state, reason, content_sha256 }) => [state, reason, content_sha256])).toEqual(before.map(({ content_sha256 }) => ['parked', 'forgotten-document', content_sha256]))
    expect(JSON.parse(found[0]!.hints)).toMatchObject({ visibility: { masked: false }, identity: expect.anything() as object })
    expect(rooms.store.db.prepare('SELECT ins FROM patient').pluck().all()).toEqual([known])
    expect((await rooms.ledger.receive([], describeMessage(readMessage(Buffer.from(oru()))!))).message).toBe('duplicate')
  })

  it('a content that cannot be read is told', async () => {
    await keepCopy()
    const bytes = cda('2')
    await receive(bytes)
    await journalForgets()
    const file = path.join(rooms.store.directory, 'spool', sha256(bytes).slice(0, 2), sha256(bytes))
    const stored = fs.readFileSync(file)
    stored[stored.length - 1]! ^= 0xff
    fs.writeFileSync(file, stored)
    await returnTo(oldCopy)
    await recoverNow()
    await recoverNow()
    const [told] = await rows()
    await prepareItem(told!, preparation())
    expect(await rooms.ledger.byId(told!.id)).toMatchObject({ state: 'parked', reason: 'memory-unreadable' })
    await recoverNow()
    expect(await rows()).toHaveLength(1)
  })
})

describe('after a return to a copy that the journal reaches', () => {
  it('a line of the journal that cannot be read is told', async () => {
    await keepCopy()
    for (const id of ['1', '2', '3']) await receive(cda(id))
    await returnTo(oldCopy)
    const folder = path.join(rooms.store.directory, 'arrivals')
    const file = path.join(folder, fs.readdirSync(folder).toSorted().at(-1)!)
    const bytes = fs.readFileSync(file)
    bytes[bytes.lastIndexOf('RJ1\n') - 1]! ^= 0xff
    fs.writeFileSync(file, bytes)
    await recoverNow()
    const reasons = await Promise.all(
      (await rows()).map(async (row) => {
        if (row.state === 'received') await prepareItem(row, preparation())
        return (await rooms.ledger.byId(row.id))!.reason
      }),
    )
    // The document itself is found by its bytes.
    expect(reasons).toHaveLength(4)
    expect(new Set(reasons)).toEqual(new Set([null, 'forgotten-document', 'memory-unreadable']))
    expect(said).toContain('what had come in cannot all be read any more')
  })

  it('an opposition told in front of the panel counts, even of a patient the copy does not know', async () => {
    await keepCopy()
    const decision = { choice: 'opposed', decidedAt: '2026-11-20T10:00:00Z', source: 'panel' } as const
    await rooms.store.arrivals.append({ kind: 'answer', at: now(), patient: { ins: ins.value, insOid: ins.oid, birthName: identity.birthName, birthDate: identity.birthDate }, about: 'deposit', decision, by: null })
    await returnTo(oldCopy)
    await recoverNow()
    expect(rooms.consent.decisionForIns(ins, 'deposit')).toEqual(decision)
    const row = await receive(cda('1'))
    await prepareItem(row, preparation())
    expect(await rooms.ledger.byId(row.id)).toMatchObject({ state: 'parked', reason: 'patient-opposed' })
    // A later word of theirs stands.
    const { id } = rooms.registry.byIns(ins.value, ins.oid)[0]!
    rooms.consent.learn(id, 'deposit', { ...decision, choice: 'agreed', decidedAt: '2026-11-21T10:00:00Z' })
    await recoverNow()
    expect(rooms.consent.mayDeposit(id)).toBe(true)
  })

  it('the pause is as a person left it', async () => {
    await rooms.ledger.decide('pause', { until: null })
    await keepCopy()
    await rooms.ledger.decide('pause', null)
    await returnTo(oldCopy)
    expect(await rooms.ledger.recall('pause')).toEqual({ until: null })
    await recoverNow()
    expect(await rooms.ledger.recall('pause')).toBeNull()
    await rooms.ledger.decide('pause', { until: 5 })
    await returnTo(oldCopy)
    await recoverNow()
    expect(await rooms.ledger.recall('pause')).toEqual({ until: 5 })
  })
})
