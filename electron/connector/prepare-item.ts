import { headerDetail, reasonCode, success, type DocumentMetadata, type Failure, type Party, type PatientLabel, type Practice, type Result, type StaffParty } from '#shared/contract/index.ts'
import { secretConnectionStop, type ConsentRegister } from './consent/index.ts'
import {
  checkCdaBody, checkDeposit, checkPdf, claimFromCda, claimFromHints, documentHints, idText, isArchival, isPlainOid, metadataOf, pdfConformance, readCdaHeader, recognise, renderingOf, renderingOfCda, renderingOfPdf, sameRenderings, withoutBody, type CdaHeader, type DocumentHints, type PdfText, type Rendering,
} from './documents/index.ts'
import { authorMeant, chooseParty, namesAnotherStructure, structureNamed, type Speakers, type SpeaksInPerson } from './choose-party.ts'
import { answerToRendering, authorIdOf, changesOf, chosenAsOf, copiesOf, documentKeyOf, holdReason, typeCodeOf, versionsAround, visibilityOf, type ItemRow, type Ledger, type OutboxEvent, type Prepared, type Recognised, type VersionOf } from './outbox/index.ts'
import { claimOfPatient, gate, mismatch, textSays, type GateDecision, type IdentityClaim, type LocalPatient, type PatientRegistry, type TextSays } from './patients/index.ts'
import { ContentLost, giveBack, type Store } from './store/index.ts'
import { whereWritten } from './where-written.ts'
import { setIdOf, wrapPdf, wrappedIdOf } from './wrap-pdf.ts'

/** What the walk from `received` to `ready` needs. */
export interface Preparation {
  readonly store: Store
  readonly ledger: Ledger
  readonly registry: PatientRegistry
  readonly consent: ConsentRegister
  readonly practice: Practice
  readonly speaksInPerson?: SpeaksInPerson
  /** The holder of the CPE card in use now, once for each structure they deposit for. */
  readonly staff?: () => readonly StaffParty[]
  /** Given where people sign in, and say there in which structure they work now. */
  readonly chosenSituation?: Speakers['chosenSituation']
  readonly environment: 'training' | 'production'
  /** The record can be told of a secret connection; not, when nothing is said. */
  readonly secretConnection?: boolean
  readonly maxDocumentBytes: number
  readonly now: () => number
  /** The beginning of the text of a PDF of this SHA-256. Null when the program ends: nothing is to be decided. */
  readonly readText: (bytes: Uint8Array, sha256: string) => Promise<PdfText | null>
  /** A document of ours made a patient known: others may have waited for them. */
  readonly onPatientLearnt: (claim: IdentityClaim) => void
  /** The OID of this installation for a document or a submission set of that name: always the same. */
  readonly oidOf: (kind: 'document' | 'submission-set', name: string) => string
}

type Stop = { readonly outcome: 'parked' | 'ignored' | 'waiting' | 'held' | 'unsigned'; readonly failure: Pick<Failure, 'code' | 'detail'> }

/**
 * Takes one received item as far as it can go without the record: recognised, its patient certain, allowed to go, ids and
 * bytes frozen. What stops it leaves it ignored, waiting for a person, or parked, with the reason. Nothing is sent here.
 */
export async function prepareItem(row: ItemRow, preparation: Preparation): Promise<void> {
  const { ledger } = preparation
  let known: Recognised | null = null
  const tell = async () => {
    if (known) await ledger.recognise(row, known)
  }
  // `freeze` tells it too: a commit of its own is for what stops on the way, and for what may kill the program again.
  const recognised = async (found: Recognised) => {
    known = found
    if (row.crashes > 0) await tell()
  }
  try {
    const stop = await walk(row, recognised, preparation)
    // Asked for together, thus one commit.
    if (stop) await Promise.all([tell(), ledger.apply(row, eventOf(stop), { detail: stop.failure.detail ?? null })])
  } catch (error) {
    await tell()
    throw error
  }
}

