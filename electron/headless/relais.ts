import { readOptions, type Options } from './options.ts'
import { UsageError } from './program.ts'

/** The commands, each loaded only when it is asked for, so that a look at the status stays quick. */
const commands: Record<string, (options: Options) => Promise<number>> = {
  serve: async (options) => (await import('./commands/serve.ts')).serve(options),
  status: async (options) => (await import('./commands/status.ts')).status(options),
  items: async (options) => (await import('./commands/items.ts')).items(options),
  record: async (options) => (await import('./commands/record.ts')).record(options),
  patient: async (options) => (await import('./commands/patient.ts')).patient(options),
  'sign-in': async (options) => (await import('./commands/sign-in.ts')).signIn(options),
  doctor: async (options) => (await import('./commands/doctor.ts')).doctor(options),
  audit: async (options) => (await import('./commands/audit.ts')).audit(options),
  medicines: async (options) => (await import('./commands/medicines.ts')).medicines(options),
  backup: async (options) => (await import('./commands/backup.ts')).backup(options),
  key: async (options) => (await import('./commands/key.ts')).key(options),
  sandbox: async (options) => (await import('./commands/sandbox.ts')).sandbox(options),
  help: async () => {
    process.stdout.write(help)
    return 0
  },
}

const help = `relais COMMAND [options]

  serve [--watch DIR]... [--hl7-port N] [--port N] [--record sandbox|CONFIG]   run until stopped
        [--take-all]                      without holding back files that come in numbers or are old
  status                                    counts by state, oldest age, circuit, versions
  items [--state STATE]                     one JSON object a line
  items type ID [TYPE]                      says the type of a document that stands for want of one; without TYPE, what it may be
  items author ID [AUTHOR]                  says who of the practice wrote a document that does not say it; without AUTHOR, who it may be
  record list --ins INS [--status STATE,…]  the record's documents, one JSON object a line: approved, or archived, deprecated, deleted
  record lots --ins INS [--since DAY]       what was put into it since a day of this computer, one JSON object a lot: {uniqueId, submittedAt, documents}
  record get --ins INS UNIQUEID [--out FILE]   the exact bytes of one document
  record facts --ins INS                    clinical facts of its documents, one JSON object a line
  record search --ins INS WORDS             words found in what was read of it, one JSON object a document
  record mine [--since DAY] [--by documents|access]   records one may open, something added or access given since a day, one JSON object a line
  patient open --ins INS                    shows this patient in the panel of the running program
  sign-in [start [ID] | pin | choose STRUCTURE | end]   who speaks to the record; the PIN is read from the input
  doctor                                    ten checks, more with a card or Pro Santé Connect; exit code 1 when one is red
  audit verify                              checks the trace; exit code 1 when a line is broken, foreign or missing
  audit export [--from DAY] [--to DAY] [--ins INS] [--out FILE]   its lines with their hashes, one JSON object a line
  audit attest --ins INS --date DAY [--out FILE]   who consulted this patient's record that day, as a page to print
  medicines import FILE|FOLDER... [--date DAY]   installs the public medicines database, the thesaurus of interactions
  medicines status                          what is installed, and of which day
  backup [--out FILE]                       a checked copy of the store, encrypted with its key
  key rotate                                gives the store a new key; the program must not be running
  sandbox [--port N] [--dir DIR] [--fault FILE|JSON]...   the training record alone, with what goes wrong in it
        [--sign-in automatic|page]        and with a training Pro Santé Connect

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
  const message = messageOf(error)
  if (message === null) throw error
  process.stderr.write(`relais: ${message}\n`)
  process.exit(error instanceof UsageError ? 2 : 1)
}

/** What the system or the store refused, as one sentence; null for a bug, whose stack is then shown. */
function messageOf(error: unknown): string | null {
  if (error instanceof UsageError) return error.message
  const { code, path: where, address, port, message } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (typeof code !== 'string') return null
  if (code.startsWith('SQLITE_')) return `the store cannot be read (${code}): restore it from a backup`
  const refusals: Record<string, string> = {
    EACCES: 'no right to write or read',
    EPERM: 'no right to write or read',
    ENOTDIR: 'not a folder',
    EEXIST: 'a file stands where a folder is needed',
    ENOENT: 'cannot be made or found',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    EADDRINUSE: 'the port is used by another program',
  }
  const refusal = refusals[code]
  if (!refusal) return null
  return `${where ?? (port === undefined ? message : `${address ?? ''}:${port}`)}: ${refusal}`
}
