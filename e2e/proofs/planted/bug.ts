import fs from 'node:fs'
import path from 'node:path'
import type { ProofName } from './proofs.ts'

/** A mistake somebody could make in one place of the program. */
export interface PlantedBug {
  readonly name: string
  /** What it would do to a practice. */
  readonly why: string
  /** Where it is planted, from the project's root. */
  readonly file: string
  /** Text that is found once in the file. */
  readonly find: string
  readonly replace: string
  /** The proof that has to see it. */
  readonly proof: ProofName
  /** What that proof then says: another failure would be luck, or another bug. */
  readonly signature: RegExp
}

/** The text with the bug in it. Throws when its place is not found exactly once: the list follows the code. */
export function withBug(text: string, { name, file, find, replace }: PlantedBug): string {
  const [before, after, ...more] = text.split(find)
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`"${name}" has no single place in ${file} any more: ${text.split(find).length - 1} found of\n${find}`)
  return before + replace + after
}

/** Plants it in the project at `root`; gives what takes it out again. */
export function plant(root: string, bug: PlantedBug): () => void {
  const file = path.join(root, bug.file)
  const sound = fs.readFileSync(file, 'utf8')
  fs.writeFileSync(file, withBug(sound, bug))
  return () => fs.writeFileSync(file, sound)
}
