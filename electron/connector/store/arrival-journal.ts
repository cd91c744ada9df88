import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { syncDirectoryLater } from './folder-sync.ts'
import type { StoreKey } from './key.ts'
import { removeDrafts, writeSynced } from './write-synced.ts'

/**
 * What came in since the last two copies of the database, kept outside it: when the database is destroyed, its copy and this journal
 * together know every document that was acknowledged. One sealed record (AES-256-GCM) after the other, appended only.
 */
export interface ArrivalJournal {
  /** Writes one record (a JSON value); it is on the disk when this resolves. Calls made together share a sync. */
  append(record: unknown): Promise<void>
  /**
   * Every record since before the older of the two copies, oldest first. Some are already in the database, and one may never have been
   * acknowledged: the reader skips what it knows. `onUnreadable` is told of each stretch of bytes in which nothing could be read.
   */
  readSince(onUnreadable?: (what: Unreadable) => void): Generator
  /** To be called after each copy of the database: begins a new stretch, and forgets what both copies hold. */
  rotate(): Promise<void>
  /** Is there any record? */
  isEmpty(): boolean
  /** Resolves when what was appended is on the disk and the file is closed. */
  close(): Promise<void>
}

/**
 * `unfinished`: the end of a file that stops within a record, as a crash leaves it while nobody has been told yet. `damaged`: anything else;
 * what was told to somebody is gone.
 */
export type Unreadable = 'damaged' | 'unfinished'

const magic = Buffer.from('RJ1\n')
const lengthLength = 4
const nonceLength = 12
const tagLength = 16
const headLength = magic.length + lengthLength + nonceLength + tagLength
/**
 * The stretch under way and the two before it. A stretch begins after a copy was taken, so what came while the older copy was being
 * taken lies in the first of the three.
 */
const stretchesKept = 3

interface Waiting {
  readonly sealed: Buffer
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Opens the journal of a data folder. Each start writes to a file of its own, made at the first record. */
export function openArrivalJournal(directory: string, storeKey: StoreKey): ArrivalJournal {
  const key = sealingKey(storeKey)
  let stretch = partsIn(directory).at(-1)?.stretch ?? 1
  let waiting: Waiting[] = []
  let file: { handle: fs.promises.FileHandle; end: number } | null = null
  // All that touches the file goes through here, one after the other.
  let last: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const run = last.then(work)
    last = run.catch(() => undefined)
    return run
  }

  async function openPart(): Promise<{ handle: fs.promises.FileHandle; end: number }> {
    await fs.promises.mkdir(directory, { recursive: true, mode: 0o700 })
    const before = partsIn(directory).findLast((part) => part.stretch === stretch)?.part ?? 0
    const handle = await fs.promises.open(path.join(directory, partName({ stretch, part: before + 1 })), 'wx', 0o600)
    await syncDirectoryLater(directory)
    await syncDirectoryLater(path.dirname(directory))
    return { handle, end: 0 }
  }

  async function closePart(): Promise<void> {
    const closing = file
    file = null
    await closing?.handle.close()
  }

