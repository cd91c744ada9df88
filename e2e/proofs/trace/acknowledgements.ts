import path from 'node:path'
import { actionOf } from './file-actions.ts'
import type { Call } from './strace-calls.ts'

/** A message that was sent, and the contents that must be kept of it. */
export interface SentMessage {
  readonly controlId: string
  readonly contents: readonly { readonly what: string; readonly sha256: string }[]
}

/** An acceptance (AA or CA) on its way out: `at` is where the program begins to write it. */
export interface Acknowledgement {
  readonly controlId: string
  readonly at: number
}

/** The acceptances a program wrote to its sockets, in the order they left. */
export function acknowledgementsIn(calls: readonly Call[]): Acknowledgement[] {
  return calls.flatMap((call) => {
    const [to, text] = call.arguments
    if (to?.kind !== 'file' || !to.path.startsWith('socket:') || text?.kind !== 'bytes') return []
    return [...text.bytes.toString('latin1').matchAll(/[\r\n]MSA\|(?:AA|CA)\|([^|\r\n]*)/g)].map(([, controlId]) => ({ controlId: controlId!, at: call.begin }))
  })
}

type Span = Pick<Call, 'begin' | 'end'>

/** When what happened to the files of a data folder, for many questions. */
export interface FileHistory {
  readonly writes: ReadonlyMap<string, readonly Span[]>
  readonly syncs: ReadonlyMap<string, readonly Span[]>
  /** By the name given. */
  readonly renames: ReadonlyMap<string, Span & { readonly from: string }>
  readonly madeFolders: ReadonlyMap<string, Span>
}

/** Reads the calls that succeeded on files under `root`. `forget` names syncs to be taken as never asked for. */
export function fileHistory(calls: readonly Call[], root: string, forget: (file: string) => boolean = () => false): FileHistory {
  const writes = new Map<string, Span[]>()
  const syncs = new Map<string, Span[]>()
  const renames = new Map<string, Span & { from: string }>()
  const madeFolders = new Map<string, Span>()
  const add = (to: Map<string, Span[]>, file: string, span: Span) => to.set(file, [...(to.get(file) ?? []), span])
  for (const call of calls) {
    const action = call.result === null || call.result < 0 ? null : actionOf(call, root)
    const span = { begin: call.begin, end: call.end }
    if (action?.kind === 'write') add(writes, action.path, span)
    if (action?.kind === 'sync' && !forget(action.path)) add(syncs, action.path, span)
    if (action?.kind === 'rename') renames.set(action.to, { ...span, from: action.from })
    if (action?.kind === 'make-folder') madeFolders.set(action.path, span)
  }
  return { writes, syncs, renames, madeFolders }
}

const log = 'relais.db-wal'

/**
 * Says in one sentence why an acknowledgement left too early; null when it did not. Before it begins to leave: each content was written,
 * synced, named, and its folder synced (so was the folder of each folder made for it); then a commit was written to the log, and a
 * sync of the log begun after that write had returned.
 */
export function whyTooEarly({ at }: Acknowledgement, message: SentMessage, history: FileHistory): string | null {
  let kept = 0
  for (const { what, sha256 } of message.contents) {
    const file = path.join('spool', sha256.slice(0, 2), sha256)
    const spooled = spooledAt(file, at, history)
    if (typeof spooled === 'string') return `${what}: ${spooled}`
    kept = Math.max(kept, spooled)
  }
  const committed = (history.writes.get(log) ?? []).filter((write) => write.begin > kept && write.end < at)
  if (committed.length === 0) return 'nothing was written to the log between the spooled bytes and the acknowledgement'
  const synced = committed.some((write) => syncAfter(log, write.end, at, history) !== null)
  return synced ? null : 'the log was written and not synced before the acknowledgement'
}

/** Where in the trace a content was surely kept, or what is missing for it. */
function spooledAt(file: string, before: number, { writes, syncs, renames, madeFolders }: FileHistory): number | string {
  const renamed = renames.get(file)
  if (!renamed || renamed.end >= before) return 'not in the spool before the acknowledgement'
  const written = (writes.get(renamed.from) ?? []).filter((write) => write.begin < renamed.begin)
  if (written.length === 0) return 'nothing was written in its spool file'
  const lastWrite = Math.max(...written.map((write) => write.end))
  if (!(syncs.get(renamed.from) ?? []).some((sync) => sync.begin > lastWrite && sync.end < renamed.begin)) return 'its spool file was named before it was synced'
  const folderSync = syncAfter(path.dirname(file), renamed.end, before, { syncs })
  if (folderSync === null) return 'the folder of its spool file was not synced before the acknowledgement'
  let kept = folderSync
  for (let folder = path.dirname(file); folder !== '.'; folder = path.dirname(folder)) {
    const made = madeFolders.get(folder)
    if (!made) continue
    const parent = path.dirname(folder)
    const parentSync = syncAfter(parent === '.' ? '' : parent, made.end, before, { syncs })
    if (parentSync === null) return `the folder ${folder} was made and the one it is in was not synced before the acknowledgement`
    kept = Math.max(kept, parentSync)
  }
  return kept
}

/** Where the first sync of `file` that began after `after` and returned before `before` returned. */
function syncAfter(file: string, after: number, before: number, { syncs }: Pick<FileHistory, 'syncs'>): number | null {
  return (syncs.get(file) ?? []).find((sync) => sync.begin > after && sync.end < before)?.end ?? null
}
