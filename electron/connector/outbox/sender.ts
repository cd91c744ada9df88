import { createHash } from 'node:crypto'
import type { Failure, ReasonCode } from '#shared/contract/index.ts'
import type { NationalRecord } from '../record/index.ts'
import type { Store } from '../store/index.ts'
import { afterAbsentLook, backoff } from './backoff.ts'
import { afterExchange, atTime, closedCircuit, type Circuit } from './circuit.ts'
import { frozenOf, type Frozen, type ItemRow } from './item.ts'
import type { Ledger } from './ledger.ts'

/** What the sender needs from the rest of the program. */
export interface SenderOptions {
  readonly ledger: Ledger
  readonly store: Store
  readonly record: NationalRecord
  /** Asked before the lot is built and again in the turn the bytes go; a code stops the item. */
  readonly mayGo: (row: ItemRow) => ReasonCode | null
  /** Runs inside the commit that settles the item. */
  readonly onDeposited: (row: ItemRow, frozen: Frozen) => void
  readonly onRefused: (row: ItemRow, frozen: Frozen, failure: Failure) => void
  readonly onBug: (error: unknown, row: ItemRow) => void
  /** How long the registry may take to show what it stored, in milliseconds. */
  readonly visibilityMs: number
  readonly lanes: number
  readonly now: () => number
  readonly random: () => number
}

/** The loop that takes ready items to the record and asks about uncertain ones. */
export interface Sender {
  wake(): void
  pause(until: number | null): void
  resume(): void
  paused(): { until: number | null } | null
  circuit(): Circuit
  /** Items settled since something was last on its way, for the progress bar. */
  doneInThisRun(): number
  /** Stops taking items and waits for those in flight. */
  stop(): Promise<void>
}

const parentPatience = 24 * 3_600_000
const firstLook = 1_000
/** Sends of one document that were never confirmed, after which a person has to look. */
const mostSends = 8
/** Between two questions the record refuses to answer. */
const stubbornWait = 5 * 60_000

