import { execFile } from 'node:child_process'
import { existsSync, rmSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { isPassing } from '../store/index.ts'
import type { BoundedThread } from './bounded-thread.ts'

/** How many threads the system refuses from now on: as root it refuses none for real. */
const refused = vi.hoisted(() => ({ next: 0 }))
vi.mock('node:worker_threads', async (original) => {
  const real = await original<typeof import('node:worker_threads')>()
  class Worker extends real.Worker {
    constructor(...args: ConstructorParameters<typeof real.Worker>) {
      if (refused.next > 0) {
        refused.next -= 1
        throw Object.assign(new Error('Worker initialization failure: EAGAIN'), { code: 'ERR_WORKER_INIT_FAILED' })
      }
      super(...args)
    }
  }
  return { ...real, Worker }
})
const { openBoundedThread } = await import('./bounded-thread.ts')

const answerQuestions = JSON.stringify(new URL('answer-questions.ts', import.meta.url).href)
let folder: string
let entry: URL
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'relais-thread-'))
  entry = pathToFileURL(path.join(folder, 'echo.mjs'))
  // Gives back what it is asked; of ['hang' | 'end', times, name] it does that so many times, and notes each.
  await writeFile(
    entry,
    `import fs from 'node:fs'
     import { answerQuestions } from ${answerQuestions}
     answerQuestions((asked) => {
       if (asked === 'end') process.exit(1)
       if (!Array.isArray(asked)) return asked
       const [act, times, name] = asked
       const file = ${JSON.stringify(folder)} + '/tries-' + name
       fs.appendFileSync(file, '.')
       if (fs.statSync(file).size > times) return 'answered'
       return act === 'end' ? process.exit(1) : new Promise(() => {})
     })`,
  )
})
afterAll(() => rm(folder, { recursive: true }))

/** How often the thread was asked what has this name. */
const triesOf = (name: string) => (existsSync(path.join(folder, `tries-${name}`)) ? statSync(path.join(folder, `tries-${name}`)).size : 0)

let thread: BoundedThread<unknown, unknown>
beforeEach(() => {
  thread = openBoundedThread(entry, { time: 20_000, memory: 300_000_000 })
})
afterEach(async () => {
  await thread.rest()
  for (const name of 'abc') rmSync(path.join(folder, `tries-${name}`), { force: true })
})

