import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { recordConfig } from '#shared/contract/index.ts'
import { createTestAuthority } from '../../sign-in/test-certificates.ts'
import type { NationalRecord } from '../port.ts'
import { openDmpRecord } from './dmp-record.ts'
import { parseMediaType, readMultipart } from './multipart.ts'
import { asDoctor, asSecretary, asStructure, testDoctor, testDocument, testIns, testSecretary, testStructure } from './test-deposit.ts'
import { envelope, messageIdOf, registryResponse, startTestServer, type TestServer } from './test-server.ts'
import { formDigest, manifestDigests, verifyXmlSignature } from './test-verify.ts'

const folder = path.join(import.meta.dirname, 'golden')
const at = Date.UTC(2026, 10, 21, 9, 15)
const day = 86_400_000
const authority = createTestAuthority()
let dir = ''
let server: TestServer

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dmp-golden-'))
  await writeFile(path.join(dir, 'ca.pem'), authority.pem)
  await writeFile(path.join(dir, 'tls.p12'), authority.issue({ commonName: testDoctor.id, notBefore: new Date(Math.min(at, Date.now()) - day), notAfter: new Date(Math.max(at, Date.now()) + day) }).pfx)
  server = await startTestServer(authority.issue({ commonName: 'record', dnsName: 'localhost' }), authority.pem)
})
afterAll(async () => {
  await server.close()
  await rm(dir, { recursive: true })
})

/** A record whose ids count up and whose clock stands still. */
async function openFixed(): Promise<NationalRecord> {
  const files = { tls: 'tls.p12', signature: path.join(folder, 'signer.p12'), passphrase: 'secret' }
  const config = recordConfig.parse({
    environment: 'training',
    endpoints: { patients: `${server.url}/patients`, registry: `${server.url}/registry`, repository: `${server.url}/repository` },
    authorities: 'ca.pem',
    certificates: [
      { party: testDoctor.id, kind: 'professional', ...files },
      { party: testSecretary.id, kind: 'staff', ...files },
      { party: testStructure.id, kind: 'structure', ...files },
    ],
  })
  let last = 0
  return openDmpRecord({ config, baseDir: dir, now: () => at, randomUuid: () => `00000000-0000-4000-8000-${String((last += 1)).padStart(12, '0')}`, softwareVersion: '1.2.3' })
}

