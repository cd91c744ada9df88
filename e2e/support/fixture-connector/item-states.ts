import type { Page } from '@playwright/test'
import type { ItemContent } from '#shared/contract/item-content.ts'
import type { World } from './fixture-connector.ts'
import { makePdf } from './pdf.ts'
import type { WindowState } from './states.ts'
import { item, openedDocument, paul, statusOf } from './world.ts'

const testId = (id: string) => `[data-testid="${id}"]`

/** A PDF, and nothing beside. */
export const pdfContent: ItemContent = { sections: [], attachments: [{ index: 0, mediaType: 'application/pdf', title: '', size: 48_213 }], text: null }

/** One document that waits for somebody to say whose it is. */
export function waitForPatient(world: World, content: World['content']): void {
  world.items = [item(4, 'waiting', { reason: 'patient-to-confirm', waitingFor: 'patient', patient: { ...paul, ins: null, insOid: null } })]
  world.status = statusOf(world.items)
  world.content = content
}

/** Opens the drawer of that document, and the document in it. */
export async function seeDocument(page: Page): Promise<void> {
  await page.locator('[data-item="item-4"]').getByRole('button').click()
  await page.getByTestId('drawer-see').click()
}

/** Opens the drawer of that document, and looks for another patient. */
export async function findPatient(page: Page, typed = 'dupont'): Promise<void> {
  await page.locator('[data-item="item-4"]').getByRole('button').click()
  await page.getByTestId('find-patient').fill(typed)
}

/** The states of an item's document in its drawer. */
export const itemStates: readonly WindowState[] = [
  {
    name: 'sync-drawer-document',
    window: 'sync',
    prepare: async (world) => {
      waitForPatient(world, pdfContent)
      world.attachment = await makePdf(2)
    },
    act: seeDocument,
    shows: '.textLayer span',
  },
  {
    name: 'sync-drawer-find-patient',
    window: 'sync',
    prepare: (world) => waitForPatient(world, pdfContent),
    act: async (page) => {
      await findPatient(page)
      await page.getByTestId('found-count').scrollIntoViewIfNeeded()
    },
    shows: testId('found-patient'),
  },
  {
    name: 'sync-drawer-find-patient-seen',
    window: 'sync',
    prepare: async (world) => {
      waitForPatient(world, pdfContent)
      world.attachment = await makePdf(2)
    },
    act: async (page) => {
      await seeDocument(page)
      await page.getByTestId('find-patient').fill('dupont')
      await page.getByTestId('found-patient').first().scrollIntoViewIfNeeded()
    },
    shows: testId('found-patient'),
  },
  {
    name: 'sync-drawer-find-patient-nobody',
    window: 'sync',
    prepare: (world) => {
      waitForPatient(world, pdfContent)
      world.patients = { found: [], more: false }
    },
    act: async (page) => {
      await findPatient(page, 'personne')
      await page.getByTestId('found-count').scrollIntoViewIfNeeded()
    },
    shows: testId('found-count'),
  },
  {
    name: 'sync-drawer-find-patient-wrong-key',
    window: 'sync',
    prepare: (world) => waitForPatient(world, pdfContent),
    act: async (page) => {
      await findPatient(page, '284069999999967')
      await page.getByTestId('find-refused').scrollIntoViewIfNeeded()
    },
    shows: testId('find-refused'),
  },
  {
    name: 'sync-drawer-document-cda',
    window: 'sync',
    prepare: async (world) => {
      const { sections, attachments } = openedDocument()
      waitForPatient(world, { sections, attachments, text: null })
      world.attachment = await makePdf(1)
    },
    act: seeDocument,
    shows: testId('narrative'),
  },
  {
    name: 'sync-drawer-document-text',
    window: 'sync',
    prepare: (world) => waitForPatient(world, { sections: [], attachments: [], text: { value: Array.from({ length: 200 }, (_, at) => `OBX|${at + 1}|NM|718-7^Hémoglobine^LN||11.${at}|g/dL|||||F`).join('\n'), isCut: true } }),
    act: seeDocument,
    shows: testId('raw-text'),
  },
  {
    name: 'sync-drawer-document-unshown',
    window: 'sync',
    prepare: (world) => waitForPatient(world, { sections: [], attachments: [{ index: 0, mediaType: 'application/zip', title: '', size: 2_048 }], text: null }),
    act: seeDocument,
    shows: testId('attachment-unshown'),
  },
  {
    name: 'sync-drawer-document-damaged',
    window: 'sync',
    prepare: (world) => waitForPatient(world, 'content-damaged'),
    act: seeDocument,
    shows: `${testId('item-document')} [data-code="content-damaged"]`,
  },
]
