import type { DemoDocument } from './document-model.ts'
import { authors, patient, stranger } from './people.ts'

/** How the practice software hands a document over. */
export type Delivery = 'json' | 'xml' | 'csv' | 'pattern' | 'cda' | 'oru' | 'mdm'

export interface NewDocument extends DemoDocument {
  readonly delivery: Delivery
  /** The word the practice software uses for this kind of document in its sidecars and file names. */
  readonly word: string
  /** The sidecar arrives before its PDF. */
  readonly sidecarFirst?: boolean
  /** The PDF is cut in the middle: a copy that failed. */
  readonly cut?: boolean
  /** What the trainee should see happen. */
  readonly expected: string
}

const garnier = patient('P000101')
const morel = patient('P000102')
const boukhrissa = patient('P000103')
const dHerve = patient('P000104')
const poli = patient('P000105')
const eloise = patient('P000106')
const noe = patient('P000107')
const ines = patient('P000108')
const fauvel = patient('P000109')
const petitjean = patient('P000110')
const oeuvrard = patient('P000111')
const wisniewski = patient('P000112')

/** What the practice produces while the demonstration plays, in order. */
export const newDocuments: readonly NewDocument[] = [
  {
    name: 'ordonnance-morel', delivery: 'json', word: 'ordonnance', expected: 'deposited', patient: morel, author: authors.belhadj, type: '57833-6', title: 'Ordonnance du 20/11/2026', at: '2026-11-20T09:05',
    body: { kind: 'prescription', heading: 'ORDONNANCE', longTermIllness: [
      { what: 'METFORMINE 1000 mg, comprimé', how: '1 comprimé au petit déjeuner et 1 au dîner. Pendant 3 mois.' }, { what: 'DAPAGLIFLOZINE 10 mg, comprimé pelliculé', how: '1 comprimé le matin. Pendant 3 mois. Arrêter en cas de vomissements ou de jeûne.' }, { what: 'RAMIPRIL 5 mg, comprimé', how: '1 comprimé le matin. Pendant 3 mois.' },
    ], lines: [{ what: 'ECONAZOLE 1 %, crème', how: '1 application matin et soir entre les orteils pendant 3 semaines. 1 tube.' }] },
  },
  {
    name: 'cr-ecg-poli', delivery: 'oru', word: 'ecg', expected: 'deposited', patient: poli, author: authors.belhadj, type: '70004-7', title: 'Électrocardiogramme du 20/11/2026', at: '2026-11-20T09:20',
    body: { kind: 'report', heading: 'ÉLECTROCARDIOGRAMME', sections: [{ title: 'Indication', text: 'Surveillance annuelle, antécédent d’infarctus antérieur.' }, { title: 'Tracé', text: 'Rythme sinusal à 62/min. PR 176 ms, QRS 96 ms, QTc 418 ms. Onde Q en V1-V3 connue. Pas de trouble de la repolarisation récent.' }, { title: 'Conclusion', text: 'Tracé inchangé par rapport à novembre 2025.' }] },
  },
  {
    name: 'consultation-dherve', delivery: 'json', word: 'compte rendu de consultation', sidecarFirst: true, expected: 'deposited', patient: dHerve, author: authors.marchandeau, type: '11488-4', title: 'Compte rendu de consultation du 20/11/2026', at: '2026-11-20T09:40',
    body: { kind: 'report', heading: 'COMPTE RENDU DE CONSULTATION', sections: [{ title: 'Motif', text: 'Toux nocturne depuis deux semaines, rhinite.' }, { title: 'Examen', text: 'Température 37,1 °C. SpO2 98 %. Quelques sibilants expiratoires. DEP 360 L/min (meilleur personnel 430).' }, { title: 'Conclusion', text: 'Exacerbation légère d’asthme. Budésonide-formotérol porté à 2 bouffées matin et soir pendant 10 jours. Allergie aux pénicillines rappelée. Revoir si pas d’amélioration à 48 heures.' }] },
  },
  {
    name: 'LE-GOAZIOU_MONIQUE_19360314_ORDONNANCE', delivery: 'pattern', word: 'ORDONNANCE', expected: 'waits: a file name alone names neither the patient surely nor the author', patient: garnier, author: authors.marchandeau, type: '57833-6', title: 'Ordonnance du 20/11/2026', at: '2026-11-20T09:55',
    body: { kind: 'prescription', heading: 'ORDONNANCE', longTermIllness: [{ what: 'APIXABAN 2,5 mg, comprimé pelliculé', how: '1 comprimé le matin et 1 le soir. Pendant 3 mois.' }, { what: 'BISOPROLOL 2,5 mg, comprimé', how: '1 comprimé le matin. Pendant 3 mois.' }], lines: [{ what: 'PARACÉTAMOL 1 g, comprimé', how: '1 comprimé en cas de douleur, 3 par jour au plus. 2 boîtes.' }, { what: 'MACROGOL 10 g, poudre en sachet', how: '1 sachet le matin si constipation. 1 boîte.' }] },
  },
  {
    name: 'biologie-poli', delivery: 'xml', word: 'ordonnance de biologie', expected: 'deposited', patient: poli, author: authors.belhadj, type: 'PRESC-BIO', title: 'Ordonnance de biologie du 20/11/2026', at: '2026-11-20T10:05',
    body: { kind: 'prescription', heading: 'ORDONNANCE DE BIOLOGIE', lines: [{ what: 'Exploration d’une anomalie lipidique (EAL)', how: 'À jeun depuis 12 heures.' }, { what: 'Créatinine avec DFG, ionogramme sanguin', how: 'Patient traité par ramipril.' }, { what: 'NFS, plaquettes', how: 'Sous antiagrégant plaquettaire.' }], note: 'Prélèvement à domicile non justifié. Résultats à adresser au cabinet et au cardiologue.' },
  },
  {
    name: 'note-vaccination-eloise', delivery: 'cda', word: 'vaccination', expected: 'deposited byte for byte', structured: true, patient: eloise, author: authors.marchandeau, type: '87273-9', title: 'Note de vaccination du 20/11/2026', at: '2026-11-20T10:20',
    body: { kind: 'tables', heading: 'NOTE DE VACCINATION', tables: [{ title: 'Vaccinations du jour', code: '11369-6', columns: ['Vaccin', 'Date', 'Lot', 'Voie et site'], rows: [['Méningocoque ACWY, 1re dose', '20/11/2026', 'MQ1190', 'Intramusculaire, cuisse gauche']] }, { title: 'Tolérance', code: '55112-7', columns: ['Commentaire'], rows: [['Dose des 6 mois, reportée pour fièvre en octobre. Pas de réaction à 15 minutes. Paracétamol 15 mg/kg si fièvre.']] }] },
  },
  {
    name: 'certificat-noe', delivery: 'json', word: 'certificat médical', expected: 'deposited', patient: noe, author: authors.marchandeau, type: '89601-9', title: 'Certificat médical de non contre-indication au judo', at: '2026-11-20T10:30',
    body: { kind: 'certificate', heading: 'CERTIFICAT MÉDICAL', paragraphs: ['Je soussignée, Dr Hélène MARCHANDEAU, certifie avoir examiné ce jour Noé GARCIA LOPEZ, né le 6 mai 2019, et n’avoir constaté, à la date de ce jour, aucun signe clinique apparent contre-indiquant la pratique du judo en loisir et en compétition.', 'L’enfant doit avoir sa trousse d’urgence (salbutamol, adrénaline auto-injectable) à portée pendant les entraînements.', 'Certificat établi à la demande de ses parents et remis en main propre pour faire valoir ce que de droit.'] },
  },
  {
    name: 'soins-infirmiers-garnier', delivery: 'csv', word: 'ordonnance de soins infirmiers', expected: 'deposited', patient: garnier, author: authors.marchandeau, type: 'PRESC-INF', title: 'Prescription de soins infirmiers du 20/11/2026', at: '2026-11-20T10:45',
    body: { kind: 'prescription', heading: 'PRESCRIPTION DE SOINS INFIRMIERS', lines: [{ what: 'Préparation et surveillance de la prise des médicaments', how: 'Matin et soir à domicile, dimanches et jours fériés compris, pendant 3 mois.' }, { what: 'Prélèvement sanguin à domicile', how: 'Créatinine, ionogramme, NFS : une fois, dans la première semaine de décembre.' }, { what: 'Mesure de la tension couchée et debout', how: 'Une fois par semaine. Prévenir si la systolique debout est inférieure à 100 mmHg.' }] },
  },
  {
    name: 'adressage-oeuvrard', delivery: 'mdm', word: 'lettre', expected: 'deposited, hidden from the patient until the announcement', visibility: { hiddenFromPatient: true }, patient: oeuvrard, author: authors.belhadj, type: '96349-6', title: "Lettre d'adressage en sénologie", at: '2026-11-20T11:00',
    body: { kind: 'letter', to: ['Dr Claire AMBROSINI', 'Clinique des Lilas-Blancs', '92390 VILLENEUVE-LA-FICTIVE'], paragraphs: ['Chère consœur,', 'Merci de recevoir sans tarder Mme Françoise OEUVRARD, 63 ans, que vous avez opérée en juillet 2023 d’un carcinome canalaire infiltrant du sein droit.', 'La mammographie du 17 novembre montre à gauche un foyer de microcalcifications polymorphes de 9 mm (ACR 4). L’examen clinique est normal, sans adénopathie. Elle poursuit le létrozole sans arthralgie gênante.', 'L’annonce du résultat aura lieu ici le 24 novembre. Je vous laisse organiser la macrobiopsie.', 'Bien confraternellement,'] },
  },
  {
    name: 'imagerie-boukhrissa', delivery: 'xml', word: 'demande d’imagerie', sidecarFirst: true, expected: 'deposited', patient: boukhrissa, author: authors.belhadj, type: '55115-0', title: "Demande d'examen d'imagerie du 20/11/2026", at: '2026-11-20T11:15',
    body: { kind: 'prescription', heading: "DEMANDE D'EXAMEN D'IMAGERIE", lines: [{ what: 'Échographie de l’épaule droite', how: 'Douleur depuis six semaines, arc douloureux entre 60° et 120°, Jobe positif. Recherche d’une rupture du supra-épineux.' }, { what: 'Radiographies de l’épaule droite, face en trois rotations et profil de Lamy', how: 'Recherche de calcifications, centrage de la tête humérale.' }], note: 'Pas d’allergie connue. Pas de dispositif implanté.' },
  },
  {
    name: 'arret-petitjean', delivery: 'json', word: 'arrêt de travail', expected: 'deposited', patient: petitjean, author: authors.marchandeau, type: 'PRESC-AAT', title: 'Prescription d’arrêt de travail - prolongation', at: '2026-11-20T11:30',
    body: { kind: 'certificate', heading: "ARRÊT DE TRAVAIL - PROLONGATION", paragraphs: ['Je soussignée, Dr Hélène MARCHANDEAU, prescris à M. Lucas PETITJEAN une prolongation d’arrêt de travail du 21 novembre au 4 décembre 2026 inclus.', 'Sorties autorisées sans restriction d’horaire. Reprise à temps partiel envisagée à partir du 7 décembre, après la visite de pré-reprise.', 'Cet arrêt n’est pas en rapport avec un accident du travail ni avec une affection de longue durée.'] },
  },
  {
    name: 'VASSEUR-dossier-transmis', delivery: 'json', word: 'compte rendu de consultation', expected: 'waits: the patient was never announced', patient: stranger, author: authors.marchandeau, type: '11488-4', title: 'Compte rendu de consultation du 20/11/2026', at: '2026-11-20T11:40',
    body: { kind: 'report', heading: 'COMPTE RENDU DE CONSULTATION', sections: [{ title: 'Motif', text: 'Nouvelle patiente, installée dans le quartier en octobre. Demande de médecin traitant.' }, { title: 'Examen', text: 'Tension 138/82. Auscultation normale. Poids 64 kg.' }, { title: 'Conclusion', text: 'Renouvellement du traitement en cours. Dossier à compléter au secrétariat.' }] },
  },
  {
    name: 'synthese-morel', delivery: 'cda', word: 'synthese', structured: true, expected: 'deposited byte for byte', patient: morel, author: authors.belhadj, type: '60591-5', title: 'Synthèse médicale du 20/11/2026', at: '2026-11-20T11:55',
    body: { kind: 'tables', heading: 'SYNTHÈSE MÉDICALE', tables: [
      { title: 'Allergies et intolérances', code: '48765-2', columns: ['Allergène', 'Réaction', 'Depuis', 'Certitude'], rows: [['Aucune allergie connue', '', '', 'Interrogatoire du 20/11/2026']] },
      { title: 'Problèmes en cours', code: '11450-4', columns: ['Problème', 'Depuis', 'Commentaire'], rows: [['Diabète de type 2', '01/2023', 'HbA1c 7,1 % en mai 2026, ALD 8'], ['Rétinopathie minime de l’œil gauche', '03/2025', 'Fond d’œil annuel'], ['Hypertension artérielle', '2017', '128/78 ce jour'], ['Microalbuminurie', '05/2026', 'À confirmer']] },
      { title: 'Traitements au long cours', code: '10160-0', columns: ['Médicament', 'Posologie', 'Indication'], rows: [['Metformine 1000 mg', 'Matin et soir', 'Diabète'], ['Dapagliflozine 10 mg', 'Le matin', 'Diabète, protection rénale'], ['Ramipril 5 mg', 'Le matin', 'Hypertension']] },
      { title: 'Facteurs de risque', code: '29762-2', columns: ['Facteur', 'Valeur'], rows: [['Tabac', 'Sevré en 2012 (20 paquets-années)'], ['IMC', '30,2 kg/m²']] },
    ] },
  },
  {
    name: 'P000108_20261120140500_CERTIFICAT', delivery: 'pattern', word: 'CERTIFICAT', expected: 'waits: a file name alone names neither the patient surely nor the author', patient: ines, author: authors.belhadj, type: '89601-9', title: 'Certificat de dispense d’éducation physique', at: '2026-11-20T14:05',
    body: { kind: 'certificate', heading: 'CERTIFICAT MÉDICAL', paragraphs: ['Je soussigné, Dr Karim BELHADJ-ROUSSEL, certifie que l’état de santé d’Inès MARTIN, née le 17 juin 2009, nécessite une dispense d’éducation physique et sportive du 20 novembre au 11 décembre 2026 (entorse de la cheville droite).', 'Les activités sans appui (natation avec flotteur, musculation du haut du corps) restent possibles.'] },
  },
  {
    name: 'ordonnance-wisniewski', delivery: 'csv', word: 'ordonnance', sidecarFirst: true, expected: 'deposited', patient: wisniewski, author: authors.belhadj, type: '57833-6', title: 'Ordonnance du 20/11/2026', at: '2026-11-20T14:25',
    body: { kind: 'prescription', heading: 'ORDONNANCE', lines: [{ what: 'PÉRINDOPRIL 5 mg, comprimé', how: '1 comprimé le matin. Pendant 1 mois, renouvelable 2 fois.' }, { what: 'Tensiomètre électronique de bras', how: '1 appareil. Automesures : 3 le matin et 3 le soir, trois jours de suite avant chaque consultation.' }], note: 'Contrôler la créatinine et le potassium deux semaines après le début du traitement.' },
  },
  {
    name: 'consultation-fauvel', delivery: 'oru', word: 'compte rendu de consultation', expected: 'deposited', patient: fauvel, author: authors.marchandeau, type: '11488-4', title: 'Compte rendu de consultation du 20/11/2026', at: '2026-11-20T14:50',
    body: { kind: 'report', heading: 'COMPTE RENDU DE CONSULTATION', sections: [{ title: 'Motif', text: 'Brûlures mictionnelles depuis la veille, grossesse de 21 SA.' }, { title: 'Examen', text: 'Apyrétique, tension 110/66, fosses lombaires souples. Bandelette : leucocytes ++, nitrites +. Bruits du cœur fœtal à 146/min.' }, { title: 'Conclusion', text: 'Cystite gravidique. ECBU fait avant traitement. Fosfomycine-trométamol 3 g en dose unique, contrôle de l’ECBU à 10 jours puis mensuel.' }] },
  },
  {
    name: 'ordonnance-copie-interrompue', delivery: 'json', word: 'ordonnance', cut: true, expected: 'parked: the PDF is cut', patient: dHerve, author: authors.marchandeau, type: '57833-6', title: 'Ordonnance du 20/11/2026', at: '2026-11-20T15:05',
    body: { kind: 'prescription', heading: 'ORDONNANCE', lines: [{ what: 'BUDÉSONIDE 200 µg / FORMOTÉROL 6 µg, poudre pour inhalation', how: '2 bouffées matin et soir pendant 10 jours, puis 1 bouffée matin et soir.' }, { what: 'PREDNISOLONE 20 mg, comprimé orodispersible', how: '2 comprimés le matin pendant 5 jours, seulement en cas d’aggravation.' }] },
  },
  {
    name: 'kinesitherapie-boukhrissa', delivery: 'xml', word: 'ordonnance de kinésithérapie', expected: 'deposited', patient: boukhrissa, author: authors.belhadj, type: 'PRESC-KINE', title: 'Prescription de kinésithérapie du 20/11/2026', at: '2026-11-20T15:20',
    body: { kind: 'prescription', heading: 'PRESCRIPTION DE KINÉSITHÉRAPIE', lines: [{ what: 'Rééducation de l’épaule droite', how: 'Coiffe des rotateurs : recentrage, mobilité passive puis active, renforcement progressif. À commencer après l’échographie.' }] },
  },
  {
    name: 'consultation-ines', delivery: 'mdm', word: 'compte rendu de consultation', expected: 'deposited, hidden from the legal representatives', visibility: { hiddenFromRepresentatives: true }, patient: ines, author: authors.marchandeau, type: '11488-4', title: 'Consultation du 20/11/2026', at: '2026-11-20T15:40',
    body: { kind: 'report', heading: 'COMPTE RENDU DE CONSULTATION', sections: [{ title: 'Motif', text: 'Suivi de contraception à six mois, demandé par la patiente sous le sceau du secret.' }, { title: 'Examen', text: 'Bonne tolérance. Tension 110/66. Pas de céphalée. Un oubli, pris en charge selon le schéma remis.' }, { title: 'Conclusion', text: 'Poursuite du même traitement. Vaccination papillomavirus complète.' }] },
  },
  {
    name: 'resultat-laboratoire-poli', delivery: 'cda', word: 'biologie', expected: 'parked: its author is not of the practice', structured: true, patient: poli, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 19/11/2026", at: '2026-11-19T17:30',
    body: { kind: 'laboratory', prescriber: 'Dr Karim BELHADJ-ROUSSEL', sampled: '19/11/2026 à 8 h 05', panels: [{ title: 'Bilan lipidique', rows: [{ name: 'Cholestérol total', value: '3,2', unit: 'mmol/L', reference: '< 5,2', previous: '3,6 (04/2026)' }, { name: 'HDL-cholestérol', value: '1,21', unit: 'mmol/L', reference: '> 1,00' }, { name: 'LDL-cholestérol calculé', value: '1,31', unit: 'mmol/L', reference: '< 1,40 (prévention secondaire)', previous: '1,72 (04/2026)' }] }], conclusion: 'Objectif de LDL-cholestérol atteint.' },
  },
  {
    name: 'pansement-oeuvrard', delivery: 'cda', word: 'soins', expected: 'deposited byte for byte', patient: oeuvrard, author: authors.leGuilloux, type: '11506-3', title: 'Fiche de suivi de soins infirmiers', at: '2026-11-20T16:30',
    body: { kind: 'report', heading: 'FICHE DE SUIVI DE SOINS', sections: [{ title: 'Soin', text: 'Rinçage de la chambre implantable sous-cutanée droite, aiguille de Huber 22 G, reflux franc. Ablation prévue par la clinique.' }, { title: 'Observation', text: 'Site propre, sans rougeur ni douleur. Prochain entretien dans trois mois.' }] },
  },
  {
    name: 'plan-urgence-asthme-noe', delivery: 'json', word: 'ordonnance', expected: 'deposited', patient: noe, author: authors.marchandeau, type: '57833-6', title: 'Ordonnance de la trousse d’urgence scolaire', at: '2026-11-20T17:05',
    body: { kind: 'prescription', heading: 'ORDONNANCE', lines: [{ what: 'ADRÉNALINE 0,15 mg, solution injectable en stylo prérempli', how: '2 stylos à garder dans la trousse. 1 injection dans la face externe de la cuisse en cas de réaction grave, appeler le 15.' }, { what: 'SALBUTAMOL 100 µg, suspension pour inhalation', how: '4 bouffées dans la chambre d’inhalation en cas de crise, à renouveler après 10 minutes. 1 flacon.' }, { what: 'CÉTIRIZINE 1 mg/mL, solution buvable', how: '5 mL en cas de plaques ou de démangeaisons. 1 flacon.' }] },
  },
]
