import { createHash } from 'node:crypto'
import { itemStates, type ItemCounts, type ItemState, type ItemTrace, type PatientLabel, type ReasonCode } from '#shared/contract/index.ts'
import { allows } from './allows.ts'
import { answerTo, contentKey, contentKeyOf, correctionDetail, isAnswered, isCandidate, isContested, isInDoubtSince, isSameWord, isUnconfirmed, isWordFor, rewrittenOf, sameHints, shownOf, sourceNumberOf, standsBeside } from './announced.ts'
import { inRecordEvent } from './in-record.ts'
import { inTurns } from './in-turns.ts'
import { authorChosen, authoredBy, holdReason, isRetyped, parentRetyped, typeChosen, type ItemRow } from './item.ts'
import type { Act, ActRecord, AnswerRecord, ArrivalRecord, DecisionRecord, WithdrawnRecord } from './journal-record.ts'
import type { Ledger, ListQuery, MoveMore, Prepared, Received, Recognised, TakenFile } from './ledger.ts'
import { needsPerson } from './needs-person.ts'
import { searchText } from './search-text.ts'
import { isMadeBy, isOfSource, sourceOf } from './source-of.ts'
import { endsDoubtUnfound, isInDoubt, settledStates, transition, type OutboxEvent } from './transition.ts'

type Message = NonNullable<ArrivalRecord['message']>
type KeptItem = ItemRow & { search: string }

/** All a ledger knows, as plain maps: one commit changes it, or nothing does. */
interface Book {
  readonly items: Map<number, KeptItem>
  readonly traces: Map<number, ItemTrace[]>
  readonly contents: Map<string, number>
  readonly taken: Map<string, string>
  /** The item a file was taken for. */
  readonly fileItems: Map<string, number>
  readonly journaled: Set<string>
  readonly messages: Message[]
  readonly memory: Map<string, string>
}

/** What outlives the program: the book of the last commit, the journal and the bytes. */
export interface MemoryDisk {
  book: Book
  readonly journal: (ArrivalRecord | ActRecord | WithdrawnRecord | AnswerRecord | DecisionRecord)[]
  readonly bytes: Map<string, Buffer>
}

const emptyBook = (): Book => ({ items: new Map(), traces: new Map(), contents: new Map(), taken: new Map(), fileItems: new Map(), journaled: new Set(), messages: [], memory: new Map() })

/** A new disk; `forgetBook` is what a destroyed database does to it. */
export function memoryDisk(): MemoryDisk & { forgetBook(): void } {
  const disk = { book: emptyBook(), journal: [], bytes: new Map<string, Buffer>(), forgetBook: () => void (disk.book = emptyBook()) }
  return disk
}

const recentLimit = 1000
const liveStates: readonly ItemState[] = ['ready', 'sending', 'uncertain', 'deposited']
const timedStates: readonly ItemState[] = ['ready', 'uncertain', 'waiting']
const activeStates: readonly ItemState[] = ['received', 'ready', 'sending', 'uncertain', 'waiting']

/** Keeps bytes under their SHA-256. */
function keepBytes(disk: MemoryDisk, bytes: Uint8Array): { sha256: string; size: number } {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  disk.bytes.set(sha256, Buffer.from(bytes))
  return { sha256, size: bytes.length }
}

/**
 * A second engine behind the queue port, for tests: maps instead of tables, a whole copy of the book instead of a transaction. It shares
 * `transition` with the other and nothing of its queries; that both pass one contract says that the states do not come from the engine.
 */
