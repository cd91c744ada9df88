import { parentPort } from 'node:worker_threads'

/**
 * The thread's side of a `BoundedThread`, called last in its entry: says that its modules have run, then answers one question after the other, by a value or
 * the promise of one. An error ends the thread and is told by that.
 */
export function answerQuestions(answer: (question: never) => unknown): void {
  parentPort?.on('message', (question: unknown) => {
    void (async () => parentPort?.postMessage(await answer(question as never)))()
  })
  parentPort?.postMessage('up')
}
