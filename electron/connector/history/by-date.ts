import type { RecordDocument } from '#shared/contract/index.ts'

/** Newest first: by care date when the document has one, then by creation. */
export function byDate(documents: readonly RecordDocument[]): RecordDocument[] {
  const key = (document: RecordDocument) => `${document.serviceStartTime ?? document.creationTime}|${document.creationTime}|${document.uniqueId}`
  return [...documents].sort((a, b) => (key(a) < key(b) ? 1 : -1))
}
