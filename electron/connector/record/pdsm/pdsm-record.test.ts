import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordConfig, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { fhirSystem, pdsm } from '#shared/terminology/index.ts'
import { createTestAuthority } from '../../sign-in/test-certificates.ts'
import { asDoctor, testDoctor, testDocument, testIns, testStructure } from '../dmp/test-deposit.ts'
import { startTestServer, type SeenRequest, type TestServer } from '../dmp/test-server.ts'
import type { Deposit, NationalRecord } from '../port.ts'
import { openPdsmRecord } from './pdsm-record.ts'

/** A record that answers what no record should: over a real HTTPS server, one answer at a time. */
const authority = createTestAuthority()
const identity = authority.issue({ commonName: 'record', dnsName: 'localhost' })
let dir = ''
let server: TestServer
let elsewhere: TestServer
let record: NationalRecord
const opened: NationalRecord[] = []

async function open(fhirBase: string, more: Partial<RecordConfig> = {}): Promise<NationalRecord> {
  const certificates = [
    { party: testDoctor.id, kind: 'professional' as const, tls: 'doctor.p12', signature: 'doctor.p12', passphrase: 'secret' },
    { party: testStructure.id, kind: 'structure' as const, tls: 'structure.p12', signature: 'structure.p12', passphrase: 'secret' },
  ]
  const endpoints = { patients: fhirBase, registry: fhirBase, repository: fhirBase }
  const config = recordConfig.parse({ protocol: 'fhir', fhirBase, environment: 'training', endpoints, authorities: 'ca.pem', certificates, timeouts: { connectMs: 2000, answerMs: 1000 }, ...more })
  const one = await openPdsmRecord({ config, baseDir: dir, now: Date.now, randomUuid: randomUUID })
  opened.push(one)
  return one
}

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'pdsm-record-'))
  await writeFile(path.join(dir, 'ca.pem'), authority.pem)
  await writeFile(path.join(dir, 'doctor.p12'), authority.issue({ commonName: testDoctor.id }).pfx)
  await writeFile(path.join(dir, 'structure.p12'), authority.issue({ commonName: testStructure.id }).pfx)
  ;[server, elsewhere] = await Promise.all([startTestServer(identity, authority.pem), startTestServer(identity, authority.pem)])
  record = await open(`${server.url}/fhir`)
})
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()))
  await Promise.all([server.close(), elsewhere.close()])
  await rm(dir, { recursive: true })
})
beforeEach(() => {
  server.seen.length = 0
  elsewhere.seen.length = 0
})

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code} ${result.failure.detail ?? ''}`)
  return result.value
}

/** Answers each request by what `resource` gives for it: a resource, bytes of a document, or a bare status. */
function answering(resource: (request: SeenRequest, turn: number) => object | Buffer | number): void {
  let turn = 0
  server.answer = (request, response) => {
    const given = resource(request, (turn += 1))
    if (typeof given === 'number') return void response.writeHead(given).end()
    if (Buffer.isBuffer(given)) return void response.writeHead(200, { 'content-type': 'text/xml' }).end(given)
    response.writeHead(200, { 'content-type': 'application/fhir+json; charset=utf-8' }).end(JSON.stringify(given))
  }
}

const bytes = Buffer.from('<ClinicalDocument/>')
const uniqueId = '1.2.250.1.999.77.3.1'
const found = (more: object = {}, attachment: object = {}) => ({
  resourceType: 'DocumentReference',
  id: '0b0e5f43-6f8e-4d57-9f3a-2f6a61b0a001',
  masterIdentifier: { system: 'urn:ietf:rfc:3986', value: `urn:oid:${uniqueId}` },
  status: 'current',
  subject: { reference: `Patient?identifier=urn:oid:${testIns.oid}|${testIns.value}` },
  content: [{ attachment: { contentType: 'text/xml', url: 'Binary/1', title: 'Ordonnance', hash: createHash('sha1').update(bytes).digest('base64'), ...attachment } }],
  ...more,
})
const searchset = (resources: readonly object[], links: Record<string, string> = {}) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  link: Object.entries(links).map(([relation, url]) => ({ relation, url })),
  entry: resources.map((resource) => ({ resource, search: { mode: 'match' } })),
})
const fails = (code: string) => expect.objectContaining({ ok: false, failure: expect.objectContaining({ code }) })
const deposit: Deposit = { party: asDoctor, submissionSetId: '1.2.250.1.999.77.4.1', submittedAt: Date.UTC(2026, 10, 21, 9, 16), documents: [{ metadata: { ...testDocument, uniqueId }, replacesEntryUuid: null }] }
const responses = (locations: readonly string[]) => ({ resourceType: 'Bundle', type: 'transaction-response', entry: locations.map((location) => ({ response: { status: '201 Created', location } })) })

describe('what is sent', () => {
  it('is the frozen bundle, byte for byte at every try, with its certificate and media types', async () => {
    const lot = value(await record.prepare(deposit, [bytes]))
    answering(() => responses(['List/1', 'DocumentReference/0b0e5f43-6f8e-4d57-9f3a-2f6a61b0a002', 'Binary/1']))
    expect(value(await record.send(asDoctor, testIns, lot, [bytes]))).toEqual({ entryUuid: 'urn:uuid:0b0e5f43-6f8e-4d57-9f3a-2f6a61b0a002', warnings: [] })
    value(await record.send(asDoctor, testIns, lot, [bytes]))
    const [first, second] = server.seen
    expect(first?.body.equals(second?.body ?? Buffer.alloc(0))).toBe(true)
    expect(Buffer.from(lot).subarray(Buffer.from(lot).indexOf(10) + 1).equals(first?.body ?? Buffer.alloc(0))).toBe(true)
    expect(first).toMatchObject({ path: '/fhir', client: testDoctor.id, headers: { 'content-type': 'application/fhir+json', accept: 'application/fhir+json' } })
    expect(JSON.parse(first?.body.toString('utf8') ?? '')).toMatchObject({ resourceType: 'Bundle', type: 'transaction' })
  })

  it('asks for one patient, encoded as an address wants it', async () => {
    answering(() => searchset([]))
    expect(value(await record.findDocuments(asDoctor, testIns, { typeCodes: [{ code: 'A,B|C$\\D', system: '2.16.840.1.113883.6.1' }] }))).toEqual([])
    const { pathname, searchParams } = new URL(server.seen[0]?.path ?? '', server.url)
    expect(pathname).toBe('/fhir/DocumentReference')
    expect(Object.fromEntries(searchParams)).toEqual({ 'patient.identifier': `urn:oid:${testIns.oid}|${testIns.value}`, status: 'current', type: String.raw`http://loinc.org|A\,B\|C\$\\D` })
  })
})

