import fs from 'node:fs'
import path from 'node:path'
import { startSandbox } from './running.ts'

/** Makes a record that refuses every connection: one that ran, and was stopped. Gives its configuration, with short waits so that the program keeps trying. */
export async function silentRecord(folder: string): Promise<string> {
  const record = await startSandbox(folder)
  await record.stop()
  const file = path.join(path.dirname(record.ready.config), 'silent.json')
  const config = JSON.parse(fs.readFileSync(record.ready.config, 'utf8')) as object
  fs.writeFileSync(file, JSON.stringify({ ...config, pace: { backoffBaseMs: 50, backoffCapMs: 200, circuitMs: 50, circuitCapMs: 100 } }))
  return file
}
