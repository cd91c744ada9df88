import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { recordConfig, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { createTestAuthority } from '../../sign-in/test-certificates.ts'
import type { Deposit, NationalRecord } from '../port.ts'
import { openDmpRecord } from './dmp-record.ts'
import { contentId, parseMediaType, readMultipart } from './multipart.ts'
import { asDoctor, asStructure, testCda, testDoctor, testDocument, testIns, testStructure } from './test-deposit.ts'
import { envelope, messageIdOf, registryResponse, startTestServer, type SeenRequest, type TestServer } from './test-server.ts'
import { verifyXmlSignature } from './test-verify.ts'

const authority = createTestAuthority()
const stranger = createTestAuthority('Autre autorité')
const serverIdentity = authority.issue({ commonName: 'record', dnsName: 'localhost' })
let dir = ''
let server: TestServer
let record: NationalRecord
const opened: NationalRecord[] = []

async function open(url: string, more: Partial<RecordConfig> = {}): Promise<NationalRecord> {
  const parties = [
    { party: testDoctor.id, kind: 'professional', tls: 'doctor-tls.p12', signature: 'doctor-signature.p12', passphrase: 'secret' },
    { party: testStructure.id, kind: 'structure', tls: 'structure-tls.p12', signature: 'structure-signature.p12', passphrase: 'secret' },
  ]
  const base = { environment: 'training', endpoints: { patients: `${url}/patients`, registry: `${url}/registry`, repository: `${url}/repository` }, authorities: 'ca.pem', certificates: parties, timeouts: { connectMs: 2000, answerMs: 1000 } }
  const one = await openDmpRecord({ config: recordConfig.parse({ ...base, ...more }), baseDir: dir, now: Date.now, randomUuid: randomUUID })
  opened.push(one)
  return one
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'dmp-record-'))
  await writeFile(path.join(dir, 'ca.pem'), authority.pem)
  await writeFile(path.join(dir, 'stranger.pem'), stranger.pem)
  for (const [name, commonName, from] of [
    ['doctor-tls', testDoctor.id, authority],
    ['doctor-signature', testDoctor.id, authority],
    ['structure-tls', testStructure.id, authority],
    ['structure-signature', testStructure.id, authority],
  ] as const) {
    await writeFile(path.join(dir, `${name}.p12`), from.issue({ commonName }).pfx)
  }
  server = await startTestServer(serverIdentity, authority.pem)
  record = await open(server.url)
})
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()))
  await server.close()
  await rm(dir, { recursive: true })
})
beforeEach(() => {
  server.seen.length = 0
})

function soap(body: string, relatesTo?: string) {
  server.answer = (request, response) => {
    response.setHeader('content-type', 'application/soap+xml; charset=UTF-8')
    response.end(envelope(relatesTo ?? messageIdOf(request), body))
  }
}

function http(status: number, body = '', headers: Record<string, string> = {}) {
  server.answer = (_, response) => void response.writeHead(status, headers).end(body)
}

