import { Worker } from 'node:worker_threads'
import type { StoreKey } from './key.ts'

/** What is asked of the second thread: it opens the database beside the first, in the same process and with the same SQLite. */
export type WorkerTask =
  | { readonly kind: 'check'; readonly file: string; readonly key: StoreKey; readonly thorough: boolean }
  | { readonly kind: 'copy'; readonly file: string; readonly key: StoreKey; readonly to: string; readonly now: number }

export type WorkerAnswer = { readonly ok: true; readonly damage: string | null } | { readonly ok: false; readonly code: string; readonly message: string }

/** `damageIn` on a second thread: nothing else waits for it. */
export async function checkInWorker(file: string, key: StoreKey, { thorough }: { thorough: boolean }): Promise<string | null> {
  return ask({ kind: 'check', file, key, thorough })
}

/** `copyDatabase` on a second thread: documents go on coming in and going out. */
export async function copyInWorker(file: string, key: StoreKey, to: string, now: number): Promise<void> {
  await ask({ kind: 'copy', file, key, to, now })
}

function ask(task: WorkerTask): Promise<string | null> {
  // The built program keeps its workers beside it, under the same name.
  const entry = import.meta.url.endsWith('.ts') ? './database-worker.ts' : './database-worker.js'
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(entry, import.meta.url), { workerData: task, resourceLimits: { maxYoungGenerationSizeMb: 4 } })
    worker.once('message', (answer: WorkerAnswer) => {
      if (answer.ok) resolve(answer.damage)
      else reject(Object.assign(new Error(answer.message), { code: answer.code }))
    })
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error('The second thread ended without an answer')))
  })
}
