import { DOMParser, type Element } from '@xmldom/xmldom'

/** Order of the schema for the elements an unstructured document uses; `*` several times, `?` perhaps, nothing once. */
const contents: Readonly<Record<string, string>> = {
  ClinicalDocument:
    'realmCode typeId templateId* id code title effectiveTime confidentialityCode languageCode setId versionNumber recordTarget author* custodian legalAuthenticator documentationOf* relatedDocument? componentOf component',
  recordTarget: 'patientRole',
  patientRole: 'id* addr* telecom* patient',
  patient: 'name administrativeGenderCode birthTime birthplace',
  birthplace: 'place',
  place: 'addr',
  author: 'time assignedAuthor',
  assignedAuthor: 'id code addr telecom assignedPerson representedOrganization',
  assignedPerson: 'name',
  custodian: 'assignedCustodian',
  assignedCustodian: 'representedCustodianOrganization',
  representedCustodianOrganization: 'id name telecom addr',
  legalAuthenticator: 'time signatureCode assignedEntity',
  assignedEntity: 'id code addr telecom assignedPerson representedOrganization',
  representedOrganization: 'id name telecom addr standardIndustryClassCode?',
  documentationOf: 'serviceEvent',
  serviceEvent: 'effectiveTime performer*',
  performer: 'assignedEntity',
  relatedDocument: 'parentDocument',
  parentDocument: 'id',
  componentOf: 'encompassingEncounter',
  encompassingEncounter: 'code effectiveTime location',
  location: 'healthCareFacility',
  healthCareFacility: 'id code',
  component: 'nonXMLBody',
  nonXMLBody: 'text',
}

const nullFlavors = ['UNK', 'NASK', 'ASKU', 'NAV', 'MSK']
/** Elements that may say that their value is unknown. */
const mayBeNull = ['addr', 'telecom']

/** Shapes of the speciality codes of JDV_J01 that the tests use: which family of know-how goes with which profession. */
const specialities = /^G1[56]_(10(\/SM\d\d)?|21(\/[A-EGHM][A-H]?)?|40(\/SCD0[1-3])?|60(\/SI0[1-5])?|50|70)$/

function elements(parent: Element): Element[] {
  return Array.from(parent.childNodes).filter((node): node is Element => node.nodeType === 1)
}

function byPath(root: Element, path: string): Element[] {
  return path.split('/').reduce<Element[]>((from, name) => from.flatMap((element) => elements(element).filter((child) => child.localName === name)), [root])
}

