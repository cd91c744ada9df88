import type { Markup } from '#shared/text/xml.ts'
import { actsForStructure, isAuthor, maySee, patientRefusal } from './access.ts'
import { senderErrors } from './deposit-rules.ts'
import type { Association, RegistryObject } from './ebxml.ts'
import { associationTypes, classified, coded, identifier, namespaces, readAssociation, readRegistryObject, slotValue, statuses } from './ebxml.ts'
import { writeRegistryResponse } from './ebxml-writing.ts'
import { readPatientId } from './ins.ts'
import { entryErrors, setErrors } from './metadata-rules.ts'
import { ErrorsRaised, FaultRaised } from './refusal.ts'
import type { RegistryError } from './refusal.ts'
import { staleVersion, statusOf } from './registry.ts'
import type { Entry, FullEntry, MetadataUpdate, StatusChange } from './registry.ts'
import { rimFormErrors } from './rim-form.ts'
import type { QueryContext } from './stored-query.ts'
import { readSet } from './submission.ts'
import type { Vihf } from './vihf.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf } from './xml-reading.ts'

function stopOn(errors: readonly (RegistryError | null)[]): void {
  const found = errors.filter((error) => error !== null)
  if (found.length > 0) throw new ErrorsRaised(found)
}

const refused = (context: string, location?: string): RegistryError => ({ code: 'XDSMetadataUpdateError', context, location })
const denied = (context: string, location?: string): RegistryError => ({ code: 'DMPAccessDenied', context, location })

const newStatuses: Readonly<Record<string, StatusChange['status']>> = { [statuses.approved]: 'approved', [statuses.archived]: 'archived', [statuses.deleted]: 'deleted' }

/** Reads the lot of an ITI-57 request: a set, new versions tied by HasMember and PreviousVersion, changes of availability. Throws `ErrorsRaised`. */
function readUpdate(list: XmlTree): MetadataUpdate {
  stopOn(rimFormErrors(list))
  const set = readSet(list)
  const associations = childrenOf(list, 'Association', namespaces.rim).map(readAssociation)
  const objects = childrenOf(list, 'ExtrinsicObject', namespaces.rim).map(readRegistryObject)
  const used = new Set<Association>()
  const versions = objects.map((object) => {
    const member = associations.filter((one) => one.type === associationTypes.hasMember && one.source === set.id && one.target === object.id)
    const from = member[0] && slotValue(member[0], 'PreviousVersion')
    if (member.length !== 1 || !member[0] || !from) throw new ErrorsRaised([refused(`association HasMember avec PreviousVersion absente ou multiple pour ${object.id}`, object.id)])
    if (object.logicalId === undefined || object.logicalId === object.id || object.id.startsWith('urn:uuid:')) throw new ErrorsRaised([refused('lid et identifiant symbolique attendus', object.id)])
    used.add(member[0])
    return { logicalId: object.logicalId, from, object }
  })
  const statusChanges = associations
    .filter((one) => one.type === associationTypes.updateAvailabilityStatus)
    .map((one) => {
      const to = newStatuses[slotValue(one, 'NewStatus') ?? '']
      const from = slotValue(one, 'OriginalStatus')
      if (one.source !== set.id || !from || !to) throw new ErrorsRaised([refused('UpdateAvailabilityStatus : du lot, avec OriginalStatus et NewStatus', one.id)])
      used.add(one)
      return { entryUuid: one.target, from, to }
    })
  const other = associations.find((one) => !used.has(one))
  if (other) throw new ErrorsRaised([{ code: 'XDSMetadataUpdateOperationError', context: `association refusée : ${other.type}`, location: other.id }])
  if (versions.length + statusChanges.length === 0) throw new ErrorsRaised([{ code: 'XDSMetadataUpdateOperationError', context: 'aucune modification demandée' }])
  return { set, versions, statusChanges, associations }
}

/** Everything of an entry but its identifiers in the message and its confidentiality. */
function unchangeable(object: RegistryObject): string {
  const computed = ['hash', 'size', 'repositoryUniqueId']
  const slots = (of: RegistryObject['slots']): string[] => of.filter(({ name }) => !computed.includes(name)).map(({ name, values }) => JSON.stringify([name, values])).toSorted()
  const codes = object.classifications.filter((one) => !classified(object, 'confidentiality').includes(one)).map(({ scheme, code, label, slots: own }) => JSON.stringify([scheme, code, label, slots(own)]))
  const identifiers = object.identifiers.map(({ scheme, value }) => `${scheme} ${value}`).toSorted()
  return JSON.stringify([object.mimeType, object.objectType, object.title, object.comments, slots(object.slots), codes.toSorted(), identifiers])
}

function visibilityOf(object: RegistryObject): Set<string> {
  return new Set(classified(object, 'confidentiality').map(({ code }) => code))
}

const isPatients = (object: RegistryObject): boolean => coded(object, 'classCode')?.code === '90' || (coded(object, 'typeCode')?.code ?? '').startsWith('DOCPAT')

const meansOf = ({ byStaff }: Vihf): string => (byStaff ? 'une carte CPE' : 'un certificat de structure')

