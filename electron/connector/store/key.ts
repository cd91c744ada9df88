import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { failure, success, type Result } from '#shared/contract/index.ts'

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
  if (fs.existsSync(file)) {
    const mode = fs.statSync(file).mode & 0o777
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      return failure('store-key-missing', { detail: `store.key is readable by others (mode ${mode.toString(8)}); it must be 600` })
    }
    return parseKey(fs.readFileSync(file, 'utf8'))
  }
  if (fs.existsSync(path.join(directory, 'relais.db'))) {
    return failure('store-key-missing', { detail: 'store.key is gone while the store is there' })
  }
  const key = randomBytes(32).toString('hex')
  const descriptor = fs.openSync(file, 'wx', 0o600)
  try {
    fs.writeFileSync(descriptor, `${key}\n`)
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
  syncDirectory(directory)
  return success(key)
}

/** Makes a rename or a creation in this folder durable; Windows has no such call and does not need it. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = fs.openSync(directory, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
