import type { StatusView } from './status.ts'

/** How many documents a person has to look at, whatever the reason. Apart from the schemas, so that a window loads no more than this. */
export function needsUserCount({ needsUser }: Pick<StatusView, 'needsUser'>): number {
  return needsUser.reduce((sum, { count }) => sum + count, 0)
}
