import { Worker } from 'node:worker_threads'
import type { TextPiece } from './document-text.ts'

/** Reads the text out of documents on a thread of its own. */
export interface TextReader {
  /** One at a time. Nothing when the document cannot be read, or not within the bounds: a document made to harm costs those, and no more. */
  read(bytes: Uint8Array): Promise<TextPiece[]>
  /** Gives the thread's memory back; the next document starts another. */
  rest(): Promise<void>
}

/** What one document may cost. */
export interface ReadingBounds {
  /** Milliseconds. */
  readonly time: number
  /** Bytes of the thread's memory, what it unpacked included. */
  readonly memory: number
}

const usualBounds: ReadingBounds = { time: 20_000, memory: 300_000_000 }
/** Between two looks at the thread's memory, in milliseconds. */
const lookMs = 50

export function openTextReader(bounds: ReadingBounds = usualBounds): TextReader {
  let worker: Worker | null = null

  function start(): Worker {
    // The built program keeps its workers beside it, under the same name.
    const entry = import.meta.url.endsWith('.ts') ? './text-worker.ts' : './text-worker.js'
    const started = new Worker(new URL(entry, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: bounds.memory / 2_000_000, maxYoungGenerationSizeMb: 16 } })
    // Told to whoever waits; without anybody it is only the next document's other thread.
    started.on('error', () => undefined)
    started.once('exit', () => {
      if (worker === started) worker = null
    })
    return started
  }

  return {
    read(bytes) {
      const busy = (worker ??= start())
      return new Promise((resolve) => {
        const end = (pieces: TextPiece[]) => {
          clearTimeout(late)
          clearInterval(looking)
          busy.off('message', end)
          busy.off('exit', none)
          resolve(pieces)
        }
        const none = () => end([])
        const giveUp = () => void busy.terminate()
        const late = setTimeout(giveUp, bounds.time)
        const looking = setInterval(() => {
          // Asked of the thread in the middle of its work; it may have ended.
          busy.getHeapStatistics().then((of) => of.external_memory + of.used_heap_size > bounds.memory && giveUp(), () => undefined)
        }, lookMs)
        busy.once('message', end)
        busy.once('exit', none)
        const own = Uint8Array.from(bytes)
        busy.postMessage(own, [own.buffer])
      })
    },
    async rest() {
      await worker?.terminate()
    },
  }
}
