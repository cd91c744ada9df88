import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import path from 'node:path'
import { recordConfig } from '#shared/contract/index.ts'
import { newTestOid, testCda, testIns, testPractice } from '../test-client.ts'

/** For the tests: a FHIR client of its own making, with literal resources, so that what the record checks is not checked against itself. */

export interface FhirAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly raw: Buffer
  /** The body as JSON; null when it is none. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into resources of all kinds
  readonly json: any
  /** `<issue type> <code> <text>` of each issue. */
  readonly issues: readonly string[]
}

const doctor = testPractice.professionals[0]?.id ?? ''
const structure = testPractice.structures[0]?.id ?? ''
export const testSubject = { reference: `Patient?identifier=urn:oid:1.2.250.1.213.1.4.10|${testIns}` }
const nos = (name: string): string => `https://mos.esante.gouv.fr/NOS/${name}/FHIR/${name.replace('_', '-')}`
const profile = (name: string): { profile: string[] } => ({ profile: [`https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/${name}`] })
const coding = (system: string, code: string, display: string): object => ({ coding: [{ system, code, display }] })

/** A CDA of the tests and its uniqueId. */
export function newDocument(): { uniqueId: string; bytes: Buffer } {
  const uniqueId = newTestOid()
  const draft = { uniqueId, title: 'Ordonnance du 21/11/2026' } as Parameters<typeof testCda>[0]
  return { uniqueId, bytes: Buffer.from(testCda(draft)) }
}

const people = [
  { resourceType: 'Practitioner', id: 'p', identifier: [{ system: 'urn:oid:1.2.250.1.71.4.2.1', value: doctor }], name: [{ family: 'GENERIQUE', given: ['Alix'] }] },
  { resourceType: 'Organization', id: 'o', identifier: [{ system: 'urn:oid:1.2.250.1.71.4.2.2', value: structure }], name: 'CABINET DR GENERIQUE' },
  { resourceType: 'PractitionerRole', id: 'a', practitioner: { reference: '#p' }, organization: { reference: '#o' }, specialty: [coding(nos('TRE_A02-ProfessionSavFaire-CISIS'), 'G15_10/SM54', 'Médecin - Médecine Générale (SM)')] },
]

