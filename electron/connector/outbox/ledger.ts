import type { DocumentAct, ItemCounts, ItemSource, ItemState, ItemTrace, ItemVisibility, PatientLabel, ReasonCode } from '#shared/contract/index.ts'
import type { ChosenAs, Frozen, Hold, ItemRow } from './item.ts'
import type { AnswerRecord } from './journal-record.ts'
import type { OutboxEvent } from './transition.ts'

/** What intake hands over: one document, or what should have been one. */
export interface Arrival {
  readonly source: ArrivalSource
  readonly bytes: Uint8Array
  readonly fileName: string
  /** What the source says beside the document; kept as it came (documents room: `DocumentHints`). */
  readonly hints: { readonly identity?: Readonly<Record<string, unknown>> | undefined; readonly refusal?: unknown } & Readonly<Record<string, unknown>>
  readonly file?: TakenFile | undefined
  /** Files read together with it (its sidecar), taken by the same transaction. */
  readonly alongside?: readonly TakenFile[] | undefined
  /** It came in a batch that a person has to free. */
  readonly hold?: Exclude<Hold, 'user'> | undefined
  /** It was found among the bytes after a return to an older database that knows nothing of it: it stands parked until a person has decided. */
  readonly forgotten?: true | undefined
}

/** Where it came from. `name` is what a person calls it, and may change; `id` is what a watched folder is known by, and does not. */
export interface ArrivalSource extends ItemSource {
  readonly id?: string | undefined
}

