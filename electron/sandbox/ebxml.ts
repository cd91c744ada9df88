import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf } from './xml-reading.ts'

export const namespaces = {
  rim: 'urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0',
  rs: 'urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0',
  lcm: 'urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0',
  query: 'urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0',
  xdsb: 'urn:ihe:iti:xds-b:2007',
  xop: 'http://www.w3.org/2004/08/xop/include',
} as const

export interface Slot {
  readonly name: string
  readonly values: readonly string[]
}

export interface Classification {
  readonly id: string
  readonly scheme: string | null
  readonly node: string | null
  readonly classified: string
  readonly code: string
  readonly slots: readonly Slot[]
  readonly label: string | null
}

export interface ExternalIdentifier {
  readonly id: string
  readonly object: string
  readonly scheme: string
  readonly value: string
  readonly name: string | null
}

/** A `rim:ExtrinsicObject` or `rim:RegistryPackage`, kept as it was sent. */
export interface RegistryObject {
  readonly kind: 'ExtrinsicObject' | 'RegistryPackage'
  readonly id: string
  /** `lid` of a new version of what is registered; absent in a first deposit. */
  readonly logicalId?: string | undefined
  readonly objectType: string | null
  readonly mimeType: string | null
  readonly slots: readonly Slot[]
  readonly title: string | null
  readonly comments: string | null
  readonly classifications: readonly Classification[]
  readonly identifiers: readonly ExternalIdentifier[]
}

export interface Association {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly target: string
  readonly slots: readonly Slot[]
}

/** Schemes of XDS (dmp-interface.md sections 2.1 and 2.2), without their `urn:uuid:`. */
export const schemes = {
  submissionSet: 'a54d6aa5-d40d-43f9-88c5-b4633d873bdd',
  setAuthor: 'a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d',
  contentType: 'aa543740-bdda-424e-8c96-df4873be8500',
  setPatientId: '6b5aea1a-874d-4603-a4bc-96a0a7b38446',
  setSourceId: '554ac39e-e3fe-47fe-b233-965d2a147832',
  setUniqueId: '96fdda7c-d067-4183-912e-bf5ee74998a8',
  documentEntry: '7edca82f-054d-47f2-a032-9b2a5b5186c1',
  author: '93606bcf-9494-43ec-9b4e-a7748d1a838d',
  classCode: '41a5887f-8865-4c09-adf7-e362475b143a',
  typeCode: 'f0306f51-975f-434e-a61c-c59651d33983',
  formatCode: 'a09d5840-386c-46f2-b5ad-9c3699a4309d',
  facilityType: 'f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1',
  practiceSetting: 'cccf5598-8b07-4b77-a05e-ae952c785ead',
  confidentiality: 'f4f85eac-e6cb-4883-b524-f2705394840f',
  eventCode: '2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4',
  patientId: '58a6f841-87b3-4a3e-92fd-a8ffeff98427',
  uniqueId: '2e82c1f6-a085-4c72-9da3-8640a32e42ab',
} as const
export type Scheme = keyof typeof schemes

export const associationTypes = {
  hasMember: 'urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember',
  replaces: 'urn:ihe:iti:2007:AssociationType:RPLC',
  signs: 'urn:ihe:iti:2007:AssociationType:signs',
  updateAvailabilityStatus: 'urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus',
} as const

export const statuses = {
  approved: 'urn:oasis:names:tc:ebxml-regrep:StatusType:Approved',
  deprecated: 'urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated',
  archived: 'urn:asip:ci-sis:2010:StatusType:Archived',
  deleted: 'urn:asip:ci-sis:2010:StatusType:Deleted',
} as const
export type Status = keyof typeof statuses

export const repositoryUniqueId = '1.2.250.1.213.4.1.1.1.2'
/** Class of the object that signs a lot (section 2.9). */
export const signatureClass = 'urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1'

function readSlots(tree: XmlTree): Slot[] {
  return childrenOf(tree, 'Slot', namespaces.rim).map((slot) => ({
    name: slot.attributes['name'] ?? '',
    values: childrenOf(at(slot, 'ValueList'), 'Value').map((value) => value.text.trim()),
  }))
}

