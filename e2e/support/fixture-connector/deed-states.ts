import type { Page } from '@playwright/test'
import type { WindowState } from './states.ts'
import { inRecord, marie } from './world.ts'

const query = { ins: marie.ins ?? '', insOid: marie.insOid ?? '', uniqueId: '1.2.250.1.999.77.1.1' }
const testId = (id: string) => `[data-testid="${id}"]`
const lookInViewer = async (page: Page) => {
  await page.getByTestId('tab-details').click()
  await page.getByTestId('deeds-look').click()
}
const confirm = async (page: Page, act: string) => {
  await lookInViewer(page)
  await page.getByTestId(`deed-${act}`).click()
}

/** What may be done with a document that is in the record, from the viewer and from the drawer of what was deposited. */
export const deedStates: readonly WindowState[] = [
  {
    name: 'viewer-deeds',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.inRecord = inRecord({ hiddenFromPatient: true }, [{ act: 'show-to-patient', refusal: null }, { act: 'mask', refusal: 'visibility-forbidden' }, { act: 'archive', refusal: 'right-author-only' }, { act: 'delete', refusal: 'right-author-only' }])
    },
    act: lookInViewer,
    shows: testId('deeds-refusals'),
  },
  { name: 'viewer-deed-delete', window: 'viewer', query, prepare: () => {}, act: (page) => confirm(page, 'delete'), shows: `${testId('deeds-confirm')}[data-act="delete"]` },
  {
    name: 'viewer-deed-masked',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.inRecordAfter = inRecord({ maskedToProfessionals: true }, [{ act: 'unmask', refusal: null }, { act: 'archive', refusal: null }, { act: 'delete', refusal: null }])
    },
    act: async (page) => {
      await confirm(page, 'mask')
      await page.getByTestId('deeds-do').click()
    },
    shows: testId('deeds-done'),
  },
  {
    name: 'viewer-deed-in-doubt',
    window: 'viewer',
    query,
    prepare: (world) => {
      world.inRecordAfter = 'change-in-doubt'
    },
    act: async (page) => {
      await confirm(page, 'archive')
      await page.getByTestId('deeds-do').click()
    },
    shows: `${testId('deeds-refused')}[data-code="change-in-doubt"]`,
  },
  {
    name: 'sync-drawer-deeds',
    window: 'sync',
    prepare: (world) => {
      world.inRecord = inRecord({ status: 'archived', maskedToProfessionals: true }, [{ act: 'unmask', refusal: null }, { act: 'restore', refusal: null }, { act: 'delete', refusal: null }])
    },
    act: async (page) => {
      await page.getByTestId('tab-sent').click()
      await page.locator('[data-item="item-12"]').click()
      await page.getByTestId('deeds-look').click()
    },
    shows: testId('deed-restore'),
  },
]