/** `YYYYMMDDhhmmss±ZZzz` in milliseconds since the epoch. */
function instantOf(value: string): number {
  return Date.parse(value.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6$7:$8'))
}

function hasRightKey(number: string): boolean {
  const digits = number.slice(0, 13).replace(/^(.{5})2A/, '$119').replace(/^(.{5})2B/, '$118')
  return /^\d{13}$/.test(digits) && (BigInt(digits) + BigInt(number.slice(13))) % 97n === 0n
}

function orderProblem(element: Element): string[] {
  const expected = contents[element.localName ?? '']
  if (expected === undefined) return []
  const names = elements(element).map((child) => child.localName).join(' ')
  const pattern = expected.split(' ').map((part) => {
    const name = part.replace(/[*?]$/, '')
    return part.endsWith('*') ? `(?:${name} )+` : part.endsWith('?') ? `(?:${name} )?` : `${name} `
  })
  return new RegExp(`^${pattern.join('')}$`).test(`${names} `) ? [] : [`${element.localName} holds ${names}`]
}

function everywhere(element: Element): Element[] {
  return [element, ...elements(element).flatMap(everywhere)]
}

/**
 * Rules of the CI-SIS "structuration minimale" that a document around a PDF must keep (dmp-interface.md section 3), checked
 * with another parser than the product's. Gives what is wrong, in words.
 */
export function ruleBreaches(bytes: Uint8Array): string[] {
  const found: string[] = []
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  const document = new DOMParser({ onError: (level, message) => found.push(`${level}: ${message}`) }).parseFromString(text, 'text/xml')
  const root = document.documentElement
  if (root === null || root.localName !== 'ClinicalDocument' || root.namespaceURI !== 'urn:hl7-org:v3') return ['not a ClinicalDocument']
  const must = (kept: boolean, rule: string) => {
    if (!kept) found.push(rule)
  }
  const one = (path: string) => {
    const [element, ...others] = byPath(root, path)
    must(element !== undefined && others.length === 0, `one ${path}`)
    return element
  }
  const coded = (path: string, system: string) => {
    for (const element of byPath(root, path)) {
      must(element.getAttribute('codeSystem') === system, `${path} of ${system}`)
      must((element.getAttribute('code') ?? '') !== '' && (element.getAttribute('displayName') ?? '') !== '', `${path} has code and displayName`)
    }
    must(byPath(root, path).length > 0, `${path} present`)
  }
  const timed = (path: string) => {
    for (const element of byPath(root, path)) must(/^\d{14}[+-]\d{4}$/.test(element.getAttribute('value') ?? ''), `${path} to the second with offset`)
    must(byPath(root, path).length > 0, `${path} present`)
  }

  for (const element of everywhere(root)) {
    found.push(...orderProblem(element))
    must(element.namespaceURI === 'urn:hl7-org:v3', `${element.localName} in the HL7 namespace`)
    const flavor = element.getAttribute('nullFlavor')
    for (const { name, value } of Array.from(element.attributes)) must(value.trim() !== '', `${element.localName}/@${name} says something`)
    if (element.attributes.length === 0) must((element.textContent ?? '').trim() !== '' || elements(element).length > 0, `${element.localName} says something`)
    if (element.localName === 'telecom' && flavor === null) must(/^(tel:\+?\d+|mailto:[^@\s]+@[^@\s]+)$/.test(element.getAttribute('value') ?? ''), 'telecom is a telephone or a mailbox')
    if (flavor !== null) {
      must(nullFlavors.includes(flavor) && mayBeNull.includes(element.localName ?? ''), `nullFlavor ${flavor} on ${element.localName}`)
      must(element.attributes.length === 1 && element.childNodes.length === 0, `${element.localName} unknown and empty`)
    }
    if (element.localName === 'addr' && flavor === null) must(elements(element).length > 0 && elements(element).every((part) => (part.textContent ?? '').trim() !== ''), 'no empty part in an address')
    if (element.localName === 'suffix') must(['DR', 'MC', 'MG', 'PC', 'PG', 'PR'].includes(element.textContent ?? ''), 'title of JDV_J246')
    if (element.localName === 'prefix') must(['M', 'MME'].includes(element.textContent ?? ''), 'civility of JDV_J245')
    if (element.localName === 'id' && flavor === null) must(/^[0-2](\.(0|[1-9]\d*))+$/.test(element.getAttribute('root') ?? ''), 'id root is an OID')
  }
  must(text.startsWith('<?xml version="1.0" encoding="UTF-8"?>'), 'UTF-8, declared')
  must(!text.includes('schemaLocation'), 'no schemaLocation')
  must(one('realmCode')?.getAttribute('code') === 'FR', 'realmCode FR')
  const type = one('typeId')
  must(type?.getAttribute('root') === '2.16.840.1.113883.1.3' && type.getAttribute('extension') === 'POCD_HD000040', 'typeId')
  const templates = byPath(root, 'templateId').map((element) => element.getAttribute('root'))
  must(templates.join(' ') === '2.16.840.1.113883.2.8.2.1 1.2.250.1.213.1.1.1.1 1.3.6.1.4.1.19376.1.2.20', 'the three templateId')
  const id = one('id')
  must(id?.getAttribute('extension') === null && (id.getAttribute('root') ?? '').length <= 64, 'no extension on id, 64 characters at most')
  must(one('setId')?.getAttribute('nullFlavor') === null, 'setId known')
  const code = one('code')
  must(/^\d{1,7}-\d$/.test(code?.getAttribute('code') ?? '') === (code?.getAttribute('codeSystem') === '2.16.840.1.113883.6.1'), 'a LOINC code of LOINC, another of TRE_A05')
  must(['2.16.840.1.113883.6.1', '1.2.250.1.213.1.1.4.12'].includes(code?.getAttribute('codeSystem') ?? '') && (code?.getAttribute('displayName') ?? '') !== '', 'code')
  const title = one('title')?.textContent ?? ''
  must(title.trim() !== '' && title.length <= 128, 'title')
  const confidentiality = one('confidentialityCode')
  must(confidentiality?.getAttribute('code') === 'N' && confidentiality.getAttribute('codeSystem') === '2.16.840.1.113883.5.25', 'confidentialityCode')
  must(one('languageCode')?.getAttribute('code') === 'fr-FR', 'languageCode')
  const version = one('versionNumber')?.getAttribute('value') ?? ''
  must(/^[1-9]\d*$/.test(version), 'versionNumber')
  for (const path of ['effectiveTime', 'author/time', 'legalAuthenticator/time', 'documentationOf/serviceEvent/effectiveTime/low']) timed(path)

  for (const interval of everywhere(root).filter(({ localName }) => localName === 'effectiveTime')) {
    const [low, high] = ['low', 'high'].map((name) => byPath(interval, name)[0]?.getAttribute('value'))
    must(low === undefined || high === undefined || low !== high, 'an interval does not end when it starts')
    must(low === undefined || high === undefined || instantOf(low ?? '') < instantOf(high ?? ''), 'an interval ends after it starts')
  }

  const [ins, ...locals] = byPath(root, 'recordTarget/patientRole/id')
  for (const local of locals) must(!(local.getAttribute('root') ?? '').startsWith('1.2.250.1.213.1.4.') && local.getAttribute('extension') !== null, 'one INS, then local numbers')
  must(hasRightKey(ins?.getAttribute('extension') ?? ''), 'key of the INS')
  must(/^1\.2\.250\.1\.213\.1\.4\.(8|9|10|11)$/.test(ins?.getAttribute('root') ?? '') && /^\d[\dAB]{14}$/.test(ins?.getAttribute('extension') ?? ''), 'INS first')
  const mail = byPath(root, 'recordTarget/patientRole/telecom').map((element) => element.getAttribute('value'))
  must(mail.includes(`mailto:${ins?.getAttribute('extension')}@patient.mssante.fr`), 'secure mailbox of the patient')
  const names = byPath(root, 'recordTarget/patientRole/patient/name').flatMap(elements)
  const part = (name: string, qualifier: string | null) =>
    names.filter((element) => element.localName === name && element.getAttribute('qualifier') === qualifier && (element.textContent ?? '').trim() !== '')
  must(part('family', 'BR').length === 1, 'one birth name')
  must(part('given', null).length === 1, 'birth given names in one string')
  must(part('given', 'BR').length === 1, 'first birth given name')
  must(names.every((element) => [null, 'BR', 'CL'].includes(element.getAttribute('qualifier'))), 'qualifiers BR and CL')
  must(/^(M|F|UN)$/.test(one('recordTarget/patientRole/patient/administrativeGenderCode')?.getAttribute('code') ?? ''), 'sex')
  coded('recordTarget/patientRole/patient/administrativeGenderCode', '2.16.840.1.113883.5.1')
  must(/^\d{8}$/.test(one('recordTarget/patientRole/patient/birthTime')?.getAttribute('value') ?? ''), 'birth day')
  must(/^\d[\dAB]\d{3}$/.test(one('recordTarget/patientRole/patient/birthplace/place/addr/county')?.textContent ?? ''), 'birth place code')

  const parties = ['author/assignedAuthor', 'legalAuthenticator/assignedEntity', 'documentationOf/serviceEvent/performer/assignedEntity']
  for (const path of parties) {
    coded(`${path}/code`, '1.2.250.1.213.1.1.4.5')
    for (const code of byPath(root, `${path}/code`)) must(specialities.test(code.getAttribute('code') ?? ''), `${path} speciality of JDV_J01`)
    for (const id of byPath(root, `${path}/id`)) must(id.getAttribute('root') === '1.2.250.1.71.4.2.1' && /^[0134568]/.test(id.getAttribute('extension') ?? ''), `${path} by PS_IdNat`)
    for (const name of ['given', 'family']) must((one(`${path}/assignedPerson/name/${name}`)?.textContent ?? '') !== '', `${path} ${name}`)
  }
  const structures = [...parties.map((path) => `${path}/representedOrganization`), 'custodian/assignedCustodian/representedCustodianOrganization']
  for (const path of structures) {
    const structure = one(`${path}/id`)
    must(structure?.getAttribute('root') === '1.2.250.1.71.4.2.2' && /^[0-4]/.test(structure.getAttribute('extension') ?? ''), `${path} by Struct_IdNat`)
    must((one(`${path}/name`)?.textContent ?? '') !== '', `${path} named`)
  }
  must(one('legalAuthenticator/signatureCode')?.getAttribute('code') === 'S', 'signatureCode')
  coded('documentationOf/serviceEvent/performer/assignedEntity/representedOrganization/standardIndustryClassCode', '1.2.250.1.213.1.1.4.9')
  must(one('documentationOf/serviceEvent/performer')?.getAttribute('typeCode') === 'PRF', 'performer PRF')
  coded('componentOf/encompassingEncounter/location/healthCareFacility/code', '1.2.250.1.71.4.2.4')
  must(one('componentOf/encompassingEncounter/location/healthCareFacility/id')?.getAttribute('root') === '1.2.250.1.71.4.2.2', 'healthCareFacility by Struct_IdNat')
  must(byPath(root, 'componentOf/encompassingEncounter/effectiveTime/low').length === 1, 'encounter dated')
  coded('componentOf/encompassingEncounter/code', '2.16.840.1.113883.5.4')
  for (const related of byPath(root, 'relatedDocument')) {
    must(related.getAttribute('typeCode') === 'RPLC', 'RPLC')
    const parent = byPath(related, 'parentDocument/id')[0]
    must(parent?.getAttribute('extension') === null && parent.getAttribute('root') !== id?.getAttribute('root'), 'replaces another document, by its OID')
    must(version !== '1', 'what replaces is not a first version')
  }
  const body = one('component/nonXMLBody/text')
  must(body?.getAttribute('mediaType') === 'application/pdf' && body.getAttribute('representation') === 'B64', 'a PDF in base64')
  must(/^[A-Za-z0-9+/]+={0,2}$/.test(body?.textContent ?? ''), 'base64 without blanks')
  must(Buffer.from(body?.textContent ?? '', 'base64').subarray(0, 5).toString('latin1') === '%PDF-', 'the body is a PDF')
  return found
}
