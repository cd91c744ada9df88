import { setImmediate } from 'node:timers/promises'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { compactIns, normaliseName } from '../../patients/index.ts'
import type { DocumentHints } from '../../documents/index.ts'
import { readDate, readMoment, readSex, readType, readYesNo } from './field-values.ts'
import { openFieldNames } from './profile-names.ts'
import type { ProfileField, SourceProfile } from './profile.ts'
import { decodeSidecar, readCsvBlocks, readJsonLeaves, readXmlLeaves, type Leaf } from './sidecar-leaves.ts'

/** What a sidecar says of one document. */
export interface SidecarEntry {
  /** The file it names, as written; null when it goes by its own name. */
  readonly file: string | null
  /** Ready for the item; a value that cannot be read is a `refusal`, never a guess. */
  readonly hints: DocumentHints
}

/** Documents, or values, of an index that are read before other work has its turn: some milliseconds. */
const portion = { documents: 200, values: 4000 }

/** Reads a sidecar or an index of several documents. `sidecar-invalid` when the file itself cannot be read. An empty list: XML or JSON that speaks of something else. */
export async function readSidecar(format: 'xml' | 'json' | 'csv', bytes: Uint8Array, profile: SourceProfile): Promise<Result<SidecarEntry[]>> {
  const named = openFieldNames(profile)
  const described = await describedIn(format, bytes, profile, named)
  if (!described.ok) return described
  const ofAll = found(described.value.shared, named)
  const entries: SidecarEntry[] = []
  const isDue = every(portion.documents)
  for (const block of described.value.blocks) {
    const { entry, said } = readFields(valuesFound(found(block, named), ofAll), profile, 'sidecar')
    if (said) entries.push(entry)
    if (isDue()) await setImmediate()
  }
  if (entries.length > 1 && entries.some(({ file }) => file === null)) {
    return failure('sidecar-invalid', { detail: 'several documents are described and not all are named' })
  }
  return success(entries)
}

function every(times: number): () => boolean {
  let count = 0
  return () => (count += 1) % times === 0
}

/** Leaves of each document described, and those that stand outside every block (a patient written once for all) and belong to all of them. */
interface Described {
  readonly blocks: Iterable<readonly Leaf[]>
  readonly shared: readonly Leaf[]
}

async function describedIn(format: 'xml' | 'json' | 'csv', bytes: Uint8Array, { encoding }: SourceProfile, named: FieldNames): Promise<Result<Described>> {
  if (format === 'csv') {
    const blocks = readCsvBlocks(decodeSidecar(bytes, encoding))
    return blocks.ok ? success({ blocks: blocks.value, shared: [] }) : blocks
  }
  const leaves = format === 'xml' ? readXmlLeaves(bytes) : readJsonLeaves(decodeSidecar(bytes, encoding))
  if (!leaves.ok) return leaves
  if (leaves.value.length > portion.values) await setImmediate()
  const joined = format === 'json' ? withListsJoined(leaves.value, named) : leaves.value
  if (joined.every((leaf) => leaf.places[0]?.startsWith('['))) return success({ blocks: Map.groupBy(joined, (leaf) => leaf.places[0]!).values(), shared: [] })
  return success(await blocksOf(joined, named))
}

type FieldNames = ReturnType<typeof openFieldNames>

/** A JSON list of all given names is one patient's, and one value. */
function withListsJoined(leaves: readonly Leaf[], named: FieldNames): Leaf[] {
  const joined: Leaf[] = []
  for (const leaf of leaves) {
    const before = joined.at(-1)
    // Items of one list share their names.
    const isNext = before?.names === leaf.names && named(leaf.names).some(({ field }) => field === 'givenNames')
    if (isNext) joined[joined.length - 1] = { ...before, value: `${before.value} ${leaf.value}` }
    else joined.push(leaf)
  }
  return joined
}

/** A place in a sidecar, with how many documents are named inside it, and all that is inside it when that describes one. */
interface Place {
  readonly inside: Map<string, Place>
  files: number
  block: Leaf[] | null
}

/** A document's block is the largest place that names no other. */
async function blocksOf(leaves: readonly Leaf[], named: FieldNames): Promise<Described> {
  const files = leaves.filter((leaf) => named(leaf.names).some(({ field }) => field === 'file'))
  if (files.length < 2) return { blocks: [leaves], shared: [] }
  const top: Place = { inside: new Map(), files: 0, block: null }
  const isDue = every(portion.values)
  for (const file of files) {
    for (const place of placesTo(top, file.places, true)) place.files += 1
    if (isDue()) await setImmediate()
  }
  const blocks = files.map((file) => {
    const places = placesTo(top, file.places).slice(0, -1)
    return ((places.find((place) => place.files === 1) ?? places.at(-1)!).block ??= [])
  })
  const shared: Leaf[] = []
  for (const leaf of leaves) {
    const its = placesTo(top, leaf.places).filter(({ block }) => block !== null)
    for (const { block } of its) block!.push(leaf)
    if (its.length === 0) shared.push(leaf)
    if (isDue()) await setImmediate()
  }
  return { blocks: new Set(blocks), shared }
}

