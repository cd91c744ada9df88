import fc from 'fast-check'
import type { ItemVisibility } from '#shared/contract/index.ts'
import type { DocumentHints } from '../../../electron/connector/documents/index.ts'
import type { ItemRow, Ledger } from '../../../electron/connector/outbox/index.ts'
import type { Milestone } from '../../../electron/connector/store/index.ts'
import { questionFates, sendFates, type QuestionFate, type SendFate } from './adversarial-record.ts'
import { faultsOfState } from './check-state.ts'
import { openSecond, type CopyKind } from './connector-life.ts'
import { documentName, overwrittenName, usualType, type Cause, type Expected, type Given } from './expected.ts'
import type { DiskState } from './failing-store.ts'
import { documentOf, families, identityOf, versions } from './made-documents.ts'
import { returnToCopy } from './return-to-copy.ts'
import type { World } from './world.ts'

type Outcome = Awaited<ReturnType<Ledger['receive']>>['items'][number]['outcome']
export type Command = fc.AsyncCommand<Expected, World>

/** One thing that happens; after it all that must always hold is looked at. */
function command(name: string, act: (expected: Expected, world: World) => Promise<void>, isPossible: (expected: Expected) => boolean = () => true): Command {
  return {
    check: isPossible,
    async run(expected, world) {
      await act(expected, world)
      const faults = await faultsOfState(world, expected)
      if (faults.length > 0) throw new Error(faults.join('\n'))
    },
    toString: () => name,
  }
}

const moments: Milestone[] = [
  'spool:after-rename', 'intake:before-begin', 'intake:after-item', 'intake:before-commit', 'intake:after-commit', 'send:before-claim', 'send:after-claim', 'send:after-document', 'send:after-sign',
  'send:after-freeze', 'send:after-sending', 'send:before-settle', 'send:after-settle', 'doubt:during-question', 'doubt:between-looks', 'item:during-park', 'item:during-unpark',
]

const hidden = (masked: boolean): ItemVisibility => ({ masked, hiddenFromPatient: false, hiddenFromRepresentatives: false })

/** Hands one document over and notes what was promised. */
async function handOver(given: Given, expected: Expected, world: World): Promise<void> {
  const { document, reference, door } = given
  const hints: DocumentHints = {
    ...(given.masked ? { visibility: hidden(true) } : {}),
    ...(door === 'hl7' ? { identity: { ...identityOf(document.patient), origin: 'message', qualified: true } } : {}),
    ...(document.kind === 'pdf' ? { ...(given.isUntyped ? {} : { typeCode: given.typeCode ?? usualType }), title: `Ordonnance ${document.family}`, ...(document.isOverwritten ? {} : { documentKey: `${document.family}` }), identity: { ...identityOf(given.patient ?? document.patient), origin: 'sidecar' } } : {}),
  }
  const message = {
    sourceName: 'LGC', sendingApplication: 'LGC', sendingFacility: 'CABINET', controlId: reference, messageType: 'MDM^T02',
    bytes: document.bytes, payloadHash: `${reference} ${document.family} ${document.version}`,
  }
  // Also when the program dies before it answers.
  if (given.masked) expected.causes.add('visibility')
  if (given.isUntyped) expected.causes.add('type left out')
  const received = await world.during(({ ledger }) =>
    ledger.receive(
      [{ source: { kind: door, name: door === 'hl7' ? 'LGC' : 'Export', reference }, bytes: document.bytes, fileName: document.kind === 'pdf' ? 'a.pdf' : 'a.xml', hints, ...(given.file ? { file: given.file } : {}), ...(given.held ? { hold: 'burst' as const } : {}) }],
      door === 'hl7' ? message : undefined,
    ),
  )
  if (!received) return noteUnanswered(given, expected)
  given.isAcknowledged = true
  for (const { id, outcome } of received.items) {
    if (!expected.items.includes(id)) expected.items.push(id)
    // The same document announced otherwise while it waits: what is said now is what counts.
    if (outcome === 'stored' || noteTooLate(id, expected, world)) noteWord(id, outcome, given, expected)
    // The word that put it in doubt was set aside by a person, and the newest says what it said at first.
    if (outcome === 'stored' && !world.database().prepare("SELECT 1 FROM item WHERE state = 'parked' AND reason_detail = ?").get(id)) expected.superseded.delete(id)
    if (outcome === 'stored' && given.masked) expected.maskedBySource.add(id)
    else if (outcome === 'stored') expected.maskedBySource.delete(id)
  }
}

