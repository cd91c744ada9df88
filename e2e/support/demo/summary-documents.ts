import type { DemoDocument } from './document-model.ts'
import { cim10, codes } from './meanings.ts'
import { authors, patient } from './people.ts'
import { medicines } from './products.ts'
import { allergyColumns, problemColumns, treatmentColumns } from './table-columns.ts'

const morel = patient('P000102')

/**
 * What sums a patient up, and a report more: numbered after `past-documents.ts`. Of M. MOREL the letter of his cardiologist gives another dose of
 * ramipril than the summary of his doctor, on purpose: neither is said to be right.
 */
export const summaryDocuments: readonly DemoDocument[] = [
  {
    name: 'garnier-biologie-2026', patient: patient('P000101'), author: authors.biologist, type: '11502-2', title: "Compte rendu d'examens biologiques du 14/04/2026", at: '2026-04-14T12:50', structured: true,
    body: { kind: 'laboratory', prescriber: 'Dr Hélène MARCHANDEAU', sampled: '14/04/2026 à 8 h 25', panels: [
      { title: 'Fonction rénale', method: 'Sérum - créatinine par dosage enzymatique, DFG selon CKD-EPI 2009', rows: [
        { name: 'Créatinine', value: '104', unit: 'µmol/L', reference: '45 à 84', previous: '98 (10/2025)', outside: 'H' },
        { name: 'DFG estimé (CKD-EPI)', value: '41', unit: 'mL/min/1,73 m²', reference: '> 60', previous: '44 (10/2025)', outside: 'L' },
        { name: 'Potassium', value: '4,8', unit: 'mmol/L', reference: '3,5 à 5,1', previous: '4,6 (10/2025)' },
        { name: 'Sodium', value: '138', unit: 'mmol/L', reference: '136 à 145', previous: '139 (10/2025)' },
      ] },
      { title: 'Hémogramme', rows: [{ name: 'Hémoglobine', value: '11,9', unit: 'g/dL', reference: '12,0 à 16,0', previous: '11,8 (10/2025)', outside: 'L' }, { name: 'Plaquettes', value: '214', unit: 'G/L', reference: '150 à 400' }] },
    ], conclusion: 'Le débit de filtration glomérulaire continue de baisser. Anémie normocytaire stable.' },
  },
  {
    name: 'morel-synthese', patient: morel, author: authors.belhadj, type: '60591-5', title: 'Synthèse médicale du 28/05/2026', at: '2026-05-28T10:50', structured: true,
    body: { kind: 'tables', heading: 'SYNTHÈSE MÉDICALE', tables: [
      { title: 'Allergies et intolérances', code: '48765-2', columns: allergyColumns, rows: [['Aucune allergie connue', '', '', '', '']], means: [{ kind: 'noKnownAllergy' }] },
      { title: 'Problèmes en cours', code: '11450-4', columns: problemColumns, rows: [
        ['Diabète de type 2', '01/2023', 'ALD 8, HbA1c 7,1 % en mai 2026'], ['Hypertension artérielle', '2017', 'Traitée par ramipril'], ['Rétinopathie diabétique non proliférante de l’œil gauche', '03/2025', 'Minime, fond d’œil annuel'],
      ], means: [
        { kind: 'problem', problem: cim10('E11.3', 'Diabète de type 2, avec complications oculaires'), since: '2023-01', isOver: false }, { kind: 'problem', problem: cim10('I10', 'Hypertension artérielle'), since: '2017', isOver: false },
        { kind: 'problem', problem: cim10('H36.0', 'Rétinopathie diabétique'), since: '2025-03', isOver: false },
      ] },
      { title: 'Traitements au long cours', code: '10160-0', columns: treatmentColumns, rows: [['Metformine 1000 mg', '1 comprimé au petit déjeuner et 1 au dîner', '02/2023', 'Diabète de type 2'], ['Ramipril 5 mg', '1 comprimé le matin', '2019', 'Hypertension artérielle']], means: [
        { kind: 'treatment', product: medicines.metformin, dose: 1, unit: '{tablet}', every: [12, 'h'], since: '2023-02' }, { kind: 'treatment', product: medicines.ramipril5, dose: 1, unit: '{tablet}', every: [1, 'd'], since: '2019' },
      ] },
    ] },
  },
  {
    name: 'morel-cardiologie', patient: morel, author: authors.cardiologist, type: '11488-4', title: 'Consultation de cardiologie', at: '2026-06-23T16:05', structured: true,
    body: { kind: 'tables', heading: 'CONSULTATION DE CARDIOLOGIE', introduction: 'ECG annuel : rythme sinusal à 72/min, sans anomalie. Tension 138/84 au cabinet. Pas de signe fonctionnel.', tables: [
      { title: 'Traitement à l’issue de la consultation', code: '10160-0', columns: treatmentColumns, rows: [['Metformine 1000 mg', '1 comprimé au petit déjeuner et 1 au dîner', '02/2023', 'Diabète de type 2'], ['Ramipril 5 mg', '2 comprimés le matin', '2019', 'Hypertension artérielle']], means: [
        { kind: 'treatment', product: medicines.metformin, dose: 1, unit: '{tablet}', every: [12, 'h'], since: '2023-02' }, { kind: 'treatment', product: medicines.ramipril5, dose: 2, unit: '{tablet}', every: [1, 'd'], since: '2019' },
      ] },
      { title: 'Conclusion', code: '55110-1', columns: ['Avis'], rows: [['Revoir dans un an avec une automesure tensionnelle.']] },
    ] },
  },
  {
    name: 'dherve-synthese', patient: patient('P000104'), author: authors.marchandeau, type: '60591-5', title: 'Synthèse médicale du 10/02/2026', at: '2026-02-10T17:25', structured: true,
    body: { kind: 'tables', heading: 'SYNTHÈSE MÉDICALE', tables: [
      { title: 'Allergies et intolérances', code: '48765-2', columns: allergyColumns, rows: [['Pénicillines (amoxicilline)', 'Urticaire généralisée avec œdème des lèvres', 'Sévère', '08/2022', 'Confirmé']], means: [
        { kind: 'allergy', type: codes.medicineAllergy, agent: codes.penicillins, reaction: codes.urticaria, severity: codes.severe, certainty: codes.confirmed, since: '2022-08', isCritical: true },
      ] },
      { title: 'Problèmes en cours', code: '11450-4', columns: problemColumns, rows: [['Asthme persistant léger', '2011', 'VEMS 79 % en juin 2024, réversible'], ['Rhinite allergique saisonnière', '2009', 'De mars à juin']], means: [
        { kind: 'problem', problem: cim10('J45.0', 'Asthme à prédominance allergique'), since: '2011', isOver: false }, { kind: 'problem', problem: cim10('J30.1', 'Rhinite allergique due au pollen'), since: '2009', isOver: false },
      ] },
      { title: 'Traitements au long cours', code: '10160-0', columns: treatmentColumns, rows: [['Budésonide 200 µg / formotérol 6 µg', '1 bouffée matin et soir, et à la demande', '06/2024', 'Asthme'], ['Desloratadine 5 mg', '1 comprimé le soir de mars à juin', '2021', 'Rhinite allergique']], means: [
        { kind: 'treatment', product: medicines.budesonideFormoterol, dose: 1, unit: '{dose}', every: [12, 'h'], since: '2024-06' }, { kind: 'treatment', product: medicines.desloratadine, dose: 1, unit: '{tablet}', every: [1, 'd'], since: '2021' },
      ] },
    ] },
  },
  {
    name: 'poli-synthese', patient: patient('P000105'), author: authors.belhadj, type: '60591-5', title: 'Synthèse médicale du 16/04/2026', at: '2026-04-16T09:35', structured: true,
    body: { kind: 'tables', heading: 'SYNTHÈSE MÉDICALE', tables: [
      { title: 'Allergies et intolérances', code: '48765-2', columns: allergyColumns, rows: [['Aucune allergie connue', '', '', '', '']], means: [{ kind: 'noKnownAllergy' }] },
      { title: 'Problèmes en cours', code: '11450-4', columns: problemColumns, rows: [
        ['Cardiopathie ischémique, stent de l’interventriculaire antérieure', '12/2021', 'FEVG 45 %'], ['BPCO post-tabagique', '11/2024', 'GOLD 2, groupe B'], ['Hypercholestérolémie', '2021', 'LDL-cholestérol visé sous 1,40 mmol/L'],
      ], means: [
        { kind: 'problem', problem: cim10('I25.5', 'Cardiomyopathie ischémique'), since: '2021-12', isOver: false }, { kind: 'problem', problem: cim10('J44.9', 'Maladie pulmonaire obstructive chronique'), since: '2024-11', isOver: false },
        { kind: 'problem', problem: cim10('E78.0', 'Hypercholestérolémie essentielle'), since: '2021', isOver: false },
      ] },
      { title: 'Antécédents', code: '11348-0', columns: problemColumns, rows: [['Infarctus antérieur', '03/12/2021', 'Angioplastie primaire']], means: [{ kind: 'problem', problem: cim10('I21.0', 'Infarctus transmural aigu de la paroi antérieure'), since: '2021-12-03', isOver: true }] },
      { title: 'Traitements au long cours', code: '10160-0', columns: treatmentColumns, rows: [
        ['Acide acétylsalicylique 75 mg', '1 sachet le midi', '12/2021', 'Cardiopathie ischémique'], ['Bisoprolol 5 mg', '1 comprimé le matin', '12/2021', 'Cardiopathie ischémique'], ['Ramipril 5 mg', '1 comprimé le soir', '12/2021', 'Cardiopathie ischémique'],
        ['Atorvastatine 80 mg', '1 comprimé le soir', '12/2021', 'Hypercholestérolémie'], ['Tiotropium / olodatérol', '2 bouffées le matin', '11/2024', 'BPCO'], ['Trinitrine 0,30 mg', '1 pulvérisation si douleur thoracique', '12/2021', 'Cardiopathie ischémique'],
      ], means: [
        { kind: 'treatment', product: medicines.aspirin, dose: 1, unit: '{sachet}', every: [1, 'd'], since: '2021-12' }, { kind: 'treatment', product: medicines.bisoprolol5, dose: 1, unit: '{tablet}', every: [1, 'd'], since: '2021-12' },
        { kind: 'treatment', product: medicines.ramipril5, dose: 1, unit: '{tablet}', every: [1, 'd'], since: '2021-12' }, { kind: 'treatment', product: medicines.atorvastatin, dose: 1, unit: '{tablet}', every: [1, 'd'], since: '2021-12' },
        { kind: 'treatment', product: medicines.tiotropiumOlodaterol, dose: 2, unit: '{dose}', every: [1, 'd'], since: '2024-11' }, { kind: 'treatment', product: medicines.nitroglycerin, dose: 1, unit: '{dose}', every: null, since: '2021-12' },
      ] },
    ] },
  },
  {
    name: 'noe-synthese', patient: patient('P000107'), author: authors.marchandeau, type: '60591-5', title: 'Synthèse médicale du 07/09/2026', at: '2026-09-07T17:25', structured: true,
    body: { kind: 'tables', heading: 'SYNTHÈSE MÉDICALE', tables: [
      { title: 'Allergies et intolérances', code: '48765-2', columns: allergyColumns, rows: [['Arachide', 'Urticaire et toux après une bouchée, risque d’anaphylaxie', 'Sévère', '12/2025', 'Confirmé']], means: [
        { kind: 'allergy', type: codes.foodAllergy, agent: codes.peanut, reaction: codes.urticaria, severity: codes.severe, certainty: codes.confirmed, since: '2025-12', isCritical: true },
      ] },
      { title: 'Problèmes en cours', code: '11450-4', columns: problemColumns, rows: [['Asthme intermittent', '11/2025', 'Crise aux urgences en novembre 2025']], means: [{ kind: 'problem', problem: cim10('J45.0', 'Asthme à prédominance allergique'), since: '2025-11', isOver: false }] },
      { title: 'Traitements', code: '10160-0', columns: treatmentColumns, rows: [['Adrénaline 0,15 mg, stylo', '1 injection dans la face externe de la cuisse en cas de réaction grave', '01/2026', 'Allergie à l’arachide'], ['Salbutamol 100 µg', '4 bouffées en chambre d’inhalation en cas de gêne', '11/2025', 'Asthme']], means: [
        { kind: 'treatment', product: medicines.adrenaline, dose: 1, unit: '{dose}', every: null, since: '2026-01' }, { kind: 'treatment', product: medicines.salbutamol, dose: 4, unit: '{dose}', every: null, since: '2025-11' },
      ] },
    ] },
  },
]
