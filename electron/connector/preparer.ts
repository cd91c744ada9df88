import type { AtWork, ItemRow } from './outbox/index.ts'
import { isDiskFull, isPassing } from './store/index.ts'
import { prepareItem, type Preparation } from './prepare-item.ts'

/** By the system, of one document, `retryMs` apart. */
const mostRefusals = 10

/** The loop that walks received items to the door of the record, one after the other, in the order they came. */
export interface Preparer {
  stop(): Promise<void>
}

/**
 * Starts it on what a former run left `received`. What the program once died on is not tried within `suspectsAfterMs` of the start: a
 * program killed again and again must not blame it. What came after it waits too, for it may be a later version of it. An item that
 * makes the program fail twice is parked, the others go on; what the system refuses for now is tried ten times before. When not even that can be written (a full disk), everything stays as it is
 * and is tried again after `retryMs`.
 */
export function startPreparer({ preparation, atWork, onBug, suspectsAfterMs = 0, retryMs = 10_000 }: { preparation: Preparation; atWork: Pick<AtWork, 'begin' | 'end'>; onBug: (error: unknown) => void; suspectsAfterMs?: number; retryMs?: number }): Preparer {
  const { ledger } = preparation
  const failures = new Map<number, number>()
  const refusals = new Map<number, number>()
  let stopped = false
  let suspects = suspectsAfterMs === 0
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined

  const next = async () => {
    const [oldest] = await ledger.inState('received', 0, 1)
    return oldest && (suspects || oldest.crashes === 0) ? oldest : null
  }

  async function drain(): Promise<void> {
    for (;;) {
      const row = await next()
      if (!row || stopped) return
      await prepareOne(row)
      // Lets the feed and the windows speak between two documents.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async function prepareOne(row: ItemRow): Promise<void> {
    atWork.begin(row.seq)
    try {
      await prepareItem(row, preparation)
    } catch (error) {
      // A full disk says nothing about the document.
      if (isDiskFull(error)) throw error
      // Nor does a file that another program locks; but when it lasts, the others do not wait for this one.
      const refused = (refusals.get(row.seq) ?? 0) + 1
      refusals.set(row.seq, refused)
      if (isPassing(error) && refused < mostRefusals) throw error
      onBug(error)
      const count = (failures.get(row.seq) ?? 0) + 1
      failures.set(row.seq, count)
      if (count >= 2) await ledger.apply(row, { type: 'park', reason: 'crashed-twice' })
    } finally {
      atWork.end(row.seq)
    }
  }

  async function run(): Promise<void> {
    try {
      await drain()
      running = null
      // One may have come while the last one ended.
      if (!stopped && (await next())) setImmediate(wake)
    } catch (error) {
      running = null
      onBug(error)
      if (!stopped) timer = setTimeout(wake, retryMs).unref()
    }
  }

  function wake(): void {
    if (stopped || running) return
    clearTimeout(timer)
    running = run()
  }

  const unsubscribe = ledger.onChange(({ received }) => {
    if (received) wake()
  })
  const suspectsTimer = setTimeout(() => {
    suspects = true
    wake()
  }, suspectsAfterMs).unref()
  wake()
  return {
    async stop() {
      stopped = true
      unsubscribe()
      clearTimeout(timer)
      clearTimeout(suspectsTimer)
      await running
    },
  }
}
