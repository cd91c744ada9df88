import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import { recordConfig, type Practice, type RecordConfig } from '#shared/contract/index.ts'
import { noTestCard, openTestReader, type TestReader } from '../../electron/connector/sign-in/test-card.ts'
import { startSandbox, type Approves } from '../../electron/sandbox/index.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { startHeadless, type HeadlessHost } from '../hosts/headless.ts'
import { announce, drop } from '../support/demo-feed.ts'

const practice = demoPractice()
const [author, colleague] = practice.professionals
const eloise = demoPatients().patients.find(({ usedGivenName }) => usedGivenName === 'Éloïse')!
const note = 'note-vaccination-eloise.xml'
const pin = '4821'
const card = (page: Page) => page.getByTestId('sign-in-card')
const speaker = (page: Page) => page.getByTestId('speaker')

/** The program on a training record beside it, whose sign-in a test decides; professionals have no certificates in files. */
async function world(change: (config: RecordConfig, dir: string) => RecordConfig['signIn'], approves?: Approves, known: Practice = practice): Promise<{ host: HeadlessHost; phone: string; close: () => Promise<void> }> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-e2e-sign-in-'))
  const sandbox = await startSandbox({ dir, port: 0, practice: known, ...(approves === undefined ? {} : { signIn: approves }) })
  const config = recordConfig.parse(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')))
  const record = path.join(dir, 'signed-in.json')
  fs.writeFileSync(record, JSON.stringify({ ...config, signIn: change(config, dir), certificates: config.certificates.filter(({ kind }) => kind === 'structure') }))
  const host = await startHeadless({ record })
  return {
    host,
    /** Where the training service shows what waits for a phone. */
    phone: config.signIn.mode === 'pro-sante-connect' ? new URL('/telephone', config.signIn.issuer).href : '',
    async close() {
      await host.close()
      await sandbox.close()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}

const states = async (host: HeadlessHost) => (await host.items()).map(({ state, reason }) => `${state} ${reason}`)
const openPatient = (host: HeadlessHost) => host.relais('patient', 'open', '--ins', eloise.ins)

test.describe('with Pro Santé Connect in the browser', () => {
  let at: Awaited<ReturnType<typeof world>>
  test.beforeAll(async () => {
    at = await world(({ signIn }) => signIn, 'page')
    await announce(at.host, [eloise.localId])
    drop(at.host.exportDir, note)
    await expect.poll(() => states(at.host)).toEqual(['deposited null'])
  })
  test.afterAll(() => at.close())

  test('a patient opened before anybody signed in is read by itself once somebody did, and nothing asked meanwhile', async ({ page, context }) => {
    await page.setViewportSize({ width: 400, height: 900 })
    await page.goto(at.host.ready.panel)
    await expect(speaker(page)).toContainText('Personne n’est connecté')
    expect((await openPatient(at.host)).code).toBe(0)
    await expect(card(page)).toHaveAttribute('data-act', 'start')
    await expect(page.getByTestId('document-row')).toHaveCount(0)
    expect(context.pages()).toHaveLength(1)

    const start = page.getByTestId('sign-in-start')
    await start.focus()
    const [approval] = await Promise.all([context.waitForEvent('page'), page.keyboard.press('Enter')])
    await expect(card(page)).toHaveAttribute('data-act', 'open-page')
    await expect(page.getByTestId('open-page')).toBeFocused()
    await approval.locator('form').filter({ hasText: author!.family }).getByRole('button', { name: 'Accepter' }).click()
    await expect(approval.locator('body')).toContainText('revenir à Relais')

    await expect(page.getByTestId('document-row')).toHaveCount(1)
    await expect(speaker(page)).toContainText('Dr Hélène MARCHANDEAU · Maison de santé des Tilleuls')
    await expect(page.getByTestId('announce-polite')).toHaveText(/MARCHANDEAU/)
  })

  test('a session is ended from the line, and what was read is gone with it, the way back in its place; a refusal is said', async ({ page, context }) => {
    await page.setViewportSize({ width: 400, height: 900 })
    await page.goto(at.host.ready.panel)
    await speaker(page).press('Enter')
    await expect(page.getByTestId('sign-in-end')).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(speaker(page)).toContainText('Personne n’est connecté')
    await expect(page.getByTestId('document-row')).toHaveCount(0)
    await expect(card(page)).toHaveCount(1)
    await expect(speaker(page)).toBeFocused()

    expect((await openPatient(at.host)).code).toBe(0)
    await expect(page.getByTestId('document-row')).toHaveCount(0)
    const [approval] = await Promise.all([context.waitForEvent('page'), page.getByTestId('sign-in-start').press('Enter')])
    await approval.getByRole('button', { name: 'Refuser' }).click()
    await expect(card(page)).toHaveAttribute('data-code', 'sign-in-denied')
  })
})

test('with Pro Santé Connect on the phone, asks whom the person says, and shows the words the phone shows', async ({ page, context }) => {
  const { host, phone, close } = await world(({ signIn }) => ({ ...signIn, flow: 'ciba' }) as RecordConfig['signIn'], 'page')
  try {
    await page.goto(host.ready.panel)
    await speaker(page).click()
    await card(page).getByLabel('Professionnel').selectOption({ label: `Dr ${colleague!.given} ${colleague!.family}` })
    await page.getByTestId('sign-in-start').click()
    const words = await page.getByTestId('sign-in-words').innerText()
    const shown = await context.newPage()
    await shown.goto(phone)
    const asked = shown.locator('form').filter({ hasText: colleague!.family })
    await expect(asked).toContainText(words)
    await asked.getByRole('button', { name: 'Accepter' }).click()
    await expect(speaker(page)).toContainText(`Dr ${colleague!.given} ${colleague!.family}`)
    await expect(card(page)).toHaveCount(0)
    await speaker(page).click()
    await page.getByTestId('sign-in-end').click()
    // Asked last: proposed first.
    await speaker(page).click()
    await expect(card(page).getByLabel('Professionnel')).toHaveValue(colleague!.id)
  } finally {
    await close()
  }
})

test.describe('with a card', () => {
  test.skip(noTestCard !== null, `missing: ${noTestCard}`)
  let reader: TestReader
  test.beforeAll(async () => {
    reader = await openTestReader()
  })
  test.afterAll(() => reader?.close())

  test('what waits for it leads to it: card put in, PIN given by the keyboard, tried once, kept nowhere', async ({ page }) => {
    let insert: () => Promise<void> = async () => undefined
    const { host, close } = await world(({ certificates }, dir) => {
      const line = certificates.find(({ party }) => party === author!.id)!
      insert = () => reader.insert({ label: 'CPS', pin, passphrase: line.passphrase, tls: fs.readFileSync(path.join(dir, line.tls)), signature: fs.readFileSync(path.join(dir, line.signature)) })
      return { mode: 'card', library: reader.library, front: { program: 'stunnel', engine: 'pkcs11' } }
    })
    try {
      await announce(host, [eloise.localId])
      drop(host.exportDir, note)
      await expect.poll(() => states(host)).toEqual(['waiting card-absent'])
      await page.setViewportSize({ width: 1100, height: 700 })
      await page.goto(host.ready.sync)
      await page.locator('[data-testid="cause"][data-code="card-absent"]').getByTestId('lead-to-sign-in').press('Enter')
      await expect(card(page)).toHaveAttribute('data-act', 'insert-card')

      await insert()
      const field = page.getByTestId('pin')
      await expect(field).toBeFocused()
      await expect(page.getByTestId('card-holder')).toContainText(author!.family)
      await page.keyboard.type('12')
      await page.keyboard.press('Enter')
      await expect(page.getByTestId('pin-malformed')).toBeVisible()
      await expect(card(page)).toHaveAttribute('data-code', 'card-pin-needed')
      await page.keyboard.type('9999')
      await page.keyboard.press('Enter')
      await expect(card(page)).toHaveAttribute('data-code', 'card-pin-wrong')
      await expect(page.getByTestId('announce-assertive')).toHaveText('Code de la carte refusé')
      await expect(field).toHaveValue('')
      await expect(field).toBeFocused()
      await page.keyboard.type(pin)
      await page.keyboard.press('Enter')
      await expect(field).toHaveCount(0)
      await expect(speaker(page)).toContainText(author!.family)
      await expect(page.getByTestId('tab-todo')).not.toContainText('1')
      await expect.poll(() => states(host)).toEqual(['deposited null'])
      expect(await page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.documentElement.outerHTML]))).not.toContain(pin)

      const putBack = await reader.pull()
      await expect(speaker(page)).toContainText('Carte retirée')
      await putBack()
      await expect(speaker(page)).toContainText(author!.family)
    } finally {
      await close()
    }
  })

  test('a secretary’s sends what waited for a doctor’s, and the panel says why it does not read', async ({ page }) => {
    await reader.pull()
    const [structure] = practice.structures
    const secretary = { id: `3${structure!.id.slice(1)}/0007`, family: 'MODELE', given: 'Nadia', structure: structure!.id }
    const field = (tag: number, text: string) => Buffer.concat([Buffer.from([tag, Buffer.byteLength(text)]), Buffer.from(text)])
    let insert: () => Promise<void> = async () => undefined
    // The record knows her; the practice file does not name her: her card is enough.
    const { host, close } = await world(
      ({ certificates }, dir) => {
        const line = certificates.find(({ kind }) => kind === 'staff')!
        const situation = Buffer.concat([field(0x84, structure!.name), field(0x85, structure!.id), field(0x86, structure!.sector)])
        insert = () => reader.insert({ label: 'CPE', pin, passphrase: line.passphrase, tls: fs.readFileSync(path.join(dir, line.tls)), signature: fs.readFileSync(path.join(dir, line.signature)), data: { CPS_ACTIVITY_01_PS: situation } })
        return { mode: 'card', library: reader.library, front: { program: 'stunnel', engine: 'pkcs11' } }
      },
      undefined,
      { ...practice, staff: [secretary] },
    )
    try {
      await announce(host, [eloise.localId])
      drop(host.exportDir, note)
      await expect.poll(() => states(host)).toEqual(['waiting card-absent'])
      await page.setViewportSize({ width: 400, height: 900 })
      await page.goto(host.ready.panel)
      expect((await openPatient(host)).code).toBe(0)
      await insert()
      await expect(page.getByTestId('card-holder')).toContainText('Nadia MODELE')
      await page.getByTestId('pin').fill(pin)
      await page.keyboard.press('Enter')
      await expect(speaker(page)).toContainText(`Nadia MODELE · ${structure!.name} : envoie, ne lit pas`)
      await expect.poll(() => states(host)).toEqual(['deposited null'])
      await expect(page.locator('[data-testid="scene-reason"][data-code="staff-card-deposits-only"]')).toContainText('pas de lire le dossier partagé')
      await expect(page.getByTestId('document-row')).toHaveCount(0)
    } finally {
      await close()
    }
  })
})
