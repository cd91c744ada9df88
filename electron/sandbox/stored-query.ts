import type { Markup } from '#shared/text/xml.ts'
import { consultationRefusal, maySee, patientRefusal } from './access.ts'
import type { RegistryObject, Scheme } from './ebxml.ts'
import { classified, coded, identifier, namespaces, referenceIds, slotValue, statuses } from './ebxml.ts'
import { writeAssociation, writeObjectRef, writeQueryResponse, writeRegistryObject } from './ebxml-writing.ts'
import { consultationFault } from './identity-rules.ts'
import { readPatientId } from './ins.ts'
import type { PatientRecord } from './patients.ts'
import { ErrorsRaised, FaultRaised } from './refusal.ts'
import { statusOf } from './registry.ts'
import type { Entry, FullEntry, Registry } from './registry.ts'
import type { Vihf } from './vihf.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf } from './xml-reading.ts'

const queries = {
  'urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d': 'FindDocuments',
  'urn:uuid:f26abbcb-ac74-4422-8a30-edb644bbc1a9': 'FindSubmissionSets',
  'urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4': 'GetDocuments',
  'urn:uuid:a7ae438b-4bc2-4642-93e9-be891f7bb155': 'GetAssociations',
  'urn:uuid:bab9529a-4a10-40b3-a01f-f68a615d247a': 'GetDocumentsAndAssociations',
  'urn:uuid:12941a89-e02e-4be5-967c-ce4bfc8fe492': 'FindDocumentsByReferenceId',
} as const

type Parameters = ReadonlyMap<string, readonly string[]>

const raise = (code: string, context: string): never => {
  throw new ErrorsRaised([{ code, context }])
}

/** Values of a stored query slot: numbers, `'text'` with doubled quotes, or `('a','b')`; several slots and values add up. */
export function readQueryValues(text: string): string[] | null {
  const list = /^\((.*)\)$/s.exec(text.trim())?.[1] ?? text.trim()
  const values: string[] = []
  const one = /\s*(?:'((?:[^']|'')*)'|(-?\d+))\s*(,|$)/gy
  while (one.lastIndex < list.length) {
    const found = one.exec(list)
    if (!found) return null
    values.push(found[1]?.replaceAll("''", "'") ?? found[2] ?? '')
    if (found[3] !== ',' && one.lastIndex < list.length) return null
  }
  return values
}

function readParameters(query: XmlTree): Parameters {
  const parameters = new Map<string, string[]>()
  for (const slot of childrenOf(query, 'Slot', namespaces.rim)) {
    const name = slot.attributes['name'] ?? ''
    const values = childrenOf(at(slot, 'ValueList'), 'Value').map((value) => readQueryValues(value.text))
    if (values.length === 0 || values.includes(null)) raise('XDSStoredQueryParamNumber', `paramètre mal formé : ${name}`)
    parameters.set(name, [...(parameters.get(name) ?? []), ...values.flatMap((value) => value ?? [])])
  }
  return parameters
}

function single(parameters: Parameters, name: string, mandatory: boolean): string | null {
  const values = parameters.get(name) ?? []
  if (values.length > 1) raise('XDSStoredQueryParamNumber', `une seule valeur attendue : ${name}`)
  if (values.length === 0 && mandatory) raise('XDSStoredQueryMissingParam', `paramètre obligatoire absent : ${name}`)
  return values[0] ?? null
}

/** XDS times compare at full precision: `From` is included, `To` is not. */
function within(time: string, parameters: Parameters, name: string): boolean {
  const from = single(parameters, `${name}From`, false)
  const to = single(parameters, `${name}To`, false)
  if (from === null && to === null) return true
  const instant = time.padEnd(14, '0')
  return time !== '' && (from === null || instant >= from.padEnd(14, '0')) && (to === null || instant < to.padEnd(14, '0'))
}

const codeFilters: Readonly<Record<string, Scheme>> = {
  $XDSDocumentEntryFormatCode: 'formatCode',
  $XDSDocumentEntryHealthcareFacilityTypeCode: 'facilityType',
  $XDSDocumentEntryPracticeSettingCode: 'practiceSetting',
  $XDSDocumentEntryConfidentialityCode: 'confidentiality',
  $XDSDocumentEntryEventCodeList: 'eventCode',
}

function codesMatch(object: RegistryObject, parameters: Parameters): boolean {
  return Object.entries(codeFilters).every(([name, scheme]) => {
    const wanted = parameters.get(name)
    return !wanted || classified(object, scheme).some((one) => wanted.includes(`${one.code}^^${slotValue(one, 'codingScheme') ?? ''}`))
  })
}

const findDocumentsParameters = new Set([
  '$XDSDocumentEntryPatientId',
  '$XDSDocumentEntryStatus',
  '$XDSDocumentEntryTypeCode',
  '$XDSDocumentEntryClassCode',
  ...['CreationTime', 'ServiceStartTime', 'ServiceStopTime'].flatMap((name) => [`$XDSDocumentEntry${name}From`, `$XDSDocumentEntry${name}To`]),
  ...Object.keys(codeFilters),
])

