import net from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { openRecordReader } from './tls-records.ts'
import type { Breaking, Cut, Schedule, Shaping, Way } from './toxics.ts'

/** A line to the record that does what a schedule says to each connection. It carries bytes; TLS passes through it closed. */
export interface FaultProxy {
  readonly port: number
  /** Connections whose fault came about: bytes were slowed or sliced, or the connection was cut. */
  disturbed(): number
  /** Answers of which only a part passed, by what they answered and how many bytes passed: `deposit 256`. */
  lostAnswers(): ReadonlyMap<string, number>
  /** What came about, by kind of fault. */
  faults(): ReadonlyMap<string, number>
  close(): Promise<void>
}

export interface FaultProxyOptions {
  readonly targetPort: number
  /** Asked for each connection accepted. */
  readonly scheduleOf: (rank: number) => Schedule
  /** Jitter is drawn here, from 0 to 1. */
  readonly chanceOf: () => number
}

/** A request as long as this carries a document. */
const depositBytes = 20_000
/** A kept connection is closed by the other side once its exchanges are over and it is silent for so long. */
const silenceMs = 30

/** Opens the proxy on a free port of 127.0.0.1. */
export async function openFaultProxy({ targetPort, scheduleOf, chanceOf }: FaultProxyOptions): Promise<FaultProxy> {
  const open = new Set<Connection>()
  const faults = new Map<string, number>()
  const lostAnswers = new Map<string, number>()
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1)
  let rank = 0
  let disturbed = 0
  let closing = false
  let port = 0

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    rank += 1
    const schedule = scheduleOf(rank)
    let counted = false
    const connection = carry(client, targetPort, schedule, chanceOf, (what, breaking) => {
      count(faults, what)
      if (breaking?.kind === 'lost-answer') count(lostAnswers, `${breaking.of} ${breaking.bytes}`)
      if (!counted) disturbed += 1
      counted = true
      if (breaking?.kind === 'refuse') void deafFor(breaking.ms)
    })
    open.add(connection)
    void connection.over.then(() => open.delete(connection))
  })

  const listen = (wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(error)
      server.once('error', failed)
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', failed)
        resolve()
      })
    })

  /** Nobody listens: who connects meanwhile is refused by the system. */
  async function deafFor(ms: number): Promise<void> {
    if (!server.listening) return
    server.close()
    await delay(ms)
    // Somebody may have been given the port meanwhile, for a moment.
    while (!closing && !server.listening) await listen(port).catch(() => delay(20))
  }

  await listen(0)
  port = (server.address() as net.AddressInfo).port
  return {
    port,
    disturbed: () => disturbed,
    lostAnswers: () => lostAnswers,
    faults: () => faults,
    async close() {
      closing = true
      server.close()
      for (const connection of open) connection.drop()
      await Promise.all([...open].map((connection) => connection.over))
    },
  }
}

interface Connection {
  readonly over: Promise<void>
  /** Ends it now, whatever still waits in it. */
  drop(): void
}

type Told = (what: string, breaking: Breaking | null) => void

/** Carries one connection to its end. `told` hears of each fault the first time it comes about. */
function carry(client: net.Socket, targetPort: number, schedule: Schedule, chanceOf: () => number, told: Told): Connection {
  const { breaking } = schedule
  const record = net.connect({ host: '127.0.0.1', port: targetPort, allowHalfOpen: true, noDelay: true })
  const heard = new Set<string>()
  const tell = (what: string, fault: Breaking | null = null): void => {
    if (!heard.has(what)) told(what, fault)
    heard.add(what)
  }
  const closeLater = schedule.shaping.find((one) => one.kind === 'slow-close')
  let isCut = false
  let isStopped = false
  const cut = (how: Cut): void => {
    if (isCut) return
    isCut = true
    for (const socket of [client, record]) {
      if (how === 'close') socket.destroySoon()
      else reset(socket)
    }
  }
  const drop = (): void => {
    isCut = true
    client.destroy()
    record.destroy()
  }
  const cutBy = (fault: Breaking, how: Cut): void => {
    if (isCut) return
    tell(fault.kind, fault)
    cut(how)
  }
  const over = Promise.all([client, record].map((socket) => new Promise<void>((resolve) => void socket.once('close', () => resolve())))).then(() => clearTimeout(silence))
  // A side that goes away ungracefully takes the other with it.
  client.on('error', () => cut('reset'))
  record.on('error', () => cut('reset'))
  let silence: NodeJS.Timeout | undefined

  if (breaking?.kind === 'refuse') {
    cutBy(breaking, 'reset')
    return { over, drop }
  }
  if (breaking?.kind === 'reset') setTimeout(() => cutBy(breaking, 'reset'), breaking.ms).unref()

  const exchange = followExchanges()
  const watchSilence = (): void => {
    clearTimeout(silence)
    if (exchange.answered() >= schedule.exchanges) silence = setTimeout(() => cut('close'), silenceMs)
  }

  /** How many of these bytes may pass before the connection breaks; all of them when it does not break here. */
  function allowed(way: Way, bytes: Buffer, passedBefore: number): number {
    if (breaking?.kind === 'limit-data' && breaking.way === way) return Math.min(bytes.length, breaking.bytes - passedBefore)
    if (breaking?.kind === 'timeout' && breaking.way === way) return Math.min(bytes.length, breaking.bytes - passedBefore)
    if (breaking?.kind === 'lost-answer' && way === 'down') return exchange.answerBytesAllowed(bytes, breaking.of, breaking.bytes)
    return bytes.length
  }

  function atLimit(): void {
    if (breaking?.kind === 'timeout') {
      isStopped = true
      tell('timeout', breaking)
      setTimeout(() => cut('close'), breaking.ms).unref()
    } else if (breaking && 'cut' in breaking) cutBy(breaking, breaking.cut)
  }

  function connect(from: net.Socket, to: net.Socket, way: Way): void {
    const shaping = schedule.shaping.filter((one) => !('way' in one) || one.way === way)
    let passed = 0
    const waiting: { bytes: Buffer; at: number }[] = []
    let isEnded = false
    let isPumping = false

    async function pump(): Promise<void> {
      isPumping = true
      for (let next = waiting.shift(); next && !isCut && !isStopped; next = waiting.shift()) {
        for (const piece of await shaped(next, shaping, chanceOf, tell)) {
          if (isCut || isStopped) break
          await pause(piece.waitMs)
          if (isCut || isStopped) break
          const { bytes } = piece
          const most = allowed(way, bytes, passed)
          const passing = bytes.subarray(0, most)
          passed += passing.length
          exchange.passed(way, passing)
          if (passing.length > 0 && !to.write(passing)) await new Promise<void>((resolve) => once(to, ['drain', 'close'], resolve))
          if (most < bytes.length) atLimit()
          watchSilence()
        }
        if (waiting.length < 16) from.resume()
      }
      isPumping = false
      if (isEnded && !isCut && !isStopped) await finish()
    }

    async function finish(): Promise<void> {
      if (closeLater?.kind === 'slow-close') {
        tell('slow-close')
        await pause(closeLater.ms)
      }
      to.end()
    }

    from.on('data', (bytes: Buffer) => {
      waiting.push({ bytes, at: performance.now() })
      // What is slowed here must not pile up: the sender feels it too.
      if (waiting.length >= 16) from.pause()
      if (!isPumping) void pump()
    })
    from.on('end', () => {
      isEnded = true
      if (!isPumping && !isCut && !isStopped) void finish()
    })
  }
  connect(client, record, 'up')
  connect(record, client, 'down')
  return { over, drop }
}

