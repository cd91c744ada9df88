import { failure, headerDetail, success, type Coded, type DocumentMetadata, type Party, type Practice, type Result } from '#shared/contract/index.ts'
import {
  classOf, codedType, codeSystems, identifierDomains, isFacilityType, isPracticeSetting, obsoleteInsOid, normalConfidentiality, visibilityCodes, type RecordEnvironment,
} from '#shared/terminology/index.ts'
import { checkEnvironment, checkIns } from '../patients/index.ts'
import { checkAgreement } from './check-agreement.ts'
import type { CdaHeader } from './cda-header.ts'
import { instantOfDtm } from './cda-time.ts'
import { isPlainOid } from './plain-oid.ts'
import { titleLength } from './title-length.ts'

/** What a deposit is judged against. */
export interface DepositContext {
  /** Who the VIHF will speak for. */
  readonly party: Party
  readonly practice: Practice
  readonly environment: RecordEnvironment
  /**
   * The document itself, when it is being prepared; null when what was frozen is judged once more before it goes: its bytes are
   * the same, and a clock set back since is no fault of the document.
   */
  readonly prepared: PreparedDocument | null
}

export interface PreparedDocument {
  readonly header: CdaHeader
  /** Bytes. */
  readonly size: number
  readonly maxDocumentBytes: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

type Rule = (metadata: DocumentMetadata, context: DepositContext) => Result<void>

const fine = success(undefined)
type Person = DocumentMetadata['legalAuthenticator']
const day = 24 * 3_600_000
/** Longest value of a slot or code, and of a name, in ebXML RIM 3.0 (LongName, FreeFormText). */
const longName = 256
const freeText = 1024
/** What an XCN or a CX holds besides names, number and domain: separators and identifier types. */
const xcnFrame = '^^^^^^^^&&ISO^D^^^IDNPS'.length
const cxFrame = '^^^&&ISO^PI'.length
/** Letters of an identifier that HL7 v2 would take for a separator, or that nobody can read. */
const unwritable = /[\\^&~|\s\p{Cc}]/u

/** Length in a slot: HL7 v2 separators inside a text become three characters. */
function slotLength(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length + 2 * (text.match(/[\\^&~|]/g)?.length ?? 0), 0)
}

const malformed = (detail: string) => failure('cda-header-invalid', { detail })

/** The patient is one the record can know: number, key, OID, environment, traits (dmp-interface.md 6). */
const identityHolds: Rule = ({ ins, sourcePatientInfo: traits }, { environment }) => {
  const checked = checkIns(ins.value, ins.oid)
  if (!checked.ok) return checked
  const fit = checkEnvironment(checked.value, environment)
  if (!fit.ok) return fit
  if (!/^[1-478]/.test(ins.value)) return failure('ins-invalid', { detail: 'not the shape of a NIR or NIA' })
  const lacking = [
    ...(traits.birthName.trim() === '' ? ['birthName'] : []),
    ...(traits.givenName.trim() === '' ? ['givenName'] : []),
    ...(/^\d{4}-?\d\d-?\d\d$/.test(traits.birthDate) ? [] : ['birthDate']),
    ...(/^[MFU]$/.test(traits.sex) ? [] : ['sex']),
  ]
  return lacking.length === 0 ? fine : failure('traits-incomplete', { detail: lacking.join(', ') })
}

/** Who wrote or answers for it as a patient does so by an INS (dmp-interface.md 2.6): none withdrawn. National examples of tests name real domains there. */
const peopleHaveValidIns: Rule = ({ authors, legalAuthenticator }) => {
  for (const person of [legalAuthenticator, ...authors.map((author) => author.person)]) {
    if (person?.domain === obsoleteInsOid) return failure('ins-invalid', { detail: 'INS-C is withdrawn' })
  }
  return fine
}

