import { createHash } from 'node:crypto'
import path from 'node:path'

/** A watched folder as the store keeps it. */
export interface WatchedFolder {
  /** By what its documents are known, for good. */
  readonly id: string
  /** Absolute, as it was last asked to be watched. */
  readonly given: string
  /** Where it lies, links and mapped drives followed; null while it could never be reached. */
  readonly real: string | null
}

/**
 * Which folder this is: the one that lies there, whatever it is called and whatever else is watched; while it cannot be reached, the one that was last
 * watched under this path. Another place is another folder, whose numbers say nothing of the first's. Of a folder never seen before the identity follows
 * from where it lies, so that a return to an older database does not change it.
 */
export function identifyFolder(known: readonly WatchedFolder[], given: string, real: string | null): WatchedFolder {
  const byPath = (isIts: (one: WatchedFolder) => boolean) => known.findLast((one) => one.given === given && isIts(one))
  const same = real === null ? byPath(() => true) : (known.find((one) => one.real === real) ?? byPath((one) => one.real === null))
  if (same) return { id: same.id, given, real: real ?? same.real }
  return { id: `folder-${createHash('sha256').update(real ?? given).digest('hex').slice(0, 16)}`, given, real }
}

/** What each is called on screen: its own name, with as many of the folders it lies in as tell it from the others. */
export function nameFolders(directories: readonly string[]): ReadonlyMap<string, string> {
  const ends = (directory: string, count: number) => directory.split(/[\\/]/).filter(Boolean).slice(-count).join(path.sep)
  const depth = (directory: string) => directory.split(/[\\/]/).filter(Boolean).length
  return new Map(
    directories.map((directory) => {
      let count = 1
      while (count < depth(directory) && directories.some((other) => other !== directory && ends(other, count) === ends(directory, count))) count += 1
      return [directory, ends(directory, count)]
    }),
  )
}
