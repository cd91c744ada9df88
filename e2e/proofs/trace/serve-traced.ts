import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { programRoot, startRecord } from '../program.ts'
import { readTrace, tracedCommand, tracedEnvironment } from './strace.ts'
import type { Call } from './strace-calls.ts'

/** What the program asked of the system while it served. */
export interface ServedTrace {
  readonly dataDir: string
  readonly calls: readonly Call[]
}

/**
 * Runs the real program (`relais serve`) under strace on a data folder of its own while `work` uses its HL7 port. Its record is down, so
 * that the trace holds little else than what comes in. `preload` is loaded before the program. The folder is gone afterwards; after a
 * failure it stays, and the error names it.
 */
export async function serveTraced(work: (hl7Port: number) => Promise<void>, preload: string | null = null): Promise<ServedTrace> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-traced-'))
  const dataDir = path.join(folder, 'data')
  const trace = path.join(folder, 'trace')
  const logFile = path.join(folder, 'log')
  try {
    // Started for its configuration and certificates alone: nobody answers there any more.
    const record = await startRecord(path.join(folder, 'record'), logFile)
    await record.running.end('SIGTERM')
    const program = [process.execPath, ...(preload === null ? [] : ['--import', preload]), path.join(programRoot, 'electron/headless/relais.ts')]
    const { command, args } = tracedCommand(trace, [...program, 'serve', '--data', dataDir, '--hl7-port', '0', '--port', '0', '--record', record.configPath])
    const log = fs.openSync(logFile, 'a')
    const child = spawn(command, args, { cwd: programRoot, env: tracedEnvironment, stdio: ['ignore', 'pipe', log] })
    fs.closeSync(log)
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    let pid: number | null = null
    try {
      const ready = await readyLine(child.stdout!)
      pid = ready.pid
      await work(ready.hl7.port)
    } finally {
      // strace ends with the program it follows.
      if (pid === null) child.kill('SIGTERM')
      else process.kill(pid, 'SIGTERM')
      await ended
    }
    const calls = readTrace(trace)
    fs.rmSync(folder, { recursive: true, force: true })
    return { dataDir, calls }
  } catch (error) {
    throw new Error(`The traced program failed; what is left of it is in ${folder}`, { cause: error })
  }
}

async function readyLine(output: NodeJS.ReadableStream): Promise<{ hl7: { port: number }; pid: number }> {
  for await (const line of createInterface({ input: output })) {
    const said = JSON.parse(line) as { event?: string; hl7: { port: number }; pid: number }
    if (said.event === 'ready') return said
  }
  throw new Error('the program ended before it was ready')
}