/** The newest word of the source on this item. Without a number it may be about the next document of its name: whose the item is, it never changes by itself. */
function noteWord(id: string, outcome: Outcome, given: Given, expected: Expected): void {
  const items = expected.itemsOf.get(documentName(given)) ?? new Set()
  expected.itemsOf.set(documentName(given), items.add(id))
  if (!given.document.isOverwritten || outcome === 'beside' || !expected.patientsOf.has(id)) expected.patientsOf.set(id, new Set([given.patient ?? given.document.patient]))
  expected.openReaders.delete(id)
}

/** The program died, or had no room, before it answered: what was said may have been heard or not. */
function noteUnanswered(given: Given, expected: Expected): void {
  for (const id of expected.itemsOf.get(documentName(given)) ?? []) {
    if (!given.document.isOverwritten) expected.patientsOf.get(id)!.add(given.patient ?? given.document.patient)
    expected.openReaders.add(id)
  }
}

/** Did what was said come too late for another item? That one is not sent any more by itself. */
function noteTooLate(id: string, expected: Expected, world: World): boolean {
  const row = (of: string) => world.database().prepare('SELECT id, state, reason, reason_detail, attempts FROM item WHERE id = ?').get(of) as ItemRow | undefined
  const told = row(id)
  if (told?.reason !== 'announced-otherwise') return false
  const first = row(told.reason_detail!)!
  if (first.state !== 'deposited') expected.superseded.set(first.id, first.attempts)
  return true
}

async function arrive(given: Omit<Given, 'reference' | 'isAcknowledged'>, expected: Expected, world: World): Promise<void> {
  const rank = expected.given.length + 1
  const { isOverwritten, bytes } = given.document
  const file = given.file ?? { path: `/export/${overwrittenName}`, size: bytes.length, mtimeMs: rank }
  const handed: Given = { ...given, reference: isOverwritten ? overwrittenName : `arrival-${rank}`, file: isOverwritten ? file : undefined, isAcknowledged: false }
  expected.given.push(handed)
  await handOver(handed, expected, world)
}

const pick = <T>(from: readonly T[], rank: number): T => from[rank % from.length]!
const isOverwritten = ({ document }: Given) => document.isOverwritten
/** What the source or a person may say a PDF is. */
const types = [usualType, '11502-2', '11488-4']
const isPdf = ({ document }: Given) => document.kind === 'pdf'
const hasItems = ({ items }: Expected) => items.length > 0
const hasGiven = ({ given }: Expected) => given.length > 0

/** A person stops an item. Until they free it, it may not go. */
async function stop(how: 'dismissed' | 'held', id: string, expected: Expected, world: World): Promise<void> {
  expected.causes.add(how)
  const done = await world.during((life) => (how === 'held' ? life.hold(id) : life.dismiss(id)))
  if (done) expected.stopped.set(id, how)
}

async function retry(id: string, expected: Expected, world: World): Promise<void> {
  const former = expected.stopped.get(id)
  expected.stopped.delete(id)
  expected.superseded.delete(id)
  expected.freed.add(id)
  const moved = await world.during((life) => life.retry({ id }))
  if (moved === 0 && former) expected.stopped.set(id, former)
}

/** A person says the type of one that waits for it; of any other it is refused. */
async function chooseType(rank: number, typeCode: string, expected: Expected, world: World): Promise<void> {
  // No window is there while the program cannot start.
  if (!world.life()) return
  const waiting = world.database().prepare("SELECT id FROM item WHERE state = 'parked' AND reason IN ('type-unknown', 'type-not-accepted') ORDER BY seq").pluck().all() as string[]
  const id = pick(waiting.length > 0 ? waiting : expected.items, rank)
  const done = await world.during((life) => life.chooseType(id, typeCode))
  if (done === null) expected.chosenTypes.set(id, [...(expected.chosenTypes.get(id) ?? []), typeCode])
  if (!done) return
  expected.chosenTypes.set(id, [typeCode])
  expected.typed.add(id)
}

