import type { Coded } from '#shared/contract/document-metadata.ts'
import { codeSystems } from './code-systems.ts'

/** CI-SIS models of structured documents (arc 1.2.250.1.213.1.1.1) and their format code of TRE_A06, with its label. */
const cisisModels: Readonly<Record<string, readonly [code: string, label: string]>> = {
  '5.1': ['urn:asip:ci-sis:cse-cs8:2017', "Certificat de santé du 8ème jour de l'enfant"],
  '5.2': ['urn:asip:ci-sis:cse-cs9:2017', "Certificat de santé du 9ème mois de l'enfant"],
  '5.3': ['urn:asip:ci-sis:cse-cs24:2017', "Certificat de santé du 24ème mois de l'enfant"],
  '5.4': ['urn:ans:ci-sis:cse-mde:2023', 'Mesures de signes vitaux'],
  '8': ['urn:asip:ci-sis:frcp:2011', 'Fiche de réunion de concertation pluridisciplinaire'],
  '9': ['urn:asip:ci-sis:idap:2011', 'Information et directives anticipées du patient'],
  '10': ['urn:asip:ci-sis:cva:2017', 'Carnet de vaccination électronique'],
  '12.1': ['urn:asip:ci-sis:obp-sap:2023', 'Synthèse antepartum'],
  '12.2': ['urn:asip:ci-sis:obp-snm:2023', 'Synthèse Salle de Naissance Mère'],
  '12.3': ['urn:asip:ci-sis:obp-sne:2023', 'Synthèse Salle de Naissance Enfant'],
  '12.4': ['urn:asip:ci-sis:obp-scm:2023', 'Synthèse Suites de Couches Mère'],
  '12.5': ['urn:asip:ci-sis:obp-sem:2023', 'Synthèse Enfant en Maternité'],
  '13': ['urn:asip:ci-sis:vsm:2012', 'Synthèse médicale'],
  '15': ['urn:asip:ci-sis:aunv:2013', "Fiche d'admission en unité neuro-vasculaire"],
  '16': ['urn:asip:ci-sis:eunv:2013', "Fiche d'épisode de soin en unité neuro-vasculaire"],
  '17': ['urn:asip:ci-sis:sunv:2013', "Fiche de sortie d'unité neuro-vasculaire"],
  '18': ['urn:asip:ci-sis:crrtn:2013', 'Compte-rendu de rétinographie'],
  '2.1.1': ['urn:asip:ci-sis:avk:2009', 'Fiche patient à risque en cardiologie - Traitement AVK'],
  '2.1.2': ['urn:asip:ci-sis:tap:2009', 'Fiche patient à risque en cardiologie - Traitement antiagrégant plaquettaire, stent'],
  '2.1.3': ['urn:asip:ci-sis:dci:2009', 'Fiche patient à risque en cardiologie - Défibrillateur cardiaque interne'],
  '2.1.4': ['urn:asip:ci-sis:psc:2009', "Fiche patient à risque en cardiologie - Porteur d'un stimulateur cardiaque"],
  '2.1.5': ['urn:asip:ci-sis:ppv:2009', "Fiche patient à risque en cardiologie - Porteur d'une prothèse valvulaire"],
  '20': ['urn:asip:ci-sis:pps-paerpa:2017', 'Plan Personnalisé de Santé - PAERPA'],
  '21': ['urn:asip:ci-sis:ldl-ees:2017', "Lettre de Liaison à l'entrée d'un établissement de santé"],
  '22': ['urn:asip:ci-sis:dlu:2015', "Document de liaison d'urgence"],
  '23': ['urn:asip:ci-sis:fludt:2017', "Fiche de liaison d'urgence - Transfert de l'EHPAD vers les urgences"],
  '24': ['urn:asip:ci-sis:fludr:2017', "Fiche de liaison d'urgence - Retour des urgences vers l'EHPAD"],
  '25': ['urn:asip:ci-sis:pavc:2016', "Compte-rendu de consultation d'évaluation pluri-professionnelle post AVC"],
  '26': ['urn:asip:ci-sis:pps-cancer:2017', 'Programme Personnalisé de Soins - Cancer'],
  '27': ['urn:asip:ci-sis:d2lm-fin:2017', "Seconde lecture de mammographie - Fiche d'interprétation nationale"],
  '28': ['urn:asip:ci-sis:d2lm-fidd:2017', "Seconde lecture de mammographie - Fiche d'interprétation du bilan de diagnostic différé"],
  '29': ['urn:asip:ci-sis:ldl-ses:2017', "Lettre de Liaison à la sortie de l'établissement de santé"],
  '30': ['urn:asip:ci-sis:sdm-mr:2017', 'Set de Données Minimum - Maladies Rares'],
  '32': ['urn:asip:ci-sis:crgm:2018', 'Compte rendu de génétique moléculaire'],
  '36': ['urn:asip:ci-sis:hr:2019', 'Données de remboursement'],
  '37': ['urn:asip:ci-sis:vac:2019', 'Historique des vaccinations'],
  '38': ['urn:asip:ci-sis:tlm-da:2020', "Demande d'acte de télémédecine"],
  '40': ['urn:asip:ci-sis:cr-anest:2020', "Compte rendu d'anesthésie"],
  '41': ['urn:asip:ci-sis:cr-cpa:2020', 'Compte rendu de consultation pré-anesthésique'],
  '46': ['urn:asip:ci-sis:vac-note:2021', 'Note de vaccination'],
  '47': ['urn:ans:ci-sis:img-da:2022', "Demande d'actes d'imagerie"],
  '48': ['urn:asip:ci-sis:dlu-dlu-dom:2022', "Document de liaison d'urgence DOM"],
  '49': ['urn:asip:ci-sis:dlu-fludt-dom:2022', "Fiche de liaison d'urgence - Transfert du domicile vers les urgences"],
  '50': ['urn:asip:ci-sis:dlu-fludr-dom:2022', "Fiche de liaison d'urgence - Retour des urgences vers le domicile"],
  '52': ['urn:ans:ci-sis:bio-ep-bio:2022', "Prescription d'actes de biologie médicale"],
  '56': ['urn:asip:ci-sis:ppp:2023', 'Plan personnalisé de prévention'],
  '58': ['urn:asip:ci-sis:export-dui:2023', 'Export du Dossier Usager informatisé'],
  '59': ['urn:ans:ci-sis:trod:2024', "Test rapide d'orientation diagnostique"],
  '61': ['urn:asip:ci-sis:ft-su:2024', 'Fiche de transfert vers le service des urgences'],
  '62': ['urn:asip:ci-sis:fr-su:2024', 'Fiche de retour du service des urgences'],
}

