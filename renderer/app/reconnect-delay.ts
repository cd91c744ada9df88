/**
 * How long to wait before trying the connector again, in milliseconds: quick at first (a restart takes a second), never more
 * than ten seconds, spread so that many panels on one server do not come back together. `chance` is in [0, 1).
 */
export function reconnectDelay(attempt: number, chance: number): number {
  const ceiling = Math.min(10_000, 300 * 2 ** Math.min(attempt, 10))
  return Math.round(ceiling * (0.5 + chance / 2))
}
