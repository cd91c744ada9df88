import { normaliseName } from '#shared/text/normalise-name.ts'

/**
 * Key a patient is looked up by: birth date first, so that one index range gives everybody born that day, then the names,
 * normalised. `YYYY-MM-DD|BIRTH NAME|USED NAME|GIVEN NAME`.
 */
export function searchKey(patient: {
  birthDate?: string | undefined
  birthName?: string | undefined
  usedName?: string | undefined
  givenName?: string | undefined
}): string {
  return [patient.birthDate ?? '', ...[patient.birthName, patient.usedName, patient.givenName].map((name) => normaliseName(name ?? ''))].join('|')
}

/** Start (included) and end (excluded) of the keys of those born one day. */
export function bornOn(birthDate: string): { from: string; to: string } {
  return { from: `${birthDate}|`, to: `${birthDate}}` }
}
