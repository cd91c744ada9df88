import { openBoundedThread, type BoundedThread, type ThreadBounds } from './bounded-thread.ts'

/** What the beginning of a PDF says: empty for a scan. */
export interface PdfText {
  readonly text: string
  /** False when it could not be read, or not to its end: broken, protected, or not within the bounds. What it would say is not known. */
  readonly isWhole: boolean
}

/** Reads the beginning of the text of PDFs on a thread of its own. */
export interface PdfTextReader {
  /** Null once closed, which says nothing of the document. One given up is not read again in this run, known by the SHA-256 of its bytes. Rejects as `BoundedThread.ask` does. */
  read(bytes: Uint8Array, sha256: string): Promise<PdfText | null>
  close(): Promise<void>
}

type ReadingThread = BoundedThread<{ bytes: Uint8Array; characters: number }, PdfText>

interface PdfTextOptions {
  readonly thread?: ReadingThread
  /** How long the thread is kept without a document, in milliseconds. */
  readonly idleMs?: number
  /** A document cost more than the bounds, or the thread cannot be had. */
  readonly onGivenUp?: () => void
}

const usualBounds: ThreadBounds = { time: 20_000, memory: 300_000_000 }
/** So many that were given up are remembered. */
const mostGivenUp = 1000
const unread: PdfText = { text: '', isWhole: false }
/** Whose a document is stands on its first pages. */
const characters = 20_000

export function openReadingThread(bounds: ThreadBounds = usualBounds): ReadingThread {
  // The built program keeps its workers beside it, under the same name.
  const entry = import.meta.url.endsWith('.ts') ? './pdf-text-worker.ts' : './pdf-text-worker.js'
  return openBoundedThread(new URL(entry, import.meta.url), bounds)
}

/** Opens it; nothing is started before the first document. */
export function openPdfTextReader({ thread = openReadingThread(), idleMs = 60_000, onGivenUp }: PdfTextOptions = {}): PdfTextReader {
  const givenUp = new Set<string>()
  let closed = false
  let underWay = 0
  let idle: NodeJS.Timeout | undefined

  async function ask(bytes: Uint8Array, sha256: string): Promise<PdfText | null> {
    const told = await thread.ask({ bytes: Uint8Array.from(bytes), characters })
    if ('answer' in told) return told.answer
    if (told.none === 'ended') return null
    onGivenUp?.()
    givenUp.add(sha256)
    for (const oldest of givenUp) if (givenUp.size > mostGivenUp) givenUp.delete(oldest)
    return unread
  }

  return {
    async read(bytes, sha256) {
      if (closed) return null
      if (givenUp.has(sha256)) return unread
      clearTimeout(idle)
      underWay += 1
      try {
        return await ask(bytes, sha256)
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
