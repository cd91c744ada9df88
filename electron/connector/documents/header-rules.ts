import type { HeaderFault } from '#shared/contract/index.ts'
import { codeSystems, identifierDomains, isAuthorSpeciality, isInsOid } from '#shared/terminology/index.ts'
import { orderFaults } from './header-order.ts'
import type { CdaElement } from './read-serialised.ts'
import { titleLength } from './title-length.ts'

type Rule = (document: CdaElement) => readonly (HeaderFault | false)[]

const incomplete = (element: string): HeaderFault => ({ code: 'cda-header-incomplete', element })
const invalid = (element: string, remark?: HeaderFault['remark']): HeaderFault => ({ code: 'cda-header-invalid', element, ...(remark && { remark }) })

const isElement = (node: CdaElement | string): node is CdaElement => typeof node !== 'string' && node.hl7

function at(from: CdaElement, path: string): CdaElement[] {
  return path.split('/').reduce<CdaElement[]>((found, name) => found.flatMap(({ nodes }) => nodes.filter(isElement).filter((child) => child.name === name)), [from])
}

/** Every element of that name, at any depth of the header. */
function everywhere(from: CdaElement, name: string): CdaElement[] {
  return from.nodes.filter(isElement).flatMap((child) => [...(child.name === name ? [child] : []), ...everywhere(child, name)])
}

const textOf = ({ nodes }: CdaElement) => nodes.filter((node) => typeof node === 'string').join('').replace(/\s+/g, ' ').trim()

/** An attribute that an element must have when the element is there; what is not there is missing already. */
const lacks = (document: CdaElement, path: string, name: string): HeaderFault | false => at(document, path).some(({ attributes }) => attributes[name] === undefined) && incomplete(path)

const isUnknown = ({ attributes }: CdaElement) => attributes['nullFlavor'] !== undefined
const has = (elements: readonly CdaElement[], name: string, value: string) => elements.some(({ attributes }) => attributes[name] === value)

const hl7France = '2.16.840.1.113883.2.8.2.1'
const ciSis = '1.2.250.1.213.1.1.1.1'
const unstructured = '1.3.6.1.4.1.19376.1.2.20'
/** Arc of the CI-SIS models of content, whose edition is the extension of the templateId. */
const models = '1.2.250.1.213.1.1.1.'

/** Section 3, 1 to 3: realm, standard, and the three declarations of conformity at least. */
const declarations: Rule = (document) => {
  const templates = at(document, 'templateId')
  const isUnstructured = isLevelOne(document)
  return [
    at(document, 'realmCode').some(({ attributes }) => attributes['code'] !== 'FR') && invalid('realmCode'),
    at(document, 'typeId').some(({ attributes }) => attributes['root'] !== '2.16.840.1.113883.1.3' || attributes['extension'] !== 'POCD_HD000040') && invalid('typeId'),
    !has(templates, 'root', hl7France) && incomplete('templateId/hl7-france'),
    !has(templates, 'root', ciSis) && incomplete('templateId/ci-sis'),
    isUnstructured && !has(templates, 'root', unstructured) && incomplete('templateId/unstructured'),
    !isUnstructured && has(templates, 'root', hl7France) && has(templates, 'root', ciSis) && templates.length < 3 && incomplete('templateId/model'),
  ]
}

/** A document of level 1, the body of which is a file: section 3 is written for it. Models of structured documents were published under earlier headers. */
const isLevelOne = (document: CdaElement) => at(document, 'component/nonXMLBody').length > 0

/** Section 3, 25: what kind of file the body is, in base64; only words may stand as they are. */
const body: Rule = (document) => {
  const isSaid = ({ mediaType, representation }: CdaElement['attributes']) => mediaType !== undefined && (representation === 'B64' || mediaType.toLowerCase() === 'text/plain')
  return [at(document, 'component/nonXMLBody/text').some(({ attributes }) => !isSaid(attributes)) && invalid('component/nonXMLBody/text')]
}

/** Section 3, 4 to 11: what the document is, in which version. */
const identity: Rule = (document) => [
  lacks(document, 'id', 'root'),
  lacks(document, 'code', 'code'),
  lacks(document, 'code', 'codeSystem'),
  at(document, 'code').some(({ attributes }) => attributes['displayName'] === undefined) && incomplete('code/displayName'),
  at(document, 'title').some((title) => textOf(title) === '') && incomplete('title'),
  at(document, 'title').some((title) => Array.from(textOf(title)).length > titleLength) && invalid('title'),
  lacks(document, 'effectiveTime', 'value'),
  // To the minute: a national example has no seconds.
  at(document, 'effectiveTime').some(({ attributes: { value } }) => value !== undefined && !/^\d{12}(\d\d(\.\d+)?)?[+-]\d{4}$/.test(value)) && invalid('effectiveTime'),
  at(document, 'confidentialityCode').some(({ attributes }) => attributes['codeSystem'] !== codeSystems.confidentiality) && invalid('confidentialityCode'),
  lacks(document, 'languageCode', 'code'),
  at(document, 'languageCode').some(({ attributes: { code } }) => code !== undefined && code !== 'fr-FR') && invalid('languageCode'),
  lacks(document, 'setId', 'root'),
  lacks(document, 'versionNumber', 'value'),
  at(document, 'versionNumber').some(({ attributes: { value } }) => value !== undefined && !/^[1-9]\d*$/.test(value)) && invalid('versionNumber'),
]

