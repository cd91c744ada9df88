import path from 'node:path'
import { fillWith } from './made-items.ts'
import type { BenchmarkOptions } from './options.ts'
import { rooms } from './program.ts'
import { startProgram } from './running.ts'
import { silentRecord } from './silent-record.ts'
import { openStock } from './stock.ts'

/** Resident memory of the program with so many documents that cannot leave, in megabytes. */
export interface MemoryFigures {
  readonly queued: number
  readonly atReady: number
  /** Highest and last in the time it tries and fails. */
  readonly highest: number
  readonly atEnd: number
  /** What it worked meanwhile, in seconds of CPU, so that nobody takes a sleeping program for a frugal one. */
  readonly worked: number
}

const watchedMs = 30_000

/** Starts the program on queues of several lengths, with a record that refuses every connection. */
export async function measureMemory(folder: string, { queued, size }: BenchmarkOptions, say: (line: string) => void): Promise<MemoryFigures[]> {
  const record = await silentRecord(path.join(folder, 'record'))
  const figures: MemoryFigures[] = []
  for (const count of queued) {
    const data = path.join(folder, `data-${count}`)
    const stock = await openStock(data, rooms.files.readRecordConfig(record).config)
    await stock.receive(1, size)
    await stock.prepare()
    fillWith(stock.store, [{ count, state: 'ready' }])
    stock.close()
    const running = await startProgram(data, record)
    const atReady = running.residentMegabytes()
    const workedBefore = running.cpuSeconds()
    let highest = atReady
    for (const until = performance.now() + watchedMs; performance.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      highest = Math.max(highest, running.residentMegabytes())
    }
    const atEnd = running.residentMegabytes()
    const worked = running.cpuSeconds() - workedBefore
    await running.stop()
    figures.push({ queued: count, atReady, highest, atEnd, worked })
    say(`memory: ${count} queued: ${atReady.toFixed(0)} MB at ready, ${atEnd.toFixed(0)} MB after ${watchedMs / 1000} s, highest ${highest.toFixed(0)} MB, ${worked.toFixed(1)} s of CPU`)
  }
  return figures
}
