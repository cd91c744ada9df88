import { needsUserCount } from './needs-user-count.ts'
import { onTheirWayCount } from './on-their-way-count.ts'
import type { StatusView } from './status.ts'

/** How many documents on their way need nobody. What stands for a person is parked, thus not on its way, or waits for them: those are taken off. */
export function goesByItselfCount(status: Pick<StatusView, 'counts' | 'needsUser'>): number {
  const waitForSomebody = needsUserCount(status) - status.counts.parked
  return onTheirWayCount(status) - waitForSomebody
}
