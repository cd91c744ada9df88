import { parentPort } from 'node:worker_threads'
import { documentText } from './document-text.ts'

/** One document after the other: its bytes come, its pieces of text go. An error ends the thread and is told by that. */
parentPort?.on('message', (bytes: Uint8Array) => {
  void documentText(bytes).then((pieces) => parentPort?.postMessage(pieces))
})
