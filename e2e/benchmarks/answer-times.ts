/** How long whoever asks waits for an answer, in milliseconds. */
export interface AnswerTimes {
  readonly call: string
  readonly p50: number
  readonly p95: number
}

/** A call so slow that this is over first is known well enough. */
const mostMs = 20_000

/** Asks once, then `calls` times, one after the other. */
export async function timesOf(call: string, calls: number, ask: () => Promise<unknown>): Promise<AnswerTimes> {
  await ask()
  const times: number[] = []
  const startedAt = performance.now()
  while (times.length < calls && performance.now() - startedAt < mostMs) {
    const askedAt = performance.now()
    await ask()
    times.push(performance.now() - askedAt)
  }
  return quantiles(call, times)
}

export function quantiles(call: string, unsorted: readonly number[]): AnswerTimes {
  const times = unsorted.toSorted((a, b) => a - b)
  return { call, p50: times[Math.floor(times.length * 0.5)]!, p95: times[Math.floor(times.length * 0.95)]! }
}
