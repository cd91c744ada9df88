import { recordDocument, type FoundDocument, type RecordDocument, type RecordSearch } from '#shared/contract/index.ts'
import { searchWords, type SearchWord } from '#shared/text/search-words.ts'
import type { Store } from '../../store/index.ts'
import { byDate } from '../by-date.ts'
import type { TextPiece } from './document-text.ts'
import { markWords } from './mark-words.ts'
import { matchOf } from './match-of.ts'

/** A reader's document whose content is to be looked into. */
export interface DueText {
  readonly id: number
  readonly sha256: string
}

/**
 * What can be searched of the documents that were read: titles, the text of contents that were fetched, and the clinical facts in them. Taken down piece by piece, each in a
 * transaction of its own that holds nothing up for long, and taken out likewise; a restart goes on where it was.
 */
export interface Passages {
  /** Takes down some titles that are new or have changed; false when there was none. */
  takeTitles(): boolean
  /** Takes out some words of documents that are gone; false when there was none. */
  eraseGone(): boolean
  /** Tidies the index up for a moment; false when there is nothing to tidy. To be called until then after what was taken down or out. */
  merge(): boolean
  dueText(): DueText | null
  /** To be said before a content is looked into: one that ended the program twice is let be. */
  beginText(due: DueText): void
  /** It was begun, and the program is being ended. */
  leaveText(due: DueText): void
  /** One piece of a document's text; false when the document is gone meanwhile, or another content came. */
  takePiece(due: DueText, piece: TextPiece): boolean
  /** Takes out some pieces of a text taken down by half, by a program that was ended; false when there was none. */
  eraseHalf(due: DueText): boolean
  /** All of it is taken down, or there is nothing to be had. */
  settleText(due: DueText): void
  /** A content is not on the disk any more, or not what it was: as if never fetched. */
  lose(sha256: string): void
  /** Documents of one reader and patient that have all the words somewhere, newest first. */
  search(of: readonly [ins: string, insOid: string, reader: string], asked: Asked): RecordSearch
}

export interface Asked {
  readonly words: string
  /** At most so many documents are given. */
  readonly limit: number
  /** False: titles alone, for a reader who may see the list and no document. */
  readonly inTexts: boolean
}

/** So many rows in one go. */
const some = 20
/** Pages of the index written in one go. */
const mergedPages = 4
/** Places shown of one document. */
const mostPlaces = 3

interface PassageRow {
  readonly id: number
  readonly kind: 'title' | TextPiece['kind']
  readonly attachment: number | null
  readonly page: number | null
  readonly text: string
}

/** The reader and patient as one word of the index. */
function readingToken(...of: readonly string[]): string {
  return Buffer.from(of.join(' ')).toString('hex')
}

