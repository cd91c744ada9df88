import type { Consultation } from '../read-record.ts'

/** A search goes on for so long without being told again, in milliseconds. */
const sessionMs = 10 * 60_000

/**
 * One search of a record, however many times its words are typed anew: one reader, one patient, one way in. The trace tells it once, before its first
 * answer, and again after ten minutes; what is refused is always told.
 */
export interface SearchSessions {
  isTold(way: Pick<Consultation, 'way' | 'ins'>): boolean
  /** The trace says it, since now. */
  told(way: Pick<Consultation, 'way' | 'ins'>): void
}

/** The last search alone is known: whoever searches elsewhere between begins another. */
export function openSearchSessions(now: () => number): SearchSessions {
  let last: { readonly of: string; readonly since: number } | null = null
  const nameOf = ({ way, ins }: Pick<Consultation, 'way' | 'ins'>) => JSON.stringify([way, ins.value, ins.oid])
  return {
    isTold(way) {
      const age = last?.of === nameOf(way) ? now() - last.since : Number.NaN
      // A clock set back begins another.
      return age >= 0 && age < sessionMs
    },
    told(way) {
      last = { of: nameOf(way), since: now() }
    },
  }
}
