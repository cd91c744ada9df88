import type { Coded } from '#shared/contract/document-metadata.ts'
import { codeSystems } from './code-systems.ts'

/** Professions (TRE_G15) by code. */
const professions: Readonly<Record<string, string>> = {
  '10': 'Médecin',
  '21': 'Pharmacien',
  '26': 'Audioprothésiste',
  '28': 'Opticien-Lunetier',
  '31': 'Assistant dentaire',
  '32': 'Physicien médical',
  '35': 'Aide-soignant',
  '36': 'Ambulancier',
  '37': 'Auxiliaire de puériculture',
  '38': 'Préparateur en pharmacie hospitalière',
  '39': 'Préparateur en pharmacie (officine)',
  '40': 'Chirurgien-Dentiste',
  '50': 'Sage-Femme',
  '60': 'Infirmier',
  '69': 'Infirmier psychiatrique',
  '70': 'Masseur-Kinésithérapeute',
  '80': 'Pédicure-Podologue',
  '81': 'Orthoprothésiste',
  '82': 'Podo-Orthésiste',
  '83': 'Orthopédiste-Orthésiste',
  '84': 'Oculariste',
  '85': 'Epithésiste',
  '86': 'Technicien de laboratoire médical',
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
  SM63: 'Biologie médicale option biologie générale',
  SM64: 'Biologie médicale option médecine moléculaire, génétique et pharmacologie',
  SM65: 'Biologie médicale option hématologie et immunologie',
  SM66: 'Biologie médicale option agents infectieux',
  SM67: 'Biologie médicale option biologie de la reproduction',
  SM68: 'Chirurgie maxillo-faciale (réforme 2017)',
  SM69: 'Chirurgie pédiatrique option chirurgie viscérale pédiatrique',
  SM70: 'Chirurgie pédiatrique option orthopédie pédiatrique',
  SM71: 'Hématologie (réforme 2017)',
  SM72: 'Médecine interne et immunologie clinique',
  SM73: 'Médecine cardiovasculaire',
  SM74: 'Radiologie et imagerie médicale',
  SM75: 'Santé publique',
  SM76: 'Anesthésie-réanimation option anesthésie-pédiatrique',
  SM77: 'Chirurgie maxillo-faciale option orthodontie des dysmorphies maxillo-faciales',
  SM78: 'Chirurgie viscérale et digestive option endoscopie chirurgicale',
  SM79: 'Médecine cardiovasculaire option cardiologie interventionnelle',
  SM80: "Médecine cardiovasculaire option imagerie cardio d'expert",
  SM81: 'Médecine cardiovasculaire option rythmologie interventionnelle et stimulation cardiaque',
  SM82: 'Médecine intensive-réanimation option réanimation pédiatrique',
  SM83: 'Néphrologie option soins intensifs néphrologiques',
  SM84: "Neurologie option traitement interventionnel de l'ischémie cérébrale aigüe",
  SM85: 'Ophtalmo option chirurgie ophtalmopédiatrique et strabologique',
  SM86: 'ORL et chirurgie cervico-faciale option audiophonologie',
  SM87: 'Pédiatrie option néonatologie',
  SM88: 'Pédiatrie option neuropédiatrie',
  SM89: 'Pédiatrie option pneumopédiatrie',
  SM90: 'Pédiatrie option réanimation pédiatrique',
  SM91: 'Pneumologie option soins intensifs respiratoires',
  SM92: 'Psychiatrie option enfant et adolescent',
  SM93: 'Psychiatrie option psychiatrie personne âgée',
  SM94: 'Radiologie imagerie médicale option radiologie interventionnelle avancée',
  SM95: 'Santé publique option administration de la santé',
}

