import { traceActs, type StoredEvent, type TraceAct } from './event.ts'

/** A line's event as readers take it: those written before the trace was sealed say less. */
export type ReadEvent = Pick<StoredEvent, 'act' | 'outcome' | 'code' | 'actor' | 'mode' | 'object' | 'patientReference'> & { readonly purpose: string; readonly software: string | null }

/** How acts were named before the trace was sealed: by their transaction, `actor` a professional or a structure. */
interface UnsealedEvent {
  readonly type: string
  readonly outcome: 'success' | 'failure'
  readonly actor: string
  readonly patientReference: string | null
  readonly object: string | null
  readonly detail?: string
}
const unsealedActs: Readonly<Record<string, TraceAct>> = { 'ITI-18': 'search', 'ITI-43': 'retrieval', 'ITI-41': 'deposit' }

/** Reads the text of a line. */
export function readEvent(text: string): ReadEvent {
  const event = JSON.parse(text) as StoredEvent | UnsealedEvent
  if ('act' in event && event.act in traceActs) return event
  const { type, actor, detail, ...rest } = event as UnsealedEvent
  const act = unsealedActs[type] ?? 'search'
  return { ...rest, act, code: detail, actor: { professional: actor, structure: null, role: '' }, purpose: act === 'deposit' ? 'feeding' : 'care', software: null }
}
