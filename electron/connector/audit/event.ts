import type { Party } from '#shared/contract/index.ts'

/**
 * Every act the trace knows. `event` is the DICOM audit event (PS3.15 A.5, carried by IHE ITI-20), `type` the transaction of the record
 * (TD, ITI) or the DICOM event type; null = an act of this program alone. What a call's tongue names otherwise, the event says.
 */
export const traceActs = {
  'record-status': { event: '110112', type: 'TD0.2' },
  search: { event: '110112', type: 'ITI-18' },
  'records-listed': { event: '110112', type: 'TD0.4' },
  question: { event: '110112', type: 'ITI-18' },
  retrieval: { event: '110107', type: 'ITI-43' },
  deposit: { event: '110106', type: 'ITI-41' },
  authorisation: { event: '110110', type: 'TD0.3' },
  'metadata-change': { event: '110110', type: 'ITI-57' },
  'record-shown': { event: '110110', type: null },
  'document-opened': { event: '110110', type: null },
  'document-copied': { event: '110106', type: null },
  'sheet-printed': { event: '110106', type: null },
  'sheet-read': { event: '110107', type: null },
  'sheet-shown': { event: '110110', type: null },
  'sheet-erased': { event: '110110', type: null },
  'break-glass': { event: '110113', type: '110127' },
  'break-glass-ended': { event: '110113', type: '110138' },
  regulation: { event: '110110', type: null },
  'regulation-ended': { event: '110110', type: null },
  information: { event: '110100', type: null },
  consent: { event: '110110', type: null },
  'item-opened': { event: '110110', type: null },
  'item-held': { event: '110110', type: null },
  'item-freed': { event: '110110', type: null },
  'item-visibility': { event: '110110', type: null },
  'item-patient-chosen': { event: '110110', type: null },
  'item-type-chosen': { event: '110110', type: null },
  'item-author-chosen': { event: '110110', type: null },
  'item-dismissed': { event: '110110', type: null },
  'sign-in': { event: '110114', type: '110122' },
  'sign-out': { event: '110114', type: '110123' },
  start: { event: '110100', type: '110120' },
  stop: { event: '110100', type: '110121' },
  'trace-gap': { event: '110113', type: null },
  'trace-exported': { event: '110101', type: null },
  'trace-attested': { event: '110101', type: null },
} as const satisfies Record<string, { event: string; type: string | null }>
export type TraceAct = keyof typeof traceActs

/** Who a call speaks for, or sits at the keyboard: national identifiers, never a name. */
export interface TraceActor {
  /** PS_IdNat, of a member of staff too; null = a structure, the program, or a person who is not identified. */
  readonly professional: string | null
  /** Struct_IdNat. */
  readonly structure: string | null
  /** Profession and savoir-faire (`10/SM54`), `staff` (by a CPE card), `structure`, `person` (somebody at this computer, not identified) or `program`. */
  readonly role: string
}

/** Who set it off: somebody in front of a window or at the command line, or the program by itself. */
export type TraceOrigin = 'user' | 'program'

/** What for: care (reading), feeding the record, running this program, or a control of what it did. */
export type TracePurpose = 'care' | 'feeding' | 'running' | 'control'

/** How the record is entered (VIHF, Mode_Acces; secret connection). */
export type TraceMode = 'normal' | 'secret' | 'break-glass' | 'regulation'

/** One act, as whoever does it tells it. No name, no title, no free text: codes and identifiers. */
export interface AuditEvent {
  readonly act: TraceAct
  /** The transaction actually used, where the act's own is another tongue's (ITI-67 for a search over FHIR). */
  readonly type?: string | undefined
  /** `unknown`: perhaps done, the answer was lost. */
  readonly outcome: 'success' | 'failure' | 'unknown'
  /** The stable code of what went wrong (`shared/contract/reasons.ts`). */
  readonly code?: string | undefined
  readonly actor: TraceActor
  readonly origin: TraceOrigin
  readonly purpose: TracePurpose
  /** Given only where the record is entered. */
  readonly mode?: TraceMode | undefined
  /** Stored as a keyed reference alone. */
  readonly patient?: { readonly value: string; readonly oid: string } | null | undefined
  /** uniqueId of a document, id of an item. */
  readonly object?: string | null | undefined
  /** entryUUID of the document, where the call was told it: it changes with each version of the entry. */
  readonly entryUuid?: string | undefined
  /** What the record's logs know the call by: MessageID over SOAP, X-Request-Id over FHIR; several are separated by a space, in their order. Absent: no message was made. */
  readonly requestId?: string | undefined
  /** The record's own codes in its last answer (`Failure XDSRegistryBusy`, `409 duplicate`), separated by a space. Absent: none was heard. */
  readonly responseCode?: string | undefined
  /** Codes and numbers that say more (`documents:12`); never text of a person or a document. */
  readonly detail?: string | undefined
}

/** The line's own text as it is stored and hashed; `patientReference` is looked for by `--ins`. */
export interface StoredEvent extends Omit<AuditEvent, 'patient' | 'type'> {
  readonly event: string
  readonly type: string | null
  readonly patientReference: string | null
  readonly host: string
  readonly software: string
  /** Milliseconds of the run, by a clock nobody sets; lines of before have none. */
  readonly mono?: number
  readonly gap?: TraceGap
}

/** Lines a store put back no longer has, known by a head kept outside it. `restored`: the program itself put an older database back. */
export interface TraceGap {
  readonly from: number
  readonly to: number
  readonly restored: boolean
}

/** The actor of a call made for this party. */
export function actorOf(party: Party): TraceActor {
  if (party.kind === 'structure') return { professional: null, structure: party.structure.id, role: 'structure' }
  if (party.kind === 'staff') return { professional: party.member.id, structure: party.structure.id, role: 'staff' }
  const { id, profession, specialty } = party.professional
  return { professional: id, structure: party.structure.id, role: specialty === undefined ? profession : `${profession}/${specialty}` }
}
