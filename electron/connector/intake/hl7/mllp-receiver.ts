import net from 'node:net'
import { milestone } from '../../store/index.ts'
import type { IntakeLog } from '../ledger.ts'
import { acknowledge, acknowledgeUnreadable } from './acknowledgement.ts'
import { createFramer, type FrameEvent } from './framer.ts'
import type { MessageHandler } from './handle-message.ts'
import { readMessage } from './message.ts'

/** Limits of the feed; every time is in milliseconds. */
export interface MllpLimits {
  readonly maxMessageBytes: number
  readonly maxConnections: number
  /** Silence allowed inside a frame. Between frames a connection may stay silent for days. */
  readonly idleMs: number
  /** Longest time for one frame, silent or not: a sender of one byte every ten seconds holds nothing. */
  readonly frameMs: number
  /** Silence after which a `1C` without `0D`, or a message without start block, is taken as ended. */
  readonly lenientEndMs: number
  /** Frames of one connection that may wait for the handler before we stop reading from it. */
  readonly maxWaiting: number
}

export const defaultMllpLimits: MllpLimits = {
  maxMessageBytes: 32 * 1024 * 1024,
  maxConnections: 16,
  idleMs: 30_000,
  frameMs: 180_000,
  lenientEndMs: 1000,
  maxWaiting: 4,
}

export interface MllpReceiverOptions {
  /** An address of this computer; loopback unless the practice decided otherwise. */
  readonly host?: string
  /** 0 = any free port. */
  readonly port: number
  readonly handler: MessageHandler
  readonly now: () => number
  readonly newControlId: () => string
  readonly log: IntakeLog
  readonly limits?: Partial<MllpLimits>
  /** Addresses that may connect. Required to listen anywhere else than on loopback. */
  readonly allow?: readonly string[]
  /** Listening on every interface is refused unless said here, with an allow-list. */
  readonly everyInterface?: boolean
}

export interface MllpReceiver {
  readonly host: string
  readonly port: number
  /** When the last message came (milliseconds), null before the first. */
  lastAt(): number | null
  connections(): number
  /** Stops listening, lets messages in hand be answered, closes every connection. */
  close(): Promise<void>
}

const everywhere = new Set(['0.0.0.0', '::', ''])
const loopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

/**
 * Listens for HL7 v2 over MLLP. Messages of one connection are handled one after the other and answered in order. Throws when the
 * address may not be listened on (see `allow`, `everyInterface`) or cannot be bound.
 */
export async function startMllpReceiver(options: MllpReceiverOptions): Promise<MllpReceiver> {
  const { port, handler, now, newControlId, log } = options
  const host = options.host ?? '127.0.0.1'
  const limits: MllpLimits = { ...defaultMllpLimits, ...options.limits }
  const allow = new Set(options.allow ?? [])
  if (everywhere.has(host) && !(options.everyInterface && allow.size > 0)) {
    throw new Error('The HL7 port is not opened on every interface without an explicit choice and a list of allowed addresses.')
  }
  if (!loopback.test(host) && allow.size === 0) throw new Error('The HL7 port is opened beyond this computer only with a list of allowed addresses.')

  const open = new Set<Connection>()
  let lastAt: number | null = null
  const server = net.createServer({ allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: 60_000, noDelay: true }, (socket) => {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    if (allow.size > 0 && !allow.has(address)) {
      log.warn({ address }, 'HL7 connection refused: address not allowed')
      socket.destroy()
      return
    }
    const connection = serveConnection(socket, {
      limits,
      log,
      handler,
      onMessage: () => {
        lastAt = now()
      },
      refuse: (bytes) => refuseForNow(bytes, { newControlId, now: now() }),
    })
    open.add(connection)
    socket.once('close', () => open.delete(connection))
  })
  server.maxConnections = limits.maxConnections
  server.on('drop', () => log.warn({ maxConnections: limits.maxConnections }, 'HL7 connection refused: too many'))

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', (error) => log.warn({ error: error.name }, 'HL7 receiver'))
  const bound = server.address() as net.AddressInfo
  return {
    host,
    port: bound.port,
    lastAt: () => lastAt,
    connections: () => open.size,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      await Promise.all([...open].map((connection) => connection.finish()))
      await closed
    },
  }
}