function eventOf({ outcome, failure: { code } }: Stop): OutboxEvent {
  if (outcome === 'ignored') return { type: 'ignore', reason: code }
  if (outcome === 'waiting') return { type: 'wait', for: 'patient', reason: code }
  if (outcome === 'unsigned') return { type: 'wait', for: 'session', reason: code }
  if (outcome === 'held') return { type: 'wait', for: 'until', reason: code }
  return { type: 'park', reason: code }
}

const park = (refused: Pick<Failure, 'code' | 'detail'>): Stop => ({ outcome: 'parked', failure: refused })

/** Where its author wrote it is said by them when they sign in, if it may be, and it goes on then; else it stands until a person says it. */
const parkUnlessChosen = (refused: Pick<Failure, 'code' | 'detail'>, mayBeSaidAtSignIn: boolean): Stop =>
  refused.code === 'situation-to-choose' && mayBeSaidAtSignIn ? { outcome: 'unsigned', failure: refused } : park(refused.code === 'situation-to-choose' ? { ...refused, code: 'situation-unknown' } : refused)

/** That its author works no more where a person said they wrote it is theirs to say anew: another's it is not. */
const askedAnew = (refused: Pick<Failure, 'code' | 'detail'>, hints: DocumentHints, said: DocumentHints, practice: Practice): Pick<Failure, 'code' | 'detail'> =>
  refused.code === 'author-not-ours' && hints.structureId !== said.structureId && practice.professionals.some(({ id }) => id === authorMeant(practice, hints.authorId)) ? { ...refused, code: 'situation-unknown' } : refused

type Tell = (known: Recognised) => Promise<void>

async function walk(row: ItemRow, tell: Tell, preparation: Preparation): Promise<Stop | null> {
  const hints = documentHints.parse(JSON.parse(row.hints))
  // A person chose who sees it since: the source's impossible wish is settled.
  const settled = hints.refusal?.code === 'visibility-forbidden' && row.visibility !== null
  if (hints.refusal && !settled) return { outcome: hints.refusal.outcome, failure: { code: reasonCode.parse(hints.refusal.code), detail: hints.refusal.detail } }
  // Beside a name used again stands perhaps another's sidecar: asked once the document, or a person, has said whose it is.
  const copied = hints.identity?.unconfirmed ? null : await comesBack(row, claimOfSource(hints), preparation)
  if (copied) return copied
  const bytes = await preparation.store.spool.read(row.content_sha256)
  try {
    return await walkContent(row, bytes, hints, tell, preparation)
  } finally {
    giveBack(bytes)
  }
}

async function walkContent(row: ItemRow, bytes: Uint8Array, hints: DocumentHints, tell: Tell, preparation: Preparation): Promise<Stop | null> {
  if (bytes.byteLength > preparation.maxDocumentBytes) return park({ code: 'file-too-large' })
  const recognised = await recognise(bytes, hints.fileName ?? row.source_reference)
  if (!recognised.ok) return park(recognised.failure)
  if (recognised.value.kind === 'cda') return walkCda(row, bytes, hints, tell, preparation)
  if (recognised.value.kind === 'pdf') {
    const sound = checkPdf(bytes)
    if (!sound.ok) return park(sound.failure)
    return walkPdf(row, bytes, hints, tell, preparation)
  }
  return park({ code: 'format-unsupported', detail: recognised.value.kind })
}

