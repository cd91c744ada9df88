import path from 'node:path'
import type { Random } from '../random.ts'
import type { Call } from './strace-calls.ts'
import { actionOf, type FileAction } from './file-actions.ts'

/** A file of an image of the disk. */
export interface ImageFile {
  readonly path: string
  /** To be used before the disk is fed again: what is synced is changed in place. */
  readonly bytes: Buffer
  /** Names these very bytes when all of them were synced: the same in every later image. Null when chance had a part in them. */
  readonly settled: string | null
}

/** What becomes of what was never synced. */
export interface PowerCut {
  /** Disks write sectors, whole or not at all: 512 or 4,096 bytes. */
  readonly sector: number
  /** `nothing` unsynced survives, `everything` does, or a part of it. */
  readonly keeps: 'nothing' | 'everything' | number
  readonly random: Random
}

type Change = { readonly begin: number; end: number } & ({ readonly offset: number; bytes: Buffer } | { readonly length: number })

interface Inode {
  readonly id: number
  /** Times its synced content changed. */
  version: number
  synced: Buffer
  /** Written and not synced since, oldest first. */
  pending: Change[]
  /** Its length as the program sees it. */
  size: number
}

interface EntryChange {
  readonly name: string
  readonly target: Node | null
  readonly end: number
}

interface Folder {
  readonly id: number
  readonly synced: Map<string, Node>
  readonly current: Map<string, Node>
  pending: EntryChange[]
}

type Node = { readonly file: Inode } | { readonly folder: Folder }

/** How often an unsynced sector that was being written holds noise. */
const noise = 0.02

/**
 * A disk fed with the recorded calls of a program, that tells what may be on it if the power goes now. It promises as little as a
 * disk can: bytes are there for certain when a sync of their file, begun after they were written, has returned; a name (made,
 * renamed or removed) when a sync of its folder has. The rest may be there or not, sector by sector and name by name, in any order.
 */
export class SimulatedDisk {
  readonly #root: string
  readonly #top: Folder = { id: 0, synced: new Map(), current: new Map(), pending: [] }
  readonly #positions = new Map<string, number | 'end'>()
  readonly #writing = new Map<Call, Change>()
  #ids = 0

  constructor(root: string) {
    this.#root = root
  }

