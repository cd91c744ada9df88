import { EventEmitter } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { hardenContents, hardenSession } from './harden.ts'
import { rememberedBounds } from './remembered-bounds.ts'
import { createTray } from './tray.ts'
import { createWindows } from './windows.ts'
import type { WindowSurroundings } from './windows.ts'

const fake = await vi.hoisted(async () => (await import('./fake-electron.ts')).fakeElectron())
vi.mock('electron', () => fake.module)

const boundsFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'relais-bounds-')), 'shell', 'windows.json')

function windows(change: Partial<WindowSurroundings> = {}) {
  const loaded: unknown[] = []
  const made = createWindows({
    preload: '/preload.cjs',
    icon: '/icon.png',
    remembered: rememberedBounds(boundsFile()),
    title: (kind) => `title of ${kind}`,
    loaded: (contents) => loaded.push(contents),
    leaving: () => false,
    ...change,
  })
  return { made, loaded }
}

beforeEach(() => {
  fake.windows.length = 0
  fake.did.length = 0
  fake.trays.length = 0
})

describe('windows', () => {
  test('are made when first shown, closed to the system, and once each', () => {
    const { made } = windows()
    made.warmPanel()
    expect(fake.windows.map((window) => window.visible)).toEqual([false])
    made.show('panel')
    made.show('sync')
    made.show('sync')
    expect(fake.windows.map((window) => [window.url, window.visible])).toEqual([
      ['app://relais/windows/panel/index.html', true],
      ['app://relais/windows/sync/index.html', true],
    ])
    for (const { options } of fake.windows) {
      expect(options).toMatchObject({ webPreferences: { preload: '/preload.cjs', sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, partition: 'relais' } })
    }
    expect(fake.windows[0]?.options).toMatchObject({ x: 1520, width: 400, height: 1040, title: 'title of panel' })
  })

  test('a request with a query loads the page anew, with the query escaped', () => {
    const { made } = windows()
    made.show('viewer', { uniqueId: '1.2', title: 'a&b=c' })
    expect(fake.windows[0]?.url).toBe('app://relais/windows/viewer/index.html?uniqueId=1.2&title=a%26b%3Dc')
    made.show('viewer', { uniqueId: '3' })
    expect(fake.windows.map((window) => window.url)).toEqual(['app://relais/windows/viewer/index.html?uniqueId=3'])
  })

  test('closing hides the panel, ends the others, and everything ends when the program does', () => {
    let leaving = false
    const { made } = windows({ leaving: () => leaving })
    made.show('panel')
    made.show('sync')
    const [panel, sync] = fake.windows
    expect([panel?.close(), sync?.close()]).toEqual([false, true])
    expect(panel?.visible).toBe(false)
    expect(made.contents()).toEqual([panel?.webContents])
    leaving = true
    expect(panel?.close()).toBe(true)
  })

  test('the shortcut shows and hides the panel', () => {
    const { made } = windows()
    made.togglePanel()
    expect(fake.windows[0]?.visible).toBe(true)
    made.togglePanel()
    expect(fake.windows[0]?.visible).toBe(false)
  })

  test('every load asks for a port; a page that crashes is loaded again, but not for ever', () => {
    const { made, loaded } = windows()
    made.show('panel')
    const contents = fake.windows[0]?.webContents
    contents?.emit('did-finish-load')
    contents?.emit('did-finish-load')
    expect(loaded).toEqual([contents, contents])
    const reloaded = vi.fn<() => void>()
    contents?.on('reloaded', reloaded)
    contents?.emit('render-process-gone', {}, { reason: 'clean-exit' })
    contents?.emit('render-process-gone', {}, { reason: 'crashed' })
    contents?.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(reloaded).toHaveBeenCalledTimes(1)
  })

  test('are put back where they were left, unless the file is damaged', () => {
    const file = boundsFile()
    const { made } = windows({ remembered: rememberedBounds(file) })
    made.show('sync')
    fake.windows[0]?.close()
    expect(rememberedBounds(file).get('sync')).toEqual({ x: 1, y: 2, width: 400, height: 500 })
    expect(rememberedBounds(file).get('panel')).toBeNull()
    for (const text of ['{', '{"sync":{"x":1}}', '[]', '{"sync":{"x":1e9,"y":0,"width":1,"height":1}}']) {
      writeFileSync(file, text)
      expect(rememberedBounds(file).get('sync'), text).toBeNull()
    }
  })
})