function localized(tree: XmlTree, name: string): string | null {
  return at(tree, name, 'LocalizedString')?.attributes['value'] ?? null
}

/** Reads one registry object; nothing is judged here. */
export function readRegistryObject(tree: XmlTree): RegistryObject {
  return {
    kind: tree.name === 'RegistryPackage' ? 'RegistryPackage' : 'ExtrinsicObject',
    id: tree.attributes['id'] ?? '',
    logicalId: tree.attributes['lid'],
    objectType: tree.attributes['objectType'] ?? null,
    mimeType: tree.attributes['mimeType'] ?? null,
    slots: readSlots(tree),
    title: localized(tree, 'Name'),
    comments: localized(tree, 'Description'),
    classifications: childrenOf(tree, 'Classification', namespaces.rim).map(readClassification),
    identifiers: childrenOf(tree, 'ExternalIdentifier', namespaces.rim).map((one) => ({
      id: one.attributes['id'] ?? '',
      object: one.attributes['registryObject'] ?? '',
      scheme: one.attributes['identificationScheme'] ?? '',
      value: one.attributes['value'] ?? '',
      name: localized(one, 'Name'),
    })),
  }
}

/** Reads a classification, inside an object or beside it. */
export function readClassification(tree: XmlTree): Classification {
  return {
    id: tree.attributes['id'] ?? '',
    scheme: tree.attributes['classificationScheme'] ?? null,
    node: tree.attributes['classificationNode'] ?? null,
    classified: tree.attributes['classifiedObject'] ?? '',
    code: tree.attributes['nodeRepresentation'] ?? '',
    slots: readSlots(tree),
    label: localized(tree, 'Name'),
  }
}

/** Reads an association. */
export function readAssociation(tree: XmlTree): Association {
  return {
    id: tree.attributes['id'] ?? '',
    type: tree.attributes['associationType'] ?? '',
    source: tree.attributes['sourceObject'] ?? '',
    target: tree.attributes['targetObject'] ?? '',
    slots: readSlots(tree),
  }
}

/** First value of a slot, or `null`. */
export function slotValue(of: { readonly slots: readonly Slot[] }, name: string): string | null {
  return of.slots.find((slot) => slot.name === name)?.values[0] ?? null
}

/** Slot of `referenceIdList`. */
export const referenceIdList = 'urn:ihe:iti:xds:2013:referenceIdList'

/** Values of `referenceIdList`: accession, order and study numbers (section 2.2). */
export function referenceIds(object: RegistryObject): readonly string[] {
  return object.slots.find((slot) => slot.name === referenceIdList)?.values ?? []
}

/** Classifications of an object under a scheme. */
export function classified(object: RegistryObject, scheme: Scheme): Classification[] {
  return object.classifications.filter((one) => one.scheme === `urn:uuid:${schemes[scheme]}`)
}

/** Value of an external identifier, or `null`. */
export function identifier(object: RegistryObject, scheme: Scheme): string | null {
  return object.identifiers.find((one) => one.scheme === `urn:uuid:${schemes[scheme]}`)?.value ?? null
}

/** Code and system of the first classification under a scheme, or `null`. */
export function coded(object: RegistryObject, scheme: Scheme): { code: string; system: string } | null {
  const first = classified(object, scheme)[0]
  return first ? { code: first.code, system: slotValue(first, 'codingScheme') ?? '' } : null
}

/** National identifiers of the persons and institutions of a set of author classifications (section 2.6). */
export function authorIds(authors: readonly Classification[]): { persons: string[]; institutions: string[] } {
  const values = (name: string): string[] => authors.flatMap((author) => author.slots.filter((slot) => slot.name === name).flatMap((slot) => slot.values))
  return {
    persons: values('authorPerson').map((xcn) => xcn.split('^')[0] ?? ''),
    institutions: values('authorInstitution').map((xon) => xon.split('^')[9] ?? ''),
  }
}
