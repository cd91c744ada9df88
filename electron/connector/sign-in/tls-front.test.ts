import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestAuthority } from './test-certificates.ts'
import { noTestCard, openTestReader, type TestReader } from './test-card.ts'
import { startTlsFront, type TlsFront, type TlsFrontOptions } from './tls-front.ts'
import { GivenPin } from './given-pin.ts'
import { openPkcs11 } from './pkcs11.ts'

const authority = createTestAuthority()
const stranger = createTestAuthority('Autre autorité')
let dir = ''
let reader: TestReader
let options: TlsFrontOptions
const servers: ReturnType<typeof createServer>[] = []
const fronts: TlsFront[] = []

async function serve({ key, cert }: { key: string; cert: string }): Promise<string> {
  const server = createServer({ key, cert, ca: authority.pem, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const { socket } = request as unknown as { socket: import('node:tls').TLSSocket }
    response.end(`${String(socket.getPeerCertificate().subject.CN)} ${socket.getProtocol()} ${socket.getCipher().name}`)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function start(more: Partial<TlsFrontOptions> = {}): Promise<TlsFront> {
  const started = await startTlsFront({ ...options, ...more })
  if (!started.ok) throw new Error(started.failure.detail)
  fronts.push(started.value)
  return started.value
}

async function ask(front: TlsFront, url: string): Promise<string> {
  const socket = await front.connect(url, 5_000)
  socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  let said = ''
  for await (const piece of socket) said += String(piece)
  return said.split('\r\n\r\n')[1]?.replace(/^\w+\r\n|\r\n0$/g, '') ?? ''
}

describe.skipIf(noTestCard !== null)(`the TLS front of a card${noTestCard ? ` (skipped, missing: ${noTestCard})` : ''}`, () => {
  beforeAll(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'front-'))
    reader = await openTestReader()
    const { pfx } = authority.issue({ commonName: '899900000012' })
    await reader.insert({ label: 'CPS', pin: '1234', passphrase: 'secret', tls: pfx })
    await writeFile(path.join(dir, 'ca.pem'), authority.pem)
    await writeFile(path.join(dir, 'stranger.pem'), stranger.pem)
    const library = await openPkcs11(reader.library)
    const [token] = await library.tokens()
    await library.close()
    options = {
      program: 'stunnel', engine: 'pkcs11', library: reader.library, serial: token!.serial, certificateId: Buffer.from([1]), pin: new GivenPin('1234'),
      authorities: path.join(dir, 'ca.pem'), urls: [await serve(authority.issue({ commonName: 'record', dnsName: 'localhost' }))], startMs: 10_000,
    }
  })
  afterAll(async () => {
    for (const front of fronts) await front.close()
    for (const server of servers) server.close()
    await reader?.close()
    await rm(dir, { recursive: true })
  })

  it('makes the handshake with the key of the card, as the record wants it', async () => {
    const front = await start()
    const said = await Promise.all(Array.from({ length: 5 }, () => ask(front, `${options.urls[0]}/any`)))
    for (const one of said) expect(one).toMatch(/^899900000012 TLSv1\.2 ECDHE-RSA-(AES(256-GCM-SHA384|128-GCM-SHA256)|CHACHA20-POLY1305)$/)
  })

  it('trusts the authorities of the record alone, and the name of the host', async () => {
    const front = await start({ authorities: path.join(dir, 'stranger.pem') })
    await expect(ask(front, options.urls[0]!)).rejects.toMatchObject({ code: 'CERT_UNTRUSTED' })
    const elsewhere = await serve(authority.issue({ commonName: 'other' }))
    const named = await start({ urls: [elsewhere] })
    await expect(ask(named, elsewhere)).rejects.toMatchObject({ code: 'CERT_UNTRUSTED' })
    await expect(named.connect('https://127.0.0.2', 1_000)).rejects.toMatchObject({ code: 'ERR_TLS_FRONT_CLOSED' })
  })

  it('tells a server that is not there, and one that says nothing, before a byte is sent', async () => {
    const silent = net.createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const mute = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const gone = 'https://127.0.0.1:9'
    const front = await start({ urls: [options.urls[0]!, mute, gone] })
    await expect(front.connect(gone, 5_000)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await expect(front.connect(mute, 300)).rejects.toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' })
    expect(await ask(front, options.urls[0]!)).toContain('899900000012')
    const held = front.connect(mute, 60_000)
    await once(silent, 'connection')
    front.giveUp()
    await expect(held).rejects.toMatchObject({ code: 'UND_ERR_CONNECT_TIMEOUT' })
    silent.close()
  })

  it('tells that the card is out', async () => {
    const front = await start()
    expect(await ask(front, options.urls[0]!)).toContain('899900000012')
    const putBack = await reader.pull()
    await expect(ask(front, options.urls[0]!)).rejects.toMatchObject({ code: 'CARD_UNAVAILABLE' })
    await putBack()
  })

  it('says why it cannot start, and takes no setting that holds a line break', async () => {
    expect(await startTlsFront({ ...options, program: 'no-such-program' })).toMatchObject({ ok: false, failure: { code: 'card-link-failed' } })
    expect(await startTlsFront({ ...options, certificateId: Buffer.from([7]) })).toMatchObject({ ok: false, failure: { code: 'card-link-failed' } })
    await expect(startTlsFront({ ...options, pin: new GivenPin('1234\nexec = /bin/true') })).rejects.toThrow('line break')
  })

  it('is not waited for any longer when whoever started it leaves', async () => {
    const [hanging, told] = [path.join(dir, 'hanging'), path.join(dir, 'hanging.pid')]
    await writeFile(hanging, `#!/bin/sh\necho $$ > ${told}.tmp\nmv ${told}.tmp ${told}\nexec sleep 3600\n`, { mode: 0o755 })
    const leaving = new AbortController()
    const started = startTlsFront({ ...options, program: hanging, startMs: 3_600_000, signal: leaving.signal })
    const pid = await vi.waitFor(async () => Number(await readFile(told, 'utf8')), { timeout: 30_000, interval: 20 })
    leaving.abort()
    expect(await started).toMatchObject({ ok: false, failure: { code: 'card-link-failed' } })
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(await startTlsFront({ ...options, signal: leaving.signal })).toMatchObject({ ok: false })
  })

  it('tells nothing of its PIN, whatever stunnel repeats when it cannot start', async () => {
    const pin = '31415926'
    const chatty = path.join(dir, 'chatty')
    await writeFile(chatty, '#!/bin/sh\nsed "s/^/LOG3[ui]: /" <&3 >&2\n', { mode: 0o755 })
    // The real one, whose settings are wrong in several ways, and one that ends on its settings, every line of them.
    for (const more of [{ engine: 'no-such-engine' }, { library: '/no/such/library.so' }, { authorities: '/no/such/authorities.pem' }, { program: chatty }, { program: chatty, urls: [] }]) {
      const started = await startTlsFront({ ...options, ...more, pin: new GivenPin(pin) })
      expect(started).toMatchObject({ ok: false, failure: { code: 'card-link-failed' } })
      expect(inspect(started, { depth: 9 })).not.toContain(pin)
    }
  })

  it('tries a PIN that is refused once, and forgets it', async () => {
    const before = (await reader.calls()).length
    const pin = new GivenPin('9999')
    expect(await startTlsFront({ ...options, library: reader.spied, urls: [options.urls[0]!, 'https://127.0.0.1:9', 'https://127.0.0.1:10'], pin })).toMatchObject({ ok: false, failure: { code: 'card-link-failed' } })
    expect(pin.forgotten).toBe(true)
    expect((await reader.calls()).slice(before).filter((call) => call.startsWith('C_Login'))).toEqual(['C_Login CKR_PIN_INCORRECT'])
    expect(await startTlsFront({ ...options, pin })).toMatchObject({ ok: false, failure: { code: 'card-link-failed' } })
  })

  it('lets nobody else in, and dies with the program, however it dies', async () => {
    const child = fork(path.join(import.meta.dirname, 'test-front-holder.ts'), [JSON.stringify({ ...options, pin: '1234', certificateId: [...options.certificateId] })], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const [folder] = (await once(child, 'message')) as [string]
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    const [name] = await readdir(folder)
    const socket = path.join(folder, name!)
    const reach = () => new Promise<boolean>((resolve) => net.connect(socket).once('connect', () => resolve(true)).once('error', () => resolve(false)))
    expect(await reach()).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await vi.waitFor(async () => expect(await reach()).toBe(false), { timeout: 30_000, interval: 20 })
    await rm(folder, { recursive: true, force: true })
  })
})
