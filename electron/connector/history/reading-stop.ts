import { modeOf, type Party, type ReasonCode, type RecordStanding } from '#shared/contract/index.ts'
import { mayDo, type Permission, type RecordAct, type RightsHolder } from '#shared/terminology/index.ts'

/** Who reads, and by which means. */
export interface Reader {
  readonly party: Party
  /** The structure's certificates carry a professional who signed in (AIR): that mode's rights sheet is not known, the record alone decides. */
  readonly inReinforcedMode: boolean
  /** Why nobody is known to read where somebody has to sign in: nothing is asked, nothing of anybody's is shown. Null = the party reads. */
  readonly without: ReasonCode | null
}

/** Who is known to read; null where somebody has to sign in and did not. */
export function knownPartyOf({ party, without }: Pick<Reader, 'party' | 'without'>): Party | null {
  return without === null ? party : null
}

/** Names whom the record shows what it shows: a person in one structure, or a structure; null when nobody is known to read. */
export function readerKeyOf(reader: Pick<Reader, 'party' | 'without'>): string | null {
  const party = knownPartyOf(reader)
  if (party === null) return null
  if (party.kind === 'structure') return party.structure.id
  return `${party.kind === 'staff' ? party.member.id : party.professional.id} ${party.structure.id}`
}

/** Which column of the rights sheet a reader stands in (dmp-interface.md 1.7); null = none that is known. */
export function rightsHolderOf({ party, inReinforcedMode }: Pick<Reader, 'party' | 'inReinforcedMode'>, standing: Pick<RecordStanding, 'isTreatingDoctor'> | null): RightsHolder | null {
  if (party.kind !== 'professional') return party.kind
  if (inReinforcedMode) return null
  const { profession, specialty } = party.professional
  if (profession !== '10') return 'non-doctor'
  // SM25: médecine du travail.
  if (specialty === 'SM25') return 'occupational-doctor'
  // A regulation centre has no column for a médecin traitant: there they are a doctor.
  return standing?.isTreatingDoctor && party.mode !== 'regulation' ? 'treating-doctor' : 'doctor'
}

/** What the rights sheet says of an act of this reader on a record, whatever the document. */
export function permissionOf(act: RecordAct, reader: Reader, standing: Pick<RecordStanding, 'isTreatingDoctor'> | null): Permission {
  const holder = rightsHolderOf(reader, standing)
  return holder === null ? { allowed: true, remark: null } : mayDo(act, { holder, mode: modeOf(reader.party), document: null, patientAllows: null })
}

/**
 * Why a reader may not ask for what the record holds, by what it said of itself (TD0.2; dmp-interface.md 4.3) and by the rights sheet; null = they may.
 * In an emergency no authorisation is needed; a patient who blocked the professional or opposed such an entry is not passed over.
 */
export function readingStop(standing: RecordStanding, reader: Reader): ReasonCode | null {
  if (standing.existence === 'absent') return 'record-absent'
  if (standing.existence === 'closed') return 'record-closed'
  const permission = permissionOf('search', reader, standing)
  // Whoever reads nobody's record is told so, whatever this patient said of those who may.
  if (reader.party.kind !== 'professional' && !permission.allowed) return permission.reason
  if (standing.authorisation === 'blocked') return 'professional-blocked'
  const mode = modeOf(reader.party)
  if (mode === 'break-glass' && standing.opposedToBreakGlass) return 'emergency-opposed'
  if (mode === 'regulation' && standing.opposedToEmergencyAccess) return 'emergency-opposed'
  if (mode === 'normal' && (standing.authorisation === 'none' || standing.authorisation === 'expired')) return 'access-not-granted'
  return permission.allowed ? null : permission.reason
}
