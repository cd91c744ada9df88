import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../index.ts'
import { startSandbox } from '../index.ts'
import { openTestClient, queryBody, testIns, testPractice, vihfDraft } from '../test-client.ts'
import { newDocument, openFhirClient, testBundle, testReference, testSubject } from './test-fhir-client.ts'

let dir = ''
let sandbox: Sandbox
let client: ReturnType<typeof openFhirClient>
const patient = `urn:oid:1.2.250.1.213.1.4.10|${testIns}`
const structure = testPractice.structures[0]?.id ?? ''
const colleague = testPractice.professionals[1]?.id ?? ''

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'sandbox-fhir-'))
  sandbox = await startSandbox({ dir, port: 0, practice: testPractice })
  client = openFhirClient(sandbox.configPath)
})
afterAll(async () => {
  client.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

const stored = async (uniqueId: string): Promise<boolean> => (await readdir(path.join(dir, 'documents'))).includes(`${uniqueId}.xml`)
const lots = async (): Promise<number> => (await readFile(path.join(dir, 'registry', 'journal.jsonl'), 'utf8')).split('\n').length - 1

/** Deposits a document; `edit` spoils the bundle first. */
async function deposit(edit: (bundle: ReturnType<typeof testBundle>) => void = () => {}, document = newDocument(), party?: string) {
  const bundle = testBundle(document)
  edit(bundle)
  return { ...document, bundle, answer: await client.send('POST', '', bundle, party === undefined ? {} : { party }) }
}

/** Sets or, with `undefined`, takes away what stands at a path. */
function put(target: unknown, place: string, value: unknown): void {
  const keys = place.split('.')
  const last = keys.pop() ?? ''
  const holder = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], target) as Record<string, unknown>
  if (value === undefined) delete holder[last]
  else holder[last] = value
}

