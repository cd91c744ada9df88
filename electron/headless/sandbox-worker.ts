import { parentPort, workerData } from 'node:worker_threads'
import type { Practice } from '#shared/contract/index.ts'
import { startSandbox } from '../sandbox/index.ts'
import { loadDemoRecord } from './demo-record.ts'

const { dir, port, practice, demo } = workerData as { dir: string; port: number; practice: Practice; demo: boolean }

try {
  if (demo) await loadDemoRecord(dir, practice)
  const sandbox = await startSandbox({ dir, port, host: '127.0.0.1', practice, log: (line) => void process.stderr.write(`sandbox: ${line}\n`) })
  parentPort?.on('message', () => {
    void sandbox.close().then(() => process.exit(0))
  })
  parentPort?.postMessage({ configPath: sandbox.configPath })
} catch (error) {
  parentPort?.postMessage({ problem: (error as Error).message })
}
