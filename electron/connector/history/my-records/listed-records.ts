import type { ListedBy, MyRecord, PatientLabel } from '#shared/contract/index.ts'
import type { AccessibleRecord, InsId } from '../../record/index.ts'

/** What the practice knows of a patient of the list. */
export interface KnownHere {
  readonly label: Pick<PatientLabel, 'birthName' | 'givenName' | 'usedName' | 'birthDate'>
  readonly qualified: boolean
}

/** Whether something came since this reader's last access, as far as two days tell. `isDepositDay`: this practice deposited for the patient on the day of the addition. */
export function additionSince({ lastAccessAt, lastAddAt }: Pick<AccessibleRecord, 'lastAccessAt' | 'lastAddAt'>, isDepositDay: boolean): MyRecord['sinceMyAccess'] {
  if (lastAccessAt === null || lastAddAt === null) return 'not-told'
  const [access, added] = [dayOf(lastAccessAt), dayOf(lastAddAt)]
  if (added < access) return 'nothing'
  return isDepositDay ? 'deposit-day' : added === access ? 'same-day' : 'added'
}

/** What this practice knows of the patients a record lists. */
export interface ToldHere {
  readonly knownHere: (ins: InsId) => KnownHere | null
  readonly wordAgainst: (ins: InsId) => MyRecord['wordAgainst']
  /** INS of those for whom this practice deposited on the day of the last addition. */
  readonly onDepositDay: ReadonlySet<string>
}

/**
 * The records as they are shown: newest addition first, those of which none is told last, then by name. Who refuses to be read is not in a list by document:
 * standing there tells that something was added.
 */
export function listedRecords(records: readonly AccessibleRecord[], by: ListedBy, told: ToldHere): MyRecord[] {
  const all = records.map((record) => listed(record, told))
  return all.filter(({ wordAgainst: word }) => by === 'last-authorisation' || word !== 'consultation-refused').sort(newestFirst)
}

function listed(record: AccessibleRecord, { knownHere, wordAgainst, onDepositDay }: ToldHere): MyRecord {
  const [known, word] = [knownHere(record.ins), wordAgainst(record.ins)]
  // An identity nobody vouches for here does not stand above the record's own.
  const { birthName, givenName, usedName, birthDate } = known?.qualified ? known.label : record
  const [lastAccessAt, lastAddAt] = word === 'consultation-refused' ? [null, null] : [record.lastAccessAt, record.lastAddAt]
  return {
    ins: record.ins.value,
    insOid: record.ins.oid,
    birthName: birthName ?? '',
    givenName: givenName ?? '',
    usedName,
    birthDate,
    identity: known && (known.qualified ? 'qualified' : 'not-qualified'),
    isTreatingDoctor: record.isTreatingDoctor,
    lastAccessAt: lastAccessAt && dayOf(lastAccessAt),
    lastAddAt: lastAddAt && dayOf(lastAddAt),
    sinceMyAccess: additionSince({ lastAccessAt, lastAddAt }, onDepositDay.has(record.ins.value)),
    wordAgainst: word,
  }
}

function newestFirst(a: MyRecord, b: MyRecord): number {
  return (b.lastAddAt ?? '').localeCompare(a.lastAddAt ?? '') || `${a.birthName} ${a.givenName}`.localeCompare(`${b.birthName} ${b.givenName}`, 'fr') || a.ins.localeCompare(b.ins)
}

/** The day an ISO 8601 date or instant is of, as it says. */
export function dayOf(iso: string): string {
  return iso.slice(0, 10)
}
