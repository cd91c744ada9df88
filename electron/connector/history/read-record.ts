import { failure, success, type ReasonCode, type RecordDocument, type RecordSearch, type RecordStanding, type Result } from '#shared/contract/index.ts'
import { codedType } from '#shared/terminology/index.ts'
import type { AuditedRecord, DocumentFilter, InsId } from '../record/index.ts'
import { asRead } from './as-read.ts'
import { byDate } from './by-date.ts'
import { inForce, isInForce, ofStates, statesToAsk } from './document-states.ts'
import type { Entry } from './panel.ts'
import { permissionOf, readingStop, type Reader } from './reading-stop.ts'
import type { KeptReading } from './readings.ts'
import { isDeclaredStructured } from './record-facts.ts'
import type { Asked } from './search/passages.ts'
import { whoseDocument, type KnownPatient } from './whose-document.ts'

/** One way into one patient's record, taken once for all of a question: who reads, what they were shown before, and whether they still may. */
export interface Consultation {
  /** Another name, another reader or another entry. */
  readonly way: string
  readonly ins: InsId
  /** The entry it goes by, and until when it lasts if nobody looks; null = the normal one. */
  readonly entry: (Pick<Entry, 'mode' | 'reason' | 'since'> & { readonly until: number }) | null
  readonly reader: Reader
  readonly kept: KeptReading
  /** What is known here of the patient; absent = nothing, and a document that gives another INS is another's. */
  readonly known?: () => KnownPatient
  /** The patient's word and the way in as they are now: asked again when an answer is in, which may have become nobody's to see. */
  stop(): ReasonCode | null
}

/** Which list, and what is done while it is on its way. */
export interface ListOptions {
  readonly states?: readonly RecordDocument['status'][]
  readonly whileAsked?: () => void
}

/**
 * Reads one patient's list from the record (TD0.2 then TD3.1) and keeps it. A record that is absent or closed, or a
 * professional the patient has blocked, is a failure with its own code: never an empty list. A consent to be renewed closes the documents, not the
 * question how the record stands. What the record warned of is kept with the list. An answer that comes after a refusal, or once this way in is over, is neither kept nor given. Of other `states` than
 * what is in force nothing is kept. `whileAsked`: the record lets the reader in, and the list, which may be long, is asked for.
 */
export async function readList(record: AuditedRecord, consultation: Consultation, now: () => number, { states = inForce, whileAsked }: ListOptions = {}): Promise<Result<{ documents: RecordDocument[]; standing: RecordStanding }>> {
  const { reader, ins, kept } = consultation
  const before = consultation.stop()
  if (before && before !== 'consent-to-renew') return failure(before)
  if (!before) kept.look(now())
  const standing = asRead(await record.standing(reader.party, ins))
  const meanwhile = consultation.stop()
  if (meanwhile && meanwhile !== 'consent-to-renew') return failure(meanwhile)
  if (!standing.ok) return standing
  kept.keepStanding(standing.value, now())
  const stop = meanwhile ?? readingStop(standing.value, reader)
  if (stop) return failure(stop)
  const asked = record.findDocuments(reader.party, ins, { statuses: statesToAsk(states) })
  whileAsked?.()
  const warned = await asked
  const found = asRead(warned)
  const since = consultation.stop()
  if (since) return failure(since)
  if (!found.ok) return found
  const documents = byDate(ofStates(found.value, states))
  const { warnings } = warned
  // A list that may not be whole and has nothing says nothing: it is no empty one.
  if (warnings && documents.length === 0) return failure('record-too-many-results', { recordText: warnings.join(' | ') })
  if (isInForce(states)) kept.keep({ documents, standing: standing.value, loadedAt: now(), ...(warnings && { warnings }) })
  return success({ documents, standing: standing.value })
}

/** Types of what sums a patient up: VSM, IPS-FR and the one of a home for the elderly (JDV_J66). */
const summaryTypes = ['SYNTH', '60591-5', '74207-2'].flatMap((code) => codedType(code) ?? [])
/** What is recent, in milliseconds: 31 days. Of whoever has a long list that is some documents; more would be as long to come as the list. */
const recentMs = 31 * 86_400_000
/** Documents a beginning has at most, whatever the record answers. */
const mostOfBeginning = 20

/**
 * Reads what tells most soonest of a patient whose list is long to come (TD3.1): what sums them up, else what is recent, as far as it is declared
 * structured, and keeps it as the beginning of the list. False when there is nothing of the kind, when it is wanted no more, or for whom the record has
 * let in since no longer.
 */
