import { openBoundedThread, type ThreadBounds } from '../../documents/index.ts'
import type { TextPiece } from './document-text.ts'

/** Reads the text out of documents on a thread of its own. */
export interface TextReader {
  /** Nothing when the document cannot be read, or not within the bounds: a document made to harm costs those, twice at most. */
  read(bytes: Uint8Array): Promise<TextPiece[]>
  /** Gives the thread's memory back; the next document starts another. */
  rest(): Promise<void>
}

const usualBounds: ThreadBounds = { time: 20_000, memory: 300_000_000 }

export function openTextReader(bounds: ThreadBounds = usualBounds): TextReader {
  // The built program keeps its workers beside it, under the same name.
  const entry = import.meta.url.endsWith('.ts') ? './text-worker.ts' : './text-worker.js'
  const thread = openBoundedThread<Uint8Array, TextPiece[]>(new URL(entry, import.meta.url), bounds)
  return {
    async read(bytes) {
      const told = await thread.ask(Uint8Array.from(bytes))
      return 'answer' in told ? told.answer : []
    },
    rest: () => thread.rest(),
  }
}
