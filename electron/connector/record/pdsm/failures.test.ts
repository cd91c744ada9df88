import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reasons } from '#shared/contract/index.ts'
import type { HttpAnswer } from '../transport.ts'
import { failureOfAnswer, type Act } from './failures.ts'

const now = 1_800_000_000_000
const acts: readonly Act[] = ['deposit', 'search', 'read', 'update']

function answer(status: number, issues: readonly object[] | null, more: Partial<HttpAnswer> = {}): HttpAnswer {
  const body = issues === null ? '<html></html>' : JSON.stringify({ resourceType: 'OperationOutcome', issue: issues })
  return { status, contentType: issues === null ? 'text/html' : 'application/fhir+json; charset=UTF-8', retryAfter: null, body: Buffer.from(body), ...more }
}
const issue = (type: string, text = '', code?: string) => ({ severity: 'error', code: type, details: { text, ...(code && { coding: [{ system: 'urn:si-dmp', code }] }) } })
const codeOf = (act: Act, status: number, issues: readonly object[] | null) => failureOfAnswer(answer(status, issues), act, now)?.code ?? null

describe('what an answer tells', () => {
  it.each(acts)('is no failure when it is a success (%s)', (act) => {
    expect(codeOf(act, 200, null)).toBeNull()
    expect(codeOf(act, 201, [issue('informational')])).toBeNull()
  })

  it.each([
    ['deposit', 422, 'invariant', 'XDSReplaceFailed', 'record-replace-refused'],
    ['deposit', 409, 'duplicate', 'XDSDuplicateUniqueIdInRegistry', 'record-fault'],
    ['deposit', 409, 'conflict', 'XDSNonIdenticalHash', 'record-content-conflict'],
    ['deposit', 422, 'business-rule', 'XDSUnknownPatientId', 'record-absent'],
    ['deposit', 422, 'business-rule', 'DMPClosed', 'record-closed'],
    ['search', 422, 'business-rule', 'XDSUnknownPatientId', 'record-absent'],
  ] as const)('says the same as over XDS.b when it carries the code of the record (%s, %i %s %s)', (act, status, type, code, expected) => {
    expect(codeOf(act, status, [issue(type, 'un texte', code)])).toBe(expected)
  })

  it.each([
    ['search', 403, 'forbidden', "Le patient a bloqué l'accès de ce professionnel à son DMP", 'professional-blocked'],
    ['search', 403, 'forbidden', "Autorisation d'accès expirée", 'access-not-granted'],
    ['deposit', 422, 'business-rule', "Le patient s'oppose à l'alimentation", 'record-opposed'],
    ['deposit', 403, 'forbidden', "Aucun AuthorInstitution ne correspond à l'utilisateur", 'record-author-refused'],
  ] as const)('reads the words it knows (%s, %i %s)', (act, status, type, text, expected) => {
    expect(codeOf(act, status, [issue(type, text)])).toBe(expected)
  })

  it.each([
    ['deposit', 409, 'duplicate', 'record-fault'],
    // A generic type: perhaps the same lot again, which the record is asked about.
    ['deposit', 409, 'conflict', 'record-fault'],
    ['deposit', 422, 'required', 'record-metadata-refused'],
    ['deposit', 400, 'structure', 'record-metadata-refused'],
    ['deposit', 413, 'too-long', 'record-document-refused'],
    ['read', 404, 'not-found', 'document-not-found'],
    ['read', 410, 'deleted', 'document-not-found'],
    ['update', 403, 'forbidden', 'record-author-refused'],
    ['update', 404, 'not-found', 'document-not-found'],
    ['update', 422, 'business-rule', 'record-refused'],
    ['deposit', 500, 'exception', 'record-fault'],
    ['deposit', 503, 'transient', 'record-busy'],
    ['deposit', 504, 'timeout', 'record-no-answer'],
    ['search', 422, 'exception', 'record-request-refused'],
  ] as const)('reads the type of the issue when there is nothing else (%s, %i %s)', (act, status, type, expected) => {
    expect(codeOf(act, status, [issue(type)])).toBe(expected)
  })

  it.each([
    ['deposit', 404, 'record-answer-invalid'],
    ['deposit', 409, 'record-fault'],
    ['deposit', 403, 'certificate-refused'],
    ['update', 403, 'certificate-refused'],
    ['search', 404, 'record-answer-invalid'],
    ['search', 302, 'record-answer-invalid'],
    ['read', 404, 'document-not-found'],
    ['deposit', 502, 'record-no-answer'],
    ['deposit', 408, 'record-no-answer'],
    ['deposit', 500, 'record-fault'],
    ['deposit', 429, 'record-busy'],
  ] as const)('reads the status alone without an outcome (%s, %i)', (act, status, expected) => {
    expect(codeOf(act, status, null)).toBe(expected)
  })

  it('keeps when to come back, and the words of the record', () => {
    expect(failureOfAnswer(answer(503, [issue('transient', 'Maintenance')], { retryAfter: '30' }), 'deposit', now)).toMatchObject({ code: 'record-busy', retryAt: now + 30_000, recordText: 'Maintenance' })
  })

  it('never makes a doubt about a deposit permanent: no 5xx, no redirection, no answer of a gateway', () => {
    const types = ['exception', 'timeout', 'transient', 'lock-error', 'duplicate', 'processing', 'unknown-type', '']
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.option(fc.array(fc.constantFrom(...types).map((type) => issue(type)), { maxLength: 3 })), (status, issues) => {
        const found = failureOfAnswer(answer(status, issues), 'deposit', now)
        expect(found).not.toBeNull()
        if (found && (status >= 500 || status < 400 || status === 404 || status === 409)) expect(['uncertain', 'transient']).toContain(found.class)
        expect(found?.class).toBe(found && reasons[found.code])
      }),
    )
  })
})
