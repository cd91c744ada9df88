import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { ImageFile } from './simulated-disk.ts'

/** A folder in memory where images of the disk are laid out, one after the other, for the program to open. */
export interface ImageFolder {
  /** Lays out one image and gives the folder; the one before is gone. */
  lay(image: readonly ImageFile[]): string
  remove(): void
}

/** Makes the folder, in memory where the system offers it: an image lives for milliseconds. */
export function openImageFolder(): ImageFolder {
  const memory = '/dev/shm'
  const folder = fs.mkdtempSync(path.join(fs.existsSync(memory) ? memory : os.tmpdir(), 'relais-image-'))
  const image = path.join(folder, 'image')
  const settled = path.join(folder, 'settled')
  fs.mkdirSync(settled)
  const kept = new Set<string>()

  return {
    lay(files) {
      fs.rmSync(image, { recursive: true, force: true })
      fs.mkdirSync(image, { mode: 0o700 })
      const made = new Set<string>()
      for (const file of files) {
        // SQLite builds it anew: it says nothing of the last owner's commits.
        if (file.path.endsWith('-shm')) continue
        const target = path.join(image, file.path)
        const parent = path.dirname(target)
        if (!made.has(parent)) fs.mkdirSync(parent, { recursive: true, mode: 0o700 })
        made.add(parent)
        if (file.settled !== null && file.path.startsWith(`spool${path.sep}`)) {
          // The spool never changes a file in place: one copy serves all images.
          const copy = path.join(settled, file.settled)
          if (!kept.has(file.settled)) fs.writeFileSync(copy, file.bytes, { mode: 0o600 })
          kept.add(file.settled)
          fs.linkSync(copy, target)
        } else {
          fs.writeFileSync(target, file.bytes, { mode: 0o600 })
        }
      }
      return image
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true }),
  }
}
