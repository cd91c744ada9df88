import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { associationTypes, availabilityStatuses, documentEntryUuids, storedQueries, submissionSetUuids } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import { namedPatient, type ToldNumber } from '../named-patient.ts'
import type { Association, DocumentFilter, InsId, SubmissionSet } from '../port.ts'
import { childrenOf, readDocumentEntries } from './ebxml-read.ts'
import { cxi, insCx, readCx } from './hl7-values.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'
import { readRegistryResponse } from './registry-response.ts'
import { isoOfUtcDtm } from './times.ts'

/** Longest value of a slot (ebXML RIM 3.0 LongName). */
const valueLimit = 256

/** A string of a stored query: single quotes, those inside doubled. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** A list of strings, cut into several values where one could not hold it; they add up (ITI-18 3.18.4.1.2.3.5). */
function listed(values: readonly string[]): string[] {
  const lists: string[][] = []
  let room = 0
  for (const value of values.map(quoted)) {
    if (value.length + 1 > room) {
      lists.push([])
      room = valueLimit - 1
    }
    lists.at(-1)?.push(value)
    room -= value.length + 1
  }
  return lists.map((list) => `(${list.join(',')})`)
}

type Parameter = readonly [name: string, values: readonly string[]]

function adhocQuery(id: string, parameters: readonly Parameter[]): Markup {
  const slots = parameters.map(([name, values]) => xml`<rim:Slot name="${name}"><rim:ValueList>${values.map((value) => xml`<rim:Value>${value}</rim:Value>`)}</rim:ValueList></rim:Slot>`)
  return xml`<query:AdhocQueryRequest xmlns:query="${ns.query}" xmlns:rim="${ns.rim}"><query:ResponseOption returnType="LeafClass" returnComposedObjects="true"/><rim:AdhocQuery id="${id}">${slots}</rim:AdhocQuery></query:AdhocQueryRequest>`
}

/** ITI-18 FindDocuments of one patient, or FindDocumentsByReferenceId; approved documents unless other states are asked (EX_3.1-1020). */
export function writeFindDocuments(ins: InsId, filter: DocumentFilter): Markup {
  const codes = (name: string, wanted: DocumentFilter['typeCodes']): Parameter[] =>
    wanted && wanted.length > 0 ? [[`$XDSDocumentEntry${name}`, listed(wanted.map(({ code, system }) => `${code}^^${system}`))]] : []
  const time = (name: string, value: string | undefined): Parameter[] => (value ? [[`$XDSDocumentEntry${name}`, [quoted(value)]]] : [])
  const referenceIds = filter.referenceIds ?? []
  return adhocQuery(referenceIds.length > 0 ? storedQueries.findDocumentsByReferenceId : storedQueries.findDocuments, [
    ['$XDSDocumentEntryPatientId', [quoted(insCx(ins))]],
    ['$XDSDocumentEntryStatus', listed((filter.statuses ?? ['approved']).map((status) => availabilityStatuses[status]))],
    ...codes('TypeCode', filter.typeCodes),
    ...codes('ClassCode', filter.classCodes),
    ...codes('EventCodeList', filter.eventCodes),
    ...(referenceIds.length > 0 ? [['$XDSDocumentEntryReferenceIdList', listed(referenceIds.map(cxi))] as const] : []),
    ...time('CreationTimeFrom', filter.creationFrom),
    ...time('CreationTimeTo', filter.creationTo),
    ...time('ServiceStartTimeFrom', filter.serviceStartFrom),
    ...time('ServiceStartTimeTo', filter.serviceStartTo),
  ])
}

/** ITI-18 FindSubmissionSets since an instant (UTC DTM). */
export function writeFindSubmissionSets(ins: InsId, since: string): Markup {
  return adhocQuery(storedQueries.findSubmissionSets, [
    ['$XDSSubmissionSetPatientId', [quoted(insCx(ins))]],
    ['$XDSSubmissionSetStatus', listed([availabilityStatuses.approved])],
    ['$XDSSubmissionSetSubmissionTimeFrom', [quoted(since)]],
  ])
}

/** ITI-18 GetDocuments of one uniqueId (TD3.1b). */
export function writeGetDocument(uniqueId: string): Markup {
  return adhocQuery(storedQueries.getDocuments, [['$XDSDocumentEntryUniqueId', listed([uniqueId])]])
}

/** ITI-18 GetAssociations of these entryUUIDs. */
export function writeGetAssociations(entryUuids: readonly string[]): Markup {
  return adhocQuery(storedQueries.getAssociations, [['$uuid', listed(entryUuids)]])
}

