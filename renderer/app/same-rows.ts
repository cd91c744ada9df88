import { replaceEqualDeep } from '@tanstack/react-query'
import type { RecordDocument } from '#shared/contract/history.ts'

/** A list in which each document that says what it said before is the very same object: its row is not painted again. */
export function sameRows(before: readonly RecordDocument[], now: readonly RecordDocument[]): RecordDocument[] {
  const known = new Map(before.map((document) => [document.uniqueId, document]))
  return now.map((document) => replaceEqualDeep(known.get(document.uniqueId), document))
}
