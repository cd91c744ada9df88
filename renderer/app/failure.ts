import { isDefinedError, ORPCError } from '@orpc/client'
import { reasonCode, type ReasonCode } from '#shared/contract/reasons.ts'

/** What went wrong with a call, as a code that has a text. */
export interface CallFailure {
  readonly code: ReasonCode
  /** The record's own wording, when the record refused. */
  readonly recordText: string | null
}

/** Reads a call's error. What is not one of the contract's failures is a connector that does not answer as it should. */
export function callFailure(error: unknown): CallFailure {
  if (error instanceof ORPCError && error.code === 'REFUSED') {
    const data = error.data as { code?: unknown; recordText?: unknown } | undefined
    const code = reasonCode.safeParse(data?.code)
    if (code.success) return { code: code.data, recordText: typeof data?.recordText === 'string' ? data.recordText : null }
  }
  if (error instanceof ORPCError && (error.code === 'BAD_REQUEST' || isDefinedError(error))) return { code: 'input-invalid', recordText: null }
  if (error instanceof ORPCError && error.code === 'NOT_FOUND') return { code: 'not-found', recordText: null }
  return { code: 'connector-stopped', recordText: null }
}