async function oppose(patient: number, isOpposed: boolean, expected: Expected, world: World): Promise<void> {
  expected.causes.add('opposed')
  const learnt = await world.during((life) => life.answer(patient, isOpposed ? 'opposed' : 'agreed'))
  if (learnt && isOpposed) expected.opposed.add(patient)
  if (learnt && !isOpposed) expected.opposed.delete(patient)
}

const causeOfFate: Partial<Record<SendFate | QuestionFate, Cause>> = { refused: 'send refused', 'author refused': 'author refused', 'card out': 'card out' }

const item = fc.nat({ max: 40 })
const oneIn = (many: number) => fc.nat({ max: many - 1 }).map((chance) => chance === many - 1)
const seconds = fc.integer({ min: 1, max: 400 }).map((count) => count * 1_000)

const arrivals = fc
  .record({ family: fc.nat({ max: families - 1 }), version: fc.constantFrom(1, 1, 1, 2, 2, versions), door: fc.constantFrom('folder' as const, 'hl7' as const), masked: oneIn(10), held: oneIn(10), untyped: oneIn(5) })
  .map(({ family, version, door, masked, held, untyped }) => {
    const document = documentOf(family, version)
    const by = document.kind === 'pdf' ? 'folder' : door
    const isUntyped = untyped && document.kind === 'pdf'
    return command(`arrive(${document.kind} ${family} version ${version} by ${by}${isUntyped ? ', no type' : ''}${masked ? ', masked' : ''}${held ? ', held' : ''})`, (expected, world) => arrive({ document, door: by, masked, held, isUntyped }, expected, world))
  })

const repeats = fc.oneof(
  item.map((rank) => command(`arriveAgain(${rank})`, (expected, world) => arrive({ ...pick(expected.given, rank), file: undefined, held: false }, expected, world), hasGiven)),
  item.map((rank) => command(`arriveAgainMasked(${rank})`, (expected, world) => arrive({ ...pick(expected.given, rank), file: undefined, masked: true, held: false }, expected, world), hasGiven)),
  fc.tuple(item, fc.nat({ max: 2 }), fc.constantFrom('as said' as const, 'as said' as const, ...types)).map(([rank, patient, typeCode]) =>
    command(
      `correct(${rank}, patient ${patient}, type ${typeCode})`,
      async (expected, world) => {
        expected.causes.add('corrected')
        await arrive({ ...pick(expected.given.filter(isPdf), rank), file: undefined, held: false, patient, ...(typeCode === 'as said' ? {} : { typeCode, isUntyped: false }) }, expected, world)
      },
      ({ given }) => given.some(isPdf),
    ),
  ),
  fc.tuple(item, fc.array(fc.record({ patient: fc.nat({ max: 1 }), after: fc.constantFrom(0, 10, 1_000, 40_000) }), { minLength: 2, maxLength: 4 })).map(([rank, words]) =>
    command(
      `changeMind(${rank}, ${words.map(({ patient, after }) => `${after} ms patient ${patient}`).join(' · ')})`,
      async (expected, world) => {
        expected.causes.add('corrected')
        const first = pick(expected.given.filter(isPdf), rank)
        for (const { patient, after } of words) {
          await world.pass(after)
          await arrive({ ...first, file: undefined, held: false, patient }, expected, world)
        }
      },
      ({ given }) => given.some(isPdf),
    ),
  ),
  fc.nat({ max: 2 }).map((patient) =>
    command(
      `sidecarAlone(patient ${patient})`,
      async (expected, world) => {
        expected.causes.add('corrected')
        await arrive({ ...expected.given.findLast(isOverwritten)!, held: false, patient }, expected, world)
      },
      ({ given }) => given.some(isOverwritten),
    ),
  ),
  item.map((rank) =>
    command(
      `resend(${rank})`,
      async (expected, world) => {
        const messages = expected.given.filter(({ door }) => door === 'hl7')
        await handOver(pick(messages, rank), expected, world)
      },
      ({ given }) => given.some(({ door }) => door === 'hl7'),
    ),
  ),
)

