import { failure, success, type ClinicalFact, type Result } from '#shared/contract/index.ts'
import type { FactsThread } from './facts-thread.ts'
import type { Consultation } from './read-record.ts'
import { whoseDocument } from './whose-document.ts'

/** Where a content lies, and by which way it was read. */
type Way = Pick<Consultation, 'way' | 'ins' | 'kept' | 'stop' | 'known'>

/** Has the facts of contents read once, when they are kept, beside the program's work; what was found is kept with the content. */
export interface FactsKeeper {
  /** Contents that are kept and were not looked into yet: one after the other, as long as their way in lasts. `areTheirs`: just found to be their patient's. */
  want(way: Way, uniqueIds: readonly string[], areTheirs?: boolean): void
  /** Facts of one content now: as they were found before, else read. */
  of(way: Way, uniqueId: string, bytes: Uint8Array): Promise<Result<ClinicalFact[]>>
  /** What is not begun is not wanted any more. */
  drop(): void
  /** Resolves when all that was wanted is done. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Opens the keeper. `onRead`: there is more to tell; after the first, the second, the fourth... and the last, for what is made of them is made anew each time. */
export function openFactsKeeper({ thread, onRead, onBug }: { thread: Pick<FactsThread, 'read'>; onRead: () => void; onBug: (error: unknown) => void }): FactsKeeper {
  const wanted = new Map<string, { readonly way: Way; readonly uniqueId: string; readonly isTheirs: boolean }>()
  let running: Promise<void> | null = null
  let closed = false

  async function readAll(): Promise<void> {
    let [count, told] = [0, 0]
    for (let next = wanted.entries().next().value; next; next = wanted.entries().next().value) {
      const [name, { way, uniqueId, isTheirs }] = next
      const bytes = closed || way.stop() ? null : way.kept.content(uniqueId)
      // Kept by a program that did not ask whose it is.
      const isOfAnother = bytes !== null && !isTheirs && whoseDocument(bytes, way.ins, way.known?.() ?? null) === 'of-another'
      if (isOfAnother) way.kept.forgetContent(uniqueId)
      else if (bytes && (await readOne(way, uniqueId, bytes)) !== 'ended' && (count += 1) >= 2 * told) {
        told = count
        onRead()
      }
      wanted.delete(name)
    }
    if (count > told) onRead()
  }

  async function readOne({ kept }: Way, uniqueId: string, bytes: Uint8Array): Promise<{ readonly facts: string | null } | 'ended'> {
    kept.beginFacts(uniqueId)
    const told = await thread.read(bytes, uniqueId).catch((error: unknown) => {
      // Not begun: it is no document that the program died on.
      kept.leaveFacts(uniqueId)
      throw error
    })
    if ('none' in told && told.none === 'ended') {
      kept.leaveFacts(uniqueId)
      return 'ended'
    }
    const facts = 'answer' in told ? told.answer : null
    kept.keepFacts(uniqueId, facts)
    return { facts }
  }

  return {
    want(way, uniqueIds, areTheirs = false) {
      if (closed) return
      for (const uniqueId of uniqueIds) {
        const name = JSON.stringify([way.ins, way.way, uniqueId])
        if (!wanted.has(name)) wanted.set(name, { way, uniqueId, isTheirs: areTheirs })
      }
      running ??= readAll()
        .catch((error: unknown) => {
          // A full disk would be met again at once: the next act asks again.
          wanted.clear()
          onBug(error)
        })
        .finally(() => (running = null))
    },
    async of(way, uniqueId, bytes) {
      const [known] = way.kept.facts([uniqueId])
      let read: Awaited<ReturnType<typeof readOne>> = known === undefined ? 'ended' : { facts: known }
      // The thread may be ended over a patient who is not on screen any more.
      while (read === 'ended' && !closed) read = await readOne(way, uniqueId, bytes)
      return read === 'ended' || read.facts === null ? failure('xml-malformed') : success(JSON.parse(read.facts) as ClinicalFact[])
    },
    drop: () => wanted.clear(),
    async settled() {
      while (running) await running
    },
    async close() {
      closed = true
      wanted.clear()
      await running
    },
  }
}
