import path from 'node:path'
import { applyRules } from '#connector/history/apply-rules.ts'
import { judge } from '#connector/history/judge-facts.ts'
import { loadClinicalRules } from '#connector/history/clinical/load-clinical-rules.ts'
import { summarise } from '#connector/history/summary/summarise.ts'
import { factExample } from '#connector/history/summary/summary-example.ts'
import type { ClinicalFact } from '#shared/contract/facts.ts'
import type { ExamRequest } from '#shared/contract/exams.ts'
import type { RuledSummary } from '#shared/contract/ruled-summary.ts'
import type { RecordSummary } from '#shared/contract/summary.ts'
import { hold, type World } from './fixture-connector.ts'
import type { WindowState } from './states.ts'
import { ago, failing, panelWith, recordDocument, recordDocuments } from './world.ts'

const loinc = '2.16.840.1.113883.6.1'
const day = (days: number) => ago(60 * 24 * days).slice(0, 10)
/** Documents the facts are of, by what they are: see `recordDocument`. */
const [hospital, laboratory, prescription, imaging, letter, formerLaboratory, olderLaboratory] = [0, 1, 2, 3, 4, 6, 11].map((number) => recordDocument(number).uniqueId) as [string, string, string, string, string, string, string]

/** One invented fact of a letter. */
export function fact(kind: ClinicalFact['kind'], label: string, change: Partial<ClinicalFact> = {}): ClinicalFact {
  return factExample({ kind, label, document: letter, passage: label, author: 'Dr Claire PETIT', ...change })
}

/** One invented result of a laboratory's report. */
function result(name: string, code: string, value: string, unit: string | null, days: number, change: Partial<ClinicalFact> = {}): ClinicalFact {
  return fact('labResult', name, { code, codeSystem: loinc, value, unit, date: `${day(days)}T07:40`, document: laboratory, author: 'Dr Hugo ROUX', section: 'Biochimie', passage: `${name.split(' [')[0]} | ${value} ${unit ?? ''} | ${change.referenceRange ?? ''}`, ...change })
}

const creatinine = 'Créatinine [Moles/Volume] Sérum/Plasma ; Numérique'
const hba1c = 'Hémoglobine A1c/hémoglobine totale [Fraction massique] Sang ; Numérique'
const haemoglobin = 'Hémoglobine [Masse/Volume] Sang ; Numérique'

