import fs from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openHttpHost, type HttpHost } from './http-host.ts'
import type { ConnectorRouter } from './transport/index.ts'

let host: HttpHost
let folder: string
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-pages-'))
  fs.mkdirSync(path.join(folder, 'pages/windows/panel'), { recursive: true })
  fs.writeFileSync(path.join(folder, 'pages/windows/panel/index.html'), '<title>panel</title>')
  fs.writeFileSync(path.join(folder, 'secret.txt'), 'secret')
  host = await openHttpHost({ port: 0, pages: path.join(folder, 'pages'), router: {} as ConnectorRouter, unexpected: () => undefined })
})
afterAll(async () => {
  await host.close()
  fs.rmSync(folder, { recursive: true })
})

function ask(target: string, headers: http.OutgoingHttpHeaders = {}): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
  const { port } = new URL(host.url)
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path: target, headers }, (response) => {
        let body = ''
        response.on('data', (chunk: Buffer) => (body += chunk.toString()))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
      })
      .on('error', reject)
  })
}

function upgrade(protocols: string[], origin: string | null, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${host.url.replace('http', 'ws')}/rpc`, protocols, { ...(origin === null ? {} : { origin }), headers })
    socket.once('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.once('error', () => resolve(-1))
  })
}

describe('the loopback door', () => {
  it('serves pages under a strict policy', async () => {
    const page = await ask('/')
    expect(page).toMatchObject({ status: 200, body: '<title>panel</title>' })
    expect(page.headers['content-security-policy']).toContain("default-src 'none'")
  })

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/windows/%00', '/%', '/windows'])('gives nothing for %s', async (target) => {
    expect((await ask(target)).status).toBe(404)
  })

  it('answers to its own name only', async () => {
    expect((await ask('/', { host: 'evil.example' })).status).toBe(421)
    expect((await ask('/', { host: `localhost:${new URL(host.url).port}` })).status).toBe(421)
  })

  it('speaks only with the token, from its own origin and name', async () => {
    expect(await upgrade(['relais', host.token], host.url)).toBe(101)
    expect(await upgrade(['relais', `${host.token.slice(0, -1)}x`], host.url)).toBe(401)
    expect(await upgrade(['relais'], host.url)).toBe(401)
    expect(await upgrade(['relais', host.token], 'http://evil.example')).toBe(403)
    expect(await upgrade(['relais', host.token], null)).toBe(403)
    expect(await upgrade(['relais', host.token], host.url, { host: 'evil.example' })).toBe(421)
  })

  it('has a token of 32 bytes', () => {
    expect(Buffer.from(host.token, 'base64url')).toHaveLength(32)
  })
})
