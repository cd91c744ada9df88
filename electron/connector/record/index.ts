export type { Deposit, InsId, NationalRecord } from './port.ts'
export { openDmpRecord } from './dmp/dmp-record.ts'
