import { oidOfFhirSystem, pdsm } from '#shared/terminology/index.ts'
import { consultationRefusal, maySee, patientRefusal } from '../access.ts'
import type { RegistryObject, Scheme } from '../ebxml.ts'
import { associationTypes, classified, referenceIds, slotValue } from '../ebxml.ts'
import { consultationFault } from '../identity-rules.ts'
import type { PatientRecord } from '../patients.ts'
import { readCxi } from '../reference-number.ts'
import type { Entry, LotPlace, Registry } from '../registry.ts'
import { statusOf } from '../registry.ts'
import type { Vihf } from '../vihf.ts'
import { documentReferenceOf, fhirStatus, fhirTime, listOf } from './from-rim.ts'
import { refuse, refuseErrors, refuseFault } from './outcome.ts'

/** One search: who asks, by which address. */
export interface SearchContext {
  readonly registry: Registry
  readonly caller: Vihf
  readonly stateOf: (ins: string) => PatientRecord
  /** The request's own address, public base included. */
  readonly address: URL
  /** Parameters of the address, and those of a `_search` form. */
  readonly parameters: URLSearchParams
}

/** Resources of one page, unless `_count` asks for fewer. */
const pageSize = 20
const control = new Set(['_count', '_offset', '_format', '_sort'])

/** Values of a parameter that any of may match; a comma after `\` is part of a value. */
function anyOf(text: string): string[] {
  return (text.match(/(?:\\.|[^,\\])+/gs) ?? []).map((value) => value.trim())
}

const unescaped = (text: string): string => text.replace(/\\(.)/gs, '$1')

/** System (as an OID where it has one) and code of a token; `null` = not said. */
function tokenOf(text: string): { system: string | null; code: string } {
  const [first = '', second] = text.split(/(?<!\\)\|/)
  if (second === undefined) return { system: null, code: unescaped(first) }
  return { system: first === '' ? null : oidOfFhirSystem(unescaped(first)), code: unescaped(second) }
}

/** The only patient a search is about, as a CX; refused when it names none. */
function patientOf(parameters: URLSearchParams, name: string): { cx: string; ins: string } {
  const values = parameters.getAll(name)
  const [only = ''] = values
  const { system, code } = tokenOf(only)
  if (values.length !== 1 || system === null || code === '') refuse(400, 'required', `paramètre obligatoire : ${name}=urn:oid:<OID>|<INS>`)
  return { cx: `${code}^^^&${system}&ISO^NH`, ins: code }
}

/** True when a time is where a FHIR date parameter wants it; a time or a bound of less than a second covers all of it. */
function dateMatches(time: string, parameter: string): boolean {
  const [, prefix = 'eq', bound = ''] = /^(eq|ge|gt|le|lt)?(\d{4}.*)$/.exec(parameter) ?? refuse(400, 'value', `date mal formée : ${parameter}`)
  const at = Date.parse(bound)
  if (Number.isNaN(at)) refuse(400, 'value', `date mal formée : ${parameter}`)
  const instant = Date.parse(fhirTime(time))
  switch (prefix) {
    case 'ge':
      return instant >= at
    case 'gt':
      return instant > at
    case 'le':
      return instant <= at
    case 'lt':
      return instant < at
    default:
      return fhirTime(time).startsWith(bound.replace(/[+-]00:00$/, 'Z'))
  }
}

function codesMatch(object: RegistryObject, scheme: Scheme, wanted: string): boolean {
  return anyOf(wanted).some((text) => {
    const { system, code } = tokenOf(text)
    return classified(object, scheme).some((one) => one.code === code && (system === null || slotValue(one, 'codingScheme') === system))
  })
}

/** True when the document refers to one of the numbers asked for; `|number` = one that nobody gave. */
function refersTo(object: RegistryObject, wanted: string): boolean {
  return anyOf(wanted).some((text) => {
    const { system, code } = tokenOf(text)
    return referenceIds(object).map(readCxi).some(({ value, oid }) => value === code && (text.startsWith('|') ? oid === null : system === null || oid === system))
  })
}

const codeParameters: Readonly<Record<string, Scheme>> = {
  type: 'typeCode',
  category: 'classCode',
  event: 'eventCode',
  facility: 'facilityType',
  setting: 'practiceSetting',
  format: 'formatCode',
  'security-label': 'confidentiality',
}
const timeParameters: Readonly<Record<string, 'creationTime' | 'serviceStart' | 'serviceStop'>> = { date: 'creationTime', creation: 'creationTime', 'period-start': 'serviceStart', 'period-end': 'serviceStop' }

interface Found {
  readonly id: string
  readonly resource: () => object
}

