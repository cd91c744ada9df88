import type { ReasonCode } from '#shared/contract/index.ts'
import type { RecordEnvironment } from '#shared/terminology/index.ts'
import { compactIns } from '#shared/text/ins-key.ts'
import type { IdentityClaim } from './identity-claim.ts'
import { checkEnvironment, checkIns, defaultInsOid, type CheckedIns } from './ins.ts'
import type { Candidate, LocalPatient } from './local-patient.ts'
import { comparable, compareTraits, missingTraits, type TraitName, type Traits } from './traits.ts'

/** Everything the gate decides from; `localPatients` are all those the claim could point to (`PatientRegistry.candidatesFor`). */
export interface GateInput {
  readonly claim: IdentityClaim
  /** The source vouches for the identity: a CDA with an INS, a message with PID-32 `VALI` and an INS. */
  readonly selfQualified: boolean
  readonly localPatients: readonly LocalPatient[]
  readonly environment: RecordEnvironment
}

export type GateDecision =
  | {
      readonly kind: 'certain'
      readonly ins: CheckedIns
      /** The qualified identity to deposit under: the source's own, or the local patient's. */
      readonly identity: Required<Pick<Traits, 'birthName' | 'givenName' | 'birthDate' | 'sex'>> & Traits & {
        readonly givenNames?: string | undefined
        readonly usedName?: string | undefined
        readonly usedGivenName?: string | undefined
        readonly birthPlaceName?: string | undefined
      }
      /** The local patient, when known already. */
      readonly patientId: string | null
      /** Differences that do not hold the document: a birth place (communes are re-coded). */
      readonly notes: readonly TraitName[]
    }
  | { readonly kind: 'wait'; readonly reason: ReasonCode; readonly detail?: string; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'refuse'; readonly reason: ReasonCode; readonly detail?: string }

/** Statuses of an identity with which its INS must not be used. */
const blockingStatuses = new Set(['homonym', 'doubtful', 'fictitious'])

/** Usable as the identity to deposit under: qualified, with its INS, nothing against it. */
function isUsable(patient: LocalPatient): boolean {
  return patient.qualified && patient.ins !== null && patient.insOid !== null && !blockingStatuses.has(patient.status ?? '')
}

/** A patient beside what is claimed, with what differs: the INS, the traits that both give. */
export function candidateOf(claim: IdentityClaim, patient: LocalPatient): Candidate {
  const ins = claim.ins !== undefined && patient.ins !== null && claim.ins !== patient.ins
  return { patient, differs: [...(ins ? (['ins'] as const) : []), ...compareTraits(claim, patient)] }
}

function wait(reason: ReasonCode, input: GateInput, patients: readonly LocalPatient[], detail?: string): GateDecision {
  return { kind: 'wait', reason, candidates: patients.map((patient) => candidateOf(input.claim, patient)), ...(detail === undefined ? {} : { detail }) }
}

function certain(ins: CheckedIns, identity: Traits, patientId: string | null, notes: readonly TraitName[], input: GateInput): GateDecision {
  const { birthName, givenName, birthDate, sex } = identity
  const lacking = missingTraits(identity)
  // A deposit carries the five traits: an identity that lacks one can be displayed, not sent.
  if (lacking.length > 0 || birthName === undefined || givenName === undefined || birthDate === undefined || sex === undefined) {
    return wait('traits-incomplete', input, input.localPatients.filter(({ id }) => id === patientId), lacking.join(', '))
  }
  return { kind: 'certain', ins, identity: { ...identity, birthName, givenName, birthDate, sex }, patientId, notes }
}

function holdsIns(patient: LocalPatient, ins: CheckedIns): boolean {
  return patient.ins === ins.value && patient.insOid === ins.oid
}

function holdsLocalId(patient: LocalPatient, claim: IdentityClaim): boolean {
  return patient.localIds.some(({ system, value }) => value === claim.localId && (claim.localIdOid === undefined || system === claim.localIdOid))
}

/** Same birth (or used) name and birth date, and same given name where one is given. */
function sharesNameAndBirth(patient: LocalPatient, claim: IdentityClaim): boolean {
  const name = comparable(claim, 'birthName')
  const birthDate = comparable(claim, 'birthDate')
  if (name === undefined || birthDate === undefined || comparable(patient, 'birthDate') !== birthDate) return false
  const names = [comparable(patient, 'birthName'), comparable({ birthName: patient.usedName }, 'birthName')]
  if (!names.includes(name)) return false
  const given = comparable(claim, 'givenName')
  const known = comparable(patient, 'givenName')
  return given === undefined || known === undefined || given === known
}

/** A source that vouches for itself: right INS, five traits, and nothing known here that contradicts it. */
function decideSelfQualified(input: GateInput, ins: CheckedIns): GateDecision {
  const { claim, localPatients } = input
  const known = localPatients.filter((patient) => holdsIns(patient, ins))
  const lacking = missingTraits(claim)
  if (lacking.length > 0) return wait('traits-incomplete', input, known, lacking.join(', '))
  if (known.some(({ status }) => blockingStatuses.has(status ?? ''))) return wait('ins-not-qualified', input, known, 'identity marked as not to be used')
  const differing = known.filter((patient) => compareTraits(claim, patient).some((name) => name !== 'birthPlace'))
  if (differing.length > 0) return wait('traits-differ', input, differing)
  // The practice's own number pointing to someone else's INS is a contradiction too.
  const other = localPatients.filter((patient) => claim.localId !== undefined && claim.localIdOid !== undefined && holdsLocalId(patient, claim) && patient.ins !== null && !holdsIns(patient, ins))
  if (other.length > 0) return wait('traits-differ', input, other)
  const notes = known.flatMap((patient) => compareTraits(claim, patient))
  return certain(ins, claim, known[0]?.id ?? null, [...new Set(notes)], input)
}

