import type { Stats } from 'node:fs'
import type { DocumentHints } from '../../documents/index.ts'
import type { ReadySidecar } from './pair-files.ts'
import type { FileKind } from './recognise-file.ts'

/** A file as followed from look to look. */
export interface Look {
  /** Relative to the watched folder, `/` between parts. */
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  firstSeen: number
  /** Since when size and time are these. */
  since: number
  /** At least one look after `since` saw the same. */
  looks: number
  settled: boolean
  kind: FileKind | null
  end: 'complete' | 'incomplete' | 'unmarked' | null
  readySince: number | null
  /** It was whole once, whatever has been seen of it since. */
  wasWhole: boolean
  sidecar: ReadySidecar | null
  named: DocumentHints | null
  /** Sidecars it was taken with, as `path|size|mtime`. Null when it was taken before this watch began. */
  takenWith: ReadonlySet<string> | null
  /** SHA-256 of its bytes, once they were read. */
  digest: string | null
  /** Its path held other bytes before, which were taken. Known once it was read. */
  isUsedAgain: boolean
  /** Its bytes, while it waits for its sidecar, its end or room. */
  copy: Buffer | null
  /** Its bytes were read before it was ready, kept or not. */
  wasRead: boolean
  /** Other bytes stood under this name before in this watch, and nobody took them. */
  isOverwritten: boolean
  /** What stood under this name before in this watch, not whole: its own beginning, or another content. Known once this one is read. */
  formers: readonly Look[]
  /** Another content of this name was seen in this watch. */
  readonly isNameUsed: boolean
  /** Digest of the cut document that this name was taken with last. */
  readonly cutDigest: string | null
  /** Other paths it had while it waited. */
  formerPaths: readonly string[]
  /** The file itself, whatever its name. */
  readonly inode: number
  /** Digest of what was said of it when it was taken. */
  said: string | null
  /** The sidecar because of which it goes again. */
  againFor: Look | null
  /** Nothing beside it can change what was said of it: refused without being read, or an HL7 file. */
  final: boolean
  /** Of a sidecar: documents sent again because of it, by `keyOf`. Each goes again once. */
  readonly sentAgain: Set<string>
  /** Of a sidecar: how many of its documents had not come when it was last looked at. */
  missing: number | null
  /** Seen by the first listing of this watch. */
  readonly fromStart: boolean
  retryAt: number
  failures: number
  failingSince: number | null
  /** Exceptions met on it, one after the other. */
  crashes: number
  reported: boolean
  /** A link or a special file. */
  readonly link: boolean
  hardLink: boolean
}

/** The first look at a file, or at what it has become. */
export function firstLook(path: string, stats: Pick<Stats, 'size' | 'mtimeMs' | 'nlink' | 'ino' | 'isFile'>, before: Look | undefined, { at, fromStart }: { at: number; fromStart: boolean }): Look {
  const followed = before !== undefined && !before.settled
  return {
    path,
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    firstSeen: followed ? before.firstSeen : at,
    since: at,
    looks: 0,
    settled: false,
    kind: null,
    end: null,
    readySince: null,
    wasWhole: false,
    sidecar: null,
    crashes: 0,
    named: null,
    takenWith: null,
    said: null,
    digest: null,
    isUsedAgain: false,
    copy: null,
    wasRead: false,
    isOverwritten: before !== undefined && (before.isOverwritten || (followed && before.wasWhole)),
    formers: followed ? [...before.formers, ...(before.wasWhole || before.size === 0 ? [] : [before])] : [],
    cutDigest: followed ? before.cutDigest : before?.end === 'incomplete' ? before.digest : null,
    isNameUsed: before !== undefined,
    formerPaths: followed ? before.formerPaths : [],
    inode: stats.ino,
    againFor: null,
    final: false,
    sentAgain: new Set(),
    missing: null,
    fromStart,
    retryAt: 0,
    failures: 0,
    failingSince: null,
    reported: followed && before.reported,
    link: !stats.isFile(),
    hardLink: stats.nlink > 1,
  }
}

/** Moves what was noted of a file with the clock, in milliseconds. */
export function shiftLook(look: Look, ms: number): void {
  look.firstSeen += ms
  look.since += ms
  look.retryAt += ms
  if (look.readySince !== null) look.readySince += ms
  if (look.failingSince !== null) look.failingSince += ms
}

/** This content of this file, as far as a look can tell. */
export function keyOf(look: Look): string {
  return `${look.path}|${look.size}|${look.mtimeMs}`
}

/** Name without its folders. */
export function fileNameOf(look: Look): string {
  return look.path.slice(look.path.lastIndexOf('/') + 1)
}
