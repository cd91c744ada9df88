import { classOf, codedType, isInsOid } from '#shared/terminology/index.ts'
import type { Classification, RegistryObject, Scheme } from './ebxml.ts'
import { classified, coded, identifier, schemes, signatureClass, slotValue } from './ebxml.ts'
import type { RegistryError } from './refusal.ts'
import type { Submission } from './submission.ts'
import { isSignatureObject } from './submission.ts'

const oid = /^[0-2](\.(0|[1-9]\d*))+$/
const dtm = /^\d{14}$/
const xcn = /^[^^]+\^[^^]*\^[^^]*\^\^\^\^\^\^&([\d.]+)&ISO\^[A-Z]\^\^\^([A-Z]+)$/
/** An XCN whose number is of the kind it says: national of the register of professionals, a patient's of the INS (section 2.6). */
function isXcn(value: string): boolean {
  const [, domain = '', type] = xcn.exec(value) ?? []
  if (type === undefined || (type === 'NH') !== isInsOid(domain)) return false
  return type !== 'IDNPS' || domain === '1.2.250.1.71.4.2.1'
}
const xon = /^[^^]+\^\^\^\^\^&[\d.]+&ISO\^[A-Z]+\^\^\^[^^]+$/
const cx = /^[^^&]+\^\^\^&[\d.]+&ISO\^[A-Z]+$/
const normal = '2.16.840.1.113883.5.25'
const visibility = '1.2.250.1.213.1.1.4.13'
const visibilities = ['MASQUE_PS', 'INVISIBLE_PATIENT', 'INVISIBLE_REPRESENTANTS_LEGAUX']

const faulty = (object: RegistryObject, context: string, location: string): RegistryError => ({ code: 'XDSRegistryMetadataError', context: `${object.id} : ${context}`, location })
const missing = (object: RegistryObject, name: string): RegistryError => faulty(object, `attribut obligatoire absent : ${name}`, name)

/** True for an identifier the DMP takes: a plain OID of 64 characters at most (section 2.3). */
export function isPlainOid(value: string): boolean {
  return value.length <= 64 && oid.test(value)
}

function classificationErrors(object: RegistryObject): RegistryError[] {
  const errors: RegistryError[] = []
  const ids = new Set<string>()
  for (const one of object.classifications) {
    if (one.classified !== object.id) errors.push(faulty(object, `classification ${one.id} : classifiedObject absent ou différent`, one.id))
    if (one.id === '' || ids.has(one.id)) errors.push(faulty(object, 'classification sans identifiant propre', one.id))
    ids.add(one.id)
  }
  for (const one of object.identifiers) {
    if (one.object !== object.id) errors.push(faulty(object, `identifiant ${one.id} : registryObject absent ou différent`, one.id))
    if (one.id === '' || ids.has(one.id)) errors.push(faulty(object, 'identifiant externe sans identifiant propre', one.id))
    if (!one.name) errors.push(faulty(object, `identifiant ${one.id} sans nom`, one.id))
    ids.add(one.id)
  }
  return errors
}

function codeErrors(object: RegistryObject, scheme: Scheme, name: string, several = false): RegistryError[] {
  const found = classified(object, scheme)
  if (found.length === 0) return [missing(object, name)]
  if (found.length > 1 && !several) return [faulty(object, `${name} répété`, name)]
  return found.filter((one) => one.code === '' || !slotValue(one, 'codingScheme') || !one.label).map(() => faulty(object, `${name} : code, codingScheme et libellé attendus`, name))
}

function slotErrors(object: RegistryObject, name: string, form: Pick<RegExp, 'test'>, mandatory = true): RegistryError[] {
  const value = slotValue(object, name)
  if (value === null || value === '') return mandatory ? [missing(object, name)] : []
  return form.test(value) ? [] : [faulty(object, `${name} mal formé`, name)]
}

function identifierErrors(object: RegistryObject, scheme: Scheme, name: string, valid: (value: string) => boolean): RegistryError[] {
  const value = identifier(object, scheme)
  if (value === null || value === '') return [missing(object, name)]
  return valid(value) ? [] : [faulty(object, `${name} mal formé`, name)]
}