/** Starts the loop. Items found `sending` are first made `uncertain`: the program died there, nobody knows what the record got. */
export function startSender(options: SenderOptions): Sender {
  const { ledger, store, record, now } = options
  const inFlight = new Map<number, Promise<void>>()
  const crashesOf = new Map<number, number>()
  const asks = new Map<number, number>()
  let circuit: Circuit = closedCircuit
  let pausedUntil: number | null | undefined
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let done = 0
  let turnAsked = false

  for (let rows = ledger.inState('sending', 0, 500); rows.length > 0; rows = ledger.inState('sending', 0, 500)) {
    for (const row of rows) ledger.apply(row, { type: 'restarted' }, { nextAttemptAt: now() })
  }
  for (const row of [...ledger.stoppedBy('certificate-missing'), ...ledger.stoppedBy('certificate-expired'), ...ledger.stoppedBy('certificate-refused')]) {
    if (row.state === 'waiting') ledger.apply(row, { type: 'retry', rebuild: false })
  }

  function exchange(outcome: { ok: true } | { ok: false; failure: Failure }): void {
    if (outcome.ok) circuit = afterExchange(circuit, { ok: true }, now())
    else if (outcome.failure.class === 'transient' || outcome.failure.class === 'uncertain') {
      circuit = afterExchange(circuit, { ok: false, reason: outcome.failure.code, retryAt: outcome.failure.retryAt }, now())
    } else circuit = afterExchange(circuit, { ok: true }, now())
  }

  async function send(row: ItemRow): Promise<void> {
    const stop = options.mayGo(row)
    if (stop) {
      ledger.apply(row, { type: 'park', reason: stop })
      return
    }
    const frozen = frozenOf(row)
    const document = store.spool.get(frozen.documentSha256)
    if (!row.lot_sha256) {
      const parent = await parentEntry(row, frozen)
      if (parent === 'stopped') return
      const lot = await record.prepare(
        { party: frozen.party, submissionSetId: frozen.submissionSetId, submittedAt: frozen.submittedAt, document: frozen.metadata, replacesEntryUuid: parent.entryUuid },
        document,
      )
      if (!lot.ok) {
        if (lot.failure.class === 'needs-user') ledger.apply(row, { type: 'wait', for: 'session', reason: lot.failure.code }, { detail: lot.failure.detail ?? null })
        else ledger.apply(row, { type: 'park', reason: lot.failure.code }, { detail: lot.failure.recordText ?? lot.failure.detail ?? null })
        return
      }
      ledger.freezeLot(row, lot.value)
    }
    const fresh = ledger.byId(row.id)
    if (fresh?.state !== 'ready' || !fresh.lot_sha256) return
    // Asked again now: the patient may have opposed, or a person dismissed it, while the lot was being signed.
    const stopNow = options.mayGo(fresh)
    if (stopNow) {
      ledger.apply(fresh, { type: 'park', reason: stopNow })
      return
    }
    const bytes = { lot: store.spool.get(fresh.lot_sha256), document: store.spool.get(frozenOf(fresh).documentSha256) }
    if (!ledger.startSending(fresh)) return
    const sending = ledger.byId(row.id)!
    const sent = frozenOf(sending)
    const answer = await record.send(sent.party, sent.metadata.ins, bytes.lot, bytes.document)
    exchange(answer)
    if (answer.ok) settleDeposit(sending, sent, { type: 'accepted' }, answer.value.entryUuid, answer.value.warnings.join(' · ') || null)
    else settleFailure(sending, sent, answer.failure)
  }

  /** Deposited, the registry's id and the line of proof are one commit. */
  function settleDeposit(row: ItemRow, frozen: Frozen, event: { type: 'accepted' } | { type: 'found' }, entryUuid: string | null, detail: string | null): void {
    const settled = ledger.apply(row, event, {
      detail,
      also() {
        ledger.setEntryUuid(row, entryUuid)
        options.onDeposited(row, frozen)
      },
    })
    if (settled) done += 1
    asks.delete(row.seq)
  }

  function settleFailure(row: ItemRow, frozen: Frozen, failure: Failure): void {
    const detail = failure.recordText ?? failure.detail ?? null
    const next = failure.retryAt ?? now() + backoff(row.attempts, options.random())
    if (failure.class === 'transient') ledger.apply(row, { type: 'not-sent', reason: failure.code, for: 'network' }, { detail, nextAttemptAt: next })
    else if (failure.class === 'needs-user') ledger.apply(row, { type: 'not-sent', reason: failure.code, for: 'session' }, { detail })
    else if (failure.class === 'uncertain') ledger.apply(row, { type: 'answer-lost', reason: failure.code }, { detail, nextAttemptAt: now() + firstLook })
    else {
      ledger.apply(row, { type: 'refused', reason: failure.code }, { detail, also: () => options.onRefused(row, frozen, failure) })
    }
  }

  /** entryUUID of the replaced document, fetched just before sending because the registry changes it; `stopped` when the item must wait. */
  async function parentEntry(row: ItemRow, frozen: Frozen): Promise<{ entryUuid: string | null } | 'stopped'> {
    const parentId = frozen.metadata.replaces
    if (parentId === null) return { entryUuid: null }
    const found = await record.findByUniqueId(frozen.party, frozen.metadata.ins, parentId)
    if (!found.ok) {
      exchange(found)
      if (found.failure.class === 'permanent') ledger.apply(row, { type: 'park', reason: found.failure.code }, { detail: found.failure.recordText ?? null })
      else {
        const nextAttemptAt = found.failure.class === 'needs-user' ? null : now() + backoff(row.attempts + 1, options.random())
        ledger.apply(row, { type: 'wait', for: found.failure.class === 'needs-user' ? 'session' : 'network', reason: found.failure.code }, { nextAttemptAt })
      }
      return 'stopped'
    }
    if (found.value) return { entryUuid: found.value.entryUuid }
    const age = now() - row.received_at
    if (age > parentPatience) ledger.apply(row, { type: 'park', reason: 'parent-missing' }, { detail: parentId })
    else ledger.apply(row, { type: 'wait', for: 'parent', reason: 'parent-missing' }, { detail: parentId, nextAttemptAt: now() + Math.min(15 * 60_000, Math.max(10_000, age)) })
    return 'stopped'
  }

  async function ask(row: ItemRow): Promise<void> {
    const frozen = frozenOf(row)
    const answer = await record.findByUniqueId(frozen.party, frozen.metadata.ins, frozen.uniqueId)
    exchange(answer)
    if (!answer.ok) {
      const asked = (asks.get(row.seq) ?? 0) + 1
      asks.set(row.seq, asked)
      // Nothing but an answer settles it; a refusal to answer is not asked about every few seconds.
      const passing = answer.failure.class === 'transient' || answer.failure.class === 'uncertain'
      const wait = passing ? backoff(asked, options.random()) : Math.max(backoff(asked, options.random()), stubbornWait)
      ledger.apply(row, { type: 'still-unknown', reason: answer.failure.code }, { detail: answer.failure.recordText ?? null, nextAttemptAt: answer.failure.retryAt ?? now() + wait })
      return
    }
    if (answer.value) {
      const expected = createHash('sha1').update(store.spool.get(frozen.documentSha256)).digest('hex')
      const same = answer.value.hash === null || answer.value.hash.toLowerCase() === expected
      if (same) settleDeposit(row, frozen, { type: 'found' }, answer.value.entryUuid, null)
      else ledger.apply(row, { type: 'found-different' })
      return
    }
    const looked = ledger.absentLook(row)
    const decision = afterAbsentLook({ count: looked.absent_looks, firstAt: looked.first_absent_at, sentAt: looked.sent_at }, now(), options.visibilityMs)
    if (decision.settled && looked.attempts >= mostSends) ledger.apply(looked, { type: 'give-up', reason: 'record-never-confirms' })
    else ledger.apply(looked, { type: 'absent', settled: decision.settled }, { nextAttemptAt: decision.settled ? null : decision.nextAt })
  }

  /** A bug met on an item must not stop the others: what may have left is asked about, the rest is parked the second time. */
  function afterBug(error: unknown, row: ItemRow): void {
    options.onBug(error, row)
    const crashes = (crashesOf.get(row.seq) ?? 0) + 1
    crashesOf.set(row.seq, crashes)
    const current = ledger.byId(row.id)
    if (!current) return
    if (current.state === 'sending') ledger.apply(current, { type: 'answer-lost', reason: 'record-no-answer' }, { nextAttemptAt: now() + firstLook })
    else if (current.state === 'uncertain') ledger.apply(current, { type: 'still-unknown', reason: 'record-no-answer' }, { nextAttemptAt: now() + 60_000 })
    else if (crashes >= 2) ledger.apply(current, { type: 'park', reason: 'crashed-twice' })
    else ledger.apply(current, { type: 'wait', for: 'until', reason: 'crashed-twice' }, { nextAttemptAt: now() + 5_000 })
  }

  function run(row: ItemRow, work: (row: ItemRow) => Promise<void>): void {
    const promise = work(row)
      .catch((error: unknown) => afterBug(error, row))
      .finally(() => {
        inFlight.delete(row.seq)
        sender.wake()
      })
    inFlight.set(row.seq, promise)
  }

  function turn(): void {
    if (stopped) return
    clearTimeout(timer)
    if (pausedUntil !== undefined && (pausedUntil === null || pausedUntil > now())) return
    pausedUntil = undefined
    circuit = atTime(circuit, now())
    if (circuit.state !== 'open') {
      for (const row of ledger.due('waiting', 200)) ledger.apply(row, { type: 'retry', rebuild: row.document_sha256 === null })
      const room = () => (circuit.state === 'half-open' ? 1 : options.lanes) - inFlight.size
      for (const row of room() > 0 ? ledger.due('uncertain', options.lanes) : []) {
        if (room() > 0 && !inFlight.has(row.seq)) run(row, ask)
      }
      for (const row of room() > 0 ? ledger.due('ready', options.lanes * 2) : []) {
        if (room() > 0 && !inFlight.has(row.seq)) run(row, send)
      }
    }
    if (inFlight.size === 0) {
      const counts = ledger.counts()
      if (counts.ready + counts.sending + counts.uncertain === 0) done = 0
    }
    const dueAt = circuit.state === 'open' ? circuit.retryAt : ledger.nextDueAt()
    if (dueAt !== null) timer = setTimeout(turn, Math.min(Math.max(dueAt - now(), 50), 60_000)).unref()
  }

  const sender: Sender = {
    wake() {
      // Many changes in one turn of the event loop ask for one look.
      if (turnAsked || stopped) return
      turnAsked = true
      setImmediate(() => {
        turnAsked = false
        turn()
      })
    },
    pause(until) {
      pausedUntil = until
      if (until !== null) setTimeout(() => sender.wake(), Math.min(until - now(), 2 ** 31 - 1)).unref()
    },
    resume() {
      pausedUntil = undefined
      circuit = closedCircuit
      sender.wake()
    },
    paused: () => (pausedUntil === undefined ? null : { until: pausedUntil }),
    circuit: () => atTime(circuit, now()),
    doneInThisRun: () => done,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await Promise.all(inFlight.values())
    },
  }
  ledger.onChange(() => sender.wake())
  sender.wake()
  return sender
}
