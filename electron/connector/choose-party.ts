import { failure, success, type DocumentAuthor, type Party, type Practice, type Result } from '#shared/contract/index.ts'

/**
 * Who the VIHF speaks for when a document goes to the record (EX_2.1-1140).
 * One of the document's authors who is a professional of the practice, in the exercise situation whose structure wrote it when
 * there is one; else the practice's structure an author wrote for. A document of neither is not ours: the record would refuse
 * it, and what comes from another author is shown, never deposited as ours.
 */
export function chooseParty(practice: Practice, authors: readonly DocumentAuthor[]): Result<Party> {
  for (const author of authors) {
    if (author.kind !== 'professional' || !author.person) continue
    const situations = practice.professionals.filter((professional) => professional.id === author.person!.id)
    const situation = situations.find((professional) => professional.structure === author.institution?.id) ?? situations[0]
    const structure = practice.structures.find((candidate) => candidate.id === situation?.structure)
    if (situation && structure) return success({ kind: 'professional', professional: situation, structure })
  }
  for (const author of authors) {
    const structure = practice.structures.find((candidate) => candidate.id === author.institution?.id)
    if (structure) return success({ kind: 'structure', structure })
  }
  const named = authors.map((author) => [author.person?.id, author.institution?.id].filter(Boolean).join(' / ')).filter(Boolean)
  return failure('author-not-ours', { detail: named.join(', ') })
}

/** Who reads the record in the panel: the practice's first doctor, else its first professional, else its structure (which cannot read). */
export function readerOf(practice: Practice): Party {
  const professional = practice.professionals.find((candidate) => candidate.profession === '10') ?? practice.professionals[0]
  const structure = practice.structures.find((candidate) => candidate.id === professional?.structure) ?? practice.structures[0]!
  return professional ? { kind: 'professional', professional, structure } : { kind: 'structure', structure }
}
