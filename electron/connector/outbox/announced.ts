import { createHash } from 'node:crypto'
import { patientLabel, type PatientLabel, type ReasonCode } from '#shared/contract/index.ts'
import { documentType } from '#shared/terminology/index.ts'
import { authorIdOf, chosenAsOf, typeCodeOf, type ItemRow } from './item.ts'
import type { ArrivalRecord } from './journal-record.ts'
import type { Recognised } from './ledger.ts'
import { isOfFile, isOfSource } from './source-of.ts'

type Announced = Pick<ArrivalRecord['items'][number], 'source' | 'hints' | 'file'>
type Hints = ArrivalRecord['items'][number]['hints']

/** What becomes of a document that comes again: `take` = what is said now replaces what was said of the first. */
export type Answer = 'take' | Extract<ReasonCode, 'already-received' | 'visibility-changed' | 'announced-otherwise'>

/**
 * What to answer when the content of `first` comes again. While nothing of it can be in the record, the newest word of its own source counts
 * (of any source, when it is stopped for want of better indications); a folder's word of another patient only under the same number, for
 * software that uses one file name after another says nothing of a former content with it. Once it may be there, another patient, type or
 * visibility is a person's to settle; nothing else is worth one. `isUntouched`: from the very file it was taken from, whose sidecar alone changed;
 * `isOwnFile`: nor had it been written again as it was before.
 */
export function answerTo(first: ItemRow, arrival: Announced, isUntouched: boolean, isOwnFile: boolean): Answer {
  const said = JSON.parse(first.hints) as Hints
  const isTold = sameHints(said, arrival.hints)
  // Its bytes came back with it.
  if (isTold && first.state === 'parked' && first.reason === 'content-damaged' && first.doubts === 0) return 'take'
  const changes = changesOf(first, arrival.hints)
  // What a person set aside says nothing of the document that this may be about.
  if (isTold || (first.state === 'ignored' && (arrival.source.kind === 'hl7' || !changes.includes('patient')))) return 'already-received'
  if (mayTake(first, said, arrival, changes, { isUntouched, isOwnFile })) return 'take'
  if (changes.length === 0) return 'already-received'
  return changes.every((change) => change === 'visibility') ? 'visibility-changed' : 'announced-otherwise'
}

/** Why a late announcement stands parked beside the document it is about, which its detail names. */
export const lateReasons = ['visibility-changed', 'announced-otherwise'] as const satisfies readonly ReasonCode[]

/** The id of the item this one stands beside, as a word that came too late; null for an item of its own. */
export function standsBeside({ state, reason, reason_detail: id }: Pick<ItemRow, 'state' | 'reason' | 'reason_detail'>): string | null {
  return state === 'parked' && lateReasons.some((late) => late === reason) ? id : null
}

function mayTake(first: ItemRow, said: Hints, arrival: Announced, changes: readonly Change[], { isUntouched, isOwnFile }: { isUntouched: boolean; isOwnFile: boolean }): boolean {
  // Its document may be in the record: no new word sends it, a person alone does.
  if (standsBeside(first) !== null) return false
  if (!['received', 'ready', 'waiting', 'parked'].includes(first.state) || first.doubts > 0) return false
  // After a return to an older database it may have gone as it was: only what changes nothing of its patient, type and readers is taken.
  if (first.ask_first === 1 && changes.length > 0) return false
  if (arrival.source.kind !== 'hl7') {
    const [before, now] = [said['documentKey'], arrival.hints['documentKey']]
    const isNumbered = before !== undefined && now !== undefined
    // A number says which document is meant, in the same file: some software counts anew for each patient.
    const isSameNumber = isNumbered && before === now && isOfSource(first, arrival.source) && isOfFile(first, arrival)
    const isOpen = isOwnFile && isUnconfirmed(said) && first.chosen_patient_id === null && (first.state === 'received' || isStopped(first))
    if (changes.includes('patient') && !isSameNumber && !isOpen) return false
    if (isUntouched && isNumbered && before !== now) return false
  }
  return isStopped(first) || isOfItsSource(first, said, arrival)
}

/** For want of better indications. */
const isStopped = ({ state, waiting_for: waitingFor }: ItemRow) => state === 'parked' || (state === 'waiting' && waitingFor === 'patient')

/**
 * What was said of it stood under a name used again: unless the document itself agrees it went nowhere, and the newest word is as good. Whether it is a
 * known one come again is not to be told by it either: the same leaflet is given to many.
 */
export const isUnconfirmed = (hints: Hints) => identityIn(hints)['unconfirmed'] === true

/** Whether a word that is not taken stops the first too, which a person then lets go: it may have left, or nobody knows whose it is. */
export function isContested(first: ItemRow, answer: Answer, now: Hints): boolean {
  if (answer === 'take' || answer === 'already-received') return false
  return first.doubts > 0 || first.ask_first === 1 || first.state === 'sending' || (first.state !== 'deposited' && changesOf(first, now).includes('patient'))
}