describe('an answer to a deposit that is not the answer to this lot is a doubt', () => {
  it.each([
    ['short', responses(['List/1', 'DocumentReference/2'])],
    ['long', responses(['List/1', 'DocumentReference/2', 'Binary/3', 'DocumentReference/4'])],
    ['for other resources', responses(['List/1', 'Binary/2', 'Binary/3'])],
    ['refused in part', { ...responses([]), entry: [{ response: { status: '201 Created' } }, { response: { status: '422 Unprocessable' } }, { response: { status: '201' } }] }],
    ['a search', searchset([])],
    ['another resource', found()],
    ['nothing', {}],
  ])('%s', async (_, resource) => {
    const lot = value(await record.prepare(deposit, [bytes]))
    answering(() => resource)
    expect(await record.send(asDoctor, testIns, lot, [bytes])).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid', class: 'uncertain' } })
  })

  it('but an answer without locations is one', async () => {
    const lot = value(await record.prepare(deposit, [bytes]))
    answering(() => ({ resourceType: 'Bundle', type: 'transaction-response', entry: [1, 2, 3].map(() => ({ response: { status: '201' } })) }))
    expect(value(await record.send(asDoctor, testIns, lot, [bytes]))).toEqual({ entryUuid: null, warnings: [] })
  })

  it('and a redirection is not followed', async () => {
    const lot = value(await record.prepare(deposit, [bytes]))
    server.answer = (_, response) => void response.writeHead(307, { location: `${elsewhere.url}/fhir` }).end()
    expect(await record.send(asDoctor, testIns, lot, [bytes])).toMatchObject({ ok: false, failure: { class: 'uncertain' } })
    expect(elsewhere.seen).toEqual([])
  })
})

