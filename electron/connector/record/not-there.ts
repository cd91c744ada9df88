import { failure, success, type Result } from '#shared/contract/index.ts'

/**
 * What an answer says of a document asked for by uniqueId that it does not hold: `null` = it is not there. One that came with a warning, or that holds `others`
 * instead, does not say so (`record-answer-invalid`): nothing is sent again, and nothing told to be gone, on that word.
 */
export function notThere(others: number, warnings: readonly string[] | undefined): Result<null> {
  if (warnings) return failure('record-answer-invalid', { detail: 'not found, with a warning', recordText: warnings.join(' | ') })
  return others > 0 ? failure('record-answer-invalid', { detail: 'other documents than the one asked for' }) : success(null)
}
