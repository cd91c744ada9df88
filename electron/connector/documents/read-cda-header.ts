import type { XmlElement } from 'libxml2-wasm'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { identifierDomains, isInsOid, obsoleteInsOid } from '#shared/terminology/index.ts'
import { idText, type CdaAct, type CdaCode, type CdaHeader, type CdaId, type CdaName, type CdaOrganisation, type CdaParty, type CdaPatient } from './cda-header.ts'
import { headerFaults } from './header-rules.ts'
import { headerTree } from './header-tree.ts'
import { attribute, children, childrenByName, clinicalDocumentOf, descend, exactAttribute, textOf, withXml } from './xml-document.ts'

function readId(element: XmlElement | null, read = attribute): CdaId | null {
  const root = read(element, 'root')
  return root === null ? null : { root, extension: read(element, 'extension') }
}

function readIds(element: XmlElement | null, read = attribute): CdaId[] {
  return children(element, 'id').flatMap((id) => readId(id, read) ?? [])
}

function readCode(element: XmlElement | null, read = attribute): CdaCode | null {
  const code = read(element, 'code')
  return code === null ? null : { code, system: read(element, 'codeSystem'), label: attribute(element, 'displayName') }
}

function readName(name: XmlElement | null): CdaName {
  return { family: textOf(descend(name, 'family')), given: textOf(descend(name, 'given')) }
}

/** A name part by qualifier; `null` = the first one without qualifier. The attribute may hold several. */
function namePart(name: XmlElement | null, part: 'family' | 'given', qualifier: string | null): string | null {
  const found = children(name, part).find((element) => {
    const written = attribute(element, 'qualifier')
    return qualifier === null ? written === null : (written?.split(/\s+/).includes(qualifier) ?? false)
  })
  return textOf(found ?? null)
}

/** One patient as a `recordTarget` gives them. */
export function readPatient(role: XmlElement): CdaPatient {
  const patient = descend(role, 'patient')
  const name = descend(patient, 'name')
  const place = descend(patient, 'birthplace', 'place')
  const sex = attribute(descend(patient, 'administrativeGenderCode'), 'code')
  const first = namePart(name, 'given', 'BR')
  return {
    ids: readIds(role, exactAttribute),
    birthName: namePart(name, 'family', 'BR'),
    givenName: first,
    givenNames: namePart(name, 'given', null) ?? first,
    usedName: namePart(name, 'family', 'CL') ?? namePart(name, 'family', 'SP'),
    usedGivenName: namePart(name, 'given', 'CL'),
    birthTime: attribute(descend(patient, 'birthTime'), 'value'),
    sex: sex === 'M' || sex === 'F' ? sex : sex === 'UN' || sex === 'U' ? 'U' : null,
    birthPlace: textOf(descend(place, 'addr', 'county')),
    birthPlaceName: textOf(descend(place, 'addr', 'city')) ?? textOf(descend(place, 'name')),
  }
}

function readOrganisation(element: XmlElement | null): CdaOrganisation | null {
  if (element === null) return null
  const ids = readIds(element)
  return {
    id: ids.find(({ root }) => root === identifierDomains.structure) ?? ids[0] ?? null,
    name: textOf(descend(element, 'name')),
  }
}

function isPatientDomain(root: string): boolean {
  return isInsOid(root) || root === obsoleteInsOid
}

/** A person or device in a role: `assigned` is `assignedAuthor` or `assignedEntity`. */
function readParty(assigned: XmlElement | null, functionCode: XmlElement | null): CdaParty | null {
  if (assigned === null) return null
  const ids = readIds(assigned).filter(({ extension }) => extension !== null)
  const id = ids.find(({ root }) => root === identifierDomains.professional) ?? ids[0] ?? null
  const device = descend(assigned, 'assignedAuthoringDevice')
  const role = readCode(functionCode)
  const words = ['softwareName', 'manufacturerModelName'].map((part) => textOf(descend(device, part)))
  return {
    kind: device !== null ? 'device' : id !== null && isPatientDomain(id.root) ? 'patient' : 'professional',
    id,
    // A point stands for a mandatory name that does not exist.
    name: device === null ? readName(descend(assigned, 'assignedPerson', 'name')) : { family: words.find((word) => word !== null && word !== '.') ?? null, given: null },
    speciality: readCode(descend(assigned, 'code')),
    role: role === null ? null : (role.label ?? role.code),
    organisation: readOrganisation(descend(assigned, 'representedOrganization')),
  }
}

