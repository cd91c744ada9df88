import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { readCdaBody } from '#connector/documents/index.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { startHeadless, type HeadlessHost } from '../hosts/headless.ts'
import { announce, drop, send } from '../support/demo-feed.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

test.describe('a document the practice software drops reaches the record and shows beside the patient', () => {
  let host: HeadlessHost
  test.beforeAll(async () => {
    host = await startHeadless({ demo: true })
  })
  test.afterAll(() => host.close())

  test('a PDF and an HL7 message, in the sync window, in the panel and in the record, byte for byte', async ({ page, context }) => {
    const [morel] = await announce(host, ['P000102', 'P000105'])
    await page.goto(host.ready.sync)
    drop(host.exportDir, 'ordonnance-morel.json')
    drop(host.exportDir, 'ordonnance-morel.pdf')
    expect(await send(host, playFile('cr-ecg-poli.hl7'))).toBe('AA')

    await page.getByRole('tab', { name: /Envoyés/ }).click()
    await expect(page.getByText('Ordonnance du 20/11/2026').first()).toBeVisible()
    await expect(page.getByText('Électrocardiogramme du 20/11/2026').first()).toBeVisible()

    const items = await host.items()
    expect(items.map((item) => item.state)).toEqual(['deposited', 'deposited'])
    const ofPdf = items.find((item) => item.source.kind === 'folder')!
    const ofMessage = items.find((item) => item.source.kind === 'hl7')!
    const wrapped = readCdaBody(fs.readFileSync(path.join(host.dataDir, 'sandbox/documents', `${ofPdf.uniqueId}.xml`)))
    expect(wrapped.ok && sha256(wrapped.value.attachments[0]!.bytes)).toBe(sha256(playFile('ordonnance-morel.pdf')))
    const base64 = /\^Base64\^([^|\r\n]+)/.exec(Buffer.from(playFile('cr-ecg-poli.hl7')).toString())![1]!
    expect(host.deposited().get(ofMessage.uniqueId!)).toBe(sha256(Buffer.from(base64, 'base64')))

    const panel = await context.newPage()
    await panel.setViewportSize({ width: 400, height: 900 })
    await panel.goto(host.ready.panel)
    expect((await host.relais('patient', 'open', '--ins', morel!.ins)).code).toBe(0)
    await expect(panel.getByRole('heading', { level: 1 })).toContainText('MOREL')
    const row = panel.getByTestId('document-row').filter({ hasText: 'Ordonnance' }).first()
    await expect(row).toBeVisible()

    const [viewer] = await Promise.all([context.waitForEvent('page'), row.click()])
    await expect(viewer.getByRole('heading', { level: 1 })).toContainText('MOREL')
    await expect(viewer.locator('.textLayer').first()).toContainText(/ORDONNANCE/i)

    const listed = await host.relais('record', 'list', '--ins', morel!.ins)
    expect(listed.stdout).toContain(ofPdf.uniqueId!)
    const status = JSON.parse((await host.relais('status', '--json')).stdout) as { counts: Record<string, number>; total: number }
    expect(Object.values(status.counts).reduce((sum, count) => sum + count, 0)).toBe(status.total)
  })

  test('one’s records are listed where no patient is open, and on the command line, and one of them opens', async ({ page }) => {
    await page.setViewportSize({ width: 400, height: 900 })
    await page.goto(host.ready.panel)
    await page.getByRole('button', { name: 'Fermer le dossier de ce patient' }).click()
    await page.getByLabel('depuis').selectOption('365')
    await page.getByTestId('ask-my-records').click()
    // The two that documents have just come to stand first.
    const rows = page.getByTestId('my-record')
    await expect(rows.nth(0)).toContainText(/MOREL|POLI/)
    await expect(rows.filter({ hasText: 'MOREL' })).toContainText('Peut-être nouveau')
    const listed = await host.relais('record', 'mine', '--since', '2026-01-01')
    expect(listed.code).toBe(0)
    const records = listed.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { ins: string; lastAddAt: string })
    expect(records.map(({ lastAddAt }) => lastAddAt)).toEqual(records.map(({ lastAddAt }) => lastAddAt).toSorted().toReversed())
    const given = await host.relais('record', 'mine', '--by', 'access', '--since', '2030-01-01')
    expect([given.code, given.stdout]).toEqual([0, ''])
    const last = records.at(-1)!
    await page.locator(`[data-testid="my-record"][data-ins="${last.ins}"]`).click()
    await expect(page.getByTestId('document-row').first()).toBeVisible()
    await page.getByTestId('ask-other-states').click()
    await expect(page.getByTestId('other-states-none')).toBeVisible()
    const others = await host.relais('record', 'list', '--ins', last.ins, '--status', 'archived,deprecated,deleted')
    expect([others.code, others.stdout]).toEqual([0, ''])
    expect((await host.relais('record', 'list', '--ins', last.ins, '--status', 'obsolete')).code).toBe(2)
  })

  test('the same file again is recognised and nothing is sent', async () => {
    const before = host.deposited().size
    fs.copyFileSync(path.join(host.exportDir, 'ordonnance-morel.json'), path.join(host.exportDir, 'copie.json'))
    fs.copyFileSync(path.join(host.exportDir, 'ordonnance-morel.pdf'), path.join(host.exportDir, 'copie.pdf'))
    await expect.poll(async () => (await host.items()).filter((item) => item.reason === 'already-received').length).toBe(1)
    expect(host.deposited().size).toBe(before)
  })

  test('a second program on the same data folder is refused by name', async () => {
    const second = await host.relais('serve', '--record', 'sandbox')
    expect(second.code).toBe(2)
    expect(second.stderr).toContain('in use by another Relais')
  })

  test('every check of the doctor is green', async () => {
    const doctor = await host.relais('doctor', '--json')
    const { checks } = JSON.parse(doctor.stdout) as { checks: { name: string; ok: boolean; found: string }[] }
    expect(checks.filter((check) => !check.ok)).toEqual([])
    expect(checks).toHaveLength(10)
  })
})
