import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { recordConfig } from '#shared/contract/index.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { startSandbox, type Sandbox } from '../sandbox/index.ts'
import type { Connector } from './connector.ts'
import { startTestConnector } from './test-connector.ts'

/** A minor's secret connection, from a person's choice to the wire; the training record's code for it is its own. */
const practice = demoPractice()
const file = demoPatients()
const eloise = file.patients.find(({ localId }) => localId === 'P000106')!
const note = 'note-vaccination-eloise.xml'
const wait = { timeout: 30_000, interval: 50 }
const secret = { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: true, secretConnection: true }
const code = 'urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code'

let folder: string
let sandbox: Sandbox
let connector: Connector
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-secret-'))
  fs.mkdirSync(path.join(folder, 'export'))
  sandbox = await startSandbox({ dir: path.join(folder, 'sandbox'), port: 0, practice })
})
afterEach(async () => {
  vi.restoreAllMocks()
  await connector.stop()
  await sandbox.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

async function start(change: { protocol?: 'xds' | 'fhir'; isTold?: boolean } = {}): Promise<void> {
  const { protocol = 'xds', isTold = true } = change
  const read = JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')) as { vihf: object }
  const started = await startTestConnector({
    directory: path.join(folder, 'data'), practice,
    record: { config: recordConfig.parse({ ...read, protocol, vihf: { ...read.vihf, ...(isTold ? {} : { secretConnection: null }) } }), baseDir: path.join(folder, 'sandbox') },
    watch: [path.join(folder, 'export')], hl7Port: 0,
  })
  if (!started.ok) throw new Error(started.failure.code)
  connector = started.value
}

/** A document of this patient that is ready and kept from going until `connector.resume`. */
async function heldReady(bytes: Uint8Array | string = playFile(note)): Promise<string> {
  await connector.pause(null)
  fs.writeFileSync(path.join(folder, 'export', 'one.xml'), bytes)
  await vi.waitFor(async () => expect(await states()).toEqual(['ready null']), wait)
  return (await connector.items.list({ limit: 1, cursor: null })).items[0]!.id
}
const states = async () => (await connector.items.list({ limit: 50, cursor: null })).items.map((item) => `${item.state} ${item.reason}`)
const sent = () => fs.readdirSync(path.join(folder, 'sandbox/wire')).filter((name) => name.endsWith('.request') && name.includes('TD2.1')).map((name) => fs.readFileSync(path.join(folder, 'sandbox/wire', name), 'latin1'))
async function depositsTraced(): Promise<(string | undefined)[]> {
  const lines = await connector.audit.export({ from: null, to: null })
  const found: (string | undefined)[] = []
  if (lines.ok) for await (const { event } of lines.value) if ((JSON.parse(event) as { act: string }).act === 'deposit') found.push((JSON.parse(event) as { mode?: string }).mode)
  return found
}

it('goes with the document to the VIHF and the trace, over a restart', async () => {
  await start()
  const id = await heldReady()
  const detail = await connector.items.get(id)
  expect(detail.ok && detail.value.mayBeSecret).toBe(true)
  expect(await connector.items.setVisibility(id, secret)).toMatchObject({ ok: true })
  await vi.waitFor(async () => expect(await states()).toEqual(['ready null']), wait)
  await connector.stop()
  await start()
  await connector.resume()
  await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
  expect(sent()).toHaveLength(1)
  expect(sent()[0]).toMatch(new RegExp(`${code}"><[^>]*>CONNEXION_SECRETE<`))
  expect(await depositsTraced()).toEqual(['secret'])
})

it('is never sent otherwise: not where the record cannot be told, not once the patient is of age', async () => {
  await start()
  const id = await heldReady()
  expect(await connector.items.setVisibility(id, secret)).toMatchObject({ ok: true })
  await vi.waitFor(async () => expect((await connector.items.list({ limit: 1, cursor: null })).items).toMatchObject([{ state: 'ready', visibility: { secretConnection: true } }]), wait)
  await connector.stop()
  // Prepared when it could be told; the configuration says otherwise by the time it is to go.
  for (const change of [{ isTold: false }, { protocol: 'fhir' as const }]) {
    await start(change)
    await connector.resume()
    await vi.waitFor(async () => expect(await states()).toEqual(['parked secret-connection']), wait)
    const detail = await connector.items.get(id)
    expect(detail.ok && detail.value.mayBeSecret).toBe(false)
    expect(await connector.items.retry({ reason: 'secret-connection' })).toBe(1)
    await vi.waitFor(async () => expect(await states()).toEqual(['parked secret-connection']), wait)
    await connector.stop()
  }
  expect(sent()).toEqual([])
  await start()
  expect(await connector.items.retry({ reason: 'secret-connection' })).toBe(1)
  await vi.waitFor(async () => expect(await states()).toEqual(['deposited null']), wait)
  expect(sent()[0]).toContain('CONNEXION_SECRETE')
})

it('is offered to minors alone, with what their representatives do not see', async () => {
  await start()
  const id = await heldReady()
  expect(await connector.items.setVisibility(id, { ...secret, hiddenFromRepresentatives: false })).toMatchObject({ ok: false, failure: { code: 'secret-not-hidden' } })
  const [year = 0] = eloise.birthDate.split('-').map(Number)
  vi.spyOn(Date, 'now').mockReturnValue(Date.UTC(year + 19, 0, 1))
  expect(await connector.items.setVisibility(id, secret)).toMatchObject({ ok: false, failure: { code: 'secret-not-minor' } })
  const detail = await connector.items.get(id)
  expect(detail.ok && detail.value.mayBeSecret).toBe(false)
})
