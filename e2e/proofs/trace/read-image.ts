import { createHash, randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import type { Promised } from './recorded-work.ts'
import type { Ledger, Rooms, Store } from './rooms.ts'
import type { ImageFile } from './simulated-disk.ts'

/** What had been promised when the power went. */
export interface Promises {
  /** The last promise made of each item. */
  readonly items: ReadonlyMap<string, Promised>
  /** Numbers of the HL7 messages acknowledged. */
  readonly messages: ReadonlySet<string>
  /** Every promise ever made, by item and length of its trace: an item may be further than promised, never elsewhere. */
  readonly known: ReadonlyMap<string, Promised>
  /** Copies of the database that counted, by name. */
  readonly copies: ReadonlySet<string>
}

/** Under which a promise is found in `Promises.known`. */
export function stepOf({ id, steps }: { id: string; steps: number }): string {
  return `${id}/${steps}`
}

/** Opens images with the real store and says in one sentence what is wrong with one; null when every promise is held. */
export function openImageReader(rooms: Rooms): (directory: string, files: readonly ImageFile[], promises: Promises) => Promise<string | null> {
  /** Contents already read whole, byte for byte the same file. */
  const read = new Set<string>()

  return async (directory, files, promises) => {
    const key = rooms.store.readOrMakeKeyFile(directory)
    if (!key.ok) return `the key: ${key.failure.code} ${key.failure.detail ?? ''}`
    try {
      const opened = await rooms.store.openStore({ directory, key: key.value, role: 'image', now: 1 })
      if (!opened.ok) return `the store does not open: ${opened.failure.code} ${opened.failure.detail ?? ''}`
      try {
        const problem = (await wrongWith(opened.value, files, promises)) ?? (await wrongWithCopies(directory, files, promises.copies))
        const { restored, torn } = opened.value
        return problem && (restored || torn) ? `${problem} (${restored ? `returned to ${restored.from}: ${restored.damage ?? 'its log was cut'}` : 'the log was torn'})` : problem
      } finally {
        opened.value.close()
      }
    } catch (error) {
      return `the store throws: ${(error as Error).message}`
    }
  }

  async function wrongWith(store: Store, files: readonly ImageFile[], promises: Promises): Promise<string | null> {
    const check = store.db.pragma('quick_check', { simple: true })
    if (check !== 'ok') return `quick_check: ${String(check)}`
    const ledger: Ledger = rooms.outbox.openSqliteLedger(store, { now: () => 1, newId: randomUUID })
    for (const promised of promises.items.values()) {
      const row = await ledger.byId(promised.id)
      if (!row) return `item ${promised.id}, acknowledged as ${promised.state}, is not there`
      const steps = (await ledger.trace(row)).length
      if (steps < promised.steps) return `item ${promised.id} is back at ${row.state}, it was acknowledged as ${promised.state}`
      const expected = promises.known.get(stepOf({ id: row.id, steps }))
      if (expected && (row.state !== expected.state || row.content_sha256 !== expected.content || row.attempts !== expected.attempts)) return `item ${promised.id} is ${row.state}, it was ${expected.state} at this step`
      if (steps === promised.steps && promised.lot !== null && row.lot_sha256 !== promised.lot) return `the signed lot of item ${promised.id} is not the one that was frozen`
      if (steps === promised.steps && promised.document !== null && row.document_sha256 !== promised.document) return `the document of item ${promised.id} is not the one that was frozen`
    }
    const messages = new Set(store.db.prepare('SELECT control_id FROM message').pluck().all() as string[])
    for (const message of promises.messages) if (!messages.has(message)) return `message ${message} was acknowledged and is not there`

    // The second book, for a database that is destroyed.
    const journal = [...store.arrivals.readSince()].map((record) => JSON.stringify(record)).join('\n')
    for (const id of promises.items.keys()) if (!journal.includes(`"${id}"`)) return `item ${id} was acknowledged and is not in the journal of arrivals`

    // Whatever the database names must be there, promised or not: a row without its bytes could never be sent.
    const named = store.db
      .prepare(
        'SELECT content_sha256 FROM item UNION SELECT document_sha256 FROM item WHERE document_sha256 IS NOT NULL UNION SELECT lot_sha256 FROM item WHERE lot_sha256 IS NOT NULL UNION SELECT raw_sha256 FROM message',
      )
      .pluck()
      .all() as string[]
    const settled = new Map(files.map((file) => [path.basename(file.path), file.settled]))
    for (const sha256 of named) {
      const same = settled.get(sha256)
      if (same && read.has(same)) continue
      const problem = await unreadable(store, sha256)
      if (problem) return problem
      if (same) read.add(same)
    }

    const rows = store.db.prepare('SELECT count(*) FROM item').pluck().get() as number
    const sum = Object.values(await ledger.counts()).reduce((total, count) => total + count, 0)
    if (sum !== rows) return `the counts make ${sum}, there are ${rows} items`
    const astray = store.db.prepare('SELECT item.id FROM item WHERE state <> (SELECT to_state FROM item_trace WHERE item_seq = item.seq ORDER BY item_trace.rowid DESC LIMIT 1)').pluck().get() as string | undefined
    if (astray !== undefined) return `item ${astray} is not where its trace says`

    const next = await ledger.receive([{ source: { kind: 'folder', name: 'after', reference: 'after' }, bytes: Buffer.from(`after the power came back ${rows}`), fileName: 'after', hints: {} }])
    return (await ledger.byId(next.items[0]!.id))?.state === 'received' ? null : 'the store takes no more documents'
  }

  /** What stands in for the database when it is lost must be there as it was when the next one was overwritten on the strength of it. */
  async function wrongWithCopies(directory: string, files: readonly ImageFile[], copies: ReadonlySet<string>): Promise<string | null> {
    for (const name of copies) {
      const copy = files.find((file) => file.path === path.join('backup', name))
      if (!copy) return `the copy ${name} was made and is not there`
      if (copy.settled !== null && read.has(copy.settled)) continue
      const alone = fs.mkdtempSync(path.join(path.dirname(directory), 'copy-'))
      try {
        fs.writeFileSync(path.join(alone, 'relais.db'), copy.bytes, { mode: 0o600 })
        const key = rooms.store.readOrMakeKeyFile(directory)
        const opened = key.ok ? await rooms.store.openStore({ directory: alone, key: key.value, role: 'copy', now: 1 }) : key
        if (!opened.ok) return `the copy ${name} does not open: ${opened.failure.code} ${opened.failure.detail ?? ''}`
        opened.value.close()
      } finally {
        fs.rmSync(alone, { recursive: true, force: true })
      }
      if (copy.settled !== null) read.add(copy.settled)
    }
    return null
  }

  async function unreadable(store: Store, sha256: string): Promise<string | null> {
    try {
      const bytes = await store.spool.read(sha256)
      return createHash('sha256').update(bytes).digest('hex') === sha256 ? null : `the bytes of ${sha256} are others`
    } catch (error) {
      return `the bytes of ${sha256} cannot be read: ${(error as Error).message.split(',')[0]}`
    }
  }
}
