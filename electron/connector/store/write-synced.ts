import fs from 'node:fs'
import path from 'node:path'
import { syncDirectory } from './folder-sync.ts'
import { milestone } from './milestones.ts'

const draftEnd = '.draft'

/** Puts these bytes in the place of a file of the rotation (mode 0600): the old ones or the new ones at any instant, synced when it returns. */
export function writeSynced(file: string, bytes: string | Uint8Array): void {
  const draft = `${file}${draftEnd}`
  fs.rmSync(draft, { force: true })
  try {
    const descriptor = fs.openSync(draft, 'wx', 0o600)
    try {
      fs.writeFileSync(descriptor, bytes)
      fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
  } catch (error) {
    // What a full disk took of it is the room that going back needs.
    fs.rmSync(draft, { force: true })
    throw error
  }
  milestone('store:key-rotation')
  fs.renameSync(draft, file)
  syncDirectory(path.dirname(file))
}

/** Removes what a crash left half-written in a folder. */
export function removeDrafts(directory: string): void {
  if (!fs.existsSync(directory)) return
  for (const name of fs.readdirSync(directory)) if (name.endsWith(draftEnd)) fs.rmSync(path.join(directory, name))
}
