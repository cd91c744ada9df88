import { toDo, trouble } from './shell-view.ts'
import type { ShellView } from './shell-view.ts'
import type { Translate } from './translate.ts'

/** Least time between two notifications, in milliseconds. */
export const quietSpan = 10 * 60_000

/** What was already said, so that nothing is said twice. */
export interface NotificationMemory {
  /** Milliseconds since the epoch; null = nothing was ever said. */
  readonly lastAt: number | null
  readonly toDo: number
  readonly refused: number
  readonly locked: boolean
  /** The disk is low or full: nothing more is taken in. */
  readonly intakeStopped: boolean
}

export const nothingSaid: NotificationMemory = { lastAt: null, toDo: 0, refused: 0, locked: false, intakeStopped: false }

export interface Notice {
  readonly title: string
  readonly body: string
}

/**
 * Whether to disturb somebody now. Only for something new that waits for a person (documents to look at, documents refused, a locked
 * store, a disk so full that nothing more comes in), never about success, never more often than `quietSpan`, never with patient data. What is held back is said later if it
 * still holds then.
 *
 * @param now milliseconds since the epoch
 */
export function notice(memory: NotificationMemory, view: ShellView, now: number, translate: Translate): { memory: NotificationMemory; notice: Notice | null } {
  const current = {
    toDo: toDo(view.status),
    refused: view.status?.counts.parked ?? 0,
    locked: view.connector.kind === 'no-keystore' || view.status?.state === 'locked',
    intakeStopped: ['storageFull', 'storageLow'].includes(trouble(view.status) ?? ''),
  }
  // What went away may be said again when it comes back.
  const known: NotificationMemory = {
    lastAt: memory.lastAt,
    toDo: Math.min(memory.toDo, current.toDo),
    refused: Math.min(memory.refused, current.refused),
    locked: memory.locked && current.locked,
    intakeStopped: memory.intakeStopped && current.intakeStopped,
  }
  const text = news(known, current, translate)
  if (text === null || (memory.lastAt !== null && now - memory.lastAt < quietSpan)) return { memory: known, notice: null }
  return { memory: { lastAt: now, ...current }, notice: { title: translate('app.name'), body: text } }
}

function news(known: NotificationMemory, current: Omit<NotificationMemory, 'lastAt'>, translate: Translate): string | null {
  if (current.locked && !known.locked) return translate('shell.notice.locked')
  if (current.intakeStopped && !known.intakeStopped) return translate('shell.notice.intakeStopped')
  if (current.toDo > known.toDo) return translate('shell.notice.toDo', { count: current.toDo })
  return current.refused > known.refused ? translate('shell.notice.refused', { count: current.refused }) : null
}
