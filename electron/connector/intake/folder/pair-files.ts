import type { DocumentHints } from '../../documents/index.ts'
import type { Result } from '#shared/contract/index.ts'
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
  return sidecar.entries.value.filter((entry) => (entry.file === null ? goesWith(sidecar.path, document) : resolveNamed(sidecar.path, entry.file) === comparable(document)))
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
  const about = sidecars.toSorted((one, other) => (one.path < other.path ? -1 : 1)).map((sidecar) => ({ sidecar, entries: entriesFor(sidecar, document.path) })).filter(({ entries }) => entries.length > 0)
  // One that stands beside it under its name was looked at too, even when it says nothing.
  const paths = sidecars.filter((sidecar) => about.some((one) => one.sidecar === sidecar) || goesWith(sidecar.path, document.path)).map(({ path }) => path)
  const entries = about.flatMap(({ entries }) => entries)
  if (entries.length > 0) {
    const patients = new Set(entries.map(({ hints }) => patientKey(hints)).filter((key) => key !== ''))
    const [first] = entries
    if (patients.size > 1 || entries.some(({ hints }) => isAnother(document.named?.identity, hints.identity))) return { kind: 'take', sidecars: paths, hints: { ...withoutIdentity(first!.hints), refusal: { code: 'sidecar-two-patients', outcome: 'parked' } } }
    const types = new Set(entries.flatMap(({ hints }) => hints.typeCode ?? []))
    if (types.size > 1) return { kind: 'take', sidecars: paths, hints: { ...first!.hints, refusal: { code: 'sidecar-invalid', outcome: 'parked', detail: `two types: ${[...types].sort().join(', ')}` } } }
    return { kind: 'take', sidecars: paths, hints: { ...(entries.find(({ hints }) => hints.refusal)?.hints ?? first!.hints), ...strictest(entries) } }
  }
  const useless = sidecars.find((sidecar) => goesWith(sidecar.path, document.path) && (!sidecar.entries.ok || sidecar.entries.value.length === 0))
  if (useless) {
    const detail = useless.entries.ok ? 'none of its fields is known to the profile' : (useless.entries.failure.detail ?? 'unreadable')
    return { kind: 'take', sidecars: [useless.path], hints: { refusal: { code: 'sidecar-invalid', outcome: 'parked', detail } } }
  }
  if (sidecarComing) return { kind: 'wait', until: Number.POSITIVE_INFINITY }
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

/** Hidden from whoever one of them hides it from. */
function strictest(entries: readonly SidecarEntry[]): Pick<DocumentHints, 'visibility'> {
  const said = entries.flatMap(({ hints }) => hints.visibility ?? [])
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

/** Whether a file's name cannot be of the patient its sidecar names. One of two names alone may be the used one. */
function isAnother(named: Identity, said: Identity): boolean {
  if (!named || !said) return false
  const differs = (one: string | undefined, ...others: readonly (string | undefined)[]) => {
    const told = others.flatMap((other) => (other ? folded(other) : []))
    return Boolean(one) && told.length > 0 && !told.includes(folded(one!))
  }
  if (differs(named.ins, said.ins) || differs(named.birthDate, said.birthDate)) return true
  return differs(named.birthName, said.birthName, said.usedName) && differs(named.givenName, said.givenName, said.usedGivenName)
}

/** Without case, accents, blanks and what joins names. */
const folded = (text: string) => text.normalize('NFD').replaceAll(/[\p{M}\s'’-]/gu, '').toUpperCase()

/** What tells one patient from another: the INS when there is one. */
function patientKey({ identity }: DocumentHints): string {
  if (!identity) return ''
  if (identity.ins) return identity.ins
  return [identity.localId, identity.birthName, identity.givenName, identity.birthDate].map((part) => folded(part ?? '')).join('|')
}
