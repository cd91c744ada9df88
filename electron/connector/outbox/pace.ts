import type { RecordConfig } from '#shared/contract/index.ts'

/** Waits between tries; all in milliseconds. */
export interface Pace {
  /** Ceiling of the first wait of a document; it doubles at each try. */
  readonly backoffBaseMs: number
  readonly backoffCapMs: number
  /** How long an open circuit stays so the first time; it doubles. */
  readonly circuitMs: number
  readonly circuitCapMs: number
  /** After an uncertain answer, when the record is first asked. */
  readonly firstLookMs: number
}

/** The waits towards a national record. */
export const defaultPace: Pace = { backoffBaseMs: 5_000, backoffCapMs: 30 * 60_000, circuitMs: 30_000, circuitCapMs: 15 * 60_000, firstLookMs: 2_000 }

/** The waits a record's configuration asks for, the defaults for the rest. */
export function paceOf({ pace }: Pick<RecordConfig, 'pace'>): Pace {
  return {
    backoffBaseMs: pace.backoffBaseMs ?? defaultPace.backoffBaseMs,
    backoffCapMs: pace.backoffCapMs ?? defaultPace.backoffCapMs,
    circuitMs: pace.circuitMs ?? defaultPace.circuitMs,
    circuitCapMs: pace.circuitCapMs ?? defaultPace.circuitCapMs,
    firstLookMs: pace.firstLookMs ?? defaultPace.firstLookMs,
  }
}
