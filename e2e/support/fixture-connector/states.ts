import type { Page } from '@playwright/test'
import { untold, type RecordStanding } from '#shared/contract/history.ts'
import { accessOf } from '#shared/contract/test-access.ts'
import { hold, type World } from './fixture-connector.ts'
import { summaryOf } from './summary-states.ts'
import { ago, failing, heldBatch, item, marie, openedDocument, panelWith, recordDocument, recordDocuments, someItems, speaking, statusOf } from './world.ts'
import { makePdf } from './pdf.ts'

/** One state of one window: how the world stands, what is done to get there, and what must then be on the screen. */
export interface WindowState {
  readonly name: string
  readonly window: 'panel' | 'sync' | 'viewer'
  readonly query?: Record<string, string>
  readonly prepare: (world: World) => void | Promise<void>
  /** Acts on the page after it is open, before it is looked at. */
  readonly act?: (page: Page) => Promise<void>
  /** A selector that shows the state is reached. */
  readonly shows: string
}

const patient = { ...marie, qualified: true, patientId: 'p1' }
const viewerQuery = { ins: marie.ins ?? '', insOid: marie.insOid ?? '', uniqueId: '1.2.250.1.999.77.1.1' }
const openTo = (authorisation: RecordStanding['authorisation']): RecordStanding => ({ existence: 'open', authorisation, isTreatingDoctor: false, ...untold })
const testId = (id: string) => `[data-testid="${id}"]`
const reason = (code: string) => `${testId('scene-reason')}[data-code="${code}"]`
const todoTab = async (page: Page, tab: string) => page.getByTestId(`tab-${tab}`).click()

