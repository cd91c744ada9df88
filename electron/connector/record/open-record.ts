import { openDmpRecord, type DmpRecordOptions } from './dmp/dmp-record.ts'
import { openPdsmRecord } from './pdsm/pdsm-record.ts'
import type { NationalRecord } from './port.ts'

/** Opens the national record in the tongue its configuration names. */
export function openRecord(options: DmpRecordOptions): Promise<NationalRecord> {
  return options.config.protocol === 'fhir' ? openPdsmRecord(options) : openDmpRecord(options)
}