export async function readFirst(record: AuditedRecord, { reader, ins, kept, ...way }: Consultation, now: () => number, isWanted: () => boolean): Promise<boolean> {
  const since = new Date(now() - recentMs).toISOString().slice(0, 10)
  const questions: readonly { readonly asked: DocumentFilter; readonly isMeant: (document: RecordDocument) => boolean }[] = [
    { asked: { typeCodes: summaryTypes }, isMeant: ({ typeCode }) => summaryTypes.some(({ code }) => code === typeCode) },
    { asked: { serviceStartFrom: since.replaceAll('-', '') }, isMeant: ({ serviceStartTime, creationTime }) => (serviceStartTime ?? creationTime) >= since },
  ]
  for (const { asked, isMeant } of questions) {
    const found = await record.findDocuments(reader.party, ins, { statuses: ['approved'], ...asked })
    const standing = kept.standing()
    if (!found.ok || !isWanted() || way.stop() || !standing || readingStop(standing, reader)) return false
    const documents = byDate(found.value.filter((document) => isDeclaredStructured(document) && isMeant(document))).slice(0, mostOfBeginning)
    if (documents.length === 0) continue
    kept.begin({ documents, standing }, now())
    return true
  }
  return false
}

/** A document of the patient whose record is read. */
export interface ReadDocument {
  readonly document: RecordDocument
  readonly bytes: Uint8Array
  /** It gives another INS than theirs, and is theirs by what is known here of them. */
  readonly isUnderAnotherNumber: boolean
}

/**
 * The exact bytes of one document: from what was kept, else from the record (TD3.2), then kept. Refused as `readList` refuses; one that is another
 * patient's by what it says itself is neither given nor kept (`document-of-another`).
 */
export async function readDocument(record: AuditedRecord, consultation: Consultation, uniqueId: string, now: () => number): Promise<Result<ReadDocument>> {
  const { reader, ins, kept } = consultation
  const whose = (bytes: Uint8Array) => whoseDocument(bytes, ins, consultation.known?.() ?? null)
  const before = consultation.stop()
  if (before) return failure(before)
  kept.look(now())
  const standing = kept.standing()
  const listed = kept.listed(uniqueId)
  const permission = permissionOf('read', reader, standing)
  if (!permission.allowed) return failure(permission.reason)
  // Whoever may not read as the record last said gets nothing of what was kept: the record is asked, and decides.
  const stored = listed && !(standing && readingStop(standing, reader)) ? kept.content(uniqueId) : null
  if (listed && stored) {
    const of = whose(stored)
    if (of !== 'of-another') return success({ document: listed, bytes: stored, isUnderAnotherNumber: of !== 'theirs' })
    kept.forgetContent(uniqueId)
    return failure('document-of-another')
  }
  let document = listed
  if (!document) {
    const found = asRead(await record.findByUniqueId(reader.party, ins, uniqueId))
    if (!found.ok) return found
    if (!found.value) return failure('document-not-found')
    if (found.value.status === 'deleted') return failure('document-deleted')
    document = found.value
    const meanwhile = consultation.stop()
    if (meanwhile) return failure(meanwhile)
  }
  const bytes = asRead(await record.retrieve(reader.party, ins, { uniqueId, entryUuid: document.entryUuid, repositoryUniqueId: document.repositoryUniqueId, hash: document.hash }))
  const since = consultation.stop()
  if (since) return failure(since)
  if (!bytes.ok) return bytes
  const of = whose(bytes.value)
  if (of === 'of-another') return failure('document-of-another')
  kept.keepContent(uniqueId, bytes.value)
  return success({ document, bytes: bytes.value, isUnderAnotherNumber: of !== 'theirs' })
}

/**
 * Looks for words in what was kept of one patient's record, in titles alone for who may read no document; nothing is asked of the record. Refused as
 * `readList` refuses, by what the record said of itself last.
 */
export function searchRecord({ reader, kept, ...way }: Consultation, { words, limit }: Pick<Asked, 'words' | 'limit'>, now: () => number): Result<RecordSearch> {
  const before = way.stop()
  if (before) return failure(before)
  const standing = kept.standing()
  const stop = standing ? readingStop(standing, reader) : null
  if (stop) return failure(stop)
  const permission = permissionOf('search', reader, standing)
  if (!permission.allowed) return failure(permission.reason)
  kept.look(now())
  // The beginning of a list is no place where something is not found.
  if (kept.get().loadedAt === null) return success({ found: [], total: 0, searched: { titles: 0, texts: 0 } })
  return success(kept.search({ words, limit, inTexts: permissionOf('read', reader, standing).allowed }))
}
