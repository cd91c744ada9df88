import type { PatientLabel } from '#shared/contract/items.ts'

/** Whether anything that came with a document says whose it is: a name, a given name or an INS. A file's own number of the patient is none of them. */
export function isNamed(patient: PatientLabel | null): boolean {
  return patient !== null && [patient.birthName, patient.givenName, patient.usedName, patient.ins].some(Boolean)
}