/** A DocumentReference as PDSm wants it. */
export function testReference({ uniqueId, bytes }: { uniqueId: string; bytes: Buffer }, url: string): Record<string, unknown> {
  return {
    resourceType: 'DocumentReference',
    meta: profile('pdsm-comprehensive-document-reference'),
    contained: [...people, { resourceType: 'Patient', id: 's', identifier: [{ system: 'urn:oid:1.2.250.1.213.1.4.10', value: testIns }], name: [{ family: 'ESSAI', given: ['CAMILLE'] }], birthDate: '1984-06-12', gender: 'female' }],
    masterIdentifier: { system: 'urn:ietf:rfc:3986', value: `urn:oid:${uniqueId}` },
    status: 'current',
    type: coding('http://loinc.org', '57833-6', 'Prescription de produits de santé'),
    category: [coding(nos('TRE_A03-ClasseDocument'), '42', 'Prescription')],
    subject: testSubject,
    date: '2026-11-21T10:15:00+01:00',
    author: [{ reference: '#a' }],
    authenticator: { reference: '#p' },
    custodian: { reference: '#o' },
    securityLabel: [coding('http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'N', 'Normal')],
    content: [
      {
        attachment: { contentType: 'text/xml', language: 'fr-FR', url, size: bytes.length, hash: createHash('sha1').update(bytes).digest('base64'), title: 'Ordonnance du 21/11/2026', creation: '2026-11-21T10:15:00+01:00' },
        format: { system: nos('TRE_A11-IheFormatCode'), code: 'urn:ihe:iti:xds-sd:pdf:2008', display: 'PDF' },
      },
    ],
    context: {
      period: { start: '2026-11-21T10:00:00+01:00' },
      facilityType: coding(nos('TRE_R02-SecteurActivite'), 'SA07', 'Cabinet individuel'),
      practiceSetting: coding(nos('TRE_A01-CadreExercice'), 'AMBULATOIRE', 'Ambulatoire'),
      sourcePatientInfo: { reference: '#s' },
    },
  }
}

/** A transaction of one document, whose every part is its own: a test may spoil it. */
export function testBundle(document: { uniqueId: string; bytes: Buffer }): { resourceType: string; type: string; meta: object; entry: { fullUrl: string; request: { method: string; url: string }; resource: Record<string, unknown> }[] } {
  const [reference, binary] = [`urn:uuid:${randomUUID()}`, `urn:uuid:${randomUUID()}`]
  const list = {
    resourceType: 'List',
    meta: profile('pdsm-submissionset-comprehensive'),
    contained: people,
    extension: [
      { url: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-designationType', valueCodeableConcept: coding('urn:oid:1.2.250.1.213.2.2', '07', 'Consultation') },
      { url: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-sourceId', valueIdentifier: { system: 'urn:ietf:rfc:3986', value: 'urn:oid:1.2.250.1.999.77' } },
    ],
    identifier: [{ use: 'usual', system: 'urn:ietf:rfc:3986', value: `urn:oid:${newTestOid()}` }],
    status: 'current',
    mode: 'working',
    code: { coding: [{ system: 'https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes', code: 'submissionset' }] },
    subject: testSubject,
    date: '2026-11-21T10:16:00+01:00',
    source: { reference: '#a' },
    entry: [{ item: { reference } }],
  }
  const bundle = {
    resourceType: 'Bundle',
    meta: profile('pdsm-comprehensive-provide-document-bundle'),
    type: 'transaction',
    entry: [
      { fullUrl: `urn:uuid:${randomUUID()}`, request: { method: 'POST', url: 'List' }, resource: list },
      { fullUrl: reference, request: { method: 'POST', url: 'DocumentReference' }, resource: testReference(document, binary) },
      { fullUrl: binary, request: { method: 'POST', url: 'Binary' }, resource: { resourceType: 'Binary', contentType: 'text/xml', data: document.bytes.toString('base64') } },
    ],
  }
  return JSON.parse(JSON.stringify(bundle)) as typeof bundle
}

/** Opens the test client on a served folder. */
export function openFhirClient(configPath: string): { send(method: string, target: string, body?: unknown, more?: { party?: string; contentType?: string; accept?: string }): Promise<FhirAnswer>; close(): void } {
  const base = path.dirname(configPath)
  const config = recordConfig.parse(JSON.parse(readFileSync(configPath, 'utf8')))
  const ca = readFileSync(path.join(base, config.authorities))
  const agents = new Map<string, Agent>()
  const agentOf = (party: string): Agent => {
    const entry = config.certificates.find((one) => one.party === party)
    if (!entry) throw new Error(`no certificate for ${party}`)
    const agent = agents.get(party) ?? new Agent({ ca, keepAlive: true, pfx: readFileSync(path.join(base, entry.tls)), passphrase: entry.passphrase })
    agents.set(party, agent)
    return agent
  }
  return {
    send(method, target, body, { party = doctor, contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json', accept = 'application/fhir+json' } = {}) {
      const bytes = body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
      return new Promise((resolve, reject) => {
        const headers = { Accept: accept, ...(bytes && { 'Content-Type': contentType, 'Content-Length': bytes.length }) }
        const outgoing = request(`${config.fhirBase}${target}`, { method, agent: agentOf(party), headers }, (incoming) => {
          const pieces: Buffer[] = []
          incoming.on('data', (piece: Buffer) => pieces.push(piece))
          incoming.on('error', reject)
          incoming.on('end', () => {
            const raw = Buffer.concat(pieces)
            const json = (incoming.headers['content-type'] ?? '').includes('json') ? JSON.parse(raw.toString('utf8')) : null
            const issues = ((json?.issue ?? []) as { code: string; details: { coding?: { code: string }[]; text: string } }[]).map((one) => [one.code, one.details.coding?.[0]?.code, one.details.text].filter(Boolean).join(' '))
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, raw, json, issues })
          })
        })
        outgoing.on('error', reject)
        outgoing.end(bytes ?? undefined)
      })
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}
