import { BrowserWindow, screen } from 'electron'
import type { WebContents, WebPreferences } from 'electron'
import { pagesOrigin } from './app-pages.ts'
import type { RememberedBounds } from './remembered-bounds.ts'
import { centred, dockedRight, stillVisible } from './window-bounds.ts'
import type { Bounds } from './window-bounds.ts'
import type { WindowKind } from './window-request.ts'

/** In memory only: a page leaves nothing of a patient on the disk. */
export const pagesPartition = 'relais'

/** What the windows need from the rest of the shell. */
export interface WindowSurroundings {
  readonly preload: string
  readonly icon: string
  readonly remembered: RememberedBounds
  readonly title: (window: WindowKind) => string
  /** A page has loaded (or loaded again) and needs a port. */
  readonly loaded: (contents: WebContents) => void
  /** True while the program is ending: closing then closes. */
  readonly leaving: () => boolean
}

/** The program's windows: each kind once, made when first shown. The panel is kept warm: closing it hides it. */
export interface Windows {
  readonly show: (window: WindowKind, query?: Readonly<Record<string, string>>) => void
  readonly togglePanel: () => void
  /** Makes the panel without showing it, so that the first opening costs nothing. */
  readonly warmPanel: () => void
  readonly contents: () => WebContents[]
  readonly retitle: () => void
}

const places: Record<WindowKind, (area: Bounds) => Bounds> = {
  panel: (area) => dockedRight(area, 400),
  sync: (area) => centred(area, 1100, 700),
  viewer: (area) => centred(area, 900, 1000),
}

const smallest: Record<WindowKind, { minWidth: number; minHeight: number }> = {
  panel: { minWidth: 320, minHeight: 400 },
  sync: { minWidth: 640, minHeight: 400 },
  viewer: { minWidth: 480, minHeight: 400 },
}

/** A page that fails again so soon (milliseconds) after a reload is left closed rather than reloaded for ever. */
const reloadSpan = 10_000

export function createWindows(around: WindowSurroundings): Windows {
  const open = new Map<WindowKind, BrowserWindow>()
  const preferences: WebPreferences = {
    preload: around.preload,
    partition: pagesPartition,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    // Its dictionaries would be fetched from the network.
    spellcheck: false,
  }

  const load = (window: BrowserWindow, kind: WindowKind, query: Readonly<Record<string, string>>): void => {
    const search = new URLSearchParams(query).toString()
    void window.loadURL(`${pagesOrigin}/windows/${kind}/index.html${search === '' ? '' : `?${search}`}`)
  }

  const make = (kind: WindowKind): BrowserWindow => {
    const areas = screen.getAllDisplays().map((display) => display.workArea)
    const place = stillVisible(around.remembered.get(kind), areas) ?? places[kind](screen.getPrimaryDisplay().workArea)
    const window = new BrowserWindow({ ...place, ...smallest[kind], show: false, title: around.title(kind), icon: around.icon, autoHideMenuBar: true, webPreferences: preferences })
    open.set(kind, window)
    window.on('page-title-updated', (event) => event.preventDefault())
    window.on('close', (event) => {
      around.remembered.set(kind, window.getNormalBounds())
      if (kind !== 'panel' || around.leaving()) return
      event.preventDefault()
      window.hide()
    })
    window.on('closed', () => open.delete(kind))
    window.webContents.on('did-finish-load', () => around.loaded(window.webContents))
    let reloadedAt = Number.NEGATIVE_INFINITY
    window.webContents.on('render-process-gone', (_gone, { reason }) => {
      if (reason === 'clean-exit' || around.leaving() || Date.now() - reloadedAt < reloadSpan) return
      reloadedAt = Date.now()
      window.webContents.reload()
    })
    return window
  }

  const bring = (window: BrowserWindow): void => {
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  const show: Windows['show'] = (kind, query) => {
    const known = open.get(kind)
    const window = known ?? make(kind)
    if (known === undefined || query !== undefined) load(window, kind, query ?? {})
    bring(window)
  }

  return {
    show,
    togglePanel: () => {
      const panel = open.get('panel')
      if (panel?.isVisible() && panel.isFocused()) panel.hide()
      else show('panel')
    },
    warmPanel: () => {
      if (!open.has('panel')) load(make('panel'), 'panel', {})
    },
    contents: () => [...open.values()].map((window) => window.webContents),
    retitle: () => {
      for (const [kind, window] of open) window.setTitle(around.title(kind))
    },
  }
}