/**
 * Whether what was refused of a file says that its document, taken before and not gone, must not go as it was: its sidecar names two patients now, or
 * asks for what cannot be read.
 */
export function isInDoubtSince(held: ItemRow, { sha256, hints }: Pick<ArrivalRecord['items'][number], 'sha256' | 'hints'>): boolean {
  return Boolean(hints['refusal']) && held.content_sha256 === sha256 && isCandidate(held) && held.state !== 'deposited'
}

/**
 * Does this arrival say what the forgotten item is, parked until a person decides? A second patient's copy of a leaflet is another document,
 * and what intake refuses says nothing of it.
 */
export function isWordFor(forgotten: ItemRow, arrival: Parameters<typeof contentKey>[0] & { readonly hints: { readonly refusal?: unknown } }): boolean {
  const hints = JSON.parse(forgotten.hints) as Hints
  return !arrival.hints.refusal && (!hints['identity'] || contentKeyOf(forgotten) === contentKey(arrival))
}

/** The sender of the message, or the same file: a copy under another name says nothing of the first. */
function isOfItsSource(first: ItemRow, said: Hints, arrival: Announced): boolean {
  const { source, hints } = arrival
  if (!isOfSource(first, source)) return false
  return source.kind === 'hl7' || isOfFile(first, arrival) || (hints['documentKey'] !== undefined && hints['documentKey'] === said['documentKey'])
}

/** Does its source, or a person, say whose it is? */
export function isNamed({ hints, ins }: Pick<ItemRow, 'hints' | 'ins'>): boolean {
  return ins !== null || Object.keys(identityIn(JSON.parse(hints) as Hints)).some((field) => field !== 'origin')
}

/** What was never a document of its own is none now. */
export function isCandidate({ state, reason }: Pick<ItemRow, 'state' | 'reason'>): boolean {
  return state !== 'ignored' || reason === 'dismissed-by-user'
}

/**
 * Of the items a file held with the same bytes (newest first), the one a word said of it now is about: none when another number says that it is
 * another document, or when one of them is this very one (`key`). What is of nobody yet may be of another than the one who is named now.
 */
export function rewrittenOf<Row extends ItemRow>(held: readonly Row[], number: unknown, key: string): Row | null {
  if (held.some((item) => contentKeyOf(item) === key)) return null
  const known = held.filter((item) => isCandidate(item) && isNamed(item) && (number === undefined || [undefined, number].includes(sourceNumberOf(item))))
  return known.find(({ state }) => state !== 'ignored') ?? known[0] ?? null
}

/**
 * What was set aside as received already was so on the word of that time: said otherwise now, its content is compared with the first again, when it is
 * prepared.
 */
export function isAnswered(known: ItemRow, now: Hints): boolean {
  return known.state !== 'ignored' || known.reason !== 'already-received' || sameHints(JSON.parse(known.hints) as Hints, now)
}

/** The number its source gave it. */
export function sourceNumberOf({ hints }: Pick<ItemRow, 'hints'>): unknown {
  return (JSON.parse(hints) as Hints)['documentKey']
}

/** May this arrival take the place of a word that came too late? Otherwise it stands beside the first as well, for each patient has to be seen. */
export function isSameWord(beside: ItemRow, { source, hints }: Announced, isUntouched: boolean): boolean {
  const before = sourceNumberOf(beside)
  return source.kind === 'hl7' || isUntouched || (before !== undefined && before === hints['documentKey']) || !changesOf(beside, hints).includes('patient')
}

/** What is shown of a word nobody walked, as its source says it: a person has to tell it from the first. */
export function shownOf(hints: Hints): Recognised {
  const said = identityIn(hints)
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const patient = patientLabel.safeParse({
    ins: text(said['ins']), insOid: text(said['insOid']), birthName: text(said['birthName']) ?? text(said['usedName']) ?? '', givenName: text(said['givenName']) ?? text(said['givenNames']) ?? '',
    usedName: text(said['usedName']), birthDate: text(said['birthDate']), sex: text(said['sex']),
  })
  return { patient: patient.success && hints['identity'] ? patient.data : null, ins: text(said['ins']), typeCode: text(hints['typeCode']), title: text(hints['title']) }
}

/** What a patient or their professionals would notice. */
export type Change = 'patient' | 'type' | 'visibility'

/** Of these, what is said otherwise than its source or a person said; something that only one of both says is no contradiction, but for the visibility: nothing said is "everybody". */
export function changesOf(first: Pick<ItemRow, 'hints' | 'ins' | 'patient' | 'chosen_as' | 'chosen_type'>, now: Hints): Change[] {
  const before = JSON.parse(first.hints) as Hints
  const changes: Change[] = []
  if (saysAnother(first, identityIn(before), identityIn(now))) changes.push('patient')
  // Said again as it was, or as none the record takes, it says nothing new of the type a person chose.
  const counts = first.chosen_type === null || documentType(String(now['typeCode']).trim()) !== undefined
  if (counts && now['typeCode'] !== before['typeCode'] && differs(typeCodeOf(first), now['typeCode'])) changes.push('type')
  if (readers(before) !== readers(now)) changes.push('visibility')
  return changes
}

