import { constants } from 'node:fs'
import { open, realpath, type FileHandle } from 'node:fs/promises'
import path from 'node:path'

/** What the last look at a file saw; a read that finds otherwise is not believed. */
export interface Seen {
  readonly size: number
  readonly mtimeMs: number
}

export type ReadOutcome<T> =
  | { readonly kind: 'read'; readonly value: T }
  /** It is being written: look again. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'gone' }
  /** Locked or not allowed; `code` is the system's. */
  | { readonly kind: 'locked'; readonly code: string }
  /** Its real place is outside the watched folder. */
  | { readonly kind: 'outside' }

export interface Ends {
  readonly head: Buffer
  readonly tail: Buffer
}

const endLength = 65_536

/** The first and the last 64 kB of a file. */
export function readEnds(root: string, file: string, seen: Seen): Promise<ReadOutcome<Ends>> {
  return guarded(root, file, seen, async (handle) => {
    const head = await readAt(handle, 0, Math.min(seen.size, endLength))
    const tail = seen.size <= endLength ? head : await readAt(handle, seen.size - endLength, endLength)
    return { head, tail }
  })
}

/** The whole file; the caller has checked `seen.size` against its cap. */
export function readWhole(root: string, file: string, seen: Seen): Promise<ReadOutcome<Buffer>> {
  return guarded(root, file, seen, (handle) => readAt(handle, 0, seen.size))
}

/** The first 64 kB. */
export function readHead(root: string, file: string, seen: Seen): Promise<ReadOutcome<Buffer>> {
  return guarded(root, file, seen, (handle) => readAt(handle, 0, Math.min(seen.size, endLength)))
}

/** Opens for reading only, never through a link, and checks before and after that it is the file that was looked at. */
async function guarded<T>(root: string, file: string, seen: Seen, read: (handle: FileHandle) => Promise<T>): Promise<ReadOutcome<T>> {
  let handle: FileHandle | undefined
  try {
    const real = path.relative(await realpath(root), await realpath(path.dirname(file)))
    if (real === '..' || real.startsWith(`..${path.sep}`) || path.isAbsolute(real)) return { kind: 'outside' }
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
    if (!same(await handle.stat(), seen)) return { kind: 'changed' }
    const value = await read(handle)
    return same(await handle.stat(), seen) ? { kind: 'read', value } : { kind: 'changed' }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'gone' }
    if (code === 'ELOOP') return { kind: 'outside' }
    return { kind: 'locked', code }
  } finally {
    await handle?.close()
  }
}

function same(stats: { size: number; mtimeMs: number; isFile(): boolean }, seen: Seen): boolean {
  return stats.isFile() && stats.size === seen.size && stats.mtimeMs === seen.mtimeMs
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
