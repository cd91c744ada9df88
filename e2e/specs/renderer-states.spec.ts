import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, test as base, type Page } from '@playwright/test'
import { freshWorld, startFixtureConnector, type FixtureConnector } from '../support/fixture-connector/fixture-connector.ts'
import { signInStates, standings } from '../support/fixture-connector/sign-in-states.ts'
import { summaryOf, summaryStates } from '../support/fixture-connector/summary-states.ts'
import { windowStates, type WindowState } from '../support/fixture-connector/states.ts'
import { heldBatch, item, itemDetail, marie, panelWith, paul, recordDocument, statusOf } from '../support/fixture-connector/world.ts'

/** The built pages; `RELAIS_PAGES` points elsewhere while they are being worked on. */
const pages = process.env['RELAIS_PAGES'] ?? path.join(import.meta.dirname, '../../out/renderer')
const sizes = { panel: { width: 400, height: 900 }, sync: { width: 1100, height: 700 }, viewer: { width: 900, height: 1000 } }

const test = base.extend<{ fresh: FixtureConnector; complaints: string[] }, { fixture: FixtureConnector }>({
  fixture: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const started = await startFixtureConnector(pages)
      await use(started)
      await started.close()
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
      page.on('console', (message) => {
        if (message.type() === 'error') heard.push(message.text())
      })
      page.on('pageerror', (error) => heard.push(String(error)))
      await use(heard)
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
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const builder = new AxeBuilder({ page })
  const { violations: found } = await (rules ? builder.withRules(rules) : builder.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])).analyze()
  return found.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

async function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

test.describe('every state', () => {
  for (const state of [...windowStates, ...signInStates, ...summaryStates]) {
    test(`${state.name} is accessible, in light and dark, and fits 320 px`, async ({ page, fresh }) => {
      await show(page, fresh, state)
      expect(await violations(page)).toEqual([])
      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await violations(page, ['color-contrast'])).toEqual([])
      await page.setViewportSize({ width: 320, height: 700 })
      await expect(page.locator(state.shows).first()).toBeAttached()
      await expect.poll(() => sideways(page)).toBeLessThanOrEqual(0)
      expect(await violations(page, ['target-size', 'scrollable-region-focusable'])).toEqual([])
    })
  }

  for (const name of ['panel-documents', 'panel-storage-low', 'panel-authorise', 'panel-emergency', 'panel-answers-minor-information', 'sync-todo', 'sync-journal', 'sync-held-batch', 'sync-drawer-on-its-way', 'sync-drawer-visibility-fixed', 'sync-everything-at-once', 'viewer-text', 'viewer-emergency', 'panel-card-pin-wrong', 'panel-card-pin-locked', 'panel-situation-to-choose', 'panel-sign-in-by-phone', 'panel-sign-in-phone', 'panel-sign-in-expired', 'panel-line-card-speaks', 'panel-line-sign-in-speaks', 'sync-waits-card-absent', 'panel-summary-everything-open', 'panel-summary-conflict', 'panel-summary-not-loaded']) {
    test(`${name} speaks English throughout, and stands forced colours`, async ({ page, fresh }) => {
      const state = [...windowStates, ...signInStates, ...summaryStates].find((one) => one.name === name)
      if (!state) throw new Error(name)
      await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
      await show(page, fresh, state, { lang: 'en' })
      await expect(page.locator('html')).toHaveAttribute('lang', 'en')
      expect(await violations(page)).toEqual([])
      await expect(page.getByText(/Actualiser|À traiter|Dossier surveillé|Texte|Bac à sable|Retenir|Envoyer|Disque|Masqué|Réception|Code de la carte|Connexion|Carte CPS|Session jusqu|Se connecter|Urgence|Patient mineur|Lecture|s’oppose|Traitements|Biologie —|Antécédents|non lus|illisible|à vérifier|autres$/)).toHaveCount(0)
    })
  }
})