/** Opens what is searched in a store. */
export function openPassages(store: Store): Passages {
  const { db } = store
  const titlesDue = db.prepare(`SELECT id, ins, ins_oid AS oid, reader, view FROM record_document WHERE title_due = 1 ORDER BY id LIMIT ${some}`)
  const titleDone = db.prepare('UPDATE record_document SET title_due = 0 WHERE id = ?')
  const insert = db.prepare('INSERT INTO record_passage (document, kind, attachment, page, text) VALUES (@document, @kind, @attachment, @page, @text)')
  const index = db.prepare('INSERT INTO record_search (rowid, reading, text) VALUES (?, ?, ?)')
  const piecesOf = db.prepare('SELECT id FROM record_passage WHERE document = ? AND (kind = ?) = ? LIMIT ?').pluck()
  const anyOf = db.prepare('SELECT id FROM record_passage WHERE document = ? LIMIT ?').pluck()
  const removePassage = db.prepare('DELETE FROM record_passage WHERE id = ?')
  const unindex = db.prepare('DELETE FROM record_search WHERE rowid = ?')
  const gone = db.prepare('SELECT document FROM record_erased LIMIT 1').pluck()
  const goneDone = db.prepare('DELETE FROM record_erased WHERE document = ?')
  const textDue = db.prepare('SELECT id, content_sha256 AS sha256 FROM record_document WHERE text_due IN (1, 2) ORDER BY id LIMIT 1')
  const begin = db.prepare('UPDATE record_document SET text_due = text_due + ? WHERE id = ? AND content_sha256 = ?')
  const stillDue = db.prepare('SELECT ins, ins_oid AS oid, reader FROM record_document WHERE id = ? AND content_sha256 = ?')
  const textDone = db.prepare('UPDATE record_document SET text_due = 0 WHERE id = ? AND content_sha256 = ?')
  const lost = db.prepare('UPDATE record_document SET content_sha256 = NULL, text_due = 0 WHERE content_sha256 = ?')
  const views = db.prepare('SELECT unique_id, view FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ?').raw()
  const passagesOf = db.prepare('SELECT p.id, d.unique_id FROM record_document d JOIN record_passage p ON p.document = d.id WHERE d.ins = ? AND d.ins_oid = ? AND d.reader = ? AND (p.kind = ? OR ?)').raw()
  const searched = db.prepare(
    `SELECT count(*) FILTER (WHERE title_due = 0) AS titles, count(*) FILTER (WHERE content_sha256 IS NOT NULL AND text_due = 0) AS texts
     FROM record_document WHERE ins = ? AND ins_oid = ? AND reader = ?`,
  )
  const merge = db.prepare(`INSERT INTO record_search (record_search, rank) VALUES ('merge', ${mergedPages})`)
  const changes = db.prepare('SELECT total_changes()').pluck()
  const matching = db.prepare('SELECT rowid FROM record_search WHERE record_search MATCH ?').pluck()
  const passage = db.prepare('SELECT id, kind, attachment, page, text FROM record_passage WHERE id = ?')

  function take(of: { ins: string; oid: string; reader: string }, row: Omit<PassageRow, 'id'> & { document: number }): void {
    const { lastInsertRowid } = insert.run(row)
    index.run(lastInsertRowid, readingToken(of.ins, of.oid, of.reader), row.text)
  }

  function erase(ids: readonly number[]): void {
    for (const id of ids) {
      unindex.run(id)
      removePassage.run(id)
    }
  }

  return {
    takeTitles: () =>
      store.transaction(() => {
        const due = titlesDue.all() as { id: number; ins: string; oid: string; reader: string; view: string }[]
        for (const { id, view, ...of } of due) {
          const { title, typeLabel } = JSON.parse(view) as RecordDocument
          erase(piecesOf.all(id, 'title', 1, some) as number[])
          take(of, { document: id, kind: 'title', attachment: null, page: null, text: title === typeLabel ? title : `${title} · ${typeLabel}` })
          titleDone.run(id)
        }
        return due.length > 0
      }),
    eraseGone: () =>
      store.transaction(() => {
        const document = gone.get() as number | undefined
        if (document === undefined) return false
        const ids = anyOf.all(document, some) as number[]
        erase(ids)
        if (ids.length < some) goneDone.run(document)
        return true
      }),
    merge() {
      const before = changes.get() as number
      merge.run()
      // FTS5 says by this whether it found anything to do.
      return (changes.get() as number) - before >= 2
    },
    dueText: () => (textDue.get() as DueText | undefined) ?? null,
    beginText({ id, sha256 }) {
      begin.run(1, id, sha256)
    },
    leaveText({ id, sha256 }) {
      begin.run(-1, id, sha256)
    },
    takePiece: ({ id, sha256 }, piece) =>
      store.transaction(() => {
        const of = stillDue.get(id, sha256) as { ins: string; oid: string; reader: string } | undefined
        if (of) take(of, { document: id, ...piece })
        return of !== undefined
      }),
    eraseHalf: ({ id }) =>
      store.transaction(() => {
        const ids = piecesOf.all(id, 'title', 0, some) as number[]
        erase(ids)
        return ids.length > 0
      }),
    settleText({ id, sha256 }) {
      textDone.run(id, sha256)
    },
    lose(sha256) {
      lost.run(sha256)
      // What lies there must not be taken for it when it is kept again.
      store.readSpool.remove(sha256)
    },
    search(of, { words: typed, limit, inTexts }) {
      const words = searchWords(typed)
      const documentOf = new Map(passagesOf.all(...of, 'title', inTexts ? 1 : 0) as [number, string][])
      const places = placesOf(words, documentOf, (word) => matching.all(matchOf(readingToken(...of), word)) as number[])
      const found = byDate((views.all(...of) as [string, string][]).filter(([uniqueId]) => places.has(uniqueId)).map(([, view]) => JSON.parse(view) as RecordDocument))
      const { titles, texts } = searched.get(...of) as RecordSearch['searched']
      return {
        found: found.slice(0, limit).map((document) => ({ document: recordDocument.parse(document), passages: (places.get(document.uniqueId) ?? []).slice(0, mostPlaces).flatMap((id) => shown(passage.get(id) as PassageRow, words)).slice(0, mostPlaces) })),
        total: found.length,
        searched: { titles, texts: inTexts ? texts : 0 },
      }
    },
  }
}

/** Of each document that has every word, the passages that have any, in the document's order. */
function placesOf(words: readonly SearchWord[], documentOf: ReadonlyMap<number, string>, passagesWith: (word: SearchWord) => readonly number[]): Map<string, number[]> {
  const having = new Map<string, Set<number>>()
  for (const [position, word] of words.entries()) {
    const now = new Set<string>()
    for (const id of passagesWith(word)) {
      const document = documentOf.get(id)
      if (document === undefined || (position > 0 && !having.has(document))) continue
      now.add(document)
      const passages = having.get(document)
      if (passages) passages.add(id)
      else having.set(document, new Set([id]))
    }
    for (const document of having.keys()) if (!now.has(document)) having.delete(document)
  }
  return new Map([...having].map(([document, ids]) => [document, [...ids].sort((a, b) => a - b)]))
}

function shown({ kind, attachment, page, text }: PassageRow, words: readonly SearchWord[]): FoundDocument['passages'] {
  // Each fact has its own line: one is never shown with half of another.
  return (kind === 'fact' ? text.split('\n') : [text]).flatMap((line) => {
    const parts = markWords(line, words)
    return parts ? [{ place: kind === 'page' ? { kind, attachment, page: page ?? 1 } : { kind }, parts }] : []
  })
}
