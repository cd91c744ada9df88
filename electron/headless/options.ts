import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from './program.ts'

/** The command line, read once. */
export interface Options {
  readonly command: string
  readonly rest: readonly string[]
  readonly data: string
  /** Null = the one this data folder was served with, else the demo practice. */
  readonly practice: string | null
  readonly json: boolean
  readonly watch: readonly string[]
  readonly hl7Port: number | null
  readonly port: number
  /** `sandbox`, or the path of a record configuration; null = the one this data folder used last. */
  readonly record: string | null
  readonly ins: string | null
  readonly insOid: string | null
  readonly out: string | null
  readonly state: string | null
  readonly dir: string | null
  /** Days, `YYYY-MM-DD`. */
  readonly from: string | null
  readonly to: string | null
  readonly date: string | null
  readonly since: string | null
  /** What a list of one's records is made by. */
  readonly by: string | null
  /** States of the record's documents. */
  readonly status: readonly string[] | null
  /** What goes wrong with the training record: JSON, or paths of files of it. */
  readonly faults: readonly string[]
  /** Bursts and old files of the watched folders are taken without being held. */
  readonly takeAll: boolean
  readonly demo: boolean
  /** How the training record's sign-in answers; null = it asks for none. */
  readonly signIn: 'automatic' | 'page' | null
}

/** Where data goes when `--data` is not given: the user's own folder for programs. */
export function defaultDataFolder(): string {
  if (process.platform === 'win32') return path.join(process.env['LOCALAPPDATA'] ?? os.homedir(), 'Relais')
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library/Application Support/Relais')
  return path.join(process.env['XDG_DATA_HOME'] ?? path.join(os.homedir(), '.local/share'), 'relais')
}

/** Reads the arguments; a wrong one is a UsageError that names it. */
export function readOptions(args: readonly string[]): Options {
  let parsed
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        data: { type: 'string' },
        practice: { type: 'string' },
        json: { type: 'boolean', default: false },
        watch: { type: 'string', multiple: true },
        'hl7-port': { type: 'string' },
        port: { type: 'string' },
        record: { type: 'string' },
        ins: { type: 'string' },
        'ins-oid': { type: 'string' },
        out: { type: 'string' },
        state: { type: 'string' },
        dir: { type: 'string' },
        from: { type: 'string' },
        to: { type: 'string' },
        date: { type: 'string' },
        since: { type: 'string' },
        by: { type: 'string' },
        status: { type: 'string' },
        fault: { type: 'string', multiple: true },
        'take-all': { type: 'boolean', default: false },
        demo: { type: 'boolean', default: false },
        'sign-in': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  const { values, positionals } = parsed
  return {
    command: values.help ? 'help' : (positionals[0] ?? 'help'),
    rest: positionals.slice(1),
    data: path.resolve(values.data ?? defaultDataFolder()),
    practice: values.practice === undefined ? null : path.resolve(values.practice),
    json: values.json,
    watch: (values.watch ?? []).map((directory) => path.resolve(directory)),
    hl7Port: values['hl7-port'] === undefined ? null : portNumber('--hl7-port', values['hl7-port']),
    port: values.port === undefined ? 0 : portNumber('--port', values.port),
    record: values.record === undefined ? null : values.record === 'sandbox' ? 'sandbox' : path.resolve(values.record),
    ins: values.ins ?? null,
    insOid: values['ins-oid'] ?? null,
    out: values.out === undefined ? null : path.resolve(values.out),
    state: values.state ?? null,
    dir: values.dir === undefined ? null : path.resolve(values.dir),
    from: values.from ?? null,
    to: values.to ?? null,
    date: values.date ?? null,
    since: values.since ?? null,
    by: values.by ?? null,
    status: values.status?.split(',') ?? null,
    faults: values.fault ?? [],
    takeAll: values['take-all'],
    demo: values.demo,
    signIn: values['sign-in'] === undefined ? null : approvalOf(values['sign-in']),
  }
}

function approvalOf(text: string): 'automatic' | 'page' {
  if (text !== 'automatic' && text !== 'page') throw new UsageError(`--sign-in takes automatic or page, not ${text}`)
  return text
}

function portNumber(name: string, text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`${name} takes a port number from 0 to 65535, not ${text}`)
  return port
}
