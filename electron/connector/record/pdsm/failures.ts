import { failure, type Failure, type ReasonCode, type Result } from '#shared/contract/index.ts'
import { failureOfErrors, failureOfStatus } from '../failures.ts'
import type { HttpAnswer } from '../transport.ts'
import { operationOutcome, readResource, type Issue } from './read-resource.ts'

/** What was asked: the same refusal does not mean the same thing for all. */
export type Act = 'deposit' | 'search' | 'read' | 'update'

/** Meaning of FHIR issue types that never depends on their text (IssueType of FHIR R4); the others are the HTTP status's. */
const byIssue: Readonly<Record<Act, Readonly<Record<string, ReasonCode>>>> = {
  deposit: {
    // An earlier try may have succeeded: the record is asked, nothing is sent again.
    duplicate: 'record-fault',
    conflict: 'record-fault',
    forbidden: 'record-refused',
    'not-found': 'record-refused',
    'too-long': 'record-document-refused',
    'business-rule': 'record-refused',
    structure: 'record-metadata-refused',
    required: 'record-metadata-refused',
    value: 'record-metadata-refused',
    invariant: 'record-metadata-refused',
    'code-invalid': 'record-metadata-refused',
    invalid: 'record-metadata-refused',
  },
  search: { forbidden: 'record-refused', suppressed: 'record-refused' },
  read: { 'not-found': 'document-not-found', deleted: 'document-not-found', forbidden: 'record-refused', suppressed: 'record-refused' },
  update: { 'not-found': 'document-not-found', deleted: 'document-not-found', forbidden: 'record-author-refused', 'business-rule': 'record-refused' },
}
/** Issue types that say the request was not judged, or not to the end: the status tells which. */
const unjudged = new Set(['transient', 'lock-error', 'no-store', 'exception', 'timeout', 'incomplete', 'throttled', 'too-costly'])
const byStatus: Readonly<Record<Act, Readonly<Record<number, ReasonCode>>>> = {
  // 409: perhaps the same lot again, which the record is asked about. 412 and 422 are judgements.
  deposit: { 404: 'record-answer-invalid', 405: 'record-request-refused', 409: 'record-fault', 412: 'record-fault', 415: 'record-request-refused', 422: 'record-metadata-refused' },
  search: { 404: 'record-answer-invalid', 405: 'record-request-refused', 406: 'record-request-refused', 422: 'record-request-refused' },
  read: { 404: 'document-not-found', 405: 'record-request-refused', 406: 'record-request-refused', 410: 'document-not-found', 422: 'record-request-refused' },
  update: { 403: 'record-author-refused', 404: 'document-not-found', 405: 'record-request-refused', 409: 'record-request-refused', 410: 'document-not-found', 412: 'record-request-refused', 415: 'record-request-refused', 422: 'record-refused' },
}

function failureOfIssues(issues: readonly Issue[], act: Act, status: Failure): Failure {
  const errors = issues.filter(({ severity }) => severity === 'error' || severity === 'fatal')
  const text = errors.map(({ text }) => text).filter(Boolean).join(' | ')
  const coded = errors.flatMap(({ codes, text }) => codes.map((code) => ({ code, text }))).filter(({ code }) => /^(XDS|DMP)[A-Z]|^InvalidDocumentContent$/.test(code))
  if (coded.length > 0) return { ...failureOfErrors(coded), ...(status.retryAt !== undefined && { retryAt: status.retryAt }) }
  const recordText = text || undefined
  if (status.code === 'record-busy' || errors.some(({ type }) => unjudged.has(type))) return { ...status, recordText }
  // Words under no code of the DMP: those we know mean the same in both tongues.
  const worded = text === '' ? null : failureOfErrors([{ code: '', text }])
  if (worded && worded.code !== 'record-refused') return { ...worded, detail: status.detail }
  const typed = errors.flatMap(({ type }) => (Object.hasOwn(byIssue[act], type) ? [byIssue[act][type] as ReasonCode] : []))[0]
  return typed ? failure(typed, { detail: status.detail, recordText }).failure : { ...status, recordText }
}

/**
 * The failure an answer tells, by its OperationOutcome when it has one, else by its HTTP status; `null` for a success (2xx). A refusal that may
 * hide an earlier success is uncertain, never permanent.
 */
export function failureOfAnswer(answer: HttpAnswer, act: Act, now: number): Failure | null {
  const plain = failureOfStatus(answer.status, answer.retryAfter, now)
  if (!plain) return null
  const outcome = readResource(answer, operationOutcome)
  const own = byStatus[act][answer.status]
  // Without an outcome, a 403 or a 404 may be a gateway's: it says nothing of the document.
  const status = own && (outcome || act === 'read' || answer.status !== 403) ? failure(own, { detail: `HTTP ${answer.status}` }).failure : plain
  return outcome ? failureOfIssues(outcome.issue, act, status) : status
}

/** What the record said in codes: the HTTP status, then those of its OperationOutcome, its own before FHIR's. */
export function responseCodes(answer: HttpAnswer): string[] {
  const outcome = answer.status < 400 ? null : readResource(answer, operationOutcome)
  return [String(answer.status), ...(outcome?.issue.flatMap(({ codes, type }) => [...codes, type]) ?? [])]
}

/** A failed result around `failureOfAnswer`; `null` for a success. */
export function failedAnswer(answer: HttpAnswer, act: Act, now: number): Result<never> | null {
  const found = failureOfAnswer(answer, act, now)
  return found && { ok: false, failure: found }
}
