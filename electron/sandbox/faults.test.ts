import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connect } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { recordConfig } from '#shared/contract/index.ts'
import { readFaultArguments } from './fault-arguments.ts'
import type { FaultSet } from './faults.ts'
import { cutAt, initialState, mergeFaults, namesDocument, parseFaults, strike } from './faults.ts'
import type { Sandbox, SandboxOptions } from './index.ts'
import { startSandbox } from './index.ts'
import { newTestOid, openTestClient, queryBody, retrieveBody, testPatientId, testPractice, vihfDraft } from './test-client.ts'

type Client = ReturnType<typeof openTestClient>
const approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
const all = queryBody('14d4debf-8f97-4251-9a74-a90016b0af0d', { $XDSDocumentEntryPatientId: `'${testPatientId}'`, $XDSDocumentEntryStatus: approved })
const byUniqueId = (uniqueId: string) => queryBody('5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4', { $XDSDocumentEntryUniqueId: `('${uniqueId}')` })

let dir: string
let sandbox: Sandbox
let client: Client
let clock = 0
const logged: string[] = []

async function restart(options: Partial<SandboxOptions> = {}): Promise<void> {
  client?.close()
  await sandbox?.close()
  sandbox = await startSandbox({ dir, port: 0, practice: testPractice, now: () => new Date(Date.now() + clock), log: (line) => void logged.push(line), ...options })
  client = openTestClient(sandbox.configPath)
}
const faultsFile = () => path.join(dir, 'faults.json')
const setFaults = (faults: object) => writeFile(faultsFile(), JSON.stringify(faults))
/** A fault that strikes the next deposit, once. */
const once = (fault: object, on = 'TD2.1') => setFaults({ rules: [{ on: [on], times: 1, fault }] })
const isStored = async (uniqueId: string) => (await readdir(path.join(dir, 'documents'))).includes(`${uniqueId}.xml`)
const found = async (uniqueId: string) => Number(/totalResultCount="(\d+)"/.exec((await client.post('TD3.1', vihfDraft(), byUniqueId(uniqueId))).soap)?.[1])
const draft = () => ({ uniqueId: newTestOid(), setId: newTestOid() })

/** Bytes of the last exchange's file of this kind. */
async function lastOnWire(kind: 'request' | 'response' | 'fault'): Promise<Buffer> {
  const files = (await readdir(path.join(dir, 'wire'))).filter((file) => file.endsWith(`.${kind}`)).sort()
  return readFile(path.join(dir, 'wire', files.at(-1) ?? ''))
}
const lastFault = async () => JSON.parse((await lastOnWire('fault')).toString()) as Record<string, unknown>

