import type { Page } from '@playwright/test'
import type { NarrativeRow } from '#shared/contract/history.ts'
import { hold } from './fixture-connector.ts'
import type { WindowState } from './states.ts'
import { documentFacts, foundFor, marie, openedDocument, recordDocument } from './world.ts'

const query = { ins: marie.ins ?? '', insOid: marie.insOid ?? '', uniqueId: recordDocument(1).uniqueId }
const testId = (id: string) => `[data-testid="${id}"]`

/** Types words into the panel's search. */
export async function searchFor(page: Page, words: string): Promise<void> {
  await page.getByTestId('search-open').click()
  await page.getByTestId('search-field').fill(words)
}

/** A table of so many rows: more than a page should draw at once. */
export function longTable(rows: number): NarrativeRow[] {
  return Array.from({ length: rows }, (_, at) => ({
    header: false,
    cells: ['Analyse', String(at + 1)].map((text) => ({ header: false, colSpan: 1, rowSpan: 1, children: [{ kind: 'text' as const, text }] })),
  }))
}

/** The states of the search, and of what is done with an opened document. */
export const documentStates: readonly WindowState[] = [
  {
    name: 'panel-search',
    window: 'panel',
    prepare: (world) => {
      world.found = { hémoglobine: foundFor() }
    },
    act: (page) => searchFor(page, 'hémoglobine'),
    shows: testId('found'),
  },
  {
    name: 'panel-search-many',
    window: 'panel',
    prepare: (world) => {
      world.found = { hémoglobine: foundFor({ total: 63, searched: { titles: 41, texts: 41 } }) }
    },
    act: (page) => searchFor(page, 'hémoglobine'),
    shows: testId('found'),
  },
  { name: 'panel-search-nothing', window: 'panel', prepare: () => {}, act: (page) => searchFor(page, 'xylophone'), shows: testId('search-found') },
  {
    name: 'panel-search-refused',
    window: 'panel',
    prepare: (world) => {
      world.refuse = 'consultation-refused'
    },
    act: (page) => searchFor(page, 'hémoglobine'),
    shows: `${testId('scene-reason')}[data-code="consultation-refused"]`,
  },
  {
    name: 'panel-search-searching',
    window: 'panel',
    prepare: (world) => {
      hold(world, 'record.search')
    },
    act: (page) => searchFor(page, 'hémoglobine'),
    shows: '.skeleton',
  },
  {
    name: 'viewer-results',
    window: 'viewer',
    query: { ...query, words: 'potassium', at: 'fact' },
    prepare: (world) => {
      world.opened = openedDocument({ facts: documentFacts() })
    },
    shows: testId('results'),
  },
  { name: 'viewer-found-words', window: 'viewer', query: { ...query, words: 'hemoglobine', at: 'text' }, prepare: () => {}, shows: '.narrative mark' },
  {
    name: 'viewer-newer-version',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.versions = { later: [recordDocument(8, { title: 'Numération rectifiée' })], earlier: [recordDocument(9, { status: 'deprecated' })] }
    },
    shows: testId('open-newest'),
  },
  {
    name: 'viewer-versions-failed',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.versions = 'record-unreachable'
    },
    shows: testId('versions-failed'),
  },
  { name: 'viewer-copied', window: 'viewer', query, prepare: () => {}, act: (page) => page.getByTestId('copy').click(), shows: testId('copied') },
  {
    name: 'viewer-copy-refused',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.copy = 'copy-folder-not-set'
    },
    act: (page) => page.getByTestId('copy').click(),
    shows: testId('copy-refused'),
  },
  {
    name: 'viewer-print-refused',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.refuse = 'consent-to-renew'
    },
    act: (page) => page.getByTestId('print').click(),
    shows: testId('print-refused'),
  },
  {
    name: 'viewer-long-table',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.opened = openedDocument({ sections: [{ title: 'Résultats', code: null, nodes: [{ kind: 'table', caption: 'Longue suite', rows: longTable(2000) }], sections: [] }] })
    },
    shows: testId('more-rows'),
  },
]