/** A CDA goes as it is, byte for byte; it says itself whose it is and who wrote it. */
async function walkCda(row: ItemRow, bytes: Uint8Array, hints: DocumentHints, tell: Tell, preparation: Preparation): Promise<Stop | null> {
  const header = readCdaHeader(bytes)
  if (!header.ok) return park(header.failure)
  const subject = claimOf(header.value)
  if (!subject.ok) return park(subject.failure)
  const claim = subject.value
  await tell(recognisedCda(header.value, claim))

  const said = hints.identity
  if (said) {
    const differs = mismatch(claim, { ...said, origin: 'message' })
    if (differs.length > 0) return park({ code: 'patient-mismatch', detail: differs.join(', ') })
  }
  // Inside a message it is the message (PID-32) that vouches; alone, an INS with its traits is the practice software's own word.
  const selfQualified = said?.qualified ?? row.source_kind !== 'hl7'
  const decision = gate({ claim, selfQualified, localPatients: preparation.registry.candidatesFor(claim), environment: preparation.environment })
  const stopped = stopOfGate(decision)
  if (stopped) return stopped
  if (decision.kind !== 'certain') return null

  const metadata = metadataOf(header.value, { visibility: visibilityOf(row), now: preparation.now() })
  if (!metadata.ok) return park(metadata.failure)
  const body = checkCdaBody(bytes)
  if (!body.ok) return park(body.failure)
  const rendering = renderingOfCda(body.value)
  await tell({ ...recognisedCda(header.value, claim), rendering })
  const learnPatient = () => {
    const learnt = preparation.registry.upsert(claim, { kind: 'document', name: row.source_name, at: row.received_at, qualified: true })
    if (learnt.ok && decision.patientId === null) preparation.onPatientLearnt(claim)
    return learnt.ok ? learnt.value : decision.patientId
  }
  const known = versionOfCda(header.value, metadata.value)
  const latest = known && metadata.value.replaces === null ? await preparation.ledger.latestOf(known.documentKey, row.seq) : null
  // A later version of a document we know replaces it, even when it does not say so itself. The same version with another id is another
  // document: many producers copy one setId into all they write.
  const later = latest ? known!.version - (latest.version ?? 0) : 0
  // A later one that was here first may be waiting for this very one.
  if (later < 0 && !(await preparation.ledger.isAwaited(metadata.value.uniqueId))) return park({ code: 'version-superseded', detail: `version ${known!.version}, known ${latest!.version ?? 0}` })
  // The record holds documents by an OID alone (dmp-interface.md 2.3): one by a UUID, or with an extension, is never there to be replaced.
  if (metadata.value.replaces !== null && !isPlainOid(metadata.value.replaces)) return park({ code: 'cda-header-invalid', detail: headerDetail([{ element: 'relatedDocument/parentDocument/id' }]) })
  const replaces = metadata.value.replaces ?? (later > 0 ? latest!.unique_id : null)
  // Each would wait for the other.
  if (replaces !== null && (await preparation.ledger.replacesInTurn(replaces, metadata.value.uniqueId))) return park({ code: 'parent-missing', detail: `${replaces} replaces this document itself` })
  if (replaces === null && hints.action === 'replace') return park({ code: 'parent-missing', detail: 'a replacement that names no document to replace' })
  const standing = await standsAlready(row, { uniqueId: metadata.value.uniqueId, ins: metadata.value.ins.value, typeCode: metadata.value.typeCode.code, rendering, replaces }, preparation)
  if (standing) return standing
  const pdfs = body.value.attachments.filter(({ mediaType }) => mediaType === 'application/pdf').map((attachment) => attachment.bytes)
  return freeze(row, { header: header.value, metadata: { ...metadata.value, replaces }, bytes, pdfs, rendering, claim, learnPatient, label: labelOfClaim(claim), versionOf: known }, preparation)
}

