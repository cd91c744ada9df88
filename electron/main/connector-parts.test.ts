import { EventEmitter, once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { implement } from '@orpc/server'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { contract } from '#shared/contract/index.ts'
import type { StatusView } from '#shared/contract/index.ts'
import { clientOverMessagePort, memoryChannel } from '#shared/rpc/index.ts'
import { serveOverMessagePort } from '../headless/transport/index.ts'
import type { ConnectorRouter } from '../headless/transport/index.ts'
import { attachConnector } from './attach-connector.ts'
import { keepConnector } from './connector-link.ts'
import { followStatus } from './follow-status.ts'
import { storeKey } from './keystore.ts'
import { bridgePort } from './port-bridge.ts'
import { isTrainingRecord } from './record-training.ts'
import { startConnector } from './start-connector.ts'
import type { ConnectorProgram, RunningConnector } from './start-connector.ts'

const fake = await vi.hoisted(async () => (await import('./fake-electron.ts')).fakeElectron())
vi.mock('electron', () => fake.module)

/** Node's port with the face of Electron's: its messages come as `{ data }`. */
function electronPort(port: MessagePort) {
  const heard = new EventEmitter()
  port.on('message', (data: unknown) => heard.emit('message', { data }))
  port.on('close', () => heard.emit('close'))
  return Object.assign(heard, { postMessage: (data: unknown) => port.postMessage(data), start: () => port.start(), close: () => port.close() })
}
fake.module['MessageChannelMain'] = class {
  readonly port1
  readonly port2
  constructor() {
    const channel = new MessageChannel()
    this.port1 = electronPort(channel.port1)
    this.port2 = electronPort(channel.port2)
  }
}

const folder = () => mkdtempSync(path.join(tmpdir(), 'relais-shell-'))
const servers: WebSocketServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate()
    await new Promise((closed) => server.close(closed))
  }
})

/** A socket server that keeps what it is told, as the connector's door sees it. */
async function door(): Promise<{ origin: string; sockets: WebSocket[]; heard: (string | Buffer)[]; asked: { protocol: string | undefined; origin: string | undefined; url: string | undefined }[] }> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: () => 'relais' })
  servers.push(server)
  const seen = { origin: '', sockets: [] as WebSocket[], heard: [] as (string | Buffer)[], asked: [] as { protocol: string | undefined; origin: string | undefined; url: string | undefined }[] }
  server.on('connection', (socket, request) => {
    seen.sockets.push(socket)
    seen.asked.push({ protocol: request.headers['sec-websocket-protocol'], origin: request.headers.origin, url: request.url })
    socket.on('message', (data: Buffer, isBinary) => {
      seen.heard.push(isBinary ? data : data.toString())
      socket.send(isBinary ? data : data.toString())
    })
  })
  await once(server, 'listening')
  seen.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return seen
}

describe('the bridge', () => {
  test('carries texts and bytes unchanged, keeps what comes early, and shows its token, origin and path', async () => {
    const server = await door()
    const { port1, port2 } = new MessageChannel()
    const heard: unknown[] = []
    port1.on('message', (data: unknown) => heard.push(data))
    port1.postMessage('early')
    const over = bridgePort(electronPort(port2), { origin: server.origin, token: 'secret' })
    const bytes = new Uint8Array(3_000_000).fill(7)
    port1.postMessage(bytes)
    await vi.waitFor(() => expect(heard).toHaveLength(2))
    expect(heard[0]).toBe('early')
    expect(heard[1]).toBeInstanceOf(Uint8Array)
    expect((heard[1] as Uint8Array).buffer.byteLength).toBe(3_000_000)
    expect(Buffer.compare(Buffer.from(heard[1] as Uint8Array), Buffer.from(bytes))).toBe(0)
    expect(server.asked).toEqual([{ protocol: 'relais,secret', origin: server.origin, url: '/rpc' }])
    const closed = once(port1, 'close')
    server.sockets[0]?.close()
    await closed
    expect(await over).toBe(true)
  })

  test('a window that closes closes its socket; a door that is shut closes the port', async () => {
    const server = await door()
    const { port1, port2 } = new MessageChannel()
    const over = bridgePort(electronPort(port2), { origin: server.origin, token: 'secret' })
    await vi.waitFor(() => expect(server.sockets).toHaveLength(1))
    port1.close()
    expect(await over).toBe(true)
    const shut = new MessageChannel()
    expect(await bridgePort(electronPort(shut.port2), { origin: 'http://127.0.0.1:1', token: 'secret' })).toBe(false)
  })
})

