import { readFileSync } from 'node:fs'
import { practiceFile, type Practice } from '#shared/contract/practice.ts'

/** Address of the demo practice's file, for `--practice`. */
export const demoPracticePath = new URL('practice.json', import.meta.url)

/** The demo practice. Throws when `practice.json` breaks its schema. */
export function demoPractice(): Practice {
  return practiceFile.parse(JSON.parse(readFileSync(demoPracticePath, 'utf8')))
}
