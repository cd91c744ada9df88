import { setTimeout as delay } from 'node:timers/promises'

/** One direction of a line, shared by all who use it. */
export interface Line {
  readonly isLimited: boolean
  /** Resolves once the line has carried these bytes, after all those asked for before. Rejects with the signal. */
  carry(bytes: number, signal: AbortSignal): Promise<void>
}

/** Opens one direction of a line of so many bits a second; `undefined` = no limit. */
export function openLine(bitsPerSecond: number | undefined): Line {
  if (bitsPerSecond === undefined) return { isLimited: false, carry: async () => {} }
  let freeAt = 0
  return {
    isLimited: true,
    async carry(bytes, signal) {
      const now = performance.now()
      freeAt = Math.max(now, freeAt) + (bytes * 8000) / bitsPerSecond
      // The moment is absolute: what a timer is late by is not added up.
      await delay(freeAt - now, undefined, { signal })
    },
  }
}
