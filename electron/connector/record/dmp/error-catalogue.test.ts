import { describe, expect, it } from 'vitest'
import { failureClass, reasons, type FailureClass, type ReasonCode, type Result } from '#shared/contract/index.ts'
import { languages, texts } from '../../../../renderer/strings/index.ts'
import { readAcknowledgement } from './acknowledgement.ts'
import { ebrsOutcome } from './ebrs-outcome.ts'
import { byCode, byText, failureOfErrors, failureOfFault, failureOfStatus, failureOfTransport } from '../failures.ts'
import { readHabilitationStatus } from './habilitation-status.ts'

type Line = readonly [said: string, text: string, reason: ReasonCode, kind: FailureClass]

/** Section 1.8, restated: what the record may say, in words where only words tell, and what we make of it. */
const registryErrors: readonly Line[] = [
  ['DMPClosed', '', 'record-closed', 'permanent'],
  ['DMPPatientAccessAlreadyExists', 'Le compte existe', 'record-refused', 'permanent'],
  ['DMPPatientAccessOTPAlreadyExists', 'Le mot de passe existe', 'record-refused', 'permanent'],
  ['DMPIdentityCertificationFailure', 'Certification impossible', 'record-refused', 'permanent'],
  ['DMPInvalidCertificate', 'Not a valid signature certificate', 'signature-certificate-refused', 'needs-user'],
  ['XDSRepositoryError', 'Not a valid signature certificate', 'signature-certificate-refused', 'needs-user'],
  ['XDSRegistryError', 'Aucune spécialité dans le vihf pour ce professionnel', 'speciality-missing', 'needs-user'],
  ['XDSRegistryError', 'Structure introuvable ou Inactive', 'structure-refused', 'needs-user'],
  ['XDSRegistryError', 'PS et Structure non liés', 'structure-refused', 'needs-user'],
  ['XDSRepositoryError', "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF", 'record-author-refused', 'permanent'],
  ['XDSDocumentUniqueIdError', '', 'document-not-found', 'permanent'],
  ['XDSPatientIdDoesNotMatch', '', 'record-patient-refused', 'permanent'],
  ['XDSUnknownPatientId', '', 'record-absent', 'permanent'],
  // Of ITI-57 and of ITI-18 by several patients, beside the section.
  ['XDSPatientIDReconciliationError', '', 'record-patient-refused', 'permanent'],
  ['XDSResultNotSinglePatient', '', 'record-patient-refused', 'permanent'],
  ['XDSRegistryDeprecatedDocumentError', '', 'record-replace-refused', 'permanent'],
  ['XDSRegistryNotAvailable', '', 'record-busy', 'transient'],
  ['XDSRegistryBusy', '', 'record-busy', 'transient'],
  ['XDSRepositoryBusy', '', 'record-busy', 'transient'],
  ['XDSRegistryOutOfResources', '', 'record-busy', 'transient'],
  ['XDSRepositoryOutOfResources', '', 'record-busy', 'transient'],
  ['XDSRegistryError', 'Erreur technique', 'record-fault', 'uncertain'],
  ['XDSRepositoryError', 'Base de données indisponible', 'record-fault', 'uncertain'],
  ['XDSRegistryError', 'Un motif de métier', 'record-refused', 'permanent'],
  ['XDSRepositoryError', 'Un motif de métier', 'record-refused', 'permanent'],
  ['XDSDuplicateUniqueIdInRegistry', '', 'record-fault', 'uncertain'],
  ['XDSNonIdenticalHash', '', 'record-content-conflict', 'permanent'],
  ['XDSReplaceFailed', '', 'record-replace-refused', 'permanent'],
  ['XDSRegistryMetadataError', '', 'record-metadata-refused', 'permanent'],
  ['XDSRepositoryMetadataError', '', 'record-metadata-refused', 'permanent'],
  ['XDSRegistryDuplicateUniqueIdInMessage', '', 'record-metadata-refused', 'permanent'],
  ['XDSRepositoryDuplicateUniqueIdInMessage', '', 'record-metadata-refused', 'permanent'],
  ['XDSExtraMetadataNotSaved', '', 'record-metadata-refused', 'permanent'],
  ['XDSMissingDocument', '', 'record-metadata-refused', 'permanent'],
  ['XDSMissingDocumentMetadata', '', 'record-metadata-refused', 'permanent'],
  ['InvalidDocumentContent', '', 'record-document-refused', 'permanent'],
  ['XDSStoredQueryMissingParam', '', 'record-request-refused', 'permanent'],
  ['XDSStoredQueryParamNumber', '', 'record-request-refused', 'permanent'],
  ['XDSUnknownStoredQuery', '', 'record-request-refused', 'permanent'],
  ['XDSTooManyResults', '', 'record-too-many-results', 'needs-user'],
  ['XDSUnknownRepositoryId', '', 'document-not-found', 'permanent'],
  ['XDSMetadataUpdateError', '', 'record-update-refused', 'permanent'],
  ['XDSMetadataUpdateOperationError', '', 'record-update-refused', 'permanent'],
  ['XDSMetadataVersionError', '', 'record-version-changed', 'needs-user'],
  ['DMPPatientDMPClosed', 'Le DMP est fermé', 'record-closed', 'permanent'],
  ['DMPJamaisVu', 'Un motif que nous ne connaissons pas', 'record-refused', 'permanent'],
  // What section 4.3 lets the record say of a patient, in words.
  ['DMPPatientOpposition', "Le patient s'oppose à l'alimentation de son DMP", 'record-opposed', 'permanent'],
  ['DMPAccessDenied', "Le patient a bloqué l'accès de ce professionnel", 'professional-blocked', 'permanent'],
  ['DMPAccessDenied', 'Opposition du patient au bris de glace', 'emergency-opposed', 'permanent'],
  ['DMPAccessDenied', "Opposition du patient à l'accès en urgence", 'emergency-opposed', 'permanent'],
  ['DMPAccessDenied', "Autorisation d'accès inexistante", 'access-not-granted', 'needs-user'],
  ['DMPAccessDenied', 'Un certificat de structure ne permet pas de consulter un dossier', 'reading-needs-professional', 'needs-user'],
  ['DMPAccessDenied', 'Une carte CPE ne permet pas de consulter un dossier', 'staff-card-deposits-only', 'needs-user'],
]