/** Ends a connection without a farewell. One that is being shut down cannot be reset (EINVAL): Node would neither close it nor tell, so it is closed. */
export function reset(socket: net.Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await delay(ms)
}

function once(socket: net.Socket, events: readonly ('drain' | 'close')[], done: () => void): void {
  const heard = (): void => {
    for (const event of events) socket.off(event, heard)
    done()
  }
  for (const event of events) socket.once(event, heard)
}

/** One chunk after the shaping faults of its direction: pieces, and how long each waits before it passes. */
async function shaped(chunk: { bytes: Buffer; at: number }, shaping: readonly Shaping[], chanceOf: () => number, tell: Told): Promise<{ bytes: Buffer; waitMs: number }[]> {
  let pieces: { bytes: Buffer; waitMs: number }[] = [{ bytes: chunk.bytes, waitMs: 0 }]
  for (const toxic of shaping) {
    if (toxic.kind === 'slow-close') continue
    tell(toxic.kind, null)
    if (toxic.kind === 'latency') await pause(chunk.at + toxic.ms + chanceOf() * toxic.jitterMs - performance.now())
    if (toxic.kind === 'bandwidth') pieces = pieces.map(({ bytes, waitMs }) => ({ bytes, waitMs: waitMs + (bytes.length * 1_000) / toxic.bytesPerSecond }))
    if (toxic.kind === 'slicer') pieces = pieces.flatMap(({ bytes, waitMs }) => sliced(bytes, toxic.bytes).map((slice, index) => ({ bytes: slice, waitMs: (index === 0 ? waitMs : 0) + toxic.delayMs })))
  }
  return pieces
}

/** At most some dozens of pieces: a document cut into single bytes would only take time. */
function sliced(bytes: Buffer, size: number): Buffer[] {
  const length = Math.max(size, Math.ceil(bytes.length / 40))
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) => bytes.subarray(index * length, (index + 1) * length))
}

interface Exchanges {
  /** Bytes went on their way. */
  passed(way: Way, bytes: Buffer): void
  /** How many of these bytes of an answer may pass when only `limit` bytes of the first answer to such a request may. */
  answerBytesAllowed(bytes: Buffer, of: 'deposit' | 'question', limit: number): number
  /** Answers that began so far. */
  answered(): number
}

/** Follows requests and answers by the records of the two directions. */
function followExchanges(): Exchanges {
  const readUp = openRecordReader()
  const readDown = openRecordReader()
  /** Looks ahead of `readDown`, on bytes that have not passed yet. */
  const readAhead = openRecordReader()
  let request = 0
  let answer = 0
  let answers = 0
  return {
    passed(way, bytes) {
      for (const { bytes: run, isApplication } of (way === 'up' ? readUp : readDown)(bytes)) {
        if (!isApplication) continue
        if (way === 'up') {
          if (answer > 0) request = 0
          answer = 0
          request += run.length
        } else {
          if (answer === 0) answers += 1
          answer += run.length
        }
      }
    },
    answerBytesAllowed(bytes, of, limit) {
      let most = 0
      let counted = answer
      for (const { bytes: run, isApplication } of readAhead(bytes)) {
        if (isApplication && (request >= depositBytes) === (of === 'deposit')) {
          const room = limit - counted
          if (room < run.length) return most + Math.max(room, 0)
          counted += run.length
        }
        most += run.length
      }
      return most
    },
    answered: () => answers,
  }
}
