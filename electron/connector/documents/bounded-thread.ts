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
   * says nothing of the question; one that ends by itself before it is up gives the question up. The next question is asked as if this one had not been.
   */
  ask(question: Question, transfer?: readonly ArrayBuffer[]): Promise<Told<Answer>>
  /** Ends what is under way and gives the thread's memory back; the next question starts another. */
  rest(): Promise<void>
}

/** Between two looks at the program's memory, in milliseconds. */
const lookMs = 50

/** A thread, and when its modules have run: the error it ended by instead, where it did. */
interface Running {
  readonly worker: Worker
  readonly up: Promise<{ readonly endedBy: unknown } | null>
}

/**
 * Opens a thread that runs `entry`, which answers by `answerQuestions`; nothing is started before the first question. What a question may cost is counted
 * once the thread is up, and none is ended before: V8 ends the whole program (`Check failed: (location_) != nullptr`) when a thread is ended while it runs
 * a module that waited for another's top-level await, as whatever imports libxml2-wasm does.
 */
export function openBoundedThread<Question, Answer>(entry: URL, bounds: ThreadBounds): BoundedThread<Question, Answer> {
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
    const started = { worker, up }
    worker.once('exit', () => {
      if (running === started) running = null
    })
    return started
  }

  async function askNow(question: Question, transfer: readonly ArrayBuffer[], asked: number): Promise<Told<Answer>> {
    if (asked !== rests) return { none: 'ended' }
    const { worker: busy, up } = (running ??= start())
    const ended = await up
    if (asked !== rests) return { none: 'ended' }
    if (ended && isPassing(ended.endedBy)) throw ended.endedBy
    if (ended) return { none: 'gave-up' }
    const before = process.memoryUsage.rss()
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
      const ending = running
      running = null
      await ending?.up
      await ending?.worker.terminate()
    },
  }
}
