import type { Coded, DocumentAuthor, DocumentMetadata } from '#shared/contract/index.ts'
import { associationTypes, documentEntryUuids, normalConfidentiality, referenceIdListSlot, visibilityCodes } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { DepositedDocument } from '../port.ts'
import { association, author, code, identifier, idSequence, localized, slot, submissionSet } from './ebxml-elements.ts'
import { cxi, insCx, localCx, pidFields, xcn } from './hl7-values.ts'
import { ns } from './namespaces.ts'

/** Symbolic ids inside a submission; also the ids of the MIME parts' `Document` elements. */
export const submissionIds = { set: 'SubmissionSet01', signature: 'Signature01' } as const

/** Symbolic id of a document by its place in the lot: `Doc01` and up. */
export function documentId(index: number): string {
  return `Doc${String(index + 1).padStart(2, '0')}`
}

/** One submission set with its documents and the lot's signature, as TD2.1 sends it. */
export interface Submission {
  readonly setUniqueId: string
  /** OID of the emitting installation. */
  readonly sourceId: string
  /** UTC DTM. */
  readonly submissionTime: string
  /** The sender: whoever the VIHF speaks for. */
  readonly sender: DocumentAuthor
  readonly contentType: Coded
  readonly documents: readonly [DepositedDocument, ...DepositedDocument[]]
  readonly signature: { readonly uniqueId: string; /** UTC DTM. */ readonly signedAt: string }
  /** Content-IDs of the parts, documents in the order of the lot. */
  readonly parts: { readonly documents: readonly string[]; readonly signature: string }
}

/** What a document entry is made of, once every source is known: the document's own, or the signature's. */
interface Entry {
  readonly id: string
  readonly mimeType: string
  readonly uniqueId: string
  readonly creationTime: string
  readonly serviceStart: string
  readonly serviceStop: string | null
  readonly languageCode: string
  readonly title: string
  readonly sourcePatientId: string
  /** CXi. */
  readonly referenceIds: readonly string[]
  readonly codes: readonly (readonly [keyof typeof documentEntryUuids, Coded])[]
}

function extrinsicObject(entry: Entry, document: DocumentMetadata, nextId: () => string): Markup {
  return xml`<rim:ExtrinsicObject id="${entry.id}" mimeType="${entry.mimeType}" objectType="${documentEntryUuids.objectType}">${[
    slot('creationTime', [entry.creationTime]),
    slot('languageCode', [entry.languageCode]),
    slot('legalAuthenticator', [xcn(document.legalAuthenticator)]),
    slot('serviceStartTime', [entry.serviceStart]),
    entry.serviceStop === null ? null : slot('serviceStopTime', [entry.serviceStop]),
    slot('sourcePatientId', [entry.sourcePatientId]),
    slot('sourcePatientInfo', pidFields(document.sourcePatientInfo)),
    entry.referenceIds.length > 0 && slot(referenceIdListSlot, entry.referenceIds),
    localized('Name', entry.title),
    document.authors.map((who) => author(nextId(), entry.id, documentEntryUuids.author, who, document.ins.oid)),
    entry.codes.map(([scheme, coded]) => code(nextId(), entry.id, documentEntryUuids[scheme], coded)),
    identifier(nextId(), entry.id, documentEntryUuids.patientId, 'XDSDocumentEntry.patientId', insCx(document.ins)),
    identifier(nextId(), entry.id, documentEntryUuids.uniqueId, 'XDSDocumentEntry.uniqueId', entry.uniqueId),
  ]}</rim:ExtrinsicObject>`
}

function documentEntry(document: DocumentMetadata, id: string): Entry {
  return {
    id,
    mimeType: document.mimeType,
    uniqueId: document.uniqueId,
    creationTime: document.creationTime,
    serviceStart: document.serviceStartTime,
    serviceStop: document.serviceStopTime,
    languageCode: document.languageCode,
    title: document.title,
    sourcePatientId: document.sourcePatientId ? localCx(document.sourcePatientId) : insCx(document.ins),
    referenceIds: (document.referenceIds ?? []).map(cxi),
    codes: [
      ['classCode', document.classCode],
      ['typeCode', document.typeCode],
      ['formatCode', document.formatCode],
      ['healthcareFacilityTypeCode', document.healthcareFacilityType],
      ['practiceSettingCode', document.practiceSetting],
      ...document.confidentiality.map((coded) => ['confidentialityCode', coded] as const),
      ...document.eventCodes.map((coded) => ['eventCodeList', coded] as const),
    ],
  }
}

