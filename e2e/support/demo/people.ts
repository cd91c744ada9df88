import { demoPatients, type DemoPatient } from '../../../resources/demo/patients.ts'
import { demoPractice } from '../../../resources/demo/practice.ts'
import type { DemoAuthor, DemoStructure } from './document-model.ts'

const file = demoPatients()
export const { insOid, localIdOid } = file

/** One of the twelve patients by local number. Throws for a number that is not in `patients.json`. */
export function patient(localId: string): DemoPatient {
  const found = file.patients.find((each) => each.localId === localId)
  if (!found) throw new Error(`no demo patient ${localId}`)
  return found
}

/** A patient the practice software never announces: what is written about her must wait for the secretary. */
export const stranger: DemoPatient = {
  localId: 'P000999',
  ins: '253121399907282',
  birthName: 'VASSEUR',
  givenNames: 'PAULETTE JEANNE',
  usedName: 'VASSEUR',
  usedGivenName: 'Paulette',
  birthDate: '1953-12-02',
  sex: 'F',
  birthPlace: { code: '13999', city: 'PORT-DU-SUD' },
  title: 'Mme',
  phone: '01 99 00 41 99',
  address: { line: '5 impasse des Glycines', postalCode: '75019', city: 'PARIS' },
}

const practice = demoPractice()
const house = practice.structures[0]
if (!house?.address) throw new Error('the demo practice has no address')

export const tilleuls: DemoStructure = {
  id: house.id,
  name: house.name,
  sector: house.sector,
  line: house.address.line,
  postalCode: house.address.postalCode,
  city: house.address.city,
  phone: house.phone ?? '',
  patientOid: localIdOid,
  colour: [0.13, 0.42, 0.3],
  emblem: 'leaf',
  motto: 'Médecine générale · Soins infirmiers',
}

function ours(id: string, label: string): DemoAuthor {
  const found = practice.professionals.find((each) => each.id === id)
  if (!found) throw new Error(`no demo professional ${id}`)
  const { family, given, title = '', profession, specialty } = found
  return { id, family, given, title, profession, ...(specialty ? { specialty } : {}), structure: tilleuls, label }
}

const structures = {
  laboratory: {
    id: '1750999013', name: 'Laboratoire Biolys - Bassin de la Villette', sector: 'SA25', line: '21 quai des Mariniers', postalCode: '75019', city: 'PARIS',
    phone: '01 99 00 52 10', patientOid: '1.2.250.1.999.81.2', colour: [0.62, 0.1, 0.22], emblem: 'drop', motto: 'Biologie médicale · Site du Bassin',
  },
  hospital: {
    id: '1930999032', name: "Centre hospitalier du Val d'Ourcq", sector: 'SA01', line: '100 avenue du Grand-Moulin', postalCode: '93500', city: 'PANTIN',
    phone: '01 99 00 60 00', patientOid: '1.2.250.1.999.82.2', colour: [0.06, 0.3, 0.55], emblem: 'cross', motto: 'Établissement public de santé',
  },
  imaging: {
    id: '1750999047', name: "Centre d'imagerie de la Rotonde", sector: 'SA09', line: '3 place des Lanternes', postalCode: '75019', city: 'PARIS',
    phone: '01 99 00 53 40', patientOid: '1.2.250.1.999.83.2', colour: [0.2, 0.24, 0.42], emblem: 'wave', motto: 'Radiologie · Échographie · Scanner · IRM',
  },
  clinic: {
    id: '1920999067', name: 'Clinique des Lilas-Blancs', sector: 'SA04', line: '48 allée des Érables-Pourpres', postalCode: '92390', city: 'VILLENEUVE-LA-FICTIVE',
    phone: '01 99 00 61 70', patientOid: '1.2.250.1.999.84.2', colour: [0.42, 0.22, 0.5], emblem: 'sun', motto: 'Chirurgie · Cancérologie',
  },
  cardiology: {
    id: '499900000789001', name: 'Cabinet de cardiologie Delmas-Roy', sector: 'SA07', line: '77 rue des Passerelles', postalCode: '75019', city: 'PARIS',
    phone: '01 99 00 54 22', patientOid: '1.2.250.1.999.85.2', colour: [0.7, 0.16, 0.16], emblem: 'heart', motto: 'Cardiologie et maladies vasculaires',
  },
  specialists: {
    id: '1750999054', name: 'Cabinet médical des Deux-Écluses', sector: 'SA08', line: '6 rue des Éclusiers', postalCode: '75020', city: 'PARIS',
    phone: '01 99 00 55 18', patientOid: '1.2.250.1.999.86.2', colour: [0.1, 0.4, 0.48], emblem: 'wave', motto: 'Médecins spécialistes',
  },
} as const satisfies Record<string, DemoStructure>

