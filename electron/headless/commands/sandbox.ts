import path from 'node:path'
import { FaultRefused, readFaultArguments, startSandbox } from '../../sandbox/index.ts'
import { loadDemoRecord } from '../demo-record.ts'
import { practiceFileOf } from '../record-choice.ts'
import type { Options } from '../options.ts'
import { readPractice, UsageError } from '../program.ts'

/** The training record alone, with the faults asked for, until SIGTERM. Prints one JSON line when it is ready. */
export async function sandbox(options: Options): Promise<number> {
  const dir = options.dir ?? path.join(options.data, 'sandbox')
  const faults = await readFaultArguments(options.faults).catch((error: unknown) => {
    throw error instanceof FaultRefused ? new UsageError(error.message) : error
  })
  const practice = readPractice(practiceFileOf(options))
  if (options.demo) await loadDemoRecord(dir, practice)
  const running = await startSandbox({
    dir,
    port: options.port,
    host: '127.0.0.1',
    practice,
    faults,
    ...(options.signIn === null ? {} : { signIn: options.signIn }),
    log: (line) => void process.stderr.write(`sandbox: ${line}\n`),
  })
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: running.url, config: running.configPath, dir, pid: process.pid })}\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
  await running.close()
  return 0
}
