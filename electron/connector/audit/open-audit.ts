import path from 'node:path'
import { isDiskFull, type Store } from '../store/index.ts'
import { chainOrigin, lineHash, traceKeys, type TraceLine } from './chain.ts'
import { checkChain, type TraceVerdict } from './check-chain.ts'
import { traceActs, type AuditEvent, type StoredEvent, type TraceGap } from './event.ts'
import { keepHead, readHeads } from './heads.ts'

/** The append-only trace: each line chained to the one before it and sealed with the trace's key. */
export interface Audit {
  /** Writes one line, in the transaction under way when there is one. */
  record(event: AuditEvent): void
  /** Writes one line in a commit shared with what else is committed in this turn of the event loop; resolves when it is synced. */
  note(event: AuditEvent): Promise<void>
  /** Walks the whole chain, a stretch at a time, and compares it with the heads kept outside the database. Writes no line. */
  verify(): Promise<TraceVerdict>
  /** The patient as the trace names them. */
  referenceOf(patient: { readonly value: string; readonly oid: string }): string
  /** Lines of a time (milliseconds, `from` included, `to` not) and of a patient, in order, after a line, at most `limit`. */
  lines(query: TraceQuery): TraceLine[]
  /** Keeps the head and ends; the store may then be closed. */
  close(): Promise<void>
}

export interface TraceQuery {
  readonly from: number | null
  readonly to: number | null
  readonly patient: { readonly value: string; readonly oid: string } | null
  readonly after: number
  readonly limit: number
}

export interface AuditOptions {
  /** The store's: the trace's own when it begins. */
  readonly key: string
  readonly now: () => number
  /** Milliseconds that only grow while the program runs, whatever becomes of the clock. */
  readonly monotonic: () => number
  /** Name of this computer, and the program with its version: in every line. */
  readonly host: string
  readonly software: string
  /** How work is committed; work asked for in one turn shares a commit when the host's does. */
  readonly commit: <T>(work: () => T) => Promise<T>
  /** A head could not be kept (a full disk): told, and tried again with the next one. */
  readonly onBug: (error: unknown) => void
}

/** Lines between two heads: what a cut of the end could take away unseen. */
const headEvery = 64
const stretch = 2_000

interface TraceRow {
  readonly seq: number
  readonly at: number
  readonly event: string
  readonly previous_hash: string
  readonly hash: string
  readonly seal: string | null
}
const lineOf = ({ previous_hash: previousHash, ...line }: TraceRow): TraceLine => ({ ...line, previousHash })

/** Where the heads of a data folder are. */
export function headsFile(directory: string): string {
  return path.join(directory, 'trace.heads')
}

/** Kept once: lines and references stay what they are when the store's key changes. */
function keyOfTrace({ db }: Store, storeKey: string): string {
  const kept = db.prepare<[], string>('SELECT key FROM trace_key').pluck().get()
  if (kept !== undefined) return kept
  try {
    db.prepare('INSERT INTO trace_key VALUES (1, ?)').run(storeKey)
  } catch (error) {
    // Kept by the next start: until the store's key changes it is the same.
    if (!isDiskFull(error)) throw error
  }
  return storeKey
}

