import type { RecordDocument } from '#shared/contract/index.ts'

/** Newest first: by care date when the document has one, then by creation. */
export function byDate(documents: readonly RecordDocument[]): RecordDocument[] {
  return documents
    .map((document) => ({ document, key: `${document.serviceStartTime ?? document.creationTime}|${document.creationTime}|${document.uniqueId}` }))
    .sort((a, b) => (a.key < b.key ? 1 : -1))
    .map(({ document }) => document)
}
