import type { Party, Result } from '#shared/contract/index.ts'
import { actorOf, type AuditEvent, type TraceAct, type TraceMode, type TracePurpose } from '../audit/index.ts'
import type { InsId, NationalRecord } from './port.ts'

/** The record as the program uses it: a deposit names its document, for the trace. */
export type AuditedRecord = Omit<NationalRecord, 'send'> & {
  send(party: Party, ins: InsId, lot: Uint8Array, document: Uint8Array, uniqueId: string): ReturnType<NationalRecord['send']>
}

/** On whose behalf calls are made, and how their trace is written. */
export interface CallTrace {
  readonly origin: AuditEvent['origin']
  readonly purpose: TracePurpose
  readonly mode: TraceMode
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
  type Told = Pick<AuditEvent, 'object' | 'detail'>

  async function traced<T>(act: TraceAct, party: Party, ins: InsId, told: Told, work: Promise<Result<T>>, found: (value: T) => string | undefined = () => undefined): Promise<Result<T>> {
    const event = { act, actor: actorOf(party), patient: ins, ...told, ...call }
    let answer: Result<T>
    try {
      answer = await work
    } catch (error) {
      await note({ ...event, outcome: 'unknown', code: 'bug' })
      throw error
    }
    if (answer.ok) await note({ ...event, outcome: 'success', detail: found(answer.value) })
    else await note({ ...event, outcome: answer.failure.class === 'uncertain' ? 'unknown' : 'failure', code: answer.failure.code })
    return answer
  }

  return {
    name: record.name,
    environment: record.environment,
    standing: (party, ins) => traced('record-status', party, ins, {}, record.standing(party, ins), ({ existence, authorisation }) => `${existence},${authorisation}`),
    prepare: (deposit, document) => record.prepare(deposit, document),
    send: (party, ins, lot, document, uniqueId) => traced('deposit', party, ins, { object: uniqueId }, record.send(party, ins, lot, document)),
    findDocuments: (party, ins, filter) => traced('search', party, ins, {}, record.findDocuments(party, ins, filter), (documents) => `documents:${documents.length}`),
    findByUniqueId: (party, ins, uniqueId) => traced('question', party, ins, { object: uniqueId }, record.findByUniqueId(party, ins, uniqueId), (document) => (document ? 'there' : 'not-there')),
    retrieve: (party, ins, which) => traced('retrieval', party, ins, { object: which.uniqueId }, record.retrieve(party, ins, which), (bytes) => `bytes:${bytes.length}`),
    clockOffsetMs: () => record.clockOffsetMs(),
    probe: (party) => record.probe(party),
    dropConnections: () => record.dropConnections(),
    close: () => record.close(),
  }
}
