import type { HeaderFault } from '#shared/contract/index.ts'
import type { CdaElement } from './read-serialised.ts'

/**
 * Children of the header's elements in the order of the CDA R2 schema. Nothing: exactly one; `?` one at most; `+` one at least; `*` any
 * number; `a|b` one or the other. `ClinicalDocument` with the cardinalities of the national profile (dmp-interface.md section 3), of
 * which its schema leaves several open. An element that is named otherwise by where it stands is written `parent/element`.
 */
const contents: Readonly<Record<string, string>> = {
  ClinicalDocument:
    'realmCode typeId templateId+ id code title effectiveTime confidentialityCode languageCode setId versionNumber copyTime? recordTarget author+ dataEnterer? informant* custodian informationRecipient* legalAuthenticator authenticator* participant* inFulfillmentOf* documentationOf+ relatedDocument? authorization* componentOf component',
  recordTarget: 'patientRole',
  patientRole: 'id+ addr* telecom* patient providerOrganization?',
  patient: 'id? name administrativeGenderCode? birthTime? maritalStatusCode? religiousAffiliationCode? raceCode? ethnicGroupCode? guardian* birthplace? languageCommunication*',
  guardian: 'id* code? addr* telecom* guardianPerson|guardianOrganization',
  birthplace: 'place',
  place: 'name? addr?',
  languageCommunication: 'languageCode? modeCode? proficiencyLevelCode? preferenceInd?',
  author: 'functionCode? time assignedAuthor',
  assignedAuthor: 'id+ code? addr* telecom* assignedPerson|assignedAuthoringDevice? representedOrganization?',
  assignedAuthoringDevice: 'code? manufacturerModelName? softwareName? asMaintainedEntity*',
  dataEnterer: 'time? assignedEntity',
  informant: 'assignedEntity|relatedEntity',
  relatedEntity: 'code? addr* telecom* effectiveTime? relatedPerson?',
  custodian: 'assignedCustodian',
  assignedCustodian: 'representedCustodianOrganization',
  representedCustodianOrganization: 'id+ name? telecom? addr?',
  'ClinicalDocument/informationRecipient': 'intendedRecipient',
  intendedRecipient: 'id* addr* telecom* informationRecipient? receivedOrganization?',
  legalAuthenticator: 'time signatureCode assignedEntity',
  authenticator: 'time signatureCode assignedEntity',
  participant: 'functionCode? time? associatedEntity',
  associatedEntity: 'id* code? addr* telecom* associatedPerson? scopingOrganization?',
  inFulfillmentOf: 'order',
  order: 'id+ code? priorityCode?',
  documentationOf: 'serviceEvent',
  serviceEvent: 'id* code? effectiveTime? performer*',
  performer: 'functionCode? time? assignedEntity',
  relatedDocument: 'parentDocument',
  parentDocument: 'id+ code? text? setId? versionNumber?',
  authorization: 'consent',
  consent: 'id* code? statusCode',
  componentOf: 'encompassingEncounter',
  encompassingEncounter: 'id* code? effectiveTime dischargeDispositionCode? responsibleParty? encounterParticipant* location?',
  responsibleParty: 'assignedEntity',
  encounterParticipant: 'time? assignedEntity',
  'encompassingEncounter/location': 'healthCareFacility',
  healthCareFacility: 'id* code? location? serviceProviderOrganization?',
  'healthCareFacility/location': 'name? addr?',
  component: 'nonXMLBody|structuredBody',
  nonXMLBody: 'text confidentialityCode? languageCode?',
  assignedEntity: 'id+ code? addr* telecom* assignedPerson? representedOrganization?',
  assignedPerson: 'name*',
  guardianPerson: 'name*',
  relatedPerson: 'name*',
  associatedPerson: 'name*',
  'intendedRecipient/informationRecipient': 'name*',
  ...Object.fromEntries(
    ['representedOrganization', 'scopingOrganization', 'receivedOrganization', 'guardianOrganization', 'providerOrganization', 'serviceProviderOrganization', 'wholeOrganization'].map((name) => [
      name,
      'id* name* telecom* addr* standardIndustryClassCode? asOrganizationPartOf?',
    ]),
  ),
  asOrganizationPartOf: 'id* code? statusCode? effectiveTime? wholeOrganization?',
}

/** What the schema lets begin any element of the header. */
const infrastructure = 'realmCode* typeId? templateId*'

interface Particle {
  readonly names: readonly string[]
  readonly isNeeded: boolean
  readonly isRepeatable: boolean
}

function particlesOf(written: string): Particle[] {
  return written.split(' ').map((part) => {
    const often = /[?*+]$/.exec(part)?.[0] ?? ''
    return { names: part.slice(0, part.length - often.length).split('|'), isNeeded: often === '' || often === '+', isRepeatable: often === '*' || often === '+' }
  })
}

const particles = new Map(Object.entries(contents).map(([name, written]) => [name, particlesOf(name === 'ClinicalDocument' ? written : `${infrastructure} ${written}`)]))

/** Those of HL7: the national schema has extensions (a death, an accession number), of other namespaces, in many places. */
const childrenOf = ({ nodes }: CdaElement) => nodes.filter((node): node is CdaElement => typeof node !== 'string' && node.hl7)

/** `documentationOf` is said as such, an element of another as `parent/element`. */
const named = (parent: string, name: string) => (parent === 'ClinicalDocument' ? name : `${parent}/${name}`)

function faultsOf(element: CdaElement, expected: readonly Particle[]): HeaderFault[] {
  const faults: HeaderFault[] = []
  const counts = expected.map(() => 0)
  let reached = 0
  for (const child of childrenOf(element)) {
    const at = expected.findIndex(({ names }) => names.includes(child.name))
    const said = named(element.name, child.name.slice(0, 40))
    if (at < 0) faults.push({ code: 'cda-header-invalid', element: said, remark: 'unknown' })
    else if (at < reached) faults.push({ code: 'cda-header-invalid', element: said, remark: 'misplaced' })
    if (at < 0) continue
    reached = Math.max(reached, at)
    counts[at] = (counts[at] ?? 0) + 1
    if (counts[at] === 2 && expected[at]?.isRepeatable === false) faults.push({ code: 'cda-header-invalid', element: said, remark: 'repeated' })
  }
  for (const [at, { names, isNeeded }] of expected.entries()) {
    if (counts[at] === 0 && isNeeded) faults.push({ code: 'cda-header-incomplete', element: named(element.name, names.join('|')) })
  }
  return faults
}

/**
 * What of a CDA's header is missing, repeated, out of its place or unknown to the CDA R2 schema as the national profile narrows it
 * (dmp-interface.md section 3, in document order). An element said to be unknown (`nullFlavor`) may be empty.
 */
export function orderFaults(element: CdaElement, parent = ''): HeaderFault[] {
  const expected = particles.get(`${parent}/${element.name}`) ?? particles.get(element.name)
  if (expected === undefined || (element.nodes.length === 0 && element.attributes['nullFlavor'] !== undefined)) return []
  return [...faultsOf(element, expected), ...childrenOf(element).flatMap((child) => orderFaults(child, element.name))]
}