export const allergies = [
  fact('allergy', 'Pénicilline', { value: 'Choc anaphylactique', date: '2011', status: 'active', interpretation: 'élevé', document: hospital, passage: 'Pénicilline | choc anaphylactique en 2011' }),
  fact('allergy', 'Produit de contraste iodé', { value: 'Urticaire', date: '2018-05', status: 'active' }),
  fact('allergy', 'Codéine', { value: 'Nausées, vomissements', section: 'Effets indésirables prévisibles', date: '2020' }),
  fact('allergy', 'Latex', { status: 'resolved', date: '1999' }),
]
const treatments = [
  fact('treatment', 'Apixaban 5 mg, comprimé pelliculé', { code: '3400930000011', codeSystem: '1.2.250.1.213.2.3.2', value: '1', unit: '{tablet}', frequency: '1 comprimé matin et soir', status: 'prescribed', document: prescription, passage: 'Apixaban 5 mg | 1 comprimé matin et soir' }),
  fact('treatment', 'Apixaban 5 mg, comprimé pelliculé', { code: '3400930000011', codeSystem: '1.2.250.1.213.2.3.2', value: '1', unit: '{tablet}', date: '2019-06', document: letter }),
  fact('treatment', 'Bisoprolol 2,5 mg', { value: '1', unit: '{tablet}', status: 'prescribed', document: prescription }),
  fact('treatment', 'Bisoprolol 2,5 mg', { value: '2', unit: '{tablet}', status: 'prescribed', document: prescription, passage: 'Bisoprolol 2,5 mg | 2 comprimés le matin' }),
  fact('treatment', 'Furosémide 40 mg', { value: '1', unit: '{tablet}', document: hospital, date: day(30) }),
  fact('treatment', 'Metformine 1 000 mg', { value: '1', unit: '{tablet}', document: hospital }),
  fact('treatment', 'Atorvastatine 20 mg', { value: '1', unit: '{tablet}', status: 'dispensed', document: hospital }),
  fact('treatment', 'Paracétamol 1 g', { value: 'si douleur', document: letter }),
  fact('treatment', 'Colchicine 1 mg', { document: recordDocument(29).uniqueId, value: '1', unit: '{tablet}' }),
  fact('treatment', 'Zolpidem 10 mg', { document: recordDocument(33).uniqueId, status: 'prescribed' }),
]
const problems = [
  fact('problem', 'Fibrillation auriculaire paroxystique', { code: 'I48.0', codeSystem: '2.16.840.1.113883.6.3', status: 'active', date: '2019-06', document: hospital }),
  fact('problem', 'FA paroxystique', { code: 'I48.0', codeSystem: '2.16.840.1.113883.6.3', date: '2019' }),
  fact('problem', 'Diabète de type 2', { status: 'active', date: '2015' }),
  fact('problem', 'Hypertension artérielle', { status: 'active' }),
  fact('problem', 'Infarctus du myocarde', { date: '2017-11', status: 'completed', document: hospital }),
  fact('problem', 'Fracture du radius', { value: 'gauche', date: '1998', status: 'resolved' }),
  fact('problem', 'Accident vasculaire cérébral', { negated: true, document: hospital }),
]
const results = [
  result(creatinine, '14682-9', '98', 'umol/L', 32, { interpretation: 'H', referenceRange: '45 - 84' }),
  result(creatinine, '14682-9', '98', 'umol/L', 32, { document: hospital, author: 'Dr Nadia BELKACEM', date: day(32) }),
  result(creatinine, '14682-9', '91', 'umol/L', 150, { document: formerLaboratory, interpretation: 'H', referenceRange: '45 - 84' }),
  result(creatinine, '14682-9', '82', 'umol/L', 300, { document: olderLaboratory, referenceRange: '45 - 84' }),
  result(creatinine, '14682-9', '79', 'umol/L', 470, { document: olderLaboratory, referenceRange: '45 - 84' }),
  result('Potassium [Moles/Volume] Sérum/Plasma ; Numérique', '2823-3', '5.9', 'mmol/L', 32, { interpretation: 'HH', referenceRange: '3.5 - 5.1' }),
  result('Potassium [Moles/Volume] Sérum/Plasma ; Numérique', '2823-3', '4.4', 'mmol/L', 150, { document: formerLaboratory, interpretation: 'N' }),
  result(hba1c, '4548-4', '6.4', '%', 150, { document: formerLaboratory, interpretation: 'N' }),
  result(hba1c, '4548-4', '6.9', '%', 330, { document: olderLaboratory }),
  result(haemoglobin, '718-7', '12.1', 'g/dL', 32, { interpretation: 'N', referenceRange: '12.0 - 16.0', section: 'Hématologie' }),
  result(haemoglobin, '718-7', '12.9', 'g/dL', 300, { document: olderLaboratory, section: 'Hématologie' }),
  result('C réactive protéine [Masse/Volume] Sérum/Plasma ; Numérique', '1988-5', '<= 4', 'mg/L', 32),
  result('Sodium [Moles/Volume] Urine ; Numérique', '2955-3', '62', 'mmol/L', 32),
]
const others = [
  fact('measurement', 'Pression artérielle systolique', { code: '8480-6', codeSystem: loinc, value: '128', unit: 'mm[Hg]', date: day(12) }),
  fact('measurement', 'Pression artérielle diastolique', { code: '8462-4', codeSystem: loinc, value: '76', unit: 'mm[Hg]', date: day(12) }),
  fact('measurement', 'Poids', { code: '29463-7', codeSystem: loinc, value: '68.5', unit: 'kg', date: day(12) }),
  fact('measurement', 'Poids', { code: '29463-7', codeSystem: loinc, value: '71.0', unit: 'kg', date: day(200), document: hospital }),
  fact('measurement', 'Taille', { code: '8302-2', codeSystem: loinc, value: '1.62', unit: 'm', date: day(900) }),
  fact('vaccine', 'Vaxigriptetra, suspension injectable en seringue préremplie', { date: day(40), value: '1' }),
  fact('vaccine', 'Revaxis', { date: '2014-03-02', document: letter }),
  fact('vaccine', 'Prevenar 20', { negated: true }),
  fact('imaging', 'Scanner thoracique sans injection', { date: day(78), document: imaging, author: 'Dr Jean-Baptiste de LA ROCHEFOUCAULD' }),
  fact('careEvent', 'Hospitalisation, cardiologie', { date: day(14), document: hospital }),
  fact('procedure', 'Coronarographie', { date: '2017-11-04', document: hospital }),
  fact('procedure', 'Appendicectomie', { date: '1974', document: hospital }),
  fact('reimbursement', 'Soins infirmiers à domicile', { date: day(20), value: '12', document: hospital }),
  fact('carePlan', 'Contrôle de la créatinine', { status: 'planned', date: day(-30), document: hospital }),
  fact('familyHistory', 'Infarctus du myocarde', { value: 'Père' }),
  fact('narrative', 'Habitus, mode de vie', { value: 'Vit seule, marche une heure par jour, ne fume plus depuis 2009. Aide ménagère deux fois par semaine.' }),
]
export const noneKnown = fact('allergy', 'Pas d’allergie connue', { code: 'no-known-allergies', codeSystem: '2.16.840.1.113883.5.1150.1', status: 'noneKnown', document: hospital, author: 'Dr Nadia BELKACEM' })

