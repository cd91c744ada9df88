import { plain } from './plain.ts'
import type { ProfileField, SourceProfile } from './profile.ts'

/** A field that names answer to, and the place of the synonym they do it by. */
export interface NamedField {
  readonly field: ProfileField
  readonly rank: number
}

interface Synonym extends NamedField {
  /** The last one is what it is found by. */
  readonly parts: readonly string[]
}

/** What a profile says of names and words, in the form they are compared in. */
interface ProfileNames {
  readonly synonyms: ReadonlyMap<string, readonly Synonym[]>
  readonly sections: ReadonlySet<string>
  readonly typeWords: readonly { readonly code: string; readonly words: readonly string[] }[]
}

const compact = (name: string) => plain(name).replaceAll(' ', '')

/** Made once for a profile: an index of thousands of lines asks for each of its values. */
const made = new WeakMap<SourceProfile, ProfileNames>()

function namesOf(profile: SourceProfile): ProfileNames {
  const known = made.get(profile)
  if (known) return known
  const all = (Object.entries(profile.fields) as [ProfileField, readonly string[]][]).flatMap(([field, names]) => names.map((name, rank): Synonym => ({ field, rank, parts: name.split('.').map(compact) })))
  const names: ProfileNames = {
    synonyms: Map.groupBy(all, ({ parts }) => parts.at(-1)!),
    sections: new Set(profile.sections.map(compact)),
    typeWords: profile.typeWords.flatMap(({ code, words }) => words.map((phrase) => ({ code, words: plain(phrase).split(' ') }))),
  }
  made.set(profile, names)
  return names
}

/** Words that mean a type, each phrase with its code, as `plain` writes them. */
export function typeWordsOf(profile: SourceProfile): ProfileNames['typeWords'] {
  return namesOf(profile).typeWords
}

/**
 * Says of the names that lead to a value which fields it is. `a.b` is b directly inside a; a bare name counts only at the top or inside a section: `nom`
 * inside `auteur` is not the patient's. Opened for one sidecar, whose names it remembers: the same ones come on every line.
 */
export function openFieldNames(profile: SourceProfile): (names: readonly string[]) => readonly NamedField[] {
  const { synonyms, sections } = namesOf(profile)
  const known = new Map<string, readonly NamedField[]>()

  function fieldsNamed(names: readonly string[]): NamedField[] {
    const path = names.map(compact)
    const found = new Map<ProfileField, NamedField>()
    for (const { field, rank, parts } of synonyms.get(path.at(-1) ?? '') ?? []) {
      const above = path.slice(0, -parts.length)
      const isThere = parts.length <= path.length && parts.every((part, index) => path[above.length + index] === part)
      if (isThere && !found.has(field) && (parts.length > 1 || above.every((name) => sections.has(name)))) found.set(field, { field, rank })
    }
    return [...found.values()]
  }

  return (names) => {
    const key = names.join('\0')
    const fields = known.get(key) ?? fieldsNamed(names)
    known.set(key, fields)
    return fields
  }
}
