/**
 * The work whose every write is recorded: documents received, prepared, sent, settled, on the program's own store and ledger. After
 * each promise the program makes it writes one line `ACK {…}` on its output, and `COPY name` for a copy of the database that counts, so that
 * the recording says what had been promised when.
 * The argument is a `Work` in JSON. It may end itself in the middle, as a crash would.
 */
import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import type { DocumentMetadata, Party } from '#shared/contract/index.ts'
import { openRandom, type Random } from '../random.ts'
import { contentOf, deliveriesOf, type Delivery } from './deliveries.ts'
import { loadRooms, type Ledger, type Row } from './rooms.ts'

/** What one life of the program does. */
export interface Work {
  readonly directory: string
  readonly seed: number
  /** Rounds of deliveries, from and up to. */
  readonly from: number
  readonly to: number
  /** Ends itself with SIGKILL once it has named this many files; null = does all its work. */
  readonly dieAfterRenames: number | null
  /** Keeps a copy of the database on the way. */
  readonly backup: boolean
}

/** One promise: this item is here, has come this far, and its bytes are kept. */
export interface Promised {
  readonly id: string
  readonly state: string
  /** Lines of its trace: it only grows. */
  readonly steps: number
  readonly content: string
  readonly document: string | null
  readonly lot: string | null
  readonly attempts: number
  /** Number of the HL7 message it came in. */
  readonly message: string | null
}

const work = JSON.parse(process.argv[2]!) as Work
if (work.dieAfterRenames !== null) dieAfterRenames(work.dieAfterRenames)
const rooms = await loadRooms()
const key = rooms.store.readOrMakeKeyFile(work.directory)
if (!key.ok) throw new Error(`the key: ${key.failure.code}`)
const opened = await rooms.store.openStore({ directory: work.directory, key: key.value, role: 'recorded', now: Date.now() })
if (!opened.ok) throw new Error(`the store: ${opened.failure.code}`)
const store = opened.value
const ledger: Ledger = rooms.outbox.openSqliteLedger(store, { now: Date.now, newId: randomUUID })

const ids = (await ledger.list({ limit: 100_000, cursor: null })).rows.map((row) => row.id)
for (const row of await ledger.inState('sending', 0, 1_000)) await advance(row, { type: 'restarted' })
for (let round = work.from; round < work.to; round += 1) {
  const random = openRandom(work.seed).branch(1_000_000 + round)
  await Promise.all(deliveriesOf(work.seed, round).map(receive))
  fs.writeSync(1, `ROUND ${round + 1}\n`)
  if (work.backup && round === Math.floor((work.from + work.to) / 2)) {
    const { file } = await rooms.store.backupStore(store, Date.now())
    fs.writeSync(1, `COPY ${path.basename(file)}\n`)
  }
  // Several at once, as the lanes of the sender are.
  for (let turns = random.between(0, 2); turns > 0; turns -= 1) {
    const chosen = new Set(Array.from({ length: random.between(1, 3) }, () => random.pick(ids)))
    await Promise.all([...chosen].map((id, rank) => move(id, random.branch(rank))))
  }
}
store.close()

async function receive(delivery: Delivery): Promise<void> {
  const bytes = contentOf(delivery)
  const source = { kind: delivery.message === null ? ('folder' as const) : ('hl7' as const), name: 'Export', reference: delivery.name }
  const file = delivery.message === null ? { path: `/export/${delivery.name}`, size: bytes.length, mtimeMs: 1 } : undefined
  const arrival = { source, bytes, fileName: delivery.name, hints: {}, file }
  const received = await ledger.receive([arrival], delivery.message === null ? undefined : messageAround(bytes, delivery.message))
  for (const { id } of received.items) {
    ids.push(id)
    await promise(id, delivery.message)
  }
}

