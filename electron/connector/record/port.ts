import type { AccessMode } from '#shared/terminology/index.ts'
import type { DocumentMetadata, Party, RecordDocument, RecordStanding, ReferenceId, Result } from '#shared/contract/index.ts'

/** A qualified patient identifier: 15 characters with key, and its OID. */
export interface InsId {
  readonly value: string
  readonly oid: string
}

/** One document of a lot. */
export interface DepositedDocument {
  readonly metadata: DocumentMetadata
  /** entryUUID of the document to replace (RPLC), asked from the record just before. */
  readonly replacesEntryUuid: string | null
}

/** What is frozen before the first send. Ids are given by the outbox, never made here. */
export interface Deposit {
  readonly party: Party
  /** OID of the submission set, one per item, the same at every try. */
  readonly submissionSetId: string
  /** Milliseconds since the epoch; frozen with the lot. */
  readonly submittedAt: number
  /** At least one, all of one patient. */
  readonly documents: readonly DepositedDocument[]
}

export interface DepositReceipt {
  /** entryUUID when the record's answer gives it; the XDS.b answer does not. */
  readonly entryUuid: string | null
  readonly warnings: readonly string[]
}

/** What a search brought. With `warnings`, what the record warned of beside its success in its own words (dmp-interface.md 1.8), it may not be the whole of it. */
export type Searched<T> = Result<T> & { readonly warnings?: readonly string[] }

/** What to look for (ITI-18, ITI-67). Times are UTC DTM; without a filter, what is approved. */
export interface DocumentFilter {
  /** Default: approved only (EX_3.1-1020). Any may be asked by whoever may search (dmp-interface.md 1.7): what was deleted is still there, and the record decides who sees it. */
  readonly statuses?: readonly RecordDocument['status'][]
  readonly typeCodes?: readonly { code: string; system: string }[]
  readonly classCodes?: readonly { code: string; system: string }[]
  readonly eventCodes?: readonly { code: string; system: string }[]
  /** Documents that refer to any of these (FindDocumentsByReferenceId). FHIR looks by number and who gave it: it cannot be told of its kind. */
  readonly referenceIds?: readonly ReferenceId[]
  readonly creationFrom?: string
  readonly creationTo?: string
  readonly serviceStartFrom?: string
  readonly serviceStartTo?: string
}

/** One lot as the registry lists it. */
export interface SubmissionSet {
  readonly uniqueId: string
  readonly entryUuid: string
  readonly submissionTime: string
  /** entryUUIDs of the documents it holds; null when the record was not asked for them. */
  readonly documents: readonly string[] | null
}

/** How two documents, or a lot and its document, hold together. */
export interface Association {
  readonly type: 'has-member' | 'replaces' | 'transforms' | 'appends' | 'signs' | 'other'
  readonly source: string
  readonly target: string
}

/** What a professional may do with their own authorisation (TD0.3); always an explicit act of the user. */
export type AuthorisationAct = 'add' | 'remove' | 'become-treating-doctor' | 'leave-treating-doctor'

/** A record the professional may access (TD0.4). Dates are ISO 8601; null = not said. */
export interface AccessibleRecord {
  readonly ins: InsId
  readonly birthName: string | null
  readonly givenName: string | null
  readonly usedName: string | null
  readonly birthDate: string | null
  readonly isTreatingDoctor: boolean
  readonly lastAccessAt: string | null
  readonly lastAddAt: string | null
}

/** A change of a deposited document's metadata (TD3.3a to d, ITI-57). Nothing of the document itself changes. */
export type MetadataChange =
  | { readonly kind: 'mask'; readonly masked: boolean }
  | { readonly kind: 'show-to-patient' }
  | { readonly kind: 'show-to-representatives' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'archive'; readonly archived: boolean }

/** Names of transactions (ITI-18, ITI-67…). A deposit is named by the lot that was frozen; of one that cannot be read, by what the tongue does as a rule. */
export interface RecordTransactions {
  readonly documents: string
  readonly sets: string
  readonly retrieval: string
  readonly change: string
  readonly deposit: (lot: Uint8Array) => string
}

