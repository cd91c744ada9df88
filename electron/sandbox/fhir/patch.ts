import { isDeepStrictEqual } from 'node:util'
import type { Operation } from 'rfc6902'
import { applyPatch } from 'rfc6902'
import { z } from 'zod'
import { oidOfFhirSystem, pdsm } from '#shared/terminology/index.ts'
import { consultationRefusal, maySee, patientRefusal } from '../access.ts'
import type { Classification, RegistryObject } from '../ebxml.ts'
import { authorIds, classified, schemes, slotValue } from '../ebxml.ts'
import type { PatientRecord } from '../patients.ts'
import type { Amendment, Entry, FullEntry } from '../registry.ts'
import type { Vihf } from '../vihf.ts'
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

/** Entry of the document a patch is about: `?identifier=urn:ietf:rfc:3986|urn:oid:<uniqueId>`, for who may reach it. */
export function patchedEntry({ registry, caller, stateOf, parameters }: SearchContext): { entry: Entry; patient: PatientRecord } {
  const uniqueId = /\|urn:oid:([\d.]+)$/.exec(parameters.get('identifier') ?? '')?.[1] ?? refuse(400, 'required', 'paramètre obligatoire : identifier=urn:ietf:rfc:3986|urn:oid:<uniqueId>')
  const entry = registry.byUniqueId(uniqueId) ?? refuse(404, 'not-found', `document inconnu : ${uniqueId}`)
  const patient = stateOf(/^[^^]+/.exec(entry.patientId)?.[0] ?? '')
  const refusal = patientRefusal(entry.patientId, stateOf) ?? (caller.mode === 'DIRECTE' ? consultationRefusal(caller, patient) : null)
  refuseErrors(refusal ? [refusal] : [])
  if (entry.isSignature || !maySee(entry, () => registry.full(entry), caller, patient)) refuse(404, 'not-found', `document inconnu : ${uniqueId}`)
  return { entry, patient }
}

/** Codes and systems of a list of labels, in no order. */
function labelsOf(labels: readonly Concept[]): Map<string, { code: string; system: string; label: string }> {
  return new Map(labels.map(({ coding: [first] }) => [`${first?.code}`, { code: first?.code ?? '', system: oidOfFhirSystem(first?.system ?? ''), label: first?.display ?? first?.code ?? '' }]))
}

const visibilities = ['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REPRESENTANTS_LEGAUX']

/** Who may do what (dmp-interface.md 1.7): masking and showing to all professionals; unmasking and archiving to the author and the médecin traitant; deleting to the author alone, a structure's documents to it. */
function judgeRights(changes: { isDeleted: boolean; isArchival: boolean; added: readonly string[]; removed: readonly string[] }, object: RegistryObject, caller: Vihf, patient: PatientRecord): void {
  const authors = authorIds(classified(object, 'author'))
  const direct = caller.mode === 'DIRECTE'
  const isAuthor = direct ? authors.persons.includes(caller.nameId) || slotValue(object, 'legalAuthenticator')?.split('^')[0] === caller.nameId : authors.institutions.includes(caller.structure)
  if (changes.isDeleted && !isAuthor) refuse(403, 'forbidden', 'Seul son auteur peut supprimer un document')
  if (!direct && (changes.isArchival || changes.added.length > 0 || changes.removed.length > 0)) refuse(403, 'forbidden', 'Un certificat de structure ne permet que de supprimer ses propres documents')
  const own = isAuthor || patient.treatingDoctor === caller.nameId
  if (changes.removed.includes('MASQUE_PS') && !own) refuse(403, 'forbidden', "Seuls l'auteur et le médecin traitant peuvent démasquer un document")
  if (changes.isArchival && !own) refuse(403, 'forbidden', "Seuls l'auteur et le médecin traitant peuvent archiver un document")
  if (changes.added.some((code) => code !== 'MASQUE_PS')) refuse(422, 'business-rule', 'Un document déposé ne peut plus être rendu invisible')
}

