export type { Deposit, DepositReceipt, DocumentFilter, InsId, NationalRecord } from './port.ts'
export { openDmpRecord, type DmpRecordOptions } from './dmp/dmp-record.ts'
