/** One document the practice software handed over and saw taken: a message answered AA or CA, or a file dropped whole. */
export interface Given {
  readonly door: 'hl7' | 'folder'
  /** MSH-10, or the file's name: what the item's source says. */
  readonly reference: string
  /** SHA-256 of the document as given: the CDA, or the PDF that Relais wraps. */
  readonly content: string
  /** The CDA's own id; null for a PDF, which gets its id from Relais. */
  readonly uniqueId: string | null
  readonly ins: string
  /** uniqueId of the document this one replaces. */
  readonly replaces: string | null
  /** Its software writes the next one over it, under one name: it may be gone before it is read, and its items share that name. */
  readonly isOverwritten?: boolean
  /** The file that announces it, when its software writes that one over too. */
  readonly sidecar?: string
}

/** One line of `relais items`. */
export interface ItemFact {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly door: string
  readonly reference: string
  readonly uniqueId: string | null
  /** When it moves by itself, if it does. */
  readonly nextAttemptAt: string | null
}

/** One registration in the record, oldest first. */
export interface StoredFact {
  readonly uniqueId: string
  readonly setId: string
  /** SHA-256 of the bytes the record keeps. */
  readonly sha256: string
  /** SHA-256 of the PDF inside a CDA of level 1; null without one. */
  readonly embedded: string | null
  /** Patients named by the document and by its registration. */
  readonly patients: readonly string[]
  readonly replaces: string | null
}

/** One exchange the record received whole. `sentAt` is when it was written (ISO 8601): what was sent first may well arrive last. */
export type WireFact =
  /** `refused`: the record said no, nothing was stored. `none`: no answer was written. */
  | { readonly kind: 'deposit'; readonly number: number; readonly sentAt: string; readonly uniqueId: string; readonly setId: string; readonly sha256: string; readonly answer: 'stored' | 'refused' | 'none' }
  | { readonly kind: 'question'; readonly number: number; readonly sentAt: string; readonly uniqueId: string }

/** Everything known at a moment when nothing moves any more. */
export interface Facts {
  readonly given: readonly Given[]
  readonly items: readonly ItemFact[]
  readonly stored: readonly StoredFact[]
  readonly wire: readonly WireFact[]
  readonly status: { readonly total: number; readonly counts: Readonly<Record<string, number>> }
}

export type ViolationKind =
  | 'lost'
  | 'item-doubled'
  | 'item-of-nobody'
  | 'without-reason'
  | 'stuck'
  | 'repeat-of-nothing'
  | 'deposited-not-stored'
  | 'stored-not-deposited'
  | 'registered-twice'
  | 'content-registered-twice'
  | 'stored-of-nobody'
  | 'bytes-differ'
  | 'wrong-patient'
  | 'wrong-parent'
  | 'before-its-parent'
  | 'sent-with-other-set'
  | 'sent-with-other-bytes'
  | 'set-shared'
  | 'resent-blind'
  | 'counts-differ'

export interface Violation {
  readonly kind: ViolationKind
  /** A uniqueId, or a door and a reference. */
  readonly about: string
  readonly detail: string
}

/** States of what is on its way. */
export const moving: ReadonlySet<string> = new Set(['received', 'ready', 'sending', 'uncertain'])
const stopped = new Set(['waiting', 'parked', 'ignored'])

/**
 * The promises of the outbox (nothing lost, nothing doubled, nothing silent, order, right patient, resends only after a question),
 * checked on facts gathered when nothing moves. An empty list means that all of them hold.
 */
export function checkInvariants(facts: Facts): Violation[] {
  return [...ofItems(facts), ...ofRecord(facts), ...ofOrder(facts), ...ofWire(facts.wire), ...ofCounts(facts)]
}

const keyOf = ({ door, reference }: { readonly door: string; readonly reference: string }): string => `${door} ${reference}`

function groupBy<T>(list: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const one of list) {
    const group = groups.get(key(one))
    if (group) group.push(one)
    else groups.set(key(one), [one])
  }
  return groups
}

/**
 * Items that wait and will move without anybody. A version whose first stopped before its number was read looks for it for a day, then stops too: what it, and
 * whatever replaces it, waits for is the person who is asked about the first.
 */
export function waitingByThemselves({ given, items }: Pick<Facts, 'given' | 'items'>): ItemFact[] {
  const givenByKey = new Map(given.map((one) => [keyOf(one), one]))
  const givenById = groupBy(given, ({ uniqueId }) => uniqueId ?? '')
  const itemsOf = groupBy(items, keyOf)
  const isOfParked = (item: ItemFact): boolean => {
    const replaces = item.reason === 'parent-missing' ? givenByKey.get(keyOf(item))?.replaces : null
    const own = (givenById.get(replaces ?? '-') ?? []).flatMap((first) => itemsOf.get(keyOf(first)) ?? []).filter(({ state }) => state !== 'ignored')
    return own.length > 0 && own.every((first) => (first.state === 'parked' && first.uniqueId === null) || (first.state === 'waiting' && isOfParked(first)))
  }
  return items.filter((item) => item.state === 'waiting' && item.nextAttemptAt !== null && !isOfParked(item))
}