/** Addresses and telephones must stand, be it to say that there is none; structured models lack them. */
const placed = (document: CdaElement, path: string, element: string): readonly (HeaderFault | false)[] =>
  ['addr', 'telecom'].map((part) => isLevelOne(document) && at(document, path).some((one) => at(one, part).length === 0) && incomplete(`${element}/${part}`))

/** Section 3.1, and what the CI-SIS header forbids of a patient: origin and religion. All birth given names go without a qualifier, beside the first. */
const patient: Rule = (document) => [
  at(document, 'recordTarget/patientRole/patient/name').some((name) => !at(name, 'given').some((given) => given.attributes['qualifier'] === undefined && textOf(given) !== '')) && incomplete('patient/name/given'),
  ...placed(document, 'recordTarget/patientRole', 'patientRole'),
  ...['raceCode', 'ethnicGroupCode', 'religiousAffiliationCode'].map((name) => at(document, `recordTarget/patientRole/patient/${name}`).length > 0 && invalid(name, 'forbidden')),
  at(document, 'recordTarget/patientRole/id').some(isUnknown) && incomplete('recordTarget/patientRole/id'),
]

const isPatientNumber = ({ attributes: { root } }: CdaElement) => root !== undefined && isInsOid(root)
/** Whoever acts as the patient has neither profession nor structure. */
const isPatient = (assigned: CdaElement) => at(assigned, 'id').some(isPatientNumber)
const structureOf = (assigned: CdaElement) => at(assigned, 'representedOrganization')
/** A structure by a number and a name. */
const isNamed = (structure: CdaElement) => at(structure, 'id').some(({ attributes }) => attributes['extension'] !== undefined) && at(structure, 'name').some((name) => textOf(name) !== '')

/**
 * Section 3.2: who, a professional by a national number; of which profession, in which structure. Models of content of 2022 and before were published under a header that left the
 * profession open: national examples of that year (CARD-F-PRC) have none, and the record takes their like. Of later structured ones, some have no structure.
 */
const authors: Rule = (document) => {
  const isEarlier = at(document, 'templateId').some(({ attributes: { root, extension } }) => root?.startsWith(models) && extension !== undefined && extension < '2023')
  const all = at(document, 'author/assignedAuthor')
  const codes = all.flatMap((author) => at(author, 'code')).flatMap(({ attributes: { code, codeSystem = '' } }) => (code === undefined ? [] : [{ code, codeSystem }]))
  const numbers = all.filter((author) => at(author, 'assignedPerson').length > 0 && !isPatient(author)).map((author) => at(author, 'id').filter((id) => !isUnknown(id)))
  return [
    numbers.some((ids) => ids.length > 0 && !has(ids, 'root', identifierDomains.professional)) && invalid('author/id'),
    !isEarlier && all.some((author) => !at(author, 'code').some(({ attributes }) => attributes['code'] !== undefined)) && incomplete('author/code'),
    codes.some(({ code, codeSystem }) => !isAuthorSpeciality(code, codeSystem)) && invalid('author/code'),
    isLevelOne(document) && all.some((author) => !isPatient(author) && !structureOf(author).some(isNamed)) && incomplete('author/representedOrganization'),
    ...placed(document, 'author/assignedAuthor', 'author'),
  ]
}

/** Section 3.3: who keeps the document, by number and name, and where. */
const custodian: Rule = (document) => {
  const keeper = 'custodian/assignedCustodian/representedCustodianOrganization'
  return [
    lacks(document, `${keeper}/id`, 'root') && incomplete('custodian/id'),
    at(document, keeper).some((one) => !at(one, 'name').some((name) => textOf(name) !== '')) && incomplete('custodian/name'),
    ...placed(document, keeper, 'custodian'),
  ]
}

/** Section 3.4: signed. Profession and structure are mandatory only lately: structured national examples of 2024 have neither. */
const legalAuthenticator: Rule = (document) => {
  const professionals = at(document, 'legalAuthenticator/assignedEntity').filter((entity) => isLevelOne(document) && !isPatient(entity))
  return [
    at(document, 'legalAuthenticator/signatureCode').some(({ attributes }) => attributes['code'] !== 'S') && invalid('signatureCode'),
    professionals.some((entity) => !at(entity, 'code').some(({ attributes }) => attributes['code'] !== undefined)) && incomplete('legalAuthenticator/code'),
    professionals.some((entity) => !structureOf(entity).some(isNamed)) && incomplete('legalAuthenticator/representedOrganization'),
    ...placed(document, 'legalAuthenticator/assignedEntity', 'legalAuthenticator'),
  ]
}

