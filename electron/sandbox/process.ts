import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { practiceFile } from '#shared/contract/index.ts'
import { readFaultArguments, startSandbox } from './index.ts'

/**
 * The training record as a process of its own: `--dir DIR --practice FILE [--port N] [--fault FILE_OR_JSON]... [--sign-in automatic|page]`.
 * Prints one JSON line when it serves, stops on SIGTERM, SIGINT and when a parent that forked it is gone. Exit 2: wrong arguments; 1: it could not start.
 */
async function run(): Promise<void> {
  const { values } = parseArgs({ options: { dir: { type: 'string' }, port: { type: 'string', default: '0' }, practice: { type: 'string' }, fault: { type: 'string', multiple: true }, 'sign-in': { type: 'string' } } })
  const signIn = values['sign-in']
  const port = Number(values.port)
  if (values.dir === undefined || values.practice === undefined || !Number.isInteger(port) || port < 0 || port > 65_535 || (signIn !== undefined && signIn !== 'automatic' && signIn !== 'page')) {
    process.stderr.write('usage: --dir DIR --practice FILE [--port N] [--fault FILE_OR_JSON]... [--sign-in automatic|page]\n')
    process.exitCode = 2
    return
  }
  // Installed first: a parent that leaves while certificates are made must not leave us behind.
  let stopping = false
  let stop = (): void => process.exit(0)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop())
  process.on('disconnect', () => stop())

  const practice = practiceFile.parse(JSON.parse(await readFile(values.practice, 'utf8')))
  const dir = path.resolve(values.dir)
  const faults = await readFaultArguments(values.fault ?? [])
  const sandbox = await startSandbox({ dir, port, practice, faults, ...(signIn === undefined ? {} : { signIn }), log: (line) => void process.stderr.write(`${line}\n`) })
  stop = () => {
    if (stopping) return
    stopping = true
    void sandbox.close().finally(() => process.exit(0))
  }
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: sandbox.url, config: sandbox.configPath, dir, pid: process.pid })}\n`)
}

await run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})
