import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import type { WrittenAnswer } from './answer-delivery.ts'
import { bytesSent, deliver } from './answer-delivery.ts'
import type { Authority } from './authority.ts'
import { isInForce } from './certificates.ts'
import type { CertificateFacts } from './certificates.ts'
import type { Answer, RecordServices } from './exchange.ts'
import { answerExchange, servedPaths } from './exchange.ts'
import { answerUnder } from './fault-answers.ts'
import { answerFhir } from './fhir/exchange.ts'
import { isFhir } from './fhir/transaction-name.ts'
import { isJudged } from './faults.ts'
import { registryUnder } from './registry-under-faults.ts'
import { receiveBody } from './request-body.ts'
import type { RunningFaults } from './running-faults.ts'
import { transactionOf } from './transaction-of.ts'
import type { WireLog } from './wire-log.ts'

/** Cipher suites of the DMP (dmp-interface.md section 1.4), TLS 1.2 alone. */
const ciphers = 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-CHACHA20-POLY1305'

const plain = (status: number, text: string): Answer => ({ status, contentType: 'text/plain; charset=UTF-8', body: Buffer.from(`${text}\n`, 'utf8') })

/** The request's head, line by line as the client wrote it. */
function requestHead(request: IncomingMessage): string {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** What the TLS layer knows of the client: its certificate, and whether it may come in with it. */
function clientOf(socket: TLSSocket, readCertificate: RecordServices['readCertificate'], now: number): { pem: string | null; tls: CertificateFacts | null; refusal: string | null } {
  const peer = socket.getPeerX509Certificate()
  if (!peer) return { pem: null, tls: null, refusal: 'certificat client absent' }
  const pem = peer.toString()
  const tls = readCertificate(peer.raw)
  if (!tls) return { pem, tls: null, refusal: "certificat client d'une autre autorité" }
  if (tls.use !== 'tls') return { pem, tls: null, refusal: "ce certificat n'est pas un certificat d'authentification" }
  if (!isInForce(tls, now)) return { pem, tls: null, refusal: 'certificat client expiré ou pas encore valide' }
  return { pem, tls, refusal: null }
}

async function judge(request: IncomingMessage, body: Buffer | null, client: ReturnType<typeof clientOf>, services: RecordServices): Promise<Answer> {
  if (client.tls === null) return plain(403, `Accès refusé : ${client.refusal}`)
  if (body === null) return plain(413, 'Message trop volumineux')
  if (isFhir(request.url ?? '')) {
    const { method = '', url: target = '', headers } = request
    return answerFhir({ method, target, host: headers.host ?? 'localhost', accept: headers.accept ?? '', contentType: headers['content-type'] ?? '', body, tls: client.tls }, services)
  }
  const path = (request.url ?? '').split('?')[0] ?? ''
  if (!servedPaths.has(path)) return plain(404, 'Service inconnu')
  if (request.method !== 'POST') return plain(405, 'POST attendu')
  return answerExchange({ path, contentType: request.headers['content-type'] ?? '', body, tls: client.tls }, services)
}

/** Every header is ours, so that the head kept is the head sent. */
function write(answer: Answer, now: Date, closes: boolean): WrittenAnswer {
  const headers = [
    ['Date', now.toUTCString()],
    ['Content-Type', answer.contentType],
    ['Content-Length', String(answer.body.length)],
    ...(answer.headers ?? []),
    ['Connection', closes ? 'close' : 'keep-alive'],
  ] as const
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  return { status: answer.status, headers, head: Buffer.from(head, 'latin1'), body: answer.body }
}

/** What a server works with. */
interface Work {
  readonly services: RecordServices
  readonly wire: WireLog
  readonly faults: () => RunningFaults
}

async function handle(request: IncomingMessage, response: ServerResponse, { services, wire, faults }: Work, { reset, signal }: { reset: () => void; signal: AbortSignal }): Promise<void> {
  const running = faults()
  if (running.set.refuseConnections) return reset()
  const client = clientOf(request.socket as TLSSocket, services.readCertificate, services.now().getTime())
  const { body, struck, isCut } = await receiveBody(request, running, signal)
  const name = transactionOf(request, body ?? Buffer.alloc(0))
  const kept = await wire.begin(name, Buffer.concat([Buffer.from(requestHead(request), 'latin1'), body ?? Buffer.alloc(0)]), client.pem)
  if (isCut) {
    await kept.fault({ rule: struck?.rule, ...struck?.fault, received: body?.length })
    return reset()
  }
  const judged = struck === null || isJudged(struck.fault) ? await judge(request, body, client, { ...services, registry: registryUnder(services.registry, running.set, services.now()) }) : null
  const answer = struck === null ? judged : answerUnder(struck.fault, judged, services.now(), isFhir(request.url ?? ''))
  if (answer === null) throw new Error('the exchange was neither judged nor given another answer')
  const written = write(answer, services.now(), struck?.fault.kind === 'drip' || /\bclose\b/i.test(request.headers.connection ?? ''))
  if (struck) await kept.fault({ rule: struck.rule, ...struck.fault, judgedStatus: judged?.status ?? null, sent: bytesSent(written, struck), of: written.head.length + written.body.length })
  await kept.answer(Buffer.concat([written.head, written.body]))
  if (running.set.latencyMs) await delay(running.set.latencyMs, undefined, { signal })
  if (struck?.fault.kind === 'lose-answer') return reset()
  await deliver(written, struck, { response, line: running.outbound, signal })
}

/** Connections under TLS by the client's address, for what TLS does not let through: a reset. */
function trackConnections(): { add(raw: Socket): void; reset(socket: Socket): void } {
  const open = new Map<string, Socket>()
  const nameOf = (socket: Socket): string => `${socket.remoteAddress} ${socket.remotePort}`
  return {
    add(raw) {
      const name = nameOf(raw)
      open.set(name, raw)
      raw.once('close', () => void (open.get(name) === raw && open.delete(name)))
    },
    reset(socket) {
      const raw = open.get(nameOf(socket))
      if (raw) raw.resetAndDestroy()
      else socket.destroy()
    },
  }
}

/** Listens with mutual TLS. A client without a fit certificate gets a plain 403, so that it can tell it from a broken line. */
export async function listen(options: { host: string; port: number; authority: Authority }, work: Work): Promise<{ port: number; close(): Promise<void> }> {
  const { authority } = options
  const { services, faults } = work
  const tls = { ca: authority.pem, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers } as const
  const inFlight = new Map<Promise<void>, AbortController>()
  const connections = trackConnections()
  const server = createServer({ ...tls, ...authority.server, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const exchange = handle(request, response, work, { reset: () => connections.reset(request.socket), signal: gone.signal })
      .catch((error: unknown) => {
        // A client that hung up is no event, nor is a pause that the end of the record cut short; anything else is ours.
        if (!gone.signal.aborted && (!request.destroyed || request.complete)) services.log(`exchange failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
        response.destroy()
      })
      .finally(() => inFlight.delete(exchange))
    inFlight.set(exchange, gone)
  })
  let shown: 'valid' | 'expired' = 'valid'
  // Before the TLS layer takes the connection: it presents the certificate it finds then.
  server.prependListener('connection', (raw: Socket) => {
    connections.add(raw)
    const { serverCertificate = 'valid', refuseConnections = false } = faults().set
    if (refuseConnections) raw.resetAndDestroy()
    if (serverCertificate === shown) return
    shown = serverCertificate
    server.setSecureContext({ ...tls, ...(shown === 'expired' ? authority.expiredServer() : authority.server) })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()))
      server.closeIdleConnections()
      for (const gone of inFlight.values()) gone.abort()
      await Promise.allSettled(inFlight.keys())
      server.closeAllConnections()
      await closed
    },
  }
}