export function openMemoryLedger(disk: MemoryDisk, { now, newId, nameOf }: { now: () => number; newId: () => string; nameOf: (id: string) => string }): Ledger {
  const listeners = new Set<(change: { readonly received: boolean }) => void>()
  let received = false

  const all = () => [...disk.book.items.values()]
  const where = (matches: (item: KeptItem) => boolean) => all().filter(matches).map(rowOf)
  const inStates = (states: readonly ItemState[]) => (item: KeptItem) => states.includes(item.state)
  const isDue = ({ next_attempt_at: at }: ItemRow) => at === null || at <= now()
  const byId = (id: string) => all().find((item) => item.id === id)
  const isDeleted = ({ seq }: ItemRow) => (disk.book.traces.get(seq) ?? []).some(({ event, detail }) => event === inRecordEvent && detail === 'delete')
  const versionsOf = (documentKey: string, seq: number) =>
    where((item) => item.document_key === documentKey && item.seq !== seq && item.unique_id !== null && item.state !== 'ignored' && (item.state !== 'parked' || (item.attempts > 0 && (item.doubts > 0 || item.ask_first === 1))) && !isDeleted(item))
  /** What may go or may be in the record has a claim to its id. */
  const hasClaim = ({ state, doubts }: KeptItem) => state !== 'ignored' || doubts > 0
  /** It has a claim to what it holds for this INS, or a person wanted it not to go; or it is nobody's, forgotten. */
  const isClaimedFor = (item: KeptItem, ins: string) =>
    item.ins === null ? item.state === 'parked' && item.reason === 'forgotten-document' : item.ins === ins && (hasClaim(item) || item.reason === 'dismissed-by-user')
  const byUniqueId = (uniqueId: string) => all().filter((item) => item.unique_id === uniqueId && hasClaim(item))

  /** Runs `work` on the book; what it throws leaves the book as it was. */
  async function commit<T>(work: () => T): Promise<T> {
    const before = structuredClone(disk.book)
    try {
      return work()
    } catch (error) {
      disk.book = before
      throw error
    }
  }

  function changed(): void {
    const change = { received }
    received = false
    for (const listener of listeners) listener(change)
  }

  async function move(work: () => boolean): Promise<boolean> {
    const moved = await commit(work)
    if (moved) changed()
    return moved
  }

  /** What the tables of the other engine refuse by their constraints. */
  function checkKept(item: KeptItem): void {
    if (all().some((other) => other !== item && other.id === item.id)) throw new Error(`Two items ${item.id}`)
    if (!liveStates.includes(item.state) || item.unique_id === null) return
    if (byUniqueId(item.unique_id).some((other) => other !== item && liveStates.includes(other.state))) throw new Error(`Two live items of ${item.unique_id}`)
  }

  function traceLine(seq: number, from: ItemState | null, to: ItemState, event: string, reason: ReasonCode | null, detail: string | null): void {
    const lines = disk.book.traces.get(seq) ?? []
    lines.push({ at: new Date(now()).toISOString(), from, to, event, reason, detail })
    disk.book.traces.set(seq, lines)
  }

  function isAsked(row: ItemRow): boolean {
    const item = disk.book.items.get(row.seq)
    return row.state !== 'received' || (item !== undefined && asked(item) === asked(row))
  }

  function applyInside(row: ItemRow, event: OutboxEvent, more: MoveMore = {}): boolean {
    const item = disk.book.items.get(row.seq)
    if (!item || item.state !== row.state || item.hints !== row.hints) return false
    const from = item.state
    const to = transition({ state: from, frozen: item.document_sha256 !== null || event.type === 'prepared', reason: item.reason }, event)
    if (!to) return false
    if (!Number.isInteger(more.nextAttemptAt ?? 0)) throw new TypeError('next_attempt_at is no whole number')
    const detail = more.detail ?? null
    Object.assign(item, {
      state: to.to,
      reason: to.reason,
      reason_detail: detail,
      waiting_for: to.waitingFor,
      settled_at: settledStates.has(to.to) ? now() : null,
      next_attempt_at: more.nextAttemptAt ?? null,
    })
    if (to.to === 'received') {
      Object.assign(item, { document_sha256: null, lot_sha256: null })
      received = true
    }
    if (to.to === 'uncertain' && from !== 'uncertain') item.doubts += 1
    if (event.type === 'absent' && event.settled) item.ask_first = 0
    checkKept(item)
    traceLine(item.seq, from, to.to, event.type, to.reason ?? more.note ?? null, detail)
    more.also?.()
    if (item.waiting_acts !== null && !isInDoubt(item.state)) {
      const acts = JSON.parse(item.waiting_acts) as Act[]
      item.waiting_acts = null
      if (endsDoubtUnfound(event)) for (const waited of acts) doAct(item, waited, true)
    }
    return true
  }

  function book(record: ArrivalRecord, askFirst: boolean): Received {
    const { message } = record
    if (!message) return { items: bookItems(record, askFirst), message: null }
    const sameNumber = disk.book.messages.filter((known) => numberOf(known) === numberOf(message))
    if (sameNumber.some((known) => known.payloadHash === message.payloadHash)) return { items: [], message: 'duplicate' }
    disk.book.messages.push(message)
    return { items: bookItems(record, askFirst), message: sameNumber.length > 0 ? 'number-reused' : 'stored' }
  }

  function bookItems(record: ArrivalRecord, askFirst: boolean): Received['items'] {
    received ||= record.items.length > 0
    return record.items.map((arrival) => {
      const outcome = insert(arrival, record.at, askFirst)
      for (const file of [arrival.file, ...(arrival.alongside ?? [])]) if (file) takeFile(file, outcome.id)
      return outcome
    })
  }

  function takeFile(file: TakenFile, id: string): void {
    disk.book.taken.set(fileKey(file), file.path)
    if (!disk.book.fileItems.has(fileKey(file))) disk.book.fileItems.set(fileKey(file), byId(id)!.seq)
  }

  function insert(arrival: ArrivalRecord['items'][number], at: number, askFirst: boolean): Received['items'][number] {
    const key = contentKey(arrival)
    const isRefused = Boolean(arrival.hints['refusal'])
    const forgotten = all().find((item) => item.reason === 'forgotten-document' && item.state === 'parked' && item.content_sha256 === arrival.sha256)
    if (forgotten && isWordFor(forgotten, arrival)) return sayAgain(forgotten, arrival, key)
    const held = arrival.file && namedBy(disk.book.fileItems.get(fileKey(arrival.file)))
    if (held && isInDoubtSince(held, arrival)) held.corrected = 1
    const met = isRefused ? undefined : originOf(correctedBy(arrival, key) ?? (isUnconfirmed(arrival.hints) ? itsOwn(arrival, key) : disk.book.items.get(disk.book.contents.get(key) ?? 0)))
    const origin = met && isAnswered(met, arrival.hints) ? met : undefined
    const isUntouched = arrival.file !== undefined && origin !== undefined && namedBy(disk.book.fileItems.get(fileKey(arrival.file)))?.seq === origin.seq
    const isOwnFile = arrival.file !== undefined && origin !== undefined && disk.book.fileItems.get(fileKey(arrival.file)) === origin.seq
    const said = origin && answerTo(origin, arrival, isUntouched, isOwnFile)
    if (origin && said === 'take') return takeCorrection(origin, arrival, key)
    const known = disk.book.items.get(disk.book.contents.get(key) ?? 0)
    const besides = origin && said ? all().filter((other) => other.reason === said && standsBeside(other) === origin.id) : []
    const last = besides.at(-1)
    const beside = besides.find((other) => other === known) ?? (last && isSameWord(last, arrival, isUntouched) ? last : undefined)
    const isSaid = beside !== undefined && sameHints(JSON.parse(beside.hints) as typeof arrival.hints, arrival.hints)
    const [first, answer] = isSaid ? [beside, 'already-received' as const] : [origin, said]
    if (first && answer && isContested(first, answer, arrival.hints)) first.corrected = 1
    if (first && beside && !isSaid) {
      return sayAgain(beside, arrival, key)
    }
    const item = newItem(all().length + 1, arrival, at)
    disk.book.items.set(item.seq, item)
    checkKept(item)
    traceLine(item.seq, null, 'received', 'received', null, null)
    item.ask_first = askFirst || arrival.forgotten || forgotten ? 1 : 0
    if (!first || !answer || answer === 'take') {
      item.held = arrival.hold ?? null
      if (!isRefused && !met && !disk.book.contents.has(key)) disk.book.contents.set(key, item.seq)
      if (arrival.forgotten) applyInside(item, { type: 'park', reason: 'forgotten-document' })
      return { id: item.id, outcome: 'stored' }
    }
    const isLate = answer !== 'already-received'
    if (!disk.book.contents.has(key)) disk.book.contents.set(key, isLate ? item.seq : first.seq)
    applyInside(item, isLate ? { type: 'park', reason: answer } : { type: 'ignore', reason: answer }, { detail: first.id })
    if (isLate) noteRecognised(item.seq, shownOf(arrival.hints))
    return { id: item.id, outcome: isLate ? 'beside' : 'duplicate' }
  }

  function correctedBy({ source, sha256, hints, file }: ArrivalRecord['items'][number], key: string): KeptItem | undefined {
    if (source.kind === 'hl7' || !hints['identity']) return undefined
    const number = hints['documentKey']
    const candidates = all().filter((item) => isCandidate(item) && item.content_sha256 === sha256 && item.source_kind === source.kind)
    const byNumber = number === undefined ? undefined : candidates.findLast((item) => item.state !== 'ignored' && isOfSource(item, source) && sourceNumberOf(item) === number)
    const ofFile = file && namedBy(disk.book.fileItems.get(fileKey(file)))
    const held = file ? heldBy(file.path, sha256).reverse().flatMap((item) => namedBy(item.seq) ?? []) : []
    const found = byNumber ?? candidates.find((item) => item === (ofFile ?? rewrittenOf(held, number, key)))
    return found && contentKeyOf(found) !== key ? found : undefined
  }

  function itsOwn({ file }: ArrivalRecord['items'][number], key: string): KeptItem | undefined {
    if (!file) return undefined
    const ofPath = [...disk.book.fileItems].flatMap(([taken, of]) => (disk.book.taken.get(taken) === file.path ? [of] : []))
    const own = namedBy(disk.book.fileItems.get(fileKey(file)) ?? ofPath.at(-1))
    return own && contentKeyOf(own) === key ? own : undefined
  }

  function namedBy(seq: number | undefined): KeptItem | undefined {
    const named = disk.book.items.get(seq ?? 0)
    return named?.reason === 'already-received' && named.reason_detail ? byId(named.reason_detail) : named
  }

  const heldBy = (path: string, sha256: string) =>
    [...disk.book.fileItems].filter(([key]) => disk.book.taken.get(key) === path).map(([, seq]) => disk.book.items.get(seq)!).filter((item) => item.content_sha256 === sha256)

  function originOf(found: KeptItem | undefined): KeptItem | undefined {
    const id = found && standsBeside(found)
    return found && id !== null ? (byId(id ?? '') ?? found) : found
  }

  function sayAgain(beside: KeptItem, arrival: ArrivalRecord['items'][number], key: string): Received['items'][number] {
    disk.book.journaled.add(arrival.id)
    forgetContent(beside, beside.reason_detail ?? '')
    Object.assign(beside, { hints: hintsOf(arrival), source_kind: arrival.source.kind, source_name: arrival.source.name, ...placeOf(arrival) })
    if (!disk.book.contents.has(key)) disk.book.contents.set(key, beside.seq)
    noteRecognised(beside.seq, shownOf(arrival.hints))
    traceLine(beside.seq, 'parked', 'parked', 'said-again', beside.reason, beside.reason_detail)
    return { id: beside.id, outcome: 'beside' }
  }

  function forgetContent(item: KeptItem, originId: string): void {
    const key = contentKeyOf(item)
    if (disk.book.contents.get(key) !== item.seq) return
    disk.book.contents.delete(key)
    const other = all().findLast((beside) => beside.seq !== item.seq && standsBeside(beside) === originId && contentKeyOf(beside) === key)
    if (other) disk.book.contents.set(key, other.seq)
  }

  function takeCorrection(first: KeptItem, arrival: ArrivalRecord['items'][number], key: string): Received['items'][number] {
    applyInside(first, { type: 'changed' }, { detail: correctionDetail(first, arrival) })
    if (contentKeyOf(first) !== key) {
      forgetContent(first, first.id)
      Object.assign(first, nothingFrozen)
    }
    Object.assign(first, { hints: hintsOf(arrival), source_kind: arrival.source.kind, source_name: arrival.source.name, ...placeOf(arrival) })
    if (!disk.book.contents.has(key)) disk.book.contents.set(key, first.seq)
    disk.book.journaled.add(arrival.id)
    if (!all().some((other) => standsBeside(other) === first.id)) first.corrected = 0
    return { id: first.id, outcome: 'stored' }
  }

  function rememberInside(name: string, value: unknown): void {
    if (value === null) disk.book.memory.delete(name)
    else disk.book.memory.set(name, JSON.stringify(value))
  }

  function decideInside({ actId, name, value }: DecisionRecord): void {
    disk.book.journaled.add(actId)
    rememberInside(name, value ?? null)
  }

  function act({ id, actId, act: done }: ActRecord, again: boolean): boolean {
    if (actId !== undefined) disk.book.journaled.add(actId)
    const item = byId(id)
    if (!item) return false
    if (!again || !isInDoubt(item.state)) return doAct(item, done, again)
    item.waiting_acts = JSON.stringify([...(JSON.parse(item.waiting_acts ?? '[]') as Act[]), done])
    return true
  }

  function doAct(item: KeptItem, done: Act, again: boolean): boolean {
    if (!allows(item, done, again)) return false
    if (done.what === 'dismiss') return applyInside(item, { type: 'dismissed' }, { detail: done.why })
    if (done.what === 'hold') {
      item.held = 'user'
      return applyInside(item, { type: 'hold', reason: holdReason.user })
    }
    if (done.what === 'visibility') {
      item.visibility = JSON.stringify(done.visibility)
      if (item.state === 'received' || (item.state === 'parked' && item.reason !== 'visibility-forbidden')) return true
      return applyInside(item, { type: 'changed' }, { detail: 'visibility chosen by a person' })
    }
    if (done.what === 'type') {
      item.chosen_type = done.typeCode
      return sayOf(item, typeChosen(done.typeCode))
    }
    if (done.what === 'author') {
      Object.assign(item, { chosen_author: done.authorId, chosen_place: done.structureId ?? null })
      return sayOf(item, authorChosen(...authoredBy(done).map(nameOf)))
    }
    if (done.what === 'patient') Object.assign(item, { chosen_patient_id: done.patientId, chosen_as: done.as ? JSON.stringify(done.as) : null })
    else {
      if (item.attempts === 0) item.held = null
      if (item.reason === 'announced-otherwise') item.corrected = 0
      if (done.what === 'free' && item.doubts > 0 && !done.rebuild) item.ask_first = 1
    }
    if (item.state === 'received') return true
    return done.what === 'patient' ? applyInside(item, { type: 'retry', rebuild: true }, { detail: 'patient chosen by a person' }) : applyInside(item, { type: 'retry', rebuild: done.rebuild })
  }

  function sayOf(item: KeptItem, detail: string): boolean {
    if (item.state !== 'received') return applyInside(item, { type: 'changed' }, { detail })
    traceLine(item.seq, 'received', 'received', 'changed', null, detail)
    return true
  }

  const isAsRead = (row: ItemRow) => {
    const item = disk.book.items.get(row.seq)
    return item?.state === row.state && item.reason === row.reason
  }

  async function actAll(acts: readonly { readonly row: ItemRow; readonly act: Act }[], isStill: (row: ItemRow) => boolean = () => true): Promise<number> {
    const records: ActRecord[] = []
    for (const { row, act: wanted } of acts) {
      const item = disk.book.items.get(row.seq)
      if (item && isStill(row) && allows(item, wanted, false)) records.push({ kind: 'act', at: now(), actId: newId(), id: row.id, act: wanted })
    }
    disk.journal.push(...records)
    const done = await commit(() => records.filter((record) => act(record, false)))
    for (const record of records) if (!done.includes(record)) disk.journal.push({ kind: 'withdrawn', at: now(), actId: record.actId ?? '' })
    if (done.length > 0) changed()
    return done.length
  }
  const actOf = async (row: ItemRow, wanted: Act): Promise<boolean> => (await actAll([{ row, act: wanted }])) === 1

  function noteRecognised(seq: number, known: Recognised): void {
    const item = disk.book.items.get(seq)
    if (!item || item.state === 'sending' || item.state === 'uncertain' || item.state === 'deposited') return
    if (known.patientId !== undefined) item.patient_id = known.patientId
    if (known.patient !== undefined) item.patient = known.patient && JSON.stringify(known.patient)
    if (known.ins !== undefined) item.ins = known.ins
    if (known.typeCode !== undefined) item.type_code = known.typeCode
    if (known.title !== undefined) item.title = known.title
    if (known.rendering !== undefined) item.rendering = known.rendering ?? ''
    const label = item.patient === null ? null : (JSON.parse(item.patient) as PatientLabel)
    item.search = searchText([item.source_reference, item.source_name, item.title, item.ins, label?.birthName, label?.givenName, label?.usedName])
  }

  function freezeInside(row: ItemRow, { learnPatient, patient, frozen, versionOf, note, rendering }: Prepared): boolean {
    const item = disk.book.items.get(row.seq)
    if (!item || !isAsked(row) || item.state !== row.state || !applyInside(item, { type: 'prepared' }, { note })) return false
    noteRecognised(item.seq, { patientId: learnPatient(), patient, ins: frozen.metadata.ins.value, typeCode: frozen.metadata.typeCode.code, title: frozen.metadata.title, ...(rendering !== undefined && { rendering }) })
    const later =
      item.document_key !== null && isRetyped(item, frozen)
        ? all().filter((other) => other.parent_unique_id === frozen.uniqueId && other.document_key === item.document_key && other.attempts === 0 && other.document_sha256 !== null && (other.state === 'ready' || other.state === 'waiting' || (other.state === 'parked' && other.reason === 'parent-missing')))
        : []
    const parent = frozen.metadata.replaces ?? null
    const lineage = (parent === null ? null : byUniqueId(parent)[0]?.lineage) ?? parent ?? frozen.uniqueId
    for (const other of all()) if (other.lineage === frozen.uniqueId) other.lineage = lineage
    Object.assign(item, {
      unique_id: frozen.uniqueId,
      submission_set_id: frozen.submissionSetId,
      submitted_at: frozen.submittedAt,
      metadata: JSON.stringify(frozen.metadata),
      party: JSON.stringify(frozen.party),
      document_sha256: frozen.documentSha256,
      lot_sha256: null,
      lineage,
      parent_unique_id: parent,
      document_key: versionOf?.documentKey ?? null,
      version: versionOf?.version ?? null,
      set_id: versionOf?.setId ?? null,
      crashes: 0,
    })
    checkKept(item)
    if (parent !== null && byUniqueId(parent).length === 0) {
      const aside = all().filter((other) => other.state === 'parked' && other.reason === 'version-superseded' && other.ins === frozen.metadata.ins.value)
      for (const other of aside) applyInside(other, { type: 'retry', rebuild: true }, { detail: 'a version that replaces another came' })
    }
    for (const other of later) applyInside(other, { type: 'changed' }, { detail: parentRetyped })
    return true
  }

  function startInside(row: ItemRow, lotSha256: string, guard: (row: ItemRow) => ReasonCode | null): ItemRow | 'stopped' | null {
    const item = disk.book.items.get(row.seq)
    if (item?.state !== 'ready' || item.document_sha256 !== row.document_sha256 || item.metadata !== row.metadata || item.party !== row.party) return null
    const stop = guard(rowOf(item))
    if (stop) return applyInside(item, { type: 'park', reason: stop }) ? 'stopped' : null
    if (!applyInside(item, { type: 'send' })) return null
    item.lot_sha256 ??= lotSha256
    Object.assign(item, { attempts: item.attempts + 1, sent_at: now(), absent_looks: 0, first_absent_at: null, crashes: 0 })
    return rowOf(item)
  }

  function isLaneFree(item: KeptItem): boolean {
    return !all().some((other) => {
      if (other === item || other.lineage === null || other.lineage !== item.lineage) return false
      if (other.state === 'sending' || other.state === 'uncertain') return true
      const goesByItself = other.state === 'received' || other.state === 'ready' || (other.state === 'waiting' && other.waiting_for !== 'parent' && other.next_attempt_at !== null)
      return other.unique_id === item.parent_unique_id && goesByItself
    })
  }

  function listed(query: ListQuery): { rows: ItemRow[]; next: string | null; total: number } {
    const words = searchText([query.search ?? '']).split(' ').filter(Boolean)
    const found = where(
      (item) =>
        (!query.states?.length || query.states.includes(item.state)) &&
        (!query.reasons?.length || (item.reason !== null && query.reasons.includes(item.reason))) &&
        words.every((word) => item.search.includes(word)),
    ).reverse()
    const left = found.filter((row) => query.cursor === null || row.seq < Number(query.cursor))
    const rows = left.slice(0, query.limit)
    return { rows, next: left.length > query.limit ? String(rows.at(-1)!.seq) : null, total: found.length }
  }

  function change(row: { readonly seq: number }, by: (item: KeptItem) => void): Promise<void> {
    return commit(() => {
      const item = disk.book.items.get(row.seq)
      if (item) by(item)
    })
  }

  /** Those of a later time than `latest` are due now. */
  function dueNow(latest: number, matches: (item: KeptItem) => boolean): Promise<void> {
    return commit(() => {
      for (const item of all()) if (timedStates.includes(item.state) && (item.next_attempt_at ?? latest) > latest && matches(item)) item.next_attempt_at = now()
    })
  }

  return {
    async receive(arrivals, message) {
      const spooled = arrivals.map(({ bytes }) => keepBytes(disk, bytes))
      const record: ArrivalRecord = {
        kind: 'arrival',
        at: now(),
        items: arrivals.map(({ bytes: _bytes, hints, file, alongside, hold, forgotten, ...arrival }, index) => ({
          ...arrival,
          ...spooled[index]!,
          id: newId(),
          hints: { ...hints },
          ...(file && { file }),
          ...(alongside && { alongside: [...alongside] }),
          ...(hold && { hold }),
          ...(forgotten && { forgotten }),
        })),
      }
      if (message) {
        const { bytes, ...fields } = message
        record.message = { ...fields, rawSha256: keepBytes(disk, bytes).sha256 }
      }
      disk.journal.push(record)
      const booked = await commit(() => book(record, false))
      changed()
      return booked
    },
    async replay(everything) {
      const raw = new Set<string>()
      const answers: AnswerRecord[] = []
      if (everything) for (const item of all()) if (item.state !== 'deposited') item.ask_first = 1
      const withdrawn = new Set(disk.journal.flatMap((record) => (record.kind === 'withdrawn' ? record.actId : [])))
      for (const record of disk.journal) {
        if (record.kind === 'withdrawn') continue
        if (record.kind === 'answer') {
          answers.push(record)
          continue
        }
        if (record.kind === 'decision') {
          if (everything && !disk.book.journaled.has(record.actId)) await commit(() => decideInside(record))
          continue
        }
        if (record.kind === 'act') {
          if (everything && !withdrawn.has(record.actId ?? '') && !disk.book.journaled.has(record.actId ?? '')) await commit(() => act(record, true))
          continue
        }
        if (record.message) raw.add(record.message.rawSha256)
        for (const item of record.items) if ((item.hints['refusal'] as { code?: string } | undefined)?.code === 'hl7-identity-applied') raw.add(item.sha256)
        const unknown = record.items.filter((item) => !byId(item.id) && !disk.book.journaled.has(item.id))
        if (unknown.length > 0 || (record.message && record.items.length === 0)) await commit(() => book({ ...record, items: unknown }, true))
      }
      changed()
      return { raw: [...raw], answers, unreadable: 0 }
    },
    namedContents: async () => new Set([...all().flatMap((item) => [item.content_sha256, item.document_sha256, item.lot_sha256]), ...disk.book.messages.map(({ rawSha256 }) => rawSha256)].filter((sha256) => sha256 !== null)),
    isTaken: async (file) => disk.book.taken.has(fileKey(file)),
    heldOther: async (path, sha256) => [...disk.book.fileItems].some(([key, seq]) => disk.book.taken.get(key) === path && disk.book.items.get(seq)?.content_sha256 !== sha256),
    isRewritten: async (file) => [...disk.book.taken].some(([key, path]) => path === file.path && key !== fileKey(file)),
    takenElsewhere: async (file, sha256) =>
      [...disk.book.fileItems].flatMap(([key, seq]) => {
        const [path, size, mtimeMs] = JSON.parse(key) as [string, number, number]
        const item = disk.book.items.get(seq)!
        return path !== file.path && size === file.size && mtimeMs === file.mtimeMs && item.content_sha256 === sha256 ? [{ path, id: item.id }] : []
      }),
    wasInDoubt: async (sha256, reference) =>
      all().some((item) => {
        if (item.content_sha256 !== sha256 || item.source_kind !== 'folder' || (reference !== undefined && item.source_reference !== reference)) return false
        const { identity, refusal } = JSON.parse(item.hints) as { identity?: { unconfirmed?: boolean }; refusal?: { code?: string } }
        return (!identity || identity.unconfirmed === true) && refusal?.code !== 'already-received'
      }),
    saidOf: async (file) => disk.book.items.get(disk.book.fileItems.get(fileKey(file)) ?? 0)?.content_sha256 ?? null,
    recentFromFolder: async (folder, since) =>
      all().slice(-recentLimit).filter((item) => item.source_kind === 'folder' && sourceOf(item) === folder && item.state !== 'ignored' && item.received_at >= since).length,
    adopt: (folder) =>
      commit(() => {
        const own = all().filter((item) => item.source_kind === 'folder' && item.source_id === null && isMadeBy(item, folder))
        for (const item of own) {
          const former = `file ${item.source_name} `
          Object.assign(item, { source_id: folder.id, document_key: item.document_key?.startsWith(former) ? `file ${folder.id} ${item.document_key.slice(former.length)}` : item.document_key })
        }
        return own.length
      }),
    apply: (row, event, more) => move(() => isAsked(row) && applyInside(row, event, more)),
    async applyAll(moves) {
      const moved = await commit(() => moves.filter(({ row, event, more }) => applyInside(row, event, more)).length)
      if (moved > 0) changed()
      return moved
    },
    freeze: (row, prepared) => move(() => freezeInside(row, prepared)),
    recognise: (row, known) => commit(() => noteRecognised(row.seq, known)),
    remark: (row, reason) =>
      commit(() => {
        const { state } = disk.book.items.get(row.seq) ?? row
        traceLine(row.seq, state, state, 'remark', reason, null)
      }),
    async startSending(row, lotSha256, guard) {
      const outcome = await commit(() => startInside(row, lotSha256, guard))
      if (outcome) changed()
      return outcome === 'stopped' ? null : outcome
    },
    forgetLot: (row) =>
      change(row, (item) => {
        if ((item.state === 'ready' || item.state === 'waiting') && item.doubts === 0) item.lot_sha256 = null
      }),
    countAbsentLook: (row) =>
      change(row, (item) => {
        item.absent_looks += 1
        item.first_absent_at ??= now()
      }),
    setEntryUuid(row, entryUuid) {
      disk.book.items.get(row.seq)!.entry_uuid = entryUuid
    },
    noteInRecord: (uniqueId, act, visibility) =>
      move(() => {
        const item = all().find((one) => one.unique_id === uniqueId && one.state === 'deposited')
        if (!item) return false
        item.visibility = JSON.stringify(visibility)
        traceLine(item.seq, 'deposited', 'deposited', inRecordEvent, null, act)
        return true
      }),
    countCrash: (seq) =>
      commit(() => {
        const item = disk.book.items.get(seq)
        if (!item) return null
        item.crashes += 1
        return { row: rowOf(item), crashes: item.crashes }
      }),
    choosePatient: async (row, patientId, as) => (await actAll([{ row, act: { what: 'patient', patientId, ...(as && { as }) } }], isAsRead)) === 1,
    chooseType: async (row, typeCode) => (await actAll([{ row, act: { what: 'type', typeCode } }], isAsRead)) === 1,
    chooseAuthor: async (row, authorId, structureId) => (await actAll([{ row, act: { what: 'author', authorId, ...(structureId !== undefined && { structureId }) } }], isAsRead)) === 1,
    setVisibility: (row, visibility) => actOf(row, { what: 'visibility', visibility }),
    hold: (row) => actOf(row, { what: 'hold' }),
    dismiss: (row, why) => actOf(row, { what: 'dismiss', why }),
    dismissAll: (rows, why) => actAll(rows.map((row) => ({ row, act: { what: 'dismiss', why } })), isAsRead),
    retryAll: (rows, rebuild) => actAll(rows.map((row) => ({ row, act: { what: 'free', rebuild: rebuild(row) } })), isAsRead),
    bringForward: (latest) => dueNow(latest, () => true),
    networkIsBack: () => dueNow(now(), (item) => item.waiting_for === 'network'),
    async byId(id) {
      const item = byId(id)
      return item ? rowOf(item) : null
    },
    inState: async (state, after, limit) => where((item) => item.state === state && item.seq > after).slice(0, limit),
    async claimable(limit, suspects = true) {
      const free = where((item) => item.state === 'ready' && isDue(item) && isLaneFree(item) && (suspects || item.crashes === 0))
      const lists = [free, free.toReversed(), free.filter((row) => row.attempts > 0)].map((list) => list.slice(0, limit))
      return inTurns(lists, limit, (row) => row.lineage ?? row.seq)
    },
    due: async (kind, limit) => where((item) => item.state === kind && isDue(item) && (kind === 'uncertain' || item.next_attempt_at !== null)).slice(0, limit),
    nextDueAt: async (after) => least(all().filter(inStates(timedStates)).flatMap(({ next_attempt_at: at }) => (at !== null && at > after ? [at] : []))),
    waitingForPatient: async () => where((item) => item.state === 'waiting' && item.waiting_for === 'patient'),
    childrenWaiting: async (uniqueId) => where((item) => item.parent_unique_id === uniqueId && (item.state === 'waiting' ? item.waiting_for === 'parent' : item.state === 'parked' && item.reason === 'parent-missing')),
    isAwaited: async (uniqueId) => all().some((item) => item.parent_unique_id === uniqueId && item.state !== 'ignored'),
    stoppedBy: async (reason) => where((item) => item.reason === reason && (item.state === 'waiting' || item.state === 'parked')),
    async lastOfFiles({ seq }) {
      const files = [...disk.book.fileItems].map(([key, of]) => ({ path: disk.book.taken.get(key), of }))
      const paths = new Set(files.flatMap(({ path, of }) => (of === seq ? [path] : [])))
      const last = Math.max(0, ...files.flatMap(({ path, of }) => (paths.has(path) && of < seq ? [of] : [])))
      const item = disk.book.items.get(last)
      return item ? rowOf(item) : null
    },
    async writtenAt({ seq, received_at: receivedAt }) {
      const times = [...disk.book.fileItems].flatMap(([key, of]) => (of === seq ? [(JSON.parse(key) as [string, number, number])[2]] : []))
      return times.length > 0 ? Math.min(...times) : receivedAt
    },
    othersOfContent: async (item, ins) =>
      all()
        .filter((other) => other.seq !== item.seq && other.content_sha256 === item.content_sha256 && other.ins === ins && other.unique_id !== null && hasClaim(other))
        .map(rowOf),
    othersOfRendering: async (item, ins, renderings) => where((other) => other.seq !== item.seq && isClaimedFor(other, ins) && Boolean(other.rendering) && renderings.includes(other.rendering ?? '')),
    unrendered: async (ins) => where((item) => isClaimedFor(item, ins) && item.rendering === null).sort((one, other) => Number(one.ins === null) - Number(other.ins === null)),
    noteRenderings: (found) =>
      commit(() => {
        for (const { seq, rendering } of found) disk.book.items.get(seq)!.rendering = rendering ?? ''
      }),
    othersWithUniqueId: async (uniqueId, seq) => byUniqueId(uniqueId).filter((item) => item.seq !== seq).map(rowOf),
    async latestOf(documentKey, seq) {
      return versionsOf(documentKey, seq).sort((one, other) => (other.version ?? 0) - (one.version ?? 0) || other.seq - one.seq)[0] ?? null
    },
    async arrivedAround(documentKey, seq) {
      const versions = versionsOf(documentKey, seq).sort((one, other) => one.seq - other.seq)
      return { before: versions.findLast((item) => item.seq < seq) ?? null, after: versions.find((item) => item.seq > seq) ?? null }
    },
    async replacesInTurn(uniqueId, replaced) {
      const seen = new Set([uniqueId])
      for (const one of seen) for (const { parent_unique_id: parent, state } of byUniqueId(one)) if (parent !== null && state !== 'ignored') seen.add(parent)
      return seen.has(replaced)
    },
    counts: async () => Object.fromEntries(itemStates.map((state) => [state, where((item) => item.state === state).length])) as ItemCounts,
    oldestActiveAt: async () => least(all().filter(inStates(activeStates)).map((item) => item.received_at)),
    async needsUser() {
      const counted = new Map<ReasonCode, number>()
      for (const { state, reason } of all()) {
        if (needsPerson(state, reason)) counted.set(reason, (counted.get(reason) ?? 0) + 1)
      }
      return [...counted].map(([reason, count]) => ({ reason, count }))
    },
    lastDepositedAt: async () => all().reduce<number | null>((last, { state, settled_at: at }) => (state === 'deposited' && at !== null && at >= (last ?? at) ? at : last), null),
    async ofPatient(ins) {
      const theirs = all().filter((item) => item.ins === ins)
      const needsUser = theirs.filter(({ state, reason }) => needsPerson(state, reason)).length
      return { onTheirWay: theirs.filter(({ state }) => state === 'parked' || activeStates.includes(state)).length - needsUser, needsUser }
    },
    ofPatientAndType: async (ins, typeCode, since) =>
      where((item) => item.ins === ins && item.type_code === typeCode && item.state !== 'ignored' && (item.state !== 'deposited' || (item.settled_at ?? 0) >= since)).reverse(),
    hasDeposited: async (ins, from, until) => all().some((item) => item.ins === ins && item.state === 'deposited' && [item.settled_at, item.sent_at].some((at) => at !== null && at >= from && at < until)),
    ofTypes: async (ins, typeCodes, since) =>
      all()
        .filter((item) => item.ins === ins && item.state !== 'ignored' && typeCodes.includes(item.type_code ?? '') && (item.received_at >= since || item.state !== 'deposited'))
        .map(({ id, type_code, title, content_sha256 }) => ({ id, type_code, title, content_sha256 })),
    list: async (query) => listed(query),
    trace: async (row) => structuredClone(disk.book.traces.get(row.seq) ?? []),
    remember: (name, value) => commit(() => rememberInside(name, value)),
    async decide(name, value) {
      const record: DecisionRecord = { kind: 'decision', at: now(), actId: newId(), name, value }
      disk.journal.push(record)
      await commit(() => decideInside(record))
    },
    recall: async (name) => JSON.parse(disk.book.memory.get(name) ?? 'null') as unknown,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The item as callers see it: a copy, as a row that was read is. */
function rowOf({ search: _search, ...row }: KeptItem): ItemRow {
  return row
}

function newItem(seq: number, { id, source, sha256, size, hints, fileName, file }: ArrivalRecord['items'][number], at: number): KeptItem {
  return {
    seq, id, state: 'received', reason: null, reason_detail: null, waiting_for: null,
    source_kind: source.kind, source_name: source.name, ...placeOf({ source, file }), content_sha256: sha256, content_size: size, hints: hintsOf({ hints, fileName }),
    patient_id: null, chosen_patient_id: null, chosen_as: null, chosen_type: null, chosen_author: null, chosen_place: null, patient: null, ins: null, type_code: null, title: null,
    unique_id: null, submission_set_id: null, submitted_at: null, metadata: null, party: null, document_sha256: null, lot_sha256: null, entry_uuid: null,
    received_at: at, settled_at: null, next_attempt_at: null, attempts: 0, absent_looks: 0, first_absent_at: null, sent_at: null,
    lineage: null, parent_unique_id: null, document_key: null, version: null, set_id: null, held: null, visibility: null, doubts: 0, crashes: 0, ask_first: 0, corrected: 0, rendering: null, waiting_acts: null,
    search: searchText([source.reference, source.name]),
  }
}

const placeOf = ({ source, file }: Pick<ArrivalRecord['items'][number], 'source' | 'file'>) => ({ source_reference: source.reference, source_id: source.id ?? null, source_path: file?.path ?? null })
const hintsOf = ({ hints, fileName }: Pick<ArrivalRecord['items'][number], 'hints' | 'fileName'>): string => JSON.stringify({ ...hints, fileName })
const nothingFrozen = {
  unique_id: null, submission_set_id: null, submitted_at: null, metadata: null, party: null, lineage: null, parent_unique_id: null, document_key: null, version: null, set_id: null,
  patient_id: null, chosen_patient_id: null, chosen_as: null, patient: null, ins: null,
}
const asked = (row: ItemRow): string => JSON.stringify([row.hints, row.visibility, row.held, row.chosen_patient_id, row.chosen_type, row.chosen_author, row.chosen_place])
const fileKey = ({ path, size, mtimeMs }: TakenFile): string => JSON.stringify([path, size, mtimeMs])
const numberOf = ({ sendingApplication, sendingFacility, controlId }: Message): string => JSON.stringify([sendingApplication, sendingFacility, controlId])
const least = (numbers: readonly number[]): number | null => (numbers.length === 0 ? null : Math.min(...numbers))
