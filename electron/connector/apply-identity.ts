import type { ApplyIdentity, FeedConsent } from './intake/index.ts'
import type { ConsentChoice, ConsentKind, ConsentRegister } from './consent/index.ts'
import { blockingStatusOf, type IdentityClaim, type PatientRegistry } from './patients/index.ts'

export interface IdentityApplierOptions {
  readonly registry: PatientRegistry
  readonly consent: ConsentRegister
  readonly onIdentity: (claim: IdentityClaim) => void
  readonly now: () => number
  readonly log: (event: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void
}

/** What becomes of an identity of the feed and of the patient's word in it: learnt, or the reason why not. Applying one twice changes nothing. */
export function openIdentityApplier({ registry, consent, onIdentity, now, log }: IdentityApplierOptions): ApplyIdentity {
  return ({ identity, statuses, changedAt }, told, message) => {
    const { qualified, ...traits } = identity
    const claim: IdentityClaim = { ...traits, origin: 'message' }
    const at = changedAt === null ? now() : Math.min(Date.parse(changedAt), now())
    const learnt = registry.upsert(
      claim,
      { kind: 'identity-feed', name: message.sourceName, at, qualified: qualified === true, status: blockingStatusOf(statuses) },
    )
    if (!learnt.ok) {
      log('identity not applied', { reason: learnt.failure.code })
      // A refusal must not depend on finding the one patient: it holds for everybody this could be, until a person has looked.
      if (told) for (const patient of registry.candidatesFor(claim)) learnConsent(consent, patient.id, refusalsOf(told), message.sourceName, at)
      return learnt.failure.code
    }
    if (told) learnConsent(consent, learnt.value, told, message.sourceName, at)
    onIdentity(claim)
    return null
  }
}

/** What of the patient's word is a refusal; the rest is left out. */
function refusalsOf(told: FeedConsent): FeedConsent {
  return { ...told, feeding: told.feeding === 'opposed' ? 'opposed' : null, consultation: told.consultation === 'refused' ? 'refused' : null }
}

/** ZFA: the patient's word on deposit and consultation, each with its own date. */
function learnConsent(consent: ConsentRegister, patientId: string, told: FeedConsent, source: string, saidAt: number): void {
  const choices = { allowed: 'agreed', opposed: 'opposed', refused: 'opposed', 'not-collected': 'not-collected' } as const
  const learn = (kind: ConsentKind, choice: ConsentChoice, at: string | null) => consent.learn(patientId, kind, { choice, decidedAt: dateOf(choice, at, saidAt), source })
  if (told.feeding) learn('deposit', choices[told.feeding], told.feedingAt)
  if (told.consultation) learn('consultation', choices[told.consultation], told.consultationAt)
}

/** A refusal without a date holds from when the message tells of it (milliseconds), rather than be lost to an agreement that has one; no date lies after that. */
function dateOf(choice: ConsentChoice, at: string | null, saidAt: number): string | null {
  const said = new Date(saidAt).toISOString()
  if (at === null) return choice === 'opposed' ? said : null
  return Date.parse(at) > saidAt ? said : at
}
