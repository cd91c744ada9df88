import fc from 'fast-check'
import { expect, it } from 'vitest'
import { failureOfErrors, failureOfFault, failureOfStatus, failureOfTransport } from './failures.ts'

const now = Date.UTC(2026, 10, 21, 9)

it.each([
  ['XDSUnknownPatientId', '', 'record-absent', 'permanent'],
  ['XDSPatientIdDoesNotMatch', '', 'record-patient-refused', 'permanent'],
  ['XDSRegistryBusy', '', 'record-busy', 'transient'],
  ['XDSRepositoryOutOfResources', '', 'record-busy', 'transient'],
  ['XDSNonIdenticalHash', '', 'record-content-conflict', 'permanent'],
  ['XDSReplaceFailed', '', 'record-replace-refused', 'permanent'],
  ['XDSDuplicateUniqueIdInRegistry', '', 'record-fault', 'uncertain'],
  ['XDSRegistryMetadataError', '', 'record-metadata-refused', 'permanent'],
  ['XDSDocumentUniqueIdError', '', 'document-not-found', 'permanent'],
  ['DMPInvalidCertificate', 'Not a valid signature certificate', 'signature-certificate-refused', 'needs-user'],
  ['DMPClosed', '', 'record-closed', 'permanent'],
  ['DMPPatientDMPClosed', '', 'record-closed', 'permanent'],
  ['DMPSomethingNew', 'Refus', 'record-refused', 'permanent'],
  ['XDSRegistryError', 'Aucune spécialité dans le vihf pour le PS', 'speciality-missing', 'needs-user'],
  ['XDSRegistryError', 'Structure introuvable ou Inactive', 'structure-refused', 'needs-user'],
  ['DMPInvalidStructure', 'PS et Structure non liés', 'structure-refused', 'needs-user'],
  ['XDSRepositoryError', "Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF", 'record-author-refused', 'permanent'],
  ['XDSRepositoryError', "Aucun AuthorPerson ni LegalAuthenticator ne correspond à l'utilisateur du VIHF", 'record-author-refused', 'permanent'],
  ['DMPPatientOpposition', "Le patient s'oppose à l'alimentation de son DMP", 'record-opposed', 'permanent'],
  ['DMPAccessDenied', "Le patient a bloqué l'accès de ce professionnel à son DMP", 'professional-blocked', 'permanent'],
  ['DMPAccessDenied', "Autorisation d'accès expirée", 'access-not-granted', 'needs-user'],
  ['XDSRegistryError', 'Erreur technique : base de données', 'record-fault', 'uncertain'],
  ['XDSRegistryError', 'Le patient refuse', 'record-refused', 'permanent'],
  ['toString', 'nothing of ours', 'record-refused', 'permanent'],
])('%s "%s" is %s', (code, text, expected, failureClass) => {
  const found = failureOfErrors([{ code, text }])
  expect(found).toMatchObject({ code: expected, class: failureClass, detail: code })
  expect(found.recordText).toBe(code === 'DMPSomethingNew' ? 'DMPSomethingNew: Refus' : text || undefined)
  expect(failureOfErrors([{ code: 'DMPSomethingNew', text: '' }]).recordText).toBe('DMPSomethingNew')
})

it.each([
  ['record-absent', 'XDSUnknownPatientId'],
  ['record-patient-refused', 'XDSPatientIdDoesNotMatch XDSPatientIDReconciliationError XDSResultNotSinglePatient'],
  ['record-busy', 'XDSRegistryNotAvailable XDSRegistryBusy XDSRepositoryBusy XDSRegistryOutOfResources XDSRepositoryOutOfResources'],
  ['record-fault', 'XDSDuplicateUniqueIdInRegistry'],
  ['record-content-conflict', 'XDSNonIdenticalHash'],
  ['record-replace-refused', 'XDSReplaceFailed XDSRegistryDeprecatedDocumentError'],
  ['record-metadata-refused', 'XDSRegistryMetadataError XDSRepositoryMetadataError XDSRegistryDuplicateUniqueIdInMessage XDSExtraMetadataNotSaved XDSMissingDocument XDSMissingDocumentMetadata'],
  ['record-document-refused', 'InvalidDocumentContent'],
  ['document-not-found', 'XDSDocumentUniqueIdError XDSUnknownRepositoryId'],
  ['record-request-refused', 'XDSStoredQueryMissingParam XDSStoredQueryParamNumber XDSUnknownStoredQuery'],
  ['record-too-many-results', 'XDSTooManyResults'],
  ['record-update-refused', 'XDSMetadataUpdateError XDSMetadataUpdateOperationError'],
  ['record-version-changed', 'XDSMetadataVersionError'],
  ['signature-certificate-refused', 'DMPInvalidCertificate'],
  ['record-closed', 'DMPClosed DMPPatientDMPClosed'],
  ['record-refused', 'DMPPatientAccessAlreadyExists DMPPatientAccessOTPAlreadyExists DMPIdentityCertificationFailure DMPToutAutreCode XDSRegistryError XDSRepositoryError'],
])('%s is what %s mean, without a word of explanation', (code, errorCodes) => {
  for (const errorCode of errorCodes.split(' ')) expect(failureOfErrors([{ code: errorCode, text: '' }])).toMatchObject({ code, detail: errorCode })
})

