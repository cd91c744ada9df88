import { readOptions, type Options } from './options.ts'
import { UsageError } from './program.ts'

/** The commands, each loaded only when it is asked for, so that a look at the status stays quick. */
const commands: Record<string, (options: Options) => Promise<number>> = {
  serve: async (options) => (await import('./commands/serve.ts')).serve(options),
  status: async (options) => (await import('./commands/status.ts')).status(options),
  items: async (options) => (await import('./commands/items.ts')).items(options),
  record: async (options) => (await import('./commands/record.ts')).record(options),
  patient: async (options) => (await import('./commands/patient.ts')).patient(options),
  doctor: async (options) => (await import('./commands/doctor.ts')).doctor(options),
  audit: async (options) => (await import('./commands/audit.ts')).audit(options),
  sandbox: async (options) => (await import('./commands/sandbox.ts')).sandbox(options),
  help: async () => {
    process.stdout.write(help)
    return 0
  },
}

const help = `relais COMMAND [options]

  serve [--watch DIR]... [--hl7-port N] [--port N] [--record sandbox|CONFIG]   run until stopped
  status                                    counts by state, oldest age, circuit, versions
  items [--state STATE]                     one JSON object a line
  record list --ins INS                     the record's documents, one JSON object a line
  record get --ins INS UNIQUEID [--out FILE]   the exact bytes of one document
  patient open --ins INS                    shows this patient in the panel of the running program
  doctor                                    ten checks; exit code 1 when one is red
  audit verify                              checks the chain of the trace
  sandbox [--port N] [--dir DIR]            the training record alone

Options: --data DIR  --practice FILE  --json  --ins-oid OID
`

// Everything this program writes is its user's alone.
process.umask(0o077)

// A reader that has seen enough (`relais items | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

try {
  const options = readOptions(process.argv.slice(2))
  const command = commands[options.command]
  if (!command) throw new UsageError(`Unknown command ${options.command}. Known: ${Object.keys(commands).join(', ')}`)
  process.exitCode = await command(options)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`relais: ${error.message}\n`)
  process.exitCode = 2
}
