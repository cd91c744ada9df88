import type { ItemView } from '#shared/contract/items.ts'
import type { ReasonCode } from '#shared/contract/reasons.ts'

/** What stops a file or a message before anything is read of whose it is; nothing its sidecar may say of that is known then. */
const unreadReasons: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  'file-empty', 'file-too-large', 'file-unreadable', 'file-still-growing', 'file-vanished', 'file-link-refused', 'file-name-forbidden', 'format-unknown', 'format-unsupported', 'type-forbidden',
  'sidecar-invalid', 'pdf-not-pdf', 'pdf-truncated', 'pdf-encrypted', 'pdf-active-content', 'pdf-unreadable', 'xml-doctype', 'xml-malformed', 'xml-too-deep', 'content-damaged', 'already-received',
  'hl7-no-msh', 'hl7-type-unknown', 'hl7-version-unknown', 'hl7-charset', 'hl7-segment-missing', 'hl7-document-broken', 'hl7-too-large',
])

/** Has nobody been looked for in it, because it could not be read or was not? Otherwise nobody was found. */
export function isNotRead({ patient, reason }: Pick<ItemView, 'patient' | 'reason'>): boolean {
  return patient === null && reason !== null && unreadReasons.has(reason)
}
