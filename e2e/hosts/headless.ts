import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'

const root = path.resolve(import.meta.dirname, '../..')
const program = path.join(root, 'electron/headless/relais.ts')

/** The ready line of `relais serve`. */
export interface Ready {
  readonly panel: string
  readonly sync: string
  readonly hl7: { readonly host: string; readonly port: number } | null
  readonly record: string
  readonly pid: number
}

/** The program run headless on folders of its own. */
export interface HeadlessHost {
  readonly dataDir: string
  readonly exportDir: string
  ready: Ready
  /** Runs one command line on the same data folder. */
  relais(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>
  items(): Promise<{ id: string; state: string; reason: string | null; reasonDetail: string | null; uniqueId: string | null; title: string | null; patient: { ins: string | null } | null; source: { kind: string; reference: string } }[]>
  /** SHA-256 of every document the training record holds, by uniqueId. */
  deposited(): Map<string, string>
  kill(): Promise<void>
  restart(): Promise<void>
  close(): Promise<void>
}

export interface HeadlessOptions {
  readonly practice?: string
  readonly record?: string
  readonly demo?: boolean
}

/** Starts the program and waits for its ready line. */
export async function startHeadless(options: HeadlessOptions = {}): Promise<HeadlessHost> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-e2e-'))
  const dataDir = path.join(folder, 'data')
  const exportDir = path.join(folder, 'export')
  fs.mkdirSync(exportDir)
  const shared = ['--data', dataDir, ...(options.practice ? ['--practice', options.practice] : [])]
  let child: ChildProcess | null = null

  async function start(): Promise<Ready> {
    child = spawn(process.execPath, [program, 'serve', ...shared, '--watch', exportDir, '--hl7-port', '0', '--record', options.record ?? 'sandbox', ...(options.demo ? ['--demo'] : [])], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface({ input: child.stdout! })) {
      const said = JSON.parse(line) as { event?: string } & Ready
      if (said.event === 'ready') return said
    }
    throw new Error('the program ended before it was ready')
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const running = child
    child = null
    if (!running || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()))
    running.kill(signal)
    await gone
  }

  const host: HeadlessHost = {
    dataDir,
    exportDir,
    ready: await start(),
    relais: (...args) =>
      new Promise((resolve) => {
        execFile(process.execPath, [program, ...args, ...shared], { cwd: root, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
          resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr })
        })
      }),
    async items() {
      const { stdout } = await host.relais('items')
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Awaited<ReturnType<HeadlessHost['items']>>[number])
    },
    deposited() {
      const documents = path.join(dataDir, 'sandbox/documents')
      if (!fs.existsSync(documents)) return new Map()
      return new Map(
        fs
          .readdirSync(documents)
          .filter((name) => name.endsWith('.xml'))
          .map((name) => [name.slice(0, -4), createHash('sha256').update(fs.readFileSync(path.join(documents, name))).digest('hex')]),
      )
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM')
      host.ready = await start()
    },
    async close() {
      await end('SIGTERM')
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
  return host
}
