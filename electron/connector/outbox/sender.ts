import { createHash } from 'node:crypto'
import type { Failure, Party, ReasonCode } from '#shared/contract/index.ts'
import type { AuditedRecord } from '../record/index.ts'
import { ContentLost, giveBack, isDiskFull, isPassing, milestone, type Store } from '../store/index.ts'
import type { AtWork } from './at-work.ts'
import { afterAbsentLook, backoff, type Looks } from './backoff.ts'
import { afterExchange, allowance, atTime, closedCircuit, endpoints, probeNow, type Circuit, type Endpoint } from './circuit.ts'
import { frozenOf, type Frozen, type ItemRow } from './item.ts'
import type { Ledger } from './ledger.ts'
import type { Pace } from './pace.ts'
import { keptPause, leftAtStart, type KeptPause } from './pause.ts'

/** What the sender needs from the rest of the program. */
export interface SenderOptions {
  readonly ledger: Ledger
  readonly spool: Pick<Store['spool'], 'read' | 'store'>
  readonly record: AuditedRecord
  readonly atWork: Pick<AtWork, 'begin' | 'end'>
  /** Asked before the lot is built and again inside the commit that lets the bytes go; a code stops the item. */
  readonly mayGo: (row: ItemRow) => ReasonCode | null
  /** Runs inside the commit that finds it `sending` after the program died: whether the record got it is not known. */
  readonly onInterrupted: (frozen: Frozen) => void
  readonly onBug: (error: unknown, row: ItemRow | null) => void
  /** After the commit that made an item, and the others its party has ready, wait for a session. */
  readonly onWaitingForSession: (row: ItemRow) => void
  /** A circuit opened or closed, a clock went wrong. */
  readonly onState: () => void
  /** How long the registry may take to show what it stored, in milliseconds. */
  readonly visibilityMs: number
  readonly pace: Pace
  readonly lanes: number
  /** What the program once died on is tried this long after the start, alone: a program killed again and again must not blame it. */
  readonly suspectsAfterMs: number
  /** Who a probe is made for: whoever has the means to ask; null when nobody has, and none is made. */
  readonly probeParty: () => Promise<Party | null>
  /** Milliseconds since the epoch: for what is kept. */
  readonly now: () => number
  /** Milliseconds on a clock nobody can set: for what is measured within this run. */
  readonly monotonic: () => number
  readonly random: () => number
}

/** The loop that takes ready items to the record and asks about uncertain ones. */
export interface Sender {
  wake(): void
  /** Kept over a restart; `null` = until resumed. */
  pause(until: number | null): Promise<void>
  resume(): Promise<void>
  paused(): { until: number | null } | null
  /** The worse of the two. */
  circuit(): Circuit
  circuits(): Readonly<Record<Endpoint, Circuit>>
  /** Reason why nothing goes although the record answers. */
  clockWrong(): boolean
  /** The computer slept, changed network, or its clock was set: what was known of the way is forgotten. */
  wayChanged(): Promise<void>
  /** Items settled since something was last on its way, for the progress bar. */
  doneInThisRun(): number
  /** Stops taking items and waits for those in flight. */
  stop(): Promise<void>
}

const parentPatience = 24 * 3_600_000
/** Sends of one document that were never confirmed, after which a person has to look. */
const mostSends = 8
/** Between two questions the record refuses to answer. */
const stubbornWait = 5 * 60_000
/** A VIHF of another time is refused: beyond this nothing is sent. */
const clockTolerance = 4 * 60_000
const clockAgain = 60_000
const clockJump = 30_000
/** After something that could not even be written down. */
const restMs = 10_000

