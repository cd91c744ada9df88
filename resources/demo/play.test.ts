import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sendMllpMessage } from './mllp-client.ts'
import { playDemo } from './play.ts'
import { playFile, playList } from './play-list.ts'

/** A receiver of MLLP that keeps what it gets and answers with `code`. */
function receiver(received: Buffer[], code: () => string | null): Promise<Server> {
  const server = createServer((socket) => {
    let buffer = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk])
      if (!buffer.subarray(-2).equals(Buffer.of(0x1c, 0x0d))) return
      received.push(buffer.subarray(1, -2))
      const answer = code()
      if (answer === null) socket.end()
      else socket.write(`\u000bMSH|^~\\&|RELAIS\rMSA|${answer}|X\r\u001c\r`)
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

describe('playDemo', () => {
  let folder: string
  let server: Server
  let received: Buffer[]
  let answer: string | null
  let hl7: { host: string; port: number }

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'relais-play-'))
    received = []
    answer = 'AA'
    server = await receiver(received, () => answer)
    hl7 = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
  })
  afterEach(async () => {
    server.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('announces the patients, then hands over every document byte for byte', async () => {
    const watchDirectory = path.join(folder, 'export')
    const outcome = await playDemo({ watchDirectory, hl7, pace: 0 })
    expect(outcome).toEqual({ ended: 'finished', announced: 14, delivered: playList().length })
    const inFolder = playList().filter(({ via }) => via === 'folder').flatMap(({ files }) => files)
    expect((await readdir(watchDirectory)).sort()).toEqual([...inFolder].sort())
    for (const name of inFolder) expect(new Uint8Array(await readFile(path.join(watchDirectory, name)))).toEqual(playFile(name))
    const overHl7 = playList().filter(({ via }) => via === 'hl7').flatMap(({ files }) => files)
    expect(received.slice(14).map((bytes) => new Uint8Array(bytes))).toEqual(overHl7.map(playFile))
  })

  it('does not repeat what its memory holds', async () => {
    const options = { watchDirectory: path.join(folder, 'export'), hl7, pace: 0, memory: path.join(folder, 'played.json') }
    await playDemo(options)
    const before = received.length
    expect(await playDemo(options)).toEqual({ ended: 'finished', announced: 0, delivered: 0 })
    expect(received).toHaveLength(before)
  })

  it('stops when told, and goes on from there', async () => {
    const stop = new AbortController()
    const options = { watchDirectory: path.join(folder, 'export'), hl7, pace: 0, memory: path.join(folder, 'played.json') }
    const names: string[] = []
    const first = await playDemo({
      ...options,
      pace: 60_000,
      signal: stop.signal,
      onDelivery: ({ name, via }) => {
        names.push(name)
        if (via === 'folder' && name.endsWith('.pdf')) stop.abort()
      },
    })
    expect(first.ended).toBe('stopped')
    const second = await playDemo({ ...options, onDelivery: ({ name }) => names.push(name) })
    expect(second.ended).toBe('finished')
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => !name.startsWith('A0')).sort()).toEqual(playList().flatMap(({ files }) => files).sort())
  })

  it('does not remember a message that was refused', async () => {
    const options = { watchDirectory: path.join(folder, 'export'), hl7, pace: 0, memory: path.join(folder, 'played.json') }
    answer = 'AE'
    await playDemo(options)
    answer = 'AA'
    const again = await playDemo(options)
    expect(again.announced).toBe(14)
    expect(again.delivered).toBe(playList().filter(({ via }) => via === 'hl7').length)
  })

  it('rejects when the receiver closes without an acknowledgement or is not there', async () => {
    answer = null
    await expect(sendMllpMessage(hl7, 'MSH|^~\\&|X\r')).rejects.toThrow('without an acknowledgement')
    const { port } = hl7
    await new Promise((resolve) => {
      server.close(resolve)
    })
    await expect(playDemo({ watchDirectory: folder, hl7: { host: '127.0.0.1', port }, pace: 0 })).rejects.toThrow('ECONNREFUSED')
  })
})
