import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Given } from './check-invariants.ts'
import type { Delivery } from './documents.ts'
import type { Random } from './random.ts'

/** The other side of the two doors: it drops files, repeats each message until it is acknowledged, and remembers what was taken. */
export interface PracticeSoftware {
  give(delivery: Delivery): void
  /** What it saw taken so far: files dropped whole, messages answered AA or CA. */
  given(): readonly Given[]
  /** Has the author of this document seen it taken? */
  saw(uniqueId: string): boolean
  /** Messages not acknowledged yet, and files whose last part is still to come. */
  waiting(): number
  /** Messages refused for good, which a real one would show to its user: none is expected here. */
  refused(): readonly string[]
  stop(): Promise<void>
}

const answerPatienceMs = 5_000
const refusalPatience = 20
/** Between two documents written under one name, at most: a batch writes one right after the other. */
const betweenOverwrittenMs = 5_000

/** Starts it. It sends one message at a time on one connection, as practice software does, and once in a while repeats what was acknowledged. */
export function startPracticeSoftware(options: { hl7Port: number; folder: string; random: Random; repeatSent: number }): PracticeSoftware {
  const { hl7Port, folder, random } = options
  const queue: Extract<Delivery, { door: 'hl7' }>[] = []
  const taken: Given[] = []
  const seen = new Set<string>()
  const refusals: string[] = []
  let stopped = false
  let wake: (() => void) | null = null
  let link: Link | null = null

  function take(given: Given): void {
    taken.push(given)
    if (given.uniqueId !== null) seen.add(given.uniqueId)
  }

  async function send(): Promise<void> {
    const acknowledged = new Set<string>()
    const tries = new Map<string, number>()
    while (!stopped) {
      const [delivery] = queue
      if (!delivery) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      link ??= openLink(hl7Port)
      const code = await link.ask(delivery.message, delivery.controlId).catch(() => null)
      if (code === null) {
        // No answer says nothing: the same message again, on a new connection.
        link.close()
        link = null
        await delay(50)
        continue
      }
      if (code === 'AA' || code === 'CA') {
        queue.shift()
        if (acknowledged.has(delivery.controlId)) continue
        acknowledged.add(delivery.controlId)
        if (delivery.given) take(delivery.given)
        if (random.chance(options.repeatSent)) queue.splice(random.between(0, queue.length), 0, delivery)
        continue
      }
      const count = (tries.get(delivery.controlId) ?? 0) + 1
      tries.set(delivery.controlId, count)
      if (count >= refusalPatience) {
        queue.shift()
        refusals.push(`${delivery.controlId} ${code}`)
      }
      await delay(100)
    }
  }
  const sending = send()

  /** Of those of which one half is still to come, nothing else is written under their name meanwhile. */
  let paused = 0
  const nextOverwrittenAt = new Map<string, number>()
  const gaps = random.branch(1)
  const stopping = new AbortController()

  async function drop({ files, given, pauseMs = 0 }: Extract<Delivery, { door: 'folder' }>): Promise<void> {
    for (const [index, [name, bytes]] of files.entries()) {
      if (pauseMs > 0 && index === files.length - 1) {
        paused += 1
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined)
        paused -= 1
      }
      if (stopped) return
      const draft = path.join(folder, `~${name}.tmp`)
      fs.writeFileSync(draft, bytes)
      fs.renameSync(draft, path.join(folder, name))
    }
    take(given)
  }

  return {
    give(delivery) {
      if (delivery.door === 'hl7') {
        queue.push(delivery)
        wake?.()
        return
      }
      const { isOverwritten, reference } = delivery.given
      if (!isOverwritten) void drop(delivery)
      else if (performance.now() >= (nextOverwrittenAt.get(reference) ?? Number.NEGATIVE_INFINITY)) {
        nextOverwrittenAt.set(reference, Number.POSITIVE_INFINITY)
        void drop(delivery).then(() => nextOverwrittenAt.set(reference, performance.now() + gaps.between(0, betweenOverwrittenMs)))
      }
    },
    given: () => taken,
    saw: (uniqueId) => seen.has(uniqueId),
    waiting: () => queue.length + paused,
    refused: () => refusals,
    async stop() {
      stopped = true
      stopping.abort()
      link?.close()
      wake?.()
      await sending
    },
  }
}

interface Link {
  /** Sends one message and gives MSA-1 of the answer that names it; rejects when none comes. */
  ask(message: string, controlId: string): Promise<string>
  close(): void
}

function openLink(port: number): Link {
  const socket = net.connect({ host: '127.0.0.1', port })
  let pieces = Buffer.alloc(0)
  let settle: { done: (code: string) => void; failed: (error: Error) => void; controlId: string } | null = null
  const fail = (why: string): void => {
    socket.destroy()
    settle?.failed(new Error(why))
    settle = null
  }
  socket.on('data', (chunk) => {
    pieces = Buffer.concat([pieces, chunk])
    for (let end = pieces.indexOf(0x1c); end >= 0; end = pieces.indexOf(0x1c)) {
      // Only a whole frame is an answer: half an acknowledgement is none.
      const answer = /\rMSA\|([A-Z]{2})\|([^|\r]*)/.exec(pieces.toString('latin1', 0, end))
      pieces = pieces.subarray(end + 1)
      if (!answer || !settle || answer[2] !== settle.controlId) continue
      settle.done(answer[1] ?? '')
      settle = null
    }
  })
  socket.on('error', (error) => fail(error.message))
  socket.on('close', () => fail('closed'))
  return {
    ask(message, controlId) {
      return new Promise((done, failed) => {
        if (socket.destroyed) {
          failed(new Error('closed'))
          return
        }
        const timer = setTimeout(() => fail('no answer'), answerPatienceMs)
        const settled = <T>(work: (value: T) => void) => (value: T): void => {
          clearTimeout(timer)
          work(value)
        }
        settle = { done: settled(done), failed: settled(failed), controlId }
        socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(message, 'utf8'), Buffer.of(0x1c, 0x0d)]))
      })
    },
    close: () => fail('closed'),
  }
}
