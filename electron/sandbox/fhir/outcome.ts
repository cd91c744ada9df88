import type { z } from 'zod'
import type { Fault, RegistryError } from '../refusal.ts'

/** One issue of an OperationOutcome: FHIR's type, the DMP's own code when it has one, the French text, where. */
export interface Issue {
  readonly type: string
  readonly code?: string
  readonly text: string
  readonly expression?: string
}

/** Thrown by the readers and rules and caught once, by the dispatcher: the answer is this status with an OperationOutcome. */
export class OutcomeRaised extends Error {
  readonly status: number
  readonly issues: readonly Issue[]
  constructor(status: number, issues: readonly Issue[]) {
    super(issues.map(({ text }) => text).join(' | '))
    this.status = status
    this.issues = issues
  }
}

/** Ends the request with one issue. */
export function refuse(status: number, type: string, text: string, expression?: string): never {
  throw new OutcomeRaised(status, [{ type, text, ...(expression !== undefined && { expression }) }])
}

/** Status and issue type of the record's own codes; what is not here is a request that breaks a rule. */
const statuses: Readonly<Record<string, readonly [status: number, type: string]>> = {
  XDSDuplicateUniqueIdInRegistry: [409, 'duplicate'],
  XDSNonIdenticalHash: [409, 'conflict'],
  XDSRepositoryError: [403, 'forbidden'],
  DMPAccessDenied: [403, 'forbidden'],
  DMPInvalidStructure: [403, 'forbidden'],
  DMPPatientOpposition: [422, 'business-rule'],
  DMPClosed: [422, 'business-rule'],
  XDSUnknownPatientId: [422, 'business-rule'],
  XDSReplaceFailed: [422, 'business-rule'],
  XDSMetadataUpdateError: [422, 'business-rule'],
  XDSMetadataVersionError: [409, 'conflict'],
}

/** Ends the request when a rule of the record is broken; the same rules and codes as over XDS.b. */
export function refuseErrors(errors: readonly RegistryError[]): void {
  const first = errors[0]
  if (!first) return
  const of = (code: string): readonly [number, string] => statuses[code] ?? [422, 'invariant']
  throw new OutcomeRaised(
    of(first.code)[0],
    errors.map(({ code, context, location }) => ({ type: of(code)[1], code, text: context, ...(location !== undefined && { expression: location }) })),
  )
}

/** Ends the request on what would be a fault over SOAP. */
export function refuseFault(fault: Fault | null): void {
  if (fault) refuseErrors([{ code: fault.subcode, context: fault.text }])
}

/** Reads a resource by the shape its profile makes mandatory; each breach is an issue of a 422. */
export function conforming<T>(shape: z.ZodType<T>, resource: unknown, profile: string): T {
  const read = shape.safeParse(resource)
  if (read.success) return read.data
  throw new OutcomeRaised(
    422,
    read.error.issues.map((issue) => ({
      type: issue.code === 'invalid_type' && issue.message.includes('undefined') ? 'required' : 'structure',
      text: `${profile} : ${issue.path.join('.')} : ${issue.message}`,
      expression: issue.path.join('.'),
    })),
  )
}

/** The resource that says why. */
export function operationOutcome(issues: readonly Issue[]): object {
  return {
    resourceType: 'OperationOutcome',
    issue: issues.map(({ type, code, text, expression }) => ({
      severity: 'error',
      code: type,
      details: { ...(code !== undefined && { coding: [{ system: 'urn:si-dmp', code }] }), text },
      ...(expression !== undefined && expression !== '' && { expression: [expression] }),
    })),
  }
}
