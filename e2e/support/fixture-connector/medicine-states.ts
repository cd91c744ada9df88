import { codesExample, databaseExample, type Installed } from '#connector/history/medicines/medicine-example.ts'
import { allergiesInForce } from '#connector/history/medicines/allergies-in-force.ts'
import { medicineAlerts } from '#connector/history/medicines/medicine-alerts.ts'
import { treatmentsInForce } from '#connector/history/medicines/treatments-in-force.ts'
import { factExample } from '#connector/history/summary/summary-example.ts'
import type { ClinicalFact } from '#shared/contract/facts.ts'
import type { MedicineCheck } from '#shared/contract/medicines.ts'
import type { World } from './fixture-connector.ts'
import type { WindowState } from './states.ts'
import { summaryOf } from './summary-states.ts'
import { ago, recordDocument } from './world.ts'

const day = (days: number) => ago(60 * 24 * days).slice(0, 10)
const [hospital, prescription, letter] = [0, 2, 4].map((number) => recordDocument(number).uniqueId) as [string, string, string]
const onItsWay = 'ordonnance-du-jour'

/** Invented specialties of substances that exist. */
const products = [
  { cis: '60000001', name: 'Fluidine 5 mg', substances: { 1: 'WARFARINE SODIQUE' }, atc: ['B01AA03'] },
  { cis: '60000002', name: 'Calmifène 400 mg', substances: { 2: 'IBUPROFÈNE' }, atc: ['M01AE01'] },
  { cis: '60000003', name: 'Bactox 1 g', substances: { 3: 'AMOXICILLINE' }, atc: ['J01CA04'] },
  { cis: '60000004', name: 'Doucedol 500 mg', substances: { 4: 'PARACÉTAMOL' } },
  { cis: '60000005', name: 'Doucedol codéiné', substances: { 4: 'PARACÉTAMOL', 5: 'CODÉINE' } },
  { cis: '60000006', name: 'Lipidrop 20 mg', substances: { 6: 'SIMVASTATINE' }, atc: ['C10AA01'] },
  { cis: '60000007', name: 'Lipidrop fort 40 mg', substances: { 7: 'ATORVASTATINE' }, atc: ['C10AA05'] },
  { cis: '60000008', name: 'Mycosol 200 mg', substances: { 8: 'ITRACONAZOLE' } },
] as const
const named = (number: number) => products[number - 1]!
const installed: Installed = {
  date: day(75),
  products,
  classes: { warfarine: ['anticoagulants oraux', 'antivitamines K'], ibuprofène: ['anti-inflammatoires non stéroïdiens'], amoxicilline: ['pénicillines'], simvastatine: ['statines'], atorvastatine: ['statines'] },
  pairs: [
    ['ITRACONAZOLE', 'SIMVASTATINE', ['contraindicated'], 'CONTRE-INDICATION Risque majoré d’effets indésirables (dose-dépendants) à type de rhabdomyolyse, par diminution du métabolisme hépatique de la statine.'],
    ['ANTICOAGULANTS ORAUX', 'ANTI-INFLAMMATOIRES NON STEROIDIENS', ['discouraged', 'precaution'], 'Augmentation du risque hémorragique de l’anticoagulant oral. Si l’association ne peut être évitée, surveillance clinique étroite, voire biologique.'],
    ['ANTIVITAMINES K', 'PARACETAMOL', ['precaution'], 'Précaution d’emploi : contrôle plus fréquent de l’INR.'],
    ['ANTIVITAMINES K', 'STATINES', ['consider'], 'À prendre en compte.'],
  ],
}

/** One invented statement of a medicine. */
function medicine(number: number, change: Partial<ClinicalFact> = {}): ClinicalFact {
  const { cis, name } = named(number)
  return factExample({ kind: 'treatment', label: name, codes: codesExample(cis), status: 'prescribed', date: day(20), document: prescription, author: 'Dr Claire PETIT', passage: `${name} | 1 comprimé par jour`, ...change })
}

