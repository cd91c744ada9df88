type Listener = (event: { data: unknown }) => void

/** One end of an in-memory channel, with the part of `MessagePort` the transports use. */
export interface MemoryPort {
  addEventListener: (type: 'message' | 'close', listener: Listener) => void
  postMessage: (data: unknown) => void
  /** Closes both ends: each hears `close` once, and later messages are dropped, as a real port does. */
  close: () => void
}

/**
 * Two connected ports inside one process, for tests of pages and rooms without a host. Like a real port it copies what it
 * carries and delivers later, in order, so that nothing is shared by accident.
 */
export function memoryChannel(): [MemoryPort, MemoryPort] {
  let open = true
  const ends = [0, 1].map(() => ({ message: new Set<Listener>(), close: new Set<Listener>() }))
  const port = (own: number): MemoryPort => ({
    addEventListener: (type, listener) => ends[own]?.[type].add(listener),
    postMessage: (data) => {
      const copy: unknown = structuredClone(data)
      queueMicrotask(() => {
        if (open) for (const listener of ends[1 - own]?.message ?? []) listener({ data: copy })
      })
    },
    close: () => {
      if (!open) return
      open = false
      queueMicrotask(() => {
        for (const end of ends) {
          for (const listener of end.close) listener({ data: undefined })
        }
      })
    },
  })
  return [port(0), port(1)]
}
