import { failure, success, type DocumentAuthor, type Party, type Practice, type RecordConfig, type Result, type StaffParty } from '#shared/contract/index.ts'

/**
 * Who the VIHF speaks for when a document goes to the record (EX_2.1-1140).
 * The holder of a CPE card, while theirs is the card in use, for what was written in their structure (TD2.2); else one of the document's authors who is a professional of the practice, in the exercise situation whose structure wrote it when
 * there is one, when they can speak in person; else the practice's structure an author wrote for; else that professional, who
 * is told what they lack. A document of neither is not ours: the record would refuse it, and what comes from another author is
 * shown, never deposited as ours.
 */
export function chooseParty(practice: Practice, authors: readonly DocumentAuthor[], { speaksInPerson = () => true, staff = [] }: Speakers = {}): Result<Party> {
  const member = staff.find(({ structure }) => authors.some(({ institution }) => institution?.id === structure.id))
  if (member) return success(member)
  const person = authorOfThePractice(practice, authors)
  if (person && speaksInPerson(person)) return success(person)
  for (const author of authors) {
    const structure = practice.structures.find((candidate) => candidate.id === author.institution?.id)
    if (structure) return success({ kind: 'structure', structure })
  }
  if (person) return success(person)
  const named = authors.map((author) => [author.person?.id, author.institution?.id].filter(Boolean).join(' / ')).filter(Boolean)
  return failure('author-not-ours', { detail: named.join(', ') })
}

function authorOfThePractice(practice: Practice, authors: readonly DocumentAuthor[]): ProfessionalParty | null {
  for (const author of authors) {
    if (author.kind !== 'professional' || !author.person) continue
    const situations = practice.professionals.filter((professional) => professional.id === author.person!.id)
    const situation = situations.find((professional) => professional.structure === author.institution?.id) ?? situations[0]
    const structure = practice.structures.find((candidate) => candidate.id === situation?.structure)
    if (situation && structure) return { kind: 'professional', professional: situation, structure }
  }
  return null
}

/** Who could speak at this moment. */
export interface Speakers {
  readonly speaksInPerson?: SpeaksInPerson
  /** The holder of the CPE card in use, once for each structure they deposit for. */
  readonly staff?: readonly StaffParty[]
}

type ProfessionalParty = Extract<Party, { kind: 'professional' }>

/** Whether a professional can speak to the record with means of their own, without the structure's. */
export type SpeaksInPerson = (party: ProfessionalParty) => boolean

/**
 * By what a record's configuration says: with a card, each professional; with Pro Santé Connect, nobody, for the structure's
 * certificates carry every call; with certificates in files, whoever has theirs, or nobody to speak instead.
 */
export function speaksInPerson({ signIn, certificates }: Pick<RecordConfig, 'signIn' | 'certificates'>): SpeaksInPerson {
  const has = (kind: 'professional' | 'structure', id: string) => certificates.some((line) => line.kind === kind && line.party === id)
  if (signIn.mode === 'card') return () => true
  if (signIn.mode === 'pro-sante-connect') return () => false
  return ({ professional, structure }) => has('professional', professional.id) || !has('structure', structure.id)
}

/**
 * Who reads the record in the panel when nobody has signed in: the practice's first doctor who may read, else its first
 * professional who may, else its structure (which cannot read, and says so).
 */
export function readerOf(practice: Practice, mayRead: (professionalId: string) => boolean = () => true): Party {
  const readers = practice.professionals.filter(({ id }) => mayRead(id))
  const professional = readers.find((candidate) => candidate.profession === '10') ?? readers[0]
  const structure = practice.structures.find((candidate) => candidate.id === professional?.structure) ?? practice.structures[0]!
  return professional ? { kind: 'professional', professional, structure } : { kind: 'structure', structure }
}