/** A PDF is wrapped in a CDA of our own; its patient must be known here, its author one of the practice. */
async function walkPdf(row: ItemRow, bytes: Uint8Array, said: DocumentHints, tell: Tell, preparation: Preparation): Promise<Stop | null> {
  const hints = withChoices(said, row, preparation.practice)
  const claim = claimOfSource(hints)
  const rendering = renderingOfPdf(bytes)
  await tell({ ...recognisedPdf(hints, claim), rendering })
  const chosen = chosenPatientOf(row, preparation.registry)
  const as = chosenAsOf(row)
  // The person was chosen, not the local file: when it holds another's number now, the choice says nothing of them.
  if (chosen && ((as && chosen.ins !== as.ins) || (!as?.against && !mayBe(claim, chosen)))) return { outcome: 'waiting', failure: { code: 'traits-differ', detail: undefined } }
  // The patient a person chose stands for the claim: their click is the second source.
  const decision: GateDecision = chosen
    ? gate({ claim: claimOfPatient(chosen), selfQualified: false, localPatients: [chosen], environment: preparation.environment })
    : gate({ claim, selfQualified: false, localPatients: preparation.registry.candidatesFor(claim), environment: preparation.environment })
  const stopped = stopOfGate(decision)
  if (stopped) return stopped
  if (decision.kind !== 'certain') return null
  const label: PatientLabel = { ...labelOfClaim({ ...decision.identity, origin: 'person' }), ins: decision.ins.value, insOid: decision.ins.oid }
  // Whatever stops it now stops a document of theirs.
  if (chosen) await tell({ ...recognisedPdf(hints, claim), rendering, patient: label, ins: label.ins })
  const patient = decision.patientId === null ? null : preparation.registry.get(decision.patientId)
  const uniqueId = keptIdOf(row, decision.ins.value) ?? wrappedIdOf(row.content_sha256, decision.ins.value, preparation.oidOf)
  let doubt: Stop | null = null
  // A message says whose its documents are; beside a file, another file's words may lie. Asked first: the same leaflet is given to two patients, and
  // only once it is this one's is it their copy.
  if (row.source_kind === 'folder' && !chosen) {
    const read = await preparation.readText(bytes, row.content_sha256)
    if (read === null) return null
    if (!read.isWhole) await preparation.ledger.remark(row, 'text-unread')
    const says = textSays(read.text, { ...decision.identity, ins: decision.ins.value })
    // The part that was not read may speak of another.
    doubt = doubtOf(says === 'confirms' && !read.isWhole ? 'says-nothing' : says, hints)
  }
  // Before its version: it may have been corrected to another patient and back, and would follow itself.
  const standing = await standsAlready(row, { uniqueId, ins: decision.ins.value, typeCode: hints.typeCode ?? null, rendering, replaces: null }, preparation)
  if (doubt) return standing && (await isKnownAgain(row, standing, doubt, decision.patientId, preparation)) ? standing : doubt
  if (standing) return standing
  const documentKey = hints.documentKey === undefined ? null : documentKeyOf(row, decision.ins.value, hints.documentKey)
  // Its source numbers nothing: versions follow one another as they arrived, whenever they are prepared.
  const { before, after, doubtful } = documentKey === null ? { before: null, after: null, doubtful: null } : await versionsAround(documentKey, { row, uniqueId, typeCode: hints.typeCode ?? null }, preparation.ledger)
  if (doubtful) return park({ code: 'number-used-twice', detail: doubtful.id })
  if (after && !(await preparation.ledger.isAwaited(uniqueId))) return park({ code: 'version-superseded', detail: after.id })
  const version = { setId: before?.set_id ?? setIdOf(uniqueId), versionNumber: (before?.version ?? 0) + 1, replaces: before?.unique_id ?? null }
  const { situation: chosenSituation, isOfToday } = await whereWritten(row, hints, preparation)
  const wrapped = wrapPdf({ bytes, hints, identity: decision.identity, ins: decision.ins, localIds: patient?.localIds ?? [], practice: preparation.practice, chosenSituation, uniqueId, version, receivedAt: Math.min(row.received_at, preparation.now()), now: preparation.now() })
  if (!wrapped.ok) return parkUnlessChosen(askedAnew(wrapped.failure, hints, said, preparation.practice), isOfToday && preparation.chosenSituation !== undefined)
  const header = readCdaHeader(withoutBody(wrapped.value))
  if (!header.ok) throw new Error('the CDA just written cannot be read back')
  const metadata = metadataOf(header.value, { visibility: visibilityOf(row), now: preparation.now() })
  if (!metadata.ok) return park(metadata.failure)
  const stop = await freeze(row, { header: header.value, metadata: metadata.value, bytes: wrapped.value, pdfs: [bytes], rendering, claim: { ...decision.identity, origin: 'person', ins: decision.ins.value, insOid: decision.ins.oid }, learnPatient: () => decision.patientId, label, versionOf: documentKey === null ? null : { documentKey, version: version.versionNumber, setId: version.setId } }, preparation)
  giveBack(wrapped.value)
  return stop
}

