import { setImmediate } from 'node:timers/promises'
import { recordDocument, recordStanding, type RecordDocument, type RecordSearch, type RecordStanding } from '#shared/contract/index.ts'
import type { InsId } from '../record/index.ts'
import type { Store } from '../store/index.ts'
import { readersVersion } from './facts/readers-version.ts'
import { openLately } from './lately.ts'
import { lastLookOf, lookAgain, type Look } from './last-look.ts'
import { readerKeyOf, type Reader } from './reading-stop.ts'
import { openPassages, type Asked, type Passages } from './search/passages.ts'

/** What was last read of one patient's record. `loadedAt` null = its list never was: an empty one then means nothing, and what it has is what was asked for first. */
export interface Reading {
  readonly documents: readonly RecordDocument[]
  readonly standing: RecordStanding | null
  readonly loadedAt: number | null
  /** What the record warned of when it gave the list, in its words: the list may not be whole. */
  readonly warnings?: readonly string[]
}

/** What came to a list since its reader looked last (milliseconds). */
export interface News {
  readonly since: number | null
  readonly documents: readonly string[]
}

/** What one reader was shown of one patient's record, as it was last read. */
export interface KeptReading {
  get(): Reading
  /** `get().standing`, without the documents. */
  standing(): RecordStanding | null
  /** The document of this id, when the list has it. */
  listed(uniqueId: string): RecordDocument | null
  /** Documents that have all the words in their title or in what was fetched of them. In memory nothing is searched, and the answer says so. */
  search(asked: Asked): RecordSearch
  /** Replaces the list in one transaction; fetched contents of documents still listed are kept. */
  keep(reading: { documents: readonly RecordDocument[]; standing: RecordStanding; loadedAt: number; warnings?: readonly string[] }): void
  /** Documents asked for before a list that was never read: they take the place of those of a former question. A list that was read stays as it is. */
  begin(begun: { readonly documents: readonly RecordDocument[]; readonly standing: RecordStanding }, at: number): void
  keepStanding(standing: RecordStanding, at: number): void
  /** They look at it at this time (milliseconds): from then on counts how long it is kept. */
  look(at: number): void
  /** The list is before them at this time. */
  see(at: number): void
  /** Which documents came since the list was before them the last time they looked; `since` null = they did not, and nothing is told new. */
  news(at: number): News
  /** What was fetched of a document; null = nothing, or it cannot be had from the disk any more: it is read again. */
  content(uniqueId: string): Buffer | null
  /** Documents of the list whose contents are kept. */
  fetched(): ReadonlySet<string>
  /** One document of the list is now as told: another description; or out of the list, no longer in force or out of this reader's sight. */
  learn(document: RecordDocument, isSeen: boolean): void
  /** Of a document of the list; of another nothing is kept. */
  keepContent(uniqueId: string, bytes: Uint8Array): void
  /** What was fetched of a document is not theirs: as if never fetched, with all that was made of it. */
  forgetContent(uniqueId: string): void
  /** Documents whose content was looked into for facts by the readers of this program: true = there are, be it none; false = it cannot be read. */
  factsRead(): ReadonlyMap<string, boolean>
  /** Facts of these documents as JSON, of those that have them. */
  facts(uniqueIds: readonly string[]): string[]
  /** To be said before a content is looked into: one that ended the program twice is let be. */
  beginFacts(uniqueId: string): void
  /** It was begun, and the program is being ended. */
  leaveFacts(uniqueId: string): void
  /** Of a content that was begun and is kept still; null = it cannot be read. Gone with the content. */
  keepFacts(uniqueId: string, facts: string | null): void
  /** What the panel painted first, when it was made of exactly this. */
  painted(madeOf: string): Painted | null
  /** What is compared of all the facts behind it, of that day alone. */
  inForce(madeOf: string, day: number): string | null
  /** Gone with any of the documents. */
  keepPainted(madeOf: string, painted: Painted, inForce: string): void
  /** What rules said of all the facts behind it, when they were asked exactly this. */
  judged(madeOf: string, judgedOf: string): string | null
  /** Beside what was painted, and gone with it. */
  keepJudged(madeOf: string, judgedOf: string, judged: string): void
}

/** What the panel paints first of the facts. */
export interface Painted {
  /** Days since the epoch: ages are counted from it. */
  readonly day: number
  /** JSON. */
  readonly text: string
}

/**
 * The record as it was last read, so that the panel shows it at once and offline. The record shows each professional what the patient and the rights
 * sheet let them see, so what is kept is theirs alone: another professional, or the same one in another structure, has read nothing yet.
 */