/** What a patch makes of a document's metadata. Throws `OutcomeRaised`. */
export function amendmentOf(current: FullEntry, patch: unknown, replaced: readonly string[], caller: Vihf, patient: PatientRecord): Amendment {
  const before = JSON.parse(JSON.stringify(documentReferenceOf(current, replaced))) as Record<string, unknown>
  const after = structuredClone(before)
  for (const error of applyPatch(after, conforming(operations, patch, 'JSON Patch') as Operation[])) {
    if (error?.name === 'TestError') throw new OutcomeRaised(409, [{ type: 'conflict', text: `le document a changé entre-temps : ${error.message}` }])
    if (error) refuse(422, 'invalid', `JSON Patch refusé : ${error.message}`)
  }
  const rest = (resource: Record<string, unknown>): [string, unknown][] => Object.entries(resource).filter(([name]) => !(name in changeable.shape))
  if (!isDeepStrictEqual(rest(before), rest(after))) refuse(405, 'not-supported', 'Seuls status, securityLabel et isArchived se modifient')
  const [was, is] = [conforming(changeable, before, 'DocumentReference'), conforming(changeable, after, 'DocumentReference')]

  const [former, labels] = [labelsOf(was.securityLabel), labelsOf(is.securityLabel)]
  const unknown = [...labels.values()].find(({ code, system }) => !(code === 'N' && system === '2.16.840.1.113883.5.25') && !(visibilities.includes(code) && system === '1.2.250.1.213.1.1.4.13'))
  if (!labels.has('N') || unknown || labels.size !== is.securityLabel.length) refuse(422, 'code-invalid', `securityLabel : N, puis ${visibilities.join(', ')}`, 'DocumentReference.securityLabel')
  if (labels.has('MASQUE_PS') && labels.has('INVISIBLE_PATIENT')) refuse(422, 'business-rule', 'MASQUE_PS et INVISIBLE_PATIENT ne vont pas ensemble sur un document', 'DocumentReference.securityLabel')
  const isDeleted = is.status !== was.status
  if (isDeleted && (is.status !== 'entered-in-error' || was.status === 'entered-in-error')) refuse(422, 'business-rule', `status : ${was.status} ne devient pas ${is.status}`, 'DocumentReference.status')
  const [wasArchived, isArchived] = [was, is].map(({ extension }) => extension[0]?.valueBoolean === true)
  const added = [...labels.keys()].filter((code) => !former.has(code))
  const removed = [...former.keys()].filter((code) => !labels.has(code))
  judgeRights({ isDeleted, isArchival: wasArchived !== isArchived, added, removed }, current.object, caller, patient)

  const scheme = `urn:uuid:${schemes.confidentiality}`
  const classifications: Classification[] = [...labels.values()].map(({ code, system, label }, index) => ({
    id: `${current.object.id}-confidentiality-${index}`,
    scheme,
    node: null,
    classified: current.object.id,
    code,
    slots: [{ name: 'codingScheme', values: [system] }],
    label: classified(current.object, 'confidentiality').find((one) => one.code === code)?.label ?? label,
  }))
  return {
    status: is.status === 'entered-in-error' ? 'deleted' : isArchived ? 'archived' : 'approved',
    object: { ...current.object, classifications: [...current.object.classifications.filter((one) => one.scheme !== scheme), ...classifications] },
  }
}

/** TD3.3a to d by conditional PATCH; gives the entry as it is then. Throws `OutcomeRaised`. */
export async function patchDocument(patch: unknown, context: SearchContext, now: Date): Promise<object> {
  const { registry, caller } = context
  const { entry, patient } = patchedEntry(context)
  const replaced = replacedOf(entry, registry)
  await registry.amend(entry, (current) => amendmentOf(current, patch, replaced, caller, patient), now)
  const amended = registry.byUuid(entry.entryUuid) ?? entry
  return documentReferenceOf(registry.full(amended), replaced)
}
