export type { Deposit, InsId, NationalRecord } from './port.ts'
export { openDmpRecord } from './dmp/dmp-record.ts'
export { auditedRecord, type AuditedRecord } from './audited-record.ts'
