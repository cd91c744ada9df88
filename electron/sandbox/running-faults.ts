import path from 'node:path'
import type { FaultSet, FaultyExchange, Struck } from './faults.ts'
import { initialState, parseFaults, strike } from './faults.ts'
import type { Line } from './line.ts'
import { openLine } from './line.ts'
import { watchJson } from './watch-json.ts'

/** A fault set at work. */
export interface RunningFaults {
  readonly set: FaultSet
  /** The fault that strikes this exchange; asked once for each. */
  strike(exchange: FaultyExchange): Struck | null
  readonly inbound: Line
  readonly outbound: Line
}

function run(set: FaultSet): RunningFaults {
  let state = initialState(set)
  return {
    set,
    strike(exchange) {
      const next = strike(set, state, exchange)
      state = next.state
      return next.struck
    },
    inbound: openLine(set.bandwidthBitsPerSecond),
    outbound: openLine(set.bandwidthBitsPerSecond),
  }
}

/**
 * The faults at work: those of `DIR/faults.json`, read again whenever it changes, which starts its counts afresh; without it, those given at
 * start. A file that is no fault set is reported and changes nothing.
 */
export function openFaults(dir: string, atStart: FaultSet, log: (line: string) => void): () => RunningFaults {
  return watchJson(path.join(dir, 'faults.json'), (value) => run(parseFaults(value)), run(atStart), log)
}
