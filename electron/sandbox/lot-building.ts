import { randomUUID } from 'node:crypto'
import type { Coded, DocumentAuthor, DocumentMetadata } from '#shared/contract/index.ts'
import { isInsOid } from '#shared/terminology/index.ts'
import type { Association, Classification, RegistryObject, Scheme, Slot } from './ebxml.ts'
import { associationTypes, referenceIdList, schemes, signatureClass } from './ebxml.ts'
import { escapeHl7 } from './hl7-escapes.ts'
import { cxi } from './reference-number.ts'
import type { Submission } from './submission.ts'

/** A lot that did not come over ITI-41: what its set and documents say, in the words of their metadata. */
export interface UnsignedLot {
  readonly set: {
    readonly uniqueId: string
    readonly sourceId: string
    readonly submittedAt: Date
    readonly title: string | null
    readonly sender: DocumentAuthor | null
    readonly contentType: Coded
  }
  readonly documents: readonly { readonly metadata: DocumentMetadata; readonly bytes: Buffer; readonly replacedUuid: string | null }[]
}

/** contentTypeCode of a lot that does not say its own. */
export const consultation: Coded = { code: '07', system: '1.2.250.1.213.2.2', label: 'Consultation' }

const slot = (name: string, ...values: (string | null)[]): Slot[] => {
  const present = values.filter((value) => value !== null && value !== '') as string[]
  return present.length > 0 ? [{ name, values: present }] : []
}
const utc = (date: Date): string => date.toISOString().replace(/[-:T]/g, '').slice(0, 14)

type Person = NonNullable<DocumentAuthor['person']>
const professionals = '1.2.250.1.71.4.2.1'
/** Domain, name type and identifier type of a person's number (dmp-interface.md section 2.6). */
function xcn(person: Person, kind: DocumentAuthor['kind'] = 'professional', patientOid = ''): string {
  const isPatient = kind === 'patient' || isInsOid(person.domain ?? '')
  const domain = person.domain ?? (isPatient ? patientOid : professionals)
  const [name, type] = isPatient ? ['D', 'NH'] : kind === 'device' ? ['U', 'RI'] : ['D', domain !== professionals || person.id.includes('/') ? 'EI' : 'IDNPS']
  return `${person.id}^${escapeHl7(person.family)}^${escapeHl7(person.given)}^^^^^^&${domain}&ISO^${name}^^^${type}`
}