/** A watched folder, for what an older program took from it and knew by its name alone. */
export interface AdoptingFolder {
  readonly id: string
  /** Absolute: where it lies, and as it is written where it is watched. */
  readonly roots: readonly string[]
  /** What that program may have called it. */
  readonly names: readonly string[]
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

/** What the journal gives back that is not the queue's own. */
export interface Replayed {
  /** Raw bytes (by SHA-256) of messages and HL7 files, whose identities are to be applied again. */
  readonly raw: readonly string[]
  /** What patients answered in front of the panel, in the order they did. */
  readonly answers: readonly AnswerRecord[]
  /** Stretches and lines of the journal that could not be read, but for what a crash left unfinished and nobody was told of. */
  readonly unreadable: number
}

export interface Received {
  /** `beside`: what is said of a known document came too late, and stands where a person sees it. */
  readonly items: { readonly id: string; readonly outcome: 'stored' | 'duplicate' | 'beside' }[]
  readonly message: 'stored' | 'duplicate' | 'number-reused' | null
}

/** What makes two contents versions of one document, and which one this is. */
export interface VersionOf {
  readonly documentKey: string
  readonly version: number
  /** HL7 setId written in the CDA. */
  readonly setId: string
}

export interface Prepared {
  /** Gives the local patient; runs inside the same commit, so that learning one and freezing the item are one act. */
  readonly learnPatient: () => string | null
  readonly patient: PatientLabel
  /** Something a person may want to know that keeps nothing from going; said in the trace. */
  readonly note?: ReasonCode | undefined
  readonly frozen: Frozen
  readonly versionOf: VersionOf | null
  /** Null: its document has none; as it was when nothing is said. */
  readonly rendering?: string | null | undefined
}

/** What is known of a document before it may go: shown in the list whatever its state. */
export interface Recognised {
  readonly patientId?: string | null
  readonly patient?: PatientLabel | null
  readonly ins?: string | null
  readonly typeCode?: string | null
  readonly title?: string | null
  /** Null: its document has none. */
  readonly rendering?: string | null
}

export interface ListQuery {
  readonly states?: readonly ItemState[]
  readonly reasons?: readonly ReasonCode[]
  readonly search?: string
  readonly limit: number
  readonly cursor: string | null
}

/** What goes with a move, in the same commit. */
export interface MoveMore {
  readonly detail?: string | null
  /** A remark for the trace where the move has no reason of its own. */
  readonly note?: ReasonCode | undefined
  /** Milliseconds since the epoch, whole: another number is a bug, and the move is not made. */
  readonly nextAttemptAt?: number | null
  readonly also?: () => void
}

/**
 * The queue port: the durable book of all items. Every method is atomic; a promise that resolves is a commit that is synced. States
 * are moved by `transition` alone, whatever the engine. `sqlite-ledger.ts` is the engine of one computer; another one takes its place
 * by passing `ledger-contract.ts`.
 */
export interface Ledger {
  /**
   * Spools (synced) and journals, then records everything in one commit. The same content again is recorded as already received,
   * unless it corrects what was said of the first (`announced.ts`); what is said of a forgotten one is kept with it, and it stays parked.
   * Calls are recorded in the order they were made.
   */
  receive(arrivals: readonly Arrival[], message?: IncomingMessage): Promise<Received>
  /**
   * What the store's journal tells of after a return to an older database: arrivals it does not know come back under their ids, acts of a
   * person it does not know are done again, in their order; on what is in doubt, when the doubt ends with nothing found. With `everything`, of all that is not deposited the record is asked before anything is sent; without, acts are left
   * alone and the record is asked only about what came back.
   */
  replay(everything: boolean): Promise<Replayed>
  /** Every content (by SHA-256) that an item or a message names. */
  namedContents(): Promise<ReadonlySet<string>>
  isTaken(file: TakenFile): Promise<boolean>
  /** Has a file of this path been taken that held other bytes than these (SHA-256)? */
  heldOther(path: string, sha256: string): Promise<boolean>
  /** Has another version of this very path been taken? */
  isRewritten(file: TakenFile): Promise<boolean>
  /** Has a folder given these bytes (SHA-256), under this name or any, for nobody or unconfirmed? Whatever became of them since. */
  wasInDoubt(sha256: string, reference?: string): Promise<boolean>
  /** SHA-256 of the document this very file was first taken with; of itself, when it was taken alone; null when it was not. */
  saidOf(file: TakenFile): Promise<string | null>
  /** Where the document of these bytes (SHA-256) was taken before with the same size and time, and as which item; this very path apart. */
  takenElsewhere(file: TakenFile, sha256: string): Promise<readonly { readonly path: string; readonly id: string }[]>
  /** New documents of this watched folder (its id, else its name) received since then, as far as the last thousand arrivals tell. */
  recentFromFolder(folder: string, since: number): Promise<number>
  /**
   * Makes what an older program took from this folder the folder's: items of no known source whose file lay in it, under a name it had. They are versions
   * of what comes from it. Gives how many there were; a second time there are none.
   */
  adopt(folder: AdoptingFolder): Promise<number>
  /** Applies one event; false when the item is not where the event can happen (somebody else moved it). */
  apply(row: ItemRow, event: OutboxEvent, more?: MoveMore): Promise<boolean>
  /** Applies many in one commit; gives how many moved. */
  applyAll(moves: readonly { readonly row: ItemRow; readonly event: OutboxEvent; readonly more?: MoveMore }[]): Promise<number>
  /**
   * Freezes ids and bytes and makes the item ready. False when it moved, or when what was asked of it changed meanwhile. When it replaces
   * what is not here, its patient's versions that were set aside as older are looked at again.
   */
  freeze(row: ItemRow, prepared: Prepared): Promise<boolean>
  recognise(row: ItemRow, known: Recognised): Promise<void>
  /** Something a person may want to know that moves nothing: said in the trace. */
  remark(row: ItemRow, reason: ReasonCode): Promise<void>
  /**
   * Keeps the signed lot of this very document, once, and makes the item `sending`, counted and synced before the first byte.
   * `guard` is asked inside the commit; a code stops the item instead. The row as it is now, null when it does not go.
   */
  startSending(row: ItemRow, lotSha256: string, guard: (row: ItemRow) => ReasonCode | null): Promise<ItemRow | null>
  /** Drops a lot that surely never reached the record, so that it is built anew (a replaced entry changes its id). */
  forgetLot(row: ItemRow): Promise<void>
  countAbsentLook(row: ItemRow): Promise<void>
  setEntryUuid(row: ItemRow, entryUuid: string | null): void
  /** What an act done here made of a deposited document in the record: who sees it now, and the act in its trace. False when none of this id was deposited. */
  noteInRecord(uniqueId: string, act: DocumentAct, visibility: ItemVisibility): Promise<boolean>
  /** The program died while working on it: counted; the count goes back to zero when the work is done. Gives it. */
  countCrash(seq: number): Promise<{ row: ItemRow; crashes: number } | null>
  /** A person says whose it is: only while it waits for that and was never sent. It goes back on its way. `as`: by what they are found again, and how. */
  choosePatient(row: ItemRow, patientId: string, as?: ChosenAs): Promise<boolean>
  /** A person says what type it is: only while it stands for want of one and was never sent. It goes back on its way. */
  chooseType(row: ItemRow, typeCode: string): Promise<boolean>
  /** A person says who of the practice wrote it, and in which of their places: only while it stands for want of that and was never sent. It goes back on its way. */
  chooseAuthor(row: ItemRow, authorId: string, structureId?: string): Promise<boolean>
  /** A person chooses who sees it, before any send. It is prepared anew. */
  setVisibility(row: ItemRow, visibility: ItemVisibility): Promise<boolean>
  /** A person holds it back, before any send. */
  hold(row: ItemRow): Promise<boolean>
  /** A person sets it aside for good; its bytes are kept. */
  dismiss(row: ItemRow, why: string | null): Promise<boolean>
  /** Many in one commit, those nobody moved since they were read; gives how many were set aside. */
  dismissAll(rows: readonly ItemRow[], why: string): Promise<number>
  /** A person puts many back on their way in one commit, freed if they were held; gives how many moved. */
  retryAll(rows: readonly ItemRow[], rebuild: (row: ItemRow) => boolean): Promise<number>
  /** No wait may end later than `latest`: after a jump of the clock. */
  bringForward(latest: number): Promise<void>
  /** What waited for the network goes now. */
  networkIsBack(): Promise<void>
  byId(id: string): Promise<ItemRow | null>
  inState(state: ItemState, after: number, limit: number): Promise<ItemRow[]>
  /** Ready items whose lane is free: oldest, newest and tried before, in turns. Without `suspects`, none the program died on. */
  claimable(limit: number, suspects?: boolean): Promise<ItemRow[]>
  due(kind: 'uncertain' | 'waiting', limit: number): Promise<ItemRow[]>
  /** The next instant after this one at which something falls due. */
  nextDueAt(after: number): Promise<number | null>
  waitingForPatient(): Promise<ItemRow[]>
  childrenWaiting(uniqueId: string): Promise<ItemRow[]>
  /** Is there a document that names this one as what it replaces? */
  isAwaited(uniqueId: string): Promise<boolean>
  stoppedBy(reason: ReasonCode): Promise<ItemRow[]>
  /** Those that may go or may be in the record; what was set aside without a doubt has no claim to its id. */
  othersWithUniqueId(uniqueId: string, seq: number): Promise<{ id: string; state: ItemState; content_sha256: string }[]>
  /** What the files of this item (its own, its sidecar) were last taken for before it; null when they were not. */
  lastOfFiles(item: Pick<ItemRow, 'seq'>): Promise<ItemRow | null>
  /** When the first of its files was written, as they were taken; of what came by no file, when it was received. Milliseconds since the epoch. */
  writtenAt(item: Pick<ItemRow, 'seq' | 'received_at'>): Promise<number>
  /** Of those, the ones of the same content for the same INS, whatever id they have: oldest first. */
  othersOfContent(item: Pick<ItemRow, 'seq' | 'content_sha256'>, ins: string): Promise<ItemRow[]>
  /**
   * Those of one of these renderings that the INS has and that have a claim, or that a person set aside; and those found again after a return to an
   * older database of which nobody knows whose they are: oldest first.
   */
  othersOfRendering(item: Pick<ItemRow, 'seq'>, ins: string, renderings: readonly string[]): Promise<ItemRow[]>
  /** Of the same, those of which no rendering was looked for yet: items of older programs, and what was stopped before. */
  unrendered(ins: string): Promise<Pick<ItemRow, 'seq' | 'content_sha256'>[]>
  /** Keeps what was found of them; null when a document has none. */
  noteRenderings(found: readonly { readonly seq: number; readonly rendering: string | null }[]): Promise<void>
  /** The newest version of the same document that went or may go; null when this is the first. */
  latestOf(documentKey: string, seq: number): Promise<ItemRow | null>
  /** The versions of the same document that went or may go and arrived last before, first after this one: for a source that numbers nothing. */
  arrivedAround(documentKey: string, seq: number): Promise<{ before: ItemRow | null; after: ItemRow | null }>
  /** Does this document replace that one, in any number of steps? Then that one cannot replace it. */
  replacesInTurn(uniqueId: string, replaced: string): Promise<boolean>
  counts(): Promise<ItemCounts>
  oldestActiveAt(): Promise<number | null>
  needsUser(): Promise<{ reason: ReasonCode; count: number }[]>
  lastDepositedAt(): Promise<number | null>
  /** How many documents of a patient go by themselves, and how many stand until a person acts (`needsPerson`). */
  ofPatient(ins: string): Promise<{ onTheirWay: number; needsUser: number }>
  /** Documents of a patient of this type that are not in the record, or went there since `depositedSince` (milliseconds); those set aside are neither. Newest first. */
  ofPatientAndType(ins: string, typeCode: string, depositedSince: number): Promise<ItemRow[]>
  /** Was a document of this INS that is deposited sent, or told deposited, between these instants (milliseconds, the second not included)? */
  hasDeposited(ins: string, from: number, until: number): Promise<boolean>
  /** A patient's documents of these types that are not settled, or came since then; what was set aside is none. In the order they came. */
  ofTypes(ins: string, typeCodes: readonly string[], since: number): Promise<Pick<ItemRow, 'id' | 'type_code' | 'title' | 'content_sha256'>[]>
  list(query: ListQuery): Promise<{ rows: ItemRow[]; next: string | null; total: number }>
  trace(row: ItemRow): Promise<ItemTrace[]>
  /** Small things the program keeps of itself over a restart; null forgets. */
  remember(name: string, value: unknown): Promise<void>
  recall(name: string): Promise<unknown>
  /** `remember` of what a person decided: journaled before it counts, so that a return to an older database does not undo it. */
  decide(name: string, value: unknown): Promise<void>
  /** Called after each commit that took something in or moved an item; `received`: there is something to prepare. */
  onChange(listener: (change: { readonly received: boolean }) => void): () => void
}
