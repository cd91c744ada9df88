import { createHash, randomUUID } from 'node:crypto'
import type { Coded, Practice } from '#shared/contract/index.ts'
import { classOf, facilityType, formatCodeOf, practiceSetting } from '#shared/terminology/index.ts'
import { patientRefusal } from '../access.ts'
import { readCda } from '../cda-facts.ts'
import { associationErrors, authorErrors, patientErrors, unsignedContentErrors } from '../deposit-rules.ts'
import { readPatientId } from '../ins.ts'
import type { UnsignedLot } from '../lot-building.ts'
import { buildUnsignedLot, consultation, newOid } from '../lot-building.ts'
import { metadataErrors } from '../metadata-rules.ts'
import type { PatientRecord } from '../patients.ts'
import type { Entry, Registry } from '../registry.ts'
import type { Vihf } from '../vihf.ts'
import { withXml, XmlRefused } from '../xml-reading.ts'
import { senderOf } from './caller.ts'
import { conforming, refuse, refuseErrors } from './outcome.ts'
import { insOf, readDocument, readSet } from './reading.ts'
import type { Concept, SimplifiedReference, SubmittedReference } from './resources.ts'
import { binary, documentReference, provideBundle, simplifiedPublish, submissionSet, supersedePatch } from './resources.ts'

/** What a deposit is judged against. */
export interface DepositContext {
  readonly registry: Registry
  readonly practice: Practice
  readonly caller: Vihf
  readonly stateOf: (ins: string) => PatientRecord
  readonly now: Date
}

/** Judges a lot by the very rules of TD2.1, but for the signature FHIR has none of, then registers it. */
async function register(lot: UnsignedLot, ins: { value: string; oid: string }, { registry, caller, stateOf, now }: DepositContext): Promise<void> {
  const submission = buildUnsignedLot(lot)
  const vihf = { ...caller, patientId: `${ins.value}^^^&${ins.oid}&ISO^NH` }
  refuseErrors(metadataErrors(submission))
  refuseErrors(patientErrors(submission, vihf))
  const refusal = patientRefusal(vihf.patientId, stateOf)
  refuseErrors(refusal ? [refusal] : [])
  if (stateOf(readPatientId(vihf.patientId)?.value ?? '').state === 'opposed') refuseErrors([{ code: 'DMPPatientOpposition', context: "Le patient s'oppose à l'alimentation de son DMP" }])
  refuseErrors(authorErrors(submission, vihf))
  refuseErrors(associationErrors(submission))
  refuseErrors(unsignedContentErrors(submission, vihf))
  refuseErrors(await registry.register(submission, now))
}

/** The entry a document has just been given, where the registry shows it yet. */
export function lastEntry(registry: Registry, uniqueId: string): Entry | undefined {
  return registry.repeatsOf(uniqueId).at(-1) ?? registry.byUniqueId(uniqueId)
}

/** One answer of a transaction-response. */
interface EntryAnswer {
  readonly status: string
  readonly location?: string
}

/** ITI-65 (TD2.1): a transaction, all or nothing. Gives an answer for each entry in its order. Throws `OutcomeRaised`. */
export async function provideDocuments(resource: unknown, context: DepositContext): Promise<object> {
  const { entry } = conforming(provideBundle, resource, 'pdsm-comprehensive-provide-document-bundle')
  const posted = (type: string) => entry.filter(({ request, resource }) => request.method === 'POST' && request.url === type && resource.resourceType === type)
  const patches = entry.filter(({ request }) => request.method === 'PATCH')
  const [lists, references, binaries] = [posted('List'), posted('DocumentReference'), posted('Binary')]
  if (lists.length + references.length + binaries.length + patches.length !== entry.length) refuse(422, 'structure', 'entrée inattendue : List, DocumentReference, Binary en POST, DocumentReference en PATCH', 'Bundle.entry')
  if (lists.length !== 1 || references.length === 0) refuse(422, 'structure', 'un lot de soumission et au moins un document attendus', 'Bundle.entry')
  if (new Set(entry.map(({ fullUrl }) => fullUrl)).size !== entry.length) refuse(422, 'structure', 'fullUrl répété', 'Bundle.entry.fullUrl')

  const list = conforming(submissionSet, lists[0]?.resource, 'pdsm-submissionset-comprehensive')
  const items = list.entry.map(({ item }) => item.reference).toSorted()
  if (items.join(' ') !== references.map(({ fullUrl }) => fullUrl).toSorted().join(' ')) refuse(422, 'invariant', 'le lot ne nomme pas chaque document une fois', 'List.entry')
  const used = new Set<string>()
  const ownerOf = new Map<string, string>()
  const documents = references.map(({ fullUrl, resource }) => {
    const reference = conforming(documentReference, resource, 'pdsm-comprehensive-document-reference')
    const url = reference.content[0]?.attachment.url ?? ''
    const found = binaries.find(({ fullUrl }) => fullUrl === url)
    if (!found || used.has(url)) refuse(422, 'not-found', `Binary absent ou déjà pris : ${url}`, 'DocumentReference.content.attachment.url')
    used.add(url)
    const { contentType, data } = conforming(binary, found?.resource, 'Binary')
    if (contentType !== reference.content[0]?.attachment.contentType) refuse(422, 'value', 'contentType du Binary différent de celui de la fiche', 'Binary.contentType')
    const bytes = Buffer.from(data, 'base64')
    const target = reference.relatesTo[0]?.target.reference
    if (target !== undefined && !/^DocumentReference\/[\w.-]+$/.test(target)) refuse(422, 'value', 'relatesTo.target : DocumentReference/<id> attendu', 'DocumentReference.relatesTo')
    const metadata = readDocument(reference, bytes)
    for (const place of [fullUrl, url]) ownerOf.set(place, metadata.uniqueId)
    return { metadata, bytes, replacedUuid: target === undefined ? null : `urn:uuid:${target.split('/')[1]}` }
  })
  if (used.size !== binaries.length) refuse(422, 'structure', 'Binary sans document', 'Bundle.entry')
  const superseded = patches.map(({ request, resource }) => {
    conforming(supersedePatch, resource, 'Parameters (FHIRPath Patch)')
    return request.url
  })
  const replaced = documents.flatMap(({ replacedUuid }) => replacedUuid?.replace('urn:uuid:', 'DocumentReference/') ?? [])
  if (superseded.toSorted().join(' ') !== replaced.toSorted().join(' ')) refuse(422, 'invariant', 'chaque document remplacé reçoit un PATCH de son statut, et lui seul', 'Bundle.entry')

  const ins = insOf(list.subject.reference, 'List.subject')
  await register({ set: readSet(list), documents }, ins, context)

  const created = (type: string, fullUrl: string): EntryAnswer => {
    const uniqueId = ownerOf.get(fullUrl) ?? documents[0]?.metadata.uniqueId ?? ''
    const shown = lastEntry(context.registry, uniqueId)
    const id = type === 'Binary' ? uniqueId : type === 'List' ? shown?.lot.setUuid : shown?.entryUuid
    return { status: '201 Created', ...(shown && id !== undefined && { location: `${type}/${id.replace('urn:uuid:', '')}` }) }
  }
  return {
    resourceType: 'Bundle',
    type: 'transaction-response',
    entry: entry.map(({ fullUrl, request, resource: { resourceType } }) => ({ response: request.method === 'PATCH' ? { status: '200 OK', location: request.url } : created(resourceType, fullUrl) })),
  }
}

