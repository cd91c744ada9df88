import { z } from 'zod'

/**
 * What the source says about a document beside the document itself: a sidecar, a file name read by a profile, the
 * segments of an HL7 message. Stored with the item as it arrived; nothing in it is believed before the identity gate.
 */
export const documentHints = z.object({
  identity: z
    .object({
      ins: z.string().optional(),
      insOid: z.string().optional(),
      birthName: z.string().optional(),
      /** First birth given name. */
      givenName: z.string().optional(),
      /** All birth given names, one string. */
      givenNames: z.string().optional(),
      usedName: z.string().optional(),
      usedGivenName: z.string().optional(),
      /** `YYYY-MM-DD`. */
      birthDate: z.string().optional(),
      sex: z.enum(['M', 'F', 'U']).optional(),
      /** INSEE (COG) code of the birth place. */
      birthPlace: z.string().optional(),
      localId: z.string().optional(),
      localIdOid: z.string().optional(),
      /** Where these traits were read: a sidecar, the file's name alone, the segments of a message. */
      origin: z.enum(['sidecar', 'file-name', 'message']).optional(),
      /** The source itself vouches for the identity (PID-32 = VALI with an INS and complete traits). */
      qualified: z.boolean().optional(),
      /** It stood beside a file whose name held other documents before, and may be about one of those. */
      unconfirmed: z.literal(true).optional(),
    })
    .optional(),
  /** A type code of the DMP's list, already mapped by the profile. */
  typeCode: z.string().optional(),
  title: z.string().optional(),
  /** ISO 8601 with offset, or a date. Never the file's own time. */
  documentDate: z.string().optional(),
  /** PS_IdNat (12 characters) or bare RPPS (11). */
  authorId: z.string().optional(),
  structureId: z.string().optional(),
  visibility: z.object({ masked: z.boolean(), hiddenFromPatient: z.boolean(), hiddenFromRepresentatives: z.boolean(), secretConnection: z.boolean().optional() }).optional(),
  /** The source's own number of the document: the same number with another content is a new version of it. */
  documentKey: z.string().optional(),
  /** The source says that it replaces an earlier one. */
  action: z.literal('replace').optional(),
  /** Name as received, for messages and for recognising. */
  fileName: z.string().optional(),
  /** A failure the intake already saw; the item is parked (or ignored) with it. */
  refusal: z.object({ code: z.string(), detail: z.string().optional(), outcome: z.enum(['parked', 'ignored']) }).optional(),
})
export type DocumentHints = z.infer<typeof documentHints>
