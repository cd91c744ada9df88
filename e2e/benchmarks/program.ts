import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** The tree that is measured: this project, or the one `RELAIS_PROGRAM_ROOT` names (an older version, to compare). */
export const programRoot = path.resolve(process.env['RELAIS_PROGRAM_ROOT'] ?? path.join(import.meta.dirname, '../..'))

/** The program's command line. */
export const programEntry = path.join(programRoot, 'electron/headless/relais.ts')

/** The practice every part works for. */
export const practiceFile = path.join(programRoot, 'resources/demo/practice.json')

const url = (file: string) => pathToFileURL(path.join(programRoot, file)).href

/** The measured program's own rooms, so that what is put into a store or on the wire is what that program writes. */
export const rooms = {
  audit: (await import(url('electron/connector/audit/index.ts'))) as typeof import('#connector/audit/index.ts'),
  connect: (await import(url('electron/headless/connect.ts'))) as typeof import('../../electron/headless/connect.ts'),
  consent: (await import(url('electron/connector/consent/index.ts'))) as typeof import('#connector/consent/index.ts'),
  files: (await import(url('electron/headless/program.ts'))) as typeof import('../../electron/headless/program.ts'),
  history: (await import(url('electron/connector/history/index.ts'))) as typeof import('#connector/history/index.ts'),
  oid: (await import(url('electron/connector/stable-oid.ts'))) as typeof import('#connector/stable-oid.ts'),
  outbox: (await import(url('electron/connector/outbox/index.ts'))) as typeof import('#connector/outbox/index.ts'),
  patients: (await import(url('electron/connector/patients/index.ts'))) as typeof import('#connector/patients/index.ts'),
  prepare: (await import(url('electron/connector/prepare-item.ts'))) as typeof import('#connector/prepare-item.ts'),
  record: (await import(url('electron/connector/record/index.ts'))) as typeof import('#connector/record/index.ts'),
  signIn: (await import(url('electron/connector/sign-in/index.ts'))) as typeof import('#connector/sign-in/index.ts'),
  store: (await import(url('electron/connector/store/index.ts'))) as typeof import('#connector/store/index.ts'),
} as const

/** The demo practice, checked. */
export const practice = rooms.files.readPractice(practiceFile)
