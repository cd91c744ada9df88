import type { DemoDocument } from './document-model.ts'
import { cim10, codes } from './meanings.ts'
import { authors, patient } from './people.ts'
import { medicines, vaccines } from './products.ts'
import { allergyColumns, problemColumns, treatmentColumns, vaccineColumns } from './table-columns.ts'

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

/** What the patients' records already hold when training starts. Their place here is part of their number: others are added in `summary-documents.ts`. */
export const pastDocuments: readonly DemoDocument[] = [
  {
    name: 'garnier-fibrillation', patient: garnier, author: authors.hospitalCardiologist, type: '34112-3', title: "Compte rendu d'hospitalisation en cardiologie", at: '2022-05-19T16:40',
    body: { kind: 'report', heading: "COMPTE RENDU D'HOSPITALISATION", sections: [
      { title: 'Motif', text: 'Palpitations et dyspnée d’effort depuis quatre jours. Séjour du 14 au 19 mai 2022, unité de cardiologie.' },
      { title: 'Antécédents', text: 'Hypertension artérielle traitée depuis 2004. Ostéoporose fracturaire (poignet, 2015). Pas d’allergie connue.' },
      { title: 'Évolution', text: 'Fibrillation atriale à 128/min à l’entrée, sans signe de choc. Échographie : FEVG 58 %, oreillette gauche dilatée, pas de valvulopathie serrée. Ralentissement par bisoprolol, fréquence de repos 74/min à la sortie. Score CHA2DS2-VASc à 4 : anticoagulation par apixaban, à dose adaptée à l’âge, au poids (52 kg) et à la créatinine.' },
      { title: 'Traitement de sortie', text: 'Apixaban 2,5 mg matin et soir. Bisoprolol 2,5 mg le matin. Amlodipine 5 mg le matin. Arrêt de l’acide acétylsalicylique.' },
      { title: 'Suites', text: 'Contrôle de la créatinine et de l’hémoglobine à 3 mois, puis tous les 6 mois. Consultation de cardiologie dans 6 mois.' },
    ] },
  },
  {
    name: 'garnier-biologie-2025', patient: garnier, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 14/10/2025", at: '2025-10-14T13:05', structured: true,
    body: { kind: 'laboratory', prescriber: 'Dr Hélène MARCHANDEAU', sampled: '14/10/2025 à 8 h 10', panels: [
      { title: 'Fonction rénale', method: 'Sérum - créatinine par dosage enzymatique, DFG selon CKD-EPI 2009', rows: [
        { name: 'Créatinine', value: '98', unit: 'µmol/L', reference: '45 à 84', previous: '91 (04/2025)', outside: 'H' },
        { name: 'DFG estimé (CKD-EPI)', value: '44', unit: 'mL/min/1,73 m²', reference: '> 60', previous: '49 (04/2025)', outside: 'L' },
        { name: 'Potassium', value: '4,6', unit: 'mmol/L', reference: '3,5 à 5,1', previous: '4,4 (04/2025)' },
        { name: 'Sodium', value: '139', unit: 'mmol/L', reference: '136 à 145', previous: '140 (04/2025)' },
      ] },
      { title: 'Hémogramme', rows: [
        { name: 'Hémoglobine', value: '11,8', unit: 'g/dL', reference: '12,0 à 16,0', previous: '12,3 (04/2025)', outside: 'L' },
        { name: 'VGM', value: '91', unit: 'fL', reference: '80 à 100' },
        { name: 'Leucocytes', value: '6,4', unit: 'G/L', reference: '4,0 à 10,0' },
        { name: 'Plaquettes', value: '221', unit: 'G/L', reference: '150 à 400' },
      ] },
    ], conclusion: 'Baisse modérée du débit de filtration glomérulaire par rapport à avril 2025. Anémie normocytaire débutante, à confronter à la clinique.' },
  },
  {
    name: 'garnier-chute', patient: garnier, author: authors.geriatrician, type: '11490-0', title: 'Lettre de liaison à la sortie - court séjour gériatrique', at: '2026-03-11T17:20',
    body: { kind: 'letter', to: ['Dr Hélène MARCHANDEAU', 'Maison de santé des Tilleuls', '75019 PARIS'], paragraphs: [
      'Chère consœur,', 'Votre patiente, Mme Monique GARNIER, 89 ans, a été hospitalisée du 4 au 11 mars 2026 à la suite d’une chute mécanique à domicile, sans perte de connaissance et sans fracture. Scanner cérébral sans saignement sous apixaban.',
      'L’évaluation retrouve une hypotension orthostatique (132/70 couchée, 104/62 debout). L’amlodipine est arrêtée. Le bisoprolol et l’apixaban 2,5 mg deux fois par jour sont poursuivis. Supplémentation en vitamine D reprise. MMSE à 26/30, appui monopodal impossible.',
      'Points à surveiller : tension debout à chaque visite, créatinine et hémoglobine dans un mois, kinésithérapie d’équilibre (20 séances prescrites), passage infirmier matin et soir pour la préparation des médicaments.', 'Confraternellement,',
    ], copies: 'Dr Vincent DELMAS-ROY, cardiologue' },
  },
  {
    name: 'garnier-synthese', patient: garnier, author: authors.marchandeau, type: '60591-5', title: 'Synthèse médicale du 18/06/2026', at: '2026-06-18T11:30', structured: true,
    body: { kind: 'tables', heading: 'SYNTHÈSE MÉDICALE', introduction: 'Synthèse établie à domicile. Patiente vivant seule, aide à domicile cinq jours sur sept, fille à 20 minutes.', tables: [
      { title: 'Allergies et intolérances', code: '48765-2', columns: allergyColumns, rows: [
        ['Cotrimoxazole', 'Éruption cutanée étendue, fièvre', 'Sévère', '07/2024', 'Confirmé'], ['Amlodipine (intolérance)', 'Hypotension orthostatique, chute', 'Modéré', '03/2026', 'Probable'],
      ], means: [
        { kind: 'allergy', type: codes.medicineAllergy, agent: codes.cotrimoxazole, reaction: codes.rash, severity: codes.severe, certainty: codes.confirmed, since: '2024-07', isCritical: false },
        { kind: 'allergy', type: codes.intolerance, agent: codes.amlodipine, reaction: codes.hypotension, severity: codes.moderate, certainty: codes.probable, since: '2026-03', isCritical: false },
      ] },
      { title: 'Problèmes en cours', code: '11450-4', columns: problemColumns, rows: [
        ['Fibrillation atriale permanente', '05/2022', 'CHA2DS2-VASc 4, anticoagulée'], ['Maladie rénale chronique stade 3b', '10/2025', 'DFG 41 mL/min en avril 2026'], ['Hypertension artérielle', '2004', 'Équilibrée sous bisoprolol seul'], ['Chutes à répétition', '03/2026', 'Hypotension orthostatique'],
      ], means: [
        { kind: 'problem', problem: cim10('I48.2', 'Fibrillation atriale permanente'), since: '2022-05', isOver: false }, { kind: 'problem', problem: cim10('N18.3', 'Maladie rénale chronique, stade 3'), since: '2025-10', isOver: false },
        { kind: 'problem', problem: cim10('I10', 'Hypertension artérielle'), since: '2004', isOver: false }, { kind: 'problem', problem: cim10('R29.6', 'Chutes à répétition'), since: '2026-03', isOver: false },
      ] },
      { title: 'Antécédents', code: '11348-0', columns: problemColumns, rows: [['Fracture du poignet gauche', '2015', 'Ostéoporose'], ['Cholécystectomie', '1988', '']], means: [
        { kind: 'problem', problem: cim10('S62.8', 'Fracture du poignet gauche'), since: '2015', isOver: true }, { kind: 'problem', problem: cim10('Z90.4', 'Cholécystectomie'), since: '1988', isOver: true },
      ] },
      { title: 'Traitements au long cours', code: '10160-0', columns: treatmentColumns, rows: [
        ['Apixaban 2,5 mg', '1 comprimé matin et soir', '05/2022', 'Fibrillation atriale'], ['Bisoprolol 2,5 mg', '1 comprimé le matin', '05/2022', 'Fréquence cardiaque'], ['Colécalciférol 50 000 UI', '1 ampoule par mois', '03/2026', 'Ostéoporose'], ['Paracétamol 1 g', '1 comprimé si douleur, 3 par jour au plus', '2019', 'Arthrose'],
      ], means: [
        { kind: 'treatment', product: medicines.apixaban, dose: 1, unit: '{tablet}', every: [12, 'h'], since: '2022-05' }, { kind: 'treatment', product: medicines.bisoprolol2, dose: 1, unit: '{tablet}', every: [1, 'd'], since: '2022-05' },
        { kind: 'treatment', product: medicines.vitaminD, dose: 1, unit: '{ampoule}', every: [1, 'mo'], since: '2026-03' }, { kind: 'treatment', product: medicines.paracetamol, dose: 1, unit: '{tablet}', every: null, since: '2019' },
      ] },
      { title: 'Plan de soins', code: '18776-5', columns: ['Quoi', 'Quand', 'Qui'], rows: [['Créatinine, ionogramme, NFS', 'Tous les 6 mois', 'Infirmière à domicile'], ['Kinésithérapie d’équilibre', '2 fois par semaine', 'Kinésithérapeute du quartier']] },
    ] },
  },
  {
    name: 'garnier-ordonnance-2026-08', patient: garnier, author: authors.marchandeau, type: '57833-6', title: 'Ordonnance du 20/08/2026', at: '2026-08-20T10:05',
    body: { kind: 'prescription', heading: 'ORDONNANCE', longTermIllness: [
      { what: 'APIXABAN 2,5 mg, comprimé pelliculé', how: '1 comprimé le matin et 1 le soir. Pendant 3 mois.' }, { what: 'BISOPROLOL 2,5 mg, comprimé', how: '1 comprimé le matin. Pendant 3 mois.' },
    ], lines: [{ what: 'COLÉCALCIFÉROL 50 000 UI, solution buvable en ampoule', how: '1 ampoule par mois. Pendant 3 mois.' }, { what: 'PARACÉTAMOL 1 g, comprimé', how: '1 comprimé en cas de douleur, sans dépasser 3 par jour.' }] },
  },
  {
    name: 'morel-protocole-ald', patient: morel, author: authors.belhadj, type: 'PROT_ALD', title: 'Protocole de soins ALD 8 - diabète de type 2', at: '2023-02-06T09:45',
    body: { kind: 'report', heading: 'PROTOCOLE DE SOINS', sections: [
      { title: 'Affection de longue durée', text: 'ALD 8 - Diabète de type 2, découvert en janvier 2023 (HbA1c 8,9 %). Hypertension artérielle et surpoids (IMC 31) associés.' },
      { title: 'Actes et prestations prévus', text: 'HbA1c tous les 3 mois puis tous les 6 mois. Créatinine, rapport albuminurie/créatininurie et bilan lipidique une fois par an. Fond d’œil tous les deux ans. ECG annuel. Consultation de podologie selon le grade.' },
      { title: 'Traitements', text: 'Metformine jusqu’à 2 g par jour. Ramipril. Statine à discuter selon le bilan.' }, { title: 'Durée', text: 'Protocole établi pour 5 ans.' },
    ] },
  },
  {
    name: 'morel-fond-oeil', patient: morel, author: authors.ophthalmologist, type: '78513-9', title: "Consultation d'ophtalmologie - fond d'œil", at: '2025-03-18T15:10',
    body: { kind: 'report', heading: 'CONSULTATION D’OPHTALMOLOGIE', sections: [
      { title: 'Motif', text: 'Dépistage de la rétinopathie diabétique.' }, { title: 'Examen', text: 'Acuité visuelle corrigée 10/10 à droite et à gauche. Tension oculaire 15 et 16 mmHg. Fond d’œil dilaté : quelques microanévrismes temporaux à gauche, pas d’exsudat, macula normale des deux côtés.' },
      { title: 'Conclusion', text: 'Rétinopathie diabétique non proliférante minime de l’œil gauche. Contrôle dans un an. Bon équilibre glycémique et tensionnel souhaité.' },
    ] },
  },
  {
    name: 'morel-biologie-2025', patient: morel, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 12/11/2025", at: '2025-11-12T12:40', structured: true,
    body: { kind: 'laboratory', prescriber: 'Dr Karim BELHADJ-ROUSSEL', sampled: '12/11/2025 à 7 h 45', panels: [
      { title: 'Équilibre glycémique', method: 'Sang total - HPLC', rows: [
        { name: 'Hémoglobine A1c', value: '7,8', unit: '%', reference: '< 7,0 (cible)', previous: '7,4 (05/2025)', outside: 'H' }, { name: 'Glycémie à jeun', value: '8,4', unit: 'mmol/L', reference: '4,1 à 5,9', previous: '7,9 (05/2025)', outside: 'H' },
      ] },
      { title: 'Bilan lipidique', rows: [
        { name: 'Cholestérol total', value: '4,7', unit: 'mmol/L', reference: '< 5,2', previous: '4,9 (11/2024)' }, { name: 'HDL-cholestérol', value: '1,05', unit: 'mmol/L', reference: '> 1,00' }, { name: 'LDL-cholestérol calculé', value: '2,71', unit: 'mmol/L', reference: 'selon le risque', previous: '2,92 (11/2024)' }, { name: 'Triglycérides', value: '2,05', unit: 'mmol/L', reference: '< 1,70', previous: '2,11 (11/2024)', outside: 'H' },
      ] },
      { title: 'Fonction rénale', rows: [{ name: 'Créatinine', value: '80', unit: 'µmol/L', reference: '62 à 106', previous: '76 (11/2024)' }, { name: 'DFG estimé (CKD-EPI)', value: '88', unit: 'mL/min/1,73 m²', reference: '> 60' }] },
      { title: 'Urines', rows: [{ name: 'Albuminurie / créatininurie', value: '2,6', unit: 'mg/mmol', reference: '< 3,0' }] },
    ] },
  },
  {
    name: 'morel-biologie-2026', patient: morel, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 19/05/2026", at: '2026-05-19T12:15', structured: true,
    body: { kind: 'laboratory', prescriber: 'Dr Karim BELHADJ-ROUSSEL', sampled: '19/05/2026 à 7 h 50', panels: [
      { title: 'Équilibre glycémique', method: 'Sang total - HPLC', rows: [
        { name: 'Hémoglobine A1c', value: '7,1', unit: '%', reference: '< 7,0 (cible)', previous: '7,8 (11/2025)', outside: 'H' }, { name: 'Glycémie à jeun', value: '7,2', unit: 'mmol/L', reference: '4,1 à 5,9', previous: '8,4 (11/2025)', outside: 'H' },
      ] },
      { title: 'Fonction rénale', rows: [
        { name: 'Créatinine', value: '82', unit: 'µmol/L', reference: '62 à 106', previous: '80 (11/2025)' }, { name: 'DFG estimé (CKD-EPI)', value: '86', unit: 'mL/min/1,73 m²', reference: '> 60', previous: '88 (11/2025)' },
      ] },
      { title: 'Urines', rows: [{ name: 'Albuminurie / créatininurie', value: '4,8', unit: 'mg/mmol', reference: '< 3,0', previous: '2,6 (11/2025)', outside: 'H' }] },
      { title: 'Bilan lipidique', rows: [
        { name: 'Cholestérol total', value: '4,5', unit: 'mmol/L', reference: '< 5,2', previous: '4,7 (11/2025)' }, { name: 'HDL-cholestérol', value: '1,08', unit: 'mmol/L', reference: '> 1,00', previous: '1,05 (11/2025)' }, { name: 'LDL-cholestérol calculé', value: '2,58', unit: 'mmol/L', reference: 'selon le risque', previous: '2,71 (11/2025)' }, { name: 'Triglycérides', value: '1,84', unit: 'mmol/L', reference: '< 1,70', previous: '2,05 (11/2025)', outside: 'H' },
      ] },
    ], conclusion: 'Microalbuminurie à confirmer sur deux autres prélèvements dans les six mois.' },
  },
  {
    name: 'morel-ordonnance-2026-08', patient: morel, author: authors.belhadj, type: '57833-6', title: 'Ordonnance du 24/08/2026', at: '2026-08-24T09:10',
    body: { kind: 'prescription', heading: 'ORDONNANCE', longTermIllness: [
      { what: 'METFORMINE 1000 mg, comprimé', how: '1 comprimé au petit déjeuner et 1 au dîner. Pendant 3 mois.' }, { what: 'RAMIPRIL 5 mg, comprimé', how: '1 comprimé le matin. Pendant 3 mois.' }, { what: 'Bandelettes et lancettes pour lecteur de glycémie', how: '1 contrôle par jour. 1 boîte de 100.' },
    ], lines: [] },
  },
  {
    name: 'boukhrissa-irm', patient: boukhrissa, author: authors.radiologist, type: '18748-4', title: 'IRM du rachis lombaire', at: '2024-02-27T18:05',
    body: { kind: 'report', heading: 'IRM DU RACHIS LOMBAIRE', sections: [
      { title: 'Indication', text: 'Lombosciatique gauche de trajet S1 depuis huit semaines, échec du traitement médical.' }, { title: 'Technique', text: 'Séquences sagittales T1, T2 et STIR, axiales T2 de L3 à S1. Appareil 1,5 T, sans injection.' },
      { title: 'Résultats', text: 'Alignement conservé. Discopathie dégénérative L4-L5 avec débord modéré. En L5-S1, hernie discale postéro-latérale gauche de 7 mm refoulant la racine S1 gauche. Canal lombaire de dimensions normales. Cône terminal sans anomalie. Pas de lésion osseuse suspecte.' },
      { title: 'Conclusion', text: 'Hernie discale L5-S1 postéro-latérale gauche, conflictuelle avec la racine S1.' },
    ] },
  },
  {
    name: 'boukhrissa-rhumatologie', patient: boukhrissa, author: authors.rheumatologist, type: '11488-4', title: 'Consultation de rhumatologie', at: '2024-04-09T11:00',
    body: { kind: 'letter', to: ['Dr Karim BELHADJ-ROUSSEL', 'Maison de santé des Tilleuls', '75019 PARIS'], paragraphs: [
      'Cher confrère,', 'J’ai revu M. Saïd BOUKHRISSA après l’infiltration épidurale du 19 mars. La douleur radiculaire a diminué de 70 %, le Lasègue est à 80°, la force du triceps sural est complète et le réflexe achilléen gauche reste diminué.', 'Il n’y a pas d’indication chirurgicale. Je propose l’arrêt des antalgiques de palier 2, quinze séances de rééducation avec école du dos et une reprise du travail à temps partiel thérapeutique. Je le reverrai seulement en cas de rechute.', 'Bien confraternellement,',
    ] },
  },
  {
    name: 'boukhrissa-biologie-2025', patient: boukhrissa, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 23/09/2025", at: '2025-09-23T13:30', structured: true,
    body: { kind: 'laboratory', prescriber: 'Dr Karim BELHADJ-ROUSSEL', sampled: '23/09/2025 à 8 h 20', panels: [
      { title: 'Bilan lipidique', rows: [
        { name: 'Cholestérol total', value: '6,9', unit: 'mmol/L', reference: '< 5,2', previous: '6,7 (09/2024)', outside: 'H' }, { name: 'HDL-cholestérol', value: '1,12', unit: 'mmol/L', reference: '> 1,00' }, { name: 'LDL-cholestérol calculé', value: '4,86', unit: 'mmol/L', reference: 'selon le risque', previous: '4,70 (09/2024)', outside: 'H' }, { name: 'Triglycérides', value: '1,98', unit: 'mmol/L', reference: '< 1,70', outside: 'H' },
      ] },
      { title: 'Bilan hépatique', rows: [{ name: 'ALAT', value: '38', unit: 'U/L', reference: '< 50' }, { name: 'ASAT', value: '29', unit: 'U/L', reference: '< 50' }, { name: 'Gamma-GT', value: '61', unit: 'U/L', reference: '< 60', outside: 'H' }] },
    ] },
  },
  {
    name: 'dherve-allergologie', patient: dHerve, author: authors.allergist, type: '11488-4', title: "Consultation d'allergologie - pénicillines", at: '2022-10-04T14:30',
    body: { kind: 'report', heading: 'CONSULTATION D’ALLERGOLOGIE', sections: [
      { title: 'Motif', text: 'Urticaire généralisée avec œdème des lèvres quinze minutes après une première prise d’amoxicilline en août 2022.' }, { title: 'Explorations', text: 'Prick-tests négatifs. Intradermoréaction à l’amoxicilline positive à 1 mg/mL (papule de 9 mm). Tests négatifs à la céfuroxime, réintroduction bien tolérée.' },
      { title: 'Conclusion', text: 'ALLERGIE IMMÉDIATE AUX PÉNICILLINES CONFIRMÉE. Contre-indication définitive de l’amoxicilline et de toute pénicilline. Les céphalosporines de 2e et 3e génération sont autorisées. Carte d’allergie remise à la patiente.' },
    ] },
  },
  {
    name: 'dherve-efr', patient: dHerve, author: authors.pulmonologist, type: '70004-7', title: 'Exploration fonctionnelle respiratoire', at: '2024-06-13T10:45',
    body: { kind: 'tables', heading: 'EXPLORATION FONCTIONNELLE RESPIRATOIRE', introduction: 'Asthme persistant léger, traitement de fond arrêté depuis trois semaines.', tables: [
      { title: 'Spirométrie avant et après 400 µg de salbutamol', code: '55112-7', columns: ['Mesure', 'Avant', '% théorique', 'Après', 'Gain'], rows: [['VEMS (L)', '2,38', '79 %', '2,79', '+ 17 %'], ['CVF (L)', '3,41', '98 %', '3,45', '+ 1 %'], ['VEMS / CVF', '0,70', '', '0,81', ''], ['DEM 25-75 (L/s)', '1,72', '51 %', '2,61', '+ 52 %']] },
      { title: 'Conclusion', code: '55110-1', columns: ['Lecture'], rows: [['Trouble ventilatoire obstructif léger, réversible. Asthme non contrôlé : reprise du corticoïde inhalé.']] },
    ] },
  },
  {
    name: 'dherve-ordonnance-2026-02', patient: dHerve, author: authors.marchandeau, type: '57833-6', title: 'Ordonnance du 10/02/2026', at: '2026-02-10T17:15',
    body: { kind: 'prescription', heading: 'ORDONNANCE', lines: [
      { what: 'BUDÉSONIDE 200 µg / FORMOTÉROL 6 µg, poudre pour inhalation', how: '1 bouffée matin et soir, et à la demande. Rincer la bouche. Pendant 6 mois.' }, { what: 'DESLORATADINE 5 mg, comprimé', how: '1 comprimé le soir de mars à juin.' },
    ], note: 'Allergie aux pénicillines : ne pas substituer par un antibiotique de cette famille.' },
  },
  {
    name: 'poli-coronarographie', patient: poli, author: authors.hospitalCardiologist, type: '34874-8', title: 'Coronarographie et angioplastie', at: '2021-12-03T04:35',
    body: { kind: 'report', heading: 'CORONAROGRAPHIE ET ANGIOPLASTIE', sections: [
      { title: 'Indication', text: 'Syndrome coronarien aigu avec sus-décalage du segment ST antérieur, deux heures d’évolution.' }, { title: 'Geste', text: 'Voie radiale droite. Occlusion aiguë de l’interventriculaire antérieure moyenne. Thrombo-aspiration, pose d’un stent actif 3,0 × 22 mm, flux TIMI 3. Lésion de 50 % de la coronaire droite, laissée au traitement médical.' },
      { title: 'Conclusion', text: 'Angioplastie primaire de l’interventriculaire antérieure réussie. Double antiagrégation pendant 12 mois.' },
    ] },
  },
  {
    name: 'poli-infarctus', patient: poli, author: authors.hospitalCardiologist, type: '34112-3', title: "Compte rendu d'hospitalisation - infarctus antérieur", at: '2021-12-09T15:00',
    body: { kind: 'report', heading: "COMPTE RENDU D'HOSPITALISATION", sections: [
      { title: 'Séjour', text: 'Du 3 au 9 décembre 2021, soins intensifs cardiologiques puis cardiologie.' }, { title: 'Évolution', text: 'Infarctus antérieur revascularisé à H3. Pic de troponine 4 120 ng/L. FEVG 45 % avec hypokinésie antéro-apicale. Pas de trouble du rythme. Sevrage tabagique engagé (45 paquets-années).' },
      { title: 'Traitement de sortie', text: 'Acide acétylsalicylique 75 mg, ticagrélor 90 mg deux fois par jour (12 mois), bisoprolol 5 mg, ramipril 5 mg, atorvastatine 80 mg, trinitrine sublinguale si besoin.' }, { title: 'Suites', text: 'Réadaptation cardiaque. Échographie à 3 mois. LDL-cholestérol visé sous 1,4 mmol/L.' },
    ] },
  },
  {
    name: 'poli-efr', patient: poli, author: authors.pulmonologist, type: '70004-7', title: 'Exploration fonctionnelle respiratoire', at: '2024-11-21T09:30',
    body: { kind: 'tables', heading: 'EXPLORATION FONCTIONNELLE RESPIRATOIRE', tables: [
      { title: 'Spirométrie après bronchodilatateur', code: '55112-7', columns: ['Mesure', 'Valeur', '% théorique'], rows: [['VEMS (L)', '1,62', '56 %'], ['CVF (L)', '3,02', '81 %'], ['VEMS / CVF', '0,54', '']] },
      { title: 'Conclusion', code: '55110-1', columns: ['Lecture'], rows: [['BPCO post-tabagique GOLD 2, groupe B. Association de deux bronchodilatateurs de longue durée. Vaccinations antigrippale et antipneumococcique à jour.']] },
    ] },
  },
  {
    name: 'poli-vaccin-grippe', patient: poli, author: authors.leGuilloux, type: '87273-9', title: 'Note de vaccination - grippe saisonnière', at: '2025-10-21T09:05', structured: true,
    body: { kind: 'tables', heading: 'NOTE DE VACCINATION', tables: [
      { title: 'Vaccination du jour', code: '11369-6', columns: vaccineColumns, rows: [['Grippe saisonnière, haute dose', '21/10/2025', 'GX7741', 'Intramusculaire, deltoïde gauche']], means: [{ kind: 'vaccine', product: vaccines.influenza, date: '2025-10-21', lot: 'GX7741', rank: null }] },
      { title: 'Vaccinations antérieures', code: '11369-6', columns: vaccineColumns, rows: [['Pneumocoque 20-valent', '14/11/2024', 'PN0332', 'Intramusculaire'], ['Diphtérie-tétanos-poliomyélite', '30/09/2024', 'DT5190', 'Intramusculaire']], means: [
        { kind: 'vaccine', product: vaccines.pneumococcus20, date: '2024-11-14', lot: 'PN0332', rank: null }, { kind: 'vaccine', product: vaccines.dtp, date: '2024-09-30', lot: 'DT5190', rank: null },
      ] },
    ] },
  },
  {
    name: 'poli-biologie-2026', patient: poli, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 08/04/2026", at: '2026-04-08T12:50', structured: true,
    body: { kind: 'laboratory', prescriber: 'Dr Karim BELHADJ-ROUSSEL', sampled: '08/04/2026 à 8 h 00', panels: [
      { title: 'Bilan lipidique', rows: [{ name: 'Cholestérol total', value: '3,6', unit: 'mmol/L', reference: '< 5,2' }, { name: 'HDL-cholestérol', value: '1,18', unit: 'mmol/L', reference: '> 1,00' }, { name: 'LDL-cholestérol calculé', value: '1,72', unit: 'mmol/L', reference: '< 1,40 (prévention secondaire)', previous: '1,95 (04/2025)', outside: 'H' }] },
      { title: 'Divers', rows: [{ name: 'Créatinine', value: '104', unit: 'µmol/L', reference: '62 à 106' }, { name: 'DFG estimé (CKD-EPI)', value: '62', unit: 'mL/min/1,73 m²', reference: '> 60' }, { name: 'Potassium', value: '4,9', unit: 'mmol/L', reference: '3,5 à 5,1' }, { name: 'NT-proBNP', value: '412', unit: 'ng/L', reference: '< 450 (plus de 75 ans)' }] },
    ] },
  },
  {
    name: 'eloise-naissance', patient: eloise, author: authors.paediatrician, type: '57075-4', title: 'Synthèse de salle de naissance - enfant', at: '2026-04-18T23:10',
    body: { kind: 'report', heading: 'SYNTHÈSE DE SALLE DE NAISSANCE', sections: [
      { title: 'Naissance', text: 'Née le 18 avril 2026 à 19 h 42, à 39 semaines et 4 jours, par voie basse, présentation céphalique. Liquide clair.' }, { title: 'Adaptation', text: 'Apgar 9 à 1 minute, 10 à 5 minutes. pH au cordon 7,27. Poids 3 280 g, taille 50 cm, périmètre crânien 34,5 cm.' },
      { title: 'Soins', text: 'Vitamine K1 2 mg par voie orale. Mise au sein précoce. Examen clinique normal, hanches stables, pas de souffle cardiaque.' },
    ] },
  },
  {
    name: 'eloise-vaccins-2-mois', patient: eloise, author: authors.marchandeau, type: '87273-9', title: 'Note de vaccination - 2 mois', at: '2026-06-19T16:00', structured: true,
    body: { kind: 'tables', heading: 'NOTE DE VACCINATION', tables: [{ title: 'Vaccinations du jour', code: '11369-6', columns: vaccineColumns, rows: [
      ['Hexavalent (DTCaP-Hib-hépatite B), 1re dose', '19/06/2026', 'HX2088', 'Intramusculaire, cuisse droite'], ['Pneumocoque conjugué, 1re dose', '19/06/2026', 'PC1467', 'Intramusculaire, cuisse gauche'], ['Rotavirus, 1re dose', '19/06/2026', 'RV0915', 'Orale'],
    ], means: [
      { kind: 'vaccine', product: vaccines.hexavalent, date: '2026-06-19', lot: 'HX2088', rank: 1 }, { kind: 'vaccine', product: vaccines.pneumococcus, date: '2026-06-19', lot: 'PC1467', rank: 1 }, { kind: 'vaccine', product: vaccines.rotavirus, date: '2026-06-19', lot: 'RV0915', rank: 1 },
    ] }, { title: 'Vaccinations à prévoir', code: '18776-5', columns: ['Vaccin', 'Quand', 'Âge'], rows: [
      ['Méningocoque B, 1re dose', '07/2026', '3 mois'], ['Hexavalent (DTCaP-Hib-hépatite B), 2e dose', '08/2026', '4 mois'], ['Pneumocoque conjugué, 2e dose', '08/2026', '4 mois'], ['Méningocoque ACWY, 1re dose', '10/2026', '6 mois'],
    ], means: [
      { kind: 'plannedVaccine', product: vaccines.meningococcusB, date: '2026-07' }, { kind: 'plannedVaccine', product: vaccines.hexavalent, date: '2026-08' }, { kind: 'plannedVaccine', product: vaccines.pneumococcus, date: '2026-08' }, { kind: 'plannedVaccine', product: vaccines.meningococcusAcwy, date: '2026-10' },
    ] }] },
  },
  {
    name: 'noe-urgences', patient: noe, author: authors.emergency, type: '15507-7', title: 'Passage aux urgences pédiatriques - crise d’asthme', at: '2025-11-08T22:55',
    body: { kind: 'report', heading: 'COMPTE RENDU DE PASSAGE AUX URGENCES', sections: [
      { title: 'Motif', text: 'Gêne respiratoire avec sifflements depuis le matin, contexte de rhinite.' }, { title: 'Examen', text: 'Enfant de 6 ans, 21 kg. Fréquence respiratoire 34/min, SpO2 93 %, tirage intercostal, sibilants diffus. Température 37,6 °C.' },
      { title: 'Prise en charge', text: 'Salbutamol en chambre d’inhalation, 6 bouffées trois fois à 20 minutes. Prednisolone 20 mg. À deux heures : SpO2 98 %, plus de tirage.' }, { title: 'Sortie', text: 'Prednisolone 3 jours, salbutamol dégressif sur 5 jours. Revoir le médecin traitant sous 48 heures. Bilan allergologique conseillé.' },
    ] },
  },
  {
    name: 'noe-allergologie', patient: noe, author: authors.allergist, type: '11488-4', title: "Consultation d'allergologie - arachide", at: '2026-01-20T10:15',
    body: { kind: 'report', heading: 'CONSULTATION D’ALLERGOLOGIE', sections: [
      { title: 'Histoire', text: 'Urticaire et toux après une bouchée de biscuit à la cacahuète en décembre 2025. Asthme intermittent.' }, { title: 'Explorations', text: 'Prick-test arachide 8 mm (témoin 4 mm). IgE spécifiques rAra h 2 : 12,4 kU/L. Fruits à coque négatifs.' },
      { title: 'Conclusion', text: 'ALLERGIE À L’ARACHIDE à risque anaphylactique. Éviction, deux stylos d’adrénaline 0,15 mg à disposition, projet d’accueil individualisé à l’école.' },
    ] },
  },
  {
    name: 'noe-pai', patient: noe, author: authors.marchandeau, type: '80771-9', title: "Projet d'accueil individualisé 2026-2027", at: '2026-09-07T17:40',
    body: { kind: 'report', heading: "PROJET D'ACCUEIL INDIVIDUALISÉ", sections: [
      { title: 'Besoins', text: 'Allergie alimentaire à l’arachide (risque anaphylactique). Asthme intermittent.' }, { title: 'Aménagements', text: 'Panier-repas fourni par la famille ou menu garanti sans arachide. Trousse d’urgence accessible, accompagnant l’enfant en sortie.' },
      { title: 'Conduite en urgence', text: 'Réaction légère (plaques, démangeaisons) : antihistaminique, surveiller. Gêne respiratoire, malaise ou vomissements répétés : ADRÉNALINE 0,15 mg dans la face externe de la cuisse, appeler le 15, allonger l’enfant. Asthme : salbutamol 4 bouffées dans la chambre d’inhalation, à renouveler après 10 minutes.' },
    ] },
  },
  {
    name: 'ines-contraception', patient: ines, author: authors.marchandeau, type: '11488-4', title: 'Consultation du 14/05/2026', at: '2026-05-14T18:20', structured: true, visibility: { hiddenFromRepresentatives: true },
    body: { kind: 'report', heading: 'COMPTE RENDU DE CONSULTATION', sections: [
      { title: 'Motif', text: 'Première consultation de contraception et prévention, à la demande de la patiente, sous le sceau du secret.' }, { title: 'Examen', text: 'Tension 112/68. IMC 20,4. Pas de migraine, pas d’antécédent thromboembolique personnel ou familial, non-fumeuse.' },
      { title: 'Conclusion', text: 'Pilule lévonorgestrel 100 µg / éthinylestradiol 20 µg. Conduite à tenir en cas d’oubli expliquée. Revoir dans trois mois.' },
    ] },
  },
  {
    name: 'ines-vaccin-hpv', patient: ines, author: authors.leGuilloux, type: '87273-9', title: 'Note de vaccination - papillomavirus', at: '2024-02-14T14:00', structured: true,
    body: { kind: 'tables', heading: 'NOTE DE VACCINATION', tables: [{ title: 'Vaccinations', code: '11369-6', columns: vaccineColumns, rows: [['Papillomavirus 9-valent, 1re dose', '16/08/2023', 'HP6612', 'Intramusculaire, bras gauche'], ['Papillomavirus 9-valent, 2e dose', '14/02/2024', 'HP7020', 'Intramusculaire, bras gauche']], means: [
      { kind: 'vaccine', product: vaccines.hpv, date: '2023-08-16', lot: 'HP6612', rank: 1 }, { kind: 'vaccine', product: vaccines.hpv, date: '2024-02-14', lot: 'HP7020', rank: 2 },
    ] }, { title: 'Vaccinations antérieures', code: '11369-6', columns: vaccineColumns, rows: [
      ['Diphtérie-tétanos-coqueluche-poliomyélite, rappel', '08/09/2020', 'TC3318', 'Intramusculaire'], ['Rougeole-oreillons-rubéole, 2e dose', '14/11/2010', 'RO2204', 'Intramusculaire'], ['Rougeole-oreillons-rubéole, 1re dose', '22/06/2010', 'RO1871', 'Intramusculaire'],
    ], means: [
      { kind: 'vaccine', product: vaccines.dtcap, date: '2020-09-08', lot: 'TC3318', rank: null }, { kind: 'vaccine', product: vaccines.mmr, date: '2010-11-14', lot: 'RO2204', rank: 2 }, { kind: 'vaccine', product: vaccines.mmr, date: '2010-06-22', lot: 'RO1871', rank: 1 },
    ] }] },
  },
  {
    name: 'fauvel-biologie-grossesse', patient: fauvel, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 02/09/2026", at: '2026-09-02T14:20', structured: true,
    body: { kind: 'laboratory', prescriber: 'Mme Ambre JOLIVET, sage-femme', sampled: '02/09/2026 à 9 h 15', panels: [
      { title: 'Sérologies de la grossesse', rows: [
        { name: 'Toxoplasmose IgG', value: '< 3', unit: 'UI/mL', reference: 'immunité > 8' }, { name: 'Toxoplasmose IgM', value: 'Négatif', unit: '', reference: '' }, { name: 'Rubéole IgG', value: '86', unit: 'UI/mL', reference: 'immunité > 10' }, { name: 'Antigène HBs', value: 'Négatif', unit: '', reference: '' }, { name: 'VIH 1 et 2', value: 'Négatif', unit: '', reference: '' }, { name: 'Syphilis (TPHA)', value: 'Négatif', unit: '', reference: '' },
      ] },
      { title: 'Immuno-hématologie', rows: [{ name: 'Groupe sanguin', value: 'A', unit: '', reference: '' }, { name: 'Rhésus (RH1)', value: 'Négatif', unit: '', reference: '' }, { name: 'Recherche d’agglutinines', value: 'Négative', unit: '', reference: '' }] },
    ], conclusion: 'Toxoplasmose : patiente non immunisée, contrôle mensuel. Rhésus négatif : prévoir le génotypage fœtal RHD.' },
  },
  {
    name: 'fauvel-echographie-t1', patient: fauvel, author: authors.obstetrician, type: '18748-4', title: 'Échographie obstétricale du premier trimestre', at: '2026-09-22T11:50',
    body: { kind: 'report', heading: 'ÉCHOGRAPHIE OBSTÉTRICALE DU PREMIER TRIMESTRE', sections: [
      { title: 'Indication', text: 'Première échographie de dépistage. Terme théorique 12 SA + 3 j.' }, { title: 'Résultats', text: 'Grossesse monofœtale évolutive. Longueur cranio-caudale 61 mm. Clarté nucale 1,3 mm. Activité cardiaque régulière, 158/min. Morphologie précoce sans anomalie visible. Trophoblaste antérieur.' }, { title: 'Conclusion', text: 'Grossesse de 12 SA + 4 j, date de début le 10 juillet 2026. Dépistage combiné proposé et accepté.' },
    ] },
  },
  {
    name: 'fauvel-suivi', patient: fauvel, author: authors.midwife, type: '11488-4', title: 'Consultation de suivi de grossesse - 4e mois', at: '2026-10-27T09:40',
    body: { kind: 'report', heading: 'CONSULTATION DE SUIVI DE GROSSESSE', sections: [{ title: 'Examen', text: 'Terme 17 SA + 4 j. Poids 61,2 kg (+ 2,4 kg). Tension 108/64. Hauteur utérine adaptée. Bruits du cœur perçus.' }, { title: 'Conduite', text: 'Toxoplasmose mensuelle. Entretien prénatal précoce réalisé. Vaccin antigrippal proposé, coqueluche à partir de 20 SA. Échographie morphologique le 20 novembre.' }] },
  },
  {
    name: 'petitjean-psychiatrie', patient: petitjean, author: authors.psychiatrist, type: '11488-4', title: 'Consultation de psychiatrie', at: '2026-07-02T12:10', visibility: { masked: true },
    body: { kind: 'letter', to: ['Dr Hélène MARCHANDEAU', 'Maison de santé des Tilleuls', '75019 PARIS'], paragraphs: ['Chère consœur,', 'Je vous remercie de m’avoir adressé M. Lucas PETITJEAN, 27 ans, pour un épisode dépressif caractérisé d’intensité moyenne, évoluant depuis mars dans un contexte de surcharge professionnelle. Il n’y a pas d’idée suicidaire.', 'Je propose sertraline 50 mg par jour, une psychothérapie hebdomadaire et un arrêt de travail d’un mois. Je le revois dans trois semaines.', 'Bien à vous,'] },
  },
  {
    name: 'petitjean-biologie', patient: petitjean, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 15/06/2026", at: '2026-06-15T13:10',
    body: { kind: 'laboratory', prescriber: 'Dr Hélène MARCHANDEAU', sampled: '15/06/2026 à 8 h 30', panels: [{ title: 'Bilan de fatigue', rows: [{ name: 'TSH', value: '2,14', unit: 'mUI/L', reference: '0,40 à 4,00' }, { name: 'Ferritine', value: '118', unit: 'µg/L', reference: '30 à 400' }, { name: 'Hémoglobine', value: '15,1', unit: 'g/dL', reference: '13,0 à 17,0' }, { name: '25-OH vitamine D', value: '41', unit: 'nmol/L', reference: '> 50', outside: 'L' }] }] },
  },
  {
    name: 'oeuvrard-mammographie-2023', patient: oeuvrard, author: authors.radiologist, type: '18748-4', title: 'Mammographie bilatérale et échographie', at: '2023-05-15T16:30',
    body: { kind: 'report', heading: 'MAMMOGRAPHIE BILATÉRALE', sections: [{ title: 'Indication', text: 'Dépistage organisé, 60 ans.' }, { title: 'Résultats', text: 'Densité de type B. À droite, opacité spiculée de 14 mm du quadrant supéro-externe, hypoéchogène à l’échographie, avec cône d’ombre. Axilles libres. Rien à gauche.' }, { title: 'Conclusion', text: 'ACR 5 à droite. Micro-biopsie échoguidée programmée. ACR 1 à gauche.' }] },
  },
  {
    name: 'oeuvrard-rcp', patient: oeuvrard, author: authors.surgeon, type: '34794-8', title: 'Réunion de concertation pluridisciplinaire - sénologie', at: '2023-06-20T13:00',
    body: { kind: 'report', heading: 'RÉUNION DE CONCERTATION PLURIDISCIPLINAIRE', sections: [{ title: 'Situation', text: 'Carcinome canalaire infiltrant du sein droit, 14 mm, grade II, RE 90 %, RP 60 %, HER2 négatif, Ki67 12 %. cT1c N0 M0.' }, { title: 'Proposition', text: 'Tumorectomie avec ganglion sentinelle, radiothérapie, puis inhibiteur de l’aromatase pendant 5 ans.' }] },
  },
  {
    name: 'oeuvrard-operatoire', patient: oeuvrard, author: authors.surgeon, type: '34874-8', title: 'Tumorectomie droite et ganglion sentinelle', at: '2023-07-05T12:45',
    body: { kind: 'report', heading: 'COMPTE RENDU OPÉRATOIRE', sections: [{ title: 'Intervention', text: 'Tumorectomie du quadrant supéro-externe droit après repérage. Deux ganglions sentinelles prélevés, négatifs à l’examen extemporané. Berges orientées et marquées.' }, { title: 'Suites', text: 'Simples. Sortie le soir même. Pansement à J2 par l’infirmière libérale.' }] },
  },
  {
    name: 'oeuvrard-mammographie-2026', patient: oeuvrard, author: authors.radiologist, type: '18748-4', title: 'Mammographie de surveillance', at: '2026-11-17T18:15', visibility: { hiddenFromPatient: true },
    body: { kind: 'report', heading: 'MAMMOGRAPHIE DE SURVEILLANCE', sections: [{ title: 'Indication', text: 'Surveillance à trois ans d’un carcinome canalaire infiltrant du sein droit opéré.' }, { title: 'Résultats', text: 'À droite, remaniements cicatriciels stables. À gauche, foyer de microcalcifications polymorphes de 9 mm du quadrant inféro-externe, absent en 2025.' }, { title: 'Conclusion', text: 'ACR 4 à gauche : macrobiopsie stéréotaxique à prévoir. Résultat à annoncer en consultation avant d’être rendu visible à la patiente.' }] },
  },
  {
    name: 'wisniewski-depot-patient', patient: wisniewski, author: 'patient', type: 'DOCPAT03', title: 'Compte rendu de chirurgie du genou (traduit)', at: '2026-03-29T20:05',
    body: { kind: 'report', heading: 'COMPTE RENDU DÉPOSÉ PAR LE PATIENT', sections: [{ title: 'Traduction', text: 'Hôpital de Miasto-Fikcyjne, 12 mai 2017. Ligamentoplastie du ligament croisé antérieur du genou droit par greffe des ischio-jambiers. Deux vis résorbables. Suites simples, reprise du sport à neuf mois.' }, { title: 'Note du patient', text: 'Document remis par le chirurgien, traduit par mes soins.' }] },
  },
  {
    name: 'wisniewski-biologie', patient: wisniewski, author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 30/09/2026", at: '2026-09-30T12:35', structured: true,
    body: { kind: 'laboratory', prescriber: 'Dr Karim BELHADJ-ROUSSEL', sampled: '30/09/2026 à 7 h 55', panels: [
      { title: 'Bilan initial d’hypertension', rows: [{ name: 'Créatinine', value: '79', unit: 'µmol/L', reference: '62 à 106' }, { name: 'DFG estimé (CKD-EPI)', value: '104', unit: 'mL/min/1,73 m²', reference: '> 60' }, { name: 'Potassium', value: '4,1', unit: 'mmol/L', reference: '3,5 à 5,1' }, { name: 'Sodium', value: '141', unit: 'mmol/L', reference: '136 à 145' }, { name: 'Glycémie à jeun', value: '5,3', unit: 'mmol/L', reference: '4,1 à 5,9' }, { name: 'LDL-cholestérol calculé', value: '3,24', unit: 'mmol/L', reference: 'selon le risque' }] },
    ] },
  },
]
