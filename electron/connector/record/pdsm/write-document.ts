import { createHash } from 'node:crypto'
import type { DocumentReference, Identifier, Patient } from 'fhir/r4.js'
import type { DocumentMetadata, Party, ReferenceId } from '#shared/contract/index.ts'
import { fhirSystem, pdsm, uriIdentifiers } from '#shared/terminology/index.ts'
import { authorResources, concept, organization, practitioner } from './authors.ts'
import { dateTimeOfDtm, instantOfDtm } from './fhir-times.ts'
import { patientReference, referenceOf } from './identifiers.ts'

const genders: Readonly<Record<string, Patient['gender']>> = { M: 'male', F: 'female', O: 'other' }

/** `YYYYMMDD` or `YYYY-MM-DD`, possibly shorter, as a FHIR `date`; `null` for anything else. */
function birthDate(date: string): string | null {
  return /^\d{4}((\d\d){1,2}|(-\d\d){1,2})?$/.test(date) ? dateTimeOfDtm(date.replaceAll('-', '')) : null
}

/** The patient as the practice knows them: local number, or the INS when there is none, and the traits (XDS sourcePatientId, sourcePatientInfo). */
function sourcePatient({ sourcePatientId, ins, sourcePatientInfo: traits }: DocumentMetadata): Patient {
  const born = birthDate(traits.birthDate)
  const { value, oid } = sourcePatientId ?? ins
  return {
    resourceType: 'Patient',
    id: 'source-patient',
    identifier: [{ system: fhirSystem(oid), value }],
    name: [{ use: 'official', family: traits.birthName || '?', ...(traits.givenName.trim() !== '' && { given: [traits.givenName] }) }],
    ...(born !== null && { birthDate: born }),
    gender: genders[traits.sex] ?? 'unknown',
  }
}

/** A number the document refers to (IHE ITI TF-2, Z.9.1: CXi as Identifier). */
function relatedNumber({ value, oid, type }: ReferenceId): Identifier {
  return { type: { coding: [{ system: uriIdentifiers, code: type }] }, ...(oid !== null && { system: fhirSystem(oid) }), value }
}

/** Where the bytes of a document are: in an entry of the bundle, or in the resource itself. */
export type Content = { readonly url: string } | { readonly data: string }

/** What a DocumentReference is made of besides the document's own metadata. */
export interface DocumentSource {
  readonly metadata: DocumentMetadata
  readonly bytes: Uint8Array
  /** Keeps the document: its structure is the custodian (PDSm, 1..1). */
  readonly party: Party
  readonly replacesEntryUuid: string | null
  readonly content: Content
}

/**
 * One document's metadata as PDSm wants them, every mandatory element included: `pdsm-comprehensive-document-reference` (ITI-65), or
 * `pdsm-simplified-publish` (ITI-105) when the bytes travel inside (dmp-interface.md 5.2, 5.3). Hash is SHA-1 in base64, where XDS has
 * hexadecimal; `N` always stands among the security labels, the others are added to it.
 */
export function writeDocumentReference({ metadata, bytes, party, replacesEntryUuid, content }: DocumentSource): DocumentReference {
  const { ins } = metadata
  const authors = metadata.authors.map((author, index) => authorResources(author, `author-${index + 1}`, ins.oid))
  const authenticator = practitioner('authenticator', metadata.legalAuthenticator)
  const custodian = organization('custodian', party.structure)
  const source = sourcePatient(metadata)
  return {
    resourceType: 'DocumentReference',
    meta: { profile: ['data' in content ? pdsm.simplifiedPublish : pdsm.documentReference] },
    contained: [...authors.flatMap(({ contained }) => contained), authenticator, custodian, source],
    masterIdentifier: { system: uriIdentifiers, value: `urn:oid:${metadata.uniqueId}` },
    status: 'current',
    type: concept(metadata.typeCode),
    category: [concept(metadata.classCode)],
    subject: { reference: patientReference(ins) },
    date: instantOfDtm(metadata.creationTime),
    author: authors.map(({ reference }) => ({ reference })),
    authenticator: { reference: `#${authenticator.id}` },
    custodian: { reference: `#${custodian.id}` },
    ...(replacesEntryUuid !== null && { relatesTo: [{ code: 'replaces', target: { reference: referenceOf('DocumentReference', replacesEntryUuid) } }] }),
    securityLabel: metadata.confidentiality.map(concept),
    content: [
      {
        attachment: {
          contentType: metadata.mimeType,
          language: metadata.languageCode,
          ...content,
          size: bytes.length,
          hash: createHash('sha1').update(bytes).digest('base64'),
          title: metadata.title,
          creation: dateTimeOfDtm(metadata.creationTime),
        },
        format: { system: fhirSystem(metadata.formatCode.system), code: metadata.formatCode.code, ...(metadata.formatCode.label !== '' && { display: metadata.formatCode.label }) },
      },
    ],
    context: {
      ...(metadata.eventCodes.length > 0 && { event: metadata.eventCodes.map(concept) }),
      period: { start: dateTimeOfDtm(metadata.serviceStartTime), ...(metadata.serviceStopTime !== null && { end: dateTimeOfDtm(metadata.serviceStopTime) }) },
      facilityType: concept(metadata.healthcareFacilityType),
      practiceSetting: concept(metadata.practiceSetting),
      sourcePatientInfo: { reference: `#${source.id}` },
      ...((metadata.referenceIds ?? []).length > 0 && { related: metadata.referenceIds?.map((number) => ({ identifier: relatedNumber(number) })) }),
    },
  }
}
