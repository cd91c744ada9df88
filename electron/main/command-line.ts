import path from 'node:path'
import { parseArgs } from 'node:util'

/** What the desktop program was asked on its command line. Paths are absolute. */
export interface DesktopOptions {
  /** Data folder; null = the system's usual place for this user. */
  readonly data: string | null
  /** Use the connector that already runs on this data folder; never start one. */
  readonly attach: boolean
  /** Start in the tray, without a window. */
  readonly hidden: boolean
  readonly practice: string | null
  /** `sandbox`, or the path of a record's configuration. */
  readonly record: string | null
  readonly watch: readonly string[]
  readonly hl7Port: string | null
  /** Fill the training record with the demo practice's documents. */
  readonly demo: boolean
  /** A `relais:` address given by the system, not yet checked. */
  readonly link: string | null
}

/**
 * Reads the command line. Electron, Chromium and test drivers add options of their own, so what is not ours is skipped and never
 * an error.
 *
 * @param arguments_ the command line without the program's name
 * @param cwd folder that relative paths start from
 */
export function readCommandLine(arguments_: readonly string[], cwd: string): DesktopOptions {
  const { values, positionals } = parseArgs({
    args: [...arguments_],
    strict: false,
    options: {
      data: { type: 'string' },
      practice: { type: 'string' },
      record: { type: 'string' },
      watch: { type: 'string', multiple: true },
      'hl7-port': { type: 'string' },
      demo: { type: 'boolean' },
      attach: { type: 'boolean' },
      hidden: { type: 'boolean' },
    },
  })
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
  const file = (value: unknown): string | null => (text(value) === null ? null : path.resolve(cwd, String(value)))
  return {
    data: file(values['data']),
    demo: values['demo'] === true,
    attach: values['attach'] === true,
    hidden: values['hidden'] === true,
    practice: file(values['practice']),
    record: values['record'] === 'sandbox' ? 'sandbox' : file(values['record']),
    watch: (values['watch'] ?? []).flatMap((folder) => file(folder) ?? []),
    hl7Port: text(values['hl7-port']),
    link: positionals.find((positional) => positional.startsWith('relais:')) ?? null,
  }
}

/** The connector's own command line for these options. */
export function connectorArguments(options: DesktopOptions, dataDir: string): string[] {
  return [
    'serve',
    '--data',
    dataDir,
    ...(options.practice === null ? [] : ['--practice', options.practice]),
    ...(options.record === null ? [] : ['--record', options.record]),
    ...options.watch.flatMap((folder) => ['--watch', folder]),
    ...(options.hl7Port === null ? [] : ['--hl7-port', options.hl7Port]),
    ...(options.demo ? ['--demo'] : []),
  ]
}

/** Where data lives when `--data` is not given: the same folder as the program without a desktop, so that either finds the other's. */
export function usualDataFolder(platform: NodeJS.Platform, home: string, environment: NodeJS.ProcessEnv): string {
  if (platform === 'win32') return path.join(environment['LOCALAPPDATA'] ?? home, 'Relais')
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Relais')
  return path.join(environment['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share'), 'relais')
}