/** A UUID as an OID of the arc 2.25. */
export function newOid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`
}

type Drafted = RegistryObject & { classifications: Classification[] }

function objectOf(id: string, kind: RegistryObject['kind'], patientId: string, identifiers: Partial<Record<Scheme, string>>, more: Partial<RegistryObject>): Drafted {
  const set = kind === 'RegistryPackage'
  const all = { [set ? 'setPatientId' : 'patientId']: patientId, ...identifiers }
  const names: Readonly<Record<string, string>> = { setPatientId: 'patientId', setUniqueId: 'uniqueId', setSourceId: 'sourceId' }
  return {
    kind,
    id,
    objectType: null,
    mimeType: null,
    slots: [],
    title: null,
    comments: null,
    ...more,
    classifications: [],
    identifiers: Object.entries(all).map(([scheme, value], index) => ({
      id: `${id}-i${index}`,
      object: id,
      scheme: `urn:uuid:${schemes[scheme as Scheme]}`,
      value,
      name: `XDS${set ? 'SubmissionSet' : 'DocumentEntry'}.${names[scheme] ?? scheme}`,
    })),
  }
}

function classify(object: Drafted, scheme: Scheme | null, more: Partial<Classification>): void {
  const id = `${object.id}-c${object.classifications.length}`
  object.classifications.push({ id, scheme: scheme && `urn:uuid:${schemes[scheme]}`, node: null, classified: object.id, code: '', slots: [], label: null, ...more })
}

const code = ({ code, system, label }: Coded): Partial<Classification> => ({ code, label: label || code, slots: slot('codingScheme', system) })

function author({ kind, person, institution, specialty, role }: DocumentAuthor, patientOid: string): Partial<Classification> {
  return {
    slots: [
      ...slot('authorPerson', person && xcn(person, kind, patientOid)),
      ...slot('authorInstitution', institution && `${escapeHl7(institution.name)}^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^${institution.id}`),
      ...slot('authorRole', role),
      ...slot('authorSpecialty', specialty && `${specialty.code}^${escapeHl7(specialty.label)}^${specialty.system}`),
    ],
  }
}

/** A document entry of these metadata. */
function entryOf(id: string, metadata: Omit<DocumentMetadata, 'mimeType'> & { mimeType: string }): Drafted {
  const { sourcePatientId: source, sourcePatientInfo: traits, ins } = metadata
  const patientId = `${ins.value}^^^&${ins.oid}&ISO^NH`
  const entry = objectOf(id, 'ExtrinsicObject', patientId, { uniqueId: metadata.uniqueId }, {
    objectType: `urn:uuid:${schemes.documentEntry}`,
    mimeType: metadata.mimeType,
    title: metadata.title,
    slots: [
      ...slot('creationTime', metadata.creationTime),
      ...slot('languageCode', metadata.languageCode),
      ...slot('legalAuthenticator', xcn(metadata.legalAuthenticator)),
      ...slot('serviceStartTime', metadata.serviceStartTime),
      ...slot('serviceStopTime', metadata.serviceStopTime),
      ...slot('sourcePatientId', source ? `${escapeHl7(source.value)}^^^&${source.oid}&ISO^PI` : patientId),
      ...slot(referenceIdList, ...(metadata.referenceIds ?? []).map(cxi)),
      ...slot('sourcePatientInfo', `PID-5|${escapeHl7(traits.birthName)}^${escapeHl7(traits.givenName)}^^^^^L`, `PID-7|${traits.birthDate.replaceAll('-', '')}`, `PID-8|${traits.sex}`),
    ],
  })
  for (const one of metadata.authors) classify(entry, 'author', author(one, ins.oid))
  for (const [scheme, coded] of [
    ['classCode', metadata.classCode],
    ['typeCode', metadata.typeCode],
    ['formatCode', metadata.formatCode],
    ['facilityType', metadata.healthcareFacilityType],
    ['practiceSetting', metadata.practiceSetting],
    ...metadata.confidentiality.map((one) => ['confidentiality', one] as const),
    ...metadata.eventCodes.map((one) => ['eventCode', one] as const),
  ] as const) {
    classify(entry, scheme, code(coded))
  }
  return entry
}

/** What the metadata of a lot's signature always are (dmp-interface.md section 2.9). */
const ofSignature = {
  mimeType: 'text/xml',
  title: 'Source',
  languageCode: 'art',
  sourcePatientId: null,
  classCode: { code: signatureClass, system: 'URN', label: 'Digital Signature' },
  typeCode: { code: 'E1762', system: 'ASTM', label: 'Full Document' },
  formatCode: { code: 'http://www.w3.org/2000/09/xmldsig#', system: 'URN', label: 'Default Signature Style' },
  confidentiality: [
    { code: 'N', system: '2.16.840.1.113883.5.25', label: 'Normal' },
    { code: 'MASQUE_PS', system: '1.2.250.1.213.1.1.4.13', label: 'Masqué aux professionnels de santé' },
    { code: 'INVISIBLE_PATIENT', system: '1.2.250.1.213.1.1.4.13', label: 'Non visible par le patient' },
  ],
  referenceIds: [],
  eventCodes: [{ code: '1.2.840.10065.1.12.1.14', system: '1.2.840.10065.1.12', label: 'Source' }],
}

/** The set of a lot, or of a change of metadata. */
export function buildSet(said: UnsignedLot['set'], ins: DocumentMetadata['ins']): RegistryObject {
  const set = objectOf('SubmissionSet01', 'RegistryPackage', `${ins.value}^^^&${ins.oid}&ISO^NH`, { setUniqueId: said.uniqueId, setSourceId: said.sourceId }, { title: said.title, slots: slot('submissionTime', utc(said.submittedAt)) })
  classify(set, null, { node: `urn:uuid:${schemes.submissionSet}` })
  if (said.sender) classify(set, 'setAuthor', author(said.sender, ins.oid))
  classify(set, 'contentType', code(said.contentType))
  return set
}

/**
 * The lot as ITI-41 would have brought it, for documents that come another way. No signature vouches for it: its place is kept, marked as such and
 * empty, so that the registry holds one form of lot. There is at least one document.
 */
export function buildUnsignedLot({ set: said, documents: brought }: UnsignedLot): Submission {
  const [first] = brought
  if (!first) throw new Error('a lot without documents')
  const set = buildSet(said, first.metadata.ins)
  const documents = brought.map(({ metadata, bytes }, index) => ({ object: entryOf(`Document${String(index + 1).padStart(2, '0')}`, metadata), bytes }))
  const signedAt = utc(said.submittedAt)
  const signature = entryOf('Signature01', { ...first.metadata, ...ofSignature, uniqueId: newOid(), creationTime: signedAt, serviceStartTime: signedAt, serviceStopTime: signedAt })

  let last = 0
  const association = (type: string, source: string, target: string, ...slots: Slot[]): Association => ({ id: `a${(last += 1)}`, type, source, target, slots })
  const original = { name: 'SubmissionSetStatus', values: ['Original'] }
  return {
    set,
    documents,
    signature: { object: signature, bytes: Buffer.from('<unsigned xmlns="urn:relais:formation"/>') },
    associations: [
      ...[...documents.map(({ object }) => object.id), signature.id].map((id) => association(associationTypes.hasMember, set.id, id, original)),
      association(associationTypes.signs, signature.id, set.id, original),
      ...brought.flatMap(({ replacedUuid }, index) => (replacedUuid === null ? [] : [association(associationTypes.replaces, documents[index]?.object.id ?? '', replacedUuid)])),
    ],
  }
}
