import { readCdaHeader } from './documents/index.ts'
import type { ItemRow } from './outbox/index.ts'
import { ContentLost, isPassing, type Store } from './store/index.ts'

/** Whether a document says itself what it is and who wrote it (a CDA, whose bytes cannot be changed): nobody is asked then, nor where its bytes cannot be read. */
export function saysItself(row: Pick<ItemRow, 'content_sha256'>, { spool }: Pick<Store, 'spool'>): boolean {
  try {
    return readCdaHeader(spool.get(row.content_sha256)).ok
  } catch (error) {
    // What cannot be read now is not asked about: it is looked at again when it is shown again.
    if (error instanceof ContentLost || isPassing(error)) return true
    throw error
  }
}
