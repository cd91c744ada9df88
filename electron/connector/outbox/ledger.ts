import { createHash } from 'node:crypto'
import type { Statement } from 'better-sqlite3'
import {
  itemStates,
  type ItemCounts,
  type ItemSource,
  type ItemState,
  type ItemTrace,
  type PatientLabel,
  type ReasonCode,
  reasons,
} from '#shared/contract/index.ts'
import type { Store } from '../store/index.ts'
import { frozenOf, type Frozen, type ItemRow } from './item.ts'
import { queries } from './queries.ts'
import { settledStates, transition, type OutboxEvent } from './transition.ts'

/** What intake hands over: one document, or what should have been one. */
export interface Arrival {
  readonly source: ItemSource
  readonly bytes: Uint8Array
  readonly fileName: string
  /** What the source says beside the document; kept as it came (documents room: `DocumentHints`). */
  readonly hints: { readonly identity?: Readonly<Record<string, unknown>> | undefined; readonly refusal?: unknown } & Readonly<Record<string, unknown>>
  readonly file?: TakenFile | undefined
  /** Files read together with it (its sidecar), taken by the same transaction. */
  readonly alongside?: readonly TakenFile[] | undefined
}

export interface TakenFile {
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
}

/** One HL7 message as it came over the feed. `payloadHash` leaves MSH-7 out, so that a resent message is recognised. */
export interface IncomingMessage {
  readonly sourceName: string
  readonly sendingApplication: string
  readonly sendingFacility: string
  readonly controlId: string
  readonly messageType: string
  readonly bytes: Uint8Array
  readonly payloadHash: string
}

export interface Received {
  readonly items: { readonly id: string; readonly outcome: 'stored' | 'duplicate' }[]
  readonly message: 'stored' | 'duplicate' | 'number-reused' | null
}

export interface Prepared {
  /** Gives the local patient; runs inside the same transaction, so that learning one and freezing the item are one act. */
  readonly learnPatient: () => string | null
  readonly patient: PatientLabel
  readonly frozen: Frozen
}

/** What is known of a document before it may go: shown in the list whatever its state. */
export interface Recognised {
  readonly patientId?: string | null
  readonly patient?: PatientLabel | null
  readonly ins?: string | null
  readonly typeCode?: string | null
  readonly title?: string | null
}

export interface ListQuery {
  readonly states?: readonly ItemState[]
  readonly reasons?: readonly ReasonCode[]
  readonly search?: string
  readonly limit: number
  readonly cursor: string | null
}

/** The book of all items. Every change of state is one transaction with its line of trace. */
export interface Ledger {
  /** Spools (synced), then records everything in one committed transaction. The same content again is recorded as already received. */
  receive(arrivals: readonly Arrival[], message?: IncomingMessage): Promise<Received>
  isTaken(file: TakenFile): boolean
  /** Has any version of this path been taken? */
  isKnownPath(path: string): boolean
  /** Applies one event; false when the item is not where the event can happen (somebody else moved it). */
  apply(row: ItemRow, event: OutboxEvent, more?: { detail?: string | null; nextAttemptAt?: number | null; also?: () => void }): boolean
  /** Freezes ids and bytes and makes the item ready, in one transaction. */
  freeze(row: ItemRow, prepared: Prepared): boolean
  recognise(row: ItemRow, known: Recognised): void
  /** Keeps the signed lot of this very document, once; a later one never replaces it. */
  freezeLot(row: ItemRow, lot: Uint8Array): void
  /** `sending`, counted and synced before the first byte. */
  startSending(row: ItemRow): boolean
  absentLook(row: ItemRow): ItemRow
  setEntryUuid(row: ItemRow, entryUuid: string | null): void
  /** A person says whose it is: only while it waits for that and was never sent. It goes back on its way. */
  choosePatient(row: ItemRow, patientId: string): boolean
  /** Puts many back on their way in one commit; gives how many moved. */
  retryAll(rows: readonly ItemRow[], rebuild: (row: ItemRow) => boolean): number
  byId(id: string): ItemRow | null
  inState(state: ItemState, after: number, limit: number): ItemRow[]
  due(kind: 'ready' | 'uncertain' | 'waiting', limit: number, after?: number): ItemRow[]
  nextDueAt(): number | null
  waitingForPatient(): ItemRow[]
  stoppedBy(reason: ReasonCode): ItemRow[]
  othersWithUniqueId(uniqueId: string, seq: number): { id: string; state: ItemState; content_sha256: string }[]
  counts(): ItemCounts
  oldestActiveAt(): number | null
  needsUser(): { reason: ReasonCode; count: number }[]
  lastDepositedAt(): number | null
  onTheirWayOf(ins: string): number
  list(query: ListQuery): { rows: ItemRow[]; next: string | null; total: number }
  trace(row: ItemRow): ItemTrace[]
  onChange(listener: () => void): () => void
}

