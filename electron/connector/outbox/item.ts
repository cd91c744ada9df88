import { itemView, type ItemState, type ItemView, type ItemVisibility, type PatientLabel, type Party, type ReasonCode, type WaitingFor, type DocumentMetadata } from '#shared/contract/index.ts'
import { documentType, typeLabel } from '#shared/terminology/index.ts'

/** A row of the item table, as SQLite gives it. Times are milliseconds since the epoch. */
export interface ItemRow {
  seq: number
  id: string
  state: ItemState
  reason: ReasonCode | null
  reason_detail: string | null
  waiting_for: WaitingFor | null
  source_kind: 'folder' | 'hl7' | 'by-hand'
  source_name: string
  source_reference: string
  /** Its watched folder's own identity, which its name is not; null for another source, and for what an older program took and no folder watched now made. */
  source_id: string | null
  /** Where its file lay, absolute, as the newest word of its source found it; null when it is not known. */
  source_path: string | null
  content_sha256: string
  content_size: number
  hints: string
  patient_id: string | null
  /** Set by a person alone, never by the gate. */
  chosen_patient_id: string | null
  /** JSON of `ChosenAs`; null when nobody chose, or an older program did. */
  chosen_as: string | null
  /** A type code of the DMP's list that a person chose; null when nobody did. */
  chosen_type: string | null
  /** PS_IdNat of the professional of the practice who wrote it, as a person chose; null when nobody did. */
  chosen_author: string | null
  /** Struct_IdNat of the place where they wrote it, as a person chose; null when nobody did. */
  chosen_place: string | null
  patient: string | null
  ins: string | null
  type_code: string | null
  title: string | null
  unique_id: string | null
  submission_set_id: string | null
  submitted_at: number | null
  metadata: string | null
  party: string | null
  document_sha256: string | null
  lot_sha256: string | null
  entry_uuid: string | null
  received_at: number
  settled_at: number | null
  next_attempt_at: number | null
  attempts: number
  absent_looks: number
  first_absent_at: number | null
  sent_at: number | null
  /** The first document it is a version of; items of one lineage go one at a time. */
  lineage: string | null
  parent_unique_id: string | null
  /** What makes two contents versions of one document: the CDA's setId, or the source's own key. */
  document_key: string | null
  version: number | null
  set_id: string | null
  held: Hold | null
  /** JSON of what a person chose; null = as its source says. */
  visibility: string | null
  doubts: number
  crashes: number
  ask_first: number
  /** Its source said otherwise of it when it may already have left. */
  corrected: number
  /** By what its document is known when it is rendered again or wrapped otherwise; empty = by its bytes alone, null = not looked for yet. */
  rendering: string | null
  /** JSON of `Act[]`, in their order: done again after a return to an older database, they met a doubt and wait for its end. Null = none. */
  waiting_acts: string | null
}

/** Why an item is held back before any send: by a person, or with the batch it came in. */
export type Hold = 'user' | 'burst' | 'old-file'

/** What is kept of a person's choice of a patient beside their id. */
export interface ChosenAs {
  readonly ins: string
  readonly insOid: string
  /** The source says another INS, or two other traits: they chose with that before their eyes. */
  readonly against: boolean
}

/** As it is kept with an item. */
export function chosenAsOf({ chosen_as: as }: Pick<ItemRow, 'chosen_as'>): ChosenAs | null {
  return as === null ? null : (JSON.parse(as) as ChosenAs)
}

/** The reason shown for each. */
export const holdReason = { user: 'held-by-user', burst: 'burst-held', 'old-file': 'old-file-held' } as const satisfies Record<Hold, ReasonCode>

const everybody: ItemVisibility = { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false }

/** Who may see it: a person's choice, else what its source says, else everybody. */
export function visibilityOf(row: Pick<ItemRow, 'visibility' | 'hints'>): ItemVisibility {
  if (row.visibility !== null) return JSON.parse(row.visibility) as ItemVisibility
  return (JSON.parse(row.hints) as { visibility?: ItemVisibility }).visibility ?? everybody
}

/**
 * Its type as its source says; where that is none the record takes, as a person chose. A CDA says its own, which neither overrides. Null when nobody says any.
 */
export function typeCodeOf({ hints, chosen_type: chosen }: Pick<ItemRow, 'hints' | 'chosen_type'>): string | null {
  const said = (JSON.parse(hints) as { typeCode?: string }).typeCode?.trim() || null
  return said !== null && documentType(said) !== undefined ? said : (chosen ?? said)
}

/** Who wrote it as its source says; where that says nobody, as a person chose. A CDA says its own. Null when nobody says any. */
export function authorIdOf({ hints, chosen_author: chosen }: Pick<ItemRow, 'hints' | 'chosen_author'>): string | null {
  return (JSON.parse(hints) as { authorId?: string }).authorId ?? chosen
}

/**
 * True while its type is a person's to say: nothing of it ever left, and it stands for want of one (of any, or of one the record takes); or it has the one they said, which may be
 * wrong, and nothing of it left or the record refused it for what it is said to be.
 */