  /** A call begins: from now on, what it writes may be on the disk. */
  begin(call: Call): void {
    const action = actionOf(call, this.#root)
    if (action?.kind === 'write') this.#beginWrite(call, action)
  }

  /** A call returned. */
  end(call: Call): void {
    if (this.#writing.has(call)) {
      this.#endWrite(call)
      return
    }
    if (call.result === null || call.result < 0) return
    const action = actionOf(call, this.#root)
    if (action && action.kind !== 'write') this.#act(action, call)
  }

  /** The files on the disk after a power cut now. */
  image(cut: PowerCut): ImageFile[] {
    return filesIn(this.#top, '', cut)
  }

  #beginWrite(call: Call, action: FileAction & { kind: 'write' }): void {
    if (call.result !== null && call.result < 0) return
    // What was removed has no name to be found by.
    const inode = this.#find(action.path)
    if (!inode || !('file' in inode)) return
    const position = action.offset ?? this.#positions.get(positionKey(action.descriptor, inode.file))
    if (position === undefined) throw new Error(`${action.path} is written to and was never seen opened`)
    const offset = position === 'end' ? inode.file.size : position
    const change = { begin: call.begin, end: Number.POSITIVE_INFINITY, offset, bytes: action.bytes }
    inode.file.pending.push(change)
    inode.file.size = Math.max(inode.file.size, offset + action.bytes.length)
    if (action.offset === null && position !== 'end') this.#positions.set(positionKey(action.descriptor, inode.file), offset + action.bytes.length)
    this.#writing.set(call, change)
  }

  #endWrite(call: Call): void {
    const change = this.#writing.get(call)!
    this.#writing.delete(call)
    if ('bytes' in change && call.result !== change.bytes.length) throw new Error(`A write of ${change.bytes.length} bytes took only ${call.result}: not modelled`)
    change.end = call.end
  }

  #act(action: Exclude<FileAction, { kind: 'write' }>, call: Call): void {
    switch (action.kind) {
      case 'open': {
        let node = this.#find(action.path)
        if (!node && action.create) {
          node = { file: { id: (this.#ids += 1), version: 0, synced: Buffer.alloc(0), pending: [], size: 0 } }
          this.#enter(action.path, node, call)
        }
        if (!node || !('file' in node)) throw new Error(`${action.path} is opened and was never seen made`)
        if (action.empty) this.#cut(node.file, 0, call)
        this.#positions.set(positionKey(action.descriptor, node.file), action.append ? 'end' : 0)
        return
      }
      case 'truncate': {
        const node = this.#find(action.path)
        if (node && 'file' in node) this.#cut(node.file, action.length, call)
        return
      }
      case 'sync': {
        const node = action.path === '' ? { folder: this.#top } : this.#find(action.path)
        if (!node) return
        if ('file' in node) syncFile(node.file, call.begin)
        else syncFolder(node.folder, call.begin)
        return
      }
      case 'link':
      case 'rename': {
        const node = this.#find(action.from)
        if (!node) throw new Error(`${action.from} is named anew and was never seen made`)
        this.#enter(action.to, node, call)
        if (action.kind === 'rename') this.#enter(action.from, null, call)
        return
      }
      case 'remove':
        this.#enter(action.path, null, call)
        return
      case 'make-folder':
        // The folder looked at is there from the first: who made it answers for it.
        if (action.path !== '') this.#enter(action.path, { folder: { id: (this.#ids += 1), synced: new Map(), current: new Map(), pending: [] } }, call)
    }
  }

  #cut(inode: Inode, length: number, call: Call): void {
    if (inode.size === length) return
    inode.pending.push({ begin: call.begin, end: call.end, length })
    inode.size = length
  }

  #find(file: string): Node | null {
    const folder = this.#folderOf(file)
    return folder?.current.get(path.basename(file)) ?? null
  }

  #folderOf(file: string): Folder | null {
    let folder = this.#top
    for (const part of path.dirname(file).split(path.sep)) {
      if (part === '.') continue
      const next = folder.current.get(part)
      if (!next || !('folder' in next)) return null
      folder = next.folder
    }
    return folder
  }

  #enter(file: string, target: Node | null, call: Call): void {
    const folder = this.#folderOf(file)
    if (!folder) throw new Error(`The folder of ${file} was never seen made`)
    const name = path.basename(file)
    if (target) folder.current.set(name, target)
    else folder.current.delete(name)
    folder.pending.push({ name, target, end: call.end })
  }
}

function positionKey(descriptor: number, inode: Inode): string {
  return `${descriptor}:${inode.id}`
}

/** What had returned before the sync began is on the disk; what was still being written is not promised. */
function syncFile(inode: Inode, begin: number): void {
  const covered = inode.pending.filter((change) => change.end < begin)
  if (covered.length === 0) return
  inode.pending = inode.pending.filter((change) => change.end >= begin)
  inode.synced = applied(inode.synced, covered)
  inode.version += 1
}

function syncFolder(folder: Folder, begin: number): void {
  for (const change of folder.pending.filter(({ end }) => end < begin)) {
    if (change.target) folder.synced.set(change.name, change.target)
    else folder.synced.delete(change.name)
  }
  folder.pending = folder.pending.filter(({ end }) => end >= begin)
}