/** Opens the ledger on a store. `newId` gives item ids; `now` the time in milliseconds. */
export function openLedger(store: Store, { now, newId }: { now: () => number; newId: () => string }): Ledger {
  const { db } = store
  const prepared = Object.fromEntries(Object.entries(queries).map(([name, sql]) => [name, db.prepare(sql)])) as Record<keyof typeof queries, Statement>
  const rows = (value: unknown[]): ItemRow[] => value as ItemRow[]
  const listeners = new Set<() => void>()
  const changed = () => {
    for (const listener of listeners) listener()
  }
  const traceLine = (seq: number, from: ItemState | null, to: ItemState, event: string, reason: string | null, detail: string | null) =>
    prepared.insertTrace.run({ seq, at: now(), from, to, event, reason, detail })

  function insert(arrival: Arrival, spooled: { sha256: string; size: number }): { id: string; outcome: 'stored' | 'duplicate' } {
    const at = now()
    const key = contentKey(spooled.sha256, arrival)
    // What intake refused was never a candidate: the same bytes may come again, announced rightly.
    const first = arrival.hints.refusal ? undefined : (prepared.contentByKey.get(key) as { seq: number; id: string } | undefined)
    if (first && announceAgain(first.seq, arrival)) {
      takeFiles(arrival, first.seq, at)
      return { id: first.id, outcome: 'stored' }
    }
    const change = first ? visibilityChange(first.seq, arrival) : false
    const id = newId()
    const result = prepared.insertItem.run({
      id,
      state: first ? (change ? 'parked' : 'ignored') : 'received',
      reason: first ? (change ? 'visibility-changed' : 'already-received') : null,
      reasonDetail: first ? first.id : null,
      sourceKind: arrival.source.kind,
      sourceName: arrival.source.name,
      sourceReference: arrival.source.reference,
      sha256: spooled.sha256,
      size: spooled.size,
      hints: JSON.stringify({ ...arrival.hints, fileName: arrival.fileName }),
      search: searchText([arrival.source.reference, arrival.source.name]),
      now: at,
      settledAt: first ? at : null,
    })
    const seq = Number(result.lastInsertRowid)
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

  function takeFiles(arrival: Arrival, seq: number, at: number): void {
    for (const file of [arrival.file, ...(arrival.alongside ?? [])]) {
      if (file) prepared.insertTakenFile.run({ path: file.path, size: file.size, mtimeMs: file.mtimeMs, seq, now: at })
    }
  }

  /**
   * The same document, announced otherwise, while the first waits or was set aside before any send: what is said now replaces what was
   * said, and it is looked at again. A correction must not be answered "already received".
   */
  function announceAgain(seq: number, arrival: Arrival): boolean {
    const row = prepared.itemBySeq.get(seq) as ItemRow
    const hints = JSON.stringify({ ...arrival.hints, fileName: arrival.fileName })
    const stopped = row.attempts === 0 && (row.state === 'parked' || (row.state === 'waiting' && row.waiting_for === 'patient'))
    if (!stopped || sameHints(row.hints, hints)) return false
    if (!applyInside(row, { type: 'retry', rebuild: true }, { detail: 'received again, announced otherwise' })) return false
    prepared.setHints.run({ seq, hints })
    return true
  }

  /** The first is on its way or deposited, and is now asked to be hidden or shown otherwise: a person must know. */
  function visibilityChange(seq: number, arrival: Arrival): boolean {
    const row = prepared.itemBySeq.get(seq) as ItemRow
    if (row.state === 'ignored') return false
    const of = (visibility: unknown) => JSON.stringify(visibility ?? { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false })
    return of((JSON.parse(row.hints) as { visibility?: unknown }).visibility) !== of(arrival.hints['visibility'])
  }

  const ledger: Ledger = {
    async receive(arrivals, message) {
      const spooled = arrivals.map((arrival) => store.spool.put(arrival.bytes))
      const raw = message ? store.spool.put(message.bytes) : null
      const received = store.transaction((): Received => {
        let messageOutcome: Received['message'] = null
        if (message && raw) {
          const parameters = {
            sourceName: message.sourceName,
            sendingApplication: message.sendingApplication,
            sendingFacility: message.sendingFacility,
            controlId: message.controlId,
            messageType: message.messageType,
            payloadHash: message.payloadHash,
            rawSha256: raw.sha256,
            now: now(),
          }
          const identity = { sendingApplication: message.sendingApplication, sendingFacility: message.sendingFacility, controlId: message.controlId }
          const same = prepared.messageSame.get({ ...identity, payloadHash: message.payloadHash }) as { seq: number } | undefined
          if (same) {
            prepared.messageResent.run(same.seq)
            return { items: [], message: 'duplicate' }
          }
          messageOutcome = prepared.messageNumber.get(identity) ? 'number-reused' : 'stored'
          prepared.insertMessage.run(parameters)
        }
        return { items: arrivals.map((arrival, index) => insert(arrival, spooled[index]!)), message: messageOutcome }
      })
      changed()
      return received
    },
    isTaken: (file) => prepared.takenFile.get({ path: file.path, size: file.size, mtimeMs: file.mtimeMs }) !== undefined,
    isKnownPath: (path) => prepared.knownPath.get(path) !== undefined,
    apply(row, event, more = {}) {
      const done = store.transaction(() => applyInside(row, event, more))
      if (done) changed()
      return done
    },
    freeze(row, { learnPatient, patient, frozen }) {
      const done = store.transaction(() => {
        if (!applyInside(row, { type: 'prepared' }, {})) return false
        const patientId = learnPatient()
        ledger.recognise(row, { patientId, patient, ins: frozen.metadata.ins.value, typeCode: frozen.metadata.typeCode.code, title: frozen.metadata.title })
        prepared.freezeDocument.run({
          seq: row.seq,
          uniqueId: frozen.uniqueId,
          submissionSetId: frozen.submissionSetId,
          submittedAt: frozen.submittedAt,
          metadata: JSON.stringify(frozen.metadata),
          party: JSON.stringify(frozen.party),
          documentSha256: frozen.documentSha256,
        })
        return true
      })
      if (done) changed()
      return done
    },
    recognise(row, known) {
      const patient = known.patient === undefined ? row.patient : known.patient === null ? null : JSON.stringify(known.patient)
      const label = patient === null ? null : (JSON.parse(patient) as PatientLabel)
      const title = known.title === undefined ? row.title : known.title
      const ins = known.ins === undefined ? row.ins : known.ins
      prepared.freezeIdentity.run({
        seq: row.seq,
        patientId: known.patientId === undefined ? row.patient_id : known.patientId,
        patient,
        ins,
        typeCode: known.typeCode === undefined ? row.type_code : known.typeCode,
        title,
        search: searchText([row.source_reference, row.source_name, title, ins, label?.birthName, label?.givenName, label?.usedName]),
      })
    },
    freezeLot(row, lot) {
      const { sha256 } = store.spool.put(lot)
      prepared.freezeLot.run({ seq: row.seq, lotSha256: sha256, documentSha256: row.document_sha256 })
    },
    startSending(row) {
      const done = store.transaction(() => {
        if (!applyInside(row, { type: 'send' }, {})) return false
        prepared.countAttempt.run({ seq: row.seq, now: now() })
        return true
      })
      if (done) changed()
      return done
    },
    absentLook(row) {
      prepared.countAbsentLook.run({ seq: row.seq, now: now() })
      return prepared.itemBySeq.get(row.seq) as ItemRow
    },
    setEntryUuid(row, entryUuid) {
      prepared.setEntryUuid.run({ seq: row.seq, entryUuid })
    },
    choosePatient(row, patientId) {
      const done = store.transaction(() => {
        if (prepared.choosePatient.run({ seq: row.seq, patientId }).changes !== 1) return false
        return applyInside(row, { type: 'retry', rebuild: true }, { detail: 'patient chosen by a person' })
      })
      if (done) changed()
      return done
    },
    retryAll(rows, rebuild) {
      const moved = store.transaction(() => rows.filter((row) => applyInside(row, { type: 'retry', rebuild: rebuild(row) }, {})).length)
      if (moved > 0) changed()
      return moved
    },
    byId: (id) => (prepared.itemById.get(id) as ItemRow | undefined) ?? null,
    inState: (state, after, limit) => rows(prepared.nextInState.all({ state, after, limit })),
    due(kind, limit, after = 0) {
      if (kind === 'ready') return rows(prepared.dueReady.all({ now: now(), limit, after }))
      return rows(prepared[kind === 'uncertain' ? 'dueUncertain' : 'dueWaiting'].all({ now: now(), limit }))
    },
    nextDueAt: () => (prepared.nextDueAt.pluck().get() as number | null) ?? null,
    waitingForPatient: () => rows(prepared.waitingForPatient.all()),
    stoppedBy: (reason) => rows(prepared.byStateAndReason.all({ reason })),
    othersWithUniqueId: (uniqueId, seq) =>
      (prepared.byUniqueId.all(uniqueId) as { seq: number; id: string; state: ItemState; content_sha256: string }[]).filter((other) => other.seq !== seq),
    counts() {
      const found = prepared.counts.all() as { state: ItemState; count: number }[]
      return Object.fromEntries(itemStates.map((state) => [state, found.find((row) => row.state === state)?.count ?? 0])) as ItemCounts
    },
    oldestActiveAt: () => (prepared.oldestActive.pluck().get() as number | null) ?? null,
    needsUser() {
      const rows = prepared.needsUser.all() as { state: ItemState; reason: ReasonCode; count: number }[]
      const byReason = new Map<ReasonCode, number>()
      for (const { state, reason, count } of rows) {
        if (state === 'waiting' && selfHealing(reason)) continue
        byReason.set(reason, (byReason.get(reason) ?? 0) + count)
      }
      return [...byReason].map(([reason, count]) => ({ reason, count }))
    },
    lastDepositedAt: () => (prepared.lastSettled.pluck().get() as number | null) ?? null,
    onTheirWayOf: (ins) => prepared.onTheirWayOf.pluck().get(ins) as number,
    list: (query) => listItems(query),
    trace: (row) =>
      (prepared.traceOf.all(row.seq) as { at: number; from_state: ItemState | null; to_state: ItemState; event: string; reason: ReasonCode | null; detail: string | null }[]).map((line) => ({
        at: new Date(line.at).toISOString(),
        from: line.from_state,
        to: line.to_state,
        event: line.event,
        reason: line.reason,
        detail: line.detail,
      })),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }

  function applyInside(row: ItemRow, event: OutboxEvent, more: { detail?: string | null; nextAttemptAt?: number | null; also?: () => void }): boolean {
    const frozen = row.document_sha256 !== null || event.type === 'prepared'
    const to = transition({ state: row.state, frozen, reason: row.reason }, event)
    if (!to) return false
    const settledAt = settledStates.has(to.to) ? now() : null
    const result = prepared.applyMove.run({
      seq: row.seq,
      from: row.state,
      to: to.to,
      reason: to.reason,
      detail: more.detail ?? null,
      waitingFor: to.waitingFor,
      settledAt,
      nextAttemptAt: more.nextAttemptAt ?? null,
    })
    if (result.changes !== 1) return false
    // Prepared anew: only its ids stay. Whatever stops it now, what was frozen before can never go out unchecked.
    if (to.to === 'received') prepared.unfreeze.run({ seq: row.seq })
    traceLine(row.seq, row.state, to.to, event.type, to.reason, more.detail ?? null)
    more.also?.()
    return true
  }

  function listItems(query: ListQuery): { rows: ItemRow[]; next: string | null; total: number } {
    const states = query.states?.length ? query.states : itemStates
    const before = query.cursor === null ? Number.MAX_SAFE_INTEGER : Number(query.cursor)
    const words = searchText([query.search ?? '']).split(' ').filter(Boolean)
    const reasonsAsked = query.reasons ?? []
    const ofReasons = reasonsAsked.length > 0 ? [`reason IN (${reasonsAsked.map(() => '?').join(',')})`] : []
    const where = [`state IN (${states.map(() => '?').join(',')})`, ...ofReasons, ...words.map(() => `search LIKE ? ESCAPE '\\'`)].join(' AND ')
    const parameters = [...states, ...reasonsAsked, ...words.map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)]
    const found = rows(db.prepare(`SELECT * FROM item WHERE ${where} AND seq < ? ORDER BY seq DESC LIMIT ?`).all(...parameters, before, query.limit + 1))
    const total = db.prepare(`SELECT count(*) FROM item WHERE ${where}`).pluck().get(...parameters) as number
    const page = found.slice(0, query.limit)
    return { rows: page, next: found.length > query.limit ? String(page.at(-1)!.seq) : null, total }
  }

  return ledger
}

export { frozenOf }

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
function contentKey(sha256: string, arrival: Arrival): string {
  const identity = arrival.hints.identity
  if (!identity || arrival.source.kind === 'hl7') return sha256
  const named = ['ins', 'localId', 'birthName', 'givenName', 'birthDate'].map((field) => JSON.stringify(identity[field] ?? '')).join('|')
  return createHash('sha256').update(`${sha256}|${named}`).digest('hex')
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
