import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DocumentMetadata } from '#shared/contract/index.ts'
import { preload, startSandbox } from './index.ts'
import { depositDraft, openTestClient, queryBody, retrieveBody, testCda, testIns, testPatientId, testPractice, vihfDraft } from './test-client.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-sandbox-'))
})
afterEach(() => rm(dir, { recursive: true }))

const draft = depositDraft({ title: "Ordonnance d'hier" })
const next = depositDraft({ title: 'Ordonnance corrigée' })
const metadata: DocumentMetadata = {
  uniqueId: draft.uniqueId,
  setId: null,
  versionNumber: 1,
  replaces: null,
  mimeType: 'text/xml',
  typeCode: { code: '57833-6', system: '2.16.840.1.113883.6.1', label: 'Prescription de produits de santé' },
  classCode: { code: '42', system: '1.2.250.1.213.1.1.4.1', label: 'Prescription' },
  formatCode: { code: 'urn:ihe:iti:xds-sd:pdf:2008', system: '1.3.6.1.4.1.19376.1.2.3', label: 'Pdf/A-1' },
  healthcareFacilityType: { code: 'SA07', system: '1.2.250.1.71.4.2.4', label: 'Cabinet individuel' },
  practiceSetting: { code: 'AMBULATOIRE', system: '1.2.250.1.213.1.1.4.9', label: 'Ambulatoire' },
  confidentiality: [{ code: 'N', system: '2.16.840.1.113883.5.25', label: 'Normal' }],
  eventCodes: [],
  ins: { value: testIns, oid: '1.2.250.1.213.1.4.10' },
  sourcePatientId: null,
  sourcePatientInfo: { birthName: 'ESSAI', givenName: 'CAMILLE', birthDate: '19840612', sex: 'F' },
  creationTime: '20261121091500',
  serviceStartTime: '20261121090000',
  serviceStopTime: null,
  languageCode: 'fr-FR',
  title: draft.title,
  authors: [
    {
      kind: 'professional',
      person: { id: '899900000012', family: 'GENERIQUE', given: 'Alix' },
      institution: { id: '499900000012001', name: 'CABINET & CIE' },
      specialty: { code: 'G15_10/SM54', system: '1.2.250.1.213.1.1.4.5', label: 'Médecin - Médecine Générale (SM)' },
      role: null,
    },
  ],
  legalAuthenticator: { id: '899900000012', family: 'GENERIQUE', given: 'Alix' },
}
const documents = [
  { bytes: Buffer.from(testCda(draft)), metadata, submittedAt: new Date('2026-11-21T09:16:00Z') },
  { bytes: Buffer.from(testCda(next)), metadata: { ...metadata, uniqueId: next.uniqueId, title: next.title, replaces: draft.uniqueId }, submittedAt: new Date('2026-11-21T10:16:00Z') },
]

it('puts documents into the record once, found and read like the others', async () => {
  expect(await preload(dir, documents)).toBe(2)
  expect(await preload(dir, documents)).toBe(0)
  expect((await readdir(path.join(dir, 'documents'))).toSorted()).toEqual([`${draft.uniqueId}.xml`, `${next.uniqueId}.xml`].toSorted())
  const sandbox = await startSandbox({ dir, port: 0, practice: testPractice })
  const client = openTestClient(sandbox.configPath)
  try {
    const list = await client.post('TD3.1', vihfDraft(), queryBody('14d4debf-8f97-4251-9a74-a90016b0af0d', { $XDSDocumentEntryPatientId: `'${testPatientId}'`, $XDSDocumentEntryStatus: "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')" }))
    expect(list.soap).toContain('totalResultCount="1"')
    expect(list.soap).toContain('Ordonnance corrigée')
    expect(list.soap).toContain('CABINET \\T\\ CIE^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^IDNST^^^499900000012001')
    const read = await client.post('TD3.2', vihfDraft(), retrieveBody(draft.uniqueId))
    expect(read.parts[0]?.equals(documents[0]?.bytes ?? Buffer.alloc(0))).toBe(true)
    expect((await client.deposit({ uniqueId: draft.uniqueId, title: draft.title })).refusals[0]).toMatch(/^XDSDuplicateUniqueIdInRegistry/)
  } finally {
    client.close()
    await sandbox.close()
  }
})

it('gives certificates to who joins the practice, and keeps those of the others', async () => {
  const before = await startSandbox({ dir, port: 0, practice: { ...testPractice, professionals: testPractice.professionals.slice(0, 1) } })
  await before.close()
  const kept = await readdir(path.join(dir, 'authority'))
  const { mtimeMs } = await stat(path.join(dir, 'authority', 'professional-899900000012-tls.p12'))
  const after = await startSandbox({ dir, port: 0, practice: testPractice })
  await after.close()
  const now = await readdir(path.join(dir, 'authority'))
  expect(now.filter((file) => !kept.includes(file)).toSorted()).toEqual(['professional-899900000020-signature.p12', 'professional-899900000020-signature.pem', 'professional-899900000020-tls.p12', 'professional-899900000020-tls.pem'])
  expect((await stat(path.join(dir, 'authority', 'professional-899900000012-tls.p12'))).mtimeMs).toBe(mtimeMs)
})
