import type { Coded } from '#shared/contract/document-metadata.ts'
import { codeSystems } from './code-systems.ts'

const facilityTypes: Readonly<Record<string, string>> = {
  SA01: 'Etablissement public de santé',
  SA02: 'Hôpital militaire du Service de santé des armées',
  SA03: 'Etablissement privé PSPH',
  SA04: 'Etablissement privé non PSPH',
  SA05: 'Centre de santé',
  SA06: 'Autre structure du Service de santé des armées',
  SA07: 'Cabinet individuel',
  SA08: 'Cabinet de groupe',
  SA09: 'Exercice en société',
  SA10: 'Transporteur sanitaire',
  SA12: 'Etablissement de soins et prévention',
  SA13: 'Prévention et soins en entreprise',
  SA14: 'Etablissements scolaires, universitaires et de formation hors champ FINESS',
  SA15: 'PMI et Planification familiale',
  SA16: 'Etablissement pour personnes handicapées',
  SA17: 'Etablissement pour personnes âgées',
  SA18: 'Etablissement aide à la famille',
  SA20: "Etablissement pour la protection de l'enfance",
  SA21: "Etablissement d'hébergement et de réadaptation",
  SA24: 'Organisme de sécurité sociale',
  SA25: 'Laboratoire de biologie médicale',
  SA29: "Laboratoire d'analyses et de biologie médicale",
  SA30: 'Autre établissement sanitaire',
  SA33: "Pharmacie d'officine",
  SA34: 'Centre de dialyse',
  SA36: 'Centre anti-cancer',
  SA37: 'Centre de transfusion sanguine',
  SA38: 'Pharmacie minière',
  SA39: 'Pharmacie mutualiste',
  SA40: 'Secteur privé, praticien hospitalier temps plein',
  SA41: 'Autre établissement du domaine social ou médico-social',
  SA42: 'Appareillage médical',
  SA50: 'Permanence des soins ambulatoires hors cabinet',
  SA51: 'Structure de coopération avec autorisation de soins',
  SA52: 'Maison de santé ou Pôle de santé',
  SA54: 'Centre de dépistage et de prévention',
  SA56: 'Propharmacie',
  SA57: 'Structure de coopération avec mission de coordination de soins',
  SA60: 'Centres médicaux SNCF',
  SA63: 'Communauté professionnelle territoriale de santé et équipe de soins spécialisés',
  SA64: 'Société de téléconsultation',
  SA65: 'Antenne de pharmacie',
  SA66: 'Services de Prévention et de Santé au Travail (SPST)',
  SA67: 'Maisons médicales de garde (MMG)',
  SA69: 'Maisons de naissance',
}

const practiceSettings: Readonly<Record<string, string>> = {
  AMBULATOIRE: 'Ambulatoire',
  ETABLISSEMENT: 'Etablissement de santé',
  DEPISTAGE: 'Dépistage',
  SAD: 'Soins à domicile',
  HAD: 'Hospitalisation à domicile',
  MAD: 'Maintien à domicile',
  PALLIATIF: 'Soins palliatifs',
  ESSMS: 'Etablissement ou Service Social ou Médico-Social',
  AMO: "Organisme d'assurance maladie obligatoire",
  SAMU_SMUR: 'SAMU/SMUR',
}

/** Activity sector (healthcareFacilityTypeCode, JDV_J61) as a coded value; an unlisted code keeps its own code as label. */
export function facilityType(code: string): Coded {
  return { code, system: codeSystems.facilityType, label: facilityTypes[code] ?? code }
}

/** Practice setting (practiceSettingCode, JDV_J62) as a coded value; an unlisted code keeps its own code as label. */
export function practiceSetting(code: string): Coded {
  return { code, system: codeSystems.practiceSetting, label: practiceSettings[code] ?? code }
}

/** True for an activity sector of the DMP's list (JDV_J61). */
export function isFacilityType(code: string): boolean {
  return Object.hasOwn(facilityTypes, code)
}

/** True for a practice setting of the DMP's list (JDV_J62). */
export function isPracticeSetting(code: string): boolean {
  return Object.hasOwn(practiceSettings, code)
}

/** Practice setting that goes with an activity sector: outside establishments care is ambulatory. */
export function practiceSettingOfFacility(facilityCode: string): Coded {
  if (['SA01', 'SA02', 'SA03', 'SA04'].includes(facilityCode)) return practiceSetting('ETABLISSEMENT')
  if (['SA17', 'SA21', 'SA41'].includes(facilityCode)) return practiceSetting('ESSMS')
  if (facilityCode === 'SA24') return practiceSetting('AMO')
  return practiceSetting('AMBULATOIRE')
}
