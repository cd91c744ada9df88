import type { PatientLabel } from '#shared/contract/items.ts'

/** `DUPONT Marie Élise`: birth name and first names as qualified, the only name an act relies on. */
export function patientName(patient: Pick<PatientLabel, 'birthName' | 'givenName'>): string {
  return `${patient.birthName.toLocaleUpperCase('fr')} ${patient.givenName}`.trim()
}
