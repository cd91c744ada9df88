import type { StatusView } from './status.ts'

/** How many documents have not reached an end yet: one sum for the windows; what of them needs nobody is `goesByItselfCount`. */
export function onTheirWayCount({ counts: { received, ready, sending, uncertain, waiting } }: Pick<StatusView, 'counts'>): number {
  return received + ready + sending + uncertain + waiting
}
