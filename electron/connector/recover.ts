import type { ConsentRegister } from './consent/index.ts'
import { keepForgotten } from './forgotten-contents.ts'
import { decideMessage, describeMessage, readMessage, splitBatch, type ApplyIdentity } from './intake/index.ts'
import type { AnswerRecord, Ledger } from './outbox/index.ts'
import type { PatientRegistry } from './patients/index.ts'
import { milestone, type Store } from './store/index.ts'

export interface RecoveryOptions {
  readonly store: Pick<Store, 'spool' | 'restored' | 'transaction' | 'settleRestored' | 'settleTorn'>
  readonly ledger: Ledger
  readonly registry: PatientRegistry
  readonly consent: ConsentRegister
  readonly applyIdentity: ApplyIdentity
  readonly environment: 'training' | 'production'
  readonly oidOf: (kind: 'document', name: string) => string
  readonly log: (event: string, fields?: Readonly<Record<string, string | number | boolean | null>>) => void
}

/**
 * After a return to an older database, or when its last commit may be missing: what the journal knows comes back, and identities and the
 * patients' words that came meanwhile are applied again, before anything is sent. What neither the older database nor the journal knows and
 * the spool still holds stands parked, and so does the news of what cannot be read any more: nothing is forgotten in silence. Done before the
 * doors open; a second time changes nothing, and a start that does not come to its end is followed by one that begins again.
 */
export async function recover({ store, ledger, registry, consent, applyIdentity, environment, oidOf, log }: RecoveryOptions): Promise<void> {
  const { restored } = store
  const { raw, answers, unreadable } = await ledger.replay(restored !== null)
  milestone('recover:after-replay')
  let lost = unreadable
  for (const sha256 of raw) {
    const bytes = store.spool.has(sha256) ? await store.spool.read(sha256).catch(() => null) : null
    if (bytes === null) lost += 1
    for (const one of bytes === null ? [] : splitBatch(bytes).messages) {
      const message = readMessage(one)
      if (!message) continue
      const decision = decideMessage(message, { environment })
      if (decision.identity) await applyIdentity(decision.identity, decision.consent ?? null, describeMessage(message))
    }
  }
  for (const answer of answers) learnAgain(answer, registry, consent)
  milestone('recover:after-words')
  if (restored) {
    const forgotten = await keepForgotten({ store, ledger, applyIdentity, environment, oidOf })
    milestone('recover:after-forgotten')
    lost += forgotten.unreadable
    if (forgotten.documents > 0) log('documents the older database did not know', { documents: forgotten.documents })
    await ledger.remember('restored at', restored.at)
  }
  if (lost > 0) {
    log('what had come in cannot all be read any more', { parts: lost })
    await tellLost(ledger, lost)
  }
  if (restored) store.transaction(() => store.settleRestored())
  milestone('recover:before-torn-settled')
  store.settleTorn()
}

/** What a patient answered in front of the panel, for everybody known under their number; for somebody made known by it when nobody is. */
function learnAgain({ patient, about, decision, by, at }: AnswerRecord, registry: PatientRegistry, consent: ConsentRegister): void {
  const known = registry.byIns(patient.ins, patient.insOid).map(({ id }) => id)
  if (known.length === 0) {
    const learnt = registry.upsert({ ...patient, origin: 'person' }, { kind: 'document', name: decision.source, at, qualified: false })
    if (learnt.ok) known.push(learnt.value)
  }
  for (const id of known) consent.learn(id, about, decision, by)
}

/** There is nothing left to show of it but that it was: a person is told where they look for what needs them. */
async function tellLost(ledger: Ledger, parts: number): Promise<void> {
  const fileName = 'journal.txt'
  // A start that was killed here, or the same stretch met again: once told is told.
  const told = [...(await ledger.stoppedBy('memory-unreadable')), ...(await ledger.inState('received', 0, 1_000))]
  if (told.some(({ hints }) => isNewsOf(hints, parts))) return
  await ledger.receive([{ source: { kind: 'by-hand', name: 'Relais', reference: fileName }, bytes: Buffer.from(`unreadable: ${parts}`), fileName, hints: { fileName, refusal: { code: 'memory-unreadable', outcome: 'parked', detail: `${parts}` } } }])
}

function isNewsOf(hints: string, parts: number): boolean {
  const { refusal } = JSON.parse(hints) as { refusal?: { code: string; detail?: string } }
  return refusal?.code === 'memory-unreadable' && refusal.detail === `${parts}`
}
