import type { Pace } from './pace.ts'

/** Full jitter: a random wait between zero and a ceiling that doubles at each try, at most the pace's cap. Milliseconds. */
export function backoff(attempts: number, random: number, pace: Pick<Pace, 'backoffBaseMs' | 'backoffCapMs'>): number {
  const ceiling = Math.min(pace.backoffCapMs, pace.backoffBaseMs * 2 ** Math.min(Math.max(attempts - 1, 0), 20))
  return Math.round(random * ceiling)
}

/** Looks at an item whose outcome is unknown, on a clock that no one can set (milliseconds since the program started). */
export interface Looks {
  /** How often the record was asked and did not have it. */
  readonly absent: number
  readonly firstAbsentAt: number | null
  /** When its bytes left, or when this run of the program began if they left before. */
  readonly sentAt: number
}

/**
 * When absence is believed. The registry may take `visibilityMs` to show what it stored: an item is sent again only after two looks
 * that far apart both found nothing, the first of them after its bytes had left. A question looks somewhere between `askedAt` and
 * `answeredAt`: of the second look the earlier instant counts, of the first the later.
 */
export function afterAbsentLook(looks: Looks, { askedAt, answeredAt }: { readonly askedAt: number; readonly answeredAt: number }, visibilityMs: number): { readonly settled: boolean; readonly looks: Looks; readonly waitMs: number } {
  const firstAbsentAt = looks.firstAbsentAt ?? answeredAt
  const next: Looks = { ...looks, absent: looks.absent + 1, firstAbsentAt }
  const since = Math.min(askedAt - firstAbsentAt, askedAt - looks.sentAt)
  if (next.absent >= 2 && since >= visibilityMs) return { settled: true, looks: next, waitMs: 0 }
  return { settled: false, looks: next, waitMs: Math.ceil(Math.min(Math.max(visibilityMs - since, 1_000), 60_000)) }
}
