import { failure, success, type DocumentAuthor, type Party, type Practice, type PracticeProfessional, type PracticeStructure, type RecordConfig, type Result, type StaffParty } from '#shared/contract/index.ts'

/**
 * Who the VIHF speaks for when a document goes to the record (EX_2.1-1140).
 * The holder of a CPE card, while theirs is the card in use, for what was written in their structure (TD2.2); else one of the document's authors who is a professional of the practice, in the exercise situation whose structure wrote it when
 * there is one, else in the one the document names elsewhere, the one they signed in to, or their only one, when they can speak in person; else the practice's
 * structure an author wrote for; else that professional, who
 * is told what they lack. A document of neither is not ours, nor is what one of them wrote for a structure that is not the practice's (a hospital's report
 * that comes back to its author): the record would refuse it or hold it twice, and what comes from another author is shown, never deposited as ours.
 * Which of several situations it was is never guessed (`situation-to-choose`).
 */
export function chooseParty(practice: Practice, authors: readonly DocumentAuthor[], { speaksInPerson = () => true, staff = [], chosenSituation, named: saidElsewhere = [] }: Speakers & NamedStructures = {}): Result<Party> {
  const member = staff.find(({ structure }) => authors.some(({ institution }) => institution?.id === structure.id))
  if (member) return success(member)
  const found = authorOfThePractice(practice, authors, { chosenSituation, named: saidElsewhere })
  const person = found?.ok ? found.value : null
  if (person && speaksInPerson(person)) return success(person)
  for (const author of authors) {
    const structure = practice.structures.find((candidate) => candidate.id === author.institution?.id)
    if (structure) return success({ kind: 'structure', structure })
  }
  if (found) return found
  const named = authors.map(({ person, institution }) => [person && called(`${person.family} ${person.given}`, person.id), institution && called(institution.name, institution.id)].filter(Boolean).join(' / ')).filter(Boolean)
  return failure('author-not-ours', { detail: named.join(', ') })
}

/** The name the practice file gives a professional or a structure; their number where it gives none. */
export function nameIn({ professionals, structures }: Pick<Practice, 'professionals' | 'structures'>, id: string): string {
  const found = professionals.find((one) => one.id === id)
  return found ? `${found.family} ${found.given}` : (structures.find((one) => one.id === id)?.name ?? id)
}

/** The same with the number, as it was `said`. */
export function calledIn(practice: Pick<Practice, 'professionals' | 'structures'>, id: string, said = id): string {
  const name = nameIn(practice, id)
  return called(name === id ? '' : name, said)
}

/** Whose document it is told to be: by their name, and the number that says who they are. */
function called(name: string, id: string): string {
  const said = name.trim()
  return said === '' || said === id ? id : `${said} (${id})`
}

function authorOfThePractice(practice: Practice, authors: readonly DocumentAuthor[], { chosenSituation, named }: { readonly chosenSituation: Speakers['chosenSituation']; readonly named: readonly string[] }): Result<ProfessionalParty> | null {
  let unclear: Result<ProfessionalParty> | null = null
  for (const author of authors) {
    const id = nationalId(author)
    if (author.kind !== 'professional' || id === null || isOfAnotherStructure(practice, author.institution?.id)) continue
    const situation = situationOf(practice, id, [author.institution?.id, ...named, chosenSituation?.(id)])
    if (situation && !situation.ok) unclear ??= situation
    else if (situation?.ok) return success({ kind: 'professional', ...situation.value })
  }
  return unclear
}

/** A professional in one of the structures they exercise in. */
export interface Situation {
  readonly professional: PracticeProfessional
  readonly structure: PracticeStructure
}

/**
 * The exercise situation of a professional: the first of `wanted` structures in which they have one, else their only one. Between several nobody but them
 * knows (`situation-to-choose`): the record would hold it as written elsewhere. Null when they have none.
 */
export function situationOf({ professionals, structures }: Pick<Practice, 'professionals' | 'structures'>, id: string, wanted: readonly (string | null | undefined)[]): Result<Situation> | null {
  const situations = professionals.flatMap((professional) => {
    const structure = structures.find((one) => one.id === professional.structure)
    return professional.id === id && structure ? [{ professional, structure }] : []
  })
  const found = wanted.flatMap((structureId) => situations.find(({ structure }) => structure.id === structureId) ?? [])[0]
  const places = new Set(situations.map(({ structure }) => structure.id))
  const situation = found ?? (places.size === 1 ? situations[0] : undefined)
  if (situation) return success(situation)
  return places.size > 1 ? failure('situation-to-choose', { detail: calledIn({ professionals, structures }, id) }) : null
}

/** PS_IdNat of an author; the same digits given by anybody else are another's. */
function nationalId({ person }: DocumentAuthor): string | null {
  return person && person.domain === undefined ? person.id : null
}

/** Is it written for a structure (Struct_IdNat) that is not the practice's? Nothing said is none. */
function isOfAnotherStructure({ structures }: Pick<Practice, 'structures'>, structureId: string | undefined): boolean {
  return Boolean(structureId) && !structures.some(({ id }) => id === structureId)
}

/**
 * Does a sidecar name a structure that is not the practice's? By its national identifier (Struct_IdNat, whose first digit tells its kind), or a bare FINESS or
 * SIRET. What is no such number, or of a kind the practice file gives none of, says nothing.
 */
export function namesAnotherStructure({ structures }: Pick<Practice, 'structures'>, said: string | undefined): boolean {
  const forms = formsOf(said ?? '')
  return !structures.some(({ id }) => forms.includes(id)) && forms.some((form) => structures.some(({ id }) => id[0] === form[0]))
}

/** The practice's structure that a sidecar names, by its national identifier or a bare FINESS or SIRET; null when it names none of them. */
export function structureNamed({ structures }: Pick<Practice, 'structures'>, said: string | undefined): string | null {
  const forms = formsOf(said ?? '')
  return structures.find(({ id }) => id === said || forms.includes(id))?.id ?? null
}

/** PS_IdNat of whom a source's word means: a bare RPPS (11 digits) is written with its prefix 8, and nothing said is the only one there is. Null where it may be anybody. */
export function authorMeant({ professionals }: Pick<Practice, 'professionals'>, said: string | undefined): string | null {
  const ids = new Set(professionals.map(({ id }) => id))
  if (said === undefined) return ids.size === 1 ? [...ids][0]! : null
  return ids.has(said) ? said : `8${said}`
}

/** Struct_IdNat it may be: a FINESS has nine characters and the prefix 1, a SIRET fourteen and the prefix 3. */
function formsOf(said: string): string[] {
  if (!/^\d[\dAB]\d{7,}$/.test(said)) return []
  return said.length === 9 ? [`1${said}`] : said.length === 14 ? [said, `3${said}`] : [said]
}

/** What a document says itself of where it was written, beside its authors. */
export interface NamedStructures {
  /** Structures (Struct_IdNat), the surest first: of who answers for it, of who keeps it. */
  readonly named?: readonly string[]
}

/** Who could speak at this moment. */
export interface Speakers {
  readonly speaksInPerson?: SpeaksInPerson
  /** The holder of the CPE card in use, once for each structure they deposit for. */
  readonly staff?: readonly StaffParty[]
  /** The structure of the exercise situation a professional signed in to, while their session lasts; null with `moments` not all of the day they said so. */
  readonly chosenSituation?: (professionalId: string, moments?: readonly number[]) => string | null
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
