import { toDo } from './shell-view.ts'
import type { ShellView } from './shell-view.ts'
import type { Translate } from './translate.ts'
import type { WindowKind } from './window-request.ts'

/** The title of a window. Never a patient's name: titles are seen in task bars, screen shares and system logs. */
export function windowTitle(window: WindowKind, view: ShellView, translate: Translate): string {
  const waiting = toDo(view.status)
  const name = translate(`shell.window.${window}`)
  const subject = window === 'sync' && waiting > 0 ? `${name} (${translate('shell.window.toDo', { count: waiting })})` : name
  const training = view.status?.training === true ? ` · ${translate('shell.training')}` : ''
  return `${subject}${training} · ${translate('app.name')}`
}
