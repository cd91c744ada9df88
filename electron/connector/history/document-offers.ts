import { modeOf, type DocumentAct, type DocumentOffer, type ReasonCode, type RecordDocument, type RecordStanding } from '#shared/contract/index.ts'
import { mayDo, type RecordAct } from '#shared/terminology/index.ts'
import { rightsHolderOf, type Reader } from './reading-stop.ts'

/** The act of the rights sheet each one is (dmp-interface.md 1.7). */
const acts: Readonly<Record<DocumentAct, RecordAct>> = {
  'show-to-patient': 'show-to-patient',
  'show-to-representatives': 'show-to-patient',
  mask: 'mask',
  unmask: 'unmask',
  archive: 'archive',
  restore: 'unarchive',
  delete: 'delete',
}

/**
 * The acts that make sense on a document as the record describes it, each with why it would be refused to this reader (TD3.3a to d; the rights sheet
 * and authorship, dmp-interface.md 1.7). Of what was replaced or deleted nothing can be asked any more. Where that sheet is not known (AIR) the record
 * alone decides.
 */
export function documentOffers(document: RecordDocument, reader: Reader, standing: Pick<RecordStanding, 'isTreatingDoctor'> | null): DocumentOffer[] {
  return sensible(document).map((act) => ({ act, refusal: refusalOf(act, document, reader, standing) }))
}

function sensible(document: RecordDocument): DocumentAct[] {
  const { status } = document
  if (status !== 'approved' && status !== 'archived') return []
  return [
    ...(document.hiddenFromPatient ? (['show-to-patient'] as const) : []),
    ...(document.hiddenFromRepresentatives ? (['show-to-representatives'] as const) : []),
    document.maskedToProfessionals ? 'unmask' : 'mask',
    status === 'archived' ? 'restore' : 'archive',
    'delete',
  ]
}

function refusalOf(act: DocumentAct, document: RecordDocument, reader: Reader, standing: Pick<RecordStanding, 'isTreatingDoctor'> | null): ReasonCode | null {
  // Masked and invisible to the patient at once, nobody could open it.
  if (act === 'mask' && document.hiddenFromPatient) return 'visibility-forbidden'
  const holder = rightsHolderOf(reader, standing)
  if (holder === null) return null
  const permission = mayDo(acts[act], { holder, mode: modeOf(reader.party), document: { ...authorshipOf(document, reader), isFromPatient: document.fromPatient }, patientAllows: null })
  return permission.allowed ? null : permission.reason
}

/** Whether this reader wrote a document or answers for it, and whether their structure did; who is not named did not. */
function authorshipOf({ authors, legalAuthenticatorId }: RecordDocument, { party }: Reader): { isOwn: boolean; isOfStructure: boolean } {
  const id = party.kind === 'professional' ? party.professional.id : null
  return {
    isOwn: id !== null && (legalAuthenticatorId === id || authors.some(({ personId }) => personId === id)),
    isOfStructure: authors.some(({ structureId }) => structureId === party.structure.id),
  }
}

/** Whether a document is already as an act would make it. */
export function isAsAsked(document: RecordDocument, act: DocumentAct): boolean {
  return sameStanding(document, afterAct(document, act))
}

/** A document as an act makes it. */
export function afterAct(document: RecordDocument, act: DocumentAct): RecordDocument {
  switch (act) {
    case 'show-to-patient':
      return { ...document, hiddenFromPatient: false }
    case 'show-to-representatives':
      return { ...document, hiddenFromRepresentatives: false }
    case 'mask':
      return { ...document, maskedToProfessionals: true }
    case 'unmask':
      return { ...document, maskedToProfessionals: false }
    case 'archive':
      return { ...document, status: 'archived' }
    case 'restore':
      return { ...document, status: 'approved' }
    case 'delete':
      return { ...document, status: 'deleted' }
  }
}

function sameStanding(one: RecordDocument, other: RecordDocument): boolean {
  return (['status', 'maskedToProfessionals', 'hiddenFromPatient', 'hiddenFromRepresentatives'] as const).every((name) => one[name] === other[name])
}
