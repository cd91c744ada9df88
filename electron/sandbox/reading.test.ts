import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from './index.ts'
import { startSandbox } from './index.ts'
import { xdsHash } from './lot-signature.ts'
import { existenceBody, openTestClient, queryBody, retrieveBody, testIns, testPatientId, testPractice, vihfDraft } from './test-client.ts'
import { treeOf, withXml } from './xml-reading.ts'

const queries = {
  findDocuments: '14d4debf-8f97-4251-9a74-a90016b0af0d',
  findSets: 'f26abbcb-ac74-4422-8a30-edb644bbc1a9',
  getDocuments: '5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4',
  getAssociations: 'a7ae438b-4bc2-4642-93e9-be891f7bb155',
}
const approved = 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved'
const deprecated = 'urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated'
const mine = { $XDSDocumentEntryPatientId: `'${testPatientId}'`, $XDSDocumentEntryStatus: `('${approved}')` }

let dir: string
let sandbox: Sandbox
let client: ReturnType<typeof openTestClient>
let first: Awaited<ReturnType<typeof client.deposit>>
let second: Awaited<ReturnType<typeof client.deposit>>
let masked: Awaited<ReturnType<typeof client.deposit>>

const query = (uuid: string, parameters: Record<string, string | string[]>, returnType?: string, vihf = vihfDraft()) => client.post('TD3.1', vihf, queryBody(uuid, parameters, returnType))
const idsOf = (soap: string) => [...soap.matchAll(/<rim:(?:ExtrinsicObject|RegistryPackage|ObjectRef|Association) id="([^"]*)"/g)].map((found) => found[1])
const countOf = (soap: string) => Number(/totalResultCount="(\d+)"/.exec(soap)?.[1])
const colleague = vihfDraft({ nameId: '899900000020', structure: '1750803447', sector: 'SA52', roles: vihfDraft().roles.map((role) => role.replace('SM54', 'SM26')) })

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-sandbox-'))
  sandbox = await startSandbox({ dir, port: 0, practice: testPractice })
  client = openTestClient(sandbox.configPath)
  first = await client.deposit({ title: 'Première & <version>' })
  const uuid = idsOf((await query(queries.getDocuments, { $XDSDocumentEntryUniqueId: `('${first.draft.uniqueId}')` }, 'ObjectRef')).soap)[0] ?? ''
  second = await client.deposit({ title: 'Deuxième version', replaces: uuid })
  masked = await client.deposit({ extraConfidentiality: ['MASQUE_PS'] })
})
afterAll(async () => {
  client.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

describe('FindDocuments', () => {
  it('gives active documents with what the record adds to them', async () => {
    const { soap, status } = await query(queries.findDocuments, mine)
    expect(status).toBe(200)
    expect(countOf(soap)).toBe(2)
    const entry = /<rim:ExtrinsicObject .*?<\/rim:ExtrinsicObject>/s.exec(soap)?.[0] ?? ''
    expect(entry).toMatch(/ id="urn:uuid:[0-9a-f-]{36}" lid="urn:uuid:[0-9a-f-]{36}" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"/)
    for (const [name, value] of [['hash', xdsHash(second.bytes)], ['size', String(second.bytes.length)], ['repositoryUniqueId', '1.2.250.1.213.4.1.1.1.2']]) {
      expect(entry).toContain(`<rim:Slot name="${name}"><rim:ValueList><rim:Value>${value}</rim:Value>`)
    }
    expect(entry).toContain('<rim:VersionInfo versionName="1"/>')
    expect(entry).toContain(`value="${second.draft.uniqueId}"`)
  })

  it('writes the elements of an entry in the order of the schema', async () => {
    const { soap } = await query(queries.findDocuments, mine)
    const order = withXml(Buffer.from(soap), (document) => {
      const list = treeOf(document.root).children.at(-1)?.children[0]?.children.at(-1)
      return [...new Set(list?.children[0]?.children.map((child) => child.name))]
    })
    expect(order).toEqual(['Slot', 'Name', 'VersionInfo', 'Classification', 'ExternalIdentifier'])
  })

  it.each([
    ['replaced ones', { $XDSDocumentEntryStatus: `('${deprecated}')` }, 1],
    ['both', { $XDSDocumentEntryStatus: [`('${deprecated}')`, `('${approved}')`] }, 3],
    ['a type', { $XDSDocumentEntryTypeCode: "('11488-4^^2.16.840.1.113883.6.1','57833-6^^2.16.840.1.113883.6.1')" }, 2],
    ['another type', { $XDSDocumentEntryTypeCode: "('11488-4^^2.16.840.1.113883.6.1')" }, 0],
    ['a class', { $XDSDocumentEntryClassCode: "('42^^1.2.250.1.213.1.1.4.1')" }, 2],
    ['another class', { $XDSDocumentEntryClassCode: "('10^^1.2.250.1.213.1.1.4.1')" }, 0],
    ['a creation date included', { $XDSDocumentEntryCreationTimeFrom: "'20261121091500'" }, 2],
    ['a creation date excluded', { $XDSDocumentEntryCreationTimeTo: "'20261121091500'" }, 0],
    ['a service date', { $XDSDocumentEntryServiceStartTimeFrom: "'20261121'", $XDSDocumentEntryServiceStartTimeTo: "'20261122'" }, 2],
    ['a later service date', { $XDSDocumentEntryServiceStartTimeFrom: "'20261122'" }, 0],
    ['a format', { $XDSDocumentEntryFormatCode: "('urn:ihe:iti:xds-sd:pdf:2008^^1.3.6.1.4.1.19376.1.2.3')" }, 2],
    ['a confidentiality', { $XDSDocumentEntryConfidentialityCode: "('MASQUE_PS^^1.2.250.1.213.1.1.4.13')" }, 1],
  ])('filters by %s', async (_, parameters, expected) => {
    const answer = await query(queries.findDocuments, { ...mine, ...parameters })
    expect(answer.refusals).toEqual([])
    expect(countOf(answer.soap)).toBe(expected)
    expect(idsOf(answer.soap)).toHaveLength(expected)
  })

  it('gives references alone when asked', async () => {
    const { soap } = await query(queries.findDocuments, mine, 'ObjectRef')
    expect(soap.match(/<rim:ObjectRef /g)).toHaveLength(2)
    expect(soap).not.toContain('ExtrinsicObject')
  })

  it('never shows signatures, nor masked documents to a colleague who is not their author', async () => {
    expect((await query(queries.findDocuments, mine)).soap).not.toContain('urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1')
    const { soap } = await query(queries.findDocuments, mine, 'LeafClass', colleague)
    expect(countOf(soap)).toBe(1)
    expect(soap).not.toContain('MASQUE_PS')
  })

  it.each([
    ['no status', /^XDSStoredQueryMissingParam: .*Status/, { $XDSDocumentEntryPatientId: `'${testPatientId}'` }],
    ['no patient', /^XDSStoredQueryMissingParam: .*PatientId/, { $XDSDocumentEntryStatus: `('${approved}')` }],
    ['another patient', /^XDSPatientIdDoesNotMatch/, { ...mine, $XDSDocumentEntryPatientId: "'184069999999921^^^&1.2.250.1.213.1.4.10&ISO^NH'" }],
    ['a value without quotes', /^XDSStoredQueryParamNumber/, { ...mine, $XDSDocumentEntryTypeCode: '(57833-6^^x)' }],
    ['a list where one value is due', /^XDSStoredQueryParamNumber/, { ...mine, $XDSDocumentEntryCreationTimeFrom: "('2026','2027')" }],
    ['an unknown parameter', /^XDSRegistryError/, { ...mine, $XDSDocumentEntryTypo: "('x')" }],
  ])('refuses %s', async (_, expected, parameters) => {
    expect((await query(queries.findDocuments, parameters)).refusals[0]).toMatch(expected)
  })

  it('refuses a query it does not know', async () => {
    expect((await query('00000000-0000-4000-8000-000000000000', mine)).refusals[0]).toMatch(/^XDSUnknownStoredQuery/)
  })
})

describe('the other queries', () => {
  it('GetDocuments finds by uniqueId and by entryUUID, and nothing of another patient', async () => {
    const byId = await query(queries.getDocuments, { $XDSDocumentEntryUniqueId: `('${first.draft.uniqueId}','${second.draft.uniqueId}')` })
    expect(countOf(byId.soap)).toBe(2)
    expect(byId.soap).toContain(`status="${deprecated}"`)
    const [uuid = ''] = idsOf(byId.soap)
    expect(idsOf((await query(queries.getDocuments, { $XDSDocumentEntryEntryUUID: `('${uuid}')` })).soap)).toEqual([uuid])
    expect(countOf((await query(queries.getDocuments, { $XDSDocumentEntryUniqueId: "('1.2.3')" })).soap)).toBe(0)
    const other = vihfDraft({ patientId: '184069999999921^^^&1.2.250.1.213.1.4.10&ISO^NH' })
    expect(countOf((await query(queries.getDocuments, { $XDSDocumentEntryUniqueId: `('${first.draft.uniqueId}')` }, 'LeafClass', other)).soap)).toBe(0)
    expect((await query(queries.getDocuments, {})).refusals[0]).toMatch(/^XDSStoredQueryMissingParam/)
  })

  it('FindSubmissionSets and GetAssociations tie lots, documents and replacements', async () => {
    const sets = await query(queries.findSets, { $XDSSubmissionSetPatientId: `'${testPatientId}'`, $XDSSubmissionSetStatus: `('${approved}')`, $XDSSubmissionSetSubmissionTimeFrom: "'20261121091600'" })
    expect(countOf(sets.soap)).toBe(3)
    expect(sets.soap).toContain('classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"')
    const [set = ''] = idsOf(sets.soap)
    expect((await query(queries.getAssociations, { $uuid: `('${set}')` })).soap.match(/AssociationType:HasMember/g)).toHaveLength(2)
    const [uuid = ''] = idsOf((await query(queries.getDocuments, { $XDSDocumentEntryUniqueId: `('${first.draft.uniqueId}')` }, 'ObjectRef')).soap)
    const replaced = await query(queries.getAssociations, { $uuid: `('${uuid}')` })
    expect(replaced.soap).toMatch(new RegExp(`AssociationType:RPLC" sourceObject="urn:uuid:[0-9a-f-]+" targetObject="${uuid}"`))
  })

  it('retrieves the exact bytes, as a MIME part', async () => {
    const answer = await client.post('TD3.2', vihfDraft(), retrieveBody(first.draft.uniqueId))
    expect(answer.refusals).toEqual([])
    expect(answer.soap).toContain('ResponseStatusType:Success"')
    expect(answer.parts).toHaveLength(1)
    expect(answer.parts[0]?.equals(first.bytes)).toBe(true)
    expect((await readFile(path.join(dir, 'documents', `${first.draft.uniqueId}.xml`))).equals(first.bytes)).toBe(true)
  })

  it('says which document it does not have, and gives the others', async () => {
    const both = retrieveBody(first.draft.uniqueId).replace('</xdsb:RetrieveDocumentSetRequest>', /<xdsb:DocumentRequest>.*<\/xdsb:DocumentRequest>/.exec(retrieveBody('1.2.3'))?.[0] + '</xdsb:RetrieveDocumentSetRequest>')
    const answer = await client.post('TD3.2', vihfDraft(), both)
    expect(answer.soap).toContain('urn:ihe:iti:2007:ResponseStatusType:PartialSuccess')
    expect(answer.refusals).toEqual(['XDSDocumentUniqueIdError: document inconnu : 1.2.3'])
    expect(answer.parts).toHaveLength(1)
    expect((await client.post('TD3.2', vihfDraft(), retrieveBody(first.draft.uniqueId, '1.2.3'))).refusals[0]).toMatch(/^XDSUnknownRepositoryId/)
    expect((await client.post('TD3.2', colleague, retrieveBody(masked.draft.uniqueId))).refusals[0]).toMatch(/^XDSDocumentUniqueIdError/)
  })

  it('answers TD0.2 with the state, the authorisation and the echo of the message', async () => {
    const { soap, head } = await client.post('TD0.2', vihfDraft(), existenceBody())
    expect(soap).toContain('PRPA_IN201308UV02')
    expect(soap).toContain(`<id root="1.2.250.1.213.1.4.10" extension="${testIns}"/><statusCode code="active"/>`)
    expect(soap).toMatch(/<wsa:RelatesTo>urn:uuid:[0-9a-f-]{36}<\/wsa:RelatesTo>/)
    expect(head).toContain('application/soap+xml')
  })
})

it('keeps each exchange on disk: head with its date, exact body, the certificate', async () => {
  const answer = await client.post('TD0.2', vihfDraft(), existenceBody())
  const files = (await readdir(path.join(dir, 'wire'))).sort()
  const last = files.filter((file) => file.endsWith('.response')).at(-1) ?? ''
  expect(last).toMatch(/^\d{8}-TD0\.2\.response$/)
  const response = await readFile(path.join(dir, 'wire', last))
  expect(response.toString('latin1')).toBe(`HTTP/1.1 200 OK\r\n${answer.head}\r\n\r\n${answer.raw.toString('latin1')}`)
  expect(answer.head).toMatch(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/)
  const request = await readFile(path.join(dir, 'wire', last.replace('.response', '.request')), 'utf8')
  expect(request).toMatch(/^POST \/si-dmp-server\/v2\/services\/patients HTTP\/1\.1\r\n/)
  expect(request).toMatch(/\r\n\r\n<\?xml.*<\/env:Envelope>$/s)
  expect(await readFile(path.join(dir, 'wire', last.replace('-TD0.2.response', '.peer.pem')), 'utf8')).toContain('BEGIN CERTIFICATE')
  expect(files.some((file) => file.endsWith('-TD2.1.request')) && files.some((file) => file.endsWith('-TD3.2.response'))).toBe(true)
})
