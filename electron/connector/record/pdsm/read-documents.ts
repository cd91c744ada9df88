import { z } from 'zod'
import type { RecordDocument } from '#shared/contract/index.ts'
import { classLabel, fhirSystem, identifierDomains, isFromPatient, oidOfFhirSystem, pdsm, specialityLabel, typeLabel, visibilityCodes } from '#shared/terminology/index.ts'
import type { ToldNumber } from '../named-patient.ts'
import type { Association, SubmissionSet } from '../port.ts'
import { isoOfFhir } from './fhir-times.ts'
import { entryUuidOf } from './identifiers.ts'
import { codeableConcept, fhirIdentifier, reference } from './read-resource.ts'

const humanName = z.object({ family: z.string().default(''), given: z.array(z.string()).default([]) })
/** The contained resources an author is made of, whichever they are. */
const contained = z.object({
  resourceType: z.string(),
  id: z.string().default(''),
  identifier: z.array(fhirIdentifier).default([]),
  name: z.union([z.array(humanName), z.string()]).optional(),
  practitioner: reference.optional(),
  organization: reference.optional(),
  owner: reference.optional(),
  code: z.union([z.array(codeableConcept), codeableConcept]).optional(),
  specialty: z.array(codeableConcept).optional(),
  type: z.union([z.array(codeableConcept), codeableConcept]).optional(),
  deviceName: z.array(z.object({ name: z.string() })).optional(),
  modelNumber: z.string().optional(),
  note: z.array(z.object({ text: z.string() })).optional(),
})
type Contained = z.infer<typeof contained>

/** What an entry gives of its patient: a document, a lot. */
export const ofPatient = z.object({
  subject: z.object({ reference: z.string().default(''), identifier: fhirIdentifier.optional() }).optional(),
  contained: z.array(z.object({ resourceType: z.string(), id: z.string().default(''), identifier: z.array(fhirIdentifier).default([]).catch([]) })).default([]),
})

/** The identifiers a conditional reference asks for (`Patient?identifier=urn:oid:…|…`), as PDSm4DMP writes it. */
function askedFor(reference: string): { system: string; value: string }[] {
  const tokens = new URLSearchParams(reference.replace(/^[^?]*\??/, '')).getAll('identifier').map((token) => token.split('|'))
  return tokens.map((parts) => ({ system: parts.length > 1 ? (parts[0] ?? '') : '', value: parts.at(-1) ?? '' }))
}

/**
 * The numbers an entry gives of its patient, by a conditional reference, a logical identifier, or the patient it holds. Null = by a resource of the record
 * alone (`Patient/…`), which only the record can tell: it names whoever the record was asked about.
 */
