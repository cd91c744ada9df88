import path from 'node:path'
import { startSandbox } from '../../sandbox/index.ts'
import { loadDemoRecord } from '../demo-record.ts'
import { practiceFileOf } from '../record-choice.ts'
import type { Options } from '../options.ts'
import { readPractice } from '../program.ts'

/** The training record alone, until SIGTERM. Prints one JSON line when it is ready. */
export async function sandbox(options: Options): Promise<number> {
  const dir = options.dir ?? path.join(options.data, 'sandbox')
  if (options.demo) await loadDemoRecord(dir)
  const running = await startSandbox({ dir, port: options.port, host: '127.0.0.1', practice: readPractice(practiceFileOf(options)) })
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: running.url, config: running.configPath, dir, pid: process.pid })}\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
  await running.close()
  return 0
}