describe('a list', () => {
  it('is read to its last page, absolute or relative', async () => {
    const page = (number: number, links: Record<string, string>) => searchset([found({ id: `d${number}`, masterIdentifier: { value: `urn:oid:1.2.${number}` } })], links)
    answering((_, turn) => [page(1, { next: `${server.url}/fhir/DocumentReference?page=2` }), page(2, { next: 'DocumentReference?page=3' }), page(3, {})][turn - 1] ?? 500)
    expect(value(await record.findDocuments(asDoctor, testIns)).map((document) => document.uniqueId)).toEqual(['1.2.1', '1.2.2', '1.2.3'])
    expect(server.seen.map((request) => request.path.replace(/^.*\?page/, 'page'))).toEqual([expect.stringContaining('patient.identifier'), 'page=2', 'page=3'])
  })

  it.each([
    ['on another origin', () => `${elsewhere.url}/fhir/DocumentReference?page=2`],
    ['under another scheme', () => server.url.replace('https:', 'http:')],
    ['no address', () => 'https://['],
    ['turning in circles', () => 'DocumentReference?page=1'],
  ])('whose next page is %s is no list', async (_, next) => {
    answering(() => searchset([found()], { next: next() }))
    expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails('record-answer-invalid'))
    expect(elsewhere.seen).toEqual([])
  })

  it.each([
    ['of another patient', searchset([found()], { self: `DocumentReference?patient.identifier=urn:oid:${testIns.oid}|999999999999999` })],
    ['with an entry that has no uniqueId', searchset([{ ...found(), masterIdentifier: undefined }])],
    ['with an entry of no known status', searchset([found({ status: 'replaced' })])],
    ['that is a transaction', responses([])],
  ])('%s is no list', async (_, resource) => {
    answering(() => resource)
    expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails('record-answer-invalid'))
  })

  const numbered = (value: string, oid = testIns.oid) => ({ system: `urn:oid:${oid}`, value })
  const held = (...identifier: object[]) => ({ subject: { reference: '#p' }, contained: [{ resourceType: 'Patient', id: 'p', identifier }] })
  const local = numbered('P000482', '1.2.250.1.999.77.2')
  const lot = (more: object) => ({ resourceType: 'List', id: '0b0e5f43-6f8e-4d57-9f3a-2f6a61b0a009', identifier: [{ value: 'urn:oid:1.2.3' }], date: '2026-11-21T10:00:00Z', ...more })
  const asked = [
    ['by reference', { subject: { reference: `https://localhost/fhir/Patient?identifier=urn%3Aoid%3A${testIns.oid}%7C${testIns.value}` } }],
    ['by number', { subject: { identifier: numbered(testIns.value) } }],
    ['as held', held(local, numbered(testIns.value), { ...numbered('279035121518989'), use: 'old' })],
    ['by a former number', { subject: { identifier: numbered('0123456789012345678901', '1.2.250.1.213.1.4.2') } }],
    ['by a resource of the record', { subject: { reference: 'Patient/42' } }],
  ] as const
  it.each(asked)('that tells its patient %s is one', async (_, told) => {
    answering(() => searchset([found(told)]))
    expect(value(await record.findDocuments(asDoctor, testIns)).length).toBe(1)
    expect(value(await record.findByUniqueId(asDoctor, testIns, uniqueId))?.uniqueId).toBe(uniqueId)
    answering(() => searchset([lot(told)]))
    expect(value(await record.findSubmissionSets(asDoctor, testIns, '20260101')).length).toBe(1)
  })

  it.each([
    ['another by reference', { subject: { reference: `Patient?identifier=urn:oid:${testIns.oid}|279035121518989` } }],
    ['another by number', { subject: { identifier: numbered('279035121518989') } }],
    ['another as held', held(local, numbered('279035121518989'))],
    ['another beside the one asked for', { subject: { reference: `Patient?identifier=urn:oid:${testIns.oid}|${testIns.value}`, identifier: numbered('279035121518989') } }],
    ['nobody', { subject: undefined }],
    ['nobody but by display', { subject: { display: 'Camille' } }],
    ['nobody it holds', { subject: { reference: '#q' } }],
  ])('that names %s is no list, settles no doubt and changes nothing', async (_, told) => {
    answering(() => searchset([found({ id: 'mine', masterIdentifier: { value: 'urn:oid:1.2.9' } }), found(told)]))
    for (const id of [uniqueId, '1.2.9', '1.2.10']) expect(await record.findByUniqueId(asDoctor, testIns, id)).toEqual(fails('record-answer-invalid'))
    expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails('record-answer-invalid'))
    expect(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'delete' })).toEqual(fails('record-answer-invalid'))
    expect(server.seen.some(({ body }) => body.length > 0)).toBe(false)
    answering(() => searchset([lot(told)]))
    expect(await record.findSubmissionSets(asDoctor, testIns, '20260101')).toEqual(fails('record-answer-invalid'))
  })

  it('that announces more than its pages hold is no list; one that grew while it was read is', async () => {
    answering(() => ({ ...searchset([found()]), total: 2 }))
    expect(await record.findDocuments(asDoctor, testIns)).toEqual(fails('record-answer-invalid'))
    const page = (number: number, total: number, links: Record<string, string>) => ({ ...searchset([found({ id: `d${number}` })], links), total })
    answering((_, turn) => (turn === 1 ? page(1, 2, { next: 'DocumentReference?page=2' }) : page(2, 3, {})))
    expect(value(await record.findDocuments(asDoctor, testIns)).length).toBe(2)
  })

  it('leaves out what signs a lot, and what only comes along', async () => {
    const signature = found({ id: 's', category: [{ coding: [{ code: 'urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1' }] }] })
    const along = { resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'outcome' } }
    answering(() => ({ ...searchset([found(), signature]), entry: [...searchset([found(), signature]).entry, along] }))
    expect(value(await record.findDocuments(asDoctor, testIns)).length).toBe(1)
  })

  it('comes with what the record warned of on any page, and nothing found under a warning is not taken for nothing there', async () => {
    const outcome = (severity: string, text: string) => ({ resource: { resourceType: 'OperationOutcome', issue: [{ severity, code: 'incomplete', details: { coding: [{ code: 'XDSTooManyResults' }], text } }] }, search: { mode: 'outcome' } })
    const page = (number: number, links: Record<string, string>, ...along: object[]) => {
      const set = searchset([found({ id: `d${number}`, masterIdentifier: { value: `urn:oid:1.2.${number}` } })], links)
      return { ...set, entry: [...set.entry, ...along] }
    }
    answering((_, turn) => (turn === 1 ? page(1, { next: 'DocumentReference?page=2' }, outcome('information', 'vu')) : page(2, {}, outcome('warning', 'liste tronquée'))))
    expect(await record.findDocuments(asDoctor, testIns)).toMatchObject({ ok: true, value: [{ uniqueId: '1.2.1' }, { uniqueId: '1.2.2' }], warnings: ['XDSTooManyResults: liste tronquée'] })
    answering(() => page(1, {}, outcome('warning', 'liste tronquée')))
    expect(value(await record.findByUniqueId(asDoctor, testIns, '1.2.1'))?.uniqueId).toBe('1.2.1')
    expect(await record.findByUniqueId(asDoctor, testIns, '1.2.2')).toEqual(fails('record-answer-invalid'))
    answering(() => page(1, {}, outcome('information', 'vu')))
    expect(await record.findDocuments(asDoctor, testIns)).not.toHaveProperty('warnings')
  })

  it('answers another question where it holds other documents alone: it does not say that the one asked for is not there', async () => {
    answering(() => searchset([found({ masterIdentifier: { value: 'urn:oid:1.2.1' } })]))
    expect(await record.findByUniqueId(asDoctor, testIns, '1.2.2')).toEqual(fails('record-answer-invalid'))
    answering(() => searchset([]))
    expect(value(await record.findByUniqueId(asDoctor, testIns, '1.2.2'))).toBeNull()
  })

  it('takes archived, deleted and superseded documents for what they are', async () => {
    const isArchived = { url: 'https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-ext-is-archived', valueBoolean: true }
    const all = [found({ id: 'a' }), found({ id: 'b', status: 'superseded' }), found({ id: 'c', extension: [isArchived] }), found({ id: 'd', status: 'entered-in-error' })]
    answering(() => searchset(all))
    const ids = async (...statuses: ('approved' | 'deprecated' | 'archived')[]) => value(await record.findDocuments(asDoctor, testIns, { statuses })).map(({ entryUuid }) => entryUuid)
    expect(await ids('approved')).toEqual(['a'])
    expect(await ids('deprecated')).toEqual(['b'])
    expect(await ids('archived')).toEqual(['c'])
  })
})