export function mayBeTyped(row: Pick<ItemRow, 'state' | 'reason' | 'attempts' | 'doubts' | 'hints' | 'chosen_type'>): boolean {
  const isChosen = row.chosen_type !== null && documentType(typeCodeOf({ ...row, chosen_type: null }) ?? '') === undefined
  return isChosen ? isChangeable(row) || isRefused(row) : isChangeable(row) && standsFor(['type-unknown', 'type-not-accepted'], row)
}

/** The same of its author, and of where they wrote it. */
export function mayBeAuthored(row: Pick<ItemRow, 'state' | 'reason' | 'attempts' | 'doubts' | 'hints' | 'chosen_author' | 'chosen_place'>): boolean {
  const isChosen = row.chosen_place !== null || (row.chosen_author !== null && authorIdOf({ ...row, chosen_author: null }) === null)
  if (isChosen) return isChangeable(row) || isRefused(row)
  return isChangeable(row) && (standsFor(['author-missing', 'situation-unknown'], row) || (row.state === 'waiting' && row.reason === 'situation-to-choose'))
}

/** Refused for its type or its author, at the first word: the record certainly holds nothing of it. Retried as it is, it would be refused again. */
const isRefused = (row: Pick<ItemRow, 'state' | 'reason' | 'doubts'>): boolean =>
  row.doubts === 0 && standsFor(['record-author-refused', 'record-metadata-refused', 'structure-refused', 'situation-changed', 'speciality-missing'], row)

function standsFor(reasons: readonly ReasonCode[], { state, reason }: Pick<ItemRow, 'state' | 'reason'>): boolean {
  return state === 'parked' && reasons.some((one) => one === reason)
}

/** As a trace tells of a person's choice of this type. */
export const typeChosen = (typeCode: string): string => `type chosen by a person: ${typeLabel(typeCode)}`

/** As a trace tells of a person's choice of the author of this name, and of where they wrote it. */
export const authorChosen = (...names: readonly string[]): string => `author chosen by a person: ${names.join(', ')}`

/** The professional, and the place where one was said. */
export const authoredBy = ({ authorId, structureId }: { readonly authorId: string; readonly structureId?: string | undefined }): string[] => [authorId, ...(structureId === undefined ? [] : [structureId])]

/** Does it say another type than this? What only one of both says is no contradiction. */
export function isOfOtherType({ type_code: known }: Pick<ItemRow, 'type_code'>, typeCode: string | null): boolean {
  return known !== null && typeCode !== null && known !== typeCode
}

/** Is it frozen under another type than it was before? */
export function isRetyped({ metadata }: Pick<ItemRow, 'metadata'>, { metadata: { typeCode } }: Pick<Frozen, 'metadata'>): boolean {
  return metadata !== null && (JSON.parse(metadata) as DocumentMetadata).typeCode.code !== typeCode.code
}

/** As a trace tells why a later version of a document is looked at again. */
export const parentRetyped = 'what it replaced is of another type now'

/** True while nothing of it ever left: a person may still hold it back or choose who sees it. */
export function isChangeable(row: Pick<ItemRow, 'state' | 'attempts'>): boolean {
  return row.attempts === 0 && (row.state === 'received' || row.state === 'ready' || row.state === 'waiting' || row.state === 'parked')
}

/** What was frozen with an item before its first send. */
export interface Frozen {
  readonly uniqueId: string
  readonly submissionSetId: string
  readonly submittedAt: number
  readonly metadata: DocumentMetadata
  readonly party: Party
  readonly documentSha256: string
}

/** Reads back what was frozen; throws when the row was never frozen, which the table's checks make a bug. */
export function frozenOf(row: ItemRow): Frozen {
  if (!row.unique_id || !row.submission_set_id || row.submitted_at === null || !row.metadata || !row.party || !row.document_sha256) {
    throw new Error(`Item ${row.id} is not frozen`)
  }
  return {
    uniqueId: row.unique_id,
    submissionSetId: row.submission_set_id,
    submittedAt: row.submitted_at,
    metadata: JSON.parse(row.metadata) as DocumentMetadata,
    party: JSON.parse(row.party) as Party,
    documentSha256: row.document_sha256,
  }
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** The item as the contract shows it. */
export function viewOf(row: ItemRow): ItemView {
  return itemView.parse({
    id: row.id,
    state: row.state,
    reason: row.reason,
    reasonDetail: row.reason_detail,
    waitingFor: row.waiting_for,
    source: { kind: row.source_kind, name: row.source_name, reference: row.source_reference },
    patient: row.patient === null ? null : (JSON.parse(row.patient) as PatientLabel),
    documentType: row.type_code,
    documentTypeLabel: row.type_code === null ? null : typeLabel(row.type_code),
    title: row.title,
    uniqueId: row.unique_id,
    receivedAt: iso(row.received_at),
    settledAt: iso(row.settled_at),
    nextAttemptAt: iso(row.next_attempt_at),
    attempts: row.attempts,
    visibility: visibilityOf(row),
    changeable: isChangeable(row),
  })
}
