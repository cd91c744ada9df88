import { setTimeout as delay } from 'node:timers/promises'
import { failure, success, type Failure, type FailureView, type PanelAccess, type PanelView, type PatientLabel, type ReasonCode, type RecordDocument, type Result } from '#shared/contract/index.ts'
import type { AccessMode } from '#shared/terminology/index.ts'
import { compareTraits, type Traits } from '../patients/index.ts'
import type { AuditedRecord, InsId } from '../record/index.ts'
import { accessOffers } from './access-offers.ts'
import { byDate } from './by-date.ts'
import { everyDocument, fetchListed, structured } from './fetch-listed.ts'
import { readDocument, readFirst, readList, type Consultation } from './read-record.ts'
import { permissionOf, readerKeyOf, readingStop, type Reader } from './reading-stop.ts'
import { readingInMemory, type KeptReading, type Reading, type Readings } from './readings.ts'
import type { KnownPatient } from './whose-document.ts'

/** The patient the panel is about. */
export interface PanelPatient {
  readonly ins: InsId
  readonly label: PatientLabel
  /** Known here and its identity qualified; a patient unknown here is vouched for by the software that opened it. */
  readonly qualified: boolean
  readonly patientId: string | null
}

/** An entry other than the normal one: of one patient, by one reader, until it is left, another patient is opened or somebody else reads. */
export interface Entry {
  readonly id: string
  readonly mode: Exclude<AccessMode, 'normal'>
  readonly reason: PanelAccess['reason']
  /** Who entered, in which structure. */
  readonly reader: Reader
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** An entry is over when its reader looked at nothing for so long. No source gives a figure: an hour, said in the room's README. */
export const entryIdleMs = 3_600_000

/** The card that is back within this is the one that was there: a bad contact asks the record nothing. */
export const shortLossMs = 60_000

/** The panel as this room knows it; what is on its way is the outbox's to say, what the patient answered the consent room's. `documents`: newest first. */
export type PanelState = Omit<PanelView, 'listed' | 'onTheirWay' | 'needsUser' | 'access'> & { readonly documents: readonly RecordDocument[]; readonly access: Pick<PanelAccess, 'mode' | 'since' | 'until' | 'reason' | 'modes' | 'authorise'> }

export interface Panel {
  /** Clears first, shows what is kept once the trace says so, reads the record: an answer for a former patient is dropped. */
  open(patient: PanelPatient): PanelState
  /**
   * Something was learnt of a patient: who is on screen is shown as they are known now, a blank filled in where it stands. Whose identity became qualified, or is not any more,
   * is shown anew: nothing is read of them without an act. Where the number on screen is now of nobody known here, of another patient or of another person's traits, nobody is
   * on screen any more: it is opened again by an act.
   */
  renew(known: (ins: InsId) => PanelPatient): void
  /** Resolves once the trace says that the patient on screen is shown; fails when it cannot: nothing is shown then. */
  told(): Promise<void>
  close(): void
  view(): PanelState
  /** What the view shows as read, and by which way; null = nothing of the record is open to whoever looks. */
  openReading(): OpenReading | null
  /** Reads the record again; resolves when the answer is in. */
  refresh(): Promise<PanelState>
  /** The same after something was done: one that was under way began before it, and says nothing of it. */
  refreshAnew(): Promise<PanelState>
  /**
   * Fetches every document of the list on screen that was not fetched yet, by an act of whoever looks: each is traced like one that is opened. Resolves when
   * the record answered for all of them, or with why it did not.
   */
  fetchAll(generation: number): Promise<Result<void>>
  /** The patient on screen when it is still the one an act was meant for, else `patient-changed`. */
  shown(generation: number): Result<PanelPatient>
  /** How this patient's record is entered now: normally, but for the patient on screen while another entry lasts. */
  consultation(ins: InsId): Consultation
  /** Enters otherwise for the patient on screen and reads. The caller has checked that it is offered. */
  enter(entry: Entry): Promise<PanelState>
  /** Back to the normal entry: what the other one brought in is gone with it. */
  leave(): void
  /** Its reader says that they still look: the entry lasts from now on as long as it did at its beginning. */
  stay(): void
  /**
   * Somebody else reads, or nobody, or the same person from elsewhere: another entry ends, and nothing is shown. The patient on screen is read at once
   * for whoever asked for it last, or when nobody could read then; for anybody else that is an act of theirs. Who is back after a moment (`shortLossMs`)
   * and had it read finds it as it was.
   */
  readerChanged(): void
  onChange(listener: () => void): () => void
  /** Resolves when no reading is under way. */
  settled(): Promise<void>
}

/** How long a list is waited for alone, in milliseconds: a short one is there before anything else could be. */
export const listAloneMs = 150

/** A reading as it is shown: to nobody but this reader, of nobody but this patient. `loadedAt` null = the beginning of a list that is not in. */
export interface OpenReading {
  readonly generation: number
  /** Names the beginning; null = it is the list. */
  readonly begun: number | null
  readonly way: Consultation
  readonly reading: Reading
}

type WordAgainst = Extract<ReasonCode, 'consultation-refused' | 'consent-to-renew'>

export interface PanelOptions {
  readonly record: AuditedRecord
  readonly readings: Pick<Readings, 'of'>
  /** Who reads, entering normally. */
  readonly reader: () => Reader
  /** The patient's own word against being read; asked at each view, so that nothing kept is shown against it. */
  readonly wordAgainst: (ins: InsId) => WordAgainst | null
  /** Tells the trace that a patient is about to be shown to whoever reads: what is kept waits for it. */
  readonly onShow?: (consultation: Consultation) => Promise<void>
  /** Inside the act that ends another entry: left, another patient opened, the panel closed. */
  readonly onLeft?: (patient: PanelPatient, entry: Entry) => void
  /** The list of the patient on screen was read from the record, and it answered for each document that is fetched with it. */
  readonly onRead?: (consultation: Consultation) => void
  /** What is known here of a patient, by which a document is told to be theirs. */
  readonly known?: (ins: InsId) => KnownPatient
  /** A document of the patient on screen came, and was another patient's: nothing of it is shown or kept. */
  readonly onForeign?: (consultation: Consultation, uniqueId: string) => void
  /** A document of the patient on screen was fetched, without being opened. */
  readonly onFetched?: (consultation: Consultation, uniqueId: string) => void
  readonly onBug: (error: unknown) => void
  readonly now: () => number
  /** Milliseconds without a look after which an entry ends. */
  readonly entryIdleMs?: number
  /** 0 = the list is not waited for alone. */
  readonly listAloneMs?: number
}

/** The failure as the contract carries it. */
export function failureViewOf(failure: Failure): FailureView {
  return { code: failure.code, class: failure.class, recordText: failure.recordText ?? null, retryAt: failure.retryAt === undefined ? null : new Date(failure.retryAt).toISOString() }
}

const none: readonly RecordDocument[] = []

/** Shown when a reading ends without an answer: a bug, told elsewhere. */
const noAnswer = failure('record-answer-invalid').failure

/** Opens the panel's state, with nobody in it. */
export function openPanel(options: PanelOptions): Panel {
  /** One for each patient shown. */
  let generation = 0
  /** One for each way in to it: an answer of a former one is shown no more. */
  let turn = 0
  /** The turn in which the list on screen was read. */
  let readTurn: number | null = null
  /** What is shown before a list that is awaited: in which turn, by which way in, and its name, never given twice. */
  let beginning: { readonly turn: number; readonly way: Consultation; readonly name: number } | null = null
  let beginnings = 0
  /** Documents being read, by turn: what the beginning asked for is not asked for again by the list. */
  const fetching = new Map<string, ReturnType<typeof readDocument>>()
  /** Documents seen to be another patient's: not asked for again by the program itself while it runs, for they would be refused again. */
  const foreign = new Set<string>()
  const foreignName = ({ way, ins }: Consultation, uniqueId: string) => JSON.stringify([way, ins, uniqueId])
  /** The turn whose patient the trace says is shown. */
  let toldTurn: number | null = null
  let telling: Promise<void> = Promise.resolve()
  let current: PanelPatient | null = null
  /** Who last asked for the patient on screen; null = nobody could. */
  let openedBy: string | null = null
  let refreshing = false
  let failed: Failure | null = null
  /** What it brings in is kept in memory alone: gone with it, however the program ends. */
  let entered: { readonly entry: Entry; readonly kept: KeptReading; lookedAt: number; toldAt: number; timer: NodeJS.Timeout | undefined } | null = null
  /** Since when nobody reads, who did, and whether the list had been read for them. */
  let lost: { readonly by: string; readonly at: number; readonly wasRead: boolean } | null = null
  const idleMs = options.entryIdleMs ?? entryIdleMs
  let reading: { readonly turn: number; readonly done: Promise<void> } | null = null
  /** One opening shows the same list many times. */
  let ordered: { readonly of: readonly RecordDocument[]; readonly documents: readonly RecordDocument[] } | null = null
  /** Those of former patients too: nothing may write to a store that is being closed. */
  const underWay = new Set<Promise<void>>()
  const listeners = new Set<() => void>()
  function changed(): void {
    for (const listener of listeners) listener()
  }

  const isOfReader = ({ entry }: NonNullable<typeof entered>) => readerKeyOf(entry.reader) === readerKeyOf(options.reader())
  const enteredFor = (ins: InsId) => (entered && isOfReader(entered) && current && current.ins.value === ins.value && current.ins.oid === ins.oid ? entered : null)
  /** An emergency stands above a consent that was not asked in time, never above a refusal. */
  function wordFor(ins: InsId): WordAgainst | null {
    const said = options.wordAgainst(ins)
    return said === 'consent-to-renew' && enteredFor(ins) ? null : said
  }

  /** They look: the entry lasts. Its own timer runs on a clock nobody sets. */
  function look(one: NonNullable<typeof entered>, at: number): void {
    one.lookedAt = at
    clearTimeout(one.timer)
    one.timer = setTimeout(() => attempt(() => endEntry(one)), idleMs).unref()
    // To the minute: windows count it down in minutes.
    if (at - one.toldAt < 60_000) return
    one.toldAt = at
    changed()
  }

  /** The computer may have slept over its end. */
  function endWhenOver(): void {
    if (entered && options.now() - entered.lookedAt >= idleMs) endEntry(entered)
  }

  function endEntry(one: NonNullable<typeof entered>): void {
    if (entered !== one) return
    turnTo(current)
    failed = failure('entry-expired').failure
    changed()
  }

  const endOf = ({ lookedAt }: NonNullable<typeof entered>) => lookedAt + idleMs

  function consultation(ins: InsId): Consultation {
    endWhenOver()
    const by = options.reader()
    const way = enteredFor(ins)
    const isStill = () => enteredFor(ins) === way && readerKeyOf(options.reader()) === readerKeyOf(by)
    return {
      way: `${readerKeyOf(by) ?? ''}/${way?.entry.id ?? 'normal'}`,
      ins,
      entry: way ? { ...way.entry, until: endOf(way) } : null,
      reader: way ? inMode(way.entry) : by,
      kept: way?.kept ?? options.readings.of(by, ins),
      ...(options.known && { known: () => options.known!(ins) }),
      stop() {
        endWhenOver()
        return wordFor(ins) ?? options.reader().without ?? (isStill() ? null : 'access-changed')
      },
    }
  }

  /** What is known of the patient on screen, and what of it whoever looks may see. */
  function looked() {
    const way = current?.qualified ? consultation(current.ins) : null
    // A refusal counts from the moment it is known, for what was read before it too.
    const said = way && wordFor(way.ins)
    const without = way && options.reader().without
    const shut = said ?? without
    const reading = said === 'consultation-refused' ? null : (way?.kept.get() ?? null)
    const by = way?.reader ?? options.reader()
    // Nor is what was kept shown against what the record said last of this reader.
    const stop = reading?.standing ? readingStop(reading.standing, by) : null
    const open = reading && toldTurn === turn && !shut && !stop ? reading : null
    return { way, said, shut, reading, by, stop, open, begun: open !== null && open.loadedAt === null && beginning?.turn === turn && open.documents.length > 0 ? beginning.name : null }
  }

  /** Begins another way in, to another patient or to the same. */
  function turnTo(patient: PanelPatient | null): void {
    const [ended, left] = [entered, current]
    clearTimeout(ended?.timer)
    attempt(() => leaveBeginning(turn, false))
    entered = null
    ordered = null
    current = patient
    turn += 1
    refreshing = false
    failed = null
    changed()
    // Last: that an end cannot be written keeps nobody on screen.
    if (ended && left) attempt(() => options.onLeft?.(left, ended.entry))
  }

  /** Whether what is on screen was read, wholly and normally, for who reads until now. */
  const wasRead = () => readTurn === turn && reading?.turn !== turn && failed === null && entered === null

  function inOrder(of: readonly RecordDocument[]): readonly RecordDocument[] {
    if (ordered?.of !== of) ordered = { of, documents: byDate(of) }
    return ordered.documents
  }

  function attempt(work: () => void): void {
    try {
      work()
    } catch (error) {
      options.onBug(error)
    }
  }

  /** Keeps that what was read is before whoever reads, once it is: what comes from now on is new to them the next time. */
  function noteSeen(): void {
    if (!current?.qualified || toldTurn !== turn) return
    const way = consultation(current.ins)
    if (way.stop() === null) attempt(() => way.kept.see(options.now()))
  }

  /** Asks the trace to say that the patient on screen is shown to whoever reads now. */
  function show(): void {
    if (!current?.qualified || toldTurn === turn) return
    const mine = turn
    const seen = () => {
      if (mine !== turn) return
      toldTurn = mine
      changed()
      noteSeen()
    }
    const note = options.onShow?.(consultation(current.ins))
    if (note) telling = note.then(seen)
    else seen()
    telling.catch(options.onBug)
  }

  /** An answer of a former turn is older than what was read since. */
  function inThisTurn(way: Consultation): Consultation {
    const mine = turn
    return { ...way, stop: () => way.stop() ?? (mine === turn ? null : 'access-changed') }
  }

  /** Gives the way by which the list was read; null = it was not. */
  async function read(): Promise<Consultation | null> {
    if (!current?.qualified) return null
    const mine = turn
    const now = consultation(current.ins)
    const stop = now.stop()
    if (stop && stop !== 'consent-to-renew') return null
    const way = inThisTurn(now)
    refreshing = true
    failed = null
    changed()
    let outcome: Failure | null = noAnswer
    const over = new AbortController()
    let isIn = false
    try {
      const answer = await readList(options.record, way, options.now, { whileAsked: () => attempt(() => begin(way, over.signal)) })
      // What stops this way in is said for as long as it does.
      outcome = answer.ok || way.stop() ? null : answer.failure
      if (answer.ok && mine === turn) readTurn = mine
      isIn = answer.ok
      return answer.ok ? way : null
    } finally {
      over.abort()
      attempt(() => leaveBeginning(mine, isIn))
      if (mine === turn) {
        refreshing = false
        failed = outcome
        changed()
        if (outcome === null) noteSeen()
      }
    }
  }

  /** Of a patient whose list was never read here and is long to come, what tells most is shown before it is in. */
  function begin(way: Consultation, listIsOver: AbortSignal): void {
    const { loadedAt, standing } = way.kept.get()
    if (loadedAt !== null || !permissionOf('read', way.reader, standing).allowed) return
    beside(beginOf(way, listIsOver))
  }

  /** Nobody waits for it but `settled`. */
  function beside(work: Promise<unknown>): void {
    const done: Promise<void> = work.then(() => undefined, options.onBug).finally(() => underWay.delete(done))
    underWay.add(done)
  }

  async function beginOf(way: Consultation, listIsOver: AbortSignal): Promise<void> {
    const mine = turn
    const isAwaited = () => !listIsOver.aborted
    if (options.listAloneMs !== 0) await delay(options.listAloneMs ?? listAloneMs, undefined, { signal: listIsOver }).catch(() => undefined)
    if (!isAwaited() || mine !== turn) return
    if (!(await readFirst(options.record, way, options.now, isAwaited)) || !isAwaited()) return
    beginnings += 1
    beginning = { turn: mine, way, name: beginnings }
    if (mine === turn) changed()
    else leaveBeginning(mine, false)
    await fetchOf(way, way, structured, isAwaited)
  }

  /** The list of that turn is in, or did not come: then what was its beginning is not kept. */
  function leaveBeginning(ofTurn: number, isIn: boolean): void {
    if (beginning?.turn !== ofTurn) return
    const { kept } = beginning.way
    beginning = null
    const { loadedAt, standing } = kept.get()
    if (!isIn && loadedAt === null && standing !== null) kept.begin({ documents: [], standing }, options.now())
  }

  /** One question for one document at a time, whoever wants it. */
  function fetchOne(told: Consultation, way: Consultation, uniqueId: string): ReturnType<typeof readDocument> {
    const name = JSON.stringify([turn, uniqueId])
    const known = fetching.get(name)
    if (known) return known
    const fetched = readAndTell(told, way, uniqueId).finally(() => fetching.delete(name))
    fetching.set(name, fetched)
    return fetched
  }

  async function readAndTell(told: Consultation, way: Consultation, uniqueId: string): ReturnType<typeof readDocument> {
    const read = await readDocument(options.record, way, uniqueId, options.now)
    if (read.ok) options.onFetched?.(told, uniqueId)
    else if (read.failure.code === 'document-of-another') {
      foreign.add(foreignName(way, uniqueId))
      options.onForeign?.(told, uniqueId)
    }
    return read
  }

  /** One reading at a time of one way in; whoever asks meanwhile waits for the same one. */
  function share(): Promise<void> {
    if (reading?.turn === turn) return reading.done
    const listed = read()
    const done = listed.then(() => undefined, options.onBug).finally(() => {
      if (reading?.done === done) reading = null
    })
    reading = { turn, done }
    // What the documents say comes after what they are; nobody waits for it.
    beside(fetchWhatIsListed(listed).catch(options.onBug).then(() => done))
    return done
  }

  /** What the list declares goes on being fetched, as it did before the reader was lost for a moment. */
  function fetchOn(): void {
    const way = current?.qualified ? consultation(current.ins) : null
    if (!way || way.stop()) return
    beside(fetchFor(way, inThisTurn(way)))
  }

  async function fetchWhatIsListed(listed: Promise<Consultation | null>): Promise<void> {
    // That it failed is told by whoever waits for it.
    const way = await listed.catch(() => null)
    if (way) await fetchFor(way, way)
  }

  async function fetchFor(told: Consultation, way: Consultation): Promise<void> {
    const whole = await fetchOf(told, way, structured)
    if (whole.ok) options.onRead?.(told)
  }

  /** Fetches what is wanted of the list, but for what was seen to be another patient's. */
  function fetchOf(told: Consultation, way: Consultation, wanted: typeof structured, isWanted = () => true): Promise<Result<void>> {
    return fetchListed(way, wanted, (uniqueId) => fetchOne(told, way, uniqueId), { isWanted, isLeft: (uniqueId) => foreign.has(foreignName(way, uniqueId)) })
  }

  const panel: Panel = {
    open(patient) {
      generation += 1
      openedBy = readerKeyOf(options.reader())
      lost = null
      turnTo(patient)
      show()
      void share()
      return panel.view()
    },
    renew(known) {
      if (current === null) return
      const patient = known(current.ins)
      if (JSON.stringify(current) === JSON.stringify(patient)) return
      if (isAnother(current, patient)) {
        panel.close()
        return
      }
      if (current.qualified !== patient.qualified) {
        turnTo(patient)
        show()
        return
      }
      current = patient
      changed()
    },
    told: () => telling,
    close() {
      generation += 1
      turnTo(null)
    },
    view() {
      endWhenOver()
      const { way, shut, said, reading, by, stop, open, begun } = looked()
      const news = open && way ? way.kept.news(options.now()) : null
      const problem = (shut && failure(shut).failure) ?? failed ?? (stop && !refreshing ? failure(stop).failure : null)
      return {
        generation,
        patient: current ? { ...current.label, qualified: current.qualified, patientId: current.patientId } : null,
        standing: reading?.standing ?? null,
        documents: open && open.loadedAt !== null ? inOrder(open.documents) : none,
        loadedAt: open?.loadedAt ? new Date(open.loadedAt).toISOString() : null,
        ...(open?.loadedAt && open.warnings && { warnings: [...open.warnings] }),
        begun,
        news: { since: news?.since == null ? null : new Date(news.since).toISOString(), documents: [...(news?.documents ?? [])] },
        refreshing,
        failure: problem ? failureViewOf(problem) : null,
        access: {
          mode: entered?.entry.mode ?? 'normal',
          since: entered ? new Date(entered.entry.since).toISOString() : null,
          until: entered ? new Date(endOf(entered)).toISOString() : null,
          reason: entered?.entry.reason ?? null,
          ...accessOffers({ reader: by, standing: reading?.standing ?? null, word: said, modes: options.record.modes }),
        },
      }
    },
    openReading() {
      const { way, open, begun } = looked()
      return way && open && (open.loadedAt !== null || begun !== null) ? { generation, begun, way, reading: open } : null
    },
    async refresh() {
      openedBy = readerKeyOf(options.reader()) ?? openedBy
      show()
      await share()
      return panel.view()
    },
    async refreshAnew() {
      if (reading?.turn === turn) await reading.done
      return panel.refresh()
    },
    async fetchAll(asked) {
      const wanted = panel.shown(asked)
      if (!wanted.ok) return wanted
      const told = consultation(wanted.value.ins)
      const stop = told.stop()
      if (stop) return failure(stop)
      const permission = permissionOf('read', told.reader, told.kept.get().standing)
      if (!permission.allowed) return failure(permission.reason)
      const whole = fetchOf(told, inThisTurn(told), everyDocument)
      // That it failed is told to whoever asked.
      beside(whole.catch(() => undefined))
      return whole
    },
    shown: (wanted) => (current?.qualified && wanted === generation ? success(current) : failure('patient-changed')),
    consultation,
    async enter(entry) {
      turnTo(current)
      const kept = readingInMemory()
      const one: NonNullable<typeof entered> = { entry, kept: { ...kept, look: (at) => look(one, at) }, lookedAt: entry.since, toldAt: options.now(), timer: undefined }
      look(one, options.now())
      entered = one
      return panel.refresh()
    },
    leave() {
      if (entered) turnTo(current)
    },
    stay() {
      if (entered) look(entered, options.now())
      changed()
    },
    readerChanged() {
      const key = readerKeyOf(options.reader())
      if (key === null && openedBy !== null) lost = { by: openedBy, at: options.now(), wasRead: wasRead() }
      turnTo(current)
      if (current === null || key === null || (openedBy !== null && openedBy !== key)) return
      const isBack = lost !== null && lost.wasRead && lost.by === key && options.now() - lost.at <= shortLossMs
      lost = null
      openedBy = key
      show()
      if (!isBack) return void share()
      readTurn = turn
      fetchOn()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    settled: async () => {
      await Promise.all(underWay)
    },
  }
  return panel
}

const traitsOf = ({ birthName, givenName, birthDate, sex }: PatientLabel): Traits => ({ birthName, givenName, birthDate: birthDate ?? undefined, sex: sex ?? undefined })

/** Whether what is known of a number now is not who it was shown as. A patient unknown here, and a trait nobody told, may be told since. */
function isAnother(shown: PanelPatient, known: PanelPatient): boolean {
  return (shown.patientId !== null && known.patientId !== shown.patientId) || compareTraits(traitsOf(shown.label), traitsOf(known.label)).length > 0
}

function inMode({ mode, reader }: Entry): Reader {
  return reader.party.kind === 'professional' ? { ...reader, party: { ...reader.party, mode } } : reader
}
