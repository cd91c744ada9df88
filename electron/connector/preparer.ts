import { prepareItem, type Preparation } from './prepare-item.ts'

/** The loop that walks received items to the door of the record, one after the other, in the order they came. */
export interface Preparer {
  stop(): Promise<void>
}

/** Starts it on what a former run left `received`. An item that makes the program fail twice is parked, the others go on. */
export function startPreparer({ preparation, onBug }: { preparation: Preparation; onBug: (error: unknown) => void }): Preparer {
  const { ledger } = preparation
  const failures = new Map<number, number>()
  let stopped = false
  let running: Promise<void> | null = null

  async function drain(): Promise<void> {
    for (;;) {
      const [row] = ledger.inState('received', 0, 1)
      if (!row || stopped) return
      await prepareItem(row, preparation).catch(onBug)
      if (ledger.byId(row.id)?.state === 'received') {
        const count = (failures.get(row.seq) ?? 0) + 1
        failures.set(row.seq, count)
        if (count >= 2) ledger.apply(row, { type: 'park', reason: 'crashed-twice' })
      }
      // Lets the feed and the windows speak between two documents.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  function wake(): void {
    if (stopped || running) return
    running = drain()
      .catch(onBug)
      .finally(() => {
        running = null
        if (!stopped && ledger.inState('received', 0, 1).length > 0) setImmediate(wake)
      })
  }

  const unsubscribe = ledger.onChange(wake)
  wake()
  return {
    async stop() {
      stopped = true
      unsubscribe()
      await running
    },
  }
}
