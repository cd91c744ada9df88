import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startCardLibrary, type CardLibrary, type CardPatience } from './card-library.ts'
import { GivenPin } from './given-pin.ts'
import { refusals } from './pkcs11-values.ts'
import { noTestCard, openTestReader } from './test-card.ts'
import { compileHangingLibrary, noCompiler, type HangingLibrary } from './test-hanging-library.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

const wait = { timeout: 30_000, interval: 20 }

function hanging(real: string | null = null): HangingLibrary {
  const made = compileHangingLibrary(real)
  ends.push(() => made.close())
  return made
}

function start(file: string, patience?: CardPatience): CardLibrary {
  const library = startCardLibrary(file, patience)
  ends.push(() => library.end())
  return library
}

/** Processes of card libraries that a process started. */
function librariesOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => (line.includes('card-library-process') && Number(line.trim().split(/ +/)[1]) === parent ? Number(line.trim().split(/ +/)[0]) : []))
}
const runs = (pid: number) => execFileSync('ps', ['-eo', 'pid=,stat='], { encoding: 'utf8' }).split('\n').some((line) => new RegExp(`^ *${pid} +[^Z]`).test(line))

it('says of a file that is no such library why it cannot be loaded', async () => {
  await expect(start(import.meta.filename).open()).rejects.toThrow(/\S/)
})

describe.skipIf(noCompiler)('a library that hangs', () => {
  it.each(['load', 'C_Initialize'] as const)('in %s holds nothing of ours, and is ended with its process', async (call) => {
    const held = hanging()
    held.hold(call)
    const library = start(held.library)
    const opened = library.open()
    const [itsProcess] = librariesOf(process.pid)
    // This thread runs all the while: it sees the library hang.
    await vi.waitFor(() => expect(held.entered(call)).toBe(1), wait)
    library.hurry(1)
    await expect(opened).rejects.toMatchObject({ code: refusals.noAnswer })
    expect(library.usable()).toBe(false)
    await vi.waitFor(() => expect(runs(itsProcess!)).toBe(false), wait)
    await expect(library.tokens()).rejects.toMatchObject({ code: refusals.notInitialized })
  })

  it('is given up by itself when it takes too long to start', async () => {
    const held = hanging()
    held.hold('C_Initialize')
    await expect(start(held.library, { callMs: 1, openMs: 400 }).open()).rejects.toMatchObject({ code: refusals.noAnswer })
  })

  it('ends with the program that waited for it, killed', async () => {
    const held = hanging()
    held.hold('C_Initialize')
    const holder = fork(path.join(import.meta.dirname, 'test-library-holder.ts'), [held.library], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    await once(holder, 'message')
    await vi.waitFor(() => expect(held.entered('C_Initialize')).toBe(1), wait)
    const [library] = librariesOf(holder.pid!)
    holder.kill('SIGKILL')
    await vi.waitFor(() => expect(runs(library!)).toBe(false), wait)
  })
})

const missing = noTestCard ?? (noCompiler ? 'a compiler' : null)
describe.skipIf(missing !== null)(`with a card in${missing ? ` (skipped, missing: ${missing})` : ''}`, () => {
  async function opened(patience?: CardPatience) {
    const reader = await openTestReader()
    ends.push(() => reader.close())
    await reader.insert({ label: 'CPS', pin: '1234', passphrase: 'secret' })
    const held = hanging(reader.library)
    const library = start(held.library, patience)
    await library.open()
    const [token] = await library.tokens()
    return { held, library, session: await library.openSession(token!.slot) }
  }

  it('tries a PIN whose login hangs no second time, and nothing that waited behind it', async () => {
    const { held, library, session } = await opened({ callMs: 2_000, openMs: 60_000 })
    held.hold('C_Login')
    const pin = new GivenPin('1234')
    const tries = await Promise.allSettled([library.login(session, pin), library.login(session, pin), library.tokens()])
    expect(tries.map((one) => one.status === 'rejected' && (one.reason as { code: number }).code)).toEqual([refusals.noAnswer, refusals.pinIncorrect, refusals.notInitialized])
    expect(pin.forgotten).toBe(true)
    held.release('C_Login')
    expect(held.entered('C_Login')).toBe(1)
  })

  it('keeps a PIN that no card judged, and one that is right', async () => {
    const { library, session } = await opened()
    const pin = new GivenPin('1234')
    await expect(library.login(session + 7n, pin)).rejects.toMatchObject({ code: 0xb3 })
    await library.login(session, pin)
    expect(pin.forgotten).toBe(false)
    await expect(library.login(session, new GivenPin('9999'))).rejects.toMatchObject({ code: refusals.alreadyLoggedIn })
  })

  it('gives a call under way no longer than it is told to hurry', async () => {
    const { held, library } = await opened()
    held.hold('C_GetSlotList')
    const asked = library.tokens()
    await vi.waitFor(() => expect(held.entered('C_GetSlotList')).toBeGreaterThan(1), wait)
    const at = performance.now()
    library.hurry(100)
    await expect(asked).rejects.toMatchObject({ code: refusals.noAnswer })
    expect(performance.now() - at).toBeLessThan(5_000)
  })

  it('survives a crash of the library', async () => {
    const { library } = await opened()
    process.kill(librariesOf(process.pid)[0]!, 'SIGSEGV')
    await vi.waitFor(() => expect(library.usable()).toBe(false), wait)
    await expect(library.tokens()).rejects.toMatchObject({ code: refusals.notInitialized })
  })
})
