import { failure, success, type Result } from '#shared/contract/index.ts'
import { failureOfErrors, type RecordError } from '../failures.ts'

/** A RegistryError as it stands in an ebRS response. */
export interface EbrsError extends RecordError {
  /** Its severity, whole or by its last word; anything but a warning is an error. */
  readonly severity: string | null
}

const lastWord = (urn: string) => urn.replace(/^.*:/, '')

/**
 * What an ebRS status and its errors come to (dmp-interface.md 1.8). A success keeps what it warns of; a failure is the worst of its
 * errors, warnings aside when there is anything else. After a partial success of a deposit something may have been kept: the record
 * is asked, whatever the errors say; of a reading, nothing was changed and the errors speak.
 */
export function ebrsOutcome(status: string | null, errors: readonly EbrsError[], act: 'deposit' | 'reading'): Result<{ warnings: string[] }> {
  const said = lastWord(status ?? '')
  if (said === 'Success') return success({ warnings: errors.map(({ code, text }) => [code, text].filter(Boolean).join(': ')) })
  if (said !== 'Failure' && said !== 'PartialSuccess') return failure('record-answer-invalid', { detail: `status ${said || 'absent'}` })
  const serious = errors.filter(({ severity }) => !/^warning$/i.test(lastWord(severity ?? '')))
  const found = failureOfErrors(serious.length > 0 ? serious : errors)
  if (said === 'Failure' || act === 'reading') return { ok: false, failure: found }
  return failure('record-fault', { detail: `PartialSuccess ${found.detail}`, recordText: found.recordText })
}
