import { fhirSystem, pdsm, uriIdentifiers } from '#shared/terminology/index.ts'
import type { Classification, RegistryObject, Scheme, Slot } from '../ebxml.ts'
import { classified, identifier, referenceIds, slotValue } from '../ebxml.ts'
import { unescapeHl7 } from '../hl7-escapes.ts'
import { readPatientId } from '../ins.ts'
import { readCxi } from '../reference-number.ts'
import type { FullEntry } from '../registry.ts'

const components = (text: string): string[] => text.split('^').map(unescapeHl7)
const present = <T extends object>(value: T | null | undefined | '' | false): Partial<T> => value || {}
const id = (uuid: string): string => uuid.replace(/^urn:uuid:/, '')

/** FHIR time of a UTC DTM; within a day FHIR wants seconds. */
export function fhirTime(dtm: string): string {
  const date = [dtm.slice(0, 4), dtm.slice(4, 6), dtm.slice(6, 8)].filter(Boolean).join('-')
  return dtm.length > 8 ? `${date}T${dtm.slice(8, 10)}:${dtm.slice(10, 12) || '00'}:${dtm.slice(12, 14) || '00'}Z` : date
}

function concept(one: Classification | undefined): object | undefined {
  return one && { coding: [{ system: fhirSystem(slotValue(one, 'codingScheme') ?? ''), code: one.code, ...present(one.label !== null && { display: one.label }) }] }
}

const humanName = (family: string, given: string): object[] => [{ ...present(family !== '' && { family }), ...present(given !== '' && { given: [given] }) }]

/** Contained resources of one XDS author, as PDSm wants them; the last one stands for the author. */
function authorOf(slots: readonly Slot[], prefix: string): { contained: object[]; reference: string; owner: string | null } {
  const first = (name: string): string => slotValue({ slots }, name) ?? ''
  const [value = '', family = '', given = '', , , , , , domain = '', , , , type = ''] = components(first('authorPerson'))
  const [structureName = '', , , , , , , , , structureId = ''] = components(first('authorInstitution'))
  const [specialty = '', label = '', system = ''] = components(first('authorSpecialty'))
  const role = first('authorRole')
  const oid = domain.replace(/^&|&ISO$/g, '')
  const kind = type === 'RI' ? 'Device' : type === 'NH' ? 'Patient' : 'PractitionerRole'
  const owner = structureId === '' ? null : `${prefix}-structure`
  const structure = owner === null ? [] : [{ resourceType: 'Organization', id: owner, identifier: [{ system: fhirSystem('1.2.250.1.71.4.2.2'), value: structureId }], ...present(structureName !== '' && { name: structureName }) }]
  const spoken = specialty === '' ? null : { coding: [{ system: fhirSystem(system), code: specialty, ...present(label !== '' && { display: label }) }] }
  const identifiers = value === '' ? null : { identifier: [{ system: fhirSystem(oid), value }] }
  const owned = owner === null ? null : { reference: `#${owner}` }
  const own = { resourceType: kind, id: prefix }
  if (kind === 'Patient') return { contained: [{ ...own, ...identifiers, name: humanName(family, given) }], reference: `#${prefix}`, owner: null }
  if (kind === 'Device') {
    const device = { ...own, ...identifiers, ...present(family !== '' && { deviceName: [{ name: family, type: 'user-friendly-name' }] }), ...present(given !== '' && { modelNumber: given }), ...present(spoken && { type: spoken }), ...present(owned && { owner: owned }), ...present(role !== '' && { note: [{ text: role }] }) }
    return { contained: [...structure, device], reference: `#${prefix}`, owner }
  }
  const person = identifiers && { resourceType: 'Practitioner', id: `${prefix}-person`, ...identifiers, name: humanName(family, given) }
  const situation = { ...own, ...present(person && { practitioner: { reference: `#${prefix}-person` } }), ...present(owned && { organization: owned }), ...present(role !== '' && { code: [{ text: role }] }), ...present(spoken && { specialty: [spoken] }) }
  return { contained: [...(person ? [person] : []), ...structure, situation], reference: `#${prefix}`, owner }
}

function subjectOf(cx: string | null): { reference: string } {
  const ins = readPatientId(cx ?? '')
  return { reference: `Patient?identifier=urn:oid:${ins?.oid}|${ins?.value}` }
}

/** sourcePatientId and sourcePatientInfo as a contained Patient. */
function sourcePatient(object: RegistryObject): object {
  const [value = '', , , domain = ''] = components(slotValue(object, 'sourcePatientId') ?? '')
  const fields = new Map((object.slots.find((slot) => slot.name === 'sourcePatientInfo')?.values ?? []).map((text) => [text.slice(0, 5), text.slice(6)]))
  const [family = '', given = ''] = components(fields.get('PID-5') ?? '')
  const born = fields.get('PID-7') ?? ''
  const gender = { M: 'male', F: 'female', O: 'other' }[fields.get('PID-8') ?? ''] ?? 'unknown'
  return { resourceType: 'Patient', id: 'source-patient', identifier: [{ system: fhirSystem(domain.replace(/^&|&ISO$/g, '')), value }], name: humanName(family, given), ...present(/^\d{4}(\d\d){0,2}$/.test(born) && { birthDate: fhirTime(born) }), gender }
}

/** Numbers the document refers to (XDS referenceIdList). */
function related(object: RegistryObject): object[] {
  return referenceIds(object)
    .map(readCxi)
    .map(({ value, oid, type }) => ({ identifier: { type: { coding: [{ system: uriIdentifiers, code: type }] }, ...present(oid !== null && { system: fhirSystem(oid) }), value } }))
}