  async function flush(): Promise<void> {
    const batch = waiting
    if (batch.length === 0) return
    waiting = []
    try {
      file ??= await openPart()
      const bytes = Buffer.concat(batch.map(({ sealed }) => sealed))
      for (let done = 0; done < bytes.length; ) {
        done += (await file.handle.write(bytes, done, bytes.length - done, file.end + done)).bytesWritten
      }
      await file.handle.datasync()
      file.end += bytes.length
      for (const { resolve } of batch) resolve()
    } catch (error) {
      // After a failed sync the system may take the same bytes for written: the next record goes to a new file.
      const half = file
      await half?.handle.truncate(half.end).catch(() => undefined)
      await closePart().catch(() => undefined)
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    append(record) {
      const sealed = seal(key, Buffer.from(JSON.stringify(record)))
      return new Promise((resolve, reject) => {
        waiting.push({ sealed, resolve, reject })
        void inTurn(flush)
      })
    },
    *readSince(onUnreadable = () => undefined) {
      for (const part of partsIn(directory)) {
        yield* readRecords(key, fs.readFileSync(path.join(directory, partName(part))), onUnreadable)
      }
    },
    rotate: () =>
      inTurn(async () => {
        await closePart()
        if (partsIn(directory).some((part) => part.stretch === stretch)) stretch++
        for (const part of partsIn(directory)) {
          if (part.stretch <= stretch - stretchesKept) await fs.promises.rm(path.join(directory, partName(part)))
        }
      }),
    isEmpty: () => partsIn(directory).every((part) => fs.statSync(path.join(directory, partName(part))).size === 0),
    close: () => inTurn(closePart),
  }
}

/** Seals every record that opens with `from` under `to`, file by file. What can be read with neither is not carried over. */
export function resealArrivals(directory: string, { from, to }: { readonly from: StoreKey; readonly to: StoreKey }): void {
  removeDrafts(directory)
  const keys = { from: sealingKey(from), to: sealingKey(to) }
  for (const part of partsIn(directory)) {
    const file = path.join(directory, partName(part))
    const records = [...readRecords(keys.from, fs.readFileSync(file), () => undefined)]
    if (records.length > 0) writeSynced(file, Buffer.concat(records.map((record) => seal(keys.to, Buffer.from(JSON.stringify(record))))))
  }
}

function sealingKey(storeKey: StoreKey): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(storeKey, 'hex'), Buffer.alloc(0), 'relais arrivals', 32))
}

interface Part {
  readonly stretch: number
  readonly part: number
}

function partName({ stretch, part }: Part): string {
  return `${String(stretch).padStart(6, '0')}-${String(part).padStart(4, '0')}.journal`
}

/** The files of the journal, oldest first. */
function partsIn(directory: string): Part[] {
  if (!fs.existsSync(directory)) return []
  return fs
    .readdirSync(directory)
    .flatMap((name) => {
      const found = /^(\d+)-(\d+)\.journal$/.exec(name)
      return found ? [{ stretch: Number(found[1]), part: Number(found[2]) }] : []
    })
    .sort((one, other) => one.stretch - other.stretch || one.part - other.part)
}

function seal(key: Buffer, clear: Buffer): Buffer {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const length = Buffer.alloc(lengthLength)
  length.writeUInt32BE(clear.length)
  cipher.setAAD(length)
  const body = Buffer.concat([cipher.update(clear), cipher.final()])
  return Buffer.concat([magic, length, nonce, cipher.getAuthTag(), body])
}

function* readRecords(key: Buffer, bytes: Buffer, onUnreadable: (what: Unreadable) => void): Generator {
  for (let at = 0; at < bytes.length; ) {
    const record = unseal(key, bytes, at)
    if (record) {
      yield record.value
      at = record.end
      continue
    }
    // Damaged or unfinished: on to the next beginning of a record, if there is one.
    onUnreadable(isUnfinished(bytes, at) ? 'unfinished' : 'damaged')
    do at = bytes.indexOf(magic, at + 1)
    while (at !== -1 && !unseal(key, bytes, at))
    if (at === -1) return
  }
}

/** What was being written when the program or the power went: too short for what it announces, or room that was never filled. */
function isUnfinished(bytes: Buffer, at: number): boolean {
  const rest = bytes.subarray(at)
  if (rest.length < headLength || rest.every((byte) => byte === 0)) return true
  return rest.indexOf(magic, 1) === -1 && rest.subarray(0, magic.length).equals(magic) && headLength + rest.readUInt32BE(magic.length) > rest.length
}

function unseal(key: Buffer, bytes: Buffer, at: number): { value: unknown; end: number } | null {
  if (at + headLength > bytes.length || !bytes.subarray(at, at + magic.length).equals(magic)) return null
  const length = bytes.subarray(at + magic.length, at + magic.length + lengthLength)
  const nonceAt = at + magic.length + lengthLength
  const start = at + headLength
  const end = start + length.readUInt32BE(0)
  if (end > bytes.length) return null
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceAt, nonceAt + nonceLength), { authTagLength: tagLength })
  decipher.setAAD(length)
  decipher.setAuthTag(bytes.subarray(nonceAt + nonceLength, start))
  try {
    const clear = Buffer.concat([decipher.update(bytes.subarray(start, end)), decipher.final()])
    return { value: JSON.parse(clear.toString()), end }
  } catch {
    return null
  }
}
