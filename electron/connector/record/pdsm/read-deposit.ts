import { failure, success, type Result } from '#shared/contract/index.ts'
import type { HttpAnswer } from '../transport.ts'
import type { DepositReceipt } from '../port.ts'
import type { FrozenLot } from './frozen-lot.ts'
import { entryUuidOf } from './identifiers.ts'
import { documentReference } from './read-documents.ts'
import { bundle, isFhirJson, operationOutcome, readResource, warningsIn } from './read-resource.ts'

/** Words of the warnings an answer carries beside its success. */
function warningsOf(outcomes: readonly unknown[]): string[] {
  return outcomes.flatMap(warningsIn).map(({ text }) => text)
}

/**
 * Reads the success of a deposit (HTTP 2xx). Of a transaction, an answer for each entry in its order (FHIR R4, http.html#transaction-response): one
 * that is short, refused, or for other resources is not the answer to this lot, and the record is asked.
 */
export function readDeposit(answer: HttpAnswer, lot: FrozenLot): Result<DepositReceipt> {
  const invalid = (detail: string) => failure('record-answer-invalid', { detail })
  if (lot.transaction === 'ITI-105') {
    const created = readResource(answer, documentReference)
    if (created) return success({ entryUuid: entryUuidOf(created.id), warnings: [] })
    // A server may answer with nothing, or an outcome, beside its Location.
    const outcome = readResource(answer, operationOutcome)
    return answer.status === 201 && (outcome || (answer.body.length === 0 && !isFhirJson(answer))) ? success({ entryUuid: null, warnings: warningsOf([outcome]) }) : invalid('no DocumentReference')
  }
  const response = readResource(answer, bundle)
  if (response?.type !== 'transaction-response') return invalid('no transaction-response')
  if (response.entry.length !== lot.entries.length) return invalid(`${response.entry.length} answers to ${lot.entries.length} entries`)
  const documents: string[] = []
  for (const [index, asked] of lot.entries.entries()) {
    const told = response.entry[index]?.response
    const [method, type] = asked.split(' ')
    if (!told || !/^2\d\d\b/.test(told.status)) return invalid(`entry ${index + 1}: ${told?.status ?? 'no answer'}`)
    if (told.location !== undefined && !new RegExp(`(^|/)${type}/`).test(told.location)) return invalid(`entry ${index + 1}: not a ${type}`)
    if (method === 'POST' && type === 'DocumentReference' && told.location !== undefined) documents.push(entryUuidOf(told.location))
  }
  const only = documents.length === 1 && lot.documents.length === 1 ? documents[0] : undefined
  return success({ entryUuid: only ?? null, warnings: warningsOf(response.entry.map((entry) => entry.response?.outcome)) })
}
