import fs from 'node:fs'
import path from 'node:path'
import { failure, success, type ItemVisibility, type ReasonCode, type Result } from '#shared/contract/index.ts'
import { oidOf } from '../../../electron/connector/stable-oid.ts'
import { takeAnswer } from '../../../electron/connector/access-acts.ts'
import { openIdentityApplier } from '../../../electron/connector/apply-identity.ts'
import { ConsentRegister } from '../../../electron/connector/consent/index.ts'
import { readerOf } from '../../../electron/connector/choose-party.ts'
import { typeChoiceOf } from '../../../electron/connector/choose-type.ts'
import { defaultPace, openAtWork, openSqliteLedger, settleSuspects, startSender, type Ledger, type Sender } from '../../../electron/connector/outbox/index.ts'
import { PatientRegistry } from '../../../electron/connector/patients/index.ts'
import type { Preparation } from '../../../electron/connector/prepare-item.ts'
import { startPreparer } from '../../../electron/connector/preparer.ts'
import { recover } from '../../../electron/connector/recover.ts'
import { copyDatabase } from '../../../electron/connector/store/copy-database.ts'
import { backupStore, isDiskFull, openStore, type Store } from '../../../electron/connector/store/index.ts'
import { openWaker } from '../../../electron/connector/wake-waiting.ts'
import { watchMachine, type MachineWatch } from '../../../electron/connector/watch-machine.ts'
import type { Random } from '../random.ts'
import { type AdversarialRecord, visibilityMs } from './adversarial-record.ts'
import { failingStore, type DiskState, type FailingStore } from './failing-store.ts'
import { identityOf, patients, practice } from './made-documents.ts'
import { retryRule } from '../../../electron/connector/retry-rule.ts'
import { stopBeforeSending } from '../../../electron/connector/sending-rules.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Which copy of the database. */
export type CopyKind = 'in turn' | 'before a migration'

/** What one life of the connector stands on. */
export interface LifeOptions {
  readonly directory: string
  readonly number: number
  readonly time: VirtualTime
  readonly random: Random
  readonly record: AdversarialRecord
  /** What the computer's clock shows. */
  readonly wall: () => number
  /** Milliseconds on the clock that nobody sets and that a sleep may not move. */
  readonly steady: () => number
  readonly network: () => string
  /** How long the next document takes to be read, in milliseconds. */
  readonly readMs: () => number
  readonly disk: DiskState
  readonly newId: () => string
  readonly onBug: (error: unknown) => void
  /** Told before anything of this life moves. */
  readonly onOpen: (store: Store) => void
}

/** The connector's rooms from the queue to the record, wired as `connector.ts` does, from a start to a stop or a crash. */
export interface Life {
  readonly directory: string
  readonly number: number
  readonly store: Store
  readonly ledger: Ledger
  readonly consent: ConsentRegister
  readonly sender: Sender
  readonly machine: MachineWatch
  readonly patientIds: readonly string[]
  /** A person in front of the panel takes down what a patient, by rank, says of deposits. */
  answer(patient: number, choice: 'opposed' | 'agreed'): Promise<boolean>
  /** Takes a copy of the database: one of the two kept in turn, or one as before a migration, which the journal does not wait for. */
  copy(kind: CopyKind): Promise<void>
  setDisk: FailingStore['setDisk']
  isAlive(): boolean
  /** What the windows' buttons do. */
  retry(which: { readonly id: string } | { readonly reason: ReasonCode }): Promise<number>
  hold(id: string): Promise<boolean>
  dismiss(id: string): Promise<boolean>
  setVisibility(id: string, visibility: ItemVisibility): Promise<boolean>
  chooseType(id: string, typeCode: string): Promise<boolean>
  stop(): Promise<void>
  /** From this instant nothing it does counts any more. Its files lie as they are. */
  die(): void
  /** Lets go of the files of a life that ended by `die`. */
  bury(): void
}

const key = 'ab'.repeat(32)
const installationOid = '1.2.250.1.999.77'
/** What the program died on is tried this long after a start. */
const probationMs = 2_000
/** The proof makes it look when there is something to see. */
const lookEveryMs = 24 * 3_600_000

/** Opens the data folder again as a second program would. */
export function openSecond(directory: string): Promise<Result<Store>> {
  return openStore({ directory, key, role: 'second', now: 1 })
}

/** Starts a life on a data folder; fails as a value when the folder cannot be opened or written. */
export async function startLife(options: LifeOptions): Promise<Result<Life>> {
  const opened = await openStore({ directory: options.directory, key, role: 'model', now: options.wall() })
  if (!opened.ok) return opened
  const started: (() => Promise<void> | void)[] = [() => opened.value.close()]
  const stop = async () => {
    for (let last = started.pop(); last; last = started.pop()) await last()
  }
  try {
    return success(await wire(options, opened.value, started, stop))
  } catch (error) {
    await stop()
    if (isDiskFull(error)) return failure('storage-full')
    throw error
  }
}

