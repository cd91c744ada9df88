import fs from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import type { Practice, RecordConfig } from '#shared/contract/index.ts'
import type { Options } from './options.ts'
import { demoPracticeFile, fromSources, readRecordConfig, UsageError } from './program.ts'

/** The record to speak to, and what to close with the program (the training record, when it is ours). */
export interface RecordChoice {
  readonly choice: { readonly config: RecordConfig; readonly baseDir: string }
  close(): Promise<void>
}

/**
 * `--record sandbox` starts the training record in a worker of this process, in DATA/sandbox; it lives and dies with the
 * program. Any other value is the path of a record configuration. Nothing said: what this data folder used last, then the
 * training record.
 */
export async function openRecordChoice(options: Options, practice: Practice): Promise<RecordChoice> {
  const wanted = options.record ?? rememberedChoice(options.data).record
  if (wanted !== 'sandbox') return { choice: readRecordConfig(wanted), close: async () => undefined }
  const sandbox = await startSandboxWorker({ dir: path.join(options.data, 'sandbox'), port: 0, practice, demo: options.demo })
  return { choice: readRecordConfig(sandbox.configPath), close: () => sandbox.close() }
}

const choice = z.object({ record: z.string().default('sandbox'), practice: z.string().default(demoPracticeFile) })

function choiceFile(dataFolder: string): string {
  return path.join(dataFolder, 'served-with.json')
}

/** What this data folder was last served with; the training record and the demo practice when it never was. */
export function rememberedChoice(dataFolder: string): z.infer<typeof choice> {
  try {
    return choice.parse(JSON.parse(fs.readFileSync(choiceFile(dataFolder), 'utf8')))
  } catch {
    return choice.parse({})
  }
}

/** Keeps it for the other commands; only `serve` says it, once it runs. */
export function rememberChoice(options: Options): void {
  const before = rememberedChoice(options.data)
  const file = choiceFile(options.data)
  fs.writeFileSync(`${file}.tmp`, JSON.stringify({ record: options.record ?? before.record, practice: practiceFileOf(options) }))
  fs.renameSync(`${file}.tmp`, file)
}

/** The practice file a command works with. */
export function practiceFileOf(options: Options): string {
  return options.practice ?? rememberedChoice(options.data).practice
}

/** Runs the training record in a worker thread, so that its work never delays the connector. */
async function startSandboxWorker(data: { dir: string; port: number; practice: Practice; demo: boolean }): Promise<{ configPath: string; close(): Promise<void> }> {
  const worker = new Worker(new URL(fromSources ? './sandbox-worker.ts' : './sandbox-worker.js', import.meta.url), { workerData: data })
  const configPath = await new Promise<string>((resolve, reject) => {
    worker.once('message', (message: { configPath?: string; problem?: string }) => (message.configPath ? resolve(message.configPath) : reject(new UsageError(message.problem ?? 'the training record did not start'))))
    worker.once('error', reject)
  })
  return {
    configPath,
    async close() {
      worker.postMessage('stop')
      await new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    },
  }
}
