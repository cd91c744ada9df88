import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type Coded, type Result } from '#shared/contract/index.ts'
import { associationTypes, availabilityStatuses, documentEntryUuids, visibilityCodes } from '#shared/terminology/index.ts'
import { xml, type Markup } from '#shared/text/xml.ts'
import type { MetadataChange } from '../port.ts'
import { association, idSequence, localized, slot, submissionSet, type SubmissionSetFacts } from './ebxml-elements.ts'
import { ns } from './namespaces.ts'
import { attribute, element, elements } from './parse-xml.ts'

type Slots = readonly (readonly [name: string, values: readonly string[]])[]

/** A document entry as the registry gives it, whole, to be sent back with one thing changed. */
export interface CurrentEntry {
  readonly entryUuid: string
  readonly logicalId: string
  readonly version: number
  /** URN. */
  readonly status: string
  readonly mimeType: string
  readonly slots: Slots
  readonly title: string
  readonly comments: string | null
  readonly classifications: readonly { readonly scheme: string; readonly node: string; readonly slots: Slots; readonly name: string | null }[]
  readonly identifiers: readonly { readonly scheme: string; readonly value: string; readonly name: string }[]
}

function slotsOf(object: XmlElement): Slots {
  return elements(object, './rim:Slot', ns).map((each) => [attribute(each, 'name') ?? '', elements(each, './rim:ValueList/rim:Value', ns).map((value) => value.content)] as const)
}

function words(object: XmlElement, name: 'Name' | 'Description'): string | null {
  return attribute(element(object, `./rim:${name}/rim:LocalizedString`, ns), 'value')
}

/** `null` when it lacks what a change refers to: entryUUID, lid, version, status. */
function readEntry(object: XmlElement): CurrentEntry | null {
  const [entryUuid, logicalId, status] = [attribute(object, 'id'), attribute(object, 'lid'), attribute(object, 'status')]
  const version = Number(attribute(element(object, './rim:VersionInfo', ns), 'versionName') ?? Number.NaN)
  if (!entryUuid || !logicalId || !status || !Number.isInteger(version)) return null
  return {
    entryUuid,
    logicalId,
    version,
    status,
    mimeType: attribute(object, 'mimeType') ?? '',
    slots: slotsOf(object),
    title: words(object, 'Name') ?? '',
    comments: words(object, 'Description'),
    classifications: elements(object, './rim:Classification', ns).map((each) => ({
      scheme: attribute(each, 'classificationScheme') ?? '',
      node: attribute(each, 'nodeRepresentation') ?? '',
      slots: slotsOf(each),
      name: words(each, 'Name'),
    })),
    identifiers: elements(object, './rim:ExternalIdentifier', ns).map((each) => ({ scheme: attribute(each, 'identificationScheme') ?? '', value: attribute(each, 'value') ?? '', name: words(each, 'Name') ?? '' })),
  }
}

function identifierOf(entry: CurrentEntry, scheme: string): string | undefined {
  return entry.identifiers.find((one) => one.scheme === scheme)?.value
}

/**
 * The entries of one document in an AdhocQueryResponse, each in its last version: more than one only when it was registered twice; and how many of others it holds.
 * Read after `queryResponse`, which lets no other patient through, nor an entry of nobody.
 */
export function readCurrentEntries(response: XmlElement, uniqueId: string): Result<{ entries: CurrentEntry[]; others: number }> {
  let others = 0
  const last = new Map<string, CurrentEntry>()
  for (const object of elements(response, './rim:RegistryObjectList/rim:ExtrinsicObject', ns)) {
    const entry = readEntry(object)
    if (!entry) return failure('record-answer-invalid', { detail: 'an entry without id, lid, version or status' })
    if (identifierOf(entry, documentEntryUuids.uniqueId) !== uniqueId) others += 1
    else if ((last.get(entry.logicalId)?.version ?? -1) < entry.version) last.set(entry.logicalId, entry)
  }
  return success({ entries: [...last.values()], others })
}

/** What is asked of the registry about one entry: another confidentiality, or another availability. */
export type EntryChange =
  | { readonly kind: 'confidentiality'; readonly entry: CurrentEntry; readonly add: Coded | null; readonly remove: string | null }
  | { readonly kind: 'availability'; readonly entry: CurrentEntry; readonly to: string }

function isConfidential(entry: CurrentEntry, code: string): boolean {
  return entry.classifications.some(({ scheme, node }) => scheme === documentEntryUuids.confidentialityCode && node === code)
}

