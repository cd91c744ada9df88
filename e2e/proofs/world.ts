import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { setTimeout as delay } from 'node:timers/promises'
import { checkInvariants, moving, waitingByThemselves, type Facts, type Violation } from './check-invariants.ts'
import { openDocumentSource, type DocumentSource, type Mixture } from './documents.ts'
import { startPracticeSoftware, type PracticeSoftware } from './practice-software.ts'
import { connectTo, freePort, rotateKey, startConnector, startRecord, type Client, type Running } from './program.ts'
import type { Random } from './random.ts'
import { openRecordFolder, type RecordFolder } from './record-folder.ts'

/** One practice and one training record on folders of their own: everything around the connector, which comes and goes. */
export interface World {
  readonly folder: string
  readonly source: DocumentSource
  readonly software: PracticeSoftware
  readonly record: RecordFolder
  /** Where the training record itself listens. */
  readonly recordPort: number
  /** Starts the connector on this world's data, to die at a crash point when one is named. */
  start(crashAt?: string): Running
  /** Gives the connector's store a new key, while nothing runs on it; to die at a crash point when one is named. */
  rotateKey(crashAt?: string): Running
  readonly dataDir: string
  /** Leaves the data folder as it is and goes on with an empty one: only while nothing was given. */
  freshData(): void
  readonly logFile: string
  facts(client: Client): Promise<Facts>
  /** Ends what was started; the folder goes too, unless it is to be looked at. */
  close(keep: boolean): Promise<void>
}

export interface WorldOptions {
  readonly random: Random
  readonly mixture: Mixture
  /** Chance that an acknowledged message is sent once more. */
  readonly repeatSent: number
  readonly timeouts: { readonly connectMs: number; readonly answerMs: number }
  /** Port the connector is to reach the record at, when something stands in between. */
  readonly through?: (recordPort: number) => Promise<number>
}

/** A day in seconds: retries, the circuit and the registry's delay are shortened, their order is not. */
const pace = { backoffBaseMs: 100, backoffCapMs: 1_000, circuitMs: 200, circuitCapMs: 1_000, firstLookMs: 50 }
const visibilitySeconds = 0.3

/** Opens a world; the training record serves when it resolves. */
export async function openWorld({ random, mixture, repeatSent, timeouts, through }: WorldOptions): Promise<World> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-proof-'))
  const exportDir = path.join(folder, 'export')
  const recordDir = path.join(folder, 'record')
  const logFile = path.join(folder, 'connector.log')
  fs.mkdirSync(exportDir)
  const { running: recordProcess, port: recordPort, configPath } = await startRecord(recordDir, path.join(folder, 'record.log'))
  const port = through ? await through(recordPort) : recordPort
  const config = JSON.parse(fs.readFileSync(configPath, 'utf8')) as { endpoints: Record<string, string> }
  const endpoints = Object.fromEntries(Object.entries(config.endpoints).map(([service, url]) => [service, url.replace(`:${recordPort}/`, `:${port}/`)]))
  const recordConfig = path.join(recordDir, 'record-of-proof.json')
  fs.writeFileSync(recordConfig, JSON.stringify({ ...config, endpoints, timeouts, visibilitySeconds, pace }))

  const hl7Port = await freePort((least, most) => random.between(least, most))
  const record = openRecordFolder(recordDir)
  const software = startPracticeSoftware({ hl7Port, folder: exportDir, random: random.branch(1), repeatSent })
  const source = openDocumentSource(random.branch(2), `1.2.250.1.999.78.9.${random.between(1, 1_000_000)}`, mixture)
  const running = new Set<Running>()
  const followed = (process: Running): Running => {
    running.add(process)
    void process.ended.then(() => running.delete(process))
    return process
  }
  let dataRank = 1
  const dataDir = (): string => path.join(folder, `data-${dataRank}`)

  return {
    folder,
    source,
    software,
    record,
    recordPort,
    logFile,
    get dataDir() {
      return dataDir()
    },
    start(crashAt) {
      return followed(startConnector({ dataDir: dataDir(), exportDir, hl7Port, recordConfig, logFile, crashAt }))
    },
    rotateKey(crashAt) {
      return followed(rotateKey({ dataDir: dataDir(), logFile, crashAt }))
    },
    freshData() {
      dataRank += 1
    },
    async facts(client) {
      const [items, status] = [await client.items(), await client.status()]
      return { given: software.given(), items, status, ...record.read() }
    },
    async close(keep) {
      await software.stop()
      await Promise.all([...running].map((one) => one.end('SIGKILL')))
      await recordProcess.end('SIGTERM')
      if (!keep) fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Nothing may take longer than this to come to rest once nothing disturbs it any more. */
const patienceMs = 180_000

/**
 * Waits on an undisturbed program until nothing moves: every message acknowledged, every file taken, no item on its way and
 * none that would move by itself. Gives the violations found then; what still moves at the end of the patience is among them.
 */
export async function settleAndCheck(world: World): Promise<{ facts: Facts; violations: Violation[] }> {
  const connector = world.start()
  const ready = await connector.ready
  if (!ready) throw new Error(`the program does not start any more: see ${world.logFile}`)
  const client = await connectTo(ready)
  try {
    const facts = await waitUntilStill(world, client)
    const refused = world.software.refused().map((what): Violation => ({ kind: 'lost', about: what, detail: 'a sound message was refused again and again' }))
    const unsent = world.software.waiting() > 0 ? [{ kind: 'stuck', about: 'feed', detail: `${world.software.waiting()} messages are not acknowledged` } as const] : []
    return { facts, violations: [...checkInvariants(facts), ...refused, ...unsent] }
  } finally {
    client.close()
    await connector.end('SIGKILL')
  }
}

/** The same on a program that runs already. */
export async function waitUntilStill(world: World, client: Client): Promise<Facts> {
  const until = performance.now() + patienceMs
  for (;;) {
    const isOver = performance.now() > until
    const { counts } = await client.status()
    const onTheirWay = [...moving].reduce((sum, state) => sum + (counts[state] ?? 0), 0)
    if (isOver || (onTheirWay === 0 && world.software.waiting() === 0)) {
      const facts = await world.facts(client)
      const { given, items } = facts
      const taken = new Set(items.map(({ door, reference }) => `${door} ${reference}`))
      // A file is taken in its own time; a message that was acknowledged is held already, or lost.
      const isAtRest = waitingByThemselves({ given, items }).length === 0 && !items.some(({ state }) => moving.has(state))
      const isStill = isAtRest && given.every(({ door, reference }) => door === 'hl7' || taken.has(`${door} ${reference}`))
      // What is listed, counted and stored is of one moment: a file written over is taken some time after it looks taken, and what waits for a parent that
      // stands asks again from time to time, for an instant.
      if (isOver || (isStill && isDeepStrictEqual((await client.status()).counts, counts))) return facts
    }
    await delay(250)
  }
}
