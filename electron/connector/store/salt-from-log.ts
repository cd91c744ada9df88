import fs from 'node:fs'
import path from 'node:path'
import { firstPageStart } from './wal-check.ts'

/** Of the key, in the clear at the head of the first page (SQLCipher's format, version 4). */
const saltLength = 16

/**
 * Writes the key's salt, as the log has it, over the first bytes of the database; to be tried when it does not open at all. A power cut
 * while SQLite wrote its first page back can leave anything there: SQLite would read that page from the log, but without its salt it has
 * no key to read with. Gives what takes it back; null when the log has no other salt, and nothing was written.
 */
export function saltFromLog(directory: string): (() => void) | null {
  const file = path.join(directory, 'relais.db')
  const log = `${file}-wal`
  const salt = fs.existsSync(log) ? firstPageStart(log, saltLength) : null
  if (!salt) return null
  const before = Buffer.alloc(saltLength)
  overwriteStart(file, (descriptor) => fs.readSync(descriptor, before, 0, saltLength, 0))
  if (before.equals(salt)) return null
  const write = (bytes: Buffer) => overwriteStart(file, (descriptor) => fs.writeSync(descriptor, bytes, 0, saltLength, 0))
  write(salt)
  return () => write(before)
}

function overwriteStart(file: string, act: (descriptor: number) => void): void {
  const descriptor = fs.openSync(file, 'r+')
  try {
    act(descriptor)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