describe('attaching', () => {
  const write = (dataDir: string, url: string) => writeFileSync(path.join(dataDir, 'connector.json'), JSON.stringify({ url, token: 'x'.repeat(40), pid: 4 }))

  test('joins the connector of the folder, tells when it goes, and only lets go when stopped', async () => {
    const dataDir = folder()
    const server = await door()
    write(dataDir, server.origin)
    const joined = await attachConnector(dataDir)
    expect(server.heard).toEqual(['{"i":"probe","p":{"u":"/status/get"}}'])
    server.sockets[0]?.terminate()
    await joined.gone
    const again = await attachConnector(dataDir)
    await again.stop()
    await again.gone
  })

  test('rejects without a file, with a useless one, and when nothing answers there', async () => {
    await expect(attachConnector(folder())).rejects.toThrow('ENOENT')
    const dataDir = folder()
    writeFileSync(path.join(dataDir, 'connector.json'), '{"url":"http://10.0.0.1:1"}')
    await expect(attachConnector(dataDir)).rejects.toThrow('not usable')
    write(dataDir, 'http://127.0.0.1:1')
    await expect(attachConnector(dataDir)).rejects.toThrow('does not answer')
  })
})

describe('starting the program as a plain process', () => {
  const script = (body: string): string => {
    const file = path.join(folder(), 'program.mjs')
    writeFileSync(file, body)
    return file
  }
  const program = (entry: string, change: Partial<ConnectorProgram> = {}): ConnectorProgram => ({ entry, arguments: ['serve', '--data', 'x'], key: null, node: process.execPath, signal: new AbortController().signal, ...change })
  const ready = (origin: string) => `console.log('noise'); console.log(JSON.stringify({ event: 'ready', panel: '${origin}/#token=t' }));`

  test('gives it its arguments and the key over its input, and ends it when asked', async () => {
    const server = await door()
    const told = path.join(folder(), 'told.json')
    const entry = script(`
      import { writeFileSync } from 'node:fs'
      process.once('disconnect', () => undefined)
      process.once('SIGTERM', () => process.exit(0))
      let input = ''
      for await (const chunk of process.stdin) input += chunk
      writeFileSync(${JSON.stringify(told)}, JSON.stringify({ input, args: process.argv.slice(2), from: process.env.RELAIS_KEY_FROM, asNode: process.env.ELECTRON_RUN_AS_NODE ?? null }))
      ${ready(server.origin)}
      setInterval(() => undefined, 1000)`)
    const connector = await startConnector(program(entry, { key: 'ab'.repeat(32) }), '20.18.0')
    const { default: said } = (await import(told, { with: { type: 'json' } })) as { default: unknown }
    expect(said).toEqual({ input: `{"key":"${'ab'.repeat(32)}"}\n`, args: ['serve', '--data', 'x'], from: 'stdin', asNode: null })
    const { port1, port2 } = new MessageChannel()
    connector.connect(electronPort(port2))
    port1.postMessage('hello')
    await vi.waitFor(() => expect(server.heard).toEqual(['hello']))
    port1.close()
    await connector.stop()
    await connector.gone
  })

  test('rejects when it ends before it is ready, and when there is no such program', async () => {
    await expect(startConnector(program(script('process.exit(3)')), '20.18.0')).rejects.toThrow('before it was ready')
    await expect(startConnector(program('absent', { node: '/no/such/node' }), '20.18.0')).rejects.toThrow('before it was ready')
  })

  test('ends a program that nobody waits for any more', async () => {
    const giveUp = new AbortController()
    const starting = startConnector(program(script('setInterval(() => undefined, 1000)'), { signal: giveUp.signal }), '20.18.0')
    giveUp.abort()
    await expect(starting).rejects.toThrow('before it was ready')
  })

  test('tells when it dies by itself', async () => {
    const server = await door()
    const connector = await startConnector(program(script(`${ready(server.origin)} setTimeout(() => process.exit(1), 50)`)), '20.18.0')
    await connector.gone
  })
})

