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

  test('without a sidecar waits for its type once its patient is confirmed, and goes as the type somebody says, in the window or at the command line', async ({ page }) => {
    test.setTimeout(180_000)
    await announce(host, ['P000101'])
    const of = async (reference: string) => (await host.items()).find(({ source }) => source.reference === reference)
    await page.setViewportSize({ width: 1100, height: 700 })
    await page.goto(host.ready.sync)
    await page.getByTestId('tab-todo').click()
    const scans = ['scan-1.pdf', 'scan-2.pdf']
    const untyped = page.locator('[data-testid="cause"][data-code="type-unknown"]').getByTestId('todo-item')
    for (const name of scans) drop(host.exportDir, name, Buffer.concat([playFile('LE-GOAZIOU_MONIQUE_19360314_ORDONNANCE.pdf'), Buffer.from(`\n% ${name}\n`)]))
    for (const name of scans) {
      await page.getByTestId('todo-item').filter({ hasText: name }).getByRole('button').click({ timeout: 40_000 })
      await page.getByTestId('drawer-see').click()
      await expect(page.locator('[data-page="1"] .textLayer')).toContainText('LE GOAZIOU')
      await page.getByTestId('named-patient').getByRole('button').click()
      await expect(untyped.filter({ hasText: name })).toBeVisible()
    }
    await untyped.filter({ hasText: 'scan-1.pdf' }).getByRole('button', { name: 'Choisir le type' }).click()
    await expect(page.getByTestId('confirm-type')).toBeDisabled()
    await page.getByTestId('find-type').fill('imagerie')
    await page.getByRole('radio', { name: /^CR d'imagerie médicale/ }).check()
    await page.getByTestId('confirm-type').click()
    await expect.poll(async () => (await of('scan-1.pdf'))?.state).toBe('deposited')
    expect(await of('scan-1.pdf')).toMatchObject({ documentType: '18748-4' })
    const { id } = (await of('scan-2.pdf'))!
    const offered = await host.relais('items', 'type', id)
    expect(JSON.parse(offered.stdout.split('\n')[0]!)).toEqual({ code: '57833-6', label: 'Prescription de produits de santé', usual: true })
    expect(await host.relais('items', 'type', id, '00000-0')).toMatchObject({ code: 1, stderr: expect.stringContaining('type-not-accepted') })
    expect((await host.relais('items', 'type', id, '89601-9')).code).toBe(0)
    await expect.poll(async () => (await of('scan-2.pdf'))?.state).toBe('deposited')
    expect(await of('scan-2.pdf')).toMatchObject({ documentType: '89601-9' })
    expect((await host.relais('items', 'type', id)).stdout).toBe('')
    expect(await host.relais('items', 'type', id, '89601-9')).toMatchObject({ code: 1, stderr: expect.stringContaining('already-left') })
    expect((await host.relais('items', 'kind', id)).code).toBe(2)
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

test('a document that does not say who wrote it, in a practice of several, goes in the name of the professional somebody says, in the window or at the command line', async ({ page }) => {
  test.setTimeout(180_000)
  const host = await startHeadless()
  try {
    const [morel] = await announce(host, ['P000102'])
    const { ins, birthName, givenNames, birthDate, sex } = morel!
    const of = async (reference: string) => (await host.items()).find(({ source }) => source.reference === reference)
    const unauthored = page.locator('[data-testid="cause"][data-code="author-missing"]').getByTestId('todo-item')
    await page.setViewportSize({ width: 1100, height: 700 })
    await page.goto(host.ready.sync)
    await page.getByTestId('tab-todo').click()
    for (const name of ['one', 'two']) {
      drop(host.exportDir, `${name}.json`, Buffer.from(JSON.stringify({ ins, nomNaissance: birthName, prenom: givenNames.split(' ')[0], dateNaissance: birthDate, sexe: sex, type: 'ordonnance', titre: `Ordonnance ${name}` })))
      drop(host.exportDir, `${name}.pdf`, Buffer.concat([playFile('ordonnance-morel.pdf'), Buffer.from(`\n% ${name}\n`)]))
    }
    await unauthored.filter({ hasText: 'Ordonnance one' }).getByRole('button', { name: 'Choisir l’auteur' }).click({ timeout: 40_000 })
    await page.getByRole('radio', { name: /^LE GUILLOUX Solène/ }).check()
    await page.getByTestId('confirm-author').click()
    await expect.poll(async () => (await of('one.pdf'))?.state).toBe('deposited')
    await expect.poll(async () => (await of('two.pdf'))?.reason).toBe('author-missing')
    const { id } = (await of('two.pdf'))!
    const offered = (await host.relais('items', 'author', id)).stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown)
    expect(offered).toHaveLength(3)
    expect(offered[2]).toEqual({ id: '899900000342', name: 'LE GUILLOUX Solène', speciality: 'Infirmier', place: null })
    expect(await host.relais('items', 'author', id, '899900009999')).toMatchObject({ code: 1, stderr: expect.stringContaining('author-not-ours') })
    expect(await host.relais('items', 'type', id, '57833-6')).toMatchObject({ code: 1, stderr: expect.stringContaining('not-found') })
    expect(await host.relais('items', 'author', id, '899900000219', '499900000099001')).toMatchObject({ code: 1, stderr: expect.stringContaining('author-not-ours') })
    expect((await host.relais('items', 'author', id, '899900000219')).code).toBe(0)
    await expect.poll(async () => (await of('two.pdf'))?.state).toBe('deposited')
    expect((await host.relais('items', 'author', id)).stdout).toBe('')
    expect(await host.relais('items', 'author', id, '899900000219')).toMatchObject({ code: 1, stderr: expect.stringMatching(/"error":"already-left".*"message":"Already gone\. /) })
  } finally {
    await host.close()
  }
})
