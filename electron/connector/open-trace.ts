import type { Attestation, Party, Practice, Result } from '#shared/contract/index.ts'
import { actorOf, readEvent, type Audit, type AuditEvent, type TraceAct, type TraceLine, type TraceMode } from './audit/index.ts'
import { panelSource, type EmergencyAccess, type OnConsentChange } from './consent/index.ts'
import type { SheetEnd } from './history/index.ts'
import { authoredBy, type Act, type frozenOf, type ItemRow } from './outbox/index.ts'
import { compactIns, type PatientRegistry } from './patients/index.ts'
import { auditedRecord, type AuditedRecord, type InsId, type NationalRecord } from './record/index.ts'

/** What the rooms tell the trace: each of their acts in the words of the trace. */
export interface Trace {
  /** The record for somebody in front of a window: an answer is given once its line is synced. */
  forReading(record: NationalRecord): AuditedRecord
  /** The record for the sender, which never waits for the trace. */
  forSending(record: NationalRecord): AuditedRecord
  /** Something was shown, opened, copied out or attested; resolves when its line is synced: nothing is shown before. */
  byPerson(act: TraceAct, ins: InsId | null, object: string | null, outcome: Result<unknown>, told?: { readonly detail?: string; readonly mode?: TraceMode; readonly by?: Party }): Promise<void>
  /** The document of an item was given to see, or was not; resolves when its line is synced: nothing is shown before. */
  itemOpened(item: ItemRow, outcome: Result<unknown>, detail?: string): Promise<void>
  /** Inside the commit of the act: a sheet read from paper is kept by a person, erased by one or by the program. */
  readonly onSheet: (act: 'sheet-read' | 'sheet-erased', sheet: { readonly id: string; readonly ins: InsId }, why?: SheetEnd) => void
  /** Inside the commit of the act. */
  readonly onAct: (item: ItemRow, act: Act) => void
  readonly onConsent: OnConsentChange
  readonly onInterrupted: (frozen: ReturnType<typeof frozenOf>) => void
  /** An entry other than the normal one that the program died with: it is over, since when nobody knows. */
  ofInterruptedEntry(act: 'break-glass-ended' | 'regulation-ended', entry: EmergencyAccess): Promise<void>
  /** A professional signed in, or their session ended. */
  onSession(act: 'sign-in' | 'sign-out', party: Party): void
  /** Never fails: a full disk must not keep the program from starting. */
  ofProgram(act: 'start' | 'stop'): Promise<void>
}

export interface TraceOptions {
  readonly audit: Audit
  readonly registry: Pick<PatientRegistry, 'get' | 'byIns'>
  /** Of a number that is said without its OID, and that nobody here is known by. */
  readonly usualInsOid: string
  /** Who is known to read at this computer now; null when nobody signed in where somebody has to. */
  readonly reader: () => Party | null
  readonly structure: Party['structure']
  /** By which transaction deposits go, for those the program died with. */
  readonly depositTransaction: () => string
  readonly onBug: (error: unknown) => void
}

const personActs = { hold: 'item-held', visibility: 'item-visibility', dismiss: 'item-dismissed', patient: 'item-patient-chosen', type: 'item-type-chosen', author: 'item-author-chosen', free: 'item-freed' } as const satisfies Record<Act['what'], TraceAct>

