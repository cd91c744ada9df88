/**
 * `npm start`: builds, then shows a demo practice at work on the training record: with the desktop program, or headless where
 * Electron's binary or a screen cannot be had.
 */
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import { playDemo } from '../../resources/demo/play.ts'
import { root } from './program.ts'

const data = path.join(root, '.data/demo')
const exports = path.join(data, 'export')
fs.mkdirSync(exports, { recursive: true })

process.stdout.write('Relais: building…\n')
const built = spawnSync(process.execPath, [path.join(root, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
if (built.status !== 0) process.exit(1)

const hl7Port = await freePort()
const programArguments = ['--data', data, '--record', 'sandbox', '--demo', '--watch', exports, '--hl7-port', String(hl7Port)]
const electron = electronBinary()
const child =
  'binary' in electron
    ? spawn(electron.binary, [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...programArguments], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
    : spawn(process.execPath, [path.join(root, 'electron/headless/relais.ts'), 'serve', ...programArguments], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
if (!('binary' in electron)) {
  process.stdout.write(`Relais: no desktop here (${electron.why}); running headless.\n`)
  child.stdout?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter((text) => text.includes('"event":"ready"'))) {
      const ready = JSON.parse(line) as { panel: string; sync: string }
      process.stdout.write(`\nPanel:  ${ready.panel}\nSync:   ${ready.sync}\nWatched folder: ${exports}\nHL7 port: ${hl7Port}\n\nThe demo practice is at work. Ctrl+C stops.\n`)
    }
  })
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopping.abort()
    child.kill('SIGTERM')
  })
}
const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 0)))
void ended.then(() => stopping.abort())
await hl7Answers(hl7Port, stopping.signal)
if (!stopping.signal.aborted) {
  await playDemo({ watchDirectory: exports, hl7: { host: '127.0.0.1', port: hl7Port }, signal: stopping.signal, memory: path.join(data, 'played.json') }).catch((error: unknown) => {
    process.stderr.write(`Relais: the demo stopped (${(error as Error).message}); the program goes on.\n`)
  })
}
process.exitCode = await ended

/** A port nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Resolves when the program's HL7 port takes connections, or the demo is stopped. */
async function hl7Answers(port: number, signal: AbortSignal): Promise<void> {
  const { connect } = await import('node:net')
  while (!signal.aborted) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

/** Electron's binary, fetched now if it can be; or why the desktop cannot be shown. */
function electronBinary(): { binary: string } | { why: string } {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return { why: 'no screen' }
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? path.join(root, 'node_modules/electron/dist')
  const name = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform as string] ?? 'electron'
  const binary = path.join(folder, name)
  if (!fs.existsSync(binary)) {
    process.stdout.write('Relais: fetching Electron, once…\n')
    spawnSync(process.execPath, [path.join(root, 'node_modules/electron/install.js')], { stdio: 'ignore', timeout: 300_000 })
  }
  return fs.existsSync(binary) ? { binary } : { why: "Electron's binary cannot be had" }
}
