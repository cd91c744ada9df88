import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { availabilityStatuses, storedQueries } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { DocumentFilter, InsId } from '../port.ts'
import { readDocumentEntries } from './ebxml-read.ts'
import { insCx } from './hl7-values.ts'
import { ns } from './namespaces.ts'
import { element } from './parse-xml.ts'
import { readRegistryResponse } from './registry-response.ts'

/** A string of a stored query: single quotes, those inside doubled. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function listed(values: readonly string[]): string {
  return `(${values.map(quoted).join(',')})`
}

function adhocQuery(id: string, parameters: readonly (readonly [string, string])[]): Markup {
  const slots = parameters.map(([name, value]) => xml`<rim:Slot name="${name}"><rim:ValueList><rim:Value>${value}</rim:Value></rim:ValueList></rim:Slot>`)
  return xml`<query:AdhocQueryRequest xmlns:query="${ns.query}" xmlns:rim="${ns.rim}"><query:ResponseOption returnType="LeafClass" returnComposedObjects="true"/><rim:AdhocQuery id="${id}">${slots}</rim:AdhocQuery></query:AdhocQueryRequest>`
}

/** ITI-18 FindDocuments of one patient; approved documents unless other states are asked (EX_3.1-1020). */
export function writeFindDocuments(ins: InsId, filter: DocumentFilter): Markup {
  const states = (filter.statuses ?? ['approved']).map((status) => availabilityStatuses[status])
  const types = (filter.typeCodes ?? []).map(({ code, system }) => `${code}^^${system}`)
  return adhocQuery(storedQueries.findDocuments, [
    ['$XDSDocumentEntryPatientId', quoted(insCx(ins))],
    ['$XDSDocumentEntryStatus', listed(states)],
    ...(types.length > 0 ? [['$XDSDocumentEntryTypeCode', listed(types)] as const] : []),
    ...(filter.serviceStartFrom ? [['$XDSDocumentEntryServiceStartTimeFrom', quoted(filter.serviceStartFrom)] as const] : []),
  ])
}

/** ITI-18 GetDocuments of one uniqueId (TD3.1b). */
export function writeGetDocument(uniqueId: string): Markup {
  return adhocQuery(storedQueries.getDocuments, [['$XDSDocumentEntryUniqueId', listed([uniqueId])]])
}

/** Reads an AdhocQueryResponse; a partial answer is a failure, so that a cut list is never shown as whole. */
export function readQueryAnswer(body: XmlElement, defaultRepository: string): Result<RecordDocument[]> {
  const response = element(body, './query:AdhocQueryResponse', ns)
  if (!response) return failure('record-answer-invalid', { detail: 'no AdhocQueryResponse' })
  const status = readRegistryResponse(response)
  if (!status.ok) return status
  const entries = readDocumentEntries(response, defaultRepository)
  return entries ? success(entries) : failure('record-answer-invalid', { detail: 'an entry without uniqueId, id or status' })
}
