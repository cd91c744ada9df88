import { failure, success, type RecordDocument, type RecordStanding, type Result } from '#shared/contract/index.ts'
import type { AuditedRecord, InsId } from '../record/index.ts'
import { permissionOf, readingStop, type Reader } from './reading-stop.ts'
import type { Readings } from './readings.ts'

/** Newest first: by care date when the document has one, then by creation. */
export function byDate(documents: readonly RecordDocument[]): RecordDocument[] {
  const key = (document: RecordDocument) => `${document.serviceStartTime ?? document.creationTime}|${document.creationTime}|${document.uniqueId}`
  return [...documents].sort((a, b) => (key(a) < key(b) ? 1 : -1))
}

/**
 * Reads one patient's list from the record (TD0.2 then TD3.1) and keeps it. A record that is absent or closed, or a
 * professional the patient has blocked, is a failure with its own code: never an empty list.
 */
export async function readList(record: AuditedRecord, readings: Readings, reader: Reader, ins: InsId, now: () => number): Promise<Result<{ documents: RecordDocument[]; standing: RecordStanding }>> {
  const standing = await record.standing(reader.party, ins)
  if (!standing.ok) return standing
  readings.keepStanding(ins, standing.value, now())
  const stop = readingStop(standing.value, reader)
  if (stop) return failure(stop)
  const found = await record.findDocuments(reader.party, ins, { statuses: ['approved'] })
  if (!found.ok) return found
  const documents = byDate(found.value)
  readings.keep(ins, { documents, standing: standing.value, loadedAt: now() })
  return success({ documents, standing: standing.value })
}

/** The exact bytes of one document: from what was kept, else from the record (TD3.2), then kept. */
export async function readDocument(record: AuditedRecord, readings: Readings, reader: Reader, ins: InsId, uniqueId: string): Promise<Result<{ document: RecordDocument; bytes: Uint8Array }>> {
  const { documents, standing } = readings.get(ins)
  const listed = documents.find((document) => document.uniqueId === uniqueId)
  if (reader.party.kind === 'structure') return failure('reading-needs-professional')
  const permission = permissionOf('read', reader, standing)
  if (!permission.allowed) return failure(permission.reason)
  // Whoever may not read as the record last said gets nothing of what was kept: the record is asked, and decides.
  const kept = listed && !(standing && readingStop(standing, reader)) ? readings.content(ins, uniqueId) : null
  if (listed && kept) return success({ document: listed, bytes: kept })
  let document = listed
  if (!document) {
    const found = await record.findByUniqueId(reader.party, ins, uniqueId)
    if (!found.ok) return found
    if (!found.value) return failure('document-not-found')
    document = found.value
  }
  const bytes = await record.retrieve(reader.party, ins, { uniqueId, repositoryUniqueId: document.repositoryUniqueId, hash: document.hash })
  if (!bytes.ok) return bytes
  if (listed) readings.keepContent(ins, uniqueId, bytes.value)
  return success({ document, bytes: bytes.value })
}
