import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { WebSocket } from 'ws'
import type { ItemFact } from './check-invariants.ts'

/** Where the program under test is: this project, or another version of it named by RELAIS_PROGRAM_ROOT. */
export const programRoot = path.resolve(process.env['RELAIS_PROGRAM_ROOT'] ?? path.resolve(import.meta.dirname, '../..'))
const program = path.join(programRoot, 'electron/headless/relais.ts')

let help: string | undefined
/** What the program's help lists, so that a proof uses only what this version knows. */
export function programHelp(): string {
  help ??= spawnSync(process.execPath, [program, 'help'], { cwd: programRoot, encoding: 'utf8' }).stdout
  return help
}

/** What we started and what still runs: none of it outlives the proof, however the proof ends. */
const alive = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A process of ours, from start to end. */
export interface Running {
  readonly pid: number
  /** Its ready line, or null when it ended before it was ready. */
  readonly ready: Promise<Record<string, unknown> | null>
  readonly ended: Promise<Ending>
  isOver(): boolean
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Ending>
}

interface Launch {
  readonly args: readonly string[]
  /** Gets what the process says on stderr. */
  readonly logFile: string
  /** The crash point it is to die at. */
  readonly crashAt?: string | undefined
}

function launch({ args, logFile, crashAt }: Launch): Running {
  const log = fs.openSync(logFile, 'a', 0o600)
  const preload = crashAt === undefined ? [] : ['--import', path.join(import.meta.dirname, 'crash-at.ts')]
  const child: ChildProcess = spawn(process.execPath, [...preload, program, ...args], {
    cwd: programRoot,
    stdio: ['ignore', 'pipe', log, 'pipe'],
    env: { ...process.env, ...(crashAt === undefined ? {} : { RELAIS_CRASH_AT: crashAt }) },
  })
  fs.closeSync(log)
  alive.add(child)
  let over = false
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      over = true
      alive.delete(child)
      resolve({ code, signal })
    })
  })
  const lines = createInterface({ input: child.stdout! })
  const ready = new Promise<Record<string, unknown> | null>((resolve) => {
    lines.on('line', (line) => {
      const said = JSON.parse(line) as Record<string, unknown>
      if (said['event'] === 'ready') resolve(said)
    })
    void ended.then(() => resolve(null))
  })
  // The program asks to be killed while it goes on: the end then comes inside what it is doing.
  const request = child.stdio[3] as Readable
  request.on('data', () => void child.kill('SIGKILL'))
  request.on('error', () => undefined)
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    isOver: () => over,
    async end(signal) {
      if (!over) child.kill(signal)
      return ended
    },
  }
}

/** Starts the training record as a process of its own, on a port of its own. */
export async function startRecord(dir: string, logFile: string): Promise<{ running: Running; port: number; configPath: string }> {
  const running = launch({ args: ['sandbox', '--dir', dir], logFile })
  const ready = await running.ready
  if (!ready) throw new Error(`the training record did not start: see ${logFile}`)
  return { running, port: Number(new URL(String(ready['url'])).port), configPath: String(ready['config']) }
}

/** What `relais serve` is started with. */
export interface ServeOptions {
  readonly dataDir: string
  readonly exportDir: string
  readonly hl7Port: number
  readonly recordConfig: string
  readonly logFile: string
  readonly crashAt?: string | undefined
}

/** Starts the connector; `ready` tells when it serves. */
export function startConnector({ dataDir, exportDir, hl7Port, recordConfig, logFile, crashAt }: ServeOptions): Running {
  // Documents come faster here than in any practice: they must not be held as one batch.
  const all = programHelp().includes('--take-all') ? ['--take-all'] : []
  return launch({ args: ['serve', '--data', dataDir, '--watch', exportDir, '--hl7-port', String(hl7Port), '--record', recordConfig, ...all], logFile, crashAt })
}

/** Gives the store of a data folder a new key; ends by itself when it is done. */
export function rotateKey({ dataDir, logFile, crashAt }: Pick<ServeOptions, 'dataDir' | 'logFile' | 'crashAt'>): Running {
  return launch({ args: ['key', 'rotate', '--json', '--data', dataDir], logFile, crashAt })
}

/** The part of the program's status a proof asks. */
export interface ProgramStatus {
  readonly total: number
  readonly counts: Record<string, number>
  readonly needsUser: readonly { readonly reason: string; readonly count: number }[]
}

/** What waits with these waits for a person to say whose it is. */
const forPatient: ReadonlySet<string> = new Set(['patient-unknown', 'patient-to-confirm', 'text-names-another'])

/** Documents that go by themselves, or wait for the record. */
export function onTheirWay({ counts, needsUser }: ProgramStatus): number {
  const forSomebody = needsUser.filter(({ reason }) => forPatient.has(reason)).reduce((sum, { count }) => sum + count, 0)
  return ['received', 'ready', 'sending', 'uncertain', 'waiting'].reduce((sum, state) => sum + (counts[state] ?? 0), -forSomebody)
}

/** The part of the contract a proof asks; answers are read as they come, so that older and newer programs can be tried. */
export interface Client {
  status(): Promise<ProgramStatus>
  items(): Promise<(ItemFact & { readonly reasonDetail: string | null })[]>
  retry(reason: string): Promise<void>
  close(): void
}

interface ListedItem {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly reasonDetail: string | null
  readonly uniqueId: string | null
  readonly nextAttemptAt: string | null
  readonly source: { readonly kind: string; readonly reference: string }
}

interface Procedures {
  readonly status: { get(): Promise<ProgramStatus> }
  readonly items: {
    list(query: { limit: number; cursor: string | null }): Promise<{ items: ListedItem[]; next: string | null }>
    retry(which: { reason: string }): Promise<unknown>
  }
}

/** A client of a running connector, from its ready line. Rejects when the connector is gone before it answers. */
export async function connectTo(ready: Record<string, unknown>): Promise<Client> {
  const panel = new URL(String(ready['panel']))
  const socket = new WebSocket(`ws://${panel.host}/rpc`, ['relais', panel.hash.replace('#token=', '')], { origin: panel.origin, handshakeTimeout: 5_000 })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  socket.on('error', () => undefined)
  const link = new RPCLink({ websocket: socket as unknown as ConstructorParameters<typeof RPCLink>[0]['websocket'] })
  const procedures = createORPCClient(link) as unknown as Procedures
  return {
    status: () => procedures.status.get(),
    async items() {
      const all: Awaited<ReturnType<Client['items']>> = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<Procedures['items']['list']>> = await procedures.items.list({ limit: 500, cursor })
        for (const { id, state, reason, reasonDetail, uniqueId, nextAttemptAt, source } of page.items) all.push({ id, state, reason, reasonDetail, uniqueId, nextAttemptAt, door: source.kind, reference: source.reference })
        cursor = page.next
      } while (cursor !== null)
      return all
    },
    async retry(reason) {
      await procedures.items.retry({ reason })
    },
    close: () => socket.terminate(),
  }
}

/** A port of 127.0.0.1 that is free now, below those the system gives by itself: it must still be free after each restart. */
export async function freePort(between: (least: number, most: number) => number): Promise<number> {
  for (;;) {
    const port = between(15_000, 31_000)
    const free = await new Promise<boolean>((resolve) => {
      const server = net.createServer()
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}
