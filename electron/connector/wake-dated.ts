import { instantSaid } from './documents/index.ts'
import type { ItemRow, Ledger } from './outbox/index.ts'

const day = 86_400_000
/** Items in one commit. */
const atOnce = 200

/**
 * Prepares anew, once the clock was set, the documents that were parked for a date in the future only because it stood days behind when they came.
 * `now` in milliseconds since the epoch.
 */
export async function wakeDated(ledger: Pick<Ledger, 'stoppedBy' | 'applyAll'>, now: number): Promise<void> {
  const possible = (await ledger.stoppedBy('date-impossible')).filter((row) => row.state === 'parked' && isPossible(row, now))
  for (let done = 0; done < possible.length; done += atOnce) {
    await ledger.applyAll(possible.slice(done, done + atOnce).map((row) => ({ row, event: { type: 'retry', rebuild: true } as const })))
  }
}

function isPossible({ attempts, reason_detail: said, received_at: receivedAt }: ItemRow, now: number): boolean {
  const at = said === null ? Number.NaN : instantSaid(said)
  return attempts === 0 && at > receivedAt + day && at <= now + day
}
