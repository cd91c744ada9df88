import { goingByThemselves } from './shell-view.ts'
import type { ShellView } from './shell-view.ts'
import type { Translate } from './translate.ts'

/** The question asked before quitting, as data. */
export interface QuitQuestion {
  readonly message: string
  readonly detail: string
  readonly quit: string
  readonly stay: string
}

/**
 * What to ask before quitting, or null to quit without a word: when nothing goes by itself, or when the connector runs apart and goes on
 * by itself. Says what remains and that it is safe.
 */
export function quitQuestion(view: ShellView, translate: Translate): QuitQuestion | null {
  const remaining = goingByThemselves(view.status)
  if (remaining <= 0 || (view.connector.kind === 'running' && view.connector.attached)) return null
  const sending = view.status?.counts.sending ?? 0
  return {
    message: translate('tray.quitRemains', { count: remaining }),
    detail: [...(sending > 0 ? [translate('shell.quitSending', { count: sending })] : []), translate('shell.quitSafe')].join(' '),
    quit: translate('tray.quitNow'),
    stay: translate('tray.stay'),
  }
}
