import { unpackLot as unpackDmpLot } from './dmp/lot-container.ts'
import { unpackLot as unpackPdsmLot } from './pdsm/frozen-lot.ts'

/** Are these the bytes of a lot that one of the adapters froze for the outbox? */
export function isLot(bytes: Uint8Array): boolean {
  return unpackDmpLot(bytes) !== null || unpackPdsmLot(bytes) !== null
}
