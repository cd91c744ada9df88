import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { playFile } from '../../resources/demo/play-list.ts'
import { startHeadless, type HeadlessHost } from '../hosts/headless.ts'
import { announce, drop } from '../support/demo-feed.ts'

test.describe('a document whose patient a person confirms', () => {
  let folder: string
  let host: HeadlessHost
  test.beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-practice-'))
    const practice = path.join(folder, 'practice.json')
    fs.writeFileSync(
      practice,
      JSON.stringify({
        structures: [{ id: '1750803447', name: 'Cabinet du Dr Seul', sector: 'SA07' }],
        professionals: [{ id: '899900000219', family: 'SEUL', given: 'Ada', profession: '10', specialty: 'SM54', structure: '1750803447' }],
      }),
    )
    host = await startHeadless({ practice })
  })
  test.afterAll(async () => {
    await host.close()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  test('is compared side by side, then goes', async ({ page }) => {
    await announce(host, ['P000101'])
    drop(host.exportDir, 'LE-GOAZIOU_MONIQUE_19360314_ORDONNANCE.pdf')
    await page.setViewportSize({ width: 1100, height: 700 })
    await page.goto(host.ready.sync)
    await page.getByTestId('tab-todo').click()
    await page.getByText('Comparer').first().click({ timeout: 40_000 })
    await expect(page.getByTestId('candidate')).toHaveCount(1)
    // The practice software takes its file away meanwhile: what is seen is what was received.
    fs.rmSync(path.join(host.exportDir, 'LE-GOAZIOU_MONIQUE_19360314_ORDONNANCE.pdf'))
    await page.getByTestId('drawer-see').click()
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('LE GOAZIOU')
    await expect(page.locator('[data-page="1"]')).toBeInViewport()
    const confirm = page.getByRole('button', { name: 'C’est ce patient' })
    await expect(confirm).toBeInViewport({ ratio: 1 })
    await confirm.click()
    await expect.poll(async () => (await host.items()).map((item) => item.state)).toEqual(['deposited'])
    expect(host.deposited().size).toBe(1)
    await expect(page.getByTestId('tab-sent')).toContainText('1')
  })

  test('is told when its text names another, and goes to the announced patient once somebody says so', async ({ page }) => {
    const [boukhrissa] = await announce(host, ['P000103'])
    const { ins, birthName, givenNames, birthDate, sex } = boukhrissa!
    drop(host.exportDir, 'export.json', Buffer.from(JSON.stringify({ ins, nomNaissance: birthName, prenom: givenNames.split(' ')[0], dateNaissance: birthDate, sexe: sex, type: 'ordonnance', titre: 'Ordonnance' })))
    drop(host.exportDir, 'export.pdf', playFile('ordonnance-morel.pdf'))
    await page.setViewportSize({ width: 1100, height: 700 })
    await page.goto(host.ready.sync)
    await page.getByTestId('tab-todo').click()
    const cause = page.locator('[data-testid="cause"][data-code="text-names-another"]')
    await expect(cause.getByRole('heading')).toContainText('Le texte nomme un autre patient', { timeout: 40_000 })
    // Each is looked at by itself: nothing frees the group.
    await expect(cause.getByRole('button')).toHaveCount(1)
    await cause.getByText('Comparer').click()
    await expect(page.getByTestId('candidate')).toHaveCount(1)
    await expect(page.getByTestId('candidate')).toContainText(ins)
    await page.getByTestId('drawer-see').click()
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('MOREL')
    await expect(page.getByTestId('candidate')).toBeInViewport({ ratio: 1 })
    await page.getByRole('button', { name: 'C’est ce patient' }).click()
    await expect.poll(async () => (await host.items()).map((item) => item.state)).toEqual(['deposited', 'deposited'])
  })

  test('goes to whom its text names, looked for among the patients known here, against what was announced', async ({ page }) => {
    const [boukhrissa, morel] = await announce(host, ['P000103', 'P000102'])
    const { ins, birthName, givenNames, birthDate, sex } = boukhrissa!
    const before = host.deposited().size
    drop(host.exportDir, 'autre.json', Buffer.from(JSON.stringify({ ins, nomNaissance: birthName, prenom: givenNames.split(' ')[0], dateNaissance: birthDate, sexe: sex, type: 'ordonnance', titre: 'Ordonnance' })))
    drop(host.exportDir, 'autre.pdf', Buffer.concat([playFile('ordonnance-morel.pdf'), Buffer.from('\n% again\n')]))
    await page.setViewportSize({ width: 1100, height: 700 })
    await page.goto(host.ready.sync)
    await page.getByTestId('tab-todo').click()
    const cause = page.locator('[data-testid="cause"][data-code="text-names-another"]')
    await cause.getByText('Comparer').click({ timeout: 40_000 })
    await page.getByTestId('drawer-see').click()
    await expect(page.locator('[data-page="1"] .textLayer')).toContainText('MOREL')
    await page.getByTestId('find-patient').fill(`morel ${morel!.birthDate.split('-').reverse().join('/')}`)
    const found = page.getByTestId('found-patient')
    await expect(found).toHaveCount(1)
    await expect(found).toContainText(morel!.ins)
    await expect(found).toContainText('différent')
    await found.getByRole('button').click()
    await expect.poll(async () => (await host.items()).filter(({ state }) => state !== 'deposited')).toEqual([])
    expect((await host.items()).find(({ source }) => source.reference === 'autre.pdf')?.patient?.ins).toBe(morel!.ins)
    expect(host.deposited().size).toBe(before + 1)
  })

  test('a patient the practice has not announced is named by number, and said so', async ({ page }) => {
    await page.setViewportSize({ width: 400, height: 700 })
    await page.goto(host.ready.panel)
    expect((await host.relais('patient', 'open', '--ins', '284069999999968')).code).toBe(0)
    await expect(page.getByRole('heading', { level: 1 })).toContainText('INS 2 84 06 99 999 999 68')
    await expect(page.getByText('Inconnu du cabinet')).toBeVisible()
    await expect(page.getByTestId('scene-empty')).toBeVisible()
  })
})
