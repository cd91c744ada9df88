import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from '@playwright/test'
import type { Page } from '@playwright/test'
import { WebSocket } from 'ws'
import { clientOverWebSocket } from '../../shared/rpc/index.ts'
import type { ClientSocket, ConnectorClient } from '../../shared/rpc/index.ts'
import { electronArguments, electronBinary, electronUnavailable, launchElectron } from '../hosts/electron.ts'
import type { ElectronHost } from '../hosts/electron.ts'
import { startHeadless } from '../hosts/headless.ts'

test.skip(electronUnavailable() !== null, electronUnavailable() ?? '')

const testIns = '279035121518989'

/** What the running connector says of itself. */
function connectorFile(dataDir: string): { url: string; token: string; pid: number } | null {
  const file = path.join(dataDir, 'connector.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string; pid: number }) : null
}

/** The process of the connector that runs; fails when there is none. */
function connectorPid(dataDir: string): number {
  const found = connectorFile(dataDir)
  if (found === null || found.pid <= 1) throw new Error('no connector runs')
  return found.pid
}

/** Asks the connector of a data folder, beside the shell. */
async function ask<T>(dataDir: string, question: (client: ConnectorClient) => Promise<T>): Promise<T> {
  const found = connectorFile(dataDir)
  if (found === null) throw new Error('no connector runs')
  const socket = new WebSocket(`${found.url.replace('http', 'ws')}/rpc`, ['relais', found.token], { origin: found.url })
  try {
    return await question(clientOverWebSocket(socket as unknown as ClientSocket))
  } finally {
    socket.close()
  }
}

/** Starts the program a second time on the same folder, as the system does for a deep link; gives its exit code. */
async function startAgain(host: ElectronHost, ...more: string[]): Promise<number | null> {
  const child = spawn(electronBinary() ?? '', electronArguments(host.dataDir, more), { stdio: 'ignore' })
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
}

const openWindow = (page: Page, window: string, query: Record<string, string> = {}) =>
  page.evaluate(([kind, search]) => globalThis.postMessage({ relais: 'open-window', window: kind, query: search }, '*'), [window, query] as const)

test.describe('the desktop shell', () => {
  let host: ElectronHost
  test.beforeAll(async () => {
    host = await launchElectron({ args: ['--record', 'sandbox'] })
    await expect((await host.panel()).getByTestId('training-band')).toBeVisible()
  })
  test.afterAll(() => host.close())

  test('the panel docks right and speaks with the connector', async () => {
    const panel = await host.panel()
    await expect(panel.getByTestId('training-band')).toBeVisible()
    const bounds = await host.app.evaluate(({ BrowserWindow, screen }) => ({ window: BrowserWindow.getAllWindows()[0]?.getBounds(), area: screen.getPrimaryDisplay().workArea }))
    expect(bounds.window).toMatchObject({ width: 400, x: bounds.area.x + bounds.area.width - 400 })
  })

  test('every window is closed to the system: options, globals, permissions', async () => {
    const panel = await host.panel()
    await openWindow(panel, 'sync')
    await openWindow(panel, 'viewer', { ins: testIns, uniqueId: '1.2.3' })
    const pages = [panel, await host.sync(), await host.viewer()]
    expect(pages[2]?.url()).toBe(`app://relais/windows/viewer/index.html?ins=${testIns}&uniqueId=1.2.3`)
    const options = await host.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => (window.webContents as unknown as { getLastWebPreferences: () => Record<string, unknown> }).getLastWebPreferences()),
    )
    expect(options).toHaveLength(3)
    for (const option of options) {
      expect(option).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, webSecurity: true })
      expect(option['allowRunningInsecureContent'] ?? false).toBe(false)
      expect(option['experimentalFeatures'] ?? false).toBe(false)
      expect(option['nodeIntegrationInWorker'] ?? false).toBe(false)
      expect(option['enableBlinkFeatures'] ?? '').toBe('')
    }
    for (const page of pages) {
      const added = await page.evaluate(() => {
        const frame = document.body.appendChild(document.createElement('iframe'))
        const standard = new Set(Object.getOwnPropertyNames(frame.contentWindow))
        frame.remove()
        return Object.getOwnPropertyNames(globalThis).filter((name) => !standard.has(name) && !/^\d+$|^__(playwright|zod|pw)/.test(name) && !['pdfjsLib', '_pdfjsTestingUtils', '__core-js_shared__'].includes(name))
      })
      expect(added.filter((name) => ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer', 'api'].includes(name))).toEqual([])
      expect(added, page.url()).toEqual([])
      expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied')
      expect(await page.evaluate(() => new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('given'), () => resolve('refused'))))).toBe('refused')
      expect(await page.evaluate(() => navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'given', () => 'refused'))).toBe('refused')
    }
  })

  test('pages come from our own folder alone', async () => {
    const panel = await host.panel()
    const status = (address: string) => panel.evaluate((url) => fetch(url).then((response) => response.status, () => 'refused'), address)
    expect(await status('/windows/panel/index.html')).toBe(200)
    for (const address of ['/../../package.json', '/%2e%2e/%2e%2e/package.json', '/..%2f..%2fpackage.json', '/%5c..%5c..%5cpackage.json', '/windows/panel/', '/etc/passwd', '/windows/%00', '/%ff', '/C:/windows']) expect(await status(address), address).toBe(404)
    for (const address of ['app://other/windows/panel/index.html', 'file:///etc/passwd', 'http://127.0.0.1:1/', 'data:,x']) expect(await status(address), address).toBe('refused')
  })

  test('a page of ours is printed by the system when it asks, and by that alone', async () => {
    const viewer = await host.viewer()
    await host.app.evaluate(({ BrowserWindow }) => {
      const heard = Object.assign(globalThis, { printed: [] as string[] }).printed
      for (const { webContents } of BrowserWindow.getAllWindows()) webContents.print = () => void heard.push(new URL(webContents.getURL()).pathname)
    })
    await viewer.evaluate(() => globalThis.postMessage({ relais: 'print' }, '*'))
    const printed = () => host.app.evaluate(() => (globalThis as unknown as { printed: string[] }).printed)
    await expect.poll(printed).toEqual(['/windows/viewer/index.html'])
  })

  test('the policy refuses foreign and inline content, and our own pages break it nowhere', async () => {
    const violations: string[] = []
    host.app.context().on('console', (message) => {
      if (/Content Security Policy|Refused to/.test(message.text())) violations.push(message.text())
    })
    const panel = await host.panel()
    await Promise.all((await Promise.all([host.panel(), host.sync(), host.viewer()])).map((page) => page.reload()))
    await expect(panel.getByTestId('training-band')).toBeVisible()
    expect(violations).toEqual([])
    await panel.evaluate(() => {
      const seen = Object.assign(globalThis, { seen: [] as string[] }).seen
      document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective))
      const add = (tag: string, set: Record<string, string>) => document.body.append(Object.assign(document.createElement(tag), set))
      add('script', { textContent: 'globalThis.broken = 1' })
      add('script', { src: 'https://example.org/x.js' })
      add('img', { src: 'https://example.org/x.png' })
      add('style', { textContent: 'body { color: red }' })
      add('iframe', { src: 'https://example.org/' })
      add('object', { data: 'https://example.org/' })
      void fetch('https://example.org/').catch(() => undefined)
      // In a turn of its own: what a debugger evaluates is exempt from the policy.
      setTimeout(() => {
        try {
          // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the policy is what stops it
          new Function('globalThis.broken = 2')()
        } catch {
          // Refused, and reported as a violation.
        }
      })
    })
    // Frames and plug-ins may be stopped a step earlier, as navigations.
    const refused = () => panel.evaluate(() => [...new Set((globalThis as unknown as { seen: string[] }).seen)].filter((name) => name !== 'frame-src' && name !== 'object-src').toSorted())
    await expect.poll(refused).toEqual(['connect-src', 'img-src', 'script-src', 'script-src-elem', 'style-src-elem'])
    expect(await panel.evaluate(() => 'broken' in globalThis)).toBe(false)
    expect(panel.frames().filter((frame) => frame.url().includes('example.org'))).toEqual([])
  })

  test('a page can neither go elsewhere nor open a window of its own', async () => {
    const panel = await host.panel()
    const before = panel.url()
    const count = await host.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
    for (const target of ['https://example.org/', 'file:///etc/passwd', 'app://relais/windows/sync/index.html']) {
      await panel.evaluate((url) => {
        location.href = url
      }, target)
      await panel.evaluate((url) => {
        const link = Object.assign(document.createElement('a'), { href: url, target: '_blank' })
        document.body.append(link)
        link.click()
        link.remove()
      }, target)
      expect(await panel.evaluate((url) => window.open(url) === null, target)).toBe(true)
    }
    await openWindow(panel, 'settings')
    await openWindow(panel, 'https://example.org/')
    expect(await panel.evaluate(() => location.href)).toBe(before)
    await panel.reload()
    await expect(panel.getByTestId('training-band')).toBeVisible()
    expect(await host.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(count)
  })

  test('a second start ends at once; its deep link opens the patient here, a malformed one does nothing', async () => {
    const generation = () => ask(host.dataDir, async (client) => (await client.panel.get()).generation)
    const first = await generation()
    expect(await startAgain(host, 'relais://patient?ins=%3Cscript%3E')).toBe(0)
    expect(await startAgain(host, 'relais://nothing')).toBe(0)
    expect(await generation()).toBe(first)
    expect(await startAgain(host, `relais://patient?ins=${testIns}`)).toBe(0)
    await expect.poll(generation).toBeGreaterThan(first)
    expect((await ask(host.dataDir, (client) => client.panel.get())).patient?.ins).toBe(testIns)
  })

  test('closing the panel hides it, and asking again shows it at once', async () => {
    const visible = () => host.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().find((window) => window.webContents.getURL().includes('/panel/'))?.isVisible())
    await host.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().find((window) => window.webContents.getURL().includes('/panel/'))?.close())
    await expect.poll(visible).toBe(false)
    expect(await startAgain(host)).toBe(0)
    await expect.poll(visible).toBe(true)
  })

  test('a connector that dies is started again, and every window gets a new port', async () => {
    const panel = await host.panel()
    await panel.evaluate(() => {
      const counter = globalThis as unknown as { ports: number }
      counter.ports = 0
      addEventListener('message', (event: MessageEvent<{ relais?: string } | null>) => {
        if (event.data?.relais === 'port') counter.ports += 1
      })
    })
    const before = connectorPid(host.dataDir)
    const windows = () => host.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)
    const open = await windows()
    process.kill(before, 'SIGKILL')
    await expect.poll(() => connectorFile(host.dataDir)?.pid ?? before).not.toBe(before)
    await expect.poll(() => panel.evaluate(() => (globalThis as unknown as { ports: number }).ports)).toBe(1)
    await expect(panel.getByTestId('link-lost')).toHaveCount(0)
    expect(await windows()).toBe(open)
  })

  test('quitting with nothing on its way asks nothing and ends the connector', async () => {
    const child = host.app.process()
    const pid = connectorPid(host.dataDir)
    const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
    await host.app.evaluate(({ app }) => app.quit()).catch(() => undefined)
    expect(await gone).toBe(0)
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(connectorFile(host.dataDir)).toBeNull()
  })
})

test('starts hidden when asked, the panel already warm', async () => {
  const host = await launchElectron({ args: ['--record', 'sandbox', '--hidden'] })
  try {
    const panel = await host.panel()
    await expect(panel.getByTestId('training-band')).toHaveCount(1)
    expect(await host.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))).toEqual([false])
  } finally {
    await host.close()
  }
})

test('attaches to the connector that runs on this computer and leaves it running', async () => {
  const headless = await startHeadless()
  try {
    const host = await launchElectron({ dataDir: headless.dataDir, args: ['--attach', `relais://patient?ins=${testIns}`] })
    const panel = await host.panel()
    await expect(panel.getByTestId('training-band')).toBeVisible()
    await expect.poll(async () => (await ask(headless.dataDir, (client) => client.panel.get())).patient?.ins).toBe(testIns)
    await host.close()
    expect(await ask(headless.dataDir, async (client) => (await client.status.get()).training)).toBe(true)
    expect(connectorFile(headless.dataDir)?.pid).toBe(headless.ready.pid)
  } finally {
    await headless.close()
  }
})
