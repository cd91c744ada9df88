import { failure, reasons, type Failure, type FailureClass, type ReasonCode } from '#shared/contract/index.ts'

/** Codes of RegistryErrors and SOAP sub-codes whose meaning never depends on their text (dmp-interface.md 1.8). */
export const byCode: Readonly<Record<string, ReasonCode>> = {
  XDSUnknownPatientId: 'record-absent',
  XDSPatientIdDoesNotMatch: 'record-patient-refused',
  XDSPatientIDReconciliationError: 'record-patient-refused',
  XDSResultNotSinglePatient: 'record-patient-refused',
  XDSRegistryNotAvailable: 'record-busy',
  XDSRegistryBusy: 'record-busy',
  XDSRepositoryBusy: 'record-busy',
  XDSRegistryOutOfResources: 'record-busy',
  XDSRepositoryOutOfResources: 'record-busy',
  // An earlier try may have succeeded: the record is asked, nothing is sent again.
  XDSDuplicateUniqueIdInRegistry: 'record-fault',
  XDSNonIdenticalHash: 'record-content-conflict',
  XDSReplaceFailed: 'record-replace-refused',
  XDSRegistryDeprecatedDocumentError: 'record-replace-refused',
  XDSRegistryMetadataError: 'record-metadata-refused',
  XDSRepositoryMetadataError: 'record-metadata-refused',
  XDSRegistryDuplicateUniqueIdInMessage: 'record-metadata-refused',
  XDSRepositoryDuplicateUniqueIdInMessage: 'record-metadata-refused',
  XDSExtraMetadataNotSaved: 'record-metadata-refused',
  XDSMissingDocument: 'record-metadata-refused',
  XDSMissingDocumentMetadata: 'record-metadata-refused',
  InvalidDocumentContent: 'record-document-refused',
  XDSDocumentUniqueIdError: 'document-not-found',
  XDSStoredQueryMissingParam: 'record-request-refused',
  XDSStoredQueryParamNumber: 'record-request-refused',
  XDSUnknownStoredQuery: 'record-request-refused',
  XDSTooManyResults: 'record-too-many-results',
  // The list it was read from is out of date.
  XDSUnknownRepositoryId: 'document-not-found',
  XDSMetadataUpdateError: 'record-update-refused',
  XDSMetadataUpdateOperationError: 'record-update-refused',
  XDSMetadataVersionError: 'record-version-changed',
  DMPInvalidCertificate: 'signature-certificate-refused',
  DMPClosed: 'record-closed',
}

/** What the record says in words only, under a catch-all code; compared without accents or case. */
export const byText: readonly (readonly [RegExp, ReasonCode])[] = [
  [/aucune specialite dans le vihf/, 'speciality-missing'],
  [/structure introuvable|ps et structure non lies/, 'structure-refused'],
  [/aucun author(institution|person)\b.*ne correspond/, 'record-author-refused'],
  [/not a valid signature certificate/, 'signature-certificate-refused'],
  [/opposition du patient (au bris de glace|a l.acces en urgence)/, 'emergency-opposed'],
  [/patient s.oppose|opposition du patient/, 'record-opposed'],
  [/patient a bloque|acces (bloque|interdit)/, 'professional-blocked'],
  [/autorisation (d.acces )?(expiree|inexistante|absente)/, 'access-not-granted'],
  [/certificat de structure ne permet pas de consulter/, 'reading-needs-professional'],
  [/carte cpe ne permet pas de consulter/, 'staff-card-deposits-only'],
]

/** Words of a technical fault behind a catch-all code: the request was not judged, so it may be asked again. */
const technical = /erreur technique|technical error|internal (server )?error|erreur interne|timeout|time-out|delai depasse|indisponible|unavailable|base de donnees|database/

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

function codeOf(code: string, text: string): ReasonCode {
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined
  if (known) return known
  const worded = byText.find(([pattern]) => pattern.test(plain(text)))?.[1]
  if (worded) return worded
  if (/^DMP\w*Closed/i.test(code)) return 'record-closed'
  if (/^DMP/i.test(code)) return 'record-refused'
  if (technical.test(plain(text))) return 'record-fault'
  return 'record-refused'
}

/** Among several errors, a doubt about an earlier success wins over refusals, a refusal over what would pass by itself. */
const classRank: Readonly<Record<FailureClass, number>> = { permanent: 1, 'needs-user': 2, uncertain: 3, transient: 4 }

/** One error as the record gives it. */
export interface RecordError {
  readonly code: string
  readonly text: string
  /** What of the lot it names, where it names something: a document of it, or what only goes with one (its signature, the lot itself). */
  readonly about?: 'document' | 'companion' | undefined
}

/**
 * Which error decides. A document of ours that is there with another content is a conflict, whatever else is said. Otherwise an error that says that something
 * of the lot is there already has the record asked by uniqueId, and the content compared: a signature made anew is never identical.
 */
function rank({ code, about }: RecordError, reason: ReasonCode): number {
  if (code === 'XDSNonIdenticalHash' && about !== 'companion') return about === 'document' ? -2 : 0
  return code === 'XDSDuplicateUniqueIdInRegistry' ? -1 : classRank[reasons[reason]]
}

function reasonOf({ code, text, about }: RecordError): ReasonCode {
  return code === 'XDSNonIdenticalHash' && about === 'companion' ? 'record-fault' : codeOf(code, text)
}

/** The record's own words; under a code of its own that we do not know, with that code, or the code alone. */
function wordsOf({ code, text }: RecordError): string {
  if (!/^DMP/i.test(code) || codeOf(code, text) !== 'record-refused') return text
  return text ? `${code}: ${text}` : code
}