/** Opens the trace of a store. Nothing is written before the first event; a database that lost its end is told then, before it. */
export function openAudit(store: Store, options: AuditOptions): Audit {
  const { db } = store
  const keys = traceKeys(keyOfTrace(store, options.key))
  const file = headsFile(store.directory)
  const columns = 'seq, at, event, previous_hash, hash, seal'
  const last = db.prepare<[], Pick<TraceRow, 'seq' | 'hash'>>('SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1')
  const insert = db.prepare('INSERT INTO audit_event (seq, at, event, previous_hash, hash, seal) VALUES (?, ?, ?, ?, ?, ?)')
  const after = db.prepare<[number, number, number], TraceRow>(`SELECT ${columns} FROM audit_event WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`)
  const between = 'seq > @after AND (@from IS NULL OR at >= @from) AND (@to IS NULL OR at < @to) ORDER BY seq LIMIT @limit'
  const ofAll = db.prepare<[Record<string, unknown>], TraceRow>(`SELECT ${columns} FROM audit_event WHERE ${between}`)
  const ofPatient = db.prepare<[Record<string, unknown>], TraceRow>(
    `SELECT ${columns} FROM audit_event INDEXED BY audit_event_by_patient WHERE json_extract(event, '$.patientReference') = @reference AND ${between}`,
  )
  const gapTold = db.prepare<[number]>("SELECT 1 FROM audit_event WHERE json_extract(event, '$.gap.to') >= ? LIMIT 1")
  const pending = new Set<Promise<void>>()
  /** Seq of the head kept last; null = the end of the trace was not looked at yet. */
  let headSeq: number | null = null
  let lastHead: Promise<void> = Promise.resolve()
  let asked = false

  function append(event: StoredEvent): void {
    const tail = last.get()
    const seq = (tail?.seq ?? 0) + 1
    const previous = tail?.hash ?? chainOrigin
    const at = options.now()
    const text = JSON.stringify(event)
    const hash = lineHash(previous, seq, at, text)
    insert.run(seq, at, text, previous, hash, keys.seal(hash))
    if (seq >= (headSeq ?? 0) + headEvery) askHead()
  }

  function storedEvent({ patient = null, object = null, type, ...event }: AuditEvent, gap?: TraceGap): StoredEvent {
    return {
      ...event,
      ...traceActs[event.act],
      ...(type === undefined ? {} : { type }),
      patientReference: patient === null ? null : keys.reference(patient),
      // Some software writes the number of the patient into the ids of its documents.
      object: patient !== null && object?.includes(patient.value) ? keys.reference({ value: object, oid: '' }) : object,
      host: options.host,
      software: options.software,
      mono: Math.round(options.monotonic()),
      ...(gap ? { gap } : {}),
    }
  }

  /** Before the first line of this run: do the heads know of lines that the database does not? */
  function tellGap(): void {
    const known = readHeads(file).heads.findLast((head) => head.seal === keys.headSeal(head))
    const tail = last.get()?.seq ?? 0
    if (known && known.seq > tail && !gapTold.get(known.seq)) {
      const gap = { from: tail + 1, to: known.seq, restored: store.restored !== null }
      append(storedEvent({ act: 'trace-gap', outcome: 'failure', actor: { professional: null, structure: null, role: 'program' }, origin: 'program', purpose: 'running' }, gap))
    }
  }

  /** After the commit under way, never before it: a head must not know of lines that were rolled back. */
  function askHead(): void {
    if (asked) return
    asked = true
    setImmediate(() => {
      asked = false
      if (db.open) void writeHead().catch(options.onBug)
    })
  }

  async function keepTail(): Promise<void> {
    const tail = db.open ? last.get() : undefined
    if (!tail || tail.seq === headSeq) return
    const head = { seq: tail.seq, at: options.now(), hash: tail.hash }
    await keepHead(file, { ...head, seal: keys.headSeal(head) })
    headSeq = tail.seq
  }

  function writeHead(): Promise<void> {
    const run = lastHead.then(keepTail)
    lastHead = run.catch(() => undefined)
    return run
  }

  const audit: Audit = {
    record(event) {
      const write = () => {
        if (headSeq === null) tellGap()
        append(storedEvent(event))
        // Seen with the first line of a run, whose head is kept at once.
        if (headSeq === null) askHead()
      }
      if (db.inTransaction) write()
      else store.transaction(write)
    },
    note(event) {
      const noted = options.commit(() => audit.record(event))
      const settled = noted.catch(() => undefined)
      pending.add(settled)
      void settled.then(() => pending.delete(settled))
      return noted
    },
    async verify() {
      if (asked) await writeHead().catch(options.onBug)
      const check = checkChain(keys, readHeads(file))
      const end = last.get()?.seq ?? 0
      for (let rows = after.all(-1, end, stretch); rows.length > 0; rows = after.all(rows.at(-1)!.seq, end, stretch)) {
        if (!rows.every((row) => check.take(lineOf(row)))) break
        // Windows and feed speak between two stretches.
        await new Promise((resolve) => setImmediate(resolve))
      }
      return check.end()
    },
    referenceOf: (patient) => keys.reference(patient),
    lines({ patient, ...query }) {
      const rows = patient === null ? ofAll.all(query) : ofPatient.all({ ...query, reference: keys.reference(patient) })
      return rows.map(lineOf)
    },
    async close() {
      await Promise.all(pending)
      if (headSeq !== null || asked) await writeHead().catch(options.onBug)
      await lastHead
    },
  }
  return audit
}
