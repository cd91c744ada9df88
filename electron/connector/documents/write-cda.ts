import { failure, success, type PracticeProfessional, type PracticeStructure, type Result } from '#shared/contract/index.ts'
import { rawXml, xml, type Markup } from '#shared/text/xml.ts'
import {
  authorSpeciality, codedType, codeSystemName, codeSystems, facilityType, identifierDomains, normalConfidentiality, practiceSetting,
} from '#shared/terminology/index.ts'
import { base64Length, writeBase64 } from './base64.ts'
import { cdaTime } from './cda-time.ts'
import { isPlainOid } from './plain-oid.ts'
import { titleLength } from './title-length.ts'

/** A qualified identity, as a CDA carries it: number, five strict traits, and what else is known. */
export interface CdaWriterPatient {
  readonly ins: string
  readonly insOid: string
  readonly localId: { readonly value: string; readonly oid: string } | null
  readonly birthName: string
  /** First birth given name. */
  readonly givenName: string
  /** All birth given names, blanks between. */
  readonly givenNames: string
  readonly usedName: string | null
  readonly usedGivenName: string | null
  /** `YYYY-MM-DD`. */
  readonly birthDate: string
  readonly sex: 'M' | 'F' | 'U'
  /** INSEE (COG) code. */
  readonly birthPlace: string
  readonly birthPlaceName: string | null
}

/** Everything an unstructured CDA is made of. Ids and instants are given, so that the same input gives the same bytes. */
export interface CdaToWrite {
  /** OID of this version of the document, 64 characters at most. */
  readonly id: string
  /** OID all its versions share. */
  readonly setId: string
  readonly versionNumber: number
  /** OID of the version just before; null for a first version. */
  readonly replaces: string | null
  /** Type code of the DMP's list. */
  readonly typeCode: string
  readonly title: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly serviceStart: number
  readonly serviceStop: number | null
  readonly patient: CdaWriterPatient
  /** Who wrote it and answers for it, in the structure it was written for. */
  readonly professional: PracticeProfessional
  readonly structure: PracticeStructure
  readonly body: { readonly mediaType: 'application/pdf'; readonly bytes: Uint8Array }
  readonly timeZone?: string
}

const genders = { M: ['M', 'Masculin'], F: ['F', 'Féminin'], U: ['UN', 'Inconnu'] } as const
/** Titles and civilities the profile knows (JDV_J246, JDV_J245); any other is left out rather than refused by the record. */
const titles = new Set(['DR', 'PR', 'MC', 'MG', 'PC', 'PG'])
const civilities = new Set(['M', 'MME'])

function telephone(phone: string | undefined): Markup {
  const number = phone?.replace(/[^+\d]/g, '')
  return number ? xml`<telecom value="tel:${number}" use="WP"/>` : xml`<telecom nullFlavor="NAV"/>`
}

function address({ address }: PracticeStructure): Markup {
  if (address === undefined) return xml`<addr nullFlavor="NAV"/>`
  const [line, postalCode, city] = [address.line.trim(), address.postalCode.trim(), address.city.trim()]
  const [, number, street] = /^(\d+(?: ?(?:bis|ter|quater|[A-Za-z]))?)[ ,]+(.+)$/i.exec(line) ?? []
  // The national rules refuse an address that is neither null nor filled, and warn of each empty part.
  if (line + postalCode + city === '') return xml`<addr nullFlavor="NAV"/>`
  return xml`<addr>${number !== undefined && xml`<houseNumber>${number}</houseNumber>`}${line !== '' && xml`<streetName>${street ?? line}</streetName>`}${
    postalCode !== '' && xml`<postalCode>${postalCode}</postalCode>`
  }${city !== '' && xml`<city>${city}</city>`}</addr>`
}

/** The name of a professional; the title the practice wrote (`Dr`, `Mme.`) as the profile codes it, before or after. */
function personName({ given, family, title = '' }: PracticeProfessional): Markup {
  const code = title.replace(/[.\s]/g, '').toUpperCase()
  return xml`<name>${civilities.has(code) && xml`<prefix>${code}</prefix>`}<given>${given}</given><family>${family}</family>${titles.has(code) && xml`<suffix>${code}</suffix>`}</name>`
}

