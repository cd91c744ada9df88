import type { Store } from '#connector/store/index.ts'

/** One entry other than the normal one, of one professional with one patient. */
export interface EmergencyAccess {
  readonly id: string
  readonly ins: { readonly value: string; readonly oid: string }
  /** PS_IdNat. */
  readonly professional: string
  /** Struct_IdNat; null for one written down before it was kept. */
  readonly structure: string | null
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
  /** Those that have not ended, oldest first: at a start those the program died with, which are ended then. */
  underWay(): EmergencyAccess[]
}

interface Row {
  id: string
  ins: string
  ins_oid: string
  professional: string
  structure: string | null
  mode: EmergencyAccess['mode']
  reason: string | null
  words: string | null
  begun_at: number
}

export function openEmergencies({ db }: Store): EmergencyRegister {
  const add = db.prepare('INSERT INTO emergency_access (id, ins, ins_oid, professional, structure, mode, reason, words, begun_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const end = db.prepare('UPDATE emergency_access SET ended_at = ? WHERE id = ? AND ended_at IS NULL')
  const list = db.prepare<[], Row>('SELECT id, ins, ins_oid, professional, structure, mode, reason, words, begun_at FROM emergency_access WHERE ended_at IS NULL ORDER BY begun_at, id')
  return {
    begin: ({ id, ins, professional, structure, mode, reason, words, begunAt }) => void add.run(id, ins.value, ins.oid, professional, structure, mode, reason, words, begunAt),
    end: (id, at) => void end.run(at, id),
    underWay: () => list.all().map(({ ins, ins_oid, begun_at, ...told }) => ({ ...told, ins: { value: ins, oid: ins_oid }, begunAt: begun_at })),
  }
}
