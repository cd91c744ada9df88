import { z } from 'zod'

/** The transactions a rule may name. */
const transaction = z.enum(['TD0.2', 'TD0.3', 'TD0.4', 'TD2.1', 'TD3.1', 'TD3.2', 'TD3.3'])
/** Where a message is cut: after so many bytes, after a fraction (below 1) of it, or before any of its bytes. */
const cutPlace = z.union([z.int().min(0), z.number().gt(0).lt(1), z.literal('random')])
/** Longer pauses would outlive what asks for them. */
const milliseconds = z.number().min(0).max(600_000)

const fault = z.discriminatedUnion('kind', [
  /** Stores, then resets the connection without an answer. */
  z.strictObject({ kind: z.literal('lose-answer') }),
  /** Resets the connection once it has read so much of the request's body. Nothing is stored. */
  z.strictObject({ kind: z.literal('cut-request'), bytes: cutPlace }),
  /** Stores, sends so much of the HTTP answer, head included, then closes the connection. */
  z.strictObject({ kind: z.literal('cut-answer'), bytes: cutPlace }),
  /** Refuses for now. Without `retryAfterSeconds`, does not say until when. */
  z.strictObject({
    kind: z.literal('busy'),
    status: z.union([z.literal(429), z.literal(503)]).default(503),
    retryAfterSeconds: z.int().min(0).optional(),
    retryAfterForm: z.enum(['seconds', 'date']).default('seconds'),
  }),
  /** Stores, then sends the HTTP answer, head included, a piece at a time. */
  z.strictObject({ kind: z.literal('drip'), pieceBytes: z.int().min(1).default(64), everyMs: milliseconds.default(100) }),
  /** HTTP 200 with a body that is not the answer to this request. */
  z.strictObject({ kind: z.literal('wrong-body'), body: z.enum(['other-message', 'truncated', 'empty']), stored: z.boolean().default(true) }),
  /** HTTP 200 with the page of a Wi-Fi portal. */
  z.strictObject({ kind: z.literal('html'), stored: z.boolean().default(false) }),
  /** A bare HTTP status, as a proxy in between gives it. */
  z.strictObject({ kind: z.literal('status'), status: z.int().min(300).max(599), stored: z.boolean().default(false) }),
])
/** What goes wrong with one exchange. */
export type Fault = z.infer<typeof fault>

const rule = z.strictObject({
  /** All exchanges when absent. */
  on: z.array(transaction).min(1).optional(),
  /** Only exchanges that name this document. */
  match: z.strictObject({ uniqueId: z.string().min(1) }).optional(),
  /** Probability for each exchange the rule is about. */
  rate: z.number().min(0).max(1).default(1),
  /** How often it strikes at most; no limit when absent. */
  times: z.int().min(1).optional(),
  fault,
})

const faultSet = z.strictObject({
  /** What chance depends on: the same seed and the same order of exchanges give the same faults. */
  seed: z.int().optional(),
  /** The first rule that strikes an exchange is the only one. */
  rules: z.array(rule).default([]),
  /** How long what was stored stays out of queries and retrievals. */
  visibilitySeconds: z.number().min(0).max(86_400).optional(),
  /** What becomes of a lot or a document deposited again with the same bytes: refused (the default), or stored as a second entry. */
  repeatedSetId: z.enum(['refuse', 'accept']).optional(),
  /** Time between the end of the work and the first byte of the answer. */
  latencyMs: milliseconds.optional(),
  /** Capacity of the line in each direction, shared by all connections. */
  bandwidthBitsPerSecond: z.number().min(1).optional(),
  serverCertificate: z.enum(['valid', 'expired']).optional(),
  /** Resets connections before a byte is exchanged. */
  refuseConnections: z.boolean().optional(),
})
/** Everything that goes wrong with a training record. */
export type FaultSet = z.infer<typeof faultSet>

/** A record that works. */
export const noFaults: FaultSet = faultSet.parse({})

