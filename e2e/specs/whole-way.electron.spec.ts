import { createHash } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { readCdaBody } from '#connector/documents/index.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { electronUnavailable, launchElectron, type ElectronHost } from '../hosts/electron.ts'
import { announce, drop, send } from '../support/demo-feed.ts'

test.skip(electronUnavailable() !== null, electronUnavailable() ?? '')

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

test.describe('the whole way, on the desktop', () => {
  let host: ElectronHost
  let folder: string
  let port: number
  test.beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-export-'))
    port = await freePort()
    host = await launchElectron({ args: ['--record', 'sandbox', '--demo', '--watch', folder, '--hl7-port', String(port)] })
    await expect((await host.panel()).getByTestId('training-band')).toBeVisible()
  })
  test.afterAll(async () => {
    await host.close()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  test('a PDF and an HL7 message, in the sync window, in the panel and in the record, byte for byte', async () => {
    test.setTimeout(120_000)
    const feed = { ready: { hl7: { host: '127.0.0.1', port } } } as Parameters<typeof announce>[0]
    const [morel] = await announce(feed, ['P000102', 'P000105'])
    const panel = await host.panel()
    await panel.evaluate(() => globalThis.postMessage({ relais: 'open-window', window: 'sync', query: {} }, '*'))
    const sync = await host.sync()
    drop(folder, 'ordonnance-morel.json')
    drop(folder, 'ordonnance-morel.pdf')
    expect(await send(feed, playFile('cr-ecg-poli.hl7'))).toBe('AA')
    await sync.getByRole('tab', { name: /Envoyés/ }).click()
    await expect(sync.getByText('Ordonnance du 20/11/2026').first()).toBeVisible({ timeout: 30_000 })
    await expect(sync.getByText('Électrocardiogramme du 20/11/2026').first()).toBeVisible()

    const documents = path.join(host.dataDir, 'sandbox/documents')
    const stored = fs.readdirSync(documents).map((name) => fs.readFileSync(path.join(documents, name)))
    const base64 = /\^Base64\^([^|\r\n]+)/.exec(Buffer.from(playFile('cr-ecg-poli.hl7')).toString())![1]!
    expect(stored.map(sha256)).toContain(sha256(Buffer.from(base64, 'base64')))
    const wrapped = stored.flatMap((bytes) => {
      const body = readCdaBody(bytes)
      return body.ok ? body.value.attachments.map((attachment) => sha256(attachment.bytes)) : []
    })
    expect(wrapped).toContain(sha256(playFile('ordonnance-morel.pdf')))

    await panel.getByLabel(/INS/).first().fill(morel!.ins)
    await panel.keyboard.press('Enter')
    await expect(panel.getByRole('heading', { level: 1 })).toContainText('MOREL')
    const row = panel.getByTestId('document-row').filter({ hasText: 'Ordonnance' }).first()
    await row.click()
    const viewer = await host.viewer()
    await expect(viewer.getByRole('heading', { level: 1 })).toContainText('MOREL')
    await expect(viewer.locator('.textLayer').first()).toContainText(/ORDONNANCE/i, { timeout: 30_000 })
  })
})
