import { randomUUID } from 'node:crypto'
import { knownProfessional, ledgerContract } from './ledger-contract.ts'
import { memoryDisk, openMemoryLedger } from './memory-ledger.ts'
import { openSqliteLedger } from './sqlite-ledger.ts'
import { temporaryStore } from './test-store.ts'

/** The practice of the contract has one professional whose name it knows. */
const nameOf = (id: string) => (id === knownProfessional.id ? knownProfessional.name : id)

/** Of the outbox, children first. */
const tables = ['item_trace', 'content', 'taken_file', 'message', 'item', 'journaled', 'memory']

ledgerContract('on SQLite', async () => {
  const handle = await temporaryStore()
  const clock = { now: 0 }
  const open = () => openSqliteLedger(handle.store, { now: () => clock.now, newId: randomUUID, nameOf })
  return {
    ledger: open(),
    clock,
    spool: { get: (sha256) => handle.store.spool.get(sha256) },
    async reopen() {
      await handle.reopen()
      return open()
    },
    async forget() {
      for (const table of tables) handle.store.db.prepare(`DELETE FROM ${table}`).run()
      await handle.reopen()
      return open()
    },
    async copy() {
      const rowsOf = (table: string) => handle.store.db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[]
      const kept = tables.map((table) => ({ table, rows: rowsOf(table) }))
      return async () => {
        const { db } = handle.store
        for (const { table } of kept) db.prepare(`DELETE FROM ${table}`).run()
        for (const { table, rows } of kept.toReversed()) {
          for (const row of rows) db.prepare(`INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${Object.keys(row).map((name) => `@${name}`).join(', ')})`).run(row)
        }
        await handle.reopen()
        return open()
      }
    },
    close: () => handle.remove(),
  }
})

ledgerContract('in memory', async () => {
  const disk = memoryDisk()
  const clock = { now: 0 }
  const open = () => openMemoryLedger(disk, { now: () => clock.now, newId: randomUUID, nameOf })
  return {
    ledger: open(),
    clock,
    spool: { get: (sha256) => disk.bytes.get(sha256)! },
    reopen: async () => open(),
    async forget() {
      disk.forgetBook()
      return open()
    },
    async copy() {
      const kept = structuredClone(disk.book)
      return async () => {
        disk.book = structuredClone(kept)
        return open()
      }
    },
    close: () => undefined,
  }
})