/** A page of what was found, with its `self` and `next` links (FHIR R4, search.html, paging). */
function page(found: readonly Found[], { address, parameters }: SearchContext): object {
  const number = (name: string, most: number): number => {
    const text = parameters.get(name)
    if (text !== null && !/^\d{1,6}$/.test(text)) refuse(400, 'value', `${name} : nombre attendu`)
    return Math.min(text === null ? most : Number(text), most)
  }
  const count = Math.max(1, number('_count', pageSize))
  const offset = parameters.has('_offset') ? number('_offset', 1_000_000) : 0
  const link = (from: number | null): string => {
    const url = new URL(address)
    url.search = new URLSearchParams([...parameters].filter(([name]) => name !== '_offset')).toString()
    if (from !== null) url.searchParams.set('_offset', String(from))
    return url.href
  }
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    link: [{ relation: 'self', url: link(offset > 0 ? offset : null) }, ...(offset + count < found.length ? [{ relation: 'next', url: link(offset + count) }] : [])],
    entry: found.slice(offset, offset + count).map(({ id, resource }) => ({ fullUrl: `${address.origin}/fhir/${id}`, resource: resource(), search: { mode: 'match' } })),
  }
}

function known(parameters: URLSearchParams, names: readonly string[]): void {
  const unknown = [...parameters.keys()].find((name) => !control.has(name) && !names.includes(name))
  if (unknown !== undefined) refuse(400, 'not-supported', `paramètre inconnu : ${unknown}`)
}

/** TD0.2: the patient's record, without the patient's traits (RG_0320). Throws `OutcomeRaised`. */
export function findPatient(context: SearchContext): object {
  const { parameters, caller, stateOf } = context
  known(parameters, ['identifier'])
  const { cx, ins } = patientOf(parameters, 'identifier')
  const patient = stateOf(ins)
  const refusal = patientRefusal(cx, () => ({ ...patient, state: 'open' }))
  refuseErrors(refusal ? [refusal] : [])
  const { system } = tokenOf(parameters.get('identifier') ?? '')
  const isClosed = patient.state === 'closed'
  const resource = {
    resourceType: 'Patient',
    id: `${system}.${ins}`.replaceAll('.', '-'),
    identifier: [{ use: 'official', system: `urn:oid:${system}`, value: ins }],
    active: !isClosed,
    extension: [
      { url: pdsm.attachedToMes, valueBoolean: true },
      { url: pdsm.treatingDoctor, valueBoolean: patient.treatingDoctor === caller.nameId },
      ...(isClosed ? [{ url: pdsm.closure, extension: [{ url: 'raisonFermeture', valueString: 'Le DMP du patient est fermé' }] }] : []),
    ],
  }
  return page(patient.state === 'absent' ? [] : [{ id: `Patient/${resource.id}`, resource: () => resource }], context)
}

/** Who may read this patient's record, and the state of it; TD3.1b alone is open to those who may not consult. */
function readable({ parameters, caller, stateOf }: SearchContext, isReference: boolean): { vihf: Vihf; patient: PatientRecord } {
  const { cx, ins } = patientOf(parameters, 'patient.identifier')
  const refusal = patientRefusal(cx, stateOf)
  refuseErrors(refusal ? [refusal] : [])
  const vihf = { ...caller, patientId: cx }
  const patient = stateOf(ins)
  if (!isReference) {
    refuseFault(consultationFault(vihf))
    const denied = consultationRefusal(vihf, patient)
    refuseErrors(denied ? [denied] : [])
  }
  return { vihf, patient }
}

/** entryUUIDs of what a document replaces: told by the lot that brought it, whatever became of its metadata since. */
export function replacedOf(entry: Entry, registry: Registry): string[] {
  if (entry.previous) return replacedOf(entry.previous, registry)
  return registry.associationsOf(entry.lot).flatMap((one) => (one.type === associationTypes.replaces && one.source === entry.entryUuid ? [one.target] : []))
}

