import { openBoundedThread, type BoundedThread, type ThreadBounds } from './bounded-thread.ts'

/** Reads the beginning of the text of PDFs on a thread of its own. */
export interface PdfTextReader {
  /** Empty when there is none, when it cannot be read, or not within the bounds; null once closed, which says nothing of the document. Rejects as `BoundedThread.ask` does. */
  read(bytes: Uint8Array): Promise<string | null>
  close(): Promise<void>
}

type ReadingThread = BoundedThread<{ bytes: Uint8Array; characters: number }, string>

interface PdfTextOptions {
  readonly thread?: ReadingThread
  /** How long the thread is kept without a document, in milliseconds. */
  readonly idleMs?: number
  /** A document cost more than the bounds, or the thread cannot be had. */
  readonly onGivenUp?: () => void
}

const usualBounds: ThreadBounds = { time: 20_000, memory: 300_000_000 }
/** A machine that slept, or was all taken, while a document was read says nothing of it. */
const attempts = 2
/** Whose a document is stands on its first pages. */
const characters = 20_000

export function openReadingThread(bounds: ThreadBounds = usualBounds): ReadingThread {
  // The built program keeps its workers beside it, under the same name.
  const entry = import.meta.url.endsWith('.ts') ? './pdf-text-worker.ts' : './pdf-text-worker.js'
  return openBoundedThread(new URL(entry, import.meta.url), bounds)
}

/** Opens it; nothing is started before the first document. */
export function openPdfTextReader({ thread = openReadingThread(), idleMs = 60_000, onGivenUp }: PdfTextOptions = {}): PdfTextReader {
  let closed = false
  let underWay = 0
  let idle: NodeJS.Timeout | undefined

  async function ask(bytes: Uint8Array): Promise<string | null> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const own = Uint8Array.from(bytes)
      const told = await thread.ask({ bytes: own, characters }, [own.buffer])
      if ('answer' in told) return told.answer
      if (told.none === 'ended') return null
    }
    onGivenUp?.()
    return ''
  }

  return {
    async read(bytes) {
      if (closed) return null
      clearTimeout(idle)
      underWay += 1
      try {
        return await ask(bytes)
      } finally {
        underWay -= 1
        if (underWay === 0 && !closed) idle = setTimeout(() => void thread.rest(), idleMs).unref()
      }
    },
    async close() {
      closed = true
      clearTimeout(idle)
      await thread.rest()
    },
  }
}