describe('ITI-65', () => {
  it('stores a document and answers for each entry', async () => {
    const { uniqueId, bytes, answer } = await deposit()
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({
      resourceType: 'Bundle',
      type: 'transaction-response',
      entry: [{ response: { status: '201 Created', location: expect.stringMatching(/^List\/[0-9a-f-]{36}$/) } }, { response: { status: '201 Created', location: expect.stringMatching(/^DocumentReference\/[0-9a-f-]{36}$/) } }, { response: { location: `Binary/${uniqueId}` } }],
    })
    expect((await readFile(path.join(dir, 'documents', `${uniqueId}.xml`))).equals(bytes)).toBe(true)
  })

  const reference = 'entry.1.resource'
  const list = 'entry.0.resource'
  it.each([
    ...['meta', 'contained', 'masterIdentifier', 'status', 'type', 'category', 'subject', 'date', 'author', 'authenticator', 'custodian', 'securityLabel', 'content', 'context'].map((name) => `${reference}.${name}`),
    ...['contentType', 'language', 'url', 'size', 'hash', 'title'].map((name) => `${reference}.content.0.attachment.${name}`),
    ...['period', 'period.start', 'facilityType', 'practiceSetting', 'sourcePatientInfo'].map((name) => `${reference}.context.${name}`),
    `${reference}.content.0.format`,
    ...['meta', 'contained', 'extension', 'identifier', 'status', 'mode', 'code', 'subject', 'date', 'source', 'entry'].map((name) => `${list}.${name}`),
    'meta',
    'type',
    'entry.2.resource.data',
  ])('refuses a bundle without %s', async (place) => {
    const { uniqueId, answer } = await deposit((bundle) => put(bundle, place, undefined))
    expect(answer.status).toBe(422)
    expect(answer.json.resourceType).toBe('OperationOutcome')
    expect(answer.issues.length).toBeGreaterThan(0)
    expect(await stored(uniqueId)).toBe(false)
  })

  const other = 'Patient?identifier=urn:oid:1.2.250.1.213.1.4.10|277076322082910'
  it.each([
    ['a hash of other bytes', `${reference}.content.0.attachment.hash`, '2jmj7l5rSw0yVb/vlWAYkK/YBwk=', 422, 'empreinte'],
    ['a hash in hexadecimal', `${reference}.content.0.attachment.hash`, 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 422, 'empreinte'],
    ['another size', `${reference}.content.0.attachment.size`, 12, 422, 'taille'],
    ['a status that is not current', `${reference}.status`, 'superseded', 422, 'status'],
    ['a wrong class', `${reference}.category.0.coding.0.code`, '10', 422, 'XDSRegistryMetadataError'],
    ['a type the DMP does not list', `${reference}.type.coding.0.code`, '99999-9', 422, 'XDSRegistryMetadataError'],
    ['no N', `${reference}.securityLabel.0.coding.0.code`, 'R', 422, 'XDSRegistryMetadataError'],
    ['another title than the CDA', `${reference}.content.0.attachment.title`, 'Autre titre', 422, 'XDSRegistryMetadataError'],
    ['an id that is not the CDA’s', `${reference}.masterIdentifier.value`, 'urn:oid:1.2.250.1.999.77.3.1', 422, 'InvalidDocumentContent'],
    ['another patient in the document', `${reference}.subject.reference`, other, 422, 'XDSPatientIdDoesNotMatch'],
    ['another patient in the set', `${list}.subject.reference`, other, 422, 'XDSPatientIdDoesNotMatch'],
    ['a patient of production', `${list}.subject.reference`, testSubject.reference.replace('4.10', '4.8'), 422, 'XDSPatientIdDoesNotMatch'],
    ['a reference to nowhere', `${reference}.authenticator.reference`, '#nobody', 422, 'not-found'],
    ['a Binary that is not in the bundle', `${reference}.content.0.attachment.url`, 'urn:uuid:0', 422, 'not-found'],
    ['a set that does not name the document', `${list}.entry.0.item.reference`, 'urn:uuid:0', 422, 'invariant'],
    ['a document that is no CDA', 'entry.2.resource.data', Buffer.from('%PDF-1.4').toString('base64'), 422, 'taille'],
    ['a batch', 'type', 'batch', 422, 'type'],
    ['another request', 'entry.2.request.url', 'Observation', 422, 'structure'],
  ])('refuses %s', async (_, place, value, status, says) => {
    const { uniqueId, answer } = await deposit((bundle) => put(bundle, place, value))
    expect(answer.status).toBe(status)
    expect(answer.issues.join(' | ')).toContain(says)
    expect(await stored(uniqueId)).toBe(false)
  })

  it('refuses who did not write it, broken JSON and other media types', async () => {
    expect((await deposit(undefined, undefined, colleague)).answer).toMatchObject({ status: 403, issues: [expect.stringContaining('ne correspond'), expect.anything()] })
    expect((await client.send('POST', '', '{"resourceType":')).status).toBe(400)
    expect((await client.send('POST', '', testBundle(newDocument()), { contentType: 'text/plain' })).status).toBe(415)
    expect((await client.send('PUT', '/DocumentReference/1', {})).status).toBe(405)
    expect((await client.send('GET', '/Observation')).status).toBe(404)
  })

  it('stores once what comes twice, and refuses other bytes under the same id', async () => {
    const first = await deposit()
    const before = await lots()
    expect(await client.send('POST', '', first.bundle)).toMatchObject({ status: 409, issues: expect.arrayContaining([expect.stringContaining('duplicate XDSDuplicateUniqueIdInRegistry')]) })
    const changed = { uniqueId: first.uniqueId, bytes: Buffer.concat([first.bytes, Buffer.from('\n')]) }
    expect((await deposit(undefined, changed)).answer).toMatchObject({ status: 409, issues: [expect.stringContaining('conflict XDSNonIdenticalHash')] })
    expect(await lots()).toBe(before)
  })

  it('replaces with relatesTo and PATCH together, and not with one alone', async () => {
    const first = await deposit()
    const id = (first.answer.json.entry[1].response.location as string).split('/')[1]
    const relatesTo = [{ code: 'replaces', target: { reference: `DocumentReference/${id}` } }]
    const parameters = (value: string) => ({
      resourceType: 'Parameters',
      parameter: [{ name: 'operation', part: [{ name: 'type', valueCode: 'replace' }, { name: 'path', valueString: 'DocumentReference.status' }, { name: 'value', valueCode: value }] }],
    })
    const patch = (bundle: ReturnType<typeof testBundle>, value = 'superseded'): void => void bundle.entry.push({ fullUrl: `DocumentReference/${id}`, request: { method: 'PATCH', url: `DocumentReference/${id}` }, resource: parameters(value) })
    expect((await deposit((bundle) => put(bundle, `${reference}.relatesTo`, relatesTo))).answer.status).toBe(422)
    expect((await deposit((bundle) => patch(bundle))).answer.status).toBe(422)
    const both = (value?: string) => (bundle: ReturnType<typeof testBundle>) => {
      put(bundle, `${reference}.relatesTo`, relatesTo)
      patch(bundle, value)
    }
    expect((await deposit(both('entered-in-error'))).answer.status).toBe(422)
    const second = await deposit(both())
    expect(second.answer).toMatchObject({ status: 200, json: { entry: [{}, {}, {}, { response: { status: '200 OK', location: `DocumentReference/${id}` } }] } })
    expect((await deposit(both())).answer).toMatchObject({ status: 422, issues: [expect.stringContaining('XDSReplaceFailed')] })
    const old = await client.send('GET', `/DocumentReference?patient.identifier=${patient}&identifier=urn:ietf:rfc:3986|urn:oid:${first.uniqueId}`)
    expect(old.json.entry[0].resource.status).toBe('superseded')
  })
})

