import { accessOf } from '#shared/contract/test-access.ts'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import type { ClientLink } from '@orpc/client'
import { RPCLink as MessagePortLink } from '@orpc/client/message-port'
import { RPCLink as WebSocketLink } from '@orpc/client/websocket'
import { implement, ORPCError } from '@orpc/server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { serveOverMessagePort, serveOverWebSocket } from '../../electron/headless/transport/index.ts'
import type { ConnectorRouter } from '../../electron/headless/transport/index.ts'
import { contract } from '#shared/contract/index.ts'
import type { ConnectorEvent, ItemView, OpenedDocument, PanelView, StatusView } from '#shared/contract/index.ts'
import { clientOverMessagePort, clientOverWebSocket } from './connector-client.ts'
import type { ConnectorClient } from './connector-client.ts'
import { memoryChannel } from './memory-channel.ts'

const uncheckedCall = (link: ClientLink<object>) => (path: string[], input?: unknown) => link.call(path, input, { context: {} })

/** One transport as the suite drives it. */
interface Connection {
  client: ConnectorClient
  /** A client that checks nothing, to see what was really sent. */
  unchecked: (path: string[], input?: unknown) => Promise<unknown>
  sendRaw: (frame: string | Uint8Array) => void
  /** The caller's side goes away. */
  close: () => void
  dispose: () => Promise<void>
}
type Open = (router: ConnectorRouter, unexpected: (error: unknown) => void) => Promise<Connection>

const transports: Record<string, Open> = {
  'in memory': (router, unexpected) => {
    const [near, far] = memoryChannel()
    serveOverMessagePort(router, far, unexpected)
    return Promise.resolve({
      client: clientOverMessagePort(near),
      unchecked: uncheckedCall(new MessagePortLink({ port: near })),
      sendRaw: near.postMessage,
      close: near.close,
      dispose: () => Promise.resolve(near.close()),
    })
  },
  'message port': (router, unexpected) => {
    const { port1, port2 } = new MessageChannel()
    serveOverMessagePort(router, port2, unexpected)
    const client = clientOverMessagePort(port1)
    const unchecked = uncheckedCall(new MessagePortLink({ port: port1 }))
    port2.start()
    port1.start()
    const sendRaw = (frame: string | Uint8Array) => port1.postMessage(frame)
    return Promise.resolve({ client, unchecked, sendRaw, close: () => port1.close(), dispose: () => Promise.resolve(port1.close()) })
  },
  websocket: async (router, unexpected) => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
    server.on('connection', (socket) => serveOverWebSocket(router, socket, unexpected))
    await once(server, 'listening')
    const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const browserSocket = socket as unknown as Parameters<typeof clientOverWebSocket>[0]
    const client = clientOverWebSocket(browserSocket)
    await once(socket, 'open')
    return {
      client,
      unchecked: uncheckedCall(new WebSocketLink({ websocket: browserSocket })),
      sendRaw: (frame) => socket.send(frame),
      close: () => socket.close(),
      dispose: async () => {
        socket.terminate()
        await new Promise((closed) => server.close(closed))
      },
    }
  },
}

const status: StatusView = {
  version: '0.1.0',
  schemaVersion: 1,
  state: 'idle',
  training: true,
  counts: { received: 0, ready: 1, sending: 0, uncertain: 0, waiting: 0, parked: 0, deposited: 2, ignored: 0 },
  total: 3,
  oldestSeconds: 4,
  needsUser: [],
  circuit: { state: 'closed', reason: null, retryAt: null },
  storage: { state: 'ok', freeBytes: 1 },
  clockOffsetSeconds: null,
  restoredAt: null,
  paused: null,
  progress: null,
  sources: [],
  record: { name: 'DMP', url: 'https://127.0.0.1/', ok: true },
  lastExchangeAt: null,
  practiceName: 'Cabinet des Tilleuls',
  examsAvoided: [],
  rulesRefused: [],
}
const panel: PanelView = { generation: 1, patient: null, standing: null, listed: { count: 0, name: '' }, loadedAt: null, begun: null, news: { since: null, documents: [] }, refreshing: false, failure: null, onTheirWay: 0, needsUser: 0, access: accessOf() }
const bytes = new Uint8Array(5_000_000).map((_, index) => (index * 31 + (index >> 8)) & 255)