/**
 * Who deposits is who wrote or answers for it (EX_2.1-1140): the professional themselves, or the structure they wrote in. A CPE deposits for others of its
 * structure, to which the deposit is imputed (1.7, footnote 4): we take the requirement to ask of it what it asks of a structure.
 * Neither does so for a professional whom the practice does not list (a locum is listed first), unless one of its own wrote or answers for it too.
 */
const authorIsParty: Rule = (metadata, { party, practice }) => {
  const { authors, legalAuthenticator } = metadata
  if (party.kind === 'staff') {
    const isTheirs = authors.some(({ institution }) => institution?.id === party.structure.id)
    return isTheirs ? byNoStranger(metadata, practice) : failure('card-of-another-structure', { detail: `${party.member.id} ${party.structure.id}` })
  }
  const isOurs =
    party.kind === 'professional'
      ? [legalAuthenticator, ...authors.map(({ person }) => person)].some((person) => person?.id === party.professional.id && person.domain === undefined)
      : authors.some(({ institution }) => institution?.id === party.structure.id)
  if (!isOurs) return failure('author-not-ours', { detail: party.kind === 'professional' ? party.professional.id : party.structure.id })
  return party.kind === 'structure' ? byNoStranger(metadata, practice) : fine
}

/** A practice file that lists nobody says of nobody that they are a stranger. */
function byNoStranger({ authors, legalAuthenticator }: DocumentMetadata, { professionals }: Practice): Result<void> {
  const isListed = (person: Person | null) => person !== null && person.domain === undefined && professionals.some(({ id }) => id === person.id || id === professionalNumber(person))
  if (professionals.length === 0 || [legalAuthenticator, ...authors.map(({ person }) => person)].some(isListed)) return fine
  const stranger = authors.find(({ kind, person }) => kind === 'professional' && professionalNumber(person) !== null)?.person
  return stranger ? failure('author-not-ours', { detail: `${stranger.family} ${stranger.given} (${stranger.id})`.trim() }) : fine
}

/**
 * PS_IdNat of a professional by their own number, a bare RPPS or ADELI with its prefix; null where it is of somebody known by their structure or office alone (with a
 * `/`, dmp-interface.md 2.6), of another domain, or no such number.
 */
function professionalNumber(person: Person | null): string | null {
  if (!person || person.domain !== undefined || !/^[\dA-Z]+$/i.test(person.id)) return null
  return /^\d{11}$/.test(person.id) ? `8${person.id}` : /^[\dAB]{9}$/.test(person.id) ? `0${person.id}` : person.id
}

/** Structure, sector, profession and know-how of the VIHF are those of one exercise situation of the practice file as it is now. */
const situationHolds: Rule = (_, { party, practice }) => {
  const { structure } = party
  const changed = (detail: string) => failure('situation-changed', { detail })
  if (!practice.structures.some(({ id, sector }) => id === structure.id && sector === structure.sector)) return changed(`${structure.id} ${structure.sector}`)
  if (party.kind === 'structure') return fine
  // Staff are known by their card; one that the practice file names is of the structure it says.
  if (party.kind === 'staff') {
    const lines = (practice.staff ?? []).filter(({ id }) => id === party.member.id)
    return lines.length === 0 || lines.some((line) => line.structure === structure.id) ? fine : changed(`${party.member.id} ${structure.id}`)
  }
  const { id, profession, specialty } = party.professional
  if (party.professional.structure !== structure.id) return changed(`${id} ${structure.id}`)
  const isKnown = practice.professionals.some((one) => one.id === id && one.structure === structure.id && one.profession === profession && one.specialty === specialty)
  if (!isKnown) return changed(`${id} ${structure.id}`)
  // Doctors and pharmacists name their know-how (dmp-interface.md 1.6).
  return (profession === '10' || profession === '21') && !specialty ? failure('speciality-missing', { detail: id }) : fine
}

/** Type of the DMP's list, class derived from it (dmp-interface.md 2.8). */
const typeIsAccepted: Rule = ({ typeCode, classCode }) => {
  const type = codedType(typeCode.code)
  const derived = classOf(typeCode.code)
  if (type?.system !== typeCode.system) return failure('type-not-accepted', { detail: `${typeCode.code} of ${typeCode.system}` })
  return derived?.code === classCode.code && derived.system === classCode.system ? fine : failure('type-not-accepted', { detail: `class ${classCode.code} for ${typeCode.code}` })
}

