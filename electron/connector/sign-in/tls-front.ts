import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import net, { type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Writable } from 'node:stream'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { codeOfProblems, readFrontLine, refusesPin, withoutPin } from './front-log.ts'
import type { GivenPin } from './given-pin.ts'

/** What a TLS front is started with. */
export interface TlsFrontOptions {
  /** The stunnel program, and the OpenSSL engine that speaks PKCS#11. */
  readonly program: string
  readonly engine: string
  readonly library: string
  /** The card by its serial number: another card put in its place is never asked with this PIN. */
  readonly serial: string
  readonly certificateId: Uint8Array
  /** Known to be right: it was accepted a moment ago. Refused all the same, it is forgotten and the program ended. */
  readonly pin: GivenPin
  /** PEM file of the record's authorities; no other is trusted. */
  readonly authorities: string
  /** Addresses whose origins may be reached, and no other. */
  readonly urls: readonly string[]
  readonly startMs: number
  /** Gives up the start. */
  readonly signal?: AbortSignal
}

/** A program beside ours that makes the TLS handshakes with the card's authentication key. */
export interface TlsFront {
  /** See `FrontedTlsIdentity.connect`. */
  connect(url: string, timeoutMs: number): Promise<Socket>
  /** The handshakes under way are not waited for any longer. */
  giveUp(): void
  /** Resolves when the program has ended, by itself or not. */
  readonly ended: Promise<void>
  close(): Promise<void>
}

/** Cipher suites of the DMP (dmp-interface.md 1.4). */
const ciphers = 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-CHACHA20-POLY1305'

const encoded = (bytes: Uint8Array) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

interface Origin {
  readonly host: string
  readonly port: string
  readonly socket: string
}

function originsOf(urls: readonly string[], folder: string): Map<string, Origin> {
  const origins = [...new Set(urls.map((url) => new URL(url).origin))]
  return new Map(
    origins.map((origin, index) => {
      const { hostname, port } = new URL(origin)
      return [origin, { host: hostname.replace(/^\[|\]$/g, ''), port: port || '443', socket: path.join(folder, `${index}`) }] as const
    }),
  )
}

/** stunnel's settings. No session is resumed: each connection needs the card. */
function configuration(options: TlsFrontOptions, pin: string, origins: Iterable<Origin>): string {
  const object = `pkcs11:serial=${encoded(Buffer.from(options.serial, 'utf8'))};id=${encoded(options.certificateId)}`
  const lines = [
    'foreground = yes', 'pid =', 'syslog = no', 'debug = 6',
    `engine = ${options.engine}`, `engineCtrl = MODULE_PATH:${options.library}`, `engineCtrl = PIN:${pin}`, 'engineCtrl = INIT',
    ...[...origins].flatMap(({ host, port, socket }, index) => [
      `[record-${index}]`, 'client = yes', `accept = ${socket}`, `connect = ${net.isIPv6(host) ? `[${host}]` : host}:${port}`, `sni = ${net.isIP(host) ? '' : host}`,
      `engineId = ${options.engine}`, `key = ${object};type=private`, `cert = ${object};type=cert`,
      `CAfile = ${options.authorities}`, 'verifyChain = yes', `${net.isIP(host) ? 'checkIP' : 'checkHost'} = ${host}`,
      'sslVersionMin = TLSv1.2', 'sslVersionMax = TLSv1.2', `ciphers = ${ciphers}`, 'sessionResume = no',
    ]),
  ]
  if (lines.some((line) => /[\r\n]/.test(line))) throw new Error('a setting of the TLS front holds a line break')
  return `${lines.join('\n')}\n`
}

/** Settings on descriptor 3; descriptor 4 closes when we end, however we end, and stunnel with it. */
const supervise = '"$0" -fd 3 & front=$!; exec 3<&-; { cat <&4 >/dev/null; kill -9 $front; } 2>/dev/null & wait $front'

interface Attempt {
  readonly problems: string[]
  settle(error: Error | null): void
}

/**
 * Starts stunnel with the card's authentication key. Its settings, PIN included, go through a pipe and touch no disk; it
 * listens on Unix sockets in a folder of ours alone, and dies with us. Value `card-link-failed`: not installed, the key was
 * not found, no answer in time.
 */
