import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { z } from 'zod'
import { retestRules, type RetestRules } from '../exams/retest-rules.ts'
import { vaccinationSchedule, type VaccinationSchedule } from '../vaccines/vaccination-schedule.ts'
import { analyteTable, type AnalyteTable } from './analytes.ts'

/** Rules as they hold. `own`: the practice's; `refused`: why its file does not count, with the file's name. */
export interface Held<Rules> {
  readonly rules: Rules
  readonly own: boolean
  readonly refused: string | null
}

/** What the panel knows beside the documents themselves: dated, sourced data, no code. */
export interface ClinicalRules {
  readonly exams: Held<RetestRules>
  readonly vaccination: Held<VaccinationSchedule>
  readonly analytes: AnalyteTable
}

function parse<Rules>(name: string, text: string, schema: z.ZodType<Rules>): { readonly rules: Rules } | { readonly refused: string } {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch (error) {
    return { refused: `${name}: ${error instanceof Error ? error.message : 'not JSON'}` }
  }
  const found = schema.safeParse(read)
  const [issue] = found.success ? [] : found.error.issues
  return found.success ? { rules: found.data } : { refused: `${name}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(' ')}` }
}

async function held<Rules>(name: string, product: string, practice: string | null, schema: z.ZodType<Rules>): Promise<Held<Rules>> {
  const ours = parse(name, await readFile(path.join(product, name), 'utf8'), schema)
  if ('refused' in ours) throw new Error(ours.refused)
  if (practice === null) return { ...ours, own: false, refused: null }
  try {
    const theirs = parse(name, await readFile(path.join(practice, name), 'utf8'), schema)
    return 'refused' in theirs ? { ...ours, own: false, refused: theirs.refused } : { ...theirs, own: true, refused: null }
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return { ...ours, own: false, refused: isMissing ? null : `${name}: unreadable` }
  }
}

/**
 * Reads the product's rules (`product`, a folder) and, in their place, those of the practice (`practice`, a folder that may be missing). A file of the
 * practice that cannot be read or is not valid is told (`refused`) and the product's rules hold. Throws when the product's own are not valid.
 */
export async function loadClinicalRules(product: string, practice: string | null): Promise<ClinicalRules> {
  return {
    exams: await held('retest-intervals.json', product, practice, retestRules),
    vaccination: await held('vaccination-schedule.json', product, practice, vaccinationSchedule),
    analytes: (await held('analytes.json', product, null, analyteTable)).rules,
  }
}