export const all = [...allergies, ...treatments, ...problems, ...results, ...others]
export const whole: RecordSummary['documents'] = { read: 14, unread: 0, failed: 0, unstructured: 27 }

export const rules = await loadClinicalRules(path.join(import.meta.dirname, '../../../resources/clinical'), null)

/** What a state changes beside the facts. */
interface Told {
  documents?: Partial<RecordSummary['documents']> | undefined
  unreadable?: RecordSummary['unreadable'] | undefined
  requests?: readonly ExamRequest[] | undefined
  refused?: string | undefined
}

/** The summary the product makes of these facts, with what its rules say, for the panel as it stands. */
export function summaryOf(world: World, facts: readonly ClinicalFact[], { documents = {}, unreadable = [], requests = [], refused }: Told = {}): RuledSummary {
  const listed = world.panel.documents
  const { generation, loadedAt, begun, patient } = world.panel
  const now = Date.now()
  const summary = summarise({ generation, loadedAt, begun, facts, listed, analytes: rules.analytes, documents: { ...whole, ...documents }, unreadable: [...unreadable], isBegun: begun !== null, now })
  const held = refused === undefined ? rules : { ...rules, exams: { ...rules.exams, refused } }
  const { unread, failed } = summary.documents
  const [birthDate, sex] = [patient?.birthDate ?? null, patient?.sex ?? null]
  const judged = judge(facts, { exams: rules.exams.rules, vaccination: rules.vaccination.rules, documents: listed, patient: { birthDate, sex }, isWhole: loadedAt !== null && unread + failed === 0, mayJudge: true, now })
  return applyRules(held, { summary, judged, birthDate, requests, isAvoided: () => false })
}

const shows = '[data-testid="summary"]'
/** Of a patient no hospital wrote of: a stay silences the rules on exams. */
const atHome = (state: WindowState): WindowState => ({
  ...state,
  prepare: (world) => {
    world.panel = panelWith({ documents: recordDocuments(41).filter(({ typeCode }) => typeCode !== '34112-3') })
    world.status = { ...world.status, examsAvoided: [{ month: new Date().toISOString().slice(0, 7), count: 3 }] }
    return state.prepare(world)
  },
})
const state = (name: string, facts: readonly ClinicalFact[], more: Partial<WindowState> & Told = {}): WindowState => ({
  name: `panel-summary-${name}`,
  window: 'panel',
  prepare: (world) => {
    world.summary = summaryOf(world, facts, more)
  },
  shows: more.shows ?? shows,
  ...(more.act && { act: more.act }),
})

