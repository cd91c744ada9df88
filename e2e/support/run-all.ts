/**
 * The README's test command: types, lint, unit and contract tests, the build, then the end-to-end specs in real Chromium and,
 * where a runtime is available, in real Electron. Prints one line of totals at the end and fails when anything failed.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '../..')
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-reports-'))
const total = { passed: 0, failed: 0, skipped: 0 }
const notes: string[] = []

function run(title: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): boolean {
  const started = Date.now()
  process.stdout.write(`\n== ${title}\n`)
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  process.stdout.write(`== ${title}: ${done.status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(0)} s\n`)
  return done.status === 0
}

function step(title: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): void {
  total[run(title, command, args, env) ? 'passed' : 'failed'] += 1
}

/** What the tests drive and npm does not bring: Debian's packages, installed when one of their files is missing and we may. */
function ensurePackages(files: readonly string[], packages: readonly string[]): void {
  if (files.every((file) => fs.existsSync(file)) || process.platform !== 'linux') return
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const install = [...sudo, 'apt-get', 'install', '-y', '--no-install-recommends', ...packages]
  const quiet = { stdio: 'ignore' as const, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  process.stdout.write(`\n== installing ${packages.join(' ')}\n`)
  if (spawnSync(install[0]!, install.slice(1), quiet).status !== 0) {
    spawnSync([...sudo, 'apt-get'][0]!, [...sudo.slice(1), ...(sudo.length > 0 ? ['apt-get'] : []), 'update'], quiet)
    spawnSync(install[0]!, install.slice(1), quiet)
  }
}

/** A real Electron to drive: the one named by the environment, a test runtime offered beside the project, or the one npm installed. */
function electronRuntime(): { folder: string | null; why: string } {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  if (named && fs.existsSync(named)) return { folder: named, why: '' }
  const setup = path.resolve(root, '../shared/tools/electron-runtime/setup.sh')
  if (fs.existsSync(setup)) {
    const done = spawnSync('bash', [setup], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    const folder = /ELECTRON_OVERRIDE_DIST_PATH=(\S+)/.exec(done.stdout)?.[1]
    if (done.status === 0 && folder) return { folder, why: '' }
    return { folder: null, why: 'the test runtime could not be prepared' }
  }
  const own = path.join(root, 'node_modules/electron/dist')
  return fs.existsSync(path.join(own, 'version')) ? { folder: own, why: '' } : { folder: null, why: "Electron's binary is not installed" }
}

step('types', 'npm', ['run', '-s', 'types'])
step('lint', 'npm', ['run', '-s', 'lint'])

// A card in software, the front that makes TLS with it, and what compiles a library that hangs; without them the tests of the card are skipped and say so.
ensurePackages(['/usr/bin/softhsm2-util', '/usr/bin/pkcs11-tool', '/usr/bin/stunnel', '/usr/bin/cc'], ['softhsm2', 'opensc', 'stunnel4', 'libengine-pkcs11-openssl', 'gcc', 'libc6-dev'])
const unitReport = path.join(reports, 'unit.json')
const unitDone = run('unit and contract', process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'e2e/vitest.config.ts', '--reporter=dot', '--reporter=json', `--outputFile.json=${unitReport}`])
if (fs.existsSync(unitReport)) {
  const report = JSON.parse(fs.readFileSync(unitReport, 'utf8')) as { numPassedTests: number; numFailedTests: number; numPendingTests: number; success: boolean }
  total.passed += report.numPassedTests
  total.failed += report.numFailedTests
  total.skipped += report.numPendingTests
  if (!unitDone && report.numFailedTests === 0) total.failed += 1
} else total.failed += 1

step('proof: a model', process.execPath, ['e2e/proofs/model.ts', '--runs', '300', '--commands', '50'])
step('proof: kills', process.execPath, ['e2e/proofs/kill.ts', '--seconds', '60'])
step('proof: a broken line', process.execPath, ['e2e/proofs/network.ts', '--schedules', '300'])
step('build', 'npm', ['run', '-s', 'build'])
ensurePackages(['/usr/bin/chromium'], ['chromium', 'fonts-dejavu-core'])
const electron = electronRuntime()
if (electron.folder === null) notes.push(`desktop specs skipped: ${electron.why}`)
const e2eReport = path.join(reports, 'e2e.json')
const playwright = [process.execPath, 'node_modules/@playwright/test/cli.js', 'test', '-c', 'e2e/playwright.config.ts']
const display = process.platform === 'linux' && !process.env['DISPLAY'] && electron.folder !== null && fs.existsSync('/usr/bin/xvfb-run')
const command = display ? ['xvfb-run', '-a', ...playwright] : playwright
const e2eDone = run('end to end', command[0]!, command.slice(1), { RELAIS_E2E_REPORT: e2eReport, ...(electron.folder === null ? {} : { ELECTRON_OVERRIDE_DIST_PATH: electron.folder }) })
if (fs.existsSync(e2eReport)) {
  const { stats } = JSON.parse(fs.readFileSync(e2eReport, 'utf8')) as { stats: { expected: number; unexpected: number; flaky: number; skipped: number } }
  total.passed += stats.expected
  total.failed += stats.unexpected + stats.flaky
  total.skipped += stats.skipped
  if (!e2eDone && stats.unexpected + stats.flaky === 0) total.failed += 1
} else total.failed += 1

fs.rmSync(reports, { recursive: true, force: true })
for (const note of notes) process.stdout.write(`note: ${note}\n`)
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
process.exitCode = total.failed > 0 ? 1 : 0
