/**
 * Time that passes only when the proof says so. While it is installed, every `setTimeout` and `setInterval` of the program waits for it;
 * reads and writes of files stay real and are waited for between two instants.
 */
export interface VirtualTime {
  /** The true time, milliseconds since the epoch: what an honest clock shows. */
  now(): number
  /** Runs `work` after so many milliseconds; unlike the program's timers it survives the program. */
  after(ms: number, work: () => void): void
  /** Resolves when the program waits for nothing but time. */
  quiet(): Promise<void>
  /** When the next timer is due; null when there is none. */
  nextAt(): number | null
  /** Goes to the instant of the next timer and runs it alone; what it brings about comes before any other. */
  runNext(): void
  /** So many milliseconds pass in which nothing runs: the computer sleeps, or nothing was due. */
  skip(ms: number): void
  /** The program died, its timers with it. */
  forgetProgramTimers(): void
  /** Gives the real timers back. */
  remove(): void
}

interface Timer {
  readonly rank: number
  readonly run: () => void
  readonly ofProgram: boolean
  readonly everyMs: number | null
  at: number
}

/** Turns of the event loop without anything under way after which nothing more comes by itself. */
const idleTurns = 3

/** Installs it on this process, beginning at `start` (milliseconds since the epoch). */
export function installVirtualTime(start: number): VirtualTime {
  const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate }
  const timers = new Map<number, Timer>()
  let time = start
  let ranks = 0

  function add(run: () => void, ms: number, ofProgram: boolean, repeat = false): number {
    ranks += 1
    const wait = Math.max(1, Number.isFinite(ms) ? ms : 1)
    timers.set(ranks, { rank: ranks, run, ofProgram, everyMs: repeat ? wait : null, at: time + wait })
    return ranks
  }
  const handleOf = (rank: number) => {
    const handle = { ref: () => handle, unref: () => handle, hasRef: () => true, [Symbol.toPrimitive]: () => rank }
    return handle
  }
  const cancel = (handle: unknown) => {
    if (handle !== undefined && handle !== null) timers.delete(Number(handle))
  }
  const replace = (repeat: boolean) => (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => handleOf(add(() => run(...given), ms, true, repeat))
  Object.assign(globalThis, { setTimeout: replace(false), setInterval: replace(true), clearTimeout: cancel, clearInterval: cancel })

  /** Due first; of those due together, the one that waits longest. */
  const next = () => [...timers.values()].reduce<Timer | null>((first, timer) => (first === null || timer.at < first.at ? timer : first), null)
  const isBusy = () => process.getActiveResourcesInfo().some((kind) => kind === 'Immediate' || /Req/i.test(kind))

  return {
    now: () => time,
    after: (ms, run) => void add(run, ms, false),
    async quiet() {
      for (let idle = 0; idle < idleTurns; ) {
        await new Promise<void>((resolve) => real.setImmediate(() => resolve()))
        idle = isBusy() ? 0 : idle + 1
      }
    },
    nextAt: () => next()?.at ?? null,
    runNext() {
      const due = next()
      if (due === null) return
      time = Math.max(time, due.at)
      if (due.everyMs === null) timers.delete(due.rank)
      else due.at = time + due.everyMs
      due.run()
    },
    skip(ms) {
      time += ms
    },
    forgetProgramTimers() {
      for (const timer of timers.values()) if (timer.ofProgram) timers.delete(timer.rank)
    },
    remove() {
      Object.assign(globalThis, real)
    },
  }
}