export async function startTlsFront(options: TlsFrontOptions): Promise<Result<TlsFront>> {
  if (options.pin.forgotten) return failure('card-link-failed', { detail: 'the card refused the PIN' })
  const pin = await options.pin.tryWith(async (text) => text)
  if (process.platform === 'win32') return failure('card-link-failed', { detail: 'no TLS front for a card on this system' })
  const folder = await mkdtemp(path.join(os.tmpdir(), 'relais-'))
  const origins = originsOf(options.urls, folder)
  const child = spawn('/bin/sh', ['-c', supervise, options.program], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] })
  const lifeline = child.stdio[4] as Writable
  const settings = child.stdio[3] as Writable
  for (const pipe of [lifeline, settings]) pipe.on('error', () => undefined)
  settings.end(configuration(options, pin, origins.values()))

  const attempts = new Map<number, Attempt>()
  /** Lines of attempts that were given up before they were numbered. */
  let owed = 0
  /** The attempt whose number is not known yet: one at a time, nobody else can connect. */
  let unnumbered: { attempt: Attempt; numbered: () => void } | null = null
  const lastWords: string[] = []
  const log = createInterface({ input: child.stderr! })
  let logRead = false
  log.once('close', () => (logRead = true))
  const listening = Promise.withResolvers<boolean>()
  function settleAll(error: Error): void {
    for (const attempt of [...attempts.values(), ...(unnumbered ? [unnumbered.attempt] : [])]) attempt.settle(error)
  }
  const ended = new Promise<void>((resolve) => {
    const over = () => {
      listening.resolve(false)
      settleAll(problem('ERR_TLS_FRONT_CLOSED', 'the TLS front ended'))
      resolve()
    }
    child.once('error', over)
    // Its last words are read first: a refused PIN is among them.
    child.once('exit', () => (logRead ? over() : log.once('close', over)))
  })

  log.on('line', (line) => {
    if (refusesPin(line)) {
      options.pin.forget()
      lifeline.destroy()
    }
    const read = readFrontLine(line)
    // stunnel repeats its settings, in what it does and in what it refuses.
    lastWords.push(withoutPin(line, pin))
    if (lastWords.length > 20) lastWords.shift()
    if (!read) return
    if (read.said === 'listening') listening.resolve(true)
    else if (read.said === 'accepted') {
      if (owed > 0 || !unnumbered) {
        owed = Math.max(0, owed - 1)
        return
      }
      attempts.set(read.connection, unnumbered.attempt)
      unnumbered.numbered()
      unnumbered = null
    } else if (read.said === 'problem') attempts.get(read.connection)?.problems.push(withoutPin(read.text, pin))
    else {
      const attempt = attempts.get(read.connection)
      attempts.delete(read.connection)
      attempt?.settle(read.said === 'secured' ? null : problem(codeOfProblems(attempt.problems), attempt.problems.at(-1) ?? 'the handshake failed'))
    }
  })

  async function close(): Promise<void> {
    lifeline.destroy()
    await ended
    await rm(folder, { recursive: true, force: true })
  }

  const giveUpStart = () => listening.resolve(false)
  const late = setTimeout(giveUpStart, options.startMs)
  options.signal?.addEventListener('abort', giveUpStart)
  if (options.signal?.aborted) giveUpStart()
  const started = await listening.promise
  clearTimeout(late)
  options.signal?.removeEventListener('abort', giveUpStart)
  if (!started) {
    await close()
    const why = lastWords.findLast((line) => /LOG[0-3]|not found/.test(line)) ?? 'no answer'
    return failure('card-link-failed', { detail: why.replace(/^.*?: /, '') })
  }
  void ended.then(() => rm(folder, { recursive: true, force: true }))

  let turn: Promise<unknown> = Promise.resolve()
  /** Opens the local socket and learns its number in the log. The socket goes with its attempt. */
  function open(origin: Origin, attempt: Attempt, outcome: Promise<void>): Promise<Socket> {
    const opened = turn.then(async () => {
      const numbered = Promise.withResolvers<true>()
      const socket = net.connect({ path: origin.socket })
      let connected = false
      socket.once('connect', () => (connected = true))
      socket.on('error', (error) => attempt.settle(error))
      outcome.catch(() => socket.destroy())
      unnumbered = { attempt, numbered: () => numbered.resolve(true) }
      const known = await Promise.race([numbered.promise, once(socket)])
      unnumbered = null
      // Its line is still to come, and must not name the next one.
      if (!known && connected) owed += 1
      return socket
    })
    turn = opened
    return opened
  }

  return success({
    async connect(url, timeoutMs) {
      const origin = origins.get(new URL(url).origin)
      if (!origin) throw problem('ERR_TLS_FRONT_CLOSED', 'not an address of the record')
      const outcome = Promise.withResolvers<void>()
      const attempt: Attempt = { problems: [], settle: (error) => (error ? outcome.reject(error) : outcome.resolve()) }
      const late = setTimeout(() => attempt.settle(problem('UND_ERR_CONNECT_TIMEOUT', 'no handshake in time')), timeoutMs)
      outcome.promise.catch(() => undefined)
      try {
        const socket = await open(origin, attempt, outcome.promise)
        await outcome.promise
        return socket
      } finally {
        clearTimeout(late)
      }
    },
    giveUp: () => settleAll(problem('UND_ERR_CONNECT_TIMEOUT', 'no handshake in time')),
    ended,
    close,
  })
}

function once(socket: Socket): Promise<false> {
  return new Promise((resolve) => socket.once('close', () => resolve(false)))
}

function problem(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
