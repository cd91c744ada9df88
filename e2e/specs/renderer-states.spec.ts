import path from 'node:path'
import axe, { type RunOnly } from 'axe-core'
import { expect, test as base, type ConsoleMessage, type Locator, type Page } from '@playwright/test'
import { decodeQR } from 'qr/decode.js'
import { deedStates } from '../support/fixture-connector/deed-states.ts'
import { givenTypes } from '#shared/terminology/index.ts'
import { readPdfText } from '#connector/documents/index.ts'
import { decodeSheet } from '#connector/history/index.ts'
import { documentStates, longTable, searchFor } from '../support/fixture-connector/document-states.ts'
import { freshWorld, hold, startFixtureConnector, type FixtureConnector, type World } from '../support/fixture-connector/fixture-connector.ts'
import { findPatient, itemStates, nameAnother, pdfContent, seeDocument, standForAuthor, standForPlace, standForType, waitForPatient } from '../support/fixture-connector/item-states.ts'
import { askMyRecords, manyRecords, myRecordsStates, nobodyOpen, someRecords } from '../support/fixture-connector/my-records-states.ts'
import { askOtherStates, notInForce, otherStates } from '../support/fixture-connector/other-states.ts'
import { signInStates, standings } from '../support/fixture-connector/sign-in-states.ts'
import { medicineStates } from '../support/fixture-connector/medicine-states.ts'
import { crowds, doses, paperOf, printableOf, sheetStates } from '../support/fixture-connector/sheet-states.ts'
import { all as allFacts, fact, summaryOf, summaryStates } from '../support/fixture-connector/summary-states.ts'
import { windowStates, type WindowState } from '../support/fixture-connector/states.ts'
import { ago, documentFact, documentFacts, foundFor, heldBatch, inRecord, item, itemDetail, marie, openedDocument, panelWith, paul, recordDocument, recordDocuments, speaking, statusOf } from '../support/fixture-connector/world.ts'
import { makePdf } from '../support/fixture-connector/pdf.ts'

/** The built pages; `RELAIS_PAGES` points elsewhere while they are being worked on. */
const pages = process.env['RELAIS_PAGES'] ?? path.join(import.meta.dirname, '../../out/renderer')
const everyState = [...windowStates, ...signInStates, ...summaryStates, ...deedStates, ...medicineStates, ...documentStates, ...sheetStates, ...itemStates, ...myRecordsStates, ...otherStates]
const sizes = { panel: { width: 400, height: 900 }, sync: { width: 1100, height: 700 }, viewer: { width: 900, height: 1000 } }

const test = base.extend<{ fresh: FixtureConnector; complaints: string[] }, { fixture: FixtureConnector; kept: Page }>({
  fixture: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const started = await startFixtureConnector(pages)
      await use(started)
      await started.close()
    },
    { scope: 'worker' },
  ],
  kept: [
    async ({ browser }, use) => {
      await use(await browser.newPage({ locale: 'fr-FR' }))
    },
    { scope: 'worker' },
  ],
  fresh: async ({ fixture }, use) => {
    fixture.back()
    Object.assign(fixture.world, freshWorld())
    await use(fixture)
  },
  /** Errors of the page's console: a blocked style, a script error, a failed request. Empty at the end of every test. */
  complaints: [
    async ({ page }, use) => {
      const heard: string[] = []
      const hearConsole = (message: ConsoleMessage): void => {
        if (message.type() === 'error') heard.push(message.text())
      }
      const hearError = (error: Error): void => {
        heard.push(String(error))
      }
      page.on('console', hearConsole).on('pageerror', hearError)
      await use(heard)
      page.off('console', hearConsole).off('pageerror', hearError)
      expect(heard.filter((line) => !line.includes('WebSocket connection'))).toEqual([])
    },
    { auto: true },
  ],
})

async function show(page: Page, fixture: FixtureConnector, state: WindowState, query: Record<string, string> = {}): Promise<void> {
  await state.prepare(fixture.world)
  await page.setViewportSize(sizes[state.window])
  await page.goto(fixture.address(state.window, { ...state.query, ...query }))
  await state.act?.(page)
  await expect(page.locator(state.shows).first()).toBeVisible()
}

function stateNamed(name: string): WindowState {
  const state = windowStates.find((one) => one.name === name)
  if (!state) throw new Error(name)
  return state
}

/** What axe finds: every rule of WCAG 2.2 AA and its good practice, or only the rules named. */
async function violations(page: Page, rules: RunOnly = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }): Promise<string[]> {
  // Brought once for all the looks at a page, and asked for what fails alone: a state is judged in half the time.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate(async (runOnly) => {
    const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run(document, { runOnly, resultTypes: ['violations'] })
    return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
  }, rules)
}

async function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

/** What a scanner types, with what ends it: a key every few milliseconds by its own clock, however slow the machine. */
const scans = (page: Page, text: string, ends = 1): Promise<void> => strikes(page, text, 0.005, ends)

/** What a person types without a pause, however slow the machine: sent at once, a key every tenth of a second by its own clock. */
const types = (page: Page, text: string): Promise<void> => strikes(page, text, 0.1, 0)

async function strikes(page: Page, text: string, everySeconds: number, ends: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const begunAt = Date.now() / 1000
  const keys = text.split('').map((key) => ({ key, text: key })).concat(Array.from({ length: ends }, () => ({ key: 'Enter', text: '\r' })))
  const send = (type: 'keyDown' | 'keyUp', { key, text: written }: { key: string; text: string }, place: number) =>
    session.send('Input.dispatchKeyEvent', { type, key, timestamp: begunAt + place * everySeconds, ...(type === 'keyDown' && { text: written }), ...(key === 'Enter' && { code: 'Enter', windowsVirtualKeyCode: 13 }) })
  await Promise.all(keys.flatMap((key, place) => [send('keyDown', key, place), send('keyUp', key, place)]))
  await session.detach()
}

/** Stands for the printer: notes that it was asked, and that the sheet is still there. */
async function watchPrinter(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const heard = { times: 0 }
    Object.assign(window, { heard })
    window.print = () => {
      heard.times += 1
    }
  })
  return () => page.evaluate(() => (window as unknown as { heard: { times: number } }).heard.times)
}

/** The words of each sheet, as a printer would get them. */
async function sheets(page: Page): Promise<string[]> {
  const { pages } = await readPdfText(new Uint8Array(await page.pdf({ preferCSSPageSize: true })), { characters: 1_000_000 })
  return pages
}

/**
 * Looks at states one after the other, in one tab of each worker: a tab of its own for each costs half of the time of all of them.
 * Each is loaded anew, with the defaults of a new tab and nothing stored by the one before.
 */
const look = test.extend({
  page: async ({ kept }, use) => {
    await kept.emulateMedia({ colorScheme: null, forcedColors: null, reducedMotion: null })
    await kept.mouse.move(0, 0)
    await use(kept)
    await kept.evaluate(() => {
      localStorage.clear()
      sessionStorage.clear()
    })
    // Nothing this one still asks is heard by the next.
    await kept.goto('about:blank')
  },
})

test.describe('every state', () => {
  for (const state of everyState) {
    look(`${state.name} is accessible, in light and dark, and fits 320 px`, async ({ page, fresh }) => {
      await show(page, fresh, state)
      expect(await violations(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await violations(page, { type: 'rule', values: ['color-contrast'] })).toEqual([])
      await page.setViewportSize({ width: 320, height: 700 })
      await expect(page.locator(state.shows).first()).toBeAttached()
      await expect.poll(() => sideways(page)).toBeLessThanOrEqual(0)
      expect(await violations(page, { type: 'rule', values: ['target-size', 'scrollable-region-focusable'] })).toEqual([])
    })
  }

  for (const name of ['panel-documents', 'panel-list-incomplete', 'viewer-under-another-number', 'viewer-document-of-another', 'panel-storage-low', 'panel-authorise', 'panel-emergency', 'panel-emergency-ending', 'panel-emergency-over', 'sync-information-due', 'viewer-information-due', 'panel-answers-minor-information', 'sync-todo', 'sync-todo-found-elsewhere', 'sync-todo-not-read', 'sync-journal', 'sync-held-batch', 'sync-held-batch-dismiss', 'sync-drawer-on-its-way', 'sync-drawer-visibility-fixed', 'sync-drawer-secret', 'sync-drawer-announced-otherwise', 'sync-drawer-copy', 'sync-drawer-document', 'sync-drawer-document-text', 'sync-drawer-names-another', 'sync-drawer-find-patient', 'sync-drawer-find-patient-nobody', 'sync-drawer-find-patient-wrong-key', 'sync-drawer-type', 'sync-drawer-type-found', 'sync-drawer-author', 'sync-drawer-author-said', 'sync-drawer-place', 'sync-everything-at-once', 'viewer-text', 'viewer-other-patient', 'viewer-emergency', 'viewer-deeds', 'viewer-deed-delete', 'viewer-deed-in-doubt', 'sync-drawer-deeds', 'panel-card-pin-wrong', 'panel-card-pin-locked', 'panel-situation-to-choose', 'panel-sign-in-by-phone', 'panel-sign-in-phone', 'panel-sign-in-expired', 'panel-line-card-speaks', 'panel-line-sign-in-speaks', 'sync-waits-card-absent', 'panel-summary-everything-open', 'panel-summary-conflict', 'panel-summary-rows-of-text', 'panel-summary-not-loaded', 'panel-summary-begun-none-known', 'panel-summary-begun-without-allergies', 'panel-medicines-everything-open', 'panel-medicines-nothing-installed', 'panel-medicines-unreadable-and-old', 'panel-search', 'viewer-results', 'viewer-newer-version', 'viewer-versions-failed', 'viewer-copied', 'viewer-copy-refused', 'viewer-long-table', 'panel-summary-exams-opened', 'panel-summary-exams-prescribed', 'panel-summary-vaccines-due', 'panel-summary-news-opened', 'panel-summary-two-units', 'panel-sheet-preview', 'panel-sheet-preview-everything-at-once', 'panel-paper-sheet', 'panel-paper-sheet-not-recorded', 'panel-paper-sheet-in-words', 'panel-paper-sheet-crowded', 'panel-sheets-waiting', 'panel-sheet-code-refused', 'panel-failed', 'panel-failed-with-paper', 'panel-my-records', 'panel-my-records-many', 'panel-my-records-empty', 'panel-my-records-failed', 'panel-my-records-of-structure', 'panel-my-records-over-fhir', 'panel-other-states', 'panel-other-states-none', 'panel-other-states-failed']) {
    look(`${name} speaks English throughout, and stands forced colours`, async ({ page, fresh }) => {
      const state = everyState.find((one) => one.name === name)
      if (!state) throw new Error(name)
      await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
      await show(page, fresh, state, { lang: 'en' })
      await expect(page.locator('html')).toHaveAttribute('lang', 'en')
      expect(await violations(page)).toEqual([])
      await expect(page.getByText(/Actualiser|À traiter|Dossier surveillé|Texte|Bac à sable|Retenir|Envoyer|Disque|Masqué|Réception|Code de la carte|Connexion|Carte CPS|Session jusqu|Se connecter|Urgence|Patient mineur|Lecture|s’oppose|Traitements|Biologie —|Antécédents|non lus|illisible|à vérifier|autres$|Médicaments|Contre-indication|non vérifié|thésaurus du|prescrit|fin inconnue|trouvé|Données codées|plus récente|Imprimer|Prendre dans|Document copié|lignes suivantes|Seulement hors|Examen|Nouveau|nouveau|à proposer|converti|Fiche|Effacée|noté le|synchroniser|Voir le document|Refermer|Texte trop long|Chercher un patient|Voyez|dit un autre patient|La clé|pas encore lue|pas encore là|commencée|Mes dossiers|Dossiers de la|Aucun dossier|naissance \d|naissance inconnue|votre dernier|ajout|Demandé|Refermer|remplacé|en vigueur|Quel est ce|Choisir le type|Type choisi|Aucun type|types? trouvé|autres types|ce type|Qui a écrit|Choisir l’auteur|Auteur choisi|Aucun auteur|cet auteur|sa route|incomplète|même patient|d’un autre patient|son tour|ne redemande|à partir de|sans nom de patient/)).toHaveCount(0)
    })
  }
})

test('a list that could not be read is said to be asked again by a press alone, as it is', async ({ page, fresh }) => {
  await show(page, fresh, stateNamed('panel-failed'))
  const reason = page.getByTestId('reason')
  await expect(reason).toContainText('Relais ne redemande que si vous appuyez sur «\u00a0Réessayer\u00a0».')
  await expect(reason).not.toContainText('réessaie tout seul')
  await expect(page.getByTestId('scene-failed')).toContainText(/Réessayez à partir de \d/)
})

test('the journey of a copy names the document it is a copy of and its day, and shows it', async ({ page, fresh }) => {
  await show(page, fresh, stateNamed('sync-drawer-copy'))
  const drawer = page.getByTestId('item-drawer')
  const named = drawer.getByTestId('trace-other')
  await expect(named).toHaveText(/^Ordonnance, reçu le \d\d\/\d\d\/\d{4}/)
  await expect(drawer).not.toContainText('item-40')
  await named.click()
  await expect(drawer.getByTestId('item-state')).toHaveAttribute('data-state', 'deposited')
  await expect(named).toHaveCount(0)
})

test('of two announcements of one document one is chosen at a time, each named, with the other at hand', async ({ page, fresh }) => {
  const state = stateNamed('sync-drawer-announced-otherwise')
  await show(page, fresh, state)
  const drawer = page.getByTestId('item-drawer')
  await drawer.getByTestId('drawer-other').click()
  await expect(drawer.getByText('DOC40.pdf').first()).toBeVisible()
  await expect(drawer.getByTestId('drawer-other')).toHaveCount(0)
  await page.keyboard.press('Escape')
  const row = page.locator('[data-item="item-41"]')
  await expect(row).toContainText('DOC40.pdf')
  await expect(row).not.toContainText('item-40')
  await expect(page.getByTestId('cause').getByRole('button', { name: /Réessayer le groupe/ })).toHaveCount(0)
})

test.describe('the summary', () => {
  const list = (page: Page, name: string) => page.getByTestId(`list-${name}`)
  const rowsOf = (page: Page, name: string) => list(page, name).getByTestId('fact-row')

  async function showSummary(page: Page, fresh: FixtureConnector, name: string): Promise<void> {
    const state = summaryStates.find((one) => one.name === name)
    if (!state) throw new Error(name)
    await show(page, fresh, state)
  }

  test('tells the text of two sections of one title apart, a row of a table a line', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-rows-of-text')
    await expect(rowsOf(page, 'results')).toHaveCount(2)
    await expect(rowsOf(page, 'results').filter({ hasText: 'Protéinurie' })).toContainText('Date : 12/03/2026 · Objet : Protéinurie · Résultat : 0,12 g/L ; Date : 13/03/2026 · Objet : Leucocytes')
    const open = list(page, 'results').locator('blockquote')
    if ((await open.textContent())?.includes('Sodium')) await rowsOf(page, 'results').nth(1).click()
    const whole = list(page, 'results').locator('blockquote').filter({ hasText: 'Protéinurie' })
    expect((await whole.innerText()).split('\n')).toEqual(['Date : 12/03/2026 · Objet : Protéinurie · Résultat : 0,12 g/L', 'Date : 13/03/2026 · Objet : Leucocytes'])
  })

  test('says who and what can kill without a scroll or a click, worst first, and keeps it in sight', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    const allergies = page.getByTestId('allergies')
    await expect(allergies.getByTestId('fact-row')).toHaveText([/Pénicilline — Choc anaphylactique/, /Produit de contraste iodé/, /Codéine.*effet indésirable/])
    await expect(allergies.getByTestId('fact-row').first()).toContainText('Grave')
    await page.getByTestId('document-row').last().scrollIntoViewIfNeeded()
    await expect(allergies).toBeInViewport({ ratio: 1 })
    await allergies.getByTestId('all-allergies').click()
    await expect(allergies.getByTestId('fact-row').last()).toHaveText(/Latex résolu/)
  })

  test('is driven by the keyboard: arrows in a list, Enter unfolds a fact, its document opens in the viewer', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    await rowsOf(page, 'results').first().focus()
    await page.keyboard.press('ArrowDown')
    const creatinine = rowsOf(page, 'results').nth(1)
    await expect(creatinine).toBeFocused()
    await expect(creatinine).toHaveAttribute('aria-expanded', 'false')
    await page.keyboard.press('Enter')
    await expect(creatinine).toHaveAttribute('aria-expanded', 'true')
    const details = list(page, 'results').getByTestId('fact-details').nth(1)
    await expect(details.getByTestId('fact-source')).toHaveText([/Numération formule sanguine.*ROUX/, /hospitalisation.*BELKACEM/])
    await page.keyboard.press('Tab')
    await expect(details.getByTestId('open-source').first()).toBeFocused()
    const [viewer] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')])
    await expect(viewer.getByTestId('narrative')).toBeVisible()
    expect(new URL(viewer.url()).searchParams.get('uniqueId')).toBe(recordDocument(1).uniqueId)
  })

  test('folds and unfolds a list by its header, and says so', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    const header = list(page, 'vaccines').getByRole('button').first()
    await expect(header).toHaveAttribute('aria-expanded', 'false')
    await expect(rowsOf(page, 'vaccines').first()).toBeHidden()
    await header.press('Enter')
    await expect(header).toHaveAttribute('aria-expanded', 'true')
    await expect(rowsOf(page, 'vaccines')).toHaveCount(3)
    await expect(page.getByRole('heading', { name: /^Vaccinations/ })).toBeVisible()
  })

  test('gives a curve its words, and every value of it in a table on demand', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-opened')
    await expect(list(page, 'results').locator('figcaption')).toHaveText(/^En hausse\s: 79\sµmol\/L → 98\sµmol\/L, du .*, 4 valeurs · en fond, les valeurs usuelles du dernier compte rendu$/)
    await expect(page.locator('.fact-table tbody tr')).toHaveText([/98\sµmol\/L.*haut.*45 - 84/, /91\sµmol\/L.*haut/, /82\sµmol\/L/, /79\sµmol\/L/])
    await page.getByTestId('former-table').press('Enter')
    await expect(page.locator('.fact-table')).toHaveCount(0)
  })

  test('paints the first of a long list, and asks for the rest of it, or of a long line, once somebody wants it', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-many-results')
    const asked = () => fresh.world.asked.filter(({ name }) => name.startsWith('panel.summaryL')).map(({ name, input }) => ({ name, list: (input as { list: string }).list }))
    await expect(rowsOf(page, 'results')).toHaveCount(6)
    await expect(list(page, 'results').getByRole('heading')).toContainText('15')
    expect(asked()).toEqual([])
    await list(page, 'results').getByTestId('all-lines').click()
    await expect(rowsOf(page, 'results')).toHaveCount(15)
    expect(asked()).toEqual([{ name: 'panel.summaryList', list: 'results' }])
    await rowsOf(page, 'results').first().click()
    await expect(list(page, 'results').locator('figcaption')).toContainText('4 valeurs')
    expect(asked()).toContainEqual({ name: 'panel.summaryLine', list: 'results' })
  })

  test('says that the rest could not be had, and leaves what is there', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-many-results')
    fresh.world.refuse = 'record-unreachable'
    await list(page, 'results').getByTestId('all-lines').click()
    await expect(page.getByTestId('rest-failed')).toBeVisible()
    await expect(rowsOf(page, 'results')).toHaveCount(9)
    fresh.world.refuse = null
    await page.getByTestId('rest-failed').getByRole('button').click()
    await expect(rowsOf(page, 'results')).toHaveCount(15)
    await expect(page.getByTestId('rest-failed')).toHaveCount(0)
  })

  test('marks out of range by shape, word and colour, critical first, and only what its document says', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    await expect(rowsOf(page, 'results').nth(0)).toHaveText(/Potassium5,9\smmol\/L ▲▲très haut/)
    await expect(rowsOf(page, 'results').nth(1)).toHaveText(/Créatinine98\sµmol\/L ▲haut/)
    await expect(list(page, 'results').locator('.fact-value .mark')).toHaveCount(2)
    await expect(list(page, 'results').getByRole('heading')).toContainText('2 hors normes')
  })

  test('tells four silences apart, and shows what contradicts a "none known"', async ({ page, fresh }) => {
    for (const [name, words] of [['not-recorded', 'Allergies non renseignées'], ['none-known', 'Aucune allergie connue'], ['hidden-here', 'Allergies masquées ici'], ['not-loaded', 'Allergies non chargées']] as const) {
      await showSummary(page, fresh, name === 'not-recorded' ? 'panel-summary-allergies-not-recorded' : `panel-summary-${name}`)
      await expect(page.getByTestId('allergies').getByRole('heading')).toContainText(words)
      await expect(page.getByTestId('allergies')).toHaveAttribute('data-tone', name === 'none-known' ? 'quiet' : 'caution')
    }
    await showSummary(page, fresh, 'panel-summary-conflict')
    await expect(page.locator('[data-testid="absence"][data-contradicted]')).toContainText('Contredit : « Pas d’allergie connue » selon Dr Claire PETIT')
    await expect(page.locator('.fact-beside')).toContainText('≠')
  })

  test('never passes a short list for a whole one: says what is unread and opens what is unreadable', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-partial')
    await expect(page.getByTestId('extent')).toContainText('11 documents lus · 2 non lus · 1 illisible')
    const [viewer] = await Promise.all([page.waitForEvent('popup'), page.getByTestId('unreadable').click()])
    expect(new URL(viewer.url()).searchParams.get('uniqueId')).toBe(recordDocument(4).uniqueId)
  })

  test('tells before a prescription what was already done, with the rule in words, and counts what was avoided', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-exams-prescribed')
    const exams = page.getByTestId('exams')
    await expect(page.getByTestId('exams-avoided')).toContainText('3 examens évités ce mois-ci')
    await expect(exams.getByTestId('exam-request')).toContainText('Prescription de biologie récente')
    await expect(exams.getByTestId('exam-row').first()).toHaveText(/^HbA1c 6,8\s% ▲haut.*prescrit à nouveau · à moins de 2 mois \(il y a 10 jours\) · Laboratoire Voltaire/)
    await exams.getByTestId('exam-avoid').first().getByRole('button').focus()
    await page.keyboard.press('Enter')
    await expect(exams.getByTestId('exam-avoid').first()).toContainText('Compté comme évité')
    await exams.getByTestId('exam-avoid').first().getByRole('button').press('Enter')
    await expect(exams.getByTestId('exam-avoid').first()).toContainText('Examen évité')
    const asked = fresh.world.asked.filter(({ name }) => name === 'panel.examAvoided').map(({ input }) => input as { rule: string; avoided: boolean; generation: number })
    expect(asked.map(({ rule, avoided, generation }) => [generation, rule, avoided])).toEqual([[1, 'hba1c', true], [1, 'hba1c', false]])
  })

  test('says of an exam its rule does not decide that it is the last result, and why', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-exams-opened')
    const undecided = page.getByTestId('undecided-exams')
    await expect(undecided.locator('[data-verdict="redundant"]')).toHaveCount(0)
    await undecided.locator('[data-rule="eal"] [data-testid="exam-row"]').click()
    await expect(undecided.locator('[data-rule="eal"]')).toContainText('dernier résultat · il y a 10 jours')
    await expect(undecided.locator('[data-rule="eal"]')).toContainText('La règle ne tranche pas\u00a0: dernier résultat anormal')
    await expect(undecided.locator('[data-rule="mammographie"]')).toContainText('dernier examen · il y a 300 jours')
  })

  test('does not say which exams a prescription in a PDF is of, and names the mistake in a practice’s rules', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-exams-prescribed-pdf')
    await expect(page.getByTestId('exam-request')).toContainText('Sans code d’examen lisible')
    await expect(page.locator('[data-asked="named"]')).toHaveCount(0)
    await showSummary(page, fresh, 'panel-summary-exams-rules-refused')
    await expect(page.getByTestId('rules-refused')).toContainText('rules.3.loinc.0.0 not a LOINC code')
  })

  test('says what came since the last look in one line, which unfolds, and marks it in list and summary', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-news-opened')
    await expect(page.getByTestId('news').getByRole('heading')).toContainText(/3 nouveaux documents depuis le \d\d\/\d\d\/\d{4}/)
    await expect(page.getByTestId('news-row')).toHaveCount(3)
    await expect(page.locator('[data-testid="document-row"]', { hasText: 'Nouveau' })).toHaveCount(3)
    // A datum that an older document states too is not new.
    await expect(rowsOf(page, 'problems').filter({ hasText: 'Diabète' }).getByTestId('new-fact')).toHaveCount(1)
    await expect(rowsOf(page, 'treatments').filter({ hasText: 'Bisoprolol' }).first().getByTestId('new-fact')).toHaveCount(0)
    await showSummary(page, fresh, 'panel-summary-nothing-new')
    await expect(page.getByTestId('news')).toContainText('Rien de nouveau depuis le')
    // Not read just now: that nothing came is not known.
    fresh.world.panel = { ...fresh.world.panel, failure: { code: 'record-unreachable', class: 'transient', recordText: null, retryAt: null } }
    fresh.tell('panel')
    await expect(page.getByTestId('news')).toHaveCount(0)
  })

  test('proposes vaccines by the doses read, says why the rest cannot be told, and proposes none while documents are unread', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-vaccines-due')
    const due = (rule: string) => page.getByTestId('vaccine-due').filter({ hasText: rule })
    await expect(due('Zona')).toHaveText(/à proposer\u00a0: 1 dose lue sur 2/)
    await expect(due('Pneumocoque')).toHaveText(/dose lue 02\/10\/2018, nombre de valences non codé/)
    await expect(due('Diphtérie')).toHaveAttribute('data-status', 'done')
    await expect(page.getByTestId('list-vaccines').getByRole('heading').first()).toContainText('à proposer')
    await showSummary(page, fresh, 'panel-summary-vaccines-partial')
    await expect(page.locator('[data-testid="vaccine-due"][data-status="due"]')).toHaveCount(0)
    await expect(page.getByTestId('vaccines-due')).toContainText('Des documents ne sont pas lus')
  })

  test('draws one analyte in two units as one trend, with what was converted marked and what was written in the table', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-two-units')
    await expect(rowsOf(page, 'results')).toHaveCount(1)
    await expect(page.locator('.trend-figure .trend-converted')).toHaveCount(1)
    await expect(page.locator('.fact-table tbody tr').nth(2)).toHaveText(/9,8\smg\/L.*converti\s: 87\sµmol\/L/)
    await showSummary(page, fresh, 'panel-summary-opened')
    await expect(page.getByTestId('trend-band')).toHaveCount(1)
    await expect(page.locator('.trend-figure figcaption')).toContainText('en fond, les valeurs usuelles')
    await showSummary(page, fresh, 'panel-summary-full')
    await expect(rowsOf(page, 'measurements').first()).toHaveText(/^PA128\/76\smmHg/)
  })

  test('says of a medicine how it is taken and not one dose alone, and of what is planned only once that it is', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    await expect(rowsOf(page, 'treatments').filter({ hasText: 'Apixaban' }).first()).toHaveText(/1\scp\s*1 comprimé matin et soir/)
    await page.getByTestId('list-others').getByRole('button').first().click()
    await expect(rowsOf(page, 'others').filter({ hasText: 'Contrôle de la créatinine' })).toHaveText(/Contrôle de la créatinine prévu\s*\d/)
  })

  test('never paints the summary of another patient nor of another reading', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    // Another reader's list of the same patient is on screen before its summary comes.
    const summaries = () => fresh.world.asked.filter(({ name }) => name === 'panel.summary').length
    const before = summaries()
    const answer = hold(fresh.world, 'panel.summary')
    fresh.world.panel = panelWith({ documents: [recordDocument(2)] })
    fresh.tell('panel')
    await expect(page.getByTestId('document-row')).toHaveCount(1)
    await expect(page.getByTestId('allergies')).toBeHidden()
    await expect.poll(() => summaries()).toBeGreaterThan(before)
    answer()
    await expect.poll(() => fresh.world.answered).toContain('panel.summary')
    await expect(page.getByTestId('allergies')).toBeHidden()
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(page.getByTestId('allergies')).toHaveCount(0)
    fresh.world.summary = summaryOf(fresh.world, [])
    fresh.tell('panel')
    await expect(page.getByTestId('allergies')).toBeVisible()
  })

  test('leaves the documents where they are when it cannot be had, and tries again', async ({ page, fresh }) => {
    fresh.world.summary = { ...summaryOf(fresh.world, []), since: 1 as unknown as string }
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('summary-failed')).toBeVisible()
    await expect(page.getByTestId('document-row')).toHaveCount(41)
    expect(await violations(page)).toEqual([])
    fresh.world.summary = summaryOf(fresh.world, [])
    await page.getByTestId('summary-failed').getByRole('button').click()
    await expect(page.getByTestId('summary')).toBeVisible()
  })

  test('at 200 % keeps the allergies in one line in sight, and leaves the rest its place', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    await page.setViewportSize({ width: 200, height: 450 })
    const allergies = page.getByTestId('allergies')
    await expect(allergies.getByTestId('fact-row')).toHaveCount(0)
    await expect(allergies).toContainText('Pénicilline')
    await page.getByTestId('document-row').last().scrollIntoViewIfNeeded()
    await expect(allergies).toBeInViewport()
    expect((await allergies.boundingBox())!.height).toBeLessThan(110)
    await expect.poll(() => sideways(page)).toBeLessThanOrEqual(0)
    expect(await violations(page)).toEqual([])
  })
})