/** Know-how of the professions that are not doctors, worded whole as JDV_J01 does. */
const otherSpecialities: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '21': {
    A: "Pharmacien titulaire d'officine",
    B: "Pharmacien d'entreprise - industrie",
    C: "Pharmacien d'entreprise - distribution",
    D: 'Pharmacien adjoint, remplaçant ou gérant',
    DA: 'Pharmacien adjoint',
    DM: 'Pharmacien mutualiste ou minier',
    E: "Pharmacien d'Outre-Mer",
    EA: "Pharmacien titulaire d'officine - OM",
    EB: "Pharmacien d'entreprise - industrie - OM",
    EC: "Pharmacien d'entreprise - distribution - OM",
    ED: 'Pharmacien adjoint - OM',
    EG: 'Pharmacien biologiste - OM',
    EH: "Pharmacien d'un établissement de santé - OM",
    G: 'Pharmacien biologiste',
    H: "Pharmacien d'établissement de santé",
    M: 'Pharmacien militaire',
  },
  '40': {
    SCD01: 'Chirurgien-Dentiste - Orthopédie dento-faciale (SCD)',
    SCD02: 'Chirurgien-Dentiste - Chirurgie orale (SCD)',
    SCD03: 'Chirurgien-Dentiste - Médecine bucco-dentaire (SCD)',
  },
  '60': {
    SI01: 'Infirmier - Exercice infirmier en pratique avancée pathologies chroniques stabilisées (SI)',
    SI02: 'Infirmier - Exercice infirmier en pratique avancée oncologie et hémato-oncologie (SI)',
    SI03: 'Infirmier - Exerc. infirmier pratique avancée maladie rénale chroniq.,dialyse,transp. rénale (SI)',
    SI04: 'Infirmier - Exercice infirmier en pratique avancée santé mentale (SI)',
    SI05: 'Infirmier - Exercice infirmier en pratique avancée urgences (SI)',
  },
}
/** Families of know-how JDV_J01 joins to doctors. */
const doctorFamilies = /^(SM\d\d|CAPA\d\d|DSM\d{3}|CEX\d\d|C\d\d|DEC\d\d|SST\d\d|PAC00|80|81)$/

/** Authors that are not persons (TRE_A00). */
const deviceSpecialities: Readonly<Record<string, string>> = {
  AUTOMATE: 'Automate',
  DISPOSITIF: 'Dispositif médical',
  SECRETARIAT_MEDICAL: 'Secrétariat médical',
  EXP_PATIENT: 'Expression personnelle du patient',
  SNR: 'Service numérique référencé',
  ALIM_AM: "Alimentation automatique à partir du Système d'Information de l'Assurance Maladie",
}

/** Whether JDV_J01 has a code for this speciality of this profession (G15 number). */
function isJoined(profession: string, speciality: string): boolean {
  return profession === '10' ? doctorFamilies.test(speciality) : Object.hasOwn(otherSpecialities[profession] ?? {}, speciality)
}

/** Professions whose students and interns the list knows (TRE_G16). */
const inTraining = new Set(['10', '21', '40', '50'])
/** Code systems from which JDV_J01 takes professionals the health code does not know: other care, social work, what the CPx cards add. */
const otherProfessions = new Set(['1.2.250.1.213.1.6.1.109', '1.2.250.1.213.1.6.1.4', '1.2.250.1.213.1.6.1.107'])

/**
 * Whether a code may be one of JDV_J01: a profession or a non-person of its list, in the system it comes from. Know-how, and the numbers of the systems
 * it borrows, are not judged: they come and go from one edition to the next.
 */
export function isAuthorSpeciality(code: string, system: string): boolean {
  if (system === codeSystems.deviceSpecialty) return Object.hasOwn(deviceSpecialities, code)
  if (otherProfessions.has(system)) return /^\d{2,3}$/.test(code)
  const [, family, profession = ''] = /^(G15|G16)_(\d\d)(?:\/[A-Z0-9]+)?$/.exec(code) ?? []
  return system === codeSystems.authorSpecialty && (family === 'G16' ? inTraining.has(profession) : Object.hasOwn(professions, profession))
}

/**
 * Code of JDV_J01 for a profession and its speciality: `G15_10/SM54`. The separator is always a slash. A speciality the
 * national list does not join to the profession is left out: the profession alone is true, their pair is no code.
 */
export function specialityCode(profession: string, speciality?: string): string {
  const base = profession.startsWith('G1') ? profession : `G15_${profession}`
  return speciality && isJoined(base.replace(/^G15_/, ''), speciality) ? `${base}/${speciality}` : base
}

/** French label of a profession and speciality code of JDV_J01; the code itself when we do not know it. */
export function specialityLabel(code: string): string {
  const [, family, profession, speciality] = /^(G15|G16)_(\d\d)(?:\/(\w+))?$/.exec(code) ?? []
  const name = profession === undefined ? undefined : professions[profession]
  if (name === undefined) return (Object.hasOwn(deviceSpecialities, code) ? deviceSpecialities[code] : undefined) ?? code
  if (speciality === undefined) return family === 'G16' ? `${name} en formation` : name
  if (profession !== '10') return otherSpecialities[profession ?? '']?.[speciality] ?? code
  const known = medicalSpecialities[speciality]
  return known === undefined ? code : `${name} - ${known} (SM)`
}

/** Profession and speciality of an author as XDS and CDA want it (JDV_J01, system TRE_A02). */
export function authorSpeciality(profession: string, speciality?: string): Coded {
  const code = specialityCode(profession, speciality)
  return { code, system: codeSystems.authorSpecialty, label: specialityLabel(code) }
}