/** What was given is in exactly one place: in the record, waiting or parked with a reason, or ignored because another holds it. */
function ofItems({ given, items, stored }: Facts): Violation[] {
  const found: Violation[] = []
  const add = (kind: ViolationKind, about: string, detail: string): void => void found.push({ kind, about, detail })
  const itemsOf = groupBy(items, keyOf)
  const overwritten = new Set(given.filter((one) => one.isOverwritten).map(keyOf))
  const sidecars = new Set(given.flatMap(({ sidecar }) => (sidecar === undefined ? [] : [keyOf({ door: 'folder', reference: sidecar })])))
  /** Its document came so late that the sidecar had been shown to a person. */
  const isLateSidecar = (item: ItemFact): boolean => sidecars.has(keyOf(item)) && item.state === 'parked' && item.reason === 'sidecar-invalid'
  const givenByKey = new Map(given.filter((one) => !one.isOverwritten).map((one) => [keyOf(one), one]))
  const givenByContent = groupBy(given, (one) => one.content)
  for (const item of waitingByThemselves({ given, items })) add('stuck', keyOf(item), `${item.id} still waits by itself (${item.reason ?? ''})`)
  const registered = new Set(stored.map((one) => one.uniqueId))
  const registeredContent = new Set(stored.flatMap((one) => (one.embedded === null ? [one.sha256] : [one.sha256, one.embedded])))

  /** After the loss of the database a content that nothing names is one item, under the last word of its source on it. */
  const isForgotten = ({ content }: Given): boolean =>
    (givenByContent.get(content) ?? []).some((other) => (itemsOf.get(keyOf(other)) ?? []).some(({ reason }) => reason === 'forgotten-document'))

  for (const [key, one] of givenByKey) {
    const own = itemsOf.get(key) ?? []
    if (own.length === 0 && !isForgotten(one)) add('lost', key, `uniqueId ${one.uniqueId ?? 'to be given'}: taken, and no item holds it`)
    if (own.length > 1) add('item-doubled', key, own.map((item) => `${item.id} ${item.state}`).join(', '))
  }
  for (const item of items) {
    const key = keyOf(item)
    const one = givenByKey.get(key)
    if (!one && !overwritten.has(key) && !isLateSidecar(item)) add('item-of-nobody', key, `${item.id} ${item.state} ${item.reason ?? ''}`)
    if (moving.has(item.state)) add('stuck', key, `${item.id} is still ${item.state}`)
    if (stopped.has(item.state) && item.reason === null) add('without-reason', key, `${item.id} is ${item.state}`)
    if (item.state === 'deposited' && (item.uniqueId === null || !registered.has(item.uniqueId))) add('deposited-not-stored', key, `${item.id} ${item.uniqueId ?? 'without uniqueId'}`)
    if ((item.state === 'waiting' || item.state === 'parked') && one && registeredContent.has(one.content)) add('stored-not-deposited', key, `${item.id} is ${item.state} (${item.reason ?? ''}) and the record has it`)
    if (item.state === 'ignored' && one) {
      const others = (givenByContent.get(one.content) ?? []).flatMap((other) => itemsOf.get(keyOf(other)) ?? [])
      if (!others.some((other) => other.id !== item.id && other.state !== 'ignored')) add('repeat-of-nothing', key, `${item.id} is ignored (${item.reason ?? ''}) and nothing else holds this content`)
    }
  }
  return found
}

/** The record holds each document once, as it was given, for the patient it was given for. */
function ofRecord({ given, stored }: Facts): Violation[] {
  const found: Violation[] = []
  const add = (kind: ViolationKind, about: string, detail: string): void => void found.push({ kind, about, detail })
  const byUniqueId = new Map(given.flatMap((one) => (one.uniqueId === null ? [] : [[one.uniqueId, one] as const])))
  const byContent = new Map(given.map((one) => [one.content, one]))

  for (const [uniqueId, registrations] of groupBy(stored, (one) => one.uniqueId)) {
    if (registrations.length > 1) add('registered-twice', uniqueId, `${registrations.length} registrations, sets ${registrations.map((one) => one.setId).join(', ')}`)
  }
  const contents = groupBy(stored.filter((one) => one.embedded !== null), (one) => one.embedded!)
  for (const [content, registrations] of contents) {
    const ids = new Set(registrations.map((one) => one.uniqueId))
    if (ids.size > 1) add('content-registered-twice', content, `one PDF under ${[...ids].join(', ')}`)
  }
  for (const one of stored) {
    const origin = byUniqueId.get(one.uniqueId) ?? (one.embedded === null ? undefined : byContent.get(one.embedded))
    if (!origin) {
      add('stored-of-nobody', one.uniqueId, `sha256 ${one.sha256}`)
      continue
    }
    if (origin.uniqueId !== null && origin.content !== one.sha256) add('bytes-differ', one.uniqueId, `given ${origin.content}, stored ${one.sha256}`)
    if (one.patients.length === 0 || one.patients.some((ins) => ins !== origin.ins)) add('wrong-patient', one.uniqueId, `given for ${origin.ins}, stored for ${one.patients.join(', ') || 'nobody'}`)
    if (origin.replaces !== one.replaces) add('wrong-parent', one.uniqueId, `given to replace ${origin.replaces ?? 'nothing'}, registered to replace ${one.replaces ?? 'nothing'}`)
  }
  return found
}

