import { isDeepStrictEqual } from 'node:util'
import type { Operation } from 'rfc6902'
import { applyPatch } from 'rfc6902'
import { z } from 'zod'
import type { Practice } from '#shared/contract/index.ts'
import { oidOfFhirSystem, pdsm } from '#shared/terminology/index.ts'
import { actsForStructure, consultationRefusal, maySee, patientRefusal } from '../access.ts'
import type { Association, Classification, RegistryObject } from '../ebxml.ts'
import { associationTypes, classified, schemes, statuses } from '../ebxml.ts'
import { readPatientId } from '../ins.ts'
import { buildSet, consultation, newOid } from '../lot-building.ts'
import { registerUpdate } from '../metadata-update.ts'
import { ErrorsRaised } from '../refusal.ts'
import type { Entry, FullEntry, MetadataUpdate, StatusChange } from '../registry.ts'
import { statusOf } from '../registry.ts'
import { senderOf } from './caller.ts'
import { documentReferenceOf } from './from-rim.ts'
import { conforming, OutcomeRaised, refuse, refuseErrors } from './outcome.ts'
import type { Concept } from './resources.ts'
import { concept } from './resources.ts'
import type { SearchContext } from './search.ts'
import { replacedOf } from './search.ts'

const operations = z.array(z.discriminatedUnion('op', [z.object({ op: z.enum(['add', 'replace', 'test']), path: z.string(), value: z.unknown() }), z.object({ op: z.literal('remove'), path: z.string() })])).min(1)

/** What a patch may change, and nothing else (dmp-interface.md 5.6). */
const changeable = z.object({
  status: z.enum(['current', 'superseded', 'entered-in-error']),
  securityLabel: z.array(concept).min(1),
  extension: z.array(z.strictObject({ url: z.literal(pdsm.isArchived), valueBoolean: z.boolean() })).max(1).default([]),
})
type Changeable = z.infer<typeof changeable>

/** Entry of the document a patch is about: `?identifier=urn:ietf:rfc:3986|urn:oid:<uniqueId>`, for who may reach it. */
function patchedEntry({ registry, caller, stateOf, parameters }: SearchContext): Entry {
  const uniqueId = /\|urn:oid:([\d.]+)$/.exec(parameters.get('identifier') ?? '')?.[1] ?? refuse(400, 'required', 'paramètre obligatoire : identifier=urn:ietf:rfc:3986|urn:oid:<uniqueId>')
  const entry = registry.byUniqueId(uniqueId) ?? refuse(404, 'not-found', `document inconnu : ${uniqueId}`)
  const patient = stateOf(readPatientId(entry.patientId)?.value ?? '')
  const refusal = patientRefusal(entry.patientId, stateOf) ?? (actsForStructure(caller) ? null : consultationRefusal(caller, patient))
  refuseErrors(refusal ? [refusal] : [])
  return !entry.isSignature && maySee(entry, () => registry.full(entry), caller, patient) ? entry : refuse(404, 'not-found', `document inconnu : ${uniqueId}`)
}

/** What may change of a document, before a patch and after it. Throws `OutcomeRaised`. */
function patched(current: FullEntry, replaced: readonly string[], patch: unknown): [was: Changeable, is: Changeable] {
  const before = JSON.parse(JSON.stringify(documentReferenceOf(current, replaced))) as Record<string, unknown>
  const after = structuredClone(before)
  for (const error of applyPatch(after, conforming(operations, patch, 'JSON Patch') as Operation[])) {
    if (error?.name === 'TestError') throw new OutcomeRaised(409, [{ type: 'conflict', text: `le document a changé entre-temps : ${error.message}` }])
    if (error) refuse(422, 'invalid', `JSON Patch refusé : ${error.message}`)
  }
  const rest = (resource: Record<string, unknown>): [string, unknown][] => Object.entries(resource).filter(([name]) => !(name in changeable.shape))
  if (!isDeepStrictEqual(rest(before), rest(after))) refuse(405, 'not-supported', 'Seuls status, securityLabel et isArchived se modifient')
  return [conforming(changeable, before, 'DocumentReference'), conforming(changeable, after, 'DocumentReference')]
}

