import type { ListedBy, MyRecord, PatientLabel } from '#shared/contract/index.ts'
import type { AccessibleRecord, InsId } from '../../record/index.ts'

/** What the practice knows of a patient of the list. */
export interface KnownHere {
  readonly label: Pick<PatientLabel, 'birthName' | 'givenName' | 'usedName' | 'birthDate'>
  readonly qualified: boolean
}

/** Whether something came since this reader's last access, as far as two days tell. */
export function additionSince({ lastAccessAt, lastAddAt }: Pick<AccessibleRecord, 'lastAccessAt' | 'lastAddAt'>): MyRecord['sinceMyAccess'] {
  if (lastAccessAt === null || lastAddAt === null) return 'not-told'
  const [access, added] = [dayOf(lastAccessAt), dayOf(lastAddAt)]
  return added === access ? 'same-day' : added > access ? 'added' : 'nothing'
}

/** What this practice knows of the patients a record lists. */
export interface ToldHere {
  readonly knownHere: (ins: InsId) => KnownHere | null
  readonly wordAgainst: (ins: InsId) => MyRecord['wordAgainst']
}

/**
 * The records as they are shown: newest addition first, those of which none is told last, then by name. Who refuses to be read is not in a list by document:
 * standing there tells that something was added.
 */
export function listedRecords(records: readonly AccessibleRecord[], by: ListedBy, { knownHere, wordAgainst }: ToldHere): MyRecord[] {
  const all = records.map((record) => listed(record, knownHere(record.ins), wordAgainst(record.ins)))
  return all.filter(({ wordAgainst: word }) => by === 'last-authorisation' || word !== 'consultation-refused').sort(newestFirst)
}

function listed(record: AccessibleRecord, known: KnownHere | null, word: MyRecord['wordAgainst']): MyRecord {
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
    sinceMyAccess: additionSince({ lastAccessAt, lastAddAt }),
    wordAgainst: word,
  }
}

function newestFirst(a: MyRecord, b: MyRecord): number {
  return (b.lastAddAt ?? '').localeCompare(a.lastAddAt ?? '') || `${a.birthName} ${a.givenName}`.localeCompare(`${b.birthName} ${b.givenName}`, 'fr') || a.ins.localeCompare(b.ins)
}

function dayOf(iso: string): string {
  return iso.slice(0, 10)
}