/** Same arc, models whose format is one of IHE. */
const iheModels: Readonly<Record<string, readonly [code: string, label: string]>> = {
  '39': ['urn:ihe:pharm:pre:2010', 'Prescription de médicaments'],
  '42': ['urn:ihe:eyecare:geneyeevalcn:2014', 'CR de consultation en ophtalmologie'],
  '43': ['urn:ihe:eyecare:geneyeevalcn:2014', 'CR de consultation en ophtalmologie'],
  '44': ['urn:ihe:eyecare:geneyeevalcn:2014', 'CR de consultation en ophtalmologie'],
  '45': ['urn:ihe:rad:CDA:ImagingReportStructuredHeadings:2013', "Compte-rendu d'imagerie médicale"],
  '51': ['urn:ihe:pcc:ips:2020', 'Synthèse médicale'],
  '54': ['urn:ihe:pharm:dis:2010', 'Dispensation médicamenteuse'],
  '55': ['urn:ihe:lab:xd-lab:2008', "Compte rendu structuré d'examens de biologie médicale"],
  '57': ['urn:ihe:palm:apsr:2016', "CR d'anatomie et de cytologie pathologiques"],
}

/** Organs of the IHE pathology models 1.3.6.1.4.1.19376.1.8.1.1.2.n, in order of n. */
const pathologyOrgans = [
  'breast', 'colon', 'prostate', 'thyroid', 'lung', 'skin', 'kidney', 'cervix', 'endometrium', 'ovary',
  'esophagus', 'stomach', 'liver', 'pancreas', 'testis', 'urinary_bladder', 'lip_oral_cavity', 'pharynx', 'salivary_gland', 'larynx',
] as const

