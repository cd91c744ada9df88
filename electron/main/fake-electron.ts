import { EventEmitter } from 'node:events'

/** What the shell's parts did to the fake, in order: `window.show`, `tray.setToolTip`... with their arguments. */
export interface Recorded {
  readonly did: [string, ...unknown[]][]
  readonly windows: FakeWindow[]
  readonly trays: EventEmitter[]
}

/** Stands for a page's contents: emits what a test makes it emit. */
export class FakeContents extends EventEmitter {
  openHandler: (() => { action: string }) | null = null
  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler
  }
  reload(): void {
    this.emit('reloaded')
  }
}

/** Stands for a window: keeps its options and whether it is seen. */
export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents()
  readonly options: Record<string, unknown>
  url = ''
  visible = false
  title = ''
  bounds = { x: 1, y: 2, width: 400, height: 500 }
  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
  }
  loadURL(url: string): Promise<void> {
    this.url = url
    return Promise.resolve()
  }
  show(): void {
    this.visible = true
  }
  hide(): void {
    this.visible = false
  }
  focus(): void {
    this.emit('focused')
  }
  isFocused(): boolean {
    return this.visible
  }
  isVisible(): boolean {
    return this.visible
  }
  isMinimized(): boolean {
    return false
  }
  getNormalBounds(): typeof this.bounds {
    return this.bounds
  }
  setTitle(title: string): void {
    this.title = title
  }
  /** The user closes it: destroyed unless a listener prevents it. */
  close(): boolean {
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (!prevented) this.emit('closed')
    return !prevented
  }
}

/** A recording stand-in for the module `electron`, for unit tests of the shell's parts: importing the real one starts a download. */
export function fakeElectron(): Recorded & { module: Record<string, unknown> } {
  const recorded: Recorded = { did: [], windows: [], trays: [] }
  const area = { x: 0, y: 0, width: 1920, height: 1040 }
  class BrowserWindow extends FakeWindow {
    constructor(options: Record<string, unknown>) {
      super(options)
      recorded.windows.push(this)
    }
  }
  class Tray extends EventEmitter {
    constructor(picture: unknown) {
      super()
      recorded.did.push(['tray', picture])
      recorded.trays.push(this)
    }
    setImage(picture: unknown): void {
      recorded.did.push(['tray.setImage', picture])
    }
    setToolTip(text: string): void {
      recorded.did.push(['tray.setToolTip', text])
    }
    setContextMenu(menu: unknown): void {
      recorded.did.push(['tray.setContextMenu', menu])
    }
  }
  return {
    ...recorded,
    module: {
      BrowserWindow,
      Tray,
      Menu: { buildFromTemplate: (template: unknown) => template },
      nativeImage: { createFromPath: (path: string) => path },
      screen: { getAllDisplays: () => [{ workArea: area }], getPrimaryDisplay: () => ({ workArea: area }) },
      safeStorage: {},
      utilityProcess: {},
    },
  }
}