/** Status of a DocumentReference: archived is none, but an extension (PDSm). */
export function fhirStatus(status: FullEntry['status']): 'current' | 'superseded' | 'entered-in-error' {
  return status === 'deprecated' ? 'superseded' : status === 'deleted' ? 'entered-in-error' : 'current'
}

/** A registered document as ITI-67 gives it: `id` is the entryUUID, its bytes are at `Binary/<uniqueId>`. */
export function documentReferenceOf(entry: FullEntry, replaced: readonly string[]): object {
  const { object, entryUuid, logicalId, status, version } = entry
  const one = (scheme: Scheme): object | undefined => concept(classified(object, scheme)[0])
  const all = (scheme: Scheme): (object | undefined)[] => classified(object, scheme).map(concept)
  const authors = classified(object, 'author').map(({ slots }, index) => authorOf(slots, `author-${index + 1}`))
  const [legalId = '', legalFamily = '', legalGiven = '', , , , , , legalDomain = ''] = components(slotValue(object, 'legalAuthenticator') ?? '')
  const authenticator = { resourceType: 'Practitioner', id: 'authenticator', identifier: [{ system: fhirSystem(legalDomain.replace(/^&|&ISO$/g, '')), value: legalId }], name: humanName(legalFamily, legalGiven) }
  const uniqueId = identifier(object, 'uniqueId') ?? ''
  const computed = (name: string): string => slotValue(entry, name) ?? ''
  const created = slotValue(object, 'creationTime') ?? ''
  const started = slotValue(object, 'serviceStartTime')
  const stopped = slotValue(object, 'serviceStopTime')
  const owner = authors.find((author) => author.owner !== null)?.owner
  const format = classified(object, 'formatCode')[0]
  return {
    resourceType: 'DocumentReference',
    id: id(entryUuid),
    meta: { versionId: String(version), profile: [pdsm.documentReference] },
    contained: [...authors.flatMap(({ contained }) => contained), authenticator, sourcePatient(object)],
    ...present(status === 'archived' && { extension: [{ url: pdsm.isArchived, valueBoolean: true }] }),
    masterIdentifier: { system: uriIdentifiers, value: `urn:oid:${uniqueId}` },
    identifier: [
      { use: 'official', system: uriIdentifiers, value: entryUuid },
      { use: 'secondary', system: uriIdentifiers, value: logicalId },
    ],
    status: fhirStatus(status),
    type: one('typeCode'),
    category: all('classCode'),
    subject: subjectOf(identifier(object, 'patientId')),
    date: fhirTime(created.padEnd(8, '01').padEnd(14, '0')),
    author: authors.map(({ reference }) => ({ reference })),
    authenticator: { reference: '#authenticator' },
    ...present(owner !== undefined && owner !== null && { custodian: { reference: `#${owner}` } }),
    ...present(replaced.length > 0 && { relatesTo: replaced.map((uuid) => ({ code: 'replaces', target: { reference: `DocumentReference/${id(uuid)}` } })) }),
    ...present(object.comments !== null && { description: object.comments }),
    securityLabel: all('confidentiality'),
    content: [
      {
        attachment: {
          contentType: object.mimeType,
          language: slotValue(object, 'languageCode'),
          url: `Binary/${uniqueId}`,
          size: Number(computed('size')),
          hash: Buffer.from(computed('hash'), 'hex').toString('base64'),
          title: object.title,
          creation: fhirTime(created),
        },
        ...present(format && { format: { system: fhirSystem(slotValue(format, 'codingScheme') ?? ''), code: format.code, ...present(format.label !== null && { display: format.label }) } }),
      },
    ],
    context: {
      ...present(classified(object, 'eventCode').length > 0 && { event: all('eventCode') }),
      ...present(started !== null && { period: { start: fhirTime(started), ...present(stopped !== null && { end: fhirTime(stopped) }) } }),
      facilityType: one('facilityType'),
      practiceSetting: one('practiceSetting'),
      sourcePatientInfo: { reference: '#source-patient' },
      ...present(referenceIds(object).length > 0 && { related: related(object) }),
    },
  }
}

/** A registered lot as ITI-66 gives it. */
export function listOf(set: FullEntry, documents: readonly string[]): object {
  const { object } = set
  const sender = authorOf(classified(object, 'setAuthor')[0]?.slots ?? [], 'sender')
  return {
    resourceType: 'List',
    id: id(set.entryUuid),
    meta: { profile: [pdsm.submissionSet] },
    contained: sender.contained,
    extension: [
      { url: pdsm.designationType, valueCodeableConcept: concept(classified(object, 'contentType')[0]) },
      { url: pdsm.sourceId, valueIdentifier: { system: uriIdentifiers, value: `urn:oid:${identifier(object, 'setSourceId')}` } },
    ],
    identifier: [
      { use: 'official', system: uriIdentifiers, value: set.entryUuid },
      { use: 'usual', system: uriIdentifiers, value: `urn:oid:${identifier(object, 'setUniqueId')}` },
    ],
    status: 'current',
    mode: 'working',
    ...present(object.title !== null && { title: object.title }),
    code: { coding: [{ system: pdsm.listTypes, code: 'submissionset' }] },
    subject: subjectOf(identifier(object, 'setPatientId')),
    date: fhirTime(slotValue(object, 'submissionTime') ?? ''),
    source: { reference: sender.reference, ...present(sender.owner !== null && { extension: [{ url: pdsm.authorOrg, valueReference: { reference: `#${sender.owner}` } }] }) },
    entry: documents.map((uuid) => ({ item: { reference: `DocumentReference/${id(uuid)}` } })),
  }
}