const civilities = new Set(['M', 'MLLE', 'MME', 'DR', 'MC', 'MG', 'PC', 'PG', 'PR'])
const titles = new Set(['DR', 'MC', 'MG', 'PC', 'PG', 'PR'])

/** Whoever acts, as the CI-SIS header has them (3.2, 3.4, 3.5): one number, one name, civility and title of the national lists, a structure by its national number. */
const persons: Rule = (document) => {
  const entities = everywhere(document, 'assignedEntity')
  const assigned = [...entities, ...everywhere(document, 'assignedAuthor')]
  const people = assigned.flatMap((one) => at(one, 'assignedPerson')).filter((person) => !isUnknown(person))
  const structureIds = assigned.flatMap((one) => at(one, 'representedOrganization')).map((structure) => at(structure, 'id'))
  const outside = (part: string, list: ReadonlySet<string>) => people.some((person) => at(person, `name/${part}`).some((word) => !isUnknown(word) && !list.has(textOf(word))))
  return [
    entities.some((one) => at(one, 'id').length > 1) && invalid('assignedEntity/id', 'repeated'),
    entities.some((one) => at(one, 'id').some((id) => !isUnknown(id) && (id.attributes['root'] === undefined || id.attributes['extension'] === undefined))) && incomplete('assignedEntity/id'),
    people.some((person) => at(person, 'name').length !== 1 || at(person, 'name/family').length !== 1 || at(person, 'name/given').length > 1) && invalid('assignedPerson/name'),
    outside('prefix', civilities) && invalid('assignedPerson/name/prefix'),
    outside('suffix', titles) && invalid('assignedPerson/name/suffix'),
    structureIds.some((ids) => ids.length > 0 && !has(ids, 'root', identifierDomains.structure)) && invalid('representedOrganization/id'),
  ]
}

/** Section 3.5: an act with its beginning, and the practice setting of whoever performs it (PRF), no nullFlavor. */
const acts: Rule = (document) => {
  const event = 'documentationOf/serviceEvent'
  const performers = at(document, `${event}/performer`)
  const setting = at(document, `${event}/performer/assignedEntity/representedOrganization/standardIndustryClassCode`)
  return [
    performers.length > 0 && !has(performers, 'typeCode', 'PRF') && invalid('performer/typeCode'),
    at(document, event).length > 0 && !at(document, `${event}/effectiveTime`).some((time) => time.attributes['value'] !== undefined || at(time, 'low').some(({ attributes }) => attributes['value'] !== undefined)) && incomplete(`${event}/effectiveTime/low`),
    at(document, event).length > 0 && !setting.some(({ attributes }) => attributes['code'] !== undefined) && incomplete('standardIndustryClassCode'),
  ]
}

/** Section 3, 22: what it replaces, or what it was made of. */
const related: Rule = (document) => [
  at(document, 'relatedDocument').some(({ attributes: { typeCode } }) => typeCode !== 'RPLC' && typeCode !== 'XFRM') && invalid('relatedDocument/typeCode'),
  at(document, 'relatedDocument/parentDocument/id').some(({ attributes }) => attributes['root'] === undefined) && incomplete('relatedDocument/parentDocument/id'),
]

/** Section 3.6: the kind of place, no nullFlavor. */
const place: Rule = (document) => {
  const facility = 'componentOf/encompassingEncounter/location/healthCareFacility'
  return [at(document, 'componentOf').length > 0 && !at(document, `${facility}/code`).some(({ attributes }) => attributes['code'] !== undefined) && incomplete(`${facility}/code`)]
}

const rules: readonly Rule[] = [declarations, identity, body, patient, authors, custodian, legalAuthenticator, persons, acts, related, place]

/**
 * Everything by which a header breaks the national profile (dmp-interface.md section 3; CI-SIS header schematrons) or the order of
 * the CDA R2 schema, what is missing first. Asked of documents made elsewhere: all national examples and all we write keep these
 * rules. What the profile asks for and structured examples lack (addresses, telephones, structures, an authenticator's profession) is asked of
 * documents of level 1 alone.
 */
export function headerFaults(document: CdaElement): readonly HeaderFault[] {
  const found = [...orderFaults(document), ...rules.flatMap((rule) => rule(document)).filter((fault) => fault !== false)]
  const isMissing = ({ code }: HeaderFault) => code === 'cda-header-incomplete'
  return [...found.filter(isMissing), ...found.filter((fault) => !isMissing(fault))]
}
