import { success, type Result } from '#shared/contract/index.ts'
import type { ClaimOrigin, IdentityClaim } from '../patients/index.ts'
import type { CdaHeader } from './cda-header.ts'
import { patientOf } from './cda-metadata.ts'
import type { DocumentHints } from './hints.ts'

/** A CDA or HL7 date as `YYYY-MM-DD`; as written when it is not a whole day. */
function isoDay(written: string): string {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)/.exec(written) ?? []
  return year === undefined ? written : `${year}-${month}-${day}`
}

/**
 * What a CDA says of its patient, for the identity gate. `selfQualified` when it carries an INS: a document may only carry
 * one when the identity was qualified (RNIV). Fails with `cda-no-patient` or `cda-patient-ambiguous`.
 */
export function claimFromCda(header: CdaHeader): Result<{ claim: IdentityClaim; selfQualified: boolean }> {
  const who = patientOf(header)
  if (!who.ok) return who
  const { patient, ins, localId } = who.value
  return success({
    selfQualified: ins !== null,
    claim: {
      origin: 'document',
      ins: ins?.extension ?? undefined,
      insOid: ins?.root,
      birthName: patient.birthName ?? undefined,
      givenName: patient.givenName ?? undefined,
      givenNames: patient.givenNames ?? undefined,
      usedName: patient.usedName ?? undefined,
      usedGivenName: patient.usedGivenName ?? undefined,
      birthDate: patient.birthTime === null ? undefined : isoDay(patient.birthTime),
      sex: patient.sex ?? undefined,
      birthPlace: patient.birthPlace ?? undefined,
      birthPlaceName: patient.birthPlaceName ?? undefined,
      localId: localId?.extension ?? undefined,
      localIdOid: localId?.root,
    },
  })
}

/** What the source says beside a document, for the identity gate; undefined when it says nothing of a patient. */
export function claimFromHints(hints: DocumentHints, origin: Exclude<ClaimOrigin, 'document'>): { claim: IdentityClaim; selfQualified: boolean } | undefined {
  if (hints.identity === undefined) return undefined
  const { qualified, unconfirmed: _unconfirmed, ...identity } = hints.identity
  return { claim: { ...identity, origin }, selfQualified: origin === 'message' && qualified === true && identity.ins !== undefined }
}
