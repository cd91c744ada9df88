import type { Random } from './random.ts'

/** From the client to the record, or back. */
export type Way = 'up' | 'down'
/** How a connection is cut: closed in order, or reset. */
export type Cut = 'close' | 'reset'

/** What slows or cuts up the bytes of a connection without losing any. */
export type Shaping =
  | { readonly kind: 'latency'; readonly way: Way; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'bandwidth'; readonly way: Way; readonly bytesPerSecond: number }
  | { readonly kind: 'slicer'; readonly way: Way; readonly bytes: number; readonly delayMs: number }
  | { readonly kind: 'slow-close'; readonly ms: number }

/** What ends a connection before its time. */
export type Breaking =
  /** Reset as soon as it is accepted, and nobody listens for a while. */
  | { readonly kind: 'refuse'; readonly ms: number }
  /** After so many bytes nothing passes any more, in either direction; cut when the time is over. */
  | { readonly kind: 'timeout'; readonly way: Way; readonly bytes: number; readonly ms: number }
  /** Cut after exactly so many bytes, the handshake's counted. */
  | { readonly kind: 'limit-data'; readonly way: Way; readonly bytes: number; readonly cut: Cut }
  /** Reset after so long, whatever passes. */
  | { readonly kind: 'reset'; readonly ms: number }
  /** The whole request passes; of the answer, exactly so many bytes. `deposit` waits for a request as long as a deposit. */
  | { readonly kind: 'lost-answer'; readonly of: 'deposit' | 'question'; readonly bytes: number; readonly cut: Cut }

/** All that happens to one connection. */
export interface Schedule {
  readonly shaping: readonly Shaping[]
  readonly breaking: Breaking | null
  /** Kept connections are closed by the other side after so many exchanges, as servers do. */
  readonly exchanges: number
}

/** A connection that nothing happens to. */
export const undisturbed: Schedule = { shaping: [], breaking: null, exchanges: Infinity }

/** Step at which answers are cut. */
export const answerStep = 256
/** Steps that cover the answer to a deposit, and to a question that found the document; one more loses nothing. */
export const answerSteps = { deposit: 5, question: 48 } as const

const ways: readonly Way[] = ['up', 'down']
const cuts: readonly Cut[] = ['close', 'reset']

function drawShaping(random: Random): Shaping {
  const way = random.pick(ways)
  switch (random.between(1, 4)) {
    case 1:
      return { kind: 'latency', way, ms: random.between(1, 120), jitterMs: random.between(0, 60) }
    case 2:
      return { kind: 'bandwidth', way, bytesPerSecond: random.between(60_000, 600_000) }
    case 3:
      return { kind: 'slicer', way, bytes: random.between(1, 3_000), delayMs: random.between(0, 3) }
    default:
      return { kind: 'slow-close', ms: random.between(10, 400) }
  }
}

/** Where to cut: anywhere in the handshake, in the first request or answer, or further on. */
function drawBytes(random: Random): number {
  return random.chance(0.4) ? random.between(0, 4_000) : random.chance(0.7) ? random.between(2_000, 45_000) : random.between(0, 200_000)
}

function drawBreaking(random: Random): Breaking {
  switch (random.between(1, 10)) {
    case 1:
      return { kind: 'refuse', ms: random.between(5, 150) }
    case 2:
      return { kind: 'timeout', way: random.pick(ways), bytes: drawBytes(random), ms: random.between(200, 2_500) }
    case 3:
    case 4:
    case 5:
      return { kind: 'limit-data', way: random.pick(ways), bytes: drawBytes(random), cut: random.pick(cuts) }
    case 6:
      return { kind: 'reset', ms: random.between(1, 400) }
    default: {
      const of = random.chance(0.6) ? 'deposit' : 'question'
      return { kind: 'lost-answer', of, bytes: answerStep * random.between(0, answerSteps[of] - 1), cut: random.pick(cuts) }
    }
  }
}

/** Draws what happens to one connection: nearly always something, and often enough something that lets the exchange through. */
export function drawSchedule(random: Random): Schedule {
  const breaks = random.chance(0.5)
  const shaping = Array.from({ length: random.between(breaks ? 0 : 1, 2) }, () => drawShaping(random))
  return { shaping, breaking: breaks ? drawBreaking(random) : null, exchanges: random.between(1, 3) }
}