const acts = fc.oneof(
  item.map((rank) => command(`retry(${rank})`, (expected, world) => retry(pick(expected.items, rank), expected, world), hasItems)),
  item.map((rank) => command(`dismiss(${rank})`, (expected, world) => stop('dismissed', pick(expected.items, rank), expected, world), hasItems)),
  item.map((rank) => command(`hold(${rank})`, (expected, world) => stop('held', pick(expected.items, rank), expected, world), hasItems)),
  fc.tuple(item, fc.boolean()).map(([rank, masked]) =>
    command(
      `setVisibility(${rank}, ${masked ? 'masked' : 'shown'})`,
      async (expected, world) => {
        const id = pick(expected.items, rank)
        expected.causes.add('visibility')
        const done = await world.during((life) => life.setVisibility(id, hidden(masked)))
        if (done) expected.maskedByPerson.set(id, masked)
      },
      hasItems,
    ),
  ),
  fc.tuple(item, fc.constantFrom(...types)).map(([rank, typeCode]) => command(`chooseType(${rank}, ${typeCode})`, (expected, world) => chooseType(rank, typeCode, expected, world), hasItems)),
  fc.tuple(fc.nat({ max: 2 }), fc.boolean()).map(([patient, isOpposed]) => command(`${isOpposed ? 'oppose' : 'agree'}(patient ${patient})`, (expected, world) => oppose(patient, isOpposed, expected, world))),
  item.map((rank) =>
    command(
      `holdAndRetryAtOnce(${rank})`,
      async (expected, world) => {
        const id = pick(expected.items, rank)
        expected.causes.add('held')
        expected.stopped.delete(id)
        expected.superseded.delete(id)
        expected.freed.add(id)
        await world.during((life) => Promise.all([life.hold(id), life.retry({ id }), life.dismiss(id), life.retry({ id })]))
        expected.causes.add('dismissed')
      },
      hasItems,
    ),
  ),
  fc.constant(command('pause()', async (_expected, world) => void (await world.during(({ sender }) => sender.pause(null))))),
  seconds.map((ms) => command(`pauseFor(${ms} ms)`, async (_expected, world) => void (await world.during(({ sender }) => sender.pause(world.time.now() + world.wallOffset() + ms))))),
  fc.constant(command('resume()', async (_expected, world) => void (await world.during(({ sender }) => sender.resume())))),
)

const way = fc.oneof(
  fc.boolean().map((isNoticed) => command(`netDown(${isNoticed ? 'noticed' : ''})`, (_expected, world) => world.setNetwork(false, isNoticed))),
  fc.boolean().map((isNoticed) => command(`netUp(${isNoticed ? 'noticed' : ''})`, (_expected, world) => world.setNetwork(true, isNoticed))),
  seconds.map((ms) => command(`busy(${ms} ms)`, async (_expected, world) => world.record.busyFor(ms))),
  fc.constantFrom(40, 3_000, 25_000, 55_000).map((ms) => command(`latency(${ms} ms)`, async (_expected, world) => world.record.setLatency(ms))),
  fc.array(fc.constantFrom<SendFate>('taken', 'answer lost', 'answer lost', 'request lost', ...sendFates), { minLength: 1, maxLength: 6 }).map((fates) =>
    command(`nextSends(${fates.join(' · ')})`, async (expected, world) => {
      for (const fate of fates) if (causeOfFate[fate]) expected.causes.add(causeOfFate[fate])
      world.record.addFates(fates, [])
    }),
  ),
  fc.array(fc.constantFrom<QuestionFate>('answered', ...questionFates), { minLength: 1, maxLength: 4 }).map((fates) =>
    command(`nextQuestions(${fates.join(' · ')})`, async (expected, world) => {
      if (fates.includes('refused')) expected.causes.add('question refused')
      world.record.addFates([], fates)
    }),
  ),
  item.map((rank) =>
    command(`moveEntry(${rank})`, async (expected, world) => {
      const ids = [...world.record.registrations.keys()]
      if (ids.length > 0) world.record.moveEntry(pick(ids, rank))
      expected.causes.add('entry moved')
    }),
  ),
)

