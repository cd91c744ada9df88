import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { newTestOid, openTestClient, queryBody, retrieveBody, testPatientId, testPractice, vihfDraft } from './test-client.ts'

const script = fileURLToPath(new URL('process.ts', import.meta.url))
const readyLine = z.object({ event: z.literal('ready'), url: z.url(), config: z.string(), dir: z.string(), pid: z.number() })
const findAll = queryBody('14d4debf-8f97-4251-9a74-a90016b0af0d', {
  $XDSDocumentEntryPatientId: `'${testPatientId}'`,
  $XDSDocumentEntryStatus: "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')",
})

let dir: string
let practiceFile: string
const children: ChildProcess[] = []

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-sandbox-'))
  practiceFile = path.join(dir, 'practice.json')
  await writeFile(practiceFile, JSON.stringify(testPractice))
})
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  await rm(dir, { recursive: true })
})

const args = () => ['--dir', path.join(dir, 'record'), '--practice', practiceFile]
async function ready(child: ChildProcess): Promise<z.infer<typeof readyLine>> {
  children.push(child)
  if (!child.stdout) throw new Error('no standard output')
  for await (const line of createInterface({ input: child.stdout })) return readyLine.parse(JSON.parse(line))
  throw new Error(`exited with ${child.exitCode} before it was ready`)
}
const start = async () => {
  const child = spawn(process.execPath, [script, ...args()], { stdio: ['ignore', 'pipe', 'inherit'] })
  return { child, ...(await ready(child)) }
}

it('says when it is ready, serves, and stops on SIGTERM', async () => {
  const served = await start()
  expect(served.config).toBe(path.join(dir, 'record', 'record.json'))
  expect(served.pid).toBe(served.child.pid)
  const client = openTestClient(served.config)
  expect((await client.deposit()).refusals).toEqual([])
  client.close()
  served.child.kill('SIGTERM')
  expect(await once(served.child, 'exit')).toEqual([0, null])
  expect(await readdir(path.join(dir, 'record'))).not.toContain('sandbox.lock')
  for (const file of await readdir(path.join(dir, 'record', 'authority'))) {
    if (/\.(key|p12)$|passphrase/.test(file)) expect((await stat(path.join(dir, 'record', 'authority', file))).mode & 0o777).toBe(0o600)
  }
})

it('leaves with the parent that forked it', async () => {
  const child = fork(script, args(), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] })
  await ready(child)
  child.disconnect()
  expect(await once(child, 'exit')).toEqual([0, null])
})

it('waits for the process that serves the same folder, then takes over with the same authority', async () => {
  const first = await start()
  const authority = await readFile(path.join(dir, 'record', 'authority', 'ca.pem'), 'utf8')
  const second = start()
  // The second has reached the lock once its own claim stands beside it.
  await expect.poll(async () => (await readdir(path.join(dir, 'record'))).filter((file) => file.startsWith('sandbox.lock')).length, { timeout: 30_000 }).toBe(2)
  const client = openTestClient(first.config)
  const deposited = await client.deposit()
  expect(deposited.refusals).toEqual([])
  client.close()
  first.child.kill('SIGKILL')
  const served = await second
  expect(await readFile(path.join(dir, 'record', 'authority', 'ca.pem'), 'utf8')).toBe(authority)
  const again = openTestClient(served.config)
  const answer = await again.post('TD3.2', vihfDraft(), retrieveBody(deposited.draft.uniqueId))
  expect(answer.parts[0]?.equals(deposited.bytes)).toBe(true)
  again.close()
})

it('refuses a folder that stays served', async () => {
  const { startSandbox, FolderInUse } = await import('./index.ts')
  await start()
  await expect(startSandbox({ dir: path.join(dir, 'record'), port: 0, practice: testPractice, patienceMs: 100 })).rejects.toThrow(FolderInUse)
})

it('loses and doubles nothing when killed at any moment', async () => {
  const record = path.join(dir, 'record')
  const documents = Array.from({ length: 24 }, () => ({ uniqueId: newTestOid(), setId: newTestOid() }))
  const acknowledged = new Set<string>()
  let kills = 0
  let numbers: number[] = []
  for (let pending = [...documents]; pending.length > 0; pending = documents.filter((one) => !acknowledged.has(one.uniqueId))) {
    const served = await start()
    const client = openTestClient(served.config)
    // Each run is killed after a few answers, in the middle of the deposits that are under way.
    let answers = 0
    const gone = once(served.child, 'exit')
    const queue = [...pending]
    const depositor = async (): Promise<void> => {
      for (let draft = queue.shift(); draft; draft = queue.shift()) {
        const answer = await client.deposit(draft).catch(() => null)
        if (!answer) return
        const known = answer.refusals.some((refusal) => /^XDS(Duplicate|NonIdentical)/.test(refusal))
        expect(answer.refusals.length === 0 || known).toBe(true)
        acknowledged.add(draft.uniqueId)
        answers += 1
        if (answers === 3 && kills < 5) served.child.kill('SIGKILL')
      }
    }
    await Promise.all([depositor(), depositor(), depositor()])
    client.close()
    if (served.child.exitCode === null && !served.child.killed) served.child.kill('SIGTERM')
    else kills += 1
    await gone
    // A kill may also cut the journal in the middle of a line.
    if (kills === 2) await appendFile(path.join(record, 'registry', 'journal.jsonl'), '{"registeredAt":"2026-11-21T')
    const wire = (await readdir(path.join(record, 'wire'))).filter((file) => file.endsWith('.request')).map((file) => Number.parseInt(file, 10))
    expect(new Set(wire).size).toBe(wire.length)
    expect(Math.max(...wire)).toBeGreaterThanOrEqual(Math.max(0, ...numbers))
    numbers = wire
  }
  expect(kills).toBeGreaterThan(2)

  const served = await start()
  const client = openTestClient(served.config)
  const list = await client.post('TD3.1', vihfDraft(), findAll)
  const found = [...list.soap.matchAll(/identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="([^"]*)"/g)].map((one) => one[1])
  expect(found).toHaveLength(documents.length)
  expect(new Set(found)).toEqual(new Set(documents.map((one) => one.uniqueId)))
  for (const { uniqueId } of documents) {
    const answer = await client.post('TD3.2', vihfDraft(), retrieveBody(uniqueId))
    expect(answer.parts[0]?.equals(await readFile(path.join(record, 'documents', `${uniqueId}.xml`)))).toBe(true)
  }
  expect((await client.deposit()).refusals).toEqual([])
  client.close()
})
