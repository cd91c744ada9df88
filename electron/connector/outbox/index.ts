export { openLedger, type IncomingMessage, type Ledger, type TakenFile } from './ledger.ts'
export { frozenOf, viewOf, type ItemRow } from './item.ts'
export { startSender, type Sender } from './sender.ts'
