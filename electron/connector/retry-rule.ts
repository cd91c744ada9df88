import { sameRenderings, type Rendering } from './documents/index.ts'
import type { ItemRow, Ledger } from './outbox/index.ts'
import { isRebuilt } from './sending-rules.ts'

/**
 * How a person's retry puts each of these back on its way: prepared anew, or sent as it was frozen. Refused for good and never in doubt, a document may
 * have been overtaken by a later version of it, or by the same one rendered again: it is prepared anew then, and the walk says what stands for it.
 */
export async function retryRule(rows: readonly ItemRow[], ledger: Pick<Ledger, 'arrivedAround' | 'othersOfRendering'>): Promise<(row: ItemRow) => boolean> {
  const overtaken = new Set<string>()
  for (const row of rows) if (!isRebuilt(row) && row.doubts === 0 && row.ask_first === 0 && (await isOvertaken(row, ledger))) overtaken.add(row.id)
  return (row) => isRebuilt(row) || overtaken.has(row.id)
}

async function isOvertaken(row: ItemRow, ledger: Pick<Ledger, 'arrivedAround' | 'othersOfRendering'>): Promise<boolean> {
  if (row.document_key !== null && (await ledger.arrivedAround(row.document_key, row.seq)).after) return true
  return row.ins !== null && Boolean(row.rendering) && (await ledger.othersOfRendering(row, row.ins, sameRenderings(row.rendering as Rendering))).length > 0
}
