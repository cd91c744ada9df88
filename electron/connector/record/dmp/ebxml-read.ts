import type { XmlElement } from 'libxml2-wasm'
import type { RecordDocument } from '#shared/contract/index.ts'
import { availabilityStatuses, classLabel, documentEntryUuids, identifierDomains, isFromPatient, referenceIdListSlot, specialityLabel, typeLabel } from '#shared/terminology/index.ts'
import { readCxi, unescapeHl7 } from './hl7-values.ts'
import { ns } from './namespaces.ts'
import { attribute } from './parse-xml.ts'
import { isoOfUtcDtm } from './times.ts'

/** Class of the lot's signature, an entry that is not a document for anybody (dmp-interface.md 2.9). */
const signatureClass = 'urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1'

/** Elements directly under another, in order. */
export function childrenOf(parent: XmlElement): XmlElement[] {
  const children: XmlElement[] = []
  for (let child = parent.firstChild; child; child = child.next) {
    if ('attrs' in child) children.push(child as XmlElement)
  }
  return children
}

/** Slots of an object, by name. */
function slotsOf(children: readonly XmlElement[]): Map<string, string[]> {
  const slots = new Map<string, string[]>()
  for (const slot of children.filter((child) => child.name === 'Slot')) {
    const list = childrenOf(slot).find((child) => child.name === 'ValueList')
    slots.set(attribute(slot, 'name') ?? '', list ? childrenOf(list).map((value) => value.content) : [])
  }
  return slots
}

function localizedName(children: readonly XmlElement[]): string {
  const name = children.find((child) => child.name === 'Name')
  const string = name && childrenOf(name).find((child) => child.name === 'LocalizedString')
  return (string && attribute(string, 'value')) ?? ''
}

/** PS_IdNat of an XCN; null when its number is of another domain: a patient's is their INS. */
function professionalOf(xcn: string): string | null {
  const [id = '', , , , , , , , domain = ''] = xcn.split('^')
  return domain.split('&')[1] === identifierDomains.professional && id ? id : null
}

function readAuthor(classification: XmlElement): RecordDocument['authors'][number] {
  const slots = slotsOf(childrenOf(classification))
  const first = (name: string) => slots.get(name)?.[0] ?? ''
  const [, family = '', given = ''] = first('authorPerson').split('^').map(unescapeHl7)
  const structure = unescapeHl7(first('authorInstitution').split('^')[0] ?? '')
  const [code = '', label = ''] = first('authorSpecialty').split('^').map(unescapeHl7)
  const role = first('authorRole') || label || (code && specialityLabel(code))
  return { name: `${given} ${family}`.trim(), role: role || null, structure: structure || null, personId: professionalOf(first('authorPerson')), structureId: first('authorInstitution').split('^')[9] || null }
}

const statuses = Object.fromEntries(Object.entries(availabilityStatuses).map(([name, urn]) => [urn, name])) as Record<string, RecordDocument['status']>

/** Reads one document entry; `null` when it lacks what identifies it. */
function readEntry(object: XmlElement, defaultRepository: string): RecordDocument | null {
  const children = childrenOf(object)
  const slots = slotsOf(children)
  const slot = (name: string) => slots.get(name)?.[0] ?? null
  const classifications = children.filter((child) => child.name === 'Classification')
  const ofScheme = (scheme: string) => classifications.filter((each) => attribute(each, 'classificationScheme') === scheme)
  const codes = (scheme: string) => ofScheme(scheme).map((each) => attribute(each, 'nodeRepresentation') ?? '')
  const label = (scheme: string) => ofScheme(scheme).map((each) => localizedName(childrenOf(each)))[0] ?? ''
  const uniqueId = children.filter((child) => child.name === 'ExternalIdentifier' && attribute(child, 'identificationScheme') === documentEntryUuids.uniqueId)[0]
  const id = uniqueId && attribute(uniqueId, 'value')
  const entryUuid = attribute(object, 'id')
  const status = statuses[attribute(object, 'status') ?? '']
  if (!id || !entryUuid || !status) return null

  const typeCode = codes(documentEntryUuids.typeCode)[0] ?? ''
  const classCode = codes(documentEntryUuids.classCode)[0] ?? ''
  const confidentiality = codes(documentEntryUuids.confidentialityCode)
  const [serviceStart, serviceStop] = [slot('serviceStartTime'), slot('serviceStopTime')]
  const size = Number(slot('size') ?? Number.NaN)
  return {
    uniqueId: id,
    entryUuid,
    logicalId: attribute(object, 'lid'),
    repositoryUniqueId: slot('repositoryUniqueId') ?? defaultRepository,
    typeCode,
    typeLabel: label(documentEntryUuids.typeCode) || typeLabel(typeCode),
    classCode,
    classLabel: label(documentEntryUuids.classCode) || classLabel(classCode),
    title: localizedName(children),
    mimeType: attribute(object, 'mimeType') ?? '',
    formatCode: codes(documentEntryUuids.formatCode)[0] ?? '',
    creationTime: isoOfUtcDtm(slot('creationTime') ?? '') ?? '',
    serviceStartTime: serviceStart === null ? null : isoOfUtcDtm(serviceStart),
    serviceStopTime: serviceStop === null ? null : isoOfUtcDtm(serviceStop),
    authors: ofScheme(documentEntryUuids.author).map(readAuthor),
    legalAuthenticatorId: professionalOf(slot('legalAuthenticator') ?? ''),
    referenceIds: (slots.get(referenceIdListSlot) ?? []).flatMap((text) => readCxi(text) ?? []),
    status,
    hash: slot('hash')?.toLowerCase() ?? null,
    size: Number.isInteger(size) ? size : null,
    maskedToProfessionals: confidentiality.includes('MASQUE_PS'),
    hiddenFromPatient: confidentiality.includes('INVISIBLE_PATIENT'),
    hiddenFromRepresentatives: confidentiality.includes('INVISIBLE_REPRESENTANTS_LEGAUX'),
    fromPatient: isFromPatient(typeCode, classCode),
  }
}

/**
 * Reads the document entries of an AdhocQueryResponse (LeafClass), lot signatures left out; `null` when an entry cannot be
 * identified. Times come out in ISO 8601 UTC, labels from the answer first, then from our terminology.
 */
export function readDocumentEntries(response: XmlElement, defaultRepository: string): RecordDocument[] | null {
  const list = childrenOf(response).find((child) => child.name === 'RegistryObjectList' && child.namespaceUri === ns.rim)
  const objects = list ? childrenOf(list).filter((child) => child.name === 'ExtrinsicObject') : []
  const entries = objects.map((object) => readEntry(object, defaultRepository))
  return entries.includes(null) ? null : (entries as RecordDocument[]).filter((entry) => entry.classCode !== signatureClass)
}
