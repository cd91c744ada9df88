import { createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Authority } from './authority.ts'
import { isInForce } from './certificates.ts'
import type { CertificateFacts } from './certificates.ts'
import type { Answer, RecordServices } from './exchange.ts'
import { answerExchange, servicesPath, transactionName } from './exchange.ts'
import type { WireLog } from './wire-log.ts'

/** Cipher suites of the DMP (dmp-interface.md section 1.4), TLS 1.2 alone. */
const ciphers = 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:ECDHE-RSA-CHACHA20-POLY1305'
const maxBodyBytes = 64 * 1024 * 1024

const plain = (status: number, text: string): Answer => ({ status, contentType: 'text/plain; charset=UTF-8', body: Buffer.from(`${text}\n`, 'utf8') })

/** The request's head, line by line as the client wrote it. */
function requestHead(request: IncomingMessage): string {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Whole body, `null` when it is larger than the record takes. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size <= maxBodyBytes) pieces.push(piece)
  }
  return size <= maxBodyBytes ? Buffer.concat(pieces, size) : null
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
  const path = (request.url ?? '').split('?')[0] ?? ''
  if (!['patients', 'registry', 'repository'].some((service) => path === `${servicesPath}/${service}`)) return plain(404, 'Service inconnu')
  if (request.method !== 'POST') return plain(405, 'POST attendu')
  return answerExchange({ path, contentType: request.headers['content-type'] ?? '', body, tls: client.tls }, services)
}

async function handle(request: IncomingMessage, response: ServerResponse, services: RecordServices, wire: WireLog): Promise<void> {
  const client = clientOf(request.socket as TLSSocket, services.readCertificate, services.now().getTime())
  const body = await readBody(request)
  const name = transactionName(request.headers['content-type'] ?? '', body ?? Buffer.alloc(0))
  const keepAnswer = await wire.begin(name, Buffer.concat([Buffer.from(requestHead(request), 'latin1'), body ?? Buffer.alloc(0)]), client.pem)
  const answer = await judge(request, body, client, services)
  // Every header is ours, so that the head kept is the head sent.
  const headers = [
    ['Date', services.now().toUTCString()],
    ['Content-Type', answer.contentType],
    ['Content-Length', String(answer.body.length)],
    ['Connection', /\bclose\b/i.test(request.headers.connection ?? '') ? 'close' : 'keep-alive'],
  ] as const
  const head = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  await keepAnswer(Buffer.concat([Buffer.from(head, 'latin1'), answer.body]))
  response.sendDate = false
  response.writeHead(answer.status, headers.flat())
  response.end(answer.body)
}

/** Listens with mutual TLS. A client without a fit certificate gets a plain 403, so that it can tell it from a broken line. */
export async function listen(
  options: { host: string; port: number; authority: Authority },
  services: RecordServices,
  wire: WireLog,
): Promise<{ port: number; close(): Promise<void> }> {
  const { key, cert } = options.authority.server
  const inFlight = new Set<Promise<void>>()
  const server = createServer(
    { key, cert, ca: options.authority.pem, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers },
    (request, response) => {
      const work = handle(request, response, services, wire)
        .catch((error: unknown) => {
          // A client that hung up is no event; anything else is ours.
          if (!request.destroyed || request.complete) services.log(`exchange failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
          response.destroy()
        })
        .finally(() => inFlight.delete(work))
      inFlight.add(work)
    },
  )
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
      await Promise.allSettled(inFlight)
      server.closeAllConnections()
      await closed
    },
  }
}