export function patientNumbers({ subject, contained }: z.infer<typeof ofPatient>): ToldNumber[] | null {
  const reference = subject?.reference ?? ''
  const held = contained.filter(({ resourceType, id }) => resourceType === 'Patient' && `#${id}` === reference).flatMap(({ identifier }) => identifier)
  const told = [...(subject?.identifier ? [subject.identifier] : []), ...held.filter(({ use }) => use !== 'old'), ...askedFor(reference)]
  if (told.length === 0 && /^[^#?]+$/.test(reference)) return null
  return told.map(({ system, value }) => ({ value: value.trim(), oid: oidOfFhirSystem(system) }))
}

/** A DocumentReference as a search gives it. */
export const documentReference = z.object({
  resourceType: z.literal('DocumentReference'),
  id: z.string().min(1),
  masterIdentifier: fhirIdentifier.optional(),
  identifier: z.array(fhirIdentifier).default([]),
  status: z.enum(['current', 'superseded', 'entered-in-error']),
  type: codeableConcept.optional(),
  category: z.array(codeableConcept).default([]),
  date: z.string().optional(),
  author: z.array(reference).default([]),
  authenticator: reference.optional(),
  contained: z.array(contained).default([]),
  relatesTo: z.array(z.object({ code: z.string(), target: reference })).default([]),
  securityLabel: z.array(codeableConcept).default([]),
  extension: z.array(z.object({ url: z.string(), valueBoolean: z.boolean().optional() })).default([]),
  content: z
    .array(
      z.object({
        attachment: z.object({
          contentType: z.string().default(''),
          url: z.string().optional(),
          size: z.number().optional(),
          hash: z.string().optional(),
          title: z.string().default(''),
          creation: z.string().optional(),
        }),
        format: z.object({ code: z.string().default('') }).optional(),
      }),
    )
    .min(1),
  context: z.object({ period: z.object({ start: z.string().optional(), end: z.string().optional() }).optional(), related: z.array(z.object({ identifier: fhirIdentifier.extend({ type: codeableConcept.optional() }).optional() })).default([]) }).optional(),
})
export type FoundDocument = z.infer<typeof documentReference>

/** A submission set as a search of lists gives it. */
export const submissionSet = z.object({
  resourceType: z.literal('List'),
  id: z.string().min(1),
  identifier: z.array(fhirIdentifier).default([]),
  date: z.string(),
  entry: z.array(z.object({ item: reference })).default([]),
})

/** Class of a lot's signature, an entry that is not a document for anybody (dmp-interface.md 2.9). */
const signatureClass = 'urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1'

const withoutUrn = (value: string): string => value.replace(/^urn:oid:/, '')
const oidAmong = (identifiers: readonly { value: string }[]): string | null => identifiers.map(({ value }) => value).find((value) => /^urn:oid:[\d.]+$/.test(value)) ?? null

function nameOf(who: Contained | undefined): string {
  if (!who || typeof who.name === 'string') return ''
  const first = who.name?.[0]
  return first ? `${first.given.join(' ')} ${first.family}`.trim() : `${who.modelNumber ?? ''} ${who.deviceName?.[0]?.name ?? ''}`.trim()
}

/** The national identifier of whom a resource stands for, by the domain it is of. */
function nationalId(who: Contained | undefined, domain: string): string | null {
  return who?.identifier.find(({ system, value }) => system === fhirSystem(domain) && value !== '')?.value ?? null
}

/** The contained resource a reference stands for. */
function resolved(one: z.infer<typeof reference> | undefined, resources: readonly Contained[]): Contained | undefined {
  return one?.reference.startsWith('#') ? resources.find(({ id }) => `#${id}` === one.reference) : undefined
}

/** An author as the panel shows it. What stands outside the resource is known by its display name alone. */
function readAuthor(author: z.infer<typeof reference>, resources: readonly Contained[]): RecordDocument['authors'][number] {
  const resolve = (one: z.infer<typeof reference> | undefined) => resolved(one, resources)
  const who = resolve(author)
  if (!who) return { name: author.display ?? '', role: null, structure: null, personId: null, structureId: null }
  const owner = who.organization ?? who.owner
  const structure = who.resourceType === 'Organization' ? who : resolve(owner)
  const specialty = who.specialty?.[0] ?? [who.type ?? []].flat()[0]
  const said = specialty?.coding[0]
  const role = [who.code ?? []].flat()[0]?.text ?? who.note?.[0]?.text ?? said?.display ?? (said?.code && specialityLabel(said.code))
  return {
    name: nameOf(who.practitioner ? (resolve(who.practitioner) ?? who) : who) || (who.practitioner?.display ?? author.display ?? ''),
    role: role || null,
    structure: (typeof structure?.name === 'string' ? structure.name : owner?.display) || null,
    personId: nationalId(resolve(who.practitioner) ?? who, identifierDomains.professional),
    structureId: nationalId(structure, identifierDomains.structure),
  }
}

/** Who answers for the document: a professional, in a situation or not. */
function authenticatorId({ authenticator, contained }: FoundDocument): string | null {
  const who = resolved(authenticator, contained)
  return nationalId(resolved(who?.practitioner, contained) ?? who, identifierDomains.professional)
}

/** SHA-1 in base64 as XDS writes it, in hexadecimal; `null` when it is no SHA-1. */
function hexOfHash(hash: string | undefined): string | null {
  const bytes = hash === undefined ? null : Buffer.from(hash, 'base64')
  return bytes?.length === 20 ? bytes.toString('hex') : null
}

/** Availability as XDS knows it: archived is an extension in PDSm, deleted an error (dmp-interface.md 5.6). */
export function availabilityOf({ status, extension }: Pick<FoundDocument, 'status' | 'extension'>): RecordDocument['status'] {
  if (status === 'entered-in-error') return 'deleted'
  if (extension.some(({ url, valueBoolean }) => url === pdsm.isArchived && valueBoolean === true)) return 'archived'
  return status === 'superseded' ? 'deprecated' : 'approved'
}

/** One document as the panel lists it; `null` when it lacks what identifies it, or is a lot's signature (`isSignature`). */
export function readDocument(found: FoundDocument, repositoryUniqueId: string): RecordDocument | null {
  const uniqueId = oidAmong([...(found.masterIdentifier ? [found.masterIdentifier] : []), ...found.identifier])
  const content = found.content[0]
  if (uniqueId === null || !content) return null
  const typeCode = found.type?.coding[0]?.code ?? ''
  const classCode = found.category[0]?.coding[0]?.code ?? ''
  const labels = found.securityLabel.flatMap(({ coding }) => coding.map(({ code }) => code))
  const logical = found.identifier.find(({ use, value }) => use === 'secondary' && value.startsWith('urn:uuid:')) ?? found.identifier.find(({ value }) => value.startsWith('urn:uuid:'))
  const { attachment } = content
  return {
    uniqueId: withoutUrn(uniqueId),
    entryUuid: entryUuidOf(found.id),
    logicalId: logical?.value ?? null,
    repositoryUniqueId,
    typeCode,
    typeLabel: found.type?.coding[0]?.display ?? typeLabel(typeCode),
    classCode,
    classLabel: found.category[0]?.coding[0]?.display ?? classLabel(classCode),
    title: attachment.title,
    mimeType: attachment.contentType,
    formatCode: content.format?.code ?? '',
    creationTime: isoOfFhir(attachment.creation) ?? isoOfFhir(found.date) ?? '',
    serviceStartTime: isoOfFhir(found.context?.period?.start),
    serviceStopTime: isoOfFhir(found.context?.period?.end),
    authors: found.author.map((author) => readAuthor(author, found.contained)),
    legalAuthenticatorId: authenticatorId(found),
    referenceIds: (found.context?.related ?? []).flatMap(({ identifier }) => (identifier && identifier.value !== '' ? { value: identifier.value, oid: oidOfFhirSystem(identifier.system) || null, type: identifier.type?.coding[0]?.code ?? '' } : [])),
    status: availabilityOf(found),
    hash: hexOfHash(attachment.hash),
    size: attachment.size !== undefined && Number.isInteger(attachment.size) ? attachment.size : null,
    maskedToProfessionals: labels.includes(visibilityCodes.masked.code),
    hiddenFromPatient: labels.includes(visibilityCodes.hiddenFromPatient.code),
    hiddenFromRepresentatives: labels.includes(visibilityCodes.hiddenFromRepresentatives.code),
    fromPatient: isFromPatient(typeCode, classCode),
  }
}

/** True for the entry that signs a lot, which is no document. */
export function isSignature(found: FoundDocument): boolean {
  return found.category.some(({ coding }) => coding.some(({ code }) => code === signatureClass))
}

/** A lot as the port gives it, its time in ISO 8601 UTC; `null` when it has no uniqueId or no date. */
export function readSubmissionSet(found: z.infer<typeof submissionSet>): SubmissionSet | null {
  const uniqueId = oidAmong(found.identifier)
  const date = isoOfFhir(found.date)
  if (uniqueId === null || date === null) return null
  return {
    uniqueId: withoutUrn(uniqueId),
    entryUuid: entryUuidOf(found.id),
    submissionTime: date,
    documents: found.entry.map(({ item }) => entryUuidOf(item.reference)),
  }
}

const relations: Readonly<Record<string, Association['type']>> = { replaces: 'replaces', transforms: 'transforms', appends: 'appends', signs: 'signs' }

/** What ties a document to others. */
export function associationsOf(found: FoundDocument): Association[] {
  return found.relatesTo.map(({ code, target }) => ({ type: relations[code] ?? 'other', source: entryUuidOf(found.id), target: entryUuidOf(target.reference) }))
}

/** What ties a lot to its documents. */
export function membersOf(set: SubmissionSet): Association[] {
  return (set.documents ?? []).map((target) => ({ type: 'has-member', source: set.entryUuid, target }))
}
