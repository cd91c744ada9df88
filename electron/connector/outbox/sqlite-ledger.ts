import type { Statement } from 'better-sqlite3'
import { itemStates, type ItemCounts, type ItemState, type PatientLabel, type ReasonCode } from '#shared/contract/index.ts'
import { milestone, type Store } from '../store/index.ts'
import { allows } from './allows.ts'
import { answerTo, contentKey, contentKeyOf, correctionDetail, isAnswered, isCandidate, isContested, isInDoubtSince, isSameWord, isUnconfirmed, isWordFor, lateReasons, rewrittenOf, sameHints, shownOf, standsBeside } from './announced.ts'
import { openGroupCommit, type Commit } from './group-commit.ts'
import { authorChosen, authoredBy, holdReason, isRetyped, parentRetyped, typeChosen, type Frozen, type ItemRow } from './item.ts'
import { inRecordEvent } from './in-record.ts'
import { inTurns } from './in-turns.ts'
import { openItemList, type KeptCount } from './item-list.ts'
import { journalRecord, withdrawnRecord, type Act, type ActRecord, type AnswerRecord, type ArrivalRecord, type DecisionRecord, type WithdrawnRecord } from './journal-record.ts'
import type { Arrival, IncomingMessage, Ledger, MoveMore, Received, Recognised, TakenFile, VersionOf } from './ledger.ts'
import { needsPerson } from './needs-person.ts'
import { namedContents, queries } from './queries.ts'
import { recount } from './recount.ts'
import { searchText } from './search-text.ts'
import { isMadeBy, sourceOf } from './source-of.ts'
import { endsDoubtUnfound, isInDoubt, settledStates, transition, type OutboxEvent } from './transition.ts'

/** How far back the newest arrivals are looked at for a burst. */
const recentLimit = 1000

export interface SqliteLedgerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Gives item ids. */
  readonly newId: () => string
  /** How it commits, when others share its commits. */
  readonly commit?: Commit
  /** By what name a trace tells of a professional or a structure of the practice; by their number where nothing is said. */
  readonly nameOf?: (id: string) => string
  /** Runs inside the commit of a person's act; `item` is as it was before. */
  readonly onAct?: (item: ItemRow, act: Act) => void
}

/** What was asked of an item while it was being prepared, by a person or its source. */
const asked = (item: Pick<ItemRow, 'hints' | 'visibility' | 'held' | 'chosen_patient_id' | 'chosen_type' | 'chosen_author' | 'chosen_place'>) => JSON.stringify([item.hints, item.visibility, item.held, item.chosen_patient_id, item.chosen_type, item.chosen_author, item.chosen_place])

