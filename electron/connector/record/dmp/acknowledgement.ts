import { success, type Result } from '#shared/contract/index.ts'
import { failureOfCodes } from '../failures.ts'

/** What an HL7 v3 answer says of the question itself; null for what it does not say. */
export interface Acknowledgement {
  /** `acknowledgement/typeCode`: AA, AE, AR. */
  readonly type: string | null
  /** `queryAck/queryResponseCode`: OK, NF, AE. */
  readonly queryResponse: string | null
  /** Codes and texts of `acknowledgementDetail`. */
  readonly codes: readonly string[]
  readonly texts: readonly string[]
}

/**
 * What the answer to a question about a patient comes to (dmp-interface.md 1.8, 4.2): a closed record says so whatever the rest, no
 * record is an answer, and anything but an accepted `OK` is the failure its details name.
 */
export function readAcknowledgement({ type, queryResponse, codes, texts }: Acknowledgement): Result<'found' | 'absent' | 'closed'> {
  if (codes.some((code) => /^DMPClosed$/i.test(code))) return success('closed')
  if (queryResponse === 'NF') return success('absent')
  if (queryResponse === 'OK' && type !== 'AE' && type !== 'AR') return success('found')
  return { ok: false, failure: failureOfCodes(codes, texts.join(' ') || (codes.length > 0 ? '' : `queryResponseCode ${queryResponse ?? 'absent'}`)) }
}
