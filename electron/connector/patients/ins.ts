import { failure, success, type Result } from '#shared/contract/index.ts'
import { environmentOfInsOid, insOids, obsoleteInsOid, type RecordEnvironment } from '#shared/terminology/index.ts'
import { compactIns, insKey } from '#shared/text/ins-key.ts'

/** A patient number of the INS whose shape and key are right, with the environment its OID belongs to. */
export interface CheckedIns {
  /** 15 characters with the key, no blank. */
  readonly value: string
  readonly oid: string
  readonly environment: RecordEnvironment
}

/** OID assumed for a number given without one (a scanned label, a deep link). */
export function defaultInsOid(environment: RecordEnvironment): string {
  return environment === 'training' ? insOids.test : insOids.nir
}

/**
 * Checks a patient number: 15 characters, right key, one of the four OIDs of the INS. `ins-invalid` otherwise, its detail
 * saying what is wrong (never the number). The computed INS (INS-C) is refused.
 */
export function checkIns(value: string, oid: string): Result<CheckedIns> {
  if (oid === obsoleteInsOid) return failure('ins-invalid', { detail: 'INS-C is withdrawn' })
  const environment = environmentOfInsOid(oid)
  if (environment === undefined) return failure('ins-invalid', { detail: `OID ${oid} is not one of the INS` })
  const compact = compactIns(value)
  if (compact.length !== 15) return failure('ins-invalid', { detail: `${compact.length} characters instead of 15` })
  const key = insKey(compact.slice(0, 13))
  if (key === null) return failure('ins-invalid', { detail: 'not the shape of a NIR or NIA' })
  if (key !== compact.slice(13)) return failure('ins-invalid', { detail: 'wrong key' })
  return success({ value: compact, oid, environment })
}

/**
 * Training never meets production: a real number is refused by a training record (`ins-production-in-training`), a test
 * one by a production record (`ins-test-in-production`).
 */
export function checkEnvironment(ins: CheckedIns, environment: RecordEnvironment): Result<CheckedIns> {
  if (ins.environment === environment) return success(ins)
  return failure(environment === 'training' ? 'ins-production-in-training' : 'ins-test-in-production')
}
