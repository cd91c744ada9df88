import { failure, success, type Result } from '#shared/contract/index.ts'
import type { DocumentHints } from '../../documents/index.ts'
import { plain, readDate, readMoment, readSex, readType, readYesNo } from './field-values.ts'
import type { ProfileField, SourceProfile } from './profile.ts'
import { decodeSidecar, readCsvLeaves, readJsonLeaves, readXmlLeaves, type Leaf } from './sidecar-leaves.ts'

/** What a sidecar says of one document. */
export interface SidecarEntry {
  /** The file it names, as written; null when it goes by its own name. */
  readonly file: string | null
  /** Ready for the item; a value that cannot be read is a `refusal`, never a guess. */
  readonly hints: DocumentHints
}

/** Reads a sidecar or an index of several documents. `sidecar-invalid` when the file itself cannot be read. An empty list: XML or JSON that speaks of something else. */
export function readSidecar(format: 'xml' | 'json' | 'csv', bytes: Uint8Array, profile: SourceProfile): Result<SidecarEntry[]> {
  const leaves =
    format === 'xml' ? readXmlLeaves(bytes) : format === 'json' ? readJsonLeaves(decodeSidecar(bytes, profile.encoding)) : readCsvLeaves(decodeSidecar(bytes, profile.encoding))
  if (!leaves.ok) return leaves
  const blocks = blocksOf(leaves.value, format, profile)
  const entries = blocks.map((block) => readFields(fieldsOf(block, profile), profile, 'sidecar')).filter(({ said }) => said)
  if (entries.length > 1 && entries.some(({ entry }) => entry.file === null)) {
    return failure('sidecar-invalid', { detail: 'several documents are described and not all are named' })
  }
  return success(entries.map(({ entry }) => entry))
}

/** Leaves of each document described. What stands outside every block (a patient written once for all) belongs to all of them. */
function blocksOf(leaves: readonly Leaf[], format: 'xml' | 'json' | 'csv', profile: SourceProfile): Leaf[][] {
  if (format === 'csv' || leaves.every((leaf) => leaf.places[0]?.startsWith('['))) {
    return [...Map.groupBy(leaves, (leaf) => leaf.places[0]!).values()]
  }
  const files = leaves.filter((leaf) => rankOf(leaf.names, 'file', profile) !== null)
  if (files.length < 2) return [[...leaves]]
  const prefixes = files.map((file) => {
    let length = file.places.length - 1
    const holds = (size: number) => files.filter((other) => isInside(other, file.places.slice(0, size))).length
    while (length > 0 && holds(length - 1) === 1) length -= 1
    return file.places.slice(0, length)
  })
  const shared = leaves.filter((leaf) => !prefixes.some((prefix) => isInside(leaf, prefix)))
  return prefixes.map((prefix) => [...leaves.filter((leaf) => isInside(leaf, prefix)), ...shared])
}

function isInside(leaf: Leaf, prefix: readonly string[]): boolean {
  return prefix.every((place, index) => leaf.places[index] === place)
}

/** Values of each field; a field said twice keeps both when they differ. */
export type Fields = ReadonlyMap<ProfileField, readonly string[]>

export function fieldsOf(leaves: readonly Leaf[], profile: SourceProfile): Fields {
  const found = new Map<ProfileField, { rank: number; values: string[] }>()
  for (const leaf of leaves) {
    for (const field of Object.keys(profile.fields) as ProfileField[]) {
      const rank = rankOf(leaf.names, field, profile)
      if (rank === null || leaf.value === '') continue
      const known = found.get(field)
      if (!known || rank < known.rank) found.set(field, { rank, values: [leaf.value] })
      else if (rank === known.rank && !known.values.includes(leaf.value)) known.values.push(leaf.value)
    }
  }
  return new Map([...found].map(([field, { values }]) => [field, values]))
}

/** Every value given for a field, under whichever of its names. */
export function valuesOf(leaves: readonly Leaf[], field: ProfileField, profile: SourceProfile): string[] {
  return leaves.filter(({ names, value }) => value !== '' && rankOf(names, field, profile) !== null).map(({ value }) => value)
}

const compact = (name: string) => plain(name).replaceAll(' ', '')

/**
 * Place of the synonym that these names answer to, null when none. `a.b` is b directly inside a; a bare name counts only at the
 * top or inside a section: `nom` inside `auteur` is not the patient's.
 */
