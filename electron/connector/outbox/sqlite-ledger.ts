import { createHash } from 'node:crypto'
import type { Statement } from 'better-sqlite3'
import { itemStates, type ItemCounts, type ItemState, type PatientLabel, type ReasonCode, reasons } from '#shared/contract/index.ts'
import { milestone, type Store } from '../store/index.ts'
import { openGroupCommit, type Commit } from './group-commit.ts'
import { holdReason, isChangeable, type Frozen, type ItemRow } from './item.ts'
import { inTurns } from './in-turns.ts'
import { journalRecord, type ActRecord, type ArrivalRecord, type PersonAct } from './journal-record.ts'
import type { Arrival, IncomingMessage, Ledger, ListQuery, MoveMore, Received, Recognised, VersionOf } from './ledger.ts'
import { itemColumns, queries } from './queries.ts'
import { settledStates, transition, type OutboxEvent } from './transition.ts'

/** How far back the newest arrivals are looked at for a burst. */
const recentLimit = 1000

export interface SqliteLedgerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Gives item ids. */
  readonly newId: () => string
  /** How it commits, when others share its commits. */
  readonly commit?: Commit
  /** Runs inside the commit of a person's act; `item` is as it was before. */
  readonly onAct?: (item: ItemRow, act: PersonAct) => void
}

