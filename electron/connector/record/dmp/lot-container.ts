import { z } from 'zod'

/** Format of the frozen lot: one JSON line, then the bytes of the request's body and of the signature, as they are sent. */
const header = z.object({
  format: z.literal('dmp-lot/1'),
  /** SHA-256 of the document the lot was signed for, hex. */
  documentSha256: z.string(),
  documentMediaType: z.string(),
  /** Patient the metadata name, as XDS patientId. */
  patientId: z.string(),
  parts: z.object({ document: z.string(), signature: z.string() }),
  bodyBytes: z.number().int(),
  signatureBytes: z.number().int(),
})

/** A lot built and signed once: everything of TD2.1 but the document and what is renewed at each try. */
export interface FrozenLot {
  readonly documentSha256: string
  readonly documentMediaType: string
  /** Patient the metadata name, as XDS patientId. */
  readonly patientId: string
  /** Content-IDs of the two parts, as the body refers to them. */
  readonly parts: { readonly document: string; readonly signature: string }
  readonly body: Uint8Array
  readonly signature: Uint8Array
}

/** Packs a lot into the bytes the outbox keeps. */
export function packLot(lot: FrozenLot): Uint8Array {
  const head: z.infer<typeof header> = {
    format: 'dmp-lot/1',
    documentSha256: lot.documentSha256,
    documentMediaType: lot.documentMediaType,
    patientId: lot.patientId,
    parts: lot.parts,
    bodyBytes: lot.body.length,
    signatureBytes: lot.signature.length,
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`, 'utf8'), lot.body, lot.signature])
}

/** Unpacks what `packLot` wrote; `null` for anything else, cut bytes included. */
export function unpackLot(bytes: Uint8Array): FrozenLot | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lineEnd = buffer.indexOf(10)
  if (lineEnd < 0) return null
  let head: z.infer<typeof header>
  try {
    head = header.parse(JSON.parse(buffer.subarray(0, lineEnd).toString('utf8')))
  } catch {
    return null
  }
  const { bodyBytes, signatureBytes, documentSha256, documentMediaType, patientId, parts } = head
  if (lineEnd + 1 + bodyBytes + signatureBytes !== buffer.length) return null
  const body = buffer.subarray(lineEnd + 1, lineEnd + 1 + bodyBytes)
  return { documentSha256, documentMediaType, patientId, parts, body, signature: buffer.subarray(lineEnd + 1 + bodyBytes) }
}
