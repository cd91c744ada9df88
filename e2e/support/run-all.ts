/**
 * The README's test command: types, lint, unit and contract tests, the build, then the end-to-end specs in real Chromium and,
 * where a runtime is available, in real Electron. Prints one line of totals at the end and fails when anything failed.
 * What failed is said once more just above it: the end of a log is what is read, and often all that is kept of it.
 */
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const root = path.resolve(import.meta.dirname, '../..')
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'relais-reports-'))
const total = { passed: 0, failed: 0, skipped: 0 }
const notes: string[] = []
const failures: string[] = []
/** Characters of a failure said again: what was expected and where, without pages of code around it. */
const WORDS_OF_A_FAILURE = 3_000

/** Runs a command in sight, and keeps the end of what it printed for when it fails. */
async function run(title: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ ok: boolean; end: string }> {
  const started = Date.now()
  process.stdout.write(`\n== ${title}\n`)
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let end = ''
  const keep = (chunk: string): void => {
    end = (end + chunk).slice(-WORDS_OF_A_FAILURE)
  }
  for (const [from, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]] as const) {
    from.setEncoding('utf8').on('data', keep)
    from.pipe(to, { end: false })
  }
  const ok = await new Promise<boolean>((resolve) => {
    child.on('error', (error) => { keep(String(error)); resolve(false) })
    child.on('close', (code) => { resolve(code === 0) })
    // A process left behind by it may hold its output open for good; the command itself has ended.
    child.on('exit', (code) => setTimeout(() => { resolve(code === 0) }, 2_000).unref())
  })
  process.stdout.write(`== ${title}: ${ok ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(0)} s\n`)
  return { ok, end }
}

async function step(title: string, command: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const { ok, end } = await run(title, command, args, env)
  total[ok ? 'passed' : 'failed'] += 1
  if (!ok) failed(title, [end])
}

function failed(title: string, messages: readonly string[]): void {
  failures.push([title, ...messages.map((message) => stripVTControlCharacters(message).slice(0, WORDS_OF_A_FAILURE))].join('\n'))
}

interface UnitReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string; readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages: readonly string[] }[] }[]
}

/** Tests that failed, and files that could not be run at all. */
function tellUnit(report: UnitReport): void {
  for (const file of report.testResults) {
    const name = path.relative(root, file.name)
    const bad = file.assertionResults.filter((test) => test.status === 'failed')
    for (const test of bad) failed(`${name} › ${test.fullName}`, test.failureMessages)
    if (file.status === 'failed' && bad.length === 0) failed(name, [file.message])
  }
}

interface SpecSuite {
  readonly title: string
  readonly suites?: readonly SpecSuite[]
  readonly specs?: readonly { readonly title: string; readonly ok: boolean; readonly file: string; readonly line: number; readonly tests: readonly { readonly results: readonly { readonly errors: readonly { readonly message?: string }[] }[] }[] }[]
}

function tellSpecs(suites: readonly SpecSuite[]): void {
  for (const suite of suites) {
    for (const spec of suite.specs ?? []) {
      if (spec.ok) continue
      const errors = spec.tests.flatMap((test) => test.results).flatMap((result) => result.errors)
      failed(`${spec.file}:${spec.line} › ${spec.title}`, errors.map(({ message }) => message ?? ''))
    }
    tellSpecs(suite.suites ?? [])
  }
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

await step('types', 'npm', ['run', '-s', 'types'])
await step('lint', 'npm', ['run', '-s', 'lint'])

// A card in software, the front that makes TLS with it, and what compiles a library that hangs; without them the tests of the card are skipped and say so.
ensurePackages(['/usr/bin/softhsm2-util', '/usr/bin/pkcs11-tool', '/usr/bin/stunnel', '/usr/bin/cc'], ['softhsm2', 'opensc', 'stunnel4', 'libengine-pkcs11-openssl', 'gcc', 'libc6-dev'])
const unitReport = path.join(reports, 'unit.json')
const unit = await run('unit and contract', process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--config', 'e2e/vitest.config.ts', '--reporter=dot', '--reporter=json', `--outputFile.json=${unitReport}`])
if (fs.existsSync(unitReport)) {
  const report = JSON.parse(fs.readFileSync(unitReport, 'utf8')) as UnitReport
  total.passed += report.numPassedTests
  total.failed += report.numFailedTests
  total.skipped += report.numPendingTests
  tellUnit(report)
  // An error outside every test fails the run without failing one of them.
  if (!unit.ok && report.numFailedTests === 0) { total.failed += 1; failed('unit and contract', [unit.end]) }
} else { total.failed += 1; failed('unit and contract', [unit.end]) }

await step('proof: a model', process.execPath, ['e2e/proofs/model.ts', '--runs', '300', '--commands', '50'])
await step('proof: kills', process.execPath, ['e2e/proofs/kill.ts', '--seconds', '60'])
await step('proof: a broken line', process.execPath, ['e2e/proofs/network.ts', '--schedules', '300'])
await step('build', 'npm', ['run', '-s', 'build'])
ensurePackages(['/usr/bin/chromium'], ['chromium', 'fonts-dejavu-core'])
const electron = electronRuntime()
if (electron.folder === null) notes.push(`desktop specs skipped: ${electron.why}`)
const e2eReport = path.join(reports, 'e2e.json')
const playwright = [process.execPath, 'node_modules/@playwright/test/cli.js', 'test', '-c', 'e2e/playwright.config.ts']
const display = process.platform === 'linux' && !process.env['DISPLAY'] && electron.folder !== null && fs.existsSync('/usr/bin/xvfb-run')
const command = display ? ['xvfb-run', '-a', ...playwright] : playwright
const e2e = await run('end to end', command[0]!, command.slice(1), { RELAIS_E2E_REPORT: e2eReport, ...(electron.folder === null ? {} : { ELECTRON_OVERRIDE_DIST_PATH: electron.folder }) })
if (fs.existsSync(e2eReport)) {
  const { stats, suites } = JSON.parse(fs.readFileSync(e2eReport, 'utf8')) as { stats: { expected: number; unexpected: number; flaky: number; skipped: number }; suites: SpecSuite[] }
  total.passed += stats.expected
  total.failed += stats.unexpected + stats.flaky
  total.skipped += stats.skipped
  tellSpecs(suites)
  if (!e2e.ok && stats.unexpected + stats.flaky === 0) { total.failed += 1; failed('end to end', [e2e.end]) }
} else { total.failed += 1; failed('end to end', [e2e.end]) }

fs.rmSync(reports, { recursive: true, force: true })
for (const failure of failures) process.stdout.write(`\nFAILED ${failure}\n`)
for (const note of notes) process.stdout.write(`note: ${note}\n`)
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
process.exitCode = total.failed > 0 ? 1 : 0
