import { failure, type RecordConfig } from '#shared/contract/index.ts'
import { environmentOfInsOid } from '#shared/terminology/index.ts'
import type { InsId } from './port.ts'

/** Training identities never reach a production record, nor real ones a training record: the last gate before the wire. `null` = at its place. */
export function misplacedIdentity(ins: InsId, environment: RecordConfig['environment']): ReturnType<typeof failure> | null {
  const belongsTo = environmentOfInsOid(ins.oid)
  if (belongsTo === environment) return null
  if (belongsTo === undefined) return failure('ins-invalid', { detail: 'not an INS domain' })
  return failure(belongsTo === 'training' ? 'ins-test-in-production' : 'ins-production-in-training')
}