const allergy = factExample({ kind: 'allergy', label: 'Amoxicilline', codes: codesExample('60000003'), value: 'Urticaire géante', status: 'active', date: '2012', document: hospital, author: 'Dr Nadia BELKACEM', passage: 'Amoxicilline | urticaire géante' })
const inWords = factExample({ kind: 'treatment', label: 'Préparation magistrale à la bétaméthasone', status: 'prescribed', document: prescription, author: 'Dr Claire PETIT', passage: 'Préparation magistrale' })
const latex = factExample({ kind: 'allergy', label: 'Latex', status: 'active', document: letter })
const own = medicine(3, { document: onItsWay, date: day(0), end: day(-6), passage: 'Bactox 1 g | 2 fois par jour 6 jours' })
const many = [
  medicine(1, { document: hospital, status: 'completed', date: day(300), author: 'Dr Nadia BELKACEM' }), medicine(2), medicine(4), medicine(5, { document: letter, author: 'Dr Hugo ROUX' }), medicine(6), medicine(7, { document: hospital, author: 'Dr Nadia BELKACEM' }), medicine(8, { end: day(-10) }),
  inWords, allergy, latex, own,
]

/** What the product makes of these facts with what is installed, for the panel as it stands. */
export function medicinesOf(world: World, facts: readonly ClinicalFact[], base: Installed, prescriptions: MedicineCheck['prescriptions']): MedicineCheck {
  const summary = summaryOf(world, facts)
  const onTheirWay = new Set([onItsWay])
  const check = medicineAlerts({ treatments: treatmentsInForce(summary, onTheirWay, Date.now()), allergies: allergiesInForce(summary, onTheirWay), database: databaseExample(base) })
  const sources = check.alerts.flatMap(({ medicines }) => medicines.flatMap((one) => one.sources))
  for (const source of sources) if (source.onItsWay) Object.assign(source, { title: 'Ordonnance', documentDate: day(0) })
  return { generation: summary.generation, loadedAt: summary.loadedAt ?? '', ...check, prescriptions }
}

const state = (name: string, facts: readonly ClinicalFact[], base: Installed, more: Partial<WindowState> & { prescriptions?: MedicineCheck['prescriptions']; bases?: Partial<Pick<MedicineCheck, 'products' | 'interactions'>> } = {}): WindowState => ({
  name: `panel-medicines-${name}`,
  window: 'panel',
  prepare: (world) => {
    world.summary = summaryOf(world, facts.filter(({ document }) => document !== onItsWay))
    world.medicines = { ...medicinesOf(world, facts, base, more.prescriptions ?? { read: 0, unread: 0 }), ...more.bases }
  },
  shows: more.shows ?? '[data-testid="medicines"]',
  ...(more.act && { act: more.act }),
})

/** Every state of the card of medicines. */
export const medicineStates: readonly WindowState[] = [
  state('alerts', many, installed, { prescriptions: { read: 1, unread: 0 } }),
  state('everything-open', many, installed, {
    prescriptions: { read: 1, unread: 1 },
    act: async (page) => {
      await page.getByTestId('all-alerts').click()
      for (const row of await page.locator('.medicine-row').all()) await row.click()
      await page.getByTestId('medicines-detail').click()
    },
    shows: '[data-testid="unchecked-allergy"]',
  }),
  state('nothing-installed', [medicine(1), medicine(2), allergy, inWords], {}),
  state('nothing-found', [medicine(1), medicine(6)], { ...installed, pairs: [['A', 'B', ['consider']]] }, {
    act: (page) => page.getByTestId('medicines-detail').click(),
    shows: '[data-testid="medicines-whole"] p',
  }),
  state('reminders-only', [medicine(1), medicine(6)], installed),
  state('unreadable-and-old', [medicine(1), medicine(2)], { products }, {
    prescriptions: { read: 0, unread: 2 },
    bases: { products: { state: 'installed', date: day(500), old: true }, interactions: { state: 'unreadable' } },
    act: (page) => page.getByTestId('medicines-detail').click(),
    shows: '.medicines-old',
  }),
]
