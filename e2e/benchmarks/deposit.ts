import fs from 'node:fs'
import path from 'node:path'
import { openBareLoop, readyMadeRequests, type BareLoop } from './bare-loop.ts'
import { countDeposits } from './deposit-counter.ts'
import type { BenchmarkOptions } from './options.ts'
import { rooms } from './program.ts'
import { connectionsTo, cpuSecondsOf, startProgram, startSandbox, type Running, type SandboxReady } from './running.ts'
import { openStock } from './stock.ts'
import { waitForCounts } from './status-client.ts'

/** One side's share of the work. CPU in seconds. */
interface Side {
  documents: number
  seconds: number
  senderCpu: number
  recordCpu: number
}

/** How fast the program deposits, beside a bare loop on the same computer in the same minutes. */
export interface DepositFigures {
  /** `ready`: sending alone. `received`: the whole way from the spool. */
  readonly from: 'ready' | 'received'
  readonly connections: number
  readonly ratio: number
  /** Of the blocks taken one by one, so that one bad moment of the computer shows. */
  readonly blockRatios: readonly number[]
  readonly program: Side
  readonly bare: Side
}

/** Documents each side sends before anything counts, so that both are warm. */
const warmUp = 200

/**
 * Measures blocks in turn: the program deposits some, is frozen where it is, the bare loop posts as many ready-made requests to a
 * record of its own, and so on. What the program has in flight when it is frozen is not counted for it.
 */
export async function measureDeposits(from: 'ready' | 'received', folder: string, { documents, size, block }: BenchmarkOptions, say: (line: string) => void): Promise<DepositFigures> {
  const [record, bareRecord] = [await startSandbox(path.join(folder, 'record')), await startSandbox(path.join(folder, 'bare-record'))]
  const { config } = rooms.files.readRecordConfig(record.ready.config)
  const data = path.join(folder, 'data')
  const total = documents + warmUp
  say(`${from}: filling a data folder with ${total} documents of ${size} bytes`)
  const stock = await openStock(data, config)
  await stock.receive(total, size)
  if (from === 'ready') await stock.prepare()
  stock.close()

  const program: Side = { documents: 0, seconds: 0, senderCpu: 0, recordCpu: 0 }
  const bare: Side = { documents: 0, seconds: 0, senderCpu: 0, recordCpu: 0 }
  const blockRatios: number[] = []
  const deposits = countDeposits(path.join(folder, 'record'))
  const running = await startProgram(data, record.ready.config)
  await deposits.until(warmUp)
  const connections = connectionsTo(Number(new URL(record.ready.url).port))
  running.freeze()
  const bareConfig = rooms.files.readRecordConfig(bareRecord.ready.config)
  const loop = await openBareLoop(bareConfig.config, bareConfig.baseDir, connections)
  await bareBlock(loop, bareRecord, folder, warmUp, size)

  while (deposits.count() < total) {
    const before = deposits.count()
    const mine = await timed(running, record, async () => {
      running.thaw()
      await deposits.until(Math.min(before + block, total))
      if (deposits.count() === total) await waitForCounts(data, ({ deposited }) => deposited === total)
      running.freeze()
      return deposits.count() - before
    })
    const theirs = await bareBlock(loop, bareRecord, folder, mine.documents, size)
    add(program, mine)
    add(bare, theirs)
    blockRatios.push(rate(mine) / rate(theirs))
    say(`${from}: ${deposits.count() - warmUp} of ${documents}; program ${rate(mine).toFixed(1)}/s, bare ${rate(theirs).toFixed(1)}/s, ratio ${(rate(mine) / rate(theirs)).toFixed(2)}`)
  }
  running.thaw()
  const held = fs.readdirSync(path.join(folder, 'record/documents')).length
  if (held !== total) throw new Error(`the record holds ${held} documents instead of ${total}`)
  await Promise.all([running.stop(), loop.close()])
  await Promise.all([record.stop(), bareRecord.stop()])
  return { from, connections, ratio: rate(program) / rate(bare), blockRatios, program, bare }
}

/** Builds a block of requests, untimed, then posts it. */
async function bareBlock(loop: BareLoop, record: Running<SandboxReady>, folder: string, count: number, size: number): Promise<Side> {
  const { config, baseDir } = rooms.files.readRecordConfig(record.ready.config)
  const data = path.join(folder, 'bare-data')
  const stock = await openStock(data, config)
  await stock.receive(count, size)
  await stock.prepare()
  const requests = await readyMadeRequests(stock, config, baseDir)
  stock.close()
  fs.rmSync(data, { recursive: true })
  return timed({ cpuSeconds: () => cpuSecondsOf(process.pid) }, record, async () => {
    await loop.post(requests)
    return requests.length
  })
}

async function timed(sender: { cpuSeconds(): number }, record: { cpuSeconds(): number }, work: () => Promise<number>): Promise<Side> {
  const [startedAt, senderCpu, recordCpu] = [performance.now(), sender.cpuSeconds(), record.cpuSeconds()]
  const documents = await work()
  return { documents, seconds: (performance.now() - startedAt) / 1000, senderCpu: sender.cpuSeconds() - senderCpu, recordCpu: record.cpuSeconds() - recordCpu }
}

function add(sum: Side, one: Side): void {
  sum.documents += one.documents
  sum.seconds += one.seconds
  sum.senderCpu += one.senderCpu
  sum.recordCpu += one.recordCpu
}

function rate({ documents, seconds }: Side): number {
  return documents / seconds
}
