import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { syncDirectory, type StoreKey } from './key.ts'

/**
 * The bytes of documents, one encrypted file for each content, named after its SHA-256. Kept beside the database so that
 * the database stays small. AES-256-GCM: a changed byte is an error, never a changed document.
 */
export interface Spool {
  /** Stores the bytes; when it returns they are on the disk (file and folder synced). The same content again costs one look. */
  put(bytes: Uint8Array): { sha256: string; size: number }
  /** The exact bytes; throws when they are missing or were altered. */
  get(sha256: string): Buffer
  has(sha256: string): boolean
}

const nonceLength = 12
const tagLength = 16

/** Opens the spool folder; its key is derived from the store's. Half-written files of a crash are removed. */
export function openSpool(directory: string, storeKey: StoreKey): Spool {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(storeKey, 'hex'), Buffer.alloc(0), 'relais spool', 32))
  const temporary = path.join(directory, 'tmp')
  fs.mkdirSync(temporary, { recursive: true, mode: 0o700 })
  for (const name of fs.readdirSync(temporary)) fs.rmSync(path.join(temporary, name))
  const knownFolders = new Set<string>()
  const fileOf = (sha256: string) => path.join(directory, sha256.slice(0, 2), sha256)

  return {
    put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const file = fileOf(sha256)
      if (!fs.existsSync(file)) {
        const nonce = randomBytes(nonceLength)
        const cipher = createCipheriv('aes-256-gcm', key, nonce)
        cipher.setAAD(Buffer.from(sha256))
        const body = Buffer.concat([cipher.update(bytes), cipher.final()])
        const draft = path.join(temporary, `${sha256}.${randomBytes(4).toString('hex')}`)
        const descriptor = fs.openSync(draft, 'wx', 0o600)
        try {
          // Not writevSync: on a full disk it writes a part and says so only by its result.
          fs.writeFileSync(descriptor, Buffer.concat([nonce, cipher.getAuthTag(), body]))
          fs.fsyncSync(descriptor)
        } catch (error) {
          // A full disk is tried again and again: what was written of each try would fill it for good.
          fs.rmSync(draft, { force: true })
          throw error
        } finally {
          fs.closeSync(descriptor)
        }
        const folder = path.dirname(file)
        if (!knownFolders.has(folder)) {
          fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
          syncDirectory(directory)
          knownFolders.add(folder)
        }
        fs.renameSync(draft, file)
        syncDirectory(folder)
      }
      return { sha256, size: bytes.byteLength }
    },
    get(sha256) {
      const stored = fs.readFileSync(fileOf(sha256))
      const decipher = createDecipheriv('aes-256-gcm', key, stored.subarray(0, nonceLength))
      decipher.setAAD(Buffer.from(sha256))
      decipher.setAuthTag(stored.subarray(nonceLength, nonceLength + tagLength))
      return Buffer.concat([decipher.update(stored.subarray(nonceLength + tagLength)), decipher.final()])
    },
    has: (sha256) => fs.existsSync(fileOf(sha256)),
  }
}