const first = '1.2.250.1.999.77.3.20261121.1'
const second = '1.2.250.1.999.77.3.20261121.2'
/** Never changed, for what leaves is compared byte for byte. */
function bytesOf(uniqueId: string): Buffer {
  const text = `ordonnance ${uniqueId}`
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\r\n<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- ${text} --><realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="${uniqueId}"/><code code="57833-6" codeSystem="2.16.840.1.113883.6.1" displayName="Prescription de produits de santé"/><title>Ordonnance du 21/11/2026 &lt;traitement &amp; suivi&gt;</title><effectiveTime value="20261121101500+0100"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="fr-FR"/><recordTarget><patientRole><id root="${testIns.oid}" extension="${testIns.value}"/><id root="1.2.250.1.999.77.2" extension="P000482"/></patientRole></recordTarget><component><nonXMLBody><text mediaType="application/pdf" representation="B64">${Buffer.from(`%PDF-1.4 ${text}`).toString('base64')}</text></nonXMLBody></component></ClinicalDocument>\n`,
  )
}
const uuids = ['urn:uuid:11111111-0000-4000-8000-000000000001', 'urn:uuid:11111111-0000-4000-8000-000000000002']

const order = { value: '134467653', oid: '1.2.250.1.999.77.5', type: 'urn:ihe:iti:xds:2013:order' }
const study = { value: '1.2.250.1.999.77.6.1', oid: null, type: 'urn:ihe:iti:xds:2016:studyInstanceUID' }

async function deposit(record: NationalRecord, party: typeof asDoctor, documents: readonly { uniqueId: string; replacesEntryUuid: string | null }[], more: Partial<typeof testDocument> = {}): Promise<void> {
  const bytes = documents.map(({ uniqueId }) => bytesOf(uniqueId))
  const entries = documents.map(({ uniqueId, replacesEntryUuid }) => ({ metadata: { ...testDocument, ...more, uniqueId }, replacesEntryUuid }))
  const lot = await record.prepare({ party, submissionSetId: '1.2.250.1.999.77.1.20261121.1', submittedAt: at, documents: entries }, bytes)
  if (!lot.ok) throw new Error(lot.failure.code)
  await record.send(party, testIns, lot.value, bytes)
}

/** Each transaction once, in every form its body takes. */
const transactions: Readonly<Record<string, (record: NationalRecord) => Promise<unknown>>> = {
  'TD0.2': (record) => record.standing(asDoctor, testIns),
  'TD0.3-add': (record) => record.authorise(asDoctor, testIns, 'add'),
  'TD0.3-leave-treating-doctor': (record) => record.authorise(asDoctor, testIns, 'leave-treating-doctor'),
  'TD0.4': (record) => record.accessibleRecords(asDoctor, { since: '2026-11-01', by: 'last-document' }),
  'TD2.1-one-document': (record) => deposit(record, asDoctor, [{ uniqueId: first, replacesEntryUuid: null }]),
  'TD2.1-of-an-order': (record) => deposit(record, asDoctor, [{ uniqueId: first, replacesEntryUuid: null }], { referenceIds: [order, study] }),
  'TD2.1-two-documents-by-a-structure': (record) => deposit(record, asStructure, [{ uniqueId: first, replacesEntryUuid: null }, { uniqueId: second, replacesEntryUuid: uuids[0] ?? null }]),
  'TD2.2-by-a-secretary': (record) => deposit(record, asSecretary, [{ uniqueId: first, replacesEntryUuid: null }]),
  'TD3.1-find-documents': (record) =>
    record.findDocuments(asDoctor, testIns, {
      statuses: ['approved', 'deprecated', 'archived'],
      typeCodes: [{ code: '57833-6', system: '2.16.840.1.113883.6.1' }],
      classCodes: [{ code: '42', system: '1.2.250.1.213.1.1.4.1' }],
      eventCodes: [{ code: "d'essai", system: '1.2.3' }],
      creationFrom: '20260101',
      creationTo: '20270101',
      serviceStartFrom: '20260101',
      serviceStartTo: '20270101',
    }),
  'TD3.1-find-documents-by-reference-id': (record) => record.findDocuments(asDoctor, testIns, { referenceIds: [order, study], serviceStartFrom: '20260101' }),
  'TD3.1-find-submission-sets': (record) => record.findSubmissionSets(asDoctor, testIns, '20261101000000'),
  'TD3.1-get-documents-by-a-structure': (record) => record.findByUniqueId(asStructure, testIns, first),
  'TD3.1-get-associations': (record) => record.findAssociations(asDoctor, testIns, uuids),
  'TD3.1-get-documents-and-associations': (record) => record.findDocumentsWithAssociations(asDoctor, testIns, uuids),
  'TD3.2': (record) => record.retrieve(asDoctor, testIns, { uniqueId: first, repositoryUniqueId: '1.2.250.1.213.4.1.1.1.2', hash: null }),
  'TD3.3-mask': (record) => record.changeMetadata(asDoctor, testIns, first, { kind: 'mask', masked: true }),
  'TD3.3-archive': (record) => record.changeMetadata(asDoctor, testIns, first, { kind: 'archive', archived: true }),
}

const classification = (id: string, scheme: string, code: string, system: string, name: string) =>
  `<rim:Classification id="${id}" classificationScheme="urn:uuid:${scheme}" classifiedObject="x" nodeRepresentation="${code}"><rim:Slot name="codingScheme"><rim:ValueList><rim:Value>${system}</rim:Value></rim:ValueList></rim:Slot><rim:Name><rim:LocalizedString value="${name}"/></rim:Name></rim:Classification>`
const externalIdentifier = (id: string, scheme: string, value: string, name: string) => `<rim:ExternalIdentifier id="${id}" identificationScheme="urn:uuid:${scheme}" registryObject="x" value="${value}"><rim:Name><rim:LocalizedString value="${name}"/></rim:Name></rim:ExternalIdentifier>`
const registered = `<rim:RegistryObjectList xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:ExtrinsicObject id="${uuids[0]}" lid="${uuids[0]}" mimeType="text/xml" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"><rim:Slot name="creationTime"><rim:ValueList><rim:Value>20261121091500</rim:Value></rim:ValueList></rim:Slot><rim:Name><rim:LocalizedString value="Ordonnance &amp; suite"/></rim:Name><rim:Description><rim:LocalizedString value="À relire"/></rim:Description><rim:VersionInfo versionName="4"/>${classification('c1', '41a5887f-8865-4c09-adf7-e362475b143a', '42', '1.2.250.1.213.1.1.4.1', 'Prescription')}${classification('c2', 'f4f85eac-e6cb-4883-b524-f2705394840f', 'N', '2.16.840.1.113883.5.25', 'Normal')}${externalIdentifier('e1', '58a6f841-87b3-4a3e-92fd-a8ffeff98427', '284069999999968^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH', 'XDSDocumentEntry.patientId')}${externalIdentifier('e2', '2e82c1f6-a085-4c72-9da3-8640a32e42ab', first, 'XDSDocumentEntry.uniqueId')}</rim:ExtrinsicObject></rim:RegistryObjectList>`

/** The last request a transaction makes, as the files keep it; a question before it finds one document. */
async function requestOf(act: (record: NationalRecord) => Promise<unknown>): Promise<Buffer> {
  server.seen.length = 0
  server.answer = (request, response) => {
    response.setHeader('content-type', 'application/soap+xml')
    response.end(envelope(messageIdOf(request), registryResponse('Success', [], 'AdhocQueryResponse', registered)))
  }
  const record = await openFixed()
  await act(record)
  await record.close()
  const request = server.seen.at(-1)
  if (!request) throw new Error('nothing sent')
  const whole = Buffer.concat([Buffer.from(`POST ${request.path}\r\nContent-Type: ${request.headers['content-type']}\r\n\r\n`), request.body])
  return Buffer.from(whole.toString('latin1').replaceAll(server.url, 'https://record.example'), 'latin1')
}

it.each(Object.entries(transactions))('%s leaves as it always did', async (name, act) => {
  const file = path.join(folder, `${name}.request`)
  const request = await requestOf(act)
  if (process.env['GOLDEN'] === 'write') await writeFile(file, request)
  const golden = await readFile(file)
  expect(request.toString()).toBe(golden.toString())
  expect(request.equals(golden)).toBe(true)
})

/** SOAP part and attachments of a kept request. */
async function openGolden(name: string): Promise<{ soap: Buffer; attachments: Buffer[] }> {
  const whole = await readFile(path.join(folder, `${name}.request`))
  const blank = whole.indexOf('\r\n\r\n')
  const { type, parameters } = parseMediaType(/Content-Type: (.*)/.exec(whole.toString('latin1', 0, blank))?.[1] ?? '')
  const body = whole.subarray(blank + 4)
  if (type === 'application/soap+xml') return { soap: body, attachments: [] }
  const [root, ...parts] = (readMultipart(body, parameters['boundary'] ?? '') ?? []).map((part) => Buffer.from(part.body))
  return { soap: root ?? Buffer.alloc(0), attachments: parts }
}

it('keeps one file for each transaction, and none that nothing makes', async () => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.request'))
  expect(files.toSorted()).toEqual(Object.keys(transactions).map((name) => `${name}.request`).toSorted())
})

