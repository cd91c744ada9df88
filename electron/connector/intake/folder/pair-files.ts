import type { DocumentHints } from '../../documents/index.ts'
import type { Result } from '#shared/contract/index.ts'
import { compareIdentities } from '../../patients/index.ts'
import { comparable, stemOf } from './file-name.ts'
import type { SidecarEntry } from './read-sidecar.ts'
import type { SourceProfile } from './profile.ts'

/** A file that stands for a document, ready to be read. */
export interface ReadyDocument {
  /** Relative to the watched folder, `/` between parts. */
  readonly path: string
  /** Only a PDF needs a sidecar to say whose it is; the others speak for themselves. */
  readonly needsSidecar: boolean
  readonly readySince: number
  /** Said by its name, null when no pattern reads it. */
  readonly named: DocumentHints | null
}

/** A sidecar or an index, read. */
export interface ReadySidecar {
  readonly path: string
  /** SHA-256 of its bytes; null when it was too large to be read. */
  readonly sha256: string | null
  readonly entries: Result<readonly SidecarEntry[]>
}

export type DocumentPairing =
  | { readonly kind: 'take'; readonly hints: DocumentHints; readonly sidecars: readonly string[] }
  /** Until this instant, or until something changes in the folder. */
  | { readonly kind: 'wait'; readonly until: number }

/**
 * Path of a document as a sidecar names it: relative to the sidecar's own folder, never out of the watched one. Null when it points outside. Of an
 * absolute path, which is that of another computer as a rule, the name alone counts: it is looked for beside the sidecar.
 */
export function resolveNamed(sidecar: string, named: string): string | null {
  const parts = sidecar.split('/').slice(0, -1)
  const asked = named.replaceAll('\\', '/').trim()
  const isAbsolute = asked.startsWith('/') || /^[a-z]:/i.test(asked)
  for (const part of isAbsolute ? [asked.slice(Math.max(asked.lastIndexOf('/'), asked.lastIndexOf(':')) + 1)] : asked.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') return null
    parts.push(part)
  }
  return parts.length === 0 ? null : comparable(parts.join('/'))
}

/** Documents an unnamed entry may belong to: same folder, same name but for the extension (`x.json` or `x.pdf.json` for `x.pdf`). */
export function goesWith(sidecar: string, document: string): boolean {
  const stem = comparable(stemOf(sidecar))
  return stem === comparable(stemOf(document)) || stem === comparable(document)
}

/** Entries of a sidecar about this document. */
export function entriesFor(sidecar: ReadySidecar, document: string): readonly SidecarEntry[] {
  if (!sidecar.entries.ok) return []
  const unnamed = goesWith(sidecar.path, document) ? sidecar.entries.value.filter(({ file }) => file === null) : []
  return [...unnamed, ...(namedIn(sidecar, sidecar.entries.value).get(comparable(document)) ?? [])]
}

/** Made once for a sidecar: each of thousands of documents asks the same index. */
const entriesByPath = new WeakMap<ReadySidecar, ReadonlyMap<string | null, readonly SidecarEntry[]>>()

function namedIn(sidecar: ReadySidecar, entries: readonly SidecarEntry[]): ReadonlyMap<string | null, readonly SidecarEntry[]> {
  const known = entriesByPath.get(sidecar) ?? Map.groupBy(entries, ({ file }) => (file === null ? null : resolveNamed(sidecar.path, file)))
  entriesByPath.set(sidecar, known)
  return known
}

/**
 * Decides what is said of a document: its sidecar when there is one, whatever the order they came in; otherwise, after the
 * profile's wait, its name; otherwise nothing, and the gate makes it wait for a person. Two patients (of sidecars, or of one and the name), or two types, stop it; of
 * several wishes who may not see it, each counts.
 */
export function pairDocument(
  document: ReadyDocument,
  sidecars: readonly ReadySidecar[],
  { sidecarComing, now, profile }: { sidecarComing: boolean; now: number; profile: SourceProfile },
): DocumentPairing {
  // Whatever the others say, it may ask that fewer people see it.
  if (sidecarComing) return { kind: 'wait', until: Number.POSITIVE_INFINITY }
  const about = sidecars.toSorted((one, other) => (one.path < other.path ? -1 : 1)).map((sidecar) => ({ sidecar, entries: entriesFor(sidecar, document.path) })).filter(({ entries }) => entries.length > 0)
  // One that stands beside it under its name was looked at too, even when it says nothing.
  const paths = sidecars.filter((sidecar) => about.some((one) => one.sidecar === sidecar) || goesWith(sidecar.path, document.path)).map(({ path }) => path)
  const said = about.flatMap(({ entries }) => entries.map(({ hints }) => hints))
  if (said.length > 0) {
    const hints = together(said, profile)
    if (areTwoPatients(said, document.named?.identity)) return { kind: 'take', sidecars: paths, hints: { ...withoutIdentity(hints), refusal: { code: 'sidecar-two-patients', outcome: 'parked' } } }
    const types = new Set(said.flatMap(({ typeCode }) => typeCode ?? []))
    if (types.size > 1) return { kind: 'take', sidecars: paths, hints: { ...hints, refusal: { code: 'sidecar-invalid', outcome: 'parked', detail: `two types: ${[...types].sort().join(', ')}` } } }
    return { kind: 'take', sidecars: paths, hints }
  }
  const useless = sidecars.find((sidecar) => goesWith(sidecar.path, document.path) && (!sidecar.entries.ok || sidecar.entries.value.length === 0))
  if (useless) {
    const detail = useless.entries.ok ? 'none of its fields is known to the profile' : (useless.entries.failure.detail ?? 'unreadable')
    return { kind: 'take', sidecars: [useless.path], hints: { refusal: { code: 'sidecar-invalid', outcome: 'parked', detail } } }
  }
  if (!document.needsSidecar) return { kind: 'take', hints: {}, sidecars: [] }
  const wait = document.named ? Math.min(profile.sidecar.waitSeconds, profile.sidecar.waitSecondsWhenNamed) : profile.sidecar.waitSeconds
  const until = document.readySince + (profile.sidecar.required ? profile.sidecar.waitSeconds : wait) * 1000
  if (profile.sidecar.formats.length > 0 && now < until) return { kind: 'wait', until }
  if (profile.sidecar.required) return { kind: 'take', sidecars: [], hints: { refusal: { code: 'sidecar-missing', outcome: 'parked' } } }
  return { kind: 'take', sidecars: [], hints: document.named ?? authorOf(profile) }
}

