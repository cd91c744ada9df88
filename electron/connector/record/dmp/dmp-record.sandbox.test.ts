import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSandbox, type Sandbox } from '../../../sandbox/index.ts'
import { recordConfig, untold, type DocumentMetadata, type Party, type RecordConfig, type Result } from '#shared/contract/index.ts'
import type { Deposit, NationalRecord } from '../port.ts'
import { openDmpRecord } from './dmp-record.ts'
import { asDoctor, asStructure, testDoctor, testDocument, testIns, testPrescription, testStructure } from './test-deposit.ts'

let dir = ''
let sandbox: Sandbox
let config: RecordConfig
let record: NationalRecord
const opened: NationalRecord[] = []
const practice = { structures: [testStructure], professionals: [testDoctor] }

async function open(more: Partial<RecordConfig> = {}): Promise<NationalRecord> {
  const one = await openDmpRecord({ config: { ...config, ...more }, baseDir: dir, now: Date.now, randomUuid: randomUUID, softwareVersion: '1.2.3' })
  opened.push(one)
  return one
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dmp-sandbox-'))
  sandbox = await startSandbox({ dir, port: 0, practice })
  config = recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8')))
  record = await open()
})
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()))
  await sandbox.close()
  await rm(dir, { recursive: true })
})

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''} ${result.failure.recordText ?? ''}`)
  return result.value
}

let last = 0
/** A new document with its deposit. */
function newDeposit(party: Party = asDoctor, replacesEntryUuid: string | null = null): { deposit: Deposit; metadata: DocumentMetadata; bytes: Buffer } {
  const number = (last += 1)
  const uniqueId = `1.2.250.1.999.77.3.20261121.${number}`
  const metadata = { ...testDocument, uniqueId }
  const deposit = { party, submissionSetId: `1.2.250.1.999.77.4.20261121.${number}`, submittedAt: Date.now(), documents: [{ metadata, replacesEntryUuid }] }
  return { deposit, metadata, bytes: testPrescription(uniqueId, `ordonnance ${number}`) }
}

async function put({ deposit, bytes }: { deposit: Deposit; bytes: Buffer }, by = record) {
  return by.send(deposit.party, testIns, value(await by.prepare(deposit, [bytes])), [bytes])
}

it.each([
  ['the professional', asDoctor],
  ['the structure', asStructure],
])('deposits for %s, finds it, and reads back the same bytes', async (_, party) => {
  const one = newDeposit(party)
  expect(value(await put(one))).toEqual({ entryUuid: null, warnings: [] })
  const found = value(await record.findByUniqueId(party, testIns, one.metadata.uniqueId))
  expect(found).toMatchObject({
    uniqueId: one.metadata.uniqueId,
    typeCode: '57833-6',
    typeLabel: 'Prescription de produits de santé',
    classCode: '42',
    title: testDocument.title,
    creationTime: '2026-11-21T09:15:00.000Z',
    serviceStartTime: '2026-11-21T09:00:00.000Z',
    status: 'approved',
    hash: createHash('sha1').update(one.bytes).digest('hex'),
    size: one.bytes.length,
    hiddenFromPatient: true,
    maskedToProfessionals: false,
    authors: [{ name: 'Alix GENERIQUE', role: 'Médecin - Médecine Générale (SM)', structure: testStructure.name, personId: testDoctor.id, structureId: testStructure.id }],
    legalAuthenticatorId: testDoctor.id,
  })
  expect(found?.entryUuid).toMatch(/^urn:uuid:/)
  const listed = value(await record.findDocuments(asDoctor, testIns))
  expect(listed.map((document) => document.uniqueId)).toContain(one.metadata.uniqueId)
  expect(listed.every((document) => document.typeCode !== 'E1762')).toBe(true)
  if (!found) return
  expect(Buffer.from(value(await record.retrieve(asDoctor, testIns, found))).equals(one.bytes)).toBe(true)
  expect((await readFile(path.join(dir, 'documents', `${found.uniqueId}.xml`))).equals(one.bytes)).toBe(true)
})

it('filters by type and date as asked', async () => {
  value(await put(newDeposit()))
  const withType = (code: string) => record.findDocuments(asDoctor, testIns, { typeCodes: [{ code, system: '2.16.840.1.113883.6.1' }] })
  expect(value(await withType('57833-6')).length).toBeGreaterThan(0)
  expect(value(await withType('11488-4'))).toEqual([])
  expect(value(await record.findDocuments(asDoctor, testIns, { serviceStartFrom: '20990101' }))).toEqual([])
})

it('is uncertain when the same lot comes again, and the question answers it', async () => {
  const one = newDeposit()
  value(await put(one))
  expect(await put(one)).toMatchObject({ ok: false, failure: { code: 'record-fault', class: 'uncertain', detail: expect.stringContaining('XDSDuplicateUniqueIdInRegistry') } })
  expect(value(await record.findByUniqueId(asDoctor, testIns, one.metadata.uniqueId))).not.toBeNull()
  expect(value(await record.findByUniqueId(asDoctor, testIns, '1.2.250.1.999.77.3.0'))).toBeNull()
})

it('takes the very same document, sent again with a signature made anew, for one that may be there: the record is asked, and has it', async () => {
  const one = newDeposit()
  value(await put(one))
  const again = { ...one, deposit: { ...one.deposit, submittedAt: one.deposit.submittedAt + 60_000 } }
  expect(await put(again)).toMatchObject({ ok: false, failure: { code: 'record-fault', class: 'uncertain', detail: expect.stringContaining('XDSNonIdenticalHash') } })
  expect(value(await record.findByUniqueId(asDoctor, testIns, one.metadata.uniqueId))?.hash).toBe(createHash('sha1').update(one.bytes).digest('hex'))
  const other = { ...one, bytes: testPrescription(one.metadata.uniqueId, 'autre contenu') }
  expect(await put(other)).toMatchObject({ ok: false, failure: { code: 'record-content-conflict', class: 'permanent' } })
})

it('sees a conflict when the same uniqueId comes with another content', async () => {
  const one = newDeposit()
  value(await put(one))
  const other = newDeposit()
  const bytes = testPrescription(one.metadata.uniqueId, 'autre contenu')
  expect(await put({ deposit: { ...other.deposit, documents: one.deposit.documents }, bytes })).toMatchObject({ ok: false, failure: { code: 'record-content-conflict', class: 'permanent' } })
})

it('replaces a document by its entryUUID, once', async () => {
  const first = newDeposit()
  value(await put(first))
  const parent = value(await record.findByUniqueId(asDoctor, testIns, first.metadata.uniqueId))
  const second = newDeposit(asDoctor, parent?.entryUuid ?? '')
  value(await put(second))
  expect(value(await record.findByUniqueId(asDoctor, testIns, first.metadata.uniqueId))?.status).toBe('deprecated')
  const approved = value(await record.findDocuments(asDoctor, testIns)).map((document) => document.uniqueId)
  expect(approved).toContain(second.metadata.uniqueId)
  expect(approved).not.toContain(first.metadata.uniqueId)
  expect(value(await record.findDocuments(asDoctor, testIns, { statuses: ['approved', 'deprecated'] })).map((document) => document.uniqueId)).toContain(first.metadata.uniqueId)
  const third = newDeposit(asDoctor, parent?.entryUuid ?? '')
  expect(await put(third)).toMatchObject({ ok: false, failure: { code: 'record-replace-refused' } })
})

const patients = [
  ['absent', 'absent', 'record-absent'],
  ['closed', 'closed', 'record-closed'],
] as const

it.each(patients)('knows a patient whose record is %s', async (state, existence, code) => {
  await writeFile(path.join(dir, 'patients.json'), JSON.stringify({ [testIns.value]: { state } }))
  try {
    expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ existence })
    expect(await put(newDeposit())).toMatchObject({ ok: false, failure: { code, class: 'permanent' } })
  } finally {
    await rm(path.join(dir, 'patients.json'))
  }
})

it('knows a patient who opposes deposits, one who blocks the professional, and a treating doctor', async () => {
  const set = (patient: object) => writeFile(path.join(dir, 'patients.json'), JSON.stringify({ [testIns.value]: patient }))
  try {
    await set({ state: 'opposed' })
    expect(await put(newDeposit())).toMatchObject({ ok: false, failure: { code: 'record-opposed', class: 'permanent' } })
    await set({ blocked: [testDoctor.id] })
    expect(value(await record.standing(asDoctor, testIns)).authorisation).toBe('blocked')
    expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'professional-blocked' } })
    await set({ authorisation: 'expired' })
    expect(value(await record.standing(asDoctor, testIns)).authorisation).toBe('expired')
    expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'access-not-granted' } })
    await set({ treatingDoctor: testDoctor.id })
    expect(value(await record.standing(asDoctor, testIns))).toEqual({ existence: 'open', authorisation: 'valid', isTreatingDoctor: true, ...untold, attachedToMonEspaceSante: true })
  } finally {
    await rm(path.join(dir, 'patients.json'))
  }
})

it('knows that its certificates are swapped, one way and the other', async () => {
  const swapped = (change: (line: RecordConfig['certificates'][number]) => Partial<RecordConfig['certificates'][number]>) =>
    open({ certificates: config.certificates.map((line) => ({ ...line, ...change(line) })) })
  expect(await put(newDeposit(), await swapped(({ tls }) => ({ signature: tls })))).toMatchObject({ ok: false, failure: { code: 'signature-certificate-refused', class: 'needs-user', recordText: 'Not a valid signature certificate' } })
  expect(await put(newDeposit(), await swapped(({ signature }) => ({ tls: signature })))).toMatchObject({ ok: false, failure: { code: 'certificate-refused', class: 'needs-user' } })
})

it('knows that its doctor has no speciality, or not this structure', async () => {
  const { specialty: _, ...without } = testDoctor
  expect(await record.standing({ kind: 'professional', professional: without, structure: testStructure }, testIns)).toMatchObject({ ok: false, failure: { code: 'speciality-missing' } })
  const elsewhere = { ...testStructure, id: '1999999999' }
  expect(await record.standing({ kind: 'professional', professional: testDoctor, structure: elsewhere }, testIns)).toMatchObject({ ok: false, failure: { code: 'structure-refused' } })
})

it('knows that the author is not who speaks', async () => {
  const stranger = { id: '899900000099', family: 'AUTRE', given: 'Dominique' }
  const one = newDeposit()
  const metadata = { ...one.metadata, authors: testDocument.authors.map((author) => ({ ...author, person: stranger })), legalAuthenticator: stranger }
  expect(await put({ ...one, deposit: { ...one.deposit, documents: [{ metadata, replacesEntryUuid: null }] } })).toMatchObject({ ok: false, failure: { code: 'record-author-refused' } })
})

it('says that a document asked for is not in the repository', async () => {
  expect(await record.retrieve(asDoctor, testIns, { uniqueId: '1.2.3.4', repositoryUniqueId: config.repositoryUniqueId, hash: null })).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
})

it('takes a document with a text of more than ten megabytes there and back', async () => {
  const one = newDeposit()
  const bytes = testPrescription(one.metadata.uniqueId, 'x'.repeat(8_000_000))
  value(await put({ ...one, bytes }))
  const found = value(await record.findByUniqueId(asDoctor, testIns, one.metadata.uniqueId))
  if (!found) throw new Error('not found')
  expect(Buffer.compare(value(await record.retrieve(asDoctor, testIns, found)), bytes)).toBe(0)
})

it('finds its way again after the record has been away, with the same frozen lot', async () => {
  const { deposit, metadata, bytes } = newDeposit()
  const lot = value(await record.prepare(deposit, [bytes]))
  const { port } = sandbox
  await sandbox.close()
  const away = await record.send(asDoctor, testIns, lot, [bytes])
  expect(!away.ok && ['record-unreachable', 'record-no-answer']).toContain(!away.ok && away.failure.code)
  expect(await record.send(asDoctor, testIns, lot, [bytes])).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
  sandbox = await startSandbox({ dir, port, practice })
  value(await record.send(asDoctor, testIns, lot, [bytes]))
  expect(value(await record.findByUniqueId(asDoctor, testIns, metadata.uniqueId))).not.toBeNull()
})