function authorErrors(object: RegistryObject, authors: readonly Classification[]): RegistryError[] {
  if (authors.length === 0) return [missing(object, 'author')]
  return authors.flatMap((author) => {
    const person = slotValue(author, 'authorPerson')
    const institutions = author.slots.filter((slot) => slot.name === 'authorInstitution').flatMap((slot) => slot.values)
    const errors: RegistryError[] = []
    if (!person && institutions.length === 0) errors.push(missing(object, 'authorPerson'))
    else if (person && !isXcn(person)) errors.push(faulty(object, 'authorPerson mal formé', 'authorPerson'))
    if (institutions.some((institution) => !xon.test(institution))) errors.push(faulty(object, 'authorInstitution mal formé', 'authorInstitution'))
    const specialty = slotValue(author, 'authorSpecialty')
    if (specialty !== null && specialty.split('^').length !== 3) errors.push(faulty(object, 'authorSpecialty mal formé', 'authorSpecialty'))
    return errors
  })
}

/** What section 2.1 says of a submission set. */
export function setErrors(set: RegistryObject): RegistryError[] {
  return [
    ...authorErrors(set, classified(set, 'setAuthor')),
    ...codeErrors(set, 'contentType', 'contentTypeCode'),
    ...identifierErrors(set, 'setPatientId', 'patientId', (value) => cx.test(value)),
    ...identifierErrors(set, 'setSourceId', 'sourceId', isPlainOid),
    ...identifierErrors(set, 'setUniqueId', 'uniqueId', isPlainOid),
    ...slotErrors(set, 'submissionTime', /^\d{14}$/),
    ...classificationErrors(set),
  ]
}

/** What sections 2.2 and 2.5 say of any entry. */
export function entryErrors(entry: RegistryObject): RegistryError[] {
  return [
    ...(entry.objectType === `urn:uuid:${schemes.documentEntry}` ? [] : [faulty(entry, 'objectType inattendu', 'objectType')]),
    ...authorErrors(entry, classified(entry, 'author')),
    ...codeErrors(entry, 'typeCode', 'typeCode'),
    ...codeErrors(entry, 'classCode', 'classCode'),
    ...codeErrors(entry, 'formatCode', 'formatCode'),
    ...codeErrors(entry, 'facilityType', 'healthcareFacilityTypeCode'),
    ...codeErrors(entry, 'practiceSetting', 'practiceSettingCode'),
    ...codeErrors(entry, 'confidentiality', 'confidentialityCode', true),
    ...identifierErrors(entry, 'patientId', 'patientId', (value) => cx.test(value)),
    ...identifierErrors(entry, 'uniqueId', 'uniqueId', isPlainOid),
    ...slotErrors(entry, 'creationTime', dtm),
    ...slotErrors(entry, 'languageCode', /^[a-z]{2,3}(-[A-Z]{2})?$/),
    ...slotErrors(entry, 'legalAuthenticator', { test: isXcn }),
    ...slotErrors(entry, 'serviceStartTime', dtm),
    ...slotErrors(entry, 'serviceStopTime', dtm, false),
    ...slotErrors(entry, 'sourcePatientId', cx),
    ...(entry.title ? [] : [missing(entry, 'title')]),
    ...(entry.mimeType ? [] : [missing(entry, 'mimeType')]),
    ...confidentialityErrors(entry),
    ...classificationErrors(entry),
  ]
}

function confidentialityErrors(entry: RegistryObject): RegistryError[] {
  const codes = classified(entry, 'confidentiality').map((one) => ({ code: one.code, system: slotValue(one, 'codingScheme') ?? '' }))
  if (codes.length === 0) return []
  const errors: RegistryError[] = []
  if (!codes.some((one) => one.code === 'N' && one.system === normal)) errors.push(faulty(entry, 'confidentialityCode : N absent', 'confidentialityCode'))
  for (const { code, system } of codes) {
    if (!(code === 'N' && system === normal) && !(visibilities.includes(code) && system === visibility)) errors.push(faulty(entry, `confidentialityCode inconnu : ${code}`, 'confidentialityCode'))
  }
  if (new Set(codes.map((one) => one.code)).size !== codes.length) errors.push(faulty(entry, 'confidentialityCode répété', 'confidentialityCode'))
  const hasBoth = codes.some((one) => one.code === 'MASQUE_PS') && codes.some((one) => one.code === 'INVISIBLE_PATIENT')
  if (hasBoth && !isSignatureObject(entry)) errors.push(faulty(entry, 'MASQUE_PS et INVISIBLE_PATIENT ne vont pas ensemble sur un document', 'confidentialityCode'))
  return errors
}