describe('the standing', () => {
  const patient = (more: object = {}) => ({ resourceType: 'Patient', active: true, identifier: [{ system: `urn:oid:${testIns.oid}`, value: testIns.value }], ...more })
  it.each([
    ['open', patient()],
    ['closed', patient({ active: false })],
    ['closed', patient({ active: undefined })],
  ])('is %s', async (existence, resource) => {
    answering(() => searchset([resource]))
    expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ existence, authorisation: 'unknown' })
  })

  it.each([
    ['another patient', [patient({ identifier: [{ system: `urn:oid:${testIns.oid}`, value: '999999999999999' }] })]],
    ['the same number in another domain', [patient({ identifier: [{ system: 'urn:oid:1.2.250.1.213.1.4.8', value: testIns.value }] })]],
    ['two patients', [patient(), patient()]],
  ])('is not told by %s', async (_, resources) => {
    answering(() => searchset(resources))
    expect(await record.standing(asDoctor, testIns)).toEqual(fails('record-answer-invalid'))
  })

  it('tells why a record is closed, and whether it is attached to Mon espace santé', async () => {
    const closure = [
      { url: 'dateFermeture', valueDate: '2026-03-01' },
      { url: 'motifFermeture', valueCodeableConcept: { coding: [{ system: 'x', code: '1', display: 'Demande du patient' }] } },
      { url: 'raisonFermeture', valueString: 'Fermé au guichet' },
    ]
    answering(() => searchset([patient({ active: false, extension: [{ url: pdsm.closure, extension: closure }, { url: pdsm.attachedToMes, valueBoolean: false }] })]))
    expect(value(await record.standing(asDoctor, testIns))).toMatchObject({ existence: 'closed', closure: { date: '2026-03-01T00:00:00.000Z', reason: 'Demande du patient', text: 'Fermé au guichet' }, attachedToMonEspaceSante: false, opposedToBreakGlass: null })
  })

  it('does not pretend to declare an authorisation or to know the records', async () => {
    expect(await record.authorise(asDoctor, testIns, 'add')).toMatchObject({ ok: false, failure: { code: 'act-not-in-fhir', class: 'permanent' } })
    expect(await record.accessibleRecords(asDoctor, { since: '2026-01-01', by: 'last-document' })).toEqual(fails('act-not-in-fhir'))
    expect(server.seen).toEqual([])
  })
})