it.each(Object.keys(transactions))('%s carries a VIHF that verifies', async (name) => {
  const { soap } = await openGolden(name)
  const { covered, certificate } = verifyXmlSignature(soap)
  expect(covered).toEqual([/<saml2:Assertion [^>]*?ID="([^"]+)"/.exec(soap.toString())?.[1]])
  expect(certificate.subject).toContain(`CN=${testDoctor.id}`)
  expect(() => verifyXmlSignature(Buffer.from(soap.toString().replace('<saml2:NameID>', '<saml2:NameID>9')))).toThrow('digest')
})

it.each([
  ['TD2.1-one-document', [first]],
  ['TD2.1-two-documents-by-a-structure', [first, second]],
  ['TD2.2-by-a-secretary', [first]],
])('%s is signed over its set and every one of its documents', async (name, uniqueIds) => {
  const { attachments } = await openGolden(name)
  const signature = attachments.at(-1) ?? Buffer.alloc(0)
  const documents = attachments.slice(0, -1)
  expect(verifyXmlSignature(signature).covered).toEqual(['IHEManifest', 'SignedProperties01'])
  expect(documents.map((bytes, index) => bytes.equals(bytesOf(uniqueIds[index] ?? '')))).toEqual(uniqueIds.map(() => true))
  expect(manifestDigests(signature)).toEqual([['urn:oid:1.2.250.1.999.77.1.20261121.1', 'AA=='], ...documents.map((bytes, index) => [`urn:oid:${uniqueIds[index]}`, formDigest(bytes)])])
})