/** Activity sector and practice setting of the DMP's lists (JDV_J61, JDV_J62). */
const placeIsAccepted: Rule = ({ healthcareFacilityType: facility, practiceSetting: setting }) => {
  if (facility.system !== codeSystems.facilityType || !isFacilityType(facility.code)) return failure('care-place-not-accepted', { detail: `${facility.code} of ${facility.system}` })
  if (setting.system !== codeSystems.practiceSetting || !isPracticeSetting(setting.code)) return failure('care-place-not-accepted', { detail: `${setting.code} of ${setting.system}` })
  return fine
}

/** `N`, then what hides it, each once; never from professionals and patient both (dmp-interface.md 2.5). */
const visibilityIsPossible: Rule = ({ confidentiality }) => {
  const isSame = (one: Coded) => (other: Coded) => one.code === other.code && one.system === other.system
  const known = [normalConfidentiality, ...Object.values(visibilityCodes)]
  const [first] = confidentiality
  if (!first || !isSame(first)(normalConfidentiality)) return malformed('confidentialityCode without N')
  if (!confidentiality.every((one) => known.some(isSame(one)))) return malformed('confidentialityCode unknown')
  const codes = new Set(confidentiality.map(({ code }) => code))
  if (codes.size !== confidentiality.length) return malformed('confidentialityCode twice')
  return codes.has(visibilityCodes.masked.code) && codes.has(visibilityCodes.hiddenFromPatient.code) ? failure('visibility-forbidden') : fine
}

/**
 * Created and begun by now (a day of grace, for zones), not before the patient was born; ended after it began. An end to come is
 * nobody's mistake: a stay or a treatment goes on.
 */
const datesArePossible: Rule = ({ creationTime, serviceStartTime: start, serviceStopTime: stop, sourcePatientInfo }, { prepared }) => {
  const wrong = (detail: string) => failure('date-impossible', { detail })
  if (prepared && instantOfDtm(creationTime) > prepared.now + day) return wrong('effectiveTime')
  if (prepared && instantOfDtm(start) > prepared.now + day) return wrong('serviceEvent/effectiveTime/low')
  // A day of grace here too: these are UTC, a birth date is a local day.
  const birth = sourcePatientInfo.birthDate.replaceAll('-', '')
  if (/^\d{4}(0[1-9]|1[0-2])\d\d$/.test(birth) && creationTime.length >= 8 && instantOfDtm(creationTime) < instantOfDtm(birth) - day) return wrong('effectiveTime before birth')
  // At the precision both have: an act of a day does not end before it began that morning.
  const precision = Math.min(start.length, stop?.length ?? 0)
  return stop !== null && stop.slice(0, precision) < start.slice(0, precision) ? wrong('serviceEvent/effectiveTime/high before low') : fine
}

/** Identifiers the record takes: plain OIDs; a setId by OID or UUID (dmp-interface.md 2.3, 3). */
const idsAreWellFormed: Rule = ({ uniqueId, setId, sourcePatientId }) => {
  if (!isPlainOid(uniqueId)) return failure('cda-id-invalid', { detail: 'id' })
  const root = setId?.split('^')[0] ?? null
  if (root !== null && !isPlainOid(root) && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(root)) return failure('cda-id-invalid', { detail: 'setId' })
  if (sourcePatientId === null) return fine
  const fits = slotLength(sourcePatientId.value, sourcePatientId.oid) + cxFrame <= longName
  return sourcePatientId.value.trim() !== '' && isPlainOid(sourcePatientId.oid) && fits ? fine : malformed('local patient number')
}

const isPerson = ({ id, family, given, domain = identifierDomains.professional }: DocumentMetadata['legalAuthenticator']) =>
  id !== '' && !unwritable.test(id) && isPlainOid(domain) && slotLength(id, family, given) + domain.length + xcnFrame <= longName