function structureParts(structure: PracticeStructure): Markup {
  return xml`<id root="${identifierDomains.structure}" extension="${structure.id}"/>
<name>${structure.name}</name>
${telephone(structure.phone)}
${address(structure)}`
}

/** The professional as author, legal authenticator or performer: same parts, in the order of the schema. */
function professionalParts(input: CdaToWrite, withSetting: boolean): Markup {
  const { professional, structure } = input
  const speciality = authorSpeciality(professional.profession, professional.specialty)
  const setting = practiceSetting(structure.practiceSetting)
  return xml`<id root="${identifierDomains.professional}" extension="${professional.id}"/>
<code code="${speciality.code}" displayName="${speciality.label}" codeSystem="${speciality.system}"/>
${address(structure)}
${telephone(structure.phone)}
<assignedPerson>${personName(professional)}</assignedPerson>
<representedOrganization>
${structureParts(structure)}
${withSetting && xml`<standardIndustryClassCode code="${setting.code}" displayName="${setting.label}" codeSystem="${setting.system}"/>`}
</representedOrganization>`
}

/** `recordTarget` (section 3.1): INS first, then the local number; the five traits; the secure mailbox of the patient. */
function recordTarget({ patient }: CdaToWrite): Markup {
  const [gender, genderLabel] = genders[patient.sex]
  return xml`<recordTarget>
<patientRole>
<id root="${patient.insOid}" extension="${patient.ins}"/>
${patient.localId && xml`<id root="${patient.localId.oid}" extension="${patient.localId.value}"/>`}
<addr nullFlavor="NAV"/>
<telecom value="mailto:${patient.ins}@patient.mssante.fr"/>
<patient classCode="PSN">
<name>
<family qualifier="BR">${patient.birthName}</family>
<given>${patient.givenNames}</given>
<given qualifier="BR">${patient.givenName}</given>
${patient.usedName !== null && xml`<family qualifier="CL">${patient.usedName}</family>`}
${patient.usedGivenName !== null && xml`<given qualifier="CL">${patient.usedGivenName}</given>`}
</name>
<administrativeGenderCode code="${gender}" displayName="${genderLabel}" codeSystem="${codeSystems.gender}"/>
<birthTime value="${patient.birthDate.replaceAll('-', '')}"/>
<birthplace><place><addr><county>${patient.birthPlace}</county>${
    patient.birthPlaceName !== null && xml`<city>${patient.birthPlaceName}</city>`
  }</addr></place></birthplace>
</patient>
</patientRole>
</recordTarget>`
}

function problem(input: CdaToWrite): string | null {
  const { patient } = input
  const oids = [input.id, input.setId, patient.insOid, ...(input.replaces === null ? [] : [input.replaces]), ...(patient.localId === null ? [] : [patient.localId.oid])]
  if (!oids.every(isPlainOid)) return 'an identifier is not an OID'
  if (input.replaces === input.id) return 'a document replaces itself'
  if (!Number.isInteger(input.versionNumber) || input.versionNumber < 1) return 'versionNumber'
  if (input.title.trim() === '' || input.title.length > titleLength) return 'title'
  if ([patient.birthName, patient.givenName, patient.givenNames].some((value) => value.trim() === '')) return 'names'
  if (!/^\d[\dAB]{14}$/.test(patient.ins) || !/^\d{4}-\d\d-\d\d$/.test(patient.birthDate) || !/^\d[\dAB]\d{3}$/.test(patient.birthPlace)) return 'traits'
  return input.serviceStop !== null && input.serviceStop < input.serviceStart ? 'serviceStop before serviceStart' : null
}

const afterBody = Buffer.from(`</text>
</nonXMLBody>
</component>
</ClinicalDocument>
`)

/** Where the body begins. The quotation marks keep it out of every text, where they are written as entities. */
const beforeBody = 'representation="B64">'

/** A document `writeCda` wrote, its body left out: its header is all there, and is read a hundred times quicker. */
export function withoutBody(document: Uint8Array): Uint8Array {
  const written = Buffer.from(document.buffer, document.byteOffset, document.byteLength)
  return Buffer.concat([written.subarray(0, written.indexOf(beforeBody) + beforeBody.length), afterBody])
}