test.describe('the medicines', () => {
  const card = (page: Page) => page.getByTestId('medicines')
  const alerts = (page: Page) => card(page).getByTestId('medicine-alert')

  async function showMedicines(page: Page, fresh: FixtureConnector, name: string): Promise<void> {
    const state = medicineStates.find((one) => one.name === `panel-medicines-${name}`)
    if (!state) throw new Error(name)
    await show(page, fresh, state)
  }

  test('stand under the allergies, worst first, three in sight, the rest behind one act', async ({ page, fresh }) => {
    await showMedicines(page, fresh, 'alerts')
    await expect(card(page).getByRole('heading')).toHaveText(/Médicaments\s: 6 points à vérifier/)
    await expect(alerts(page)).toHaveText([/^▲▲Allergie déclarée, à vérifier — Bactox 1 g\s; allergie\s: Amoxicilline ordonnance récente$/, /^▲▲Contre-indication — .*Mycosol/, /^▲Association déconseillée — .*Calmifène.*/])
    const [allergies, medicines, summary] = await Promise.all(['allergies', 'medicines', 'summary'].map(async (id) => (await page.getByTestId(id).boundingBox())!.y))
    expect([allergies! < medicines!, medicines! < summary!]).toEqual([true, true])
    await page.getByTestId('all-alerts').click()
    await expect(alerts(page)).toHaveText([/Allergie/, /Contre-indication/, /Association/, /Même substance/, /Précaution/, /Précaution/, /À prendre/, /À prendre/, /Même classe/])
    await page.getByTestId('all-alerts').click()
    await expect(alerts(page)).toHaveCount(3)
  })

  test('unfold by the keyboard into what they rest on; a document opens in the viewer, one on its way in the sync window', async ({ page, fresh }) => {
    await showMedicines(page, fresh, 'alerts')
    await card(page).locator('.medicine-row').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const details = alerts(page).nth(1).getByTestId('medicine-details')
    await expect(details).toContainText('rhabdomyolyse')
    await expect(details).toContainText('Rappel du thésaurus ANSM')
    await expect(details).toContainText('fin inconnue')
    await page.keyboard.press('Tab')
    const [viewer] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')])
    expect(new URL(viewer.url()).pathname).toContain('/viewer/')
    await card(page).locator('.medicine-row').first().press('Enter')
    const [sync] = await Promise.all([page.waitForEvent('popup'), alerts(page).first().getByText(/^Ordonnance récente\s: Ordonnance$/).click()])
    expect(new URL(sync.url()).pathname).toContain('/sync/')
  })

  test('never say that there is nothing: what is not installed, not coded or not found is told', async ({ page, fresh }) => {
    await showMedicines(page, fresh, 'nothing-installed')
    await expect(page.getByTestId('medicines-extent')).toContainText(/Interactions non vérifiées\s: aucune base installée\./)
    await page.getByTestId('medicines-detail').click()
    await expect(page.getByTestId('unchecked')).toHaveText([/Calmifène.*la base publique des médicaments n’est pas installée/, /Fluidine/, /magistrale.*sans code/])
    await showMedicines(page, fresh, 'nothing-found')
    await expect(card(page)).toContainText(/ce n’est pas «\saucune interaction\s»/)
  })

  test('never paint the check of another patient nor of another reading, and say when it cannot be had', async ({ page, fresh }) => {
    await showMedicines(page, fresh, 'alerts')
    fresh.world.panel = panelWith({ documents: [recordDocument(2)] })
    fresh.tell('panel')
    await expect(page.getByTestId('document-row')).toHaveCount(1)
    await expect(card(page)).toBeHidden()
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(card(page)).toHaveCount(0)
    fresh.world.medicines = { generation: 'x' } as never
    fresh.tell('panel')
    await expect(page.getByTestId('medicines-failed')).toBeVisible()
  })

  test('stay readable at 200 %', async ({ page, fresh }) => {
    await showMedicines(page, fresh, 'everything-open')
    await page.setViewportSize({ width: 200, height: 450 })
    await expect.poll(() => sideways(page)).toBeLessThanOrEqual(0)
    expect(await violations(page)).toEqual([])
  })
})