describe('the tray', () => {
  test('paints a model once, and its lines do what they say', () => {
    const chosen: unknown[] = []
    const tray = createTray('/icons', { click: () => chosen.push('click'), doubleClick: () => chosen.push('double'), choose: (action) => chosen.push(action) })
    const model = {
      icon: 'sending' as const,
      tooltip: 'Relais',
      lines: [
        { kind: 'sentence' as const, text: 'Envoi' },
        { kind: 'separator' as const },
        { kind: 'submenu' as const, text: 'Suspendre', lines: [{ kind: 'command' as const, text: '1 heure', action: { do: 'pause' as const, span: 'hour' as const } }] },
      ],
    }
    tray.paint(model)
    tray.paint(structuredClone(model))
    expect(fake.did.map(([what]) => what)).toEqual(['tray', 'tray.setImage', 'tray.setToolTip', 'tray.setContextMenu'])
    expect(fake.did[1]?.[1]).toBe(path.join('/icons', 'tray-sending.png'))
    const [sentence, separator, submenu] = (fake.did[3] ?? [])[1] as [Record<string, unknown>, Record<string, unknown>, { submenu: { click: () => void }[] }]
    expect(sentence).toEqual({ label: 'Envoi', enabled: false })
    expect(separator).toEqual({ type: 'separator' })
    submenu.submenu[0]?.click()
    fake.trays[0]?.emit('click')
    fake.trays[0]?.emit('double-click')
    expect(chosen).toEqual([{ do: 'pause', span: 'hour' }, 'click', 'double'])
  })

  test('a desktop without a tray is no reason to stop', () => {
    const real = fake.module['Tray']
    fake.module['Tray'] = function refuse() {
      throw new Error('no tray here')
    }
    expect(() => createTray('/icons', { click: () => undefined, doubleClick: () => undefined, choose: () => undefined }).paint({ icon: 'idle', tooltip: '', lines: [] })).not.toThrow()
    fake.module['Tray'] = real
  })
})

describe('hardening', () => {
  test('refuses navigation, windows and views in every page', () => {
    const app = new EventEmitter()
    hardenContents(app as never)
    const contents = new (class extends EventEmitter {
      handler: (() => unknown) | null = null
      setWindowOpenHandler(handler: () => unknown): void {
        this.handler = handler
      }
    })()
    app.emit('web-contents-created', {}, contents)
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      const preventDefault = vi.fn<() => void>()
      contents.emit(event, { preventDefault })
      expect(preventDefault, event).toHaveBeenCalledOnce()
    }
    expect(contents.handler?.()).toEqual({ action: 'deny' })
  })

  test('refuses every permission, download and foreign request', () => {
    const handlers: Record<string, (...given: never[]) => unknown> = {}
    const keep = (name: string) => (handler: (...given: never[]) => unknown) => (handlers[name] = handler)
    const session = {
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      webRequest: { onBeforeRequest: keep('web') },
      on: (name: string, handler: (...given: never[]) => unknown) => (handlers[name] = handler),
    }
    hardenSession(session as never)
    const answers: unknown[] = []
    handlers['request']?.(...([null, 'media', (given: unknown) => answers.push(given)] as never[]))
    expect([...answers, handlers['check']?.(), handlers['device']?.()]).toEqual([false, false, false])
    const cancelled = (url: string): unknown => {
      let answer: unknown
      handlers['web']?.(...([{ url }, (given: { cancel: boolean }) => (answer = given.cancel)] as never[]))
      return answer
    }
    expect(['app://relais/x', 'blob:app://relais/1', 'data:,x'].map(cancelled)).toEqual([false, false, false])
    expect(['https://a/', 'http://127.0.0.1/', 'file:///etc/passwd', 'ws://a/', 'ftp://a/', 'appx://a/'].map(cancelled)).toEqual([true, true, true, true, true, true])
  })
})
