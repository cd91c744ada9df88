import { fork } from 'node:child_process'
import type { GivenPin } from './given-pin.ts'
import type { Pkcs11 } from './pkcs11.ts'
import { Pkcs11Refusal, refusals } from './pkcs11-values.ts'

/** What the library's process is asked: to load the library, or a call of `Pkcs11` by its name. */
export interface LibraryQuestion {
  readonly call: 'open' | keyof Pkcs11
  readonly values: readonly unknown[]
  /** The PIN's text, for the call that tries one. */
  readonly pin: string | null
}

export type LibraryAnswer =
  | { readonly given: unknown }
  /** `pinForgotten`: a card may have judged the PIN, and refused it. */
  | { readonly refused: { readonly call: string; readonly code: number }; readonly pinForgotten: boolean }
  | { readonly broken: string }

/** A card's library in a process of its own: what hangs or crashes there ends there. Calls are made one at a time. */
export interface CardLibrary extends Pkcs11 {
  /** Loads and initialises it. Throws `Pkcs11Refusal`, or `Error` when the file is not there or is no such library. */
  open(): Promise<void>
  /** Loaded, and its process runs. Once that has ended, every call is refused. */
  usable(): boolean
  /** No call may take longer than this from now on, the one under way included. Milliseconds. */
  hurry(ms: number): void
  /** Ends its process at once, whatever it does. */
  end(): void
}

/** What a card's library may take for one call once it is loaded, and to load and initialise itself, in milliseconds. */
export interface CardPatience {
  readonly callMs: number
  readonly openMs: number
}

/** Some share the card with another program, that holds it while it signs; some start a service of the system first. */
const usualPatience: CardPatience = { callMs: 10_000, openMs: 60_000 }

/**
 * Starts the process of a card's library. A call that takes longer than it may ends that process and is refused (`noAnswer`); a PIN on
 * its way then counts as refused, for nobody knows whether the card judged it.
 */
export function startCardLibrary(file: string, patience: CardPatience = usualPatience): CardLibrary {
  // The built program keeps its processes beside it, under the same name.
  const entry = new URL(import.meta.url.endsWith('.ts') ? './card-library-process.ts' : './card-library-process.js', import.meta.url)
  // Under Electron, its Node.
  const child = fork(entry, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
  let opened = false
  let ended = false
  let longest = Number.POSITIVE_INFINITY
  let underWay: { readonly answered: PromiseWithResolvers<LibraryAnswer>; readonly startedAt: number; late: NodeJS.Timeout } | null = null
  let last: Promise<unknown> = Promise.resolve()

  function end(): void {
    ended = true
    underWay?.answered.reject(new Pkcs11Refusal('the card’s library gave no answer', refusals.noAnswer))
    child.kill('SIGKILL')
  }
  child.once('exit', end)
  child.once('error', end)
  child.on('message', (answer) => underWay?.answered.resolve(answer as LibraryAnswer))
  // It holds nobody up: a process that cannot even be killed does not keep ours.
  child.unref()
  child.channel?.unref()

  async function exchange(question: LibraryQuestion, mayTake: number): Promise<LibraryAnswer> {
    if (ended) throw new Pkcs11Refusal('the card’s library has ended', refusals.notInitialized)
    const answered = Promise.withResolvers<LibraryAnswer>()
    const mine = { answered, startedAt: performance.now(), late: setTimeout(end, Math.min(mayTake, longest)) }
    underWay = mine
    child.send(question, (error) => error && end())
    try {
      return await answered.promise
    } finally {
      clearTimeout(mine.late)
      underWay = null
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }

  function given(answer: LibraryAnswer): unknown {
    if ('broken' in answer) throw new Error(answer.broken)
    if ('refused' in answer) throw new Pkcs11Refusal(answer.refused.call, answer.refused.code)
    return answer.given
  }

  const ask = <Call extends keyof Pkcs11>(call: Call, ...values: unknown[]) => inTurn(async () => given(await exchange({ call, values, pin: null }, patience.callMs))) as ReturnType<Pkcs11[Call]>

  /** The PIN is looked at when its turn has come: one that was refused meanwhile goes nowhere. */
  const askWith = <Call extends 'login' | 'sign'>(pin: GivenPin, call: Call, ...values: unknown[]) =>
    inTurn(async () => {
      const answer = await pin.tryWith((text) => exchange({ call, values, pin: text }, patience.callMs))
      if ('refused' in answer && answer.pinForgotten) pin.forget()
      return given(answer)
    }) as ReturnType<Pkcs11[Call]>

  /** What ends something has nothing left to do once the process has ended. */
  async function unlessEnded(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      if (!ended) throw error
    }
  }

  return {
    async open() {
      await inTurn(async () => given(await exchange({ call: 'open', values: [file], pin: null }, patience.openMs)))
      opened = true
    },
    usable: () => opened && !ended,
    hurry(ms) {
      longest = ms
      if (!underWay) return
      clearTimeout(underWay.late)
      underWay.late = setTimeout(end, ms)
    },
    end,
    tokens: () => ask('tokens'),
    readers: () => ask('readers'),
    openSession: (slot) => ask('openSession', slot),
    closeSession: (session) => unlessEnded(ask('closeSession', session)),
    login: (session, pin) => askWith(pin, 'login', session),
    find: (session, objectClass) => ask('find', session, objectClass),
    attribute: (session, object, type) => ask('attribute', session, object, type),
    supports: (slot, mechanism) => ask('supports', slot, mechanism),
    sign: (session, key, mechanism, data, pin) => (pin ? askWith(pin, 'sign', session, key, mechanism, data) : ask('sign', session, key, mechanism, data)),
    reopen: () => ask('reopen'),
    async close() {
      await unlessEnded(ask('close'))
      end()
    },
  }
}
