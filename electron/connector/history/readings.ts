import { recordDocument, recordStanding, type RecordDocument, type RecordStanding } from '#shared/contract/index.ts'
import type { InsId } from '../record/index.ts'
import type { Store } from '../store/index.ts'
import { readerKeyOf, type Reader } from './reading-stop.ts'

/** What was last read of one patient's record. `loadedAt` null = never read: an empty list then means nothing. */
export interface Reading {
  readonly documents: RecordDocument[]
  readonly standing: RecordStanding | null
  readonly loadedAt: number | null
}

/** What one reader was shown of one patient's record, as it was last read. */
export interface KeptReading {
  get(): Reading
  /** Replaces the list in one transaction; fetched contents of documents still listed are kept. */
  keep(reading: { documents: readonly RecordDocument[]; standing: RecordStanding; loadedAt: number }): void
  keepStanding(standing: RecordStanding, at: number): void
  content(uniqueId: string): Buffer | null
  /** Documents of the list whose contents are kept. */
  fetched(): ReadonlySet<string>
  /** Of a document of the list; of another nothing is kept. */
  keepContent(uniqueId: string, bytes: Uint8Array): void
}

/**
 * The record as it was last read, so that the panel shows it at once and offline. The record shows each professional what the patient and the rights
 * sheet let them see, so what is kept is theirs alone: another professional, or the same one in another structure, has read nothing yet.
 */
export interface Readings {
  /** Kept encrypted; of somebody who did not sign in where they have to nothing is known and nothing is kept. */
  of(reader: Reader, ins: InsId): KeptReading
  /** Takes back the lists and what was fetched of them, whoever read, as if never read; how the record stands stays known. */
  forget(ins: InsId): void
}

/** A reading that is nowhere but here: gone with whoever holds it. */
export function readingInMemory(): KeptReading {
  let reading: Reading = { documents: [], standing: null, loadedAt: null }
  const contents = new Map<string, Buffer>()
  return {
    get: () => reading,
    keep({ documents, standing, loadedAt }) {
      reading = { documents: [...documents], standing, loadedAt }
      const listed = new Set(documents.map(({ uniqueId }) => uniqueId))
      for (const uniqueId of contents.keys()) if (!listed.has(uniqueId)) contents.delete(uniqueId)
    },
    keepStanding(standing) {
      reading = { ...reading, standing }
    },
    content: (uniqueId) => contents.get(uniqueId) ?? null,
    fetched: () => new Set(contents.keys()),
    keepContent(uniqueId, bytes) {
      if (reading.documents.some((document) => document.uniqueId === uniqueId)) contents.set(uniqueId, Buffer.from(bytes))
    },
  }
}

/** Opens the kept readings of a store. */
export function openReadings(store: Store): Readings {
  const { db } = store
  const reading = db.prepare('SELECT standing, loaded_at FROM record_reading WHERE ins = ? AND ins_oid = ? AND reader = ?')
  const documents = db.prepare('SELECT view FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ?').pluck()
  const upsertReading = db.prepare(
    `INSERT INTO record_reading VALUES (@ins, @oid, @reader, @standing, @loadedAt, @at)
     ON CONFLICT (ins, ins_oid, reader) DO UPDATE SET standing = excluded.standing, loaded_at = coalesce(excluded.loaded_at, loaded_at), viewed_at = excluded.viewed_at`,
  )
  const upsertDocument = db.prepare(
    `INSERT INTO record_document (ins, ins_oid, reader, unique_id, view) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (ins, ins_oid, reader, unique_id) DO UPDATE SET view = excluded.view`,
  )
  const known = db.prepare('SELECT unique_id FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ?').pluck()
  const remove = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND unique_id = ?')
  const removeAll = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ?')
  const neverRead = db.prepare('UPDATE record_reading SET loaded_at = NULL WHERE ins = ? AND ins_oid = ?')
  const contentOf = db.prepare('SELECT content_sha256 FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND unique_id = ?').pluck()
  const fetched = db.prepare('SELECT unique_id FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND content_sha256 IS NOT NULL').pluck()
  const setContent = db.prepare('UPDATE record_document SET content_sha256 = ? WHERE ins = ? AND ins_oid = ? AND reader = ? AND unique_id = ?')

  return {
    of(by, ins) {
      const reader = readerKeyOf(by)
      if (reader === null) return readingInMemory()
      const of = [ins.value, ins.oid, reader] as const
      const told = { ins: ins.value, oid: ins.oid, reader }
      return {
        get() {
          const row = reading.get(...of) as { standing: string | null; loaded_at: number | null } | undefined
          return {
            documents: (documents.all(...of) as string[]).map((view) => recordDocument.parse(JSON.parse(view))),
            standing: row?.standing ? recordStanding.parse(JSON.parse(row.standing)) : null,
            loadedAt: row?.loaded_at ?? null,
          }
        },
        keep(next) {
          store.transaction(() => {
            upsertReading.run({ ...told, standing: JSON.stringify(next.standing), loadedAt: next.loadedAt, at: next.loadedAt })
            const listed = new Set(next.documents.map((document) => document.uniqueId))
            for (const uniqueId of known.all(...of) as string[]) if (!listed.has(uniqueId)) remove.run(...of, uniqueId)
            for (const document of next.documents) upsertDocument.run(...of, document.uniqueId, JSON.stringify(document))
          })
        },
        keepStanding(standing, at) {
          upsertReading.run({ ...told, standing: JSON.stringify(standing), loadedAt: null, at })
        },
        content(uniqueId) {
          const sha256 = contentOf.get(...of, uniqueId) as string | null | undefined
          return sha256 ? store.spool.get(sha256) : null
        },
        fetched: () => new Set(fetched.all(...of) as string[]),
        keepContent(uniqueId, bytes) {
          if (!(known.all(...of) as string[]).includes(uniqueId)) return
          const { sha256 } = store.spool.put(bytes)
          setContent.run(sha256, ...of, uniqueId)
        },
      }
    },
    forget(ins) {
      store.transaction(() => {
        removeAll.run(ins.value, ins.oid)
        neverRead.run(ins.value, ins.oid)
      })
    },
  }
}