/** From the top as far as they are known, or made known. */
function placesTo(top: Place, names: readonly string[], isMade = false): Place[] {
  const places = [top]
  for (const name of names) {
    const { inside } = places.at(-1)!
    if (isMade && !inside.has(name)) inside.set(name, { inside: new Map(), files: 0, block: null })
    const next = inside.get(name)
    if (!next) break
    places.push(next)
  }
  return places
}

/** Values of each field; a field said twice keeps both when they differ. */
export type Fields = ReadonlyMap<ProfileField, readonly string[]>

/** Values of the fields of some leaves. */
export function fieldsOf(leaves: readonly Leaf[], profile: SourceProfile): Fields {
  return valuesFound(found(leaves, openFieldNames(profile)))
}

/** Every value given for a field, under whichever of its names. */
export function valuesOf(leaves: readonly Leaf[], field: ProfileField, profile: SourceProfile): string[] {
  const named = openFieldNames(profile)
  return leaves.filter(({ names, value }) => value !== '' && named(names).some((one) => one.field === field)).map(({ value }) => value)
}

/** What is said of each field under the best of its names. */
type Found = ReadonlyMap<ProfileField, { readonly rank: number; readonly values: ReadonlySet<string> }>

function found(leaves: readonly Leaf[], named: FieldNames): Found {
  const all = new Map<ProfileField, { rank: number; values: Set<string> }>()
  for (const { names, value } of leaves) {
    if (value === '') continue
    for (const { field, rank } of named(names)) {
      const known = all.get(field)
      if (!known || rank < known.rank) all.set(field, { rank, values: new Set([value]) })
      else if (rank === known.rank) known.values.add(value)
    }
  }
  return all
}

function valuesFound(own: Found, ofAll: Found = new Map()): Fields {
  const values = new Map([...own].map(([field, said]) => [field, [...said.values]]))
  for (const [field, said] of ofAll) {
    const rank = own.get(field)?.rank ?? Number.POSITIVE_INFINITY
    if (said.rank < rank) values.set(field, [...said.values])
    else if (said.rank === rank) values.set(field, [...new Set([...values.get(field)!, ...said.values])])
  }
  return values
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
  const typeCode = type === undefined ? undefined : readType(type, profile)
  const visibility = { masked: flag('masked'), hiddenFromPatient: flag('hiddenFromPatient'), hiddenFromRepresentatives: flag('hiddenFromRepresentatives'), ...(flag('secretConnection') && { secretConnection: true }) }
  const documentDate = read('documentDate', (value) => readMoment(value, profile.timeZone))
  const refusal = refusalOf(fields, problems, visibility)
  const hints: DocumentHints = {
    // Of two patients it names neither.
    ...(Object.keys(identity).length > 0 && refusal?.code !== 'sidecar-two-patients' ? { identity: { ...identity, origin } } : {}),
    ...defined({
      typeCode,
      title: text('title') ?? (type !== undefined && type !== typeCode ? type.replaceAll('_', ' ') : undefined),
      documentDate,
      authorId: text('authorId')?.replaceAll(/\s/g, '') ?? profile.defaultAuthor?.authorId,
      documentKey: text('documentKey'),
      structureId: text('structureId')?.replaceAll(/\s/g, '') ?? profile.defaultAuthor?.structureId,
    }),
    ...(['masked', 'hiddenFromPatient', 'hiddenFromRepresentatives', 'secretConnection'].some((field) => fields.has(field as ProfileField)) ? { visibility } : {}),
    ...(refusal && { refusal }),
  }
  return { entry: { file: text('file') ?? null, hints }, said: fields.size > 0 }
}

/** What tells one patient from another, in the form it is compared in. */
const identityForms: Partial<Record<ProfileField, (text: string) => unknown>> = {
  ins: compactIns,
  insOid: (text) => text,
  birthName: normaliseName,
  givenName: normaliseName,
  givenNames: normaliseName,
  usedName: normaliseName,
  usedGivenName: normaliseName,
  birthDate: (text) => readDate(text) ?? text,
  sex: (text) => readSex(text) ?? text,
  birthPlace: (text) => text.toUpperCase(),
  localId: (text) => text.toUpperCase(),
  localIdOid: (text) => text,
}

function refusalOf(
  fields: Fields,
  problems: readonly string[],
  visibility: { readonly masked: boolean; readonly hiddenFromPatient: boolean },
): DocumentHints['refusal'] {
  const isOfTwo = Object.entries(identityForms).some(([field, formOf]) => new Set(fields.get(field as ProfileField)?.map(formOf)).size > 1)
  if (isOfTwo) return { code: 'sidecar-two-patients', outcome: 'parked' }
  if (problems.length > 0) return { code: 'sidecar-invalid', detail: `cannot read ${problems.join(', ')}`, outcome: 'parked' }
  if (visibility.masked && visibility.hiddenFromPatient) return { code: 'visibility-forbidden', detail: 'masked and hidden from the patient', outcome: 'parked' }
  return undefined
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined && item !== '')) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