test.describe('the panel', () => {
  const rows = (page: Page) => page.getByTestId('document-row')

  test('is driven by the keyboard: arrows, Home, End, Enter opens the document in the viewer', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await rows(page).first().focus()
    await page.keyboard.press('ArrowDown')
    await expect(rows(page).nth(1)).toBeFocused()
    await page.keyboard.press('End')
    await expect(rows(page).last()).toBeFocused()
    await page.keyboard.press('Home')
    await expect(rows(page).first()).toBeFocused()
    const [viewer] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')])
    await expect(viewer.getByTestId('narrative')).toBeVisible()
    expect(new URL(viewer.url()).searchParams.get('uniqueId')).toBe(recordDocument(0).uniqueId)
    expect(fresh.world.asked.find((one) => one.name === 'record.open')?.input).toEqual({ ins: marie.ins, insOid: marie.insOid, uniqueId: recordDocument(0).uniqueId })
  })

  test('declares an authorisation only once the patient’s consent is confirmed, by the keyboard', async ({ page, fresh }) => {
    await show(page, fresh, stateNamed('panel-authorise'))
    const form = page.getByTestId('access-authorise')
    await expect(form.getByRole('button')).toBeDisabled()
    await form.getByRole('checkbox').focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await expect(form.getByRole('button')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect.poll(() => fresh.world.asked.find(({ name }) => name === 'access.authorise')?.input).toEqual({ generation: 1, act: 'add', patientAgrees: true })
  })

  test('breaks the glass with a reason and its circumstances, says so while it lasts, and ends it', async ({ page, fresh }) => {
    await show(page, fresh, stateNamed('panel-authorise'))
    const glass = page.getByTestId('break-glass')
    const open = glass.getByRole('button', { name: 'Ouvrir en urgence' })
    await expect(open).toBeDisabled()
    await glass.getByLabel('Motif').selectOption('unconscious')
    await expect(open).toBeDisabled()
    await glass.getByLabel('Circonstances').fill('Malaise en salle d’attente')
    await open.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('emergency-band')).toContainText('Motif : patient inconscient')
    expect(fresh.world.asked.find(({ name }) => name === 'access.enter')?.input).toEqual({ generation: 1, mode: 'break-glass', reason: 'unconscious', words: 'Malaise en salle d’attente' })
    await page.getByTestId('leave-emergency').click()
    await expect(page.getByTestId('emergency-band')).toHaveCount(0)
    expect(fresh.world.asked.find(({ name }) => name === 'access.leave')?.input).toEqual({ generation: 1 })
  })

  test('counts down the end of an emergency entry, and goes on by one act', async ({ page, fresh }) => {
    await show(page, fresh, stateNamed('panel-emergency-ending'))
    await expect(page.getByTestId('emergency-end')).toContainText('Se termine dans 3 minutes')
    await page.getByTestId('stay-emergency').click()
    await expect(page.getByTestId('emergency-end')).toHaveCount(0)
    await expect(page.getByTestId('emergency-band')).toBeVisible()
    expect(fresh.world.asked.find(({ name }) => name === 'access.stay')?.input).toEqual({ generation: 1 })
  })

  for (const name of ['sync-information-due', 'viewer-information-due']) {
    test(`shows what is owed to the patient until it is confirmed by one act: ${name}`, async ({ page, fresh }) => {
      await show(page, fresh, stateNamed(name))
      await page.getByRole('button', { name: 'J’ai lu, je confirme' }).click()
      await expect(page.getByTestId('information')).toHaveCount(0)
      expect(fresh.world.asked.filter((one) => one.name === 'access.confirmInformation')).toHaveLength(1)
    })
  }

  test('keeps the emergency in sight however far the list is scrolled', async ({ page, fresh }) => {
    await show(page, fresh, stateNamed('panel-emergency'))
    await rows(page).last().scrollIntoViewIfNeeded()
    await expect(page.getByTestId('emergency-band')).toBeInViewport({ ratio: 1 })
    await expect(page.getByTestId('patient-name')).toBeInViewport()
  })

  test('says why an act on the access was refused, beside it', async ({ page, fresh }) => {
    await show(page, fresh, stateNamed('panel-authorise'))
    fresh.world.refuse = 'professional-blocked'
    await page.getByTestId('patient-agrees').check()
    await page.getByRole('button', { name: 'Déclarer mon autorisation' }).click()
    await expect(page.getByTestId('access-refused')).toHaveAttribute('data-code', 'professional-blocked')
    await expect(page.getByTestId('access-refused')).toContainText('Accès bloqué par le patient')
  })

  test('takes down and lifts what the patient answers, and has the information confirmed', async ({ page, fresh }) => {
    await show(page, fresh, stateNamed('panel-answers-minor-information'))
    await expect(page.getByTestId('minor')).toContainText('Patient mineur')
    await expect(page.getByTestId('answer-deposit')).toContainText('LOGICIEL-TILLEULS')
    await page.getByRole('button', { name: 'Lever l’opposition aux envois' }).click()
    await expect(page.getByTestId('answer-deposit')).toHaveAttribute('data-choice', 'agreed')
    await expect(page.getByTestId('answer-deposit').getByRole('button')).toHaveText(['Le patient s’oppose aux envois'])
    await page.getByRole('button', { name: 'Le patient refuse la lecture' }).click()
    await expect(page.getByTestId('answer-consultation')).toHaveAttribute('data-choice', 'opposed')
    expect(fresh.world.asked.filter(({ name }) => name === 'access.recordConsent').map(({ input }) => input)).toEqual([
      { generation: 1, kind: 'deposit', choice: 'agreed' },
      { generation: 1, kind: 'consultation', choice: 'opposed' },
    ])
    await page.getByTestId('information').getByRole('button').click()
    await expect(page.getByTestId('information')).toHaveCount(0)
  })

  test('has one row in the tab order, and shows the focused one', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    await expect(page.locator('[data-row][tabindex="0"]')).toHaveCount(1)
    await rows(page).first().focus()
    await page.keyboard.press('End')
    await expect(rows(page).last()).toBeInViewport()
  })

  test('takes a token out of the address and survives a reload', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    expect(page.url()).not.toContain('token')
    await page.reload()
    await expect(rows(page)).toHaveCount(41)
  })

  test('says what to do when it is opened without its token', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel').replace(/#.*/, ''))
    await expect(page.getByTestId('link-refused')).toBeVisible()
    expect(await violations(page)).toEqual([])
  })

  test('never paints the answer of an earlier patient', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    // A slow question about the first patient is under way when the second one opens.
    const answer = hold(fresh.world, 'panel.refresh')
    fresh.world.panel = panelWith({ loadedAt: new Date().toISOString() })
    await page.getByTestId('refresh').click()
    await expect.poll(() => fresh.world.asked.some((one) => one.name === 'panel.refresh')).toBe(true)
    const next = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' }, documents: [recordDocument(2)] })
    fresh.world.panel = next
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(page.getByTestId('announce-assertive')).toHaveText('Patient affiché : DURAND Paul')
    answer()
    await expect.poll(() => fresh.world.answered).toContain('panel.refresh')
    await expect(page.getByTestId('refresh')).toBeEnabled()
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(rows(page)).toHaveCount(1)
  })

  test('shows who the patient is and what their record says before the list of documents', async ({ page, fresh }) => {
    await summaryStates.find((one) => one.name === 'panel-summary-full')!.prepare(fresh.world)
    const answer = hold(fresh.world, 'panel.documents')
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    await expect(page.getByTestId('summary')).toBeVisible()
    await expect(rows(page)).toHaveCount(0)
    answer()
    await expect(rows(page)).toHaveCount(41)
    // Asked once: what changes beside the list asks nothing of it.
    fresh.world.panel = { ...fresh.world.panel, onTheirWay: 2 }
    fresh.tell('panel')
    await expect(page.getByTestId('on-their-way')).toBeVisible()
    expect(fresh.world.asked.filter((one) => one.name === 'panel.documents')).toHaveLength(1)
  })

  test('shows the beginning of a record while its list is awaited, then the whole; never an absence the list might deny', async ({ page, fresh }) => {
    await summaryStates.find((one) => one.name === 'panel-summary-begun-without-allergies')!.prepare(fresh.world)
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('extent')).toHaveText('◐ 1 document lu · liste des autres documents pas encore lue')
    await expect(page.getByTestId('allergies')).toHaveAttribute('data-state', 'notLoaded')
    await expect(page.getByTestId('age')).toHaveText('○Lecture commencée')
    // Nothing is said not to be there, no paper is made of it, nothing is searched in it.
    for (const absent of ['silent', 'ask-sheet', 'search-open']) await expect(page.getByTestId(absent)).toHaveCount(0)
    await expect(page.locator('[data-testid="list-treatments"] [data-testid="fact-row"]').first()).toBeVisible()
    fresh.world.panel = panelWith()
    fresh.world.summary = summaryOf(fresh.world, allFacts)
    fresh.tell('panel')
    await expect(rows(page)).toHaveCount(41)
    await expect(page.getByTestId('allergies')).toHaveAttribute('data-state', 'listed')
    await expect(page.getByTestId('scene-begun')).toHaveCount(0)
  })

  test('shows nothing of a beginning of which no document was read yet', async ({ page, fresh }) => {
    fresh.world.panel = panelWith({ documents: [], loadedAt: null, begun: 1, refreshing: true })
    fresh.world.summary = summaryOf(fresh.world, [], { documents: { read: 0, unread: 1, unstructured: 0 } })
    await page.goto(fresh.address('panel'))
    await expect.poll(() => fresh.world.asked.some((one) => one.name === 'panel.summary')).toBe(true)
    await expect(page.getByTestId('scene-begun').locator('.skeleton')).toBeVisible()
    for (const absent of ['allergies', 'summary']) await expect(page.getByTestId(absent)).toHaveCount(0)
  })

  test('never paints the list of the patient before', async ({ page, fresh }) => {
    const answer = hold(fresh.world, 'panel.documents')
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    await expect.poll(() => fresh.world.asked.some((one) => one.name === 'panel.documents')).toBe(true)
    delete fresh.world.held['panel.documents']
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' }, documents: [recordDocument(2)] })
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(rows(page)).toHaveCount(1)
    answer()
    await expect.poll(() => fresh.world.answered).toContain('panel.documents')
    await expect(page.getByTestId('refresh')).toBeEnabled()
    await expect(rows(page)).toHaveCount(1)
  })

  test('groups what belongs together by episode, with its days, and loses nothing', async ({ page, fresh }) => {
    const day = (days: number) => ago(60 * 24 * days)
    const by = (structure: string) => ({ authors: [{ name: 'Dr Hélène VASSEUR', role: null, structure, personId: null, structureId: null }] })
    const stay = [recordDocument(1, { ...by('CHU de Lyon'), serviceStartTime: day(20), serviceStopTime: day(16) }), recordDocument(2, { ...by('CHU de Lyon'), serviceStartTime: day(18) })]
    fresh.world.panel = panelWith({ documents: [recordDocument(0, { ...by('Labo Voltaire'), serviceStartTime: day(2) }), ...stay] })
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(3)
    await page.getByLabel('Tri', { exact: true }).selectOption('episode')
    await expect(page.getByTestId('document-group')).toHaveCount(2)
    await expect(page.getByTestId('document-group').first().getByRole('heading')).toHaveText(/CHU de Lyon \d\d\/\d\d\/\d{4} – \d\d\/\d\d\/\d{4} 2/)
    await expect(page.getByTestId('document-group').last().getByRole('heading')).toHaveText(/Hors épisode 1/)
    await expect(rows(page)).toHaveCount(3)
  })

  test('says that the list could not be had, and asks for it again', async ({ page, fresh }) => {
    fresh.world.refuse = 'program-failed'
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('documents-failed')).toBeVisible()
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    // The first event of a link has everything asked again by itself: what is pressed comes after that.
    const looks = () => fresh.world.asked.filter(({ name }) => name === 'panel.get').length
    const before = looks()
    fresh.tell('panel')
    await expect.poll(looks).toBeGreaterThan(before)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await expect(page.getByTestId('documents-failed')).toBeVisible()
    fresh.world.refuse = null
    await page.getByTestId('documents-failed').getByRole('button').click()
    await expect(rows(page)).toHaveCount(41)
    await expect(page.getByTestId('documents-failed')).toHaveCount(0)
  })

  test('takes away what it shows when a change is announced and not explained', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    const answer = hold(fresh.world, 'panel.get')
    fresh.tell('panel')
    await expect(page.getByTestId('panel-veil')).toBeVisible()
    answer()
    await expect(page.getByTestId('panel-veil')).toBeHidden()
  })

  test('opens a patient by an INS, and reads the record again on demand', async ({ page, fresh }) => {
    fresh.world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    await page.goto(fresh.address('panel'))
    await page.getByTestId('ins-field').fill('2 59 02 75 123 456')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('ins-field')).toHaveValue('259027512345685')
    expect(fresh.world.asked.filter((one) => one.name === 'panel.open')).toEqual([])
    fresh.world.panel = panelWith({ generation: 2 })
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    expect(fresh.world.asked.filter((one) => one.name === 'panel.open').map((one) => one.input)).toEqual([{ ins: '259027512345685' }])
    await page.getByTestId('refresh').click()
    await expect.poll(() => fresh.world.asked.filter((one) => one.name === 'panel.refresh').length).toBe(1)
  })

  for (const [how, text, asked] of [
    ['a pasted INS', '2 59 02 75 123 456 85', { ins: '259027512345685' }],
    ['a scanned datamatrix', 'IS010000000000000000000000S1259027512345685S21.2.250.1.213.1.4.10S3MARIE ELISES4DUPONTS5FS614-02-1959S775056', { ins: '259027512345685', insOid: '1.2.250.1.213.1.4.10' }],
  ] as const) {
    test(`opens ${how} without a click, once`, async ({ page, fresh }) => {
      fresh.world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
      await page.goto(fresh.address('panel'))
      await page.getByTestId('ins-field').focus()
      fresh.world.panel = panelWith({ generation: 2 })
      await page.keyboard.type(text)
      await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
      expect(fresh.world.asked.filter((one) => one.name === 'panel.open').map((one) => one.input)).toEqual([asked])
    })
  }

  test('finds a patient known here by name, and opens nobody by it before a press', async ({ page, fresh }) => {
    fresh.world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    fresh.world.known = { found: [{ ...paul, ins: paul.ins!, insOid: paul.insOid!, qualified: true }], more: false }
    await page.goto(fresh.address('panel'))
    await page.getByTestId('ins-field').fill('durand')
    await expect(page.getByTestId('known-patient')).toHaveText(/^DURAND Paul.*naissance 03\/06\/1980/)
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('ins-refused')).toHaveCount(0)
    const asked = (wanted: string) => fresh.world.asked.filter(({ name }) => name === wanted).map(({ input }) => input)
    expect([asked('panel.find'), asked('panel.open')]).toEqual([[{ typed: 'durand' }], []])
    await expect(page.getByTestId('known-patient')).toBeFocused()
    // Confirmed again with a slip of the first key: whoever is found then.
    await page.getByTestId('ins-field').fill('duran')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('known-patient')).toBeFocused()
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    expect(asked('panel.open')).toEqual([{ ins: paul.ins, insOid: paul.insOid }])
  })

  test('takes a scan for one while the button of a found patient has the focus, and never presses it', async ({ page, fresh }) => {
    fresh.world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    fresh.world.known = { found: [{ ...paul, ins: paul.ins!, insOid: paul.insOid!, qualified: true }], more: false }
    await page.goto(fresh.address('panel'))
    await page.getByTestId('ins-field').fill('durand')
    await page.getByTestId('known-patient').focus()
    // A box of medicine, ended twice.
    await scans(page, '3400930012345', 2)
    await expect(page.getByTestId('known-patient')).toBeFocused()
    fresh.world.panel = panelWith({ generation: 2 })
    await scans(page, 'IS010000000000000000000000S1259027512345685S21.2.250.1.213.1.4.10S3MARIE ELISES4DUPONTS5FS614-02-1959S775056')
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    expect(fresh.world.asked.filter(({ name }) => name === 'panel.open').map(({ input }) => input)).toEqual([{ ins: '259027512345685', insOid: '1.2.250.1.213.1.4.10' }])
  })

  test('opens the next patient by a scan or a paste while one is open, and presses nothing with it', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    const opened = () => fresh.world.asked.filter((one) => one.name === 'panel.open').map((one) => one.input)
    await page.getByTestId('refresh').focus()
    // Half a number is nobody, nor is one with a wrong key.
    await scans(page, '259027512345600')
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    await scans(page, 'IS010000000000000000000000S1259027512345685S21.2.250.1.213.1.4.10S3MARIE ELISES4DUPONTS5FS614-02-1959S775056')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    expect(opened()).toEqual([{ ins: '259027512345685', insOid: '1.2.250.1.213.1.4.10' }])
    expect(fresh.world.asked.filter((one) => one.name === 'panel.refresh')).toEqual([])
    fresh.world.panel = panelWith({ generation: 3 })
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.setData('text/plain', '2 59 02 75 123 456 85')
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))
    })
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    expect(opened()).toHaveLength(2)
  })

  test('says that the connector is gone, keeps what it had, and comes back by itself', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    fresh.cut()
    await expect(page.getByTestId('link-lost')).toBeVisible()
    await expect(rows(page)).toHaveCount(41)
    expect(await violations(page)).toEqual([])
    fresh.world.panel = panelWith({ documents: [recordDocument(1)] })
    fresh.back()
    await expect(page.getByTestId('link-lost')).toBeHidden()
    await expect(rows(page)).toHaveCount(1)
  })

  test('tells nothing to be well in the sync window once the connector is gone', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await expect(page.getByTestId('record-state')).toContainText('●')
    fresh.cut()
    await expect(page.getByTestId('global-state')).toContainText('Dernier état connu\u00a0: ')
    for (const mark of await page.getByTestId('source').or(page.getByTestId('record-state')).all()) await expect(mark).toContainText('état inconnu')
    expect(await violations(page)).toEqual([])
    fresh.back()
    await expect(page.getByTestId('record-state')).toContainText('●')
  })

  test('filters by word, type and period, says so, and shows all again', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await page.getByRole('button', { name: 'Filtrer' }).click()
    await page.getByLabel('Type', { exact: true }).selectOption('Prescription de médicaments')
    await expect(rows(page)).toHaveCount(8)
    await expect(page.getByTestId('filtered')).toContainText('8 sur 41')
    await page.getByRole('button', { name: 'Tout afficher' }).click()
    await expect(rows(page)).toHaveCount(41)
  })

  test('keeps in sight what is the matter with Relais, and leads to the whole of it', async ({ page, fresh }) => {
    const state = windowStates.find((one) => one.name === 'panel-storage-low')
    if (!state) throw new Error('panel-storage-low')
    await show(page, fresh, state)
    await expect(rows(page)).toHaveCount(41)
    await expect(page.getByTestId('condition')).toBeInViewport()
    const [sync] = await Promise.all([page.waitForEvent('popup'), page.getByTestId('condition').getByRole('button', { name: 'Détails' }).click()])
    await expect(sync.getByTestId('condition')).toContainText('Libérez de la place')
    await expect(page.getByTestId('announce-polite')).toHaveText(/Disque presque plein/)
  })

  test('never hides the focused row behind what stays in sight', async ({ page, fresh }) => {
    const state = windowStates.find((one) => one.name === 'panel-storage-low')
    if (!state) throw new Error('panel-storage-low')
    await show(page, fresh, state)
    await rows(page).first().focus()
    for (const key of [...Array.from({ length: 30 }, () => 'ArrowDown'), ...Array.from({ length: 25 }, () => 'ArrowUp')]) {
      await page.keyboard.press(key)
      const seen = await page.evaluate(() => {
        const box = document.activeElement!.getBoundingClientRect()
        return [box.top + 2, box.bottom - 2].every((y) => document.activeElement!.contains(document.elementFromPoint(box.left + 40, y)))
      })
      expect(seen).toBe(true)
    }
  })

  test('has exactly two live regions and one h1', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    await expect(page.locator('[aria-live], [role="status"], [role="alert"], output')).toHaveCount(2)
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  })

  test('stays readable at 200 %: nothing cut, nothing sideways', async ({ page, fresh }) => {
    await page.setViewportSize({ width: 200, height: 450 })
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    expect(await sideways(page)).toBeLessThanOrEqual(0)
  })
})

test.describe('the search', () => {
  const asked = (fresh: FixtureConnector) => fresh.world.asked.flatMap(({ name, input }) => (name === 'record.search' ? [(input as { words: string }).words] : []))

  test('is opened by Ctrl+F, asks for a word and not for its letters, and opens a document where it stands, by the keyboard', async ({ page, fresh }) => {
    fresh.world.found = { hémoglobine: foundFor() }
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('document-row').first()).toBeVisible()
    await page.keyboard.press('Control+f')
    await expect(page.getByTestId('search-field')).toBeFocused()
    await types(page, 'hémoglobine')
    await expect(page.getByTestId('found')).toHaveCount(3)
    expect(asked(fresh)).toEqual(['hémoglobine'])
    await expect(page.getByTestId('search-found')).toHaveText('3 documents trouvés')
    await expect(page.getByTestId('search-extent')).toContainText('Texte lu de 12 documents sur 41.')
    await expect(page.locator('mark')).toHaveText(['Hémoglobine', 'Hémoglobine', 'hémoglobine', 'hémoglobine'])
    await page.keyboard.press('ArrowDown')
    for (const _ of [1, 2]) await page.keyboard.press('ArrowDown')
    const fact = page.getByTestId('passage').nth(1)
    await expect(fact).toBeFocused()
    fresh.world.opened = openedDocument({ facts: documentFacts() })
    const [viewer] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')])
    await expect(viewer.getByTestId('results').locator('mark')).toHaveText('Hémoglobine')
    expect(Object.fromEntries(new URL(viewer.url()).searchParams)).toMatchObject({ uniqueId: recordDocument(1).uniqueId, words: 'hémoglobine', at: 'fact' })
  })

  test('has what nobody opened read by an act, and says why it could not be', async ({ page, fresh }) => {
    fresh.world.found = { hémoglobine: foundFor() }
    await page.goto(fresh.address('panel'))
    await searchFor(page, 'hémoglobine')
    const read = page.getByTestId('read-others')
    await expect(read).toHaveText('Lire 29 documents jamais ouverts')
    fresh.world.refuse = 'record-unreachable'
    await read.click()
    await expect(page.getByTestId('others-refused')).toBeVisible()
    fresh.world.refuse = null
    const held = hold(fresh.world, 'panel.fetchAll')
    await read.click()
    await expect(read).toHaveText('Lecture, encore 29 documents…')
    await expect(page.getByTestId('found')).toHaveCount(3)
    held()
    await expect(read).toHaveText('Lire 29 documents jamais ouverts')
    // What was read is taken down to be searched, and then told.
    fresh.tell('panel')
    await expect(read).toHaveCount(0)
    await expect(page.getByTestId('search-extent')).toHaveText('Texte lu de 41 documents sur 41.')
    expect(fresh.world.asked.filter(({ name }) => name === 'panel.fetchAll').map(({ input }) => input)).toEqual([{ generation: fresh.world.panel.generation }, { generation: fresh.world.panel.generation }])
  })

  test('never takes what it found for markup', async ({ page, fresh }) => {
    await show(page, fresh, documentStates[0]!)
    await expect(page.getByTestId('passage').first()).toContainText('<b>texte seul</b>')
    await expect(page.getByTestId('passage').locator('b, script')).toHaveCount(0)
  })

  test('never paints the answer to an earlier word, nor about an earlier patient', async ({ page, fresh }) => {
    fresh.world.found = { hémoglobine: foundFor() }
    const first = hold(fresh.world, 'record.search')
    await page.goto(fresh.address('panel'))
    await searchFor(page, 'hémoglobine')
    await expect.poll(() => asked(fresh)).toEqual(['hémoglobine'])
    delete fresh.world.held['record.search']
    await page.getByTestId('search-field').fill('xylophone')
    await expect(page.getByTestId('search-found')).toHaveText('Aucun document trouvé')
    first()
    await expect.poll(() => fresh.world.answered).toContain('record.search')
    await expect(page.getByTestId('search-found')).toHaveText('Aucun document trouvé')
    // The next patient comes while the answer about this one is on its way.
    fresh.world.answered.length = 0
    const second = hold(fresh.world, 'record.search')
    await page.getByTestId('search-field').fill('hémoglobine')
    await expect.poll(() => asked(fresh).at(-1)).toBe('hémoglobine')
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(page.getByTestId('search-field')).toHaveCount(0)
    second()
    await expect.poll(() => fresh.world.answered).toContain('record.search')
    await expect(page.getByTestId('found')).toHaveCount(0)
  })

  test('is left by Escape, and gives the documents and the keyboard back', async ({ page, fresh }) => {
    await show(page, fresh, documentStates[0]!)
    await expect(page.getByTestId('document-row')).toHaveCount(0)
    await page.getByTestId('search-field').press('Escape')
    await expect(page.getByTestId('document-row').first()).toBeVisible()
    await expect(page.getByTestId('search-open')).toBeFocused()
    await expect(page.getByTestId('search-open')).toHaveAttribute('aria-expanded', 'false')
  })

  test('is left by Escape from what was found too', async ({ page, fresh }) => {
    await show(page, fresh, documentStates[0]!)
    await page.getByTestId('search-results').locator('[data-row]').first().press('Escape')
    await expect(page.getByTestId('search-open')).toBeFocused()
    await expect(page.getByTestId('search-open')).toHaveAttribute('aria-expanded', 'false')
  })

  test('leaves nothing of what it found to be heard beside the next patient', async ({ page, fresh }) => {
    fresh.world.found = { hémoglobine: foundFor() }
    await page.goto(fresh.address('panel'))
    await searchFor(page, 'hémoglobine')
    await expect(page.getByTestId('announce-polite')).toHaveText('3 documents trouvés')
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toContainText('DURAND')
    await expect(page.getByTestId('announce-polite')).toHaveText('')
  })

  test('is not offered where no list is shown', async ({ page, fresh }) => {
    await show(page, fresh, stateNamed('panel-record-closed'))
    await expect(page.getByTestId('search-open')).toHaveCount(0)
  })
})