/**
 * The national record, whatever its tongue (XDS.b today, FHIR tomorrow). Every expected failure is a value; its class tells
 * what may be done next. `record-no-answer`, `record-answer-invalid` and `record-fault` mean "perhaps done": ask
 * `findByUniqueId` before sending again.
 */
export interface NationalRecord {
  readonly name: string
  readonly environment: 'training' | 'production'
  /** Ways of entering a patient's record it can be told of, by `party.mode`; any other call fails `mode-not-offered` without being made. */
  readonly modes: readonly AccessMode[]
  /** By which transaction of its tongue each kind of call is made, as a trace names it. */
  readonly transactions: RecordTransactions
  /** TD0.2: existence, closure, my authorisation. */
  standing(party: Party, ins: InsId): Promise<Result<RecordStanding>>
  /** Builds and signs the lot once. The bytes given back are stored and sent as they are at every try; only the VIHF is renewed. */
  prepare(deposit: Deposit, documents: readonly Uint8Array[]): Promise<Result<Uint8Array>>
  /** TD2.1, and TD2.2 for a member of staff: the same message, told apart by who speaks (ITI-41). `documents` and `lot` are exactly what `prepare` took and gave. */
  send(party: Party, ins: InsId, lot: Uint8Array, documents: readonly Uint8Array[]): Promise<Result<DepositReceipt>>
  /** TD3.1 (ITI-18 FindDocuments, FindDocumentsByReferenceId). Needs a professional: a structure gets `reading-needs-professional`, a member of staff `staff-card-deposits-only`, without a call. */
  findDocuments(party: Party, ins: InsId, filter?: DocumentFilter): Promise<Searched<RecordDocument[]>>
  /** TD3.1 (ITI-18 FindSubmissionSets): lots since an instant (UTC DTM), the only way to ask by date of submission. */
  findSubmissionSets(party: Party, ins: InsId, since: string): Promise<Searched<SubmissionSet[]>>
  /** TD3.1 (ITI-18 GetAssociations): of these entryUUIDs. */
  findAssociations(party: Party, ins: InsId, entryUuids: readonly string[]): Promise<Result<Association[]>>
  /** TD3.1 (ITI-18 GetDocumentsAndAssociations): these entryUUIDs, whatever their status, and what ties them to others. */
  findDocumentsWithAssociations(party: Party, ins: InsId, entryUuids: readonly string[]): Promise<Result<{ documents: RecordDocument[]; associations: Association[] }>>
  /** TD3.1b (ITI-18 GetDocuments): is this uniqueId there? Allowed to a structure and to staff. `null` = not there; never of an answer that came with a warning, nor of one that holds other documents alone: both are `record-answer-invalid`. */
  findByUniqueId(party: Party, ins: InsId, uniqueId: string): Promise<Result<RecordDocument | null>>
  /** TD3.2 (ITI-43): the exact bytes; their hash is checked when known. */
  retrieve(party: Party, ins: InsId, which: { uniqueId: string; repositoryUniqueId: string; hash: string | null }): Promise<Result<Uint8Array>>
  /** TD0.3: declares or removes this professional's own authorisation. Gives the record's own words, if any. Normal mode only. */
  authorise(party: Party, ins: InsId, act: AuthorisationAct): Promise<Result<{ text: string | null }>>
  /** TD0.4: the records this party may access, those authorised or changed since an instant (ISO 8601). */
  accessibleRecords(party: Party, query: { readonly since: string; readonly by: 'last-authorisation' | 'last-document' }): Promise<Result<AccessibleRecord[]>>
  /** TD3.3a to d (ITI-57). The document's current entryUUID is asked from the record just before. Gives the new one when told. */
  changeMetadata(party: Party, ins: InsId, uniqueId: string, change: MetadataChange): Promise<Result<{ entryUuid: string | null }>>
  /** How far this computer's clock is ahead of the record's, from the last answer of any call (milliseconds, to the second); null before one. */
  clockOffsetMs(): number | null
  /** Asks the record for nothing but its time and whether it is there. */
  probe(party: Party): Promise<Result<void>>
  /** Forgets kept connections: after a sleep or a change of network they are dead without saying so. Calls under way end as lost. */
  dropConnections(): Promise<void>
  close(): Promise<void>
}
