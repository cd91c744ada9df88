import net from 'node:net'
import { createFramer } from './framer.ts'
import { readMessage, segmentOf, valueOf } from './message.ts'

export interface MllpAcknowledgement {
  /** MSA-1: AA, AE, AR, CA, CE or CR. */
  readonly code: string
  /** MSA-2: the number of the message it answers. */
  readonly controlId: string
  readonly bytes: Uint8Array
}

/**
 * Sends one message over MLLP on its own connection and gives the acknowledgement. Rejects with an Error when the receiver
 * cannot be reached, closes, stays silent for `timeoutMs`, or answers something that is not an acknowledgement.
 */
export function sendMllp({ host, port, message, timeoutMs }: { host: string; port: number; message: Uint8Array | string; timeoutMs: number }): Promise<MllpAcknowledgement> {
  return new Promise((resolve, reject) => {
    const framer = createFramer({ maxBytes: 1024 * 1024 })
    const socket = net.connect({ host, port })
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      socket.destroy()
      settle()
    }
    const timer = setTimeout(() => finish(() => reject(new Error(`No acknowledgement after ${timeoutMs} ms.`))), timeoutMs)
    socket.on('connect', () => {
      socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(message), Buffer.of(0x1c, 0x0d)]))
    })
    socket.on('data', (chunk) => {
      for (const event of framer.push(chunk)) {
        if (event.kind !== 'message') continue
        const answer = readMessage(event.bytes)
        const msa = answer && segmentOf(answer, 'MSA')
        if (!answer || !msa) {
          finish(() => reject(new Error('The receiver answered something that is not an acknowledgement.')))
          return
        }
        finish(() => resolve({ code: valueOf(answer, msa, 1), controlId: valueOf(answer, msa, 2), bytes: event.bytes }))
        return
      }
    })
    socket.on('error', (error) => finish(() => reject(error)))
    socket.on('close', () => finish(() => reject(new Error('The receiver closed the connection without acknowledging.'))))
  })
}