/**
 * The id it was frozen under before, to which the record may have an answer. Not where it was another INS's and never left: theirs is made of their
 * number, and whose that really is may be given the same leaflet.
 */
function keptIdOf({ unique_id: uniqueId, metadata, attempts, doubts, ask_first: askFirst }: ItemRow, ins: string): string | null {
  const isOfOther = metadata !== null && (JSON.parse(metadata) as DocumentMetadata).ins.value !== ins
  return isOfOther && attempts === 0 && doubts === 0 && askFirst === 0 ? null : uniqueId
}

/** What its source says, with what a person chose where it says nothing of use: a type the record takes, who wrote it, and where that very author did. */
function withChoices(hints: DocumentHints, row: ItemRow, practice: Practice): DocumentHints {
  const [typeCode, authorId, { chosen_place: place }] = [typeCodeOf(row), authorIdOf(row), row]
  const isPlaceSaid = structureNamed(practice, hints.structureId) !== null || namesAnotherStructure(practice, hints.structureId)
  const isOfAuthor = authorMeant(practice, authorId ?? undefined) === row.chosen_author
  return { ...hints, ...(typeCode !== null && { typeCode }), ...(authorId !== null && { authorId }), ...(place !== null && isOfAuthor && !isPlaceSaid && { structureId: place }) }
}

/** Whom a person chose: by their number where an older database, put back since, does not know them by the same id. */
function chosenPatientOf(row: ItemRow, registry: PatientRegistry): LocalPatient | null {
  if (row.chosen_patient_id === null) return null
  const as = chosenAsOf(row)
  return registry.get(row.chosen_patient_id) ?? (as && registry.byIns(as.ins, as.insOid)[0]) ?? null
}

/** What keeps a PDF of a folder from going to whom its source says: its text speaks of another, or does not confirm what stands under a name used again. */
function doubtOf(says: TextSays, { identity }: DocumentHints): Stop | null {
  if (says === 'contradicts') return { outcome: 'waiting', failure: { code: 'text-names-another', detail: undefined } }
  return identity?.unconfirmed && says !== 'confirms' ? { outcome: 'waiting', failure: { code: 'patient-to-confirm', detail: 'what stands beside it may describe another document' } } : null
}

/**
 * Whether a document in doubt is known again all the same. Beside a name used again its sidecar tells nothing: it is, when its file held this very document
 * last, and is written again. When its text names another, once a person gave that document to this patient, or is asked about it: once is enough.
 */
async function isKnownAgain(row: ItemRow, { outcome, failure: { detail } }: Stop, doubt: Stop, patientId: string | null, { ledger, registry }: Preparation): Promise<boolean> {
  const first = outcome === 'ignored' && detail !== undefined ? await ledger.byId(detail) : null
  if (!first) return false
  if (documentHints.parse(JSON.parse(row.hints)).identity?.unconfirmed) {
    const last = await ledger.lastOfFiles(row)
    if (last?.id !== first.id && (last?.reason !== 'already-received' || last.reason_detail !== first.id)) return false
  }
  if (doubt.failure.code !== 'text-names-another') return true
  return first.waiting_for === 'patient' || (first.chosen_patient_id !== null && chosenPatientOf(first, registry)?.id === patientId)
}

function recognisedCda(header: CdaHeader, claim: IdentityClaim): Recognised {
  return { patient: labelOfClaim(claim), ins: claim.ins ?? null, typeCode: header.code?.code ?? null, title: header.title }
}