function rankOf(names: readonly string[], field: ProfileField, profile: SourceProfile): number | null {
  const path = names.map(compact)
  const sections = new Set(profile.sections.map(compact))
  const synonyms = profile.fields[field] ?? []
  for (const [rank, synonym] of synonyms.entries()) {
    const wanted = synonym.split('.').map(compact)
    if (wanted.length > path.length || !wanted.every((part, index) => path[path.length - wanted.length + index] === part)) continue
    const above = path.slice(0, path.length - wanted.length)
    if (wanted.length > 1 || above.every((name) => sections.has(name))) return rank
  }
  return null
}

/** Fields to hints. `said` is false when nothing at all was recognised. */
export function readFields(fields: Fields, profile: SourceProfile, origin: 'sidecar' | 'file-name'): { entry: SidecarEntry; said: boolean } {
  const problems: string[] = []
  const text = (field: ProfileField): string | undefined => fields.get(field)?.[0]?.trim() || undefined
  const read = <T>(field: ProfileField, reader: (text: string) => T | undefined): T | undefined => {
    const value = text(field)
    if (value === undefined) return undefined
    const result = reader(value)
    if (result === undefined) problems.push(field)
    return result
  }
  const flag = (field: ProfileField) => read(field, readYesNo) ?? false
  const name = (field: ProfileField) => text(field)?.replaceAll('_', ' ').replaceAll(/\s+/g, ' ')

  const identity = defined({
    ins: text('ins')?.replaceAll(/\s/g, '').toUpperCase(),
    insOid: text('insOid'),
    birthName: name('birthName'),
    givenName: name('givenName'),
    givenNames: name('givenNames'),
    usedName: name('usedName'),
    usedGivenName: name('usedGivenName'),
    birthDate: read('birthDate', readDate),
    sex: read('sex', readSex),
    birthPlace: text('birthPlace')?.toUpperCase(),
    localId: text('localId'),
    localIdOid: text('localIdOid'),
  })
  const type = text('type')
  const visibility = { masked: flag('masked'), hiddenFromPatient: flag('hiddenFromPatient'), hiddenFromRepresentatives: flag('hiddenFromRepresentatives'), ...(flag('secretConnection') && { secretConnection: true }) }
  const hints: DocumentHints = {
    ...(Object.keys(identity).length > 0 ? { identity: { ...identity, origin } } : {}),
    ...defined({
      typeCode: type === undefined ? undefined : readType(type, profile),
      title: text('title') ?? (type !== undefined && type !== readType(type, profile) ? type.replaceAll('_', ' ') : undefined),
      documentDate: read('documentDate', (value) => readMoment(value, profile.timeZone)),
      authorId: text('authorId')?.replaceAll(/\s/g, '') ?? profile.defaultAuthor?.authorId,
      documentKey: text('documentKey'),
      structureId: text('structureId')?.replaceAll(/\s/g, '') ?? profile.defaultAuthor?.structureId,
    }),
    ...(['masked', 'hiddenFromPatient', 'hiddenFromRepresentatives', 'secretConnection'].some((field) => fields.has(field as ProfileField)) ? { visibility } : {}),
  }
  const refusal = refusalOf(fields, problems, visibility)
  return { entry: { file: text('file') ?? null, hints: refusal ? { ...hints, refusal } : hints }, said: fields.size > 0 }
}

function refusalOf(
  fields: Fields,
  problems: readonly string[],
  visibility: { readonly masked: boolean; readonly hiddenFromPatient: boolean },
): DocumentHints['refusal'] {
  const isSaidTwice = (field: ProfileField, reader: (text: string) => unknown) => new Set(fields.get(field)?.map(reader)).size > 1
  if (isSaidTwice('ins', (text) => text) || isSaidTwice('birthDate', (text) => readDate(text) ?? text) || isSaidTwice('birthName', plain)) return { code: 'sidecar-two-patients', outcome: 'parked' }
  if (problems.length > 0) return { code: 'sidecar-invalid', detail: `cannot read ${problems.join(', ')}`, outcome: 'parked' }
  if (visibility.masked && visibility.hiddenFromPatient) return { code: 'visibility-forbidden', detail: 'masked and hidden from the patient', outcome: 'parked' }
  return undefined
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && item !== '')) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
