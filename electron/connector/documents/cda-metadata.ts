import { failure, headerDetail, success, type Coded, type DocumentAuthor, type DocumentMetadata, type Result } from '#shared/contract/index.ts'
import {
  classOf, codedType, codeSystems, confidentialityCodes, facilityType, formatCodeOf, identifierDomains, isInsOid, practiceSetting,
  specialityLabel, unreferencedFormat, type Visibility,
} from '#shared/terminology/index.ts'
import { idText, type CdaCode, type CdaHeader, type CdaId, type CdaOrganisation, type CdaParty, type CdaPatient } from './cda-header.ts'
import { instantOfDtm, utcDtm } from './cda-time.ts'
import { isPlainOid } from './plain-oid.ts'

/** What the metadata need beside the document itself. */
export interface MetadataContext {
  readonly visibility: Visibility
  /** Milliseconds since the epoch: a document of tomorrow is refused. */
  readonly now: number
  /** Zone of times written without an offset. */
  readonly timeZone?: string
}

const day = 24 * 3_600_000

function coded(code: CdaCode | null, label: (code: string) => string): Coded | null {
  return code === null || code.system === null ? null : { code: code.code, system: code.system, label: code.label ?? label(code.code) }
}

/** Name of a structure where its own element lacks one: another element of the header may give it. */
function organisationName(organisation: CdaOrganisation, header: CdaHeader): string {
  const everywhere = [header.custodian, header.legalAuthenticator?.organisation ?? null, ...header.authors.map((author) => author.organisation)]
  const same = everywhere.find((other) => other?.id?.extension === organisation.id?.extension && other?.name != null)
  return organisation.name ?? same?.name ?? ''
}

/** Somebody by their number, which is a national one (PS_IdNat) under its root alone: any other keeps its domain. Null without a number. */
function person({ id, name }: CdaParty): DocumentAuthor['person'] {
  if (id?.extension == null) return null
  return { id: id.extension, family: name.family ?? '', given: name.given ?? '', ...(id.root !== identifierDomains.professional && { domain: id.root }) }
}

function author(party: CdaParty, header: CdaHeader): DocumentAuthor {
  const { organisation } = party
  return {
    kind: party.kind,
    person: person(party),
    institution: organisation?.id?.extension == null ? null : { id: organisation.id.extension, name: organisationName(organisation, header) },
    specialty: coded(party.speciality, specialityLabel),
    role: party.role,
  }
}

/** Practice setting of the main act, else of another; null when none has one (section 3.5: mandatory). */
function practiceSettingOf({ acts }: CdaHeader): Coded | null {
  const found = acts.find((act) => act.practiceSetting !== null)?.practiceSetting ?? null
  return found && { code: found.code, system: found.system ?? codeSystems.practiceSetting, label: found.label ?? practiceSetting(found.code).label }
}

/** Every act, modality, region or pathology the acts name, once each. */
function eventCodes(header: CdaHeader): Coded[] {
  const found = header.acts.flatMap((act) => coded(act.code, (code) => code) ?? [])
  return found.filter((code, index) => found.findIndex((other) => other.code === code.code && other.system === code.system) === index)
}

/** Longest number that still fits a slot of the registry (256) beside who gave it and its kind, whatever is escaped in it. */
const orderLength = 40

/** Numbers of the orders it answers, once each; one that nobody gave, or that XDS would not keep as it is, is none (IHE ITI TF-3, 4.2.3.1.7). */
function orderNumbers({ orders }: CdaHeader): NonNullable<DocumentMetadata['referenceIds']> {
  const kept = orders.flatMap(({ root, extension }) => (extension !== null && extension !== '' && extension === extension.trim() && extension.length <= orderLength && isPlainOid(root) ? { value: extension, oid: root, type: 'urn:ihe:iti:xds:2013:order' } : []))
  return kept.filter(({ value, oid }, index) => kept.findIndex((other) => other.value === value && other.oid === oid) === index)
}

/** The one patient a document names; `cda-no-patient` when none, `cda-patient-ambiguous` when several or several INS. */
export function patientOf(header: CdaHeader): Result<{ patient: CdaPatient; ins: CdaId | null; localId: CdaId | null }> {
  const [patient, ...others] = header.patients
  if (patient === undefined || (patient.ids.length === 0 && patient.birthName === null && patient.usedName === null)) return failure('cda-no-patient')
  if (others.length > 0) return failure('cda-patient-ambiguous', { detail: 'several recordTarget' })
  const numbers = patient.ids.filter(({ root, extension }) => isInsOid(root) && extension !== null)
  if (new Set(numbers.map(idText)).size > 1) return failure('cda-patient-ambiguous', { detail: 'several INS' })
  // One with blanks around it would not be the same in XDS, where they are lost: the INS stands in.
  const local = patient.ids.find(({ root, extension }) => !isInsOid(root) && !root.startsWith('1.2.250.1.213.1.4.') && extension !== null && extension === extension.trim() && isPlainOid(root))
  return success({ patient, ins: numbers[0] ?? null, localId: local ?? null })
}

