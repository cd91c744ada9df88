import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { practiceFile, recordConfig, type Practice, type RecordConfig } from '#shared/contract/index.ts'

/** A mistake of the person at the command line: told in one sentence, exit code 2. */
export class UsageError extends Error {}

/** The project's root: two folders up from the sources and from the built program alike. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** True when the program runs from its TypeScript sources. */
export const fromSources = import.meta.url.endsWith('.ts')

/** The program's version, as in package.json. */
export const version = (JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }).version

/** Where the built windows are. */
export const pagesFolder = path.join(root, 'out/renderer')

/** The demo practice, used when no other is named. */
export const demoPracticeFile = path.join(root, 'resources/demo/practice.json')

/** The source profiles that come with the program. */
export const profilesFolder = path.join(root, 'resources/profiles')

/** The clinical rules that come with the program. */
export const clinicalFolder = path.join(root, 'resources/clinical')

/** Reads and checks a practice file; says in one sentence what is wrong with it. */
export function readPractice(file: string): Practice {
  const parsed = practiceFile.safeParse(readJson(file))
  if (!parsed.success) throw new UsageError(`Practice file ${file}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`)
  return parsed.data
}

/** Reads and checks a record configuration; paths inside it are relative to its folder. */
export function readRecordConfig(file: string): { config: RecordConfig; baseDir: string } {
  const parsed = recordConfig.safeParse(readJson(file))
  if (!parsed.success) throw new UsageError(`Record configuration ${file}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`)
  return { config: parsed.data, baseDir: path.dirname(path.resolve(file)) }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as unknown
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${(error as Error).message}`)
  }
}
