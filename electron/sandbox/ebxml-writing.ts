import { createHash } from 'node:crypto'
import { xml } from '#shared/text/xml.ts'
import type { Markup } from '#shared/text/xml.ts'
import type { Association, RegistryObject, Slot, Status } from './ebxml.ts'
import { namespaces, schemes, statuses } from './ebxml.ts'
import type { RegistryError } from './refusal.ts'

const responseStatus = 'urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:'
const partialSuccess = 'urn:ihe:iti:2007:ResponseStatusType:PartialSuccess'
const severity = 'urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error'

/** What the record adds to an object once it is registered. */
export interface Registered {
  readonly entryUuid: string
  readonly logicalId: string
  readonly status: Status
  /** 1 when deposited, one more at each change of its metadata. */
  readonly version: number
  /** Slots computed by the record: hash, size, repositoryUniqueId. */
  readonly slots: readonly Slot[]
}

function writeSlot(slot: Slot): Markup {
  return xml`<rim:Slot name="${slot.name}"><rim:ValueList>${slot.values.map((value) => xml`<rim:Value>${value}</rim:Value>`)}</rim:ValueList></rim:Slot>`
}

function localized(element: 'Name' | 'Description', value: string | null): Markup | null {
  if (value === null) return null
  const content = xml`<rim:LocalizedString charset="UTF8" xml:lang="FR" value="${value}"/>`
  return element === 'Name' ? xml`<rim:Name>${content}</rim:Name>` : xml`<rim:Description>${content}</rim:Description>`
}

/** Writes a registered object in the order of the ebXML schema: slots, name, description, version, classifications, identifiers. */
export function writeRegistryObject(object: RegistryObject, registered: Registered): Markup {
  const own = new Set(registered.slots.map((slot) => slot.name))
  const slots = [...object.slots.filter((slot) => !own.has(slot.name)), ...registered.slots]
  const inside = xml`${slots.map(writeSlot)}${localized('Name', object.title)}${localized('Description', object.comments)}<rim:VersionInfo versionName="${registered.version}"/>${object.classifications.map(
    (one) =>
      xml`<rim:Classification id="urn:uuid:${derivedUuid(registered.entryUuid, one.id)}"${one.scheme !== null && xml` classificationScheme="${one.scheme}"`}${one.node !== null && xml` classificationNode="${one.node}"`} classifiedObject="${registered.entryUuid}" nodeRepresentation="${one.code}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Classification">${one.slots.map(writeSlot)}${localized('Name', one.label)}</rim:Classification>`,
  )}${object.identifiers.map(
    (one) =>
      xml`<rim:ExternalIdentifier id="urn:uuid:${derivedUuid(registered.entryUuid, one.id)}" registryObject="${registered.entryUuid}" identificationScheme="${one.scheme}" value="${one.value}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:ExternalIdentifier">${localized('Name', one.name)}</rim:ExternalIdentifier>`,
  )}`
  const common = xml`id="${registered.entryUuid}" lid="${registered.logicalId}" status="${statuses[registered.status]}"`
  return object.kind === 'RegistryPackage'
    ? xml`<rim:RegistryPackage ${common} objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage">${inside}</rim:RegistryPackage>`
    : xml`<rim:ExtrinsicObject ${common} objectType="urn:uuid:${schemes.documentEntry}" mimeType="${object.mimeType}" isOpaque="false">${inside}</rim:ExtrinsicObject>`
}

/** A stable UUID for a child of a registered object: the same answer every time it is asked. */
function derivedUuid(entryUuid: string, childId: string): string {
  const hex = createHash('sha1').update(`${entryUuid}/${childId}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Writes an association between registered objects. */
export function writeAssociation(association: Association): Markup {
  return xml`<rim:Association id="${association.id}" associationType="${association.type}" sourceObject="${association.source}" targetObject="${association.target}" status="${statuses.approved}" objectType="urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association">${association.slots.map(writeSlot)}</rim:Association>`
}

/** Writes a reference alone, for `returnType="ObjectRef"`. */
export function writeObjectRef(id: string): Markup {
  return xml`<rim:ObjectRef id="${id}"/>`
}

function errorList(errors: readonly RegistryError[]): Markup | null {
  if (errors.length === 0) return null
  return xml`<rs:RegistryErrorList highestSeverity="${severity}">${errors.map(
    (error) => xml`<rs:RegistryError errorCode="${error.code}" codeContext="${error.context}" severity="${severity}"${error.location !== undefined && xml` location="${error.location}"`}/>`,
  )}</rs:RegistryErrorList>`
}

/** Answer of ITI-41 and ITI-57, also the head of ITI-43's: success, or failure with its errors. */
export function writeRegistryResponse(errors: readonly RegistryError[], partial = false): Markup {
  const status = errors.length === 0 ? `${responseStatus}Success` : partial ? partialSuccess : `${responseStatus}Failure`
  return xml`<rs:RegistryResponse xmlns:rs="${namespaces.rs}" status="${status}">${errorList(errors)}</rs:RegistryResponse>`
}

/** Answer of ITI-18. */
export function writeQueryResponse(errors: readonly RegistryError[], objects: readonly Markup[]): Markup {
  const status = `${responseStatus}${errors.length === 0 ? 'Success' : 'Failure'}`
  return xml`<query:AdhocQueryResponse xmlns:query="${namespaces.query}" xmlns:rs="${namespaces.rs}" xmlns:rim="${namespaces.rim}" status="${status}" startIndex="0" totalResultCount="${objects.length}">${errorList(errors)}<rim:RegistryObjectList>${objects}</rim:RegistryObjectList></query:AdhocQueryResponse>`
}