function recognisedPdf(hints: DocumentHints, claim: IdentityClaim): Recognised {
  return { patient: isNamed(claim) ? labelOfClaim(claim) : null, ins: claim.ins ?? null, typeCode: hints.typeCode ?? null, title: hints.title ?? null }
}

/** What a document and its source say of it before anything is checked, for a list in which a person looks for it. */
export function recognisedOf(bytes: Uint8Array, said: unknown): Recognised {
  const header = readCdaHeader(bytes)
  const claim = header.ok ? claimOf(header.value) : header
  if (header.ok && claim.ok) return recognisedCda(header.value, claim.value)
  const hints = documentHints.parse(said)
  return recognisedPdf(hints, claimOfSource(hints))
}

/** The last checks, then ids and bytes are fixed for good: whatever is sent later is this. */
async function freeze(
  row: ItemRow,
  document: {
    header: CdaHeader; metadata: DocumentMetadata; bytes: Uint8Array; pdfs: readonly Uint8Array[]; rendering: Rendering | null; claim: IdentityClaim; learnPatient: () => string | null; label: PatientLabel; versionOf: VersionOf | null
  },
  preparation: Preparation,
): Promise<Stop | null> {
  const metadata = withInstitutionNames(document.metadata, preparation.practice)
  const { value: ins } = metadata.ins
  const copied = await comesBack(row, { origin: 'person', ins }, preparation)
  if (copied) return copied
  if (opposed(document.claim, preparation)) return park({ code: 'patient-opposed' })
  const party = partyFor(metadata, preparation, structuresNamedIn(document.header))
  if (!party.ok) return parkUnlessChosen(party.failure, preparation.chosenSituation !== undefined)
  const { practice, environment, maxDocumentBytes, now } = preparation
  const visibility = visibilityOf(row)
  const unsecret = secretConnectionStop({ visibility, birthDate: metadata.sourcePatientInfo.birthDate, isOffered: preparation.secretConnection === true, now: now() })
  if (unsecret) return park({ code: unsecret })
  const fit = checkDeposit(metadata, { party: party.value, practice, environment, prepared: { header: document.header, size: document.bytes.byteLength, maxDocumentBytes, now: now() } })
  if (!fit.ok) return park(fit.failure)
  if (row.held !== null) return { outcome: 'held', failure: { code: holdReason[row.held], detail: undefined } }
  const { sha256 } = await preparation.store.spool.store(document.bytes)
  await preparation.ledger.freeze(row, {
    versionOf: document.versionOf,
    learnPatient: document.learnPatient,
    patient: document.label,
    note: archivalNote(document.pdfs),
    rendering: document.rendering,
    frozen: {
      uniqueId: metadata.uniqueId,
      submissionSetId: (row.unique_id === metadata.uniqueId ? row.submission_set_id : null) ?? preparation.oidOf('submission-set', metadata.uniqueId),
      submittedAt: preparation.now(),
      metadata,
      party: visibility.secretConnection ? { ...party.value, secret: true } : party.value,
      documentSha256: sha256,
    },
  })
  return null
}

/** Where a document was written when its author does not say it: where whoever answers for it works, where it is kept. */
function structuresNamedIn({ legalAuthenticator, custodian }: CdaHeader): string[] {
  return [legalAuthenticator?.organisation, custodian].flatMap((one) => one?.id?.extension ?? [])
}

/** Who would deposit a document, were it frozen now; `named` are the structures it names beside its authors. */
export function partyFor({ authors }: Pick<DocumentMetadata, 'authors'>, { practice, speaksInPerson, staff, chosenSituation }: Pick<Preparation, 'practice' | 'speaksInPerson' | 'staff' | 'chosenSituation'>, named: readonly string[] = []): Result<Party> {
  return chooseParty(practice, authors, { named, ...(speaksInPerson && { speaksInPerson }), ...(staff && { staff: staff() }), ...(chosenSituation && { chosenSituation }) })
}

