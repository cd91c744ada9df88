import { createHash, createHmac, hkdfSync } from 'node:crypto'

/** One line of the trace. `event` is the exact text that is hashed. Lines written before the trace was sealed have no seal. */
export interface TraceLine {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly event: string
  readonly previousHash: string
  readonly hash: string
  readonly seal: string | null
}

/** What the first line is chained to. */
export const chainOrigin = '0'.repeat(64)

/** SHA-256 over the former hash, the number, the time and the text: whoever has the lines can work it out again. */
export function lineHash(previousHash: string, seq: number, at: number, event: string): string {
  return createHash('sha256').update(`${previousHash}|${seq}|${at}|${event}`).digest('hex')
}

/** The three keyed hashes of the trace, all from its key (32 bytes, hexadecimal). */
export interface TraceKeys {
  /** Of a line's hash, which stands for all lines before it: nobody without the key can write the trace anew. */
  readonly seal: (hash: string) => string
  /** Of a head kept outside the database. */
  readonly headSeal: (head: { readonly seq: number; readonly at: number; readonly hash: string }) => string
  /** A patient as the trace names them: the same for the same INS on this installation, and nothing to anybody else. */
  readonly reference: (patient: { readonly value: string; readonly oid: string }) => string
}

/** Derives them (HKDF-SHA-256, no salt, one `info` each). A patient's reference is keyed by the trace's key itself, as in every line so far. */
export function traceKeys(traceKey: string): TraceKeys {
  const secret = Buffer.from(traceKey, 'hex')
  const derive = (info: string) => Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 32))
  const line = derive('relais trace seal')
  const outside = derive('relais trace head')
  const keyed = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest('hex')
  return {
    seal: (hash) => keyed(line, hash),
    headSeal: ({ seq, at, hash }) => keyed(outside, `${seq}|${at}|${hash}`),
    reference: ({ value, oid }) => keyed(secret, `${value}|${oid}`).slice(0, 32),
  }
}
