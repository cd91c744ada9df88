import { reasons, type Result } from '#shared/contract/index.ts'
import { byDate } from './by-date.ts'
import { permissionOf } from './reading-stop.ts'
import type { Consultation } from './read-record.ts'
import { isDeclaredStructured } from './record-facts.ts'

/** Questions under way at a time. */
const atOnce = 4
/** Documents of one list fetched without being opened; older ones stay unread, and are counted as such. */
const most = 100

/** What is asked of a fetching: whether more is wanted, and what is known not to be worth another question. */
interface Bounds {
  readonly isWanted?: () => boolean
  readonly isLeft?: (uniqueId: string) => boolean
}

/**
 * Fetches (TD3.2) what the list declares structured and was not fetched yet, newest first: the patient was opened to know what it says. `fetchOne` reads
 * one and keeps it. One that cannot be had stays unread; a record that does not answer is left alone. Ends with the way in, or once nothing more is
 * wanted. True when the record answered for all of them.
 */
export async function fetchStructured(consultation: Consultation, fetchOne: (uniqueId: string) => Promise<Result<unknown>>, { isWanted = () => true, isLeft = () => false }: Bounds = {}): Promise<boolean> {
  const { documents, standing } = consultation.kept.get()
  if (!permissionOf('read', consultation.reader, standing).allowed) return true
  const fetched = consultation.kept.fetched()
  const due = byDate(documents).filter((document) => isDeclaredStructured(document) && !fetched.has(document.uniqueId) && !isLeft(document.uniqueId)).slice(0, most).values()
  let isSilent = false
  const isOver = () => isSilent || !isWanted() || consultation.stop() !== null
  async function fetchInTurn(): Promise<void> {
    for (const { uniqueId } of due) {
      if (isOver()) return
      const read = await fetchOne(uniqueId)
      if (!read.ok) isSilent ||= reasons[read.failure.code] === 'transient'
    }
  }
  await Promise.all(Array.from({ length: atOnce }, fetchInTurn))
  return !isOver()
}
