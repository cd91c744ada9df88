import { z } from 'zod'

/** Format of the frozen lot: one JSON line, then the body of the request, byte for byte as it is sent. */
const header = z.object({
  format: z.literal('pdsm-lot/1'),
  transaction: z.enum(['ITI-65', 'ITI-105']),
  /** INS the metadata name, with its OID. */
  patient: z.object({ value: z.string(), oid: z.string() }),
  /** SHA-256 of each document, hex, in the order of the lot. */
  documents: z.array(z.string()),
  /** What the answer must tell of, entry by entry: `POST List`, `PATCH DocumentReference`... */
  entries: z.array(z.string()),
  bodyBytes: z.number().int(),
})

/** A lot built once: everything of TD2.1. */
export interface FrozenLot extends Omit<z.infer<typeof header>, 'format' | 'bodyBytes'> {
  readonly body: Uint8Array
}

/** Packs a lot into the bytes the outbox keeps. */
export function packLot({ body, ...lot }: FrozenLot): Uint8Array {
  const head: z.infer<typeof header> = { format: 'pdsm-lot/1', ...lot, bodyBytes: body.length }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`, 'utf8'), body])
}

/** Unpacks what `packLot` wrote; `null` for anything else, cut bytes included. */
export function unpackLot(bytes: Uint8Array): FrozenLot | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lineEnd = buffer.indexOf(10)
  if (lineEnd < 0) return null
  try {
    const { transaction, patient, documents, entries, bodyBytes } = header.parse(JSON.parse(buffer.toString('utf8', 0, lineEnd)))
    const body = buffer.subarray(lineEnd + 1)
    return body.length === bodyBytes ? { transaction, patient, documents, entries, body } : null
  } catch {
    return null
  }
}
