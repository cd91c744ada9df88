import fs from 'node:fs'
import path from 'node:path'
import { success, type Result } from '#shared/contract/index.ts'
import { bringToKey } from './bring-to-key.ts'
import { rememberKey, type StoreKey } from './key.ts'
import { otherKeyOf, removeRotationNote } from './rotation-note.ts'

/**
 * After a crash in the middle of a change of key: the key the host holds decides. The former one takes everything back under itself, the
 * new one finishes. Fails with `store-key-missing`, nothing touched, when it is neither of the two.
 */
export async function settleRotation(directory: string, key: StoreKey): Promise<Result<void>> {
  for (const name of ['key.rotation.draft', 'store.key.draft']) fs.rmSync(path.join(directory, name), { force: true })
  const other = otherKeyOf(directory, key)
  if (!other.ok) return other
  if (other.value === null) return success(undefined)
  await bringToKey(directory, { from: other.value, to: key })
  rememberKey(directory, key)
  removeRotationNote(directory)
  return success(undefined)
}
