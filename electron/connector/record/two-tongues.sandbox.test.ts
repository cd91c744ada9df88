import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordConfig, type Party, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { confidentialityCodes, visibleToAll } from '#shared/terminology/index.ts'
import { startSandbox, type Sandbox } from '../../sandbox/index.ts'
import { openTestClient, testIns, testPractice } from '../../sandbox/test-client.ts'
import { testDocument, testPrescription } from './dmp/test-deposit.ts'
import { openRecord, type NationalRecord } from './index.ts'

/** One registry, two tongues: what comes by one is read by the other, the same to the last byte and letter. */
let dir = ''
let sandbox: Sandbox
let xds: NationalRecord
let fhir: NationalRecord
let client: ReturnType<typeof openTestClient>
const ins = { value: testIns, oid: '1.2.250.1.213.1.4.10' }
const [structure] = testPractice.structures
const [professional] = testPractice.professionals
if (!structure || !professional) throw new Error('the practice of the tests is empty')
const doctor: Party = { kind: 'professional', professional, structure }
const theStructure: Party = { kind: 'structure', structure }

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'two-tongues-'))
  sandbox = await startSandbox({ dir, port: 0, practice: testPractice })
  const config: RecordConfig = recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8')))
  const open = (protocol: RecordConfig['protocol']) => openRecord({ config: { ...config, protocol }, baseDir: dir, now: Date.now, randomUuid: randomUUID })
  ;[xds, fhir] = await Promise.all([open('xds'), open('fhir')])
  client = openTestClient(sandbox.configPath)
})
afterAll(async () => {
  client.close()
  await Promise.all([xds.close(), fhir.close()])
  await sandbox.close()
  await rm(dir, { recursive: true })
})

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''} ${result.failure.recordText ?? ''}`)
  return result.value
}

/** Reads a document both ways: what is said of it, and its bytes. */
async function bothWays(uniqueId: string) {
  const [overXds, overFhir] = await Promise.all([xds, fhir].map(async (record) => value(await record.findByUniqueId(doctor, ins, uniqueId))))
  if (!overXds || !overFhir) throw new Error(`${uniqueId} is not there`)
  const bytes = await Promise.all([xds, fhir].map(async (record) => Buffer.from(value(await record.retrieve(doctor, ins, overXds)))))
  return { overXds, overFhir, bytes }
}

it('reads over FHIR what came over XDS.b, identical', async () => {
  const { draft, bytes, refusals } = await client.deposit({ extraConfidentiality: ['INVISIBLE_PATIENT'] })
  expect(refusals).toEqual([])
  const read = await bothWays(draft.uniqueId)
  expect(read.overFhir).toEqual(read.overXds)
  expect(read.overFhir).toMatchObject({ uniqueId: draft.uniqueId, title: draft.title, hiddenFromPatient: true, hash: createHash('sha1').update(bytes).digest('hex') })
  for (const each of read.bytes) expect(each.equals(bytes)).toBe(true)
  expect(value(await fhir.findDocuments(doctor, ins))).toEqual(value(await xds.findDocuments(doctor, ins)))
})

let last = 0
it.each([
  ['a professional', doctor],
  ['the software of a structure', theStructure],
])('reads over XDS.b what came over FHIR, identical, written by %s', async (_, party) => {
  const uniqueId = `1.2.250.1.999.77.3.${Date.now()}.${(last += 1)}`
  const confidentiality = confidentialityCodes({ ...visibleToAll, hiddenFromPatient: true, hiddenFromRepresentatives: true })
  const person = { id: professional.id, family: 'D’ESSAI & FILS', given: 'Zoë^Anne' }
  const authors = [
    { kind: 'professional' as const, person, institution: { id: structure.id, name: 'Cabinet | des ~ Lilas' }, specialty: testDocument.authors[0]?.specialty ?? null, role: 'Médecin traitant' },
    { kind: 'device' as const, person: { id: `3${structure.id.slice(1)}/ECG`, family: 'ECG 12', given: 'Modèle 3' }, institution: { id: structure.id, name: structure.name }, specialty: null, role: null },
  ]
  const referenceIds = [{ value: 'CMD | 7^8', oid: '1.2.250.1.999.77.5', type: 'urn:ihe:iti:xds:2013:order' }, { value: uniqueId, oid: null, type: 'urn:ihe:iti:xds:2016:studyInstanceUID' }]
  const metadata = { ...testDocument, uniqueId, ins, confidentiality, authors, legalAuthenticator: person, serviceStopTime: '20261121093000', eventCodes: [{ code: 'QZQP001', system: '1.2.250.1.213.2.5', label: 'Acte' }], referenceIds }
  const bytes = testPrescription(uniqueId, 'déposée en FHIR', ins.value)
  const deposit = { party, submissionSetId: `${uniqueId}.9`, submittedAt: Date.now(), documents: [{ metadata, replacesEntryUuid: null }] }
  const receipt = value(await fhir.send(party, ins, value(await fhir.prepare(deposit, [bytes])), [bytes]))
  const read = await bothWays(uniqueId)
  expect(read.overFhir).toEqual(read.overXds)
  expect(receipt.entryUuid).toBe(read.overXds.entryUuid)
  expect(read.overXds).toMatchObject({
    hiddenFromPatient: true,
    hiddenFromRepresentatives: true,
    authors: [
      { name: 'Zoë^Anne D’ESSAI & FILS', role: 'Médecin traitant', structure: 'Cabinet | des ~ Lilas', personId: professional.id, structureId: structure.id },
      { name: 'Modèle 3 ECG 12', role: null, structure: structure.name, personId: authors[1]?.person.id, structureId: structure.id },
    ],
    legalAuthenticatorId: professional.id,
    referenceIds,
  })
  for (const record of [xds, fhir]) expect(value(await record.findDocuments(doctor, ins, { referenceIds })).map((found) => found.uniqueId)).toContain(uniqueId)
  for (const each of read.bytes) expect(each.equals(bytes)).toBe(true)
})

it('replaces over FHIR what came over XDS.b', async () => {
  const { draft } = await client.deposit()
  const parent = value(await fhir.findByUniqueId(doctor, ins, draft.uniqueId))
  const uniqueId = `${draft.uniqueId}.1`
  const bytes = testPrescription(uniqueId, 'la suivante', ins.value)
  const deposit = { party: doctor, submissionSetId: `${uniqueId}.9`, submittedAt: Date.now(), documents: [{ metadata: { ...testDocument, uniqueId, ins }, replacesEntryUuid: parent?.entryUuid ?? '' }] }
  value(await fhir.send(doctor, ins, value(await fhir.prepare(deposit, [bytes])), [bytes]))
  const read = await bothWays(draft.uniqueId)
  expect(read.overXds.status).toBe('deprecated')
  expect(read.overFhir).toEqual(read.overXds)
})
