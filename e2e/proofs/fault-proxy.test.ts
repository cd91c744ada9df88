import net from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFaultProxy, reset, type FaultProxy } from './fault-proxy.ts'
import type { Breaking, Schedule, Shaping } from './toxics.ts'

/** A server that answers a request of 2,000 bytes with 3,000. */
let server: net.Server
let received: Buffer[] = []
let proxy: FaultProxy | null = null

beforeEach(async () => {
  received = []
  server = net.createServer((socket) => {
    const index = received.push(Buffer.alloc(0)) - 1
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const request = Buffer.concat([received[index] ?? Buffer.alloc(0), chunk])
      received[index] = request
      if (request.length >= 2_000) socket.end(Buffer.alloc(3_000, 'a'))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  await proxy?.close()
  await new Promise((resolve) => server.close(resolve))
})

const through = async (schedule: Partial<Schedule>): Promise<FaultProxy> => {
  proxy = await openFaultProxy({ targetPort: (server.address() as net.AddressInfo).port, scheduleOf: () => ({ shaping: [], breaking: null, exchanges: Infinity, ...schedule }), chanceOf: () => 0.5 })
  return proxy
}

function exchange(port: number): Promise<{ answer: Buffer; error: string | null; ms: number }> {
  const started = performance.now()
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0)
    let error: string | null = null
    const socket = net.connect({ host: '127.0.0.1', port })
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk])
    })
    socket.on('error', (problem: NodeJS.ErrnoException) => {
      error = problem.code ?? problem.message
    })
    socket.on('close', () => resolve({ answer, error, ms: performance.now() - started }))
    socket.write(Buffer.alloc(2_000, 'q'))
  })
}

const shapings: readonly Shaping[] = [
  { kind: 'latency', way: 'up', ms: 50, jitterMs: 20 },
  { kind: 'latency', way: 'down', ms: 60, jitterMs: 0 },
  { kind: 'bandwidth', way: 'down', bytesPerSecond: 30_000 },
  { kind: 'slicer', way: 'up', bytes: 7, delayMs: 1 },
  { kind: 'slow-close', ms: 50 },
]
test.each(shapings)('$kind loses no byte and takes its time', async (shaping) => {
  const { port } = await through({ shaping: [shaping] })
  const { answer, error, ms } = await exchange(port)
  expect(error).toBeNull()
  expect(answer.equals(Buffer.alloc(3_000, 'a'))).toBe(true)
  expect(received[0]!.equals(Buffer.alloc(2_000, 'q'))).toBe(true)
  expect(ms).toBeGreaterThan(shaping.kind === 'slicer' ? 20 : 45)
  expect(proxy!.disturbed()).toBe(1)
})

test('an undisturbed connection counts for nothing', async () => {
  const calm = await through({})
  expect((await exchange(calm.port)).answer).toHaveLength(3_000)
  expect(calm.disturbed()).toBe(0)
})

test.each([0, 1, 1_999, 2_000])('cuts the request after exactly %i bytes', async (bytes) => {
  const { port } = await through({ breaking: { kind: 'limit-data', way: 'up', bytes, cut: 'close' } })
  const { answer } = await exchange(port)
  await expect.poll(() => received[0]?.length ?? 0).toBe(bytes)
  expect(answer).toHaveLength(bytes < 2_000 ? 0 : 3_000)
})

test.each([1, 256, 2_999])('cuts the answer after exactly %i bytes', async (bytes) => {
  const { port } = await through({ breaking: { kind: 'limit-data', way: 'down', bytes, cut: 'close' } })
  const { answer } = await exchange(port)
  expect(answer).toHaveLength(bytes)
  expect(received[0]).toHaveLength(2_000)
})

const resets: readonly Breaking[] = [{ kind: 'refuse', ms: 1 }, { kind: 'limit-data', way: 'up', bytes: 10, cut: 'reset' }, { kind: 'reset', ms: 20 }]
test.each(resets)('$kind is a reset for the client', async (breaking) => {
  const { port } = await through({ breaking, shaping: [{ kind: 'latency', way: 'down', ms: 200, jitterMs: 0 }] })
  expect((await exchange(port)).error).toMatch(/ECONNRESET|EPIPE/)
})

test('refuse leaves nobody listening for a while, then listens again on the same port', async () => {
  const { port } = await through({ breaking: { kind: 'refuse', ms: 150 } })
  await exchange(port)
  await expect.poll(async () => (await exchange(port)).error, { interval: 10 }).toBe('ECONNREFUSED')
  await expect.poll(async () => (await exchange(port)).error, { interval: 20 }).toBe('ECONNRESET')
})

test('timeout holds the connection open in silence, then closes it', async () => {
  const { port } = await through({ breaking: { kind: 'timeout', way: 'down', bytes: 100, ms: 200 } })
  const { answer, error, ms } = await exchange(port)
  expect([answer.length, error]).toEqual([100, null])
  expect(ms).toBeGreaterThan(190)
})

test('a lost answer is cut inside its application data, after the whole request', async () => {
  const head = (type: number, length: number): Buffer => Buffer.from([type, 3, 3, length >> 8, length & 255])
  const tlsServer = net.createServer((socket) => {
    let length = 0
    socket.on('error', () => undefined)
    // A handshake record, and once the request is whole an answer of one record.
    socket.write(Buffer.concat([head(22, 50), Buffer.alloc(50)]))
    socket.on('data', (chunk) => {
      length += chunk.length
      if (length === 25_005) socket.write(Buffer.concat([head(23, 600), Buffer.alloc(600, 'a')]))
    })
  })
  await new Promise<void>((resolve) => void tlsServer.listen(0, '127.0.0.1', resolve))
  proxy = await openFaultProxy({
    targetPort: (tlsServer.address() as net.AddressInfo).port,
    scheduleOf: () => ({ shaping: [], breaking: { kind: 'lost-answer', of: 'deposit', bytes: 256, cut: 'close' }, exchanges: Infinity }),
    chanceOf: () => 0,
  })
  const socket = net.connect({ host: '127.0.0.1', port: proxy.port })
  let answer = 0
  socket.on('data', (chunk) => {
    answer += chunk.length
  })
  const closed = new Promise((resolve) => void socket.once('close', resolve))
  // Longer than one record can be, so two.
  socket.write(Buffer.concat([head(23, 16_000), Buffer.alloc(16_000), head(23, 8_995), Buffer.alloc(8_995)]))
  await closed
  expect(answer).toBe(55 + 256)
  expect([...proxy.lostAnswers()]).toEqual([['deposit 256', 1]])
  await new Promise((resolve) => tlsServer.close(resolve))
})

test('resets a connection to its end, one that is just being shut down too', async () => {
  for (const isShutDown of [false, true]) {
    const socket = net.connect({ port: (server.address() as net.AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
    await new Promise((resolve) => socket.once('connect', resolve))
    const closed = new Promise((resolve, reject) => {
      socket.once('close', resolve)
      socket.once('error', reject)
    })
    if (isShutDown) {
      socket.end()
      // The shutdown is under way once the stream has told the socket.
      await new Promise<void>((resolve) => process.nextTick(resolve))
    }
    reset(socket)
    await closed
  }
})
