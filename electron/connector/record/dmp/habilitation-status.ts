import { failure, success, type Result } from '#shared/contract/index.ts'
import { failureOfCodes } from '../failures.ts'

/**
 * What `status` and `context` of the habilitation services come to (TD0.3, TD1.6; dmp-interface.md 1.8): `DMPOk` is written in two
 * ways, and what goes with it is for people (the authorisation was there already). Any other status is the failure it names.
 */
export function readHabilitationStatus(status: string | null, context: string | null): Result<{ note: string | null }> {
  const code = status?.trim() ?? ''
  if (code === '') return failure('record-answer-invalid', { detail: 'no habilitation status' })
  if (/^DMP(Ok|Found)$/i.test(code)) return success({ note: context?.trim() || null })
  return { ok: false, failure: failureOfCodes([code], context?.trim() ?? '') }
}
