import type { PatientCandidate, PatientLabel } from '#shared/contract/index.ts'
import type { IdentityClaim } from './identity-claim.ts'
import type { TraitName, Traits } from './traits.ts'

/** A patient this installation knows. */
export interface LocalPatient extends Traits {
  readonly id: string
  readonly ins: string | null
  readonly insOid: string | null
  readonly givenNames?: string | undefined
  readonly usedName?: string | undefined
  readonly usedGivenName?: string | undefined
  readonly birthPlaceName?: string | undefined
  /** The identity was vouched for by its source: "identité qualifiée". */
  readonly qualified: boolean
  /** `homonym`, `doubtful` or `fictitious` forbid any use of the INS (RNIV); null = nothing of the kind. */
  readonly status: string | null
  readonly localIds: readonly { readonly system: string; readonly value: string }[]
}

/** A local patient that could be the one, with what differs from the claim. */
export interface Candidate {
  readonly patient: LocalPatient
  readonly differs: readonly (TraitName | 'ins')[]
}

/** A patient as lists show it. */
export function patientLabelOf(patient: LocalPatient): PatientLabel {
  return {
    ins: patient.ins,
    insOid: patient.insOid,
    birthName: patient.birthName ?? '',
    givenName: patient.givenName ?? patient.givenNames ?? '',
    usedName: patient.usedName ?? null,
    birthDate: patient.birthDate ?? null,
    sex: patient.sex ?? null,
  }
}

/** What a local patient says of itself where a person vouches for it: number, names and birth date, to be compared or gated. */
export function claimOfPatient(patient: LocalPatient): IdentityClaim {
  const { birthName, givenName, birthDate } = patient
  return { origin: 'person', ins: patient.ins ?? undefined, insOid: patient.insOid ?? undefined, birthName, givenName, birthDate }
}

/** A candidate as the contract shows it, side by side with the document. */
export function candidateView(candidate: Candidate): PatientCandidate {
  const { patient, differs } = candidate
  return { ...patientLabelOf(patient), patientId: patient.id, qualified: patient.qualified, differs: [...differs] }
}