const deposit: Deposit = { party: asDoctor, submissionSetId: '1.2.250.1.999.77.4.1', submittedAt: Date.UTC(2026, 10, 21, 9, 16), documents: [{ metadata: testDocument, replacesEntryUuid: null }] }

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''}`)
  return result.value
}

async function send(party: Deposit['party'] = asDoctor, by = record) {
  return by.send(party, testIns, value(await by.prepare({ ...deposit, party }, [testCda])), [testCda])
}

function partsOf(request: SeenRequest) {
  const { type, parameters } = parseMediaType(request.headers['content-type'] ?? '')
  return { type, parameters, parts: readMultipart(request.body, parameters['boundary'] ?? '') ?? [] }
}

it('sends the document byte for byte as MTOM, with the certificate of the professional', async () => {
  soap(registryResponse('Success'))
  expect(await send()).toEqual({ ok: true, value: { entryUuid: null, warnings: [] } })
  const request = server.seen[0]
  if (!request) throw new Error('nothing sent')
  expect(request).toMatchObject({ path: '/repository', client: testDoctor.id })
  const { type, parameters, parts } = partsOf(request)
  expect(type).toBe('multipart/related')
  expect(parameters).toMatchObject({ type: 'application/xop+xml', start: '<root@relais>', 'start-info': 'application/soap+xml', action: 'urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b' })
  expect(parts.map(contentId)).toEqual(['root@relais', 'document@relais', 'signature@relais'])
  expect(parts[0]?.headers['content-type']).toBe('application/xop+xml; charset=UTF-8; type="application/soap+xml"; action="urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b"')
  expect(Buffer.from(parts[1]?.body ?? []).equals(testCda)).toBe(true)
  expect(verifyXmlSignature(parts[0]?.body ?? new Uint8Array()).covered).toHaveLength(1)
  expect(verifyXmlSignature(parts[2]?.body ?? new Uint8Array()).covered).toEqual(['IHEManifest', 'SignedProperties01'])
})

it('keeps lot and document the same at every try and renews only MessageID and VIHF', async () => {
  soap(registryResponse('Success'))
  const lot = value(await record.prepare(deposit, [testCda]))
  expect(Buffer.from(value(await record.prepare(deposit, [testCda]))).equals(lot)).toBe(true)
  await record.send(asDoctor, testIns, lot, [testCda])
  await record.send(asDoctor, testIns, lot, [testCda])
  const [first, second] = server.seen.map((request) => partsOf(request).parts.map((part) => Buffer.from(part.body).toString('utf8')))
  const cut = (root = '') => ({ body: root.slice(root.indexOf('<xdsb:ProvideAndRegister')), id: /<wsa:MessageID>(.*?)</.exec(root)?.[1], assertion: /<saml2:Assertion .*? ID="(.*?)"/.exec(root)?.[1] })
  expect(cut(second?.[0]).body).toBe(cut(first?.[0]).body)
  expect(second?.slice(1)).toEqual(first?.slice(1))
  expect(cut(second?.[0]).id).not.toBe(cut(first?.[0]).id)
  expect(cut(second?.[0]).assertion).not.toBe(cut(first?.[0]).assertion)
})

it('speaks with the certificate of the structure in indirect mode', async () => {
  soap(registryResponse('Success', [['DMPNote', 'à savoir', 'Warning']]))
  expect(await send(asStructure)).toEqual({ ok: true, value: { entryUuid: null, warnings: ['DMPNote: à savoir'] } })
  expect(server.seen[0]).toMatchObject({ client: testStructure.id })
})

it('refuses to send a document that is not the one signed, and a lot it did not write', async () => {
  const lot = value(await record.prepare(deposit, [testCda]))
  expect(await record.send(asDoctor, testIns, lot, [Buffer.from('<other/>')])).toMatchObject({ ok: false, failure: { class: 'permanent' } })
  expect(await record.send(asDoctor, testIns, Buffer.from('{}\n'), [testCda])).toMatchObject({ ok: false, failure: { class: 'permanent' } })
  expect(await record.send(asDoctor, { ...testIns, value: '279035121518989' }, lot, [testCda])).toMatchObject({ ok: false, failure: { code: 'record-patient-refused' } })
  expect(server.seen).toHaveLength(0)
})

it('refuses to prepare what cannot be a document, and a set id that leaves no room for the signature', async () => {
  expect(await record.prepare(deposit, [Buffer.from('%PDF-1.4')])).toMatchObject({ ok: false, failure: { code: 'xml-malformed' } })
  expect(await record.prepare({ ...deposit, submissionSetId: `1.${'2'.repeat(62)}` }, [testCda])).toMatchObject({ ok: false, failure: { code: 'record-metadata-refused' } })
})

it.each([
  ['XDSRegistryBusy', 'record-busy'],
  ['XDSDuplicateUniqueIdInRegistry', 'record-fault'],
  ['XDSUnknownPatientId', 'record-absent'],
])('a RegistryError %s is %s', async (error, code) => {
  soap(registryResponse('Failure', [[error, 'texte']]))
  expect(await send()).toMatchObject({ ok: false, failure: { code, recordText: 'texte' } })
})

it('is in doubt after a partial success: something may have been kept', async () => {
  soap(registryResponse('Success', [['XDSRegistryBusy', 'texte']]).replace(/status="[^"]*"/, 'status="urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"'))
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-fault', class: 'uncertain', detail: 'PartialSuccess XDSRegistryBusy', recordText: 'texte' } })
})

it('reads a fault inside a multipart answer, whatever the HTTP status', async () => {
  server.answer = (request, response) => {
    const fault = '<S:Fault><S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value xmlns:d="urn:dmp">d:DMPInvalidCertificate</S:Value></S:Subcode></S:Code><S:Reason><S:Text xml:lang="fr">Not a valid signature certificate</S:Text></S:Reason></S:Fault>'
    response.writeHead(500, { 'content-type': 'multipart/related; type="application/xop+xml"; boundary=b1; start="<r>"' })
    response.end(`--b1\r\nContent-ID: <r>\r\nContent-Type: application/xop+xml\r\n\r\n${envelope(messageIdOf(request), fault)}\r\n--b1--\r\n`)
  }
  expect(await record.findByUniqueId(asStructure, testIns, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'signature-certificate-refused', recordText: 'Not a valid signature certificate' } })
})

it('does not believe an answer to another message, nor one that says nothing', async () => {
  soap(registryResponse('Success'), 'urn:uuid:00000000-0000-4000-8000-000000000000')
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid', class: 'uncertain' } })
  soap('')
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  http(200, '<html>Bienvenue</html>', { 'content-type': 'text/html' })
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  http(302, '', { location: 'https://portail' })
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  http(200, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', { 'content-type': 'application/soap+xml' })
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
})

it('reads what HTTP alone says', async () => {
  http(503, 'busy', { 'retry-after': '30', 'content-type': 'text/html' })
  const busy = await send()
  expect(busy).toMatchObject({ ok: false, failure: { code: 'record-busy' } })
  expect(!busy.ok && (busy.failure.retryAt ?? 0) > Date.now() + 20_000).toBe(true)
  http(502)
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-no-answer' } })
  http(403)
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'certificate-refused' } })
})

it('is uncertain when the connection breaks or stays silent once the request is gone', async () => {
  server.answer = (_, response) => response.socket?.destroy()
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-no-answer', class: 'uncertain' } })
  server.answer = (_, response) => void response.writeHead(200, { 'content-type': 'application/soap+xml', 'content-length': '500' }).write('<S:Env', () => response.socket?.destroy())
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-no-answer' } })
  server.answer = () => undefined
  expect(await send()).toMatchObject({ ok: false, failure: { code: 'record-no-answer' } })
})

it('knows that nothing was sent when nobody listens', async () => {
  const port = await new Promise<number>((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo
      probe.close(() => resolve(port))
    })
  })
  expect(await send(asDoctor, await open(`https://127.0.0.1:${port}`))).toMatchObject({ ok: false, failure: { code: 'record-unreachable', class: 'transient' } })
})