/** A document with its body in base64 in its place; the body is nearly all of it and is written once. */
function around(before: Buffer, body: Uint8Array, after: Buffer): Uint8Array {
  const bodyEnd = before.length + base64Length(body.length)
  const document = Buffer.allocUnsafe(bodyEnd + after.length)
  before.copy(document)
  writeBase64(body, document, before.length)
  after.copy(document, bodyEnd)
  return document
}

/**
 * Writes a CDA R2 level 1 document around a PDF: "structuration minimale" of the CI-SIS, elements in the order of the
 * schema (dmp-interface.md section 3). Nothing is guessed: unknown addresses and telephones are said to be unknown.
 * Fails with `type-not-accepted` for a type the DMP does not take, `input-invalid` naming what cannot be written.
 */
export function writeCda(input: CdaToWrite): Result<Uint8Array> {
  const type = codedType(input.typeCode)
  if (type === undefined) return failure('type-not-accepted', { detail: input.typeCode })
  const wrong = problem(input)
  if (wrong !== null) return failure('input-invalid', { detail: wrong })
  const systemName = codeSystemName(type.system)
  const created = cdaTime(input.createdAt, input.timeZone)
  const started = cdaTime(input.serviceStart, input.timeZone)
  const stopped = input.serviceStop === null ? started : cdaTime(input.serviceStop, input.timeZone)
  const sector = facilityType(input.structure.sector)
  const { body } = input
  const before = xml`<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="FR"/>
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/>
<templateId root="1.2.250.1.213.1.1.1.1"/>
<templateId root="1.3.6.1.4.1.19376.1.2.20"/>
<id root="${input.id}"/>
<code code="${type.code}" displayName="${type.label}" codeSystem="${type.system}"${systemName !== undefined && xml` codeSystemName="${systemName}"`}/>
<title>${input.title}</title>
<effectiveTime value="${created}"/>
<confidentialityCode code="${normalConfidentiality.code}" displayName="${normalConfidentiality.label}" codeSystem="${normalConfidentiality.system}"/>
<languageCode code="fr-FR"/>
<setId root="${input.setId}"/>
<versionNumber value="${input.versionNumber}"/>
${recordTarget(input)}
<author>
<time value="${created}"/>
<assignedAuthor>
${professionalParts(input, false)}
</assignedAuthor>
</author>
<custodian>
<assignedCustodian>
<representedCustodianOrganization>
${structureParts(input.structure)}
</representedCustodianOrganization>
</assignedCustodian>
</custodian>
<legalAuthenticator>
<time value="${created}"/>
<signatureCode code="S"/>
<assignedEntity>
${professionalParts(input, false)}
</assignedEntity>
</legalAuthenticator>
<documentationOf>
<serviceEvent>
<effectiveTime><low value="${started}"/>${
    // The national rules refuse an interval that ends when it starts.
    stopped !== started && xml`<high value="${stopped}"/>`
  }</effectiveTime>
<performer typeCode="PRF">
<assignedEntity>
${professionalParts(input, true)}
</assignedEntity>
</performer>
</serviceEvent>
</documentationOf>
${input.replaces !== null && xml`<relatedDocument typeCode="RPLC"><parentDocument><id root="${input.replaces}"/></parentDocument></relatedDocument>`}
<componentOf>
<encompassingEncounter>
<code code="AMB" displayName="Ambulatoire (hors établissement)" codeSystem="${codeSystems.encounter}"/>
<effectiveTime><low value="${started}"/></effectiveTime>
<location>
<healthCareFacility>
<id root="${identifierDomains.structure}" extension="${input.structure.id}"/>
<code code="${sector.code}" displayName="${sector.label}" codeSystem="${sector.system}"/>
</healthCareFacility>
</location>
</encompassingEncounter>
</componentOf>
<component>
<nonXMLBody>
<text mediaType="${body.mediaType}" ${rawXml(beforeBody)}`
  return success(around(Buffer.from(before.markup), body.bytes, afterBody))
}
