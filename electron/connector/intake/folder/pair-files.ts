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
  readonly readySince: number
  readonly entries: Result<readonly SidecarEntry[]>
}

export type DocumentPairing =
  | { readonly kind: 'take'; readonly hints: DocumentHints; readonly sidecars: readonly string[] }
  /** Until this instant, or until something changes in the folder. */
  | { readonly kind: 'wait'; readonly until: number }

/** Path of a document as a sidecar names it: relative to the sidecar's own folder, never out of the watched one. Null when it points outside. */
export function resolveNamed(sidecar: string, named: string): string | null {
  const parts = sidecar.split('/').slice(0, -1)
  const asked = named.replaceAll('\\', '/').trim()
  if (asked.startsWith('/') || /^[a-z]:/i.test(asked)) return null
  for (const part of asked.split('/')) {
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

/**
 * Whether a sidecar may be about the content its name holds now. Software writes both in one order: `gap` (the sidecar's time less its
 * document's, milliseconds) is compared with that of the content this name held before, null when this is the first; within `togetherMs` there is no order.
 */
export function isInOrder(gap: number, gapBefore: number | null, togetherMs: number): boolean {
  if (gapBefore === null) return true
  return gapBefore <= 0 ? gap <= togetherMs : gap >= -togetherMs
}

/** Entries of a sidecar about this document. */
export function entriesFor(sidecar: ReadySidecar, document: string): readonly SidecarEntry[] {
  if (!sidecar.entries.ok) return []
  return sidecar.entries.value.filter((entry) => (entry.file === null ? goesWith(sidecar.path, document) : resolveNamed(sidecar.path, entry.file) === comparable(document)))
}

/**
 * Decides what is said of a document: its sidecar when there is one, whatever the order they came in; otherwise, after the
 * profile's wait, its name; otherwise nothing, and the gate makes it wait for a person. Two patients for one file stop it. With `isLast` its
 * name is already announced for the next content: nothing is waited for.
 */
export function pairDocument(
  document: ReadyDocument,
  sidecars: readonly ReadySidecar[],
  { sidecarComing, isLast = false, now, profile }: { sidecarComing: boolean; isLast?: boolean; now: number; profile: SourceProfile },
): DocumentPairing {
  const about = sidecars.map((sidecar) => ({ sidecar, entries: entriesFor(sidecar, document.path) })).filter(({ entries }) => entries.length > 0)
  // One that stands beside it under its name was looked at too, even when it says nothing.
  const paths = sidecars.filter((sidecar) => about.some((one) => one.sidecar === sidecar) || goesWith(sidecar.path, document.path)).map(({ path }) => path)
  const entries = about.flatMap(({ entries }) => entries)
  if (entries.length > 0) {
    const patients = new Set(entries.map(({ hints }) => patientKey(hints)).filter((key) => key !== ''))
    const [first] = entries
    if (patients.size > 1) return { kind: 'take', sidecars: paths, hints: { ...withoutIdentity(first!.hints), refusal: { code: 'sidecar-two-patients', outcome: 'parked' } } }
    return { kind: 'take', sidecars: paths, hints: entries.find(({ hints }) => hints.refusal)?.hints ?? first!.hints }
  }
  const useless = sidecars.find((sidecar) => goesWith(sidecar.path, document.path) && (!sidecar.entries.ok || sidecar.entries.value.length === 0))
  if (useless) {
    const detail = useless.entries.ok ? 'none of its fields is known to the profile' : (useless.entries.failure.detail ?? 'unreadable')
    return { kind: 'take', sidecars: [useless.path], hints: { refusal: { code: 'sidecar-invalid', outcome: 'parked', detail } } }
  }
  if (isLast && (document.named || !document.needsSidecar)) return { kind: 'take', sidecars: [], hints: { refusal: { code: 'sidecar-invalid', outcome: 'parked', detail: 'its own was written over' } } }
  if (sidecarComing && !isLast) return { kind: 'wait', until: Number.POSITIVE_INFINITY }
  if (!document.needsSidecar) return { kind: 'take', hints: {}, sidecars: [] }
  const wait = document.named ? Math.min(profile.sidecar.waitSeconds, profile.sidecar.waitSecondsWhenNamed) : profile.sidecar.waitSeconds
  const until = document.readySince + (profile.sidecar.required ? profile.sidecar.waitSeconds : wait) * 1000
  if (profile.sidecar.formats.length > 0 && now < until && !isLast) return { kind: 'wait', until }
  if (profile.sidecar.required) return { kind: 'take', sidecars: [], hints: { refusal: { code: 'sidecar-missing', outcome: 'parked' } } }
  return { kind: 'take', sidecars: [], hints: document.named ?? authorOf(profile) }
}

function authorOf(profile: SourceProfile): DocumentHints {
  const { authorId, structureId } = profile.defaultAuthor ?? {}
  return { ...(authorId ? { authorId } : {}), ...(structureId ? { structureId } : {}) }
}

function withoutIdentity(hints: DocumentHints): DocumentHints {
  const { identity: _identity, ...rest } = hints
  return rest
}

/** What tells one patient from another: the INS when there is one. */
function patientKey({ identity }: DocumentHints): string {
  if (!identity) return ''
  if (identity.ins) return identity.ins
  return [identity.localId, identity.birthName, identity.givenName, identity.birthDate].map((part) => (part ?? '').normalize('NFC').toUpperCase()).join('|')
}
