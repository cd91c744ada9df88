import type { ConnectorEvent } from '#shared/contract/index.ts'

type Topic = ConnectorEvent['topic']

/** Tells pages what to ask again. Bursts are folded: a page never gets more than one event a topic and turn. */
export interface EventHub {
  /** Within the time of folding, or a shorter one: what else is to be told goes with it. */
  tell(topic: Topic, withinMs?: number): void
  /** A stream for one page, opened by `hello`; ends when `signal` aborts or the hub closes. */
  subscribe(signal: AbortSignal | undefined): AsyncGenerator<ConnectorEvent, void, void>
  close(): void
}

/** Opens the hub. `foldMs` is how long changes of one topic are gathered before they are told. */
export function openEventHub(foldMs = 50): EventHub {
  let sequence = 0
  let closed = false
  const pages = new Set<{ queue: ConnectorEvent[]; wake: () => void }>()
  const pending = new Set<Topic>()
  let timer: NodeJS.Timeout | undefined
  let due = Infinity

  function flush(): void {
    timer = undefined
    due = Infinity
    for (const topic of pending) {
      sequence += 1
      const event = { sequence, topic }
      for (const page of pages) {
        // A page that does not listen for a while is told once: the last event of a topic says all the former ones did.
        page.queue = [...page.queue.filter((waiting) => waiting.topic !== topic), event]
        page.wake()
      }
    }
    pending.clear()
  }

  return {
    tell(topic, withinMs = foldMs) {
      if (closed) return
      pending.add(topic)
      const at = performance.now() + withinMs
      if (at >= due) return
      due = at
      clearTimeout(timer)
      timer = setTimeout(flush, withinMs).unref()
    },
    async *subscribe(signal) {
      let wake: () => void = () => undefined
      const page = { queue: [{ sequence, topic: 'hello' as Topic }], wake: () => wake() }
      pages.add(page)
      const stop = () => wake()
      signal?.addEventListener('abort', stop)
      try {
        while (!closed && !signal?.aborted) {
          const event = page.queue.shift()
          if (event) yield event
          else {
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          }
        }
      } finally {
        pages.delete(page)
        signal?.removeEventListener('abort', stop)
      }
    },
    close() {
      closed = true
      clearTimeout(timer)
      for (const page of pages) page.wake()
    },
  }
}
