import { failure, success, type RecordLot, type Result } from '#shared/contract/index.ts'
import type { AuditedRecord, SubmissionSet } from '../record/index.ts'
import { asRead } from './as-read.ts'
import { byDate } from './by-date.ts'
import { permissionOf } from './reading-stop.ts'
import type { Consultation } from './read-record.ts'

/**
 * What was put into a record since an instant (milliseconds since the epoch), lot by lot, newest first: the one way to ask by the date of a deposit, not a
 * document's own (TD3.1: FindSubmissionSets, GetAssociations where it does not say what a lot holds, GetDocumentsAndAssociations; dmp-interface.md 2.11).
 * Documents are told whatever became of them since. Refused as `readList` refuses.
 */
export async function readLots(record: AuditedRecord, { reader, ins, kept, ...way }: Consultation, since: number): Promise<Result<RecordLot[]>> {
  const before = way.stop()
  if (before) return failure(before)
  const permission = permissionOf('search', reader, kept.standing())
  if (!permission.allowed) return failure(permission.reason)
  /** An answer that comes after a refusal, or once this way in is over, is nobody's to see. */
  const answerTo = async <T>(question: Promise<Result<T>>): Promise<Result<T>> => {
    const answer = asRead(await question)
    const over = way.stop()
    return over ? failure(over) : answer
  }
  const sets = await answerTo(record.findSubmissionSets(reader.party, ins, dtmOf(since)))
  if (!sets.ok) return sets
  const untold = sets.value.flatMap(({ entryUuid, documents }) => (documents === null ? entryUuid : []))
  const ties = untold.length === 0 ? success([]) : await answerTo(record.findAssociations(reader.party, ins, untold))
  if (!ties.ok) return ties
  const membersOf = ({ entryUuid, documents }: SubmissionSet) => documents ?? ties.value.flatMap(({ type, source, target }) => (type === 'has-member' && source === entryUuid ? target : []))
  const members = [...new Set(sets.value.flatMap(membersOf))]
  const found = members.length === 0 ? success({ documents: [] }) : await answerTo(record.findDocumentsWithAssociations(reader.party, ins, members))
  if (!found.ok) return found
  const byEntry = new Map(found.value.documents.map((document) => [document.entryUuid, document]))
  const lots = sets.value.map((set): RecordLot => ({ uniqueId: set.uniqueId, submittedAt: set.submissionTime, documents: byDate(membersOf(set).flatMap((entry) => byEntry.get(entry) ?? [])) }))
  return success(lots.sort((one, other) => other.submittedAt.localeCompare(one.submittedAt) || one.uniqueId.localeCompare(other.uniqueId)))
}

/** HL7 DTM, UTC, to the second. */
function dtmOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')
}