/** Opens the ledger on a store of this computer. */
export function openSqliteLedger(store: Store, { now, newId, commit = openGroupCommit(store), onAct = () => undefined }: SqliteLedgerOptions): Ledger {
  const { db } = store
  const prepared = Object.fromEntries(Object.entries(queries).map(([name, sql]) => [name, db.prepare(sql)])) as Record<keyof typeof queries, Statement>
  for (const name of ['nextDueAt', 'oldestInState', 'lastSettled', 'onTheirWayOf', 'recall', 'nextInState', 'dueUncertain', 'dueWaiting'] as const) prepared[name].pluck()
  const rows = (value: unknown[]): ItemRow[] => value as ItemRow[]
  const row = (value: unknown): ItemRow | null => (value as ItemRow | undefined) ?? null
  const fresh = (seq: number) => row(prepared.itemBySeq.get(seq))
  /** Looks that mostly find nothing ask for numbers alone: naming forty columns takes longer than looking. */
  const whole = (seqs: unknown[]): ItemRow[] => (seqs as number[]).flatMap((seq) => fresh(seq) ?? [])
  let lastReceived: Promise<void> = Promise.resolve()
  const listeners = new Set<(change: { readonly received: boolean }) => void>()
  let received = false
  const changed = () => {
    const change = { received }
    received = false
    for (const listener of listeners) listener(change)
  }
  /** Commits a move and tells those who follow. */
  const move = async (work: () => boolean): Promise<boolean> => {
    const moved = await commit(work)
    if (moved) changed()
    return moved
  }
  const traceLine = (seq: number, from: ItemState | null, to: ItemState, event: string, reason: string | null, detail: string | null) =>
    prepared.insertTrace.run({ seq, at: now(), from, to, event, reason, detail })

  function insert(arrival: ArrivalRecord['items'][number], at: number, askFirst: boolean): Received['items'][number] {
    const { id } = arrival
    const key = contentKey(arrival)
    // What intake refused was never a candidate: the same bytes may come again, announced rightly.
    const first = arrival.hints.refusal ? undefined : (prepared.contentByKey.get(key) as { seq: number; id: string } | undefined)
    if (first && announceAgain(first.seq, arrival)) {
      takeFiles(arrival, first.seq, at)
      return { id: first.id, outcome: 'stored' }
    }
    const change = first ? visibilityChange(first.seq, arrival) : false
    const result = prepared.insertItem.run({
      id,
      state: first ? (change ? 'parked' : 'ignored') : 'received',
      reason: first ? (change ? 'visibility-changed' : 'already-received') : null,
      reasonDetail: first ? first.id : null,
      sourceKind: arrival.source.kind,
      sourceName: arrival.source.name,
      sourceReference: arrival.source.reference,
      sha256: arrival.sha256,
      size: arrival.size,
      hints: JSON.stringify({ ...arrival.hints, fileName: arrival.fileName }),
      search: searchText([arrival.source.reference, arrival.source.name]),
      now: at,
      settledAt: first ? at : null,
      held: first ? null : (arrival.hold ?? null),
      askFirst: askFirst ? 1 : 0,
    })
    const seq = Number(result.lastInsertRowid)
    milestone('intake:before-trace')
    traceLine(seq, null, 'received', 'received', null, null)
    if (first) {
      if (change) traceLine(seq, 'received', 'parked', 'park', 'visibility-changed', first.id)
      else traceLine(seq, 'received', 'ignored', 'ignore', 'already-received', first.id)
      prepared.contentSeenAgain.run({ key, now: at })
    } else if (!arrival.hints.refusal) {
      prepared.insertContent.run({ key, seq, now: at })
    }
    takeFiles(arrival, seq, at)
    return { id, outcome: first ? 'duplicate' : 'stored' }
  }

  function takeFiles(arrival: ArrivalRecord['items'][number], seq: number, at: number): void {
    for (const file of [arrival.file, ...(arrival.alongside ?? [])]) {
      if (file) prepared.insertTakenFile.run({ path: file.path, size: file.size, mtimeMs: file.mtimeMs, seq, now: at })
    }
  }

  /**
   * The same document, announced otherwise, while the first waits or was set aside before any send: what is said now replaces what was
   * said, and it is looked at again. A correction must not be answered "already received".
   */
  function announceAgain(seq: number, arrival: ArrivalRecord['items'][number]): boolean {
    const row = prepared.itemBySeq.get(seq) as ItemRow
    const hints = JSON.stringify({ ...arrival.hints, fileName: arrival.fileName })
    const stopped = row.attempts === 0 && (row.state === 'parked' || (row.state === 'waiting' && row.waiting_for === 'patient'))
    if (!stopped || sameHints(row.hints, hints)) return false
    if (!applyInside(row, { type: 'retry', rebuild: true }, { detail: 'received again, announced otherwise' })) return false
    prepared.setHints.run({ seq, hints, sourceKind: arrival.source.kind, sourceName: arrival.source.name, sourceReference: arrival.source.reference })
    return true
  }

  /** The first is on its way or deposited, and is now asked to be hidden or shown otherwise: a person must know. */
  function visibilityChange(seq: number, arrival: ArrivalRecord['items'][number]): boolean {
    const row = prepared.itemBySeq.get(seq) as ItemRow
    if (row.state === 'ignored') return false
    const of = (visibility: unknown) => JSON.stringify(visibility ?? { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false })
    return of((JSON.parse(row.hints) as { visibility?: unknown }).visibility) !== of(arrival.hints['visibility'])
  }

  function applyInside(row: ItemRow, event: OutboxEvent, more: MoveMore = {}): boolean {
    // Judged by what is stored, not by what the caller once read.
    const stored = prepared.positionOf.get(row.seq) as Pick<ItemRow, 'state' | 'reason' | 'document_sha256'> | undefined
    if (stored?.state !== row.state) return false
    const to = transition({ state: stored.state, frozen: stored.document_sha256 !== null || event.type === 'prepared', reason: stored.reason }, event)
    if (!to) return false
    const result = prepared.applyMove.run({
      seq: row.seq,
      from: row.state,
      to: to.to,
      reason: to.reason,
      detail: more.detail ?? null,
      waitingFor: to.waitingFor,
      settledAt: settledStates.has(to.to) ? now() : null,
      nextAttemptAt: more.nextAttemptAt ?? null,
    })
    if (result.changes !== 1) return false
    if (to.to === 'parked') milestone('item:during-park')
    if (event.type === 'retry') milestone('item:during-unpark')
    // Prepared anew: only its ids stay. Whatever stops it now, what was frozen before can never go out unchecked.
    if (to.to === 'received') {
      prepared.unfreeze.run({ seq: row.seq })
      received = true
    }
    if (to.to === 'uncertain' && row.state !== 'uncertain') prepared.countDoubt.run({ seq: row.seq })
    // The record said, twice, that it does not have it.
    if (event.type === 'absent' && event.settled) prepared.askedAlready.run({ seq: row.seq })
    traceLine(row.seq, row.state, to.to, event.type, to.reason, more.detail ?? null)
    more.also?.()
    return true
  }

  /** Each state (and reason) is read by its own index, newest first, and the lists are merged: a page costs its own length, whatever is stored. */
  function listItems(query: ListQuery): { rows: ItemRow[]; next: string | null; total: number } {
    const states = query.states?.length ? query.states : itemStates
    const before = query.cursor === null ? Number.MAX_SAFE_INTEGER : Number(query.cursor)
    const words = searchText([query.search ?? '']).split(' ').filter(Boolean)
    const searched = words.map(() => ` AND search LIKE ? ESCAPE '\\'`).join('')
    const wanted = words.map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)
    const slices = query.reasons?.length
      ? query.reasons.flatMap((reason) => states.map((state) => ({ from: `item INDEXED BY item_by_reason WHERE reason = ? AND state = ?${searched}`, parameters: [reason, state, ...wanted] })))
      : states.map((state) => ({ from: `item INDEXED BY item_by_state WHERE state = ?${searched}`, parameters: [state, ...wanted] }))
    const found = slices
      .flatMap(({ from, parameters }) => rows(db.prepare(`SELECT ${itemColumns} FROM ${from} AND seq < ? ORDER BY seq DESC LIMIT ?`).all(...parameters, before, query.limit + 1)))
      .sort((one, other) => other.seq - one.seq)
    const total = slices.reduce((sum, { from, parameters }) => sum + (db.prepare(`SELECT count(*) FROM ${from}`).pluck().get(...parameters) as number), 0)
    const page = found.slice(0, query.limit)
    return { rows: page, next: found.length > query.limit ? String(page.at(-1)!.seq) : null, total }
  }

  function noteRecognised(item: ItemRow, known: Recognised): void {
    const patient = known.patient === undefined ? item.patient : known.patient === null ? null : JSON.stringify(known.patient)
    const label = patient === null ? null : (JSON.parse(patient) as PatientLabel)
    const title = known.title === undefined ? item.title : known.title
    const ins = known.ins === undefined ? item.ins : known.ins
    prepared.freezeIdentity.run({
      seq: item.seq,
      patientId: known.patientId === undefined ? item.patient_id : known.patientId,
      patient,
      ins,
      typeCode: known.typeCode === undefined ? item.type_code : known.typeCode,
      title,
      search: searchText([item.source_reference, item.source_name, title, ins, label?.birthName, label?.givenName, label?.usedName]),
    })
  }

  function noteFrozen(item: ItemRow, frozen: Frozen, versionOf: VersionOf | null): void {
    const parent = frozen.metadata.replaces ?? null
    const known = parent === null ? undefined : (prepared.byUniqueId.get(parent) as { lineage: string | null } | undefined)
    prepared.freezeDocument.run({
      seq: item.seq,
      uniqueId: frozen.uniqueId,
      submissionSetId: frozen.submissionSetId,
      submittedAt: frozen.submittedAt,
      metadata: JSON.stringify(frozen.metadata),
      party: JSON.stringify(frozen.party),
      documentSha256: frozen.documentSha256,
      lineage: known?.lineage ?? parent ?? frozen.uniqueId,
      parent,
      documentKey: versionOf?.documentKey ?? null,
      version: versionOf?.version ?? null,
      setId: versionOf?.setId ?? null,
    })
  }

  /** `before` settles when the call made earlier has its place in the line of commits; `inLine` says that this one has. */
  async function receiveAfter(before: Promise<void>, inLine: () => void, arrivals: readonly Arrival[], message: IncomingMessage | undefined): Promise<Received> {
    const spooled = await Promise.all(arrivals.map((arrival) => store.spool.store(arrival.bytes)))
    const raw = message ? await store.spool.store(message.bytes) : null
    const record: ArrivalRecord = {
      kind: 'arrival',
      at: now(),
      items: arrivals.map(({ bytes: _bytes, hints, alongside, file, hold, ...arrival }, index) => ({
        ...arrival,
        ...spooled[index]!,
        id: newId(),
        hints: { ...hints },
        ...(file ? { file } : {}),
        ...(alongside ? { alongside: [...alongside] } : {}),
        ...(hold ? { hold } : {}),
      })),
      ...(message && raw ? { message: { ...messageFields(message), rawSha256: raw.sha256 } } : {}),
    }
    // Known outside the database too before anybody is told it is here: a database that is destroyed takes nothing with it.
    await store.arrivals.append(record)
    milestone('intake:before-begin')
    await before
    const booking = commit(() => {
      const outcome = book(record, false)
      milestone('intake:before-commit')
      return outcome
    })
    inLine()
    const booked = await booking
    milestone('intake:after-commit')
    changed()
    return booked
  }

  /** Everything of one arrival; the caller commits. */
  function book(record: ArrivalRecord, askFirst: boolean): Received {
    const { message } = record
    let outcome: Received['message'] = null
    if (message) {
      const identity = { sendingApplication: message.sendingApplication, sendingFacility: message.sendingFacility, controlId: message.controlId }
      const same = prepared.messageSame.get({ ...identity, payloadHash: message.payloadHash }) as { seq: number } | undefined
      if (same) {
        prepared.messageResent.run(same.seq)
        return { items: [], message: 'duplicate' }
      }
      outcome = prepared.messageNumber.get(identity) ? 'number-reused' : 'stored'
      prepared.insertMessage.run({ ...message, now: record.at })
      milestone('intake:after-message')
    }
    const items = record.items.map((item) => insert(item, record.at, askFirst))
    received ||= items.length > 0
    milestone('intake:after-item')
    return { items, message: outcome }
  }

  /** A person's act, done or done again; the caller commits. */
  function act({ id, act: done }: ActRecord): boolean {
    const item = row(prepared.itemById.get(id))
    if (!item || !actOn(item, done)) return false
    onAct(item, done)
    return true
  }

  function actOn(item: ItemRow, done: ActRecord['act']): boolean {
    if (done.what === 'dismiss') return applyInside(item, { type: 'dismissed' }, { detail: done.why })
    if (!isChangeable(item)) return false
    if (done.what === 'hold') {
      if (item.state === 'parked') return false
      prepared.setHeld.run({ seq: item.seq, held: 'user' })
      return applyInside(item, { type: 'hold', reason: holdReason.user })
    }
    prepared.setVisibility.run({ seq: item.seq, visibility: JSON.stringify(done.visibility) })
    if (item.state === 'received' || (item.state === 'parked' && item.reason !== 'visibility-forbidden')) return true
    return applyInside(item, { type: 'changed' }, { detail: 'visibility chosen by a person' })
  }

  /** Journaled before it counts, as arrivals are. */
  async function actOf(item: ItemRow, what: ActRecord['act']): Promise<boolean> {
    const record: ActRecord = { kind: 'act', at: now(), id: item.id, act: what }
    await store.arrivals.append(record)
    return move(() => act(record))
  }

  /** What was asked of an item while it was being prepared, by a person or its source. */
  const asked = (item: ItemRow) => JSON.stringify([item.hints, item.visibility, item.held, item.chosen_patient_id])

  return {
    async receive(arrivals, message) {
      const before = lastReceived
      let inLine: () => void = () => undefined
      lastReceived = new Promise((resolve) => {
        inLine = resolve
      })
      try {
        return await receiveAfter(before, inLine, arrivals, message)
      } finally {
        inLine()
      }
    },
    async replay(everything) {
      const raw: string[] = []
      for (const line of store.arrivals.readSince()) {
        const read = journalRecord.safeParse(line)
        if (!read.success) continue
        const record = read.data
        if (record.kind === 'act') {
          // A last commit that may be missing was told to nobody; an act since undone must not come back.
          if (everything) await commit(() => act(record))
          continue
        }
        if (record.message) raw.push(record.message.rawSha256)
        raw.push(...record.items.filter((item) => (item.hints['refusal'] as { code?: string } | undefined)?.code === 'hl7-identity-applied').map((item) => item.sha256))
        const known = record.items.filter((item) => prepared.itemById.get(item.id) !== undefined)
        if (known.length < record.items.length || (record.message && record.items.length === 0)) await commit(() => book({ ...record, items: record.items.filter((item) => !known.includes(item)) }, true))
      }
      if (everything) {
        await commit(() => {
          prepared.askFirst.run()
          store.settleRestored()
        })
      }
      changed()
      return [...new Set(raw)]
    },
    isTaken: async (file) => prepared.takenFile.get({ path: file.path, size: file.size, mtimeMs: file.mtimeMs }) !== undefined,
    isKnownPath: async (path) => prepared.knownPath.get(path) !== undefined,
    async recentFromFolder(name, since) {
      const recent = prepared.recentItems.all({ limit: recentLimit }) as { received_at: number; source_kind: string; source_name: string; state: ItemState }[]
      return recent.filter((item) => item.source_kind === 'folder' && item.source_name === name && item.state !== 'ignored' && item.received_at >= since).length
    },
    apply: (item, event, more) => move(() => applyInside(item, event, more)),
    async applyAll(moves) {
      const moved = await commit(() => moves.filter(({ row: item, event, more }) => applyInside(item, event, more)).length)
      if (moved > 0) changed()
      return moved
    },
    freeze: (item, { learnPatient, patient, frozen, versionOf }) =>
      move(() => {
        const current = fresh(item.seq)
        if (!current || asked(current) !== asked(item) || !applyInside(item, { type: 'prepared' })) return false
        const patientId = learnPatient()
        noteRecognised(item, { patientId, patient, ins: frozen.metadata.ins.value, typeCode: frozen.metadata.typeCode.code, title: frozen.metadata.title })
        noteFrozen(item, frozen, versionOf)
        return true
      }),
    recognise: (item, known) => commit(() => noteRecognised(fresh(item.seq) ?? item, known)),
    async startSending(item, lotSha256, guard) {
      let sending: ItemRow | null = null
      const moved = await move(() => {
        const current = fresh(item.seq)
        // Frozen anew while the lot was being signed: what the lot says (who may see it, for whom we speak) is no longer what is asked.
        if (current?.state !== 'ready' || current.document_sha256 !== item.document_sha256 || current.metadata !== item.metadata || current.party !== item.party) return false
        // Asked here, in the commit that lets the bytes go: the patient may have opposed, or a person held it, a moment ago.
        const stop = guard(current)
        if (stop) return applyInside(current, { type: 'park', reason: stop })
        prepared.freezeLot.run({ seq: item.seq, lotSha256, documentSha256: item.document_sha256 })
        if (!applyInside(current, { type: 'send' })) return false
        prepared.countAttempt.run({ seq: item.seq, now: now() })
        sending = fresh(item.seq)
        return true
      })
      return moved ? sending : null
    },
    forgetLot: (item) => commit(() => void prepared.forgetLot.run({ seq: item.seq })),
    countAbsentLook: (item) => commit(() => void prepared.countAbsentLook.run({ seq: item.seq, now: now() })),
    setEntryUuid(item, entryUuid) {
      prepared.setEntryUuid.run({ seq: item.seq, entryUuid })
    },
    countCrash: (seq) =>
      commit(() => {
        prepared.countCrash.run({ seq })
        const current = fresh(seq)
        return current && { row: current, crashes: current.crashes }
      }),
    choosePatient: (item, patientId) =>
      move(() => {
        const current = fresh(item.seq)
        if (current?.waiting_for !== 'patient' || current.attempts > 0) return false
        if (!applyInside(current, { type: 'retry', rebuild: true }, { detail: 'patient chosen by a person' })) return false
        prepared.choosePatient.run({ seq: item.seq, patientId })
        onAct(current, { what: 'choose-patient', patientId })
        return true
      }),
    setVisibility: (item, visibility) => actOf(item, { what: 'visibility', visibility }),
    hold: (item) => actOf(item, { what: 'hold' }),
    dismiss: (item, why) => actOf(item, { what: 'dismiss', why }),
    async retryAll(items, rebuild, by = 'program') {
      const moved = await commit(
        () =>
          items.filter((item) => {
            if (!applyInside(item, { type: 'retry', rebuild: rebuild(item) })) return false
            if (item.held !== null) prepared.setHeld.run({ seq: item.seq, held: null })
            if (by === 'person') onAct(item, { what: 'free' })
            return true
          }).length,
      )
      if (moved > 0) changed()
      return moved
    },
    bringForward: (latest) => commit(() => void prepared.bringForward.run({ latest, now: now() })),
    networkIsBack: () => commit(() => void prepared.networkIsBack.run({ now: now() })),
    byId: async (id) => row(prepared.itemById.get(id)),
    inState: async (state, after, limit) => whole(prepared.nextInState.all({ state, after, limit })),
    async claimable(limit) {
      const parameters = { now: now(), limit }
      const lists = [prepared.readyOldest, prepared.readyNewest, prepared.readyTriedBefore].map((list) => list.all(parameters) as Pick<ItemRow, 'seq' | 'lineage'>[])
      return whole(inTurns(lists, limit, (item) => item.lineage ?? item.seq).map(({ seq }) => seq))
    },
    due: async (kind, limit) => whole(prepared[kind === 'uncertain' ? 'dueUncertain' : 'dueWaiting'].all({ now: now(), limit })),
    nextDueAt: async (after) => (prepared.nextDueAt.get({ after }) as number | null) ?? null,
    waitingForPatient: async () => rows(prepared.waitingForPatient.all()),
    childrenWaiting: async (uniqueId) => rows(prepared.childrenWaiting.all(uniqueId)),
    isAwaited: async (uniqueId) => prepared.isAwaited.get(uniqueId) !== undefined,
    stoppedBy: async (reason) => rows(prepared.byStateAndReason.all({ reason })),
    othersWithUniqueId: async (uniqueId, seq) =>
      (prepared.byUniqueId.all(uniqueId) as { seq: number; id: string; state: ItemState; content_sha256: string }[]).filter((other) => other.seq !== seq),
    latestOf: async (key, seq) => row(prepared.ofDocumentKey.get({ key, seq })),
    async counts() {
      const found = prepared.counts.all() as { state: ItemState; count: number }[]
      return Object.fromEntries(itemStates.map((state) => [state, found.find((one) => one.state === state)?.count ?? 0])) as ItemCounts
    },
    async oldestActiveAt() {
      const oldest = (['received', 'ready', 'sending', 'uncertain', 'waiting'] as const).flatMap((state) => (prepared.oldestInState.get(state) as number | undefined) ?? [])
      return oldest.length === 0 ? null : Math.min(...oldest)
    },
    async needsUser() {
      const found = prepared.needsUser.all() as { state: ItemState; reason: ReasonCode; count: number }[]
      const byReason = new Map<ReasonCode, number>()
      for (const { state, reason, count } of found) {
        if (state === 'waiting' && (selfHealing(reason) || reason === 'parent-missing')) continue
        byReason.set(reason, (byReason.get(reason) ?? 0) + count)
      }
      return [...byReason].map(([reason, count]) => ({ reason, count }))
    },
    lastDepositedAt: async () => (prepared.lastSettled.get() as number | null) ?? null,
    onTheirWayOf: async (ins) => prepared.onTheirWayOf.get(ins) as number,
    list: async (query) => listItems(query),
    trace: async (item) =>
      (prepared.traceOf.all(item.seq) as { at: number; from_state: ItemState | null; to_state: ItemState; event: string; reason: ReasonCode | null; detail: string | null }[]).map((line) => ({
        at: new Date(line.at).toISOString(),
        from: line.from_state,
        to: line.to_state,
        event: line.event,
        reason: line.reason,
        detail: line.detail,
      })),
    async remember(name, value) {
      await commit(() => void (value === null ? prepared.forget.run(name) : prepared.remember.run({ name, value: JSON.stringify(value) })))
    },
    async recall(name) {
      const value = prepared.recall.get(name) as string | undefined
      return value === undefined ? null : (JSON.parse(value) as unknown)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Same indications, whatever the name they came under. */
function sameHints(one: string, other: string): boolean {
  const bare = (text: string) => {
    const { fileName: _fileName, ...hints } = JSON.parse(text) as Record<string, unknown>
    return JSON.stringify(hints)
  }
  return bare(one) === bare(other)
}

/** Reasons that pass by themselves: the clock or the network frees the item, nobody has to look. */
function selfHealing(reason: ReasonCode): boolean {
  return reasons[reason] === 'transient' || reasons[reason] === 'uncertain'
}

/**
 * By what an arrival is recognised as already received. A document that names its patient itself is its bytes; a PDF is its
 * bytes and the patient its source names, for the same leaflet may be given to two patients.
 */
export function contentKey({ sha256, source, hints }: { readonly sha256: string; readonly source: { readonly kind: string }; readonly hints: { readonly identity?: unknown } }): string {
  const identity = hints.identity as Readonly<Record<string, unknown>> | undefined
  if (!identity || source.kind === 'hl7') return sha256
  const named = ['ins', 'localId', 'birthName', 'givenName', 'birthDate'].map((field) => JSON.stringify(identity[field] ?? '')).join('|')
  return createHash('sha256').update(`${sha256}|${named}`).digest('hex')
}

/** The message without its bytes. */
function messageFields({ bytes: _bytes, ...fields }: IncomingMessage): Omit<IncomingMessage, 'bytes'> {
  return fields
}

/** Text to search in: no case, no accents, single spaces. */
export function searchText(parts: readonly (string | null | undefined)[]): string {
  return parts
    .filter(Boolean)
    .join(' ')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .trim()
}
