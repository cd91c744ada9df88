import { randomBytes, timingSafeEqual } from 'node:crypto'
import fs from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { contentSecurityPolicy, pageMediaType, pageName } from '#shared/pages/served-page.ts'
import { serveOverWebSocket, type ConnectorRouter } from './transport/index.ts'

/** The loopback door: pages and the contract over WebSocket, for this computer's user only. */
export interface HttpHost {
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

/**
 * Opens the door on 127.0.0.1 (port 0 = any free one). A page is public code and needs no token; every word with the connector
 * does: 32 random bytes in the WebSocket subprotocol, compared in constant time, with the exact Host and Origin, so that no
 * other site, name or user of this machine can speak to it.
 */
export async function openHttpHost(options: { port: number; pages: string; router: ConnectorRouter; unexpected: (error: unknown) => void }): Promise<HttpHost> {
  const token = randomBytes(32).toString('base64url')
  let authority = ''
  const server: Server = createServer((request, response) => {
    if (request.headers.host !== authority) return void response.writeHead(421).end()
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end()
    const file = pageFile(options.pages, request.url ?? '/')
    if (!file) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found')
    response.writeHead(200, {
      'content-type': pageMediaType(file),
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': file.includes(`${path.sep}assets${path.sep}`) ? 'max-age=31536000, immutable' : 'no-store',
    })
    if (request.method === 'HEAD') return void response.end()
    fs.createReadStream(file).on('error', () => response.destroy()).pipe(response)
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024, handleProtocols: () => 'relais' })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = upgradeRefusal(request, authority, token)
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => serveOverWebSocket(options.router, webSocket, options.unexpected))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${authority}`,
    token,
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** The built file a URL names, or null; only regular files below the pages' folder. */
function pageFile(pages: string, url: string): string | null {
  if (!URL.canParse(url, 'http://host')) return null
  const { pathname } = new URL(url, 'http://host')
  const short = /^\/(panel|sync|viewer)?\/?$/.exec(pathname)
  const name = short ? `/windows/${short[1] ?? 'panel'}/index.html` : pageName(pathname)
  if (name === null) return null
  const file = path.join(pages, name)
  const inside = path.relative(pages, file)
  if (inside.startsWith('..') || path.isAbsolute(inside)) return null
  try {
    return fs.statSync(file).isFile() ? file : null
  } catch {
    return null
  }
}

function upgradeRefusal(request: IncomingMessage, authority: string, token: string): string | null {
  if (request.headers.host !== authority) return '421 Misdirected Request'
  if (request.headers.origin !== `http://${authority}`) return '403 Forbidden'
  if (request.url?.split('?')[0] !== '/rpc') return '404 Not Found'
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim())
  if (protocols[0] !== 'relais' || !sameToken(protocols[1] ?? '', token)) return '401 Unauthorized'
  return null
}

function sameToken(given: string, expected: string): boolean {
  const one = Buffer.from(given)
  const other = Buffer.from(expected)
  return one.length === other.length && timingSafeEqual(one, other)
}