/**
 * A copy that was taken out of the record into the practice's folder and comes back is no new document: unless its source names another patient, to whom
 * the same leaflet may be given.
 */
async function comesBack(row: ItemRow, said: IdentityClaim, { ledger }: Preparation): Promise<Stop | null> {
  const copies = await copiesOf(ledger, row.content_sha256)
  const own = copies.find(({ patient }) => !isNamed(said) || isSame(said, claimOfLabel(patient)))
  return own ? { outcome: 'ignored', failure: { code: 'copied-from-record', detail: own.uniqueId } } : null
}

/** Nothing compared differs, and what tells people apart was compared. */
function isSame(said: IdentityClaim, other: IdentityClaim): boolean {
  const told = (claim: IdentityClaim) => claim.birthName !== undefined && claim.birthDate !== undefined
  return mismatch(said, other).length === 0 && ((said.ins !== undefined && other.ins !== undefined) || (told(said) && told(other)))
}

function claimOfLabel({ ins, birthName, givenName, birthDate, sex }: PatientLabel): IdentityClaim {
  return { origin: 'person', ...(ins && { ins }), ...(birthName && { birthName }), ...(givenName && { givenName }), ...(birthDate && { birthDate }), ...(sex && { sex }) }
}

/**
 * The same document of the same patient by another door (a sidecar beside it, another message, its name written otherwise), rendered again or in another
 * wrapping, or other bytes under its id. Another wish about who reads it, or another type, is a person's to settle.
 */
async function standsAlready(row: ItemRow, document: DocumentAtHand, preparation: Preparation): Promise<Stop | null> {
  const { ledger } = preparation
  const { uniqueId, ins } = document
  const others = await ledger.othersWithUniqueId(uniqueId, row.seq)
  if (others.some((other) => other.content_sha256 !== row.content_sha256)) return park({ code: 'record-content-conflict', detail: uniqueId })
  const [same] = await ledger.othersOfContent(row, ins)
  if (!same) return others[0] ? { outcome: 'ignored', failure: { code: 'already-received', detail: others[0].id } } : rendersAgain(row, document, preparation)
  const changes = changesOf(same, withChoices(JSON.parse(row.hints) as DocumentHints, row, preparation.practice))
  if (changes.includes('visibility')) return park({ code: 'visibility-changed', detail: same.id })
  if (changes.includes('type')) return park({ code: 'announced-otherwise', detail: same.id })
  return { outcome: 'ignored', failure: { code: 'already-received', detail: same.id } }
}

interface DocumentAtHand {
  readonly uniqueId: string
  readonly ins: string
  readonly typeCode: string | null
  readonly rendering: Rendering | null
  readonly replaces: string | null
}

/** The same document as the practice software rendered it before, or as it lies in a CDA: but for what only rendering changes, it is the same. */
async function rendersAgain(row: ItemRow, { ins, typeCode, rendering, replaces }: DocumentAtHand, preparation: Preparation): Promise<Stop | null> {
  if (rendering === null) return null
  await lookForRenderings(row, ins, preparation)
  const others = await preparation.ledger.othersOfRendering(row, ins, sameRenderings(rendering))
  const answer = others.length > 0 ? answerToRendering(others, { row, typeCode, replaces, trace: await preparation.ledger.trace(row) }) : null
  if (answer === null) return null
  return { outcome: answer.reason === 'already-received' ? 'ignored' : 'parked', failure: { code: answer.reason, detail: answer.id } }
}

/** What an older program received of this patient has none yet: looked for once, when it is first asked about. */
async function lookForRenderings(row: ItemRow, ins: string, { ledger, store }: Preparation): Promise<void> {
  const found: { seq: number; rendering: Rendering | null }[] = []
  for (const { seq, content_sha256: sha256 } of await ledger.unrendered(ins)) {
    if (seq === row.seq) continue
    const bytes = await store.spool.read(sha256).catch((error: unknown) => {
      if (error instanceof ContentLost) return null
      throw error
    })
    found.push({ seq, rendering: bytes && renderingOf(bytes) })
    if (bytes) giveBack(bytes)
  }
  if (found.length > 0) await ledger.noteRenderings(found)
}

