import os from 'node:os'

/** What the computer did that the program must hear of. */
export type MachineEvent = 'slept-or-clock-set' | 'network-changed'

export interface MachineWatch {
  /** Looks now; also called before a decision that trusts the clock. */
  look(): void
  stop(): void
}

export interface MachineWatchOptions {
  readonly now: () => number
  /** Milliseconds on a clock that neither a person nor a sleep moves. */
  readonly monotonic: () => number
  /** The network as one comparable text. */
  readonly network?: () => string
  readonly onEvent: (event: MachineEvent) => void
  readonly everyMs?: number
}

/** Between two looks the two clocks may drift apart by this much before it means something. */
const jumpMs = 30_000

/**
 * Notices a sleep, a clock that was set, a network that changed, on any host: Electron's own events do not come on every system. The
 * two clocks are compared, so that a slow computer is not taken for a sleeping one.
 */
export function watchMachine({ now, monotonic, network = networkOf, onEvent, everyMs = 5_000 }: MachineWatchOptions): MachineWatch {
  let wall = now()
  let steady = monotonic()
  let known = network()

  function look(): void {
    const [wallNow, steadyNow, networkNow] = [now(), monotonic(), network()]
    const jumped = Math.abs(wallNow - wall - (steadyNow - steady)) > jumpMs
    const moved = networkNow !== known
    wall = wallNow
    steady = steadyNow
    known = networkNow
    if (jumped) onEvent('slept-or-clock-set')
    if (moved) onEvent('network-changed')
  }

  const timer = setInterval(look, everyMs).unref()
  return { look, stop: () => clearInterval(timer) }
}

/** Addresses of this computer but the loopback's. */
function networkOf(): string {
  return Object.entries(os.networkInterfaces())
    .flatMap(([name, addresses]) => (addresses ?? []).filter((address) => !address.internal).map((address) => `${name} ${address.cidr ?? address.address}`))
    .sort()
    .join('\n')
}