/** ITI-18 for one caller. */
export interface QueryContext {
  readonly registry: Registry
  readonly vihf: Vihf
  readonly stateOf: (ins: string) => PatientRecord
}

/** Whether a query consults the record; the question by uniqueId, open to those who may not, does not. */
export function isConsultation(payload: XmlTree): boolean {
  return queries[(at(payload, 'AdhocQuery')?.attributes['id'] ?? '') as keyof typeof queries] !== 'GetDocuments'
}

/** TD3.1: the six queries of section 2.10. Throws `ErrorsRaised` or `FaultRaised`. */
export function answerQuery(payload: XmlTree, context: QueryContext): Markup {
  if (payload.name !== 'AdhocQueryRequest' || payload.namespace !== namespaces.query) throw new FaultRaised('DMPInvalidRequest', 'TD3.1 : AdhocQueryRequest attendu')
  const query = at(payload, 'AdhocQuery')
  const name = queries[(query?.attributes['id'] ?? '') as keyof typeof queries]
  if (!query || !name) throw new ErrorsRaised([{ code: 'XDSUnknownStoredQuery', context: `requête inconnue : ${query?.attributes['id'] ?? ''}` }])
  const option = at(payload, 'ResponseOption')?.attributes ?? {}
  const leaf = option['returnType'] === 'LeafClass'
  if (!leaf && option['returnType'] !== 'ObjectRef') raise('XDSRegistryError', 'returnType attendu : LeafClass ou ObjectRef')
  if (option['returnComposedObjects'] !== 'true') raise('XDSRegistryError', 'returnComposedObjects="true" attendu')
  const parameters = readParameters(query)

  const patientId = context.vihf.patientId
  const refusal = patientRefusal(patientId, context.stateOf)
  if (refusal) throw new ErrorsRaised([refusal])
  const patient = context.stateOf(readPatientId(patientId ?? '')?.value ?? '')
  const reference = name === 'GetDocuments'
  if (!reference) {
    // Only the reference of a document is open to those who may not consult (TD3.1b).
    const fault = consultationFault(context.vihf)
    if (fault) throw new FaultRaised(fault.subcode, fault.text)
    const denied = consultationRefusal(context.vihf, patient)
    if (denied) throw new ErrorsRaised([denied])
  }
  const asked = single(parameters, name === 'FindSubmissionSets' ? '$XDSSubmissionSetPatientId' : '$XDSDocumentEntryPatientId', name.startsWith('Find'))
  if (asked !== null && asked !== patientId) raise('XDSPatientIdDoesNotMatch', 'patient demandé différent de celui du VIHF')

  const found = {
    FindDocuments: findDocuments,
    FindDocumentsByReferenceId: findDocumentsByReferenceId,
    FindSubmissionSets: findSubmissionSets,
    GetDocuments: getDocuments,
    GetAssociations: getAssociations,
    GetDocumentsAndAssociations: getDocumentsAndAssociations,
  }[name](parameters, context, patient)
  return writeQueryResponse([], found.map((one) => (leaf ? one.write() : writeObjectRef(one.id))))
}

interface Found {
  readonly id: string
  readonly write: () => Markup
}

function writable(full: () => FullEntry, id: string): Found {
  return {
    id,
    write: () => {
      const entry = full()
      return writeRegistryObject(entry.object, entry)
    },
  }
}

function documentFound(entry: Entry, registry: Registry): Found {
  return writable(() => registry.full(entry), entry.entryUuid)
}

function findDocuments(parameters: Parameters, context: QueryContext, patient: PatientRecord): Found[] {
  const unknown = [...parameters.keys()].find((name) => !findDocumentsParameters.has(name))
  if (unknown !== undefined) raise('XDSRegistryError', `paramètre inconnu de FindDocuments : ${unknown}`)
  return matching(parameters, context, patient).map((entry) => documentFound(entry, context.registry))
}

const referenceIdList = '$XDSDocumentEntryReferenceIdList'

function findDocumentsByReferenceId(parameters: Parameters, context: QueryContext, patient: PatientRecord): Found[] {
  const unknown = [...parameters.keys()].find((name) => name !== referenceIdList && !findDocumentsParameters.has(name))
  if (unknown !== undefined) raise('XDSRegistryError', `paramètre inconnu de FindDocumentsByReferenceId : ${unknown}`)
  const wanted = parameters.get(referenceIdList) ?? []
  if (wanted.length === 0) raise('XDSStoredQueryMissingParam', `paramètre obligatoire absent : ${referenceIdList}`)
  const { registry } = context
  return matching(parameters, context, patient)
    .filter((entry) => referenceIds(registry.full(entry).object).some((id) => wanted.includes(id)))
    .map((entry) => documentFound(entry, registry))
}

