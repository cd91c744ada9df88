import type { GlobalState, StatusView } from '#shared/contract/index.ts'
import { goingByThemselves, toDo, trouble } from './shell-view.ts'
import type { ShellView } from './shell-view.ts'
import type { Translate } from './translate.ts'

/** What choosing a line of the menu does. */
export type TrayAction =
  | { readonly do: 'open-panel' }
  | { readonly do: 'open-sync'; readonly view: 'all' | 'to-do' }
  | { readonly do: 'pause'; readonly span: PauseSpan }
  | { readonly do: 'resume' }
  | { readonly do: 'quit' }

export type PauseSpan = 'hour' | 'tomorrow' | 'open-ended'

export type TrayLine =
  | { readonly kind: 'separator' }
  /** A sentence, not a command: shown disabled, read by screen readers. */
  | { readonly kind: 'sentence'; readonly text: string }
  | { readonly kind: 'command'; readonly text: string; readonly action: TrayAction; readonly shortcut?: string }
  | { readonly kind: 'submenu'; readonly text: string; readonly lines: readonly TrayLine[] }

/** The tray as data: which of the eight pictures, one line of tooltip, the menu. */
export interface TrayModel {
  readonly icon: GlobalState
  readonly tooltip: string
  readonly lines: readonly TrayLine[]
}

/** What the texts depend on besides the view. */
export interface TrayWords {
  readonly translate: Translate
  /** An instant (ISO 8601) as the hour and minute of the user's clock. */
  readonly time: (instant: string) => string
  /** The panel's shortcut as written in a menu; null when the system refused it. */
  readonly shortcut: string | null
}

/** The tray for a view of the shell (ux.md 3.1 and 4.1). The connector's own state is shown as it gave it; without one, the shell says why. */
export function trayModel(view: ShellView, words: TrayWords): TrayModel {
  const { translate } = words
  const sentence = [stateSentence(view, words), troubleSentence(view, words)].filter(Boolean).join(' · ')
  const training = view.status?.training === true ? ` · ${translate('shell.training')}` : ''
  const refused = words.shortcut === null ? `\n${translate('shell.shortcutRefused')}` : ''
  return { icon: trayIcon(view), tooltip: `${translate('app.name')} · ${sentence}${training}${refused}`, lines: trayLines(view, sentence, words) }
}

function trayIcon(view: ShellView): GlobalState {
  if (view.connector.kind === 'no-keystore') return 'locked'
  if (view.connector.kind === 'restarting' || view.connector.kind === 'no-answer') return 'error'
  if (view.connector.kind !== 'running' || view.status === null) return 'setup'
  // Documents no longer come in, or cannot go out: nothing is as well as it would look.
  const calm = view.status.state === 'idle' || view.status.state === 'sending'
  return calm && trouble(view.status) !== null ? 'needs-user' : view.status.state
}

/** What a full disk or a wrong clock asks for; empty when there is neither, or when the status is not of now. */
function troubleSentence(view: ShellView, { translate }: TrayWords): string {
  const wrong = view.connector.kind === 'running' ? trouble(view.status) : null
  return wrong === null ? '' : translate(`shell.health.${wrong}`)
}

function stateSentence(view: ShellView, { translate, time }: TrayWords): string {
  if (view.connector.kind === 'no-keystore') return translate('shell.state.noKeystore')
  if (view.connector.kind === 'restarting') return translate('shell.state.restarting')
  if (view.connector.kind === 'no-answer') return translate('shell.state.noAnswer')
  if (view.connector.kind === 'starting' || view.status === null) return translate('shell.state.starting')
  return statusSentence(view.status, translate, time)
}

function statusSentence(status: StatusView, translate: Translate, time: TrayWords['time']): string {
  switch (status.state) {
    case 'locked':
      return translate('shell.state.locked')
    case 'setup':
      return translate('shell.state.setup')
    case 'offline':
      return offlineSentence(status, translate)
    case 'needs-user':
      return translate('shell.state.needsUser', { count: toDo(status) })
    case 'error':
      return translate('shell.state.error', { count: status.counts.parked })
    case 'paused':
      return status.paused?.until ? translate('shell.state.pausedUntil', { time: time(status.paused.until) }) : translate('shell.state.paused')
    case 'sending':
      return status.progress === null ? translate('shell.state.sending') : translate('shell.state.sendingProgress', { done: status.progress.done, total: status.progress.total })
    case 'idle':
      // "Up to date" would be heard as "all is well".
      if (trouble(status) !== null) return ''
      return status.lastExchangeAt === null ? translate('shell.state.idle') : translate('shell.state.idleAt', { time: time(status.lastExchangeAt) })
  }
}

/** What goes as soon as the network is back, apart from what waits for somebody all the same. */
function offlineSentence(status: StatusView, translate: Translate): string {
  const [going, waiting] = [goingByThemselves(status), toDo(status)]
  const offline = going > 0 ? translate('shell.state.offline', { count: going }) : translate('shell.state.offlineEmpty')
  return waiting > 0 ? `${offline} · ${translate('shell.state.needsUser', { count: waiting })}` : offline
}

function trayLines(view: ShellView, sentence: string, { translate, shortcut }: TrayWords): TrayLine[] {
  const { status } = view
  const waiting = toDo(status)
  const lines: TrayLine[] = [{ kind: 'sentence', text: sentence }]
  if (status !== null) {
    lines.push({ kind: 'sentence', text: status.training ? `${status.practiceName} · ${translate('shell.training')}` : status.practiceName })
  }
  lines.push({ kind: 'separator' })
  lines.push({ kind: 'command', text: translate('tray.open'), action: { do: 'open-panel' }, ...(shortcut === null ? {} : { shortcut }) })
  lines.push({ kind: 'command', text: translate('tray.sync'), action: { do: 'open-sync', view: 'all' } })
  if (waiting > 0) lines.push({ kind: 'command', text: translate('tray.needsUser', { count: waiting }), action: { do: 'open-sync', view: 'to-do' } })
  if (status !== null && view.connector.kind === 'running') lines.push({ kind: 'separator' }, pauseOrResume(status, translate))
  lines.push({ kind: 'separator' }, { kind: 'command', text: translate('tray.quit'), action: { do: 'quit' } })
  return lines
}

function pauseOrResume(status: StatusView, translate: Translate): TrayLine {
  if (status.paused !== null) return { kind: 'command', text: translate('tray.resume'), action: { do: 'resume' } }
  return {
    kind: 'submenu',
    text: translate('tray.pause'),
    lines: [
      { kind: 'command', text: translate('tray.pauseHour'), action: { do: 'pause', span: 'hour' } },
      { kind: 'command', text: translate('tray.pauseTomorrow'), action: { do: 'pause', span: 'tomorrow' } },
      { kind: 'command', text: translate('tray.pauseOpen'), action: { do: 'pause', span: 'open-ended' } },
    ],
  }
}