/** ITI-18 GetDocumentsAndAssociations of these entryUUIDs. */
export function writeGetDocumentsAndAssociations(entryUuids: readonly string[]): Markup {
  return adhocQuery(storedQueries.getDocumentsAndAssociations, [['$XDSDocumentEntryEntryUUID', listed(entryUuids)]])
}

/** Documents and lots of an answer: whatever is of a patient. */
const ofPatients = './rim:RegistryObjectList/rim:ExtrinsicObject | ./rim:RegistryObjectList/rim:RegistryPackage'
const patientIdSchemes: readonly (string | null)[] = [documentEntryUuids.patientId, submissionSetUuids.patientId]

/** The numbers an entry gives of its patient; walked, for a list has hundreds. */
function patientNumbers(object: XmlElement): ToldNumber[] {
  const identifiers = childrenOf(object).filter((child) => child.name === 'ExternalIdentifier' && patientIdSchemes.includes(attribute(child, 'identificationScheme')))
  return identifiers.map((identifier) => readCx(attribute(identifier, 'value') ?? ''))
}

/**
 * The AdhocQueryResponse of an answer, once it is known to be a whole success in which each entry names its patient, and nobody but the patient asked for: a
 * cut list is never shown as whole (what the record warned of goes with it, or that it counts more than it gives), and one that holds another patient's document, or nobody's, is not shown at all and settles nothing.
 */
export function queryResponse(body: XmlElement, ins: InsId): Result<{ response: XmlElement; warnings: string[] }> {
  const response = element(body, './query:AdhocQueryResponse', ns)
  if (!response) return failure('record-answer-invalid', { detail: 'no AdhocQueryResponse' })
  const status = readRegistryResponse(response)
  if (!status.ok) return status
  const named = elements(response, ofPatients, ns).map((object) => namedPatient(patientNumbers(object), ins))
  if (named.includes('another')) return failure('record-answer-invalid', { detail: 'an entry of another patient' })
  if (named.includes('nobody')) return failure('record-answer-invalid', { detail: 'an entry of nobody' })
  const given = elements(response, './rim:RegistryObjectList/*', ns).length
  const total = Number(attribute(response, 'totalResultCount') ?? given)
  if (total > given && given === 0) return failure('record-answer-invalid', { detail: `counts ${total} entries and gives none` })
  return success({ response, warnings: total > given ? [...status.value.warnings, `counts ${total} entries and gives ${given}`] : status.value.warnings })
}

/** Documents of an answer, lot signatures left out. */
export function readDocuments(response: XmlElement, defaultRepository: string): Result<RecordDocument[]> {
  const entries = readDocumentEntries(response, defaultRepository)
  return entries ? success(entries) : failure('record-answer-invalid', { detail: 'an entry without uniqueId, id or status' })
}

/** Lots of an answer. Their documents are asked apart: by `findAssociations`. */
export function readSubmissionSets(response: XmlElement): Result<SubmissionSet[]> {
  const sets: SubmissionSet[] = []
  for (const each of elements(response, './rim:RegistryObjectList/rim:RegistryPackage', ns)) {
    const entryUuid = attribute(each, 'id')
    const uniqueId = attribute(element(each, `./rim:ExternalIdentifier[@identificationScheme='${submissionSetUuids.uniqueId}']`, ns), 'value')
    const time = element(each, "./rim:Slot[@name='submissionTime']/rim:ValueList/rim:Value", ns)?.content ?? ''
    const submissionTime = isoOfUtcDtm(time)
    if (!entryUuid || !uniqueId || submissionTime === null) return failure('record-answer-invalid', { detail: 'a lot without uniqueId, id or submissionTime' })
    sets.push({ uniqueId, entryUuid, submissionTime, documents: null })
  }
  return success(sets)
}

const kinds: Readonly<Record<string, Association['type']>> = {
  [associationTypes.hasMember]: 'has-member',
  [associationTypes.replaces]: 'replaces',
  [associationTypes.transforms]: 'transforms',
  [associationTypes.appends]: 'appends',
  [associationTypes.signs]: 'signs',
}

/** Associations of an answer; one the table does not name is `other`. */
export function readAssociations(response: XmlElement): Result<Association[]> {
  const associations: Association[] = []
  for (const each of elements(response, './rim:RegistryObjectList/rim:Association', ns)) {
    const [source, target] = [attribute(each, 'sourceObject'), attribute(each, 'targetObject')]
    if (!source || !target) return failure('record-answer-invalid', { detail: 'an association without both its ends' })
    associations.push({ type: kinds[attribute(each, 'associationType') ?? ''] ?? 'other', source, target })
  }
  return success(associations)
}
