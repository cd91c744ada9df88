import { createHash } from 'node:crypto'
import { failure, type Practice, type Result } from '#shared/contract/index.ts'
import { typeLabel } from '#shared/terminology/index.ts'
import { authorMeant, calledIn, namesAnotherStructure, situationOf, structureNamed, type Situation, type Speakers } from './choose-party.ts'
import { claimFromCda, classify, idText, instantSaid, practiceZone, readCdaBody, readCdaHeader, titleLength, writeCda, type DocumentHints } from './documents/index.ts'
import type { CheckedIns, GateDecision, LocalPatient } from './patients/index.ts'

const day = 86_400_000

type QualifiedIdentity = Extract<GateDecision, { kind: 'certain' }>['identity']

/** What a PDF becomes a CDA from. Instants in milliseconds since the epoch. */
export interface PdfToWrap {
  readonly bytes: Uint8Array
  readonly hints: DocumentHints
  /** The one the gate gave. */
  readonly identity: QualifiedIdentity
  readonly ins: CheckedIns
  readonly localIds: LocalPatient['localIds']
  readonly practice: Practice
  /** Where its author works, when that tells where they wrote it. */
  readonly chosenSituation?: Speakers['chosenSituation']
  readonly uniqueId: string
  /** Which version of the document it is, and what it replaces. */
  readonly version: { readonly setId: string; readonly versionNumber: number; readonly replaces: string | null }
  readonly receivedAt: number
  readonly now: number
}

/**
 * Wraps a PDF in a CDA R2 level 1 (dmp-interface.md section 3). Its type comes from the source, its author must be of the
 * practice: with no author said, by its source or by a person since, the practice's only professional is; with several, a person says who (`author-missing`).
 * Of several places where its author works it is the one its source names, or a person since, else the one that tells where they wrote it, else somebody says it (`situation-to-choose`).
 * Everything else is taken from what was received: the same item gives the same bytes, but for a type, an author or a place that a person says otherwise later.
 */
export function wrapPdf(pdf: PdfToWrap): Result<Uint8Array> {
  const typeCode = classify({ hinted: pdf.hints.typeCode })
  if (!typeCode.ok) return typeCode
  const author = authorOf(pdf)
  if (!author.ok) return author
  const at = pdf.hints.documentDate === undefined ? pdf.receivedAt : instantSaid(pdf.hints.documentDate)
  // A clock that stood days behind when it came says nothing of its date.
  const isLater = at > pdf.receivedAt + day
  if (Number.isNaN(at) || (isLater && at > pdf.now) || at < Date.UTC(1900)) return failure('date-impossible', { detail: pdf.hints.documentDate })
  const writtenAt = isLater ? at : Math.min(at, pdf.receivedAt)
  const { identity } = pdf
  const localId = pdf.localIds.find(({ system, value }) => /^[0-2](\.(0|[1-9]\d*))+$/.test(system) && value.trim() !== '')
  return writeCda({
    id: pdf.uniqueId,
    ...pdf.version,
    typeCode: typeCode.value,
    title: titleOf(pdf.hints.title) ?? `${typeLabel(typeCode.value)} du ${new Intl.DateTimeFormat('fr-FR', { dateStyle: 'short', timeZone: practiceZone }).format(at)}`,
    createdAt: writtenAt,
    serviceStart: writtenAt,
    serviceStop: null,
    patient: {
      ins: pdf.ins.value,
      insOid: pdf.ins.oid,
      localId: localId ? { value: localId.value.trim(), oid: localId.system } : null,
      birthName: identity.birthName ?? '',
      givenName: identity.givenName ?? '',
      givenNames: identity.givenNames ?? identity.givenName ?? '',
      usedName: identity.usedName ?? null,
      usedGivenName: identity.usedGivenName ?? null,
      birthDate: identity.birthDate ?? '',
      sex: identity.sex ?? 'U',
      birthPlace: identity.birthPlace ?? '',
      birthPlaceName: identity.birthPlaceName ?? null,
    },
    professional: author.value.professional,
    structure: author.value.structure,
    body: { mediaType: 'application/pdf', bytes: pdf.bytes },
  })
}

/** The id of what a PDF becomes: of its bytes and its patient, however its source wrote the name: told twice, it is one document. */
export function wrappedIdOf(sha256: string, ins: string, oidOf: (kind: 'document', name: string) => string): string {
  return oidOf('document', `${sha256}|${ins}`)
}

/** Is this a CDA that this installation wrote around a PDF? Its id says so, which comes from that very PDF. */
export function isWrappedHere(bytes: Uint8Array, oidOf: (kind: 'document', name: string) => string): boolean {
  const header = readCdaHeader(bytes)
  const claimed = header.ok ? claimFromCda(header.value) : header
  const body = claimed.ok ? readCdaBody(bytes) : claimed
  if (!header.ok || !claimed.ok || !body.ok) return false
  const { id } = header.value
  const { ins } = claimed.value.claim
  return id !== null && ins !== undefined && body.value.attachments.some((attachment) => idText(id) === wrappedIdOf(createHash('sha256').update(attachment.bytes).digest('hex'), ins, oidOf))
}

/** The setId of a document's first version. */
export function setIdOf(uniqueId: string): string {
  return `${uniqueId}.1`.length <= 64 ? `${uniqueId}.1` : uniqueId
}

/** A title as the profile takes it: one line, cut when too long; a title is a label and never keeps a document from going. */
function titleOf(said: string | undefined): string | undefined {
  const title = said?.replace(/\s+/g, ' ').trim()
  if (!title) return undefined
  if (title.length <= titleLength) return title
  // Never inside a surrogate pair, which would leave half a character.
  return `${title.slice(0, titleLength - 1).replace(/[\ud800-\udbff]$/, '').trimEnd()}…`
}

function authorOf({ hints, practice, chosenSituation }: PdfToWrap): Result<Situation> {
  const wanted = authorMeant(practice, hints.authorId)
  const notOurs = failure('author-not-ours', { detail: [hints.authorId && calledIn(practice, wanted ?? hints.authorId, hints.authorId), hints.structureId && calledIn(practice, structureNamed(practice, hints.structureId) ?? hints.structureId)].filter(Boolean).join(' / ') })
  // Whoever wrote it: no answer would let it go.
  if (namesAnotherStructure(practice, hints.structureId)) return notOurs
  const named = structureNamed(practice, hints.structureId)
  if (wanted === null) return named === null || practice.professionals.some(({ structure }) => structure === named) ? failure('author-missing') : notOurs
  const situation = situationOf(practice, wanted, named === null ? [chosenSituation?.(wanted)] : [named])
  // Written for a structure of the practice where its author has no situation: theirs elsewhere would say something else.
  if (!situation || (named !== null && !(situation.ok && situation.value.structure.id === named))) return notOurs
  return situation
}