interface Connection {
  /** Answers what is in hand, then closes. */
  finish(): Promise<void>
}

interface ConnectionOptions {
  readonly limits: MllpLimits
  readonly log: IntakeLog
  readonly handler: MessageHandler
  readonly onMessage: () => void
  readonly refuse: (bytes: Uint8Array) => Uint8Array[]
}

function serveConnection(socket: net.Socket, { limits, log, handler, onMessage, refuse }: ConnectionOptions): Connection {
  const framer = createFramer({ maxBytes: limits.maxMessageBytes })
  let queue: Promise<void> = Promise.resolve()
  let waiting = 0
  let silence: NodeJS.Timeout | undefined
  let frame: NodeJS.Timeout | undefined

  const stop = (why: string) => {
    log.warn({ reason: why }, 'HL7 connection closed')
    socket.destroy()
  }
  const answer = (acknowledgements: readonly Uint8Array[]) => {
    if (!socket.writable) return
    milestone('intake:before-ack')
    for (const bytes of acknowledgements) socket.write(Buffer.concat([Buffer.of(0x0b), bytes, Buffer.of(0x1c, 0x0d)]))
    milestone('intake:after-ack')
  }
  const inTurn = async (before: Promise<void>, work: () => Promise<void>) => {
    await before
    await work()
    waiting -= 1
    if (waiting <= limits.maxWaiting) socket.resume()
  }
  const enqueue = (work: () => Promise<void>) => {
    waiting += 1
    if (waiting > limits.maxWaiting) socket.pause()
    queue = inTurn(queue, work)
  }
  const take = (events: readonly FrameEvent[]) => {
    for (const event of events) {
      if (event.kind === 'skipped') log.warn({ bytes: event.count }, 'HL7: bytes outside any frame skipped')
      if (event.kind === 'abandoned') log.warn({ bytes: event.bytes.length }, 'HL7: frame begun again or cut before its end, not handled and not acknowledged')
      if (event.kind === 'message') {
        onMessage()
        if (!event.framed) log.warn({}, 'HL7: message without MLLP start block accepted')
        enqueue(async () => {
          answer(await handler.message(event.bytes).catch(() => refuse(event.bytes)))
        })
      }
      if (event.kind === 'too-large') {
        enqueue(async () => {
          answer(await handler.tooLarge(event.head).catch(() => refuse(event.head)))
          log.warn({ limit: limits.maxMessageBytes }, 'HL7: message over the size limit refused')
          socket.destroySoon()
        })
      }
    }
  }
  const watchClock = () => {
    clearTimeout(silence)
    const state = framer.state()
    if (state === 'between' || state === 'deaf') {
      clearTimeout(frame)
      frame = undefined
      return
    }
    frame ??= setTimeout(() => stop('a frame took too long'), limits.frameMs)
    silence = setTimeout(
      () => {
        if (framer.state() === 'frame') {
          stop('silence inside a frame')
          return
        }
        take(framer.flush())
        watchClock()
      },
      state === 'frame' ? limits.idleMs : limits.lenientEndMs,
    )
  }

  socket.on('data', (chunk) => {
    const events = framer.push(chunk)
    if (events.some((event) => event.kind === 'message')) {
      clearTimeout(frame)
      frame = undefined
    }
    take(events)
    watchClock()
  })
  socket.on('end', () => {
    take(framer.flush())
    watchClock()
    enqueue(async () => {
      socket.end()
    })
  })
  // A peer that goes away takes nothing with it: what was complete is stored, and it will send again what was not acknowledged.
  socket.on('error', (error) => log.info({ error: error.name }, 'HL7 connection lost'))
  socket.on('close', () => {
    clearTimeout(silence)
    clearTimeout(frame)
  })
  return {
    async finish() {
      socket.pause()
      await queue
      if (socket.destroyed) return
      const closed = new Promise<void>((resolve) => {
        socket.once('close', () => resolve())
      })
      socket.destroySoon()
      await closed
    },
  }
}

function refuseForNow(bytes: Uint8Array, ids: { newControlId: () => string; now: number }): Uint8Array[] {
  const error = { code: 207, location: 'MSH', text: 'not handled, send again later' } as const
  const message = readMessage(bytes)
  return message ? acknowledge(message, { code: 'AR', error }, ids) : [acknowledgeUnreadable(error, ids)]
}
