import { failure, success, type PaperSheet, type Result, type WaitingSheet } from '#shared/contract/index.ts'
import type { InsId } from '../../record/index.ts'
import type { Store } from '../../store/index.ts'
import { decodeSheet } from './sheet-code.ts'
import { keptMs, timeLeft } from './time-left.ts'

/** Why a sheet is kept no longer: its patient's record was read, its time is over, a person has no more use for it, or its patient may not be looked at here. */
export type SheetEnd = 'synchronised' | 'expired' | 'erased-by-user' | 'refused'

/** Sheets read from paper, until the record of their patient is read and 48 hours at most. They are of this installation: whoever holds the paper can read it. */
export interface PaperSheets {
  /** Keeps what a code says, which the caller has read and may show; one that is kept already keeps its end. `onKept` is part of the commit. */
  keep(code: string, ins: InsId, onKept: (id: string) => void): PaperSheet
  /** Those that wait, soonest gone first. */
  waiting(): WaitingSheet[]
  /** `not-found` once it is gone. */
  get(id: string): Result<PaperSheet & { readonly ins: InsId }>
  /** Whether any waits; costs nothing. */
  anyWaits(): boolean
  erase(id: string, why: SheetEnd): void
  eraseOf(ins: InsId, why: SheetEnd): void
  close(): void
}

export interface PaperSheetsOptions {
  readonly store: Pick<Store, 'db' | 'transaction'>
  readonly newId: () => string
  /** Inside the commit that erases it. */
  readonly onErased: (sheet: { readonly id: string; readonly ins: InsId }, why: SheetEnd) => void
  /** What waits changed. */
  readonly onChange: () => void
  readonly onBug: (error: unknown) => void
  readonly now: () => number
  /** Milliseconds on a clock that neither a person nor a sleep moves. */
  readonly monotonic: () => number
  readonly everyMs?: number
}

/** The end of a sheet may move by so little without a word. */
const noticedMs = 5_000

interface Row {
  readonly id: string
  readonly code: string
  readonly ins: string
  readonly ins_oid: string
  readonly read_at: number
  readonly left_ms: number
  readonly counted_at: number
}

/** Counts the time of what waits, from the start on and again each minute, and erases what is over. */
export function openPaperSheets({ store, newId, onErased, onChange, onBug, now, monotonic, everyMs = 60_000 }: PaperSheetsOptions): PaperSheets {
  const { db } = store
  const all = db.prepare<[], Row>('SELECT * FROM paper_sheet ORDER BY left_ms, id')
  const one = db.prepare<[string], Row>('SELECT * FROM paper_sheet WHERE id = ?')
  const byCode = db.prepare<[string], Row>('SELECT * FROM paper_sheet WHERE code = ?')
  const insert = db.prepare<Row>('INSERT INTO paper_sheet VALUES (@id, @code, @ins, @ins_oid, @read_at, @left_ms, @counted_at)')
  const count = db.prepare<[number, number, string]>('UPDATE paper_sheet SET left_ms = ?, counted_at = ? WHERE id = ?')
  const remove = db.prepare<[string]>('DELETE FROM paper_sheet WHERE id = ?')
  const insOf = (row: Row): InsId => ({ value: row.ins, oid: row.ins_oid })
  let waits = 0
  let counted = monotonic()

  function changed(): void {
    waits = all.all().length
    onChange()
  }

  function end(rows: readonly Row[], why: SheetEnd): void {
    if (rows.length === 0) return
    store.transaction(() => {
      for (const row of rows) {
        remove.run(row.id)
        onErased({ id: row.id, ins: insOf(row) }, why)
      }
    })
    changed()
  }

  /** Before anything is told of a sheet, so that none is shown beyond its time. */
  function countTime(): void {
    const at = monotonic()
    const rows = all.all()
    const steadyMs = at - counted
    counted = at
    if (rows.length === 0) return
    const left = rows.map((row) => ({ row, ...timeLeft({ leftMs: row.left_ms, countedAt: row.counted_at }, now(), steadyMs) }))
    store.transaction(() => {
      for (const { row, leftMs, countedAt } of left) count.run(leftMs, countedAt, row.id)
    })
    end(left.flatMap(({ row, leftMs }) => (leftMs === 0 ? [row] : [])), 'expired')
    // Windows count down to an instant: another one where the clock was set.
    if (left.some(({ row, leftMs, countedAt }) => leftMs > 0 && Math.abs(countedAt + leftMs - row.counted_at - row.left_ms) > noticedMs)) onChange()
  }

  function attempt(): void {
    try {
      countTime()
    } catch (error) {
      onBug(error)
    }
  }

  /** What this program cannot read any more, being an older one, is not told. */
  function shownOf(row: Row): PaperSheet | null {
    const sheet = decodeSheet(row.code)
    return sheet.ok ? { id: row.id, readHereAt: new Date(row.read_at).toISOString(), until: new Date(row.counted_at + row.left_ms).toISOString(), sheet: sheet.value } : null
  }

  const timer = setInterval(attempt, everyMs).unref()
  attempt()
  changed()

  return {
    keep(code, ins, onKept) {
      countTime()
      const [before, at] = [byCode.get(code), now()]
      const row: Row = before ?? { id: newId(), code, ins: ins.value, ins_oid: ins.oid, read_at: at, left_ms: keptMs, counted_at: at }
      const kept = shownOf(row)
      if (kept === null) throw new Error('a code that was read can be read')
      store.transaction(() => {
        if (!before) insert.run(row)
        onKept(row.id)
      })
      if (!before) changed()
      return kept
    },
    waiting() {
      countTime()
      return all.all().flatMap((row) => {
        const shown = shownOf(row)
        if (shown === null) return []
        const { sheet: { patient, printedAt, practice }, id, readHereAt, until } = shown
        return [{ id, readHereAt, until, patient, printedAt, practice }]
      })
    },
    get(id) {
      countTime()
      const row = one.get(id)
      const shown = row ? shownOf(row) : null
      return row && shown ? success({ ...shown, ins: insOf(row) }) : failure('not-found')
    },
    anyWaits: () => waits > 0,
    erase(id, why) {
      const row = one.get(id)
      end(row ? [row] : [], why)
    },
    eraseOf: (ins, why) => end(all.all().filter((row) => row.ins === ins.value && row.ins_oid === ins.oid), why),
    close: () => clearInterval(timer),
  }
}