/** Reads a fault set, or one rule alone, which counts as a set of it. Throws an `Error` that names each wrong field. */
export function parseFaults(value: unknown): FaultSet {
  const isRule = typeof value === 'object' && value !== null && 'fault' in value
  const parsed = faultSet.safeParse(isRule ? { rules: [value] } : value)
  if (!parsed.success) throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`.trim()).join('; '))
  return parsed.data
}

/** One set of several: all their rules in order, and for the rest the last that says something. */
export function mergeFaults(sets: readonly FaultSet[]): FaultSet {
  return { ...Object.assign({}, ...sets), rules: sets.flatMap((set) => set.rules) }
}

/** Seconds after which a client may believe that a document is absent; a few more than the delay cover a restart. */
export function announcedVisibilitySeconds(set: FaultSet): number {
  return (set.visibilitySeconds ?? 0) + 5
}

/** What happened so far, rule by rule. */
export interface FaultState {
  /** Exchanges the rule was about. */
  readonly met: readonly number[]
  readonly struck: readonly number[]
}

/** Before the first exchange. */
export function initialState(set: FaultSet): FaultState {
  const zeros = set.rules.map(() => 0)
  return { met: zeros, struck: zeros }
}

/** A fault that strikes an exchange. */
export interface Struck {
  /** Position of its rule in the set. */
  readonly rule: number
  readonly fault: Fault
  /** A number in [0, 1) for what the fault leaves to chance. */
  readonly chance: number
}

/** What the choice of a fault looks at in an exchange. */
export interface FaultyExchange {
  readonly transaction: string
  readonly names: (uniqueId: string) => boolean
}

/** Which fault strikes this exchange, and the state after it. */
export function strike(set: FaultSet, state: FaultState, exchange: FaultyExchange): { state: FaultState; struck: Struck | null } {
  const met = [...state.met]
  for (const [index, { on, match, rate, times, fault }] of set.rules.entries()) {
    const isAbout = (!on || on.some((one) => one === exchange.transaction)) && (!match || exchange.names(match.uniqueId))
    if (!isAbout || (times !== undefined && (state.struck[index] ?? 0) >= times)) continue
    const turn = met[index] ?? 0
    met[index] = turn + 1
    // A draw of its own for each rule and turn: a rule added later does not change what the others do.
    if (chanceOf(set.seed ?? 1, index, 2 * turn) >= rate) continue
    const struck = { rule: index, fault, chance: chanceOf(set.seed ?? 1, index, 2 * turn + 1) }
    return { state: { met, struck: state.struck.map((count, at) => (at === index ? count + 1 : count)) }, struck }
  }
  return { state: { met, struck: state.struck }, struck: null }
}

/** Mixes the bits of a 32-bit integer, so that near ones give far ones. */
function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97)
  return (bits ^ (bits >>> 15)) | 0
}

/** A number in [0, 1) that depends on its arguments alone. */
function chanceOf(seed: number, rule: number, draw: number): number {
  return (mixed(mixed(mixed(seed + 0x9e3779b9) + rule) + draw) >>> 0) / 2 ** 32
}

/** Byte at which a message of `total` bytes is cut. By chance, at least its last byte is missing. */
export function cutAt(place: z.infer<typeof cutPlace>, total: number, chance: number): number {
  if (place === 'random') return Math.floor(chance * total)
  return Number.isInteger(place) ? Math.min(place, total) : Math.floor(place * total)
}

/** True when the record does its work before the fault strikes, so that a deposit is stored. */
export function isJudged(fault: Fault): boolean {
  if ('stored' in fault) return fault.stored
  return fault.kind !== 'busy' && fault.kind !== 'cut-request'
}

/** True when a request's body is about this document: its metadata or its query carry the uniqueId (a CDA that only refers to it does not count). */
export function namesDocument(body: Buffer, uniqueId: string): boolean {
  return [`value="${uniqueId}"`, `'${uniqueId}'`, `;${uniqueId}&`, `>${uniqueId}<`].some((text) => body.includes(text))
}
