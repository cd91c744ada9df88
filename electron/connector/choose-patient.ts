import { failure, success, type FoundPatient, type KnownPatient, type PatientCandidate, type ReasonCode, type Result } from '#shared/contract/index.ts'
import { readPatientSearch } from '#shared/text/read-patient-search.ts'
import { documentHints, readCdaHeader, type DocumentHints } from './documents/index.ts'
import { chosenAsOf, type ChosenAs, type ItemRow } from './outbox/index.ts'
import { candidateOf, candidateView, claimOfPatient, gate, identifiersIn, patientLabelOf, textSays, type IdentityClaim, type LocalPatient } from './patients/index.ts'
import { claimOf, claimOfSource, mayBe, type Preparation } from './prepare-item.ts'
import { ContentLost } from './store/index.ts'

type Rooms = Pick<Preparation, 'store' | 'registry' | 'environment'>

/** More than this nobody compares: whoever searches says more. */
const mostFound = 10
/** Of those born on one day: a practice knows a few. */
const mostLookedAt = 50

/**
 * The local patients an item that waits for its patient could belong to, with what differs, for a person to choose: the one its source says without a
 * doubt as well, when its text speaks against them or does not confirm them.
 */
export function candidatesOf(row: ItemRow, { store, registry, environment }: Rooms): PatientCandidate[] {
  const claim = claimOfItem(row, store)
  const decision = gate({ claim, selfQualified: false, localPatients: registry.candidatesFor(claim), environment })
  if (decision.kind === 'wait') return decision.candidates.map(candidateView)
  if (decision.kind === 'refuse' || row.waiting_for !== 'patient') return []
  const patient = decision.patientId === null ? null : registry.get(decision.patientId)
  return patient ? [candidateView({ patient, differs: [] })] : []
}

/**
 * Patients known here whom the document's own text names as its patient, whatever is announced of it, for a person to choose from: none goes to them by
 * itself. Those the source contradicts without a doubt are left out, as `choiceOf` would refuse them; a text read in part names nobody.
 */
export async function namedByText(row: ItemRow, rooms: Rooms & Pick<Preparation, 'readText'>): Promise<PatientCandidate[]> {
  if (!mayFindPatient(row, rooms)) return []
  const read = await rooms.readText(rooms.store.spool.get(row.content_sha256), row.content_sha256)
  if (!read?.isWhole) return []
  const { birthDates, numbers } = identifiersIn(read.text)
  const known = [...numbers.flatMap((ins) => rooms.registry.byIns(ins)), ...birthDates.flatMap((birthDate) => rooms.registry.search({ words: '', birthDate }, mostLookedAt))]
  const said = hintsOf(row)
  return [...new Map(known.map((patient) => [patient.id, patient])).values()]
    .filter((patient) => patient.ins !== null && textSays(read.text, { ...patient, ins: patient.ins }) === 'confirms' && refusalOf(row, said, patient, rooms) === null)
    .map((patient) => candidateView(candidateOf(claimOfSource(said), patient)))
}

/** Whether any patient known here may be looked for: it waits for its patient, and does not name them itself (a CDA), as far as its bytes can be read. */
export function mayFindPatient(row: ItemRow, { store }: Pick<Rooms, 'store'>): boolean {
  if (row.waiting_for !== 'patient') return false
  try {
    return !isCda(row, store)
  } catch (error) {
    if (error instanceof ContentLost) return false
    throw error
  }
}

/**
 * Patients known here whose names and birth date, or whose INS, are what was typed, pasted or scanned, beside what is announced of the item; `refusal`
 * is why one may not be chosen. `more`: there are others.
 */
export function findPatients(row: ItemRow, typed: string, rooms: Rooms): { found: FoundPatient[]; more: boolean } {
  const search = readPatientSearch(typed)
  if (search.kind === 'nothing') return { found: [], more: false }
  const said = hintsOf(row)
  const claim = claimOfSource(said)
  const patients = search.kind === 'ins' ? rooms.registry.byIns(search.ins) : rooms.registry.search(search, mostFound + 1)
  return {
    found: patients.slice(0, mostFound).map((patient) => ({ ...candidateView(candidateOf(claim, patient)), refusal: refusalOf(row, said, patient, rooms) })),
    more: patients.length > mostFound,
  }
}

/** Patients known here, with an INS, whose names and birth date are what was typed: to open one's record. A number is opened as it is, known or not. */
export function findKnown(typed: string, { registry }: Pick<Rooms, 'registry'>): { found: KnownPatient[]; more: boolean } {
  const search = readPatientSearch(typed)
  if (search.kind !== 'words') return { found: [], more: false }
  const patients = registry.search({ ...search, hasIns: true }, mostFound + 1)
  const known = patients.slice(0, mostFound).flatMap((patient) => (patient.ins === null || patient.insOid === null ? [] : { ...patientLabelOf(patient), ins: patient.ins, insOid: patient.insOid, qualified: patient.qualified }))
  return { found: known, more: patients.length > mostFound }
}

/**
 * Whether a person may give this patient to this item: one known here, with a qualified identity that may be sent to this record, whom the source does not
 * contradict (another INS, or two traits that differ) unless what it says is in doubt itself. A CDA names its patient: its bytes cannot be given to another.
 * Gives what is kept of the choice.
 */
export function choiceOf(row: ItemRow, patientId: string, rooms: Rooms): Result<ChosenAs> {
  const patient = rooms.registry.get(patientId)
  if (!patient) return failure('not-found')
  const said = hintsOf(row)
  const refusal = refusalOf(row, said, patient, rooms) ?? (isCda(row, rooms.store) ? 'traits-differ' : null)
  if (refusal || patient.ins === null || patient.insOid === null) return failure(refusal ?? 'ins-not-qualified')
  return success({ ins: patient.ins, insOid: patient.insOid, against: !mayBe(claimOfSource(said), patient) })
}

function refusalOf(row: ItemRow, hints: DocumentHints, patient: LocalPatient, { environment }: Pick<Rooms, 'environment'>): ReasonCode | null {
  if (!patient.qualified || patient.ins === null) return 'ins-not-qualified'
  const isInDoubt = hints.identity?.unconfirmed === true || row.reason === 'text-names-another' || chosenAsOf(row)?.against === true
  if (!isInDoubt && !mayBe(claimOfSource(hints), patient)) return 'traits-differ'
  const decision = gate({ claim: claimOfPatient(patient), selfQualified: false, localPatients: [patient], environment })
  return decision.kind === 'certain' ? null : decision.reason
}

function claimOfItem(row: ItemRow, store: Rooms['store']): IdentityClaim {
  const hints = hintsOf(row)
  const header = hints.identity ? null : readCdaHeader(store.spool.get(row.content_sha256))
  const subject = header?.ok ? claimOf(header.value) : null
  return subject?.ok ? subject.value : claimOfSource(hints)
}

const hintsOf = (row: ItemRow) => documentHints.parse(JSON.parse(row.hints))
const isCda = (row: ItemRow, { spool }: Rooms['store']) => readCdaHeader(spool.get(row.content_sha256)).ok
