import type { StatusView } from '#shared/contract/index.ts'
import { clockIsOff } from '#shared/contract/clock-is-off.ts'
import { goesByItselfCount } from '#shared/contract/goes-by-itself-count.ts'
import { needsUserCount } from '#shared/contract/needs-user-count.ts'

/** How the connector stands, seen from the shell. */
export type ConnectorState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly attached: boolean }
  /** It stopped by itself and is started again. */
  | { readonly kind: 'restarting' }
  /** It did not start, or none answers where one should run; tried again. */
  | { readonly kind: 'no-answer' }
  /** The store's key cannot be read, or has nowhere safe to live. */
  | { readonly kind: 'no-keystore' }

/** Everything the shell paints from: the tray, the titles, the notifications and the question before quitting. */
export interface ShellView {
  readonly connector: ConnectorState
  /** Last status the connector gave; null before the first one. */
  readonly status: StatusView | null
}

/** Documents that have not reached an end yet and need nobody to reach it. */
export function goingByThemselves(status: StatusView | null): number {
  return status === null ? 0 : goesByItselfCount(status)
}

/** Documents a person has to look at. */
export function toDo(status: StatusView | null): number {
  return status === null ? 0 : needsUserCount(status)
}

/** What is wrong around Relais itself and needs a person, the gravest first; null when nothing is. */
export function trouble(status: StatusView | null): 'storageFull' | 'storageLow' | 'clock' | null {
  if (status === null) return null
  if (status.storage.state !== 'ok') return status.storage.state === 'full' ? 'storageFull' : 'storageLow'
  return clockIsOff(status) ? 'clock' : null
}
