import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { _electron, expect } from '@playwright/test'
import type { ElectronApplication, Page } from '@playwright/test'

/** The project's root, where the built program is. */
const home = path.resolve(import.meta.dirname, '../..')

/** The real desktop program, driven. */
export interface ElectronHost {
  readonly app: ElectronApplication
  readonly dataDir: string
  /** The windows, once they have loaded; the panel is there from the start, the two others when something opened them. */
  readonly panel: () => Promise<Page>
  readonly sync: () => Promise<Page>
  readonly viewer: () => Promise<Page>
  /** Ends the program as the system does at the end of a session: without a question. */
  readonly close: () => Promise<void>
}

export interface ElectronLaunch {
  /** Data folder; a new one of its own by default. */
  readonly dataDir?: string
  /** More of the program's own options (`--hidden`, `--record sandbox`...). */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Electron's program on this machine, or null: the test runtime when its folder is named, else the one npm installed. */
export function electronBinary(): string | null {
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const folder = createRequire(import.meta.url).resolve('electron/package.json')
  const named = path.join(path.dirname(folder), 'path.txt')
  const name = existsSync(named) ? readFileSync(named, 'utf8') : 'electron'
  const binary = override === undefined ? path.join(path.dirname(folder), 'dist', name) : path.join(override, name)
  return existsSync(binary) ? binary : null
}

/** Why the desktop program cannot be driven here, as one sentence for a skipped test; null when it can. */
export function electronUnavailable(): string | null {
  if (electronBinary() === null) return 'no Electron runtime here: set ELECTRON_OVERRIDE_DIST_PATH to a folder that holds one'
  if (process.platform === 'linux' && process.env['DISPLAY'] === undefined && process.env['WAYLAND_DISPLAY'] === undefined) return 'no display here: run under xvfb-run -a'
  if (!existsSync(path.join(home, 'out/main/index.js'))) return 'the program is not built: npm run build'
  return null
}

/** Command line of the program on `dataDir`, as given to Electron. */
export function electronArguments(dataDir: string, more: readonly string[] = []): string[] {
  // Chromium's own sandbox needs a user that is not root.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return [...root, home, '--data', dataDir, ...more]
}

/** Starts the built program in real Electron; throws when `electronUnavailable` gives a reason. */
export async function launchElectron(launch: ElectronLaunch = {}): Promise<ElectronHost> {
  const reason = electronUnavailable()
  const executablePath = electronBinary()
  if (reason !== null || executablePath === null) throw new Error(reason ?? 'no Electron runtime')
  const dataDir = launch.dataDir ?? mkdtempSync(path.join(tmpdir(), 'relais-electron-'))
  const app = await _electron.launch({ timeout: 60_000, executablePath, args: electronArguments(dataDir, launch.args), env: { ...(process.env as Record<string, string>), LANG: 'fr_FR.UTF-8', LANGUAGE: 'fr', ...launch.env } })
  const child = app.process()
  return {
    app,
    dataDir,
    panel: () => windowOf(app, 'panel'),
    sync: () => windowOf(app, 'sync'),
    viewer: () => windowOf(app, 'viewer'),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function windowOf(app: ElectronApplication, kind: 'panel' | 'sync' | 'viewer'): Promise<Page> {
  const isIt = (page: Page): boolean => page.url().startsWith(`app://relais/windows/${kind}/`)
  const found = () => app.windows().find(isIt)
  // Asked for, not listened to: a window that is already there and has no address yet announces itself no more.
  await expect.poll(found, { timeout: 45_000 }).toBeDefined()
  const page = found()!
  // Asked of the page itself: the event of a hidden window may have passed before anybody listened.
  await page.waitForFunction(() => document.readyState === 'complete', undefined, { polling: 100 })
  return page
}
