import { fhirSystem, pdsm, uriIdentifiers } from '#shared/terminology/index.ts'
import type { DocumentFilter, InsId } from '../port.ts'
import { instantOfDtm } from './fhir-times.ts'
import { referenceOf } from './identifiers.ts'

/** One search: the type, and its parameters in order (a name may come twice, then both hold). */
export interface Query {
  readonly type: 'Patient' | 'DocumentReference' | 'List'
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** A value inside a search parameter: FHIR gives `,`, `|`, `$` and `\` a meaning. */
const escaped = (value: string): string => value.replace(/[\\,|$]/g, String.raw`\$&`)
const token = (system: string, value: string): string => `${escaped(system)}|${escaped(value)}`
const insToken = (ins: InsId): string => token(`urn:oid:${ins.oid}`, ins.value)
const ofPatient = (ins: InsId): readonly [string, string] => ['patient.identifier', insToken(ins)]
const anyOf = (values: readonly string[]): string => values.join(',')
const since = (dtm: string): string => `ge${instantOfDtm(dtm)}`
const before = (dtm: string): string => `lt${instantOfDtm(dtm)}`

/** TD0.2: the patient's record by INS. */
export function patientQuery(ins: InsId): Query {
  return { type: 'Patient', parameters: [['identifier', insToken(ins)]] }
}

function codes(name: string, wanted: readonly { code: string; system: string }[] | undefined): [string, string][] {
  return wanted && wanted.length > 0 ? [[name, anyOf(wanted.map(({ code, system }) => token(fhirSystem(system), code)))]] : []
}

/** Documents that refer to a number: `related` stands for XDS's referenceIdList (MHD, ITI-67), `:identifier` is how FHIR asks a reference for its number. */
function relatedNumbers(wanted: DocumentFilter['referenceIds']): [string, string][] {
  return wanted && wanted.length > 0 ? [['related:identifier', anyOf(wanted.map(({ value, oid }) => (oid === null ? `|${escaped(value)}` : token(fhirSystem(oid), value))))]] : []
}

/** ITI-67 (TD3.1a). Archived is no status in PDSm: what is asked here may hold more than wanted, never less. */
export function documentsQuery(ins: InsId, filter: DocumentFilter): Query {
  const statuses = filter.statuses ?? ['approved']
  const current = statuses.includes('approved') || statuses.includes('archived')
  // An archived document may be current or superseded: the guide says one in its table, the other in its text.
  const superseded = statuses.includes('deprecated') || statuses.includes('archived')
  // How the draft deletes (5.6), though its table of searches does not name it.
  const inError = statuses.includes('deleted')
  return {
    type: 'DocumentReference',
    parameters: [
      ofPatient(ins),
      ['status', anyOf([...(current ? ['current'] : []), ...(superseded ? ['superseded'] : []), ...(inError ? ['entered-in-error'] : [])])],
      ...codes('type', filter.typeCodes),
      ...codes('category', filter.classCodes),
      ...codes('event', filter.eventCodes),
      ...relatedNumbers(filter.referenceIds),
      ...(filter.creationFrom ? [['date', since(filter.creationFrom)] as const] : []),
      ...(filter.creationTo ? [['date', before(filter.creationTo)] as const] : []),
      ...(filter.serviceStartFrom ? [['period-start', since(filter.serviceStartFrom)] as const] : []),
      ...(filter.serviceStartTo ? [['period-start', before(filter.serviceStartTo)] as const] : []),
    ],
  }
}

/** ITI-67 by identifier (TD3.1b): a uniqueId, or entryUUIDs. */
export function identifiedQuery(ins: InsId, which: { uniqueId: string } | { entryUuids: readonly string[] }): Query {
  const values = 'uniqueId' in which ? [`urn:oid:${which.uniqueId}`] : which.entryUuids
  return { type: 'DocumentReference', parameters: [ofPatient(ins), ['identifier', anyOf(values.map((value) => token(uriIdentifiers, value)))]] }
}

/** ITI-67: the documents that replace, transform or append these. */
export function relatedQuery(ins: InsId, entryUuids: readonly string[]): Query {
  return { type: 'DocumentReference', parameters: [ofPatient(ins), ['relatesto', anyOf(entryUuids.map((uuid) => referenceOf('DocumentReference', uuid)))]] }
}

/** ITI-66: lots since an instant (UTC DTM), lots by entryUUID, or lots that hold documents. */
export function listsQuery(ins: InsId, which: { since: string } | { entryUuids: readonly string[] } | { holding: readonly string[] }): Query {
  const narrowed: readonly [string, string] =
    'since' in which
      ? ['date', since(which.since)]
      : 'entryUuids' in which
        ? ['identifier', anyOf(which.entryUuids.map((uuid) => token(uriIdentifiers, uuid)))]
        : ['item', anyOf(which.holding.map((uuid) => referenceOf('DocumentReference', uuid)))]
  return { type: 'List', parameters: [['code', token(pdsm.listTypes, 'submissionset')], ofPatient(ins), ['status', 'current'], narrowed] }
}

/** Address of a search under the record's base. */
export function addressOf(base: string, { type, parameters }: Query): string {
  return `${base.replace(/\/$/, '')}/${type}?${new URLSearchParams([...parameters] as [string, string][]).toString()}`
}

/**
 * Address of a link or attachment of an answer, absolute or relative to the base; `null` when it leaves the record's origin: nothing of a patient,
 * and no certificate, goes elsewhere (dmp-interface.md 5.5).
 */
export function followed(base: string, address: string): string | null {
  const root = base.endsWith('/') ? base : `${base}/`
  if (!URL.canParse(address, root)) return null
  const url = new URL(address, root)
  return url.origin === new URL(root).origin ? url.href : null
}

/** True when a searchset's own `self` link tells of another patient than the one asked about: the answer to somebody else's question. */
export function tellsOfAnother(self: string, base: string, ins: InsId): boolean {
  if (!URL.canParse(self, base)) return false
  const { searchParams } = new URL(self, base)
  const asked = searchParams.get('patient.identifier') ?? (new URL(self, base).pathname.endsWith('/Patient') ? searchParams.get('identifier') : null)
  return asked !== null && asked !== insToken(ins)
}
