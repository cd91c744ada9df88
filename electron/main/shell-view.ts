import type { StatusView } from '#shared/contract/index.ts'
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

/** Documents that have not reached an end yet. */
export function onTheirWay(status: StatusView | null): number {
  if (status === null) return 0
  const { received, ready, sending, uncertain, waiting } = status.counts
  return received + ready + sending + uncertain + waiting
}

/** Documents a person has to look at. */
export function toDo(status: StatusView | null): number {
  return status === null ? 0 : needsUserCount(status)
}
