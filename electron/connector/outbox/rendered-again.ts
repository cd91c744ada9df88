import type { ItemTrace, ReasonCode } from '#shared/contract/index.ts'
import { changesOf, lateReasons, sameHints, sourceNumberOf, standsBeside } from './announced.ts'
import { isOfOtherType, type ItemRow } from './item.ts'
import { sourceOf } from './source-of.ts'

type Hints = Parameters<typeof changesOf>[1]

/** A document as it is about to be frozen. */
export interface DocumentAgain {
  readonly row: Pick<ItemRow, 'seq' | 'hints' | 'source_name' | 'source_id'>
  readonly typeCode: string | null
  /** The uniqueId of what it replaces. */
  readonly replaces: string | null
  readonly trace: readonly Pick<ItemTrace, 'to' | 'reason'>[]
}

/** What becomes of it: set aside, or parked, beside the item of this id. */
export interface AnsweredAgain {
  readonly reason: Extract<ReasonCode, 'already-received' | 'visibility-changed' | 'announced-otherwise'>
  readonly id: string
}

/**
 * What to answer when a document is, but for its rendering or its wrapping, one of `others` of the same patient (oldest first): null when it is a document of
 * its own. Nothing is sent twice: it is set aside, or, when its source says another type, other readers, or that it replaces something else,
 * stands beside the first for a person, once.
 */
export function answerToRendering(others: readonly ItemRow[], again: DocumentAgain): AnsweredAgain | null {
  const standing = others.filter((other) => stands(other, again))
  const same = standing.find((other) => lateAnswer(other, again) === null)
  if (same) return { reason: 'already-received', id: same.id }
  const [first] = standing
  const late = first ? lateAnswer(first, again) : null
  // A person who was shown the two lets it go.
  if (!first || late === null || (late === 'announced-otherwise' && stoodAs(again, [late]))) return null
  const told = others.find((other) => other.seq < again.row.seq && (standsBeside(other) === first.id || isSetAside(other)) && sameHints(hintsOf(other), hintsOf(again.row)))
  return told ? { reason: 'already-received', id: told.id } : { reason: late, id: first.id }
}

/** Does it stand for the document that comes again? */
function stands(other: ItemRow, again: DocumentAgain): boolean {
  const { row, replaces } = again
  if (standsBeside(other) !== null || isAnotherNumber(other, row) || (replaces !== null && replaces === other.unique_id)) return false
  // What comes after it is asked when it has its turn.
  if (other.seq > row.seq && other.state === 'received') return false
  // A person who set aside another after this one came, or of two that were shown to them, said nothing of this one.
  if (isSetAside(other) && (other.seq > row.seq || stoodAs(again, lateReasons))) return false
  // Stopped for want of better indications, others may be better; when its bytes are gone, these are what is left of it.
  return !isStopped(other) || (other.reason !== 'content-damaged' && sameHints(hintsOf(other), hintsOf(row)))
}

/** It does not go by itself, and nothing of it can be in the record. */
function isStopped({ state, waiting_for: waitingFor, reason, doubts, ask_first: askFirst, corrected }: ItemRow): boolean {
  if (doubts > 0 || askFirst === 1 || corrected === 1 || reason === 'version-superseded') return false
  return state === 'parked' || (state === 'waiting' && waitingFor === 'patient')
}

/** Was it shown to a person beside another before, for one of these reasons? */
function stoodAs({ trace }: DocumentAgain, reasons: readonly ReasonCode[]): boolean {
  return trace.some(({ to, reason }) => to === 'parked' && reasons.some((late) => late === reason))
}

function lateAnswer(first: ItemRow, { row, typeCode, replaces }: DocumentAgain): Exclude<AnsweredAgain['reason'], 'already-received'> | null {
  const changes = changesOf(first, hintsOf(row))
  if (changes.includes('visibility')) return 'visibility-changed'
  // Found again after a return to an older database, it is of nobody: whether of this patient, a person sees.
  return changes.includes('type') || isOfOtherType(first, typeCode) || replaces !== null || first.ins === null ? 'announced-otherwise' : null
}

/** Of one source, two numbers are two documents. */
function isAnotherNumber(other: ItemRow, row: DocumentAgain['row']): boolean {
  const [one, two] = [sourceNumberOf(other), sourceNumberOf(row)]
  return sourceOf(other) === sourceOf(row) && one !== undefined && two !== undefined && one !== two
}

const hintsOf = ({ hints }: Pick<ItemRow, 'hints'>) => JSON.parse(hints) as Hints
const isSetAside = ({ state, doubts }: ItemRow) => state === 'ignored' && doubts === 0
