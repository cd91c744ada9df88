import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Failure } from '#shared/contract/index.ts'
import { parseProfile, type SourceProfile } from './profile.ts'

export interface LoadedProfiles {
  /** By the name of the file without `.json`; a later directory replaces an earlier one. */
  readonly profiles: ReadonlyMap<string, SourceProfile>
  readonly problems: readonly { readonly file: string; readonly failure: Failure }[]
}

/** Reads every `*.json` profile of the directories, in order (the product's own, then the practice's copies). A missing directory holds none. */
export async function loadProfiles(directories: readonly string[]): Promise<LoadedProfiles> {
  const profiles = new Map<string, SourceProfile>()
  const problems: { file: string; failure: Failure }[] = []
  for (const directory of directories) {
    const names = await readdir(directory).catch(() => [])
    for (const name of names.filter((name) => name.endsWith('.json')).sort()) {
      const parsed = parseProfile(await readFile(path.join(directory, name), 'utf8'))
      if (parsed.ok) profiles.set(path.basename(name, '.json'), parsed.value)
      else problems.push({ file: path.join(directory, name), failure: parsed.failure })
    }
  }
  return { profiles, problems }
}
