import { ipcRenderer } from 'electron'

/** The little of the page's world that is used here; the rest of the shell is compiled without it. */
declare const document: { readonly readyState: string }
declare const window: {
  postMessage: (message: unknown, origin: string, ports: unknown[]) => void
  addEventListener: ((type: 'load', listener: () => void) => void) & ((type: 'message', listener: (event: PageMessage) => void) => void)
}
interface PageMessage {
  readonly source: unknown
  readonly data: { readonly relais?: unknown; readonly window?: unknown; readonly query?: unknown } | null
}

/**
 * All a page gets from the desktop: one message port to the connector, handed over again when the connector restarts, and the
 * forwarding of three requests: for another window, for the browser on the page of an awaited sign-in, and for the system's printing of the page.
 * Nothing is exposed on `window`.
 */
const loaded = new Promise<void>((resolve) => {
  if (document.readyState === 'complete') resolve()
  else window.addEventListener('load', () => resolve())
})

ipcRenderer.on('relais:port', (event) => {
  const [port] = event.ports
  if (port) void loaded.then(() => window.postMessage({ relais: 'port' }, '*', [port]))
})

window.addEventListener('message', (event) => {
  if (event.source === window && event.data?.relais === 'open-window') {
    ipcRenderer.send('relais:open-window', { window: event.data.window, query: event.data.query })
  }
  if (event.source === window && event.data?.relais === 'open-approval') ipcRenderer.send('relais:open-approval')
  if (event.source === window && event.data?.relais === 'print') ipcRenderer.send('relais:print')
})
