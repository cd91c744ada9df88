export type { AccessibleRecord, Association, AuthorisationAct, Deposit, DepositedDocument, DocumentFilter, InsId, MetadataChange, NationalRecord, SubmissionSet } from './port.ts'
export { openDmpRecord } from './dmp/dmp-record.ts'
export { auditedRecord, type AuditedRecord } from './audited-record.ts'