it('knows that nothing was sent when the other side is not a TLS server', async () => {
  const plain = net.createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1')
  await new Promise((resolve) => plain.once('listening', resolve))
  expect(await send(asDoctor, await open(`https://127.0.0.1:${(plain.address() as net.AddressInfo).port}`))).toMatchObject({ ok: false, failure: { code: 'record-unreachable' } })
  plain.close()
})

it('trusts no server but those of its authorities', async () => {
  const other = await open(server.url, { authorities: 'stranger.pem' })
  expect(await send(asDoctor, other)).toMatchObject({ ok: false, failure: { code: 'record-server-untrusted', class: 'transient' } })
  expect(server.seen).toHaveLength(0)
})

it('calls nobody when a certificate is missing or a structure wants to read', async () => {
  const none = await open(server.url, { certificates: [] })
  expect(await none.standing(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'certificate-missing' } })
  expect(await record.findDocuments(asStructure, testIns)).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
  expect(await record.retrieve(asStructure, testIns, { uniqueId: '1.2', repositoryUniqueId: '1.3', hash: null })).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
  expect(server.seen).toHaveLength(0)
})

it('never puts a training identity on the way to a production record, nor the other way round', async () => {
  const production = await open(server.url, { environment: 'production' })
  expect(await production.standing(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'ins-test-in-production' } })
  const real = { ...testIns, oid: '1.2.250.1.213.1.4.8' }
  expect(await record.findByUniqueId(asDoctor, real, '1.2')).toMatchObject({ ok: false, failure: { code: 'ins-production-in-training' } })
  expect(await record.prepare({ ...deposit, documents: [{ metadata: { ...testDocument, ins: real }, replacesEntryUuid: null }] }, [testCda])).toMatchObject({ ok: false, failure: { code: 'ins-production-in-training' } })
  expect(await record.findByUniqueId(asDoctor, { ...testIns, oid: '1.2.3' }, '1.2')).toMatchObject({ ok: false, failure: { code: 'ins-invalid' } })
  expect(server.seen).toHaveLength(0)
})

it('refuses an answer larger than any document could be', async () => {
  const small = await open(server.url, { maxDocumentBytes: 1000 })
  http(200, 'x'.repeat(2_000_000), { 'content-type': 'application/soap+xml' })
  expect(await small.findByUniqueId(asDoctor, testIns, '1.2')).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
})

const hl7 = (rest: string, acknowledgement = '<acknowledgement typeCode="AA"/>') => `<PRPA_IN201308UV02 xmlns="urn:hl7-org:v3">${acknowledgement}${rest}</PRPA_IN201308UV02>`
const found = (status: string, more = '', ins = testIns.value) => `<controlActProcess><subject><registrationEvent><subject1><patient><id root="1.2.250.1.213.1.4.2" extension="0123456789"/><id root="${testIns.oid}" extension="${ins}"/><statusCode code="${status}"/>${more}</patient></subject1></registrationEvent></subject><queryAck><queryResponseCode code="OK"/></queryAck></controlActProcess>`
const line = (keyWord: string, valueOf: string) => `<attentionLine><keyWordText code="${keyWord}" codeSystem="1.2.250.1.213.4.1.2.6.1">${keyWord}</keyWordText>${valueOf}</attentionLine>`
const attention = line('AUTORISATION', '<value code="VALIDE"/>') + line('STATUT_MT', '<value value="true"/>')

it.each([
  ['open', hl7(attention + found('active')), { existence: 'open', authorisation: 'valid', isTreatingDoctor: true }],
  ['blocked', hl7(line('AUTORISATION', '<value code="INTERDIT"/>') + found('active')), { existence: 'open', authorisation: 'blocked', isTreatingDoctor: false }],
  ['never granted', hl7(found('active')), { existence: 'open', authorisation: 'none', isTreatingDoctor: false }],
  ['closed by status', hl7(found('terminated')), { existence: 'closed' }],
  ['closed by code', hl7('', '<acknowledgement typeCode="AE"><acknowledgementDetail><code code="DMPClosed"/></acknowledgementDetail></acknowledgement>'), { existence: 'closed' }],
  ['absent', hl7('<controlActProcess><queryAck><queryResponseCode code="NF"/></queryAck></controlActProcess>'), { existence: 'absent', authorisation: 'none' }],
])('reads a record that is %s', async (_, body, expected) => {
  soap(body)
  expect(await record.standing(asDoctor, testIns)).toMatchObject({ ok: true, value: expected })
  expect(server.seen[0]?.body.toString()).toContain('<patientIdentifier><value root="1.2.250.1.213.1.4.10" extension="284069999999968"/>')
  expect(server.seen[0]?.headers['content-type']).toBe('application/soap+xml; charset=UTF-8; action="urn:hl7-org:v3:PRPA_IN201307UV02"')
})

const observation = (code: string, valueXml: string) => `<subjectOf><administrativeObservation><code code="${code}"/>${valueXml}</administrativeObservation></subjectOf>`

it('reads what else is told of a record, and null for what is not', async () => {
  soap(hl7(attention + found('active', observation('RATTACHEMENT_ENS', '<value value="false"/>') + observation('OPPOSITION_BRIS_DE_GLACE', '<value value="true"/>'))))
  expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ closure: null, attachedToMonEspaceSante: false, opposedToBreakGlass: true, opposedToEmergencyAccess: null })
  soap(hl7(found('terminated', observation('DATE_FERMETURE', '<value>20250301</value>') + observation('motifFermeture', '<value code="DECES"/>'))))
  expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ existence: 'closed', closure: { date: '2025-03-01T00:00:00.000Z', reason: 'DECES', text: null }, attachedToMonEspaceSante: null })
  soap(hl7('', '<acknowledgement typeCode="AE"><acknowledgementDetail><code code="DMPClosed"/><text>Fermé le 1er mars</text></acknowledgementDetail></acknowledgement>'))
  expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ existence: 'closed', closure: { date: null, reason: null, text: 'Fermé le 1er mars' } })
})

