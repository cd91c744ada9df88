import { onDesktop } from './connection.ts'

/** Prints what the page shows to a printer: by the shell on a desktop, by the browser otherwise. Told over by the page's `afterprint`. */
export function printPage(): void {
  if (onDesktop()) window.postMessage({ relais: 'print' }, '*')
  else window.print()
}
