import { readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

const choice = z.object({ record: z.string() })
const environment = z.object({ environment: z.literal('training') })

/**
 * True when the record asked for is a training one: the sandbox (also when none was ever named, as the connector chooses then), or a
 * configuration that says so. One that cannot be read counts as real, the careful side; the connector tells what is wrong with it.
 *
 * @param record what the command line says; null = what this data folder used last
 */
export function isTrainingRecord(record: string | null, dataDir: string): boolean {
  const chosen = record ?? choice.safeParse(json(path.join(dataDir, 'record-choice.json'))).data?.record ?? 'sandbox'
  return chosen === 'sandbox' || environment.safeParse(json(chosen)).success
}

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
