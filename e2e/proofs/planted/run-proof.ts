import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { proofs, type ProofName } from './proofs.ts'

/** How a proof ended; `code` null when it took too long or was ended by a signal. */
export interface ProofRun {
  readonly code: number | null
  readonly output: string
  readonly seconds: number
}

/** A short proof that is not done by then hangs. */
const patienceMs = 5 * 60_000

/** Runs a proof of the project at `root`, on the program there; what it leaves lies in `folder` and goes with it. */
export async function runProof(root: string, name: ProofName, folder: string): Promise<ProofRun> {
  const { script, args, preload } = proofs[name]
  fs.mkdirSync(folder)
  const started = performance.now()
  const imports = preload.flatMap((module) => ['--import', path.join(root, module)])
  // A group of its own: a proof that hangs is ended with all it started.
  const child = spawn(process.execPath, [...imports, path.join(root, script), ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, RELAIS_PROGRAM_ROOT: root, TMPDIR: folder },
  })
  const endGroup = (): void => {
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
  const stop = (): void => {
    endGroup()
    process.exit(130)
  }
  const signals = ['SIGINT', 'SIGTERM'] as const
  for (const signal of signals) process.once(signal, stop)
  const timer = setTimeout(endGroup, patienceMs)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => void (output += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  clearTimeout(timer)
  for (const signal of signals) process.removeListener(signal, stop)
  endGroup()
  fs.rmSync(folder, { recursive: true, force: true })
  return { code, output, seconds: Math.round((performance.now() - started) / 1_000) }
}