it.each([
  ['another patient', hl7(attention + found('active', '', '279035121518989'))],
  ['another patient, in another domain than the question it repeats', hl7(attention + found('active', '', '236032999901409').replace(testIns.oid, '1.2.250.1.213.1.4.9').replace('<queryAck>', `<queryByParameter><parameterList><patientIdentifier><value root="${testIns.oid}" extension="${testIns.value}"/></patientIdentifier></parameterList></queryByParameter><queryAck>`))],
  ['nobody', hl7(attention + found('active').replace(testIns.oid, '1.2.3'))],
  ['another question', hl7(`<controlActProcess><queryAck><queryResponseCode code="NF"/></queryAck><queryByParameter><parameterList><patientIdentifier><value root="${testIns.oid}" extension="279035121518989"/></patientIdentifier></parameterList></queryByParameter></controlActProcess>`)],
])('does not believe a standing about %s', async (_, body) => {
  soap(body)
  expect(await record.standing(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
})

it.each(['AE', 'AR'])('never reads a record into an answer that says %s', async (typeCode) => {
  soap(hl7(attention + found('active'), `<acknowledgement typeCode="${typeCode}"><acknowledgementDetail><code code="DMPQuelqueChose"/><text>Refusé</text></acknowledgementDetail></acknowledgement>`))
  expect(await record.standing(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'record-refused', class: 'permanent', recordText: 'DMPQuelqueChose: Refusé' } })
})

it('reads an HL7 refusal by its code and text', async () => {
  soap(hl7('<controlActProcess><queryAck><queryResponseCode code="AE"/></queryAck></controlActProcess>', '<acknowledgement><typeCode code="AE"/><acknowledgementDetail><code code="DMPInvalidStructure"/><text>PS et Structure non liés</text></acknowledgementDetail></acknowledgement>'))
  expect(await record.standing(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'structure-refused', recordText: 'PS et Structure non liés' } })
})

const classification = (scheme: string, code: string, name = '') => `<Classification classificationScheme="urn:uuid:${scheme}" nodeRepresentation="${code}">${name && `<Name><LocalizedString value="${name}"/></Name>`}</Classification>`
const slot = (name: string, valueOf: string) => `<Slot name="${name}"><ValueList><Value>${valueOf}</Value></ValueList></Slot>`
const otherIns = '279035121518989^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH'
const formerIns = '0123456789012345678901^^^&amp;1.2.250.1.213.1.4.2&amp;ISO^NH'
const ofPatient = (cx: string) => `<ExternalIdentifier identificationScheme="urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427" value="${cx}"/>`
const mine = ofPatient('284069999999968^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH^^20261121')
const entry = (uniqueId: string, classCode: string, more = mine) =>
  `<ExtrinsicObject id="urn:uuid:e-${uniqueId}" lid="urn:uuid:l" mimeType="text/xml" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">${slot('creationTime', '20261121091500')}${slot('repositoryUniqueId', '1.9.9')}${slot('hash', 'A94A8FE5CCB19BA61C4C0873D391E987982FBBD3')}${slot('size', '4')}<Name><LocalizedString value="Titre &amp; suite"/></Name><Classification classificationScheme="urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d" nodeRepresentation="">${slot('authorPerson', '899900000012^GENERIQUE^Alix^^^^^^&amp;1.2.250.1.71.4.2.1&amp;ISO^D^^^IDNPS')}${slot('authorInstitution', 'Lilas \\T\\ Fils^^^^^&amp;1.2.250.1.71.4.2.2&amp;ISO^IDNST^^^1')}${slot('authorSpecialty', 'G15_10/SM54^Médecin - Médecine Générale (SM)^1.2.250.1.213.1.1.4.5')}</Classification>${classification('f0306f51-975f-434e-a61c-c59651d33983', '57833-6')}${classification('41a5887f-8865-4c09-adf7-e362475b143a', classCode, 'Classe dite par le DMP')}${classification('f4f85eac-e6cb-4883-b524-f2705394840f', 'N')}${classification('f4f85eac-e6cb-4883-b524-f2705394840f', 'MASQUE_PS')}<ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="${uniqueId}"/>${more}</ExtrinsicObject>`
const answerOf = (...entries: string[]) => registryResponse('Success', [], 'AdhocQueryResponse', `<RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">${entries.join('')}</RegistryObjectList>`)

