import { failure, success, type DocumentAct, type DocumentInRecord, type ItemVisibility, type ReasonCode, type RecordDocument, type Result } from '#shared/contract/index.ts'
import { afterAct, documentOffers, isAsAsked, type Consultation, type Panel, type Readings } from './history/index.ts'
import type { Ledger } from './outbox/index.ts'
import type { AuditedRecord, InsId, MetadataChange } from './record/index.ts'

/** What a person does about one document that is in the record, whoever deposited it (TD3.3a to d). Answered at once, or refused: nothing is queued. */
export interface DocumentActs {
  /** The document as the record describes it now, and what may be done with it. A question to the record, so an act of a person. */
  look(ins: InsId, uniqueId: string): Promise<Result<DocumentInRecord>>
  /**
   * Does one thing, when it is still offered. An answer that was lost is never taken for either outcome: the record is asked what became of the document,
   * and nothing is asked of it twice (`change-not-seen`, `change-in-doubt`). One that is as asked already is left alone.
   */
  change(ins: InsId, uniqueId: string, act: DocumentAct): Promise<Result<DocumentInRecord>>
  /** Resolves when no change is under way. */
  settled(): Promise<void>
}

export interface DocumentActsOptions {
  readonly panel: Pick<Panel, 'consultation' | 'view' | 'refreshAnew'>
  readonly record: Pick<AuditedRecord, 'findByUniqueId' | 'changeMetadata'>
  readonly readings: Pick<Readings, 'hideFromOthers'>
  readonly ledger: Pick<Ledger, 'othersWithUniqueId' | 'noteInRecord'>
  readonly onBug: (error: unknown) => void
}

const changes: Readonly<Record<DocumentAct, MetadataChange>> = {
  'show-to-patient': { kind: 'show-to-patient' },
  'show-to-representatives': { kind: 'show-to-representatives' },
  mask: { kind: 'mask', masked: true },
  unmask: { kind: 'mask', masked: false },
  archive: { kind: 'archive', archived: true },
  restore: { kind: 'archive', archived: false },
  delete: { kind: 'delete' },
}

/** Once done, the lists of others may have the document no more. */
const takesAway: readonly DocumentAct[] = ['mask', 'archive', 'delete']
/** Once done, the record may not show it any more to whoever asked for it. */
const hides: readonly DocumentAct[] = ['mask', 'delete']

export function openDocumentActs({ panel, record, readings, ledger, onBug }: DocumentActsOptions): DocumentActs {
  const underWay = new Set<Promise<void>>()

  /**
   * Why this reader may not ask about the document now. The patient's word on their record being read closes what others wrote, not what was deposited
   * from here: what should not have gone can always be taken back.
   */
  async function stopOf(way: Consultation, uniqueId: string): Promise<ReasonCode | null> {
    const stop = way.stop()
    if (stop !== 'consultation-refused' && stop !== 'consent-to-renew') return stop
    if (!(await isFromHere(uniqueId))) return stop
    return way.reader.without ?? (panel.consultation(way.ins).way === way.way ? null : 'access-changed')
  }

  const isFromHere = async (uniqueId: string) => (await ledger.othersWithUniqueId(uniqueId, -1)).some(({ state }) => state === 'deposited')

  async function find(way: Consultation, uniqueId: string): Promise<Result<RecordDocument>> {
    const before = await stopOf(way, uniqueId)
    if (before) return failure(before)
    const found = await record.findByUniqueId(way.reader.party, way.ins, uniqueId)
    const since = await stopOf(way, uniqueId)
    if (since) return failure(since)
    // Nothing was changed by a question: one that got no answer leaves no doubt.
    if (!found.ok) return found.failure.class === 'uncertain' ? failure('record-unreachable', { recordText: found.failure.recordText }) : found
    return found.value ? success(found.value) : failure('document-not-found')
  }

  const told = (way: Consultation, document: RecordDocument): DocumentInRecord => ({ document, offers: documentOffers(document, way.reader, way.kept.standing()) })

  /** What is known here follows: lists of whoever reads, the item it was, the panel when it shows this patient. */
  async function settle(way: Consultation, document: RecordDocument, act: DocumentAct): Promise<void> {
    // Masked, it stays in sight of who may unmask it.
    const isSeen = !document.maskedToProfessionals || told(way, document).offers.some((offer) => offer.act === 'unmask' && offer.refusal === null)
    way.kept.learn(document, isSeen)
    if (takesAway.includes(act)) readings.hideFromOthers(way.reader, way.ins, document.uniqueId)
    await ledger.noteInRecord(document.uniqueId, act, visibilityOf(document))
    const { patient } = panel.view()
    if (patient?.ins === way.ins.value && patient.insOid === way.ins.oid) void panel.refreshAnew().catch(onBug)
  }

  /** What the record says became of a change whose answer was lost. */
  async function afterDoubt(way: Consultation, document: RecordDocument, act: DocumentAct): Promise<Result<RecordDocument>> {
    const found = await record.findByUniqueId(way.reader.party, way.ins, document.uniqueId)
    if (!found.ok) return failure('change-in-doubt', { recordText: found.failure.recordText })
    if (!found.value) return hides.includes(act) ? success(afterAct(document, act)) : failure('document-not-found')
    return isAsAsked(found.value, act) ? success(found.value) : failure('change-not-seen')
  }

  /** Nothing may write to a store that is being closed. */
  function whole<T>(work: Promise<T>): Promise<T> {
    const done = work.then(
      () => undefined,
      () => undefined,
    )
    underWay.add(done)
    void done.finally(() => underWay.delete(done))
    return work
  }

  async function change(ins: InsId, uniqueId: string, act: DocumentAct): Promise<Result<DocumentInRecord>> {
    const way = panel.consultation(ins)
    const found = await find(way, uniqueId)
    if (!found.ok) return found
    const document = found.value
    if (isAsAsked(document, act)) return success(told(way, document))
    const offer = documentOffers(document, way.reader, way.kept.standing()).find((one) => one.act === act)
    if (!offer) return failure('document-changed')
    if (offer.refusal) return failure(offer.refusal)
    const done = await record.changeMetadata(way.reader.party, ins, uniqueId, changes[act])
    const now = done.ok ? success(afterAct(document, act)) : done.failure.class === 'uncertain' ? await afterDoubt(way, document, act) : done
    // About a deposit that code names the practice file; here it is the record that keeps the document to its author.
    if (!now.ok) return now.failure.code === 'record-author-refused' ? failure('record-update-refused', { recordText: now.failure.recordText }) : now
    // It is done in the record, whether or not it can be written down here.
    await settle(way, now.value, act).catch(onBug)
    return success(told(way, now.value))
  }

  return {
    async look(ins, uniqueId) {
      const way = panel.consultation(ins)
      const found = await find(way, uniqueId)
      return found.ok ? success(told(way, found.value)) : found
    },
    change: (ins, uniqueId, act) => whole(change(ins, uniqueId, act)),
    settled: async () => {
      await Promise.all(underWay)
    },
  }
}

function visibilityOf({ maskedToProfessionals, hiddenFromPatient, hiddenFromRepresentatives }: RecordDocument): ItemVisibility {
  return { masked: maskedToProfessionals, hiddenFromPatient, hiddenFromRepresentatives }
}
