import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import type { ItemRow, Ledger } from '#connector/outbox/index.ts'
import type { Preparation } from '#connector/prepare-item.ts'
import type { Store } from '#connector/store/index.ts'
import type { RecordConfig } from '#shared/contract/index.ts'
import { localIdOid, madePatient, testInsOid } from './made-patients.ts'
import { madePdf } from './made-pdf.ts'
import { practice, rooms } from './program.ts'

const patientCount = 500
const author = practice.professionals[0]!

/** A data folder filled before the program starts on it, through the program's own rooms. */
export interface Stock {
  readonly store: Store
  readonly ledger: Ledger
  /** Takes in that many PDFs with what a sidecar would say of them: they stand in `received`. */
  receive(count: number, size: number): Promise<void>
  /** Walks all that is `received` to `ready`, one after the other as the program does. Throws when one does not get there. */
  prepare(): Promise<void>
  ready(): Promise<ItemRow[]>
  close(): void
}

/** Opens (or makes) the store of a data folder with its key file and the practice's patients. */
export async function openStock(directory: string, config: RecordConfig): Promise<Stock> {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  const key = rooms.store.readOrMakeKeyFile(directory)
  if (!key.ok) throw new Error(key.failure.code)
  const opened = await rooms.store.openStore({ directory, key: key.value, role: 'benchmark', now: Date.now() })
  if (!opened.ok) throw new Error(opened.failure.code)
  const store = opened.value
  const now = () => Date.now()
  const ledger = rooms.outbox.openSqliteLedger(store, { now, newId: randomUUID })
  const registry = new rooms.patients.PatientRegistry(store, randomUUID)
  const preparation: Preparation = {
    store,
    ledger,
    registry,
    consent: new rooms.consent.ConsentRegister(store),
    practice,
    environment: config.environment,
    maxDocumentBytes: config.maxDocumentBytes,
    now,
    // The documents are prepared before the clock starts, and their text is of nobody.
    readText: async () => ({ text: '', isWhole: true }),
    onPatientLearnt: () => undefined,
    oidOf: (kind, name) => rooms.oid.oidOf(config.installationOid, kind, name),
  }
  announcePatients(store, registry)
  let received = (await ledger.list({ limit: 1, cursor: null })).total

  return {
    store,
    ledger,
    async receive(count, size) {
      for (let first = 0; first < count; first += 100) {
        const batch = Array.from({ length: Math.min(100, count - first) }, () => arrival((received += 1), size))
        await ledger.receive(batch)
      }
    },
    async prepare() {
      for (let rows = await ledger.inState('received', 0, 500); rows.length > 0; rows = await ledger.inState('received', 0, 500)) {
        for (const row of rows) await rooms.prepare.prepareItem(row, preparation)
      }
      const { parked, waiting, ignored } = await ledger.counts()
      if (parked + waiting + ignored > 0) throw new Error(`${parked + waiting + ignored} made documents did not become ready`)
    },
    ready: () => ledger.inState('ready', 0, 1_000_000),
    close: () => store.close(),
  }
}

function announcePatients(store: Store, registry: InstanceType<typeof rooms.patients.PatientRegistry>): void {
  if (registry.byIns(madePatient(0).ins, testInsOid).length > 0) return
  store.transaction(() => {
    for (let rank = 0; rank < patientCount; rank += 1) {
      const patient = madePatient(rank)
      registry.upsert({ origin: 'message', ...patient, givenNames: patient.givenName, insOid: testInsOid, localIdOid }, { kind: 'identity-feed', name: 'benchmark', at: Date.now(), qualified: true })
    }
  })
}

function arrival(number: number, size: number): Parameters<Ledger['receive']>[0][number] {
  const patient = madePatient(number % patientCount)
  const { ins, birthName, givenName, birthDate, sex, localId } = patient
  const fileName = `courrier-${String(number).padStart(7, '0')}.pdf`
  const title = `Ordonnance no ${number}`
  return {
    source: { kind: 'folder', name: 'export', reference: fileName },
    bytes: madePdf(size, title),
    fileName,
    hints: { identity: { ins, insOid: testInsOid, birthName, givenName, birthDate, sex, localId, localIdOid, origin: 'sidecar' }, typeCode: '57833-6', title, authorId: author.id },
  }
}
