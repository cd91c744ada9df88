import type { DocumentHints } from '../../documents/index.ts'
import { stemOf } from './file-name.ts'
import { profileField, type ProfileField, type SourceProfile } from './profile.ts'
import { readFields } from './read-sidecar.ts'

/** Longest name patterns are tried on; longer ones are nobody's convention. */
const maxName = 255

/** What a file's name says through the profile's patterns; null when none of them reads it. A date that is none makes the pattern not match. */
export function readFileName(name: string, profile: SourceProfile): DocumentHints | null {
  const stem = stemOf(name.normalize('NFC')).trim()
  if (stem.length > maxName) return null
  for (const pattern of profile.namePatterns) {
    const groups = new RegExp(pattern, 'iu').exec(stem)?.groups
    if (!groups) continue
    const fields = new Map<ProfileField, readonly string[]>()
    for (const [group, value] of Object.entries(groups)) {
      if (value !== undefined && value.trim() !== '') fields.set(profileField.parse(group), [value.trim()])
    }
    const { entry } = readFields(fields, profile, 'file-name')
    if (!entry.hints.refusal) return entry.hints
  }
  return null
}
