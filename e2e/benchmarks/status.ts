import path from 'node:path'
import { timesOf, type AnswerTimes } from './answer-times.ts'
import { fillWith } from './made-items.ts'
import type { BenchmarkOptions } from './options.ts'
import { rooms } from './program.ts'
import { startProgram } from './running.ts'
import { silentRecord } from './silent-record.ts'
import { withClient } from './status-client.ts'
import { openStock } from './stock.ts'

/** Asks what the windows ask, as they do, of a program that holds so many items. */
export async function measureStatus(folder: string, { listed, calls, size }: BenchmarkOptions): Promise<AnswerTimes[]> {
  const record = await silentRecord(path.join(folder, 'record'))
  const data = path.join(folder, 'data')
  const stock = await openStock(data, rooms.files.readRecordConfig(record).config)
  await stock.receive(1, size)
  await stock.prepare()
  const [parked, waiting, ignored] = [0.05, 0.04, 0.01].map((share) => Math.max(1, Math.round(listed * share))) as [number, number, number]
  fillWith(stock.store, [
    { count: listed - parked - waiting - ignored, state: 'deposited' },
    { count: parked, state: 'parked', reason: 'author-missing' },
    { count: waiting, state: 'waiting', reason: 'ins-missing', waitingFor: 'patient' },
    { count: ignored, state: 'ignored', reason: 'already-received' },
  ])
  stock.close()
  const running = await startProgram(data, record)
  const figures = await withClient(data, async (client) => {
    const asked: Readonly<Record<string, () => Promise<unknown>>> = {
      'status.get': () => client.status.get(),
      'items.list, all, first page': () => client.items.list({ limit: 100, cursor: null }),
      'items.list, parked, first page': () => client.items.list({ states: ['parked'], limit: 100, cursor: null }),
      'items.list, one word searched': () => client.items.list({ search: 'ordonnance', limit: 100, cursor: null }),
    }
    const found: AnswerTimes[] = []
    for (const [call, ask] of Object.entries(asked)) found.push(await timesOf(call, calls, ask))
    return found
  })
  await running.stop()
  return figures
}
