import { randomUUID } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import {
  failure,
  isBatchReason,
  modeOf,
  offersSecretConnection,
  reasons,
  recordAddress,
  success,
  type Attestation,
  type AuthoriseInput,
  type BatchReason,
  type ConsentInput,
  type EnterInput,
  type FoundPatient,
  type ExamAvoidedInput,
  type ConnectorEvent,
  type DocumentVersions,
  type ItemContent,
  type ItemDetail,
  type ItemView,
  type ItemVisibility,
  type MedicineCheck,
  type ClinicalFact,
  type DocumentAct,
  type DocumentInRecord,
  type OpenedDocument,
  type PanelListInput,
  type PanelView,
  type Party,
  type KnownPatient,
  type PatientCandidate,
  type PatientLabel,
  type Practice,
  type ReasonCode,
  type RecordConfig,
  type RecordDocument,
  type RecordLot,
  type RecordSearch,
  type RecordWay,
  type Result,
  type RuledSummary,
  type StatusView,
  type SummaryLine,
  type SummaryLineInput,
  type SummaryList,
  type SummaryListInput,
  type WhoSpeaks,
  type WrittenCopy,
} from '#shared/contract/index.ts'
import { openAudit, type TraceAct, type TraceLine, type TraceVerdict } from './audit/index.ts'
import { openAccessActs, type AccessActs } from './access-acts.ts'
import { openIdentityApplier } from './apply-identity.ts'
import { nameIn, readerOf, speaksInPerson } from './choose-party.ts'
import { authorChoiceOf, authorChoicesOf } from './choose-author.ts'
import { candidatesOf, choiceOf, findKnown, findPatients, mayFindPatient, namedByText } from './choose-patient.ts'
import { typeChoiceOf, typeChoicesOf } from './choose-type.ts'
import { ConsentRegister, isMinor, openEmergencies, openInformation, secretConnectionStop } from './consent/index.ts'
import { openDocumentActs } from './document-acts.ts'
import { openPdfTextReader } from './documents/index.ts'
import { openEventHub } from './event-hub.ts'
import { foldGlobalState } from './global-state.ts'
import { attachmentOf, checkCopyFolder, copiedFiles, examRequestTypes, fillSearch, keepNoLonger, knownPartyOf, listName, loadClinicalRules, mayHoldFacts, openAvoidedExams, openDocument, openFactsKeeper, openFactsThread, openMedicineChecker, openMyRecords, openPanel, openPanelRules, openPanelSummary, openPaperSheets, openPassages, openReadings, openSearchSessions, openTextReader, readDocument, readerKeyOf, readingStop, readList, readLots, readVersions, recordFacts, searchRecord, writeCopy, type Consultation, type MyRecordsDesk, type Panel, type PanelPatient, type PanelState, type ReadDocument, type Reader } from './history/index.ts'
import { burstWindowMs } from './intake/index.ts'
import { openItemContents } from './item-content.ts'
import { attestedLines, openTrace } from './open-trace.ts'
import { startIntake } from './start-intake.ts'
import { oidOf } from './stable-oid.ts'
import { frozenOf, inRecordOf, openAtWork, openGroupCommit, openSqliteLedger, paceOf, rememberCopy, settleSuspects, startSender, viewOf, type ItemRow, type Sender } from './outbox/index.ts'
import { checkEnvironment, checkIns, compactIns, defaultInsOid, patientLabelOf, PatientRegistry, type IdentityClaim } from './patients/index.ts'
import { partyFor, type Preparation } from './prepare-item.ts'
import { startPreparer } from './preparer.ts'
import { retryRule } from './retry-rule.ts'
import { isRebuilt, isStillOpposed, stopBeforeSending } from './sending-rules.ts'
import { openRecord, type InsId } from './record/index.ts'
import { openSheetActs, type SheetActs } from './sheet-acts.ts'
import { recover } from './recover.ts'
import { openSignIn, whoHasMeans } from './sign-in/index.ts'
import { isDiskFull, keepBackups, milestone, openDiskRoom, openStore, type Store, type StoreKey } from './store/index.ts'
import { openOppositionWaker } from './wake-opposed.ts'
import { isSameDay } from './where-written.ts'
import { openWaker } from './wake-waiting.ts'
import { openSessionWaker } from './wake-session.ts'
import { watchMachine } from './watch-machine.ts'
import { whoSpeaks } from './who-speaks.ts'

export { routerOf } from './router.ts'

