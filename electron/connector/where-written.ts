import type { DocumentMetadata } from '#shared/contract/index.ts'
import type { Speakers } from './choose-party.ts'
import { cdaTime, instantSaid, type DocumentHints } from './documents/index.ts'
import type { ItemRow, Ledger } from './outbox/index.ts'

/** Of the calendar of the practice. */
export function isSameDay(one: number, other: number): boolean {
  const day = (instant: number) => cdaTime(instant).slice(0, 'YYYYMMDD'.length)
  return day(one) === day(other)
}

/**
 * What tells where the author of a PDF wrote it when its source does not: where it was prepared for them before, as long as nothing of it was sent; else
 * where they said, the day it was written, that they work. `isOfToday` = they may still say so where they sign in; what waits since another day, or says it is
 * of another, they may have written elsewhere.
 */
export async function whereWritten(row: ItemRow, hints: Pick<DocumentHints, 'documentDate'>, { ledger, chosenSituation, now }: { readonly ledger: Pick<Ledger, 'writtenAt'>; readonly chosenSituation?: Speakers['chosenSituation']; readonly now: () => number }): Promise<{ readonly situation: NonNullable<Speakers['chosenSituation']>; readonly isOfToday: boolean }> {
  const dated = hints.documentDate === undefined ? Number.NaN : instantSaid(hints.documentDate)
  // A date nobody can read is refused for itself.
  const moments = [row.received_at, await ledger.writtenAt(row), ...(Number.isNaN(dated) ? [] : [dated])]
  return { situation: (id) => preparedAt(row, id) ?? chosenSituation?.(id, moments) ?? null, isOfToday: moments.every((moment) => isSameDay(moment, now())) }
}

function preparedAt({ metadata, attempts }: ItemRow, professionalId: string): string | null {
  // The record may have refused it for that very place.
  if (metadata === null || attempts > 0) return null
  const { authors } = JSON.parse(metadata) as DocumentMetadata
  return authors.find(({ person }) => person?.id === professionalId)?.institution?.id ?? null
}
