import { createHash } from 'node:crypto'
import type { Coded, DocumentAuthor, DocumentMetadata } from '#shared/contract/index.ts'
import { oidOfFhirSystem, pdsm } from '#shared/terminology/index.ts'
import type { UnsignedLot } from '../lot-building.ts'
import { refuse } from './outcome.ts'
import type { Concept, Contained, SubmittedReference, SubmittedSet } from './resources.ts'

const oidOf = (urn: string): string => urn.replace(/^urn:oid:/, '')

function coded({ coding: [first] }: Concept): Coded {
  return { code: first?.code ?? '', system: oidOfFhirSystem(first?.system ?? ''), label: first?.display ?? '' }
}

/** UTC DTM of a FHIR date or time, as precise. */
export function dtmOf(time: string): string {
  if (time.length <= 10) return time.replaceAll('-', '')
  return new Date(time).toISOString().replace(/\D/g, '').slice(0, 14)
}

/** INS of a patient reference, `Patient?identifier=urn:oid:<OID>|<INS>`. */
export function insOf(reference: string, where: string): { value: string; oid: string } {
  const found = /^Patient\?identifier=urn:oid:([\d.]+)\|(\w+)$/.exec(reference)
  return found?.[1] !== undefined && found[2] !== undefined ? { oid: found[1], value: found[2] } : refuse(422, 'value', `${where} : référence Patient?identifier=urn:oid:…|INS attendue`, where)
}

/** Resolves references to contained resources; each must be there. */
function resolver(resources: readonly Contained[], where: string): (reference: string | undefined) => Contained {
  return (reference) => resources.find(({ id }) => `#${id}` === reference) ?? refuse(422, 'not-found', `${where} : ressource contenue absente : ${reference ?? ''}`, where)
}

const nameOf = (resource: Contained): { family: string; given: string } => {
  const first = Array.isArray(resource.name) ? resource.name[0] : undefined
  return { family: first?.family ?? '', given: first?.given.join(' ') ?? '' }
}
const identified = (resource: Contained): { system: string; value: string } =>
  resource.identifier[0] ?? refuse(422, 'required', `${resource.resourceType} ${resource.id} sans identifiant`, `${resource.resourceType}.identifier`)

function person(resource: Contained): NonNullable<DocumentAuthor['person']> {
  const { system, value } = identified(resource)
  const domain = oidOfFhirSystem(system)
  return { id: value, ...nameOf(resource), ...(domain !== '1.2.250.1.71.4.2.1' && { domain }) }
}

function institution(resource: Contained): NonNullable<DocumentAuthor['institution']> {
  return { id: identified(resource).value, name: typeof resource.name === 'string' ? resource.name : '' }
}

/** An author of any of the forms PDSm takes. */
function author(resource: Contained, resolve: (reference: string | undefined) => Contained): DocumentAuthor {
  const nobody = { person: null, institution: null, specialty: null, role: null }
  switch (resource.resourceType) {
    case 'Patient':
      return { ...nobody, kind: 'patient', person: person(resource) }
    case 'Practitioner':
      return { ...nobody, kind: 'professional', person: person(resource) }
    case 'Organization':
      return { ...nobody, kind: 'professional', institution: institution(resource) }
    case 'Device':
      return {
        kind: 'device',
        person: resource.identifier[0] ? { id: resource.identifier[0].value, family: resource.deviceName?.[0]?.name ?? '', given: resource.modelNumber ?? '' } : null,
        institution: resource.owner ? institution(resolve(resource.owner.reference)) : null,
        specialty: resource.type ? coded(resource.type) : null,
        role: resource.note?.[0]?.text ?? null,
      }
    case 'PractitionerRole':
      return {
        kind: 'professional',
        person: resource.practitioner ? person(resolve(resource.practitioner.reference)) : null,
        institution: resource.organization ? institution(resolve(resource.organization.reference)) : null,
        specialty: resource.specialty?.[0] ? coded(resource.specialty[0]) : null,
        role: resource.code?.[0]?.text ?? null,
      }
  }
}

