import type { ApplyIdentity, FeedConsent } from './intake/index.ts'
import type { ConsentRegister } from './consent/index.ts'
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
    const learnt = registry.upsert(
      claim,
      { kind: 'identity-feed', name: message.sourceName, at: changedAt === null ? now() : Math.min(Date.parse(changedAt), now()), qualified: qualified === true, status: blockingStatusOf(statuses) },
    )
    if (!learnt.ok) {
      log('identity not applied', { reason: learnt.failure.code })
      // A refusal must not depend on finding the one patient: it holds for everybody this could be, until a person has looked.
      if (told) for (const patient of registry.candidatesFor(claim)) learnConsent(consent, patient.id, refusalsOf(told), message.sourceName)
      return learnt.failure.code
    }
    if (told) learnConsent(consent, learnt.value, told, message.sourceName)
    onIdentity(claim)
    return null
  }
}

/** What of the patient's word is a refusal; the rest is left out. */
function refusalsOf(told: FeedConsent): FeedConsent {
  return { ...told, feeding: told.feeding === 'opposed' ? 'opposed' : null, consultation: told.consultation === 'refused' ? 'refused' : null }
}

/** ZFA: the patient's word on deposit and consultation, each with its own date. */
function learnConsent(consent: ConsentRegister, patientId: string, told: FeedConsent, source: string): void {
  const choices = { allowed: 'agreed', opposed: 'opposed', refused: 'opposed', 'not-collected': 'not-collected' } as const
  if (told.feeding) consent.learn(patientId, 'deposit', { choice: choices[told.feeding], decidedAt: told.feedingAt, source })
  if (told.consultation) consent.learn(patientId, 'consultation', { choice: choices[told.consultation], decidedAt: told.consultationAt, source })
}