/** Documents in their last version that the parameters common to both FindDocuments ask for. */
function matching(parameters: Parameters, { registry, vihf }: QueryContext, patient: PatientRecord): Entry[] {
  const wantedStatuses = parameters.get('$XDSDocumentEntryStatus') ?? []
  if (wantedStatuses.length === 0) raise('XDSStoredQueryMissingParam', 'paramètre obligatoire absent : $XDSDocumentEntryStatus')
  const types = parameters.get('$XDSDocumentEntryTypeCode')
  const classes = parameters.get('$XDSDocumentEntryClassCode')
  const byCodes = Object.keys(codeFilters).some((name) => parameters.has(name))
  return registry
    .entriesOf(vihf.patientId ?? '')
    .filter(
      (entry) =>
        !entry.isSignature &&
        entry.supersededBy === null &&
        wantedStatuses.includes(statuses[statusOf(entry)]) &&
        (!types || types.includes(entry.type)) &&
        (!classes || classes.includes(entry.class)) &&
        within(entry.creationTime, parameters, '$XDSDocumentEntryCreationTime') &&
        within(entry.serviceStart, parameters, '$XDSDocumentEntryServiceStartTime') &&
        within(entry.serviceStop, parameters, '$XDSDocumentEntryServiceStopTime') &&
        maySee(entry, () => registry.full(entry), vihf, patient) &&
        (!byCodes || codesMatch(registry.full(entry).object, parameters)),
    )
}

/** Entries named by entryUUID, in the version it names, or by uniqueId, in their last version. */
function named(parameters: Parameters, { registry, vihf }: QueryContext, patient: PatientRecord): Entry[] {
  const uuids = parameters.get('$XDSDocumentEntryEntryUUID') ?? []
  const uniqueIds = parameters.get('$XDSDocumentEntryUniqueId') ?? []
  if (uuids.length + uniqueIds.length === 0) raise('XDSStoredQueryMissingParam', 'paramètre obligatoire absent : $XDSDocumentEntryEntryUUID ou $XDSDocumentEntryUniqueId')
  if (uuids.length > 0 && uniqueIds.length > 0) raise('XDSStoredQueryParamNumber', '$XDSDocumentEntryEntryUUID ou $XDSDocumentEntryUniqueId, pas les deux')
  const entries = new Set([...uuids.map((uuid) => registry.byUuid(uuid)), ...uniqueIds.flatMap((uniqueId) => [registry.byUniqueId(uniqueId), ...registry.repeatsOf(uniqueId)])])
  return [...entries]
    .filter((entry) => entry !== undefined)
    .filter((entry) => {
      // What hides a document now hides its former versions too.
      const last = registry.byLogicalId(entry.logicalId) ?? entry
      return entry.patientId === vihf.patientId && maySee(last, () => registry.full(last), vihf, patient)
    })
}

function getDocuments(parameters: Parameters, context: QueryContext, patient: PatientRecord): Found[] {
  return named(parameters, context, patient).map((entry) => documentFound(entry, context.registry))
}

function getDocumentsAndAssociations(parameters: Parameters, context: QueryContext, patient: PatientRecord): Found[] {
  const entries = named(parameters, context, patient)
  return [...entries.map((entry) => documentFound(entry, context.registry)), ...associationsOf(entries.map((entry) => entry.entryUuid), context)]
}

function findSubmissionSets(parameters: Parameters, { registry, vihf }: QueryContext): Found[] {
  const wantedStatuses = parameters.get('$XDSSubmissionSetStatus') ?? []
  if (wantedStatuses.length === 0) raise('XDSStoredQueryMissingParam', 'paramètre obligatoire absent : $XDSSubmissionSetStatus')
  if (!wantedStatuses.includes(statuses.approved)) return []
  const source = parameters.get('$XDSSubmissionSetSourceId')
  const contents = parameters.get('$XDSSubmissionSetContentType')
  return registry
    .lotsOf(vihf.patientId ?? '')
    .filter((lot) => within(lot.submissionTime, parameters, '$XDSSubmissionSetSubmissionTime'))
    .filter((lot) => {
      if (!source && !contents) return true
      const { object } = registry.fullSet(lot)
      const content = coded(object, 'contentType')
      return (!source || source.includes(identifier(object, 'setSourceId') ?? '')) && (!contents || contents.includes(`${content?.code}^^${content?.system}`))
    })
    .map((lot) => writable(() => registry.fullSet(lot), lot.setUuid))
}

function getAssociations(parameters: Parameters, context: QueryContext): Found[] {
  const uuids = parameters.get('$uuid') ?? []
  if (uuids.length === 0) raise('XDSStoredQueryMissingParam', 'paramètre obligatoire absent : $uuid')
  return associationsOf(uuids, context)
}

/** What ties these objects to others, each association once. */
function associationsOf(uuids: readonly string[], { registry, vihf }: QueryContext): Found[] {
  const found = new Map<string, Found>()
  for (const uuid of uuids) {
    const entry = registry.byUuid(uuid)
    const lots = [registry.lotByUuid(uuid), entry?.lot, entry?.replacedBy, ...(entry?.statusChanges.map(({ lot }) => lot) ?? [])].filter((lot) => lot !== undefined && lot !== null)
    for (const association of lots.filter((lot) => lot.patientId === vihf.patientId).flatMap((lot) => registry.associationsOf(lot))) {
      if (association.source !== uuid && association.target !== uuid) continue
      found.set(association.id, { id: association.id, write: () => writeAssociation(association) })
    }
  }
  return [...found.values()]
}