function readAct(event: XmlElement): CdaAct {
  const time = descend(event, 'effectiveTime')
  const settings = children(event, 'performer').flatMap(
    (performer) => readCode(descend(performer, 'assignedEntity', 'representedOrganization', 'standardIndustryClassCode')) ?? [],
  )
  return {
    code: readCode(descend(event, 'code')),
    start: attribute(descend(time, 'low'), 'value') ?? attribute(time, 'value'),
    stop: attribute(descend(time, 'high'), 'value'),
    practiceSetting: settings[0] ?? null,
  }
}

function readVersion(element: XmlElement | null): number | null {
  const written = attribute(element, 'value')
  return written !== null && /^\d{1,9}$/.test(written) ? Number(written) : null
}

/** Last of all: it empties the body. */
function faultsOf(document: XmlElement): CdaHeader['faults'] {
  const tree = headerTree(document)
  return tree === null ? [{ code: 'cda-header-invalid', element: 'ClinicalDocument' }] : headerFaults(tree)
}

function readDocument(document: XmlElement, selfPresenting: boolean): CdaHeader {
  const every = childrenByName(document)
  const first = (name: string) => every(name)[0] ?? null
  const unstructured = descend(first('component'), 'nonXMLBody', 'text')
  const authenticator = first('legalAuthenticator')
  const relations = every('relatedDocument').flatMap((related) => {
    const id = readId(descend(related, 'parentDocument', 'id'))
    return id === null ? [] : [{ kind: attribute(related, 'typeCode') ?? '', id }]
  })
  const replaced = relations.find(({ kind }) => kind === 'RPLC')
  return {
    selfPresenting,
    id: readId(first('id'), exactAttribute),
    templateIds: every('templateId').flatMap((element) => attribute(element, 'root') ?? []),
    code: readCode(first('code'), exactAttribute),
    title: textOf(first('title')),
    effectiveTime: attribute(first('effectiveTime'), 'value'),
    confidentiality: attribute(first('confidentialityCode'), 'code'),
    language: attribute(first('languageCode'), 'code'),
    setId: readId(first('setId')),
    versionNumber: readVersion(first('versionNumber')),
    patients: every('recordTarget').flatMap((target) => children(target, 'patientRole').map(readPatient)),
    authors: every('author').flatMap(
      (author) => readParty(descend(author, 'assignedAuthor'), descend(author, 'functionCode')) ?? [],
    ),
    legalAuthenticator: readParty(descend(authenticator, 'assignedEntity'), null),
    custodian: readOrganisation(descend(first('custodian'), 'assignedCustodian', 'representedCustodianOrganization')),
    acts: every('documentationOf').flatMap((link) => children(link, 'serviceEvent').map(readAct)),
    facilityType: readCode(descend(first('componentOf'), 'encompassingEncounter', 'location', 'healthCareFacility', 'code')),
    orders: every('inFulfillmentOf').flatMap((link) => children(link, 'order').flatMap((order) => readIds(order, exactAttribute))),
    relations,
    replaces: replaced === undefined ? null : idText(replaced.id),
    bodyMediaType: unstructured === null ? null : (attribute(unstructured, 'mediaType') ?? 'text/plain'),
    faults: faultsOf(document),
  }
}

/**
 * Reads the header of a CDA R2 document (CI-SIS "structuration minimale"), plain or self-presenting, in any encoding the
 * XML declares. Gives what is written; what is missing is null and judged later (`metadataOf`, the identity gate).
 * Fails with `xml-doctype`, `xml-malformed`, `xml-too-deep`, or `format-unknown` when it is not a CDA.
 */
export function readCdaHeader(bytes: Uint8Array): Result<CdaHeader> {
  return withXml(bytes, (root) => {
    const found = clinicalDocumentOf(root)
    if (found === null) return failure('format-unknown', { detail: 'no ClinicalDocument' })
    return success(readDocument(found.document, found.selfPresenting))
  })
}
