import type { DocumentMetadata, Party, RecordDocument, RecordStanding, Result } from '#shared/contract/index.ts'

/** A qualified patient identifier: 15 characters with key, and its OID. */
export interface InsId {
  readonly value: string
  readonly oid: string
}

/** What is frozen before the first send. Ids are given by the outbox, never made here. */
export interface Deposit {
  readonly party: Party
  /** OID of the submission set, one per item, the same at every try. */
  readonly submissionSetId: string
  /** Milliseconds since the epoch; frozen with the lot. */
  readonly submittedAt: number
  readonly document: DocumentMetadata
  /** entryUUID of the document to replace (RPLC), asked from the record just before. */
  readonly replacesEntryUuid: string | null
}

export interface DepositReceipt {
  /** entryUUID when the record's answer gives it; the XDS.b answer does not. */
  readonly entryUuid: string | null
  readonly warnings: readonly string[]
}

export interface DocumentFilter {
  /** Default: approved only (EX_3.1-1020). */
  readonly statuses?: readonly ('approved' | 'deprecated' | 'archived')[]
  readonly typeCodes?: readonly { code: string; system: string }[]
  /** UTC DTM. */
  readonly serviceStartFrom?: string
}

/**
 * The national record, whatever its tongue (XDS.b today, FHIR tomorrow). Every expected failure is a value; its class tells
 * what may be done next. `record-no-answer`, `record-answer-invalid` and `record-fault` mean "perhaps done": ask
 * `findByUniqueId` before sending again.
 */
export interface NationalRecord {
  readonly name: string
  readonly environment: 'training' | 'production'
  /** TD0.2: existence, closure, my authorisation. */
  standing(party: Party, ins: InsId): Promise<Result<RecordStanding>>
  /** Builds and signs the lot once. The bytes given back are stored and sent as they are at every try; only the VIHF is renewed. */
  prepare(deposit: Deposit, document: Uint8Array): Promise<Result<Uint8Array>>
  /** TD2.1 (ITI-41). `document` and `lot` are exactly what `prepare` took and gave. */
  send(party: Party, ins: InsId, lot: Uint8Array, document: Uint8Array): Promise<Result<DepositReceipt>>
  /** TD3.1 (ITI-18 FindDocuments). Needs a professional: a structure gets `reading-needs-professional` without a call. */
  findDocuments(party: Party, ins: InsId, filter?: DocumentFilter): Promise<Result<RecordDocument[]>>
  /** TD3.1b (ITI-18 GetDocuments): is this uniqueId there? Allowed to a structure. `null` = not there. */
  findByUniqueId(party: Party, ins: InsId, uniqueId: string): Promise<Result<RecordDocument | null>>
  /** TD3.2 (ITI-43): the exact bytes; their hash is checked when known. */
  retrieve(party: Party, ins: InsId, which: { uniqueId: string; repositoryUniqueId: string; hash: string | null }): Promise<Result<Uint8Array>>
  /** How far this computer's clock is ahead of the record's, from the last answer of any call (milliseconds, to the second); null before one. */
  clockOffsetMs(): number | null
  /** Asks the record for nothing but its time and whether it is there. */
  probe(party: Party): Promise<Result<void>>
  /** Forgets kept connections: after a sleep or a change of network they are dead without saying so. Calls under way end as lost. */
  dropConnections(): Promise<void>
  close(): Promise<void>
}
