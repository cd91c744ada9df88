import type { ItemTrace, ReasonCode } from '#shared/contract/index.ts'
import { isOfOtherType, type ItemRow } from './item.ts'
import type { Ledger } from './ledger.ts'

/** Why a document waits whose number another one of its patient has, of which it need not be a version. */
const usedTwice: ReasonCode = 'number-used-twice'

/** A document its source numbers, about to be frozen. */
export interface Numbered {
  readonly row: ItemRow
  readonly uniqueId: string
  readonly typeCode: string | null
}

/** The versions that arrived last before and first after it; `doubtful`: it has none, and the number is that of another document. */
export interface VersionsAround {
  readonly before: ItemRow | null
  readonly after: ItemRow | null
  readonly doubtful: ItemRow | null
}

/**
 * Of the documents of one number, which are versions of this one. Of another type, or in another subfolder, nobody can tell: some software counts anew for
 * each kind of document or for each doctor, some corrects a type or files by day. A person who was asked lets it go as a document of its own, which
 * replaces nothing.
 */
export async function versionsAround(documentKey: string, document: Numbered, ledger: Pick<Ledger, 'arrivedAround' | 'replacesInTurn' | 'trace'>): Promise<VersionsAround> {
  const around = (seq: number) => ledger.arrivedAround(documentKey, seq)
  let { before, after } = await around(document.row.seq)
  const others: ItemRow[] = []
  while (before && !(isVersion(before, document) && (await precedes(before, document, ledger)))) {
    if (!isVersion(before, document)) others.push(before)
    before = (await around(before.seq)).before
  }
  while (after && !isVersion(after, document)) {
    others.push(after)
    after = (await around(after.seq)).after
  }
  const [other = null] = others
  const isAsked = other !== null && before === null && after === null && !isFreed(await ledger.trace(document.row))
  return { before, after, doubtful: isAsked ? other : null }
}

/** What replaces it already, from when the same document had been here before and was set aside, is not before it: each would wait for the other. */
async function precedes({ unique_id: known }: ItemRow, { uniqueId }: Numbered, ledger: Pick<Ledger, 'replacesInTurn'>): Promise<boolean> {
  return known === null || !(await ledger.replacesInTurn(known, uniqueId))
}

function isVersion(other: ItemRow, { row, typeCode }: Numbered): boolean {
  const [one, two] = [folderOf(other), folderOf(row)]
  return !isOfOtherType(other, typeCode) && (one === null || two === null || one === two)
}

/** The folder its file lay in; null when that is not known. */
function folderOf({ source_path: path }: ItemRow): string | null {
  return path === null ? null : path.replace(/[^\\/]*$/, '')
}

/** Did a person who was asked let it go? */
function isFreed(trace: readonly ItemTrace[]): boolean {
  return trace.some(({ reason, to }, index) => to === 'parked' && reason === usedTwice && trace[index + 1]?.event === 'retry')
}
