import { z } from 'zod'
import { failure, success, untold, type RecordStanding, type Result } from '#shared/contract/index.ts'
import { pdsm } from '#shared/terminology/index.ts'
import type { InsId } from '../port.ts'
import { isoOfFhir } from './fhir-times.ts'
import { codeableConcept, fhirIdentifier } from './read-resource.ts'

const part = z.object({ url: z.string(), valueBoolean: z.boolean().optional(), valueDate: z.string().optional(), valueDateTime: z.string().optional(), valueString: z.string().optional(), valueCodeableConcept: codeableConcept.optional() })

/** A Patient as TD0.2 gives it. Its traits are not read: they must not be shown (RG_0320). */
export const patientRecord = z.object({
  resourceType: z.literal('Patient'),
  active: z.boolean().optional(),
  identifier: z.array(fhirIdentifier).default([]),
  extension: z.array(z.object({ ...part.shape, extension: z.array(part).default([]) })).default([]),
})
type PatientRecord = z.infer<typeof patientRecord>

function closureOf({ extension }: PatientRecord): RecordStanding['closure'] {
  const parts = extension.find(({ url }) => url === pdsm.closure)?.extension
  if (!parts) return null
  const said = (url: string) => parts.find((one) => one.url === url)
  const reason = said('motifFermeture')?.valueCodeableConcept
  const date = said('dateFermeture')
  return { date: isoOfFhir(date?.valueDate ?? date?.valueDateTime), reason: reason?.text ?? reason?.coding[0]?.display ?? reason?.coding[0]?.code ?? null, text: said('raisonFermeture')?.valueString ?? null }
}

/**
 * Reads TD0.2 over FHIR (dmp-interface.md 5.1): no patient = no record, `active` alone = open. The authorisation is not told: `unknown`, so that
 * the record itself decides when it is read.
 */
export function readStanding(patients: readonly PatientRecord[], ins: InsId): Result<RecordStanding> {
  const [patient, ...others] = patients
  if (!patient) return success({ existence: 'absent', authorisation: 'unknown', isTreatingDoctor: false, ...untold })
  const isAsked = patient.identifier.some(({ system, value }) => system === `urn:oid:${ins.oid}` && value === ins.value)
  if (others.length > 0 || !isAsked) return failure('record-answer-invalid', { detail: 'not the patient asked about, or not the only one' })
  const told = (address: string) => patient.extension.find(({ url }) => url === address)?.valueBoolean ?? null
  return success({
    existence: patient.active === true ? 'open' : 'closed',
    authorisation: 'unknown',
    isTreatingDoctor: told(pdsm.treatingDoctor) === true,
    ...untold,
    closure: closureOf(patient),
    attachedToMonEspaceSante: told(pdsm.attachedToMes),
  })
}