const cisisArc = '1.2.250.1.213.1.1.1.'
const pathologyArc = '1.3.6.1.4.1.19376.1.8.1.1.'

function ihe([code, label]: readonly [string, string]): Coded {
  return { code, system: codeSystems.formatIhe, label }
}

function structuredFormat(templateId: string): Coded | undefined {
  if (templateId.startsWith(cisisArc)) {
    const model = templateId.slice(cisisArc.length)
    const cisis = Object.hasOwn(cisisModels, model) ? cisisModels[model] : undefined
    if (cisis) return { code: cisis[0], system: codeSystems.formatCisis, label: cisis[1] }
    const other = Object.hasOwn(iheModels, model) ? iheModels[model] : undefined
    return other && ihe(other)
  }
  if (templateId === '1.3.6.1.4.1.19376.1.3.3') return ihe(['urn:ihe:lab:xd-lab:2008', "Compte rendu structuré d'examens de biologie médicale"])
  if (templateId === `${pathologyArc}1`) {
    return ihe(['urn:ihe:pat:apsr:all:2010', "Compte rendu d'anatomie et de cytologie pathologiques - Modèle générique"])
  }
  if (templateId.startsWith(`${pathologyArc}2.`)) {
    const organ = pathologyOrgans[Number(templateId.slice(pathologyArc.length + 2)) - 1]
    return organ && ihe([`urn:ihe:pat:apsr:${organ}:2010`, "Compte rendu d'anatomie et de cytologie pathologiques"])
  }
  return undefined
}

const unstructuredFormats: Readonly<Record<string, readonly [code: string, label: string]>> = {
  'application/pdf': ['urn:ihe:iti:xds-sd:pdf:2008', 'Document à corps non structuré en Pdf/A-1'],
  'text/plain': ['urn:ihe:iti:xds-sd:text:2008', 'Document à corps non structuré en texte brut'],
  'text/rtf': ['urn:ihe:iti-fr:xds-sd:rtf:2010', 'Document à corps non structuré en format rtf'],
  'image/jpeg': ['urn:ihe:iti-fr:xds-sd:jpeg:2010', 'Document à corps non structuré en format jpeg'],
  'image/tiff': ['urn:ihe:iti-fr:xds-sd:tiff:2010', 'Document à corps non structuré en format tiff'],
}

/** Format of a structured document whose model is in no association table: "Document non référencé IHE ou CI-SIS". */
export const unreferencedFormat: Coded = {
  code: 'urn:asipSante:modelesHorsProfils:2011',
  system: codeSystems.formatCisis,
  label: 'Document non référencé IHE ou CI-SIS',
}

/**
 * formatCode of a CDA (dmp-interface.md 2.7, association ASS_A11): by the media type of its body when unstructured
 * (`bodyMediaType` given), by its templateIds otherwise, the CI-SIS model first. Undefined when no rule gives one.
 */
export function formatCodeOf(templateIds: readonly string[], bodyMediaType: string | null): Coded | undefined {
  if (bodyMediaType !== null) {
    const format = unstructuredFormats[bodyMediaType]
    return format && ihe(format)
  }
  const found = templateIds.map((id) => ({ id, format: structuredFormat(id) })).filter(({ format }) => format !== undefined)
  return (found.find(({ id }) => id.startsWith(cisisArc)) ?? found[0])?.format
}
