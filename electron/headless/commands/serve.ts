import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { routerOf, startConnector, type Connector } from '#connector/connector.ts'
import { holderOf, parseKey, readOrMakeKeyFile, type StoreKey } from '#connector/store/index.ts'
import { recordAddress, type Result } from '#shared/contract/index.ts'
import { runningProgramFile } from '../connect.ts'
import { openHttpHost } from '../http-host.ts'
import { openLog } from '../log.ts'
import type { Options } from '../options.ts'
import { clinicalFolder, fromSources, pagesFolder, profilesFolder, readPractice, root, UsageError, version } from '../program.ts'
import { openRecordChoice, practiceFileOf, rememberChoice } from '../record-choice.ts'
import { parentPort, serveParentPorts } from '../serve-parent-ports.ts'

/** The program: runs until SIGTERM, prints one JSON line when ready (design.md section 6). */
export async function serve(options: Options): Promise<number> {
  const practice = readPractice(practiceFileOf(options))
  for (const directory of options.watch) {
    if (!fs.existsSync(directory)) throw new UsageError(`--watch ${directory}: no such folder`)
  }
  fs.mkdirSync(options.data, { recursive: true, mode: 0o700 })
  const holder = await holderOf(options.data)
  if (holder !== null) throw new UsageError(inUse(options.data, holder))
  const key = await storeKey(options.data)
  if (!key.ok) throw new UsageError(`${key.failure.code}: ${key.failure.detail ?? ''}`)
  buildPagesWhenMissing()
  const log = openLog(path.join(options.data, 'logs'))
  process.on('unhandledRejection', (error) => {
    // Its message may quote a document: only its kind and place are kept, and the program starts afresh.
    log.bug(error)
    process.exit(70)
  })
  const record = await openRecordChoice(options, practice)
  const started = await startConnector({
    directory: options.data,
    key: key.value,
    practice,
    record: record.choice,
    watch: options.watch,
    hl7Port: options.hl7Port,
    profileFolders: [profilesFolder],
    clinicalFolder,
    active: true,
    takeAll: options.takeAll,
    onDamaged() {
      log.write('the database is damaged', {})
      process.exit(70)
    },
    version,
    role: 'serve',
    log: log.write,
  })
  if (!started.ok) {
    await record.close()
    const { code, detail = '' } = started.failure
    throw new UsageError(code === 'store-locked' ? inUse(options.data, detail) : `${code}: ${detail}`)
  }
  const connector: Connector = started.value
  const router = routerOf(connector)
  const host = await openHttpHost({ port: options.port, pages: pagesFolder, router, unexpected: log.bug })
  serveParentPorts(router, log.bug)
  rememberChoice(options)
  const file = runningProgramFile(options.data)
  fs.rmSync(file, { force: true })
  fs.writeFileSync(file, JSON.stringify({ url: host.url, token: host.token, pid: process.pid }), { mode: 0o600 })
  // Listened for before anybody is told that there is something to stop.
  const asked = stopAsked()
  process.stdout.write(
    `${JSON.stringify({
      event: 'ready',
      panel: `${host.url}/#token=${host.token}`,
      sync: `${host.url}/sync#token=${host.token}`,
      hl7: connector.hl7,
      watch: options.watch,
      record: recordAddress(record.choice.config),
      data: options.data,
      pid: process.pid,
    })}\n`,
  )
  await asked
  fs.rmSync(file, { force: true })
  await host.close()
  await connector.stop()
  await record.close()
  log.close()
  return 0
}

function inUse(directory: string, holder: string): string {
  return `${directory} is in use by another Relais (${holder}). One program a data folder: stop that one, or attach to it.`
}

/**
 * The key from the shell's keystore: a message on the utility process's port, or one JSON line on stdin for a child process.
 * Without a shell, the 0600 key file of a host that has no keystore.
 */
async function storeKey(directory: string): Promise<Result<StoreKey>> {
  if (process.env['RELAIS_KEY_FROM'] !== 'stdin') return readOrMakeKeyFile(directory)
  const port = parentPort()
  if (port) {
    return new Promise((resolve) => {
      port.on('message', ({ data }) => {
        const message = data as { type?: unknown; key?: unknown } | null
        if (message?.type === 'key') resolve(parseKey(String(message.key)))
      })
    })
  }
  const lines = createInterface({ input: process.stdin })
  for await (const line of lines) {
    lines.close()
    return parseKey((JSON.parse(line) as { key: string }).key)
  }
  return parseKey('')
}

function buildPagesWhenMissing(): void {
  if (!fromSources || fs.existsSync(path.join(pagesFolder, 'windows/panel/index.html'))) return
  process.stderr.write('relais: building the windows, once\n')
  const built = spawnSync(process.execPath, [path.join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
  if (built.status !== 0) throw new UsageError(`the windows could not be built:\n${built.stderr.toString().slice(-2_000)}`)
}

/** Resolves when the program is told to stop, or when the shell that started it is gone. */
function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
    if (process.env['RELAIS_PARENT'] === 'shell') process.once('disconnect', () => resolve())
  })
}
