import { connect } from 'node:net'

/**
 * Sends one HL7 message over MLLP on a connection of its own and gives the acknowledgement's code (MSA-1).
 * Throws when the receiver cannot be reached, closes without an acknowledgement, stays silent for 30 seconds, or when `signal` aborts.
 */
export function sendMllpMessage(address: { readonly host: string; readonly port: number }, message: Uint8Array | string, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address, ...(signal ? { signal } : {}) })
    const chunks: Buffer[] = []
    socket.setTimeout(30_000, () => socket.destroy(new Error('no acknowledgement within 30 seconds')))
    socket.once('error', reject)
    socket.once('close', () => reject(new Error('connection closed without an acknowledgement')))
    socket.once('connect', () => socket.write(Buffer.concat([Buffer.of(0x0b), Buffer.from(message), Buffer.of(0x1c, 0x0d)])))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      if (!chunk.includes(0x1c)) return
      const code = /[\r\n]MSA\|([A-Z]{2})\|/.exec(Buffer.concat(chunks).toString('latin1'))?.[1]
      socket.end()
      if (code === undefined) reject(new Error('answer without an MSA segment'))
      else resolve(code)
    })
  })
}
