import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { createInterface } from 'node:readline'
import { programEntry, programRoot, practiceFile } from './program.ts'

/** A process of the program that said it is ready, and what Linux tells of it. */
export interface Running<Ready> {
  readonly pid: number
  readonly ready: Ready
  /** From spawn to ready line. */
  readonly readyMs: number
  /** User and system time of all its threads so far, in seconds. */
  cpuSeconds(): number
  residentMegabytes(): number
  /** Stops it where it is, so that another may be measured alone; `thaw` lets it go on. */
  freeze(): void
  thaw(): void
  /** Asks it to leave and waits until it has. */
  stop(): Promise<void>
}

/** What `relais serve` says, as far as it is used here. */
export interface ServeReady {
  readonly pid: number
}

/** What `relais sandbox` says. */
export interface SandboxReady {
  readonly url: string
  readonly config: string
}

/** Starts the program on a data folder, speaking to the record of a configuration file. */
export function startProgram(data: string, recordConfig: string, nodeOptions: readonly string[] = []): Promise<Running<ServeReady>> {
  return start(['serve', '--data', data, '--record', recordConfig, '--practice', practiceFile], nodeOptions)
}

/** Starts the training record in a process of its own. */
export function startSandbox(dir: string): Promise<Running<SandboxReady>> {
  return start(['sandbox', '--dir', dir, '--practice', practiceFile], [])
}

const running = new Set<{ stop(): Promise<void> }>()

/** Ends every process started here that still runs. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map((one) => one.stop()))
}

async function start<Ready>(args: readonly string[], nodeOptions: readonly string[]): Promise<Running<Ready>> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...nodeOptions, programEntry, ...args], { cwd: programRoot, stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const pid = child.pid!
  const stopping = {
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGCONT')
        child.kill('SIGTERM')
      }
      await gone
      running.delete(stopping)
    },
  }
  running.add(stopping)
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = JSON.parse(line) as { event: string } & Ready
    if (ready.event !== 'ready') continue
    return {
      pid,
      ready,
      readyMs: performance.now() - startedAt,
      cpuSeconds: () => cpuSecondsOf(pid),
      residentMegabytes: () => residentMegabytesOf(pid),
      freeze: () => void child.kill('SIGSTOP'),
      thaw: () => void child.kill('SIGCONT'),
      stop: () => stopping.stop(),
    }
  }
  throw new Error(`relais ${args[0]} ended before it was ready`)
}

/** Clock ticks a second in /proc: fixed at 100 for every program Linux runs. */
const ticks = 100

/** User and system time of a process, in seconds. */
export function cpuSecondsOf(pid: number): number {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name stands between brackets and may hold blanks: fields are counted after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticks
}

function residentMegabytesOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024
}

/** Connections somebody of this computer holds open to a port of 127.0.0.1. */
export function connectionsTo(port: number): number {
  const wanted = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const established = '01'
  return fs
    .readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .filter((line) => {
      const [, , remote, state] = line.trim().split(/\s+/)
      return remote === wanted && state === established
    }).length
}