function filesIn(folder: Folder, where: string, cut: PowerCut): ImageFile[] {
  const entries = new Map(folder.synced)
  for (const [name, changes] of Map.groupBy(folder.pending, ({ name }) => name)) {
    const kept = survivors(changes.length, cut)
    if (kept === 0) continue
    const { target } = changes[kept - 1]!
    if (target) entries.set(name, target)
    else entries.delete(name)
  }
  return [...entries].flatMap(([name, node]): ImageFile[] => {
    const file = path.join(where, name)
    if ('folder' in node) return filesIn(node.folder, file, cut)
    const settled = node.file.pending.length === 0
    return [{ path: file, bytes: settled ? node.file.synced : contentAfter(node.file, cut), settled: settled ? `${node.file.id}.${node.file.version}` : null }]
  })
}

/** Of `count` changes made one over the other, how many the disk has: the last it has is the one seen. */
function survivors(count: number, { keeps, random }: PowerCut): number {
  if (keeps === 'nothing') return 0
  if (keeps === 'everything') return count
  return random.chance(keeps) ? count : random.between(0, count - 1)
}

/** A file's bytes when every unsynced sector, and its length, went its own way. */
function contentAfter(inode: Inode, cut: PowerCut): Buffer {
  if (cut.keeps === 'nothing') return inode.synced
  if (cut.keeps === 'everything') return changed(inode.synced, inode.pending)
  const { sector, random } = cut
  const lengths = [inode.synced.length]
  for (const change of inode.pending) {
    const before = lengths.at(-1)!
    const after = 'length' in change ? change.length : Math.max(before, change.offset + change.bytes.length)
    if (after !== before) lengths.push(after)
  }
  const content = Buffer.alloc(Math.max(...lengths))
  inode.synced.copy(content)

  const sectorsOf = (change: Change): [first: number, last: number] =>
    'length' in change
      ? [Math.floor(change.length / sector), Math.ceil(content.length / sector) - 1]
      : [Math.floor(change.offset / sector), Math.ceil((change.offset + change.bytes.length) / sector) - 1]
  const touched = new Map<number, number>()
  for (const change of inode.pending) {
    const [first, last] = sectorsOf(change)
    for (let index = first; index <= last; index += 1) touched.set(index, (touched.get(index) ?? 0) + 1)
  }
  const left = new Map([...touched].map(([index, count]) => [index, survivors(count, cut)]))
  for (const change of inode.pending) {
    const [first, last] = sectorsOf(change)
    for (let index = first; index <= last; index += 1) {
      const remaining = left.get(index)!
      if (remaining === 0) continue
      left.set(index, remaining - 1)
      const start = index * sector
      if ('length' in change) {
        content.fill(0, Math.max(start, change.length), Math.min(start + sector, content.length))
        continue
      }
      const from = Math.max(start, change.offset)
      const to = Math.min(start + sector, change.offset + change.bytes.length)
      change.bytes.copy(content, from, from - change.offset, to - change.offset)
      if (remaining === 1 && random.chance(noise)) for (let at = from; at < to; at += 1) content[at] = random.between(0, 255)
    }
  }
  return content.subarray(0, lengths[survivors(lengths.length - 1, cut)])
}

/** Synced bytes after changes applied whole, one after the other. */
function applied(before: Buffer, changes: readonly Change[]): Buffer {
  // The log and the database keep their length most of the time: no copy of them for each commit.
  const sameLength = changes.every((change) => 'bytes' in change && change.offset + change.bytes.length <= before.length)
  if (sameLength) {
    for (const change of changes) if ('bytes' in change) change.bytes.copy(before, change.offset)
    return before
  }
  return changed(before, changes)
}

/** The same in a copy. */
function changed(before: Buffer, changes: readonly Change[]): Buffer {
  let length = before.length
  let longest = length
  for (const change of changes) {
    length = 'length' in change ? change.length : Math.max(length, change.offset + change.bytes.length)
    longest = Math.max(longest, length)
  }
  const content = Buffer.alloc(longest)
  before.copy(content)
  for (const change of changes) {
    if ('length' in change) content.fill(0, change.length)
    else change.bytes.copy(content, change.offset)
  }
  return content.subarray(0, length)
}
