import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { startHeadless, type HeadlessHost } from '../hosts/headless.ts'
import { announce, drop } from '../support/demo-feed.ts'

test.describe('the program killed in the middle', () => {
  let host: HeadlessHost
  test.beforeAll(async () => {
    host = await startHeadless()
  })
  test.afterAll(() => host.close())

  test('loses nothing and doubles nothing', async () => {
    test.setTimeout(180_000)
    const total = 40
    await announce(host, ['P000102'])
    const pdf = Buffer.from(playFile('ordonnance-morel.pdf'))
    const sidecar = JSON.parse(Buffer.from(playFile('ordonnance-morel.json')).toString()) as Record<string, string>
    for (let index = 0; index < total; index += 1) {
      // A comment after the end mark makes each a document of its own and leaves the PDF valid.
      drop(host.exportDir, `lettre-${index}.json`, Buffer.from(JSON.stringify({ ...sidecar, titre: `Ordonnance ${index}` })))
      drop(host.exportDir, `lettre-${index}.pdf`, Buffer.concat([pdf, Buffer.from(`\n% ${index}\n`)]))
    }
    for (const enough of [5, 15, 25]) {
      await expect.poll(() => host.deposited().size, { timeout: 60_000 }).toBeGreaterThanOrEqual(enough)
      await host.kill()
      await host.restart()
    }
    await expect.poll(async () => (await host.items()).filter((item) => item.state === 'deposited').length, { timeout: 120_000, intervals: [1_000] }).toBe(total)
    const items = await host.items()
    expect(items).toHaveLength(total)
    expect(new Set(items.map((item) => item.uniqueId)).size).toBe(total)
    expect(host.deposited().size).toBe(total)
    const ins = demoPatients().patients.find((patient) => patient.localId === 'P000102')!.ins
    const listed = (await host.relais('record', 'list', '--ins', ins)).stdout.split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { uniqueId: string }).uniqueId)
    expect(listed).toHaveLength(total)
    expect(new Set(listed).size).toBe(total)
    expect(fs.existsSync(path.join(host.dataDir, 'connector.json'))).toBe(true)
  })
})