/** Opens the ledger on a store of this computer. */
export function openSqliteLedger(store: Store, { now, newId, commit = openGroupCommit(store), nameOf = (id) => id, onAct = () => undefined }: SqliteLedgerOptions): Ledger {
  const { db } = store
  recount(store)
  const prepared = Object.fromEntries(Object.entries(queries).map(([name, sql]) => [name, db.prepare(sql)])) as Record<keyof typeof queries, Statement>
  for (const name of ['nextDueAt', 'oldestInState', 'lastSettled', 'recall', 'nextInState', 'dueUncertain', 'dueWaiting', 'contentByKey', 'itemOfFile', 'itemsOfPath', 'lastOfPath', 'saidOf', 'itemOfSourceNumber', 'noteInRecord', 'writtenAt'] as const) prepared[name].pluck()
  const rows = (value: unknown[]): ItemRow[] => value as ItemRow[]
  const row = (value: unknown): ItemRow | null => (value as ItemRow | undefined) ?? null
  const fresh = (seq: number) => row(prepared.itemBySeq.get(seq))
  /** Looks that mostly find nothing ask for numbers alone: naming forty columns takes longer than looking. */
  const whole = (seqs: unknown[]): ItemRow[] => (seqs as number[]).flatMap((seq) => fresh(seq) ?? [])
  const keptCounts = () => prepared.keptCounts.all() as KeptCount[]
  const list = openItemList(db, keptCounts)
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
    const forgotten = row(prepared.forgottenOf.get(arrival.sha256))
    if (forgotten && isWordFor(forgotten, arrival)) {
      sayAgain(forgotten, arrival, key, at)
      return { id: forgotten.id, outcome: 'beside' }
    }
    const held = arrival.file === undefined ? null : itemNamed(prepared.itemOfFile.get(fileFields(arrival.file)))
    if (held && isInDoubtSince(held, arrival)) prepared.setCorrected.run({ seq: held.seq, corrected: 1 })
    // What intake refused was never a candidate: the same bytes may come again, announced rightly.
    const known = arrival.hints.refusal ? null : originOf(correctedBy(arrival, key) ?? (isUnconfirmed(arrival.hints) ? itsOwn(arrival, key) : knownContent(key)))
    const origin = known && isAnswered(known, arrival.hints) ? known : null
    const isUntouched = origin !== null && isItsFile(origin, arrival)
    const isOwnFile = origin !== null && arrival.file !== undefined && prepared.itemOfFile.get(fileFields(arrival.file)) === origin.seq
    const said = origin && answerTo(origin, arrival, isUntouched, isOwnFile)
    const beside = origin && said !== null && said !== 'take' && said !== 'already-received' ? besideFor(origin, said, arrival, key, isUntouched) : null
    const isSaid = beside !== null && sameHints(JSON.parse(beside.hints) as typeof arrival.hints, arrival.hints)
    const [first, answer] = isSaid ? [beside, 'already-received' as const] : [origin, said]
    if (first && answer === 'take') {
      takeCorrection(first, arrival, key, at)
      return { id: first.id, outcome: 'stored' }
    }
    // What it says comes too late to be done by itself: it stands beside the first for a person, who must know.
    const isLate = answer !== null && answer !== 'already-received'
    if (first && answer && isContested(first, answer, arrival.hints)) prepared.setCorrected.run({ seq: first.seq, corrected: 1 })
    if (isLate && beside) {
      sayAgain(beside, arrival, key, at)
      return { id: beside.id, outcome: 'beside' }
    }
    const result = prepared.insertItem.run({
      id,
      state: first ? (isLate ? 'parked' : 'ignored') : arrival.forgotten ? 'parked' : 'received',
      reason: answer ?? (arrival.forgotten ? 'forgotten-document' : null),
      reasonDetail: first ? first.id : null,
      sourceKind: arrival.source.kind,
      sourceName: arrival.source.name,
      sourceReference: arrival.source.reference,
      sourceId: arrival.source.id ?? null,
      sourcePath: arrival.file?.path ?? null,
      sha256: arrival.sha256,
      size: arrival.size,
      hints: hintsText(arrival),
      search: searchText([arrival.source.reference, arrival.source.name]),
      now: at,
      settledAt: first || arrival.forgotten ? at : null,
      held: first ? null : (arrival.hold ?? null),
      askFirst: askFirst || arrival.forgotten || forgotten ? 1 : 0,
    })
    const seq = Number(result.lastInsertRowid)
    milestone('intake:before-trace')
    traceLine(seq, null, 'received', 'received', null, null)
    if (first) traceLine(seq, 'received', isLate ? 'parked' : 'ignored', isLate ? 'park' : 'ignore', answer, first.id)
    else if (arrival.forgotten) traceLine(seq, 'received', 'parked', 'park', 'forgotten-document', null)
    if (!arrival.hints.refusal) prepared.noteContent.run({ key, seq: first && !isLate ? first.seq : seq, now: at })
    takeFiles(arrival, seq, at)
    if (isLate) noteRecognised(fresh(seq)!, shownOf(arrival.hints))
    return { id, outcome: isLate ? 'beside' : first ? 'duplicate' : 'stored' }
  }

  /** The word beside `origin` in whose place this one stands: another patient's is only for a file nobody wrote again, or under the same number. */
  function besideFor(origin: ItemRow, reason: ReasonCode, arrival: ArrivalRecord['items'][number], key: string, isUntouched: boolean): ItemRow | null {
    const same = knownContent(key)
    if (same?.reason === reason && standsBeside(same) === origin.id) return same
    const last = row(prepared.besideOf.get({ reason, id: origin.id }))
    return last && isSameWord(last, arrival, isUntouched) ? last : null
  }

  const knownContent = (key: string): ItemRow | null => {
    const known = prepared.contentByKey.get(key) as number | undefined
    return known === undefined ? null : fresh(known)
  }

  /**
   * The item whose patient this arrival says otherwise: the same content under the same number of the source's own, or from the same file,
   * untouched since (its sidecar alone changed) or written again without another number. The same leaflet under another name or number is another document.
   */
  function correctedBy({ source, sha256, hints, file }: ArrivalRecord['items'][number], key: string): ItemRow | null {
    if (source.kind === 'hl7' || !hints.identity) return null
    const { documentKey } = hints
    const ofSource = { kind: source.kind, source: source.id ?? source.name, sha256 }
    const byNumber = documentKey === undefined ? undefined : prepared.itemOfSourceNumber.get({ ...ofSource, documentKey })
    const known = itemNamed(byNumber ?? (file && prepared.itemOfFile.get(fileFields(file)))) ?? (file ? rewrittenOf(heldBy(file.path, sha256), documentKey, key) : null)
    if (!known || !isCandidate(known) || known.content_sha256 !== sha256 || known.source_kind !== source.kind) return null
    return contentKeyOf(known) === key ? null : known
  }

  const heldBy = (path: string, sha256: string) => prepared.itemsOfPath.all({ path, sha256 }).flatMap((seq) => itemNamed(seq) ?? [])

  /** A file written again as it was is about what it was about. */
  function itemNamed(seq: unknown): ItemRow | null {
    const named = typeof seq === 'number' ? fresh(seq) : null
    return named?.reason === 'already-received' && named.reason_detail ? (row(prepared.itemById.get(named.reason_detail)) ?? named) : named
  }

  /**
   * What this very file was taken for, or what its path held last, said of the same: written again, as a nightly export writes it. The document itself, or a
   * person, says whether another is a known one come again.
   */
  function itsOwn({ file }: Pick<ArrivalRecord['items'][number], 'file'>, key: string): ItemRow | null {
    if (file === undefined) return null
    const own = itemNamed(prepared.itemOfFile.get(fileFields(file)) ?? prepared.lastOfPath.get({ path: file.path }))
    return own && contentKeyOf(own) === key ? own : null
  }

  /** Its bytes lie where they lay when it was taken: what is said otherwise, a sidecar says. */
  const isItsFile = (item: ItemRow, { file }: Pick<ArrivalRecord['items'][number], 'file'>) => file !== undefined && itemNamed(prepared.itemOfFile.get(fileFields(file)))?.seq === item.seq

  function takeFiles(arrival: ArrivalRecord['items'][number], seq: number, at: number): void {
    for (const { path, size, mtimeMs } of filesOf(arrival)) prepared.insertTakenFile.run({ path, size, mtimeMs, seq, now: at })
  }

  /** What comes for its former patient is known by another word for them that stands beside `originId`, when there is one. */
  function forgetContent(item: ItemRow, originId: string, at: number): void {
    const key = contentKeyOf(item)
    if (prepared.forgetContent.run({ key, seq: item.seq }).changes === 0) return
    for (const reason of lateReasons) {
      const other = row(prepared.besideOf.get({ reason, id: originId }))
      if (other && other.seq !== item.seq && contentKeyOf(other) === key) return void prepared.noteContent.run({ key, seq: other.seq, now: at })
    }
  }

  const isTaken = ({ path, size, mtimeMs }: TakenFile) => prepared.takenFile.get({ path, size, mtimeMs }) !== undefined
  function areTaken(arrival: ArrivalRecord['items'][number]): boolean {
    const files = filesOf(arrival)
    return files.length > 0 && files.every(isTaken)
  }

  /** What a word that came too late is about, not that word. */
  function originOf(found: ItemRow | null): ItemRow | null {
    const id = found && standsBeside(found)
    return found && id !== null ? (row(prepared.itemById.get(id)) ?? found) : found
  }

  /** One more word on what only a person moves: it replaces the last one where it stands, and nothing moves. */
  function sayAgain(beside: ItemRow, arrival: ArrivalRecord['items'][number], key: string, at: number): void {
    prepared.noteJournaled.run(arrival.id)
    takeFiles(arrival, beside.seq, at)
    forgetContent(beside, beside.reason_detail ?? '', at)
    prepared.setHints.run({ seq: beside.seq, hints: hintsText(arrival), sourceKind: arrival.source.kind, sourceName: arrival.source.name, ...placeOf(arrival) })
    prepared.noteContent.run({ key, seq: beside.seq, now: at })
    noteRecognised(fresh(beside.seq)!, shownOf(arrival.hints))
    traceLine(beside.seq, 'parked', 'parked', 'said-again', beside.reason, beside.reason_detail)
  }

  /** What is said now replaces what was said, and the item is prepared anew; it stays held when it was. */
  function takeCorrection(first: ItemRow, arrival: ArrivalRecord['items'][number], key: string, at: number): void {
    applyInside(first, { type: 'changed' }, { detail: correctionDetail(first, arrival) })
    prepared.setHints.run({ seq: first.seq, hints: hintsText(arrival), sourceKind: arrival.source.kind, sourceName: arrival.source.name, ...placeOf(arrival) })
    const former = contentKeyOf(first)
    if (former !== key) {
      forgetContent(first, first.id, at)
      prepared.forgetIdentity.run({ seq: first.seq })
    }
    // What put it in doubt is said no more; a word beside it still stands.
    if (!lateReasons.some((reason) => prepared.besideOf.get({ reason, id: first.id }))) prepared.setCorrected.run({ seq: first.seq, corrected: 0 })
    prepared.noteContent.run({ key, seq: first.seq, now: at })
    prepared.noteJournaled.run(arrival.id)
    takeFiles(arrival, first.seq, at)
  }

  function applyInside(row: ItemRow, event: OutboxEvent, more: MoveMore = {}): boolean {
    // Judged by what is stored, not by what the caller once read.
    const stored = prepared.positionOf.get(row.seq) as Pick<ItemRow, 'state' | 'reason' | 'hints' | 'document_sha256' | 'waiting_acts'> | undefined
    // Its source may have said otherwise meanwhile: what was decided on its former word does not count.
    if (stored?.state !== row.state || stored.hints !== row.hints) return false
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
    traceLine(row.seq, row.state, to.to, event.type, to.reason ?? more.note ?? null, more.detail ?? null)
    more.also?.()
    if (stored.waiting_acts !== null && !isInDoubt(to.to)) doWaitingActs(row.seq, JSON.parse(stored.waiting_acts) as Act[], endsDoubtUnfound(event))
    return true
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
      rendering: known.rendering === undefined ? null : (known.rendering ?? ''),
    })
  }

  function noteFrozen(item: ItemRow, frozen: Frozen, versionOf: VersionOf | null): void {
    const parent = frozen.metadata.replaces ?? null
    const known = parent === null ? undefined : (prepared.byUniqueId.get(parent) as { lineage: string | null } | undefined)
    const lineage = known?.lineage ?? parent ?? frozen.uniqueId
    // A later version came before it, and took it for the first of their line.
    prepared.joinLineage.run({ from: frozen.uniqueId, to: lineage })
    prepared.freezeDocument.run({
      seq: item.seq,
      uniqueId: frozen.uniqueId,
      submissionSetId: frozen.submissionSetId,
      submittedAt: frozen.submittedAt,
      metadata: JSON.stringify(frozen.metadata),
      party: JSON.stringify(frozen.party),
      documentSha256: frozen.documentSha256,
      lineage,
      parent,
      documentKey: versionOf?.documentKey ?? null,
      version: versionOf?.version ?? null,
      setId: versionOf?.setId ?? null,
    })
  }

  /** What was set aside as older than a version that came before it may be the very one that is waited for now. */
  function reconsiderSuperseded({ metadata }: Frozen): void {
    if (metadata.replaces === null || prepared.byUniqueId.get(metadata.replaces) !== undefined) return
    for (const aside of rows(prepared.superseded.all(metadata.ins.value))) applyInside(aside, { type: 'retry', rebuild: true }, { detail: 'a version that replaces another came' })
  }

  /** What was frozen as a later version of it while it was of another type may be another document now: it is asked about anew before it replaces anything. */
  function reconsiderLaterVersions(item: ItemRow, frozen: Frozen): void {
    if (item.document_key === null || !isRetyped(item, frozen)) return
    for (const later of rows(prepared.laterVersions.all({ uniqueId: frozen.uniqueId, documentKey: item.document_key }))) applyInside(later, { type: 'changed' }, { detail: parentRetyped })
  }

  /** `before` settles when the call made earlier has its place in the line of commits; `inLine` says that this one has. */
  async function receiveAfter(before: Promise<void>, inLine: () => void, arrivals: readonly Arrival[], message: IncomingMessage | undefined): Promise<Received> {
    const spooled = await Promise.all(arrivals.map((arrival) => store.spool.store(arrival.bytes)))
    const raw = message ? await store.spool.store(message.bytes) : null
    const record: ArrivalRecord = {
      kind: 'arrival',
      at: now(),
      items: arrivals.map(({ bytes: _bytes, hints, alongside, file, hold, forgotten, ...arrival }, index) => ({
        ...arrival,
        ...spooled[index]!,
        id: newId(),
        hints: { ...hints },
        ...(file ? { file } : {}),
        ...(alongside ? { alongside: [...alongside] } : {}),
        ...(hold ? { hold } : {}),
        ...(forgotten ? { forgotten } : {}),
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

  function rememberInside(name: string, value: unknown): void {
    if (value === null) prepared.forget.run(name)
    else prepared.remember.run({ name, value: JSON.stringify(value) })
  }

  /** What a person decided of the whole, done or done again; the caller commits. */
  function decideInside({ actId, name, value }: DecisionRecord): void {
    prepared.noteJournaled.run(actId)
    rememberInside(name, value ?? null)
  }

  /** A person's act, done or done again; the caller commits. What is done again and meets a doubt waits for its end. */
  function act({ id, actId, act: done }: ActRecord, again: boolean): boolean {
    if (actId !== undefined) prepared.noteJournaled.run(actId)
    const item = row(prepared.itemById.get(id))
    if (!item) return false
    if (!again || !isInDoubt(item.state)) return doAct(item, done, again)
    const before = item.waiting_acts === null ? [] : (JSON.parse(item.waiting_acts) as Act[])
    prepared.setWaitingActs.run({ seq: item.seq, acts: JSON.stringify([...before, done]) })
    return true
  }

  function doAct(item: ItemRow, done: Act, again: boolean): boolean {
    if (!allows(item, done, again) || !actOn(item, done)) return false
    onAct(item, done)
    return true
  }

  /** The doubt they waited for is over, as it was when they were decided; found in the record, it is past deciding. */
  function doWaitingActs(seq: number, acts: readonly Act[], isUnfound: boolean): void {
    prepared.setWaitingActs.run({ seq, acts: null })
    if (isUnfound) for (const done of acts) doAct(fresh(seq)!, done, true)
  }

  function actOn(item: ItemRow, done: Act): boolean {
    switch (done.what) {
      case 'dismiss':
        return applyInside(item, { type: 'dismissed' }, { detail: done.why })
      case 'hold':
        prepared.setHeld.run({ seq: item.seq, held: 'user' })
        return applyInside(item, { type: 'hold', reason: holdReason.user })
      case 'visibility':
        prepared.setVisibility.run({ seq: item.seq, visibility: JSON.stringify(done.visibility) })
        if (item.state === 'received' || (item.state === 'parked' && item.reason !== 'visibility-forbidden')) return true
        return applyInside(item, { type: 'changed' }, { detail: 'visibility chosen by a person' })
      case 'free':
        if (item.held !== null) prepared.setHeld.run({ seq: item.seq, held: null })
        if (item.reason === 'announced-otherwise') prepared.setCorrected.run({ seq: item.seq, corrected: 0 })
        // The record may have it: it is asked before anything of it goes again.
        if (item.doubts > 0 && !done.rebuild) prepared.askFirstOf.run({ seq: item.seq })
        return item.state === 'received' || applyInside(item, { type: 'retry', rebuild: done.rebuild })
      case 'patient':
        prepared.choosePatient.run({ seq: item.seq, patientId: done.patientId, as: done.as ? JSON.stringify(done.as) : null })
        return item.state === 'received' || applyInside(item, { type: 'retry', rebuild: true }, { detail: 'patient chosen by a person' })
      case 'type':
        prepared.chooseType.run({ seq: item.seq, typeCode: done.typeCode })
        return sayOf(item, typeChosen(done.typeCode))
      case 'author':
        prepared.chooseAuthor.run({ seq: item.seq, authorId: done.authorId, structureId: done.structureId ?? null })
        return sayOf(item, authorChosen(...authoredBy(done).map(nameOf)))
    }
  }

  /** What a person said of what it is changes what is sent: told in its trace even where it is being prepared anyway, or that would end with a word they took back. */
  function sayOf(item: ItemRow, detail: string): boolean {
    if (item.state !== 'received') return applyInside(item, { type: 'changed' }, { detail })
    traceLine(item.seq, 'received', 'received', 'changed', null, detail)
    return true
  }

  /** Journaled before they count, as arrivals are; what cannot happen is not. Gives how many were done. */
  async function actAll(acts: readonly { readonly item: ItemRow; readonly act: Act }[], isStill: (item: ItemRow) => boolean = () => true): Promise<number> {
    const possible = acts.filter(({ item, act: wanted }) => {
      const current = fresh(item.seq)
      return current !== null && allows(current, wanted, false) && isStill(item)
    })
    const records = possible.map(({ item, act: wanted }) => ({ kind: 'act', at: now(), actId: newId(), id: item.id, act: wanted }) satisfies ActRecord)
    await Promise.all(records.map((record) => store.arrivals.append(record)))
    const done = await commit(() => records.filter((record, index) => isStill(possible[index]!.item) && act(record, false)))
    const undone = records.filter((record) => !done.includes(record))
    await Promise.all(undone.map(({ actId }) => store.arrivals.append({ kind: 'withdrawn', at: now(), actId } satisfies WithdrawnRecord)))
    if (done.length > 0) changed()
    return done.length
  }

  function withdrawnActs(): Set<string> {
    const withdrawn = new Set<string>()
    for (const line of store.arrivals.readSince()) {
      const read = withdrawnRecord.safeParse(line)
      if (read.success) withdrawn.add(read.data.actId)
    }
    return withdrawn
  }
  const actOf = async (item: ItemRow, wanted: Act): Promise<boolean> => (await actAll([{ item, act: wanted }])) === 1
  /** Nobody else moved it since it was read. */
  const isAsRead = (item: ItemRow): boolean => {
    const current = fresh(item.seq)
    return current?.state === item.state && current.reason === item.reason
  }

  /** Is that still what is asked of an item that is being prepared? What was decided on another word, of a person too, does not count. */
  function isAsked(item: ItemRow): boolean {
    const current = fresh(item.seq)
    return item.state !== 'received' || (current !== null && asked(current) === asked(item))
  }

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
      const answers: AnswerRecord[] = []
      let unreadable = 0
      // Before anything else: whatever the copy says of an item, it may have gone since.
      if (everything) await commit(() => void prepared.askFirst.run())
      const withdrawn = everything ? withdrawnActs() : null
      for (const line of store.arrivals.readSince((what) => (unreadable += what === 'damaged' ? 1 : 0))) {
        const read = journalRecord.safeParse(line)
        if (!read.success) {
          unreadable += 1
          continue
        }
        const record = read.data
        if (record.kind === 'answer') {
          answers.push(record)
          continue
        }
        if (record.kind === 'decision') {
          if (everything && !prepared.isJournaled.get(record.actId)) await commit(() => decideInside(record))
          continue
        }
        if (record.kind === 'withdrawn') continue
        if (record.kind === 'act') {
          // A last commit that may be missing was told to nobody. What this database knows to be done is; the rest is done in its order.
          if (withdrawn && (record.actId === undefined || (!withdrawn.has(record.actId) && !prepared.isJournaled.get(record.actId)))) await commit(() => act(record, true))
          continue
        }
        if (record.message) raw.push(record.message.rawSha256)
        raw.push(...record.items.filter((item) => (item.hints['refusal'] as { code?: string } | undefined)?.code === 'hl7-identity-applied').map((item) => item.sha256))
        const known = record.items.filter(
          (item) =>
            prepared.itemById.get(item.id) !== undefined ||
            prepared.isJournaled.get(item.id) !== undefined ||
            // The program died before its commit, told nobody, and took the files again: they are another item's.
            (!everything && areTaken(item)),
        )
        if (known.length < record.items.length || (record.message && record.items.length === 0)) await commit(() => book({ ...record, items: record.items.filter((item) => !known.includes(item)) }, true))
      }
      changed()
      return { raw: [...new Set(raw)], answers, unreadable }
    },
    namedContents: async () => new Set(db.prepare(namedContents).pluck().all() as string[]),
    isTaken: async (file) => isTaken(file),
    heldOther: async (path, sha256) => prepared.heldOther.get({ path, sha256 }) !== undefined,
    isRewritten: async (file) => prepared.isRewritten.get(fileFields(file)) !== undefined,
    takenElsewhere: async (file, sha256) => prepared.takenElsewhere.all({ ...fileFields(file), sha256 }) as { path: string; id: string }[],
    wasInDoubt: async (sha256, reference) => prepared.wasInDoubt.get({ sha256, reference: reference ?? null }) !== undefined,
    saidOf: async (file) => (prepared.saidOf.get(fileFields(file)) as string | undefined) ?? null,
    async recentFromFolder(folder, since) {
      const recent = prepared.recentItems.all({ limit: recentLimit }) as Pick<ItemRow, 'received_at' | 'source_kind' | 'source_name' | 'source_id' | 'state'>[]
      return recent.filter((item) => item.source_kind === 'folder' && sourceOf(item) === folder && item.state !== 'ignored' && item.received_at >= since).length
    },
    adopt: (folder) =>
      commit(() => {
        const own = (prepared.unadopted.all() as Pick<ItemRow, 'seq' | 'source_name' | 'source_path'>[]).filter((item) => isMadeBy(item, folder))
        for (const { seq } of own) prepared.adopt.run({ seq, id: folder.id })
        return own.length
      }),
    apply: (item, event, more) => move(() => isAsked(item) && applyInside(item, event, more)),
    async applyAll(moves) {
      const moved = await commit(() => moves.filter(({ row: item, event, more }) => applyInside(item, event, more)).length)
      if (moved > 0) changed()
      return moved
    },
    freeze: (item, { learnPatient, patient, frozen, versionOf, note, rendering }) =>
      move(() => {
        if (!isAsked(item) || !applyInside(item, { type: 'prepared' }, { note })) return false
        const patientId = learnPatient()
        noteRecognised(item, { patientId, patient, ins: frozen.metadata.ins.value, typeCode: frozen.metadata.typeCode.code, title: frozen.metadata.title, ...(rendering !== undefined && { rendering }) })
        noteFrozen(item, frozen, versionOf)
        reconsiderSuperseded(frozen)
        reconsiderLaterVersions(item, frozen)
        return true
      }),
    recognise: (item, known) => commit(() => noteRecognised(fresh(item.seq) ?? item, known)),
    remark: (item, reason) =>
      commit(() => {
        const { state } = fresh(item.seq) ?? item
        traceLine(item.seq, state, state, 'remark', reason, null)
      }),
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
    noteInRecord: (uniqueId, act, visibility) =>
      move(() => {
        const seq = prepared.noteInRecord.get({ uniqueId, visibility: JSON.stringify(visibility) }) as number | undefined
        if (seq !== undefined) traceLine(seq, 'deposited', 'deposited', inRecordEvent, null, act)
        return seq !== undefined
      }),
    countCrash: (seq) =>
      commit(() => {
        prepared.countCrash.run({ seq })
        const current = fresh(seq)
        return current && { row: current, crashes: current.crashes }
      }),
    choosePatient: async (item, patientId, as) => (await actAll([{ item, act: { what: 'patient', patientId, ...(as && { as }) } }], isAsRead)) === 1,
    chooseType: async (item, typeCode) => (await actAll([{ item, act: { what: 'type', typeCode } }], isAsRead)) === 1,
    chooseAuthor: async (item, authorId, structureId) => (await actAll([{ item, act: { what: 'author', authorId, ...(structureId !== undefined && { structureId }) } }], isAsRead)) === 1,
    setVisibility: (item, visibility) => actOf(item, { what: 'visibility', visibility }),
    hold: (item) => actOf(item, { what: 'hold' }),
    dismiss: (item, why) => actOf(item, { what: 'dismiss', why }),
    dismissAll: (items, why) => actAll(items.map((item) => ({ item, act: { what: 'dismiss', why } })), isAsRead),
    retryAll: (items, rebuild) => actAll(items.map((item) => ({ item, act: { what: 'free', rebuild: rebuild(item) } })), isAsRead),
    bringForward: (latest) => commit(() => void prepared.bringForward.run({ latest, now: now() })),
    networkIsBack: () => commit(() => void prepared.networkIsBack.run({ now: now() })),
    byId: async (id) => row(prepared.itemById.get(id)),
    inState: async (state, after, limit) => whole(prepared.nextInState.all({ state, after, limit })),
    async claimable(limit, suspects = true) {
      const parameters = { now: now(), limit, suspects: suspects ? 1 : 0 }
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
    lastOfFiles: async ({ seq }) => row(prepared.lastOfFiles.get({ seq })),
    writtenAt: async ({ seq, received_at: receivedAt }) => (prepared.writtenAt.get({ seq }) as number | null) ?? receivedAt,
    othersOfContent: async (item, ins) => rows(prepared.byContentAndIns.all({ ins, sha256: item.content_sha256 })).filter((other) => other.seq !== item.seq),
    async othersOfRendering(item, ins, renderings) {
      const wanted = { renderings: JSON.stringify(renderings) }
      const found = rows([...prepared.ofRendering.all({ ...wanted, ins }), ...prepared.ofNobodysRendering.all(wanted)])
      return found.filter((other) => other.seq !== item.seq).sort((one, other) => one.seq - other.seq)
    },
    unrendered: async (ins) => [...prepared.unrendered.all(ins), ...prepared.unrenderedOfNobody.all()] as Pick<ItemRow, 'seq' | 'content_sha256'>[],
    noteRenderings: (found) =>
      commit(() => {
        for (const { seq, rendering } of found) prepared.setRendering.run({ seq, rendering: rendering ?? '' })
      }),
    latestOf: async (key, seq) => row(prepared.ofDocumentKey.get({ key, seq })),
    arrivedAround: async (key, seq) => ({ before: row(prepared.versionBefore.get({ key, seq })), after: row(prepared.versionAfter.get({ key, seq })) }),
    replacesInTurn: async (uniqueId, replaced) => prepared.replacesInTurn.get({ uniqueId, replaced }) !== undefined,
    async counts() {
      const counts = Object.fromEntries(itemStates.map((state) => [state, 0])) as ItemCounts
      for (const { state, count } of keptCounts()) counts[state] += count
      return counts
    },
    async oldestActiveAt() {
      const oldest = (['received', 'ready', 'sending', 'uncertain', 'waiting'] as const).flatMap((state) => (prepared.oldestInState.get(state) as number | undefined) ?? [])
      return oldest.length === 0 ? null : Math.min(...oldest)
    },
    async needsUser() {
      const byReason = new Map<ReasonCode, number>()
      for (const { state, reason, count } of keptCounts()) {
        if (reason !== '' && needsPerson(state, reason)) byReason.set(reason, (byReason.get(reason) ?? 0) + count)
      }
      return [...byReason].map(([reason, count]) => ({ reason, count }))
    },
    lastDepositedAt: async () => (prepared.lastSettled.get() as number | null) ?? null,
    async ofPatient(ins) {
      const all = prepared.unfinishedOf.all(ins) as { state: ItemState; reason: ReasonCode | null }[]
      const needsUser = all.filter(({ state, reason }) => needsPerson(state, reason)).length
      return { onTheirWay: all.length - needsUser, needsUser }
    },
    ofPatientAndType: async (ins, typeCode, since) => rows(prepared.ofPatientAndType.all({ ins, typeCode, since })),
    hasDeposited: async (ins, from, until) => prepared.hasDeposited.get({ ins, from, until }) !== undefined,
    ofTypes: async (ins, typeCodes, since) => prepared.ofTypes.all({ ins, typeCodes: JSON.stringify(typeCodes), since }) as Awaited<ReturnType<Ledger['ofTypes']>>,
    async list(query) {
      const { page, ...rest } = list(query)
      return { rows: whole(page), ...rest }
    },
    trace: async (item) =>
      (prepared.traceOf.all(item.seq) as { at: number; from_state: ItemState | null; to_state: ItemState; event: string; reason: ReasonCode | null; detail: string | null }[]).map((line) => ({
        at: new Date(line.at).toISOString(),
        from: line.from_state,
        to: line.to_state,
        event: line.event,
        reason: line.reason,
        detail: line.detail,
      })),
    remember: (name, value) => commit(() => rememberInside(name, value)),
    async decide(name, value) {
      const record: DecisionRecord = { kind: 'decision', at: now(), actId: newId(), name, value }
      await store.arrivals.append(record)
      await commit(() => decideInside(record))
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

const filesOf = ({ file, alongside }: ArrivalRecord['items'][number]): TakenFile[] => [...(file ? [file] : []), ...(alongside ?? [])]

const placeOf = ({ source, file }: ArrivalRecord['items'][number]) => ({ sourceReference: source.reference, sourceId: source.id ?? null, sourcePath: file?.path ?? null })

const fileFields = ({ path, size, mtimeMs }: TakenFile) => ({ path, size, mtimeMs })

const hintsText = ({ hints, fileName }: Pick<ArrivalRecord['items'][number], 'hints' | 'fileName'>): string => JSON.stringify({ ...hints, fileName })

/** The message without its bytes. */
function messageFields({ bytes: _bytes, ...fields }: IncomingMessage): Omit<IncomingMessage, 'bytes'> {
  return fields
}
