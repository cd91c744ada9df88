import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { safeStorage } from 'electron'
import { keySource } from './key-source.ts'

/** The store's key: from the system's keystore, left to the program's own file, or nowhere safe. */
export type StoreKey = { readonly from: 'keystore'; readonly key: string } | { readonly from: 'file' } | { readonly from: 'nowhere' }

// Electron 46 removes the synchronous calls, Electron 33 does not have the others.
const storage = safeStorage as Partial<typeof safeStorage>

/**
 * Finds or makes the key of the store in `dataDir`. The sealed form lies in `shell/store-key.sealed`, readable by its owner alone; it opens
 * only in this user's session on this computer. Call after Electron is ready. Rejects when a sealed key no longer opens: a new one
 * would lock the old store away for good.
 */
export async function storeKey(dataDir: string, training: boolean): Promise<StoreKey> {
  const sealedFile = path.join(dataDir, 'shell', 'store-key.sealed')
  const backend = process.platform === 'linux' ? (storage.getSelectedStorageBackend?.() ?? null) : null
  const source = keySource({
    available: await available(),
    backend,
    training,
    keyFileExists: existsSync(path.join(dataDir, 'store.key')),
    sealedKeyExists: existsSync(sealedFile),
  })
  if (source === 'file') return { from: 'file' }
  if (source === 'refused') return { from: 'nowhere' }
  if (existsSync(sealedFile)) return { from: 'keystore', key: await unseal(await readFile(sealedFile)) }
  const key = randomBytes(32).toString('hex')
  await writeDurably(sealedFile, await seal(key))
  return { from: 'keystore', key }
}

async function available(): Promise<boolean> {
  if (storage.isAsyncEncryptionAvailable) return storage.isAsyncEncryptionAvailable()
  return storage.isEncryptionAvailable?.() ?? false
}

async function seal(text: string): Promise<Buffer> {
  if (storage.encryptStringAsync) return storage.encryptStringAsync(text)
  return safeStorage.encryptString(text)
}

async function unseal(sealed: Buffer): Promise<string> {
  if (storage.decryptStringAsync) return (await storage.decryptStringAsync(sealed)).result
  return safeStorage.decryptString(sealed)
}

async function writeDurably(file: string, bytes: Buffer): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(`${file}.new`, 'w', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.new`, file)
  await syncFolders(path.dirname(file), path.dirname(path.dirname(file)))
}

/** Their names as well: a store that outlived the only copy of its key would be lost. Windows keeps them in its own journal and has no such call. */
async function syncFolders(...folders: string[]): Promise<void> {
  if (process.platform === 'win32') return
  for (const folder of folders) {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}
