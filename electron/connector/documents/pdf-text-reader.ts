import { openBoundedThread, type ThreadBounds } from './bounded-thread.ts'

/** Reads the beginning of the text of PDFs on a thread of its own. */
export interface PdfTextReader {
  /** Empty when there is none, when it cannot be read, or not within the bounds; null once closed, which says nothing of the document. */
  read(bytes: Uint8Array): Promise<string | null>
  close(): Promise<void>
}

interface PdfTextOptions {
  readonly bounds?: ThreadBounds
  /** How long the thread is kept without a document, in milliseconds. */
  readonly idleMs?: number
  /** A document cost more than the bounds, or the thread cannot be had. */
  readonly onGivenUp?: () => void
}

const usualBounds: ThreadBounds = { time: 20_000, memory: 300_000_000 }
/** Whose a document is stands on its first pages. */
const characters = 20_000

/** Opens it; nothing is started before the first document. */
export function openPdfTextReader({ bounds = usualBounds, idleMs = 60_000, onGivenUp }: PdfTextOptions = {}): PdfTextReader {
  // The built program keeps its workers beside it, under the same name.
  const entry = import.meta.url.endsWith('.ts') ? './pdf-text-worker.ts' : './pdf-text-worker.js'
  const thread = openBoundedThread<{ bytes: Uint8Array; characters: number }, string>(new URL(entry, import.meta.url), bounds)
  let closed = false
  let underWay = 0
  let idle: NodeJS.Timeout | undefined
  return {
    async read(bytes) {
      if (closed) return null
      clearTimeout(idle)
      underWay += 1
      const own = Uint8Array.from(bytes)
      const told = await thread.ask({ bytes: own, characters }, [own.buffer])
      underWay -= 1
      if (underWay === 0 && !closed) idle = setTimeout(() => void thread.rest(), idleMs).unref()
      if ('answer' in told) return told.answer
      if (told.none === 'ended') return null
      onGivenUp?.()
      return ''
    },
    async close() {
      closed = true
      clearTimeout(idle)
      await thread.rest()
    },
  }
}