/** What was asked for before a list that is not in. */
const begun = (name: string, facts: readonly ClinicalFact[], wanted: string): WindowState => ({
  name: `panel-summary-${name}`,
  window: 'panel',
  prepare: (world) => {
    world.panel = panelWith({ documents: [], loadedAt: null, begun: 1, refreshing: true })
    world.summary = summaryOf(world, facts, { documents: { read: 1, unstructured: 0 } })
  },
  shows: wanted,
})

/** A laboratory's report of ten days ago: what a repeat would say nothing new of. */
const lately = [
  result('HbA1c', '4548-4', '6.8', '%', 10, { interpretation: 'H', referenceRange: '4.0 - 6.0' }),
  result('TSH', '3016-3', '2.1', 'm[IU]/L', 10, { interpretation: 'N' }),
  result('Ferritine', '2276-4', '84', 'ug/L', 10, { interpretation: 'N' }),
  result('Vitamine B12', '14685-2', '310', 'pmol/L', 10, { interpretation: 'N' }),
  result('Folates', '14732-2', '18', 'nmol/L', 10, { interpretation: 'N' }),
  result('Cholestérol total', '2093-3', '1.92', 'g/L', 10, { interpretation: 'N' }),
  result('Cholestérol HDL', '2085-9', '0.52', 'g/L', 10, { interpretation: 'N' }),
  result('Cholestérol LDL calculé', '13457-7', '1.71', 'g/L', 10, { interpretation: 'H' }),
  result('Triglycérides', '2571-8', '1.10', 'g/L', 10, { interpretation: 'N' }),
  fact('imaging', 'Mammographie bilatérale', { code: '42174-3', codeSystem: loinc, date: day(300), document: imaging }),
]
/** Doses of every kind of answer: done, due, not to be told. */
const doses = [
  fact('vaccine', 'Boostrixtetra', { atc: 'J07CA02', date: day(400), document: letter }),
  fact('vaccine', 'Prevenar 13', { atc: 'J07AL02', date: '2018-10-02', document: letter }),
  fact('vaccine', 'Shingrix', { atc: 'J07BK03', date: day(200), value: '1', document: letter }),
  fact('vaccine', 'Vaxigrip', { atc: 'J07BB02', date: '2024-11-02', document: letter }),
]
const biology: ExamRequest = { item: 'item-1', category: 'biology', title: 'Ordonnance de biologie', codes: ['4548-4', '1988-5'] }
const newOnes = [0, 1, 4].map((number) => recordDocument(number).uniqueId)
/** Creatinine in two units: one analyte, one line. */
const twoUnits = [
  result(creatinine, '14682-9', '98', 'umol/L', 32, { interpretation: 'H', referenceRange: '45 - 84' }),
  result('Créatinine [Masse/Volume] Sérum/Plasma ; Numérique', '2160-0', '11.1', 'mg/L', 32),
  result('Créatinine [Masse/Volume] Sérum/Plasma ; Numérique', '2160-0', '9.8', 'mg/L', 200, { document: formerLaboratory }),
  result(creatinine, '14682-9', '82', 'umol/L', 300, { document: olderLaboratory, referenceRange: '45 - 84' }),
]
const withNews = (prepare: WindowState['prepare'], change: Partial<World['panel']> = {}): WindowState['prepare'] => async (world) => {
  world.panel = panelWith({ news: { since: ago(60 * 24 * 70), documents: newOnes }, ...change })
  await prepare(world)
}

