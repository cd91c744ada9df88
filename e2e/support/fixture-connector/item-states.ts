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

/** One document that nothing says the type of, and whose patient is known. */
export function standForType(world: World, reason: 'type-unknown' | 'type-not-accepted' = 'type-unknown'): void {
  world.items = [item(4, 'parked', { reason, reasonDetail: reason === 'type-unknown' ? null : '51851-4', title: null, documentType: null, documentTypeLabel: null, patient: paul, source: { kind: 'folder', name: 'Scanner accueil', reference: 'scan-0412.pdf' } })]
  world.status = statusOf(world.items)
  world.content = pdfContent
}

/** One document of which nothing says who wrote it, in a practice of several; or a person did, and whom they said may not be. */
export function standForAuthor(world: World, said: string | null = null): void {
  world.items = [item(4, 'parked', { reason: said === null ? 'author-missing' : 'author-not-ours', reasonDetail: said, title: null, patient: paul, source: { kind: 'folder', name: 'Scanner accueil', reference: 'scan-0413.pdf' } })]
  world.status = statusOf(world.items)
  world.content = pdfContent
}

/** One document whose author works at several places, and that does not say at which it was written. */
export function standForPlace(world: World): void {
  standForAuthor(world)
  world.items = world.items.map((one) => ({ ...one, reason: 'situation-unknown' }))
  world.status = statusOf(world.items)
}

/** Opens the drawer of the one document that waits for a person. */
const openDrawer = (page: Page): Promise<void> => page.locator('[data-item="item-4"]').getByRole('button').click()

/** Opens the drawer of that document, and looks for a type. */
export async function findType(page: Page, typed: string): Promise<void> {
  await openDrawer(page)
  await page.getByTestId('find-type').fill(typed)
}

/** The same, announced for one patient known here, and whose text names another. */
export function nameAnother(world: World): void {
  waitForPatient(world, pdfContent)
  world.items = [item(4, 'waiting', { reason: 'text-names-another', waitingFor: 'patient', patient: paul })]
  world.status = statusOf(world.items)
  world.namedByText = [{ ...paul, birthName: 'LE GOAZIOU', givenName: 'MONIQUE', usedName: 'GARNIER', birthDate: '1936-03-14', sex: 'F', ins: '236032999901409', patientId: 'p-8', qualified: true, differs: ['birthName', 'givenName', 'birthDate', 'sex', 'ins'] }]
}

/** Opens the drawer of that document, and the document in it. */
export async function seeDocument(page: Page): Promise<void> {
  await openDrawer(page)
  await page.getByTestId('drawer-see').click()
}

/** Opens the drawer of that document, and looks for another patient. */
export async function findPatient(page: Page, typed = 'dupont'): Promise<void> {
  await openDrawer(page)
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
    name: 'sync-drawer-names-another',
    window: 'sync',
    prepare: nameAnother,
    act: async (page) => {
      await openDrawer(page)
      await page.getByTestId('named-by-text').scrollIntoViewIfNeeded()
    },
    shows: testId('named-patient'),
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
    name: 'sync-drawer-type',
    window: 'sync',
    prepare: (world) => standForType(world),
    act: openDrawer,
    shows: testId('type-choice'),
  },
  {
    name: 'sync-drawer-type-found',
    window: 'sync',
    prepare: (world) => standForType(world, 'type-not-accepted'),
    act: async (page) => {
      await findType(page, 'bio')
      await page.getByTestId('type-option').first().check()
    },
    shows: testId('types-found'),
  },
  {
    name: 'sync-drawer-types-all',
    window: 'sync',
    prepare: (world) => standForType(world),
    act: async (page) => {
      await openDrawer(page)
      await page.getByTestId('all-types').click()
    },
    shows: '[data-testid="all-types"][aria-expanded="true"]',
  },
  {
    name: 'sync-drawer-author',
    window: 'sync',
    prepare: (world) => standForAuthor(world),
    act: openDrawer,
    shows: testId('author-choice'),
  },
  {
    name: 'sync-drawer-author-said',
    window: 'sync',
    prepare: (world) => standForAuthor(world, '899900000102'),
    act: openDrawer,
    shows: testId('author-choice'),
  },
  {
    name: 'sync-drawer-place',
    window: 'sync',
    prepare: standForPlace,
    act: openDrawer,
    shows: testId('author-choice'),
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
