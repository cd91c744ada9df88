import type { PatientLabel } from '#shared/contract/items.ts'
import type { DocumentAddress } from '../../app/queries.ts'

/** Whether a document's address is of this patient's record. */
export function isOfPatient({ ins, insOid }: DocumentAddress, patient: Pick<PatientLabel, 'ins' | 'insOid'>): boolean {
  return patient.ins === ins && (insOid === undefined || patient.insOid === insOid)
}
