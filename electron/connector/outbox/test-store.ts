import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openStore, type Store } from '../store/index.ts'

/** A real store in a folder of its own, for tests; `reopen` closes and opens it as a restart would. */
export async function temporaryStore(): Promise<{ store: Store; reopen(): Promise<Store>; remove(): void }> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-outbox-'))
  const open = async () => {
    const opened = await openStore({ directory, key: 'ab'.repeat(32), role: 'test', now: 1 })
    if (!opened.ok) throw new Error(opened.failure.code)
    return opened.value
  }
  const handle = {
    store: await open(),
    async reopen() {
      if (handle.store.db.open) handle.store.close()
      handle.store = await open()
      return handle.store
    },
    remove() {
      if (handle.store.db.open) handle.store.close()
      fs.rmSync(directory, { recursive: true, force: true })
    },
  }
  return handle
}