async function wire(options: LifeOptions, real: Store, started: (() => Promise<void> | void)[], stop: () => Promise<void>): Promise<Life> {
  const { time, record, wall, random } = options
  let isAlive = true
  started.push(() => {
    isAlive = false
  })
  const readDelay = () =>
    new Promise<void>((resolve) => {
      const ms = options.readMs()
      if (ms === 0) resolve()
      else time.after(ms, () => isAlive && resolve())
    })
  const failing = failingStore(real, readDelay)
  failing.setDisk(options.disk)
  const { store } = failing
  options.onOpen(real)
  const onBug = (error: unknown) => {
    if (isAlive && !isDiskFull(error)) options.onBug(error)
  }
  const registry = new PatientRegistry(store, options.newId)
  const consent = new ConsentRegister(store)
  const ledger = openSqliteLedger(store, { now: wall, newId: options.newId })
  const patientIds = patients.map((_, index) => patientId(registry, index))
  const waker = openWaker(ledger, onBug)
  started.push(() => waker.stop())
  const preparation: Preparation = {
    store, ledger, registry, consent, practice,
    environment: 'training',
    maxDocumentBytes: 5_000_000,
    now: wall,
    // What a made PDF shows is of nobody.
    readText: async () => ({ text: '', isWhole: true }),
    onPatientLearnt: (claim) => waker.learnt(claim),
    oidOf: (kind, name) => oidOf(installationOid, kind, name),
  }
  if (store.restored || store.torn) {
    const applyIdentity = openIdentityApplier({ registry, consent, onIdentity: (claim) => waker.learnt(claim), now: wall, log: () => undefined })
    await recover({ store, ledger, registry, consent, applyIdentity, environment: 'training', oidOf: preparation.oidOf, log: () => undefined })
  }
  const atWork = openAtWork(options.directory)
  started.push(() => atWork.close())
  await settleSuspects(ledger, atWork)
  const preparer = startPreparer({ preparation, atWork, onBug, suspectsAfterMs: probationMs })
  started.push(() => preparer.stop())
  const sender = await startSender({
    ledger, atWork,
    spool: store.spool,
    record: record.connect({ life: options.number, isAlive: () => isAlive, wall }),
    mayGo: (row) => stopBeforeSending(row, { registry, consent, practice, environment: 'training', now: wall }),
    onInterrupted: () => undefined,
    onBug,
    onWaitingForSession: () => undefined,
    onState: () => undefined,
    visibilityMs,
    pace: defaultPace,
    lanes: 4,
    suspectsAfterMs: probationMs,
    probeParty: async () => readerOf(practice),
    now: wall,
    monotonic: options.steady,
    random: () => random.next(),
  })
  started.push(() => sender.stop())
  const machine = watchMachine({ now: wall, monotonic: options.steady, network: options.network, everyMs: lookEveryMs, onEvent: () => void sender.wayChanged().catch(onBug) })
  started.push(() => machine.stop())
  return {
    directory: options.directory,
    number: options.number,
    store, ledger, consent, sender, machine, patientIds,
    async answer(patient, choice) {
      const { ins, insOid } = patients[patient]!
      return takeAnswer({ registry, consent, now: wall, journal: (record) => store.arrivals.append(record) }, { ins: { value: ins, oid: insOid }, kind: 'deposit', choice, by: null })
    },
    async copy(kind) {
      // In this thread: another one has a time of its own.
      const copyTo: Store['copyTo'] = (to, now) => copyDatabase(real.db, key, to, now)
      if (kind === 'in turn') await backupStore({ ...store, copyTo }, wall())
      else {
        fs.mkdirSync(path.join(options.directory, 'backup'), { recursive: true })
        await copyTo(path.join(options.directory, 'backup', 'before-1-from-0.db'), wall())
      }
    },
    setDisk: (state) => failing.setDisk(state),
    isAlive: () => isAlive,
    async retry(which) {
      const row = 'id' in which ? await ledger.byId(which.id) : null
      const rows = 'id' in which ? (row ? [row] : []) : await ledger.stoppedBy(which.reason)
      return ledger.retryAll(rows, await retryRule(rows, ledger))
    },
    async hold(id) {
      const row = await ledger.byId(id)
      return row !== null && ledger.hold(row)
    },
    async dismiss(id) {
      const row = await ledger.byId(id)
      return row !== null && ledger.dismiss(row, 'by the proof')
    },
    async setVisibility(id, visibility) {
      const row = await ledger.byId(id)
      return row !== null && ledger.setVisibility(row, visibility)
    },
    async chooseType(id, typeCode) {
      const row = await ledger.byId(id)
      const chosen = row === null ? failure('not-found') : typeChoiceOf(row, typeCode, store)
      return row !== null && chosen.ok && ledger.chooseType(row, chosen.value)
    },
    stop,
    die() {
      isAlive = false
      failing.die()
    },
    bury: () => real.close(),
  }
}

/** The local patient of that rank; made known at the first start. */
function patientId(registry: PatientRegistry, index: number): string {
  const { ins, insOid, localId } = patients[index]!
  const [known] = registry.byIns(ins, insOid)
  if (known) return known.id
  const learnt = registry.upsert({ origin: 'message', ...identityOf(index), localId: localId.value, localIdOid: localId.oid }, { kind: 'identity-feed', name: 'LGC', at: 1, qualified: true })
  if (!learnt.ok) throw new Error(learnt.failure.code)
  return learnt.value
}