function messageAround(content: Buffer, controlId: string): Parameters<Ledger['receive']>[1] {
  const bytes = Buffer.concat([Buffer.from(`MSH|^~\\&|${controlId}\r`), content])
  const payloadHash = createHash('sha256').update(bytes).digest('hex')
  return { sourceName: 'FEED', sendingApplication: 'APP', sendingFacility: 'FAC', controlId, messageType: 'ORU^R01', bytes, payloadHash }
}

/** One step of one item, as the preparer, the sender or a person would make it. */
async function move(id: string, random: Random): Promise<void> {
  const row = (await ledger.byId(id))!
  switch (row.state) {
    case 'received':
      if (random.chance(0.85)) return freeze(row)
      return advance(row, random.pick([{ type: 'wait', for: 'patient', reason: 'ins-not-qualified' }, { type: 'park', reason: 'record-refused' }, { type: 'ignore', reason: 'already-received' }] as const))
    case 'ready':
      return send(row)
    case 'sending':
      if (random.chance(0.4)) return advance(row, { type: 'accepted' })
      return advance(row, random.pick([{ type: 'answer-lost', reason: 'record-no-answer' }, { type: 'not-sent', reason: 'record-unreachable', for: 'network' }, { type: 'refused', reason: 'record-refused' }] as const))
    case 'uncertain':
      return advance(row, random.pick([{ type: 'found' }, { type: 'absent', settled: true }, { type: 'still-unknown', reason: 'record-no-answer' }] as const))
    case 'waiting':
    case 'parked':
      return advance(row, random.pick([{ type: 'retry', rebuild: false }, { type: 'retry', rebuild: true }, { type: 'dismissed' }] as const))
    default:
  }
}

async function freeze(row: Row): Promise<void> {
  const document = await store.spool.store(Buffer.from(`document of ${row.id} `.repeat(200)))
  const uniqueId = `1.2.3.${row.seq}`
  const frozen = {
    uniqueId,
    submissionSetId: `${uniqueId}.9`,
    submittedAt: row.received_at,
    metadata: { uniqueId, title: 'Ordonnance', typeCode: { code: '57833-6' }, ins: { value: '284069999999968', oid: '1.2.250.1.213.1.4.10' } } as unknown as DocumentMetadata,
    party: { kind: 'structure', structure: { id: '1750000001' } } as unknown as Party,
    documentSha256: document.sha256,
  }
  const patient = { ins: '284069999999968', insOid: '1.2.250.1.213.1.4.10', birthName: 'ESSAI', givenName: 'CAMILLE', usedName: null, birthDate: '1984-06-12', sex: 'F' as const }
  if (await ledger.freeze(row, { learnPatient: () => null, patient, frozen, versionOf: null })) await promise(row.id)
}

async function send(row: Row): Promise<void> {
  const lot = await store.spool.store(Buffer.from(`signed lot of ${row.id} `.repeat(150)))
  if (await ledger.startSending(row, lot.sha256, () => null)) await promise(row.id)
}

async function advance(row: Row, event: Parameters<Ledger['apply']>[1]): Promise<void> {
  if (await ledger.apply(row, event)) await promise(row.id)
}

/** Written at once, in the trace between the calls that made it true and those that come after. */
async function promise(id: string, message: string | null = null): Promise<void> {
  const row = (await ledger.byId(id))!
  const steps = (await ledger.trace(row)).length
  const promised: Promised = { id, state: row.state, steps, content: row.content_sha256, document: row.document_sha256, lot: row.lot_sha256, attempts: row.attempts, message }
  fs.writeSync(1, `ACK ${JSON.stringify(promised)}\n`)
}

/** However the program renames: the files are named then, their folders perhaps not synced. */
function dieAfterRenames(count: number): void {
  let left = count
  const die = () => {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  const { renameSync } = fs
  const renameLater = fs.promises.rename
  fs.renameSync = (...given) => {
    renameSync(...given)
    die()
  }
  fs.promises.rename = async (...given) => {
    await renameLater(...given)
    die()
  }
  syncBuiltinESMExports()
}
