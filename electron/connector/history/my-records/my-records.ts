import { failure, success, type MyRecords, type MyRecordsInput, type MyRecordsOffer, type Result } from '#shared/contract/index.ts'
import type { AuditedRecord } from '../../record/index.ts'
import { asRead } from '../as-read.ts'
import { readerKeyOf, type Reader } from '../reading-stop.ts'
import { listedRecords, type ToldHere } from './listed-records.ts'
import { recordsOffer } from './records-offer.ts'

/** The records whoever reads may access (TD0.4), asked by an act of theirs and kept nowhere. */
export interface MyRecordsDesk {
  /** What may be asked now; asks the record nothing. */
  offered(): MyRecordsOffer
  /** Asks the record. Refused as `offered` says, before any call; given to nobody but who asked, once the trace says so. */
  list(asked: MyRecordsInput): Promise<Result<MyRecords>>
}

export interface MyRecordsOptions extends ToldHere {
  readonly record: Pick<AuditedRecord, 'accessibleRecords'>
  readonly reader: () => Reader
  /** The record's tongue has such a question; FHIR has none. */
  readonly canBeTold: boolean
  readonly now: () => number
}

export function openMyRecords({ record, reader, canBeTold, now, ...told }: MyRecordsOptions): MyRecordsDesk {
  const offered = () => recordsOffer(reader(), canBeTold)
  return {
    offered,
    async list({ since, by }) {
      const asker = reader()
      const offer = offered()
      if (offer.stop) return failure(offer.stop)
      if (!offer.by.includes(by)) return failure('right-professional-only')
      const askedAt = new Date(now()).toISOString()
      const found = asRead(await record.accessibleRecords(asker.party, { since, by }))
      // Somebody else may speak by the time the answer is in: it is not theirs to see.
      const still = reader()
      if (readerKeyOf(still) !== readerKeyOf(asker)) return failure(still.without ?? 'access-changed')
      return found.ok ? success({ askedAt, records: listedRecords(found.value, by, told) }) : found
    },
  }
}