const noteCrash = (expected: Expected) => expected.causes.add('crash')

const machine = fc.oneof(
  fc.constant(
    command('crash()', async (expected, world) => {
      noteCrash(expected)
      await world.crash()
    }),
  ),
  fc.tuple(fc.constantFrom(...moments), fc.integer({ min: 1, max: 4 })).map(([moment, nth]) =>
    command(`crashAt(${moment}, ${nth})`, async (expected, world) => {
      noteCrash(expected)
      world.crashAt(moment, nth)
    }),
  ),
  fc.constant(command('restart()', (_expected, world) => world.restart())),
  fc.integer({ min: -30, max: 30 }).map((hours) =>
    command(`clock(${hours} h)`, async (expected, world) => {
      if (hours < world.wallOffset() / 3_600_000) expected.causes.add('clock set back')
      await world.setWall(hours * 3_600_000)
    }),
  ),
  fc.constant(command('clockRight()', (_expected, world) => world.setWall(0))),
  fc.tuple(fc.integer({ min: 1, max: 600 }), fc.boolean()).map(([minutes, isCounted]) => command(`sleep(${minutes} min${isCounted ? ', counted' : ''})`, (_expected, world) => world.sleep(minutes * 60_000, isCounted))),
  fc.constantFrom<DiskState>('full', 'database cannot grow', 'fine').map((state) =>
    command(`disk(${state})`, async (expected, world) => {
      if (state !== 'fine') expected.causes.add('disk full')
      await world.setDisk(state)
    }),
  ),
  fc.constantFrom(0, 0, 2_000).map((ms) => command(`slowReads(${ms} ms)`, async (_expected, world) => world.setReadDelay(ms))),
  fc.constant(
    command('secondInstance()', async (_expected, world) => {
      const life = world.life()
      if (!life) return
      const second = await openSecond(life.directory)
      if (second.ok) throw new Error('a second program got the data folder')
      if (second.failure.code !== 'store-locked') throw new Error(`a second program was refused with ${second.failure.code}`)
    }),
  ),
)

/** The database is lost, and the program goes on on a copy of it. */
const returns = fc.oneof(
  // Copies in turn, something decided between them, until the journal has forgotten what lies before.
  fc.constant(
    command('daysPass()', async (expected, world) => {
      for (let day = 0; day < 3; day += 1) {
        // No two copies are of one instant: by their dates they are told apart.
        await world.pass(2_000)
        const made = await world.during(async (life) => {
          await life.sender.resume()
          await life.copy('in turn')
          return true
        })
        if (made) expected.copies.add('in turn')
      }
    }),
  ),
  fc.constantFrom<CopyKind>('in turn', 'before a migration').map((kind) =>
    command(`copy(${kind})`, async (expected, world) => {
      await world.pass(2_000)
      // On a full disk none is made.
      const made = await world.during((life) => life.copy(kind).then(() => true))
      if (made) expected.copies.add(kind)
    }),
  ),
  fc.constantFrom<CopyKind>('in turn', 'before a migration').map((kind) =>
    command(
      `loseDatabase(${kind})`,
      (expected, world) => returnToCopy(kind, expected, world, (given) => arrive({ ...given, held: false }, expected, world)),
      ({ copies }) => copies.has(kind),
    ),
  ),
)

const time = fc.oneof(
  fc.constantFrom(10, 100, 1_000, 30_000, 130_000, 600_000, 3_600_000).map((ms) => command(`pass(${ms} ms)`, (_expected, world) => world.pass(ms))),
  fc.constant(
    command('passToNext()', async (_expected, world) => {
      const next = world.time.nextAt()
      if (next !== null) await world.pass(Math.max(0, next - world.time.now()))
    }),
  ),
)

/** Up to `most` things that happen, in any order; half as many on average. */
export function commandsOf(most: number, replayPath: string | undefined): fc.Arbitrary<Iterable<Command>> {
  return fc.commands([arrivals, arrivals, arrivals, repeats, acts, acts, way, way, machine, returns, time, time, time], { maxCommands: most, size: 'max', ...(replayPath === undefined ? {} : { replayPath }) })
}