describe('a document', () => {
  const which = { uniqueId, repositoryUniqueId: '', hash: createHash('sha1').update(bytes).digest('hex') }
  /** A fresh adapter: the address of a document is remembered from one search to the next. */
  const fresh = () => open(`${server.url}/fhir`)

  it.each([
    ['a relative address', () => 'Binary/1', '/fhir/Binary/1'],
    ['an absolute one', () => `${server.url}/depot/1?v=2`, '/depot/1?v=2'],
  ])('is read at %s, asked for in its own type', async (_, url, expected) => {
    answering((request) => (request.path.includes('DocumentReference') ? searchset([found({}, { url: url() })]) : bytes))
    expect(Buffer.from(value(await (await fresh()).retrieve(asDoctor, testIns, which))).equals(bytes)).toBe(true)
    expect(server.seen[1]).toMatchObject({ path: expected, headers: { accept: 'text/xml' } })
  })

  it('is taken out of a Binary resource', async () => {
    answering((request) => (request.path.includes('DocumentReference') ? searchset([found()]) : { resourceType: 'Binary', contentType: 'text/xml', data: bytes.toString('base64') }))
    expect(Buffer.from(value(await (await fresh()).retrieve(asDoctor, testIns, which))).equals(bytes)).toBe(true)
  })

  it('is never fetched from another origin', async () => {
    answering(() => searchset([found({}, { url: `${elsewhere.url}/Binary/1` })]))
    expect(await (await fresh()).retrieve(asDoctor, testIns, which)).toEqual(fails('record-answer-invalid'))
    expect(elsewhere.seen).toEqual([])
  })

  it('is checked against the hash of the list even when the caller knows none', async () => {
    answering((request) => (request.path.includes('DocumentReference') ? searchset([found()]) : Buffer.from('<Other/>')))
    expect(await (await fresh()).retrieve(asDoctor, testIns, { ...which, hash: null })).toEqual(fails('document-hash-mismatch'))
  })

  it('that moved since it was listed is looked for again', async () => {
    const one = await fresh()
    let place = 'Binary/1'
    answering((request) => (request.path.includes('DocumentReference') ? searchset([found({}, { url: place })]) : request.path === '/fhir/Binary/2' ? bytes : 404))
    expect(await one.retrieve(asDoctor, testIns, which)).toEqual(fails('document-not-found'))
    expect(server.seen.length).toBe(2)
    place = 'Binary/2'
    expect(Buffer.from(value(await one.retrieve(asDoctor, testIns, which))).equals(bytes)).toBe(true)
  })
})

