import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { sendMllp, type MessageHandlerDependencies } from './intake/index.ts'
import { openFeed, type Feed } from './open-feed.ts'

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

/** Another program on a port of its own. */
async function holder(): Promise<{ port: number; free(): Promise<void> }> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push({ close: () => server.close() })
  return {
    port: (server.address() as net.AddressInfo).port,
    async free() {
      server.close()
      await once(server, 'close')
    },
  }
}

function handling() {
  const warned: unknown[] = []
  const received: unknown[] = []
  let numbers = 0
  const dependencies: MessageHandlerDependencies = {
    ledger: {
      async receive(_arrivals, message) {
        received.push(message)
        return { items: [], message: 'stored' }
      },
      isTaken: async () => false,
    heldOther: async () => false,
    isRewritten: async () => false,
    wasInDoubt: async () => false,
    saidOf: async () => null,
    takenElsewhere: async () => [],
      recentFromFolder: async () => 0,
    },
    applyIdentity: () => null,
    newControlId: () => `R${(numbers += 1)}`,
    now: () => Date.UTC(2026, 10, 21),
    log: { info: () => undefined, warn: (fields) => warned.push(fields) },
  }
  return { dependencies, warned, received }
}

/** The feed, and a promise of the state after its next try. */
async function feedOn(port: number, dependencies: MessageHandlerDependencies) {
  let tried: () => void = () => undefined
  const feed: Feed = await openFeed(port, dependencies, () => tried(), 5)
  opened.push(feed)
  return { feed, nextTry: () => new Promise<void>((resolve) => (tried = resolve)) }
}

describe('the HL7 port', () => {
  it('says that another program has it, and opens by itself when it is freed', async () => {
    const other = await holder()
    const { dependencies, warned, received } = handling()
    const { feed, nextTry } = await feedOn(other.port, dependencies)
    expect([feed.port(), feed.problem(), feed.lastAt()]).toEqual([other.port, 'EADDRINUSE', null])
    expect(warned).toEqual([{ port: other.port, error: 'EADDRINUSE' }])
    await nextTry()
    expect(feed.problem()).toBe('EADDRINUSE')
    await other.free()
    while (feed.problem() !== null) await nextTry()
    const answer = await sendMllp({ host: feed.host, port: feed.port(), message: 'MSH|^~\\&|LGC|CAB|RELAIS||20261121||ADT^A08^ADT_A01|1|P|2.5^FRA^2.11\rEVN||20261121\rPID|1||P1^^^CAB^PI||ESSAI^CAMILLE\rPV1|1|N\r', timeoutMs: 5_000 })
    expect(answer).toMatchObject({ code: 'AA' })
    expect(received).toMatchObject([{ controlId: '1' }])
    expect(feed.lastAt()).toBe(Date.UTC(2026, 10, 21))
  })

  it('lets go of the port when it is closed', async () => {
    const { feed } = await feedOn(0, handling().dependencies)
    expect(feed.problem()).toBeNull()
    await feed.close()
    const next = await feedOn(feed.port(), handling().dependencies)
    expect(next.feed.problem()).toBeNull()
  })

  it('tries no more once it is closed, even when that happened during a try', async () => {
    const other = await holder()
    const { dependencies, warned } = handling()
    const closing: Feed[] = []
    const log = { ...dependencies.log, warn: (fields: Readonly<Record<string, string | number | boolean>>) => {
      warned.push(fields)
      void closing[0]?.close()
    } }
    const { feed, nextTry } = await feedOn(other.port, { ...dependencies, log })
    closing.push(feed)
    await nextTry()
    const patient = await feedOn(other.port, handling().dependencies)
    for (let tries = 0; tries < 4; tries += 1) await patient.nextTry()
    expect(warned).toHaveLength(2)
  })
})