const codesOf = (labels: readonly Concept[]): string => labels.map(({ coding: [first] }) => `${first?.system}|${first?.code}`).toSorted().join(' ')

/** The object with other confidentiality codes, as a next version of it. */
function relabelled(object: RegistryObject, logicalId: string, labels: readonly Concept[]): RegistryObject {
  const scheme = `urn:uuid:${schemes.confidentiality}`
  const former = classified(object, 'confidentiality')
  const classifications: Classification[] = labels.map(({ coding: [first] }, index) => {
    const code = first?.code ?? ''
    const label = former.find((one) => one.code === code)?.label ?? first?.display ?? code
    return { id: `${object.id}-confidentiality-${index}`, scheme, node: null, classified: object.id, code, slots: [{ name: 'codingScheme', values: [oidOfFhirSystem(first?.system ?? '')] }], label }
  })
  return { ...object, logicalId, classifications: [...object.classifications.filter((one) => one.scheme !== scheme), ...classifications] }
}

/** Availability a patch asks for; `null` when it asks for none. */
function wantedStatus(was: Changeable, is: Changeable): StatusChange['status'] | null {
  const [wasArchived, isArchived] = [was, is].map(({ extension }) => extension[0]?.valueBoolean === true)
  if (is.status !== was.status) return is.status === 'entered-in-error' ? 'deleted' : refuse(422, 'business-rule', `status : ${was.status} ne devient pas ${is.status}`, 'DocumentReference.status')
  return wasArchived === isArchived ? null : isArchived ? 'archived' : 'approved'
}

/** TD3.3a to d by conditional PATCH: the change of metadata ITI-57 would have brought, under its rules. Gives the document as it is then. Throws `OutcomeRaised`. */
export async function patchDocument(patch: unknown, context: SearchContext & { readonly practice: Practice }, now: Date): Promise<object> {
  const { registry, caller, practice, stateOf } = context
  const entry = patchedEntry(context)
  const current = registry.full(entry)
  const [was, is] = patched(current, replacedOf(entry, registry), patch)
  const to = wantedStatus(was, is)
  const hasLabels = codesOf(was.securityLabel) !== codesOf(is.securityLabel)
  if (hasLabels && to !== null) refuse(422, 'business-rule', 'Un PATCH change la visibilité ou le statut, pas les deux')

  const vihf = { ...caller, patientId: entry.patientId }
  const set = buildSet({ uniqueId: newOid(), sourceId: '1.2.250.1.213.4.1.1.1', submittedAt: now, title: null, sender: senderOf(caller, practice), contentType: consultation }, readPatientId(entry.patientId) ?? { value: '', oid: '' })
  const from = statuses[statusOf(entry)]
  const slots = (of: Record<string, string>): Association['slots'] => Object.entries(of).map(([name, value]) => ({ name, values: [value] }))
  const update: MetadataUpdate = {
    set,
    versions: hasLabels ? [{ logicalId: entry.logicalId, from: String(entry.version), object: relabelled(current.object, entry.logicalId, is.securityLabel) }] : [],
    statusChanges: to === null ? [] : [{ entryUuid: entry.entryUuid, from, to }],
    associations: [
      ...(hasLabels ? [{ id: 'a1', type: associationTypes.hasMember, source: set.id, target: current.object.id, slots: slots({ SubmissionSetStatus: 'Original', PreviousVersion: String(entry.version) }) }] : []),
      ...(to === null ? [] : [{ id: 'a2', type: associationTypes.updateAvailabilityStatus, source: set.id, target: entry.entryUuid, slots: slots({ OriginalStatus: from, NewStatus: statuses[to] }) }]),
    ],
  }
  if (hasLabels || to !== null) {
    try {
      await registerUpdate(update, { registry, vihf, stateOf }, now)
    } catch (error) {
      if (error instanceof ErrorsRaised) refuseErrors(error.errors)
      throw error
    }
  }
  const last = registry.byUniqueId(entry.uniqueId) ?? entry
  return documentReferenceOf(registry.full(last), replacedOf(last, registry))
}
