import { failure, reasons, success, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { byDate } from './by-date.ts'
import { permissionOf } from './reading-stop.ts'
import type { Consultation } from './read-record.ts'
import { isDeclaredStructured } from './record-facts.ts'

/** Questions under way at a time. */
const atOnce = 4
/** Which documents of a list are fetched without being opened, and how many at most; the others stay unread, and are counted as such. */
interface Wanted {
  readonly isOf: (document: RecordDocument) => boolean
  readonly most: number
}

/** The patient was opened to know what these say. */
export const structured: Wanted = { isOf: isDeclaredStructured, most: 100 }
/** Somebody asked for each of them. */
export const everyDocument: Wanted = { isOf: () => true, most: Number.POSITIVE_INFINITY }

/** What is asked of a fetching: whether more is wanted, and what is known not to be worth another question. */
interface Bounds {
  readonly isWanted?: () => boolean
  readonly isLeft?: (uniqueId: string) => boolean
}

/**
 * Fetches (TD3.2) what is wanted of a list and was not fetched yet, newest first. `fetchOne` reads one and keeps it. One that cannot be had stays unread; a
 * record that does not answer is left alone. Ends with the way in, or once nothing more is wanted. Succeeds when the record answered for all of them.
 */
export async function fetchListed(consultation: Consultation, { isOf, most }: Wanted, fetchOne: (uniqueId: string) => Promise<Result<unknown>>, { isWanted = () => true, isLeft = () => false }: Bounds = {}): Promise<Result<void>> {
  const { documents, standing } = consultation.kept.get()
  if (!permissionOf('read', consultation.reader, standing).allowed) return success(undefined)
  const fetched = consultation.kept.fetched()
  const due = byDate(documents).filter((document) => isOf(document) && !fetched.has(document.uniqueId) && !isLeft(document.uniqueId)).slice(0, most).values()
  let silence: Result<never> | null = null
  /** Why a document may not be had until somebody acts on it: others may be, and it was no answer for this one. */
  let refusal: Result<never> | null = null
  const isOver = () => silence !== null || !isWanted() || consultation.stop() !== null
  async function fetchInTurn(): Promise<void> {
    for (const { uniqueId } of due) {
      if (isOver()) return
      const read = await fetchOne(uniqueId)
      if (!read.ok && reasons[read.failure.code] === 'transient') silence ??= read
      if (!read.ok && reasons[read.failure.code] === 'needs-user') refusal ??= read
    }
  }
  await Promise.all(Array.from({ length: atOnce }, fetchInTurn))
  return silence ?? (isOver() ? failure(consultation.stop() ?? 'access-changed') : (refusal ?? success(undefined)))
}