/** Sends bytes on a connection of its own; gives what came back until it was closed, and how it ended. */
function exchangeBytes(bytes: Buffer): Promise<{ answer: Buffer; error: string | null }> {
  const config = recordConfig.parse(JSON.parse(sandboxConfig))
  const party = config.certificates[0]
  const pieces: Buffer[] = []
  let error: string | null = null
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: sandbox.port, ca: authority, pfx: bundles.get(party?.tls ?? '') ?? '', passphrase: party?.passphrase })
    socket.on('data', (piece: Buffer) => pieces.push(piece))
    socket.on('error', (problem: NodeJS.ErrnoException) => void (error = problem.code ?? problem.message))
    socket.on('close', () => resolve({ answer: Buffer.concat(pieces), error }))
    socket.write(bytes)
  })
}
let sandboxConfig = ''
let authority = Buffer.alloc(0)
const bundles = new Map<string, Buffer>()

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-sandbox-'))
  await restart()
  sandboxConfig = await readFile(sandbox.configPath, 'utf8')
  authority = await readFile(path.join(dir, 'authority/ca.pem'))
  for (const { tls } of recordConfig.parse(JSON.parse(sandboxConfig)).certificates) bundles.set(tls, await readFile(path.join(dir, tls)))
})
afterEach(async () => {
  await rm(faultsFile(), { force: true })
  if (clock !== 0) {
    clock = 0
    await restart()
  }
})
afterAll(async () => {
  client.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

describe('an answer that does not come whole', () => {
  it('lose-answer: stores, resets, and tells the truth when asked again', async () => {
    await once({ kind: 'lose-answer' })
    const document = draft()
    await expect(client.deposit(document)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(await isStored(document.uniqueId)).toBe(true)
    expect((await lastOnWire('response')).toString()).toContain('ResponseStatusType:Success')
    expect(await lastFault()).toMatchObject({ rule: 0, kind: 'lose-answer', judgedStatus: 200, sent: 0 })
    expect(await found(document.uniqueId)).toBe(1)
    expect((await client.deposit(document)).refusals[0]).toMatch(/^XDSDuplicateUniqueIdInRegistry/)
  })

  it('cut-answer: exactly so many bytes of the whole answer go out, wherever the cut is', async () => {
    const big = await client.deposit({ editCda: (cda) => cda.replace('JVBERi0xLjQK', 'JVBERi0xLjQK'.repeat(150_000)) })
    expect(big.refusals).toEqual([])
    await client.post('TD3.2', vihfDraft(), retrieveBody(big.draft.uniqueId))
    const request = await lastOnWire('request')
    const total = (await lastOnWire('response')).length
    for (const [bytes, expected] of [[0, 0], [1, 1], [17, 17], [200, 200], [16_384, 16_384], [0.75, Math.floor(0.75 * total)], [total - 1, total - 1], [total + 1, total]] as const) {
      await once({ kind: 'cut-answer', bytes }, 'TD3.2')
      const { answer } = await exchangeBytes(request)
      expect(answer).toHaveLength(expected)
      const meant = await lastOnWire('response')
      expect(answer.equals(meant.subarray(0, answer.length))).toBe(true)
      expect(await lastFault()).toMatchObject({ sent: answer.length, of: meant.length })
    }
  })

  it('cut-answer at random: at least a byte is missing, the same for the same seed', async () => {
    const sent: unknown[] = []
    for (const seed of [7, 7, 8]) {
      await setFaults({ seed, rules: [{ on: ['TD3.1'], fault: { kind: 'cut-answer', bytes: 'random' } }] })
      await expect(client.post('TD3.1', vihfDraft(), byUniqueId('1.2.3'))).rejects.toMatchObject({ code: 'ECONNRESET' })
      const note = await lastFault()
      expect(note['sent']).toBeLessThan(Number(note['of']))
      sent.push(note['sent'])
    }
    expect(sent[1]).toBe(sent[0])
    expect(sent[2]).not.toBe(sent[0])
  })

  it('drip: all of it comes, a piece at a time', async () => {
    await setFaults({ rules: [{ fault: { kind: 'drip', pieceBytes: 100, everyMs: 10 } }] })
    const started = performance.now()
    const { status, refusals } = await client.deposit()
    const pieces = Math.ceil((await lastOnWire('response')).length / 100)
    expect({ status, refusals }).toEqual({ status: 200, refusals: [] })
    expect(pieces).toBeGreaterThan(5)
    expect(performance.now() - started).toBeGreaterThan(9 * pieces)
  })

  it('a record that stops does not wait for a drip', async () => {
    await setFaults({ rules: [{ fault: { kind: 'drip', pieceBytes: 1, everyMs: 60_000 } }] })
    const before = (await readdir(path.join(dir, 'wire'))).length
    const lost = client.deposit().catch((error: NodeJS.ErrnoException) => error.code)
    await expect.poll(async () => (await readdir(path.join(dir, 'wire'))).length).toBe(before + 4)
    await restart()
    expect(await lost).toBe('ECONNRESET')
    expect(logged).toEqual([])
  })
})

describe('a request that does not come whole', () => {
  it('cut-request: nothing is judged, the wire keeps what came', async () => {
    const editCda = (cda: string) => cda.replace('JVBERi0xLjQK', 'JVBERi0xLjQK'.repeat(20_000))
    for (const bytes of [0, 1, 5000, 100_000, 0.5, 'random', 10_000_000] as const) {
      await once({ kind: 'cut-request', bytes })
      const document = draft()
      const answers = (await readdir(path.join(dir, 'wire'))).filter((file) => file.endsWith('.response')).length
      await expect(client.deposit({ ...document, editCda })).rejects.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) as string })
      const request = await lastOnWire('request')
      const received = request.length - request.indexOf('\r\n\r\n') - 4
      const total = Number(/content-length: (\d+)/i.exec(request.toString('latin1'))?.[1])
      expect(await lastFault()).toMatchObject({ kind: 'cut-request', received })
      if (bytes === 'random') expect(received).toBeLessThan(total)
      else expect(received).toBe(cutAt(bytes, total, 0))
      expect(await isStored(document.uniqueId)).toBe(false)
      expect((await readdir(path.join(dir, 'wire'))).filter((file) => file.endsWith('.response'))).toHaveLength(answers)
      expect((await client.deposit({ ...document, editCda })).refusals).toEqual([])
    }
  })

  it('cut-request of one document leaves the others alone', async () => {
    const cut = draft()
    await setFaults({ rules: [{ match: { uniqueId: cut.uniqueId }, fault: { kind: 'cut-request', bytes: 300 } }] })
    expect((await client.deposit()).refusals).toEqual([])
    await expect(client.deposit(cut)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(await isStored(cut.uniqueId)).toBe(false)
  })

  it('refuseConnections: resets new connections and those that are open', async () => {
    await client.post('TD3.1', vihfDraft(), all)
    await setFaults({ refuseConnections: true })
    await expect(client.post('TD3.1', vihfDraft(), all)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect(client.post('TD3.1', vihfDraft(), all)).rejects.toMatchObject({ code: 'ECONNRESET' })
    await rm(faultsFile())
    expect((await client.post('TD3.1', vihfDraft(), all)).status).toBe(200)
  })
})

describe('another answer', () => {
  it('busy: says until when, in seconds or as a date, and stores nothing', async () => {
    const document = draft()
    await once({ kind: 'busy', status: 429, retryAfterSeconds: 30 })
    const first = await client.deposit(document)
    expect([first.status, /^Retry-After: (.*)$/m.exec(first.head)?.[1]?.trim()]).toEqual([429, '30'])
    await once({ kind: 'busy', retryAfterSeconds: 3600, retryAfterForm: 'date' })
    const second = await client.deposit(document)
    const [, date = '', after = ''] = /^Date: (.*)\r\n(?:.*\r\n)*Retry-After: (.* GMT)\r$/m.exec(second.head) ?? []
    expect([second.status, Date.parse(after) - Date.parse(date)]).toEqual([503, 3_600_000])
    await once({ kind: 'busy' })
    expect((await client.deposit(document)).head).not.toContain('Retry-After')
    expect(await isStored(document.uniqueId)).toBe(false)
    expect((await client.deposit(document)).refusals).toEqual([])
  })

  it.each([
    ['html', { kind: 'html' }, 200, false],
    ['html after storing', { kind: 'html', stored: true }, 200, true],
    ['status', { kind: 'status', status: 502 }, 502, false],
    ['status after storing', { kind: 'status', status: 504, stored: true }, 504, true],
    ['truncated', { kind: 'wrong-body', body: 'truncated' }, 200, true],
    ['empty', { kind: 'wrong-body', body: 'empty' }, 200, true],
    ['empty, not stored', { kind: 'wrong-body', body: 'empty', stored: false }, 200, false],
    ['of another message', { kind: 'wrong-body', body: 'other-message' }, 200, true],
    ['of another message, not stored', { kind: 'wrong-body', body: 'other-message', stored: false }, 200, false],
  ] as const)('%s', async (_, fault, status, stored) => {
    await once(fault)
    const document = draft()
    const answer = await client.deposit(document)
    expect(answer.status).toBe(status)
    expect(await isStored(document.uniqueId)).toBe(stored)
    expect(await lastFault()).toMatchObject({ ...fault, judgedStatus: stored ? 200 : null })
    expect((await lastOnWire('response')).subarray(-answer.raw.length || Infinity).equals(answer.raw)).toBe(true)
    if (fault.kind === 'html') expect(answer.head + answer.soap).toMatch(/text\/html.*<!DOCTYPE html>/s)
    if (fault.kind !== 'wrong-body') return
    if (fault.body === 'empty') expect(answer.raw).toHaveLength(0)
    if (fault.body === 'truncated') expect(answer.soap).toMatch(/^<\?xml(?!.*<\/env:Envelope>)/s)
    if (fault.body === 'other-message') {
      const asked = /<wsa:MessageID>([^<]*)/.exec((await lastOnWire('request')).toString())?.[1]
      expect(answer.soap).toMatch(/<wsa:RelatesTo>urn:uuid:[0-9a-f-]{36}<.*ResponseStatusType:Success".*<\/env:Envelope>/s)
      expect(answer.soap).not.toContain(`RelatesTo>${asked}<`)
    }
  })
})

describe('the registry', () => {
  it('repeatedSetId accept: a second entry, which can be counted, kept over a restart', async () => {
    await setFaults({ repeatedSetId: 'accept' })
    const document = draft()
    for (let time = 0; time < 3; time += 1) expect((await client.deposit(document)).refusals).toEqual([])
    expect((await client.deposit({ ...document, setId: newTestOid() })).refusals).toEqual([])
    expect((await client.deposit({ ...document, title: 'Autre' })).refusals.join()).toMatch(/XDSNonIdenticalHash/)
    const check = async () => {
      const files = (await readdir(path.join(dir, 'documents'))).filter((file) => file.startsWith(document.uniqueId))
      expect(files.sort()).toEqual([`${document.uniqueId}.repeat-2.xml`, `${document.uniqueId}.repeat-3.xml`, `${document.uniqueId}.repeat-4.xml`, `${document.uniqueId}.xml`])
      const lines = (await readFile(path.join(dir, 'registry/journal.jsonl'), 'utf8')).split('\n')
      expect(lines.filter((line) => line.includes(`"${document.uniqueId}"`))).toHaveLength(4)
      expect(await found(document.uniqueId)).toBe(4)
      expect((await client.post('TD3.2', vihfDraft(), retrieveBody(document.uniqueId))).parts).toHaveLength(1)
    }
    await check()
    await restart()
    await check()
    await rm(faultsFile())
    expect((await client.deposit(document)).refusals[0]).toMatch(/^XDSDuplicateUniqueIdInRegistry/)
  })

  it('visibilitySeconds: what was stored shows after the delay, also over a restart, and the client is told', async () => {
    await restart({ faults: parseFaults({ visibilitySeconds: 120 }) })
    expect(recordConfig.parse(JSON.parse(await readFile(sandbox.configPath, 'utf8'))).visibilitySeconds).toBe(125)
    const first = await client.deposit()
    expect(await found(first.draft.uniqueId)).toBe(0)
    expect((await client.post('TD3.1', vihfDraft(), all)).soap).not.toContain(first.draft.uniqueId)
    expect((await client.post('TD3.2', vihfDraft(), retrieveBody(first.draft.uniqueId))).refusals[0]).toMatch(/^XDSDocumentUniqueIdError/)
    expect((await client.deposit(first.draft)).refusals[0]).toMatch(/^XDSDuplicateUniqueIdInRegistry/)
    clock = 60_000
    await restart({ faults: parseFaults({ visibilitySeconds: 120 }) })
    expect(await found(first.draft.uniqueId)).toBe(0)
    clock = 121_000
    const shown = await client.post('TD3.1', vihfDraft(), byUniqueId(first.draft.uniqueId))
    const uuid = /<rim:ExtrinsicObject id="([^"]*)"/.exec(shown.soap)?.[1] ?? ''
    // What replaces a document hides with the replacement.
    const second = await client.deposit({ replaces: uuid })
    expect(second.refusals).toEqual([])
    const list = await client.post('TD3.1', vihfDraft(), all)
    expect([list.soap.includes(first.draft.uniqueId), list.soap.includes(second.draft.uniqueId)]).toEqual([true, false])
    clock = 242_000
    const later = await client.post('TD3.1', vihfDraft(), all)
    expect([later.soap.includes(first.draft.uniqueId), later.soap.includes(second.draft.uniqueId)]).toEqual([false, true])
  })
})

describe('the line', () => {
  it('serverCertificate expired: new connections are refused by the client, open ones go on', async () => {
    await client.post('TD3.1', vihfDraft(), all)
    const newcomer = openTestClient(sandbox.configPath)
    await newcomer.post('TD3.1', vihfDraft(), all)
    newcomer.close()
    await setFaults({ serverCertificate: 'expired' })
    expect((await client.post('TD3.1', vihfDraft(), all)).status).toBe(200)
    await expect(newcomer.post('TD3.1', vihfDraft(), all)).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' })
    await rm(faultsFile())
    expect((await newcomer.post('TD3.1', vihfDraft(), all)).status).toBe(200)
    newcomer.close()
  })

  it('latencyMs: every answer is that late', async () => {
    await setFaults({ latencyMs: 300 })
    const started = performance.now()
    expect((await client.deposit()).refusals).toEqual([])
    expect(performance.now() - started).toBeGreaterThan(295)
  })

  it('bandwidthBitsPerSecond: both directions are as slow as that, shared by all connections', async () => {
    const bitsPerSecond = 1_500_000
    await setFaults({ bandwidthBitsPerSecond: bitsPerSecond })
    const started = performance.now()
    const deposits = await Promise.all([client.deposit(), client.deposit()])
    const seconds = (performance.now() - started) / 1000
    expect(deposits.map((one) => one.refusals)).toEqual([[], []])
    const request = await lastOnWire('request')
    const body = request.length - request.indexOf('\r\n\r\n') - 4
    expect(seconds).toBeGreaterThan((0.95 * 2 * body * 8) / bitsPerSecond)
    expect(deposits[0].soap).toContain('</env:Envelope>')

    const answersBefore = performance.now()
    const list = await client.post('TD3.1', vihfDraft(), all)
    expect((performance.now() - answersBefore) / 1000).toBeGreaterThan((0.95 * list.raw.length * 8) / bitsPerSecond)
  })
})

describe('faults.json', () => {
  it('wins over the faults given at start; a wrong one changes nothing and is reported', async () => {
    await restart({ faults: parseFaults({ fault: { kind: 'status', status: 500 } }) })
    expect((await client.post('TD3.1', vihfDraft(), all)).status).toBe(500)
    await setFaults({ rules: [{ fault: { kind: 'status', status: 502 } }] })
    expect((await client.post('TD3.1', vihfDraft(), all)).status).toBe(502)
    for (const wrong of ['{', '{"rules":[{"fault":{"kind":"lose-anser"}}]}', '{"latency":3}']) {
      logged.length = 0
      await writeFile(faultsFile(), wrong)
      expect((await client.post('TD3.1', vihfDraft(), all)).status).toBe(502)
      expect(logged).toEqual([expect.stringMatching(/^faults\.json is kept as it was: /)])
    }
    logged.length = 0
    await rm(faultsFile())
    expect((await client.post('TD3.1', vihfDraft(), all)).status).toBe(500)
    await restart()
  })

  it('as arguments: files and JSON, a rule alone too, one after the other', async () => {
    const file = path.join(dir, 'some-faults.json')
    await writeFile(file, '{"seed":3,"latencyMs":10,"rules":[{"fault":{"kind":"html"}}]}')
    const set = await readFaultArguments([file, '{"latencyMs":20}', '{"on":["TD2.1"],"fault":{"kind":"lose-answer"}}'])
    expect(set).toMatchObject({ seed: 3, latencyMs: 20, rules: [{ fault: { kind: 'html' } }, { on: ['TD2.1'], rate: 1, fault: { kind: 'lose-answer' } }] })
    await expect(readFaultArguments(['{"rules":[{"on":["TD9"],"fault":{"kind":"html"}}]}'])).rejects.toThrow(/^--fault .*: rules\.0\.on\.0 /)
    await expect(readFaultArguments([path.join(dir, 'none.json')])).rejects.toThrow(/ENOENT/)
  })
})

describe('which fault strikes', () => {
  const exchange = { transaction: 'TD2.1', names: () => false }
  /** Rules that strike `count` exchanges in turn, -1 for none. */
  function play(set: FaultSet, count: number): number[] {
    let state = initialState(set)
    return Array.from({ length: count }, () => {
      const next = strike(set, state, exchange)
      state = next.state
      return next.struck?.rule ?? -1
    })
  }
  const html = { kind: 'html' }

  it('replays with its seed, strikes at its rate, and rules do not disturb each other', () => {
    const tenth = parseFaults({ seed: 5, rules: [{ rate: 0.1, fault: html }] })
    const first = play(tenth, 10_000)
    expect(play(tenth, 10_000)).toEqual(first)
    expect(play({ ...tenth, seed: 6 }, 10_000)).not.toEqual(first)
    const strikes = first.filter((rule) => rule === 0).length
    expect(Math.abs(strikes - 1000)).toBeLessThan(120)
    const more = mergeFaults([tenth, parseFaults({ on: ['TD3.1'], fault: html }), parseFaults({ rate: 0.1, fault: html })])
    const both = play(more, 10_000)
    expect(both.map((rule) => (rule === 0 ? 0 : -1))).toEqual(first)
    expect(Math.abs(both.filter((rule) => rule === 2).length - 900)).toBeLessThan(120)
  })

  it('the first rule wins, as many times as it may', () => {
    expect(play(parseFaults({ rules: [{ times: 2, fault: html }, { on: ['TD3.1'], fault: html }, { times: 1, fault: html }] }), 5)).toEqual([0, 0, 2, -1, -1])
  })

  it('cuts at a byte, at a fraction, or by chance before the end', () => {
    expect([cutAt(12, 100, 0), cutAt(120, 100, 0), cutAt(0.375, 101, 0), cutAt('random', 100, 0.999), cutAt('random', 100, 0)]).toEqual([12, 100, 37, 99, 0])
  })

  it('knows a document by its metadata or by a query, whole and alone', () => {
    const names = (text: string) => namesDocument(Buffer.from(text), '1.2.3')
    expect(['<x value="1.2.3"/>', "<v>('1.2.3')</v>", '<v>(&apos;1.2.3&apos;)</v>', '<id>1.2.3</id>'].map(names)).toEqual([true, true, true, true])
    expect(['<x value="1.2.34"/>', '<id root="1.2.3"/>', '<id>0.1.2.3</id>'].map(names)).toEqual([false, false, false])
  })
})
