import type { Association, RegistryObject } from './ebxml.ts'
import { classified, namespaces, readAssociation, readClassification, readRegistryObject, schemes, signatureClass } from './ebxml.ts'
import type { MimePart } from './mtom.ts'
import { contentIdOf } from './mtom.ts'
import type { RegistryError } from './refusal.ts'
import { ErrorsRaised } from './refusal.ts'
import { rimFormErrors } from './rim-form.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf } from './xml-reading.ts'

/** One object of a lot with the bytes it describes. */
export interface SubmittedObject {
  readonly object: RegistryObject
  readonly bytes: Buffer
}

/** A lot as ITI-41 brings it: its set, its documents, its signature, how they are tied. */
export interface Submission {
  readonly set: RegistryObject
  readonly documents: readonly SubmittedObject[]
  readonly signature: SubmittedObject
  readonly associations: readonly Association[]
}

/** True for the object that signs the lot (dmp-interface.md section 2.9). */
export function isSignatureObject(object: RegistryObject): boolean {
  return classified(object, 'classCode').some((one) => one.code === signatureClass)
}

function one(code: string, context: string): never {
  throw new ErrorsRaised([{ code, context }])
}

/** The only submission set of a list of objects. Throws `ErrorsRaised`. */
export function readSet(list: XmlTree): RegistryObject {
  const packages = childrenOf(list, 'RegistryPackage', namespaces.rim).map(readRegistryObject)
  const beside = childrenOf(list, 'Classification', namespaces.rim).map(readClassification)
  if (packages.length !== 1 || !packages[0]) one('XDSRegistryMetadataError', `un lot de soumission attendu, ${packages.length} trouvé(s)`)
  const set = { ...packages[0], classifications: [...packages[0].classifications, ...beside.filter((mark) => mark.classified === packages[0]?.id)] }
  if (!set.classifications.some((mark) => mark.node === `urn:uuid:${schemes.submissionSet}`)) one('XDSRegistryMetadataError', "le lot n'est pas classé comme SubmissionSet")
  return set
}

/** Reads `ProvideAndRegisterDocumentSetRequest`, tying each `Document` to its metadata both ways. Throws `ErrorsRaised`. */
export function readSubmission(payload: XmlTree, parts: readonly MimePart[]): Submission {
  if (payload.name !== 'ProvideAndRegisterDocumentSetRequest' || payload.namespace !== namespaces.xdsb) one('XDSRepositoryError', 'ProvideAndRegisterDocumentSetRequest attendu')
  const request = childrenOf(payload, 'SubmitObjectsRequest', namespaces.lcm)[0]
  const list = at(request, 'RegistryObjectList')
  if (!list) one('XDSRegistryMetadataError', 'SubmitObjectsRequest sans RegistryObjectList')
  const formErrors = rimFormErrors(list)
  if (formErrors.length > 0) throw new ErrorsRaised(formErrors)
  const set = readSet(list)
  const extrinsic = childrenOf(list, 'ExtrinsicObject', namespaces.rim).map(readRegistryObject)
  const associations = childrenOf(list, 'Association', namespaces.rim).map(readAssociation)
  const ids = [set.id, ...extrinsic.map((object) => object.id)]
  if (ids.includes('') || new Set(ids).size !== ids.length) one('XDSRegistryMetadataError', 'identifiants internes absents ou répétés')

  const bytesOf = documentBytes(payload, parts)
  const errors: RegistryError[] = []
  for (const id of bytesOf.keys()) {
    if (!extrinsic.some((object) => object.id === id)) errors.push({ code: 'XDSMissingDocumentMetadata', context: `Document ${id} sans ExtrinsicObject`, location: id })
  }
  for (const object of extrinsic) {
    if (!bytesOf.has(object.id)) errors.push({ code: 'XDSMissingDocument', context: `ExtrinsicObject ${object.id} sans Document`, location: object.id })
  }
  if (errors.length > 0) throw new ErrorsRaised(errors)
  const submitted = extrinsic.map((object) => ({ object, bytes: bytesOf.get(object.id) ?? Buffer.alloc(0) }))
  const signatures = submitted.filter(({ object }) => isSignatureObject(object))
  const documents = submitted.filter(({ object }) => !isSignatureObject(object))
  if (documents.length === 0) one('XDSMissingDocument', 'lot sans document')
  if (signatures.length !== 1 || !signatures[0]) one('XDSRegistryMetadataError', 'signature du lot absente ou multiple')
  return { set, documents, signature: signatures[0], associations }
}

/** Content-ID of a `cid:` URL (RFC 2392); as it is when it is no valid percent-encoding. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Bytes of each `Document` by its id: a MIME part through `xop:Include`. MTOM is mandatory (EX_2.1-1260): base64 in the body is refused. */
function documentBytes(payload: XmlTree, parts: readonly MimePart[]): Map<string, Buffer> {
  const byContentId = new Map(parts.map((part) => [contentIdOf(part), part]))
  const found = new Map<string, Buffer>()
  const used = new Set<string>()
  for (const document of childrenOf(payload, 'Document', namespaces.xdsb)) {
    const id = document.attributes['id'] ?? ''
    const include = childrenOf(document, 'Include', namespaces.xop)[0]
    const href = include?.attributes['href'] ?? ''
    if (!href.startsWith('cid:')) one('XDSRepositoryError', `Document ${id} : xop:Include attendu (MTOM obligatoire)`)
    const contentId = percentDecoded(href.slice(4))
    const part = byContentId.get(contentId)
    if (!part || used.has(contentId)) one('XDSMissingDocument', `Document ${id} : partie MIME ${contentId} absente ou déjà prise`)
    const encoding = (part.headers['content-transfer-encoding'] ?? 'binary').toLowerCase()
    if (!['binary', '8bit', '7bit'].includes(encoding)) one('XDSRepositoryError', `Document ${id} : encodage ${encoding} refusé, binary attendu`)
    if (found.has(id)) one('XDSRegistryMetadataError', `Document ${id} présent deux fois`)
    used.add(contentId)
    found.set(id, part.bytes)
  }
  return found
}