const isStructure = ({ id, name }: { id: string; name: string }) => id !== '' && !unwritable.test(id) && id.length <= 64 && name.trim() !== ''

/** Authors, legal authenticator and who sends can be written as XCN, XON and CE within a slot (dmp-interface.md 2.6). */
const partiesAreWritable: Rule = ({ authors, legalAuthenticator }, { party }) => {
  const sender = party.kind === 'professional' ? party.professional : party.kind === 'staff' ? party.member : null
  if (!isStructure(party.structure) || (sender && !isPerson(sender))) return malformed('practice file')
  if (!isPerson(legalAuthenticator)) return malformed('legalAuthenticator')
  for (const { person, institution, specialty, role } of authors) {
    if (person === null && institution === null) return failure('cda-header-incomplete', { detail: 'author without a number' })
    if (person && !isPerson(person)) return malformed('author')
    if (institution && !isStructure(institution)) return malformed('author structure')
    if (specialty && (unwritable.test(specialty.code) || unwritable.test(specialty.system) || slotLength(specialty.code, specialty.label, specialty.system) + 2 > longName)) return malformed('author speciality')
    if (role !== null && role.length > longName) return malformed('author role')
  }
  return fine
}

/** Everything else that has a form: title, language, codes, traits as PID fields. */
const textsFit: Rule = (metadata) => {
  const { title, languageCode, sourcePatientInfo: traits } = metadata
  const length = Array.from(title).length
  if (title.trim() === '' || length > titleLength) return malformed('title')
  if (!/^[a-z]{2,3}(-[A-Z]{2})?$/.test(languageCode)) return malformed(`languageCode ${languageCode}`)
  if (slotLength(traits.birthName, traits.givenName) + 'PID-5|^^^^^^L'.length > longName) return malformed('patient name')
  const { typeCode, classCode, formatCode, healthcareFacilityType, practiceSetting, eventCodes } = metadata
  const codes = [typeCode, classCode, formatCode, healthcareFacilityType, practiceSetting, ...eventCodes]
  const bad = codes.find(({ code, system, label }) => code === '' || code.length > longName || system === '' || system.length > longName || label.length > freeText)
  return bad === undefined ? fine : malformed(`code ${bad.code.slice(0, 64)}`)
}

/**
 * The header keeps the national profile (dmp-interface.md section 3), which the record holds every CDA to and asks us to have held it to
 * (EX_2.1-1071, 1090). Everything missing is said in one go, else everything wrong.
 */
const headerHolds: Rule = (_, { prepared }) => {
  const [worst] = prepared?.header.faults ?? []
  return worst === undefined ? fine : failure(worst.code, { detail: headerDetail(prepared?.header.faults.filter(({ code }) => code === worst.code) ?? []) })
}

/** The document is the one the metadata describe, and not larger than the record takes. */
const documentAgrees: Rule = (metadata, { prepared }) => {
  if (prepared === null) return fine
  if (prepared.size > prepared.maxDocumentBytes) return failure('file-too-large', { detail: `${prepared.size} bytes` })
  return checkAgreement(metadata, prepared.header)
}

const rules: readonly Rule[] = [
  identityHolds, peopleHaveValidIns, visibilityIsPossible, authorIsParty, situationHolds, typeIsAccepted, placeIsAccepted, datesArePossible, idsAreWellFormed, partiesAreWritable, textsFit, headerHolds, documentAgrees,
]

/**
 * Whether the record would take this document for reasons of form, asked before it is frozen and again before its lot is built
 * (dmp-interface.md 2, 3): the first thing wrong, under the code a person can act on. What only the record knows (the patient's
 * record, its own copies) is not asked here.
 */
export function checkDeposit(metadata: DocumentMetadata, context: DepositContext): Result<void> {
  for (const rule of rules) {
    const judged = rule(metadata, context)
    if (!judged.ok) return judged
  }
  return fine
}
