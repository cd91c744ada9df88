import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { sharedRuns, syncDirectory, syncDirectoryLater } from './folder-sync.ts'
import { giveBack } from './give-back.ts'
import type { StoreKey } from './key.ts'
import { milestone } from './milestones.ts'
import { removeDrafts, writeSynced } from './write-synced.ts'

/**
 * The bytes of documents, one encrypted file for each content, named after its SHA-256. Kept beside the database so that
 * the database stays small. AES-256-GCM: a changed byte is an error, never a changed document.
 */
export interface Spool {
  /** Stores the bytes; when it returns they are on the disk (file and folder synced). The same content again costs one look. */
  put(bytes: Uint8Array): Spooled
  /** `put` that lets the program go on meanwhile: the same promise, held when it resolves. Safe for the same content at the same time. */
  store(bytes: Uint8Array): Promise<Spooled>
  /** The exact bytes, the caller's own; throws `ContentLost` when they are missing or were altered. */
  get(sha256: string): Buffer
  /** `get` that lets the program go on meanwhile. */
  read(sha256: string): Promise<Buffer>
  has(sha256: string): boolean
  /** What lies here that the caller does not know, oldest first: after a return to an older database, what it forgot. */
  orphans(known: ReadonlySet<string>): Promise<Orphan[]>
}

/** A spool of what can be had again where it came from. The outbox's has no removal at all. */
export interface ErasableSpool extends Spool {
  /** Takes a content away, if it is there. Not synced: whoever forgets a content looks, at each start, for what a crash left of it. */
  remove(sha256: string): void
}

export interface Spooled {
  readonly sha256: string
  readonly size: number
}

/** What was stored is not there any more, or is not what was stored: no second try brings it back. */
export class ContentLost extends Error {
  override readonly name = 'ContentLost'
}

/** A content nobody claims. `storedAt` in milliseconds. */
export interface Orphan extends Spooled {
  readonly storedAt: number
}

const nonceLength = 12
const tagLength = 16
const sealLength = nonceLength + tagLength

/** Opens the spool folder; its key is derived from the store's. Half-written files of a crash are removed. */
export function openSpool(directory: string, storeKey: StoreKey): Spool {
  const key = sealingKey(storeKey)
  const drafts = path.join(directory, 'tmp')
  fs.mkdirSync(drafts, { recursive: true, mode: 0o700 })
  // In the first life of a data folder all that is acknowledged rests on this name.
  syncDirectory(path.dirname(directory))
  for (const name of fs.readdirSync(drafts)) fs.rmSync(path.join(drafts, name))
  const folders = new Set<string>()
  const storing = new Map<string, Promise<void>>()
  const folderSyncs = new Map<string, () => Promise<void>>()
  const fileOf = (sha256: string) => fileIn(directory, sha256)
  const draftOf = (sha256: string) => path.join(drafts, `${sha256}.${randomBytes(4).toString('hex')}`)

  /** What a disk that failed left of a file is no content: it is written anew by what comes again. */
  function holds(sha256: string, size: number): boolean {
    const file = fileOf(sha256)
    return isWhole(file, size) && opened(key, sha256, fs.readFileSync(file)) !== null
  }
  const isWhole = (file: string, size: number) => fs.statSync(file, { throwIfNoEntry: false })?.size === size + sealLength

  /** A file found here may have been named by a program that was killed before the folder was synced: once a folder, it is. */
  function ensureFolder(folder: string): void {
    if (folders.has(folder)) return
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    syncDirectory(directory)
    syncDirectory(folder)
    folders.add(folder)
  }

  function syncShared(folder: string): Promise<void> {
    let run = folderSyncs.get(folder)
    if (!run) folderSyncs.set(folder, (run = sharedRuns(() => syncDirectoryLater(folder))))
    return run()
  }

  /** Syncs what was named in a folder, now and by a former run. */
  async function syncFolder(folder: string): Promise<void> {
    await syncShared(folder)
    folders.add(folder)
  }

  async function write(sha256: string, bytes: Uint8Array): Promise<void> {
    const file = fileOf(sha256)
    const folder = path.dirname(file)
    const known = folders.has(folder)
    // As `ensureFolder` does, without holding the program up.
    if (!known) {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
      await syncShared(directory)
    }
    if (isWhole(file, bytes.byteLength) && opened(key, sha256, await fs.promises.readFile(file)) !== null) {
      if (!known) await syncFolder(folder)
      return
    }
    const draft = draftOf(sha256)
    milestone('spool:before-write')
    try {
      const handle = await fs.promises.open(draft, 'wx', 0o600)
      try {
        for (const piece of seal(key, sha256, bytes)) {
          await handle.writeFile(piece)
          giveBack(piece)
        }
        milestone('spool:after-write')
        await handle.sync()
        milestone('spool:after-sync')
      } finally {
        await handle.close()
      }
      await fs.promises.rename(draft, file)
    } catch (error) {
      await fs.promises.rm(draft, { force: true })
      throw error
    }
    milestone('spool:after-rename')
    await syncFolder(folder)
    milestone('spool:after-folder-sync')
  }

  return {
    put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const file = fileOf(sha256)
      const folder = path.dirname(file)
      ensureFolder(folder)
      if (holds(sha256, bytes.byteLength)) {
        // It may have its name since a moment, from a `store` that has not synced the folder yet.
        if (storing.has(sha256)) syncDirectory(folder)
        return { sha256, size: bytes.byteLength }
      }
      const draft = draftOf(sha256)
      milestone('spool:before-write')
      try {
        const descriptor = fs.openSync(draft, 'wx', 0o600)
        try {
          // Not writevSync: on a full disk it writes a part and says so only by its result.
          for (const piece of seal(key, sha256, bytes)) {
            fs.writeFileSync(descriptor, piece)
            giveBack(piece)
          }
          milestone('spool:after-write')
          fs.fsyncSync(descriptor)
          milestone('spool:after-sync')
        } finally {
          fs.closeSync(descriptor)
        }
        fs.renameSync(draft, file)
      } catch (error) {
        // A full disk is tried again and again: what was written of each try would fill it for good.
        fs.rmSync(draft, { force: true })
        throw error
      }
      milestone('spool:after-rename')
      syncDirectory(folder)
      milestone('spool:after-folder-sync')
      return { sha256, size: bytes.byteLength }
    },
    async store(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      let task = storing.get(sha256)
      if (!task) {
        task = write(sha256, bytes).finally(() => storing.delete(sha256))
        storing.set(sha256, task)
      }
      await task
      return { sha256, size: bytes.byteLength }
    },
    get(sha256) {
      try {
        return unseal(key, sha256, fs.readFileSync(fileOf(sha256)))
      } catch (error) {
        throw asLost(error)
      }
    },
    async read(sha256) {
      try {
        return unseal(key, sha256, await fs.promises.readFile(fileOf(sha256)))
      } catch (error) {
        throw asLost(error)
      }
    },
    has: (sha256) => fs.existsSync(fileOf(sha256)),
    async orphans(known) {
      const found: Orphan[] = []
      for (const folder of await fs.promises.readdir(directory)) {
        if (folder.length !== 2) continue
        for (const sha256 of await fs.promises.readdir(path.join(directory, folder))) {
          if (known.has(sha256)) continue
          const { size, mtimeMs } = await fs.promises.stat(fileOf(sha256))
          found.push({ sha256, size: size - sealLength, storedAt: mtimeMs })
        }
      }
      return found.sort((one, other) => one.storedAt - other.storedAt)
    },
  }
}

