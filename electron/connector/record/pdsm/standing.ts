import { z } from 'zod'
import { failure, success, type RecordStanding, type Result } from '#shared/contract/index.ts'
import { pdsm } from '#shared/terminology/index.ts'
import type { InsId } from '../port.ts'
import { fhirIdentifier } from './read-resource.ts'

/** A Patient as TD0.2 gives it. Its traits are not read: they must not be shown (RG_0320). */
export const patientRecord = z.object({
  resourceType: z.literal('Patient'),
  active: z.boolean().optional(),
  identifier: z.array(fhirIdentifier).default([]),
  extension: z.array(z.object({ url: z.string(), valueBoolean: z.boolean().optional() })).default([]),
})

/**
 * Reads TD0.2 over FHIR (dmp-interface.md 5.1): no patient = no record, `active` alone = open. The authorisation is not told: `unknown`, so that
 * the record itself decides when it is read.
 */
export function readStanding(patients: readonly z.infer<typeof patientRecord>[], ins: InsId): Result<RecordStanding> {
  const [patient, ...others] = patients
  if (!patient) return success({ existence: 'absent', authorisation: 'unknown', isTreatingDoctor: false })
  const isAsked = patient.identifier.some(({ system, value }) => system === `urn:oid:${ins.oid}` && value === ins.value)
  if (others.length > 0 || !isAsked) return failure('record-answer-invalid', { detail: 'not the patient asked about, or not the only one' })
  const isTreatingDoctor = patient.extension.some(({ url, valueBoolean }) => url === pdsm.treatingDoctor && valueBoolean === true)
  return success({ existence: patient.active === true ? 'open' : 'closed', authorisation: 'unknown', isTreatingDoctor })
}
