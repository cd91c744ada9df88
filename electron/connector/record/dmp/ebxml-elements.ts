import type { Coded, DocumentAuthor } from '#shared/contract/index.ts'
import { submissionSetUuids } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { InsId } from '../port.ts'
import { ce, insCx, xcn, xon } from './hl7-values.ts'

/** Gives each classification, identifier and association its own id: ebXML wants every one unique in the message. */
export function idSequence(prefix: string): () => string {
  let last = 0
  return () => `${prefix}${(last += 1)}`
}

/** A slot with its values. */
export function slot(name: string, values: readonly string[]): Markup {
  return xml`<rim:Slot name="${name}"><rim:ValueList>${values.map((value) => xml`<rim:Value>${value}</rim:Value>`)}</rim:ValueList></rim:Slot>`
}

/** A name or description, as the official samples write them. */
export function localized(element: 'Name' | 'Description', value: string): Markup {
  const content = xml`<rim:LocalizedString charset="UTF8" xml:lang="FR" value="${value}"/>`
  return element === 'Name' ? xml`<rim:Name>${content}</rim:Name>` : xml`<rim:Description>${content}</rim:Description>`
}

/** A coded attribute. */
export function code(id: string, owner: string, scheme: string, coded: Coded): Markup {
  return xml`<rim:Classification id="${id}" classifiedObject="${owner}" classificationScheme="${scheme}" nodeRepresentation="${coded.code}">${slot('codingScheme', [coded.system])}${localized('Name', coded.label || coded.code)}</rim:Classification>`
}

/** An author with the four slots of section 2.6. */
export function author(id: string, owner: string, scheme: string, who: DocumentAuthor, patientOid: string): Markup {
  const slots = [
    who.person && slot('authorPerson', [xcn(who.person, who.kind, patientOid)]),
    who.institution && slot('authorInstitution', [xon(who.institution)]),
    who.role && slot('authorRole', [who.role]),
    who.specialty && slot('authorSpecialty', [ce(who.specialty)]),
  ]
  return xml`<rim:Classification id="${id}" classifiedObject="${owner}" classificationScheme="${scheme}" nodeRepresentation="">${slots}</rim:Classification>`
}

/** An external identifier of an object. */
export function identifier(id: string, owner: string, scheme: string, name: string, value: string): Markup {
  return xml`<rim:ExternalIdentifier id="${id}" registryObject="${owner}" identificationScheme="${scheme}" value="${value}">${localized('Name', name)}</rim:ExternalIdentifier>`
}

/** A tie between two objects. */
export function association(id: string, type: string, source: string, target: string, slots?: Markup): Markup {
  return xml`<rim:Association id="${id}" associationType="${type}" sourceObject="${source}" targetObject="${target}">${slots}</rim:Association>`
}

/** A submission set as every transaction that writes sends one. */
export interface SubmissionSetFacts {
  /** Symbolic id in the message. */
  readonly id: string
  readonly uniqueId: string
  /** OID of the emitting installation. */
  readonly sourceId: string
  /** UTC DTM. */
  readonly submissionTime: string
  readonly title: string
  /** The sender: whoever the VIHF speaks for. */
  readonly sender: DocumentAuthor
  readonly contentType: Coded
  readonly ins: InsId
}

/** The `rim:RegistryPackage` of a submission set (dmp-interface.md 2.1). */
export function submissionSet(set: SubmissionSetFacts, nextId: () => string): Markup {
  const { id, ins } = set
  return xml`<rim:RegistryPackage id="${id}">${[
    slot('submissionTime', [set.submissionTime]),
    localized('Name', set.title),
    author(nextId(), id, submissionSetUuids.author, set.sender, ins.oid),
    code(nextId(), id, submissionSetUuids.contentTypeCode, set.contentType),
    xml`<rim:Classification id="${nextId()}" classifiedObject="${id}" classificationNode="${submissionSetUuids.marker}"/>`,
    identifier(nextId(), id, submissionSetUuids.patientId, 'XDSSubmissionSet.patientId', insCx(ins)),
    identifier(nextId(), id, submissionSetUuids.sourceId, 'XDSSubmissionSet.sourceId', set.sourceId),
    identifier(nextId(), id, submissionSetUuids.uniqueId, 'XDSSubmissionSet.uniqueId', set.uniqueId),
  ]}</rim:RegistryPackage>`
}
