import { createHash } from 'node:crypto'
import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { MimePart } from './multipart.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'
import { readRegistryResponse } from './registry-response.ts'
import { partOf } from './soap.ts'

/** TD3.2 body: one document by its uniqueId (never by entryUUID, dmp-interface.md trap 1). */
export function writeRetrieve(which: { uniqueId: string; repositoryUniqueId: string }): Markup {
  return xml`<xdsb:RetrieveDocumentSetRequest xmlns:xdsb="${ns.xdsb}"><xdsb:DocumentRequest><xdsb:RepositoryUniqueId>${which.repositoryUniqueId}</xdsb:RepositoryUniqueId><xdsb:DocumentUniqueId>${which.uniqueId}</xdsb:DocumentUniqueId></xdsb:DocumentRequest></xdsb:RetrieveDocumentSetRequest>`
}

/** Bytes of a Document element: an XOP reference to a part, or base64 in the XML itself. */
function documentBytes(document: XmlElement, parts: readonly MimePart[]): Uint8Array | null {
  const href = attribute(element(document, './xop:Include', ns), 'href')
  if (href === null) return Buffer.from(document.content, 'base64')
  return partOf(parts, href)?.body ?? null
}

/** Reads the bytes of the document asked for and checks them against the SHA-1 the record gave at the search, when known. */
export function readRetrieved(body: XmlElement, parts: readonly MimePart[], which: { uniqueId: string; hash: string | null }): Result<Uint8Array> {
  const answer = element(body, './xdsb:RetrieveDocumentSetResponse', ns)
  const response = answer && element(answer, './rs:RegistryResponse', ns)
  if (!answer || !response) return failure('record-answer-invalid', { detail: 'no RetrieveDocumentSetResponse' })
  const status = readRegistryResponse(response)
  if (!status.ok) return status
  const entry = elements(answer, './xdsb:DocumentResponse', ns).find((each) => element(each, './xdsb:DocumentUniqueId', ns)?.content.trim() === which.uniqueId)
  if (!entry) return failure('document-not-found', { detail: 'success without the document' })
  const document = element(entry, './xdsb:Document', ns)
  const bytes = document && documentBytes(document, parts)
  if (!bytes) return failure('record-answer-invalid', { detail: 'the document part is missing' })
  if (which.hash !== null && createHash('sha1').update(bytes).digest('hex') !== which.hash.toLowerCase()) return failure('document-hash-mismatch')
  return success(bytes)
}