const genders: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'O' }

/** Metadata of a DocumentReference as XDS knows them, and its bytes checked against what it says of them. */
export function readDocument(resource: SubmittedReference, bytes: Buffer): DocumentMetadata {
  const where = 'DocumentReference'
  const resolve = resolver(resource.contained, `${where}.contained`)
  const ins = insOf(resource.subject.reference, `${where}.subject`)
  const content = resource.content[0] ?? refuse(422, 'required', 'content absent', `${where}.content`)
  const { attachment } = content
  if (attachment.size !== bytes.length) refuse(422, 'value', `taille annoncée ${attachment.size}, ${bytes.length} reçus`, `${where}.content.attachment.size`)
  if (attachment.hash !== createHash('sha1').update(bytes).digest('base64')) refuse(422, 'value', "empreinte différente de celle du document (SHA-1 en base64)", `${where}.content.attachment.hash`)
  institution(resolve(resource.custodian.reference))
  const source = resolve(resource.context.sourcePatientInfo.reference)
  if (source.resourceType !== 'Patient') refuse(422, 'value', 'sourcePatientInfo : Patient attendu', `${where}.context.sourcePatientInfo`)
  const { system, value } = identified(source)
  const legal = resolve(resource.authenticator.reference)
  const authenticator = legal.resourceType === 'PractitionerRole' ? resolve(legal.practitioner?.reference) : legal
  return {
    uniqueId: oidOf(resource.masterIdentifier.value),
    setId: null,
    versionNumber: null,
    replaces: null,
    // What the registry does not take is refused there, as over XDS.b.
    mimeType: attachment.contentType as DocumentMetadata['mimeType'],
    typeCode: coded(resource.type),
    classCode: coded(resource.category[0] ?? resource.type),
    formatCode: coded({ coding: [content.format] }),
    healthcareFacilityType: coded(resource.context.facilityType),
    practiceSetting: coded(resource.context.practiceSetting),
    confidentiality: resource.securityLabel.map(coded),
    eventCodes: resource.context.event.map(coded),
    referenceIds: resource.context.related.map(({ identifier: { type, system, value } }) => ({ value, oid: system === undefined ? null : oidOfFhirSystem(system), type: type.coding[0]?.code ?? '' })),
    ins,
    sourcePatientId: oidOf(system) === ins.oid && value === ins.value ? null : { value, oid: oidOf(system) },
    sourcePatientInfo: { birthName: nameOf(source).family, givenName: nameOf(source).given, birthDate: source.birthDate ?? '', sex: genders[source.gender ?? ''] ?? 'U' },
    creationTime: dtmOf(attachment.creation ?? resource.date),
    serviceStartTime: dtmOf(resource.context.period.start),
    serviceStopTime: resource.context.period.end === undefined ? null : dtmOf(resource.context.period.end),
    languageCode: attachment.language,
    title: attachment.title,
    authors: resource.author.map(({ reference }) => author(resolve(reference), resolve)),
    legalAuthenticator: person(authenticator),
  }
}

/** What a List says of its lot. */
export function readSet(list: SubmittedSet): UnsignedLot['set'] {
  const resolve = resolver(list.contained, 'List.contained')
  const extension = (url: string) => list.extension.find((one) => one.url === url) ?? refuse(422, 'required', `extension absente : ${url}`, 'List.extension')
  const contentType = extension(pdsm.designationType).valueCodeableConcept ?? refuse(422, 'required', 'designationType sans code', 'List.extension')
  const sourceId = extension(pdsm.sourceId).valueIdentifier ?? refuse(422, 'required', 'sourceId sans identifiant', 'List.extension')
  const [uniqueId] = list.identifier
  return {
    uniqueId: oidOf(uniqueId?.value ?? ''),
    sourceId: oidOf(sourceId.value),
    submittedAt: new Date(list.date),
    title: list.title ?? null,
    sender: author(resolve(list.source.reference), resolve),
    contentType: coded(contentType),
  }
}
