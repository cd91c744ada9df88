import { parentPort, workerData } from 'node:worker_threads'
import { damageIn } from './check-database.ts'
import { copyDatabase } from './copy-database.ts'
import { codeOf, openEncrypted } from './encrypted-database.ts'
import type { WorkerAnswer, WorkerTask } from './in-worker.ts'

/** Pages are gone through once: SQLite's usual 16 MB, for this database and again for each copy, would be kept for nothing. */
const cacheKilobytes = 4_000

const task = workerData as WorkerTask
parentPort?.postMessage(await answer())

async function answer(): Promise<WorkerAnswer> {
  try {
    const db = await openEncrypted(task.file, task.key, { fileMustExist: true, readonly: true })
    try {
      db.pragma(`cache_size = -${cacheKilobytes}`)
      if (task.kind === 'check') return { ok: true, damage: damageIn(db, task) }
      await copyDatabase(db, task.key, task.to, task.now)
      return { ok: true, damage: null }
    } finally {
      db.close()
    }
  } catch (error) {
    return { ok: false, code: codeOf(error), message: (error as Error).message }
  }
}
