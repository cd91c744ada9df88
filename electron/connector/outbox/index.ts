export { openLedger, type Ledger } from './ledger.ts'
export { frozenOf, viewOf, type ItemRow } from './item.ts'
export { startSender, type Sender } from './sender.ts'
