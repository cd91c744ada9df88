import type { Page } from '@playwright/test'
import { fitToCode } from '#connector/history/emergency-sheet/fit-to-code.ts'
import { fitToPage } from '#connector/history/emergency-sheet/fit-to-page.ts'
import { sheetFactsOf } from '#connector/history/emergency-sheet/sheet-facts.ts'
import type { PaperSheet, PrintableSheet } from '#shared/contract/emergency-sheet.ts'
import type { ClinicalFact } from '#shared/contract/facts.ts'
import type { PatientLabel } from '#shared/contract/items.ts'
import type { RecordSummary } from '#shared/contract/summary.ts'
import type { World } from './fixture-connector.ts'
import type { WindowState } from './states.ts'
import { all, fact, noneKnown, rules, summaryOf, whole } from './summary-states.ts'
import { ago, failing, marie, panelWith, paul } from './world.ts'

interface Told {
  hidden?: readonly ClinicalFact[]
  documents?: Partial<RecordSummary['documents']>
  patient?: PatientLabel
}

/** The sheet the product makes of these facts, and what its code holds, as another Relais reads it. */
export function printableOf(world: World, facts: readonly ClinicalFact[], { hidden = [], documents = {}, patient = marie }: Told = {}): { printable: PrintableSheet; held: PrintableSheet['sheet']; code: string } {
  const counted = { ...whole, ...documents }
  const tetanus = Object.entries(rules.vaccination.rules.valences).flatMap(([atc, valences]) => (valences.includes('T') ? atc : []))
  const told = sheetFactsOf({ facts, hidden, listed: world.panel.documents, documents: counted, unreadable: [], tetanus, now: Date.now() })
  const { ins, insOid, ...label } = patient
  const sheet: PrintableSheet['sheet'] = {
    printedAt: ago(0), readAt: world.panel.loadedAt ?? ago(2), practice: 'Maison de santé des Tilleuls', printedBy: 'Dr Hélène MARCHANDEAU',
    patient: { ...label, ins: ins ?? '', insOid: insOid ?? '', identity: 'qualified' }, documents: counted, lists: fitToPage(told.lists),
  }
  const { code, text, held } = fitToCode(sheet)
  return { printable: { sheet, code, keptBack: { documents: hidden.length > 0 ? 2 : 0, lists: [...told.keptBack] } }, held, code: text }
}

/** The same sheet, read from paper, with so many minutes left. */
export function paperOf(world: World, facts: readonly ClinicalFact[], { id = 'paper-1', minutesLeft = 47 * 60 + 12, ...told }: Told & { id?: string; minutesLeft?: number } = {}): { paper: PaperSheet; code: string } {
  const { held, code } = printableOf(world, facts, told)
  const lists = Object.fromEntries(Object.entries(held.lists).map(([name, list]) => [name, { ...list, facts: list.facts.map((one) => ({ ...one, source: null })) }])) as PaperSheet['sheet']['lists']
  return { paper: { id, readHereAt: ago(48 * 60 - minutesLeft), until: ago(-minutesLeft), sheet: { ...held, lists, printedAt: ago(3 * 60), readAt: ago(4 * 60) } }, code }
}

/** Doses whose code tells what they hold. */
export const doses = [fact('vaccine', 'Revaxis', { date: '2014-03-02', codes: [{ code: 'J07CA01', system: '2.16.840.1.113883.6.73' }] }), fact('vaccine', 'Vaxigriptetra', { date: ago(60 * 24 * 40).slice(0, 10), value: '1', codes: [{ code: 'J07BB02', system: '2.16.840.1.113883.6.73' }] })]
const usual = [...all.filter(({ kind }) => kind !== 'vaccine'), ...doses]
/** More of everything than a page holds: 60 of each kind. */
function crowdOf(label: (at: number) => string, value: (at: number) => string, author: string): ClinicalFact[] {
  const kinds = ['allergy', 'treatment', 'problem', 'vaccine'] as const
  return Array.from({ length: 60 }, (_, at) => kinds.map((kind) => fact(kind, label(at), { value: value(at), status: 'active', interpretation: 'élevé', date: ago(60 * 24 * at).slice(0, 10), author }))).flat()
}
const crowd = crowdOf((at) => `Élément ${at} de la liste, ${'avec un intitulé que son document écrit bien plus long que de raison '.repeat(1 + (at % 3))}`, (at) => `précision ${at} ${'donnée longuement '.repeat(at % 6)}`, 'Dr Jean-Baptiste de LA ROCHEFOUCAULD-MONTBEL')
/** In long words, in lines as short as can be, in capitals, and in words without a blank. */
export const crowds = {
  long: crowd,
  short: crowdOf((at) => `Élément ${at}`, () => 'urticaire', 'Dr UN'),
  capitals: crowdOf((at) => `AMOXICILLINE ACIDE CLAVULANIQUE ${at} 1 G/125 MG POUDRE POUR SUSPENSION BUVABLE`, () => 'MWMW '.repeat(12), 'DR JEAN-BAPTISTE MARTIN'),
  blankless: crowdOf((at) => `${'abcdefghij'.repeat(11)}${at}`, () => 'x'.repeat(85), 'Dr UN'),
} as const

