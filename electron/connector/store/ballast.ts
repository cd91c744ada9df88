import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { syncDirectory } from './folder-sync.ts'

const piece = 1024 * 1024

/** Room kept back in the data folder: a file that is given up when the disk is full, so that what was decided can still be written. */
export interface Ballast {
  /** Bytes it takes now, whole or in the making. */
  held(): number
  /** Makes it, `bytes` long, piece by piece beside the program's work; false when it could not be made. One at a time. */
  make(bytes: number): Promise<boolean>
  /** Gives the room back at once. */
  free(): void
}

/** The ballast of a data folder. What a crash left half-made is removed. */
export function openBallast(directory: string): Ballast {
  const file = ballastFile(directory)
  const draft = `${file}.draft`
  fs.rmSync(draft, { force: true })
  let held = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  let wanted = false

  return {
    held: () => held,
    async make(bytes) {
      wanted = true
      try {
        const handle = await fs.promises.open(draft, 'w', 0o600)
        try {
          // Random, for a disk that stores zeros or repeats as nothing would give nothing back.
          for (let left = bytes; left > 0 && wanted; left -= piece) {
            await handle.writeFile(randomBytes(Math.min(piece, left)))
            held += Math.min(piece, left)
          }
          await handle.sync()
        } finally {
          await handle.close()
        }
        if (!wanted) throw new Error('not wanted any more')
        fs.renameSync(draft, file)
        syncDirectory(directory)
        return true
      } catch {
        fs.rmSync(draft, { force: true })
        held = 0
        return false
      } finally {
        wanted = false
      }
    },
    free() {
      wanted = false
      freeBallast(directory)
      held = 0
    },
  }
}

/** Gives the ballast of a data folder back; false when there was none. */
export function freeBallast(directory: string): boolean {
  const found = [ballastFile(directory), `${ballastFile(directory)}.draft`].filter((file) => fs.existsSync(file))
  for (const file of found) fs.rmSync(file, { force: true })
  return found.length > 0
}

function ballastFile(directory: string): string {
  return path.join(directory, 'ballast')
}