function authorOf(profile: SourceProfile): DocumentHints {
  const { authorId, structureId } = profile.defaultAuthor ?? {}
  return { ...(authorId ? { authorId } : {}), ...(structureId ? { structureId } : {}) }
}

/**
 * What several sidecars say of one document: of each thing the first that says it, by path; the first refusal, and each wish to hide. Its author is whom
 * one of them names before whom the profile supposes.
 */
function together(said: readonly DocumentHints[], profile: SourceProfile): DocumentHints {
  if (said.length === 1) return said[0]!
  const supposed = authorOf(profile)
  const own = (field: keyof typeof supposed) => {
    const named = said.find((hints) => hints[field] !== undefined && hints[field] !== supposed[field])?.[field]
    return named === undefined ? {} : { [field]: named }
  }
  return { ...firstOf(said), ...own('authorId'), ...own('structureId'), ...identityOf(said), ...strictest(said) }
}

/** The first value of each field. */
function firstOf<T extends object>(all: readonly T[]): T {
  const values = new Map<string, unknown>()
  for (const [field, value] of all.flatMap((one) => Object.entries(one))) if (value !== undefined && !values.has(field)) values.set(field, value)
  return Object.fromEntries(values) as T
}

/** Fields that mean something together. */
const inOne: readonly (readonly (keyof NonNullable<Identity>)[])[] = [['ins', 'insOid'], ['localId', 'localIdOid'], ['birthName', 'usedName'], ['givenName', 'givenNames', 'usedGivenName']]

/** The patient of all of them, each trait as whoever says most of it writes it, who gives the INS before the others: the gate compares all that was said. */
function identityOf(said: readonly DocumentHints[]): Pick<DocumentHints, 'identity'> {
  const identities = said.flatMap(({ identity }) => identity ?? []).toSorted((one, other) => Number(Boolean(other.ins)) - Number(Boolean(one.ins)))
  if (identities.length === 0) return {}
  const teller = (field: keyof NonNullable<Identity>) => {
    const fields = inOne.find((group) => group.includes(field)) ?? [field]
    const told = (one: NonNullable<Identity>) => fields.filter((name) => one[name] !== undefined).length
    return identities.toSorted((one, other) => told(other) - told(one))[0]!
  }
  const fields = Object.keys(firstOf(identities)) as (keyof NonNullable<Identity>)[]
  return { identity: Object.fromEntries(fields.map((field) => [field, teller(field)[field]]).filter(([, value]) => value !== undefined)) }
}

/** Hidden from whoever one of them hides it from. */
function strictest(hints: readonly DocumentHints[]): Pick<DocumentHints, 'visibility'> {
  const said = hints.flatMap(({ visibility }) => visibility ?? [])
  if (said.length === 0) return {}
  const isAny = (field: keyof (typeof said)[number]) => said.some((one) => one[field] === true)
  return {
    visibility: {
      masked: isAny('masked'), hiddenFromPatient: isAny('hiddenFromPatient'), hiddenFromRepresentatives: isAny('hiddenFromRepresentatives'),
      ...(said.some(({ secretConnection }) => secretConnection !== undefined) ? { secretConnection: isAny('secretConnection') } : {}),
    },
  }
}

function withoutIdentity(hints: DocumentHints): DocumentHints {
  const { identity: _identity, ...rest } = hints
  return rest
}

type Identity = DocumentHints['identity']

/** Whether one of them names two, two of them another each, or the file's name nobody of theirs. */
function areTwoPatients(said: readonly DocumentHints[], named: Identity): boolean {
  if (said.some(({ refusal }) => refusal?.code === 'sidecar-two-patients')) return true
  // An index may say the same of one file on very many lines.
  const identities = [...new Map(said.flatMap(({ identity }) => (identity ? [[JSON.stringify(identity), identity]] : []))).values()]
  return identities.some((one, index) => isAnother(named, one) || identities.slice(0, index).some((other) => compareIdentities(one, other).differs.length > 0))
}

/** Whether a file's name cannot be of the patient its sidecar names. One of two names alone may be the used one, and its number may be the document's. */
function isAnother(named: Identity, said: NonNullable<Identity>): boolean {
  if (!named) return false
  const { localId: _localId, ...traits } = named
  const { differs } = compareIdentities(traits, said)
  return differs.some((trait) => trait !== 'birthName' && trait !== 'givenName') || differs.length > 1
}