/** Starts the loop. Items found `sending` are first made `uncertain`: the program died there, nobody knows what the record got. */
export async function startSender(options: SenderOptions): Promise<Sender> {
  const { ledger, spool, record, now, monotonic, pace } = options
  const inFlight = new Map<number, { readonly endpoint: Endpoint; readonly done: Promise<void>; readonly lineage: string | null; readonly alone: boolean }>()
  const failedOf = new Map<number, number>()
  const asks = new Map<number, number>()
  const looksOf = new Map<number, Looks>()
  const missedSinceOf = new Map<number, number>()
  const circuits: Record<Endpoint, Circuit> = { deposit: closedCircuit, query: closedCircuit }
  const startedAt = monotonic()
  /** `endsAt` on the clock nobody can set: a clock that was ahead when it was asked for makes it no longer. */
  let pause: { readonly until: number | null; readonly endsAt: number } | undefined
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let done = 0
  let turning = false
  let turnAsked = false
  let restUntil = 0

  for (let rows = await ledger.inState('sending', 0, 500); rows.length > 0; rows = await ledger.inState('sending', 0, 500)) {
    await ledger.applyAll(rows.map((row) => ({ row, event: { type: 'restarted' } as const, more: { nextAttemptAt: now(), also: () => options.onInterrupted(frozenOf(row)) } })))
  }
  for (const reason of ['certificate-missing', 'certificate-expired', 'certificate-refused'] as const) {
    const rows = (await ledger.stoppedBy(reason)).filter((row) => row.state === 'waiting')
    await ledger.applyAll(rows.map((row) => ({ row, event: { type: 'retry', rebuild: false } as const })))
  }
  for (const endpoint of endpoints) circuits[endpoint] = ((await ledger.recall(`circuit ${endpoint}`)) as Circuit | null) ?? closedCircuit
  const kept = keptPause.nullable().parse(await ledger.recall('pause'))
  if (kept) pause = heldFor(kept.until, leftAtStart(kept, now()))
  // The clock was set back: what is left is counted from now, not anew at each start.
  if (pause && pause.until !== kept?.until) await ledger.remember('pause', { until: pause.until, from: now() } satisfies KeptPause)
  await ledger.bringForward(now() + pace.backoffCapMs)

  function exchange(endpoint: Endpoint, outcome: { ok: true } | { ok: false; failure: Failure }): void {
    // What we lack ourselves says nothing of the record.
    if (!outcome.ok && outcome.failure.class === 'needs-user') return
    const before = circuits[endpoint]
    const failed = !outcome.ok && (outcome.failure.class === 'transient' || outcome.failure.class === 'uncertain')
    const after = afterExchange(before, failed ? { ok: false, reason: outcome.failure.code, retryAt: outcome.failure.retryAt } : { ok: true }, now(), pace)
    circuits[endpoint] = after
    if (after.state === before.state && after.retryAt === before.retryAt) return
    options.onState()
    keep(ledger.remember(`circuit ${endpoint}`, after.state === 'closed' ? null : after))
    if (endpoint === 'deposit' && after.state === 'closed') keep(ledger.networkIsBack().then(() => sender.wake()))
  }

  /** What a person asked for ends by either clock, whichever comes first. */
  function heldFor(until: number | null, ms: number): NonNullable<typeof pause> {
    return { until: until === null ? null : Math.min(until, now() + ms), endsAt: monotonic() + ms }
  }
  const pauseLeft = ({ until, endsAt }: NonNullable<typeof pause>) => Math.min(until === null ? Number.POSITIVE_INFINITY : until - now(), endsAt - monotonic())

  /** What is written aside: a failure to write it is told, and nothing waits for it. */
  function keep(work: Promise<unknown>): void {
    work.catch((error: unknown) => options.onBug(error, null))
  }

  const clockWrong = () => Math.abs(record.clockOffsetMs() ?? 0) > clockTolerance

  async function send(row: ItemRow): Promise<void> {
    milestone('send:after-claim')
    const stop = options.mayGo(row)
    if (stop) {
      await ledger.apply(row, { type: 'park', reason: stop })
      return
    }
    if (row.ask_first) {
      await ledger.apply(row, { type: 'doubted' }, { nextAttemptAt: now() })
      return
    }
    const frozen = frozenOf(row)
    const document = await spool.read(frozen.documentSha256)
    milestone('send:after-document')
    const lot = await lotOf(row, frozen, document)
    if (!lot) return
    milestone('send:after-freeze')
    const sending = await ledger.startSending(row, lot.sha256, options.mayGo)
    if (!sending) return
    milestone('send:after-sending')
    const clockAtSend = now() - monotonic()
    const answer = await record.send(frozen.party, frozen.metadata.ins, lot.bytes, [document], frozen.uniqueId)
    exchange('deposit', answer)
    // Answered whole, thus sent whole: after any other answer some of it may still be on its way to the socket.
    if (answer.ok) giveBack(document)
    milestone('send:before-settle')
    if (answer.ok) await settleDeposit(sending, frozen, { type: 'accepted' }, answer.value.entryUuid, answer.value.warnings.join(' · ') || null)
    // A clock set while the call was under way: what was refused was stamped with the former time.
    else await settleFailure(sending, answer.failure, clockWrong() || Math.abs(now() - monotonic() - clockAtSend) > clockJump)
    milestone('send:after-settle')
  }

  /** The signed lot: built once and kept; built anew only when it replaces a document and surely never reached the record. */
  async function lotOf(row: ItemRow, frozen: Frozen, document: Uint8Array): Promise<{ sha256: string; bytes: Uint8Array } | null> {
    const stale = row.lot_sha256 !== null && frozen.metadata.replaces !== null && row.doubts === 0
    if (row.lot_sha256 && !stale) return { sha256: row.lot_sha256, bytes: await spool.read(row.lot_sha256) }
    const parent = await parentEntry(row, frozen)
    if (parent === 'stopped') return null
    if (stale) await ledger.forgetLot(row)
    options.atWork.begin(row.seq)
    const lot = await record
      .prepare({ party: frozen.party, submissionSetId: frozen.submissionSetId, submittedAt: frozen.submittedAt, documents: [{ metadata: frozen.metadata, replacesEntryUuid: parent.entryUuid }] }, [document])
      .finally(() => options.atWork.end(row.seq))
    if (!lot.ok) {
      if (lot.failure.class === 'needs-user') {
        await ledger.apply(row, { type: 'wait', for: 'session', reason: lot.failure.code }, { detail: lot.failure.detail ?? null })
        await waitTogether(row, lot.failure.code)
        options.onWaitingForSession(row)
      } else await ledger.apply(row, { type: 'park', reason: lot.failure.code }, { detail: lot.failure.recordText ?? lot.failure.detail ?? null })
      return null
    }
    milestone('send:after-sign')
    const { sha256 } = await spool.store(lot.value)
    return { sha256, bytes: lot.value }
  }

  /** What an item's party lacks, its other ready items lack too: they wait with it, not read, signed for and refused one after the other. */
  async function waitTogether({ party }: ItemRow, reason: ReasonCode): Promise<void> {
    for (let rows = await ledger.inState('ready', 0, 200); rows.length > 0; rows = await ledger.inState('ready', rows.at(-1)!.seq, 200)) {
      const others = rows.filter((row) => row.party === party && !row.ask_first && !inFlight.has(row.seq))
      if (others.length > 0) await ledger.applyAll(others.map((row) => ({ row, event: { type: 'wait', for: 'session', reason } as const })))
    }
  }

  /** Deposited and the registry's id are one commit; the trace of the call joins it, asked for in the same turn. */
  async function settleDeposit(row: ItemRow, frozen: Frozen, event: { type: 'accepted' } | { type: 'found' }, entryUuid: string | null, detail: string | null): Promise<void> {
    const settled = await ledger.apply(row, event, {
      detail,
      also: () => ledger.setEntryUuid(row, entryUuid),
    })
    forget(row)
    if (!settled) return
    done += 1
    const children = await ledger.childrenWaiting(frozen.uniqueId)
    if (children.length > 0) await ledger.applyAll(children.map((child) => ({ row: child, event: { type: 'retry', rebuild: false } as const })))
  }

  async function settleFailure(row: ItemRow, failure: Failure, wrongTime: boolean): Promise<void> {
    const detail = failure.recordText ?? failure.detail ?? null
    // "Come back at once" takes no patience away.
    const next = Math.max(now() + backoff(row.attempts, options.random(), pace), Math.min(failure.retryAt ?? 0, now() + 3_600_000))
    if (failure.class === 'uncertain') {
      looksOf.set(row.seq, { absent: 0, firstAbsentAt: null, sentAt: monotonic() })
      await ledger.apply(row, { type: 'answer-lost', reason: failure.code }, { detail, nextAttemptAt: now() + pace.firstLookMs })
    } else if (failure.class === 'transient') await ledger.apply(row, { type: 'not-sent', reason: failure.code, for: 'network' }, { detail, nextAttemptAt: next })
    // A refusal by a record that sees another time is about our clock, not about the document.
    else if (wrongTime) await ledger.apply(row, { type: 'not-sent', reason: 'clock-wrong', for: 'network' }, { detail, nextAttemptAt: now() + clockAgain })
    else if (failure.class === 'needs-user') {
      await ledger.apply(row, { type: 'not-sent', reason: failure.code, for: 'session' }, { detail })
      options.onWaitingForSession(row)
    } else await ledger.apply(row, { type: 'refused', reason: failure.code }, { detail })
  }

  /** entryUUID of the replaced document, fetched just before sending because the registry changes it; `stopped` when the item must wait. */
  async function parentEntry(row: ItemRow, frozen: Frozen): Promise<{ entryUuid: string | null } | 'stopped'> {
    const parentId = frozen.metadata.replaces
    if (parentId === null) return { entryUuid: null }
    const { state, reason, retryAt } = circuits.query
    if (state === 'open') {
      await ledger.apply(row, { type: 'wait', for: 'network', reason: reason ?? 'record-unreachable' }, { nextAttemptAt: retryAt ?? now() + pace.circuitMs })
      return 'stopped'
    }
    const found = await record.findByUniqueId(frozen.party, frozen.metadata.ins, parentId)
    exchange('query', found)
    if (!found.ok) {
      const { failure } = found
      const again = now() + backoff(row.attempts + 1, options.random(), pace)
      if (clockWrong()) await ledger.apply(row, { type: 'wait', for: 'network', reason: 'clock-wrong' }, { nextAttemptAt: now() + clockAgain })
      else if (failure.class === 'permanent') await ledger.apply(row, { type: 'park', reason: failure.code }, { detail: failure.recordText ?? null })
      else if (failure.class === 'needs-user') {
        await ledger.apply(row, { type: 'wait', for: 'session', reason: failure.code })
        options.onWaitingForSession(row)
      } else await ledger.apply(row, { type: 'wait', for: 'network', reason: failure.code }, { nextAttemptAt: again })
      return 'stopped'
    }
    if (found.value) {
      missedSinceOf.delete(row.seq)
      return { entryUuid: found.value.entryUuid }
    }
    const missedSince = missedSinceOf.get(row.seq) ?? monotonic()
    missedSinceOf.set(row.seq, missedSince)
    // Since it was first missed, whatever it had waited for before; by this run alone when the clock was set back meanwhile.
    const missed = (await ledger.trace(row)).find(({ reason }) => reason === 'parent-missing')
    const age = Math.max(0, now() - (missed ? Date.parse(missed.at) : now()), monotonic() - missedSince)
    if (age > parentPatience) await ledger.apply(row, { type: 'park', reason: 'parent-missing' }, { detail: parentId })
    else await ledger.apply(row, { type: 'wait', for: 'parent', reason: 'parent-missing' }, { detail: parentId, nextAttemptAt: now() + Math.ceil(Math.min(15 * 60_000, Math.max(10_000, age))) })
    return 'stopped'
  }

  async function ask(row: ItemRow): Promise<void> {
    const frozen = frozenOf(row)
    milestone('doubt:during-question')
    const askedAt = monotonic()
    const answer = await record.findByUniqueId(frozen.party, frozen.metadata.ins, frozen.uniqueId)
    exchange('query', answer)
    if (!answer.ok) {
      const asked = (asks.get(row.seq) ?? 0) + 1
      asks.set(row.seq, asked)
      // Nothing but an answer settles it; a refusal to answer is not asked about every few seconds.
      const passing = answer.failure.class === 'transient' || answer.failure.class === 'uncertain'
      const wait = passing ? backoff(asked, options.random(), pace) : Math.max(backoff(asked, options.random(), pace), stubbornWait)
      await ledger.apply(row, { type: 'still-unknown', reason: answer.failure.code }, { detail: answer.failure.recordText ?? null, nextAttemptAt: Math.min(Math.max(answer.failure.retryAt ?? 0, now() + wait), now() + 3_600_000) })
      return
    }
    if (answer.value) {
      const document = await spool.read(frozen.documentSha256)
      const expected = createHash('sha1').update(document).digest('hex')
      giveBack(document)
      const same = answer.value.hash === null || answer.value.hash.toLowerCase() === expected
      if (same) await settleDeposit(row, frozen, { type: 'found' }, answer.value.entryUuid, null)
      else await ledger.apply(row, { type: 'found-different' })
      return
    }
    await ledger.countAbsentLook(row)
    // Looks of a former run do not count: between them the clock may have been set.
    const decision = afterAbsentLook(looksOf.get(row.seq) ?? { absent: 0, firstAbsentAt: null, sentAt: startedAt }, { askedAt, answeredAt: monotonic() }, options.visibilityMs)
    looksOf.set(row.seq, decision.looks)
    milestone('doubt:between-looks')
    if (!decision.settled) {
      await ledger.apply(row, { type: 'absent', settled: false }, { nextAttemptAt: now() + decision.waitMs })
      return
    }
    forget(row)
    if (row.doubts >= mostSends) await ledger.apply(row, { type: 'give-up', reason: 'record-never-confirms' })
    else await ledger.apply(row, { type: 'absent', settled: true })
  }

  function forget(row: ItemRow): void {
    looksOf.delete(row.seq)
    asks.delete(row.seq)
    failedOf.delete(row.seq)
  }

  /** A bug met on an item must not stop the others: what may have left is asked about, the rest is parked the second time. */
  async function afterBug(error: unknown, row: ItemRow): Promise<void> {
    options.onBug(error, row)
    const full = isDiskFull(error)
    // A file that another program locks says little of it.
    const failed = (failedOf.get(row.seq) ?? 0) + (full ? 0 : isPassing(error) ? 0.2 : 1)
    failedOf.set(row.seq, failed)
    const current = await ledger.byId(row.id)
    if (!current) return
    const isLost = error instanceof ContentLost
    if (current.state === 'sending') await ledger.apply(current, { type: 'answer-lost', reason: 'record-no-answer' }, { nextAttemptAt: now() + pace.firstLookMs })
    // Found in the record, and what it should be compared with is gone.
    else if (current.state === 'uncertain' && isLost) await ledger.apply(current, { type: 'give-up', reason: 'content-damaged' })
    else if (current.state === 'uncertain') await ledger.apply(current, { type: 'still-unknown', reason: 'record-no-answer' }, { nextAttemptAt: now() + 60_000 })
    // A full disk says nothing about the document.
    else if (full) await ledger.apply(current, { type: 'wait', for: 'until', reason: 'storage-full' }, { nextAttemptAt: now() + 10_000 })
    else if (isLost) await ledger.apply(current, { type: 'park', reason: 'content-damaged' })
    else if (failed >= 2) await ledger.apply(current, { type: 'park', reason: 'crashed-twice' })
    else await ledger.apply(current, { type: 'wait', for: 'until', reason: 'program-failed' }, { nextAttemptAt: now() + 5_000 })
  }

  function run(row: ItemRow, endpoint: Endpoint): void {
    const promise = (endpoint === 'deposit' ? send(row) : ask(row))
      .catch((error: unknown) => afterBug(error, row))
      // Not even that could be written (a full disk): it stays where it is, and is found again, later.
      .catch((error: unknown) => {
        options.onBug(error, row)
        restUntil = monotonic() + restMs
      })
      .finally(() => {
        inFlight.delete(row.seq)
        sender.wake()
      })
    inFlight.set(row.seq, { endpoint, done: promise, lineage: row.lineage, alone: row.crashes > 0 })
  }

  const suspectsLeft = () => options.suspectsAfterMs - (monotonic() - startedAt)

  /** An item the program once died on goes alone, so that a second death accuses nobody else. */
  const fits = (row: ItemRow) => !inFlight.has(row.seq) && ![...inFlight.values()].some((one) => one.alone || (row.lineage !== null && one.lineage === row.lineage)) && (row.crashes === 0 || inFlight.size === 0)

  async function turn(): Promise<void> {
    clearTimeout(timer)
    if (stopped) return
    if (monotonic() < restUntil) return again(restUntil - monotonic())
    const began = now()
    if (pause && pauseLeft(pause) > 0) {
      if (pause.until !== null) again(pauseLeft(pause))
      return
    }
    if (pause) await sender.resume()
    if (clockWrong()) {
      const party = await options.probeParty()
      if (party) await record.probe(party)
      options.onState()
      if (clockWrong()) return again(clockAgain)
    }
    for (const endpoint of endpoints) circuits[endpoint] = atTime(circuits[endpoint], now())
    // Its outcome could not be written down (a full disk): nobody else will look at it again.
    const left = (await ledger.inState('sending', 0, inFlight.size + 1)).filter((row) => !inFlight.has(row.seq))
    if (left.length > 0) await ledger.applyAll(left.map((row) => ({ row, event: { type: 'answer-lost', reason: 'record-no-answer' } as const, more: { nextAttemptAt: now() + pace.firstLookMs } })))
    const waiting = circuits.deposit.state === 'open' ? [] : await ledger.due('waiting', 200)
    if (waiting.length > 0) await ledger.applyAll(waiting.map((row) => ({ row, event: { type: 'retry', rebuild: row.document_sha256 === null } as const })))
    const room = (endpoint: Endpoint) => allowance(circuits[endpoint], options.lanes) - [...inFlight.values()].filter((one) => one.endpoint === endpoint).length
    const rows = room('deposit') > 0 ? await ledger.claimable(options.lanes + inFlight.size, suspectsLeft() <= 0) : []
    // Nothing starts before it, no question either, or a backlog would put it off for ever.
    const suspect = rows.find((row) => row.crashes > 0)
    for (const row of !suspect && room('query') > 0 ? await ledger.due('uncertain', options.lanes + inFlight.size) : []) {
      if (!stopped && room('query') > 0 && !inFlight.has(row.seq)) run(row, 'query')
    }
    if (rows.length > 0) milestone('send:before-claim')
    for (const row of suspect ? [suspect] : rows) {
      if (!stopped && room('deposit') > 0 && fits(row)) run(row, 'deposit')
    }
    if (inFlight.size === 0) await probeWhatIsHalfOpen()
    if (inFlight.size === 0 && done > 0) {
      const counts = await ledger.counts()
      if (counts.ready + counts.sending + counts.uncertain + counts.received === 0) done = 0
    }
    const openUntil = endpoints.flatMap((endpoint) => (circuits[endpoint].state === 'open' ? (circuits[endpoint].retryAt ?? []) : []))
    const dueAt = Math.min((await ledger.nextDueAt(began)) ?? Number.POSITIVE_INFINITY, ...openUntil)
    // Asked of the clock at each turn: a timer may come before its time, after a sleep by much, and nothing else would come for them.
    const untilSuspects = suspectsLeft()
    const inMs = Math.min(dueAt - now(), untilSuspects > 0 ? untilSuspects : Number.POSITIVE_INFINITY)
    if (Number.isFinite(inMs)) again(inMs)
  }

  /** With nothing to send, a circuit whose time has come is tried by a probe: the screen must not say "offline" for ever. */
  async function probeWhatIsHalfOpen(): Promise<void> {
    const halfOpen = endpoints.filter((endpoint) => circuits[endpoint].state === 'half-open')
    if (halfOpen.length === 0) return
    const party = await options.probeParty()
    if (!party) return
    const answer = await record.probe(party)
    for (const endpoint of halfOpen) exchange(endpoint, answer)
  }

  function again(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => sender.wake(), Math.min(Math.max(ms, 50), 60_000)).unref()
  }

  async function turnOnce(): Promise<void> {
    turnAsked = false
    if (turning) {
      turnAsked = true
      return
    }
    turning = true
    try {
      await turn()
    } catch (error) {
      options.onBug(error, null)
      if (!stopped) again(10_000)
    }
    turning = false
    if (turnAsked) {
      turnAsked = false
      sender.wake()
    }
  }

  const sender: Sender = {
    wake() {
      // Many changes in one turn of the event loop ask for one look.
      if (turnAsked || stopped) return
      turnAsked = true
      setImmediate(() => void turnOnce())
    },
    async pause(until) {
      const from = now()
      pause = heldFor(until, until === null ? Number.POSITIVE_INFINITY : until - from)
      await ledger.decide('pause', { until, from } satisfies KeptPause)
      sender.wake()
    },
    async resume() {
      pause = undefined
      for (const endpoint of endpoints) circuits[endpoint] = probeNow(circuits[endpoint])
      await ledger.decide('pause', null)
      sender.wake()
    },
    paused: () => (pause ? { until: pause.until === null ? null : now() + pauseLeft(pause) } : null),
    circuit() {
      const [first, second] = endpoints.map((endpoint) => atTime(circuits[endpoint], now())).toSorted((a, b) => gravity(b) - gravity(a))
      return first ?? second ?? closedCircuit
    },
    circuits: () => circuits,
    clockWrong,
    async wayChanged() {
      for (const endpoint of endpoints) circuits[endpoint] = probeNow(circuits[endpoint])
      for (const [seq, looks] of looksOf) looksOf.set(seq, { ...looks, absent: 0, firstAbsentAt: null })
      await record.dropConnections()
      await ledger.bringForward(now())
      sender.wake()
    },
    doneInThisRun: () => done,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await Promise.all([...inFlight.values()].map((one) => one.done))
    },
  }
  ledger.onChange(() => sender.wake())
  sender.wake()
  return sender
}

const gravity = (circuit: Circuit) => ['closed', 'half-open', 'open'].indexOf(circuit.state)