function documentErrors(entry: RegistryObject): RegistryError[] {
  const errors: RegistryError[] = []
  if (entry.mimeType === 'application/pdf') errors.push({ code: 'InvalidDocumentContent', context: `${entry.id} : un PDF nu n'est pas accepté, il voyage dans un CDA`, location: 'mimeType' })
  else if (entry.mimeType && !['text/xml', 'application/xslt+xml'].includes(entry.mimeType)) errors.push(faulty(entry, `mimeType refusé : ${entry.mimeType}`, 'mimeType'))
  const type = coded(entry, 'typeCode')
  if (!type || type.code === '') return errors
  const accepted = codedType(type.code)
  if (!accepted || accepted.system !== type.system) return [...errors, faulty(entry, `typeCode hors de la liste du DMP : ${type.code}^^${type.system}`, 'typeCode')]
  const expected = classOf(type.code)
  const given = coded(entry, 'classCode')
  if (given && expected && (given.code !== expected.code || given.system !== expected.system)) {
    errors.push(faulty(entry, `classCode ${given.code} : ${expected.code} attendu pour le type ${type.code}`, 'classCode'))
  }
  for (const [scheme, system, name] of [
    ['facilityType', '1.2.250.1.71.4.2.4', 'healthcareFacilityTypeCode'],
    ['practiceSetting', '1.2.250.1.213.1.1.4.9', 'practiceSettingCode'],
  ] as const) {
    const code = coded(entry, scheme)
    if (code && code.system !== system) errors.push(faulty(entry, `${name} : nomenclature ${system} attendue`, name))
  }
  return errors
}

function signatureObjectErrors(entry: RegistryObject): RegistryError[] {
  const errors: RegistryError[] = []
  const expect = (scheme: Scheme, code: string, system: string, name: string): void => {
    const given = coded(entry, scheme)
    if (given && (given.code !== code || given.system !== system)) errors.push(faulty(entry, `${name} de la signature : ${code} (${system}) attendu`, name))
  }
  expect('classCode', signatureClass, 'URN', 'classCode')
  expect('typeCode', 'E1762', 'ASTM', 'typeCode')
  expect('formatCode', 'http://www.w3.org/2000/09/xmldsig#', 'URN', 'formatCode')
  if (entry.mimeType !== 'text/xml') errors.push(faulty(entry, 'mimeType de la signature : text/xml attendu', 'mimeType'))
  const codes = classified(entry, 'confidentiality').map((one) => one.code)
  for (const code of ['N', 'MASQUE_PS', 'INVISIBLE_PATIENT']) if (!codes.includes(code)) errors.push(faulty(entry, `confidentialityCode de la signature : ${code} attendu`, 'confidentialityCode'))
  if (classified(entry, 'eventCode')[0]?.code !== '1.2.840.10065.1.12.1.14') errors.push(faulty(entry, 'eventCodeList de la signature absent', 'eventCodeList'))
  if (slotValue(entry, 'languageCode') !== 'art') errors.push(faulty(entry, 'languageCode de la signature : art attendu', 'languageCode'))
  return errors
}

/** Everything sections 2.1, 2.2, 2.5 and 2.9 say of the metadata of a lot, one error for each breach. */
export function metadataErrors({ set, documents, signature }: Submission): RegistryError[] {
  const uniqueIds = [...documents, signature].map(({ object }) => identifier(object, 'uniqueId') ?? '')
  return [
    ...setErrors(set),
    ...documents.flatMap(({ object }) => [...entryErrors(object), ...documentErrors(object)]),
    ...entryErrors(signature.object),
    ...signatureObjectErrors(signature.object),
    ...(new Set(uniqueIds).size === uniqueIds.length ? [] : [{ code: 'XDSRegistryDuplicateUniqueIdInMessage', context: 'uniqueId répété dans le lot' }]),
  ]
}
