import type { ItemRow } from '../../../electron/connector/outbox/index.ts'

export type { ItemRow }

/** Nothing more happens to it without a person. */
export function settled(row: Pick<ItemRow, 'state' | 'next_attempt_at'>): boolean {
  return row.state === 'deposited' || row.state === 'parked' || row.state === 'ignored' || (row.state === 'waiting' && row.next_attempt_at === null)
}
