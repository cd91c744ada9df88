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

/** A thread of its own that answers one question after the other. A question made to harm costs the bounds, and no more. */
export interface BoundedThread<Question, Answer> {
  /**
   * `transfer` is the thread's from then on. Rejects when no thread can be had: with an error that `isPassing` where the system refuses one for now, which
   * says nothing of the question. The next question is asked as if this one had not been.
   */
  ask(question: Question, transfer?: readonly ArrayBuffer[]): Promise<Told<Answer>>
  /** Ends what is under way and gives the thread's memory back; the next question starts another. */
  rest(): Promise<void>
}

/** Between two looks at the program's memory, in milliseconds. */
const lookMs = 50

/** Opens a thread that runs `entry`, which answers each message by one message; nothing is started before the first question. */
export function openBoundedThread<Question, Answer>(entry: URL, bounds: ThreadBounds): BoundedThread<Question, Answer> {
  const resourceLimits: ResourceLimits = { maxOldGenerationSizeMb: bounds.memory / 2_000_000, maxYoungGenerationSizeMb: 16 }
  let worker: Worker | null = null
  let last: Promise<unknown> = Promise.resolve()
  /** Counts the rests: what was asked before one is not begun after it. */
  let rests = 0

  function start(): Worker {
    const started = new Worker(entry, { resourceLimits })
    // Told to whoever waits; without anybody it is only the next question's other thread.
    started.on('error', () => undefined)
    started.once('exit', () => {
      if (worker === started) worker = null
    })
    return started
  }

  function askNow(question: Question, transfer: readonly ArrayBuffer[], asked: number): Promise<Told<Answer>> {
    if (asked !== rests) return Promise.resolve({ none: 'ended' })
    const before = process.memoryUsage.rss()
    const busy = (worker ??= start())
    return new Promise((resolve, reject) => {
      // Before anything that would have to be undone: what cannot be handed over throws.
      busy.postMessage(question, transfer)
      let refusal: unknown = null
      const end = (tell: () => void) => {
        clearTimeout(late)
        clearInterval(looking)
        busy.off('message', answered)
        busy.off('error', failed)
        busy.off('exit', none)
        tell()
      }
      const answered = (answer: Answer) => end(() => resolve({ answer }))
      const none = () => end(() => (asked !== rests ? resolve({ none: 'ended' }) : refusal === null ? resolve({ none: 'gave-up' }) : reject(refusal)))
      // A thread that had no room to begin is told here, and ends next.
      const failed = (error: unknown) => {
        if (isPassing(error)) refusal = error
      }
      const giveUp = () => void busy.terminate()
      const late = setTimeout(giveUp, bounds.time)
      // Of the thread itself nothing is asked: Node 24 ends the whole program when a thread ends while its heap statistics are being read.
      const looking = setInterval(() => process.memoryUsage.rss() - before > bounds.memory && giveUp(), lookMs)
      busy.once('message', answered)
      busy.once('error', failed)
      busy.once('exit', none)
    })
  }

  return {
    ask(question, transfer = []) {
      const asked = rests
      const told = last.then(() => askNow(question, transfer, asked))
      // What became of one question says nothing of the next.
      last = told.catch(() => undefined)
      return told
    },
    async rest() {
      rests += 1
      const ending = worker
      worker = null
      await ending?.terminate()
    },
  }
}
