import { hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { codeOf } from './encrypted-database.ts'
import { syncDirectory } from './folder-sync.ts'
import { writeSynced } from './write-synced.ts'

/** A store key: 32 bytes in hexadecimal. */
export type StoreKey = string

const pattern = /^[0-9a-f]{64}$/

/** Checks a key that came from the operating system's keystore. */
export function parseKey(text: string): Result<StoreKey> {
  const key = text.trim().toLowerCase()
  return pattern.test(key) ? success(key) : failure('store-key-missing', { detail: 'the key is not 32 bytes in hexadecimal' })
}

/**
 * The key kept in a file readable by its owner alone, for a host without a keystore (headless training).
 * Made at first use; refused when others can read it or when the store exists without it: never silently in clear,
 * never a new key over an old store.
 */
export function readOrMakeKeyFile(directory: string): Result<StoreKey> {
  const file = path.join(directory, 'store.key')
  if (fs.existsSync(file)) return readKeyFile(file)
  if (fs.existsSync(path.join(directory, 'relais.db'))) {
    return failure('store-key-missing', { detail: 'store.key is gone while the store is there' })
  }
  makeKeyFile(file)
  return readKeyFile(file)
}

function readKeyFile(file: string): Result<StoreKey> {
  const mode = fs.statSync(file).mode & 0o777
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    return failure('store-key-missing', { detail: `store.key is readable by others (mode ${mode.toString(8)}); it must be 600` })
  }
  return parseKey(fs.readFileSync(file, 'utf8'))
}

/** Whole and synced before it has its name: a crash at any instant leaves a key or none. One that another process has made since stays. */
function makeKeyFile(file: string): void {
  const key = `${newKey()}\n`
  // Processes in containers of their own may have the same number.
  const draft = `${file}.${randomBytes(8).toString('hex')}.draft`
  try {
    writeNew(draft, key)
    fs.linkSync(draft, file)
  } catch (error) {
    if (fs.existsSync(file)) return
    // A disk without links (FAT): the name comes first, a crash may leave it without a key.
    if (!/^(EPERM|ENOTSUP|EOPNOTSUPP|ENOSYS|EINVAL)$/.test(codeOf(error))) throw error
    writeNew(file, key)
  } finally {
    fs.rmSync(draft, { force: true })
  }
  syncDirectory(path.dirname(file))
}

function writeNew(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'wx', 0o600)
  try {
    fs.writeFileSync(descriptor, text)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Removes the drafts of a key that a crash left; to be called by the owner of the folder. */
export function removeKeyDrafts(directory: string): void {
  for (const name of fs.readdirSync(directory)) if (/^store\.key\.[0-9a-f]+\.draft$/.test(name)) fs.rmSync(path.join(directory, name), { force: true })
}

/** A key nobody has had yet. */
export function newKey(): StoreKey {
  return randomBytes(32).toString('hex')
}

/** Puts another key in the place of the key file: the old one or the new one at any instant, synced when it returns. */
export function replaceKeyFile(directory: string, key: StoreKey): void {
  writeSynced(path.join(directory, 'store.key'), `${key}\n`)
}

/**
 * Is this the key the store was made with? Answered from a mark derived from the key, beside the store, for a first page that the key
 * does not open may as well be damaged. `unknown` when there is no whole mark.
 */
export function checkKey(directory: string, key: StoreKey): 'right' | 'wrong' | 'unknown' {
  const file = keyMarkFile(directory)
  const mark = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : ''
  // Half a mark is what a power cut leaves of a file that is not worth a sync.
  if (!pattern.test(mark)) return 'unknown'
  return mark === keyMark(key) ? 'right' : 'wrong'
}

/** Leaves the mark of a key that has just opened the store. */
export function rememberKey(directory: string, key: StoreKey): void {
  if (checkKey(directory, key) !== 'right') fs.writeFileSync(keyMarkFile(directory), `${keyMark(key)}\n`, { mode: 0o600 })
}

function keyMarkFile(directory: string): string {
  return path.join(directory, 'key.mark')
}

function keyMark(key: StoreKey): string {
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), Buffer.alloc(0), 'relais key mark', 32)).toString('hex')
}
