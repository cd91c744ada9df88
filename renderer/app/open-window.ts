import { onDesktop, token } from './connection.ts'

export type WindowName = 'panel' | 'sync' | 'viewer'

/** Opens another window of the product: the shell's on a desktop, a tab of the same host otherwise. */
export function openWindow(name: WindowName, query: Record<string, string> = {}): void {
  if (onDesktop()) {
    window.postMessage({ relais: 'open-window', window: name, query }, '*')
    return
  }
  const search = new URLSearchParams(query).toString()
  const fragment = new URLSearchParams({ token: token() ?? '' }).toString()
  window.open(`/windows/${name}/index.html${search ? `?${search}` : ''}#${fragment}`, `relais-${name}${query['uniqueId'] ?? ''}`)
}