test('F6 goes from region to region of a window, around, and back with Shift', async ({ page, fresh }) => {
  await page.goto(fresh.address('panel'))
  await expect(page.getByTestId('document-row').first()).toBeVisible()
  const region = () => page.evaluate(() => document.activeElement?.closest('header, main, aside, footer')?.tagName ?? null)
  const walked: (string | null)[] = []
  for (let press = 0; press < 5; press += 1) {
    await page.keyboard.press('F6')
    walked.push(await region())
  }
  expect(walked).toEqual(['HEADER', 'MAIN', 'ASIDE', 'FOOTER', 'HEADER'])
  await page.keyboard.press('Shift+F6')
  expect(await region()).toBe('FOOTER')
})

test.describe('the sync window', () => {
  test('opens on what waits for somebody, grouped by cause; one button frees a group', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await expect(page.getByTestId('tab-todo')).toHaveAttribute('aria-selected', 'true')
    const cause = page.locator('[data-testid="cause"][data-code="traits-differ"]')
    await expect(cause.getByTestId('todo-item')).toHaveCount(2)
    await cause.getByRole('button', { name: 'Réessayer le groupe' }).click()
    await expect.poll(() => fresh.world.asked.find((one) => one.name === 'items.retry')?.input).toEqual({ reason: 'traits-differ' })
    await expect(page.getByTestId('announce-polite')).toHaveText('2 documents remis en route')
  })

  test('is live: an item that goes out moves by itself', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-journal').click()
    const state = page.locator('[data-item="item-2"] [data-testid="item-state"]')
    await expect(state).toHaveText(/En cours/)
    fresh.world.items = fresh.world.items.map((one) => (one.id === 'item-2' ? { ...one, state: 'deposited', settledAt: new Date().toISOString() } : one))
    fresh.world.status = statusOf(fresh.world.items)
    fresh.tell('items')
    fresh.tell('status')
    await expect(state).toHaveText(/Envoyé/)
    await expect(page.getByTestId('tab-sent')).toContainText('31')
    await expect(page.getByTestId('sum')).toContainText('42 reçus = 31 envoyés')
  })

  test('is driven by the keyboard: tabs, rows, drawer, search', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-todo').focus()
    await page.keyboard.press('ArrowRight')
    await expect(page.getByTestId('tab-pending')).toHaveAttribute('aria-selected', 'true')
    await page.getByTestId('item-row').first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('trace')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    await expect(page.getByTestId('item-row').nth(1)).toBeFocused()
    await page.keyboard.press('/')
    await expect(page.getByTestId('search')).toBeFocused()
    await page.keyboard.type('abadie')
    await expect(page.getByTestId('results')).toHaveText('1 document')
  })

  test('shows who a document could be of, side by side, and confirms only a qualified patient', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-testid="todo-item"][data-item="item-4"]').getByRole('button').click()
    const candidates = page.getByTestId('candidate')
    await expect(candidates).toHaveCount(2)
    await expect(candidates.nth(0)).toContainText('différent')
    await expect(candidates.nth(1).getByRole('button')).toBeDisabled()
    await candidates.nth(0).getByRole('button', { name: "C’est ce patient" }).click()
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    const chosen = fresh.world.items.find((one) => one.id === 'item-4')
    if (!chosen) throw new Error('no item-4')
    expect(fresh.world.asked.find((one) => one.name === 'items.assignPatient')?.input).toEqual({ id: 'item-4', patientId: itemDetail(chosen).candidates[0]?.patientId })
  })

  test('shows the document beside the patients it could be of, by the keyboard, and gives the keyboard back', async ({ page, fresh }) => {
    waitForPatient(fresh.world, pdfContent)
    fresh.world.attachment = await makePdf(2)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(fresh.address('sync'))
    const row = page.locator('[data-item="item-4"]').getByRole('button')
    await row.focus()
    await page.keyboard.press('Enter')
    const see = page.getByTestId('drawer-see')
    await expect(page.getByTestId('candidate')).toHaveCount(2)
    const asked = () => fresh.world.asked.filter(({ name }) => name === 'items.content' || name === 'items.attachment')
    // Nothing is opened, thus nothing told to the trace, before somebody asks.
    expect(asked()).toEqual([])
    await see.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('item-document')).toBeFocused()
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('Laboratoire Voltaire')
    expect(asked()).toEqual([
      { name: 'items.content', input: { id: 'item-4' } },
      { name: 'items.attachment', input: { id: 'item-4', index: 0 } },
    ])
    await expect(page.locator('[data-page="1"]')).toBeInViewport()
    for (const candidate of await page.getByTestId('candidate').all()) await expect(candidate).toBeInViewport({ ratio: 1 })
    // What the connector tells of its items meanwhile opens nothing again.
    fresh.tell('items')
    await expect.poll(() => fresh.world.asked.filter(({ name }) => name === 'items.get').length).toBeGreaterThan(1)
    expect(asked()).toHaveLength(2)
    await see.focus()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('item-document')).toHaveCount(0)
    await expect(see).toBeFocused()
    await expect(see).toHaveAttribute('aria-expanded', 'false')
    // Seen again it is asked, and told, again.
    await page.keyboard.press('Enter')
    await expect.poll(() => asked().length).toBe(4)
    await page.getByTestId('candidate').first().getByRole('button').press('Enter')
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    expect(fresh.world.asked.findLast(({ name }) => name === 'items.assignPatient')?.input).toEqual({ id: 'item-4', patientId: 'p-5' })
  })

  test('looks for any patient known here, by the keyboard, and chooses one only once the document is seen', async ({ page, fresh }) => {
    waitForPatient(fresh.world, pdfContent)
    fresh.world.attachment = await makePdf(2)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(fresh.address('sync'))
    await findPatient(page, 'du')
    const field = page.getByTestId('find-patient')
    await field.pressSequentially('pont 14/03/1936')
    const [may, mayNot] = [page.getByTestId('found-patient').nth(0), page.getByTestId('found-patient').nth(1)]
    await expect(may).toContainText('DUPONT-LA-JOIE')
    await expect(page.getByTestId('announce-polite')).toHaveText('2 patients trouvés')
    const searches = () => fresh.world.asked.filter(({ name }) => name === 'items.findPatients').map(({ input }) => input)
    expect(searches().at(-1)).toEqual({ id: 'item-4', typed: 'dupont 14/03/1936' })
    await expect(may.getByRole('button')).toBeDisabled()
    await expect(may).toContainText('Voyez d’abord le document.')
    await expect(mayNot).toContainText('dit un autre patient')
    await page.getByTestId('drawer-see').press('Enter')
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('Laboratoire Voltaire')
    await expect(mayNot.getByRole('button')).toBeDisabled()
    // Enter, which a scanner types too, goes to what was found and chooses nobody.
    await field.press('Enter')
    await expect(page.getByTestId('found-patients')).toBeFocused()
    expect(fresh.world.asked.some(({ name }) => name === 'items.assignPatient')).toBe(false)
    await page.keyboard.press('Tab')
    await expect(may.getByRole('button')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    expect(fresh.world.asked.findLast(({ name }) => name === 'items.assignPatient')?.input).toEqual({ id: 'item-4', patientId: 'p-8' })
  })

  test('is looked for by a scan while the button of who was found has the focus, and is not given to them by it', async ({ page, fresh }) => {
    waitForPatient(fresh.world, pdfContent)
    fresh.world.attachment = await makePdf(2)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(fresh.address('sync'))
    await findPatient(page)
    await page.getByTestId('drawer-see').press('Enter')
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('Laboratoire Voltaire')
    await page.getByTestId('found-patient').first().getByRole('button').focus()
    await scans(page, '259027512345685')
    await expect(page.getByTestId('find-patient')).toHaveValue('259027512345685')
    await expect(page.getByTestId('find-patient')).toBeFocused()
    await expect(page.getByTestId('item-drawer')).toBeVisible()
    expect(fresh.world.asked.some(({ name }) => name === 'items.assignPatient')).toBe(false)
  })

  test('is given to nobody unseen when its text names another, whom it names beside', async ({ page, fresh }) => {
    nameAnother(fresh.world)
    fresh.world.attachment = await makePdf(2)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button').click()
    const [announced, named] = [page.getByTestId('candidate').first(), page.getByTestId('named-patient')]
    await expect(named).toContainText('LE GOAZIOU')
    for (const card of [announced, named]) {
      await expect(card.getByRole('button')).toBeDisabled()
      await expect(card).toContainText('Voyez d’abord le document.')
    }
    await page.getByTestId('drawer-see').press('Enter')
    await expect(announced.getByRole('button')).toBeEnabled()
    await expect(named).not.toContainText('Voyez d’abord')
    await named.getByRole('button').press('Enter')
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    expect(fresh.world.asked.findLast(({ name }) => name === 'items.assignPatient')?.input).toEqual({ id: 'item-4', patientId: 'p-8' })
  })

  test('asks about whole numbers, names and days alone, and shows nobody found by what was typed before', async ({ page, fresh }) => {
    waitForPatient(fresh.world, pdfContent)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await findPatient(page)
    await expect(page.getByTestId('found-patient')).toHaveCount(2)
    await page.getByTestId('find-patient').fill('284069999999967')
    await expect(page.getByTestId('found-patient')).toHaveCount(0)
    await expect(page.getByTestId('find-refused')).toHaveAttribute('data-code', 'wrong-key')
    await page.getByTestId('find-patient').fill('d')
    await expect(page.getByTestId('find-refused')).toHaveCount(0)
    await page.getByTestId('find-patient').fill('284069999999968')
    await expect(page.getByTestId('found-patient')).toHaveCount(2)
    expect(fresh.world.asked.filter(({ name }) => name === 'items.findPatients').map(({ input }) => (input as { typed: string }).typed)).toEqual(['dupont', '284069999999968'])
  })

  test('looks for nobody else where the document names its patient itself', async ({ page, fresh }) => {
    waitForPatient(fresh.world, pdfContent)
    fresh.world.mayFindPatient = false
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button').click()
    await expect(page.getByTestId('candidate')).toHaveCount(2)
    await expect(page.getByTestId('find-patient')).toHaveCount(0)
  })

  test('keeps the document and the first choice in sight on a narrow window, and closes all of it by Escape', async ({ page, fresh }) => {
    waitForPatient(fresh.world, pdfContent)
    fresh.world.attachment = await makePdf(2)
    await page.setViewportSize({ width: 320, height: 700 })
    await page.goto(fresh.address('sync'))
    await seeDocument(page)
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('Laboratoire Voltaire')
    const [document, choice] = [await page.locator('.pdf-pages').boundingBox(), await page.getByTestId('drawer-see').boundingBox()]
    expect(document!.height).toBeGreaterThan(150)
    expect(choice!.y + choice!.height).toBeLessThan(700 - 150)
    await page.getByTestId('candidate').first().getByRole('button').scrollIntoViewIfNeeded()
    await expect(page.locator('[data-page="1"]')).toBeInViewport()
    await page.getByTestId('item-document').focus()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    await expect(page.locator('[data-item="item-4"]').getByRole('button')).toBeFocused()
  })

  test('shows the text and the PDF of a CDA, a message as plain words, and runs nothing of either', async ({ page, fresh }) => {
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
    const { attachments } = openedDocument()
    waitForPatient(fresh.world, { sections: [{ title: hostile, code: null, nodes: [{ kind: 'link', href: 'javascript:alert(3)', children: [{ kind: 'text', text: hostile }] }], sections: [] }], attachments, text: null })
    fresh.world.attachment = await makePdf(1, { script: 'app.alert("4")' })
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await seeDocument(page)
    const document = page.getByTestId('item-document')
    await expect(document.getByTestId('narrative')).toContainText('onerror')
    await document.getByTestId('document-pdf').click()
    await expect(document.locator('.textLayer span').first()).toBeAttached()
    await expect(document.locator('img, a, script, iframe')).toHaveCount(0)
    await page.keyboard.press('Escape')
    fresh.world.content = { sections: [], attachments: [], text: { value: `PID|1\rOBX|${hostile}\r`, isCut: false } }
    await seeDocument(page)
    await expect.poll(() => document.locator('pre').evaluate((shown) => shown.textContent)).toBe(`PID|1\nOBX|${hostile}\n`)
    await expect(document.locator('img, a, script, iframe')).toHaveCount(0)
    expect(dialogs).toEqual([])
  })

  test('says why a document cannot be seen, and shows it once it can', async ({ page, fresh }) => {
    waitForPatient(fresh.world, 'program-failed')
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await seeDocument(page)
    const document = page.getByTestId('item-document')
    await expect(document.locator('[data-code="program-failed"]').first()).toBeVisible()
    fresh.world.content = { sections: [], attachments: [], text: { value: 'PID|1', isCut: false } }
    await document.getByRole('button', { name: 'Réessayer' }).click()
    await expect(document.getByTestId('raw-text')).toHaveText('PID|1')
  })

  test('sets a document aside only with a reason, and says when that is refused', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-testid="todo-item"][data-item="item-7"]').getByRole('button').click()
    await page.getByRole('button', { name: 'Mettre de côté' }).click()
    await expect(page.getByRole('button', { name: 'Mettre de côté' })).toBeDisabled()
    await page.getByTestId('dismiss-why').fill('Doublon papier')
    fresh.world.refuse = 'not-found'
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('drawer-refused')).toHaveAttribute('data-code', 'not-found')
    fresh.world.refuse = null
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    expect(fresh.world.asked.findLast((one) => one.name === 'items.dismiss')?.input).toEqual({ id: 'item-7', why: 'Doublon papier' })
  })

  test('suspends from the menu and resumes', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('pause').press('Enter')
    await page.getByRole('menuitem', { name: 'Sans limite' }).press('Enter')
    await expect.poll(() => fresh.world.asked.find((one) => one.name === 'status.pause')?.input).toEqual({ until: null })
    fresh.world.status = statusOf(fresh.world.items, { state: 'paused', paused: { until: null } })
    fresh.tell('status')
    await page.getByTestId('resume').click()
    await expect.poll(() => fresh.world.asked.some((one) => one.name === 'status.resume')).toBe(true)
  })

  test('holds thousands: draws what is seen, asks the next page by its cursor', async ({ page, fresh }) => {
    fresh.world.items = Array.from({ length: 5_000 }, (_, number) => item(number, 'deposited'))
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-sent').click()
    await expect(page.getByTestId('results')).toHaveText(/5.?000 documents/)
    await expect(page.getByTestId('item-row').first()).toBeVisible()
    expect(await page.getByTestId('item-row').count()).toBeLessThan(60)
    const box = page.locator('.items-box [role="grid"]')
    await box.hover()
    await expect
      .poll(async () => {
        await page.mouse.wheel(0, 4000)
        return fresh.world.asked.filter((one) => one.name === 'items.list' && (one.input as { cursor: string | null }).cursor === '200').length
      })
      .toBe(1)
    expect(await page.getByTestId('item-row').count()).toBeLessThan(60)
  })

  test('holds a document back from its drawer, which stays open on what can now be chosen in peace', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-pending').click()
    await page.locator('[data-item="item-1"]').click()
    const drawer = page.getByTestId('item-drawer')
    await drawer.getByTestId('drawer-hold').press('Enter')
    await expect(drawer.locator('[data-testid="item-state"][data-reason="held-by-user"]')).toHaveText(/Retenu/)
    expect(fresh.world.asked.find((one) => one.name === 'items.hold')?.input).toEqual({ id: 'item-1' })
    await expect(page.getByTestId('announce-polite')).toHaveText(/Document retenu/)
    await expect(drawer.locator('.drawer-state')).toBeFocused()
    await expect(drawer.getByTestId('drawer-hold')).toHaveCount(0)
    await expect(drawer.getByTestId('visibility')).not.toContainText('à tout moment')
    await drawer.getByRole('button', { name: 'Envoyer' }).click()
    await expect(drawer).toBeHidden()
    expect(fresh.world.asked.find((one) => one.name === 'items.retry')?.input).toEqual({ ids: ['item-1'] })
  })

  test('lets the type of a document be chosen, by the keyboard: none beforehand, the commonest first, and nothing is asked while one is still choosing', async ({ page, fresh }) => {
    standForType(fresh.world)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    const row = page.locator('[data-item="item-4"]').getByRole('button', { name: 'Choisir le type' })
    await row.focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByTestId('item-drawer')
    const options = drawer.getByTestId('type-option')
    const asked = () => fresh.world.asked.filter(({ name }) => name === 'items.chooseType').map(({ input }) => input)
    await expect(options).toHaveCount(9)
    await expect(drawer.getByRole('radio', { name: /Prescription de produits de santé/ })).toHaveAttribute('value', '57833-6')
    await expect(options.first()).toHaveAttribute('value', '57833-6')
    await expect(drawer.locator('input[name$="-type"]:checked')).toHaveCount(0)
    await expect(drawer.getByTestId('confirm-type')).toBeDisabled()
    await expect(drawer.getByTestId('type-chosen')).toHaveText('Aucun type choisi')
    await drawer.getByTestId('find-type').focus()
    await page.keyboard.type('operatoire')
    await expect(page.getByTestId('announce-polite')).toHaveText('2 types trouvés')
    // Enter in the field chooses nothing.
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await expect(drawer.getByTestId('type-chosen')).toHaveText('Type choisi\u00a0: CR opératoire')
    await page.keyboard.press('ArrowDown')
    await expect(drawer.getByTestId('type-chosen')).toContainText('Évaluation postopératoire')
    await page.keyboard.press('ArrowUp')
    // What was chosen stays so, and in words, whatever is looked for since.
    await drawer.getByTestId('find-type').fill('facture')
    await expect(drawer.getByTestId('types-found')).toHaveText('Aucun type ne contient ces mots.')
    await expect(drawer.getByTestId('type-chosen')).toContainText('CR opératoire')
    expect(asked()).toEqual([])
    await page.keyboard.press('Tab')
    await expect(drawer.getByTestId('confirm-type')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(drawer).toBeHidden()
    await expect(page.getByTestId('announce-polite')).toHaveText('Type enregistré')
    expect(asked()).toEqual([{ id: 'item-4', typeCode: '34874-8' }])
  })

  test('shows every type on demand, and keeps what was chosen when the choice is refused', async ({ page, fresh }) => {
    standForType(fresh.world, 'type-not-accepted')
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button').click()
    await page.getByTestId('all-types').click()
    const options = page.getByTestId('type-option')
    await expect(options).toHaveCount(givenTypes.length)
    await options.nth(10).focus()
    await page.keyboard.press('Space')
    // The act stays at hand, and hides no type the keyboard is on.
    for (let at = 11; at < 40; at += 1) {
      await page.keyboard.press('ArrowDown')
      const [option, act] = [await options.nth(at).boundingBox(), await page.getByTestId('confirm-type').boundingBox()]
      expect(option!.y + option!.height).toBeLessThan(act!.y)
    }
    await expect(page.getByTestId('confirm-type')).toBeInViewport({ ratio: 1 })
    await page.setViewportSize({ width: 320, height: 700 })
    await page.getByRole('radio', { name: 'Note de vaccination' }).check()
    await page.getByTestId('all-types').click()
    await expect(page.getByTestId('type-option')).toHaveCount(9)
    fresh.world.refuse = 'not-found'
    await page.getByTestId('confirm-type').click()
    await expect(page.getByTestId('drawer-refused')).toHaveAttribute('data-code', 'not-found')
    await expect(page.getByTestId('type-chosen')).toContainText('Note de vaccination')
  })

  test('asks neither type nor author of what stands for another cause', async ({ page, fresh }) => {
    waitForPatient(fresh.world, pdfContent)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button').click()
    await expect(page.getByTestId('candidate')).toHaveCount(2)
    await expect(page.getByTestId('type-choice')).toHaveCount(0)
    await expect(page.getByTestId('author-choice')).toHaveCount(0)
  })

  test('lets the author of a document be chosen among the professionals of the practice, by the keyboard: none beforehand, and nothing is asked while one is still choosing', async ({ page, fresh }) => {
    standForAuthor(fresh.world)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button', { name: 'Choisir l’auteur' }).focus()
    await page.keyboard.press('Enter')
    const drawer = page.getByTestId('item-drawer')
    const asked = () => fresh.world.asked.filter(({ name }) => name === 'items.chooseAuthor').map(({ input }) => input)
    await expect(drawer.getByRole('group', { name: 'Qui a écrit ce document\u00a0?' }).getByRole('radio')).toHaveCount(4)
    await expect(drawer.getByRole('radio', { name: 'PETIT Claire, Cabinet du Port Médecin - Médecine Générale (SM)' })).toHaveAttribute('value', '{"authorId":"899900000101","structureId":"499900000012001"}')
    await expect(drawer.locator('input[name$="-author"]:checked')).toHaveCount(0)
    await expect(drawer.getByTestId('confirm-author')).toBeDisabled()
    await expect(drawer.getByTestId('author-chosen')).toHaveText('Aucun auteur choisi')
    await drawer.getByTestId('author-option').first().focus()
    await page.keyboard.press('Space')
    for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowDown')
    await expect(drawer.getByTestId('author-chosen')).toHaveText('Auteur choisi\u00a0: ROUX Hugo')
    expect(asked()).toEqual([])
    await page.keyboard.press('Tab')
    await expect(drawer.getByTestId('confirm-author')).toBeFocused()
    fresh.world.refuse = 'author-not-ours'
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('drawer-refused')).toHaveAttribute('data-code', 'author-not-ours')
    await expect(drawer.getByTestId('author-chosen')).toContainText('ROUX Hugo')
    fresh.world.refuse = null
    await drawer.getByTestId('confirm-author').press('Enter')
    await expect(drawer).toBeHidden()
    await expect(page.getByTestId('announce-polite')).toHaveText('Auteur enregistré')
    expect(asked().at(-1)).toEqual({ id: 'item-4', authorId: '899900000103' })
  })

  test('shows the author a person said before, who is not said again, and takes another', async ({ page, fresh }) => {
    standForAuthor(fresh.world, '899900000102')
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button').click()
    const drawer = page.getByTestId('item-drawer')
    await expect(drawer.getByTestId('author-chosen')).toHaveText('Auteur choisi\u00a0: DE LA ROCHEFOUCAULD-MONTBEL Jean-Baptiste')
    await expect(drawer.locator('input[name$="-author"]:checked')).toHaveValue('{"authorId":"899900000102"}')
    await expect(drawer.getByTestId('confirm-author')).toBeDisabled()
    await drawer.getByTestId('author-option').first().check()
    await drawer.getByTestId('confirm-author').click()
    await expect(drawer).toBeHidden()
    expect(fresh.world.asked.find(({ name }) => name === 'items.chooseAuthor')?.input).toEqual({ id: 'item-4', authorId: '899900000101', structureId: '499900000012001' })
  })

  test('shows who was said meanwhile in another window, and keeps what is picked here', async ({ page, fresh }) => {
    standForAuthor(fresh.world, '899900000102')
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button').click()
    const drawer = page.getByTestId('item-drawer')
    await expect(drawer.getByTestId('author-chosen')).toContainText('DE LA ROCHEFOUCAULD-MONTBEL')
    standForAuthor(fresh.world, '899900000103')
    fresh.tell('items')
    await expect(drawer.getByTestId('author-chosen')).toHaveText('Auteur choisi\u00a0: ROUX Hugo')
    await expect(drawer.locator('input[name$="-author"]:checked')).toHaveValue('{"authorId":"899900000103"}')
    await expect(drawer.getByTestId('confirm-author')).toBeDisabled()
    await drawer.getByTestId('author-option').first().check()
    const asked = () => fresh.world.asked.filter(({ name }) => name === 'items.get').length
    const before = asked()
    standForAuthor(fresh.world, '899900000102')
    fresh.tell('items')
    await expect.poll(asked).toBeGreaterThan(before)
    await expect(drawer.getByTestId('author-chosen')).toContainText('PETIT Claire')
    await expect(drawer.getByTestId('confirm-author')).toBeEnabled()
  })

  test('asks where its author wrote it, of one who works at several places', async ({ page, fresh }) => {
    standForPlace(fresh.world)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.locator('[data-item="item-4"]').getByRole('button', { name: 'Choisir le lieu' }).click()
    const drawer = page.getByTestId('item-drawer')
    await expect(drawer.getByRole('group', { name: 'Où ce document a-t-il été écrit\u00a0?' }).getByRole('radio')).toHaveCount(2)
    await drawer.getByRole('radio', { name: /^Maison de santé/ }).check()
    await expect(drawer.getByTestId('place-chosen')).toContainText('Lieu choisi\u00a0: Maison de santé')
    await drawer.getByTestId('confirm-place').click()
    await expect(drawer).toBeHidden()
    expect(fresh.world.asked.find(({ name }) => name === 'items.chooseAuthor')?.input).toEqual({ id: 'item-4', authorId: '899900000101', structureId: '199900001' })
  })

  test('lets who sees a document be chosen, by the keyboard, one document at a time; never masked and invisible to the patient at once', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-pending').click()
    await page.locator('[data-item="item-1"]').click()
    const drawer = page.getByTestId('item-drawer')
    const save = drawer.getByRole('button', { name: 'Enregistrer' })
    await expect(drawer.getByTestId('audience-hiddenFromPatient')).toBeChecked()
    await expect(save).toBeDisabled()
    await drawer.getByTestId('audience-hiddenFromPatient').focus()
    await page.keyboard.press('ArrowUp')
    await expect(drawer.getByTestId('audience-masked')).toBeChecked()
    await page.keyboard.press('Tab')
    await expect(drawer.getByTestId('hide-from-representatives')).toBeFocused()
    await page.keyboard.press('Space')
    // Nothing is asked while one is still choosing.
    expect(fresh.world.asked.filter((one) => one.name === 'items.setVisibility')).toEqual([])
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('announce-polite')).toHaveText('Visibilité enregistrée')
    expect(fresh.world.asked.filter((one) => one.name === 'items.setVisibility').map((one) => one.input)).toEqual([{ id: 'item-1', visibility: { masked: true, hiddenFromPatient: false, hiddenFromRepresentatives: true } }])
    await expect(save).toBeDisabled()
    await expect(drawer.locator('.drawer-state')).toContainText('Masqué')
    await page.keyboard.press('Escape')
    // The choice was for that document: the next one starts from its own.
    await page.locator('[data-item="item-0"]').click()
    await expect(drawer.getByTestId('audience-everyone')).toBeChecked()
  })

  test('says in plain words when the record would let nobody see a document, and keeps what was chosen', async ({ page, fresh }) => {
    const state = windowStates.find((one) => one.name === 'sync-drawer-visibility-refused')
    if (!state) throw new Error('sync-drawer-visibility-refused')
    await show(page, fresh, state)
    await expect(page.getByTestId('visibility-refused')).toContainText('ne serait visible de personne')
    await expect(page.getByTestId('audience-masked')).toBeChecked()
    await page.getByTestId('audience-everyone').check()
    await expect(page.getByTestId('visibility-refused')).toHaveCount(0)
  })

  test('shows a combination its source asked for and the record forbids as no choice, and asks for one', async ({ page, fresh }) => {
    fresh.world.items = [item(1, 'parked', { reason: 'visibility-forbidden', visibility: { masked: true, hiddenFromPatient: true, hiddenFromRepresentatives: false } })]
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('todo-item').getByRole('button').click()
    await expect(page.getByTestId('visibility-nobody')).toBeVisible()
    await expect(page.getByRole('radio', { checked: true })).toHaveCount(0)
    await page.getByTestId('audience-masked').check()
    await expect(page.getByTestId('visibility-nobody')).toHaveCount(0)
  })

  test('says why who sees a document can no longer be chosen: sending, sent, tried', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-journal').click()
    for (const [id, why] of [['item-2', 'L’envoi est commencé'], ['item-8', 'déjà été tenté'], ['item-10', 'n’est pas à envoyer'], ['item-12', 'dans le dossier partagé']] as const) {
      await page.locator(`[data-item="${id}"]`).click()
      await expect(page.getByTestId('visibility-fixed')).toContainText(why)
      await expect(page.getByRole('radio')).toHaveCount(0)
      await expect(page.getByTestId('drawer-hold')).toHaveCount(0)
      await page.keyboard.press('Escape')
      await expect(page.getByTestId('item-drawer')).toBeHidden()
    }
  })

  test('says of a document that waits for its patient, is stopped or is held that it does not leave by itself', async ({ page, fresh }) => {
    fresh.world.items = [item(1, 'waiting', { waitingFor: 'patient', reason: 'text-names-another' }), item(2, 'parked', { reason: 'author-missing' }), item(4, 'waiting', { waitingFor: 'until', reason: 'held-by-user' }), item(5, 'ready')]
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-journal').click()
    for (const [id, when] of [['item-1', 'tant que son patient n’est pas confirmé'], ['item-2', 'Il est arrêté'], ['item-4', 'Il est retenu'], ['item-5', 'Il peut partir à tout moment']] as const) {
      await page.locator(`[data-item="${id}"]`).click()
      await expect(page.getByTestId('visibility-leaves')).toContainText(when)
      await page.keyboard.press('Escape')
      await expect(page.getByTestId('item-drawer')).toBeHidden()
    }
  })

  test('says in French what the connector keeps with a document, and whom a person chose for it', async ({ page, fresh }) => {
    fresh.world.items = [item(7, 'parked', { reason: 'format-unsupported', reasonDetail: 'picture (PNG)', patient: null, title: null, documentTypeLabel: null, source: { kind: 'folder', name: 'Scanner accueil', reference: 'carte.png' } }), item(5, 'deposited')]
    fresh.world.status = statusOf(fresh.world.items)
    const line = { at: ago(1), event: 'moved', reason: null, detail: null }
    fresh.world.trace = [
      { ...line, from: 'waiting', to: 'received', detail: 'patient chosen by a person' },
      { ...line, from: 'received', to: 'ready' },
      { ...line, from: 'ready', to: 'received', event: 'changed', detail: 'visibility chosen by a person' },
      { ...line, from: 'ready', to: 'received', event: 'said-again', detail: 'received again, announced otherwise: type, visibility' },
    ]
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-journal').click()
    await page.locator('[data-item="item-7"]').click()
    await expect(page.getByTestId('reason')).toContainText('image (PNG)')
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('item-drawer')).toBeHidden()
    await page.locator('[data-item="item-5"]').click()
    await expect(page.getByTestId('trace')).toContainText('Patient choisi par une personne\u00a0: DURAND Paul, 03/06/1980')
    await expect(page.getByTestId('trace')).toContainText('Visibilité choisie par une personne')
    await expect(page.getByTestId('trace')).toContainText('Reçu à nouveau, annoncé autrement\u00a0: type, visibilité')
    await expect(page.getByTestId('trace')).not.toContainText('chosen')
  })

  test('names what was refused or set aside as it came, with the detail after it, and says what was not read', async ({ page, fresh }) => {
    const unread = { patient: null, title: null, documentTypeLabel: null }
    fresh.world.items = [
      item(1, 'parked', { ...unread, reason: 'format-unsupported', reasonDetail: 'archive (ZIP)', source: { kind: 'folder', name: 'Export du logiciel', reference: 'envoi.zip' } }),
      item(2, 'parked', { reason: 'author-not-ours', reasonDetail: '10009999999', source: { kind: 'folder', name: 'Export du logiciel', reference: 'courrier.pdf' } }),
      item(4, 'parked', { ...unread, reason: 'pdf-truncated', source: { kind: 'folder', name: 'Export du logiciel', reference: 'bilan.pdf' } }),
      item(5, 'waiting', { ...unread, reason: 'patient-unknown', waitingFor: 'patient', source: { kind: 'folder', name: 'Export du logiciel', reference: 'scan.pdf' } }),
      item(7, 'ignored', { reason: 'dismissed-by-user', source: { kind: 'folder', name: 'Export du logiciel', reference: 'doublon.pdf' } }),
    ]
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    const waits = (id: string) => page.locator(`[data-testid="todo-item"][data-item="${id}"]`)
    await expect(waits('item-1')).toContainText('envoi.zip')
    await expect(waits('item-1')).toContainText('archive (ZIP)')
    await expect(waits('item-1').getByText('envoi.zip')).toHaveCount(1)
    await expect(waits('item-2')).toContainText('courrier.pdf · 10009999999')
    await expect(waits('item-4')).toContainText('Document non lu')
    await expect(waits('item-5')).toContainText('Patient non identifié')
    await page.getByTestId('tab-journal').click()
    await expect(page.locator('[data-item="item-1"]')).toContainText('envoi.zip')
    await expect(page.locator('[data-item="item-2"]')).toContainText('courrier.pdf')
    await expect(page.locator('[data-item="item-4"]')).toContainText('Document non lu')
    await expect(page.locator('[data-item="item-7"]')).toContainText('doublon.pdf')
  })

  test('takes up again what a person set aside, from the journal, and nothing else that is ignored', async ({ page, fresh }) => {
    fresh.world.items = [item(1, 'ignored', { reason: 'dismissed-by-user' }), item(2, 'ignored', { reason: 'already-received' })]
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-journal').click()
    await page.locator('[data-item="item-2"]').click()
    await expect(page.getByTestId('trace')).toBeVisible()
    await expect(page.getByTestId('drawer-take-up')).toHaveCount(0)
    await page.keyboard.press('Escape')
    await page.locator('[data-item="item-1"]').click()
    await page.getByTestId('drawer-take-up').click()
    await expect(page.getByTestId('drawer-take-up')).toHaveCount(0)
    expect(fresh.world.asked.filter(({ name }) => name === 'items.retry')).toEqual([{ name: 'items.retry', input: { ids: ['item-1'] } }])
  })

  test('names each state in words of its own', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('tab-journal').click()
    const states = await page.locator('select option').allTextContents()
    expect(states).toContain('Attend son tour')
    expect(new Set(states).size).toBe(states.length)
  })

  test('says that nothing to deal with matches a search, and how many match elsewhere, one press away', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await page.getByTestId('search').fill('abadie')
    const elsewhere = page.getByTestId('found-elsewhere')
    await expect(page.getByTestId('todo-item')).toHaveCount(1)
    await expect(elsewhere).toHaveCount(0)
    fresh.world.items = fresh.world.items.map((one) => (one.id === 'item-8' ? { ...one, state: 'ignored', reason: 'dismissed-by-user' } : one))
    fresh.world.status = statusOf(fresh.world.items)
    fresh.tell('items')
    fresh.tell('status')
    await expect(elsewhere).toContainText('Rien à traiter ne correspond à la recherche.')
    await expect(page.getByTestId('found-in-pending')).toHaveText('En attente\u00a0: 1 document')
    await expect(page.getByTestId('found-in-journal')).toHaveText('Journal\u00a0: 6 documents')
    await page.getByTestId('search').fill('personne de ce nom')
    await expect(elsewhere).toHaveText('Aucun document ne correspond à la recherche.')
    await page.getByTestId('search').fill('abadie')
    await page.getByTestId('found-in-pending').press('Enter')
    await expect(page.getByTestId('tab-pending')).toHaveAttribute('aria-selected', 'true')
    await expect(page.getByTestId('tab-pending')).toBeFocused()
    await expect(page.getByTestId('results')).toHaveText('1 document')
    fresh.world.items = fresh.world.items.filter(({ state }) => state !== 'parked' && state !== 'waiting')
    fresh.world.status = statusOf(fresh.world.items)
    fresh.tell('items')
    fresh.tell('status')
    await page.getByTestId('tab-todo').click()
    await expect(elsewhere).toContainText('Rien à traiter ne correspond à la recherche.')
    await page.getByTestId('search').fill('')
    await expect(page.getByTestId('todo-empty')).toBeVisible()
  })

  test('counts offline only what goes by itself once the network is back', async ({ page, fresh }) => {
    const waits = (number: number) => item(number, 'waiting', { waitingFor: 'patient', reason: 'patient-to-confirm' })
    fresh.world.items = [item(1, 'waiting', { waitingFor: 'network', reason: 'record-unreachable' }), waits(2), waits(3), waits(4), item(5, 'waiting', { waitingFor: 'until', reason: 'held-by-user' }), item(7, 'waiting', { waitingFor: 'session', reason: 'card-absent' }), item(8, 'parked', { reason: 'pdf-truncated' })]
    fresh.world.status = statusOf(fresh.world.items, { state: 'offline', circuit: { state: 'open', reason: 'record-unreachable', retryAt: null } })
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await expect(page.getByTestId('global-state')).toHaveText(/Hors ligne.*\u00a0: 1 envoi en attente/)
  })

  test('marks in words, in every list, what not everybody will see', async ({ page, fresh }) => {
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await expect(page.locator('[data-testid="todo-item"][data-item="item-9"]').getByTestId('visibility-mark')).toContainText('Masqué')
    await page.getByTestId('tab-journal').click()
    await expect(page.locator('[data-item="item-1"]').getByTestId('visibility-mark')).toContainText('Invisible au patient')
    await expect(page.locator('[data-item="item-0"]').getByTestId('visibility-mark')).toHaveCount(0)
  })

  test('sends a batch held together behind one confirmation that names the number; Escape sends nothing', async ({ page, fresh }) => {
    fresh.world.items = heldBatch(312)
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    const cause = page.locator('[data-testid="cause"][data-code="burst-held"]')
    await expect(cause.getByRole('heading')).toContainText('312 documents')
    await expect(cause.getByTestId('batch-facts')).toContainText(/Export du logiciel \(280\) et Scanner accueil \(32\) · retenus depuis/)
    await expect(cause.getByTestId('todo-item')).toHaveCount(0)
    const send = cause.getByRole('button', { name: 'Envoyer les 312' })
    await send.press('Enter')
    await expect(page.getByTestId('batch-confirm')).toContainText('Envoyer ces 312 documents au dossier partagé')
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('batch-confirm')).toBeHidden()
    await expect(send).toBeFocused()
    expect(fresh.world.asked.filter((one) => one.name === 'items.retry')).toEqual([])
    await send.press('Enter')
    await page.keyboard.press('Tab')
    await expect(page.getByTestId('batch-confirmed')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('announce-polite')).toHaveText('312 documents remis en route')
    expect(fresh.world.asked.filter((one) => one.name === 'items.retry').map((one) => one.input)).toEqual([{ reason: 'burst-held' }])
  })

  test('sets a batch held together aside, with a reason and not without one; Escape sets nothing aside', async ({ page, fresh }) => {
    fresh.world.items = heldBatch(312)
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    const dismiss = page.getByTestId('batch-dismiss')
    await dismiss.press('Enter')
    await expect(page.getByTestId('dismiss-why')).toBeFocused()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('batch-dismiss-form')).toBeHidden()
    await expect(dismiss).toBeFocused()
    expect(fresh.world.asked.filter((one) => one.name === 'items.dismissHeld')).toEqual([])
    await dismiss.press('Enter')
    await page.keyboard.type('Copie de vieux dossiers')
    await expect(page.getByTestId('dismiss-confirm')).toHaveText('Mettre de côté les 312')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('announce-polite')).toHaveText('312 documents mis de côté')
    expect(fresh.world.asked.filter((one) => one.name === 'items.dismissHeld').map((one) => one.input)).toEqual([{ reason: 'burst-held', why: 'Copie de vieux dossiers' }])
  })

  test('shows a batch as a list of its own, the keyboard with it, and the way back', async ({ page, fresh }) => {
    const state = windowStates.find((one) => one.name === 'sync-held-batch-seen')
    if (!state) throw new Error('sync-held-batch-seen')
    await show(page, fresh, state)
    await expect(page.getByTestId('tab-journal')).toHaveAttribute('aria-selected', 'true')
    await expect(page.getByTestId('only-reason')).toBeFocused()
    await expect(page.getByTestId('results')).toHaveText('312 documents')
    await expect(page.getByTestId('item-row').first()).toContainText('Arrivés en nombre')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('search')).toBeFocused()
    await expect(page.getByTestId('results')).toHaveText('354 documents')
  })

  test('lets go one by one what was held back one by one', async ({ page, fresh }) => {
    fresh.world.items = [item(1, 'waiting', { waitingFor: 'until', reason: 'held-by-user' }), item(2, 'waiting', { waitingFor: 'until', reason: 'held-by-user' })]
    fresh.world.status = statusOf(fresh.world.items)
    await page.setViewportSize(sizes.sync)
    await page.goto(fresh.address('sync'))
    await expect(page.getByTestId('cause').getByTestId('todo-item')).toHaveCount(2)
    await expect(page.getByRole('button', { name: 'Réessayer le groupe' })).toHaveCount(0)
  })

  test('says once what is the matter around it, in one line each, never over the work; and stops when it is over', async ({ page, fresh }) => {
    const state = windowStates.find((one) => one.name === 'sync-everything-at-once')
    if (!state) throw new Error('sync-everything-at-once')
    await show(page, fresh, state)
    const told = page.getByTestId('condition')
    await expect(told).toHaveCount(4)
    expect(await told.evaluateAll((lines) => lines.map((line) => line.getAttribute('data-kind')))).toEqual(['storageFull', 'clock', 'circuit', 'restored'])
    for (const box of await told.all()) expect((await box.boundingBox())?.height).toBeLessThan(34)
    await expect(page.getByTestId('announce-polite')).toHaveText(/Disque plein/)
    await expect(page.getByTestId('intake-on-hold')).toBeVisible()
    await expect(page.getByRole('dialog')).toHaveCount(0)
    fresh.world.status = statusOf(fresh.world.items)
    fresh.tell('status')
    await expect(told).toHaveCount(0)
  })

  test('never says "up to date" while nothing more is taken in', async ({ page, fresh }) => {
    const state = windowStates.find((one) => one.name === 'sync-storage-low')
    if (!state) throw new Error('sync-storage-low')
    await show(page, fresh, state)
    await expect(page.getByTestId('global-state')).toHaveText(/Réception en pause/)
    await expect(page.getByTestId('condition')).toContainText('430 Mo libres')
    await expect(page.getByTestId('condition')).toContainText('rien n’est perdu')
  })

  test('says when a busy record is tried again, and that an unknown server is not one', async ({ page, fresh }) => {
    const [busy, untrusted] = ['sync-record-busy', 'sync-server-untrusted'].map((name) => windowStates.find((one) => one.name === name))
    if (!busy || !untrusted) throw new Error('no such states')
    await show(page, fresh, busy)
    await expect(page.getByTestId('global-state')).toHaveText(/Dossier partagé surchargé\s: 5 envois en attente · nouvel essai à \d\d:\d\d/)
    await expect(page.getByTestId('condition')).toHaveCount(0)
    await show(page, fresh, untrusted)
    await expect(page.getByTestId('condition')).toContainText('Portail Wi-Fi')
    await expect(page.getByTestId('record-state')).toContainText('non reconnu')
  })

  test('changes language for good, in every window', async ({ page, fresh, context }) => {
    await page.goto(fresh.address('sync'))
    const panel = await context.newPage()
    await panel.goto(fresh.address('panel'))
    await page.getByTestId('language').click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sending and receiving')
    await expect(panel.getByTestId('refresh')).toHaveText('Refresh')
    await panel.reload()
    await expect(panel.getByTestId('refresh')).toHaveText('Refresh')
  })
})

