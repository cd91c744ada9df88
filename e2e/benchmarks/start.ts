import path from 'node:path'
import { fillWith } from './made-items.ts'
import type { BenchmarkOptions } from './options.ts'
import { rooms } from './program.ts'
import { startProgram } from './running.ts'
import { silentRecord } from './silent-record.ts'
import { openStock } from './stock.ts'

/** From spawn to ready line, in milliseconds, the median of several starts. */
export interface StartFigures {
  readonly stored: number
  readonly empty: number
  readonly full: number
}

const starts = 7

/** Starts the program on an empty store and on one with so many deposited items, in turns. */
export async function measureStart(folder: string, { stored, size }: BenchmarkOptions): Promise<StartFigures> {
  const record = await silentRecord(path.join(folder, 'record'))
  const { config } = rooms.files.readRecordConfig(record)
  const [empty, full] = [path.join(folder, 'empty'), path.join(folder, 'full')]
  ;(await openStock(empty, config)).close()
  const stock = await openStock(full, config)
  await stock.receive(1, size)
  await stock.prepare()
  fillWith(stock.store, [{ count: stored, state: 'deposited' }])
  stock.close()
  const times: Record<string, number[]> = { [empty]: [], [full]: [] }
  for (let round = 0; round < starts; round += 1) {
    for (const data of [empty, full]) {
      const running = await startProgram(data, record)
      times[data]!.push(running.readyMs)
      await running.stop()
    }
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
  return { stored, empty: median(times[empty]!), full: median(times[full]!) }
}
