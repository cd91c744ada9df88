import { z } from 'zod'

/**
 * Class of an expected failure. It alone decides what the program does next:
 * `transient` is tried again, `uncertain` is asked to the record before anything is sent again,
 * `permanent` is parked, `needs-user` waits for somebody.
 */
export const failureClass = z.enum(['transient', 'uncertain', 'permanent', 'needs-user'])
export type FailureClass = z.infer<typeof failureClass>

/**
 * Every stable code an item, a call or a message can carry, with its class.
 * A code is an interface: scripts and support read it. Texts live in `renderer/strings` under `reasons.<code>`
 * and a test fails when one is missing.
 */
export const reasons = {
  // the file itself
  'file-empty': 'permanent',
  'file-too-large': 'permanent',
  'file-unreadable': 'transient',
  'file-still-growing': 'transient',
  'file-vanished': 'permanent',
  'file-link-refused': 'permanent',
  'file-name-forbidden': 'permanent',
  'format-unknown': 'permanent',
  'format-unsupported': 'permanent',
  'type-forbidden': 'permanent',
  'sidecar-missing': 'needs-user',
  'sidecar-invalid': 'permanent',
  'sidecar-two-patients': 'permanent',
  'pdf-not-pdf': 'permanent',
  'pdf-truncated': 'permanent',
  'pdf-encrypted': 'permanent',
  'pdf-active-content': 'permanent',
  'pdf-unreadable': 'permanent',
  'pdf-not-archival': 'permanent',
  'text-unread': 'permanent',
  'xml-doctype': 'permanent',
  'xml-malformed': 'permanent',
  'xml-too-deep': 'permanent',
  // what the document says of itself
  'cda-no-patient': 'permanent',
  'cda-patient-ambiguous': 'permanent',
  'cda-id-invalid': 'permanent',
  'cda-header-incomplete': 'permanent',
  'cda-header-invalid': 'permanent',
  'cda-body-unreadable': 'permanent',
  'cda-active-content': 'permanent',
  'cda-restricted': 'permanent',
  'type-unknown': 'needs-user',
  'type-not-accepted': 'permanent',
  'author-missing': 'needs-user',
  'author-not-ours': 'permanent',
  'date-impossible': 'permanent',
  'care-place-not-accepted': 'permanent',
  'situation-changed': 'needs-user',
  // whose it is
  'ins-missing': 'needs-user',
  'ins-invalid': 'permanent',
  'ins-not-qualified': 'needs-user',
  'ins-production-in-training': 'permanent',
  'ins-test-in-production': 'permanent',
  'traits-incomplete': 'needs-user',
  'traits-differ': 'needs-user',
  'patient-unknown': 'needs-user',
  'patient-to-confirm': 'needs-user',
  'patient-ambiguous': 'needs-user',
  'text-names-another': 'needs-user',
  'patient-mismatch': 'permanent',
  // whether it may go
  'patient-opposed': 'permanent',
  'visibility-forbidden': 'permanent',
  'visibility-changed': 'permanent',
  'announced-otherwise': 'permanent',
  'number-used-twice': 'needs-user',
  'forgotten-document': 'needs-user',
  'memory-unreadable': 'needs-user',
  'held-by-user': 'needs-user',
  'burst-held': 'needs-user',
  'old-file-held': 'needs-user',
  'secret-connection': 'permanent',
  'secret-not-minor': 'permanent',
  'secret-not-hidden': 'permanent',
  'dismissed-by-user': 'permanent',
  // nothing to send
  'already-received': 'permanent',
  'copied-from-record': 'permanent',
  'hl7-not-for-dmp': 'permanent',
  'hl7-received-mail': 'permanent',
  'hl7-identity-applied': 'permanent',
  'hl7-acknowledgement': 'permanent',
  // the feed
  'hl7-no-msh': 'permanent',
  'hl7-type-unknown': 'permanent',
  'hl7-version-unknown': 'permanent',
  'hl7-charset': 'permanent',
  'hl7-segment-missing': 'permanent',
  'hl7-flags-invalid': 'permanent',
  'hl7-action-incoherent': 'permanent',
  'hl7-action-unsupported': 'permanent',
  'hl7-document-broken': 'permanent',
  'hl7-number-reused': 'permanent',
  'hl7-too-large': 'permanent',
  // the way to the record
  'record-unreachable': 'transient',
  'record-busy': 'transient',
  'record-no-answer': 'uncertain',
  'record-answer-invalid': 'uncertain',
  'record-fault': 'uncertain',
  'record-server-untrusted': 'transient',
  'certificate-refused': 'needs-user',
  'certificate-missing': 'needs-user',
  'certificate-expired': 'needs-user',
  'signature-certificate-refused': 'needs-user',
  // who signs in
  'card-library-missing': 'needs-user',
  'card-library-silent': 'needs-user',
  'card-absent': 'needs-user',
  'card-removed': 'needs-user',
  'card-unreadable': 'needs-user',
  'card-pin-needed': 'needs-user',
  'card-pin-wrong': 'needs-user',
  'card-pin-locked': 'needs-user',
  'card-of-another': 'needs-user',
  'card-of-another-structure': 'needs-user',
  'card-link-failed': 'needs-user',
  'situation-to-choose': 'needs-user',
  'situation-unknown': 'needs-user',
  'sign-in-needed': 'needs-user',
  'sign-in-pending': 'needs-user',
  'sign-in-denied': 'needs-user',
  'sign-in-expired': 'needs-user',
  'sign-in-ended': 'needs-user',
  'sign-in-of-another': 'needs-user',
  'sign-in-unreachable': 'needs-user',
  'speciality-missing': 'needs-user',
  'structure-refused': 'needs-user',
  // what the record said
  'record-absent': 'permanent',
  'record-closed': 'permanent',
  'record-opposed': 'permanent',
  'professional-blocked': 'permanent',
  'record-author-refused': 'permanent',
  'record-patient-refused': 'permanent',
  'record-metadata-refused': 'permanent',
  'record-document-refused': 'permanent',
  'record-content-conflict': 'permanent',
  'record-replace-refused': 'permanent',
  'record-request-refused': 'permanent',
  'record-too-many-results': 'needs-user',
  'record-version-changed': 'needs-user',
  'record-update-refused': 'permanent',
  'record-refused': 'permanent',
  'record-never-confirms': 'permanent',
  'parent-missing': 'needs-user',
  'version-superseded': 'permanent',
  'clock-wrong': 'needs-user',
  // reading
  'reading-needs-professional': 'needs-user',
  'staff-card-deposits-only': 'needs-user',
  'access-not-granted': 'needs-user',
  'consultation-refused': 'permanent',
  'consent-to-renew': 'needs-user',
  'emergency-opposed': 'permanent',
  'mode-not-offered': 'permanent',
  'entry-expired': 'needs-user',
  'patient-changed': 'needs-user',
  'access-changed': 'needs-user',
  'patient-not-announced': 'needs-user',
  'act-not-in-fhir': 'permanent',
  'document-not-found': 'permanent',
  'document-hash-mismatch': 'permanent',
  'document-of-another': 'permanent',
  'document-changed': 'needs-user',
  'document-deleted': 'permanent',
  'document-out-of-sight': 'permanent',
  'change-not-seen': 'needs-user',
  'change-in-doubt': 'needs-user',
  'copy-folder-not-set': 'needs-user',
  'copy-folder-unwritable': 'needs-user',
  'copy-folder-watched': 'needs-user',
  'sheet-unreadable': 'permanent',
  'sheet-version-unknown': 'needs-user',
  // what the record lets whom do
  'right-professional-only': 'needs-user',
  'right-normal-mode-only': 'needs-user',
  'right-regulation-only': 'permanent',
  'right-treating-doctor-only': 'permanent',
  'right-not-occupational': 'permanent',
  'right-other-deposit': 'permanent',
  'right-author-only': 'permanent',
  'right-author-or-treating-doctor': 'permanent',
  'right-own-structure-only': 'permanent',
  'right-patient-document': 'permanent',
  'right-patient-forbids': 'permanent',
  // the program
  'program-failed': 'transient',
  'crashed-twice': 'permanent',
  'content-damaged': 'permanent',
  'already-left': 'permanent',
  'connector-stopped': 'transient',
  'store-locked': 'needs-user',
  'store-key-missing': 'needs-user',
  'store-from-future': 'needs-user',
  'store-damaged': 'needs-user',
  'storage-full': 'transient',
  'store-read-only': 'needs-user',
  'medicine-files-invalid': 'permanent',
  'not-found': 'permanent',
  'input-invalid': 'permanent',
} as const satisfies Record<string, FailureClass>

export type ReasonCode = keyof typeof reasons
export const reasonCode = z.enum(Object.keys(reasons) as [ReasonCode, ...ReasonCode[]])

/** An expected failure as a value. `detail` is technical and free of patient data; `recordText` is the record's own wording. */
export interface Failure {
  readonly code: ReasonCode
  readonly class: FailureClass
  readonly detail?: string | undefined
  readonly recordText?: string | undefined
  /** Not before this instant (milliseconds since the epoch), when the other side said so. */
  readonly retryAt?: number | undefined
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }

/** Wraps a value as a success. */
export function success<T>(value: T): Result<T> {
  return { ok: true, value }
}

/** Builds a failed result; its class comes from the catalogue above. */
export function failure(code: ReasonCode, more: Omit<Failure, 'code' | 'class'> = {}): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { code, class: reasons[code], ...more } }
}

/** Held together by Relais because they came in a way that looks like a mistake; a person lets them go, or sets them aside, together. */
export const batchReasons = ['burst-held', 'old-file-held'] as const satisfies readonly ReasonCode[]
export type BatchReason = (typeof batchReasons)[number]

export function isBatchReason(reason: ReasonCode | null): reason is BatchReason {
  return batchReasons.some((one) => one === reason)
}
