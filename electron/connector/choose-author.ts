import { failure, success, type AuthorChoice, type Practice, type PracticeProfessional, type Result } from '#shared/contract/index.ts'
import { authorSpeciality } from '#shared/terminology/index.ts'
import { authorMeant, nameIn, namesAnotherStructure, structureNamed } from './choose-party.ts'
import type { DocumentHints } from './documents/index.ts'
import { authoredBy, mayBeAuthored, type ItemRow } from './outbox/index.ts'
import { saysItself } from './says-itself.ts'
import type { Store } from './store/index.ts'

/** What the choice of an author depends on. */
interface Standing {
  readonly practice: Pick<Practice, 'professionals' | 'structures'>
  readonly store: Pick<Store, 'spool'>
}

/** PS_IdNat of a professional, and Struct_IdNat of the place where they wrote it, when that is said too. */
interface Authored {
  readonly authorId: string
  readonly structureId?: string | undefined
}

/**
 * Who a person may say wrote this document, and where, in the order of the practice file: nobody unless it stands for want of that or was given it by a person, was never sent,
 * and neither it nor its source says it. Where its source names a structure of the practice, those who work there: anybody else's would be refused. Where it names its author, each
 * of the places they work at.
 */
export function authorChoicesOf(row: ItemRow, { practice, store }: Standing): AuthorChoice[] {
  if (!mayBeAuthored(row) || saysItself(row, store)) return []
  const said = JSON.parse(row.hints) as Pick<DocumentHints, 'authorId' | 'structureId'>
  if (namesAnotherStructure(practice, said.structureId)) return []
  const [author, place] = [authorMeant(practice, said.authorId), structureNamed(practice, said.structureId)]
  const choices = choicesAmong(practice.professionals.filter(({ id, structure }) => (author === null || id === author) && (place === null || structure === place)), practice)
  // Of a place chosen before, the one that the practice file has left is the way out.
  return author === null || choices.length > 1 || (place === null && row.chosen_place !== null) ? choices : []
}

/** Whether a person may say that this professional wrote it, there. Without a place, of somebody who works at several, it would stand as before (`situation-unknown`). */
export function authorChoiceOf(row: ItemRow, authored: Authored, standing: Standing): Result<Authored> {
  const offered = authorChoicesOf(row, standing)
  if (offered.length === 0) return failure('not-found')
  const theirs = offered.filter(({ id }) => id === authored.authorId)
  if (theirs.some(({ place }) => place?.id === authored.structureId)) return success(authored)
  return theirs.length > 0 && authored.structureId === undefined ? failure('situation-unknown', { detail: authored.authorId }) : failure('author-not-ours', { detail: authoredBy(authored).join(' / ') })
}

/** Each once for each place they work at, as what they work there; whoever works at one place only says nothing by it. */
function choicesAmong(professionals: readonly PracticeProfessional[], practice: Standing['practice']): AuthorChoice[] {
  return [...Map.groupBy(professionals, ({ id }) => id)].flatMap(([id, situations]) => {
    const places = Map.groupBy(situations, ({ structure }) => structure)
    return [...places].map(([structure, there]) => ({
      id,
      name: nameIn(practice, id),
      speciality: [...new Set(there.map(({ profession, specialty }) => authorSpeciality(profession, specialty).label))].join(', '),
      place: places.size > 1 ? { id: structure, name: nameIn(practice, structure) } : null,
    }))
  })
}