it('reads documents found, labels and authors, and leaves the lot signatures out', async () => {
  soap(answerOf(entry('1.2.3', '42'), entry('1.2.4', 'urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1')))
  expect(value(await record.findDocuments(asDoctor, testIns, { statuses: ['approved', 'archived'], typeCodes: [{ code: "5'7", system: '1.2' }], serviceStartFrom: '20241121' }))).toEqual([
    {
      uniqueId: '1.2.3',
      entryUuid: 'urn:uuid:e-1.2.3',
      logicalId: 'urn:uuid:l',
      repositoryUniqueId: '1.9.9',
      typeCode: '57833-6',
      typeLabel: 'Prescription de produits de santé',
      classCode: '42',
      classLabel: 'Classe dite par le DMP',
      title: 'Titre & suite',
      mimeType: 'text/xml',
      formatCode: '',
      creationTime: '2026-11-21T09:15:00.000Z',
      serviceStartTime: null,
      serviceStopTime: null,
      authors: [{ name: 'Alix GENERIQUE', role: 'Médecin - Médecine Générale (SM)', structure: 'Lilas & Fils', personId: '899900000012', structureId: '1' }],
      legalAuthenticatorId: null,
      referenceIds: [],
      status: 'approved',
      hash: 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3',
      size: 4,
      maskedToProfessionals: true,
      hiddenFromPatient: false,
      hiddenFromRepresentatives: false,
      fromPatient: false,
    },
  ])
  const asked = server.seen[0]?.body.toString() ?? ''
  expect(asked).toContain('returnType="LeafClass"')
  expect(asked).toContain('(&#39;urn:oasis:names:tc:ebxml-regrep:StatusType:Approved&#39;,&#39;urn:asip:ci-sis:2010:StatusType:Archived&#39;)')
  expect(asked).toContain('(&#39;5&#39;&#39;7^^1.2&#39;)')
  expect(asked).toContain('&#39;284069999999968^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH&#39;')
})

it('gives a list with what the record warned of, and takes nothing found under a warning for nothing there', async () => {
  const list = `<RegistryObjectList xmlns="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">${entry('1.2.3', '42')}</RegistryObjectList>`
  soap(registryResponse('Success', [['XDSTooManyResults', 'liste tronquée', 'Warning'], ['XDSExtraMetadataNotSaved', '', 'Warning']], 'AdhocQueryResponse', list))
  expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: true, value: [{ uniqueId: '1.2.3' }], warnings: ['XDSTooManyResults: liste tronquée', 'XDSExtraMetadataNotSaved'] })
  expect(value(await record.findByUniqueId(asStructure, testIns, '1.2.3'))?.uniqueId).toBe('1.2.3')
  expect(await record.findByUniqueId(asStructure, testIns, '1.2.4')).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid', class: 'uncertain', recordText: expect.stringContaining('liste tronquée') } })
  soap(answerOf(entry('1.2.3', '42')))
  expect(await record.findDocuments(asDoctor, testIns)).not.toHaveProperty('warnings')
})

it('tells a reading refused by an unknown code without words by that code', async () => {
  soap(registryResponse('Failure', [['DMPJamaisVu', '']], 'AdhocQueryResponse'))
  expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'record-refused', recordText: 'DMPJamaisVu' } })
})

it('asks for one document by uniqueId, also for a structure', async () => {
  soap(answerOf(entry('1.2.3', '42')))
  expect(value(await record.findByUniqueId(asStructure, testIns, '1.2.3'))?.entryUuid).toBe('urn:uuid:e-1.2.3')
  soap(answerOf())
  expect(value(await record.findByUniqueId(asStructure, testIns, '1.2.3'))).toBeNull()
  // It answers another question: it says nothing of the document asked for, which may be there.
  soap(answerOf(entry('1.2.4', '42')))
  expect(await record.findByUniqueId(asStructure, testIns, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid', class: 'uncertain' } })
})

it('does not take a list for whole that gives less than it counts', async () => {
  soap(answerOf(entry('1.2.3', '42')).replace(' status=', ' totalResultCount="99" status='))
  expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: true, value: [{ uniqueId: '1.2.3' }], warnings: ['counts 99 entries and gives 1'] })
  soap(answerOf().replace(' status=', ' totalResultCount="2" status='))
  expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  soap(answerOf(entry('1.2.3', '42')).replace(' status=', ' totalResultCount="1" status='))
  expect(await record.findDocuments(asDoctor, testIns)).not.toHaveProperty('warnings')
})

it('takes the version in force where a registry gives the former ones too', async () => {
  const former = entry('1.2.3', '42').replace('urn:uuid:e-1.2.3', 'urn:uuid:former').replace('StatusType:Approved', 'StatusType:Deprecated')
  for (const entries of [[former, entry('1.2.3', '42')], [entry('1.2.3', '42'), former]]) {
    soap(answerOf(...entries))
    expect(value(await record.findByUniqueId(asStructure, testIns, '1.2.3'))?.entryUuid).toBe('urn:uuid:e-1.2.3')
  }
})

it('does not pass off a list it cannot read whole as the list', async () => {
  soap(answerOf(entry('1.2.3', '42'), '<ExtrinsicObject id="urn:uuid:x" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"/>'))
  expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
})

const retrieved = (document: string) => `<RetrieveDocumentSetResponse xmlns="urn:ihe:iti:xds-b:2007">${registryResponse('Success')}<DocumentResponse><RepositoryUniqueId>1.9.9</RepositoryUniqueId><DocumentUniqueId>1.2.3</DocumentUniqueId><mimeType>text/xml</mimeType>${document}</DocumentResponse></RetrieveDocumentSetResponse>`

function xop(bytes: Buffer) {
  server.answer = (request, response) => {
    response.writeHead(200, { 'content-type': 'multipart/related; type="application/xop+xml"; boundary="b-1"; start="<r@x>"' })
    const root = envelope(messageIdOf(request), retrieved('<Document><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:doc%40x"/></Document>'))
    response.end(Buffer.concat([Buffer.from(`--b-1\r\nContent-ID: <doc@x>\r\nContent-Transfer-Encoding: binary\r\n\r\n`), bytes, Buffer.from(`\r\n--b-1\r\nContent-ID: <r@x>\r\nContent-Type: application/xop+xml\r\n\r\n${root}\r\n--b-1--`)]))
  }
}