/** Versions of one CDA share its setId, for one patient. */
function versionOfCda(header: CdaHeader, metadata: DocumentMetadata): VersionOf | null {
  if (header.setId === null) return null
  const setId = idText(header.setId)
  return { documentKey: `cda ${metadata.ins.value} ${setId}`, version: header.versionNumber ?? 1, setId }
}

/** XON wants a name; a header that gives only a structure's number is completed from the practice file, else with the number. */
function withInstitutionNames(metadata: DocumentMetadata, practice: Practice): DocumentMetadata {
  const nameOf = (id: string) => practice.structures.find((structure) => structure.id === id)?.name ?? id
  return {
    ...metadata,
    authors: metadata.authors.map((author) => (author.institution && author.institution.name === '' ? { ...author, institution: { id: author.institution.id, name: nameOf(author.institution.id) } } : author)),
  }
}

function stopOfGate(decision: GateDecision): Stop | null {
  if (decision.kind === 'certain') return null
  return { outcome: decision.kind === 'wait' ? 'waiting' : 'parked', failure: { code: decision.reason, detail: decision.detail } }
}

/**
 * The CI-SIS asks for PDF/A-1. Practice software hardly ever writes it, no record is known to refuse another PDF, and a refusal here
 * would keep most documents from patients: it goes, and its trace says so.
 */
function archivalNote(pdfs: readonly Uint8Array[]): Prepared['note'] {
  return pdfs.every((pdf) => isArchival(pdfConformance(pdf))) ? undefined : 'pdf-not-archival'
}

function isNamed(claim: IdentityClaim): boolean {
  return claim.birthName !== undefined || claim.ins !== undefined
}

/** What the source says of a PDF's patient. Only a sidecar counts as a second source beside the name. */
export function claimOfSource(hints: DocumentHints): IdentityClaim {
  const origin = hints.identity?.origin === 'sidecar' ? 'sidecar' : 'file-name'
  return claimFromHints(hints, origin)?.claim ?? { origin }
}

/** What the document says of its patient. The sender's own number is left out: the INS and the traits are the identity. */
export function claimOf(header: CdaHeader): Result<IdentityClaim> {
  const claimed = claimFromCda(header)
  if (!claimed.ok) return claimed
  const { localId: _localId, localIdOid: _localIdOid, ...claim } = claimed.value.claim
  return success(claim)
}

function labelOfClaim(claim: IdentityClaim): PatientLabel {
  return {
    ins: claim.ins ?? null,
    insOid: claim.insOid ?? null,
    birthName: claim.birthName ?? claim.usedName ?? '',
    givenName: claim.givenName ?? claim.givenNames ?? '',
    usedName: claim.usedName ?? null,
    birthDate: claim.birthDate ?? null,
    sex: claim.sex ?? null,
  }
}

/** A person may overrule one trait (a typing mistake) of a source that is not in doubt, never another INS, nor two traits. */
export function mayBe(claim: IdentityClaim, patient: LocalPatient): boolean {
  const differs = mismatch(claim, { ...claimOfPatient(patient), sex: patient.sex })
  return !differs.includes('ins') && differs.length <= 1
}

/**
 * True when the patient opposed deposits: under this INS, or under a local file of the same name and birth date whose INS is not
 * known yet (it is most likely the same person, and an opposition must not be lost to a missing number).
 */
export function opposed(claim: IdentityClaim, { registry, consent }: Pick<Preparation, 'registry' | 'consent'>): boolean {
  return registry.candidatesFor(claim).some((patient) => (patient.ins === null || patient.ins === claim.ins) && !consent.mayDeposit(patient.id))
}