export const authors = {
  marchandeau: ours('801234567897', 'Médecin généraliste'),
  belhadj: ours('899900000219', 'Médecin généraliste'),
  leGuilloux: ours('899900000342', 'Infirmière diplômée d’État'),
  biologist: { id: '899900000474', family: 'SANTINI-BRACQ', given: 'Aurélie', title: 'Dr', profession: '10', specialty: 'SM03', structure: structures.laboratory, label: 'Biologiste médicale' },
  hospitalCardiologist: { id: '899900000524', family: 'OKONKWO-PERRIN', given: 'Jules', title: 'Dr', profession: '10', specialty: 'SM04', structure: structures.hospital, label: 'Praticien hospitalier, cardiologie' },
  emergency: { id: '899900000631', family: 'VERDONCK', given: 'Maud', title: 'Dr', profession: '10', specialty: 'SM59', structure: structures.hospital, label: 'Médecine d’urgence' },
  geriatrician: { id: '899900000862', family: 'CASTELNAU', given: 'Irène', title: 'Dr', profession: '10', specialty: 'SM18', structure: structures.hospital, label: 'Gériatrie, court séjour' },
  obstetrician: { id: '899900000912', family: 'HADDAD-MOREAU', given: 'Lina', title: 'Dr', profession: '10', specialty: 'SM20', structure: structures.hospital, label: 'Gynécologie-obstétrique' },
  paediatrician: { id: '899900001050', family: 'SORIANO', given: 'Basile', title: 'Dr', profession: '10', specialty: 'SM40', structure: structures.hospital, label: 'Pédiatrie, maternité' },
  radiologist: { id: '899900001134', family: 'KERVADEC', given: 'Loïc', title: 'Dr', profession: '10', specialty: 'SM44', structure: structures.imaging, label: 'Radiodiagnostic et imagerie médicale' },
  surgeon: { id: '899900001274', family: 'AMBROSINI', given: 'Claire', title: 'Dr', profession: '10', specialty: 'SM20', structure: structures.clinic, label: 'Chirurgie gynécologique et sénologique' },
  cardiologist: { id: '899900000789', family: 'DELMAS-ROY', given: 'Vincent', title: 'Dr', profession: '10', specialty: 'SM04', structure: structures.cardiology, label: 'Cardiologue' },
  pulmonologist: { id: '899900001381', family: 'TRAORE-LEMAIRE', given: 'Awa', title: 'Dr', profession: '10', specialty: 'SM41', structure: structures.specialists, label: 'Pneumologue' },
  psychiatrist: { id: '899900001498', family: 'BRUNEL', given: 'Étienne', title: 'Dr', profession: '10', specialty: 'SM42', structure: structures.specialists, label: 'Psychiatre' },
  rheumatologist: { id: '899900001506', family: 'FERRAND-NEVES', given: 'Odile', title: 'Dr', profession: '10', specialty: 'SM48', structure: structures.specialists, label: 'Rhumatologue' },
  ophthalmologist: { id: '899900001613', family: 'PALLUEL', given: 'Simon', title: 'Dr', profession: '10', specialty: 'SM38', structure: structures.specialists, label: 'Ophtalmologue' },
  allergist: { id: '899900001720', family: 'GRANDIN-SOW', given: 'Fatou', title: 'Dr', profession: '10', specialty: 'SM57', structure: structures.specialists, label: 'Allergologue' },
  midwife: { id: '899900001837', family: 'JOLIVET', given: 'Ambre', title: 'Mme', profession: '50', structure: structures.specialists, label: 'Sage-femme' },
} as const satisfies Record<string, DemoAuthor>
