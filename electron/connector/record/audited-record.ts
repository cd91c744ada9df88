import { modeOf, type Party } from '#shared/contract/index.ts'
import { actorOf, type AuditEvent, type TraceAct, type TraceMode, type TracePurpose } from '../audit/index.ts'
import { withEvidence } from './call-evidence.ts'
import type { InsId, MetadataChange, NationalRecord, Searched } from './port.ts'

/** The record as the program uses it: a deposit names its document, a reading its entry, for the trace. */
export type AuditedRecord = Omit<NationalRecord, 'send' | 'retrieve'> & {
  send(party: Party, ins: InsId, lot: Uint8Array, documents: readonly Uint8Array[], uniqueId: string): ReturnType<NationalRecord['send']>
  retrieve(party: Party, ins: InsId, which: Parameters<NationalRecord['retrieve']>[2] & { readonly entryUuid: string }): ReturnType<NationalRecord['retrieve']>
}

/** On whose behalf calls are made, and how their trace is written. */
export interface CallTrace {
  readonly origin: AuditEvent['origin']
  readonly purpose: TracePurpose
  /**
   * Called when the answer is in, before it is given: what it returns is awaited. A reading waits for its line to be synced; a sending returns
   * at once, and its line shares the commit that settles the item, asked for in the same turn.
   */
  readonly note: (event: AuditEvent) => Promise<void> | void
}

/**
 * The record, each call about a patient traced with its outcome. Every method of the port stands here by name, so that one that is added does
 * not compile until somebody has said how it is traced. `prepare` calls nobody; `probe` concerns no patient.
 */
export function auditedRecord(record: NationalRecord, { note, ...call }: CallTrace): AuditedRecord {
  const { transactions } = record
  type Told = Pick<AuditEvent, 'object' | 'detail' | 'type' | 'entryUuid'>
  type Found = Pick<AuditEvent, 'detail' | 'entryUuid'>

  async function traced<T>(act: TraceAct, party: Party, ins: InsId | null, told: Told, work: () => Promise<Searched<T>>, found: (value: T) => Found = () => ({})): Promise<Searched<T>> {
    const { evidence, ended } = await withEvidence(work)
    const made = { entryUuid: evidence.entryUuid ?? undefined, requestId: evidence.requestIds.join(' ') || undefined, responseCode: evidence.responseCode ?? undefined }
    const event = { act, actor: actorOf(party), patient: ins, mode: traceModeOf(party), ...made, ...told, ...call }
    if (ended.status === 'rejected') {
      await note({ ...event, outcome: 'unknown', code: 'bug' })
      throw ended.reason
    }
    const answer = ended.value
    if (answer.ok) {
      const { detail, ...also } = found(answer.value)
      const said = [detail, answer.warnings && `warnings:${answer.warnings.length}`].filter(Boolean).join(',')
      await note({ ...event, outcome: 'success', ...also, ...(said && { detail: said }) })
    }
    else await note({ ...event, outcome: answer.failure.class === 'uncertain' ? 'unknown' : 'failure', code: answer.failure.code })
    return answer
  }

  return {
    name: record.name,
    environment: record.environment,
    modes: record.modes,
    transactions,
    standing: (party, ins) => traced('record-status', party, ins, {}, () => record.standing(party, ins), ({ existence, authorisation }) => ({ detail: `${existence},${authorisation}` })),
    prepare: (deposit, documents) => record.prepare(deposit, documents),
    send: (party, ins, lot, documents, uniqueId) => traced('deposit', party, ins, { object: uniqueId, type: transactions.deposit(lot) }, () => record.send(party, ins, lot, documents), ({ entryUuid }) => (entryUuid === null ? {} : { entryUuid })),
    findDocuments: (party, ins, filter) => traced('search', party, ins, { type: transactions.documents }, () => record.findDocuments(party, ins, filter), (documents) => ({ detail: `documents:${documents.length}` })),
    findSubmissionSets: (party, ins, since) => traced('search', party, ins, { type: transactions.sets }, () => record.findSubmissionSets(party, ins, since), (sets) => ({ detail: `sets:${sets.length}` })),
    findAssociations: (party, ins, entryUuids) => traced('search', party, ins, { type: transactions.documents }, () => record.findAssociations(party, ins, entryUuids), (associations) => ({ detail: `associations:${associations.length}` })),
    findDocumentsWithAssociations: (party, ins, entryUuids) =>
      traced('search', party, ins, { type: transactions.documents }, () => record.findDocumentsWithAssociations(party, ins, entryUuids), ({ documents, associations }) => ({ detail: `documents:${documents.length},associations:${associations.length}` })),
    findByUniqueId: (party, ins, uniqueId) => traced('question', party, ins, { object: uniqueId, type: transactions.documents }, () => record.findByUniqueId(party, ins, uniqueId), (document) => (document ? { detail: 'there', entryUuid: document.entryUuid } : { detail: 'not-there' })),
    retrieve: (party, ins, which) => traced('retrieval', party, ins, { object: which.uniqueId, entryUuid: which.entryUuid, type: transactions.retrieval }, () => record.retrieve(party, ins, which), (bytes) => ({ detail: `bytes:${bytes.length}` })),
    authorise: (party, ins, act) => traced('authorisation', party, ins, { detail: act }, () => record.authorise(party, ins, act)),
    accessibleRecords: (party, asked) => traced('records-listed', party, null, { detail: listAsked(asked) }, () => record.accessibleRecords(party, asked), (records) => ({ detail: `${listAsked(asked)},records:${records.length}` })),
    changeMetadata: (party, ins, uniqueId, change) => traced('metadata-change', party, ins, { object: uniqueId, type: transactions.change, detail: wordOf(change) }, () => record.changeMetadata(party, ins, uniqueId, change), ({ entryUuid }) => (entryUuid === null ? {} : { entryUuid })),
    clockOffsetMs: () => record.clockOffsetMs(),
    probe: (party) => record.probe(party),
    dropConnections: () => record.dropConnections(),
    close: () => record.close(),
  }
}

/** How the record was entered, as the trace says it. */
function traceModeOf(party: Party): TraceMode {
  return party.secret === true ? 'secret' : modeOf(party)
}

/** Which list was asked for: by what, since which day. */
function listAsked({ by, since }: Parameters<NationalRecord['accessibleRecords']>[1]): string {
  return `${by},since:${since.slice(0, 10)}`
}

/** What was asked, in one word: `mask`, `unmask`, `archive`… */
function wordOf(change: MetadataChange): string {
  if (change.kind === 'mask') return change.masked ? 'mask' : 'unmask'
  if (change.kind === 'archive') return change.archived ? 'archive' : 'restore'
  return change.kind
}