test.describe('the sign-in', () => {
  const card = (page: Page) => page.getByTestId('sign-in-card')
  const asked = (fresh: FixtureConnector, name: string) => fresh.world.asked.filter((one) => one.name === name).map((one) => one.input)

  async function showSignIn(page: Page, fresh: FixtureConnector, name: string): Promise<void> {
    const state = signInStates.find((one) => one.name === name)
    if (!state) throw new Error(name)
    await show(page, fresh, state)
  }

  test('gives a PIN once, out of its field before it is answered, and never again by itself', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'panel-card-pin-needed')
    const answer = hold(fresh.world, 'signIn.givePin')
    fresh.world.signInAfter['signIn.givePin'] = standings['card-pin-wrong']!()
    fresh.world.refuse = 'card-pin-wrong'
    const field = page.getByTestId('pin')
    await field.fill('4821')
    await page.keyboard.press('Enter')
    await expect(field).toHaveValue('')
    await page.keyboard.type('4821')
    await page.keyboard.press('Enter')
    await expect.poll(() => asked(fresh, 'signIn.givePin')).toHaveLength(1)
    answer()
    await expect.poll(() => fresh.world.answered).toEqual(['signIn.givePin'])
    fresh.tell('sign-in')
    await expect(card(page)).toHaveAttribute('data-code', 'card-pin-wrong')
    await expect(page.getByTestId('pin-tries')).toHaveAttribute('data-tries', 'few')
    await expect(page.getByTestId('announce-assertive')).toHaveText('Code de la carte refusé')
    expect(asked(fresh, 'signIn.givePin')).toEqual([{ pin: '4821' }])
    await expect(field).toHaveValue('')
    await expect(field).toBeFocused()
  })

  test('says of a staff card that it sends and does not read, and whose it is', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'panel-staff-card')
    const scene = page.locator('[data-testid="scene-reason"][data-code="staff-card-deposits-only"]')
    await expect(scene).toContainText('La carte CPE envoie, elle ne lit pas')
    await expect(scene).toContainText('pas de lire le dossier partagé')
    await expect(scene).toContainText('un professionnel doit mettre sa carte CPS dans le lecteur')
    const line = page.getByTestId('speaker')
    await expect(line).toContainText('Nadia MODÈLE-LENOIR · Cabinet du Port : envoie, ne lit pas')
    await line.click()
    await expect(card(page)).toHaveAttribute('data-kind', 'deposits-only')
    await expect(card(page)).toContainText('Carte CPE')
    await card(page).getByTestId('sign-in-end').click()
    await expect.poll(() => asked(fresh, 'signIn.end').length).toBe(1)
  })

  test('spends no try of the card on what cannot be a PIN', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'panel-card-pin-last')
    await page.getByTestId('pin').fill('12a4')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('pin-malformed')).toBeVisible()
    expect(asked(fresh, 'signIn.givePin')).toEqual([])
  })

  test('follows the card by itself, says so once, and takes nobody’s keyboard', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'panel-card-absent')
    await page.getByTestId('refresh').focus()
    fresh.world.signIn = standings['card-pin-needed']!()
    fresh.tell('sign-in')
    await expect(page.getByTestId('pin')).toBeVisible()
    await expect(page.getByTestId('refresh')).toBeFocused()
    await expect(page.getByTestId('announce-polite')).toHaveText('Code de la carte attendu')
    fresh.world.signIn = standings['card-speaks']!()
    fresh.world.panel = panelWith()
    fresh.tell('sign-in')
    fresh.tell('panel')
    await expect(card(page)).toHaveCount(0)
    await expect(page.getByTestId('document-row')).toHaveCount(41)
    await expect(page.getByTestId('announce-polite')).toHaveText(/Dr Claire PETIT · Cabinet du Port/)
  })

  test('lets the place of practice be chosen where it is missing, and changed from the line', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'panel-situation-to-choose')
    await page.getByTestId('situation').nth(1).press('Enter')
    await expect.poll(() => asked(fresh, 'signIn.choose')).toEqual([{ structure: '1750803454' }])
    await showSignIn(page, fresh, 'panel-line-card-speaks')
    await expect(page.getByLabel('Lieu d’exercice')).toBeFocused()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => asked(fresh, 'signIn.choose').length).toBe(2)
  })

  test('gives up an awaited approval, and says why a start was refused', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'panel-sign-in-phone')
    await page.getByRole('button', { name: 'Annuler' }).click()
    await expect.poll(() => asked(fresh, 'signIn.end')).toHaveLength(1)
    await showSignIn(page, fresh, 'panel-sign-in-by-phone')
    fresh.world.refuse = 'sign-in-unreachable'
    await page.getByLabel('Professionnel').selectOption('899900000219')
    await page.getByTestId('sign-in-start').click()
    await expect(page.getByTestId('sign-in-refused')).toHaveAttribute('data-code', 'sign-in-unreachable')
    expect(asked(fresh, 'signIn.start')).toEqual([{ professional: '899900000219' }])
  })

  test('looks again at what was repaired, and blames a wrong clock for what it breaks', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'panel-card-library-missing')
    await page.getByTestId('look-again').press('Enter')
    await expect.poll(() => asked(fresh, 'signIn.start')).toEqual([{}])
    await showSignIn(page, fresh, 'panel-sign-in-clock-off')
    await expect(card(page)).toContainText('Réglez l’heure')
  })

  test('is led to from what waits for it, and gives the keyboard back', async ({ page, fresh }) => {
    await showSignIn(page, fresh, 'sync-waits-card-pin-needed')
    await expect(page.getByTestId('pin')).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(card(page)).toHaveCount(0)
    await expect(page.getByTestId('lead-to-sign-in')).toBeFocused()
    await expect(page.locator('[data-testid="cause"][data-code="card-pin-needed"]').getByRole('button', { name: 'Réessayer le groupe' })).toHaveCount(0)
  })
})