const nobody = () => panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
const testId = (id: string) => `[data-testid="${id}"]`
const ask = async (page: Page) => {
  await page.getByTestId('ask-sheet').click()
}
const openWaiting = async (page: Page) => {
  await page.getByTestId('waiting-sheet').first().click()
}

const preview = (name: string, facts: readonly ClinicalFact[], told: Told & { refuse?: 'right-normal-mode-only' } = {}): WindowState => ({
  name: `panel-sheet-preview${name}`,
  window: 'panel',
  prepare: (world) => {
    world.summary = summaryOf(world, facts)
    world.sheet = told.refuse ?? printableOf(world, facts, told).printable
  },
  act: ask,
  shows: told.refuse ? testId('sheet-refused') : `${testId('sheet-preview')} li, ${testId('sheet-preview')} .sheet-quiet`,
})
const paper = (name: string, facts: readonly ClinicalFact[], told: Parameters<typeof paperOf>[2] = {}): WindowState => ({
  name: `panel-paper-sheet${name}`,
  window: 'panel',
  prepare: (world) => {
    world.papers = [paperOf(world, facts, told).paper]
    world.panel = nobody()
  },
  act: openWaiting,
  shows: testId('paper-sheet'),
})

/** States of the emergency sheet: before it is printed, and read back from paper. What goes to paper itself is looked at by its own tests. */
export const sheetStates: readonly WindowState[] = [
  preview('', usual),
  preview('-everything-at-once', crowd, { hidden: [fact('allergy', 'Latex', {})], documents: { unread: 3, failed: 1 } }),
  preview('-refused', usual, { refuse: 'right-normal-mode-only' }),
  paper('', usual),
  paper('-none-known', [noneKnown]),
  paper('-not-recorded', [], { documents: { unread: 2 }, minutesLeft: 42 }),
  paper('-in-words', [fact('narrative', 'Allergies et hypersensibilités', { code: '48765-2', codeSystem: '2.16.840.1.113883.6.1', value: 'Éruption après amoxicilline dans l’enfance, bilan allergologique proposé, non fait. Pas de réaction à l’aspirine.' }), fact('allergy', 'Allergies', { status: 'hiddenHere' })]),
  paper('-crowded', crowd),
  {
    name: 'panel-sheets-waiting',
    window: 'panel',
    prepare: (world) => {
      world.papers = [paperOf(world, usual, { patient: paul, minutesLeft: 25, id: 'paper-2' }).paper, paperOf(world, usual).paper]
      world.panel = nobody()
    },
    shows: testId('waiting-sheets'),
  },
  {
    name: 'panel-sheet-code-refused',
    window: 'panel',
    prepare: (world) => {
      world.panel = nobody()
    },
    act: async (page) => {
      await page.getByTestId('ins-field').fill('RELAIS:%69 VD9')
      await page.keyboard.press('Enter')
    },
    shows: '[data-code="sheet-unreadable"]',
  },
  {
    name: 'panel-failed-with-paper',
    window: 'panel',
    prepare: (world) => {
      world.papers = [paperOf(world, usual).paper, paperOf(world, usual, { patient: paul, id: 'paper-2' }).paper]
      world.panel = panelWith({ documents: [], loadedAt: null, failure: failing('record-unreachable') })
    },
    shows: testId('waiting-sheets'),
  },
]