/** Rejects when the call is aborted, as work that listens to its signal does. */
const aborted = (signal: AbortSignal | undefined) => new Promise<never>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))

/** A connector of the suite's own: what it does with each procedure is said by `behaviour`. */
function connector(behaviour: { status?: unknown; events?: (call: { signal?: AbortSignal | undefined }) => AsyncGenerator<ConnectorEvent>; slow?: (signal: AbortSignal) => Promise<unknown> } = {}): ConnectorRouter {
  const serve = implement(contract)
  const refused = () => Promise.reject(new Error('not part of this suite'))
  return serve.router({
    status: {
      get: serve.status.get.handler(() => (behaviour.status ?? status) as StatusView),
      events: serve.status.events.handler(
        behaviour.events ??
          (async function* () {
            for (let sequence = 0; sequence < 3; sequence += 1) yield { sequence, topic: 'status' as const }
          }),
      ),
      pause: serve.status.pause.handler(() => undefined),
      resume: serve.status.resume.handler(() => {
        throw new Error('DUPONT Marie must never reach a page')
      }),
    },
    items: {
      list: serve.items.list.handler(({ input }) => ({ items: [] as ItemView[], next: input.cursor, total: input.limit })),
      get: serve.items.get.handler(({ errors, input }) => {
        throw errors.REFUSED({ data: { code: 'not-found', recordText: input.id } })
      }),
      content: serve.items.content.handler(refused),
      attachment: serve.items.attachment.handler(refused),
      retry: serve.items.retry.handler(refused),
      hold: serve.items.hold.handler(refused),
      setVisibility: serve.items.setVisibility.handler(refused),
      findPatients: serve.items.findPatients.handler(refused),
      namedByText: serve.items.namedByText.handler(refused),
      assignPatient: serve.items.assignPatient.handler(() => {
        // A refusal whose data breaks the contract.
        throw new ORPCError('REFUSED', { status: 422, defined: true, data: { code: 'no-such-code' } })
      }),
      chooseType: serve.items.chooseType.handler(refused),
      chooseAuthor: serve.items.chooseAuthor.handler(refused),
      dismiss: serve.items.dismiss.handler(refused),
      dismissHeld: serve.items.dismissHeld.handler(refused),
    },
    panel: {
      open: serve.panel.open.handler(() => panel),
      find: serve.panel.find.handler(refused),
      close: serve.panel.close.handler(refused),
      get: serve.panel.get.handler(() => panel),
      documents: serve.panel.documents.handler(() => []),
      refresh: serve.panel.refresh.handler(async ({ signal }) => {
        await behaviour.slow?.(signal as AbortSignal)
        return panel
      }),
      summary: serve.panel.summary.handler(() => null),
      summaryList: serve.panel.summaryList.handler(() => null),
      summaryLine: serve.panel.summaryLine.handler(() => null),
      examAvoided: serve.panel.examAvoided.handler(refused),
      fetchAll: serve.panel.fetchAll.handler(refused),
    },
    medicines: { check: serve.medicines.check.handler(() => null) },
    access: {
      enter: serve.access.enter.handler(refused),
      leave: serve.access.leave.handler(refused),
      stay: serve.access.stay.handler(refused),
      authorise: serve.access.authorise.handler(refused),
      recordConsent: serve.access.recordConsent.handler(refused),
      confirmInformation: serve.access.confirmInformation.handler(refused),
    },
    record: {
      list: serve.record.list.handler(() => []),
      facts: serve.record.facts.handler(() => []),
      search: serve.record.search.handler(refused),
      get: serve.record.get.handler(() => new Blob([bytes], { type: 'text/xml' })),
      open: serve.record.open.handler((): Promise<OpenedDocument> => refused()),
      attachment: serve.record.attachment.handler(() => new Blob([])),
      way: serve.record.way.handler(refused),
      look: serve.record.look.handler(refused),
      change: serve.record.change.handler(refused),
      lots: serve.record.lots.handler(refused),
      versions: serve.record.versions.handler(refused),
      print: serve.record.print.handler(refused),
      copy: serve.record.copy.handler(refused),
    },
    myRecords: {
      offered: serve.myRecords.offered.handler(refused),
      list: serve.myRecords.list.handler(refused),
    },
    sheets: {
      preview: serve.sheets.preview.handler(refused),
      print: serve.sheets.print.handler(refused),
      read: serve.sheets.read.handler(refused),
      waiting: serve.sheets.waiting.handler(refused),
      open: serve.sheets.open.handler(refused),
      erase: serve.sheets.erase.handler(refused),
    },
    audit: {
      verify: serve.audit.verify.handler(refused),
      export: serve.audit.export.handler(refused),
      attestation: serve.audit.attestation.handler(refused),
    },
    signIn: {
      state: serve.signIn.state.handler(refused),
      start: serve.signIn.start.handler(refused),
      givePin: serve.signIn.givePin.handler(refused),
      choose: serve.signIn.choose.handler(refused),
      end: serve.signIn.end.handler(refused),
    },
  })
}

