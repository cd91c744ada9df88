import { readFile } from 'node:fs/promises'
import type { FaultSet } from './faults.ts'
import { mergeFaults, parseFaults } from './faults.ts'

/** A `--fault` argument that cannot be used; the message says which and why. */
export class FaultRefused extends Error {}

/** Reads the values of `--fault`: each is JSON or the path of a file of it. Throws `FaultRefused`. */
export async function readFaultArguments(values: readonly string[]): Promise<FaultSet> {
  const sets: FaultSet[] = []
  for (const value of values) {
    try {
      sets.push(parseFaults(JSON.parse(value.trimStart().startsWith('{') ? value : await readFile(value, 'utf8'))))
    } catch (error) {
      throw new FaultRefused(`--fault ${value}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return mergeFaults(sets)
}
