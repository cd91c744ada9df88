import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { recordConfig } from '#shared/contract/index.ts'
import { adtMessage } from '../../resources/demo/adt-message.ts'
import { demoPatients } from '../../resources/demo/patients.ts'
import { playFile } from '../../resources/demo/play-list.ts'
import { demoPractice } from '../../resources/demo/practice.ts'
import { readFaultArguments, startSandbox } from '../sandbox/index.ts'
import { sendMllp } from './intake/index.ts'
import { startTestConnector } from './test-connector.ts'

/** The real connector against a training record that breaks: each document ends in it once, whatever happened on the way. */
const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
})

const practice = demoPractice()
const file = demoPatients()
const morel = file.patients.find((patient) => patient.localId === 'P000102')!

async function world(faults: object) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-adversary-'))
  ends.push(() => fs.rmSync(folder, { recursive: true, force: true }))
  const exports = path.join(folder, 'export')
  fs.mkdirSync(exports)
  const dir = path.join(folder, 'sandbox')
  const sandbox = await startSandbox({ dir, port: 0, practice, faults: await readFaultArguments([JSON.stringify(faults)]) })
  ends.push(() => sandbox.close())
  const config = recordConfig.parse(JSON.parse(fs.readFileSync(sandbox.configPath, 'utf8')))
  const started = await startTestConnector({
    directory: path.join(folder, 'data'),
    practice,
    record: {
      config: { ...config, visibilitySeconds: 'visibilitySeconds' in faults ? 4 : 1, timeouts: { connectMs: 2_000, answerMs: 1_500 }, pace: { backoffBaseMs: 50, backoffCapMs: 500, circuitMs: 200, circuitCapMs: 500, firstLookMs: 50 } },
      baseDir: dir,
    },
    watch: [exports],
    hl7Port: 0,
    takeAll: true,
  })
  if (!started.ok) throw new Error(started.failure.code)
  const connector = started.value
  ends.push(() => connector.stop())
  const answer = await sendMllp({ host: '127.0.0.1', port: connector.hl7!.port, message: adtMessage(morel, file, { event: 'A04', time: '20261120080000', controlId: 'T1' }), timeoutMs: 10_000 })
  expect(answer.code).toBe('AA')
  const journal = path.join(dir, 'registry/journal.jsonl')
  return {
    connector,
    changeFaults: (set: object) => fs.writeFileSync(path.join(dir, 'faults.json'), JSON.stringify(set)),
    drop: () => {
      for (const name of ['ordonnance-morel.json', 'ordonnance-morel.pdf']) fs.writeFileSync(path.join(exports, name), playFile(name))
    },
    registrations: () => (fs.existsSync(journal) ? fs.readFileSync(journal, 'utf8').split('\n').filter(Boolean).length : 0),
    one: async () => (await connector.items.list({ limit: 1, cursor: null })).items[0],
  }
}

const deposits = (fault: object, more: object = {}) => ({ rules: [{ on: ['TD2.1'], times: 2, fault }], ...more })
const accept = { repeatedSetId: 'accept' }

describe('whatever the record does', () => {
  it.each([
    ['loses its answers', deposits({ kind: 'lose-answer' }, accept)],
    ['loses its answers and refuses a repeated lot', deposits({ kind: 'lose-answer' }, { repeatedSetId: 'refuse' })],
    ['hangs up in the middle of the request', deposits({ kind: 'cut-request', bytes: 0.5 }, accept)],
    ['hangs up after the head of the request', deposits({ kind: 'cut-request', bytes: 0 }, accept)],
    ['hangs up in the middle of its answer', deposits({ kind: 'cut-answer', bytes: 0.5 }, accept)],
    ['hangs up one byte before the end', deposits({ kind: 'cut-answer', bytes: 0.999 }, accept)],
    ['is busy for a second', deposits({ kind: 'busy', status: 503, retryAfterSeconds: 1 }, accept)],
    ['has too many requests, until a date', deposits({ kind: 'busy', status: 429, retryAfterSeconds: 1, retryAfterForm: 'date' }, accept)],
    ['drips its answer for longer than a call may last', deposits({ kind: 'drip', pieceBytes: 16, everyMs: 400 }, accept)],
    ['answers another message', deposits({ kind: 'wrong-body', body: 'other-message' }, accept)],
    ['answers half a message, having stored nothing', deposits({ kind: 'wrong-body', body: 'truncated', stored: false }, accept)],
    ['answers nothing', deposits({ kind: 'wrong-body', body: 'empty' }, accept)],
    ['shows a web page, having stored', deposits({ kind: 'html', stored: true }, accept)],
    ['shows a web page, having stored nothing', deposits({ kind: 'html', stored: false }, accept)],
    ['fails with 500 though it stored', deposits({ kind: 'status', status: 500, stored: true }, accept)],
    ['fails with 504 and stored nothing', deposits({ kind: 'status', status: 504, stored: false }, accept)],
    ['takes its time to show what it stored, and lost the answer', deposits({ kind: 'lose-answer' }, { ...accept, visibilitySeconds: 3 })],
    ['breaks questions too', { ...accept, rules: [{ times: 6, fault: { kind: 'cut-answer', bytes: 'random' } }] }],
  ])('%s: the document is there once', async (_what, faults) => {
    const { drop, one, registrations } = await world(faults)
    drop()
    await vi.waitFor(async () => expect(await one()).toMatchObject({ state: 'deposited' }), { timeout: 50_000, interval: 100 })
    expect(registrations()).toBe(1)
  })

  it('sends nothing to a record whose certificate has expired, and goes by itself when it is renewed', async () => {
    const { connector, changeFaults, drop, one, registrations } = await world({ serverCertificate: 'expired' })
    drop()
    await vi.waitFor(async () => expect(await one()).toMatchObject({ state: 'waiting', reason: 'record-server-untrusted', waitingFor: 'network' }), { timeout: 20_000, interval: 100 })
    expect((await connector.status()).needsUser).toEqual([])
    expect(registrations()).toBe(0)
    changeFaults({ rules: [] })
    await vi.waitFor(async () => expect(await one()).toMatchObject({ state: 'deposited' }), { timeout: 30_000, interval: 100 })
    expect(registrations()).toBe(1)
  })
})