describe('a change of metadata', () => {
  const n = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }] }
  const masked = { coding: [{ system: fhirSystem('1.2.250.1.213.1.1.4.13'), code: 'MASQUE_PS', display: 'Masqué aux professionnels de santé' }], text: 'kept as it came' }
  const isArchived = (valueBoolean: boolean) => ({ url: pdsm.isArchived, valueBoolean })
  const other = { url: 'https://example.org/other' }
  const test = (value: unknown) => ({ op: 'test', path: '/securityLabel', value })
  const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })

  it.each([
    ['masks beside N', { securityLabel: [n] }, { kind: 'mask', masked: true }, [test([n]), replace('/securityLabel', [n, { coding: masked.coding }])]],
    ['unmasks and keeps the rest', { securityLabel: [masked, n] }, { kind: 'mask', masked: false }, [test([masked, n]), replace('/securityLabel', [n])]],
    ['deletes', {}, { kind: 'delete' }, [replace('/status', 'entered-in-error')]],
    ['archives for the first time', {}, { kind: 'archive', archived: true }, [{ op: 'add', path: '/extension', value: [isArchived(true)] }]],
    ['archives beside another extension', { extension: [other] }, { kind: 'archive', archived: true }, [{ op: 'add', path: '/extension/-', value: isArchived(true) }]],
    ['takes back at the real place', { extension: [other, isArchived(true)] }, { kind: 'archive', archived: false }, [replace('/extension/1/valueBoolean', false)]],
  ] as const)('%s, in a patch by uniqueId', async (_, more, change, expected) => {
    answering((request) => (request.headers['content-type'] === undefined ? searchset([found(more)]) : found(more)))
    expect(value(await record.changeMetadata(asDoctor, testIns, uniqueId, change))).toEqual({ entryUuid: 'urn:uuid:0b0e5f43-6f8e-4d57-9f3a-2f6a61b0a001' })
    const sent = server.seen[1]
    expect(new URL(sent?.path ?? '', server.url).searchParams.get('identifier')).toBe(`urn:ietf:rfc:3986|urn:oid:${uniqueId}`)
    expect(sent?.headers['content-type']).toBe('application/json-patch+json')
    expect(JSON.parse(sent?.body.toString('utf8') ?? '')).toEqual(expected)
  })

  it('that is so already asks for nothing', async () => {
    answering(() => searchset([found({ securityLabel: [n] })]))
    value(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'show-to-patient' }))
    expect(server.seen.length).toBe(1)
  })

  it.each([
    ['a conflict', 409, 4, 'record-request-refused'],
    ['a refusal', 422, 2, 'record-refused'],
  ])('looks again once after %s, and no more', async (_, status, requests, code) => {
    answering((request) => (request.headers['content-type'] === undefined ? searchset([found({ securityLabel: [n] })]) : status))
    expect(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'mask', masked: true })).toEqual(fails(code))
    expect(server.seen.length).toBe(requests)
  })

  it('is made from the document asked for, whatever else the answer holds; from others alone it is not made', async () => {
    const another = found({ masterIdentifier: { value: 'urn:oid:1.2.3' }, status: 'entered-in-error' })
    answering((request) => (request.headers['content-type'] === undefined ? searchset([another, found()]) : found()))
    value(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'delete' }))
    expect(server.seen.length).toBe(2)
    answering(() => searchset([another]))
    expect(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'delete' })).toEqual(fails('record-answer-invalid'))
    answering(() => searchset([]))
    expect(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'delete' })).toEqual(fails('document-not-found'))
  })

  it('is a doubt when the answer is another document', async () => {
    answering((request) => (request.headers['content-type'] === undefined ? searchset([found()]) : found({ masterIdentifier: { value: 'urn:oid:1.2.3' } })))
    expect(await record.changeMetadata(asDoctor, testIns, uniqueId, { kind: 'delete' })).toMatchObject({ ok: false, failure: { code: 'record-answer-invalid', class: 'uncertain' } })
  })
})

it('opens no record without an address, and says so when nobody listens there', async () => {
  await expect(open(`${server.url}/fhir`, { fhirBase: null })).rejects.toThrow('fhirBase')
  const probe = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => probe.once('listening', resolve))
  const { port } = probe.address() as net.AddressInfo
  await new Promise((resolve) => void probe.close(resolve))
  const nobody = await open(`https://localhost:${port}/fhir`)
  expect(await nobody.findByUniqueId(asDoctor, testIns, randomUUID())).toMatchObject({ ok: false, failure: { code: 'record-unreachable', class: 'transient' } })
})
