import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * Reads a JSON file again whenever it changes: what it gives back costs one look at the folder and is the same object until then. A file that
 * cannot be read or that `parse` refuses is reported and changes nothing. Without a file, `absent`.
 */
export function watchJson<T>(file: string, parse: (value: unknown) => T, absent: T, log: (line: string) => void): () => T {
  let seen = ''
  let current = absent
  return () => {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true })
    const mark = stat ? `${stat.mtimeNs}-${stat.ctimeNs}-${stat.size}-${stat.ino}` : ''
    if (mark !== seen) {
      seen = mark
      try {
        current = stat ? parse(JSON.parse(readFileSync(file, 'utf8'))) : absent
      } catch (error) {
        log(`${path.basename(file)} is kept as it was: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return current
  }
}
