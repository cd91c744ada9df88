import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { createInterface } from 'node:readline'
import { utilityProcess } from 'electron'
import type { MessagePortMain } from 'electron'
import { bridgePort } from './port-bridge.ts'
import { readReadyLine } from './ready-line.ts'
import type { ConnectorAddress } from './ready-line.ts'

/** A connector this shell can talk to. */
export interface RunningConnector {
  /** Gives the other end of a window's port to the connector. The port closes when the connector is gone. */
  readonly connect: (port: MessagePortMain) => void
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<void>
  /** Asks it to end, and insists after `graceMs`. Resolves when it is gone. */
  readonly stop: () => Promise<void>
}

/** What starting the program needs. */
export interface ConnectorProgram {
  /** The built program, `out/main/relais.js`. */
  readonly entry: string
  readonly arguments: readonly string[]
  /** The store's key in hexadecimal, or null when the program keeps its own key file. */
  readonly key: string | null
  /** Node 24 for an Electron whose own Node cannot load the store. */
  readonly node: string
  /** Ends a program that is not ready yet, when nobody wants it any more. */
  readonly signal: AbortSignal
}

/** How long a connector may take to end by itself before it is killed: it has nothing to lose, only work to put down. */
const graceMs = 10_000

/**
 * Starts the connector and resolves when it is ready; rejects when it ends before. Two versions of one thing: a child of Electron
 * where Electron's Node is recent enough (24, from Electron 40 on), a plain Node 24 process reached over its loopback socket elsewhere.
 */
export function startConnector(program: ConnectorProgram, nodeVersion = process.versions.node): Promise<RunningConnector> {
  return Number(nodeVersion.split('.')[0]) >= 24 ? forkConnector(program) : spawnConnector(program)
}

function environment(program: ConnectorProgram): NodeJS.ProcessEnv {
  const { ELECTRON_RUN_AS_NODE: _own, NODE_OPTIONS: _options, ...inherited } = process.env
  // A child whose shell is gone sees its channel close, and ends as if told to.
  return { ...inherited, RELAIS_KEY_FROM: program.key === null ? 'file' : 'stdin', RELAIS_PARENT: 'shell' }
}

async function forkConnector(program: ConnectorProgram): Promise<RunningConnector> {
  const child = utilityProcess.fork(program.entry, [...program.arguments], { env: environment(program), stdio: ['ignore', 'pipe', 'inherit'], serviceName: 'Relais' })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  // Its standard input is this channel.
  if (program.key !== null) child.postMessage({ type: 'key', key: program.key }, [])
  const stop = () => stopped(gone, () => child.kill(), () => child.pid !== undefined && process.kill(child.pid, 'SIGKILL'))
  await readyAddress(child.stdout as Readable, { gone, stop }, program.signal)
  return { connect: (port) => child.postMessage({ type: 'port' }, [port]), gone, stop }
}

async function spawnConnector(program: ConnectorProgram): Promise<RunningConnector> {
  const started = spawn(program.node, [program.entry, ...program.arguments], { env: environment(program), stdio: ['pipe', 'pipe', 'inherit', 'ipc'], windowsHide: true })
  const child = started as ChildProcessByStdio<Writable, Readable, null>
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  // A program that ended early has closed its input; its exit says so.
  child.stdin.on('error', () => undefined)
  child.stdin.end(program.key === null ? '' : `${JSON.stringify({ key: program.key })}\n`)
  const ask = (): void => {
    // The open channel would keep it alive; its closing is also what tells it to end where there are no signals.
    if (child.connected) child.disconnect()
    if (process.platform !== 'win32') child.kill('SIGTERM')
  }
  const stop = () => stopped(gone, ask, () => child.kill('SIGKILL'))
  const address = await readyAddress(child.stdout, { gone, stop }, program.signal)
  return { connect: (port) => void bridgePort(port, address), gone, stop }
}

/** The address in the program's ready line; rejects when the program ends without one. Later output is read and dropped. */
async function readyAddress(output: Readable, child: Pick<RunningConnector, 'gone' | 'stop'>, signal: AbortSignal): Promise<ConnectorAddress> {
  const lines = createInterface({ input: output, crlfDelay: Infinity })
  const ready = new Promise<ConnectorAddress>((resolve) => {
    lines.on('line', (line) => {
      const address = readReadyLine(line)
      if (address !== null) resolve(address)
    })
  })
  const ended = child.gone.then(() => Promise.reject(new Error('the connector ended before it was ready')))
  const giveUp = () => void child.stop()
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  return Promise.race([ready, ended]).finally(() => signal.removeEventListener('abort', giveUp))
}

async function stopped(gone: Promise<void>, ask: () => unknown, insist: () => unknown): Promise<void> {
  ask()
  const timer = setTimeout(insist, graceMs)
  await gone
  clearTimeout(timer)
}