test('on a recent Electron the program is its child: the key and each port go over its channel', async () => {
  const sent: unknown[] = []
  const child = Object.assign(new EventEmitter(), { stdout: new PassThrough(), pid: undefined, postMessage: (...given: unknown[]) => sent.push(given), kill: () => child.emit('exit') })
  const fork = vi.fn<(...given: unknown[]) => typeof child>(() => child)
  fake.module['utilityProcess'] = Object.assign(fake.module['utilityProcess'] as object, { fork })
  child.stdout.write('{"event":"ready","panel":"http://127.0.0.1:1/#token=t"}\n')
  const connector = await startConnector({ entry: '/relais.js', arguments: ['serve'], key: 'k', node: '', signal: new AbortController().signal }, '24.4.0')
  expect(fork.mock.calls[0]?.slice(0, 2)).toEqual(['/relais.js', ['serve']])
  connector.connect('port' as never)
  expect(sent).toEqual([[{ type: 'key', key: 'k' }, []], [{ type: 'port' }, ['port']]])
  await connector.stop()
  await connector.gone
})

describe('keeping a connector at hand', () => {
  const clock = () => {
    const waits: number[] = []
    return { waits, now: () => 0, wait: (milliseconds: number) => Promise.resolve(void waits.push(milliseconds)) }
  }
  const dying = (): RunningConnector & { die: () => void; connected: unknown[] } => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const connected: unknown[] = []
    return {
      connected,
      die: resolve,
      gone: promise,
      connect: (port) => connected.push(port),
      stop: () => {
        resolve()
        return Promise.resolve()
      },
    }
  }

  test('starts it again with growing pauses, tells up and down, and stops for good', async () => {
    const told: string[] = []
    const time = clock()
    const alive = [dying(), dying()]
    const attempts = [() => Promise.reject(new Error('no')), () => Promise.reject(new Error('no')), ...alive.map((connector) => () => Promise.resolve(connector))]
    const link = keepConnector(() => attempts.shift()?.() ?? Promise.reject(new Error('no more')), { up: () => told.push('up'), down: (wasUp) => told.push(wasUp ? 'gone' : 'absent') }, time)
    expect(link.connect('early' as never)).toBe(false)
    await vi.waitFor(() => expect(told).toEqual(['absent', 'absent', 'up']))
    expect(link.connect('port' as never)).toBe(true)
    expect(alive[0]?.connected).toEqual(['port'])
    alive[0]?.die()
    await vi.waitFor(() => expect(told).toEqual(['absent', 'absent', 'up', 'gone', 'up']))
    expect(time.waits).toEqual([500, 1000, 2000])
    await link.stop()
    expect(told).toHaveLength(5)
  })

  test('a stop while it starts ends what started', async () => {
    const late = dying()
    const { promise, resolve } = Promise.withResolvers<RunningConnector>()
    const told: string[] = []
    const link = keepConnector(() => promise, { up: () => told.push('up'), down: () => told.push('down') }, clock())
    const stopped = link.stop()
    resolve(late)
    await stopped
    await late.gone
    expect(told).toEqual([])
  })
})