test.describe('the viewer', () => {
  const query = { ins: marie.ins ?? '', uniqueId: '1.2.250.1.999.77.1.1' }

  test('says whose document it shows, and in what state their identity is', async ({ page, fresh }) => {
    await page.goto(fresh.address('viewer', query))
    await expect(page.getByTestId('identity')).toContainText('INS qualifiée')
    fresh.world.opened = openedDocument({ patient: { ...marie, qualified: true, patientId: null } })
    await page.reload()
    await expect(page.getByTestId('identity')).toContainText('Inconnu du cabinet')
  })

  test('never takes words of a document for markup', async ({ page, fresh }) => {
    await page.goto(fresh.address('viewer', query))
    await expect(page.getByTestId('narrative')).toContainText('<script>alert(1)</script> <b>texte seul</b>')
    await expect(page.getByTestId('narrative').locator('script, b, a, img')).toHaveCount(0)
  })

  test('shows a PDF that can be selected, paged and zoomed', async ({ page, fresh }) => {
    const state = windowStates.find((one) => one.name === 'viewer-pdf')
    if (!state) throw new Error('viewer-pdf')
    await show(page, fresh, state)
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('Laboratoire Voltaire')
    await expect(page.getByTestId('pdf-page')).toHaveText('Page 1 sur 4')
    const drawn = await page.locator('[data-page="1"] canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      return data.some((value, at) => at % 4 === 0 && value < 60 && data[at + 3] === 255)
    })
    expect(drawn).toBe(true)
    await page.getByRole('button', { name: 'Page suivante' }).click()
    await expect(page.getByTestId('pdf-page')).toHaveText('Page 2 sur 4')
    const before = (await page.locator('[data-page="2"]').boundingBox())?.width ?? 0
    await page.getByRole('button', { name: 'Agrandir' }).click()
    await expect(page.getByTestId('pdf-zoom')).toHaveText('125 %')
    await expect(page.getByTestId('pdf-page')).toHaveText('Page 2 sur 4')
    expect((await page.locator('[data-page="2"]').boundingBox())?.width ?? 0).toBeGreaterThan(before)
  })

  test('has tabs only for what the document holds', async ({ page, fresh }) => {
    await page.goto(fresh.address('viewer', query))
    await expect(page.getByRole('tab')).toHaveText(['Texte', 'PDF', 'Détails'])
    fresh.world.opened = { ...(fresh.world.opened as Exclude<typeof fresh.world.opened, string>), attachments: [] }
    await page.reload()
    await expect(page.getByRole('tab')).toHaveText(['Texte', 'Détails'])
  })

  test('shows a document no longer than the way lasts by which it was read, and asks for it again by an act', async ({ page, fresh }) => {
    const over = (code: string) => page.locator(`[data-testid="scene-reason"][data-code="${code}"]`)
    await page.goto(fresh.address('viewer', query))
    await expect(page.getByTestId('narrative')).toBeVisible()
    const { way: lasting } = fresh.world
    for (const [way, code] of [['sign-in-ended', 'sign-in-ended'], [{ way: 'two', mode: 'normal', since: null, until: null, reason: null }, 'access-changed']] as const) {
      fresh.world.way = way
      fresh.tell('sign-in')
      await expect(over(code)).toBeVisible()
      await expect(page.getByTestId('narrative')).toHaveCount(0)
      await expect(page).not.toHaveTitle(new RegExp(marie.birthName))
      const before = fresh.world.asked.length
      fresh.world.way = lasting
      await page.getByRole('button', { name: 'Ouvrir à nouveau' }).click()
      await expect(page.getByTestId('narrative')).toBeVisible()
      expect(fresh.world.asked.length).toBeGreaterThan(before)
    }
  })

  test('tries again after a failure', async ({ page, fresh }) => {
    const { opened } = fresh.world
    fresh.world.opened = 'record-unreachable'
    await page.goto(fresh.address('viewer', query))
    await expect(page.locator('[data-testid="scene-reason"][data-code="record-unreachable"]')).toBeVisible()
    fresh.world.opened = opened
    await page.getByRole('button', { name: 'Réessayer' }).click()
    await expect(page.getByTestId('narrative')).toBeVisible()
  })

  test('says what its document states, out of range by shape and word, and which to trust where text and code disagree', async ({ page, fresh }) => {
    fresh.world.opened = openedDocument({ facts: documentFacts() })
    await page.goto(fresh.address('viewer', query))
    await expect(page.getByRole('tab')).toHaveText(['Texte', 'Résultats', 'PDF', 'Détails'])
    await page.getByTestId('tab-results').click()
    const rows = page.getByTestId('results-results').getByTestId('result')
    await expect(rows.nth(0)).toHaveText(/^Hémoglobine11,2\sg\/dL ▼bas12,0 - 16,010\/11\/2026 · sur Sang total$/)
    await expect(rows.nth(1)).toContainText('▲▲très haut')
    await expect(rows.nth(2)).toContainText('231')
    await expect(page.getByTestId('conflict')).toHaveText(/«\s231\s».*«\sPlaquettes · 213 · G\/L\s».*se fier au texte/)
    await expect(rows.nth(3)).toContainText(/interprétation\s: R/)
    await expect(page.getByTestId('results-treatments')).toContainText('01/11/2026 → 01/02/2027 (fin) · 12 h · Voie orale')
    await expect(page.getByTestId('results-vaccines')).toContainText('lot AB12-7')
    await expect(page.getByTestId('results-allergies').getByTestId('result')).toHaveText([/pénicilline ∅absence déclarée$/, /Latex ○Masqué/])
    await page.getByTestId('only-out-of-range').check()
    await expect(page.getByTestId('result')).toHaveCount(2)
  })

  test('goes to the document before and after in the order of the panel’s list, by the keyboard too', async ({ page, fresh }) => {
    fresh.world.panel = panelWith({ documents: recordDocuments(6) })
    await page.goto(fresh.address('viewer', { ...query, list: 'sort=author' }))
    const order = [...recordDocuments(6)].map(({ uniqueId }) => uniqueId)
    await expect(page.getByTestId('place')).toHaveText(/ sur 6$/)
    const opened = () => fresh.world.asked.flatMap(({ name, input }) => (name === 'record.open' ? [(input as { uniqueId: string }).uniqueId] : []))
    const here = async () => Number((await page.getByTestId('place').textContent())?.split(' ')[0])
    const from = await here()
    await page.keyboard.press('Alt+ArrowDown')
    await expect(page.getByTestId('place')).toHaveText(`${from + 1} sur 6`)
    await expect(page.getByTestId('document-title')).toBeFocused()
    await page.keyboard.press('Alt+ArrowUp')
    await expect(page.getByTestId('place')).toHaveText(`${from} sur 6`)
    // Shown again is opened again: the trace tells each.
    expect(opened()).toHaveLength(3)
    expect(opened()[0]).toBe(opened()[2])
    expect(new URL(page.url()).searchParams.get('uniqueId')).toBe(query.uniqueId)
    for (let step = from; step > 1; step -= 1) await page.getByTestId('previous').click()
    await expect(page.getByTestId('previous')).toBeDisabled()
    const walked: string[] = []
    for (let step = 1; step <= 6; step += 1) {
      await expect(page.getByTestId('place')).toHaveText(`${step} sur 6`)
      walked.push(new URL(page.url()).searchParams.get('uniqueId') ?? '')
      if (step < 6) await page.getByTestId('next').click()
    }
    expect([...walked].sort()).toEqual([...order].sort())
    expect(walked).not.toEqual(order)
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    fresh.tell('panel')
    await expect(page.getByTestId('place')).toHaveCount(0)
  })

  test('leads to the newest version and to the earlier ones, and asks the record only where there is something to ask', async ({ page, fresh }) => {
    const asked = () => fresh.world.asked.filter(({ name }) => name === 'record.versions').length
    fresh.world.opened = openedDocument({ version: 1, replaces: null })
    await page.goto(fresh.address('viewer', query))
    await expect(page.getByTestId('narrative')).toBeVisible()
    expect(asked()).toBe(0)
    fresh.world.versions = { later: [recordDocument(8, { title: 'Numération rectifiée' })], earlier: [recordDocument(9, { status: 'deprecated' })] }
    fresh.world.opened = openedDocument({ version: 2, replaces: '1.2.3' })
    await page.reload()
    await expect(page.getByTestId('newer-version')).toContainText('version plus récente existe')
    await expect(page.getByTestId('earlier-versions')).toContainText('Version précédente')
    await page.getByTestId('open-newest').click()
    await expect.poll(() => new URL(page.url()).searchParams.get('uniqueId')).toBe(recordDocument(8).uniqueId)
    await expect(page.getByTestId('document-title')).toBeVisible()
    // One that the document names and the record does not have leads back.
    fresh.world.versions = { later: [], earlier: [] }
    fresh.world.opened = openedDocument({ version: 2, replaces: '1.2.3' })
    await page.reload()
    await expect(page.getByTestId('earlier-versions')).toContainText('Ouvrir la version précédente')
    fresh.world.opened = 'document-not-found'
    await page.getByTestId('earlier-versions').getByRole('button').click()
    await expect(page.locator('[data-testid="scene-reason"][data-code="document-not-found"]')).toBeVisible()
    fresh.world.opened = openedDocument()
    await page.getByTestId('back-to-before').click()
    await expect(page.getByTestId('document-title')).toBeFocused()
    expect(new URL(page.url()).searchParams.get('uniqueId')).toBe(recordDocument(8).uniqueId)
  })

  test('prints a long text whole, with the patient, the document and the time on each sheet', async ({ page, fresh }) => {
    const printed = await watchPrinter(page)
    await show(page, fresh, documentStates.find(({ name }) => name === 'viewer-long-table')!)
    await page.keyboard.press('Control+p')
    await expect.poll(printed).toBe(1)
    expect(fresh.world.asked.filter(({ name }) => name === 'record.print')).toHaveLength(1)
    const all = await sheets(page)
    expect(all.length).toBeGreaterThan(20)
    for (const [at, sheet] of all.entries()) {
      for (const words of ['DUPONT Marie Élise', 'né(e) le 14/02/1959', `INS ${marie.ins}`, 'Numération formule sanguine', 'Imprimé le ', `${at + 1} / ${all.length}`]) expect(sheet).toContain(words)
    }
    expect(all.at(-1)).toContain('2000')
  })

  test('prints each page of a PDF on a sheet of its own', async ({ page, fresh }) => {
    const printed = await watchPrinter(page)
    await show(page, fresh, stateNamed('viewer-pdf'))
    await page.getByTestId('print').click()
    await expect.poll(printed).toBe(1)
    await expect(page.locator('.print-page')).toHaveCount(4)
    const all = await sheets(page)
    expect(all).toHaveLength(4)
    for (const sheet of all) expect(sheet).toContain('DUPONT Marie Élise')
  })

  test('prints nothing once the way has ended, nor by another way than its own act', async ({ page, fresh }) => {
    const printed = await watchPrinter(page)
    await page.goto(fresh.address('viewer', query))
    await expect(page.getByTestId('narrative')).toBeVisible()
    expect((await sheets(page)).join(' ')).not.toMatch(/DUPONT|Prélèvement/)
    // Ended, and nobody has told this page yet.
    fresh.world.way = 'sign-in-ended'
    await page.getByTestId('print').click()
    await expect(page.getByTestId('print-refused')).toHaveAttribute('data-code', 'sign-in-ended')
    fresh.world.way = { way: 'two', mode: 'normal', since: null, until: null, reason: null }
    await page.getByTestId('print').click()
    await expect(page.getByTestId('print-refused')).toHaveAttribute('data-code', 'access-changed')
    await expect(page.getByTestId('print-sheet')).toHaveCount(0)
    expect(await printed()).toBe(0)
  })

  test('says what cannot be put on paper, and prints none of it', async ({ page, fresh }) => {
    const printed = await watchPrinter(page)
    await show(page, fresh, stateNamed('viewer-pdf-broken'))
    await page.getByTestId('print').click()
    await expect(page.getByTestId('print-undrawable')).toBeVisible()
    expect(fresh.world.asked.filter(({ name }) => name === 'record.print')).toHaveLength(0)
    expect(await printed()).toBe(0)
  })

  test('copies a document into the practice’s folder and says where, or why not', async ({ page, fresh }) => {
    await page.goto(fresh.address('viewer', query))
    await page.getByTestId('copy').click()
    await expect(page.getByTestId('copied')).toContainText('DUPONT_Marie-Elise_19590214_20261110_Biologie_1a2b3c4d.pdf, dans /srv/cabinet/copies')
    expect(fresh.world.asked.find(({ name }) => name === 'record.copy')?.input).toEqual(query)
    fresh.world.copy = 'copy-folder-unwritable'
    await page.getByTestId('copy').click()
    await expect(page.getByTestId('copy-refused')).toContainText('n’est pas accessible')
    await expect(page.getByTestId('copied')).toHaveCount(0)
  })

  test('opens a PDF at the page where words were found, and marks them', async ({ page, fresh }) => {
    fresh.world.opened = openedDocument()
    fresh.world.attachment = await makePdf(4)
    await page.goto(fresh.address('viewer', { ...query, words: 'biologiques', at: 'page-3-0' }))
    await expect(page.getByTestId('pdf-page')).toHaveText('Page 3 sur 4')
    await expect(page.locator('[data-page="3"] .textLayer mark')).toHaveText('biologiques')
  })

  test('runs nothing a document carries: handlers and scripts in its words, scripts of a PDF', async ({ page, fresh }) => {
    const dialogs: string[] = []
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message())
      void dialog.dismiss()
    })
    const hostile = '<img src=x onerror="alert(1)"><svg onload=alert(2)>javascript:alert(3)'
    fresh.world.opened = openedDocument({
      document: recordDocument(1, { title: hostile, typeLabel: hostile }),
      sections: [{ title: hostile, code: null, nodes: [{ kind: 'link', href: 'javascript:alert(4)', children: [{ kind: 'text', text: hostile }] }, { kind: 'image', alt: hostile }, { kind: 'table', caption: hostile, rows: longTable(1) }], sections: [] }],
      facts: [documentFact(hostile, { value: hostile, unit: hostile, referenceRange: hostile, specimen: hostile, lot: hostile, conflict: { field: 'value', coded: hostile, narrative: hostile } })],
    })
    fresh.world.attachment = await makePdf(1, { script: 'app.alert("5"); this.exportDataObject({ cName: "x", nLaunch: 2 })' })
    await page.goto(fresh.address('viewer', { ...query, words: 'alert onerror', at: 'text' }))
    for (const tab of ['text', 'results', 'details', 'pdf']) {
      await page.getByTestId(`tab-${tab}`).click()
      await expect(page.getByRole('tabpanel')).toBeVisible()
      await expect(page.locator('main img, main svg:not(.lucide), main a, main script, main iframe')).toHaveCount(0)
    }
    await expect(page.locator('.textLayer span').first()).toBeAttached()
    expect(dialogs).toEqual([])
  })

  test('draws a long table piece by piece, down to what was looked for', async ({ page, fresh }) => {
    await show(page, fresh, documentStates.find(({ name }) => name === 'viewer-long-table')!)
    await expect(page.locator('.narrative tbody tr')).toHaveCount(300)
    await page.getByTestId('more-rows').click()
    await expect(page.locator('.narrative tbody tr')).toHaveCount(600)
    await page.goto(fresh.address('viewer', { ...query, words: '1500', at: 'text' }))
    await expect(page.locator('.narrative mark')).toHaveText('1500')
    await expect(page.locator('.narrative mark')).toBeInViewport()
  })
})