/** Every state of ux.md section 3 that the three windows have today. */
export const windowStates: readonly WindowState[] = [
  { name: 'panel-documents', window: 'panel', prepare: () => {}, shows: testId('document-row') },
  {
    name: 'panel-documents-few',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ documents: recordDocuments(6), onTheirWay: 2, needsUser: 1 })
    },
    shows: testId('on-their-way'),
  },
  {
    name: 'panel-list-incomplete',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ documents: recordDocuments(6), warnings: ['XDSTooManyResults : trop de résultats', 'counts 612 entries and gives 500'] })
      world.summary = { ...summaryOf(world, []), isIncomplete: true }
    },
    shows: testId('list-incomplete'),
  },
  {
    name: 'panel-list-failed',
    window: 'panel',
    prepare: (world) => {
      world.refuse = 'program-failed'
    },
    shows: testId('documents-failed'),
  },
  {
    name: 'panel-filters',
    window: 'panel',
    prepare: () => {},
    act: async (page) => {
      await page.getByRole('button', { name: /^(Filtrer|Filter)$/ }).click()
      await page.getByRole('searchbox').fill('petit')
    },
    shows: '.record-list-filtered',
  },
  {
    name: 'panel-by-type',
    window: 'panel',
    prepare: () => {},
    act: async (page) => {
      await page.getByLabel(/^(Tri|Sort)$/).selectOption('type')
    },
    shows: '.record-list h3',
  },
  {
    name: 'panel-no-patient',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    },
    shows: testId('ins-field'),
  },
  {
    name: 'panel-ins-refused',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
      world.refuse = 'ins-invalid'
    },
    act: async (page) => {
      await page.getByTestId('ins-field').fill('2 59 02 75 123 456 85')
      await page.keyboard.press('Enter')
    },
    shows: testId('ins-refused'),
  },
  {
    name: 'panel-ins-wrong-key',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    },
    act: async (page) => {
      await page.getByTestId('ins-field').fill('2 59 02 75 123 456 00')
    },
    shows: '[data-code="wrong-key"]',
  },
  {
    name: 'panel-ins-half-scanned',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    },
    act: async (page) => {
      await page.getByTestId('ins-field').fill('IS010000000000000000000000S1259027512345685S21.2.250.1.213.1.4.10S3MARIE')
      await page.keyboard.press('Enter')
    },
    shows: '[data-code="scan-unfinished"]',
  },
  {
    name: 'panel-ins-completed',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    },
    act: async (page) => {
      await page.getByTestId('ins-field').fill('2 59 02 75 123 456')
      await page.keyboard.press('Enter')
    },
    shows: '[data-testid="ins-field"][value="259027512345685"]',
  },
  {
    name: 'panel-identity-not-qualified',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ patient: { ...patient, qualified: false }, standing: null, documents: [], loadedAt: null, failure: failing('ins-not-qualified') })
    },
    shows: reason('ins-not-qualified'),
  },
  {
    name: 'panel-record-absent',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: { existence: 'absent', authorisation: 'none', isTreatingDoctor: false, ...untold }, documents: [], loadedAt: null })
    },
    shows: reason('record-absent'),
  },
  {
    name: 'panel-record-closed',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: { existence: 'closed', authorisation: 'none', isTreatingDoctor: false, ...untold }, documents: [], loadedAt: null })
    },
    shows: reason('record-closed'),
  },
  {
    name: 'panel-blocked',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: { existence: 'open', authorisation: 'blocked', isTreatingDoctor: false, ...untold }, documents: [], loadedAt: null })
    },
    shows: reason('professional-blocked'),
  },
  {
    name: 'panel-needs-professional',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: null, documents: [], loadedAt: null, failure: failing('reading-needs-professional') })
    },
    shows: reason('reading-needs-professional'),
  },
  {
    name: 'panel-access-not-granted',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: null, documents: [], loadedAt: null, failure: failing('access-not-granted', 'Le professionnel ne dispose pas d’autorisation d’accès.') })
    },
    shows: reason('access-not-granted'),
  },
  {
    name: 'panel-authorise',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: openTo('none'), documents: [], loadedAt: null, failure: failing('access-not-granted'), access: accessOf({ authorise: 'add', modes: ['break-glass'] }) })
    },
    act: async (page) => {
      await page.getByTestId('break-glass').getByRole('button').first().click()
    },
    shows: '.access-words',
  },
  {
    name: 'panel-emergency',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: openTo('none'), access: accessOf({ mode: 'break-glass', since: ago(4), reason: 'cannot-express' }) })
    },
    shows: testId('emergency-band'),
  },
  {
    name: 'panel-regulation',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ documents: recordDocuments(6), access: accessOf({ mode: 'regulation', since: ago(1) }) })
    },
    shows: testId('emergency-band'),
  },
  {
    name: 'panel-consultation-refused',
    window: 'panel',
    prepare: (world) => {
      const consultation = { choice: 'opposed' as const, decidedAt: ago(60 * 24 * 30), source: 'LOGICIEL-TILLEULS', until: null }
      world.panel = panelWith({ standing: null, documents: [], loadedAt: null, failure: failing('consultation-refused'), access: accessOf({ consents: { consultation, deposit: null } }) })
    },
    shows: testId('access-lift'),
  },
  {
    name: 'panel-consent-to-renew',
    window: 'panel',
    prepare: (world) => {
      const consultation = { choice: 'agreed' as const, decidedAt: ago(60 * 24 * 400), source: 'panel', until: ago(60 * 24 * 35) }
      world.panel = panelWith({ documents: [], loadedAt: null, failure: failing('consent-to-renew'), access: accessOf({ modes: ['break-glass'], authorise: 'remove', consents: { consultation, deposit: null } }) })
    },
    shows: testId('access-renew'),
  },
  {
    name: 'panel-record-closed-told',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: { ...openTo('none'), existence: 'closed', closure: { date: '2025-03-01T00:00:00Z', reason: 'DEMANDE_PATIENT', text: 'À la demande du patient' } }, documents: [], loadedAt: null })
    },
    shows: testId('closure'),
  },
  {
    name: 'panel-answers-minor-information',
    window: 'panel',
    prepare: (world) => {
      const consultation = { choice: 'agreed' as const, decidedAt: ago(60 * 24 * 40), source: 'panel', until: ago(-60 * 24 * 325) }
      const deposit = { choice: 'opposed' as const, decidedAt: ago(60 * 24 * 12), source: 'LOGICIEL-TILLEULS', until: null }
      world.panel = panelWith({
        patient: { ...patient, birthDate: `${new Date().getFullYear() - 15}-01-01` },
        documents: recordDocuments(3),
        access: accessOf({ authorise: 'remove', modes: ['regulation'], information: { due: true, version: 1 }, consents: { consultation, deposit } }),
      })
    },
    act: async (page) => {
      await page.getByTestId('patient-answers').getByRole('button').first().click()
    },
    shows: testId('answer-deposit'),
  },
  {
    name: 'panel-first-load',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: null, documents: [], loadedAt: null, refreshing: true })
    },
    shows: '.skeleton',
  },
  {
    name: 'panel-not-loaded',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: null, documents: [], loadedAt: null })
    },
    shows: testId('scene-not-loaded'),
  },
  {
    name: 'panel-failed',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: null, documents: [], loadedAt: null, failure: failing('record-unreachable', null, new Date(Date.now() + 90_000).toISOString()) })
      world.status = statusOf(world.items, { state: 'offline' })
    },
    shows: testId('scene-failed'),
  },
  {
    name: 'panel-empty',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ documents: [] })
    },
    shows: testId('scene-empty'),
  },
  {
    name: 'panel-offline',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ loadedAt: ago(60 * 70), failure: failing('record-unreachable') })
      world.status = statusOf(world.items, { state: 'offline', record: { name: 'Bac à sable', url: 'https://127.0.0.1:8443', ok: false } })
    },
    shows: testId('remark-offline'),
  },
  {
    name: 'panel-stale',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ loadedAt: ago(60 * 24 * 4) })
    },
    shows: testId('remark-stale'),
  },
  {
    name: 'panel-refresh-failed',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ loadedAt: ago(130), failure: failing('record-busy') })
    },
    shows: testId('remark-failed'),
  },
  {
    name: 'panel-refreshing',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ refreshing: true })
    },
    shows: `${testId('refresh')}[data-disabled]`,
  },
  {
    name: 'panel-production',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ documents: recordDocuments(3) })
      world.status = statusOf(world.items, { training: false })
    },
    shows: testId('document-row'),
  },
  {
    name: 'panel-long-names',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({
        patient: { ...patient, birthName: 'Montmorency-Bouteville de la Tour d’Auvergne', givenName: 'Anne-Charlotte Marie-Madeleine', usedName: 'Vandenbroucke-Grandsaignes' },
        documents: [recordDocument(3, { title: 'Scanner thoraco-abdomino-pelvien avec injection de produit de contraste iodé et reconstructions multiplanaires' }), ...recordDocuments(3)],
      })
    },
    shows: testId('document-row'),
  },
  {
    name: 'panel-storage-low',
    window: 'panel',
    prepare: (world) => {
      world.status = statusOf(world.items, { storage: { state: 'low', freeBytes: 430_000_000 } })
    },
    shows: `${testId('condition')}[data-kind="storageLow"]`,
  },
  {
    name: 'panel-storage-full-no-patient',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
      world.status = statusOf(world.items, { storage: { state: 'full', freeBytes: 38_000_000 } })
    },
    shows: `${testId('condition')}[data-kind="storageFull"]`,
  },
  {
    name: 'panel-clock-off',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ documents: recordDocuments(6), onTheirWay: 2, needsUser: 1 })
      world.status = statusOf(world.items, { clockOffsetSeconds: -3600 })
    },
    shows: `${testId('condition')}[data-kind="clock"]`,
  },
  {
    name: 'panel-restored',
    window: 'panel',
    prepare: (world) => {
      world.status = statusOf(world.items, { restoredAt: ago(60 * 26) })
    },
    shows: `${testId('condition')}[data-kind="restored"]`,
  },
  {
    name: 'panel-record-busy',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ loadedAt: ago(70), failure: failing('record-busy') })
      world.status = statusOf(world.items, { state: 'offline', circuit: { state: 'open', reason: 'record-busy', retryAt: new Date(Date.now() + 60_000).toISOString() } })
    },
    shows: `${testId('condition')}[data-kind="circuit"]`,
  },
  {
    name: 'panel-server-untrusted',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ loadedAt: ago(70), failure: failing('record-server-untrusted') })
      world.status = statusOf(world.items, { state: 'offline', circuit: { state: 'open', reason: 'record-server-untrusted', retryAt: new Date(Date.now() + 60_000).toISOString() } })
    },
    shows: `${testId('condition')}[data-kind="circuit"]`,
  },
  { name: 'sync-todo', window: 'sync', prepare: () => {}, shows: testId('cause') },
  {
    name: 'sync-todo-empty',
    window: 'sync',
    prepare: (world) => {
      world.items = someItems().filter((one) => one.state !== 'parked' && one.state !== 'waiting')
      world.status = statusOf(world.items)
    },
    act: (page) => todoTab(page, 'todo'),
    shows: testId('todo-empty'),
  },
  {
    name: 'sync-todo-found-elsewhere',
    window: 'sync',
    prepare: (world) => {
      world.items = world.items.filter(({ id }) => id !== 'item-8')
      world.status = statusOf(world.items)
    },
    act: (page) => page.getByTestId('search').fill('abadie'),
    shows: testId('found-in-journal'),
  },
  {
    name: 'sync-todo-not-read',
    window: 'sync',
    prepare: (world) => {
      const source = { kind: 'folder' as const, name: 'Export du logiciel', reference: 'courrier_2026-11-03_consultation-cardiologie-de-controle.png' }
      world.items = [
        item(1, 'parked', { reason: 'format-unsupported', reasonDetail: 'picture (PNG)', patient: null, title: null, documentTypeLabel: null, source }),
        item(2, 'parked', { reason: 'author-not-ours', reasonDetail: '10009999999', source }),
      ]
      world.status = statusOf(world.items)
    },
    shows: testId('todo-item'),
  },
  { name: 'sync-pending', window: 'sync', prepare: () => {}, act: (page) => todoTab(page, 'pending'), shows: testId('item-row') },
  { name: 'sync-sent', window: 'sync', prepare: () => {}, act: (page) => todoTab(page, 'sent'), shows: testId('item-row') },
  { name: 'sync-journal', window: 'sync', prepare: () => {}, act: (page) => todoTab(page, 'journal'), shows: testId('item-row') },
  {
    name: 'sync-empty',
    window: 'sync',
    prepare: (world) => {
      world.items = []
      world.status = statusOf([])
    },
    shows: '.items-empty',
  },
  {
    name: 'sync-sending',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { state: 'sending', progress: { done: 12, total: 40 } })
    },
    shows: testId('progress'),
  },
  {
    name: 'sync-paused',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { state: 'paused', paused: { until: new Date(Date.now() + 3_600_000).toISOString() } })
    },
    shows: testId('resume'),
  },
  {
    name: 'sync-offline',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, {
        state: 'offline',
        circuit: { state: 'open', reason: 'record-unreachable', retryAt: new Date(Date.now() + 60_000).toISOString() },
        record: { name: 'Bac à sable', url: 'https://127.0.0.1:8443', ok: false },
        sources: [{ kind: 'folder', name: 'Export du logiciel', address: '/srv/export', ok: false, problem: 'ENOENT', lastAt: null }],
      })
    },
    shows: `${testId('global-state')}[data-state="offline"]`,
  },
  {
    name: 'sync-held-batch',
    window: 'sync',
    prepare: (world) => {
      world.items = [...heldBatch(312), ...heldBatch(41, 'old-file-held').map((one, number) => ({ ...one, id: `old-${number}`, receivedAt: ago(60 * 30) })), ...someItems()]
      world.status = statusOf(world.items)
    },
    shows: `${testId('cause')}[data-code="burst-held"] ${testId('batch-facts')}`,
  },
  {
    name: 'sync-held-batch-confirm',
    window: 'sync',
    prepare: (world) => {
      world.items = heldBatch(312)
      world.status = statusOf(world.items)
    },
    act: (page) => page.getByTestId('batch-send').click(),
    shows: testId('batch-confirmed'),
  },
  {
    name: 'sync-held-batch-dismiss',
    window: 'sync',
    prepare: (world) => {
      world.items = heldBatch(312)
      world.status = statusOf(world.items)
    },
    act: (page) => page.getByTestId('batch-dismiss').click(),
    shows: testId('dismiss-why'),
  },
  {
    name: 'sync-held-batch-seen',
    window: 'sync',
    prepare: (world) => {
      world.items = [...heldBatch(312), ...someItems()]
      world.status = statusOf(world.items)
    },
    act: (page) => page.getByTestId('batch-see').click(),
    shows: testId('only-reason'),
  },
  {
    name: 'sync-held-by-user',
    window: 'sync',
    prepare: (world) => {
      world.items = [item(1, 'waiting', { waitingFor: 'until', reason: 'held-by-user' }), item(2, 'waiting', { waitingFor: 'until', reason: 'held-by-user', visibility: { masked: false, hiddenFromPatient: true, hiddenFromRepresentatives: true } })]
      world.status = statusOf(world.items)
    },
    act: (page) => page.locator('[data-item="item-2"]').getByRole('button').click(),
    shows: testId('audience-hiddenFromPatient'),
  },
  {
    name: 'sync-storage-low',
    window: 'sync',
    prepare: (world) => {
      world.items = someItems().filter((one) => one.state === 'deposited')
      world.status = statusOf(world.items, { storage: { state: 'low', freeBytes: 430_000_000 } })
    },
    shows: `${testId('condition')}[data-kind="storageLow"]`,
  },
  {
    name: 'sync-storage-full',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { storage: { state: 'full', freeBytes: 38_000_000 } })
    },
    shows: `${testId('condition')}[data-kind="storageFull"]`,
  },
  {
    name: 'sync-clock-off',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { state: 'offline', clockOffsetSeconds: 7 * 60 + 12, circuit: { state: 'open', reason: 'clock-wrong', retryAt: new Date(Date.now() + 60_000).toISOString() }, record: { name: 'Bac à sable', url: 'https://127.0.0.1:8443', ok: false } })
    },
    shows: `${testId('condition')}[data-kind="clock"]`,
  },
  {
    name: 'sync-restored',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { restoredAt: ago(60 * 26) })
    },
    shows: `${testId('condition')}[data-kind="restored"]`,
  },
  {
    name: 'sync-server-untrusted',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { state: 'offline', circuit: { state: 'open', reason: 'record-server-untrusted', retryAt: new Date(Date.now() + 60_000).toISOString() }, record: { name: 'Bac à sable', url: 'https://127.0.0.1:8443', ok: false } })
    },
    shows: `${testId('condition')}[data-kind="circuit"]`,
  },
  {
    name: 'sync-record-busy',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { state: 'offline', circuit: { state: 'open', reason: 'record-busy', retryAt: new Date(Date.now() + 60_000).toISOString() }, record: { name: 'Bac à sable', url: 'https://127.0.0.1:8443', ok: false } })
    },
    shows: `${testId('global-state')}[data-state="offline"]`,
  },
  {
    name: 'sync-everything-at-once',
    window: 'sync',
    prepare: (world) => {
      world.status = statusOf(world.items, { state: 'offline', storage: { state: 'full', freeBytes: 0 }, clockOffsetSeconds: -3 * 86_400, restoredAt: ago(3), circuit: { state: 'open', reason: 'record-server-untrusted', retryAt: null } })
    },
    shows: `${testId('condition')}[data-kind="restored"]`,
  },
  {
    name: 'sync-drawer-on-its-way',
    window: 'sync',
    prepare: () => {},
    act: async (page) => {
      await todoTab(page, 'pending')
      await page.locator('[data-item="item-1"]').click()
    },
    shows: testId('drawer-hold'),
  },
  {
    name: 'sync-drawer-visibility-refused',
    window: 'sync',
    prepare: (world) => {
      world.refuse = 'visibility-forbidden'
    },
    act: async (page) => {
      await todoTab(page, 'pending')
      await page.locator('[data-item="item-1"]').click()
      await page.getByTestId('audience-masked').check()
      await page.getByRole('button', { name: /^(Enregistrer|Save)$/ }).click()
    },
    shows: testId('visibility-refused'),
  },
  {
    name: 'sync-drawer-visibility-fixed',
    window: 'sync',
    prepare: () => {},
    act: async (page) => {
      await page.locator('[data-item="item-8"]').getByRole('button').click()
    },
    shows: testId('visibility-fixed'),
  },
  {
    name: 'sync-drawer-secret',
    window: 'sync',
    prepare: (world) => {
      world.items = world.items.map((one) => (one.id === 'item-1' && one.patient ? { ...one, patient: { ...one.patient, birthDate: '2013-05-01' } } : one))
    },
    act: async (page) => {
      await todoTab(page, 'pending')
      await page.locator('[data-item="item-1"]').click()
      await page.getByTestId('secret-connection').check()
    },
    shows: `${testId('hide-from-representatives')}:disabled`,
  },
  {
    name: 'sync-drawer-announced-otherwise',
    window: 'sync',
    prepare: (world) => {
      const first = item(40, 'deposited')
      world.items = [first, item(41, 'parked', { reason: 'announced-otherwise', reasonDetail: first.id, source: first.source, attempts: 0 })]
      world.status = statusOf(world.items)
    },
    act: async (page) => {
      await todoTab(page, 'todo')
      await page.locator('[data-item="item-41"]').getByRole('button').click()
    },
    shows: testId('drawer-other'),
  },
  {
    name: 'sync-drawer-copy',
    window: 'sync',
    prepare: (world) => {
      const first = item(40, 'deposited')
      world.items = [first, item(41, 'ignored', { reason: 'already-received', reasonDetail: first.id, source: first.source, attempts: 0 })]
      world.status = statusOf(world.items)
    },
    act: async (page) => {
      await todoTab(page, 'journal')
      await page.locator('[data-item="item-41"]').click()
    },
    shows: testId('trace-other'),
  },
  {
    name: 'sync-drawer-candidates',
    window: 'sync',
    prepare: () => {},
    act: async (page) => {
      await page.locator('[data-item="item-4"]').getByRole('button').click()
    },
    shows: testId('candidate'),
  },
  {
    name: 'sync-drawer-parked',
    window: 'sync',
    prepare: () => {},
    act: async (page) => {
      await page.locator('[data-item="item-8"]').getByRole('button').click()
    },
    shows: `${testId('reason')}[data-code="record-metadata-refused"]`,
  },
  {
    name: 'sync-drawer-dismiss',
    window: 'sync',
    prepare: () => {},
    act: async (page) => {
      await page.locator('[data-item="item-7"]').getByRole('button').click()
      await page.getByRole('button', { name: /Mettre de côté|Set aside/ }).click()
    },
    shows: testId('dismiss-why'),
  },
  {
    name: 'sync-pause-menu',
    window: 'sync',
    prepare: () => {},
    act: (page) => page.getByTestId('pause').click(),
    shows: '[role="menu"]',
  },
  {
    name: 'sync-many',
    window: 'sync',
    prepare: (world) => {
      world.items = Array.from({ length: 5_000 }, (_, number) => item(number, 'deposited'))
      world.status = statusOf(world.items)
    },
    act: (page) => todoTab(page, 'sent'),
    shows: testId('item-row'),
  },
  { name: 'viewer-text', window: 'viewer', query: viewerQuery, prepare: () => {}, shows: testId('narrative') },
  {
    name: 'viewer-other-patient',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.panel = panelWith({ patient: { ...patient, ins: '284069999999968', birthName: 'ESSAI', givenName: 'CAMILLE', patientId: 'p2' } })
    },
    shows: testId('other-patient'),
  },
  {
    name: 'viewer-pdf',
    window: 'viewer',
    query: viewerQuery,
    prepare: async (world) => {
      world.opened = openedDocument({ sections: [] })
      world.attachment = await makePdf(4)
    },
    shows: '.textLayer span',
  },
  {
    name: 'viewer-pdf-scan',
    window: 'viewer',
    query: viewerQuery,
    prepare: async (world) => {
      world.opened = openedDocument({ sections: [] })
      world.attachment = await makePdf(1, { text: false })
    },
    shows: '.pdf-scan',
  },
  {
    name: 'viewer-pdf-broken',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.opened = openedDocument({ sections: [] })
      world.attachment = new TextEncoder().encode('not a PDF')
    },
    shows: testId('pdf-failed'),
  },
  { name: 'viewer-details', window: 'viewer', query: viewerQuery, prepare: () => {}, act: (page) => todoTab(page, 'details'), shows: testId('details') },
  {
    name: 'viewer-replaced',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.opened = openedDocument({ document: recordDocument(1, { status: 'deprecated', maskedToProfessionals: true }) })
    },
    shows: '.notice',
  },
  {
    name: 'viewer-loading',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      hold(world, 'record.open')
    },
    shows: '.skeleton',
  },
  {
    name: 'viewer-under-another-number',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.opened = openedDocument({ underAnotherNumber: true })
    },
    shows: '.tag',
  },
  {
    name: 'viewer-document-of-another',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.opened = 'document-of-another'
    },
    shows: reason('document-of-another'),
  },
  {
    name: 'viewer-not-found',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.opened = 'document-not-found'
    },
    shows: reason('document-not-found'),
  },
  {
    name: 'viewer-emergency',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.way = { way: 'one', mode: 'break-glass', since: ago(4), until: ago(-56), reason: 'unconscious' }
    },
    shows: testId('emergency-band'),
  },
  {
    name: 'sync-information-due',
    window: 'sync',
    prepare: (world) => {
      world.signIn = speaking({ information: { due: true, version: 1 } })
    },
    shows: testId('information'),
  },
  {
    name: 'viewer-information-due',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.signIn = speaking({ information: { due: true, version: 1 } })
    },
    shows: testId('information'),
  },
  {
    name: 'panel-emergency-ending',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: openTo('none'), access: accessOf({ mode: 'break-glass', since: ago(57), until: ago(-3), reason: 'cannot-express' }) })
    },
    shows: testId('stay-emergency'),
  },
  {
    name: 'panel-emergency-over',
    window: 'panel',
    prepare: (world) => {
      world.panel = panelWith({ standing: openTo('none'), documents: [], loadedAt: null, failure: failing('entry-expired'), access: accessOf({ modes: ['break-glass'], authorise: 'add' }) })
    },
    shows: testId('scene-failed'),
  },
  {
    name: 'viewer-way-over',
    window: 'viewer',
    query: viewerQuery,
    prepare: (world) => {
      world.way = { way: 'another', mode: 'normal', since: null, until: null, reason: null }
    },
    shows: reason('access-changed'),
  },
  { name: 'viewer-no-address', window: 'viewer', prepare: () => {}, shows: '.scene-title' },
]
