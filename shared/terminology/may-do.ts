import type { ReasonCode } from '#shared/contract/reasons.ts'
import { reservedOnPatientDocuments, rightsCell, type AccessMode, type RecordAct, type RightsCell, type RightsHolder } from './access-rights.ts'

/** Who would act, how, and on what. */
export interface AccessSituation {
  readonly holder: RightsHolder
  readonly mode: AccessMode
  /** What the act is about; null while no document is chosen: what depends on it is left open. */
  readonly document: {
    /** The holder wrote it. */
    readonly isOwn: boolean
    /** Its author is the holder's structure, or somebody of its staff. */
    readonly isOfStructure: boolean
    readonly isFromPatient: boolean
  } | null
  /** The patient lets masked documents be read in an emergency; null when nothing was told, which is no leave. */
  readonly patientAllows: boolean | null
}

/** Limits and consequences of what is allowed, to be told beside it. */
export type AccessRemark = 'for-a-professional' | 'same-structure' | 'new-only' | 'imputed-to-structure' | 'reference-only'

export type Permission = { readonly allowed: true; readonly remark: AccessRemark | null } | { readonly allowed: false; readonly reason: ReasonCode }

const remarks: Partial<Readonly<Record<RightsCell, AccessRemark>>> = { '1': 'for-a-professional', '2': 'same-structure', '3': 'new-only', '4': 'imputed-to-structure', '5': 'reference-only' }
const refused = (reason: ReasonCode): Permission => ({ allowed: false, reason })

/**
 * Whether the record would let this happen (PDT-INF-526, dmp-interface.md 1.7), so that no window offers what will be refused; the
 * reason says who could and what to do. The record decides all the same. Reinforced indirect mode (AIR) has a sheet of its own and is
 * none of these holders.
 */
export function mayDo(act: RecordAct, situation: AccessSituation): Permission {
  const { holder, mode, document, patientAllows } = situation
  const cell = rightsCell(act, holder, mode)
  if (cell === '·') return refused(whyNever(act, holder, mode))
  if (document?.isFromPatient && reservedOnPatientDocuments.includes(act)) return holder === 'treating-doctor' ? { allowed: true, remark: null } : refused('right-patient-document')
  if (cell === '7' && patientAllows !== true) return refused('right-patient-forbids')
  if (cell === '9' && document?.isOfStructure === false) return refused('right-own-structure-only')
  if ((cell === '6' || cell === '8') && document?.isOwn === false) return refused(act === 'read-masked' || act === 'unmask' ? 'right-author-or-treating-doctor' : 'right-author-only')
  return { allowed: true, remark: remarks[cell] ?? null }
}

const reading: readonly RecordAct[] = ['search', 'read', 'read-masked', 'read-hidden', 'read-archived', 'read-obsolete', 'read-deleted']

/** Why a cell is empty: the nearest thing that would fill it, the mode before the person. */
function whyNever(act: RecordAct, holder: RightsHolder, mode: AccessMode): ReasonCode {
  if (act === 'find-without-ins') return 'right-regulation-only'
  if (mode !== 'normal' && rightsCell(act, holder, 'normal') !== '·') return 'right-normal-mode-only'
  if (act === 'deposit' || act === 'deposit-by-staff') return 'right-other-deposit'
  if (act === 'leave-treating-doctor') return 'right-treating-doctor-only'
  if (holder === 'structure' && reading.includes(act)) return 'reading-needs-professional'
  if (holder === 'staff' && reading.includes(act)) return 'staff-card-deposits-only'
  return holder === 'occupational-doctor' ? 'right-not-occupational' : 'right-professional-only'
}
