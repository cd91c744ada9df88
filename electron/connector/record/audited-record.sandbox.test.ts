import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordConfig, type Result } from '#shared/contract/index.ts'
import { startSandbox, type Sandbox } from '../../sandbox/index.ts'
import type { AuditEvent } from '../audit/index.ts'
import { asDoctor, asStructure, testDocument, testIns, testPrescription } from './dmp/test-deposit.ts'
import { auditedRecord, openRecord, type AuditedRecord } from './index.ts'
import { contractPractice } from './record-contract.ts'

/** What a line of the trace says of a call, held against what passed on the wire. */
let dir = ''
let sandbox: Sandbox
let record: AuditedRecord
const lines: AuditEvent[] = []

async function open(protocol: 'xds' | 'fhir'): Promise<void> {
  const config = recordConfig.parse({ ...(JSON.parse(await readFile(sandbox.configPath, 'utf8')) as object), protocol })
  record = auditedRecord(await openRecord({ config, baseDir: dir, now: Date.now, randomUuid: randomUUID }), { origin: 'user', purpose: 'care', note: (event) => void lines.push(event) })
}
beforeEach(async () => {
  lines.length = 0
  dir = await mkdtemp(path.join(os.tmpdir(), 'audited-record-'))
  sandbox = await startSandbox({ dir, port: 0, practice: contractPractice })
})
afterEach(async () => {
  await record.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

/** What each request the record received was named by, in their order. */
async function namesOnTheWire(): Promise<string[]> {
  const files = (await readdir(path.join(dir, 'wire'))).filter((file) => file.endsWith('.request')).toSorted()
  const requests = await Promise.all(files.map((file) => readFile(path.join(dir, 'wire', file), 'latin1')))
  return requests.map((request) => /^x-request-id: (\S+)/im.exec(request)?.[1] ?? /<wsa:MessageID>([^<]+)</.exec(request)?.[1] ?? '')
}
const last = (): AuditEvent => lines.at(-1) ?? { act: 'stop', outcome: 'unknown', actor: { professional: null, structure: null, role: '' }, origin: 'program', purpose: 'running' }
function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''}`)
  return result.value
}

const submittedAt = Date.now()
const uniqueId = '1.2.250.1.999.77.3.1'
const bytes = [testPrescription(uniqueId, 'tracée')]
async function put(): Promise<Result<unknown>> {
  const lot = value(await record.prepare({ party: asDoctor, submissionSetId: '1.2.250.1.999.77.4.1', submittedAt, documents: [{ metadata: { ...testDocument, uniqueId }, replacesEntryUuid: null }] }, bytes))
  return record.send(asDoctor, testIns, lot, bytes, uniqueId)
}

describe.each([
  ['xds', { done: 'Success', again: 'Failure XDSDuplicateUniqueIdInRegistry', found: 'AA OK' }],
  ['fhir', { done: '200', again: '409 XDSDuplicateUniqueIdInRegistry duplicate', found: '200' }],
] as const)('a call over %s', (protocol, codes) => {
  beforeEach(() => open(protocol))

  it('is named as on the wire, with the entry it is about and what the record answered', async () => {
    value(await put())
    expect(last()).toMatchObject({ act: 'deposit', outcome: 'success', responseCode: codes.done })
    expect(await put()).toMatchObject({ ok: false })
    expect(last()).toMatchObject({ act: 'deposit', outcome: 'unknown', responseCode: codes.again })
    const document = value(await record.findByUniqueId(asDoctor, testIns, uniqueId))
    if (!document) throw new Error('not there')
    const { entryUuid } = document
    expect(last()).toMatchObject({ act: 'question', entryUuid, responseCode: codes.done })
    if (protocol === 'fhir') expect(lines[0]).toMatchObject({ entryUuid })
    value(await record.standing(asDoctor, testIns))
    expect(last()).toMatchObject({ act: 'record-status', responseCode: codes.found })
    value(await record.findDocuments(asDoctor, testIns))
    expect(last()).toMatchObject({ act: 'search', responseCode: codes.done })
    value(await record.retrieve(asDoctor, testIns, document))
    expect(last()).toMatchObject({ act: 'retrieval', entryUuid, responseCode: codes.done })
    expect(lines.map(({ requestId }) => requestId)).toEqual(await namesOnTheWire())
    expect(new Set(lines.map(({ requestId }) => requestId)).size).toBe(lines.length)

    value(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'archive', archived: true }))
    expect(last()).toMatchObject({ act: 'metadata-change', entryUuid, responseCode: codes.done })
    // The entry is looked at just before: two messages, one line.
    expect(last().requestId?.split(' ')).toEqual((await namesOnTheWire()).slice(lines.length - 1))
    expect(last().requestId?.split(' ')).toHaveLength(2)
  })

  it('says what it was asked by when no answer came, and nothing when nothing left', async () => {
    expect(await record.findDocuments(asStructure, testIns)).toMatchObject({ ok: false })
    expect([last().requestId, last().responseCode]).toEqual([undefined, undefined])
    await writeFile(path.join(dir, 'faults.json'), JSON.stringify({ rules: [{ on: ['TD3.1'], fault: { kind: 'lose-answer' } }] }))
    expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'record-no-answer' } })
    expect(last()).toMatchObject({ outcome: 'unknown', requestId: (await namesOnTheWire())[0] })
    expect(last().responseCode).toBeUndefined()
  })

  it('is told apart from one that runs beside it', async () => {
    await Promise.all([record.standing(asDoctor, testIns), record.findDocuments(asDoctor, testIns), record.standing(asDoctor, testIns)])
    expect(lines.map(({ requestId }) => requestId ?? '').toSorted()).toEqual((await namesOnTheWire()).toSorted())
    expect(lines.filter(({ act }) => act === 'search').map(({ responseCode }) => responseCode)).toEqual([codes.done])
    expect(lines.filter(({ act }) => act === 'record-status').map(({ responseCode }) => responseCode)).toEqual([codes.found, codes.found])
  })
})

it('keeps the status of the DMP’s own services, and the sub-code of a fault', async () => {
  await open('xds')
  value(await record.authorise(asDoctor, testIns, 'add'))
  expect(last()).toMatchObject({ act: 'authorisation', detail: 'add', responseCode: 'DMPOk' })
  expect(await record.authorise({ ...asDoctor, structure: { ...asDoctor.structure, sector: 'SA99' } }, testIns, 'add')).toMatchObject({ ok: false })
  expect(last()).toMatchObject({ outcome: 'failure', responseCode: expect.stringMatching(/\bDMPInvalidStructure\b/) })
})
