import { failure, success, type MyRecords, type MyRecordsInput, type MyRecordsOffer, type Result } from '#shared/contract/index.ts'
import type { AccessibleRecord, AuditedRecord } from '../../record/index.ts'
import { asRead } from '../as-read.ts'
import { readerKeyOf, type Reader } from '../reading-stop.ts'
import { dayOf, listedRecords, type ToldHere } from './listed-records.ts'
import { recordsOffer } from './records-offer.ts'

/** The records whoever reads may access (TD0.4), asked by an act of theirs and kept nowhere. */
export interface MyRecordsDesk {
  /** What may be asked now; asks the record nothing. */
  offered(): MyRecordsOffer
  /** Asks the record. Refused as `offered` says, before any call; given to nobody but who asked, once the trace says so. */
  list(asked: MyRecordsInput): Promise<Result<MyRecords>>
}

export interface MyRecordsOptions extends Omit<ToldHere, 'onDepositDay'> {
  readonly record: Pick<AuditedRecord, 'accessibleRecords'>
  readonly reader: () => Reader
  /** The record's tongue has such a question; FHIR has none. */
  readonly canBeTold: boolean
  readonly now: () => number
  /** Was a document of this INS deposited here between these instants (milliseconds)? */
  readonly hasDeposited: (ins: string, from: number, until: number) => Promise<boolean>
}

/** Which instants a record's day may hold: it says a date, of its own clock or of Greenwich. */
const dayMs = 24 * 3_600_000
const zoneMs = 2 * 3_600_000

export function openMyRecords({ record, reader, canBeTold, now, hasDeposited, ...told }: MyRecordsOptions): MyRecordsDesk {
  const offered = () => recordsOffer(reader(), canBeTold)
  async function insOfDepositDays(records: readonly AccessibleRecord[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    for (const { ins, lastAddAt } of records) {
      const start = lastAddAt === null ? Number.NaN : Date.parse(`${dayOf(lastAddAt)}T00:00:00Z`)
      if (!Number.isNaN(start) && (await hasDeposited(ins.value, start - zoneMs, start + dayMs))) found.add(ins.value)
    }
    return found
  }

  return {
    offered,
    async list({ since, by }) {
      const asker = reader()
      const offer = offered()
      if (offer.stop) return failure(offer.stop)
      if (!offer.by.includes(by)) return failure('right-professional-only')
      const askedAt = new Date(now()).toISOString()
      const found = asRead(await record.accessibleRecords(asker.party, { since, by }))
      const onDepositDay = await insOfDepositDays(found.ok ? found.value : [])
      // Somebody else may speak by the time the answer is in: it is not theirs to see.
      const still = reader()
      if (readerKeyOf(still) !== readerKeyOf(asker)) return failure(still.without ?? 'access-changed')
      return found.ok ? success({ askedAt, records: listedRecords(found.value, by, { ...told, onDepositDay }) }) : found
    },
  }
}
