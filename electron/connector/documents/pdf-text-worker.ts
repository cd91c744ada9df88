import { parentPort } from 'node:worker_threads'
import { readPdfText } from './read-pdf-text.ts'

/** One PDF after the other: its bytes come, its text goes, the beginning of a long one. An error ends the thread and is told by that. */
parentPort?.on('message', ({ bytes, characters }: { bytes: Uint8Array; characters: number }) => {
  void readPdfText(bytes, { characters }).then(({ pages, isWhole }) => parentPort?.postMessage({ text: pages.join('\n').slice(0, characters), isWhole }))
})