test.describe('acts on a document of the record', () => {
  const stateOf = (name: string) => deedStates.find((one) => one.name === name)!
  const asked = (fresh: FixtureConnector, name: string) => fresh.world.asked.filter((one) => one.name === name).map(({ input }) => input)

  test('ask the record nothing until a person does, and do nothing without a second word that names document and patient', async ({ page, fresh }) => {
    await page.goto(fresh.address('viewer', { ins: marie.ins ?? '', uniqueId: '1.2.250.1.999.77.1.1' }))
    await page.getByTestId('tab-details').click()
    await expect(page.getByTestId('deeds-look')).toBeVisible()
    expect(asked(fresh, 'record.look')).toEqual([])
    await page.getByTestId('deeds-look').click()
    await page.getByTestId('deed-delete').click()
    await expect(page.getByTestId('deeds-confirm')).toContainText('Supprimer du dossier : « Numération formule sanguine », dossier de DUPONT Marie Élise ?')
    await expect(page.getByTestId('deeds-confirm')).toBeFocused()
    await page.getByTestId('deeds-cancel').click()
    await expect(page.getByTestId('deeds-confirm')).toHaveCount(0)
    expect(asked(fresh, 'record.change')).toEqual([])
  })

  test('take a deleted document off the screen, and read a changed one again', async ({ page, fresh }) => {
    await show(page, fresh, stateOf('viewer-deed-masked'))
    await expect.poll(() => asked(fresh, 'record.open').length).toBe(2)
    fresh.world.inRecordAfter = inRecord({ status: 'deleted' }, [])
    await page.getByTestId('deed-delete').click()
    await page.getByTestId('deeds-do').click()
    await expect(page.locator('[data-testid="scene-reason"][data-code="document-deleted"]')).toBeVisible()
    await expect(page.getByTestId('details')).toHaveCount(0)
    expect(asked(fresh, 'record.change')).toMatchObject([{ act: 'mask' }, { act: 'delete', uniqueId: '1.2.250.1.999.77.1.1' }])
  })

  test('take a document off the screen that whoever masked it does not see any more', async ({ page, fresh }) => {
    await page.goto(fresh.address('viewer', { ins: marie.ins ?? '', uniqueId: '1.2.250.1.999.77.1.1' }))
    await page.getByTestId('tab-details').click()
    await page.getByTestId('deeds-look').click()
    await page.getByTestId('deed-mask').click()
    fresh.world.inRecordAfter = inRecord({ maskedToProfessionals: true }, [])
    fresh.world.opened = 'document-not-found'
    await page.getByTestId('deeds-do').click()
    await expect(page.locator('[data-testid="scene-reason"][data-code="document-out-of-sight"]')).toBeVisible()
    await expect(page.getByTestId('document-title')).toHaveCount(0)
  })

  test('start anew for another reader, and after a doubt', async ({ page, fresh }) => {
    await show(page, fresh, stateOf('viewer-deed-in-doubt'))
    await expect(page.getByTestId('deeds-look')).toBeVisible()
    await expect(page.getByTestId('deed-archive')).toHaveCount(0)
    await page.getByTestId('deeds-look').click()
    await expect(page.getByTestId('deed-archive')).toBeVisible()
    fresh.world.signIn = speaking({ speaker: { professional: { id: '899900000020', name: 'Dr Paul AUTRE' }, structure: { structure: '1750803447', name: 'Cabinet du Port', sector: 'SA07' } } })
    fresh.tell('sign-in')
    await expect(page.getByTestId('deed-archive')).toHaveCount(0)
    await expect(page.getByTestId('deeds-look')).toBeVisible()
  })

  test('are told in the way of an item, and only of what is in the record', async ({ page, fresh }) => {
    await show(page, fresh, stateOf('sync-drawer-deeds'))
    expect(asked(fresh, 'record.look')).toEqual([{ ins: paul.ins, insOid: paul.insOid, uniqueId: '1.2.250.1.999.77.2.12' }])
    await page.keyboard.press('Escape')
    await page.getByTestId('tab-journal').click()
    await page.locator('[data-item="item-8"]').click()
    await expect(page.getByTestId('visibility-fixed')).toBeVisible()
    await expect(page.getByTestId('deeds')).toHaveCount(0)
  })
})

test('a secret connection is offered for a minor alone, keeps the representatives out, and is said in words', async ({ page, fresh }) => {
  await show(page, fresh, stateNamed('sync-drawer-secret'))
  const drawer = page.getByTestId('item-drawer')
  await expect(drawer.getByTestId('hide-from-representatives')).toBeChecked()
  await drawer.getByRole('button', { name: 'Enregistrer' }).click()
  await expect(drawer.locator('.drawer-state')).toContainText('Connexion secrète')
  expect(fresh.world.asked.find(({ name }) => name === 'items.setVisibility')?.input).toMatchObject({ visibility: { hiddenFromRepresentatives: true, secretConnection: true } })
  await page.keyboard.press('Escape')
  await page.locator('[data-item="item-0"]').click()
  await expect(page.getByTestId('visibility')).toBeVisible()
  await expect(page.getByTestId('secret-connection')).toHaveCount(0)
})