test.describe('the summary', () => {
  const list = (page: Page, name: string) => page.getByTestId(`list-${name}`)
  const rowsOf = (page: Page, name: string) => list(page, name).getByTestId('fact-row')

  async function showSummary(page: Page, fresh: FixtureConnector, name: string): Promise<void> {
    const state = summaryStates.find((one) => one.name === name)
    if (!state) throw new Error(name)
    await show(page, fresh, state)
  }

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
    await expect(list(page, 'results').locator('figcaption')).toHaveText(/^En hausse\s: 79\sµmol\/L → 98\sµmol\/L, du .*, 4 valeurs$/)
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

  test('never paints the summary of another patient nor of another reading', async ({ page, fresh }) => {
    await showSummary(page, fresh, 'panel-summary-full')
    // Another reader's list of the same patient is on screen before its summary comes.
    fresh.world.delays['panel.summary'] = 1500
    fresh.world.panel = panelWith({ documents: [recordDocument(2)] })
    fresh.tell('panel')
    await expect(page.getByTestId('document-row')).toHaveCount(1)
    await expect(page.getByTestId('allergies')).toBeHidden()
    await expect.poll(() => fresh.world.answered).toContain('panel.summary')
    await expect(page.getByTestId('allergies')).toBeHidden()
    fresh.world.delays = {}
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
    fresh.world.delays['panel.refresh'] = 1500
    fresh.world.panel = panelWith({ loadedAt: new Date().toISOString() })
    await page.getByTestId('refresh').click()
    await expect.poll(() => fresh.world.asked.some((one) => one.name === 'panel.refresh')).toBe(true)
    const next = panelWith({ generation: 2, patient: { ...paul, qualified: true, patientId: 'p2' }, documents: [recordDocument(2)] })
    fresh.world.panel = next
    fresh.tell('panel')
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(page.getByTestId('announce-assertive')).toHaveText('Patient affiché : DURAND Paul')
    await expect.poll(() => fresh.world.answered).toContain('panel.refresh')
    await expect(page.getByTestId('refresh')).toBeEnabled()
    await expect(page.getByTestId('patient-name')).toHaveText('DURAND Paul')
    await expect(rows(page)).toHaveCount(1)
  })

  test('takes away what it shows when a change is announced and not explained', async ({ page, fresh }) => {
    await page.goto(fresh.address('panel'))
    await expect(rows(page)).toHaveCount(41)
    fresh.world.delays['panel.get'] = 3000
    fresh.tell('panel')
    await expect(page.getByTestId('panel-veil')).toBeVisible()
    await expect(page.getByTestId('panel-veil')).toBeHidden()
  })

  test('opens a patient by an INS, and reads the record again on demand', async ({ page, fresh }) => {
    fresh.world.panel = panelWith({ patient: null, standing: null, documents: [], loadedAt: null })
    await page.goto(fresh.address('panel'))
    await page.getByTestId('ins-field').fill('2 59 02 75 123 456 94')
    fresh.world.panel = panelWith({ generation: 2 })
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('patient-name')).toHaveText('DUPONT Marie Élise')
    expect(fresh.world.asked.find((one) => one.name === 'panel.open')?.input).toEqual({ ins: '2 59 02 75 123 456 94' })
    await page.getByTestId('refresh').click()
    await expect.poll(() => fresh.world.asked.filter((one) => one.name === 'panel.refresh').length).toBe(1)
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
    await expect(page.getByTestId('global-state')).toHaveText(/Dossier partagé surchargé\s: 8 envois en attente · nouvel essai à \d\d:\d\d/)
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
    fresh.world.delays['signIn.givePin'] = 700
    fresh.world.signInAfter['signIn.givePin'] = standings['card-pin-wrong']!()
    fresh.world.refuse = 'card-pin-wrong'
    const field = page.getByTestId('pin')
    await field.fill('4821')
    await page.keyboard.press('Enter')
    await expect(field).toHaveValue('')
    await page.keyboard.type('4821')
    await page.keyboard.press('Enter')
    await expect.poll(() => fresh.world.answered).toEqual(['signIn.givePin'])
    fresh.tell('sign-in')
    await expect(card(page)).toHaveAttribute('data-code', 'card-pin-wrong')
    await expect(page.getByTestId('pin-tries')).toHaveAttribute('data-tries', 'few')
    await expect(page.getByTestId('announce-assertive')).toHaveText('Code de la carte refusé')
    expect(asked(fresh, 'signIn.givePin')).toEqual([{ pin: '4821' }])
    await expect(field).toHaveValue('')
    await expect(field).toBeFocused()
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
    for (const [way, code] of [['sign-in-ended', 'sign-in-ended'], [{ way: 'two', mode: 'normal', since: null, reason: null }, 'access-changed']] as const) {
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
})
