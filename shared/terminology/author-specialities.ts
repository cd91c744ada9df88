import type { Coded } from '#shared/contract/document-metadata.ts'
import { codeSystems } from './code-systems.ts'

/** Professions (TRE_G15) by code. */
const professions: Readonly<Record<string, string>> = {
  '10': 'Médecin',
  '21': 'Pharmacien',
  '26': 'Audioprothésiste',
  '28': 'Opticien-Lunetier',
  '40': 'Chirurgien-Dentiste',
  '50': 'Sage-Femme',
  '60': 'Infirmier',
  '70': 'Masseur-Kinésithérapeute',
  '80': 'Pédicure-Podologue',
  '91': 'Orthophoniste',
  '92': 'Orthoptiste',
  '94': 'Ergothérapeute',
  '95': 'Diététicien',
  '96': 'Psychomotricien',
  '98': 'Manipulateur ERM',
}

/** Doctors' specialities (TRE_R38, family SM) as JDV_J01 words them. */
const medicalSpecialities: Readonly<Record<string, string>> = {
  SM01: 'Anatomie et Cytologie pathologiques',
  SM02: 'Anesthésie-réanimation',
  SM03: 'Biologie médicale',
  SM04: 'Cardiologie et maladies vasculaires',
  SM05: 'Chirurgie générale',
  SM06: 'Chirurgie maxillo-faciale',
  SM07: 'Chirurgie maxillo-faciale et Stomatologie',
  SM08: 'Chirurgie orthopédique et Traumatologie',
  SM09: 'Chirurgie infantile',
  SM10: 'Chirurgie plastique reconstruct et esthétique',
  SM11: 'Chirurgie thoracique et cardio-vasculaire',
  SM12: 'Chirurgie urologique',
  SM13: 'Chirurgie vasculaire',
  SM14: 'Chirurgie viscérale et digestive',
  SM15: 'Dermatologie et Vénéréologie',
  SM16: 'Endocrinologie et métabolisme',
  SM17: 'Génétique médicale',
  SM18: 'Gériatrie',
  SM19: 'Gynécologie médicale',
  SM20: 'Gynécologie-obstétrique',
  SM21: 'Hématologie',
  SM22: 'Hématologie, opt Maladie du sang',
  SM23: 'Hématologie, opt Onco-hématologie',
  SM24: 'Gastro-entérologie et hépatologie',
  SM25: 'Médecine du travail',
  SM26: 'Qualifié en Médecine Générale',
  SM27: 'Médecine interne',
  SM28: 'Médecine nucléaire',
  SM29: 'Médecine physique et réadaptation',
  SM30: 'Néphrologie',
  SM31: 'Neuro-chirurgie',
  SM32: 'Neurologie',
  SM33: 'Neuro-psychiatrie',
  SM34: 'ORL et Chirurgie cervico-faciale',
  SM35: 'Oncologie, opt Onco-hématologie',
  SM36: 'Oncologie, opt médicale',
  SM37: 'Oncologie, opt radiothérapie',
  SM38: 'Ophtalmologie',
  SM39: 'Oto-rhino-laryngologie',
  SM40: 'Pédiatrie',
  SM41: 'Pneumologie',
  SM42: 'Psychiatrie',
  SM43: 'Psychiatrie, opt enfant et adolescent',
  SM44: 'Radio-diagnostic',
  SM45: 'Radio-thérapie',
  SM46: 'Médecine intensive-réanimation',
  SM47: 'Recherche médicale',
  SM48: 'Rhumatologie',
  SM49: 'Santé publique et Médecine sociale',
  SM50: 'Stomatologie',
  SM51: 'Gynéco-obstétrique et Gynéco méd, opt Gyn-obs',
  SM52: 'Gynéco-obstétrique et Gynéco méd, opt Gyn-méd',
  SM53: 'Spécialiste en Médecine Générale',
  SM54: 'Médecine Générale',
  SM55: 'Radio-diagnostic et Radio-Thérapie',
  SM56: 'Chirurgie orale',
  SM57: 'Allergologie',
  SM58: 'Maladies infectieuses et tropicales',
  SM59: "Médecine d'urgence",
  SM60: 'Médecine légale et expertises médicales',
  SM61: 'Médecine vasculaire',
  SM62: 'Endocrinologie, diabétologie, nutrition',
  SM72: 'Médecine interne et immunologie clinique',
  SM73: 'Médecine cardiovasculaire',
  SM74: 'Radiologie et imagerie médicale',
  SM75: 'Santé publique',
}

const pharmacistTables: Readonly<Record<string, string>> = {
  A: "Pharmacien titulaire d'officine",
}

/** Authors that are not persons (TRE_A00). */
const deviceSpecialities: Readonly<Record<string, string>> = {
  AUTOMATE: 'Automate',
  DISPOSITIF: 'Dispositif médical',
  SECRETARIAT_MEDICAL: 'Secrétariat médical',
  EXP_PATIENT: 'Expression personnelle du patient',
  SNR: 'Service numérique référencé',
  ALIM_AM: "Alimentation automatique à partir du Système d'Information de l'Assurance Maladie",
}

/** Code of JDV_J01 for a profession and its speciality: `G15_10/SM54`. The separator is always a slash. */
export function specialityCode(profession: string, speciality?: string): string {
  const base = profession.startsWith('G1') ? profession : `G15_${profession}`
  return speciality ? `${base}/${speciality}` : base
}

/** French label of a profession and speciality code of JDV_J01; the code itself when we do not know it. */
export function specialityLabel(code: string): string {
  const [, family, profession, speciality] = /^(G15|G16)_(\d\d)(?:\/(\w+))?$/.exec(code) ?? []
  const name = profession === undefined ? undefined : professions[profession]
  if (name === undefined) return deviceSpecialities[code] ?? code
  if (speciality === undefined) return family === 'G16' ? `${name} en formation` : name
  if (profession === '21') return pharmacistTables[speciality] ?? code
  const known = medicalSpecialities[speciality]
  return known === undefined ? code : `${name} - ${known} (SM)`
}

/** Profession and speciality of an author as XDS and CDA want it (JDV_J01, system TRE_A02). */
export function authorSpeciality(profession: string, speciality?: string): Coded {
  const code = specialityCode(profession, speciality)
  return { code, system: codeSystems.authorSpecialty, label: specialityLabel(code) }
}
