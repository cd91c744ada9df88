import { facilityType, isFacilityType, isPracticeSetting, practiceSetting } from './care-places.ts'
import { specialityLabel } from './author-specialities.ts'
import { codeSystems } from './code-systems.ts'
import { classLabel, codedType } from './document-types.ts'

/** Packages of EDQM Standard Terms that prescriptions and dispensations of the CI-SIS count in (eP-MED-DM, eDISP-MED). */
const packages: Readonly<Record<string, string>> = { '30009000': 'Boîte', '30015500': 'Récipient', '30067000': 'Tube' }

/** Moments of the day a medicine is taken at (HL7 TimingEvent), which documents give by their code alone. */
const moments: Readonly<Record<string, string>> = {
  HS: 'au coucher', WAKE: 'au réveil', C: 'au repas', CM: 'au petit-déjeuner', CD: 'au déjeuner', CV: 'au dîner', AC: 'avant le repas', ACM: 'avant le petit-déjeuner', ACD: 'avant le déjeuner', ACV: 'avant le dîner',
  PC: 'après le repas', PCM: 'après le petit-déjeuner', PCD: 'après le déjeuner', PCV: 'après le dîner', IC: 'entre les repas', ICM: 'entre le petit-déjeuner et le déjeuner', ICD: 'entre le déjeuner et le dîner', ICV: 'entre le dîner et le coucher',
}

/** Labels by the OID of their system. A list that shows an unlisted code by itself has no label for it. */
const lists: Readonly<Record<string, (code: string) => string | undefined>> = {
  [codeSystems.loinc]: (code) => labelOfType(code, codeSystems.loinc),
  [codeSystems.documentType]: (code) => labelOfType(code, codeSystems.documentType),
  [codeSystems.documentClass]: classLabel,
  [codeSystems.facilityType]: (code) => (isFacilityType(code) ? facilityType(code).label : undefined),
  [codeSystems.practiceSetting]: (code) => (isPracticeSetting(code) ? practiceSetting(code).label : undefined),
  [codeSystems.authorSpecialty]: specialityLabel,
  [codeSystems.edqm]: (code) => (Object.hasOwn(packages, code) ? packages[code] : undefined),
  [codeSystems.timingEvent]: (code) => (Object.hasOwn(moments, code) ? moments[code] : undefined),
}

function labelOfType(code: string, system: string): string | undefined {
  const type = codedType(code)
  return type?.system === system ? type.label : undefined
}

/** French label of a code of one of the lists kept here; undefined for any other code or system, never a made-up one. */
export function codeLabel(system: string, code: string): string | undefined {
  const label = Object.hasOwn(lists, system) ? lists[system]?.(code) : undefined
  return label === code ? undefined : label
}
