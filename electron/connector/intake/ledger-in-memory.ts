import { createHash } from 'node:crypto'
import type { Arrival, IncomingMessage, IntakeLedger, TakenFile } from './ledger.ts'

/** A ledger for the tests of this room: the same promises as the real one, on arrays, with a switch to make it fail. */
export interface InMemoryLedger extends IntakeLedger {
  readonly arrivals: Arrival[]
  readonly messages: IncomingMessage[]
  /** Called before anything is kept; an exception is a storage that fails. */
  before: () => void | Promise<void>
}

/** Opens an empty one. */
export function inMemoryLedger(): InMemoryLedger {
  const contents = new Set<string>()
  const files = new Set<string>()
  const fileKey = (file: TakenFile) => `${file.path}|${file.size}|${file.mtimeMs}`
  const ledger: InMemoryLedger = {
    arrivals: [],
    messages: [],
    before: () => undefined,
    async receive(arrivals, message) {
      await ledger.before()
      if (message) {
        const sameNumber = ledger.messages.filter((known) => known.controlId === message.controlId && known.sendingApplication === message.sendingApplication && known.sendingFacility === message.sendingFacility)
        if (sameNumber.some((known) => known.payloadHash === message.payloadHash)) return { items: [], message: 'duplicate' }
        ledger.messages.push(message)
        return { items: keep(arrivals), message: sameNumber.length > 0 ? 'number-reused' : 'stored' }
      }
      return { items: keep(arrivals), message: null }
    },
    isTaken: async (file) => files.has(fileKey(file)),
    recentFromFolder: async () => 0,
    async gapBefore(document, sidecarPath) {
      const own = ledger.arrivals.findLast(({ file, alongside }) => file?.path === document.path && fileKey(file) !== fileKey(document) && alongside?.some(({ path }) => path === sidecarPath))
      return own ? own.alongside!.find(({ path }) => path === sidecarPath)!.mtimeMs - own.file!.mtimeMs : null
    },
    isSaidOf: async (sidecar, sha256) => {
      const first = ledger.arrivals.find(({ file, alongside }) => [file, ...(alongside ?? [])].some((one) => one && fileKey(one) === fileKey(sidecar)))
      return first !== undefined && createHash('sha256').update(first.bytes).digest('hex') === sha256
    },
    isKnownPath: async (path) => [...files].some((key) => key.startsWith(`${path}|`)),
  }
  function keep(arrivals: readonly Arrival[]) {
    return arrivals.map((arrival) => {
      ledger.arrivals.push(arrival)
      for (const file of [...(arrival.file ? [arrival.file] : []), ...(arrival.alongside ?? [])]) files.add(fileKey(file))
      const key = createHash('sha256').update(arrival.bytes).update(`${arrival.hints.identity?.ins}|${arrival.hints.identity?.birthName}`).digest('hex')
      const outcome = contents.has(key) && !arrival.hints.refusal ? ('duplicate' as const) : ('stored' as const)
      contents.add(key)
      return { id: String(ledger.arrivals.length), outcome }
    })
  }
  return ledger
}
