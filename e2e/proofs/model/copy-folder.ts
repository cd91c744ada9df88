import fs from 'node:fs'
import path from 'node:path'

/** What belongs to the process that died, not to its data. */
const ofTheProcess = new Set(['lease.db', 'lease.json', 'relais.db-shm'])

/** Copies a data folder as it lies on the disk at this instant: what a new process finds after a crash of the old one. */
export function copyFolder(from: string, to: string): void {
  fs.mkdirSync(to)
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    if (ofTheProcess.has(entry.name)) continue
    if (entry.isDirectory()) copyFolder(path.join(from, entry.name), path.join(to, entry.name))
    else {
      fs.copyFileSync(path.join(from, entry.name), path.join(to, entry.name))
      // By their dates the copies of the database are told apart.
      const { atime, mtime } = fs.statSync(path.join(from, entry.name))
      fs.utimesSync(path.join(to, entry.name), atime, mtime)
    }
  }
}
