import type { MyRecordsOffer } from '#shared/contract/index.ts'
import { permissionOf, type Reader } from '../reading-stop.ts'

/**
 * Whether a reader may ask for the list of records (TD0.4), and by what, by the rights sheet (dmp-interface.md 1.7): with a structure's certificate by
 * access given alone (footnote 3), and for the structure's professionals, as with a CPE (footnote 2). `canBeTold`: the record's tongue has such a question.
 */
export function recordsOffer(reader: Reader, canBeTold: boolean): MyRecordsOffer {
  const none = (stop: NonNullable<MyRecordsOffer['stop']>): MyRecordsOffer => ({ by: [], ofStructure: false, stop })
  // First: signing in would not mend it.
  if (!canBeTold) return none('act-not-in-fhir')
  if (reader.without) return none(reader.without)
  const permission = permissionOf('list-records', reader, null)
  if (!permission.allowed) return none(permission.reason)
  return { by: permission.remark === 'new-only' ? ['last-authorisation'] : ['last-document', 'last-authorisation'], ofStructure: reader.party.kind !== 'professional', stop: null }
}
