import type { Coded } from '#shared/contract/document-metadata.ts'
import { codeSystems } from './code-systems.ts'

/**
 * Classes of documents, TRE_A03 restricted to what the DMP takes (JDV_J57).
 */
export const documentClasses = {
  '10': 'Compte rendu',
  '11': 'Synthèse',
  '31': 'Imagerie médicale',
  '42': 'Prescription',
  '43': 'Dispensation',
  '44': 'Plan de soins, protocole de soins',
  '45': 'Traitement administré',
  '52': 'Certificat, déclaration',
  '60': 'Données de remboursement',
  '90': 'Autres documents déposés par le patient',
  '95': 'Document de gestion',
} as const satisfies Record<string, string>
export type DocumentClass = keyof typeof documentClasses

/** One line of the DMP's list of types (JDV_J66) with the class the national association table gives it. */
export interface DocumentType {
  readonly label: string
  readonly system: 'loinc' | 'documentType'
  readonly documentClass: DocumentClass
}

const loinc = (documentClass: DocumentClass, label: string): DocumentType => ({ label, system: 'loinc', documentClass })
const french = (documentClass: DocumentClass, label: string): DocumentType => ({ label, system: 'documentType', documentClass })

/**
 * Types the DMP accepts (JDV_J66-TypeCode-DMP with the class of association ASS_X16, DMP edition). Nothing else is
 * deposited; the class is never chosen, only derived from here.
 */
const documentTypes: Readonly<Record<string, DocumentType>> = {
  '57833-6': loinc('42', 'Prescription de produits de santé'),
  '57832-8': loinc('42', 'Prescription de soins'),
  '57828-6': loinc('42', 'Prescription (autre)'),
  '55115-0': loinc('42', "Demande d'actes d'imagerie"),
  '61357-0': loinc('42', 'Intervention pharmaceutique'),
  '75468-9': loinc('42', 'Renouvellement ordonnance par pharmacien correspondant'),
  'PRESC-BIO': french('42', "Prescription d'actes de biologie médicale"),
  'PRESC-KINE': french('42', "Prescription d'actes de kinésithérapie"),
  'PRESC-INF': french('42', "Prescription d'actes infirmiers"),
  'PRESC-PEDI': french('42', "Prescription d'actes de pédicurie"),
  'PRESC-ORTHOPHO': french('42', "Prescription d'actes d'orthophonie"),
  'PRESC-ORTHOPTIE': french('42', "Prescription d'actes d'orthoptie"),
  'PRESC-AAT': french('42', 'Prescription arrêt de travail'),
  'DOCPAT02': french('42', 'Traitement ou document de soins déposé par le patient'),
  '11488-4': loinc('10', 'CR ou fiche de consultation ou de visite'),
  '11490-0': loinc('10', "Lettre de liaison à la sortie d'un établissement de soins"),
  '11502-2': loinc('10', "CR d'examens biologiques"),
  '11505-5': loinc('10', "CR d'acte thérapeutique (autre)"),
  '11506-3': loinc('10', 'CR ou fiche de suivi de soins par auxiliaire médical'),
  '11526-1': loinc('10', "CR d'anatomie et de cytologie pathologiques"),
  '15507-7': loinc('10', 'CR de passage aux urgences'),
  '15508-5': loinc('10', "CR d'accouchement"),
  '28653-4': loinc('10', 'Document du secteur social / médico-social'),
  '29274-8': loinc('10', 'Mesures de signes vitaux'),
  '34112-3': loinc('10', 'CR hospitalier (séjour)'),
  '34749-2': loinc('10', 'CR de consultation pré-anesthésique'),
  '34794-8': loinc('10', 'CR de réunion de concertation pluridisciplinaire'),
  '34874-8': loinc('10', 'CR opératoire'),
  '34875-5': loinc('10', 'Évaluation postopératoire et note de suivi'),
  '47420-5': loinc('10', 'CR de bilan fonctionnel'),
  '51969-4': loinc('10', 'CR de génétique moléculaire'),
  '59283-2': loinc('10', "CR d'examen de l'enfant"),
  '60568-3': loinc('10', "CR d'anatomie et de cytologie pathologiques"),
  '67851-6': loinc('10', "CR d'admission"),
  '70004-7': loinc('10', "CR d'acte diagnostique (autre)"),
  '75482-0': loinc('10', "CR d'acte thérapeutique à visée préventive"),
  '75492-9': loinc('10', "CR d'acte diagnostique à visée préventive ou de dépistage"),
  '75496-0': loinc('10', "Demande d'acte de télémédecine"),
  '77436-4': loinc('10', "CR d'anesthésie"),
  '78513-9': loinc('10', 'CR de consultation en ophtalmologie'),
  '78601-2': loinc('10', "CR d'entretien pharmaceutique"),
  '83981-1': loinc('10', "Lettre de liaison à la sortie d'une structure sociale ou médico-sociale"),
  '85208-7': loinc('10', 'CR de télémédecine'),
  '93024-8': loinc('10', 'CR de consultation pharmaceutique'),
  '96349-6': loinc('10', "Lettre d'adressage"),
  'BIL_AUTO': french('10', "CR de bilan d'évaluation de la perte d'autonomie"),
  'DOCPAT03': french('10', 'CR déposé par le patient'),
  'DOCPAT05': french('10', 'CR de biologie déposé par le patient'),
  'DOCPAT06': french('10', 'CR de prévention déposé par le patient'),
  '18748-4': loinc('31', "CR d'imagerie médicale"),
  '52040-3': loinc('31', "Document encapsulant une image d'illustration non DICOM"),
  'IMG-KOS': french('31', "Reference d'objets d'un examen d'imagerie"),
  'DOCPAT04': french('31', 'Imagerie déposée par le patient'),
  '60591-5': loinc('11', 'Synthèse médicale'),
  '18761-7': loinc('11', "Note de transfert (dont lettre de liaison à l'entrée en établissement de soins)"),
  '34133-9': loinc('11', "Synthèse d'épisode de soins"),
  '34842-5': loinc('11', "Grille d'évaluation médico-social"),
  '56445-0': loinc('11', 'Bilan médicamenteux (Officine)'),
  '57055-6': loinc('11', 'Synthèse antepartum'),
  '57057-2': loinc('11', 'Synthèse Salle de Naissance Mère'),
  '57075-4': loinc('11', 'Synthèse Salle de Naissance Enfant'),
  '68599-0': loinc('11', 'Synthèse psychiatrique'),
  '68817-6': loinc('11', "Bilan de santé et de prévention de l'enfant"),
  '74207-2': loinc('11', "Document de liaison d'urgence"),
  '78489-2': loinc('11', 'Synthèse Enfant en Maternité'),
  '80820-4': loinc('11', 'Formulaire de conciliation médicamenteuse (Hôpital)'),
  '83836-7': loinc('11', 'Schéma dentaire'),
  '83901-9': loinc('11', 'Bilan psychologique'),
  '88348-8': loinc('11', "Lettre de liaison d'entrée en structure sociale ou médico-sociale"),
  '89235-6': loinc('11', 'Synthèse Suites de Couches Mère'),
  SYNTH: french('11', 'Synthèse'),
  'DOCPAT01': french('11', 'Synthèse déposée par le patient'),
  'DOCPAT08': french('11', 'Profil médical Mon espace santé'),
  '11369-6': loinc('52', 'Historique des vaccinations'),
  '87273-9': loinc('52', 'Note de vaccination'),
  '89601-9': loinc('52', 'Certificat médical'),
  '96173-0': loinc('52', "Test rapide d'orientation diagnostique"),
  '96874-3': loinc('52', 'COVID-19 Attestation de vaccination'),
  'CERT_DECL': french('52', 'Certificat, déclaration'),
  'DOCPAT07': french('52', 'Certificat déposé par le patient'),
  '18776-5': loinc('44', 'Plan personnalisé de soins'),
  '77604-7': loinc('44', 'Planification thérapeutique'),
  '80771-9': loinc('44', "Projet d'accueil individualisé"),
  '80788-3': loinc('44', "Projet personnalisé d'accompagnement"),
  '83869-8': loinc('44', 'Plan personnalisé de prévention'),
  'PROT_ALD': french('44', 'Protocole de soins ALD'),
  '60593-1': loinc('43', 'Dispensation médicamenteuse'),
  'DISP_AUT': french('43', 'Dispensation (autre)'),
  '80565-5': loinc('45', "CR d'administration de médicaments"),
  '59284-0': loinc('95', 'Attestation de consentement'),
  '86531-1': loinc('95', 'Attestation de sortie'),
  'AUTORIS-SOINS': french('95', 'Autorisation de soins et actes non usuels sanitaires'),
  'ATTEST-ASS-COMPL': french('95', 'Attestation assurance complémentaire'),
  'ATTEST-RESID': french('95', 'Attestation de résidence'),
  'ATTEST-HEBGT': french('95', "Attestation d'hébergement"),
  'ATTEST-DROITS-AM': french('95', "Attestation de droits à l'assurance maladie"),
  'DOCPAT09': french('95', 'Document administratif déposé par le patient'),
  '74465-6': loinc('90', 'Questionnaire patient'),
  'EXPPAT_1': french('90', 'Volontés et droits du patient'),
  'EXPPAT_2': french('90', 'Autre document du patient'),
  'EXPPAT_3': french('90', 'Directives anticipées'),
  REMB: french('60', 'Données de remboursement'),
}

