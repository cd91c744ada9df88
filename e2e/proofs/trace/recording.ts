import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openRandom } from '../random.ts'
import { actionOf } from './file-actions.ts'
import { momentsOf } from './moments.ts'
import type { Promised, Work } from './recorded-work.ts'
import { SimulatedDisk } from './simulated-disk.ts'
import type { Call } from './strace-calls.ts'
import { readTrace, tracedCommand, tracedEnvironment } from './strace.ts'

/** Everything that a program asked of its data folder over several lives, and what it had promised when. */
export interface Recording {
  readonly directory: string
  readonly calls: readonly Call[]
  /** `at` is the position in the trace where the promise began to leave the program. */
  readonly promises: readonly { readonly at: number; readonly promised: Promised }[]
}

/**
 * Records three lives of the program on one data folder: killed right after a rename, then given again what it had not acknowledged,
 * ended and started once more. Throws when the disk replayed from the recording is not the folder that is there: then the recording
 * would prove nothing. `preload` is loaded before the program.
 */
export function record(options: { seed: number; rounds: number; preload?: string }): Recording {
  const { seed, rounds, preload } = options
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-recording-'))
  const directory = path.join(folder, 'data')
  fs.mkdirSync(directory, { mode: 0o700 })
  const random = openRandom(seed).branch(-1)
  const calls: Call[] = []
  let done = 0
  const live = (life: Pick<Work, 'to' | 'dieAfterRenames' | 'backup'>) => {
    const trace = path.join(folder, 'trace')
    const work: Work = { directory, seed, from: done, ...life }
    const { command, args } = tracedCommand(trace, [process.execPath, ...(preload ? ['--import', preload] : []), path.join(import.meta.dirname, 'recorded-work.ts'), JSON.stringify(work)])
    const ended = spawnSync(command, args, { encoding: 'utf8', env: tracedEnvironment, maxBuffer: 256 * 1024 * 1024 })
    // strace ends as what it traced ended.
    if (ended.status !== 0 && ended.signal !== 'SIGKILL') throw new Error(`The recorded program failed:\n${ended.stderr.slice(-4_000)}`)
    done = Math.max(done, ...[...ended.stdout.matchAll(/^ROUND (\d+)$/gm)].map(([, round]) => Number(round)))
    for (const call of readTrace(trace, calls.at(-1)?.end ?? 0)) calls.push(call.result === null ? afterDeath(call, directory) : call)
  }
  live({ to: rounds, dieAfterRenames: random.between(1, rounds), backup: false })
  live({ to: Math.ceil((done + rounds) / 2), dieAfterRenames: null, backup: true })
  live({ to: rounds, dieAfterRenames: null, backup: false })

  const recording = { directory, calls, promises: calls.flatMap(promiseIn) }
  assertFaithful(recording)
  fs.rmSync(folder, { recursive: true, force: true })
  return recording
}

/** A call in which its process was killed took effect or not: the folder it left tells. */
function afterDeath(call: Call, directory: string): Call {
  const action = actionOf(call, directory)
  const there = (file: string) => fs.existsSync(path.join(directory, file))
  const happened =
    action?.kind === 'rename' || action?.kind === 'link' ? there(action.to) : action?.kind === 'remove' ? !there(action.path) : action?.kind === 'open' || action?.kind === 'make-folder' ? there(action.path) : null
  if (action?.kind === 'write') return { ...call, result: action.bytes.length }
  return happened === null ? call : { ...call, result: happened ? 0 : -1 }
}

function promiseIn(call: Call): { at: number; promised: Promised }[] {
  const [output, text] = call.arguments
  if (call.name !== 'write' || output?.kind !== 'file' || output.descriptor !== 1 || text?.kind !== 'bytes') return []
  const line = text.bytes.toString()
  return line.startsWith('ACK ') ? [{ at: call.begin, promised: JSON.parse(line.slice(4)) as Promised }] : []
}

function assertFaithful({ directory, calls }: Recording): void {
  const disk = new SimulatedDisk(directory)
  for (const { call, phase } of momentsOf(calls)) disk[phase](call)
  const replayed = new Map(disk.image({ sector: 512, keeps: 'everything', random: openRandom(0) }).map((file) => [file.path, file.bytes]))
  const found = fs.readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const names = found.map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name))).filter((name) => !name.endsWith('-shm'))
  for (const name of new Set([...names, ...replayed.keys()])) {
    if (name.endsWith('-shm')) continue
    const bytes = replayed.get(name)
    if (!bytes || !names.includes(name) || !bytes.equals(fs.readFileSync(path.join(directory, name)))) throw new Error(`The recording does not give ${name} as it is`)
  }
}
