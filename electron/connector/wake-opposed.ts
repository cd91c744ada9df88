import type { ItemRow, Ledger } from './outbox/index.ts'

/** Puts the documents that an opposition stopped back on their way once it is lifted. */
export interface OppositionWaker {
  /** A patient lifted theirs; called inside the commit that keeps their answer. */
  lifted(): void
  stop(): Promise<void>
}

/** Items in one commit. */
const atOnce = 200

/**
 * Opens it on a ledger. Depositing is the rule and the opposition alone stood against it, so that they go by themselves, each prepared and checked
 * anew; what somebody holds back stays held. Looked for at the start too: the program may have died between the answer and this. Nothing is done in
 * the caller's turn; answers that come together (a morning's list) are gathered for `gatherMs`.
 */
export function openOppositionWaker({ ledger, isOpposed, onBug, gatherMs = 200 }: { ledger: Pick<Ledger, 'stoppedBy' | 'applyAll'>; isOpposed: (row: ItemRow) => boolean; onBug: (error: unknown) => void; gatherMs?: number }): OppositionWaker {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  let walking: Promise<void> = Promise.resolve()

  async function walk(): Promise<void> {
    const free = (await ledger.stoppedBy('patient-opposed')).filter((row) => !isOpposed(row))
    for (let done = 0; done < free.length && !stopped; done += atOnce) {
      await ledger.applyAll(free.slice(done, done + atOnce).map((row) => ({ row, event: { type: 'retry', rebuild: true } as const })))
    }
  }

  function later(ms: number): void {
    timer ??= setTimeout(() => {
      timer = undefined
      walking = walking.then(walk).catch(onBug)
    }, ms).unref()
  }

  later(0)
  return {
    lifted: () => later(gatherMs),
    async stop() {
      stopped = true
      clearTimeout(timer)
      await walking
    },
  }
}
