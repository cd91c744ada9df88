import type { IncomingMessage } from 'node:http'
import type { Struck } from './faults.ts'
import { cutAt } from './faults.ts'
import type { RunningFaults } from './running-faults.ts'
import { requestNames, transactionOf } from './transaction-of.ts'

const maxBodyBytes = 64 * 1024 * 1024

/** What came of a request's body. */
export interface ReceivedBody {
  /** `null` when it is larger than the record takes. */
  readonly body: Buffer | null
  readonly struck: Struck | null
  /** True when a fault stops the request here. */
  readonly isCut: boolean
}

/** Bytes within which the transaction is looked for before the body is whole. */
const nameWindow = 65_536

/** Where a fault cuts a request of `total` bytes; `Infinity` when it does not. */
function cutOf(struck: Struck | null, total: number): number {
  return struck?.fault.kind === 'cut-request' ? cutAt(struck.fault.bytes, total, struck.chance) : Infinity
}

/**
 * Reads a request's body as the line carries it, and settles which fault strikes the exchange: once the body is whole, or as soon as the
 * transaction is known when a rule may cut the request. Rejects when the client hangs up, and with the signal.
 */
export async function receiveBody(request: IncomingMessage, faults: RunningFaults, signal: AbortSignal): Promise<ReceivedBody> {
  const { rules } = faults.set
  const announced = Number(request.headers['content-length'] ?? NaN)
  // A rule about one document is settled with the whole body: its name may stand anywhere in it.
  const settlesEarly = Number.isFinite(announced) && rules.some(({ fault }) => fault.kind === 'cut-request') && !rules.some(({ match }) => match)
  const pieces: Buffer[] = []
  let size = 0
  let struck: Struck | null | undefined
  let limit = Infinity
  const strike = (transaction: string, body: Buffer): Struck | null => faults.strike({ transaction, names: (uniqueId) => requestNames(request, body, uniqueId) })
  const settleEarly = (): void => {
    if (!settlesEarly || struck !== undefined || size > nameWindow) return
    const known = Buffer.concat(pieces)
    const transaction = transactionOf(request, known)
    if (transaction === 'unknown') return
    struck = strike(transaction, known)
    limit = cutOf(struck, announced)
  }

  settleEarly()
  // The connection must outlive the reading of a request that is cut: it is reset once the exchange is on disk.
  const incoming = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  if (limit > 0) {
    for await (const piece of incoming) {
      if (faults.inbound.isLimited) await faults.inbound.carry(piece.length, signal)
      size += piece.length
      if (size <= maxBodyBytes) pieces.push(piece)
      settleEarly()
      if (size >= limit) break
    }
  }
  const body = Buffer.concat(pieces)
  if (struck === undefined && rules.length > 0) {
    struck = strike(transactionOf(request, body), body)
    limit = cutOf(struck, size)
  }
  const isCut = size >= limit
  return { body: size > maxBodyBytes ? null : isCut ? body.subarray(0, limit) : body, struck: struck ?? null, isCut }
}