type Identity = Readonly<Record<string, unknown>>

/** Whose it is may be known from the document itself or from a person, against what was said of it before: without a number, what was overruled says nothing new. */
function saysAnother(first: Pick<ItemRow, 'ins' | 'patient' | 'chosen_as'>, before: Identity, now: Identity): boolean {
  const chosen = chosenAsOf(first)
  if (!chosen?.against) return isAnotherPatient({ ...(first.ins === null ? {} : { ins: first.ins }), ...before }, now)
  const label = first.patient === null ? null : (JSON.parse(first.patient) as PatientLabel)
  const theirs = label?.ins === chosen.ins ? { birthName: label.birthName, givenName: label.givenName, birthDate: label.birthDate } : {}
  return isAnotherPatient({ ins: chosen.ins, ...theirs }, now) && (Boolean(now['ins']) || isAnotherPatient({ ...before, ins: undefined }, now))
}

const identityIn = (hints: Hints) => (hints['identity'] ?? {}) as Readonly<Record<string, unknown>>
const readers = (hints: Hints) => JSON.stringify(hints['visibility'] ?? { masked: false, hiddenFromPatient: false, hiddenFromRepresentatives: false })

function isAnotherPatient(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  if (one['ins'] && other['ins']) return differs(one['ins'], other['ins'])
  return tellApart.some((field) => differs(one[field], other[field]))
}

/** Of people whose INS is not said: twins share all but a given name, and some software says one name alone. */
const tellApart = ['localId', 'birthName', 'givenName', 'givenNames', 'usedName', 'usedGivenName', 'birthDate'] as const

function differs(one: unknown, other: unknown): boolean {
  return Boolean(one) && Boolean(other) && folded(one) !== folded(other)
}

/** Without case, accents, blanks and hyphens. */
function folded(value: unknown): string {
  return String(value).normalize('NFD').replaceAll(/[\p{M}\s'’-]/gu, '').toUpperCase()
}

/** Same indications, whatever the file name they came under; said under a name of its own, `other` says more. */
export function sameHints(one: Hints, other: Hints): boolean {
  const bare = ({ fileName: _fileName, ...hints }: Hints) => JSON.stringify(hints.identity ? { ...hints, identity: { ...identityIn(hints), unconfirmed: undefined } } : hints)
  return bare(one) === bare(other) && (isUnconfirmed(other) || !isUnconfirmed(one))
}

/** Said in the trace of an item whose source corrected it. */
export function correctionDetail(first: ItemRow, arrival: Announced): string {
  if (sameHints(JSON.parse(first.hints) as Hints, arrival.hints)) return 'received again'
  const changes = new Set<Change | 'author'>([...changesOf(first, arrival.hints), ...overruled(first, arrival.hints)])
  return `received again, announced otherwise${changes.size > 0 ? `: ${[...changes].join(', ')}` : ''}`
}

/** What a person said that may count no more with this word of the source, or count again: its journey must not end with their word where it goes under another's. */
function overruled(first: ItemRow, now: Hints): ('type' | 'author')[] {
  const then = { ...first, hints: JSON.stringify(now) }
  return [
    ...(first.chosen_type !== null && typeCodeOf(first) !== typeCodeOf(then) ? (['type'] as const) : []),
    ...((first.chosen_author !== null && authorIdOf(first) !== authorIdOf(then)) || (first.chosen_place !== null && structureIn(first) !== structureIn(then)) ? (['author'] as const) : []),
  ]
}

/** Where its source says it was written. */
function structureIn({ hints }: Pick<ItemRow, 'hints'>): string | undefined {
  return (JSON.parse(hints) as { structureId?: string }).structureId
}

/**
 * By what an arrival is recognised as already received. A document that names its patient itself is its bytes; a PDF is its
 * bytes and the patient its source names, for the same leaflet may be given to two patients: by the INS where it gives one, however
 * the rest is written.
 */
export function contentKey({ sha256, source, hints }: { readonly sha256: string; readonly source: { readonly kind: string }; readonly hints: { readonly identity?: unknown } }): string {
  const identity = hints.identity as Readonly<Record<string, unknown>> | undefined
  if (!identity || source.kind === 'hl7') return sha256
  const fields = identity['ins'] ? ['ins'] : tellApart
  const named = fields.map((field) => JSON.stringify(folded(identity[field] ?? ''))).join('|')
  return createHash('sha256').update(`${sha256}|${named}`).digest('hex')
}

/** `contentKey` of an item as it is now. */
export function contentKeyOf(row: Pick<ItemRow, 'content_sha256' | 'source_kind' | 'hints'>): string {
  return contentKey({ sha256: row.content_sha256, source: { kind: row.source_kind }, hints: JSON.parse(row.hints) as Hints })
}
