import type { Coded, DocumentAuthor, DocumentMetadata } from '#shared/contract/index.ts'
import { associationTypes, documentEntryUuids, normalConfidentiality, submissionSetUuids, visibilityCodes } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import { ce, insCx, localCx, pidFields, xcn, xon } from './hl7-values.ts'
import { ns } from './namespaces.ts'

/** Symbolic ids inside a submission; also the ids of the MIME parts' `Document` elements. */
export const submissionIds = { set: 'SubmissionSet01', document: 'Doc01', signature: 'Signature01' } as const

/** One submission set with one document and the lot's signature, as TD2.1 sends it. */
export interface Submission {
  readonly setUniqueId: string
  /** OID of the emitting installation. */
  readonly sourceId: string
  /** UTC DTM. */
  readonly submissionTime: string
  /** The sender: whoever the VIHF speaks for. */
  readonly sender: DocumentAuthor
  readonly contentType: Coded
  readonly document: DocumentMetadata
  readonly signature: { readonly uniqueId: string; /** UTC DTM. */ readonly signedAt: string }
  readonly replacesEntryUuid: string | null
  /** Content-IDs of the two parts. */
  readonly parts: { readonly document: string; readonly signature: string }
}

/** Gives each classification, identifier and association its own id: ebXML wants every one unique in the message. */
function idSequence(prefix: string): () => string {
  let last = 0
  return () => `${prefix}${(last += 1)}`
}

function slot(name: string, values: readonly string[]): Markup {
  return xml`<rim:Slot name="${name}"><rim:ValueList>${values.map((value) => xml`<rim:Value>${value}</rim:Value>`)}</rim:ValueList></rim:Slot>`
}

function localized(element: 'Name' | 'Description', value: string): Markup {
  const content = xml`<rim:LocalizedString charset="UTF8" xml:lang="FR" value="${value}"/>`
  return element === 'Name' ? xml`<rim:Name>${content}</rim:Name>` : xml`<rim:Description>${content}</rim:Description>`
}

function code(id: string, owner: string, scheme: string, coded: Coded): Markup {
  return xml`<rim:Classification id="${id}" classifiedObject="${owner}" classificationScheme="${scheme}" nodeRepresentation="${coded.code}">${slot('codingScheme', [coded.system])}${localized('Name', coded.label || coded.code)}</rim:Classification>`
}

function author(id: string, owner: string, scheme: string, who: DocumentAuthor, patientOid: string): Markup {
  const slots = [
    who.person && slot('authorPerson', [xcn(who.person, who.kind, patientOid)]),
    who.institution && slot('authorInstitution', [xon(who.institution)]),
    who.role && slot('authorRole', [who.role]),
    who.specialty && slot('authorSpecialty', [ce(who.specialty)]),
  ]
  return xml`<rim:Classification id="${id}" classifiedObject="${owner}" classificationScheme="${scheme}" nodeRepresentation="">${slots}</rim:Classification>`
}

function identifier(id: string, owner: string, scheme: string, name: string, value: string): Markup {
  return xml`<rim:ExternalIdentifier id="${id}" registryObject="${owner}" identificationScheme="${scheme}" value="${value}">${localized('Name', name)}</rim:ExternalIdentifier>`
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
    localized('Name', entry.title),
    document.authors.map((who) => author(nextId(), entry.id, documentEntryUuids.author, who, document.ins.oid)),
    entry.codes.map(([scheme, coded]) => code(nextId(), entry.id, documentEntryUuids[scheme], coded)),
    identifier(nextId(), entry.id, documentEntryUuids.patientId, 'XDSDocumentEntry.patientId', insCx(document.ins)),
    identifier(nextId(), entry.id, documentEntryUuids.uniqueId, 'XDSDocumentEntry.uniqueId', entry.uniqueId),
  ]}</rim:ExtrinsicObject>`
}

function documentEntry(document: DocumentMetadata): Entry {
  return {
    id: submissionIds.document,
    mimeType: document.mimeType,
    uniqueId: document.uniqueId,
    creationTime: document.creationTime,
    serviceStart: document.serviceStartTime,
    serviceStop: document.serviceStopTime,
    languageCode: document.languageCode,
    title: document.title,
    sourcePatientId: document.sourcePatientId ? localCx(document.sourcePatientId) : insCx(document.ins),
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

/** The signature is an entry of its own, masked from everybody (dmp-interface.md 2.9). */
function signatureEntry({ document, signature }: Submission): Entry {
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

function submissionSet(submission: Submission, nextId: () => string): Markup {
  const id = submissionIds.set
  const { document } = submission
  return xml`<rim:RegistryPackage id="${id}">${[
    slot('submissionTime', [submission.submissionTime]),
    localized('Name', document.title),
    author(nextId(), id, submissionSetUuids.author, submission.sender, document.ins.oid),
    code(nextId(), id, submissionSetUuids.contentTypeCode, submission.contentType),
    xml`<rim:Classification id="${nextId()}" classifiedObject="${id}" classificationNode="${submissionSetUuids.marker}"/>`,
    identifier(nextId(), id, submissionSetUuids.patientId, 'XDSSubmissionSet.patientId', insCx(document.ins)),
    identifier(nextId(), id, submissionSetUuids.sourceId, 'XDSSubmissionSet.sourceId', submission.sourceId),
    identifier(nextId(), id, submissionSetUuids.uniqueId, 'XDSSubmissionSet.uniqueId', submission.setUniqueId),
  ]}</rim:RegistryPackage>`
}

function association(id: string, type: string, source: string, target: string, slots?: Markup): Markup {
  return xml`<rim:Association id="${id}" associationType="${type}" sourceObject="${source}" targetObject="${target}">${slots}</rim:Association>`
}

/**
 * The body of TD2.1 (ITI-41 ProvideAndRegisterDocumentSetRequest), valid against the ebXML RIM 3.0 and IHE XDS.b schemas:
 * slots, names, classifications and identifiers in the order the schema asks, every id unique, `HasMember` for each object,
 * `signs`, and `RPLC` when a document is replaced (dmp-interface.md 2.1, 2.2, 2.4, 2.9).
 */
export function writeSubmission(submission: Submission): Markup {
  const nextId = idSequence('id')
  const original = slot('SubmissionSetStatus', ['Original'])
  const { set, document, signature } = submissionIds
  const objects = [
    submissionSet(submission, nextId),
    extrinsicObject(documentEntry(submission.document), submission.document, nextId),
    extrinsicObject(signatureEntry(submission), submission.document, nextId),
    association(nextId(), associationTypes.hasMember, set, document, original),
    association(nextId(), associationTypes.hasMember, set, signature, original),
    association(nextId(), associationTypes.signs, signature, set, original),
    submission.replacesEntryUuid === null ? null : association(nextId(), associationTypes.replaces, document, submission.replacesEntryUuid),
  ]
  const part = (id: string, contentId: string) =>
    xml`<xdsb:Document id="${id}"><xop:Include xmlns:xop="${ns.xop}" href="cid:${contentId}"/></xdsb:Document>`
  return xml`<xdsb:ProvideAndRegisterDocumentSetRequest xmlns:xdsb="${ns.xdsb}" xmlns:lcm="${ns.lcm}" xmlns:rim="${ns.rim}"><lcm:SubmitObjectsRequest><rim:RegistryObjectList>${objects}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>${part(document, submission.parts.document)}${part(signature, submission.parts.signature)}</xdsb:ProvideAndRegisterDocumentSetRequest>`
}