/** HTTP and TLS, by the same section. */
const ways: readonly (readonly [said: string, found: () => { code: ReasonCode } | null, reason: ReasonCode])[] = [
  ['HTTP 401', () => failureOfStatus(401, null, 0), 'certificate-refused'],
  ['HTTP 403', () => failureOfStatus(403, null, 0), 'certificate-refused'],
  ['HTTP 500', () => failureOfStatus(500, null, 0), 'record-fault'],
  ['HTTP 502', () => failureOfStatus(502, null, 0), 'record-no-answer'],
  ['HTTP 503', () => failureOfStatus(503, null, 0), 'record-busy'],
  ['HTTP 504', () => failureOfStatus(504, null, 0), 'record-no-answer'],
  ['TLS bad_certificate', () => failureOfTransport({ code: 'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', message: '', unsent: true }), 'certificate-refused'],
  ['TLS certificate_expired', () => failureOfTransport({ code: 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', message: '', unsent: true }), 'certificate-refused'],
  ['a server that is not the record', () => failureOfTransport({ code: 'SELF_SIGNED_CERT_IN_CHAIN', message: '', unsent: true }), 'record-server-untrusted'],
  ['no way there', () => failureOfTransport({ code: 'ECONNREFUSED', message: '', unsent: true }), 'record-unreachable'],
  ['a reset after the request', () => failureOfTransport({ code: 'ECONNRESET', message: '', unsent: false }), 'record-no-answer'],
  ['an answer that is none', () => failureOfTransport({ code: 'HPE_INVALID_CONSTANT', message: '', unsent: false }), 'record-answer-invalid'],
]

/** Kept by the outbox or the reader, never by the record's words alone. */
const notSaidByTheRecord: readonly ReasonCode[] = ['record-never-confirms']

const reached = new Set<ReasonCode>([...registryErrors.map(([, , reason]) => reason), ...ways.map(([, , reason]) => reason)])

describe('the catalogue of errors', () => {
  it.each(registryErrors)('%s "%s" is %s, %s', (code, text, reason, expectedClass) => {
    expect(failureOfErrors([{ code, text }])).toMatchObject({ code: reason, class: expectedClass })
  })

  it.each(ways)('%s is known', (_, found, reason) => {
    expect(found()?.code).toBe(reason)
  })

  it('knows no code and no words that the section does not name', () => {
    const said = registryErrors.map(([code]) => code)
    for (const code of Object.keys(byCode)) expect(said, code).toContain(code)
    const words = registryErrors.map(([, text]) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase())
    for (const [pattern, reason] of byText) expect(words.some((text) => pattern.test(text)), `${reason} ${pattern}`).toBe(true)
  })

  it('has no reason about the record that nothing leads to', () => {
    const about = (Object.keys(reasons) as ReasonCode[]).filter((code) => code.startsWith('record-') && !notSaidByTheRecord.includes(code))
    for (const code of about) expect([...reached], code).toContain(code)
  })

  it.each(languages)('answers the four questions for every reason it leads to, in %s', (language) => {
    for (const code of reached) {
      const { title, what, safe, alone, action } = texts[language].reasons[code]
      for (const part of [title, what, safe, alone, action]) expect(part.trim(), code).not.toBe('')
    }
  })
})

describe('a code nobody knows', () => {
  const unknown = { code: 'DMPJamaisVu', text: 'Motif obscur' }

  it('is final, and shown with its own words and name', () => {
    const shown = { code: 'record-refused', class: 'permanent', recordText: 'DMPJamaisVu: Motif obscur' }
    expect(failureOfErrors([unknown])).toMatchObject(shown)
    expect(failureOfFault({ codes: ['Sender', 'DMPJamaisVu'], reason: 'Motif obscur', detail: '' })).toMatchObject(shown)
    expect(readHabilitationStatus('DMPJamaisVu', 'Motif obscur')).toEqual({ ok: false, failure: expect.objectContaining(shown) })
    expect(readAcknowledgement({ type: 'AE', queryResponse: 'AE', codes: ['DMPJamaisVu'], texts: ['Motif obscur'] })).toEqual({ ok: false, failure: expect.objectContaining(shown) })
  })

  it('is not tried again because its words sound technical, nor because the record is busy too', () => {
    expect(failureOfErrors([{ ...unknown, text: 'Erreur technique, service indisponible' }]).class).toBe('permanent')
    expect(failureOfErrors([{ code: 'XDSRegistryBusy', text: '' }, unknown])).toMatchObject({ class: 'permanent', recordText: 'DMPJamaisVu: Motif obscur' })
  })

  it('without words is told by its name', () => {
    const shown = { code: 'record-refused', detail: 'DMPJamaisVu', recordText: 'DMPJamaisVu' }
    expect(failureOfErrors([{ ...unknown, text: '' }])).toMatchObject(shown)
    expect(failureOfFault({ codes: ['DMPJamaisVu'], reason: '', detail: '' })).toMatchObject(shown)
    expect(readHabilitationStatus('DMPJamaisVu', null)).toEqual({ ok: false, failure: expect.objectContaining(shown) })
    expect(readAcknowledgement({ type: 'AE', queryResponse: 'AE', codes: ['DMPJamaisVu'], texts: [] })).toEqual({ ok: false, failure: expect.objectContaining(shown) })
  })
})

/** What may be promised to happen alone, by class: the words of a text must not promise what the program does not do. */
const alone: Readonly<Record<FailureClass, Readonly<Record<(typeof languages)[number], RegExp>>>> = {
  transient: { fr: /réessaie|reprend seul/, en: /tries again|resumes by itself/ },
  uncertain: { fr: /interroge le dossier partagé avant/, en: /asks the shared record before/ },
  permanent: { fr: /^(?!.*(réessaie|reprend seul|interroge))/, en: /^(?!.*(tries again|resumes by itself|asks the shared record))/ },
  'needs-user': { fr: /reprend seul|^Rien/, en: /resumes by itself|^Nothing/ },
}

describe.each(failureClass.options)('a failure that is %s', (kind) => {
  it.each(languages)('says in %s what the program does about it', (language) => {
    const codes = (Object.keys(reasons) as ReasonCode[]).filter((code) => reasons[code] === kind)
    expect(codes.length).toBeGreaterThan(0)
    for (const code of codes) expect(texts[language].reasons[code].alone, code).toMatch(alone[kind][language])
  })
})

const rs = 'urn:oasis:names:tc:ebxml-regrep:'
const failed = (result: Result<unknown>) => (result.ok ? 'success' : `${result.failure.code} ${result.failure.class}`)

describe('an ebRS status', () => {
  const busy = { code: 'XDSRegistryBusy', text: 'Trop', severity: `${rs}ErrorSeverityType:Error` }
  const closed = { code: 'DMPClosed', text: 'Fermé', severity: `${rs}ErrorSeverityType:Error` }
  const note = { code: 'DMPNote', text: 'à savoir', severity: `${rs}ErrorSeverityType:Warning` }

  it('of success keeps its warnings', () => {
    expect(ebrsOutcome(`${rs}ResponseStatusType:Success`, [note], 'deposit')).toEqual({ ok: true, value: { warnings: ['DMPNote: à savoir'] } })
    expect(ebrsOutcome(`${rs}ResponseStatusType:Success`, [], 'reading')).toEqual({ ok: true, value: { warnings: [] } })
  })

  it('of failure is its worst error, warnings aside unless they are all there is', () => {
    expect(failed(ebrsOutcome(`${rs}ResponseStatusType:Failure`, [note, busy], 'deposit'))).toBe('record-busy transient')
    expect(failed(ebrsOutcome(`${rs}ResponseStatusType:Failure`, [busy, closed], 'deposit'))).toBe('record-closed permanent')
    expect(failed(ebrsOutcome(`${rs}ResponseStatusType:Failure`, [note], 'deposit'))).toBe('record-refused permanent')
    expect(failed(ebrsOutcome(`${rs}ResponseStatusType:Failure`, [], 'deposit'))).toBe('record-fault uncertain')
    expect(failed(ebrsOutcome('Failure', [{ ...closed, severity: null }], 'deposit'))).toBe('record-closed permanent')
  })

  it('of partial success asks about a deposit, whatever its errors, and lets those of a reading speak', () => {
    const partial = 'urn:ihe:iti:2007:ResponseStatusType:PartialSuccess'
    for (const errors of [[busy], [closed], [note], []]) expect(failed(ebrsOutcome(partial, errors, 'deposit'))).toBe('record-fault uncertain')
    expect(ebrsOutcome(partial, [closed], 'deposit')).toMatchObject({ failure: { detail: 'PartialSuccess DMPClosed', recordText: 'Fermé' } })
    expect(failed(ebrsOutcome(partial, [{ code: 'XDSDocumentUniqueIdError', text: '', severity: null }], 'reading'))).toBe('document-not-found permanent')
  })

  it('of nothing known is no answer', () => {
    expect([failed(ebrsOutcome(null, [], 'deposit')), failed(ebrsOutcome('urn:x:Peut-être', [], 'reading'))]).toEqual(['record-answer-invalid uncertain', 'record-answer-invalid uncertain'])
  })
})

describe('an HL7 v3 acknowledgement', () => {
  it.each([
    ['AA', 'OK', [], 'found'],
    ['AA', 'NF', [], 'absent'],
    ['AA', 'OK', ['DMPClosed'], 'closed'],
    ['AE', 'AE', ['dmpclosed'], 'closed'],
    [null, 'OK', ['DMPFound'], 'found'],
  ] as const)('%s with %s %j says %s', (type, queryResponse, codes, said) => {
    expect(readAcknowledgement({ type, queryResponse, codes, texts: [] })).toEqual({ ok: true, value: said })
  })

  it.each([
    ['AE', 'OK', ['XDSPatientIdDoesNotMatch'], 'record-patient-refused permanent'],
    ['AR', 'OK', [], 'record-refused permanent'],
    ['AA', 'AE', ['XDSRegistryBusy'], 'record-busy transient'],
    ['AA', null, [], 'record-refused permanent'],
  ] as const)('%s with %s %j is a failure', (type, queryResponse, codes, expected) => {
    expect(failed(readAcknowledgement({ type, queryResponse, codes, texts: [] }))).toBe(expected)
  })
})

describe('a habilitation status', () => {
  it.each([
    ['DMPOk', 'Autorisation déjà existante', 'Autorisation déjà existante'],
    ['DMPOK', '  ', null],
    [' dmpok ', null, null],
  ])('%j with %j is done', (status, context, note) => {
    expect(readHabilitationStatus(status, context)).toEqual({ ok: true, value: { note } })
  })

  it.each([
    ['DMPClosed', '', 'record-closed permanent'],
    ['DMPRefus', "Le patient a bloqué l'accès", 'professional-blocked permanent'],
    ['', 'rien', 'record-answer-invalid uncertain'],
    [null, null, 'record-answer-invalid uncertain'],
  ])('%j with %j is a failure', (status, context, expected) => {
    expect(failed(readHabilitationStatus(status, context))).toBe(expected)
  })
})
