import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { startHeadless, type HeadlessHost } from '../hosts/headless.ts'
import { announce, drop, send } from '../support/demo-feed.ts'

const cda = () => Buffer.from(playFile('note-vaccination-eloise.xml')).toString()
const json = (more: Record<string, string>) => Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(playFile('ordonnance-morel.json')).toString()) as object), ...more }))

test.describe('bad input gets a reason, never silence', () => {
  let host: HeadlessHost
  test.beforeAll(async () => {
    host = await startHeadless()
    await announce(host, ['P000102', 'P000106'])
  })
  test.afterAll(() => host.close())

  test('each bad file ends parked, waiting or ignored with its reason, and the program goes on', async ({ page }) => {
    test.setTimeout(180_000)
    const ins = demoPatients().patients.find((patient) => patient.localId === 'P000106')!.ins
    const pdf = Buffer.from(playFile('ordonnance-morel.pdf'))
    const files: Record<string, Buffer> = {
      'vide.pdf': Buffer.alloc(0),
      'coupe.pdf': pdf.subarray(0, pdf.length / 2),
      'texte.pdf': Buffer.from('Ceci n’est pas un PDF.'),
      'doctype.xml': Buffer.from(cda().replace(/<ClinicalDocument/, '<!DOCTYPE ClinicalDocument [<!ENTITY a "b">]><ClinicalDocument')),
      'sans-patient.xml': Buffer.from(cda().replace(/<recordTarget>[\s\S]*<\/recordTarget>/, '')),
      'mauvaise-cle.xml': Buffer.from(cda().replaceAll(ins, `${ins.slice(0, 13)}${ins.endsWith('01') ? '02' : '01'}`)),
      'numero-reel.xml': Buffer.from(cda().replaceAll('1.2.250.1.213.1.4.10', '1.2.250.1.213.1.4.8')),
      'autre-auteur.xml': Buffer.from(playFile('resultat-laboratoire-poli.xml')),
      'enorme.pdf': Buffer.concat([pdf, Buffer.alloc(21 * 1024 * 1024, 32), Buffer.from('%%EOF\n')]),
      'tronque.xml': Buffer.from(cda().slice(0, 2_000)),
    }
    for (const [name, bytes] of Object.entries(files)) drop(host.exportDir, name, bytes)
    drop(host.exportDir, 'inconnu.json', json({ ins: '284069999999968', nomNaissance: 'ESSAI', prenom: 'CAMILLE', ipp: 'P999' }))
    drop(host.exportDir, 'inconnu.pdf', Buffer.concat([pdf, Buffer.from('\n% inconnu\n')]))

    const expected: Record<string, [string, string]> = {
      'vide.pdf': ['parked', 'file-empty'],
      'coupe.pdf': ['parked', 'pdf-truncated'],
      'texte.pdf': ['parked', 'pdf-not-pdf'],
      'doctype.xml': ['parked', 'xml-doctype'],
      'sans-patient.xml': ['parked', 'cda-no-patient'],
      'mauvaise-cle.xml': ['parked', 'ins-invalid'],
      'numero-reel.xml': ['parked', 'ins-production-in-training'],
      'autre-auteur.xml': ['parked', 'author-not-ours'],
      'enorme.pdf': ['parked', 'file-too-large'],
      'tronque.xml': ['parked', 'xml-malformed'],
      'inconnu.pdf': ['waiting', 'patient-unknown'],
    }
    await expect
      .poll(async () => Object.fromEntries((await host.items()).map((item) => [item.source.reference, [item.state, item.reason]])), { timeout: 120_000, intervals: [1_000] })
      .toEqual(expected)
    expect(host.deposited().size).toBe(0)

    await page.goto(host.ready.sync)
    await expect(page.getByText(/Fichier vide/i).first()).toBeVisible()

    drop(host.exportDir, 'apres.xml', Buffer.from(cda()))
    await expect.poll(() => host.deposited().size).toBe(1)
  })

  test('bad messages are refused on the wire and shown', async () => {
    expect(await send(host, 'PID|1\r')).toBe('AR')
    expect(await send(host, 'MSH|^~\\&|A|B|C|D|20261120||ORM^O01|77|P|2.5\rPID|1\r')).toBe('AR')
    const message = Buffer.from(playFile('cr-ecg-poli.hl7')).toString()
    expect(await send(host, message.replace(/(\^Base64\^)[^|\r\n]{400}/, '$1'))).toBe('AE')
    const reasons = (await host.items()).filter((item) => item.source.kind === 'hl7').map((item) => `${item.state} ${item.reason}`)
    expect(reasons.sort()).toEqual(['ignored hl7-no-msh', 'ignored hl7-type-unknown', 'parked hl7-document-broken'])
  })

  test('a record that is down holds documents, which go by themselves when it is back', async () => {
    test.setTimeout(120_000)
    const dir = path.join(host.dataDir, '../lone-sandbox')
    fs.mkdirSync(dir, { recursive: true })
    const lone = await startHeadless()
    try {
      await announce(lone, ['P000102'])
      const config = JSON.parse(fs.readFileSync(path.join(lone.dataDir, 'sandbox/record.json'), 'utf8')) as { endpoints: Record<string, string> }
      for (const name of Object.keys(config.endpoints)) config.endpoints[name] = config.endpoints[name]!.replace(/:\d+\//, ':9/')
      const down = path.join(lone.dataDir, 'sandbox/record-down.json')
      fs.writeFileSync(down, JSON.stringify(config))
      const other = await startHeadless({ record: down })
      try {
        await announce(other, ['P000102'])
        drop(other.exportDir, 'ordonnance-morel.json')
        drop(other.exportDir, 'ordonnance-morel.pdf')
        await expect.poll(async () => (await other.items()).map((item) => `${item.state} ${item.reason}`), { timeout: 60_000 }).toEqual(['waiting record-unreachable'])
      } finally {
        await other.close()
      }
    } finally {
      await lone.close()
    }
  })
})
