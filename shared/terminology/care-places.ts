import type { Coded } from '#shared/contract/document-metadata.ts'
import { codeSystems } from './code-systems.ts'

const facilityTypes: Readonly<Record<string, string>> = {
  SA01: 'Etablissement public de santé',
  SA03: 'Etablissement privé PSPH',
  SA04: 'Etablissement privé non PSPH',
  SA05: 'Centre de santé',
  SA07: 'Cabinet individuel',
  SA08: 'Cabinet de groupe',
  SA09: 'Exercice en société',
  SA17: 'Etablissement pour personnes âgées',
  SA21: "Etablissement d'hébergement et de réadaptation",
  SA24: 'Organisme de sécurité sociale',
  SA25: 'Laboratoire de biologie médicale',
  SA29: "Laboratoire d'analyses et de biologie médicale",
  SA33: "Pharmacie d'officine",
  SA41: 'Autre établissement du domaine social ou médico-social',
  SA50: 'Permanence des soins ambulatoires hors cabinet',
  SA52: 'Maison de santé ou Pôle de santé',
  SA64: 'Société de téléconsultation',
  SA67: 'Maisons médicales de garde',
}

const practiceSettings: Readonly<Record<string, string>> = {
  AMBULATOIRE: 'Ambulatoire',
  ETABLISSEMENT: 'Etablissement de santé',
  DEPISTAGE: 'Dépistage',
  SAD: 'Soins à domicile',
  HAD: 'Hospitalisation à domicile',
  MAD: 'Maintien à domicile',
  PALLIATIF: 'Soins palliatifs',
  ESSMS: 'Etablissement ou service social ou médico-social',
  AMO: "Organisme d'assurance maladie obligatoire",
  SAMU_SMUR: 'SAMU SMUR',
}

/** Activity sector (healthcareFacilityTypeCode, JDV_J61) as a coded value; an unlisted code keeps its own code as label. */
export function facilityType(code: string): Coded {
  return { code, system: codeSystems.facilityType, label: facilityTypes[code] ?? code }
}

/** Practice setting (practiceSettingCode, JDV_J62) as a coded value; an unlisted code keeps its own code as label. */
export function practiceSetting(code: string): Coded {
  return { code, system: codeSystems.practiceSetting, label: practiceSettings[code] ?? code }
}

/** Practice setting that goes with an activity sector: outside establishments care is ambulatory. */
export function practiceSettingOfFacility(facilityCode: string): Coded {
  if (['SA01', 'SA02', 'SA03', 'SA04'].includes(facilityCode)) return practiceSetting('ETABLISSEMENT')
  if (['SA17', 'SA21', 'SA41'].includes(facilityCode)) return practiceSetting('ESSMS')
  if (facilityCode === 'SA24') return practiceSetting('AMO')
  return practiceSetting('AMBULATOIRE')
}