test.describe('the emergency sheet', () => {
  const usual = [...allFacts.filter(({ kind }) => kind !== 'vaccine'), ...doses]
  const nobody = () => panelWith({ patient: null, standing: null, documents: [], loadedAt: null })

  async function printed(page: Page, fresh: FixtureConnector, name: string): Promise<Locator> {
    const asked = await watchPrinter(page)
    await show(page, fresh, sheetStates.find((state) => state.name === name)!)
    await page.getByTestId('print-sheet-now').click()
    await expect.poll(asked).toBe(1)
    return page.getByTestId('emergency-page')
  }

  /** What a camera reads of the paper. */
  async function scan(page: Page): Promise<string> {
    await page.emulateMedia({ media: 'print' })
    const picture = (await page.getByTestId('sheet-code').screenshot({ scale: 'device' })).toString('base64')
    const { width, height, data } = await page.evaluate(async (png) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (character) => character.charCodeAt(0))], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
      const context = canvas.getContext('2d')!
      context.drawImage(bitmap, 0, 0)
      return { width: bitmap.width, height: bitmap.height, data: [...context.getImageData(0, 0, bitmap.width, bitmap.height).data] }
    }, picture)
    await page.emulateMedia({ media: null })
    return decodeQR({ width, height, data: Uint8Array.from(data) })
  }

  test('is one page with who, what, of when and by whom, and a code another Relais reads', async ({ page, fresh }) => {
    await page.setViewportSize({ width: 1200, height: 1600 })
    const sheet = await printed(page, fresh, 'panel-sheet-preview')
    expect(fresh.world.asked.filter(({ name }) => name === 'sheets.print')).toEqual([{ name: 'sheets.print', input: { generation: 1, loadedAt: fresh.world.panel.loadedAt } }])
    await expect(sheet.getByTestId('sheet-fact').first()).toContainText('Pénicilline')
    const told = fresh.world.sheet
    const read = decodeSheet(await scan(page))
    if (typeof told === 'string' || !read.ok) throw new Error('a sheet was printed, and its code can be read')
    expect(read.value.patient).toEqual(told.sheet.patient)
    const labels = ({ lists }: typeof read.value) => Object.values(lists).map(({ facts }) => facts.map(({ label, values, author }) => [label, values, author]))
    expect(labels(read.value)).toEqual(labels(told.sheet))
    const pages = await sheets(page)
    expect(pages).toHaveLength(1)
    for (const words of ['FICHE D’URGENCE', 'DUPONT Marie Élise', 'usage LEROY', 'né(e) le 14/02/1959', 'INS 2 59 02 75 123 456 94', 'identité qualifiée par le cabinet', 'ce n’est pas le dossier médical', 'Imprimée par Dr Hélène MARCHANDEAU, Maison de santé des Tilleuls', 'Dossier partagé lu le', 'Pénicilline', 'Choc anaphylactique', 'Apixaban 5 mg', 'Fibrillation auriculaire', 'Revaxis', 'tétanos', 'noté le', 'Dr Claire PETIT', 'Peut être incomplète', 'Bac à sable']) {
      expect(pages[0]?.replaceAll(/\s+/g, ' '), words).toContain(words)
    }
    // What is on the screen is not on the paper; told to be over, it is gone, and the act is where it was.
    expect(pages[0]).not.toContain('Imprimer la fiche')
    await expect(sheet).toHaveCount(0)
    await expect(page.getByTestId('ask-sheet')).toBeFocused()
  })

  for (const [name, facts] of Object.entries(crowds)) {
    test(`stays one page however much there is, and counts what it leaves out: ${name}`, async ({ page, fresh }) => {
      const asked = await watchPrinter(page)
      const prepare = (world: World) => {
        const { printable } = printableOf(world, facts, { documents: { unread: 123, failed: 45 } })
        const patient = { ...printable.sheet.patient, birthName: 'Chevalier de Saint-Ange-Montbéliard-la-Rochefouca…', givenName: 'Marie-Antoinette Élisabeth Joséphine Bernadette A…', usedName: 'Nguyen-Thi de la Rochefoucauld-Montmorency-Laval…', identity: 'unknownHere' as const }
        const lists = { ...printable.sheet.lists, treatments: { ...printable.sheet.lists.treatments, past: 12 } }
        world.sheet = {
          ...printable, sheet: { ...printable.sheet, patient, lists, practice: 'Maison de santé pluriprofessionnelle universitaire des Till…', printedBy: 'Dr Marie-Antoinette CHEVALIER DE SAINT-ANGE-MONTBELIARD' },
          code: { ...printable.code, leftOut: { allergies: 12, treatments: 34, problems: 56, vaccines: 78 } },
        }
      }
      await show(page, fresh, { name, window: 'panel', prepare, act: (one) => one.getByTestId('ask-sheet').click(), shows: '[data-testid="print-sheet-now"]' })
      await page.getByTestId('print-sheet-now').click()
      await expect.poll(asked).toBe(1)
      await expect(page.getByTestId('left-out')).toHaveCount(4)
      const pages = await sheets(page)
      expect(pages).toHaveLength(1)
      const words = pages[0]?.replaceAll(/\s+/g, ' ')
      expect(words).toContain('ne contient pas : 12 allergies, 34 traitements, 56 antécédents et 78 vaccinations.')
      expect(words?.match(/informations de plus ne tiennent pas ici/g)).toHaveLength(4)
      expect(words).toContain('Peut être incomplète')
    })
  }

  test('says on the paper which of four things an empty list is', async ({ page, fresh }) => {
    const cases = [
      { facts: [fact('allergy', 'Pas d’allergie connue', { code: 'no-known-allergies', codeSystem: '2.16.840.1.113883.5.1150.1', status: 'noneKnown' })], words: 'Aucune allergie connue', isAlert: false },
      { facts: [], words: 'Allergies non renseignées', isAlert: true },
      { facts: [], documents: { read: 0, unread: 3 }, words: 'Allergies non chargées', isAlert: true },
      { facts: [fact('allergy', 'Allergies', { status: 'hiddenHere' })], words: 'Allergies masquées ici', isAlert: true },
    ]
    for (const { facts, documents = {}, words, isAlert } of cases) {
      const asked = await watchPrinter(page)
      await show(page, fresh, { name: words, window: 'panel', prepare: (world) => {
        world.sheet = printableOf(world, facts, { documents }).printable
      }, act: (one) => one.getByTestId('ask-sheet').click(), shows: '[data-testid="print-sheet-now"]' })
      await page.getByTestId('print-sheet-now').click()
      await expect.poll(asked).toBe(1)
      const [said = ''] = await sheets(page)
      expect(said).toContain(words)
      expect(said.includes('à demander au patient')).toBe(isAlert)
    }
  })

  test('tells whoever prints, and not the paper, that documents not shown to all are left off', async ({ page, fresh }) => {
    const asked = await watchPrinter(page)
    await show(page, fresh, sheetStates.find(({ name }) => name === 'panel-sheet-preview-everything-at-once')!)
    await expect(page.getByTestId('sheet-warnings')).toContainText('2 documents masqués ou non visibles de tous n’y sont pas, et la fiche ne le dit pas. Il y est question de : allergies.')
    await page.getByTestId('print-sheet-now').click()
    await expect.poll(asked).toBe(1)
    expect((await sheets(page))[0]).not.toMatch(/masqués ou non visibles|2 documents/)
  })

  test('is neither offered in another entry nor printed when it is refused, nor is the panel by another way', async ({ page, fresh }) => {
    const asked = await watchPrinter(page)
    await show(page, fresh, sheetStates.find(({ name }) => name === 'panel-sheet-preview')!)
    expect((await sheets(page)).join(' ').replaceAll(/\s+/g, ' ')).toContain('Rien n’est imprimé ainsi : utilisez « Fiche d’urgence »')
    fresh.world.refuse = 'patient-changed'
    await page.getByTestId('print-sheet-now').click()
    await expect(page.getByTestId('sheet-refused')).toHaveAttribute('data-code', 'patient-changed')
    expect(await asked()).toBe(0)
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('sheet-preview')).toHaveCount(0)
    await expect(page.getByTestId('ask-sheet')).toBeFocused()
    fresh.world.panel = panelWith({ generation: 2, access: { ...fresh.world.panel.access, mode: 'break-glass', since: new Date().toISOString(), until: new Date(Date.now() + 3_600_000).toISOString() } })
    fresh.tell('panel')
    await expect(page.getByTestId('emergency-band')).toBeVisible()
    await expect(page.getByTestId('ask-sheet')).toHaveCount(0)
  })

  test('scanned from paper, it is shown without a hand, framed as no record, and opens the real one by keyboard', async ({ page, fresh }) => {
    const { paper, code } = paperOf(fresh.world, usual)
    fresh.world.panel = nobody()
    fresh.world.scanned = { [code]: paper }
    await page.setViewportSize(sizes.panel)
    await page.goto(fresh.address('panel'))
    await page.getByTestId('ins-field').focus()
    await page.keyboard.type(code)
    const view = page.getByTestId('paper-sheet')
    await expect(view).toBeVisible()
    expect(fresh.world.asked.filter(({ name }) => name === 'sheets.read')).toEqual([{ name: 'sheets.read', input: { code } }])
    await expect(view).toContainText('Fiche papier, pas le dossier')
    await expect(view).toContainText('Non vérifiée : n’importe qui peut fabriquer un tel code. Imprimée par Dr Hélène MARCHANDEAU, Maison de santé des Tilleuls, le ')
    await expect(view).toContainText('selon la fiche : identité qualifiée par le cabinet')
    await expect(view.getByTestId('sheet-fact')).toHaveText([/Pénicilline — Choc anaphylactique/, /Produit de contraste iodé/, /Codéine/, /Latex/, ...Array.from({ length: await view.getByTestId('sheet-fact').count() - 4 }, () => /./)])
    await expect(page.getByRole('heading', { name: 'DUPONT Marie Élise' })).toBeFocused()
    await expect(page.getByTestId('announce-assertive')).toHaveText('Fiche papier de DUPONT Marie Élise affichée : ce n’est pas le dossier')
    // Nothing of the record's own is near it.
    for (const own of ['identity', 'document-row', 'allergies', 'summary', 'refresh']) await expect(page.getByTestId(own)).toHaveCount(0)
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('ins-field')).toBeVisible()
    await expect(page.getByTestId('ins-field')).toHaveValue('')
    await page.getByTestId('waiting-sheet').focus()
    await page.keyboard.press('Enter')
    await expect(view).toBeVisible()
    await page.keyboard.press('Tab')
    await expect(page.getByTestId('open-record')).toBeFocused()
    fresh.world.panel = panelWith({ generation: 2 })
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('identity')).toBeVisible()
    expect(fresh.world.asked.filter(({ name }) => name === 'panel.open')).toEqual([{ name: 'panel.open', input: { ins: marie.ins, insOid: marie.insOid } }])
    await expect(view).toHaveCount(0)
  })

  test('half scanned, or none at all, opens nothing and says so', async ({ page, fresh }) => {
    const { code } = paperOf(fresh.world, usual)
    fresh.world.panel = nobody()
    await page.goto(fresh.address('panel'))
    await page.getByTestId('ins-field').fill(code.slice(0, -30))
    await page.getByTestId('ins-field').press('Enter')
    await expect(page.getByTestId('ins-refused')).toHaveAttribute('data-code', 'scan-unfinished')
    expect(fresh.world.asked.filter(({ name }) => name === 'sheets.read')).toHaveLength(0)
    // As long as a code, and changed on the way: the connector looks at its sum.
    await page.getByTestId('ins-field').fill(`${code.slice(0, 40)}${code[40] === 'A' ? 'B' : 'A'}${code.slice(41)}`)
    await expect(page.getByTestId('ins-refused')).toHaveAttribute('data-code', 'sheet-unreadable')
    await expect(page.getByTestId('paper-sheet')).toHaveCount(0)
  })

  test('is counted down in sight, and leaves the screen with its copy', async ({ page, fresh }) => {
    await page.clock.install()
    await show(page, fresh, sheetStates.find(({ name }) => name === 'panel-paper-sheet')!)
    await expect(page.getByTestId('paper-sheet-left')).toContainText(/Effacée dans 47\sh 1[123]\smin au plus tard, ou dès que le dossier/)
    await page.clock.fastForward('47:00:00')
    await expect(page.getByTestId('paper-sheet-left')).toContainText(/Effacée dans 1[0-3]\smin/)
    fresh.world.papers = []
    fresh.tell('sheets')
    await expect(page.getByTestId('paper-sheet')).toHaveCount(0)
    await expect(page.getByTestId('announce-polite')).toHaveText('La copie de la fiche papier est effacée')
    await expect(page.getByTestId('ins-field')).toBeVisible()
    await expect(page.getByTestId('waiting-sheets')).toHaveCount(0)
  })

  test('leaves the screen when the practice software opens a patient, and erases at a word', async ({ page, fresh }) => {
    await show(page, fresh, sheetStates.find(({ name }) => name === 'panel-paper-sheet')!)
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(page.getByTestId('paper-sheet')).toHaveCount(0)
    fresh.world.panel = { ...nobody(), generation: 3 }
    fresh.tell('panel')
    await page.getByTestId('waiting-sheet').click()
    await page.getByTestId('erase-sheet').click()
    await expect.poll(() => fresh.world.asked.filter(({ name }) => name === 'sheets.erase')).toEqual([{ name: 'sheets.erase', input: { id: 'paper-1' } }])
    await expect(page.getByTestId('paper-sheet')).toHaveCount(0)
    await expect(page.getByTestId('waiting-sheets')).toHaveCount(0)
  })

  test('of the patient on screen is at hand where their record is not, nobody else’s is, and never beside the record', async ({ page, fresh }) => {
    await show(page, fresh, sheetStates.find(({ name }) => name === 'panel-failed-with-paper')!)
    await expect(page.getByTestId('waiting-sheet')).toHaveText([/DUPONT Marie Élise/])
    await expect(page.getByTestId('sheets-elsewhere')).toContainText('1 fiche papier à synchroniser : fermez ce patient')
    await expect(page.getByText('DURAND')).toHaveCount(0)
    await page.getByTestId('waiting-sheet').click()
    await expect(page.getByTestId('paper-sheet')).toContainText('Fiche papier, pas le dossier')
    await expect(page.getByTestId('open-record')).toHaveCount(0)
    fresh.world.panel = panelWith()
    fresh.tell('panel')
    await expect(page.getByTestId('document-row').first()).toBeVisible()
    await expect(page.getByTestId('paper-sheet')).toHaveCount(0)
    await expect(page.getByTestId('waiting-sheets')).toHaveCount(0)
  })
})

test.describe('one’s records', () => {
  const rows = (page: Page) => page.getByTestId('my-record')
  const calls = (fresh: FixtureConnector) => fresh.world.asked.filter(({ name }) => name === 'myRecords.list')
  const kindOf = (page: Page) => page.getByTestId('my-records')

  test('are asked by a press alone, of what was chosen, and marked by what came since one’s last access', async ({ page, fresh }) => {
    nobodyOpen(fresh.world)
    fresh.world.myRecords = someRecords()
    await page.clock.install({ time: new Date('2026-11-29T20:00:00') })
    await page.goto(fresh.address('panel'))
    await page.getByLabel('Lister').selectOption('last-authorisation')
    await page.getByLabel('depuis').selectOption('30')
    fresh.tell('sign-in')
    fresh.tell('panel')
    await expect(kindOf(page)).toHaveAttribute('data-kind', 'not-asked')
    expect(calls(fresh)).toEqual([])
    await askMyRecords(page)
    await expect(rows(page)).toHaveCount(7)
    expect(calls(fresh)).toEqual([{ name: 'myRecords.list', input: { by: 'last-authorisation', since: '2026-10-30' } }])
    await expect(page.getByTestId('my-records-found')).toHaveText('7 dossiers dont l’accès a été donné depuis le 30/10/2026')
    await expect(page.getByTestId('announce-polite')).toHaveText('7 dossiers')
    await expect(rows(page)).toHaveText([
      /^DUPONT Marie Élise usage LEROYajout .*naissance 14\/02\/1959 · votre dernier accès .*●\sNouveauMédecin traitant$/,
      /^DURAND Paul.*◐\sPeut-être nouveau$/,
      /^CHEVALIER DE SAINT-ANGE-LA-ROCHEFOUCAULD-MONTBEL Marie-Antoinette usage NGUYEN-PETITJEANajout [^●◐]*$/,
      /^CARON Inèsajout .*, jour d’un dépôt du cabinetnaissance .*◐\sPeut-être nouveau$/,
      /^INS 1 80 06 75 000 003 21.*naissance inconnue · votre dernier accès n’est pas indiqué◐\sInconnu du cabinet$/,
      /^ABADIE Jean.*Nouveau◐\sINS non qualifiée$/,
      /^BELLE Zoénaissance 03\/06\/1980◐\sLe patient refuse la consultation$/,
    ])
  })

  test('open a patient by the keyboard, as a number typed in does, and are still there once that one is closed, with who was opened', async ({ page, fresh }) => {
    await show(page, fresh, myRecordsStates.find(({ name }) => name === 'panel-my-records')!)
    await page.getByTestId('close-my-records').focus()
    await page.keyboard.press('Tab')
    await expect(rows(page).first()).toBeFocused()
    await page.keyboard.press('ArrowDown')
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' } })
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(rows(page)).toHaveCount(0)
    expect(fresh.world.asked.filter(({ name }) => name === 'panel.open')).toEqual([{ name: 'panel.open', input: { ins: paul.ins, insOid: paul.insOid } }])
    nobodyOpen(fresh.world)
    fresh.world.panel = { ...fresh.world.panel, generation: 3 }
    fresh.tell('panel')
    await expect(rows(page).nth(1)).toContainText('✓ Ouvert')
    await expect(rows(page).nth(1)).not.toContainText('nouveau')
    await expect(rows(page).first()).toContainText('Nouveau')
    expect(calls(fresh)).toHaveLength(1)
    await page.getByTestId('close-my-records').press('Enter')
    await expect(kindOf(page)).toHaveAttribute('data-kind', 'not-asked')
    await expect(page.getByTestId('ask-my-records')).toBeFocused()
  })

  test('say why a patient of the list cannot be opened', async ({ page, fresh }) => {
    await show(page, fresh, myRecordsStates.find(({ name }) => name === 'panel-my-records')!)
    fresh.world.refuse = 'ins-test-in-production'
    await rows(page).first().click()
    await expect(page.getByTestId('my-record-refused')).toHaveAttribute('data-code', 'ins-test-in-production')
    await expect(rows(page).first()).not.toContainText('✓ Ouvert')
  })

  test('of whoever asked are nobody else’s to see, nor theirs once they left', async ({ page, fresh }) => {
    await show(page, fresh, myRecordsStates.find(({ name }) => name === 'panel-my-records')!)
    const { speaker } = fresh.world.signIn
    fresh.world.signIn = { ...fresh.world.signIn, speaker: speaker && { ...speaker, professional: { id: '899900000219', name: 'Dr Karim BELHADJ' } } }
    fresh.tell('sign-in')
    await expect(rows(page)).toHaveCount(0)
    await expect(kindOf(page)).toHaveAttribute('data-kind', 'not-asked')
    fresh.world.signIn = { ...fresh.world.signIn, speaker }
    fresh.tell('sign-in')
    await expect(page.getByTestId('speaker')).not.toContainText('BELHADJ')
    await expect(rows(page)).toHaveCount(0)
    expect(calls(fresh)).toHaveLength(1)
  })

  test('that may be asked no longer are gone, and say why', async ({ page, fresh }) => {
    await show(page, fresh, myRecordsStates.find(({ name }) => name === 'panel-my-records')!)
    fresh.world.myRecordsOffer = { by: [], ofStructure: false, stop: 'sign-in-expired' }
    fresh.tell('sign-in')
    await expect(kindOf(page)).toHaveAttribute('data-code', 'sign-in-expired')
    await expect(rows(page)).toHaveCount(0)
  })

  test('are asked anew at each press: a failure takes the place of a list, and a list of a failure', async ({ page, fresh }) => {
    await show(page, fresh, myRecordsStates.find(({ name }) => name === 'panel-my-records-failed')!)
    await expect(kindOf(page)).toContainText('Ce n’est pas « aucun dossier »')
    fresh.world.myRecords = someRecords()
    await askMyRecords(page)
    await expect(rows(page)).toHaveCount(7)
    fresh.world.myRecords = 'record-unreachable'
    await askMyRecords(page)
    await expect(kindOf(page)).toHaveAttribute('data-kind', 'failed')
    await expect(rows(page)).toHaveCount(0)
    expect(calls(fresh)).toHaveLength(3)
  })

  test('of a year are drawn a hundred at a time', async ({ page, fresh }) => {
    await show(page, fresh, myRecordsStates.find(({ name }) => name === 'panel-my-records-many')!)
    await expect(rows(page)).toHaveCount(100)
    await page.getByRole('button', { name: 'Voir 540 autres dossiers' }).click()
    await expect(rows(page)).toHaveCount(200)
    await expect(rows(page).nth(100)).toBeFocused()
    fresh.world.myRecords = manyRecords(3)
    await askMyRecords(page)
    await expect(rows(page)).toHaveCount(3)
    await expect(page.getByTestId('more-my-records')).toHaveCount(0)
  })
})

test.describe('the documents that are not in force', () => {
  const others = (page: Page) => page.getByTestId('other-document')
  const calls = (fresh: FixtureConnector) => fresh.world.asked.filter(({ name }) => name === 'record.list')

  async function showThem(page: Page, fresh: FixtureConnector): Promise<void> {
    await show(page, fresh, otherStates.find(({ name }) => name === 'panel-other-states')!)
  }

  test('are asked by a press alone, stand apart from those in force, each marked by its state, and open as it allows', async ({ page, fresh }) => {
    fresh.world.panel = panelWith({ documents: recordDocuments(4) })
    fresh.world.otherStates = notInForce()
    await page.goto(fresh.address('panel'))
    await expect(page.getByTestId('document-row')).toHaveCount(4)
    fresh.tell('panel')
    fresh.tell('sign-in')
    await expect(page.getByTestId('ask-other-states')).toHaveAttribute('aria-expanded', 'false')
    expect(calls(fresh)).toEqual([])
    await page.getByTestId('ask-other-states').focus()
    await page.keyboard.press('Enter')
    await expect(others(page)).toHaveText([/Archivé/, /Remplacé/, /Supprimé/])
    expect(calls(fresh)).toEqual([{ name: 'record.list', input: { ins: marie.ins, insOid: marie.insOid, statuses: ['archived', 'deprecated', 'deleted'] } }])
    await expect(page.getByTestId('announce-polite')).toHaveText('3 documents qui ne sont plus en vigueur')
    await expect(page.getByTestId('document-row')).toHaveCount(4)
    await expect(page.getByTestId('document-count')).toHaveText('4')
    await expect(page.getByTestId('ask-other-states')).toBeFocused()
    await page.keyboard.press('Tab')
    await expect(others(page).first()).toBeFocused()
    await page.keyboard.press('End')
    await expect(others(page).nth(1)).toBeFocused()
    await expect(others(page).nth(2)).not.toHaveRole('button')
    const [viewer] = await Promise.all([page.waitForEvent('popup'), page.keyboard.press('Enter')])
    expect(new URL(viewer.url()).searchParams.get('uniqueId')).toBe(notInForce()[1]!.uniqueId)
  })

  test('are put away, and asked anew the next time', async ({ page, fresh }) => {
    await showThem(page, fresh)
    await askOtherStates(page)
    await expect(others(page)).toHaveCount(0)
    fresh.world.otherStates = []
    await askOtherStates(page)
    await expect(page.getByTestId('other-states-none')).toBeVisible()
    expect(calls(fresh)).toHaveLength(2)
  })

  test('are gone with the patient, and are never the next one’s', async ({ page, fresh }) => {
    await showThem(page, fresh)
    fresh.world.panel = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' }, documents: recordDocuments(4) })
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(page.getByTestId('ask-other-states')).toHaveAttribute('aria-expanded', 'false')
    await expect(others(page)).toHaveCount(0)
    expect(calls(fresh)).toHaveLength(1)
  })

  for (const [of, change] of [
    ['another list of the same patient', () => ({ loadedAt: new Date().toISOString() })],
    ['a record that may be read no longer', () => ({ failure: { code: 'consultation-refused', class: 'needs-user', recordText: null, retryAt: null }, loadedAt: null, documents: [] })],
  ] as const) {
    test(`are gone beside ${of}`, async ({ page, fresh }) => {
      await showThem(page, fresh)
      fresh.world.panel = panelWith({ documents: recordDocuments(4), ...change() } as Parameters<typeof panelWith>[0])
      fresh.tell('panel')
      await expect(others(page)).toHaveCount(0)
      expect(calls(fresh)).toHaveLength(1)
    })
  }

  test('of one reader are not the next one’s', async ({ page, fresh }) => {
    await showThem(page, fresh)
    const { speaker } = fresh.world.signIn
    fresh.world.signIn = { ...fresh.world.signIn, speaker: speaker && { ...speaker, professional: { id: '899900000219', name: 'Dr Karim BELHADJ' } } }
    fresh.tell('sign-in')
    await expect(page.getByTestId('speaker')).toContainText('BELHADJ')
    await expect(others(page)).toHaveCount(0)
    expect(calls(fresh)).toHaveLength(1)
  })
})
