import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { syncDirectory } from './folder-sync.ts'
import { parseKey, type StoreKey } from './key.ts'
import { writeSynced } from './write-synced.ts'

const nonceLength = 12
const tagLength = 16

/** Each key sealed under the other, in base64. */
const noteForm = z.object({ underFormer: z.string(), underNext: z.string() })

/**
 * Says on the disk that the key is being changed, so that whoever holds one of both keys can read what lies under the other. Whole or not
 * there at all, and synced when this returns. Neither key is in clear.
 */
export function writeRotationNote(directory: string, { former, next }: { readonly former: StoreKey; readonly next: StoreKey }): void {
  writeSynced(noteFile(directory), JSON.stringify({ underFormer: seal(former, next), underNext: seal(next, former) }))
}

/** The other key of a change under way, null when there is none. Fails with `store-key-missing` when `key` is neither of the two. */
export function otherKeyOf(directory: string, key: StoreKey): Result<StoreKey | null> {
  if (!fs.existsSync(noteFile(directory))) return success(null)
  const note = readNote(noteFile(directory))
  const other = note && (unseal(key, note.underFormer) ?? unseal(key, note.underNext))
  return other ? success(other) : failure('store-key-missing', { detail: 'a change of key was interrupted, and this key is neither of the two' })
}

function readNote(file: string): z.infer<typeof noteForm> | null {
  try {
    return noteForm.parse(JSON.parse(fs.readFileSync(file, 'utf8')))
  } catch {
    return null
  }
}

/** The change is over: everything lies under one key. */
export function removeRotationNote(directory: string): void {
  fs.rmSync(noteFile(directory), { force: true })
  syncDirectory(directory)
}

function noteFile(directory: string): string {
  return path.join(directory, 'key.rotation')
}

function sealingKey(key: StoreKey): Buffer {
  return Buffer.from(hkdfSync('sha256', Buffer.from(key, 'hex'), Buffer.alloc(0), 'relais key rotation', 32))
}

function seal(under: StoreKey, key: StoreKey): string {
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', sealingKey(under), nonce)
  const body = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
}

function unseal(under: StoreKey, sealed: string): StoreKey | null {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(under), bytes.subarray(0, nonceLength), { authTagLength: tagLength })
    decipher.setAuthTag(bytes.subarray(nonceLength, nonceLength + tagLength))
    const clear = Buffer.concat([decipher.update(bytes.subarray(nonceLength + tagLength)), decipher.final()]).toString()
    const key = parseKey(clear)
    return key.ok ? key.value : null
  } catch {
    return null
  }
}