/** What rules say, and what came since the last look. */
const newStates: readonly WindowState[] = [
  atHome(state('exams-done', [...allergies, ...treatments.slice(0, 2).map((one) => ({ ...one, atc: 'B01AF02' })), ...problems, ...lately, ...results], { shows: '[data-testid="exams"] [data-verdict="redundant"]' })),
  state('exams-after-a-stay', [...allergies, ...lately, ...results], { shows: '[data-testid="undecided-exams"]' }),
  atHome({
    ...state('exams-opened', [...allergies, ...lately, ...results]),
    act: async (page) => {
      await page.getByTestId('all-exams').click()
      await page.getByTestId('exam-row').first().click()
      await page.getByTestId('undecided-exams').getByRole('button').first().click()
    },
    shows: '[data-testid="exam-details"] [data-testid="exam-avoid"]',
  }),
  atHome(state('exams-prescribed', [...allergies, ...lately, ...results], { requests: [biology], shows: '[data-testid="exam-request"]' })),
  atHome(state('exams-prescribed-pdf', [...allergies, ...lately], { requests: [{ ...biology, codes: null }], shows: '[data-testid="exam-request"]' })),
  atHome(state('exams-rules-refused', [...allergies, ...lately], { refused: 'retest-intervals.json: rules.3.loinc.0.0 not a LOINC code', shows: '[data-testid="rules-refused"]' })),
  {
    ...state('vaccines-due', [...allergies, ...doses]),
    act: async (page) => {
      await page.getByTestId('list-vaccines').getByRole('button').first().click()
    },
    shows: '[data-testid="vaccine-due"]',
  },
  {
    ...state('vaccines-partial', [...allergies, ...doses], { documents: { unread: 3 } }),
    act: async (page) => {
      await page.getByTestId('list-vaccines').getByRole('button').first().click()
    },
    shows: '[data-testid="vaccines-due"]',
  },
  { ...state('news', [...allergies, ...results, ...others]), prepare: withNews((world) => void (world.summary = summaryOf(world, [...allergies, ...results, ...others]))), shows: '[data-testid="news"]' },
  {
    ...state('news-opened', all),
    prepare: withNews((world) => void (world.summary = summaryOf(world, [...all, ...lately]))),
    act: async (page) => {
      await page.getByTestId('news').getByRole('button').first().click()
    },
    shows: '[data-testid="news-row"]',
  },
  { ...state('nothing-new', all), prepare: withNews((world) => void (world.summary = summaryOf(world, all)), { news: { since: ago(60 * 24 * 70), documents: [] } }), shows: '[data-testid="news"]' },
  {
    ...state('two-units', [...allergies, ...twoUnits]),
    act: async (page) => {
      await page.locator('[data-testid="list-results"] [data-testid="fact-row"]').first().click()
      await page.getByTestId('former-table').click()
    },
    shows: '.fact-converted',
  },
]

const analytes = ['Sodium', 'Chlore', 'Calcium', 'Urée', 'Ferritine', 'TSH', 'ASAT', 'ALAT', 'Gamma GT', 'Bilirubine', 'Albumine', 'Leucocytes', 'Plaquettes', 'Cholestérol LDL', 'Triglycérides']