describe('ITI-105', () => {
  const publication = (document: { uniqueId: string; bytes: Buffer }): Record<string, unknown> => {
    const { contained, masterIdentifier, type, subject, date, author, custodian } = testReference(document, '')
    const attachment = { contentType: 'text/xml', data: document.bytes.toString('base64'), title: 'Ordonnance du 21/11/2026' }
    return { resourceType: 'DocumentReference', meta: { profile: ['https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-simplified-publish'] }, contained, masterIdentifier, status: 'current', type, subject, date, author, custodian, content: [{ attachment }] }
  }

  it('takes the little that is mandatory and completes the rest', async () => {
    const document = newDocument()
    const answer = await client.send('POST', '/DocumentReference', publication(document))
    expect(answer).toMatchObject({ status: 201, headers: { location: expect.stringMatching(/\/fhir\/DocumentReference\/[0-9a-f-]{36}$/) } })
    expect(answer.json).toMatchObject({ category: [{ coding: [{ code: '42' }] }], securityLabel: [{ coding: [{ code: 'N' }] }], context: { facilityType: { coding: [{ code: 'SA07' }] } } })
    expect((await readFile(path.join(dir, 'documents', `${document.uniqueId}.xml`))).equals(document.bytes)).toBe(true)
  })

  it.each([['masterIdentifier'], ['status'], ['subject'], ['date'], ['author'], ['custodian'], ['content.0.attachment.data'], ['content.0.attachment.title'], ['content.0.attachment.contentType']])('refuses one without %s', async (place) => {
    const document = newDocument()
    const resource = structuredClone(publication(document))
    put(resource, place, undefined)
    expect((await client.send('POST', '/DocumentReference', resource)).status).toBe(422)
    expect(await stored(document.uniqueId)).toBe(false)
  })

  it('refuses one whose bytes are elsewhere', async () => {
    const resource = structuredClone(publication(newDocument()))
    put(resource, 'content.0.attachment.url', 'Binary/1')
    expect((await client.send('POST', '/DocumentReference', resource)).status).toBe(422)
  })
})