function insOf(patient: LocalPatient, input: GateInput): CheckedIns | GateDecision {
  const checked = checkIns(patient.ins ?? '', patient.insOid ?? '')
  if (!checked.ok) return refuse(checked.failure)
  const fit = checkEnvironment(checked.value, input.environment)
  return fit.ok ? fit.value : refuse(fit.failure)
}

function refuse(failure: { readonly code: ReasonCode; readonly detail?: string | undefined }): GateDecision {
  return { kind: 'refuse', reason: failure.code, ...(failure.detail === undefined ? {} : { detail: failure.detail }) }
}

/** Deposits under a local patient's own qualified identity. */
function underLocalIdentity(patient: LocalPatient, input: GateInput): GateDecision {
  const ins = insOf(patient, input)
  return 'kind' in ins ? ins : certain(ins, patient, patient.id, [], input)
}

/** A claim with an INS from a source that does not vouch for it: only a qualified local identity makes it certain. */
function decideByIns(input: GateInput, ins: CheckedIns): GateDecision {
  const { claim, localPatients } = input
  const known = localPatients.filter((patient) => holdsIns(patient, ins))
  const [patient] = known
  if (patient === undefined) {
    const likely = localPatients.filter((other) => sharesNameAndBirth(other, claim))
    return wait('patient-unknown', input, likely.length > 0 ? likely : localPatients.filter((other) => holdsLocalId(other, claim)))
  }
  if (known.length > 1) return wait('patient-ambiguous', input, known)
  if (compareTraits(claim, patient).length > 0) return wait('traits-differ', input, known)
  if (claim.localId !== undefined && !holdsLocalId(patient, claim) && localPatients.some((other) => other.id !== patient.id && holdsLocalId(other, claim))) {
    return wait('traits-differ', input, [patient, ...localPatients.filter((other) => other.id !== patient.id && holdsLocalId(other, claim))])
  }
  if (!isUsable(patient)) return wait('ins-not-qualified', input, known)
  const seen = (['birthName', 'birthDate'] as const).some((name) => comparable(claim, name) !== undefined)
  // Typed into a file name, a number alone is not read by anybody: something else must agree with it.
  if (claim.origin === 'file-name' && !seen) return wait('traits-incomplete', input, known)
  return underLocalIdentity(patient, input)
}

/** A claim without an INS: the practice's own number and the name, confirmed by a sidecar, or a person's click. */
function decideWithoutIns(input: GateInput): GateDecision {
  const { claim, localPatients } = input
  const numbered = claim.localId === undefined ? [] : localPatients.filter((patient) => holdsLocalId(patient, claim))
  if (numbered.length > 1) return wait('patient-ambiguous', input, numbered)
  const [patient] = numbered
  if (patient !== undefined) {
    if (compareTraits(claim, patient).length > 0) return wait('traits-differ', input, numbered)
    if (!isUsable(patient)) return wait('ins-not-qualified', input, numbered)
    if (claim.origin === 'sidecar' && sharesNameAndBirth(patient, claim)) return underLocalIdentity(patient, input)
    return wait('patient-to-confirm', input, numbered)
  }
  const likely = localPatients.filter((other) => sharesNameAndBirth(other, claim))
  return wait(likely.length > 1 ? 'patient-ambiguous' : likely.length === 1 ? 'patient-to-confirm' : 'patient-unknown', input, likely)
}

/** OID of a number given without one, by a label or a sidecar: the one this practice knows it under, else the usual one. */
function likelyOid(ins: string, input: GateInput): string {
  const known = input.localPatients.find((patient) => patient.ins === compactIns(ins))
  return known?.insOid ?? defaultInsOid(input.environment)
}

/**
 * The identity gate (export-formats.md section 10, RNIV): the patient is certain, or a person decides with the candidates
 * side by side, or the document is refused. Never certain when a trait that was compared differs (a birth place alone, of
 * a source that vouches for itself, is only noted); never certain by name alone; nothing goes to a guessed patient.
 */
export function gate(input: GateInput): GateDecision {
  const { claim } = input
  const fromFeed = claim.origin === 'document' || claim.origin === 'message'
  if (claim.ins === undefined || claim.ins.trim() === '') {
    if (!fromFeed) return decideWithoutIns(input)
    const likely = input.localPatients.filter((patient) => holdsLocalId(patient, claim) || sharesNameAndBirth(patient, claim))
    return wait('ins-missing', input, likely)
  }
  const checked = checkIns(claim.ins, claim.insOid ?? (fromFeed ? '' : likelyOid(claim.ins, input)))
  if (!checked.ok) return refuse(checked.failure)
  const fit = checkEnvironment(checked.value, input.environment)
  if (!fit.ok) return refuse(fit.failure)
  const normal: GateInput = { ...input, claim: { ...claim, ins: fit.value.value } }
  if (input.selfQualified) return decideSelfQualified(normal, fit.value)
  if (fromFeed) return wait('ins-not-qualified', normal, input.localPatients.filter((patient) => holdsIns(patient, fit.value)))
  return decideByIns(normal, fit.value)
}