/** `openSpool` for contents that do not stay. */
export function openErasableSpool(directory: string, storeKey: StoreKey): ErasableSpool {
  return { ...openSpool(directory, storeKey), remove: (sha256) => fs.rmSync(fileIn(directory, sha256), { force: true }) }
}

function fileIn(directory: string, sha256: string): string {
  return path.join(directory, sha256.slice(0, 2), sha256)
}

/** Seals every content that opens with `from` under `to`, file by file; gives those that open with neither. */
export function resealSpool(directory: string, { from, to }: { readonly from: StoreKey; readonly to: StoreKey }): string[] {
  if (!fs.existsSync(directory)) return []
  const left: string[] = []
  const keys = { from: sealingKey(from), to: sealingKey(to) }
  for (const folder of fs.readdirSync(directory).filter((name) => name.length === 2)) {
    for (const sha256 of contentsIn(path.join(directory, folder))) {
      const file = path.join(directory, folder, sha256)
      const stored = fs.readFileSync(file)
      const bytes = opened(keys.from, sha256, stored)
      if (bytes) writeSynced(file, Buffer.concat(seal(keys.to, sha256, bytes)))
      else if (!opened(keys.to, sha256, stored)) left.push(file)
    }
  }
  return left
}

/** Its contents by name, once the drafts of an interrupted change of key are removed. */
function contentsIn(folder: string): string[] {
  removeDrafts(folder)
  return fs.readdirSync(folder)
}

/** The content, or null when the file does not open with this key. */
function opened(key: Buffer, sha256: string, stored: Buffer): Buffer | null {
  try {
    return unseal(key, sha256, stored)
  } catch {
    return null
  }
}

function sealingKey(storeKey: StoreKey): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(storeKey, 'hex'), Buffer.alloc(0), 'relais spool', 32))
}

/** The file of a content, in two pieces: what stands before it, and the content itself, which is not copied once more. */
function seal(key: Buffer, sha256: string, bytes: Uint8Array): readonly [Buffer, Buffer] {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(sha256))
  const body = cipher.update(bytes)
  // Of a stream cipher the end gives no more bytes: it seals.
  cipher.final()
  return [Buffer.concat([nonce, cipher.getAuthTag()]), body]
}

/** Throws `ContentLost` when the file is not what was sealed. */
function unseal(key: Buffer, sha256: string, stored: Buffer): Buffer {
  if (stored.length < sealLength) throw new ContentLost('cut short')
  const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, nonceLength), { authTagLength: tagLength })
  decipher.setAAD(Buffer.from(sha256))
  decipher.setAuthTag(stored.subarray(nonceLength, sealLength))
  const bytes = decipher.update(stored.subarray(sealLength))
  try {
    decipher.final()
  } catch {
    throw new ContentLost('altered')
  }
  giveBack(stored)
  return bytes
}

function asLost(error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new ContentLost('missing') : error
}
