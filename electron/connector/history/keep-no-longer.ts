import type { Readings } from './readings.ts'

/** So long after they were last looked at a patient's list and documents are kept: 30 days. */
const keptMs = 30 * 86_400_000
/** The clock that a sleep stops counts these, so they are many. */
const everyMs = 3_600_000

/**
 * Erases what was read of the record once nobody looked at it for 30 days, at the start and again and again while the program runs. `onErased`: what
 * a window shows may be gone.
 */
export function keepNoLonger({ readings, now, onErased, onBug }: { readings: Pick<Readings, 'erase'>; now: () => number; onErased: () => void; onBug: (error: unknown) => void }): { close(): Promise<void> } {
  const ending = new AbortController()
  let running: Promise<void> | null = null

  async function erase(): Promise<void> {
    if (await readings.erase(now(), keptMs, ending.signal)) onErased()
  }

  function look(): void {
    running ??= erase()
      .catch(onBug)
      .finally(() => (running = null))
  }

  const timer = setInterval(look, everyMs).unref()
  look()
  return {
    async close() {
      clearInterval(timer)
      ending.abort()
      await running
    },
  }
}
