import fs from 'node:fs'
import path from 'node:path'
import { syncDirectory } from './folder-sync.ts'

/**
 * Says on the disk that the last commit of the log may be missing, before SQLite opens it and takes it for whole: whoever opens the store first,
 * for a question or a copy, does not take the news from the program that must act on it. Synced when it returns.
 */
export function noteTorn(directory: string): void {
  const descriptor = fs.openSync(noteFile(directory), 'w', 0o600)
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  syncDirectory(directory)
}

/** Was it said, and not settled since? */
export function isTorn(directory: string): boolean {
  return fs.existsSync(noteFile(directory))
}

/** What may be missing was looked for, and what was found is committed. */
export function settleTorn(directory: string): void {
  if (!isTorn(directory)) return
  fs.rmSync(noteFile(directory), { force: true })
  syncDirectory(directory)
}

function noteFile(directory: string): string {
  return path.join(directory, 'relais.db.torn')
}
