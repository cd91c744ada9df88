import type { PatientLabel } from '#shared/contract/items.ts'

/**
 * `DUPONT Marie Élise`: birth name and first names as qualified, the only name an act relies on. A patient not known here, opened by
 * number, is named by that number.
 */
export function patientName(patient: Pick<PatientLabel, 'birthName' | 'givenName'> & { readonly ins?: string | null }): string {
  const name = `${patient.birthName.toLocaleUpperCase('fr')} ${patient.givenName}`.trim()
  return name === '' && patient.ins ? `INS ${patient.ins.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, '$1 $2 $3 $4 $5 $6 $7')}` : name
}
