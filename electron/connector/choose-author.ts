import { failure, success, type AuthorChoice, type Practice, type Result } from '#shared/contract/index.ts'
import { authorSpeciality } from '#shared/terminology/index.ts'
import { structureNamed } from './choose-party.ts'
import { mayBeAuthored, type ItemRow } from './outbox/index.ts'
import { saysItself } from './says-itself.ts'
import type { Store } from './store/index.ts'

/** What the choice of an author depends on. */
interface Standing {
  readonly practice: Pick<Practice, 'professionals' | 'structures'>
  readonly store: Pick<Store, 'spool'>
}

/**
 * Who a person may say wrote this document, in the order of the practice file: nobody unless it stands for want of an author or was given one by a person, was never sent,
 * and neither it nor its source says who wrote it. Where its source names a structure of the practice, those who work there: anybody else's would be refused.
 */
export function authorChoicesOf(row: ItemRow, { practice, store }: Standing): AuthorChoice[] {
  if (!mayBeAuthored(row) || saysItself(row, store)) return []
  const named = structureNamed(practice, (JSON.parse(row.hints) as { structureId?: string }).structureId)
  return professionalsOf(practice, named)
}

/** Whether a person may say that this professional wrote it. */
export function authorChoiceOf(row: ItemRow, authorId: string, standing: Standing): Result<string> {
  const offered = authorChoicesOf(row, standing)
  if (offered.length === 0) return failure('not-found')
  return offered.some(({ id }) => id === authorId) ? success(authorId) : failure('author-not-ours', { detail: authorId })
}

/** The name the practice file gives a professional; their number where it gives none. */
export function professionalName({ professionals }: Pick<Practice, 'professionals'>, id: string): string {
  const found = professionals.find((one) => one.id === id)
  return found ? `${found.family} ${found.given}` : id
}

/** Each once, however many places they work at: as what they work at any of these. */
function professionalsOf(practice: Pick<Practice, 'professionals'>, structureId: string | null): AuthorChoice[] {
  const there = practice.professionals.filter(({ structure }) => structureId === null || structure === structureId)
  return [...Map.groupBy(there, ({ id }) => id)].map(([id, situations]) => {
    const specialities = new Set(situations.map(({ profession, specialty }) => authorSpeciality(profession, specialty).label))
    return { id, name: professionalName(practice, id), speciality: [...specialities].join(', ') }
  })
}
