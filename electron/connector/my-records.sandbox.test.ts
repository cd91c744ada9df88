import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { recordConfig, type MyRecords, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { demoPreload, preloadBytes } from '../../resources/demo/preload.ts'
import { preload, preloadAccesses, startSandbox, type Sandbox } from '../sandbox/index.ts'
import type { Connector } from './connector.ts'
import { sendMllp } from './intake/index.ts'
import { startTestConnector } from './test-connector.ts'

/** The list of one's records, from the contract's side down to the training record and back. */
const practice = demoPractice()
const [doctor] = practice.professionals
const file = demoPatients()
const morel = file.patients.find((patient) => patient.localId === 'P000102')!
const fauvel = demoPreload().find(({ file: name }) => name.startsWith('fauvel'))!.metadata.ins
const since = '2025-01-01'

let folder: string
let sandbox: Sandbox
let connector: Connector
const opened = async (change: (config: RecordConfig) => RecordConfig = (config) => config) => {
  const dir = path.join(folder, 'sandbox')
  const started = await startTestConnector({
    directory: path.join(folder, 'data'),
    practice,
    record: { config: change(recordConfig.parse(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')))), baseDir: dir },
    hl7Port: 0,
  })
  if (!started.ok) throw new Error(started.failure.code)
  connector = started.value
}
beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-mine-'))
  const dir = path.join(folder, 'sandbox')
  const documents = demoPreload().filter(({ metadata }) => [morel.ins, fauvel.value].includes(metadata.ins.value))
  await preload(dir, documents.map((entry) => ({ bytes: preloadBytes(entry), metadata: entry.metadata, submittedAt: new Date(entry.submittedAt) })))
  const accesses = [{ value: morel.ins, oid: fauvel.oid }, fauvel].map((ins) => ({ ins, professional: doctor!.id, structure: doctor!.structure, givenAt: new Date('2026-02-01T10:00:00Z') }))
  expect(await preloadAccesses(dir, accesses)).toBe(2)
  expect(await preloadAccesses(dir, accesses)).toBe(0)
  sandbox = await startSandbox({ dir, port: 0, practice })
})
afterEach(async () => {
  await connector.stop()
  await sandbox.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

function value(result: Result<MyRecords>): MyRecords['records'] {
  if (!result.ok) throw new Error(result.failure.code)
  return result.value.records
}
const requests = () => fs.readdirSync(path.join(folder, 'sandbox/wire')).filter((name) => name.endsWith('TD0.4.request'))
async function traced(): Promise<string[]> {
  const lines = await connector.audit.export({ from: null, to: null })
  if (!lines.ok) throw new Error(lines.failure.code)
  const told: string[] = []
  for await (const { event } of lines.value) {
    const { act, type, outcome, detail, actor, patientReference } = JSON.parse(event) as { act: string; type: string; outcome: string; detail?: string; actor: { professional: string | null }; patientReference: string | null }
    if (act === 'records-listed') told.push([type, outcome, detail, actor.professional, patientReference].join(' '))
  }
  return told
}

it('lists what one may open, newest addition first, marks what came since one’s last access, and says so in the trace', async () => {
  await opened()
  expect(connector.myRecords.offered()).toEqual({ by: ['last-document', 'last-authorisation'], ofStructure: false, stop: null })
  expect(requests()).toEqual([])
  expect(value(await connector.myRecords.list({ since, by: 'last-document' }))).toMatchObject([
    { ins: fauvel.value, insOid: fauvel.oid, birthName: 'NGUYEN', birthDate: '1991-09-25', identity: null, isTreatingDoctor: false, lastAddAt: '2026-10-27', lastAccessAt: null, sinceMyAccess: 'not-told', wordAgainst: null },
    { ins: morel.ins, lastAddAt: '2026-08-24', lastAccessAt: null, sinceMyAccess: 'not-told' },
  ])
  expect(value(await connector.myRecords.list({ since: '2026-09-01', by: 'last-document' })).map(({ ins }) => ins)).toEqual([fauvel.value])
  expect(value(await connector.myRecords.list({ since: '2026-09-01', by: 'last-authorisation' }))).toEqual([])

  // Read here: from then on the record says when, and the practice knows who it is.
  await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: adtMessage(morel, file, { event: 'A04', time: '20260101080000', controlId: 'T1' }), timeoutMs: 10_000 })
  expect(await connector.record.list({ ins: morel.ins })).toMatchObject({ ok: true })
  const today = new Date().toISOString().slice(0, 10)
  expect(value(await connector.myRecords.list({ since, by: 'last-document' }))).toMatchObject([{ ins: fauvel.value }, { ins: morel.ins, identity: 'qualified', lastAccessAt: today, sinceMyAccess: 'nothing' }])

  expect(await traced()).toEqual([
    `TD0.4 success last-document,since:${since},records:2 ${doctor!.id} `,
    `TD0.4 success last-document,since:2026-09-01,records:1 ${doctor!.id} `,
    `TD0.4 success last-authorisation,since:2026-09-01,records:0 ${doctor!.id} `,
    `TD0.4 success last-document,since:${since},records:2 ${doctor!.id} `,
  ])
})

it('opens a patient of the list as a number typed in does', async () => {
  await opened()
  const [first] = value(await connector.myRecords.list({ since, by: 'last-document' }))
  expect(await connector.panel.open({ ins: first!.ins, insOid: first!.insOid })).toMatchObject({ ok: true, value: { patient: { ins: fauvel.value, patientId: null } } })
  expect(await connector.panel.refresh()).toMatchObject({ failure: null, listed: { count: 3 } })
})

it('is the record’s own refusal when it refuses, and the trace says so', async () => {
  await opened()
  fs.writeFileSync(path.join(folder, 'sandbox/faults.json'), JSON.stringify({ rules: [{ on: ['TD0.4'], fault: { kind: 'lose-answer' } }] }))
  expect(await connector.myRecords.list({ since, by: 'last-document' })).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
  expect(await traced()).toEqual([`TD0.4 unknown last-document,since:${since} ${doctor!.id} `])
})

it('with a structure’s certificate, lists new accesses alone and asks for nothing else', async () => {
  await opened((config) => ({ ...config, certificates: config.certificates.filter(({ kind }) => kind === 'structure') }))
  expect(connector.myRecords.offered()).toEqual({ by: ['last-authorisation'], ofStructure: true, stop: null })
  expect(await connector.myRecords.list({ since, by: 'last-document' })).toMatchObject({ ok: false, failure: { code: 'right-professional-only' } })
  expect(requests()).toEqual([])
  expect(value(await connector.myRecords.list({ since, by: 'last-authorisation' })).map(({ ins }) => ins)).toEqual([fauvel.value, morel.ins])
})

it('over FHIR, says that its tongue has no such question', async () => {
  await opened((config) => ({ ...config, protocol: 'fhir' }))
  expect(connector.myRecords.offered()).toEqual({ by: [], ofStructure: false, stop: 'act-not-in-fhir' })
  expect(await connector.myRecords.list({ since, by: 'last-document' })).toMatchObject({ ok: false, failure: { code: 'act-not-in-fhir' } })
})
