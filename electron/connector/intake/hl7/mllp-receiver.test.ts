import net from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { testLedger } from '../test-ledger.ts'
import { createFramer } from './framer.ts'
import { createMessageHandler, type MessageHandlerDependencies } from './handle-message.ts'
import { startMllpReceiver, type MllpReceiver, type MllpReceiverOptions } from './mllp-receiver.ts'
import { sendMllp } from './mllp-sender.ts'
import { adt, mshOf, oru, syntheticCda } from './synthetic-messages.ts'

const silent = { info: () => undefined, warn: () => undefined }
const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

async function start(changes: Partial<MllpReceiverOptions> = {}, deps: Partial<MessageHandlerDependencies> = {}) {
  const ledger = await testLedger()
  opened.push({ close: () => ledger.remove() })
  const applied: string[] = []
  let count = 0
  const newControlId = () => {
    count += 1
    return `R${count}`
  }
  const now = () => Date.UTC(2026, 0, 10)
  const handler = createMessageHandler({
    ledger,
    newControlId,
    now,
    log: silent,
    applyIdentity: (identity) => {
      applied.push(identity.identity.birthName ?? '')
      return null
    },
    ...deps,
  })
  const receiver = await startMllpReceiver({ port: 0, handler, now, newControlId, log: silent, ...changes })
  opened.push(receiver)
  return { receiver, ledger, applied }
}

/** A raw connection and the answers it got so far, framing taken off. */
function connect(receiver: MllpReceiver) {
  const framer = createFramer({ maxBytes: 1_000_000 })
  const answers: string[] = []
  let closed = false
  const socket = net.connect({ port: receiver.port, host: receiver.host })
  socket.on('data', (chunk) => {
    for (const event of framer.push(chunk)) if (event.kind === 'message') answers.push(Buffer.from(event.bytes).toString())
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    closed = true
  })
  opened.push({ close: () => socket.destroy() })
  return { socket, answers, codes: () => answers.map((answer) => /MSA\|(\w\w)\|([^\r|]*)/.exec(answer)?.slice(1).join(' ')), isClosed: () => closed }
}
const frame = (text: string | Buffer) => Buffer.concat([Buffer.of(0x0b), Buffer.from(text), Buffer.of(0x1c, 0x0d)])
const send = (receiver: MllpReceiver, message: string | Uint8Array) => sendMllp({ host: receiver.host, port: receiver.port, message, timeoutMs: 5000 })