/** The signature is an entry of its own, masked from everybody; facility and practice are those of the first document (dmp-interface.md 2.9). */
function signatureEntry(document: DocumentMetadata, signature: Submission['signature']): Entry {
  return {
    id: submissionIds.signature,
    mimeType: 'text/xml',
    uniqueId: signature.uniqueId,
    creationTime: signature.signedAt,
    serviceStart: signature.signedAt,
    serviceStop: signature.signedAt,
    languageCode: 'art',
    title: 'Source',
    sourcePatientId: insCx(document.ins),
    referenceIds: [],
    codes: [
      ['classCode', { code: 'urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1', system: 'URN', label: 'Digital Signature' }],
      ['typeCode', { code: 'E1762', system: 'ASTM', label: 'Full Document' }],
      ['formatCode', { code: 'http://www.w3.org/2000/09/xmldsig#', system: 'URN', label: 'Default Signature Style' }],
      ['healthcareFacilityTypeCode', document.healthcareFacilityType],
      ['practiceSettingCode', document.practiceSetting],
      ['confidentialityCode', normalConfidentiality],
      ['confidentialityCode', visibilityCodes.masked],
      ['confidentialityCode', visibilityCodes.hiddenFromPatient],
      ['eventCodeList', { code: '1.2.840.10065.1.12.1.14', system: '1.2.840.10065.1.12', label: 'Source' }],
    ],
  }
}

/**
 * The body of TD2.1 (ITI-41 ProvideAndRegisterDocumentSetRequest), valid against the ebXML RIM 3.0 and IHE XDS.b schemas:
 * slots, names, classifications and identifiers in the order the schema asks, every id unique, `HasMember` for each object,
 * `signs`, and `RPLC` for each document that replaces another (dmp-interface.md 2.1, 2.2, 2.4, 2.9). All documents are of one patient.
 */
export function writeSubmission(submission: Submission): Markup {
  const nextId = idSequence('id')
  const original = slot('SubmissionSetStatus', ['Original'])
  const { set, signature } = submissionIds
  const { documents } = submission
  const first = documents[0].metadata
  const ids = documents.map((_, index) => documentId(index))
  const facts = { id: set, uniqueId: submission.setUniqueId, sourceId: submission.sourceId, submissionTime: submission.submissionTime, title: first.title, sender: submission.sender, contentType: submission.contentType, ins: first.ins }
  const objects = [
    submissionSet(facts, nextId),
    documents.map(({ metadata }, index) => extrinsicObject(documentEntry(metadata, documentId(index)), metadata, nextId)),
    extrinsicObject(signatureEntry(first, submission.signature), first, nextId),
    [...ids, signature].map((member) => association(nextId(), associationTypes.hasMember, set, member, original)),
    association(nextId(), associationTypes.signs, signature, set, original),
    documents.map(({ replacesEntryUuid }, index) => (replacesEntryUuid === null ? null : association(nextId(), associationTypes.replaces, documentId(index), replacesEntryUuid))),
  ]
  const part = (id: string, contentId: string) =>
    xml`<xdsb:Document id="${id}"><xop:Include xmlns:xop="${ns.xop}" href="cid:${contentId}"/></xdsb:Document>`
  const parts = [...submission.parts.documents.map((contentId, index) => part(documentId(index), contentId)), part(signature, submission.parts.signature)]
  return xml`<xdsb:ProvideAndRegisterDocumentSetRequest xmlns:xdsb="${ns.xdsb}" xmlns:lcm="${ns.lcm}" xmlns:rim="${ns.rim}"><lcm:SubmitObjectsRequest><rim:RegistryObjectList>${objects}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>${parts}</xdsb:ProvideAndRegisterDocumentSetRequest>`
}
