import { decideMessage, describeMessage, readMessage, splitBatch, type ApplyIdentity } from './intake/index.ts'
import type { Ledger } from './outbox/index.ts'
import type { Store } from './store/index.ts'

/**
 * After a return to an older database, or when its last commit may be missing: what the journal knows comes back, and identities and the patients' words that came meanwhile are
 * applied again, before anything is sent. Done before the doors open; a second time changes nothing.
 */
export async function recover(store: Pick<Store, 'spool' | 'restored'>, ledger: Ledger, applyIdentity: ApplyIdentity, environment: 'training' | 'production'): Promise<void> {
  for (const sha256 of await ledger.replay(store.restored !== null)) {
    if (!store.spool.has(sha256)) continue
    for (const raw of splitBatch(await store.spool.read(sha256)).messages) {
      const message = readMessage(raw)
      if (!message) continue
      const decision = decideMessage(message, { environment })
      if (decision.identity) await applyIdentity(decision.identity, decision.consent ?? null, describeMessage(message))
    }
  }
}
