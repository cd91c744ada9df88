import { recordDocument, recordStanding, type RecordDocument, type RecordStanding } from '#shared/contract/index.ts'
import type { InsId } from '../record/index.ts'
import type { Store } from '../store/index.ts'

/** What was last read of one patient's record. `loadedAt` null = never read: an empty list then means nothing. */
export interface Reading {
  readonly documents: RecordDocument[]
  readonly standing: RecordStanding | null
  readonly loadedAt: number | null
}

/** The record as it was last read, kept encrypted so that the panel shows it at once and offline. */
export interface Readings {
  get(ins: InsId): Reading
  /** Replaces what is known of the patient's list in one transaction; fetched contents of documents still listed are kept. */
  keep(ins: InsId, reading: { documents: readonly RecordDocument[]; standing: RecordStanding | null; loadedAt: number }): void
  keepStanding(ins: InsId, standing: RecordStanding, at: number): void
  /** Takes back the list and what was fetched of it, as if never read; how the record stands stays known. */
  forget(ins: InsId): void
  content(ins: InsId, uniqueId: string): Buffer | null
  keepContent(ins: InsId, uniqueId: string, bytes: Uint8Array): void
}

/** Opens the kept readings of a store. */
export function openReadings(store: Store): Readings {
  const { db } = store
  const reading = db.prepare('SELECT standing, loaded_at FROM record_reading WHERE ins = ? AND ins_oid = ?')
  const documents = db.prepare('SELECT view FROM record_document WHERE ins = ? AND ins_oid = ?').pluck()
  const upsertReading = db.prepare(
    `INSERT INTO record_reading VALUES (@ins, @oid, @standing, @loadedAt, @at)
     ON CONFLICT (ins, ins_oid) DO UPDATE SET standing = coalesce(excluded.standing, standing), loaded_at = coalesce(excluded.loaded_at, loaded_at), viewed_at = excluded.viewed_at`,
  )
  const upsertDocument = db.prepare(
    'INSERT INTO record_document (ins, ins_oid, unique_id, view) VALUES (?, ?, ?, ?) ON CONFLICT (ins, ins_oid, unique_id) DO UPDATE SET view = excluded.view',
  )
  const known = db.prepare('SELECT unique_id FROM record_document WHERE ins = ? AND ins_oid = ?').pluck()
  const remove = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ? AND unique_id = ?')
  const removeAll = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ?')
  const neverRead = db.prepare('UPDATE record_reading SET loaded_at = NULL WHERE ins = ? AND ins_oid = ?')
  const contentOf = db.prepare('SELECT content_sha256 FROM record_document WHERE ins = ? AND ins_oid = ? AND unique_id = ?').pluck()
  const setContent = db.prepare('UPDATE record_document SET content_sha256 = ? WHERE ins = ? AND ins_oid = ? AND unique_id = ?')

  return {
    get(ins) {
      const row = reading.get(ins.value, ins.oid) as { standing: string | null; loaded_at: number | null } | undefined
      return {
        documents: (documents.all(ins.value, ins.oid) as string[]).map((view) => recordDocument.parse(JSON.parse(view))),
        standing: row?.standing ? recordStanding.parse(JSON.parse(row.standing)) : null,
        loadedAt: row?.loaded_at ?? null,
      }
    },
    keep(ins, next) {
      store.transaction(() => {
        upsertReading.run({ ins: ins.value, oid: ins.oid, standing: next.standing ? JSON.stringify(next.standing) : null, loadedAt: next.loadedAt, at: next.loadedAt })
        const listed = new Set(next.documents.map((document) => document.uniqueId))
        for (const uniqueId of known.all(ins.value, ins.oid) as string[]) if (!listed.has(uniqueId)) remove.run(ins.value, ins.oid, uniqueId)
        for (const document of next.documents) upsertDocument.run(ins.value, ins.oid, document.uniqueId, JSON.stringify(document))
      })
    },
    keepStanding(ins, standing, at) {
      upsertReading.run({ ins: ins.value, oid: ins.oid, standing: JSON.stringify(standing), loadedAt: null, at })
    },
    forget(ins) {
      store.transaction(() => {
        removeAll.run(ins.value, ins.oid)
        neverRead.run(ins.value, ins.oid)
      })
    },
    content(ins, uniqueId) {
      const sha256 = contentOf.get(ins.value, ins.oid, uniqueId) as string | null | undefined
      return sha256 ? store.spool.get(sha256) : null
    },
    keepContent(ins, uniqueId, bytes) {
      const { sha256 } = store.spool.put(bytes)
      setContent.run(sha256, ins.value, ins.oid, uniqueId)
    },
  }
}