/** What a change asks of one entry; `null` when it already is so. Failures: `record-request-refused` for an archive reopened that is none. */
function changeOf(entry: CurrentEntry, change: MetadataChange): Result<EntryChange | null> {
  const { approved, archived, deleted } = availabilityStatuses
  const without = (code: string): Result<EntryChange | null> => success(isConfidential(entry, code) ? { kind: 'confidentiality', entry, add: null, remove: code } : null)
  const becomes = (to: string): Result<EntryChange | null> => success(entry.status === to ? null : { kind: 'availability', entry, to })
  switch (change.kind) {
    case 'mask':
      if (!change.masked) return without(visibilityCodes.masked.code)
      return success(isConfidential(entry, visibilityCodes.masked.code) ? null : { kind: 'confidentiality', entry, add: visibilityCodes.masked, remove: null })
    case 'show-to-patient':
      return without(visibilityCodes.hiddenFromPatient.code)
    case 'show-to-representatives':
      return without(visibilityCodes.hiddenFromRepresentatives.code)
    case 'delete':
      return becomes(deleted)
    case 'archive':
      if (change.archived) return becomes(archived)
      if (entry.status !== archived && entry.status !== approved) return failure('record-request-refused', { detail: 'not an archived document' })
      return becomes(approved)
  }
}

/** What a change asks of a document's entries; none left when all are already so. */
export function changesOf(entries: readonly CurrentEntry[], change: MetadataChange): Result<EntryChange[]> {
  const changes: EntryChange[] = []
  for (const entry of entries) {
    const one = changeOf(entry, change)
    if (!one.ok) return one
    if (one.value) changes.push(one.value)
  }
  return success(changes)
}

function slots(of: Slots): Markup[] {
  return of.map(([name, values]) => slot(name, values))
}

/** The whole entry again under a symbolic id, its confidentiality changed; every id inside is new in the message. */
function newVersion(id: string, { entry, add, remove }: Extract<EntryChange, { kind: 'confidentiality' }>, nextId: () => string): Markup {
  const scheme = documentEntryUuids.confidentialityCode
  const kept = entry.classifications.filter((one) => one.scheme !== scheme || one.node !== remove)
  const added = add ? [{ scheme, node: add.code, slots: [['codingScheme', [add.system]]] as Slots, name: add.label }] : []
  return xml`<rim:ExtrinsicObject id="${id}" lid="${entry.logicalId}" mimeType="${entry.mimeType}" objectType="${documentEntryUuids.objectType}" status="${entry.status}">${[
    slots(entry.slots),
    localized('Name', entry.title),
    entry.comments !== null && localized('Description', entry.comments),
    xml`<rim:VersionInfo versionName="${entry.version}"/>`,
    [...kept, ...added].map((one) => xml`<rim:Classification id="${nextId()}" classifiedObject="${id}" classificationScheme="${one.scheme}" nodeRepresentation="${one.node}">${slots(one.slots)}${one.name !== null && localized('Name', one.name)}</rim:Classification>`),
    entry.identifiers.map((one) => xml`<rim:ExternalIdentifier id="${nextId()}" registryObject="${id}" identificationScheme="${one.scheme}" value="${one.value}">${localized('Name', one.name)}</rim:ExternalIdentifier>`),
  ]}</rim:ExtrinsicObject>`
}

/**
 * The body of TD3.3a to d (ITI-57 SubmitObjectsRequest, dmp-interface.md 2.4): a submission set, then for a confidentiality the new version
 * of the entry (same lid) tied by `HasMember` with `PreviousVersion`, for an availability one `UpdateAvailabilityStatus`.
 */
export function writeMetadataUpdate(set: Omit<SubmissionSetFacts, 'id' | 'title'>, changes: readonly EntryChange[]): Markup {
  const nextId = idSequence('id')
  const id = 'SubmissionSet01'
  const facts = { ...set, id, title: changes[0]?.entry.title ?? '' }
  const body = changes.map((change, index) => {
    if (change.kind === 'availability') {
      const statuses = [slot('OriginalStatus', [change.entry.status]), slot('NewStatus', [change.to])]
      return association(nextId(), associationTypes.updateAvailabilityStatus, id, change.entry.entryUuid, xml`${statuses}`)
    }
    const document = `Document${String(index + 1).padStart(2, '0')}`
    const member = [slot('SubmissionSetStatus', ['Original']), slot('PreviousVersion', [String(change.entry.version)])]
    return [newVersion(document, change, nextId), association(nextId(), associationTypes.hasMember, id, document, xml`${member}`)]
  })
  return xml`<lcm:SubmitObjectsRequest xmlns:lcm="${ns.lcm}" xmlns:rim="${ns.rim}"><rim:RegistryObjectList>${submissionSet(facts, nextId)}${body}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>`
}
