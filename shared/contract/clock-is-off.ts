import type { StatusView } from './status.ts'

/** How far the computer's clock may stand from the record's before what is sent would be refused (`clock-wrong`), in seconds. */
const toleranceSeconds = 4 * 60

/** Whether somebody has to set this computer's clock. Before the first exchange nothing is known, and nothing is said. */
export function clockIsOff({ clockOffsetSeconds }: Pick<StatusView, 'clockOffsetSeconds'>): boolean {
  return clockOffsetSeconds !== null && Math.abs(clockOffsetSeconds) > toleranceSeconds
}
