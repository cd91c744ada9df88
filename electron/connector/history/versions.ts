import { failure, success, type DocumentVersions, type RecordDocument, type Result } from '#shared/contract/index.ts'
import type { Association, AuditedRecord } from '../record/index.ts'
import { asRead } from './as-read.ts'
import { byDate } from './by-date.ts'
import { permissionOf } from './reading-stop.ts'
import type { Consultation } from './read-record.ts'

/** Questions about one chain: what a longer one has further on is not followed. */
const mostQuestions = 12

/**
 * Earlier and later versions of a document, as the record ties them (TD3.1, GetDocumentsAndAssociations; RPLC), whatever their status. The chain is
 * followed from each version found. Refused as `readList` refuses.
 */
export async function readVersions(record: AuditedRecord, consultation: Consultation, uniqueId: string): Promise<Result<DocumentVersions>> {
  const { reader, ins, kept } = consultation
  const before = consultation.stop()
  if (before) return failure(before)
  const permission = permissionOf('search', reader, kept.standing())
  if (!permission.allowed) return failure(permission.reason)
  const listed = kept.listed(uniqueId)
  const found = listed ? success(listed) : asRead(await record.findByUniqueId(reader.party, ins, uniqueId))
  if (!found.ok) return found
  if (!found.value) return failure('document-not-found')
  const documents = new Map<string, RecordDocument>([[found.value.entryUuid, found.value]])
  const ties: Association[] = []
  const asked = new Set<string>()
  let due = [found.value.entryUuid]
  for (let question = 0; due.length > 0 && question < mostQuestions; question++) {
    const answer = asRead(await record.findDocumentsWithAssociations(reader.party, ins, due))
    const since = consultation.stop()
    if (since) return failure(since)
    if (!answer.ok) return answer
    for (const one of due) asked.add(one)
    for (const document of answer.value.documents) documents.set(document.entryUuid, document)
    ties.push(...answer.value.associations.filter(({ type }) => type === 'replaces'))
    due = [...new Set(ties.flatMap(({ source, target }) => [source, target]))].filter((one) => !asked.has(one))
  }
  return success(versionsOf(found.value.entryUuid, [...documents.values()], ties))
}

/** Every document a chain of replacements leads to, down and up, newest first; one that was not found is left out. */
export function versionsOf(entryUuid: string, documents: readonly RecordDocument[], ties: readonly Pick<Association, 'source' | 'target'>[]): DocumentVersions {
  const reached = (next: (from: string) => string[]) => {
    const found = new Set<string>()
    for (let due = next(entryUuid); due.length > 0; due = due.flatMap(next).filter((one) => !found.has(one))) for (const one of due) found.add(one)
    return byDate(documents.filter((document) => document.entryUuid !== entryUuid && found.has(document.entryUuid)))
  }
  return {
    earlier: reached((from) => ties.filter(({ source }) => source === from).map(({ target }) => target)),
    later: reached((from) => ties.filter(({ target }) => target === from).map(({ source }) => source)),
  }
}