/** Format of a document by its own body, when the publication does not say it. */
function formatOf(bytes: Buffer): Coded | undefined {
  try {
    const facts = withXml(bytes, (document) => readCda(document))
    return facts ? formatCodeOf([], facts.bodyMediaType) : undefined
  } catch (error) {
    if (error instanceof XmlRefused) return undefined
    throw error
  }
}

const conceptOf = ({ code, system, label }: Coded): Concept => ({ coding: [{ system: `urn:oid:${system}`, code, display: label }] })

/** A simplified publication with what it leaves out, taken from the document and from the caller's structure. */
function completed(given: SimplifiedReference, bytes: Buffer, { caller, practice }: DepositContext): SubmittedReference {
  const { attachment, format } = given.content[0] ?? refuse(422, 'required', 'content absent', 'DocumentReference.content')
  const { value, oid } = insOf(given.subject.reference, 'DocumentReference.subject')
  const patient = { resourceType: 'Patient' as const, id: 'published-patient', identifier: [{ system: `urn:oid:${oid}`, value }] }
  const structure = practice.structures.find((one) => one.id === caller.structure)
  const known = classOf(given.type.coding[0]?.code ?? '')
  const own = format ? null : formatOf(bytes)
  return {
    ...given,
    contained: [...given.contained, patient],
    category: given.category.length > 0 ? given.category : known ? [conceptOf(known)] : [],
    authenticator: given.authenticator ?? given.author[0] ?? refuse(422, 'required', 'author absent', 'DocumentReference.author'),
    relatesTo: [],
    securityLabel: given.securityLabel.length > 0 ? given.securityLabel : [conceptOf({ code: 'N', system: '2.16.840.1.113883.5.25', label: 'Normal' })],
    content: [
      {
        attachment: {
          ...attachment,
          language: attachment.language ?? 'fr-FR',
          url: `urn:uuid:${randomUUID()}`,
          size: attachment.size ?? bytes.length,
          hash: attachment.hash ?? createHash('sha1').update(bytes).digest('base64'),
        },
        format: format ?? (own ? conceptOf(own).coding[0] : undefined) ?? refuse(422, 'required', 'format absent, et le document ne le dit pas', 'DocumentReference.content.format'),
      },
    ],
    context: {
      event: given.context.event,
      related: given.context.related,
      period: { start: given.context.period?.start ?? given.date, end: given.context.period?.end },
      facilityType: given.context.facilityType ?? conceptOf(facilityType(structure?.sector ?? '')),
      practiceSetting: given.context.practiceSetting ?? conceptOf(practiceSetting(structure?.practiceSetting ?? '')),
      sourcePatientInfo: given.context.sourcePatientInfo ?? { reference: `#${patient.id}` },
    },
  }
}

/** ITI-105 (TD2.1): one document inside its DocumentReference; gives its entry where the registry shows it yet. Throws `OutcomeRaised`. */
export async function publishDocument(resource: unknown, context: DepositContext): Promise<Entry | undefined> {
  const given = conforming(simplifiedPublish, resource, 'pdsm-simplified-publish')
  const bytes = Buffer.from(given.content[0]?.attachment.data ?? '', 'base64')
  const metadata = readDocument(completed(given, bytes, context), bytes)
  const { caller, practice, now } = context
  const set = { uniqueId: newOid(), sourceId: '1.2.250.1.213.4.1.1.1', submittedAt: now, title: metadata.title, sender: senderOf(caller, practice), contentType: consultation }
  await register({ set, documents: [{ metadata, bytes, replacedUuid: null }] }, metadata.ins, context)
  return lastEntry(context.registry, metadata.uniqueId)
}