/** A replacement is registered after the document it replaces. */
function ofOrder({ stored }: Facts): Violation[] {
  const first = new Map<string, number>()
  for (const [index, { uniqueId }] of stored.entries()) if (!first.has(uniqueId)) first.set(uniqueId, index)
  return stored.flatMap(({ uniqueId, replaces }, index): Violation[] => {
    if (replaces === null) return []
    const parent = first.get(replaces)
    return parent !== undefined && parent < index ? [] : [{ kind: 'before-its-parent', about: uniqueId, detail: `${replaces} ${parent === undefined ? 'never came' : 'came after'}` }]
  })
}

/** Ids and bytes are frozen, and nothing the record may have is sent again without a question about it in between. */
function ofWire(wire: readonly WireFact[]): Violation[] {
  const found: Violation[] = []
  const add = (kind: ViolationKind, about: string, detail: string): void => void found.push({ kind, about, detail })
  const ordered = wire.toSorted((a, b) => (a.sentAt < b.sentAt ? -1 : a.sentAt > b.sentAt ? 1 : a.number - b.number))
  const documentOfSet = new Map<string, string>()
  const last = new Map<string, { deposit: Extract<WireFact, { kind: 'deposit' }>; asked: boolean }>()
  for (const exchange of ordered) {
    const before = last.get(exchange.uniqueId)
    if (exchange.kind === 'question') {
      if (before) before.asked = true
      continue
    }
    const owner = documentOfSet.get(exchange.setId)
    if (owner !== undefined && owner !== exchange.uniqueId) add('set-shared', exchange.uniqueId, `set ${exchange.setId} was ${owner}'s`)
    documentOfSet.set(exchange.setId, exchange.uniqueId)
    if (before) {
      const { deposit, asked } = before
      const pair = `exchanges ${deposit.number} and ${exchange.number}`
      if (deposit.setId !== exchange.setId) add('sent-with-other-set', exchange.uniqueId, `${pair}: sets ${deposit.setId} and ${exchange.setId}`)
      // What the record refused may be prepared anew by a person.
      if (deposit.sha256 !== exchange.sha256 && deposit.answer !== 'refused') add('sent-with-other-bytes', exchange.uniqueId, pair)
      if (!asked && deposit.answer !== 'refused') add('resent-blind', exchange.uniqueId, `${pair}: no question in between`)
    }
    last.set(exchange.uniqueId, { deposit: exchange, asked: false })
  }
  return found
}

/** What the screen shows adds up. */
function ofCounts({ items, status }: Facts): Violation[] {
  const found: Violation[] = []
  const sum = Object.values(status.counts).reduce((total, count) => total + count, 0)
  if (sum !== status.total) found.push({ kind: 'counts-differ', about: 'status', detail: `states add up to ${sum}, total ${status.total}` })
  if (items.length !== status.total) found.push({ kind: 'counts-differ', about: 'status', detail: `${items.length} items, total ${status.total}` })
  for (const [state, group] of groupBy(items, (item) => item.state)) {
    if ((status.counts[state] ?? 0) !== group.length) found.push({ kind: 'counts-differ', about: state, detail: `${group.length} items, counted ${status.counts[state] ?? 0}` })
  }
  return found
}

const lossKinds: ReadonlySet<ViolationKind> = new Set(['lost', 'repeat-of-nothing', 'deposited-not-stored', 'bytes-differ'])
const doubleKinds: ReadonlySet<ViolationKind> = new Set(['item-doubled', 'registered-twice', 'content-registered-twice', 'stored-not-deposited', 'resent-blind', 'sent-with-other-set', 'sent-with-other-bytes', 'set-shared'])

/** The three figures people ask for, and what is neither. */
export function figuresOf(violations: readonly Violation[]): { lost: number; doubled: number; stuck: number; other: number } {
  const count = (kinds: ReadonlySet<ViolationKind>): number => violations.filter(({ kind }) => kinds.has(kind)).length
  const lost = count(lossKinds)
  const doubled = count(doubleKinds)
  const stuck = count(new Set(['stuck']))
  return { lost, doubled, stuck, other: violations.length - lost - doubled - stuck }
}
