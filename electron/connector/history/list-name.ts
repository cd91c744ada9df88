import { createHash } from 'node:crypto'
import type { RecordDocument } from '#shared/contract/index.ts'

const names = new WeakMap<readonly RecordDocument[], string>()

/** The name of a list as it is shown: the same for the very same documents, said the same way and in the same order. */
export function listName(documents: readonly RecordDocument[]): string {
  const known = names.get(documents)
  if (known !== undefined) return known
  const name = createHash('sha256').update(JSON.stringify(documents)).digest('base64url')
  names.set(documents, name)
  return name
}
