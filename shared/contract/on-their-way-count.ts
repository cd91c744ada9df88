import type { StatusView } from './status.ts'

/** How many documents have not reached an end yet: one sum for the tray, the question before quitting and the windows. */
export function onTheirWayCount({ counts: { received, ready, sending, uncertain, waiting } }: Pick<StatusView, 'counts'>): number {
  return received + ready + sending + uncertain + waiting
}
