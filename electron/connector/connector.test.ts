import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { recordConfig } from '#shared/contract/index.ts'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { startSandbox, type Sandbox } from '../sandbox/index.ts'
import { startConnector, type Connector } from './connector.ts'
import { sendMllp } from './intake/index.ts'

/** The real connector against the real training record, on folders of their own. */
const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

const practice = demoPractice()
const file = demoPatients()
const morel = file.patients.find((patient) => patient.localId === 'P000102')!
const wait = { timeout: 12_000, interval: 100 }

async function world() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-connector-'))
  ends.push(() => fs.rmSync(folder, { recursive: true, force: true }))
  const exports = path.join(folder, 'export')
  fs.mkdirSync(exports)
  const dir = path.join(folder, 'sandbox')
  let sandbox: Sandbox | null = await startSandbox({ dir, port: 0, practice })
  const { port, configPath } = sandbox
  ends.push(async () => sandbox?.close())
  const started = await startConnector({
    directory: path.join(folder, 'data'),
    key: 'ab'.repeat(32),
    practice,
    record: { config: recordConfig.parse(JSON.parse(fs.readFileSync(configPath, 'utf8'))), baseDir: dir },
    watch: [exports],
    hl7Port: 0,
    profileFolders: [path.resolve(import.meta.dirname, '../../resources/profiles')],
    active: true,
    version: 'test',
    role: 'test',
    log: () => undefined,
  })
  if (!started.ok) throw new Error(started.failure.code)
  const connector: Connector = started.value
  ends.push(() => connector.stop())
  return {
    exports,
    connector,
    deposited: () => (fs.existsSync(path.join(dir, 'documents')) ? fs.readdirSync(path.join(dir, 'documents')) : []),
    states: () => connector.items.list({ limit: 50, cursor: null }).items.map((item) => `${item.state} ${item.reason}`),
    adt: async (patient: typeof morel, event: 'A04' | 'A08', time: string) => {
      const answer = await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: adtMessage(patient, file, { event, time, controlId: `T${time}` }), timeoutMs: 10_000 })
      expect(answer.code).toBe('AA')
    },
    recordDown: async () => {
      await sandbox?.close()
      sandbox = null
    },
    recordUp: async () => {
      sandbox = await startSandbox({ dir, port, practice })
    },
  }
}

describe('the connector and the training record', () => {
  it('deposits a CDA written in UTF-16, byte for byte', async () => {
    const { exports, connector, states, deposited } = await world()
    const text = Buffer.from(playFile('note-vaccination-eloise.xml')).toString().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    const bytes = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')])
    fs.writeFileSync(path.join(exports, 'utf16.xml'), bytes)
    await vi.waitFor(() => expect(states()).toEqual(['deposited null']), wait)
    const [item] = connector.items.list({ limit: 1, cursor: null }).items
    expect(deposited()).toEqual([`${item!.uniqueId}.xml`])
    const read = await connector.record.get({ ins: item!.patient!.ins! }, item!.uniqueId!)
    expect(read.ok && Buffer.from(await read.value.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('does not send to the old number a document whose patient was corrected while it waited', async () => {
    const { exports, connector, adt, states, deposited, recordDown, recordUp } = await world()
    await adt(morel, 'A04', '20261120080000')
    await recordDown()
    for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) fs.writeFileSync(path.join(exports, name), playFile(name))
    await vi.waitFor(() => expect(states()).toEqual(['waiting record-unreachable']), wait)
    const other = file.patients.find((patient) => patient.localId === 'P000105')!
    await adt({ ...morel, ins: other.ins }, 'A08', '20261120090000')
    await recordUp()
    connector.resume()
    await vi.waitFor(() => expect(states()).toEqual(['parked traits-differ']), wait)
    expect(deposited()).toEqual([])
    // Looked at again, the sidecar's number is no longer the patient's: it waits for a person.
    expect(connector.items.retry({ reason: 'traits-differ' })).toBe(1)
    await vi.waitFor(() => expect(states()[0]).toMatch(/^waiting (traits-differ|patient-unknown)$/), wait)
    expect(deposited()).toEqual([])
  })

  it('reads the record only while the patient does not refuse it', async () => {
    const { connector, adt } = await world()
    await adt(morel, 'A04', '20261120080000')
    expect(await connector.record.list({ ins: morel.ins })).toMatchObject({ ok: true, value: [] })
    const refusing = adtMessage(morel, file, { event: 'A08', time: '20261120100000', controlId: 'REFUSE' }).replace(/\r?ZFA\|[^\r]*/, '').trimEnd()
    const answer = await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: `${refusing}\rZFA|ACTIF|20261120100000|||||||IO|20261120100000|INC|20261120100000\r`, timeoutMs: 10_000 })
    expect(answer.code).toBe('AA')
    expect(await connector.record.list({ ins: morel.ins })).toMatchObject({ ok: false, failure: { code: 'consultation-refused' } })
  })
})
