import type { ConsentView, Party } from '#shared/contract/index.ts'
import type { Store } from '#connector/store/index.ts'
import { holdsUntil, instantOf, isLapsed } from './lapsed.ts'

/** What a patient was asked: that documents are deposited in their record, that their record is read. */
export type ConsentKind = 'deposit' | 'consultation'

/**
 * What the patient answered. For a deposit the law wants information and lets the patient oppose; for consultation it wants
 * consent. `not-collected` = nobody has asked.
 */
export type ConsentChoice = 'agreed' | 'opposed' | 'not-collected'

export interface ConsentDecision {
  readonly choice: ConsentChoice
  /** ISO 8601, the patient's own date; null = undated. */
  readonly decidedAt: string | null
  readonly source: string
}

/**
 * True when `next` replaces `known`: the latest by its own date, not by arrival. An undated or uncollected answer never
 * replaces one the patient gave.
 */
export function supersedes(next: ConsentDecision, known: ConsentDecision | null): boolean {
  if (known === null) return true
  if (next.choice === 'not-collected') return known.choice === 'not-collected'
  if (known.choice === 'not-collected') return true
  const [said, before] = [instantOf(next.decidedAt), instantOf(known.decidedAt)]
  if (said === null) return before === null
  return before === null || said >= before
}

interface DecisionRow {
  choice: ConsentChoice
  decided_at: string | null
  source: string
}

/** Compiles what is asked once: it is asked at every document. */
function prepare({ db }: Store) {
  return {
    learn: db.prepare<[string, string, string, string | null, string]>(
      `INSERT INTO consent (patient_id, kind, choice, decided_at, source) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (patient_id, kind) DO UPDATE SET choice = excluded.choice, decided_at = excluded.decided_at, source = excluded.source`,
    ),
    decisions: db.prepare<[string, string, string], DecisionRow>(
      `SELECT choice, decided_at, source FROM consent
       WHERE kind = ? AND (patient_id = ? OR patient_id IN (SELECT id FROM patient WHERE merged_into = ?))`,
    ),
    patientsByIns: db.prepare<[string, string], { id: string }>('SELECT id FROM patient WHERE ins = ? AND ins_oid = ? AND merged_into IS NULL'),
  }
}

/** Runs inside the commit in which a patient's answer becomes another one; `by` took it down, null when nobody known did. */
export type OnConsentChange = (patientId: string, kind: ConsentKind, decision: ConsentDecision, by: Party | null) => void

/** Whether a patient's documents may go and their record be read, as last said, in the store. Synchronous. */
export class ConsentRegister {
  readonly #store: Store
  readonly #prepared: ReturnType<typeof prepare>
  readonly #onChange: OnConsentChange

  constructor(store: Store, onChange: OnConsentChange = () => undefined) {
    this.#store = store
    this.#onChange = onChange
    this.#prepared = prepare(store)
  }

  /** Learns an answer; gives true when it became the current one. The patient must be known to the registry. */
  learn(patientId: string, kind: ConsentKind, decision: ConsentDecision, by: Party | null = null): boolean {
    return this.#store.transaction(() => {
      const known = this.decision(patientId, kind)
      if (!supersedes(decision, known)) return false
      this.#prepared.learn.run(patientId, kind, decision.choice, decision.decidedAt, decision.source)
      if (decision.choice !== known?.choice || decision.decidedAt !== known.decidedAt) this.#onChange(patientId, kind, decision, by)
      return true
    })
  }

  /** The current answer, of the patient and of the identities merged into them; null when nothing was ever said. */
  decision(patientId: string, kind: ConsentKind): ConsentDecision | null {
    return this.#prepared.decisions
      .all(kind, patientId, patientId)
      .map((row): ConsentDecision => ({ choice: row.choice, decidedAt: row.decided_at, source: row.source }))
      .reduce<ConsentDecision | null>((current, next) => (supersedes(next, current) ? next : current), null)
  }

  /** False only when the patient opposed: depositing is the rule, opposition the exception. */
  mayDeposit(patientId: string): boolean {
    return this.decision(patientId, 'deposit')?.choice !== 'opposed'
  }

  /** The current answer of whoever is known under this INS; where several are, a refusal of one counts for all. */
  decisionForIns(ins: { value: string; oid: string }, kind: ConsentKind): ConsentDecision | null {
    const said = this.#prepared.patientsByIns.all(ins.value, ins.oid).flatMap(({ id }) => this.decision(id, kind) ?? [])
    return said.find(({ choice }) => choice === 'opposed') ?? said.reduce<ConsentDecision | null>((current, next) => (supersedes(next, current) ? next : current), null)
  }

  /** The same as a window shows it, with until when a consent to consultation holds. */
  viewForIns(ins: { value: string; oid: string }, kind: ConsentKind): ConsentView | null {
    const said = this.decisionForIns(ins, kind)
    const until = said?.choice === 'agreed' && kind === 'consultation' ? holdsUntil(said.decidedAt) : null
    return said && { ...said, until: until === null ? null : new Date(until).toISOString() }
  }

  /**
   * What a patient known under this INS said against their record being read now: a refusal, or a consent of more than a year. Where nobody asked
   * them, the authorisation they gave the professional in the record itself is what counts; null = nothing stands against it.
   */
  wordAgainstReading(ins: { value: string; oid: string }, now: number): 'consultation-refused' | 'consent-to-renew' | null {
    const said = this.decisionForIns(ins, 'consultation')
    if (said?.choice === 'opposed') return 'consultation-refused'
    return said && isLapsed(said, now) ? 'consent-to-renew' : null
  }
}