export interface Readings {
  /** Kept encrypted; of somebody who did not sign in where they have to nothing is known and nothing is kept. */
  of(reader: Reader, ins: InsId): KeptReading
  /** Takes one document out of the lists of everybody but this reader, with what was fetched of it: their next reading says what they may see of it. */
  hideFromOthers(reader: Reader, ins: InsId, uniqueId: string): void
  /** Takes back the lists and what was fetched of them, whoever read, as if never read; how the record stands stays known. */
  forget(ins: InsId): void
  /**
   * Erases all that was last looked at more than `forMs` before `now`, reader by reader and patient by patient, and what was fetched and is of no list
   * any more. Beside other work, until `signal` ends it; true when a reading was erased.
   */
  erase(now: number, forMs: number, signal: AbortSignal): Promise<boolean>
}

/** A reading that is nowhere but here: gone with whoever holds it. */
export function readingInMemory(): KeptReading {
  let reading: Reading = { documents: [], standing: null, loadedAt: null }
  const contents = new Map<string, Buffer>()
  const facts = new Map<string, string | null>()
  let painted: (Painted & { readonly madeOf: string; readonly inForce: string; judged?: { readonly of: string; readonly text: string } }) | null = null

  function keep({ documents, standing, loadedAt, warnings }: Reading): void {
    reading = { documents: [...documents], standing, loadedAt, ...(warnings && { warnings }) }
    const listed = new Set(documents.map(({ uniqueId }) => uniqueId))
    for (const uniqueId of contents.keys()) {
      if (listed.has(uniqueId)) continue
      contents.delete(uniqueId)
      facts.delete(uniqueId)
      painted = null
    }
  }

  return {
    get: () => reading,
    standing: () => reading.standing,
    listed: (uniqueId) => reading.documents.find((document) => document.uniqueId === uniqueId) ?? null,
    search: () => ({ found: [], total: 0, searched: { titles: 0, texts: 0 } }),
    keep,
    begin(begun) {
      if (reading.loadedAt === null) keep({ ...begun, loadedAt: null })
    },
    keepStanding(standing) {
      reading = { ...reading, standing }
    },
    look() {},
    learn(document, isSeen) {
      const isListed = isSeen && document.status === 'approved'
      const documents = reading.documents.flatMap((one) => (one.uniqueId !== document.uniqueId ? one : isListed ? document : []))
      reading = { ...reading, documents }
      if (isListed) return
      contents.delete(document.uniqueId)
      facts.delete(document.uniqueId)
      painted = null
    },
    see() {},
    news: () => ({ since: null, documents: [] }),
    content: (uniqueId) => contents.get(uniqueId) ?? null,
    fetched: () => new Set(contents.keys()),
    keepContent(uniqueId, bytes) {
      if (reading.documents.some((document) => document.uniqueId === uniqueId)) contents.set(uniqueId, Buffer.from(bytes))
    },
    forgetContent(uniqueId) {
      contents.delete(uniqueId)
      facts.delete(uniqueId)
      painted = null
    },
    factsRead: () => new Map([...facts].map(([uniqueId, found]) => [uniqueId, found !== null])),
    facts: (uniqueIds) => uniqueIds.flatMap((uniqueId) => facts.get(uniqueId) ?? []),
    beginFacts() {},
    leaveFacts() {},
    keepFacts(uniqueId, found) {
      if (contents.has(uniqueId)) facts.set(uniqueId, found)
    },
    painted: (madeOf) => (painted?.madeOf === madeOf ? painted : null),
    inForce: (madeOf, day) => (painted?.madeOf === madeOf && painted.day === day ? painted.inForce : null),
    keepPainted(madeOf, made, inForce) {
      painted = { ...made, madeOf, inForce }
    },
    judged: (madeOf, judgedOf) => (painted?.madeOf === madeOf && painted.judged?.of === judgedOf ? painted.judged.text : null),
    keepJudged(madeOf, of, text) {
      if (painted?.madeOf === madeOf) painted.judged = { of, text }
    },
  }
}

