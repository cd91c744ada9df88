import fs from 'node:fs'
import path from 'node:path'
import { countDeposits } from './deposit-counter.ts'
import type { BenchmarkOptions } from './options.ts'
import { rooms } from './program.ts'
import { startProgram, startSandbox } from './running.ts'
import { waitForCounts } from './status-client.ts'
import { openStock } from './stock.ts'

/** One function of the program and the time it was itself at work, or waiting inside the system. */
export interface SelfTime {
  readonly where: string
  readonly milliseconds: number
}

/** Where the program's main thread is while it deposits: samples of the wall clock, so that a call that waits for the disk counts. */
export interface Profile {
  readonly from: 'ready' | 'received'
  readonly documents: number
  readonly seconds: number
  readonly programCpu: number
  readonly recordCpu: number
  readonly functions: readonly SelfTime[]
}

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number } }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Documents worth a profile: more adds nothing but time. */
const most = 500

/** Runs the program once under Node's sampling profiler. */
export async function takeProfile(from: 'ready' | 'received', folder: string, { documents: asked, size }: BenchmarkOptions): Promise<Profile> {
  const documents = Math.min(asked, most)
  const sandboxFolder = path.join(folder, 'record')
  const record = await startSandbox(sandboxFolder)
  const data = path.join(folder, 'data')
  const profiles = path.join(folder, 'profiles')
  const stock = await openStock(data, rooms.files.readRecordConfig(record.ready.config).config)
  await stock.receive(documents, size)
  if (from === 'ready') await stock.prepare()
  stock.close()
  const recordCpu = record.cpuSeconds()
  const running = await startProgram(data, record.ready.config, ['--cpu-prof', '--cpu-prof-interval', '500', `--cpu-prof-dir=${profiles}`])
  const [startedAt, programCpu, already] = [performance.now(), running.cpuSeconds(), countDeposits(sandboxFolder).count()]
  await countDeposits(sandboxFolder).until(documents)
  await waitForCounts(data, ({ deposited }) => deposited === documents)
  const taken = { from, documents: documents - already, seconds: (performance.now() - startedAt) / 1000, programCpu: running.cpuSeconds() - programCpu, recordCpu: record.cpuSeconds() - recordCpu }
  await running.stop()
  await record.stop()
  const [file] = fs.readdirSync(profiles)
  return { ...taken, functions: selfTimes(JSON.parse(fs.readFileSync(path.join(profiles, file!), 'utf8')) as CpuProfile) }
}

/** Self time by function, the longest first. */
function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [id, `${functionName || '(anonymous)'} ${url.replace(/^.*\/(?=(electron|shared|node_modules)\/)/, '')}${url.startsWith('file:') ? `:${lineNumber + 1}` : ''}`.trim()]))
  const sums = new Map<string, number>()
  for (const [index, sample] of samples.entries()) {
    const where = names.get(sample) ?? '?'
    sums.set(where, (sums.get(where) ?? 0) + (timeDeltas[index] ?? 0) / 1000)
  }
  return [...sums].map(([where, milliseconds]) => ({ where, milliseconds })).sort((a, b) => b.milliseconds - a.milliseconds)
}
