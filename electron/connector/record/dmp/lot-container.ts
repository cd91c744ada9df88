import { z } from 'zod'

const documentPart = z.object({
  /** SHA-256 of the document the lot was signed for, hex. */
  sha256: z.string(),
  mediaType: z.string(),
  /** Content-ID of its part, as the body refers to it. */
  part: z.string(),
})

/** Format of the frozen lot: one JSON line, then the bytes of the request's body and of the signature, as they are sent. */
const header = z.object({
  format: z.literal('dmp-lot/2'),
  /** In the order of the lot. */
  documents: z.array(documentPart).min(1),
  /** Patient the metadata name, as XDS patientId. */
  patientId: z.string(),
  signaturePart: z.string(),
  bodyBytes: z.number().int(),
  signatureBytes: z.number().int(),
})

/** The header of lots frozen when a lot held one document; they are still sent. */
const formerHeader = z
  .object({
    format: z.literal('dmp-lot/1'),
    documentSha256: z.string(),
    documentMediaType: z.string(),
    patientId: z.string(),
    parts: z.object({ document: z.string(), signature: z.string() }),
    bodyBytes: z.number().int(),
    signatureBytes: z.number().int(),
  })
  .transform(({ documentSha256, documentMediaType, parts, ...rest }) => ({
    ...rest,
    documents: [{ sha256: documentSha256, mediaType: documentMediaType, part: parts.document }],
    signaturePart: parts.signature,
  }))

const anyHeader = z.union([header, formerHeader])

/** A lot built and signed once: everything of TD2.1 but the documents and what is renewed at each try. */
export interface FrozenLot {
  readonly documents: readonly z.infer<typeof documentPart>[]
  /** Patient the metadata name, as XDS patientId. */
  readonly patientId: string
  readonly signaturePart: string
  readonly body: Uint8Array
  readonly signature: Uint8Array
}

/** Packs a lot into the bytes the outbox keeps. */
export function packLot(lot: FrozenLot): Uint8Array {
  const { documents, patientId, signaturePart, body, signature } = lot
  const head: z.infer<typeof header> = { format: 'dmp-lot/2', documents: [...documents], patientId, signaturePart, bodyBytes: body.length, signatureBytes: signature.length }
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`, 'utf8'), body, signature])
}

/** Unpacks what `packLot` wrote, now or in its former format; `null` for anything else, cut bytes included. */
export function unpackLot(bytes: Uint8Array): FrozenLot | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lineEnd = buffer.indexOf(10)
  if (lineEnd < 0) return null
  let head: z.infer<typeof anyHeader>
  try {
    head = anyHeader.parse(JSON.parse(buffer.subarray(0, lineEnd).toString('utf8')))
  } catch {
    return null
  }
  const { bodyBytes, signatureBytes, documents, patientId, signaturePart } = head
  if (lineEnd + 1 + bodyBytes + signatureBytes !== buffer.length) return null
  const body = buffer.subarray(lineEnd + 1, lineEnd + 1 + bodyBytes)
  return { documents, patientId, signaturePart, body, signature: buffer.subarray(lineEnd + 1 + bodyBytes) }
}