/** Opens the kept readings of a store. `onChanged`: there is something new to be made searchable, or something is gone. */
export function openReadings(store: Store, { passages = openPassages(store), onChanged = () => undefined }: { passages?: Passages; onChanged?: () => void } = {}): Readings {
  const { db } = store
  const reading = db.prepare('SELECT standing, loaded_at, warnings FROM record_reading WHERE ins = ? AND ins_oid = ? AND reader = ?')
  const documents = db.prepare('SELECT view FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ?').pluck()
  const viewOf = db.prepare('SELECT view FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND unique_id = ?').pluck()
  const documentOf = (view: string) => recordDocument.parse(JSON.parse(view))
  const lately = openLately(store, () => said.clear())
  /** What the texts of the list asked last say: one patient's is asked many times in a row. Never of another text, so it cannot be out of date. */
  let said = new Map<string, RecordDocument>()
  function documentsOf(views: readonly string[]): RecordDocument[] {
    const before = said
    said = new Map(views.map((view) => [view, before.get(view) ?? documentOf(view)]))
    return [...said.values()]
  }
  const upsertReading = db.prepare(
    `INSERT INTO record_reading (ins, ins_oid, reader, standing, loaded_at, viewed_at, warnings) VALUES (@ins, @oid, @reader, @standing, @loadedAt, @at, @warnings)
     ON CONFLICT (ins, ins_oid, reader) DO UPDATE SET standing = excluded.standing, loaded_at = coalesce(excluded.loaded_at, loaded_at), viewed_at = excluded.viewed_at,
       warnings = CASE WHEN excluded.loaded_at IS NULL THEN warnings ELSE excluded.warnings END`,
  )
  const upsertDocument = db.prepare(
    `INSERT INTO record_document (ins, ins_oid, reader, unique_id, view, first_seen) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (ins, ins_oid, reader, unique_id) DO UPDATE SET view = excluded.view, title_due = max(title_due, view <> excluded.view)`,
  )
  const known = db.prepare('SELECT unique_id FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ?').pluck()
  const remove = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND unique_id = ? RETURNING content_sha256').pluck()
  const removeOfOthers = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ? AND reader <> ? AND unique_id = ? RETURNING content_sha256').pluck()
  const removeOfPatient = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ? RETURNING content_sha256').pluck()
  const removeOfReading = db.prepare('DELETE FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? RETURNING content_sha256').pluck()
  const removeReading = db.prepare('DELETE FROM record_reading WHERE ins = ? AND ins_oid = ? AND reader = ?')
  const lookOf = db.prepare<string[], Look>('SELECT began_at AS beganAt, seen_until AS seenUntil, seen_before AS seenBefore FROM record_look WHERE ins = ? AND ins_oid = ? AND reader = ?')
  const keepLook = db.prepare('INSERT OR REPLACE INTO record_look VALUES (@ins, @oid, @reader, @beganAt, @seenUntil, @seenBefore)')
  const removeLook = db.prepare('DELETE FROM record_look WHERE ins = ? AND ins_oid = ? AND reader = ?')
  const removeLooksOfPatient = db.prepare('DELETE FROM record_look WHERE ins = ? AND ins_oid = ?')
  const cameSince = db.prepare<[string, string, string, number], string>('SELECT unique_id FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND first_seen > ?').pluck()
  const looked = db.prepare('UPDATE record_reading SET viewed_at = ? WHERE ins = ? AND ins_oid = ? AND reader = ?')
  // A time ahead of the clock is one of a clock that was wrong.
  const unseen = db.prepare('SELECT ins, ins_oid, reader FROM record_reading WHERE viewed_at NOT BETWEEN @now - @forMs AND @now + @forMs LIMIT 1').raw()
  const neverRead = db.prepare('UPDATE record_reading SET loaded_at = NULL WHERE ins = ? AND ins_oid = ?')
  const firstSeen = db.prepare('SELECT first_seen FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND unique_id = ?').pluck()
  const contentOf = db.prepare('SELECT content_sha256 FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND unique_id = ?').pluck()
  const fetched = db.prepare('SELECT unique_id FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ? AND content_sha256 IS NOT NULL').pluck()
  const named = db.prepare('SELECT 1 FROM record_document WHERE content_sha256 = ?')
  const allNamed = db.prepare('SELECT DISTINCT content_sha256 FROM record_document WHERE content_sha256 IS NOT NULL').pluck()
  const setContent = db.prepare(
    `UPDATE record_document SET content_sha256 = @sha256, text_due = CASE WHEN content_sha256 = @sha256 THEN text_due ELSE 1 END
     WHERE ins = @ins AND ins_oid = @oid AND reader = @reader AND unique_id = @uniqueId`,
  )
  const mine = 'd.ins = ? AND d.ins_oid = ? AND d.reader = ?'
  // Not `IS NOT NULL`, for which SQLite fetches all of a text that lies on pages of its own.
  const factsRead = db.prepare(`SELECT d.unique_id, typeof(f.facts) <> 'null' FROM record_document d CROSS JOIN record_facts f ON f.document = d.id WHERE ${mine} AND f.readers = ${readersVersion} AND f.begun <> 1`).raw()
  const factsOf = db.prepare(`SELECT f.facts FROM record_document d CROSS JOIN record_facts f ON f.document = d.id WHERE ${mine} AND d.unique_id = ? AND f.readers = ${readersVersion} AND f.facts IS NOT NULL`).pluck()
  const beginFacts = db.prepare(
    `INSERT INTO record_facts (document, readers, begun) SELECT d.id, ${readersVersion}, 1 FROM record_document d WHERE ${mine} AND d.unique_id = ? AND d.content_sha256 IS NOT NULL
     ON CONFLICT (document) DO UPDATE SET facts = NULL, begun = CASE WHEN readers = excluded.readers THEN begun + 1 ELSE 1 END, readers = excluded.readers`,
  )
  const factsRow = `document = (SELECT d.id FROM record_document d WHERE ${mine} AND d.unique_id = ?) AND readers = ${readersVersion}`
  const leaveFacts = db.prepare(`DELETE FROM record_facts WHERE ${factsRow} AND begun > 0`)
  const keepFacts = db.prepare(`UPDATE record_facts SET facts = ?, begun = 0 WHERE ${factsRow} AND begun > 0`)
  const painted = db.prepare('SELECT day, painted AS text FROM record_summary WHERE ins = ? AND ins_oid = ? AND reader = ? AND made_of = ?')
  const inForce = db.prepare('SELECT in_force FROM record_summary WHERE ins = ? AND ins_oid = ? AND reader = ? AND made_of = ? AND day = ?').pluck()
  const keepPainted = db.prepare('INSERT OR REPLACE INTO record_summary (ins, ins_oid, reader, made_of, day, painted, in_force) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const judged = db.prepare('SELECT judged FROM record_summary WHERE ins = ? AND ins_oid = ? AND reader = ? AND made_of = ? AND judged_of = ?').pluck()
  const keepJudged = db.prepare('UPDATE record_summary SET judged_of = ?, judged = ? WHERE ins = ? AND ins_oid = ? AND reader = ? AND made_of = ?')

  /** Once the rows are gone, never before: what a crash leaves between the two is of no list, and is erased at the next start. */
  function eraseUnnamed(contents: Iterable<string | null>): void {
    for (const sha256 of new Set(contents)) if (sha256 !== null && !named.get(sha256)) store.readSpool.remove(sha256)
    onChanged()
  }

  function standingOf(of: readonly [string, string, string]): { standing: RecordStanding | null; loadedAt: number | null; warnings?: readonly string[] } {
    const row = reading.get(...of) as { standing: string; loaded_at: number | null; warnings: string | null } | undefined
    return { standing: row ? recordStanding.parse(JSON.parse(row.standing)) : null, loadedAt: row?.loaded_at ?? null, ...(row?.warnings && { warnings: JSON.parse(row.warnings) as string[] }) }
  }

  return {
    of(by, ins) {
      const reader = readerKeyOf(by)
      if (reader === null) return readingInMemory()
      const of = [ins.value, ins.oid, reader] as const
      const told = { ins: ins.value, oid: ins.oid, reader }

      /** Gives the contents of what is there no more. */
      function replace({ documents, standing, loadedAt, warnings }: Reading, at: number): (string | null)[] {
        upsertReading.run({ ...told, standing: JSON.stringify(standing), loadedAt, at, warnings: warnings ? JSON.stringify(warnings) : null })
        const listed = new Set(documents.map(({ uniqueId }) => uniqueId))
        const unlisted = (known.all(...of) as string[]).filter((uniqueId) => !listed.has(uniqueId))
        for (const document of documents) upsertDocument.run(...of, document.uniqueId, JSON.stringify(document), at)
        return unlisted.map((uniqueId) => remove.get(...of, uniqueId) as string | null)
      }

      return {
        get: () => ({ documents: lately('documents', of, () => documents.all(...of) as string[], documentsOf), ...standingOf(of) }),
        standing: () => standingOf(of).standing,
        listed(uniqueId) {
          const view = viewOf.get(...of, uniqueId) as string | undefined
          return view === undefined ? null : documentOf(view)
        },
        search: (asked) => passages.search(of, asked),
        keep: (next) => eraseUnnamed(store.transaction(() => replace(next, next.loadedAt))),
        begin(begun, at) {
          eraseUnnamed(store.transaction(() => (standingOf(of).loadedAt === null ? replace({ ...begun, loadedAt: null }, at) : [])))
        },
        keepStanding(standing, at) {
          upsertReading.run({ ...told, standing: JSON.stringify(standing), loadedAt: null, at, warnings: null })
        },
        look(at) {
          looked.run(at, ...of)
        },
        learn(document, isSeen) {
          if (viewOf.get(...of, document.uniqueId) === undefined) return
          if (isSeen && document.status === 'approved') {
            upsertDocument.run(...of, document.uniqueId, JSON.stringify(document), 0)
            onChanged()
          } else eraseUnnamed([remove.get(...of, document.uniqueId) as string | null])
        },
        see(at) {
          // What was never read was not before them.
          if (standingOf(of).loadedAt !== null) keepLook.run({ ...told, ...lookAgain(lookOf.get(...of) ?? null, at) })
        },
        news(at) {
          const since = lastLookOf(lookOf.get(...of) ?? null, at)
          return { since, documents: since === null ? [] : cameSince.all(...of, since) }
        },
        content(uniqueId) {
          const sha256 = contentOf.get(...of, uniqueId) as string | null | undefined
          if (!sha256) return null
          try {
            return store.readSpool.get(sha256)
          } catch {
            passages.lose(sha256)
            return null
          }
        },
        fetched: () => lately('fetched', of, () => fetched.all(...of) as string[], (ids) => new Set(ids)),
        keepContent(uniqueId, bytes) {
          if (viewOf.get(...of, uniqueId) === undefined) return
          const { sha256 } = store.readSpool.put(bytes)
          setContent.run({ ...told, uniqueId, sha256 })
          onChanged()
        },
        forgetContent(uniqueId) {
          // As another row: what was taken down of it to be searched goes with the former one.
          const gone = store.transaction(() => {
            const [view, seen] = [viewOf.get(...of, uniqueId), firstSeen.get(...of, uniqueId)] as [string | undefined, number]
            if (view === undefined) return null
            const content = remove.get(...of, uniqueId) as string | null
            upsertDocument.run(...of, uniqueId, view, seen)
            return content
          })
          eraseUnnamed([gone])
        },
        factsRead: () => lately('facts read', of, () => factsRead.all(...of) as [string, number][], (rows) => new Map(rows.map(([uniqueId, found]) => [uniqueId, found === 1]))),
        facts: (uniqueIds) => uniqueIds.flatMap((uniqueId) => (factsOf.get(...of, uniqueId) as string | undefined) ?? []),
        beginFacts(uniqueId) {
          beginFacts.run(...of, uniqueId)
        },
        leaveFacts(uniqueId) {
          leaveFacts.run(...of, uniqueId)
        },
        keepFacts(uniqueId, found) {
          keepFacts.run(found, ...of, uniqueId)
        },
        painted: (madeOf) => (painted.get(...of, madeOf) as Painted | undefined) ?? null,
        inForce: (madeOf, day) => (inForce.get(...of, madeOf, day) as string | undefined) ?? null,
        keepPainted(madeOf, { day, text }, found) {
          keepPainted.run(...of, madeOf, day, text, found)
        },
        judged: (madeOf, judgedOf) => (judged.get(...of, madeOf, judgedOf) as string | undefined) ?? null,
        keepJudged(madeOf, judgedOf, text) {
          keepJudged.run(judgedOf, text, ...of, madeOf)
        },
      }
    },
    hideFromOthers(by, ins, uniqueId) {
      eraseUnnamed(removeOfOthers.all(ins.value, ins.oid, readerKeyOf(by) ?? '', uniqueId) as (string | null)[])
    },
    forget(ins) {
      const gone = store.transaction(() => {
        neverRead.run(ins.value, ins.oid)
        removeLooksOfPatient.run(ins.value, ins.oid)
        return removeOfPatient.all(ins.value, ins.oid) as (string | null)[]
      })
      eraseUnnamed(gone)
    },
    async erase(now, forMs, signal) {
      let some = false
      while (!signal.aborted) {
        const due = unseen.get({ now, forMs }) as [string, string, string] | undefined
        if (!due) break
        const gone = store.transaction(() => {
          removeReading.run(...due)
          removeLook.run(...due)
          return removeOfReading.all(...due) as (string | null)[]
        })
        eraseUnnamed(gone)
        some = true
        await setImmediate()
      }
      const left = signal.aborted ? [] : await store.readSpool.orphans(new Set(allNamed.all() as string[]))
      eraseUnnamed(left.map(({ sha256 }) => sha256))
      return some
    },
  }
}
