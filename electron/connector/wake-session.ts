import { needsSignIn, reasons, type ReasonCode, type SignInView } from '#shared/contract/index.ts'
import type { ItemRow, Ledger } from './outbox/index.ts'

/** Puts the items that waited for a session back on their way when there is one. */
export interface SessionWaker {
  sees(view: SignInView): void
  /** A person just said for which place they speak, the one taken up before or another. */
  chosen(): void
  /** The clock was set, or the computer slept: a certificate that was over, or not valid yet, may not be any more. */
  clockSet(): void
  /** This item, and others of its party, were just made to wait: a session that came meanwhile saw none of them waiting. */
  waits(row: ItemRow): void
  stop(): Promise<void>
}

export interface SessionWakerOptions {
  readonly ledger: Ledger
  readonly isRebuilt: (row: ItemRow) => boolean
  /** Whether somebody can speak to the record for this item now. */
  readonly hasMeans: (row: ItemRow) => Promise<boolean>
  readonly onBug: (error: unknown) => void
  /** Until the second look, and between two looks for what was just made to wait. */
  readonly againMs?: number
}

/** Codes of a sign-in that is not there: those of `signInState`. */
const ofSession: readonly ReasonCode[] = [...(Object.keys(reasons) as ReasonCode[]).filter(needsSignIn), 'certificate-expired']
/** Items in one commit: a backlog of a whole day must not hold the windows up. */
const atOnce = 200

/**
 * Opens it on a ledger. A session that may send but has no situation chosen yet is one: what was frozen for a structure goes without it. What waits to
 * know where its author works goes on once they said it.
 */
export function openSessionWaker({ ledger, isRebuilt, hasMeans, onBug, againMs = 5_000 }: SessionWakerOptions): SessionWaker {
  let could = false
  /** Whose session it was, and where they said they work. */
  let speaker: string | null = null
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let waking: Promise<void> = Promise.resolve()
  /** Parties just looked for; means that are there and fail each time are not tried without a pause. */
  const looked = new Map<string, { readonly timer: NodeJS.Timeout; again: boolean }>()

  async function wake(isMeant: (row: ItemRow) => boolean): Promise<void> {
    for (const code of ofSession) {
      const rows = (await ledger.stoppedBy(code)).filter((row) => row.state === 'waiting' && row.waiting_for === 'session' && isMeant(row))
      for (let done = 0; done < rows.length; done += atOnce) {
        await ledger.applyAll(rows.slice(done, done + atOnce).map((row) => ({ row, event: { type: 'retry', rebuild: isRebuilt(row) } as const })))
      }
    }
  }

  function inTurn(work: () => Promise<void>): void {
    waking = waking.then(work).catch(onBug)
  }

  const look = () => inTurn(() => wake(() => true))

  function lookFor(row: ItemRow): void {
    const party = row.party!
    const last = looked.get(party)
    if (last) {
      last.again = true
      return
    }
    inTurn(async () => {
      if (await hasMeans(row)) await wake((one) => one.party === party)
    })
    const rested = () => {
      const wasAsked = looked.get(party)?.again
      looked.delete(party)
      if (wasAsked) lookFor(row)
    }
    looked.set(party, { timer: setTimeout(rested, againMs).unref(), again: false })
  }

  return {
    sees(view) {
      const can = view.state === 'ready' || view.reason === 'situation-to-choose'
      const now = view.state === 'ready' && view.holder ? `${view.holder.id} ${view.chosen}` : null
      const hasChosen = now !== null && now !== speaker
      speaker = now
      if (can && (!could || hasChosen) && !stopped) {
        look()
        clearTimeout(timer)
        // An item that was failing at the very moment the session opened is seen by the second look.
        if (view.mode !== 'certificates') timer = setTimeout(look, againMs).unref()
      }
      could = can
    },
    chosen() {
      if (!stopped) look()
    },
    clockSet() {
      inTurn(async () => {
        const rows = (await ledger.stoppedBy('certificate-expired')).filter((row) => row.state === 'waiting' && row.waiting_for === 'session')
        for (const [first] of Map.groupBy(rows, ({ party }) => party).values()) if (first && !stopped) lookFor(first)
      })
    },
    waits(row) {
      if (!stopped) lookFor(row)
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      for (const last of looked.values()) clearTimeout(last.timer)
      await waking
    },
  }
}