describe.each(Object.entries(transports))('the contract over %s', (_name, open) => {
  const connections: Connection[] = []
  const bugs: unknown[] = []
  const connect = async (router: ConnectorRouter): Promise<Connection> => {
    const connection = await open(router, (error) => bugs.push(error))
    connections.push(connection)
    return connection
  }
  afterEach(async () => {
    bugs.length = 0
    for (const connection of connections.splice(0)) await connection.dispose()
  })

  test('answers a call, with defaults of the schema filled in', async () => {
    const { client } = await connect(connector())
    expect(await client.status.get()).toEqual(status)
    expect(await client.items.list({})).toEqual({ items: [], next: null, total: 100 })
    expect(await client.status.pause({ until: null })).toBeUndefined()
    expect(bugs).toEqual([])
  })

  test('refuses input that breaks its schema, and the procedure never runs', async () => {
    const { client } = await connect(connector())
    await expect(client.items.list({ limit: 0 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await expect(client.panel.open({ ins: 12 as unknown as string })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(bugs).toEqual([])
  })

  test('the connector does not send an output that breaks its schema, and reports it', async () => {
    const { unchecked } = await connect(connector({ status: { ...status, state: 'nonsense', practiceName: 'DUPONT' } }))
    const refusal: unknown = await unchecked(['status', 'get']).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' })
    expect(JSON.stringify(refusal)).not.toContain('DUPONT')
    expect(bugs).toHaveLength(1)
  })

  test('the caller does not accept an output that breaks its schema', async () => {
    // The same paths served without any check, as a connector of another version could.
    const loose = { status: { get: implement({ get: contract.status.pause }).get.handler(() => ({ ...status, state: 'nonsense' })).callable() } }
    const { client, unchecked } = await connect(loose as unknown as ConnectorRouter)
    expect(await unchecked(['status', 'get'], { until: null })).toMatchObject({ state: 'nonsense' })
    await expect((client.status.get as unknown as (input: unknown) => Promise<unknown>)({ until: null })).rejects.toThrow('does not match expected schema')
  })

  test('a refusal of the contract arrives typed, with its code and data', async () => {
    const { client } = await connect(connector())
    await expect(client.items.get({ id: 'abc' })).rejects.toMatchObject({
      defined: true,
      code: 'REFUSED',
      status: 422,
      data: { code: 'not-found', recordText: 'abc' },
    })
    expect(bugs).toEqual([])
  })

  test('a refusal with data outside the contract is not taken for one of the contract', async () => {
    const { client } = await connect(connector())
    await expect(client.items.assignPatient({ id: 'a', patientId: 'b' })).rejects.toMatchObject({ defined: false })
  })

  test('a bug is told by its code alone', async () => {
    const { client } = await connect(connector())
    const error: unknown = await client.status.resume().catch((raised: unknown) => raised)
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', defined: false })
    expect(`${JSON.stringify(error)} ${(error as Error).message}`).not.toContain('DUPONT')
    expect(bugs).toHaveLength(1)
  })

  test('events come in order with their sequence numbers, then the end', async () => {
    const { client } = await connect(connector())
    const sequences: number[] = []
    for await (const event of await client.status.events()) sequences.push(event.sequence)
    expect(sequences).toEqual([0, 1, 2])
  })

  test('an event that breaks its schema is not delivered', async () => {
    const { client } = await connect(
      connector({
        events: async function* () {
          yield { sequence: 0, topic: 'status' }
          yield { sequence: 'one', topic: 'status' } as unknown as ConnectorEvent
        },
      }),
    )
    const events = await client.status.events()
    expect(await events.next()).toMatchObject({ value: { sequence: 0 } })
    await expect(events.next()).rejects.toBeDefined()
  })

  test('closing the transport ends the events at the connector and rejects what the caller waits for', async () => {
    const ended: string[] = []
    const { client, close } = await connect(
      connector({
        events: async function* ({ signal }) {
          yield { sequence: 0, topic: 'hello' }
          await aborted(signal).finally(() => ended.push('events'))
        },
        slow: (signal) => aborted(signal).finally(() => ended.push('call')),
      }),
    )
    const events = await client.status.events()
    await events.next()
    const next = expect(events.next()).rejects.toBeDefined()
    const call = expect(client.panel.refresh()).rejects.toBeDefined()
    await client.status.get()
    close()
    await Promise.all([next, call])
    await vi.waitFor(() => expect(ended.toSorted()).toEqual(['call', 'events']))
  })

  test('a caller that gives up aborts the procedure', async () => {
    const ended: string[] = []
    const { client } = await connect(connector({ slow: (signal) => aborted(signal).finally(() => ended.push('call')) }))
    const giveUp = new AbortController()
    const call = client.panel.refresh(undefined, { signal: giveUp.signal })
    await client.status.get()
    giveUp.abort()
    await expect(call).rejects.toMatchObject({ name: 'AbortError' })
    await vi.waitFor(() => expect(ended).toEqual(['call']))
  })

  test('5 MB travel as bytes and arrive the same; an empty Blob stays empty', async () => {
    const { client } = await connect(connector())
    const blob = await client.record.get({ ins: '1', uniqueId: '1.2' })
    expect(blob.type).toBe('text/xml')
    expect(Buffer.compare(Buffer.from(await blob.arrayBuffer()), Buffer.from(bytes))).toBe(0)
    expect((await client.record.attachment({ ins: '1', uniqueId: '1.2', index: 0 })).size).toBe(0)
  })

  test('an unknown procedure is refused on both sides', async () => {
    const { client, unchecked } = await connect(connector())
    for (const path of [['status', 'nothing'], ['nothing'], [], ['status'], ['__proto__', 'toString'], ['status', 'constructor'], ['status', 'get', 'then']]) {
      await expect(unchecked(path), path.join('.')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
    const drifted = client as unknown as { status: { nothing: () => Promise<unknown> } }
    await expect(drifted.status.nothing()).rejects.toThrow('no valid procedure')
  })

  test('frames that are not of the protocol are dropped and reported, and the connection lives on', async () => {
    const { client, sendRaw } = await connect(connector())
    const junk = ['', 'not json', '{}', '{"i":"x"}', '{"i":"y","p":{"u":"http://["}}', 'null', new Uint8Array([255, 1, 2]), new Uint8Array(0)]
    for (const frame of junk) sendRaw(frame)
    expect(await client.status.get()).toEqual(status)
    await vi.waitFor(() => expect(bugs.length).toBe(junk.length))
  })

  test('100 calls at once each get their own answer', async () => {
    const { client } = await connect(connector())
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => client.items.list({ limit: index + 1, cursor: `c${index}` })))
    expect(answers.map((answer) => [answer.total, answer.next])).toEqual(Array.from({ length: 100 }, (_, index) => [index + 1, `c${index}`]))
  })
})