it('retrieves the exact bytes, in a part or inline, and checks their hash', async () => {
  const bytes = Buffer.concat([Buffer.from('\r\n--b-\r\n'), testCda, Buffer.from([0, 255, 13, 10])])
  const which = { uniqueId: '1.2.3', repositoryUniqueId: '1.9.9', hash: createHash('sha1').update(bytes).digest('hex').toUpperCase() }
  xop(bytes)
  expect(Buffer.from(value(await record.retrieve(asDoctor, testIns, which))).equals(bytes)).toBe(true)
  expect(partsOf(server.seen[0] as SeenRequest).parts[0]?.body.toString()).toContain('<xdsb:DocumentUniqueId>1.2.3</xdsb:DocumentUniqueId>')
  expect(await record.retrieve(asDoctor, testIns, { ...which, hash: '0'.repeat(40) })).toMatchObject({ ok: false, failure: { code: 'document-hash-mismatch' } })
  soap(retrieved(`<Document>${bytes.toString('base64')}</Document>`))
  expect(Buffer.from(value(await record.retrieve(asDoctor, testIns, which))).equals(bytes)).toBe(true)
  soap(retrieved('<Document><i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:nowhere"/></Document>'))
  expect(await record.retrieve(asDoctor, testIns, which)).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  expect(await record.retrieve(asDoctor, testIns, { ...which, uniqueId: '1.2.4' })).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
})

it('keeps its connections for the calls of one party that follow each other', async () => {
  const ports = new Set<number | undefined>()
  server.answer = (request, response) => {
    ports.add(response.socket?.remotePort)
    response.setHeader('content-type', 'application/soap+xml')
    response.end(envelope(messageIdOf(request), answerOf()))
  }
  const fresh = await open(server.url)
  for (let call = 0; call < 20; call += 1) value(await fresh.findByUniqueId(asDoctor, testIns, '1.2'))
  expect(ports.size).toBeLessThanOrEqual(2)
})

it('shows nothing of an answer that names another patient; a former identifier of the same one is no other', async () => {
  soap(answerOf(entry('1.2.3', '42', mine), entry('1.2.4', '42', ofPatient(otherIns))))
  expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  expect(await record.findByUniqueId(asStructure, testIns, '1.2.3')).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  expect(await record.findDocumentsWithAssociations(asDoctor, testIns, ['urn:uuid:a'])).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  expect(await record.changeMetadata(asDoctor, testIns, '1.2.4', { kind: 'delete' })).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  expect(server.seen.every(({ body }) => !body.toString().includes('SubmitObjectsRequest'))).toBe(true)
  soap(answerOf(entry('1.2.3', '42', mine), entry('1.2.4', '42', ofPatient(formerIns))))
  expect(value(await record.findDocuments(asDoctor, testIns))).toHaveLength(2)
  soap(answerOf(`<RegistryPackage id="urn:uuid:s"><ExternalIdentifier identificationScheme="urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446" value="${otherIns}"/></RegistryPackage>`))
  expect(await record.findSubmissionSets(asDoctor, testIns, '2026')).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
})

it('takes an entry that names nobody for no answer: neither there, nor not there, nor changed', async () => {
  for (const nobody of ['', ofPatient(''), ofPatient('284069999999968999^^^^NH'), ofPatient('^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH')]) {
    soap(answerOf(entry('1.2.3', '42', mine), entry('1.2.4', '42', nobody)))
    const invalid = { ok: false, failure: { code: 'record-answer-invalid', class: 'uncertain' } }
    expect(await record.findDocuments(asDoctor, testIns)).toMatchObject(invalid)
    expect(await record.findByUniqueId(asStructure, testIns, '1.2.4')).toMatchObject(invalid)
    expect(await record.findByUniqueId(asStructure, testIns, '1.2.5')).toMatchObject(invalid)
    expect(await record.findDocumentsWithAssociations(asDoctor, testIns, ['urn:uuid:a'])).toMatchObject(invalid)
    expect(await record.changeMetadata(asDoctor, testIns, '1.2.4', { kind: 'delete' })).toMatchObject(invalid)
  }
  soap(answerOf('<RegistryPackage id="urn:uuid:s"/>'))
  expect(await record.findSubmissionSets(asDoctor, testIns, '2026')).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
})

const versioned = (version: number) => entry('1.2.3', '42', mine).replace('</Name>', `</Name><VersionInfo versionName="${version}"/>`)

/** Answers questions with a document that is one version further each time, and changes with `change`. */
function changing(change: (request: SeenRequest) => string | null) {
  let version = 0
  server.answer = (request, response) => {
    const answer = request.body.includes('SubmitObjectsRequest') ? change(request) : answerOf(versioned((version += 1)))
    if (answer === null) return response.socket?.destroy()
    response.setHeader('content-type', 'application/soap+xml')
    return response.end(envelope(messageIdOf(request), answer))
  }
}

it('makes a change from the entry as it is, whole, and tells of it in a set of its own', async () => {
  changing(() => registryResponse('Success'))
  expect(await record.changeMetadata(asDoctor, testIns, '1.2.3', { kind: 'mask', masked: false })).toEqual({ ok: true, value: { entryUuid: null } })
  const [, sent] = server.seen
  expect(sent?.headers['content-type']).toContain('action="urn:ihe:iti:2010:UpdateDocumentSet"')
  const body = sent?.body.toString() ?? ''
  expect(body).toContain('<rim:ExtrinsicObject id="Document01" lid="urn:uuid:l" mimeType="text/xml"')
  expect(body).toContain('<rim:VersionInfo versionName="1"/>')
  expect(body).toMatch(/<rim:Slot name="PreviousVersion"><rim:ValueList><rim:Value>1<\/rim:Value>/)
  expect(body).toContain('nodeRepresentation="N"')
  expect(body).not.toContain('MASQUE_PS')
  expect(/XDSSubmissionSet.uniqueId/.test(body) && /value="1\.2\.250\.1\.999\.77\.5\.\d+\.\d+"/.test(body)).toBe(true)
})

