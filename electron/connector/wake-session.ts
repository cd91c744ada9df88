import { needsSignIn, reasons, type ReasonCode, type SignInView } from '#shared/contract/index.ts'
import type { ItemRow, Ledger } from './outbox/index.ts'

/** Puts the items that waited for a session back on their way when there is one. */
export interface SessionWaker {
  sees(view: SignInView): void
  stop(): Promise<void>
}

/** Codes of a sign-in that is not there: those of `signInState`. */
const ofSession: readonly ReasonCode[] = [...(Object.keys(reasons) as ReasonCode[]).filter(needsSignIn), 'certificate-expired']
/** Items in one commit: a backlog of a whole day must not hold the windows up. */
const atOnce = 200
/** An item that was failing at the very moment the session opened is seen by the second look. */
const secondLookMs = 5_000

/** Opens it on a ledger. A session that may send but has no situation chosen yet is one: sending does not read it. */
export function openSessionWaker(options: { ledger: Ledger; isRebuilt: (row: ItemRow) => boolean; onBug: (error: unknown) => void }): SessionWaker {
  const { ledger, isRebuilt, onBug } = options
  let could = false
  let timer: NodeJS.Timeout | undefined
  let waking: Promise<void> = Promise.resolve()

  async function wake(): Promise<void> {
    for (const code of ofSession) {
      const rows = (await ledger.stoppedBy(code)).filter((row) => row.state === 'waiting' && row.waiting_for === 'session')
      for (let done = 0; done < rows.length; done += atOnce) {
        await ledger.applyAll(rows.slice(done, done + atOnce).map((row) => ({ row, event: { type: 'retry', rebuild: isRebuilt(row) } as const })))
      }
    }
  }

  function look(): void {
    waking = waking.then(wake).catch(onBug)
  }

  return {
    sees(view) {
      const can = view.state === 'ready' || view.reason === 'situation-to-choose'
      if (can && !could) {
        look()
        clearTimeout(timer)
        if (view.mode !== 'certificates') timer = setTimeout(look, secondLookMs).unref()
      }
      could = can
    },
    async stop() {
      clearTimeout(timer)
      await waking
    },
  }
}
