import { randomUUID } from 'node:crypto'
import { ledgerContract } from './ledger-contract.ts'
import { memoryDisk, openMemoryLedger } from './memory-ledger.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'
import { temporaryStore } from './test-store.ts'

ledgerContract('on SQLite', async () => {
  const handle = await temporaryStore()
  const clock = { now: 0 }
  const open = () => openSqliteLedger(handle.store, { now: () => clock.now, newId: randomUUID })
  return {
    ledger: open(),
    clock,
    spool: { get: (sha256) => handle.store.spool.get(sha256) },
    async reopen() {
      await handle.reopen()
      return open()
    },
    async forget() {
      for (const table of ['item_trace', 'content', 'taken_file', 'message', 'item', 'journaled', 'memory']) handle.store.db.prepare(`DELETE FROM ${table}`).run()
      await handle.reopen()
      return open()
    },
    close: () => handle.remove(),
  }
})

ledgerContract('in memory', async () => {
  const disk = memoryDisk()
  const clock = { now: 0 }
  const open = () => openMemoryLedger(disk, { now: () => clock.now, newId: randomUUID })
  return {
    ledger: open(),
    clock,
    spool: { get: (sha256) => disk.bytes.get(sha256)! },
    reopen: async () => open(),
    async forget() {
      disk.forgetBook()
      return open()
    },
    close: () => undefined,
  }
})