describe('MLLP receiver', () => {
  it('stores a document before it says AA', async () => {
    const { receiver, ledger } = await start()
    let storedWhenAnswered = -1
    const waiting: (() => void)[] = []
    ledger.before = () =>
      new Promise((resolve) => {
        waiting.push(resolve)
      })
    const answer = send(receiver, oru()).then((acknowledgement) => {
      storedWhenAnswered = ledger.arrivals.length
      return acknowledgement
    })
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    expect(storedWhenAnswered).toBe(-1)
    waiting[0]!()
    expect(await answer).toMatchObject({ code: 'AA', controlId: 'M1' })
    expect(storedWhenAnswered).toBe(1)
    expect(Buffer.from(ledger.arrivals[0]!.bytes).toString()).toBe(syntheticCda)
    expect(Buffer.from(ledger.messages[0]!.bytes).toString()).toBe(oru())
  })

  it('applies an identity before it says AA', async () => {
    const { receiver, applied, ledger } = await start()
    expect(await send(receiver, adt('A08'))).toMatchObject({ code: 'AA' })
    expect(applied).toEqual(['GARNIER'])
    expect(ledger.arrivals).toEqual([])
  })

  it('says AR when the storage fails, AR when an identity cannot be applied, and takes it the next time', async () => {
    const { receiver, ledger } = await start({}, {
      applyIdentity: () => {
        throw new Error('disk')
      },
    })
    ledger.before = () => {
      throw new Error('disk full')
    }
    expect((await send(receiver, oru())).code).toBe('AR')
    ledger.before = () => undefined
    expect((await send(receiver, oru())).code).toBe('AA')
    expect((await send(receiver, adt('A08'))).code).toBe('AR')
    expect(ledger.messages).toHaveLength(1)
  })

  it('says AR when the handler itself breaks', async () => {
    const { receiver } = await start({ handler: { message: () => Promise.reject(new Error('bug')), tooLarge: () => Promise.reject(new Error('bug')) } })
    expect(await send(receiver, oru())).toMatchObject({ code: 'AR', controlId: 'M1' })
  })

  it('answers a message sent again as the first time, and books it once', async () => {
    const { receiver, ledger } = await start()
    const again = oru().replace('20260110093000', '20260110094500')
    expect([(await send(receiver, oru())).code, (await send(receiver, again)).code]).toEqual(['AA', 'AA'])
    expect(ledger.arrivals).toHaveLength(1)
    const refused = oru({ pid: null, msh: mshOf('ORU^R01', { control: 'M2' }) })
    expect([(await send(receiver, refused)).code, (await send(receiver, refused)).code]).toEqual(['AE', 'AE'])
    expect(ledger.arrivals).toHaveLength(2)
  })

  it('takes a reused number with another content as a new message', async () => {
    const { receiver, ledger } = await start()
    const other = oru({ documents: [Buffer.from(syntheticCda.replace('1.2.3.4.5', '1.2.3.9')).toString('base64')] })
    expect([(await send(receiver, oru())).code, (await send(receiver, other)).code]).toEqual(['AA', 'AA'])
    expect(ledger.arrivals).toHaveLength(2)
  })

  it('answers in order on one kept connection, whatever the cuts', async () => {
    const { receiver, ledger } = await start()
    const { socket, codes } = connect(receiver)
    const all = Buffer.concat(Array.from({ length: 20 }, (_, index) => frame(adt('A08', { control: `N${index}` }))))
    for (let at = 0; at < all.length; at += 37) socket.write(all.subarray(at, at + 37))
    await vi.waitFor(() => expect(codes()).toEqual(Array.from({ length: 20 }, (_, index) => `AA N${index}`)))
    expect(ledger.messages).toHaveLength(20)
  })

  it('answers each message of a batch', async () => {
    const { receiver } = await start()
    const { socket, codes } = connect(receiver)
    socket.write(frame(`BHS|^~\\&|A\r${adt('A01', { control: '1' })}${adt('A08', { control: '2' })}BTS|2\r`))
    await vi.waitFor(() => expect(codes()).toEqual(['AA 1', 'AA 2']))
  })

  it('answers AR to bytes without MSH and goes on with the next message', async () => {
    const { receiver, ledger } = await start()
    const { socket, codes } = connect(receiver)
    socket.write(Buffer.concat([frame('HELLO'), frame(adt('A01', { control: '1' }))]))
    await vi.waitFor(() => expect(codes()).toEqual(['AR ', 'AA 1']))
    expect(ledger.arrivals.map(({ hints }) => hints.refusal?.code)).toEqual(['hl7-no-msh'])
  })

  it('answers a frame whose 0D never comes, and a message without start block', async () => {
    const { receiver } = await start({ limits: { lenientEndMs: 20 } })
    const { socket, codes } = connect(receiver)
    socket.write(frame(adt('A01', { control: '1' })).subarray(0, -1))
    await vi.waitFor(() => expect(codes()).toEqual(['AA 1']))
    socket.write(adt('A08', { control: '2' }))
    await vi.waitFor(() => expect(codes()).toEqual(['AA 1', 'AA 2']))
  })

  it('answers a peer that closes its side right after sending', async () => {
    const { receiver } = await start()
    const { socket, codes, isClosed } = connect(receiver)
    socket.end(frame(oru()))
    await vi.waitFor(() => expect(isClosed()).toBe(true))
    expect(codes()).toEqual(['AA M1'])
  })

  it('refuses a message over the cap with AR, notes it, and closes', async () => {
    const { receiver, ledger } = await start({ limits: { maxMessageBytes: 100_000 } })
    const { socket, codes, isClosed } = connect(receiver)
    socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(oru()), Buffer.alloc(200_000, 0x41)]))
    await vi.waitFor(() => expect(isClosed()).toBe(true))
    expect(codes()).toEqual(['AR M1'])
    expect(ledger.arrivals.map(({ hints }) => hints.refusal?.code)).toEqual(['hl7-too-large'])
    expect(ledger.arrivals[0]!.bytes.length).toBe(65_536)
  })

  it('closes on silence inside a frame, and on a frame that takes too long; others are not disturbed', async () => {
    const { receiver, ledger } = await start({ limits: { idleMs: 50, frameMs: 150 } })
    const silentOne = connect(receiver)
    const slow = connect(receiver)
    const quiet = connect(receiver)
    silentOne.socket.write('\x0bMSH|')
    slow.socket.write('\x0b')
    const dripping = setInterval(() => slow.socket.write('M'), 10)
    opened.push({ close: () => clearInterval(dripping) })
    await vi.waitFor(() => expect([silentOne.isClosed(), slow.isClosed()]).toEqual([true, true]))
    quiet.socket.write(frame(adt('A01', { control: '1' })))
    await vi.waitFor(() => expect(quiet.codes()).toEqual(['AA 1']))
    expect(ledger.messages).toHaveLength(1)
  })

  it('takes no more connections than its limit', async () => {
    const { receiver } = await start({ limits: { maxConnections: 2 } })
    const connections = [connect(receiver), connect(receiver)]
    await vi.waitFor(() => expect(receiver.connections()).toBe(2))
    const third = connect(receiver)
    await vi.waitFor(() => expect(third.isClosed()).toBe(true))
    connections[0]!.socket.write(frame(adt('A01', { control: '1' })))
    await vi.waitFor(() => expect(connections[0]!.codes()).toEqual(['AA 1']))
  })

  it('refuses addresses that are not on the list', async () => {
    const { receiver, ledger } = await start({ allow: ['192.0.2.1'] })
    await expect(send(receiver, oru())).rejects.toThrow()
    expect(ledger.messages).toHaveLength(0)
  })

  it.each(['0.0.0.0', '::', ''])('does not listen on %j without an explicit choice', async (host) => {
    await expect(start({ host })).rejects.toThrow('every interface')
    await expect(start({ host, everyInterface: true })).rejects.toThrow('every interface')
  })

  it('does not listen beyond this computer without a list', async () => {
    await expect(start({ host: '192.0.2.7' })).rejects.toThrow('list of allowed addresses')
  })

  it('answers what is in hand when it is closed', async () => {
    const { receiver, ledger } = await start()
    const waiting: (() => void)[] = []
    ledger.before = () =>
      new Promise((resolve) => {
        waiting.push(resolve)
      })
    const { socket, codes, isClosed } = connect(receiver)
    socket.write(frame(oru()))
    await vi.waitFor(() => expect(waiting).toHaveLength(1))
    const closing = receiver.close()
    waiting[0]!()
    await closing
    await vi.waitFor(() => expect(isClosed()).toBe(true))
    expect(codes()).toEqual(['AA M1'])
  })

  it('does not answer an acknowledgement of its own acknowledgement', async () => {
    const { receiver, ledger } = await start()
    const { socket, answers, codes } = connect(receiver)
    socket.write(frame(adt('A01', { control: '1' })))
    await vi.waitFor(() => expect(answers).toHaveLength(1))
    const ours = answers[0]!.split('|')[9]!
    socket.write(Buffer.concat([frame(`${mshOf('ACK^A01^ACK', { control: '2' })}\rMSA|AA|${ours}\r`), frame(adt('A01', { control: '3' }))]))
    await vi.waitFor(() => expect(codes()).toEqual(['AA 1', 'AA 3']))
    expect(ledger.arrivals.map(({ hints }) => hints.refusal?.code)).toEqual(['hl7-acknowledgement'])
  })
})

describe('MLLP sender', () => {
  it('rejects when nobody answers, when nobody listens, and when the answer is none', async () => {
    const mute = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
    opened.push({ close: () => mute.close() })
    await new Promise((resolve) => mute.once('listening', resolve))
    const { port } = mute.address() as net.AddressInfo
    await expect(sendMllp({ host: '127.0.0.1', port, message: oru(), timeoutMs: 50 })).rejects.toThrow('No acknowledgement')
    await new Promise((resolve) => mute.close(resolve))
    await expect(sendMllp({ host: '127.0.0.1', port, message: oru(), timeoutMs: 1000 })).rejects.toThrow('ECONNREFUSED')
    const { receiver } = await start({ handler: { message: async () => [Buffer.from('HELLO')], tooLarge: async () => [] } })
    await expect(send(receiver, oru())).rejects.toThrow('not an acknowledgement')
  })
})