/** Opens it. Nobody signs in to act on an item: such acts are a person's of this structure; reading is the reader's, once they are known. */
export function openTrace({ audit, registry, usualInsOid, reader, structure, depositTransaction, onBug }: TraceOptions): Trace {
  const person = { professional: null, structure: structure.id, role: 'person' }
  const program = { professional: null, structure: structure.id, role: 'program' }
  const care = { origin: 'user', purpose: 'care' } as const
  const feeding = { origin: 'program', purpose: 'feeding' } as const

  function insOf(patientId: string): InsId | null {
    const patient = registry.get(patientId)
    return patient?.ins && patient.insOid ? { value: patient.ins, oid: patient.insOid } : null
  }

  /** Whom the item names, as far as it does by number. */
  function insOfItem(item: ItemRow): InsId | null {
    const label = item.patient === null ? null : (JSON.parse(item.patient) as { ins: string | null; insOid: string | null })
    if (!label?.ins) return null
    const value = compactIns(label.ins)
    // A sidecar gives the number alone: of the OID the gate would take it for.
    return { value, oid: label.insOid ?? registry.byIns(value)[0]?.insOid ?? usualInsOid }
  }

  return {
    forReading: (record) => auditedRecord(record, { ...care, note: (event) => audit.note(event) }),
    forSending: (record) => auditedRecord(record, { ...feeding, note: (event) => void audit.note(event).catch(onBug) }),
    byPerson(act, ins, object, outcome, { by: told, ...also } = {}) {
      const control = act === 'trace-exported' || act === 'trace-attested'
      const known = told ?? reader()
      const by = control ? { actor: person, origin: 'user', purpose: 'control' } as const : { actor: known ? actorOf(known) : person, ...care, mode: 'normal' } as const
      return audit.note({ act, ...by, ...outcomeOf(outcome), patient: ins, object, ...also })
    },
    itemOpened(item, outcome, detail) {
      const known = reader()
      // Not a consultation of the record: the practice looks at its own document, on its way there.
      return audit.note({ act: 'item-opened', ...outcomeOf(outcome), actor: known ? actorOf(known) : person, origin: 'user', purpose: 'feeding', patient: insOfItem(item), object: item.id, detail })
    },
    onAct(item, act) {
      const patient = act.what === 'patient' ? (act.as ? { value: act.as.ins, oid: act.as.insOid } : insOf(act.patientId)) : insOfItem(item)
      audit.record({ act: personActs[act.what], outcome: 'success', actor: person, origin: 'user', purpose: 'feeding', patient, object: item.id, detail: detailOf(act) })
    },
    onSheet(act, { id, ins }, why) {
      const known = reader()
      const byPerson = act === 'sheet-read' || why === 'erased-by-user'
      audit.record({ act, outcome: 'success', actor: byPerson ? (known ? actorOf(known) : person) : program, origin: byPerson ? 'user' : 'program', purpose: act === 'sheet-read' ? 'care' : 'running', patient: ins, object: id, detail: why })
    },
    onConsent(patientId, kind, { choice, source }, taker) {
      // Taken down by somebody in front of the panel, or told by the practice's software.
      const by = source === panelSource ? { actor: taker ? actorOf(taker) : person, origin: 'user' } as const : { actor: program, origin: 'program' } as const
      audit.record({ act: 'consent', outcome: 'success', ...by, purpose: 'running', patient: insOf(patientId), object: patientId, detail: `${kind}:${choice}` })
    },
    onInterrupted: ({ party, metadata, uniqueId }) => audit.record({ act: 'deposit', type: depositTransaction(), outcome: 'unknown', code: 'interrupted', actor: actorOf(party), ...feeding, mode: party.secret === true ? 'secret' : 'normal', patient: metadata.ins, object: uniqueId }),
    ofInterruptedEntry: (act, { id, ins, professional, structure: at, mode, reason }) =>
      audit.note({ act, outcome: 'unknown', code: 'interrupted', actor: { ...program, professional, structure: at ?? structure.id }, origin: 'program', purpose: 'care', mode, patient: ins, object: id, ...(reason && { detail: reason }) }),
    onSession: (act, party) => void audit.note({ act, outcome: 'success', actor: actorOf(party), origin: 'user', purpose: 'running' }).catch(onBug),
    ofProgram: (act) => audit.note({ act, outcome: 'success', actor: program, origin: 'program', purpose: 'running' }).catch(onBug),
  }
}

/** What the trace says of an act, in codes. Why a document is set aside is a person's own words: they stay with the item. */
function detailOf(act: Act): string | undefined {
  if (act.what === 'visibility') return Object.entries(act.visibility).flatMap(([name, chosen]) => (chosen ? name : [])).join(',') || 'everybody'
  if (act.what === 'patient') return act.as?.against ? 'against-source' : undefined
  if (act.what === 'author') return authoredBy(act).join(' ')
  return act.what === 'type' ? act.typeCode : undefined
}

function outcomeOf(result: Result<unknown>): Pick<AuditEvent, 'outcome' | 'code'> {
  return result.ok ? { outcome: 'success' } : { outcome: 'failure', code: result.failure.code }
}

/** The lines of a patient that were consultations, with the names the practice file knows. */
export function attestedLines(practice: Practice, lines: readonly TraceLine[]): Attestation['lines'] {
  const person = (id: string) => [...practice.professionals, ...(practice.staff ?? [])].find((candidate) => candidate.id === id)
  const structure = (id: string) => practice.structures.find((candidate) => candidate.id === id)
  const nameOf = (id: string) => [person(id)].flatMap((found) => (found ? `${found.family} ${found.given}` : []))[0] ?? structure(id)?.name ?? null
  const named = (id: string | null) => (id === null ? null : { id, name: nameOf(id) })
  return lines.flatMap(({ seq, at, event, hash }) => {
    const { act, outcome, code, actor, mode, object, purpose, software } = readEvent(event)
    if (purpose !== 'care') return []
    return { seq, at: new Date(at).toISOString(), act, outcome, code: code ?? null, professional: named(actor.professional), structure: named(actor.structure), role: actor.role, mode: mode ?? null, object: object ?? null, software, hash }
  })
}
