import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import type { Coded, DocumentAuthor, DocumentMetadata } from '#shared/contract/index.ts'
import type { Association, Classification, RegistryObject, Scheme, Slot } from './ebxml.ts'
import { associationTypes, schemes, signatureClass } from './ebxml.ts'
import { lockFolder } from './lock.ts'
import type { Registry } from './registry.ts'
import { openRegistry } from './registry.ts'
import type { Submission } from './submission.ts'

/** A document the record holds from the start. */
export interface PreloadedDocument {
  readonly bytes: Uint8Array
  readonly metadata: DocumentMetadata
  readonly submittedAt: Date
}

const slot = (name: string, ...values: (string | null)[]): Slot[] => {
  const present = values.filter((value) => value !== null && value !== '') as string[]
  return present.length > 0 ? [{ name, values: present }] : []
}
const utc = (date: Date): string => date.toISOString().replace(/[-:T]/g, '').slice(0, 14)
/** HL7 v2 escapes of a component. */
const escapeHl7 = (text: string): string => text.replace(/[|^&~\\]/g, (one) => `\\${{ '|': 'F', '^': 'S', '&': 'T', '~': 'R', '\\': 'E' }[one]}\\`)
const xcn = (person: { id: string; family: string; given: string }): string => `${person.id}^${escapeHl7(person.family)}^${escapeHl7(person.given)}^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`
/** A UUID as an OID of the arc 2.25. */
const newOid = (): string => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`

function objectOf(id: string, kind: RegistryObject['kind'], patientId: string, uniqueId: string, more: Partial<RegistryObject>): RegistryObject & { classifications: Classification[] } {
  const set = kind === 'RegistryPackage'
  const identifiers = [
    { scheme: set ? schemes.setPatientId : schemes.patientId, value: patientId, name: `XDS${set ? 'SubmissionSet' : 'DocumentEntry'}.patientId` },
    { scheme: set ? schemes.setUniqueId : schemes.uniqueId, value: uniqueId, name: `XDS${set ? 'SubmissionSet' : 'DocumentEntry'}.uniqueId` },
    ...(set ? [{ scheme: schemes.setSourceId, value: '1.2.250.1.999.77', name: 'XDSSubmissionSet.sourceId' }] : []),
  ].map((one, index) => ({ id: `${id}-i${index}`, object: id, scheme: `urn:uuid:${one.scheme}`, value: one.value, name: one.name }))
  return { kind, id, objectType: null, mimeType: null, slots: [], title: null, comments: null, ...more, classifications: [], identifiers }
}

function classify(object: RegistryObject & { classifications: Classification[] }, scheme: Scheme | null, more: Partial<Classification>): void {
  const id = `${object.id}-c${object.classifications.length}`
  object.classifications.push({ id, scheme: scheme && `urn:uuid:${schemes[scheme]}`, node: null, classified: object.id, code: '', slots: [], label: null, ...more })
}

const code = ({ code, system, label }: Coded): Partial<Classification> => ({ code, label, slots: slot('codingScheme', system) })

function author(of: DocumentAuthor): Partial<Classification> {
  const { person, institution, specialty, role } = of
  return {
    slots: [
      ...slot('authorPerson', person && xcn(person)),
      ...slot('authorInstitution', institution && `${escapeHl7(institution.name)}^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^${institution.id}`),
      ...slot('authorRole', role),
      ...slot('authorSpecialty', specialty && `${specialty.code}^${specialty.label}^${specialty.system}`),
    ],
  }
}

/** The lot that would have brought this document. */
function submissionOf({ bytes, metadata, submittedAt }: PreloadedDocument, replacedUuid: string | null): Submission {
  const patientId = `${metadata.ins.value}^^^&${metadata.ins.oid}&ISO^NH`
  const { sourcePatientId: source, sourcePatientInfo: traits } = metadata
  const set = objectOf('SubmissionSet01', 'RegistryPackage', patientId, newOid(), { slots: slot('submissionTime', utc(submittedAt)) })
  classify(set, null, { node: `urn:uuid:${schemes.submissionSet}` })
  for (const one of metadata.authors.slice(0, 1)) classify(set, 'setAuthor', author(one))
  classify(set, 'contentType', { code: '07', label: 'Consultation', slots: slot('codingScheme', '1.2.250.1.213.2.2') })

  const entry = (id: string, uniqueId: string, more: Partial<RegistryObject>): ReturnType<typeof objectOf> =>
    objectOf(id, 'ExtrinsicObject', patientId, uniqueId, { objectType: `urn:uuid:${schemes.documentEntry}`, ...more })
  const document = entry('Document01', metadata.uniqueId, {
    mimeType: metadata.mimeType,
    title: metadata.title,
    slots: [
      ...slot('creationTime', metadata.creationTime),
      ...slot('languageCode', metadata.languageCode),
      ...slot('legalAuthenticator', xcn(metadata.legalAuthenticator)),
      ...slot('serviceStartTime', metadata.serviceStartTime),
      ...slot('serviceStopTime', metadata.serviceStopTime),
      ...slot('sourcePatientId', source ? `${escapeHl7(source.value)}^^^&${source.oid}&ISO^PI` : patientId),
      ...slot('sourcePatientInfo', `PID-5|${escapeHl7(traits.birthName)}^${escapeHl7(traits.givenName)}^^^^^L`, `PID-7|${traits.birthDate}`, `PID-8|${traits.sex}`),
    ],
  })
  for (const one of metadata.authors) classify(document, 'author', author(one))
  classify(document, 'classCode', code(metadata.classCode))
  classify(document, 'typeCode', code(metadata.typeCode))
  classify(document, 'formatCode', code(metadata.formatCode))
  classify(document, 'facilityType', code(metadata.healthcareFacilityType))
  classify(document, 'practiceSetting', code(metadata.practiceSetting))
  for (const one of metadata.confidentiality) classify(document, 'confidentiality', code(one))
  for (const one of metadata.eventCodes) classify(document, 'eventCode', code(one))

  // No lot signed these documents: the place of the signature is kept, marked as such and empty.
  const signature = entry('Signature01', newOid(), { mimeType: 'text/xml', title: 'Source', slots: slot('creationTime', utc(submittedAt)) })
  classify(signature, 'classCode', { code: signatureClass, label: 'Digital Signature', slots: slot('codingScheme', 'URN') })
  const association = (id: string, type: string, from: string, target: string): Association => ({ id, type, source: from, target, slots: type === associationTypes.replaces ? [] : slot('SubmissionSetStatus', 'Original') })
  return {
    set,
    documents: [{ object: document, bytes: Buffer.from(bytes) }],
    signature: { object: signature, bytes: Buffer.from('<unsigned xmlns="urn:relais:formation"/>') },
    associations: [
      association('a1', associationTypes.hasMember, set.id, document.id),
      association('a2', associationTypes.hasMember, set.id, signature.id),
      association('a3', associationTypes.signs, signature.id, set.id),
      ...(replacedUuid === null ? [] : [association('a4', associationTypes.replaces, document.id, replacedUuid)]),
    ],
  }
}

async function loadOne(document: PreloadedDocument, registry: Registry): Promise<boolean> {
  if (registry.byUniqueId(document.metadata.uniqueId)) return false
  const parent = document.metadata.replaces === null ? undefined : registry.byUniqueId(document.metadata.replaces)
  const errors = await registry.register(submissionOf(document, parent && parent.replacedBy === null ? parent.entryUuid : null), document.submittedAt)
  if (errors.length > 0) throw new Error(`${document.metadata.uniqueId}: ${errors.map((error) => error.context).join(', ')}`)
  return true
}

/**
 * Puts documents into the record of a folder that nobody serves, as if each had been deposited at `submittedAt`; those whose uniqueId is there
 * already are left alone. Replaced documents must come before what replaces them. Gives how many were new. Throws `FolderInUse`.
 */
export async function preload(dir: string, documents: readonly PreloadedDocument[]): Promise<number> {
  const folder = path.resolve(dir)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(folder, 15_000)
  try {
    const registry = await openRegistry(folder)
    try {
      let added = 0
      for (const document of documents) if (await loadOne(document, registry)) added += 1
      return added
    } finally {
      await registry.close()
    }
  } finally {
    await unlock()
  }
}
