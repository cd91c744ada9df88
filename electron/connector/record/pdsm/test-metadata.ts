import fc from 'fast-check'
import type { DocumentMetadata, Party } from '#shared/contract/index.ts'
import { acceptedTypeCodes, classOf, codedType, confidentialityCodes, facilityType, practiceSetting } from '#shared/terminology/index.ts'
import { asDoctor, asStructure, testDocument } from '../dmp/test-deposit.ts'

/** Generated metadata, for the tests of this folder. */

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))
/** A name as practices type them: accents, separators of HL7, spaces at either end; sometimes none. */
const name = fc.oneof(fc.string({ maxLength: 40, unit: 'grapheme' }), fc.constantFrom('', ' ', 'D’ESSAI', 'A^B&C', 'Zoë  Anne', '<b>', '"\\'))
const title = name.map((text) => text.trim().replace(/\p{C}/gu, '') || 'Ordonnance')
/** To the second, as every time of a document leaves. */
const dtm = fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true }).map((date) => date.toISOString().replace(/\D/g, '').slice(0, 14))
const person = fc.record({ id: digits(11).map((rpps) => `8${rpps}`), family: name, given: name })
const institution = fc.record({ id: digits(9).map((finess) => `1${finess}`), name })
const specialty = fc.constantFrom({ code: 'G15_10/SM54', system: '1.2.250.1.213.1.1.4.5', label: 'Médecin - Médecine Générale (SM)' }, { code: 'AUTOMATE', system: '1.2.250.1.213.1.1.4.6', label: '' })
const author: fc.Arbitrary<DocumentMetadata['authors'][number]> = fc
  .record({ kind: fc.constantFrom('professional', 'device', 'patient'), person: fc.option(person), institution: fc.option(institution), specialty: fc.option(specialty), role: fc.option(name) })
  .filter((one) => one.person !== null || (one.institution !== null && one.kind !== 'patient'))

/** Metadata as the documents room may give them: every type, every visibility, names as people type them. */
export const anyMetadata: fc.Arbitrary<DocumentMetadata> = fc
  .record({
    number: fc.nat(),
    type: fc.constantFrom(...acceptedTypeCodes),
    facility: fc.constantFrom('SA07', 'SA52', 'SA99'),
    setting: fc.constantFrom('AMBULATOIRE', 'SAD'),
    visibility: fc.record({ masked: fc.boolean(), hiddenFromPatient: fc.boolean(), hiddenFromRepresentatives: fc.boolean() }),
    events: fc.array(fc.record({ code: digits(6), system: fc.constantFrom('1.2.250.1.213.2.5', '2.16.840.1.113883.6.1'), label: name }), { maxLength: 3 }),
    numbers: fc.option(fc.array(fc.record({ value: fc.oneof(digits(6), fc.constantFrom('A^B|C', 'CMD, 7')), oid: fc.option(fc.constantFrom('1.2.250.1.999.77.5', '2.16.840.1.113883.6.1')), type: fc.constantFrom('urn:ihe:iti:xds:2013:order', 'urn:ihe:iti:xds:2013:accession') }), { maxLength: 3 }), { nil: undefined }),
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
    referenceIds: one.numbers,
    sourcePatientId: one.source,
    sourcePatientInfo: one.traits,
    creationTime: one.times[0],
    serviceStartTime: one.times[1],
    serviceStopTime: one.times[2],
    title: one.title,
    authors: one.authors,
    legalAuthenticator: one.legalAuthenticator,
  }))
/** Either kind of party. */
export const anyParty: fc.Arbitrary<Party> = fc.constantFrom(asDoctor, asStructure)
/** A document of a lot, with its bytes and, sometimes, the entryUUID of what it replaces. */
export const anyDocument = fc.record({ metadata: anyMetadata, replaces: fc.option(fc.uuid().map((uuid) => `urn:uuid:${uuid}`)), bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }) })