describe('a thread that answers questions', () => {
  it('answers the question after one that no thread was to be had for', async () => {
    refused.next = 1
    const answers = await Promise.allSettled([thread.ask('one'), thread.ask('two')])
    expect(answers).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: { answer: 'two' } }])
    expect(isPassing((answers[0] as PromiseRejectedResult).reason)).toBe(true)
  })

  it('answers the question after one that cannot be handed over', async () => {
    await expect(thread.ask(() => undefined)).rejects.toThrow()
    expect(await thread.ask('two')).toEqual({ answer: 'two' })
  })

  it('gives up a question it ends over, and answers the next', async () => {
    expect(await thread.ask('end')).toEqual({ none: 'gave-up' })
    expect(await thread.ask('two')).toEqual({ answer: 'two' })
  })

  it('tries once more what took its time while the computer slept or was all taken, and not what computed it away', async () => {
    for (const [computes, told, tries] of [[999, { answer: 'answered' }, 2], [1000, { none: 'gave-up' }, 1]] as const) {
      let computed = 0
      thread = openBoundedThread(entry, { time: 2000, memory: 300_000_000 }, () => (computed += computes) - computes)
      expect([await thread.ask(['hang', 1, 'a']), triesOf('a')]).toEqual([told, tries])
      await thread.rest()
      rmSync(path.join(folder, 'tries-a'))
    }
  })

  it('tries once more what the program grew by, whoever in it did, and no third time', async () => {
    const rss = process.memoryUsage.rss.bind(process.memoryUsage)
    let grown = 0
    /** Grows while the thread is at one of these tries. */
    const growing = (name: string, tries: readonly number[]) => () => rss() + (tries.includes(triesOf(name)) ? (grown += 400_000_000) : grown)
    const resident = vi.spyOn(process.memoryUsage, 'rss').mockImplementation(growing('a', [1]))
    try {
      expect([await thread.ask(['hang', 1, 'a']), triesOf('a')]).toEqual([{ answer: 'answered' }, 2])
      resident.mockImplementation(growing('b', [1, 2]))
      expect([await thread.ask(['hang', 9, 'b']), triesOf('b')]).toEqual([{ none: 'gave-up' }, 2])
    } finally {
      resident.mockRestore()
    }
  })

  it('tries once more on a thread of its own what ended one that was asked before', async () => {
    expect([await thread.ask(['end', 1, 'a']), triesOf('a')]).toEqual([{ none: 'gave-up' }, 1])
    await thread.ask('one')
    expect([await thread.ask(['end', 1, 'b']), triesOf('b')]).toEqual([{ answer: 'answered' }, 2])
    expect([await thread.ask(['end', 9, 'c']), triesOf('c')]).toEqual([{ none: 'gave-up' }, 2])
  })

  it('believes an answer that was under way when the thread was ended, and asks the next one of another', async () => {
    const rss = process.memoryUsage.rss.bind(process.memoryUsage)
    await thread.ask('up')
    let grown = 0
    const resident = vi.spyOn(process.memoryUsage, 'rss').mockImplementation(() => rss() + grown)
    const [ended, posted] = [vi.spyOn(Worker.prototype, 'terminate'), vi.spyOn(Worker.prototype, 'postMessage')]
    try {
      // After this the looks come before the answers, which come while this thread of the program does something else.
      await new Promise(setImmediate)
      const asked = [thread.ask('one'), thread.ask('two'), thread.ask('three')]
      for (let turns = 0; turns < 1000 && posted.mock.calls.length === 0; turns += 1) await Promise.resolve()
      expect(posted).toHaveBeenCalled()
      grown = 900_000_000
      for (const until = performance.now() + 500; performance.now() < until; );
      expect(await Promise.all(asked)).toEqual([{ answer: 'one' }, { answer: 'two' }, { answer: 'three' }])
      expect(ended).toHaveBeenCalledTimes(1)
    } finally {
      ended.mockRestore()
      posted.mockRestore()
      resident.mockRestore()
    }
  })

  it('answers once files can be opened again, when the system had none left to begin it with', async () => {
    const program = path.join(folder, 'no-files.mts')
    await writeFile(
      program,
      `import { closeSync, openSync } from 'node:fs'
       import { openBoundedThread } from ${JSON.stringify(new URL('bounded-thread.ts', import.meta.url).href)}
       import { isPassing } from ${JSON.stringify(new URL('../store/index.ts', import.meta.url).href)}
       const thread = openBoundedThread(new URL(${JSON.stringify(entry.href)}), { time: 20_000, memory: 300_000_000 })
       const opened = []
       try { for (;;) opened.push(openSync(${JSON.stringify(folder)} + '/echo.mjs')) } catch {}
       const without = await thread.ask('one').catch((error) => [isPassing(error), error.code])
       for (const file of opened) closeSync(file)
       const told = JSON.stringify([without, await thread.ask('two')])
       await thread.rest()
       console.log(told)`,
    )
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n 256; exec "$0" "$1"', process.execPath, program])
    expect(JSON.parse(stdout)).toEqual([[true, expect.stringMatching(/^(EMFILE|ERR_WORKER_INIT_FAILED)$/)], { answer: 'two' }])
  })

  it('is not ended while its modules run after one that awaits: V8 would end the whole program', async () => {
    const file = (name: string) => path.join(folder, name)
    await writeFile(file('awaits.mjs'), 'await new Promise(setImmediate)\n')
    await writeFile(file('runs.mjs'), `import './awaits.mjs'\nimport fs from 'node:fs'\nfs.writeFileSync(${JSON.stringify(file('begun'))}, '')\nwhile (!fs.existsSync(${JSON.stringify(file('go-on'))}));\n`)
    await writeFile(file('slow.mjs'), `import './runs.mjs'\nimport { answerQuestions } from ${answerQuestions}\nanswerQuestions((asked) => asked)\n`)
    const program = file('rests-early.mts')
    await writeFile(
      program,
      `import fs from 'node:fs'
       import { openBoundedThread } from ${JSON.stringify(new URL('bounded-thread.ts', import.meta.url).href)}
       const thread = openBoundedThread(new URL(${JSON.stringify(pathToFileURL(file('slow.mjs')).href)}), { time: 1, memory: 300_000_000 })
       const one = thread.ask('one')
       while (!fs.existsSync(${JSON.stringify(file('begun'))})) await new Promise(setImmediate)
       const rested = thread.rest()
       fs.writeFileSync(${JSON.stringify(file('go-on'))}, '')
       await rested
       console.log(JSON.stringify(await one))`,
    )
    const { stdout } = await promisify(execFile)(process.execPath, [program])
    expect(JSON.parse(stdout)).toEqual({ none: 'ended' })
  })
})