/** ITI-67 (TD3.1). Throws `OutcomeRaised`. */
export function findDocuments(context: SearchContext): object {
  const { registry, parameters } = context
  known(parameters, ['patient.identifier', 'status', 'identifier', 'relatesto', 'related:identifier', ...Object.keys(codeParameters), ...Object.keys(timeParameters)])
  const wantedIds = parameters.getAll('identifier').flatMap(anyOf).map((text) => tokenOf(text).code)
  const { vihf, patient } = readable(context, wantedIds.length > 0)
  const statuses = parameters.getAll('status').map((text) => anyOf(text).map((one) => tokenOf(one).code))
  const related = parameters.getAll('relatesto').flatMap(anyOf).map((reference) => reference.replace(/^.*\//, 'urn:uuid:'))
  const codes = Object.entries(codeParameters).flatMap(([name, scheme]) => parameters.getAll(name).map((wanted) => ({ scheme, wanted })))
  const numbers = parameters.getAll('related:identifier')
  const times = Object.entries(timeParameters).flatMap(([name, field]) => parameters.getAll(name).map((wanted) => ({ field, wanted })))
  const found = registry.entriesOf(vihf.patientId ?? '').filter((entry) => {
    // What signs a lot shows to who asks for it by name only, as over XDS.b.
    if (entry.isSignature && wantedIds.length === 0) return false
    // A former version of its metadata shows to who asks for that version.
    if (entry.supersededBy && !wantedIds.includes(entry.entryUuid)) return false
    const status = fhirStatus(statusOf(entry))
    return (
      statuses.every((any) => any.includes(status)) &&
      (wantedIds.length === 0 || wantedIds.includes(`urn:oid:${entry.uniqueId}`) || wantedIds.includes(entry.entryUuid)) &&
      (related.length === 0 || replacedOf(entry, registry).some((uuid) => related.includes(uuid))) &&
      times.every(({ field, wanted }) => entry[field] !== '' && dateMatches(entry[field], wanted)) &&
      maySee(entry, () => registry.full(entry), vihf, patient) &&
      numbers.every((wanted) => refersTo(registry.full(entry).object, wanted)) &&
      codes.every(({ scheme, wanted }) => codesMatch(registry.full(entry).object, scheme, wanted))
    )
  })
  return page(
    found.map((entry) => ({ id: `DocumentReference/${entry.entryUuid.slice(9)}`, resource: () => documentReferenceOf(registry.full(entry), replacedOf(entry, registry)) })),
    context,
  )
}

/** Documents of a lot, without what signs it. */
function documentsOf(lot: LotPlace, registry: Registry): string[] {
  return registry.associationsOf(lot).flatMap((one) => (one.type === associationTypes.hasMember && registry.byUuid(one.target)?.isSignature === false ? [one.target] : []))
}

/** ITI-66. Throws `OutcomeRaised`. */
export function findLists(context: SearchContext): object {
  const { registry, parameters } = context
  known(parameters, ['code', 'patient.identifier', 'status', 'date', 'identifier', 'item'])
  const { code, system } = tokenOf(parameters.get('code') ?? '')
  // The older form of the address is still printed in places.
  if (code !== 'submissionset' || system?.replace(/^http:/, 'https:') !== pdsm.listTypes) refuse(400, 'required', `paramètre obligatoire : code=${pdsm.listTypes}|submissionset`)
  const { vihf } = readable(context, false)
  const wantedIds = parameters.getAll('identifier').flatMap(anyOf).map((text) => tokenOf(text).code)
  const items = parameters.getAll('item').flatMap(anyOf).map((reference) => reference.replace(/^.*\//, 'urn:uuid:'))
  const found = registry
    .lotsOf(vihf.patientId ?? '')
    .filter(
      (lot) =>
        parameters.getAll('status').every((any) => anyOf(any).includes('current')) &&
        parameters.getAll('date').every((wanted) => dateMatches(lot.submissionTime, wanted)) &&
        (wantedIds.length === 0 || wantedIds.includes(`urn:oid:${lot.setUniqueId}`) || wantedIds.includes(lot.setUuid)) &&
        (items.length === 0 || documentsOf(lot, registry).some((uuid) => items.includes(uuid))),
    )
  return page(
    found.map((lot) => ({ id: `List/${lot.setUuid.slice(9)}`, resource: () => listOf(registry.fullSet(lot), documentsOf(lot, registry)) })),
    context,
  )
}

/** ITI-68 (TD3.2): the entry of a document by its uniqueId, for who may read it. Throws `OutcomeRaised`. */
export function readableEntry(uniqueId: string, { registry, caller, stateOf }: SearchContext): Entry {
  refuseFault(consultationFault(caller))
  const entry = registry.byUniqueId(uniqueId) ?? refuse(404, 'not-found', `document inconnu : ${uniqueId}`)
  const vihf = { ...caller, patientId: entry.patientId }
  const ins = /^[^^]+/.exec(entry.patientId)?.[0] ?? ''
  const refusal = patientRefusal(entry.patientId, stateOf) ?? consultationRefusal(vihf, stateOf(ins))
  refuseErrors(refusal ? [refusal] : [])
  return maySee(entry, () => registry.full(entry), vihf, stateOf(ins)) ? entry : refuse(404, 'not-found', `document inconnu : ${uniqueId}`)
}
