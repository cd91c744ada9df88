import fs from 'node:fs'
import path from 'node:path'
import type { ProofName } from './proofs.ts'

/** One text of one file that is changed. */
export interface Place {
  /** From the project's root. */
  readonly file: string
  /** Text that is found once in the file. */
  readonly find: string
  readonly replace: string
}

/** A mistake somebody could make in one place of the program. */
export interface PlantedBug extends Place {
  readonly name: string
  /** What it would do to a practice. */
  readonly why: string
  /** What else stands between the mistake and the practice, and must be gone for it to show: where several places guard, each alone is harmless. */
  readonly also?: readonly Place[]
  /** The proof that has to see it. */
  readonly proof: ProofName
  /** What that proof then says: another failure would be luck, or another bug. */
  readonly signature: RegExp
}

/** The text with the bug in it. Throws when its place is not found exactly once: the list follows the code. */
export function withBug(text: string, { file, find, replace }: Place): string {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`A planted bug has no single place in ${file} any more: ${text.split(find).length - 1} found of\n${find}`)
  return before + replace + after
}

/** Plants it in the project at `root`; gives what takes it out again. */
export function plant(root: string, bug: PlantedBug): () => void {
  const takeOut = placesOf(bug).map((place) => {
    const file = path.join(root, place.file)
    const sound = fs.readFileSync(file, 'utf8')
    fs.writeFileSync(file, withBug(sound, place))
    return () => fs.writeFileSync(file, sound)
  })
  // The last one first: two places may lie in one file.
  return () => takeOut.reverse().forEach((undo) => undo())
}

/** Every place it is planted in. */
export function placesOf(bug: PlantedBug): readonly Place[] {
  return [bug, ...(bug.also ?? [])]
}
