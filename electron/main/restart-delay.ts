/** A connector that ran this long (milliseconds) before it stopped is taken for a healthy one. */
export const healthySpan = 60_000

/** Milliseconds to wait before start number `attempt` (1 = the first restart): 0.5 s, then twice as long each time, at most a minute. */
export function restartDelay(attempt: number): number {
  return Math.min(500 * 2 ** (Math.max(1, attempt) - 1), 60_000)
}