it('makes no change from other documents than the one asked for, and tells it to be gone only where the answer holds none', async () => {
  changing(() => expect.fail('a change was asked for'))
  expect(await record.changeMetadata(asDoctor, testIns, '1.2.4', { kind: 'delete' })).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid', detail: 'other documents than the one asked for' } })
  soap(answerOf())
  expect(await record.changeMetadata(asDoctor, testIns, '1.2.4', { kind: 'delete' })).toMatchObject({ ok: false, failure: { code: 'document-not-found' } })
})

it('asks again once when somebody was faster, then takes the record at its word', async () => {
  const stale = registryResponse('Failure', [['XDSMetadataVersionError', 'version']])
  let changes = 0
  changing(() => ((changes += 1) === 1 ? stale : registryResponse('Success')))
  expect(await record.changeMetadata(asDoctor, testIns, '1.2.3', { kind: 'delete' })).toEqual({ ok: true, value: { entryUuid: null } })
  expect(server.seen).toHaveLength(4)
  server.seen.length = 0
  changing(() => stale)
  expect(await record.changeMetadata(asDoctor, testIns, '1.2.3', { kind: 'mask', masked: false })).toMatchObject({ ok: false, failure: { code: 'record-version-changed', detail: 'XDSMetadataVersionError' } })
  expect(server.seen).toHaveLength(4)
  expect([1, 3].map((at) => /PreviousVersion"><rim:ValueList><rim:Value>(\d)/.exec(server.seen[at]?.body.toString() ?? '')?.[1])).toEqual(['1', '2'])
})

it('leaves in doubt a change whose answer is lost, and does not send it again', async () => {
  changing(() => null)
  expect(await record.changeMetadata(asDoctor, testIns, '1.2.3', { kind: 'delete' })).toMatchObject({ ok: false, failure: { code: 'record-no-answer', class: 'uncertain' } })
  expect(server.seen).toHaveLength(2)
})

it('does not change an entry that lacks its lid, its version or its patient', async () => {
  for (const broken of [entry('1.2.3', '42', mine), versioned(1).replace(' lid="urn:uuid:l"', ''), versioned(1).replace(mine, '')]) {
    soap(answerOf(broken))
    expect(await record.changeMetadata(asDoctor, testIns, '1.2.3', { kind: 'delete' })).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  }
})

it('asks about many objects a few at a time, and stops at the first failure', async () => {
  const uuids = Array.from({ length: 45 }, (_, index) => `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`)
  soap(answerOf('<Association associationType="urn:ihe:iti:2007:AssociationType:APND" sourceObject="urn:uuid:a" targetObject="urn:uuid:b"/>', '<Association associationType="urn:x" sourceObject="urn:uuid:a" targetObject="urn:uuid:b"/>'))
  expect(value(await record.findAssociations(asDoctor, testIns, uuids))).toEqual([{ type: 'appends', source: 'urn:uuid:a', target: 'urn:uuid:b' }, { type: 'other', source: 'urn:uuid:a', target: 'urn:uuid:b' }])
  expect(server.seen.map(({ body }) => body.toString().match(/urn:uuid:00000000-/g)?.length)).toEqual([20, 20, 5])
  const values = server.seen.flatMap(({ body }) => [...body.toString().matchAll(/<rim:Value>(.*?)<\/rim:Value>/g)].map(([, text = '']) => text.replaceAll('&#39;', "'")))
  expect(Math.max(...values.map((text) => text.length))).toBeLessThanOrEqual(256)
  server.seen.length = 0
  http(503)
  expect(await record.findDocumentsWithAssociations(asDoctor, testIns, uuids)).toMatchObject({ ok: false, failure: { code: 'record-busy' } })
  expect(server.seen).toHaveLength(1)
})

const authorised = (status: string, context = '') => `<setAuthorizationResponse xmlns="urn:si-dmp-habilitations"><output><status>${status}</status><context>${context}</context></output></setAuthorizationResponse>`

it('reads the outcome of an authorisation, in whatever case it is told', async () => {
  soap(authorised('DMPOK', 'Existait déjà'))
  expect(await record.authorise(asDoctor, testIns, 'become-treating-doctor')).toEqual({ ok: true, value: { text: 'Existait déjà' } })
  expect(server.seen[0]).toMatchObject({ path: '/habilitations' })
  expect(server.seen[0]?.body.toString()).toContain('<setAuthorization xmlns="urn:si-dmp-habilitations"><action>AJOUT</action><role>MEDECIN_TRAITANT</role></setAuthorization>')
  soap(authorised('DMPAutreRefus', 'Motif du refus'))
  expect(await record.authorise(asDoctor, testIns, 'add')).toMatchObject({ ok: false, failure: { code: 'record-refused', class: 'permanent', recordText: 'DMPAutreRefus: Motif du refus' } })
  soap('<setAuthorizationResponse xmlns="urn:si-dmp-habilitations"/>')
  expect(await record.authorise(asDoctor, testIns, 'add')).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  server.seen.length = 0
  expect(await record.authorise(asStructure, testIns, 'add')).toMatchObject({ ok: false, failure: { code: 'reading-needs-professional' } })
  expect(server.seen).toHaveLength(0)
})

const listLine = (id: string, type: string, rest = '') => `<patientlistData><patientIdentifier><nationalId>${id}</nationalId><nationalIdType>${type}</nationalIdType></patientIdentifier>${rest}<MT>true</MT><message>false</message></patientlistData>`
const list = (...lines: string[]) => `<patientListResponse xmlns="urn:si-dmp-patients"><output>${lines.join('')}<status>DMPOk</status></output></patientListResponse>`

it('lists accessible records without naming a patient, and no list with a hole', async () => {
  const rest = '<lastName>USUEL</lastName><patronymicalName>NAISSANCE</patronymicalName><firstName>Ada</firstName><dateOfBirth>12061984</dateOfBirth>'
  soap(list(listLine(testIns.value, 'NIR', rest)))
  expect(value(await record.accessibleRecords(asDoctor, { since: '2026-03-01T08:00:00Z', by: 'last-authorisation' }))).toEqual([
    { ins: testIns, birthName: 'NAISSANCE', givenName: 'Ada', usedName: 'USUEL', birthDate: '1984-06-12', isTreatingDoctor: true, lastAccessAt: null, lastAddAt: null },
  ])
  const body = server.seen[0]?.body.toString() ?? ''
  expect(server.seen[0]).toMatchObject({ path: '/PatientSpecific' })
  expect(body).toContain('<startDate>01032026</startDate><dateType>LASTAUTORIZATION</dateType>')
  expect(body).not.toContain('resource-id')
  for (const hole of [listLine('12345', 'NIR'), listLine(testIns.value, '1.2.250.1.213.1.4.8'), listLine(testIns.value, 'IPP')]) {
    soap(list(listLine(testIns.value, testIns.oid), hole))
    expect(await record.accessibleRecords(asDoctor, { since: '2026-03-01', by: 'last-document' })).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
  }
})

const everyAct: readonly (readonly [string, () => Promise<Result<unknown>>])[] = [
  ['standing', () => record.standing(asDoctor, testIns)],
  ['authorise', () => record.authorise(asDoctor, testIns, 'add')],
  ['accessibleRecords', () => record.accessibleRecords(asDoctor, { since: '2026-01-01', by: 'last-document' })],
  ['send', () => send()],
  ['findDocuments', () => record.findDocuments(asDoctor, testIns)],
  ['findSubmissionSets', () => record.findSubmissionSets(asDoctor, testIns, '2026')],
  ['findAssociations', () => record.findAssociations(asDoctor, testIns, ['urn:uuid:a'])],
  ['findDocumentsWithAssociations', () => record.findDocumentsWithAssociations(asDoctor, testIns, ['urn:uuid:a'])],
  ['findByUniqueId', () => record.findByUniqueId(asDoctor, testIns, '1.2.3')],
  ['retrieve', () => record.retrieve(asDoctor, testIns, { uniqueId: '1.2.3', repositoryUniqueId: '1.9.9', hash: null })],
  ['changeMetadata', () => record.changeMetadata(asDoctor, testIns, '1.2.3', { kind: 'delete' })],
]

it.each(everyAct)('%s opens the MIME before it reads a fault, and believes no answer that is not to its message', async (name, act) => {
  server.answer = (request, response) => {
    const fault = '<S:Fault><S:Code><S:Value>S:Sender</S:Value><S:Subcode><S:Value>d:DMPTropTard</S:Value></S:Subcode></S:Code><S:Reason><S:Text>Trop tard</S:Text></S:Reason></S:Fault>'
    response.writeHead(500, { 'content-type': 'multipart/related; type="application/xop+xml"; boundary=b1; start="<r>"' })
    response.end(`--b1\r\nContent-ID: <other>\r\n\r\nx\r\n--b1\r\nContent-ID: <r>\r\nContent-Type: application/xop+xml\r\n\r\n${envelope(messageIdOf(request), fault)}\r\n--b1--\r\n`)
  }
  expect(await act()).toMatchObject({ ok: false, failure: { code: 'record-refused', recordText: 'DMPTropTard: Trop tard' } })
  for (const [body, relatesTo] of [
    [registryResponse('Success'), undefined],
    [registryResponse('Success'), 'urn:uuid:00000000-0000-4000-8000-000000000000'],
    [answerOf(), 'urn:uuid:00000000-0000-4000-8000-000000000000'],
    [authorised('DMPOk'), 'urn:uuid:00000000-0000-4000-8000-000000000000'],
    [list(), 'urn:uuid:00000000-0000-4000-8000-000000000000'],
  ] as const) {
    if (name === 'send' && relatesTo === undefined) continue
    soap(body, relatesTo)
    expect(await act()).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid', class: 'uncertain' } })
  }
  http(200, '<html>Bienvenue</html>', { 'content-type': 'text/html' })
  expect(await act()).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid' } })
})

it('finds the habilitation services of a configuration that does not name them, in either naming family', () => {
  const endpoints = (patients: string) => recordConfig.parse({ environment: 'training', endpoints: { patients, registry: 'https://r/registry', repository: 'https://r/repository' }, authorities: 'a', certificates: [] }).endpoints
  expect(endpoints('https://r/v2/services/patients')).toMatchObject({ habilitations: 'https://r/v2/services/habilitations', patientSpecific: 'https://r/v2/services/PatientSpecific' })
  expect(endpoints('https://r/v2/services/patient')).toMatchObject({ habilitations: 'https://r/v2/services/Habilitation', patientSpecific: 'https://r/v2/services/PatientSpecific' })
})