it('never tries a code of the DMP again because of its words, and keeps them', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^DMP[A-Z]\w{0,20}$/), fc.oneof(fc.string(), fc.constantFrom('Erreur technique', 'Service indisponible', 'timeout')), (code, text) => {
      const found = failureOfErrors([{ code, text }])
      expect(['permanent', 'needs-user']).toContain(found.class)
      // A code nobody knows is told with its words, or stands for them.
      expect(found.recordText).toBe((found.code === 'record-refused' ? (text === '' ? code : `${code}: ${text}`) : text) || undefined)
      expect(failureOfFault({ codes: ['Receiver', code], reason: text, detail: '' })?.class).toMatch(/permanent|needs-user/)
    }),
  )
})

it('asks the record when one of several errors says that an earlier try succeeded, unless a document of ours differs', () => {
  const duplicate = { code: 'XDSDuplicateUniqueIdInRegistry', text: '' }
  const differs = (about?: 'document' | 'companion') => ({ code: 'XDSNonIdenticalHash', text: '', about })
  for (const about of ['document', 'companion'] as const) expect(failureOfErrors([differs('document'), { ...duplicate, about }, differs('companion')]).code).toBe('record-content-conflict')
  expect(failureOfErrors([{ ...duplicate, about: 'document' }, differs('companion')])).toMatchObject({ code: 'record-fault', class: 'uncertain' })
  expect(failureOfErrors([differs('companion')]).class).toBe('uncertain')
  // It does not say what differs: the record is asked where something is there already.
  expect(failureOfErrors([differs()]).code).toBe('record-content-conflict')
  expect(failureOfErrors([{ code: 'XDSRegistryMetadataError', text: '' }, duplicate]).class).toBe('uncertain')
  expect(failureOfErrors([duplicate, differs()]).class).toBe('uncertain')
  expect(failureOfErrors([{ code: 'XDSRegistryBusy', text: '' }, { code: 'XDSUnknownPatientId', text: '' }]).code).toBe('record-absent')
  expect(failureOfErrors([]).class).toBe('uncertain')
})

it('gives the same answer whatever the order of the errors', () => {
  const error = fc.record({ code: fc.constantFrom('XDSDuplicateUniqueIdInRegistry', 'XDSNonIdenticalHash', 'XDSRegistryBusy', 'DMPClosed', 'DMPInvalidCertificate', 'XDSRegistryError'), text: fc.constant('') })
  fc.assert(
    fc.property(fc.uniqueArray(error, { selector: ({ code }) => code, minLength: 1 }), (errors) => {
      expect(failureOfErrors(errors.toReversed()).class).toBe(failureOfErrors(errors).class)
    }),
  )
})

it.each([
  [{ codes: ['Sender', 'DMPInvalidCertificate'], reason: 'Not a valid signature certificate', detail: '' }, 'signature-certificate-refused'],
  [{ codes: ['Receiver'], reason: 'x', detail: 'code DMPClosed' }, 'record-closed'],
  [{ codes: ['Sender', 'FailedAuthentication'], reason: '', detail: '' }, 'signature-certificate-refused'],
  [{ codes: ['MustUnderstand'], reason: '', detail: '' }, 'record-request-refused'],
  [{ codes: ['Sender', 'DMPBrandNew'], reason: 'Refus', detail: '' }, 'record-refused', 'DMPBrandNew: Refus'],
  [{ codes: ['Sender'], reason: 'Structure introuvable ou Inactive', detail: '' }, 'structure-refused'],
])('a fault %o is %s', (fault, code, words: string = fault.reason || fault.detail) => {
  const found = failureOfFault(fault)
  expect([found?.code, found?.recordText]).toEqual([code, words])
})

it('says nothing of a fault it does not know', () => {
  expect(failureOfFault({ codes: ['Receiver'], reason: 'boom', detail: '' })).toBeNull()
})

it.each([
  [200, null, null],
  [503, 'record-busy', now + 7000],
  [429, 'record-busy', now + 7000],
  [502, 'record-no-answer', undefined],
  [504, 'record-no-answer', undefined],
  [500, 'record-fault', undefined],
  [401, 'certificate-refused', undefined],
  [403, 'certificate-refused', undefined],
  [302, 'record-answer-invalid', undefined],
  [404, 'record-answer-invalid', undefined],
])('HTTP %i is %s', (status, code, retryAt) => {
  const found = failureOfStatus(status, '7', now)
  expect(found?.code ?? null).toBe(code)
  if (code) expect(found?.retryAt).toBe(retryAt)
})

it('reads Retry-After as a date too, and ignores what it cannot read', () => {
  expect(failureOfStatus(503, 'Sat, 21 Nov 2026 09:01:00 GMT', now)?.retryAt).toBe(now + 60_000)
  expect(failureOfStatus(503, 'soon', now)?.retryAt).toBeUndefined()
})

it.each([
  ['ECONNREFUSED', true, 'record-unreachable'],
  ['ENOTFOUND', true, 'record-unreachable'],
  ['UND_ERR_CONNECT_TIMEOUT', true, 'record-unreachable'],
  ['ECONNRESET', true, 'record-unreachable'],
  ['ECONNRESET', false, 'record-no-answer'],
  ['UND_ERR_SOCKET', false, 'record-no-answer'],
  ['UND_ERR_HEADERS_TIMEOUT', false, 'record-no-answer'],
  ['UND_ERR_RES_EXCEEDED_MAX_SIZE', false, 'record-answer-invalid'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', true, 'record-server-untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', true, 'record-server-untrusted'],
  ['CERT_HAS_EXPIRED', true, 'record-server-untrusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', true, 'record-server-untrusted'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, 'certificate-refused'],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', true, 'certificate-refused'],
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', true, 'certificate-refused'],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', true, 'certificate-refused'],
])('%s (unsent: %s) is %s', (code, unsent, expected) => {
  expect(failureOfTransport({ code, message: '', unsent }).code).toBe(expected)
})