/** Every state of the summary. */
export const summaryStates: readonly WindowState[] = [
  state('full', all),
  {
    ...state('opened', all),
    act: async (page) => {
      await page.locator('[data-testid="list-results"] [data-testid="fact-row"]').nth(1).click()
      await page.getByTestId('former-table').click()
    },
    shows: '.fact-table',
  },
  {
    ...state('everything-open', all),
    act: async (page) => {
      for (const name of ['vaccines', 'timeline', 'others']) await page.getByTestId(`list-${name}`).getByRole('button').first().click()
      for (const older of await page.getByTestId('older').all()) await older.click()
      await page.getByTestId('all-allergies').click()
    },
    shows: '[data-testid="list-others"] [data-testid="fact"]',
  },
  state('allergies-not-recorded', [...treatments, ...problems], { shows: '[data-testid="allergies"][data-state="notRecorded"]' }),
  state('none-known', [noneKnown, ...treatments, ...problems], { shows: '[data-testid="allergies"][data-state="noneKnown"]' }),
  state('hidden-here', [fact('allergy', 'Allergies', { status: 'hiddenHere' }), ...problems], { shows: '[data-testid="allergies"][data-state="hiddenHere"]' }),
  state('in-words', [fact('narrative', 'Allergies et hypersensibilités', { code: '48765-2', codeSystem: loinc, value: 'Éruption après amoxicilline dans l’enfance, bilan allergologique proposé, non fait. Pas de réaction à l’aspirine.' }), fact('narrative', 'Biochimie', { code: '18719-5', codeSystem: loinc, value: 'Créatinine 98 µmol/L (45 – 84), potassium 4,2 mmol/L', document: laboratory }), ...problems], { shows: '[data-testid="allergies"][data-state="inWords"]' }),
  state('rows-of-text', [
    ...['Date : 12/03/2026 | Objet : Protéinurie | Résultat : 0,12 g/L\nDate : 13/03/2026 | Objet : Leucocytes', 'Date : 12/03/2026 | Objet : Sodium | Résultat : 140 mmol/L'].map((value) => fact('narrative', 'Chimie', { code: '18719-5', codeSystem: loinc, section: 'Chimie', value, passage: value, document: laboratory })),
    fact('narrative', 'Mode de vie', { code: '29762-2', codeSystem: loinc, section: 'Mode de vie', value: 'Vit seule\nAlcool | non', passage: 'Vit seule\nAlcool | non' }), ...problems,
  ], {
    act: async (page) => page.locator('[data-testid="list-results"] [data-testid="fact-row"]').first().click(),
    shows: '[data-testid="list-results"] blockquote',
  }),
  state('partial', all, { documents: { read: 11, unread: 2, failed: 1 }, unreadable: [{ document: letter, title: 'Courrier de consultation' }], shows: '[data-testid="unreadable"]' }),
  state('not-loaded', [], { documents: { read: 0, unread: 14 }, shows: '[data-testid="allergies"][data-state="notLoaded"]' }),
  state('empty', [], { documents: { read: 0, unstructured: 41 }, shows: '[data-testid="silent"]' }),
  state('many-results', [
    ...allergies,
    ...analytes.flatMap((name, at) => [0, 90, 210, 400].map((days, time) => result(`${name} [Moles/Volume] Sérum/Plasma ; Numérique`, `9${at}-1`, String(4 + ((at * 7 + time * 3) % 11)), at % 3 === 0 ? 'mmol/L' : 'UI/L', 32 + days, { interpretation: time === 0 && at % 5 === 0 ? 'L' : 'N', document: [laboratory, formerLaboratory, olderLaboratory, olderLaboratory][time]! }))),
  ]),
  {
    ...state('conflict', [
      ...allergies.slice(0, 1),
      { ...noneKnown, document: letter, author: 'Dr Claire PETIT' },
      fact('allergy', 'Aspirine', { status: 'active', value: 'Bronchospasme' }),
      fact('allergy', 'Aspirine', { status: 'inactive', value: 'Urticaire', document: hospital }),
      fact('problem', 'Hypertension artérielle', { negated: true, document: hospital, conflict: { field: 'negation', coded: 'non', narrative: 'Hypertension artérielle | Oui' }, passage: 'Hypertension artérielle | Oui' }),
      result(creatinine, '14682-9', '98', 'umol/L', 32, { interpretation: 'H' }),
      result(creatinine, '14682-9', '108', 'umol/L', 32, { document: hospital, author: 'Dr Nadia BELKACEM' }),
      result('Glucose [Masse/Volume] Sérum/Plasma ; Numérique', '2345-7', '1.26', 'g/L', 32, { conflict: { field: 'value', coded: '1.26', narrative: 'Glucose | 1,62 g/L' }, passage: 'Glucose | 1,62 g/L' }),
    ]),
    act: async (page) => {
      await page.locator('[data-testid="list-results"] [data-testid="fact-row"]').first().click()
      await page.locator('[data-testid="list-problems"] [data-testid="fact-row"]').first().click()
    },
    shows: '.fact-beside',
  },
  ...newStates,
  begun('begun', [...allergies, ...treatments, ...problems], '[data-testid="scene-begun"] .skeleton'),
  begun('begun-without-allergies', [...treatments, ...problems], '[data-testid="allergies"][data-state="notLoaded"]'),
  begun('begun-none-known', [noneKnown, ...treatments, ...problems], '[data-testid="absence"]'),
  {
    name: 'panel-summary-loading',
    window: 'panel',
    prepare: (world) => {
      hold(world, 'panel.summary')
    },
    shows: '.skeleton',
  },
  {
    name: 'panel-summary-offline',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ loadedAt: ago(60 * 70), failure: failing('record-unreachable') })
      world.status = { ...world.status, state: 'offline' }
      world.summary = summaryOf(world, all)
    },
    shows,
  },
]