/** The failure behind a list of RegistryErrors; an empty list is a fault of the record. */
export function failureOfErrors(errors: readonly RecordError[]): Failure {
  const read = errors.map((error) => ({ error, code: reasonOf(error) }))
  const worst = read.toSorted((a, b) => rank(a.error, a.code) - rank(b.error, b.code))[0]
  const detail = errors.map(({ code }) => code).join(' ')
  const recordText = errors.map(wordsOf).filter(Boolean).join(' | ')
  return failure(worst?.code ?? 'record-fault', { detail: detail || 'failure without an error', ...(recordText && { recordText }) }).failure
}

/** The failure behind codes that share one text (SOAP faults, HL7 v3 acknowledgements). */
export function failureOfCodes(codes: readonly string[], text: string): Failure {
  return failureOfErrors((codes.length > 0 ? codes : ['']).map((code) => ({ code, text })))
}

/** A SOAP fault, prefixes of its codes removed. */
export interface SoapFault {
  readonly codes: readonly string[]
  readonly reason: string
  readonly detail: string
}

const tokenRefused = new Set(['InvalidSecurity', 'InvalidSecurityToken', 'FailedAuthentication', 'FailedCheck', 'SecurityTokenUnavailable', 'UnsupportedSecurityToken', 'UnsupportedAlgorithm'])
const requestRefused = new Set(['MustUnderstand', 'VersionMismatch', 'DataEncodingUnknown', 'ActionNotSupported', 'InvalidAddressingHeader', 'MessageAddressingHeaderRequired', 'MessageExpired'])

/**
 * The failure behind a SOAP fault; `null` when it says nothing we know, so that the HTTP status decides, or else a fault
 * of the record (uncertain).
 */
export function failureOfFault(fault: SoapFault): Failure | null {
  const said = `${fault.reason} ${fault.detail}`
  const codes = [...fault.codes, ...(said.match(/\b(?:DMP|XDS)[A-Z]\w+/g) ?? [])]
  const recordText = fault.reason || fault.detail
  const business = [...new Set(codes.filter((code) => /^(DMP|XDS)[A-Z]/.test(code) || Object.hasOwn(byCode, code)))]
  if (business.length > 0) {
    const found = failureOfErrors(business.map((code) => ({ code, text: said })))
    return { ...found, recordText: wordsOf({ code: business.find((code) => codeOf(code, said) === found.code) ?? '', text: recordText }) }
  }
  const detail = codes.join(' ')
  const worded = byText.find(([pattern]) => pattern.test(plain(said)))?.[1]
  if (worded) return failure(worded, { detail, recordText }).failure
  if (codes.some((code) => tokenRefused.has(code))) return failure('signature-certificate-refused', { detail, recordText }).failure
  if (codes.some((code) => requestRefused.has(code))) return failure('record-request-refused', { detail, recordText }).failure
  return null
}

/** Instant of a Retry-After header (seconds or HTTP date), milliseconds since the epoch. */
function retryInstant(value: string | null, now: number): number | undefined {
  if (value === null) return undefined
  if (/^\d+$/.test(value.trim())) return now + Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : date
}

/** The failure an HTTP status alone tells; `null` when it tells none (2xx). */
export function failureOfStatus(status: number, retryAfter: string | null, now: number): Failure | null {
  const detail = `HTTP ${status}`
  if (status === 503 || status === 429) return failure('record-busy', { detail, retryAt: retryInstant(retryAfter, now) }).failure
  if (status === 502 || status === 504 || status === 408) return failure('record-no-answer', { detail }).failure
  if (status === 401 || status === 403) return failure('certificate-refused', { detail }).failure
  if (status === 413) return failure('record-document-refused', { detail }).failure
  if (status === 400) return failure('record-request-refused', { detail }).failure
  if (status >= 500) return failure('record-fault', { detail }).failure
  return status >= 200 && status < 300 ? null : failure('record-answer-invalid', { detail }).failure
}

const serverUntrusted =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE|GET_CRL)\w*|CERT_\w+|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME_\w+|PATH_LENGTH_EXCEEDED)$/
/** TLS alerts a server sends about the client's certificate. */
const ourCertificate = /ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|NO_CERTIFICATE|DECRYPT_ERROR)|alert (bad|unsupported|no) certificate|alert certificate|alert unknown ca|alert access denied/i

/** What a call that got no HTTP answer ended with. */
export interface TransportProblem {
  /** The `code` of Node's or undici's error. */
  readonly code: string
  readonly message: string
  /** True when the connection itself failed: no byte of the request was sent. */
  readonly unsent: boolean
}

/** The failure behind a call without an answer: what was never sent may be sent again, the rest may have arrived. */
export function failureOfTransport(problem: TransportProblem): Failure {
  const detail = problem.code || problem.message
  // The handshake asked for the card, and it was not there: nothing of the request had left.
  if (problem.code === 'CARD_UNAVAILABLE') return failure('card-removed', { detail }).failure
  if (serverUntrusted.test(problem.code)) return failure('record-server-untrusted', { detail }).failure
  if (ourCertificate.test(problem.code) || ourCertificate.test(problem.message)) return failure('certificate-refused', { detail }).failure
  if (problem.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || problem.code.startsWith('HPE_')) return failure('record-answer-invalid', { detail }).failure
  return failure(problem.unsent ? 'record-unreachable' : 'record-no-answer', { detail }).failure
}