/** Who may give a document another confidentiality (section 1.7, TD3.3a and b): any professional masks and shows, the author and the médecin traitant unmask. */
function visibilityRefusal(known: FullEntry, object: RegistryObject, vihf: Vihf, isTreatingDoctor: boolean): RegistryError | null {
  if (actsForStructure(vihf)) return denied(`${meansOf(vihf)} ne permet pas de modifier la visibilité d'un document`, object.id)
  if (vihf.entry !== 'normal') return denied("la visibilité d'un document ne se change qu'en accès normal", object.id)
  const before = visibilityOf(known.object)
  const after = visibilityOf(object)
  for (const code of ['INVISIBLE_PATIENT', 'INVISIBLE_REPRESENTANTS_LEGAUX']) {
    if (!before.has(code) && after.has(code)) return refused(`${code} ne s'ajoute pas à un document déposé`, object.id)
  }
  const unmasks = before.has('MASQUE_PS') && !after.has('MASQUE_PS')
  return unmasks && !isTreatingDoctor && !isAuthor(known.object, vihf) ? denied("seuls l'auteur et le médecin traitant démasquent un document", object.id) : null
}

/** Who may archive and delete (section 1.7, TD3.3c and d): the author; the médecin traitant archives all, and alone acts on the patient's documents; a structure, or a CPE of it, deletes its own. */
function availabilityRefusal(known: FullEntry, to: StatusChange['status'], vihf: Vihf, isTreatingDoctor: boolean): RegistryError | null {
  if (actsForStructure(vihf)) {
    if (to !== 'deleted') return denied(`${meansOf(vihf)} ne permet pas d'archiver un document`, known.entryUuid)
    return isAuthor(known.object, vihf) ? null : denied("ce document n'est pas de la structure", known.entryUuid)
  }
  if (isPatients(known.object)) return isTreatingDoctor ? null : denied('seul le médecin traitant agit sur un document déposé par le patient', known.entryUuid)
  if (isAuthor(known.object, vihf) || (isTreatingDoctor && to !== 'deleted')) return null
  return denied("le professionnel n'est pas l'auteur de ce document", known.entryUuid)
}

/** Availability that may become another (section 2.4): what is active or archived is archived, brought back or deleted. */
function isPossible(from: string, to: StatusChange['status']): boolean {
  return (from === statuses.approved && to !== 'approved') || (from === statuses.archived && to !== 'archived')
}

/** TD3.3a to d (ITI-57). Throws `ErrorsRaised` or `FaultRaised`. */
export async function answerUpdate(payload: XmlTree, context: QueryContext, now: Date): Promise<Markup> {
  if (payload.name !== 'SubmitObjectsRequest' || payload.namespace !== namespaces.lcm) throw new FaultRaised('DMPInvalidRequest', 'TD3.3 : SubmitObjectsRequest attendu')
  const list = at(payload, 'RegistryObjectList')
  if (!list) throw new ErrorsRaised([{ code: 'XDSRegistryMetadataError', context: 'SubmitObjectsRequest sans RegistryObjectList' }])
  await registerUpdate(readUpdate(list), context, now)
  return writeRegistryResponse([])
}

/** Judges a change of metadata, whatever the tongue it came in, then registers it. Throws `ErrorsRaised`. */
export async function registerUpdate(update: MetadataUpdate, { registry, vihf, stateOf }: QueryContext, now: Date): Promise<void> {
  stopOn(setErrors(update.set))
  if (identifier(update.set, 'setPatientId') !== vihf.patientId) stopOn([{ code: 'XDSPatientIdDoesNotMatch', context: 'patientId du lot différent de celui du VIHF', location: update.set.id }])
  stopOn([patientRefusal(vihf.patientId, stateOf)])
  stopOn(senderErrors(update.set, vihf))
  const patient = stateOf(readPatientId(vihf.patientId ?? '')?.value ?? '')
  const isTreatingDoctor = patient.treatingDoctor === vihf.nameId
  for (const { logicalId, from, object } of update.versions) {
    const known = entryIn(registry.byLogicalId(logicalId), logicalId)
    // Before its content: what was made from a former version differs from the last for that reason alone.
    stopOn([staleVersion(known.entry, from)])
    stopOn(entryErrors(object))
    if (identifier(object, 'patientId') !== known.entry.patientId) stopOn([{ code: 'XDSPatientIDReconciliationError', context: 'le patient d’un document ne se modifie pas', location: object.id }])
    if (unchangeable(object) !== unchangeable(known.full.object)) stopOn([refused('seule la confidentialité se modifie', object.id)])
    stopOn([visibilityRefusal(known.full, object, vihf, isTreatingDoctor)])
    if (!['approved', 'archived'].includes(statusOf(known.entry))) stopOn([refused(`document ${statusOf(known.entry)}`, object.id)])
  }
  for (const { entryUuid, from, to } of update.statusChanges) {
    const known = entryIn(registry.byUuid(entryUuid), entryUuid)
    if (!isPossible(from, to)) stopOn([refused(`de ${from} à ${statuses[to]}`, entryUuid)])
    stopOn([availabilityRefusal(known.full, to, vihf, isTreatingDoctor)])
  }
  stopOn(await registry.update(update, now))

  /** An entry this caller may know of. */
  function entryIn(entry: Entry | undefined, name: string): { entry: Entry; full: FullEntry } {
    const visible = entry && !entry.isSignature && entry.patientId === vihf.patientId && maySee(entry, () => registry.full(entry), vihf, patient)
    if (!entry || !visible) throw new ErrorsRaised([refused(`document inconnu : ${name}`, name)])
    return { entry, full: registry.full(entry) }
  }
}
