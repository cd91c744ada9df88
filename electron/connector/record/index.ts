export type { Deposit, InsId, NationalRecord } from './port.ts'
export { openDmpRecord } from './dmp/dmp-record.ts'
export { openPdsmRecord } from './pdsm/pdsm-record.ts'
export { openRecord } from './open-record.ts'