describe('searches', () => {
  it('answers page after page, by GET and by POST _search, with links of its own', async () => {
    for (let count = 0; count < 3; count += 1) await deposit()
    const all = await client.send('GET', `/DocumentReference?patient.identifier=${patient}&status=current`)
    const total = all.json.total as number
    const seen: string[] = []
    let target: string | null = `/DocumentReference?patient.identifier=${patient}&status=current&_count=2`
    while (target !== null) {
      const page = await client.send('GET', target)
      expect(page.json.entry.length).toBeLessThanOrEqual(2)
      seen.push(...page.json.entry.map((entry: { resource: { id: string } }) => entry.resource.id))
      const next = page.json.link.find((link: { relation: string }) => link.relation === 'next')?.url as string | undefined
      target = next === undefined ? null : next.slice(`${sandbox.url}/fhir`.length)
    }
    expect(seen.length).toBe(total)
    expect(new Set(seen).size).toBe(total)
    const posted = await client.send('POST', '/DocumentReference/_search', `patient.identifier=${encodeURIComponent(patient)}&status=current`, { contentType: 'application/x-www-form-urlencoded' })
    expect(posted.json.total).toBe(total)
  })

  it.each([
    ['without a patient', '/DocumentReference?status=current', 400],
    ['with an unknown parameter', `/DocumentReference?patient.identifier=${patient}&colour=blue`, 400],
    ['with a date that is none', `/DocumentReference?patient.identifier=${patient}&date=yesterday`, 400],
    ['of a real patient', `/Patient?identifier=urn:oid:1.2.250.1.213.1.4.8|${testIns}`, 422],
    ['of a patient whose key is wrong', '/Patient?identifier=urn:oid:1.2.250.1.213.1.4.10|284069999999967', 422],
    ['of lots without saying so', `/List?patient.identifier=${patient}`, 400],
  ])('refuses one %s', async (_, target, status) => {
    expect(await client.send('GET', target)).toMatchObject({ status, json: { resourceType: 'OperationOutcome' } })
  })

  it('lets a structure ask for a document by name and read nothing', async () => {
    const { uniqueId } = await deposit()
    expect((await client.send('GET', `/DocumentReference?patient.identifier=${patient}&identifier=urn:ietf:rfc:3986|urn:oid:${uniqueId}`, undefined, { party: structure })).json.total).toBe(1)
    expect((await client.send('GET', `/DocumentReference?patient.identifier=${patient}`, undefined, { party: structure })).status).toBe(403)
    expect((await client.send('GET', `/Binary/${uniqueId}`, undefined, { party: structure })).status).toBe(403)
  })

  it('gives the exact bytes, or a Binary that holds them', async () => {
    const { uniqueId, bytes } = await deposit()
    const raw = await client.send('GET', `/Binary/${uniqueId}`, undefined, { accept: 'text/xml' })
    expect(raw).toMatchObject({ status: 200, headers: { 'content-type': 'text/xml' } })
    expect(raw.raw.equals(bytes)).toBe(true)
    const wrapped = await client.send('GET', `/Binary/${uniqueId}`)
    expect(Buffer.from(wrapped.json.data, 'base64').equals(bytes)).toBe(true)
    expect((await client.send('GET', '/Binary/1.2.3')).status).toBe(404)
  })

  it('tells of a record that is open, closed or absent, and never the traits', async () => {
    const ask = () => client.send('GET', `/Patient?identifier=${patient}`)
    try {
      expect((await ask()).json.entry[0].resource).toMatchObject({ active: true })
      expect(JSON.stringify((await ask()).json)).not.toMatch(/"(name|birthDate|gender)"/)
      await writeFile(path.join(dir, 'patients.json'), JSON.stringify({ [testIns]: { state: 'closed' } }))
      expect((await ask()).json.entry[0].resource).toMatchObject({ active: false })
      await writeFile(path.join(dir, 'patients.json'), JSON.stringify({ [testIns]: { state: 'absent' } }))
      expect((await ask()).json).toMatchObject({ total: 0, entry: [] })
    } finally {
      await rm(path.join(dir, 'patients.json'))
    }
  })
})

describe('PATCH', () => {
  const masked = { coding: [{ system: 'https://mos.esante.gouv.fr/NOS/TRE_A07-StatutVisibiliteDocument/FHIR/TRE-A07-StatutVisibiliteDocument', code: 'MASQUE_PS' }] }
  const patch = (uniqueId: string, operations: object[], party?: string) => client.send('PATCH', `/DocumentReference?identifier=urn:ietf:rfc:3986|urn:oid:${uniqueId}`, operations, party === undefined ? {} : { party })

  it.each([
    ['what it may not', [{ op: 'replace', path: '/content/0/attachment/title', value: 'Autre' }], 405],
    ['the patient', [{ op: 'replace', path: '/subject/reference', value: 'Patient?identifier=urn:oid:1.2.250.1.213.1.4.10|277076322082910' }], 405],
    ['the label N away', [{ op: 'replace', path: '/securityLabel/0', value: masked }], 422],
    ['a path that is none', [{ op: 'replace', path: "/extension[url:'x']/valueBoolean", value: true }], 422],
    ['the status back', [{ op: 'replace', path: '/status', value: 'superseded' }], 422],
    ['what changed meanwhile', [{ op: 'test', path: '/securityLabel', value: [] }, { op: 'replace', path: '/status', value: 'entered-in-error' }], 409],
    ['nothing', [], 422],
  ])('does not change %s', async (_, operations, status) => {
    const { uniqueId } = await deposit()
    expect(await patch(uniqueId, operations)).toMatchObject({ status, json: { resourceType: 'OperationOutcome' } })
  })

  it('lets any professional mask, the author alone unmask and delete, a structure neither', async () => {
    const { uniqueId } = await deposit()
    const mask = [{ op: 'add', path: '/securityLabel/-', value: masked }]
    const unmask = [{ op: 'remove', path: '/securityLabel/1' }]
    expect((await patch(uniqueId, mask, structure)).status).toBe(403)
    expect((await patch(uniqueId, [{ op: 'replace', path: '/status', value: 'entered-in-error' }], colleague)).status).toBe(403)
    expect((await patch(uniqueId, mask, colleague)).status).toBe(200)
    // It no longer shows to them at all.
    expect((await patch(uniqueId, unmask, colleague)).status).toBe(404)
    expect((await patch(uniqueId, unmask)).status).toBe(200)
    expect((await patch('1.2.3', unmask)).status).toBe(404)
  })

  it('is known over XDS.b, and after a restart', async () => {
    const { uniqueId } = await deposit()
    expect((await patch(uniqueId, [{ op: 'add', path: '/securityLabel/-', value: masked }])).json.securityLabel.length).toBe(2)
    expect((await patch(uniqueId, [{ op: 'add', path: '/extension', value: [{ url: 'https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-ext-is-archived', valueBoolean: true }] }])).status).toBe(200)
    const { port } = sandbox
    await sandbox.close()
    sandbox = await startSandbox({ dir, port, practice: testPractice })
    const soap = openTestClient(sandbox.configPath)
    const answer = await soap.post('TD3.1', vihfDraft(), queryBody('5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4', { $XDSDocumentEntryUniqueId: `('${uniqueId}')` }))
    soap.close()
    expect(answer.soap).toContain('MASQUE_PS')
    expect(answer.soap).toContain('urn:asip:ci-sis:2010:StatusType:Archived')
  })
})

