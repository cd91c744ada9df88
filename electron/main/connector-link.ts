import type { MessagePortMain } from 'electron'
import { healthySpan, restartDelay } from './restart-delay.ts'
import type { RunningConnector } from './start-connector.ts'

/** What the link tells while it keeps a connector at hand. */
export interface LinkEvents {
  /** A connector is there: every window needs a new port. */
  readonly up: () => void
  /** There is none, and one is started or looked for again. `wasUp`: it was there and went away; else it never came. */
  readonly down: (wasUp: boolean) => void
}

/** The clock, passed in so that tests need not wait. A wait may reject when its signal aborts. */
export interface LinkClock {
  readonly now: () => number
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
}

/** Keeps a connector at hand: starts it, and starts it again with growing pauses whenever it goes away, until stopped. */
export interface ConnectorLink {
  /** Hands over a window's port; false when no connector is there (the window gets a port at the next `up`). */
  readonly connect: (port: MessagePortMain) => boolean
  readonly stop: () => Promise<void>
}

/** @param start gives a connector that is ready, or rejects; it must give up when its signal aborts */
export function keepConnector(start: (signal: AbortSignal) => Promise<RunningConnector>, events: LinkEvents, clock: LinkClock): ConnectorLink {
  let running: RunningConnector | null = null
  const stopping = new AbortController()
  const { signal } = stopping
  const keep = async (): Promise<void> => {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const since = clock.now()
      const current = await start(signal).catch(() => null)
      if (current !== null) {
        running = current
        if (signal.aborted) void current.stop()
        else events.up()
        await current.gone
        running = null
        if (clock.now() - since >= healthySpan) attempt = 1
      }
      if (signal.aborted) return
      events.down(current !== null)
      await clock.wait(restartDelay(attempt), signal).catch(() => undefined)
    }
  }
  const kept = keep()
  return {
    connect: (port) => {
      running?.connect(port)
      return running !== null
    },
    stop: async () => {
      stopping.abort()
      await running?.stop()
      await kept
    },
  }
}