test('status is told at once and after events, and the end of the link ends the following', async () => {
  const serve = implement(contract)
  const { promise: go, resolve: next } = Promise.withResolvers<void>()
  let asked = 0
  const status = { version: '1', schemaVersion: 1, state: 'idle', training: true, counts: { received: 0, ready: 0, sending: 0, uncertain: 0, waiting: 0, parked: 0, deposited: 0, ignored: 0 }, total: 0, oldestSeconds: null, needsUser: [], circuit: { state: 'closed', reason: null, retryAt: null }, storage: { state: 'ok', freeBytes: 9e9 }, clockOffsetSeconds: null, restoredAt: null, paused: null, progress: null, sources: [], record: { name: '', url: '', ok: null }, lastExchangeAt: null, practiceName: '', examsAvoided: [], rulesRefused: [] } satisfies StatusView
  const router = {
    status: {
      get: serve.status.get.handler(() => ({ ...status, total: (asked += 1) })),
      events: serve.status.events.handler(async function* ({ signal }) {
        yield { sequence: 0, topic: 'hello' }
        await go
        yield { sequence: 1, topic: 'status' }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      }),
    },
  }
  const [near, far] = memoryChannel()
  serveOverMessagePort(router as unknown as ConnectorRouter, far, () => undefined)
  const told: number[] = []
  const following = followStatus(clientOverMessagePort(near), (view) => told.push(view.total))
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(0))
  const before = asked
  next()
  await vi.waitFor(() => expect(told.at(-1)).toBeGreaterThan(before))
  near.close()
  await following
})

describe('the key in the keystore', () => {
  const sealing = {
    async: { isAsyncEncryptionAvailable: () => Promise.resolve(true), encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`sealed ${text}`)), decryptStringAsync: (sealed: Buffer) => Promise.resolve({ shouldReEncrypt: false, result: sealed.toString().slice(7) }) },
    sync: { isEncryptionAvailable: () => true, encryptString: (text: string) => Buffer.from(`sealed ${text}`), decryptString: (sealed: Buffer) => sealed.toString().slice(7) },
  }
  beforeEach(() => {
    const storage = fake.module['safeStorage'] as Record<string, unknown>
    for (const name of Object.keys(storage)) delete storage[name]
  })
  const storage = (calls: object, backend = 'gnome_libsecret') => Object.assign(fake.module['safeStorage'] as object, calls, { getSelectedStorageBackend: () => backend })

  test.each(['async', 'sync'] as const)('is made once, sealed, and found again (%s calls)', async (kind) => {
    storage(sealing[kind])
    const dataDir = folder()
    const first = await storeKey(dataDir, false)
    expect(first).toEqual({ from: 'keystore', key: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(await storeKey(dataDir, false)).toEqual(first)
    expect(await storeKey(folder(), false)).not.toEqual(first)
  })

  test('no keystore, or one that keeps nothing secret: the program’s own file for training, nothing for real data', async () => {
    expect([await storeKey(folder(), true), await storeKey(folder(), false)]).toEqual([{ from: 'file' }, { from: 'nowhere' }])
    storage(sealing.sync, process.platform === 'linux' ? 'basic_text' : 'other')
    if (process.platform === 'linux') expect([await storeKey(folder(), true), await storeKey(folder(), false)]).toEqual([{ from: 'file' }, { from: 'nowhere' }])
  })

  test('a sealed key that no longer opens is an error, never a new key', async () => {
    storage(sealing.sync)
    const dataDir = folder()
    await storeKey(dataDir, false)
    storage({
      decryptString: () => {
        throw new Error('another user')
      },
    })
    await expect(storeKey(dataDir, false)).rejects.toThrow('another user')
  })
})

test('a record counts as training only when it says so', () => {
  const dataDir = folder()
  expect([isTrainingRecord('sandbox', dataDir), isTrainingRecord(null, dataDir)]).toEqual([true, true])
  const config = path.join(dataDir, 'record.json')
  for (const [text, training] of [['{"environment":"training"}', true], ['{"environment":"production"}', false], ['{', false]] as const) {
    writeFileSync(config, text)
    writeFileSync(path.join(dataDir, 'record-choice.json'), JSON.stringify({ record: config }))
    expect([isTrainingRecord(config, dataDir), isTrainingRecord(null, dataDir)], text).toEqual([training, training])
  }
})
