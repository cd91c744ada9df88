import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import type { Struck } from './faults.ts'
import { cutAt } from './faults.ts'
import type { Line } from './line.ts'

/** An answer ready for the wire: `head` is the HTTP head as it is written, its blank line included. */
export interface WrittenAnswer {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly head: Buffer
  readonly body: Buffer
}

const lineBytes = 16 * 1024

function* piecesOf(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** Bytes of the answer that go out under a fault, head included. */
export function bytesSent(answer: WrittenAnswer, struck: Struck | null): number {
  const total = answer.head.length + answer.body.length
  if (struck?.fault.kind === 'lose-answer') return 0
  return struck?.fault.kind === 'cut-answer' ? cutAt(struck.fault.bytes, total, struck.chance) : total
}

/**
 * Sends an answer as the line and the fault let it: whole, cut short (the connection is then closed), or drop by drop. Rejects with the
 * signal, which ends every pause.
 */
export async function deliver(answer: WrittenAnswer, struck: Struck | null, to: { response: ServerResponse; line: Line; signal: AbortSignal }): Promise<void> {
  const { response, line, signal } = to
  const fault = struck?.fault
  if (fault?.kind === 'cut-answer' || fault?.kind === 'drip') {
    // Past the HTTP layer, which would not end an answer in the middle of its head.
    const socket = response.socket as TLSSocket
    const bytes = Buffer.concat([answer.head, answer.body]).subarray(0, bytesSent(answer, struck))
    const size = fault.kind === 'drip' ? fault.pieceBytes : line.isLimited ? lineBytes : Math.max(1, bytes.length)
    for (const piece of piecesOf(bytes, size)) {
      if (fault.kind === 'drip') await delay(fault.everyMs, undefined, { signal })
      await line.carry(piece.length, signal)
      await new Promise<void>((sent) => void socket.write(piece, () => sent()))
    }
    // Closed, not reset: a reset would also take back bytes that are on their way, and the cut would not be where it was asked for.
    if (fault.kind === 'drip') socket.end()
    else socket.destroy()
    return
  }
  response.sendDate = false
  response.writeHead(answer.status, answer.headers.flat())
  if (line.isLimited) {
    await line.carry(answer.head.length, signal)
    for (const piece of piecesOf(answer.body, lineBytes)) {
      await line.carry(piece.length, signal)
      response.write(piece)
    }
    response.end()
  } else response.end(answer.body)
}
