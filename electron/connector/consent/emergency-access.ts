import type { Store } from '#connector/store/index.ts'

/** One entry other than the normal one, of one professional with one patient. */
export interface EmergencyAccess {
  readonly id: string
  readonly ins: { readonly value: string; readonly oid: string }
  /** PS_IdNat. */
  readonly professional: string
  readonly mode: 'break-glass' | 'regulation'
  /** Class of the reason, and the professional's own words; null from a regulation centre, whose calls are all of one kind. */
  readonly reason: string | null
  readonly words: string | null
  /** Milliseconds since the epoch. */
  readonly begunAt: number
}

/** The entries and their reasons, kept encrypted in the store for a control. Synchronous. */
export interface EmergencyRegister {
  begin(access: EmergencyAccess): void
  end(id: string, at: number): void
  /** Those of a patient, oldest first; `endedAt` null = under way, or the program died with it. */
  of(ins: EmergencyAccess['ins']): (EmergencyAccess & { readonly endedAt: number | null })[]
}

interface Row {
  id: string
  professional: string
  mode: EmergencyAccess['mode']
  reason: string | null
  words: string | null
  begun_at: number
  ended_at: number | null
}

export function openEmergencies({ db }: Store): EmergencyRegister {
  const add = db.prepare('INSERT INTO emergency_access VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)')
  const end = db.prepare('UPDATE emergency_access SET ended_at = ? WHERE id = ? AND ended_at IS NULL')
  const list = db.prepare<[string, string], Row>('SELECT * FROM emergency_access WHERE ins = ? AND ins_oid = ? ORDER BY begun_at, id')
  return {
    begin: ({ id, ins, professional, mode, reason, words, begunAt }) => void add.run(id, ins.value, ins.oid, professional, mode, reason, words, begunAt),
    end: (id, at) => void end.run(at, id),
    of: (ins) => list.all(ins.value, ins.oid).map(({ id, professional, mode, reason, words, begun_at, ended_at }) => ({ id, ins, professional, mode, reason, words, begunAt: begun_at, endedAt: ended_at })),
  }
}
