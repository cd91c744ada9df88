import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

/** Makes a rename or a creation in this folder durable; Windows has no such call and does not need it. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(directory, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/**
 * Makes the name of a new folder durable, and those of the folders it lies in, which may be as new: all it will hold rests on them. One that
 * may not be opened, or a system that does not sync folders, has names of its own to answer for.
 */
export function syncNamesOf(directory: string): void {
  for (let folder = path.resolve(directory); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    try {
      syncDirectory(path.dirname(folder))
    } catch (error) {
      if (!/^(EACCES|EPERM|EINVAL|ENOTSUP|EISDIR)$/.test(String((error as NodeJS.ErrnoException).code))) throw error
    }
  }
}

const fsync = promisify(fs.fsync)

/** `syncDirectory` without holding the program up. Only the sync waits for the disk: another thread for the rest costs more than the rest. */
export async function syncDirectoryLater(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(directory, 'r')
  try {
    await fsync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/**
 * Lets callers share one run of `work`: each promise ends with a run that began after its call, and calls made while one runs wait
 * together for the next. A run that fails fails for all who waited for it.
 */
export function sharedRuns(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  const start = (): Promise<void> => {
    const run = work().finally(() => {
      if (running === run) running = null
    })
    running = run
    return run
  }
  return () => {
    if (running === null) return start()
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = null
        return start()
      })
    return next
  }
}
