import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { Agent, buildConnector } from 'undici'
import { success, type Result } from '#shared/contract/index.ts'
import type { PartyCredentials, TlsIdentity } from '../sign-in/index.ts'
import { failureOfTransport } from './failures.ts'

/** An HTTP answer, whole. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType: string
  readonly retryAfter: string | null
  readonly body: Uint8Array
}

/** An HTTP request; without a body, `body` is empty and `contentType` null. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly accept: string
  readonly contentType: string | null
  /** What both sides' logs name it by, as `X-Request-Id`; SOAP has its own place for it. */
  readonly requestId?: string
  /** Sent one after the other. */
  readonly body: readonly Uint8Array[]
}

export interface TransportSettings {
  /** PEM of the authorities that sign the server's certificate; no other is trusted. */
  readonly authorities: string
  readonly connectMs: number
  readonly answerMs: number
  readonly maxAnswerBytes: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Calls over mutual TLS, one kept set of connections for each party. */
export interface Transport {
  request(credentials: PartyCredentials, url: string, request: HttpRequest): Promise<Result<HttpAnswer>>
  /** A HEAD of the address: is it there, what time is it there. Any HTTP answer is a success. */
  probe(credentials: PartyCredentials, url: string): Promise<Result<void>>
  /** How far this computer's clock is ahead of the server's, by the last answer's `Date` (whole seconds there); null before one. */
  clockOffsetMs(): number | null
  /** Closes every kept connection and forgets the other clock; the next call opens its own. */
  drop(): Promise<void>
  close(): Promise<void>
}

const connectionsPerParty = 8
/** A body may trickle, but a whole call ends: this many times the time allowed for an answer. */
const wholeCallFactor = 5

/**
 * Opens the link to the record: TLS 1.2 at least, the party's authentication certificate, the record's authorities alone.
 * A call never throws: what went wrong before the request left is told apart from what went wrong after.
 */
export function openTransport(settings: TransportSettings): Transport {
  const agents = new Map<string, { readonly tls: TlsIdentity; readonly agent: Agent }>()
  let offsetMs: number | null = null
  /** Errors of connections that were never established. */
  const unsent = new WeakSet<Error>()
  /** TLS alerts by local port: with TLS 1.3 the refusal of our certificate comes after the handshake, and undici hides it. */
  const alerts = new Map<number, Error>()

  async function drop(): Promise<void> {
    const former = [...agents.values()]
    agents.clear()
    // The clock may be what was set: measured anew by the next answer.
    offsetMs = null
    await Promise.all(former.map(({ agent }) => agent.destroy()))
  }

  function connectorOf(tls: TlsIdentity): buildConnector.connector {
    if (tls.kind === 'software') {
      return buildConnector({ key: tls.key, cert: tls.certificateChain, ca: settings.authorities, minVersion: 'TLSv1.2', timeout: settings.connectMs })
    }
    const { connect } = tls
    async function open({ protocol, hostname, port }: buildConnector.Options, callback: buildConnector.Callback): Promise<void> {
      let socket: Socket
      try {
        socket = await connect(`${protocol}//${hostname}${port ? `:${port}` : ''}`, settings.connectMs)
      } catch (error) {
        return callback(error as Error, null)
      }
      callback(null, socket)
    }
    return (options, callback) => void open(options, callback)
  }

  function agentOf({ partyKey, tls }: PartyCredentials): Agent {
    const known = agents.get(partyKey)
    if (known?.tls === tls) return known.agent
    // Another certificate, or a card put back: what was opened with the former one ends with its calls.
    void known?.agent.close()
    const connect = connectorOf(tls)
    const agent = new Agent({
      connections: connectionsPerParty,
      headersTimeout: settings.answerMs,
      bodyTimeout: settings.answerMs,
      maxResponseSize: settings.maxAnswerBytes,
      connect: (options, callback) => {
        connect(options, (...[error, socket]) => {
          if (error) {
            unsent.add(error)
            return callback(error, null)
          }
          const { localPort } = socket
          socket.once('error', (alert: NodeJS.ErrnoException) => {
            if (localPort !== undefined && alert.code?.startsWith('ERR_SSL')) alerts.set(localPort, alert)
          })
          callback(null, socket)
        })
      },
    })
    agents.set(partyKey, { tls, agent })
    return agent
  }

  /** The half second is the mean of what a Date in whole seconds hides. */
  function measure(date: string | null): void {
    const theirs = date === null ? Number.NaN : Date.parse(date)
    if (!Number.isNaN(theirs)) offsetMs = settings.now() - theirs - 500
  }

  function problemOf(error: unknown): Result<never> {
    const port = (error as { socket?: { localPort?: number } }).socket?.localPort ?? -1
    const { code, name, message } = (alerts.get(port) ?? error) as Error & { code?: string | number }
    alerts.delete(port)
    const known = typeof code === 'string' ? code : name
    return { ok: false, failure: failureOfTransport({ code: known, message, unsent: unsent.has(error as Error) }) }
  }

  const transport: Transport = {
    async request(credentials, url, { method, accept, contentType, requestId, body }) {
      const whole = new AbortController()
      const deadline = setTimeout(() => whole.abort(new DOMException('whole call', 'TimeoutError')), settings.connectMs + wholeCallFactor * settings.answerMs)
      try {
        const { origin, pathname, search } = new URL(url)
        const answer = await agentOf(credentials).request({
          origin,
          path: pathname + search,
          method,
          headers: { accept, ...(requestId !== undefined && { 'x-request-id': requestId }), ...(contentType !== null && { 'content-type': contentType, 'content-length': String(body.reduce((sum, piece) => sum + piece.length, 0)) }) },
          // undici takes any iterable of bytes; its types only know streams.
          body: contentType === null ? null : (body as unknown as Readable),
          signal: whole.signal,
        })
        const received = new Uint8Array(await answer.body.arrayBuffer())
        const header = (name: string) => [answer.headers[name] ?? []].flat()[0] ?? null
        measure(header('date'))
        return success({ status: answer.statusCode, contentType: header('content-type') ?? '', retryAfter: header('retry-after'), body: received })
      } catch (error) {
        return problemOf(error)
      } finally {
        clearTimeout(deadline)
      }
    },
    async probe(credentials, url) {
      try {
        const { origin, pathname } = new URL(url)
        const answer = await agentOf(credentials).request({ origin, path: pathname, method: 'HEAD', signal: AbortSignal.timeout(settings.connectMs + settings.answerMs) })
        await answer.body.dump()
        measure([answer.headers['date'] ?? []].flat()[0] ?? null)
        return success(undefined)
      } catch (error) {
        return problemOf(error)
      }
    },
    clockOffsetMs: () => offsetMs,
    drop,
    close: drop,
  }
  return transport
}