function missingElements(header: CdaHeader): string[] {
  const acts = header.acts
  const found: readonly (readonly [string, unknown])[] = [
    ['id', header.id],
    ['code', header.code?.system == null ? null : header.code],
    ['title', header.title],
    ['effectiveTime', header.effectiveTime],
    ['confidentialityCode', header.confidentiality],
    ['author', header.authors[0] ?? null],
    ['legalAuthenticator', header.legalAuthenticator && person(header.legalAuthenticator)],
    ['documentationOf/serviceEvent/effectiveTime/low', acts.find(({ start }) => start !== null) ?? null],
    ['standardIndustryClassCode', practiceSettingOf(header)],
    ['componentOf/encompassingEncounter/location/healthCareFacility/code', header.facilityType],
  ]
  const missing = found.filter(([, value]) => value === null).map(([name]) => name)
  // What else the profile misses of it, in the same go.
  return missing.length === 0 ? [] : [...missing, ...header.faults.filter(({ code }) => code === 'cda-header-incomplete').map(({ element }) => element)]
}

/**
 * XDS metadata of a CDA, each from the element that dmp-interface.md section 2.2 names; times become UTC.
 * serviceStartTime is the one of the first act that has one. The class is derived from the type, the format from the body
 * and the models. A restricted document is refused (it should not be shared), as is a type outside the DMP's list.
 */
export function metadataOf(header: CdaHeader, context: MetadataContext): Result<DocumentMetadata> {
  const who = patientOf(header)
  if (!who.ok) return who
  const { patient, ins, localId } = who.value
  const missing = missingElements(header)
  const { id, code, title, facilityType: facilityCode } = header
  const legalAuthenticator = header.legalAuthenticator && person(header.legalAuthenticator)
  const setting = practiceSettingOf(header)
  if (missing.length > 0 || !id || !code || title === null || !facilityCode || !setting || !legalAuthenticator) {
    return failure('cda-header-incomplete', { detail: headerDetail(missing.map((element) => ({ element }))) })
  }
  if (id.extension !== null) return failure('cda-id-invalid', { detail: 'the record takes no extension' })
  if (!isPlainOid(id.root)) return failure('cda-id-invalid', { detail: 'not an OID of 64 characters at most' })
  if (header.confidentiality !== 'N') return failure('cda-restricted', { detail: `confidentialityCode ${header.confidentiality}` })
  if (ins?.extension == null) return failure('ins-missing')
  if (!/^\d[\dAB]{14}$/.test(ins.extension)) return failure('ins-invalid')

  const typeCode = codedType(code.code)
  const classCode = classOf(code.code)
  if (!typeCode || !classCode || typeCode.system !== code.system) return failure('type-not-accepted', { detail: `${code.code} of ${code.system}` })
  const formatCode = formatCodeOf(header.templateIds, header.bodyMediaType) ?? (header.bodyMediaType === null ? unreferencedFormat : undefined)
  if (formatCode === undefined) return failure('cda-body-unreadable', { detail: `unstructured body of type ${header.bodyMediaType}` })

  const act = header.acts.find(({ start }) => start !== null)
  const creationTime = utcDtm(header.effectiveTime ?? '', context.timeZone)
  const serviceStartTime = utcDtm(act?.start ?? '', context.timeZone)
  const serviceStopTime = act?.stop == null ? null : utcDtm(act.stop, context.timeZone, 'last')
  if (creationTime === null || instantOfDtm(creationTime) > context.now + day) return failure('date-impossible', { detail: 'effectiveTime' })
  if (serviceStartTime === null) return failure('date-impossible', { detail: 'serviceEvent/effectiveTime/low' })
  if (act?.stop != null && serviceStopTime === null) return failure('date-impossible', { detail: 'serviceEvent/effectiveTime/high' })

  const facility = coded(facilityCode, (sector) => facilityType(sector).label) ?? facilityType(facilityCode.code)
  const orders = orderNumbers(header)
  return success({
    uniqueId: id.root,
    setId: header.setId === null ? null : idText(header.setId),
    versionNumber: header.versionNumber,
    replaces: header.replaces,
    mimeType: header.selfPresenting ? 'application/xslt+xml' : 'text/xml',
    typeCode,
    classCode,
    formatCode,
    healthcareFacilityType: facility,
    practiceSetting: setting,
    confidentiality: confidentialityCodes(context.visibility),
    eventCodes: eventCodes(header),
    ...(orders.length > 0 && { referenceIds: orders }),
    ins: { value: ins.extension, oid: ins.root },
    sourcePatientId: localId?.extension == null ? null : { value: localId.extension, oid: localId.root },
    sourcePatientInfo: {
      birthName: patient.birthName ?? patient.usedName ?? '',
      givenName: patient.givenName ?? patient.givenNames ?? '',
      birthDate: (patient.birthTime ?? '').slice(0, 8),
      sex: patient.sex ?? 'U',
    },
    creationTime,
    serviceStartTime,
    serviceStopTime,
    languageCode: header.language ?? 'fr-FR',
    title,
    authors: header.authors.map((party) => author(party, header)),
    legalAuthenticator,
  })
}
