import { onDesktop } from './connection.ts'

/** Opens the page where a sign-in is approved, in the system's browser: the shell asks the connector which one; a tab elsewhere. */
export function openApproval(page: string): void {
  if (onDesktop()) window.postMessage({ relais: 'open-approval' }, '*')
  else if (/^https?:/.test(page)) window.open(page, '_blank', 'noopener')
}
