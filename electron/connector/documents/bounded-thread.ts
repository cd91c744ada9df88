import { Worker, type ResourceLimits } from 'node:worker_threads'
import { isPassing } from '../store/index.ts'

/** What one question may cost. */
export interface ThreadBounds {
  /** Milliseconds. */
  readonly time: number
  /** Bytes by which the program may grow meanwhile, what the thread unpacked included; half of them for its own objects. */
  readonly memory: number
}

/** `gave-up`: it cost more than the bounds, or the thread ended over it. `ended`: nobody wants the answer any more. */
export type Told<Answer> = { readonly answer: Answer } | { readonly none: 'gave-up' | 'ended' }

/** A thread of its own that answers one question after the other. A question made to harm costs the bounds, twice at most. */
export interface BoundedThread<Question, Answer> {
  /**
   * The thread has its own copy of the question, of the whole buffer behind a view. There is a second try where the first may have been ended for what the computer, the
   * rest of the program or former questions took. Rejects when no thread can be had: with an error that `isPassing` where the system refuses one for now, which
   * says nothing of the question; one that ends by itself before it is up gives the question up. The next question is asked as if this one had not been.
   */
  ask(question: Question): Promise<Told<Answer>>
  /** Ends what is under way and gives the thread's memory back; the next question starts another. */
  rest(): Promise<void>
}

/** Between two looks at the program's memory, in milliseconds. */
const lookMs = 50

/** What became of one try. `thread`: it ended by itself, as when its own heap is full, `used` when it was asked something before. `starved`: half of the time went by without computing. */
type Tried<Answer> = { readonly answer: Answer } | { readonly none: 'ended' | 'thread' | 'used-thread' | 'memory' | 'time' | 'starved' }

/** What something else than the question may have brought about: the memory of former questions, or of the whole program, as when hundreds of documents have just come; a computer that slept or was all taken. */
const mayBeOthers: ReadonlySet<string> = new Set<Extract<Tried<never>, { none: unknown }>['none']>(['used-thread', 'memory', 'starved'])

/** A thread, and when its modules have run: the error it ended by instead, where it did. */
interface Running {
  readonly worker: Worker
  readonly up: Promise<{ readonly endedBy: unknown } | null>
  isUsed: boolean
}

/**
 * Opens a thread that runs `entry`, which answers by `answerQuestions`; nothing is started before the first question. What a question may cost is counted
 * once the thread is up, and none is ended before: V8 ends the whole program (`Check failed: (location_) != nullptr`) when a thread is ended while it runs
 * a module that waited for another's top-level await, as whatever imports libxml2-wasm does. `computedMs`: what the other threads of the program than this
 * one have computed so far, in milliseconds.
 */
export function openBoundedThread<Question, Answer>(entry: URL, bounds: ThreadBounds, computedMs: () => number = computedByOthers): BoundedThread<Question, Answer> {
  const resourceLimits: ResourceLimits = { maxOldGenerationSizeMb: bounds.memory / 2_000_000, maxYoungGenerationSizeMb: 16 }
  let running: Running | null = null
  let last: Promise<unknown> = Promise.resolve()
  /** Counts the rests: what was asked before one is not begun after it. */
  let rests = 0

  function start(): Running {
    const worker = new Worker(entry, { resourceLimits })
    let endedBy: unknown = null
    // Told to whoever waits; without anybody it is only the next question's other thread.
    worker.on('error', (error) => {
      endedBy = error
    })
    const up = new Promise<{ endedBy: unknown } | null>((resolve) => {
      worker.once('message', () => resolve(null))
      worker.once('exit', () => resolve({ endedBy }))
    })
    const started = { worker, up, isUsed: false }
    worker.once('exit', () => {
      if (running === started) running = null
    })
    return started
  }

  async function askNow(question: Question, asked: number): Promise<Told<Answer>> {
    const first = await tryOnce(question, asked)
    const told = 'none' in first && mayBeOthers.has(first.none) ? await tryOnce(question, asked) : first
    return 'answer' in told ? told : { none: told.none === 'ended' ? 'ended' : 'gave-up' }
  }

  async function tryOnce(question: Question, asked: number): Promise<Tried<Answer>> {
    if (asked !== rests) return { none: 'ended' }
    const on = (running ??= start())
    const { worker: busy } = on
    const ended = await on.up
    if (asked !== rests) return { none: 'ended' }
    if (ended && isPassing(ended.endedBy)) throw ended.endedBy
    if (ended) return { none: 'thread' }
    const [before, computed, itself] = [process.memoryUsage.rss(), computedMs(), on.isUsed ? 'used-thread' : 'thread'] as const
    on.isUsed = true
    return new Promise((resolve, reject) => {
      // Before anything that would have to be undone: what cannot be handed over throws.
      busy.postMessage(question)
      let refusal: unknown = null
      let gaveUp: 'time' | 'memory' | null = null
      let late: { readonly answer: Answer } | null = null
      const end = (tell: () => void) => {
        clearTimeout(tooLate)
        clearInterval(looking)
        busy.off('message', answered)
        busy.off('error', failed)
        busy.off('exit', none)
        tell()
      }
      const answered = (answer: Answer) => {
        late = { answer }
        // Where it was under way as the thread was ended, the next question waits for that end: this thread would answer it no more.
        if (gaveUp === null) end(() => resolve({ answer }))
      }
      const none = () =>
        end(() => {
          if (asked !== rests) resolve({ none: 'ended' })
          else if (late) resolve(late)
          else if (refusal !== null) reject(refusal)
          else resolve({ none: gaveUp === 'time' && computedMs() - computed < bounds.time / 2 ? 'starved' : (gaveUp ?? itself) })
        })
      const failed = (error: unknown) => {
        if (isPassing(error)) refusal = error
      }
      const giveUp = (by: 'time' | 'memory') => {
        gaveUp = by
        clearTimeout(tooLate)
        clearInterval(looking)
        void busy.terminate()
      }
      const tooLate = setTimeout(() => giveUp('time'), bounds.time)
      // Of the thread itself nothing is asked: Node 24 ends the whole program when a thread ends while its heap statistics are being read.
      const looking = setInterval(() => process.memoryUsage.rss() - before > bounds.memory && giveUp('memory'), lookMs)
      busy.once('message', answered)
      busy.once('error', failed)
      busy.once('exit', none)
    })
  }

  return {
    ask(question) {
      const asked = rests
      const told = last.then(() => askNow(question, asked))
      // What became of one question says nothing of the next.
      last = told.catch(() => undefined)
      return told
    },
    async rest() {
      rests += 1
      const ending = running
      running = null
      await ending?.up
      await ending?.worker.terminate()
    },
  }
}

function computedByOthers(): number {
  const program = process.cpuUsage()
  // Node tells it of one thread since 23.9.
  const own = 'threadCpuUsage' in process ? process.threadCpuUsage() : { user: 0, system: 0 }
  return (program.user + program.system - own.user - own.system) / 1000
}