describe('faults', () => {
  const set = (faults: object) => writeFile(path.join(dir, 'faults.json'), JSON.stringify(faults))
  afterEach(() => rm(path.join(dir, 'faults.json'), { force: true }))
  const named = (uniqueId: string) => client.send('GET', `/DocumentReference?patient.identifier=${patient}&identifier=urn:ietf:rfc:3986|urn:oid:${uniqueId}`)

  it('strike the exchanges that name a document, by address or by body, and no other', async () => {
    const [one, other] = [await deposit(), await deposit()]
    await set({ rules: [{ match: { uniqueId: one.uniqueId }, fault: { kind: 'busy', retryAfterSeconds: 7 } }] })
    expect(await named(one.uniqueId)).toMatchObject({ status: 503, headers: { 'retry-after': '7' } })
    expect((await client.send('GET', `/Binary/${one.uniqueId}`)).status).toBe(503)
    expect((await client.send('POST', '', one.bundle)).status).toBe(503)
    expect((await named(other.uniqueId)).status).toBe(200)
    expect((await client.send('GET', `/Binary/${other.uniqueId}`)).status).toBe(200)
    // A longer OID that begins alike is another document.
    expect((await named(`${one.uniqueId}9`)).status).toBe(200)
    expect((await client.send('GET', `/Binary/${one.uniqueId}9`)).status).toBe(404)
  })

  it('keep a deposit out of sight, which then has no address yet', async () => {
    await set({ visibilitySeconds: 600 })
    const { uniqueId, answer } = await deposit()
    expect(answer.json.entry.map((entry: { response: object }) => entry.response)).toEqual([1, 2, 3].map(() => ({ status: '201 Created' })))
    expect((await named(uniqueId)).json.total).toBe(0)
    expect((await client.send('GET', `/Binary/${uniqueId}`)).status).toBe(404)
    await rm(path.join(dir, 'faults.json'))
    expect((await named(uniqueId)).json.total).toBe(1)
  })
})

it('keeps every exchange on the wire under the number of its transaction', async () => {
  const wire = await readdir(path.join(dir, 'wire'))
  for (const name of ['TD0.2', 'TD2.1', 'TD3.1', 'TD3.2', 'TD3.3']) expect(wire.some((file) => file.endsWith(`-${name}.request`))).toBe(true)
  const file = wire.find((name) => name.endsWith('-TD3.2.request')) ?? ''
  expect(await readFile(path.join(dir, 'wire', file), 'latin1')).toMatch(/^GET \/fhir\/Binary\/[\d.]+ HTTP\/1\.1\r\n/)
  expect(await readFile(path.join(dir, 'wire', `${file.slice(0, 8)}.peer.pem`), 'utf8')).toContain('BEGIN CERTIFICATE')
})