/** What a host gives the connector. */
export interface ConnectorOptions {
  readonly directory: string
  readonly key: StoreKey
  readonly practice: Practice
  readonly record: { readonly config: RecordConfig; readonly baseDir: string }
  readonly watch: readonly string[]
  readonly hl7Port: number | null
  /** Where the product's source profiles are; the practice's own, in the data folder, win. */
  readonly profileFolders: readonly string[]
  /** Where the product's clinical rules are; those of the practice, in the data folder, win. */
  readonly clinicalFolder: string
  /** False for the time of one command: nothing is taken in, nothing is sent. */
  readonly active: boolean
  /** The database was found damaged while it is in use: the program must end and start again, the next start puts a copy in its place. */
  readonly onDamaged: () => void
  /** Takes bursts and old files of the watched folders without holding them: a person started this by hand. */
  readonly takeAll: boolean
  readonly version: string
  /** Written beside the lock, so that a refusal can name who holds the data folder. */
  readonly role: string
  readonly log: (event: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void
}

/** A patient named by number, as a deep link, a scanner or a person gives it. */
export interface NamedPatient {
  readonly ins: string
  readonly insOid?: string | undefined
}

/** The running background program. Everything a window may ask goes through here. */
export interface Connector {
  readonly hl7: { readonly host: string; readonly port: number } | null
  status(): Promise<StatusView>
  events(signal: AbortSignal | undefined): AsyncGenerator<ConnectorEvent, void, void>
  pause(until: number | null): Promise<void>
  resume(): Promise<void>
  readonly items: {
    list(query: { states?: ItemView['state'][] | undefined; reasons?: ReasonCode[] | undefined; search?: string | undefined; limit: number; cursor: string | null }): Promise<{ items: ItemView[]; next: string | null; total: number }>
    get(id: string): Promise<Result<ItemDetail>>
    content(id: string): Promise<Result<ItemContent>>
    attachment(id: string, index: number): Promise<Result<Blob>>
    retry(which: { ids: string[] } | { reason: ReasonCode }): Promise<number>
    hold(id: string): Promise<Result<void>>
    setVisibility(id: string, visibility: ItemVisibility): Promise<Result<void>>
    findPatients(id: string, typed: string): Promise<Result<{ found: FoundPatient[]; more: boolean }>>
    namedByText(id: string): Promise<Result<PatientCandidate[]>>
    assignPatient(id: string, patientId: string): Promise<Result<void>>
    chooseType(id: string, typeCode: string): Promise<Result<void>>
    chooseAuthor(id: string, authorId: string, structureId?: string): Promise<Result<void>>
    dismiss(id: string, why: string): Promise<Result<void>>
    dismissHeld(reason: BatchReason, why: string): Promise<number>
  }
  readonly panel: {
    open(who: NamedPatient): Promise<Result<PanelView>>
    find(typed: string): { found: KnownPatient[]; more: boolean }
    close(): void
    view(): Promise<PanelView>
    documents(asked: PanelListInput): readonly RecordDocument[] | null
    refresh(): Promise<PanelView>
    summary(): Promise<RuledSummary | null>
    examAvoided(input: ExamAvoidedInput): Result<void>
    fetchAll(input: { generation: number }): Promise<Result<void>>
    summaryList(asked: SummaryListInput): Promise<SummaryList | null>
    summaryLine(asked: SummaryLineInput): Promise<SummaryLine | null>
  }
  readonly medicines: { check(): Promise<MedicineCheck | null> }
  /** Acts on the access to the record of the patient on screen. */
  readonly access: {
    enter(input: EnterInput): Promise<Result<PanelView>>
    leave(input: { generation: number }): Promise<Result<PanelView>>
    stay(input: { generation: number }): Promise<Result<PanelView>>
    authorise(input: AuthoriseInput): Promise<Result<PanelView>>
    recordConsent(input: ConsentInput): Promise<Result<PanelView>>
    confirmInformation(): Promise<Result<PanelView>>
  }
  readonly record: {
    list(who: NamedPatient, statuses?: readonly RecordDocument['status'][]): Promise<Result<RecordDocument[]>>
    get(who: NamedPatient, uniqueId: string): Promise<Result<Blob>>
    facts(who: NamedPatient): Promise<Result<ClinicalFact[]>>
    search(who: NamedPatient, asked: { words: string; limit: number }): Promise<Result<RecordSearch>>
    open(who: NamedPatient, uniqueId: string): Promise<Result<OpenedDocument>>
    way(who: NamedPatient): Result<RecordWay>
    look(who: NamedPatient, uniqueId: string): Promise<Result<DocumentInRecord>>
    change(who: NamedPatient, uniqueId: string, act: DocumentAct): Promise<Result<DocumentInRecord>>
    attachment(who: NamedPatient, uniqueId: string, index: number): Promise<Result<Blob>>
    versions(who: NamedPatient, uniqueId: string): Promise<Result<DocumentVersions>>
    lots(who: NamedPatient, since: number): Promise<Result<RecordLot[]>>
    print(who: NamedPatient, uniqueId: string): Promise<Result<{ at: string; way: string }>>
    copy(who: NamedPatient, uniqueId: string): Promise<Result<WrittenCopy>>
  }
  readonly myRecords: MyRecordsDesk
  readonly sheets: Omit<SheetActs, 'onPanel'>
  readonly audit: {
    verify(): Promise<TraceVerdict>
    export(query: { ins?: string | undefined; insOid?: string | undefined; from: string | null; to: string | null }): Promise<Result<AsyncGenerator<TraceLine, void, void>>>
    attestation(who: NamedPatient, when: { from: string; to: string }): Promise<Result<Attestation>>
  }
  readonly signIn: {
    state(): WhoSpeaks
    start(professionalId?: string): Promise<Result<WhoSpeaks>>
    givePin(pin: string): Promise<Result<WhoSpeaks>>
    choose(structure: string): Promise<Result<WhoSpeaks>>
    end(): Promise<WhoSpeaks>
  }
  stop(): Promise<void>
}

/** The structure of the situation a professional is signed in to; null while they are not. */
function situationIn(party: Party | null, professionalId: string): string | null {
  return party?.kind === 'professional' && party.professional.id === professionalId ? party.structure.id : null
}

/** Where the situation a professional last chose here is remembered. */
function situationOf(professionalId: string): string {
  return `situation of ${professionalId}`
}

/**
 * Opens the rooms in the order a document walks through them and starts the program. Fails as a value when the data folder
 * is another program's, its key is missing, or a newer program wrote it.
 */
export async function startConnector(options: ConnectorOptions): Promise<Result<Connector>> {
  const opened = await openStore({ directory: options.directory, key: options.key, role: options.role, now: Date.now() })
  if (!opened.ok) return opened
  const started: (() => Promise<void> | void)[] = [() => opened.value.close()]
  const stop = async () => {
    milestone('host:hand-over')
    for (let last = started.pop(); last; last = started.pop()) await last()
  }
  try {
    return success(await wire(options, opened.value, started, stop))
  } catch (error) {
    // Whatever was opened before the failure is closed: the next start must find the data folder free.
    await stop()
    throw error
  }
}

/**
 * What the program died on is tried alone, this long after a start: several power cuts or kills in quick succession must not meet the
 * same innocent document and have it blamed.
 */
const probationMs = 2_000
/** What a window waits for is told within this. */
const atOnceMs = 10
/** LOINC: prescription of medicines (eP-MED-DM). */
const prescriptionType = '57833-6'
/** How long a deposited prescription counts as the practice's own before the record's list is read again. */
const justDepositedMs = 86_400_000
/** Between two looks at the size of the database's log. */
const upkeepMs = 10 * 60_000
/** How long a prescription that went is told beside the exams already done: the consultation, and the day's afterthoughts. */
const prescribedMs = 12 * 3_600_000
/** How often a person's word is tried on an item that moves under it. */
const choosingTries = 3
/** How long the screen tells of a return to an older database. */
const restorationShownMs = 7 * 86_400_000

/** Wires the rooms on an open store; each thing started adds how to end it, the last started ended first. */
async function wire(options: ConnectorOptions, store: Store, started: (() => Promise<void> | void)[], stop: () => Promise<void>): Promise<Connector> {
  const now = () => Date.now()
  const monotonic = () => performance.now()
  const { config } = options.record
  const environment = config.environment
  const hub = openEventHub()
  const commit = openGroupCommit(store)
  const audit = openAudit(store, { key: options.key, now, monotonic, host: os.hostname(), software: `relais ${options.version}`, commit, onBug: (error) => onBug(error) })
  started.push(() => audit.close())

  const registry = new PatientRegistry(store, randomUUID)
  const { baseDir } = options.record
  let onSignIn: () => void = () => undefined
  const signIn = await openSignIn({ config, baseDir, practice: options.practice, now, onChange: () => onSignIn(), onBug: (error) => onBug(error) })
  started.push(() => signIn.close())
  const mayReadInPerson = (id: string) => config.signIn.mode !== 'certificates' || config.certificates.some((line) => line.kind === 'professional' && line.party === id)
  const nobody = readerOf(options.practice, mayReadInPerson)
  /** Who reads: the professional who signed in, else whoever the practice's own certificates speak for. */
  const reader = () => signIn.signedIn() ?? nobody
  const known = () => signIn.signedIn() ?? (config.signIn.mode === 'certificates' ? nobody : null)
  const trace = openTrace({ audit, registry, usualInsOid: defaultInsOid(environment), reader: known, structure: nobody.structure, depositTransaction: () => untraced.transactions.deposit(new Uint8Array()), onBug: (error) => onBug(error) })
  let onReadings: () => void = () => undefined
  const passages = openPassages(store)
  const readings = openReadings(store, { passages, onChanged: () => onReadings() })
  let onLifted: () => void = () => undefined
  const consent = new ConsentRegister(store, (patientId, kind, decision, by) => {
    trace.onConsent(patientId, kind, decision, by)
    hub.tell('panel')
    if (kind === 'deposit' && decision.choice === 'agreed') onLifted()
    const patient = registry.get(patientId)
    // What was read before a refusal is not kept, and no entry stands against it.
    if (kind === 'consultation' && decision.choice === 'opposed' && patient?.ins && patient.insOid) {
      const ins = { value: patient.ins, oid: patient.insOid }
      readings.forget(ins)
      paperSheets.eraseOf(ins, 'refused')
      if (panel.consultation(ins).entry) panel.leave()
    }
  })
  const ledger = openSqliteLedger(store, { now, newId: randomUUID, commit, nameOf: (id) => nameIn(options.practice, id), onAct: trace.onAct })
  const untraced = await openRecord({ config, baseDir, now, randomUuid: randomUUID, softwareVersion: options.version, credentials: signIn })
  started.push(() => untraced.close())
  const record = trace.forReading(untraced)

  let onRoom: () => void = () => undefined
  const room = options.active
    ? openDiskRoom({
        directory: store.directory,
        now,
        onChange(state) {
          options.log('room on the disk', { state })
          hub.tell('status')
          if (state === 'ok') onRoom()
        },
      })
    : null
  started.push(() => room?.close())
  const onBug = (error: unknown) => {
    if (isDiskFull(error)) room?.noteFull()
    store.noticeDamage(error)
    options.log('bug', { error: error instanceof Error ? `${error.name}: ${(error.stack ?? '').split('\n').find((line) => line.trim().startsWith('at ')) ?? ''}` : typeof error })
  }
  if (options.active) {
    await trace.ofProgram('start')
    started.push(() => trace.ofProgram('stop'))
  }
  const retention = keepNoLonger({ readings, now, onErased: () => hub.tell('panel'), onBug })
  started.push(() => retention.close())
  const filler = fillSearch({ store, passages, reader: openTextReader(), onFilled: () => hub.tell('panel'), onBug })
  const searches = openSearchSessions(now)
  onReadings = () => filler.wake()
  started.push(() => filler.close())
  const factsThread = openFactsThread()
  const facts = openFactsKeeper({ thread: factsThread, onRead: () => hub.tell('summary', atOnceMs), onBug })
  started.push(async () => {
    const closed = facts.close()
    await factsThread.rest()
    await closed
  })
  const waker = openWaker(ledger, onBug)
  started.push(() => waker.stop(), () => hub.close())
  const texts = openPdfTextReader({ onGivenUp: () => options.log('text of a document not read') })
  /** Whose place a person chose in this session, and when; the one the program takes up again by itself is good to read, never to say where something was written. */
  let placeChosen: { readonly by: string; readonly at: number } | null = null
  const isPlaceSaid = (moments: readonly number[]): boolean => {
    const { situations, holder } = signIn.view()
    const saidAt = situations.length <= 1 ? now() : placeChosen !== null && holder?.id === placeChosen.by ? placeChosen.at : null
    return saidAt !== null && moments.every((moment) => isSameDay(moment, saidAt))
  }
  const preparation: Preparation = {
    store,
    ledger,
    registry,
    consent,
    practice: options.practice,
    speaksInPerson: speaksInPerson(config),
    staff: () => signIn.staff(),
    ...(config.signIn.mode !== 'certificates' && { chosenSituation: (id, moments = []) => (isPlaceSaid(moments) ? situationIn(signIn.signedIn(), id) : null) }),
    environment,
    secretConnection: offersSecretConnection(config),
    maxDocumentBytes: config.maxDocumentBytes,
    now,
    readText: (bytes, sha256) => texts.read(bytes, sha256),
    onPatientLearnt: (claim) => waker.learnt(claim),
    oidOf: (kind, name) => oidOf(config.installationOid, kind, name),
  }
  const asReader = (): Reader => ({ party: reader(), inReinforcedMode: config.signIn.mode === 'pro-sante-connect', without: known() ? null : (signIn.view().reason ?? 'sign-in-needed') })
  const panel: Panel = openPanel({
    record,
    readings,
    reader: asReader,
    wordAgainst: (ins) => consent.wordAgainstReading(ins, now()),
    onShow: (way) => traceShown(way),
    onLeft: (patient, entry) => access.onLeft(patient, entry),
    onRead: ({ ins }) => paperSheets.eraseOf(ins, 'synchronised'),
    onFetched: (way, uniqueId) => facts.want(way, [uniqueId], true),
    known: (ins) => ({ traits: registry.byIns(ins.value, ins.oid).find(({ qualified }) => qualified) ?? null, holderOf: (other) => registry.holderOf(other, ins) }),
    onForeign: (way, uniqueId) => void note('retrieval', way, uniqueId, failure('document-of-another')).catch(onBug),
    onBug,
    now,
  })
  const clinical = await loadClinicalRules(options.clinicalFolder, path.join(store.directory, 'clinical'))
  const rulesRefused = [clinical.exams.refused, clinical.vaccination.refused].filter((one) => one !== null)
  for (const refused of rulesRefused) options.log('clinical rules of the practice refused', { reason: refused })
  const avoidedExams = openAvoidedExams(store)
  const told = openPanelSummary({ panel, thread: factsThread, facts, analytes: clinical.analytes, version: options.version, onTold: () => hub.tell('summary', atOnceMs), onBug, now })
  started.push(() => told.close())
  const paperSheets = openPaperSheets({ store, newId: randomUUID, onErased: (sheet, why) => trace.onSheet('sheet-erased', sheet, why), onChange: () => hub.tell('sheets', atOnceMs), onBug, now, monotonic })
  started.push(() => paperSheets.close())
  const sheets = openSheetActs({
    panel,
    summary: told,
    sheets: paperSheets,
    trace,
    reader: known,
    practiceName: options.practice.structures[0]?.name ?? '',
    frontOf,
    wordAgainst: (ins) => consent.wordAgainstReading(ins, now()),
    tetanus: Object.entries(clinical.vaccination.rules.valences).flatMap(([atc, valences]) => (valences.includes('T') ? atc : [])),
    onBug,
    now,
  })
  const medicines = openMedicineChecker({
    panel,
    summary: told,
    dataFolder: store.directory,
    prescriptionsOf: async (ins) =>
      (await ledger.ofPatientAndType(ins.value, prescriptionType, now() - justDepositedMs)).map((row) => ({ id: row.unique_id ?? row.id, sha256: row.document_sha256 ?? row.content_sha256, title: row.title ?? '', at: row.received_at })),
    contentOf: (sha256) => store.spool.read(sha256),
    now,
  })
  const summary = openPanelRules({
    panel,
    summary: told,
    rules: clinical,
    mayJudge: environment === 'training',
    outgoing: async (ins) => (await ledger.ofTypes(ins.value, examRequestTypes, now() - prescribedMs)).map((row) => ({ item: row.id, typeCode: row.type_code, title: row.title, bytes: () => store.spool.get(row.content_sha256) })),
    avoided: avoidedExams,
    onBug,
    now,
  })
  const access: AccessActs = openAccessActs({
    panel: () => panel,
    record,
    registry,
    consent,
    emergencies: openEmergencies(store),
    information: openInformation(store),
    journal: (record) => store.arrivals.append(record),
    trace,
    reader: asReader,
    onBug,
    newId: randomUUID,
    now,
  })
  const myRecords = openMyRecords({
    record,
    reader: asReader,
    canBeTold: config.protocol !== 'fhir',
    knownHere(ins) {
      const known = registry.byIns(ins.value, ins.oid)[0]
      return known ? { label: patientLabelOf(known), qualified: known.qualified } : null
    },
    wordAgainst: (ins) => consent.wordAgainstReading(ins, now()),
    hasDeposited: (ins, from, until) => ledger.hasDeposited(ins, from, until),
    now,
  })
  started.push(() => {
    panel.close()
    return panel.settled()
  })
  const contents = openItemContents({ ledger, spool: store.spool, trace, maxDocumentBytes: config.maxDocumentBytes })
  const documentActs = openDocumentActs({ panel, record, readings, ledger, onBug })
  started.push(() => documentActs.settled())
  const onIdentity = (claim: IdentityClaim) => {
    waker.learnt(claim)
    // What was learnt is kept: a screen costs the feed no answer.
    try {
      panel.renew(panelPatient)
    } catch (error) {
      onBug(error)
    }
  }
  const { restored } = store
  if ((restored || store.torn) && options.active) {
    if (restored) options.log('an older database is in use', { from: restored.from, damage: restored.damage, at: new Date(restored.at).toISOString() })
    const applyIdentity = openIdentityApplier({ registry, consent, onIdentity, now, log: options.log })
    await recover({ store, ledger, registry, consent, applyIdentity, environment, oidOf: preparation.oidOf, log: options.log })
  }
  void store.damaged.then(options.onDamaged)
  const restoredAt = (await ledger.recall('restored at')) as number | null
  const backups = options.active
    ? keepBackups({
        store,
        now,
        restored: restored !== null,
        hasRoomFor: (bytes) => room?.hasRoomFor(bytes) ?? false,
        onMade: ({ file }) => options.log('database copied', { file: path.basename(file) }),
        onFailed: (error, diskFull) => (diskFull ? room?.noteFull() : onBug(error)),
      })
    : null
  started.push(() => backups?.close())
  const upkeep = setInterval(() => store.upkeep(), upkeepMs).unref()
  started.push(() => clearInterval(upkeep))
  let freeUntil = options.takeAll ? Number.POSITIVE_INFINITY : Math.min(((await ledger.recall('bursts free until')) as number | null) ?? 0, now() + burstWindowMs)
  const atWork = options.active ? openAtWork(store.directory) : null
  started.push(() => atWork?.close())
  if (atWork) await settleSuspects(ledger, atWork)
  const intake = options.active
    ? await startIntake({
        watch: options.watch,
        hl7Port: options.hl7Port,
        contextFile: options.practice.contextFile ?? null,
        onContext: followPatient,
        onBug,
        profileFolders: [...options.profileFolders, path.join(store.directory, 'profiles')],
        maxFileBytes: config.maxDocumentBytes,
        ledger,
        registry,
        consent,
        environment,
        onIdentity,
        onChange: () => hub.tell('status'),
        freeUntil: () => freeUntil,
        hasRoom: () => room === null || room.state() === 'ok',
        now,
        log: options.log,
      })
    : null
  started.push(async () => intake?.close())
  onRoom = () => void intake?.lookAgain().catch(onBug)
  const preparer = atWork ? startPreparer({ preparation, atWork, onBug, suspectsAfterMs: probationMs }) : null
  started.push(async () => {
    const stopped = preparer?.stop()
    // What is being read would hold the end up; nothing is decided of it.
    await texts.close()
    await stopped
  })
  /** Whom it was frozen for, or, where it is prepared anew, by whoever would be chosen now: a secretary's card came where a doctor's was awaited. */
  async function hasMeans(row: ItemRow): Promise<boolean> {
    const { metadata, party } = frozenOf(row)
    const chosen = isRebuilt(row) ? partyFor(metadata, preparation, [party.structure.id]) : failure('already-left')
    return (await whoHasMeans([party, ...(chosen.ok ? [chosen.value] : [])], signIn, now())) !== null
  }
  const sessionWaker = options.active ? openSessionWaker({ ledger, isRebuilt, hasMeans, onBug }) : null
  started.push(() => sessionWaker?.stop())
  const oppositionWaker = options.active ? openOppositionWaker({ ledger, isOpposed: (row) => isStillOpposed(row, preparation), onBug }) : null
  onLifted = () => oppositionWaker?.lifted()
  started.push(() => oppositionWaker?.stop())
  const sender: Sender | null = atWork
    ? await startSender({
        ledger,
        spool: store.spool,
        record: trace.forSending(untraced),
        atWork,
        mayGo: (row) => stopBeforeSending(row, preparation),
        onInterrupted: trace.onInterrupted,
        onBug,
        onWaitingForSession: (row) => sessionWaker?.waits(row),
        onState: () => hub.tell('status'),
        visibilityMs: config.visibilitySeconds * 1000,
        pace: paceOf(config),
        lanes: 6,
        suspectsAfterMs: probationMs,
        probeParty: () => whoHasMeans([reader(), ...signIn.staff(), ...options.practice.structures.map((structure): Party => ({ kind: 'structure', structure }))], signIn, now()),
        now,
        monotonic,
        random: Math.random,
      })
    : null
  started.push(async () => sender?.stop())
  const machine = sender
    ? watchMachine({
        now,
        monotonic,
        onEvent(event) {
          options.log('the way to the record changed', { reason: event })
          sender.wayChanged().then(() => intake?.lookAgain(), onBug)
          if (event === 'slept-or-clock-set') sessionWaker?.clockSet()
          // A session may have ended while the machine slept or its clock jumped.
          onSignIn()
        },
      })
    : null
  started.push(() => machine?.stop())
  ledger.onChange(() => {
    hub.tell('items')
    hub.tell('status')
    hub.tell('panel')
  })
  // Somebody waits for the patient they have just opened.
  panel.onChange(() => {
    hub.tell('panel', atOnceMs)
    sheets.onPanel()
  })
  let inSession: Party | null = null
  let readAs = readerKeyOf(asReader())
  /** What a sign-in brings about here, one thing after the other. */
  let following: Promise<void> = Promise.resolve()
  started.push(() => following)
  onSignIn = () => {
    const party = signIn.signedIn()
    const readsAs = readerKeyOf(asReader())
    const isAnother = readsAs !== readAs
    readAs = readsAs
    if (isAnother) panel.readerChanged()
    if (inSession && isAnother) trace.onSession('sign-out', inSession)
    if (party && isAnother) trace.onSession('sign-in', party)
    inSession = party
    hub.tell('sign-in')
    hub.tell('panel')
    sessionWaker?.sees(signIn.view())
    if (!party) {
      placeChosen = null
      following = following.then(chooseAsBefore).catch(onBug)
    }
  }

  /** Who works at several places mostly works at one of them from this computer: the last one chosen here, which can be changed. */
  async function chooseAsBefore(): Promise<void> {
    const { holder } = signIn.view()
    if (!holder || signIn.view().reason !== 'situation-to-choose') return
    const before = await ledger.recall(situationOf(holder.id))
    const { holder: still, reason } = signIn.view()
    if (typeof before === 'string' && still?.id === holder.id && reason === 'situation-to-choose') signIn.choose(before)
  }
  onSignIn()
  // The first thing of a stop: what is under way with a card is finished within seconds, or not at all.
  started.push(() => signIn.letGo())

  function insOf(who: NamedPatient): Result<InsId> {
    const checked = checkIns(compactIns(who.ins), who.insOid ?? defaultInsOid(environment))
    return checked.ok ? success({ value: checked.value.value, oid: checked.value.oid }) : checked
  }

  /** The same of whom the panel may show: nobody of the other environment, whatever the link, label or file says. */
  function frontOf(who: NamedPatient): Result<InsId> {
    const checked = checkIns(compactIns(who.ins), who.insOid ?? defaultInsOid(environment))
    const fit = checked.ok ? checkEnvironment(checked.value, environment) : checked
    return fit.ok ? success({ value: fit.value.value, oid: fit.value.oid }) : fit
  }

  function panelPatient(ins: InsId): PanelPatient {
    const known = registry.byIns(ins.value, ins.oid)[0]
    if (known) return { ins, label: patientLabelOf(known), qualified: known.qualified, patientId: known.id }
    const label: PatientLabel = { ins: ins.value, insOid: ins.oid, birthName: '', givenName: '', usedName: null, birthDate: null, sex: null }
    return { ins, label, qualified: true, patientId: null }
  }

  /**
   * The practice software has another patient in front: shown as by its link. Already shown, nothing changes. One who cannot be shown leaves nobody on
   * screen, for the one who was there is no longer the one in front.
   */
  async function followPatient(named: Result<NamedPatient>): Promise<Result<void>> {
    const front = named.ok ? frontOf(named.value) : named
    const shown = panel.view().patient
    if (!front.ok) {
      if (shown) panel.close()
      return front
    }
    if (shown?.ins === front.value.value && shown.insOid === front.value.oid) return success(undefined)
    panel.open(panelPatient(front.value))
    await panel.told()
    return success(undefined)
  }

  const withOutbox = async (state: PanelState): Promise<PanelView> => {
    const outgoing = state.patient?.ins ? await ledger.ofPatient(state.patient.ins) : { onTheirWay: 0, needsUser: 0 }
    const { documents, ...shown } = state
    return { ...shown, listed: { count: documents.length, name: listName(documents) }, access: access.view(state), ...outgoing }
  }

  /** What the panel shows once an act on the access is done. */
  async function shownAfter(done: Promise<Result<void>>): Promise<Result<PanelView>> {
    const result = await done
    hub.tell('panel')
    return result.ok ? success(await withOutbox(panel.view())) : result
  }

  let askedLast = (await ledger.recall('asked to sign in')) as string | null
  const speaks = (): WhoSpeaks => ({ ...whoSpeaks(signIn.view(), known(), options.practice, config.signIn, askedLast), information: access.informationDue() })
  const speaksAfter = (done: Result<void>) => (done.ok ? success(speaks()) : done)

  /**
   * Nothing is shown or copied out before the trace says so, by whom and by which way in it was asked; a refusal is traced too. What was refused, or
   * whose way in ended, while the line was written is not shown.
   */
  async function traced<T>(act: TraceAct, way: Consultation, object: string | null, read: Result<T>, detail?: string): Promise<Result<T>> {
    await note(act, way, object, read, detail)
    const stop = read.ok ? way.stop() : null
    if (!stop) return read
    await note(act, way, object, failure(stop), detail)
    return failure(stop)
  }

  /** By whom and by which way in, as they were when it was asked; of a refusal its code. */
  function note(act: TraceAct, way: Consultation, object: string | null, outcome: Result<unknown>, detail?: string): Promise<void> {
    const by = knownPartyOf(way.reader)
    return trace.byPerson(act, way.ins, object, outcome, { mode: modeOf(way.reader.party), ...(detail !== undefined && outcome.ok && { detail }), ...(by && { by }) })
  }

  /** That a patient is shown, or why not, to whoever reads. */
  function traceShown(way: Consultation): Promise<void> {
    const stop = way.stop()
    return note('record-shown', way, null, stop ? failure(stop) : success(undefined))
  }

  async function document(who: NamedPatient, uniqueId: string, act: 'document-opened' | 'document-copied', detail?: string): Promise<Result<ReadDocument & { way: Consultation }>> {
    const ins = insOf(who)
    if (!ins.ok) return ins
    const way = panel.consultation(ins.value)
    const wasKept = way.kept.fetched().has(uniqueId)
    const read = await traced(act, way, uniqueId, await readDocument(record, way, uniqueId, now), detail)
    // What was fetched may say more of the patient on screen.
    if (read.ok && !wasKept && mayHoldFacts(read.value.document)) facts.want(way, [uniqueId], true)
    return read.ok ? success({ way, ...read.value }) : read
  }

  const connector: Connector = {
    hl7: intake?.hl7 ?? null,
    async status() {
      const [counts, needsUser, oldest, lastDeposited] = await Promise.all([ledger.counts(), ledger.needsUser(), ledger.oldestActiveAt(), ledger.lastDepositedAt()])
      const clockWrong = sender?.clockWrong() ?? false
      const found = sender?.circuit() ?? { state: 'closed' as const, reason: null, retryAt: null }
      const circuit = clockWrong ? { ...found, state: 'open' as const, reason: 'clock-wrong' as const } : found
      const paused = sender?.paused() ?? null
      const remaining = counts.received + counts.ready + counts.sending + counts.uncertain
      const done = sender?.doneInThisRun() ?? 0
      return {
        version: options.version,
        schemaVersion: store.schemaVersion,
        state: foldGlobalState({ counts, needsUser, circuitOpen: circuit.state !== 'closed', circuitReason: circuit.reason, paused: paused !== null, classes: reasons }),
        training: environment === 'training',
        counts,
        total: Object.values(counts).reduce((sum, count) => sum + count, 0),
        oldestSeconds: oldest === null ? null : Math.max(0, (now() - oldest) / 1000),
        needsUser,
        circuit: { state: circuit.state, reason: circuit.reason, retryAt: circuit.retryAt === null ? null : new Date(circuit.retryAt).toISOString() },
        storage: { state: room?.state() ?? 'ok', freeBytes: room?.freeBytes() ?? 0 },
        clockOffsetSeconds: ((ms) => (ms === null ? null : Math.round(ms / 1000)))(record.clockOffsetMs()),
        restoredAt: restoredAt !== null && now() - restoredAt < restorationShownMs ? new Date(restoredAt).toISOString() : null,
        paused: paused === null ? null : { until: paused.until === null ? null : new Date(paused.until).toISOString() },
        progress: remaining > 0 ? { done, total: done + remaining } : null,
        sources: intake?.sources() ?? [],
        record: { name: config.name, url: new URL(recordAddress(config)).origin, ok: circuit.state === 'closed' ? (lastDeposited === null ? null : true) : false },
        lastExchangeAt: lastDeposited === null ? null : new Date(lastDeposited).toISOString(),
        practiceName: options.practice.structures[0]?.name ?? '',
        examsAvoided: avoidedExams.byMonth(),
        rulesRefused,
      }
    },
    events: (signal) => hub.subscribe(signal),
    async pause(until) {
      await sender?.pause(until)
      hub.tell('status')
    },
    async resume() {
      await sender?.resume()
      hub.tell('status')
    },
    items: {
      async list(query) {
        const page = await ledger.list({ limit: query.limit, cursor: query.cursor, ...(query.states ? { states: query.states } : {}), ...(query.reasons ? { reasons: query.reasons } : {}), ...(query.search ? { search: query.search } : {}) })
        return { items: page.rows.map(viewOf), next: page.next, total: page.total }
      },
      async get(id) {
        const row = await ledger.byId(id)
        if (!row) return failure('not-found')
        const lines = await ledger.trace(row)
        return success({ item: viewOf(row), inRecord: inRecordOf(lines), trace: lines, candidates: row.waiting_for === 'patient' ? candidatesOf(row, preparation) : [], mayFindPatient: mayFindPatient(row, preparation), typeChoices: typeChoicesOf(row, store), authorChoices: authorChoicesOf(row, preparation), chosen: { type: row.chosen_type, author: row.chosen_author, place: row.chosen_place }, mayBeSecret: offersSecretConnection(config) && isMinor(birthDateOf(row), now()) })
      },
      content: (id) => contents.content(id),
      async attachment(id, index) {
        const found = await contents.attachment(id, index)
        return found.ok ? success(blobOf(found.value.bytes, found.value.mediaType)) : found
      },
      async retry(which) {
        const rows = 'ids' in which ? (await Promise.all(which.ids.map((id) => ledger.byId(id)))).filter((row) => row !== null) : await ledger.stoppedBy(which.reason)
        if ('reason' in which && isBatchReason(which.reason) && freeUntil < now() + burstWindowMs) {
          // The rest of the batch that is still being copied goes with it.
          freeUntil = now() + burstWindowMs
          await ledger.remember('bursts free until', freeUntil)
        }
        return ledger.retryAll(rows, await retryRule(rows, ledger))
      },
      async hold(id) {
        const row = await ledger.byId(id)
        return row && (await ledger.hold(row)) ? success(undefined) : failure(whyNot(row))
      },
      async setVisibility(id, visibility) {
        if (visibility.masked && visibility.hiddenFromPatient) return failure('visibility-forbidden')
        const row = await ledger.byId(id)
        const unsecret = row && secretConnectionStop({ visibility, birthDate: birthDateOf(row), isOffered: offersSecretConnection(config), now: now() })
        if (unsecret) return failure(unsecret)
        return row && (await ledger.setVisibility(row, visibility)) ? success(undefined) : failure(whyNot(row))
      },
      async findPatients(id, typed) {
        const row = await ledger.byId(id)
        return row && mayFindPatient(row, preparation) ? success(findPatients(row, typed, preparation)) : failure('not-found')
      },
      async namedByText(id) {
        const row = await ledger.byId(id)
        return row ? success(await namedByText(row, preparation)) : failure('not-found')
      },
      async assignPatient(id, patientId) {
        return choosing(() => ledger.byId(id), (row) => (row.waiting_for === 'patient' ? choiceOf(row, patientId, preparation) : failure('not-found')), (row, as) => ledger.choosePatient(row, patientId, as))
      },
      async chooseType(id, typeCode) {
        return choosing(() => ledger.byId(id), (row) => typeChoiceOf(row, typeCode, store), (row, chosen) => ledger.chooseType(row, chosen))
      },
      async chooseAuthor(id, authorId, structureId) {
        return choosing(() => ledger.byId(id), (row) => authorChoiceOf(row, { authorId, structureId }, preparation), (row, chosen) => ledger.chooseAuthor(row, chosen.authorId, chosen.structureId))
      },
      async dismiss(id, why) {
        const row = await ledger.byId(id)
        return row && (await ledger.dismiss(row, why)) ? success(undefined) : failure(whyNot(row))
      },
      dismissHeld: async (reason, why) => ledger.dismissAll(await ledger.stoppedBy(reason), why),
    },
    panel: {
      async open(who) {
        const ins = frontOf(who)
        if (!ins.ok) return ins
        // Clears at once; what was kept is shown when the trace has it.
        panel.open(panelPatient(ins.value))
        await panel.told()
        return success(await withOutbox(panel.view()))
      },
      find: (typed) => findKnown(typed, preparation),
      close: () => panel.close(),
      view: () => withOutbox(panel.view()),
      documents(asked) {
        const { generation, documents } = panel.view()
        return generation === asked.generation && listName(documents) === asked.name ? documents : null
      },
      refresh: async () => withOutbox(await panel.refresh()),
      summary: () => summary.get(),
      summaryList: (asked) => told.list(asked),
      summaryLine: (asked) => told.line(asked),
      examAvoided(input) {
        const done = summary.tellAvoided(input)
        hub.tell('panel')
        hub.tell('status')
        return done
      },
      fetchAll: ({ generation }) => panel.fetchAll(generation),
    },
    medicines: { check: () => medicines.get() },
    access: {
      enter: (input) => shownAfter(access.enter(input)),
      leave: ({ generation }) => shownAfter(access.leave(generation)),
      stay: ({ generation }) => shownAfter(access.stay(generation)),
      authorise: (input) => shownAfter(access.authorise(input)),
      recordConsent: (input) => shownAfter(access.recordConsent(input)),
      async confirmInformation() {
        const shown = await shownAfter(access.confirmInformation())
        hub.tell('sign-in')
        return shown
      },
    },
    record: {
      async list(who, statuses) {
        const ins = insOf(who)
        if (!ins.ok) return ins
        const way = panel.consultation(ins.value)
        const read = await traced('record-shown', way, null, await readList(record, way, now, statuses ? { states: statuses } : {}), statuses?.join(','))
        // How the record stands was kept: what is on screen may be open no more.
        if (!read.ok) hub.tell('panel', atOnceMs)
        return read.ok ? success(read.value.documents) : read
      },
      async facts(who) {
        const ins = insOf(who)
        if (!ins.ok) return ins
        const way = panel.consultation(ins.value)
        const listed = await traced('record-shown', way, null, await readList(record, way, now))
        if (!listed.ok) return listed
        const found = await recordFacts(listed.value.documents, async (uniqueId) => {
          const over = way.stop()
          const read = over ? failure(over) : await traced('document-opened', way, uniqueId, await readDocument(record, way, uniqueId, now))
          return read.ok ? facts.of(way, uniqueId, read.value.bytes) : read
        })
        const stop = way.stop()
        return stop ? failure(stop) : success(found)
      },
      async search(who, asked) {
        const ins = insOf(who)
        if (!ins.ok) return ins
        // Where no program runs, what was kept may not be searchable yet.
        if (!options.active) await filler.settled()
        const way = panel.consultation(ins.value)
        const found = searchRecord(way, asked, now)
        if (found.ok && searches.isTold(way)) return found
        const shown = await traced('record-shown', way, null, found, 'search')
        if (shown.ok) searches.told(way)
        return shown
      },
      async get(who, uniqueId) {
        const read = await document(who, uniqueId, 'document-copied')
        return read.ok ? success(blobOf(read.value.bytes, read.value.document.mimeType)) : read
      },
      async open(who, uniqueId) {
        const read = await document(who, uniqueId, 'document-opened')
        return read.ok ? openDocument(read.value, panelPatient(read.value.way.ins), read.value.way.way) : read
      },
      way(who) {
        const ins = insOf(who)
        if (!ins.ok) return ins
        const consultation = panel.consultation(ins.value)
        const { way, entry, kept, reader: by } = consultation
        const standing = kept.standing()
        // Also when it was the record that closed it.
        const stop = consultation.stop() ?? (standing && readingStop(standing, by))
        return stop ? failure(stop) : success({ way, mode: entry?.mode ?? 'normal', since: entry ? new Date(entry.since).toISOString() : null, until: entry ? new Date(entry.until).toISOString() : null, reason: entry?.reason ?? null })
      },
      async look(who, uniqueId) {
        const ins = insOf(who)
        return ins.ok ? documentActs.look(ins.value, uniqueId) : ins
      },
      async change(who, uniqueId, act) {
        const ins = insOf(who)
        return ins.ok ? documentActs.change(ins.value, uniqueId, act) : ins
      },
      async attachment(who, uniqueId, index) {
        const read = await document(who, uniqueId, 'document-opened')
        if (!read.ok) return read
        const attachment = attachmentOf(read.value.bytes, index)
        if (!attachment.ok) return attachment
        return attachment.value ? success(blobOf(attachment.value.bytes, attachment.value.mediaType)) : failure('document-not-found')
      },
      async versions(who, uniqueId) {
        const ins = insOf(who)
        return ins.ok ? readVersions(record, panel.consultation(ins.value), uniqueId) : ins
      },
      async lots(who, since) {
        const ins = insOf(who)
        if (!ins.ok) return ins
        const way = panel.consultation(ins.value)
        return traced('record-shown', way, null, await readLots(record, way, since), 'lots')
      },
      async print(who, uniqueId) {
        const read = await document(who, uniqueId, 'document-copied', 'print')
        return read.ok ? success({ at: new Date(now()).toISOString(), way: read.value.way.way }) : read
      },
      async copy(who, uniqueId) {
        const folder = await checkCopyFolder(options.practice.copyFolder, options.watch)
        if (!folder.ok) return folder
        const read = await document(who, uniqueId, 'document-copied', 'folder')
        if (!read.ok) return read
        const { way, document: copied, bytes } = read.value
        const refuse = async (refused: Result<never>) => {
          await note('document-copied', way, uniqueId, refused, 'folder')
          return refused
        }
        const files = copiedFiles({ document: copied, bytes, patient: panelPatient(way.ins).label, copiedAt: new Date(now()).toISOString() })
        if (!files.ok) return refuse(files)
        // Before it is there to be met by what watches folders.
        await rememberCopy(ledger, files.value.sha256, { uniqueId, patient: files.value.patient })
        const stop = way.stop()
        const written = stop ? failure(stop) : await writeCopy(folder.value, files.value)
        return written.ok ? success({ folder: folder.value, file: files.value.name, sidecar: files.value.sidecar.name }) : refuse(written)
      },
    },
    myRecords,
    sheets,
    audit: {
      verify: () => audit.verify(),
      async export({ ins: typed, insOid, from, to }) {
        const ins = typed === undefined ? success(null) : insOf({ ins: typed, insOid })
        if (!ins.ok) return ins
        await trace.byPerson('trace-exported', ins.value, null, ins, { detail: `${from ?? ''}/${to ?? ''}` })
        return success(linesOf({ from: from === null ? null : Date.parse(from), to: to === null ? null : Date.parse(to), patient: ins.value }))
      },
      async attestation(who, { from, to }) {
        const ins = insOf(who)
        if (!ins.ok) return ins
        await trace.byPerson('trace-attested', ins.value, null, ins, { detail: `${from}/${to}` })
        const lines: TraceLine[] = []
        for await (const line of linesOf({ from: Date.parse(from), to: Date.parse(to), patient: ins.value })) lines.push(line)
        return success({
          patient: panelPatient(ins.value).label,
          reference: audit.referenceOf(ins.value),
          from,
          to,
          madeAt: new Date(now()).toISOString(),
          practiceName: options.practice.structures[0]?.name ?? '',
          lines: attestedLines(options.practice, lines),
          verdict: await audit.verify(),
        })
      },
    },
    signIn: {
      state: speaks,
      async start(professionalId) {
        const done = await signIn.start(professionalId)
        if (done.ok && professionalId !== undefined) await ledger.remember('asked to sign in', (askedLast = professionalId))
        return speaksAfter(done)
      },
      givePin: async (pin) => speaksAfter(await signIn.givePin(pin)),
      async choose(structure) {
        const done = signIn.choose(structure)
        const { holder } = signIn.view()
        if (done.ok && holder) {
          placeChosen = { by: holder.id, at: now() }
          sessionWaker?.chosen()
          await ledger.remember(situationOf(holder.id), structure)
        }
        return speaksAfter(done)
      },
      async end() {
        await signIn.end()
        return speaks()
      },
    },
    stop,
  }
  return connector

  /** Page by page, so that a long trace neither fills the memory nor holds the windows up; what is written meanwhile comes too. */
  async function* linesOf(query: { from: number | null; to: number | null; patient: InsId | null }): AsyncGenerator<TraceLine, void, void> {
    for (let page = audit.lines({ ...query, after: 0, limit: 500 }); page.length > 0; page = audit.lines({ ...query, after: page.at(-1)!.seq, limit: 500 })) yield* page
  }
}

/** When the patient an item names was born, as far as it says. */
function birthDateOf({ patient }: { readonly patient: string | null }): string | null {
  return patient === null ? null : (JSON.parse(patient) as PatientLabel).birthDate
}

/** What a person says of an item, where it may be said. What moved meanwhile (it was being prepared) is looked at again: their word counts until it left. */
async function choosing<Chosen>(find: () => Promise<ItemRow | null>, mayBe: (row: ItemRow) => Result<Chosen>, choose: (row: ItemRow, chosen: Chosen) => Promise<boolean>): Promise<Result<void>> {
  for (let left = choosingTries; left > 0; left -= 1) {
    const row = await find()
    if (!row) break
    const chosen = mayBe(row)
    if (!chosen.ok) return chosen.failure.code === 'not-found' ? failure(whyNot(row)) : chosen
    if (await choose(row, chosen.value)) return success(undefined)
  }
  return failure(whyNot(await find()))
}

/** Why an act on an item was not done. */
function whyNot(row: ItemRow | null): ReasonCode {
  return row && (row.attempts > 0 || row.state === 'sending' || row.state === 'uncertain' || row.state === 'deposited') ? 'already-left' : 'not-found'
}

function blobOf(bytes: Uint8Array, type: string): Blob {
  return new Blob([Uint8Array.from(bytes)], { type })
}