/** The line of a type code, or undefined when the DMP does not take it. */
export function documentType(code: string): DocumentType | undefined {
  return Object.hasOwn(documentTypes, code) ? documentTypes[code] : undefined
}

/** Every type code the DMP takes. */
export const acceptedTypeCodes: readonly string[] = Object.keys(documentTypes)

/** French label of a type code; the code itself when it is not in the list, so that a screen is never blank. */
export function typeLabel(code: string): string {
  return documentType(code)?.label ?? code
}

/** French label of a class code; the code itself when unknown. */
export function classLabel(code: string): string {
  return Object.hasOwn(documentClasses, code) ? documentClasses[code as DocumentClass] : code
}

/** The type as XDS and CDA want it: code, OID of its system, label; undefined when the DMP does not take it. */
export function codedType(code: string): Coded | undefined {
  const type = documentType(code)
  return type && { code, system: codeSystems[type.system], label: type.label }
}

/** classCode of a type code (mandatory derivation, dmp-interface.md 2.8); undefined when the type is not accepted. */
export function classOf(typeCode: string): Coded | undefined {
  const type = documentType(typeCode)
  return type && { code: type.documentClass, system: codeSystems.documentClass, label: documentClasses[type.documentClass] }
}

/** True for what the patient put there: class 90 or a `DOCPAT*` type, which every display must flag (EX_3.1-1040). */
export function isFromPatient(typeCode: string, classCode: string): boolean {
  return classCode === '90' || typeCode.startsWith('DOCPAT')
}
