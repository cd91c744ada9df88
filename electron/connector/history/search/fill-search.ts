import { setImmediate } from 'node:timers/promises'
import type { Store } from '../../store/index.ts'
import type { DueText, Passages } from './passages.ts'
import type { TextReader } from './text-reader.ts'

/** Makes what was read searchable, beside the program's work. */
export interface SearchFiller {
  /** Something is new, or gone. */
  wake(): void
  /** Resolves when all that was known of is done. */
  settled(): Promise<void>
  close(): Promise<void>
}

interface FillOptions {
  readonly store: Pick<Store, 'readSpool'>
  readonly passages: Passages
  readonly reader: TextReader
  /** Some text can be searched that could not, and nothing more is due for now. */
  readonly onFilled?: () => void
  readonly onBug: (error: unknown) => void
}

/**
 * Takes down titles, then texts of contents that were kept, and takes out the words of documents that are gone: one short step at a time, other work
 * between. Begins with what a former run left.
 */
export function fillSearch({ store, passages, reader, onFilled = () => undefined, onBug }: FillOptions): SearchFiller {
  let closed = false
  let isWoken = false
  let running: Promise<void> | null = null

  async function each(step: () => boolean): Promise<void> {
    while (!closed && step()) await setImmediate()
  }

  async function fill(): Promise<void> {
    // Not inside the act, or its transaction, that woke it.
    await setImmediate()
    let isNew = false
    try {
      while (isWoken && !closed) {
        isWoken = false
        await each(() => passages.eraseGone())
        await each(() => passages.takeTitles())
        await each(() => passages.merge())
        const due = passages.dueText()
        if (!due || closed) continue
        isWoken = true
        passages.beginText(due)
        const isDone = await takeText(due)
        if (closed) passages.leaveText(due)
        else if (isDone) passages.settleText(due)
        else passages.lose(due.sha256)
        isNew ||= isDone
      }
      if (isNew && !closed) onFilled()
    } finally {
      await reader.rest()
    }
  }

  /** False when the content is not on the disk any more. */
  async function takeText(due: DueText): Promise<boolean> {
    const bytes = await store.readSpool.read(due.sha256).catch(() => null)
    if (!bytes || closed) return false
    const pieces = await reader.read(bytes).catch((error: unknown) => {
      // Not begun: it is no document that the program died on.
      passages.leaveText(due)
      throw error
    })
    await each(() => passages.eraseHalf(due))
    let next = 0
    await each(() => next < pieces.length && passages.takePiece(due, pieces[next++]!))
    return true
  }

  function wake(): void {
    isWoken = true
    if (closed) return
    running ??= fill()
      .catch((error: unknown) => {
        // A full disk would be met again at once: the next act asks again.
        isWoken = false
        onBug(error)
      })
      .finally(() => {
        running = null
        // Woken while the thread was ending.
        if (isWoken) wake()
      })
  }

  wake()
  return {
    wake,
    async settled() {
      while (running) await running
    },
    async close() {
      closed = true
      await reader.rest()
      await running
    },
  }
}
