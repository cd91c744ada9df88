import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Agent } from 'undici'
import type { RecordConfig } from '#shared/contract/index.ts'
import { practice, rooms } from './program.ts'
import type { Stock } from './stock.ts'

/** A complete HTTP request, built beforehand. */
export interface ReadyMade {
  readonly contentType: string
  readonly body: Buffer
}

/**
 * Builds the requests of every ready item of a stock with the program's own record room, to the last byte: the room is given a
 * listener of ours for the record's address and what it would have sent is kept. Its VIHF are good for ten minutes.
 */
export async function readyMadeRequests(stock: Stock, config: RecordConfig, baseDir: string): Promise<ReadyMade[]> {
  const requests: ReadyMade[] = []
  const listener = createServer((request, response) => void keep(request, response))
  async function keep(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests.push({ contentType: request.headers['content-type'] ?? '', body: await buffer(request) })
    response.writeHead(503).end()
  }
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const here = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`
  const record = await rooms.record.openDmpRecord({ config: { ...config, endpoints: { ...config.endpoints, repository: here } }, baseDir, now: () => Date.now(), randomUuid: randomUUID, softwareVersion: rooms.files.version })
  try {
    for (const row of await stock.ready()) {
      const { party, submissionSetId, submittedAt, metadata, documentSha256 } = rooms.outbox.frozenOf(row)
      const document = stock.store.spool.get(documentSha256)
      const lot = await record.prepare({ party, submissionSetId, submittedAt, documents: [{ metadata, replacesEntryUuid: null }] }, [document])
      if (!lot.ok) throw new Error(lot.failure.code)
      await record.send(party, metadata.ins, lot.value, [document])
    }
  } finally {
    await record.close()
    listener.close()
  }
  return requests.map((request) => ({ ...request, body: readdressed(request.body, here, config.endpoints.repository) }))
}

/** Puts the record's own address where the envelope names ours (`wsa:To`). */
function readdressed(body: Buffer, from: string, to: string): Buffer {
  const at = body.indexOf(from)
  return Buffer.concat([body.subarray(0, at), Buffer.from(to), body.subarray(at + Buffer.byteLength(from))])
}

/** Posts requests on kept-alive connections, doing nothing else. */
export interface BareLoop {
  /** Throws unless the record says it registered every one. */
  post(requests: readonly ReadyMade[]): Promise<void>
  close(): Promise<void>
}

/** Opens as many connections as the program has, with the certificate of the same professional. */
export async function openBareLoop(config: RecordConfig, baseDir: string, connections: number): Promise<BareLoop> {
  const [professional] = practice.professionals
  const structure = practice.structures.find((one) => one.id === professional?.structure)
  const credentials = await rooms.signIn.openCredentials(config, baseDir, Date.now())
  const party = await credentials.forParty({ kind: 'professional', professional: professional!, structure: structure! }, Date.now())
  if (!party.ok) throw new Error(party.failure.code)
  const { tls } = party.value
  if (tls.kind !== 'software') throw new Error('the bench speaks with software certificates')
  const agent = new Agent({ connections, connect: { key: tls.key, cert: tls.certificateChain, ca: await readFile(path.resolve(baseDir, config.authorities), 'utf8') } })
  const { origin, pathname } = new URL(config.endpoints.repository)

  async function postOne({ contentType, body }: ReadyMade): Promise<void> {
    const answer = await agent.request({ origin, path: pathname, method: 'POST', headers: { 'content-type': contentType }, body })
    const text = await answer.body.text()
    if (answer.statusCode !== 200 || !text.includes('ResponseStatusType:Success')) throw new Error(`the record answered ${answer.statusCode}: ${text.slice(0, 2_000)}`)
  }

  return {
    async post(requests) {
      const queue = requests.values()
      const lane = async () => {
        for (const request of queue) await postOne(request)
      }
      await Promise.all(Array.from({ length: connections }, lane))
    },
    close: () => agent.destroy(),
  }
}
