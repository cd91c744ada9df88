import { z } from 'zod'
import { itemVisibility, type Party } from '#shared/contract/index.ts'

const takenFile = z.object({ path: z.string(), size: z.number(), mtimeMs: z.number() })

/** An arrival as the store's journal keeps it: all but its bytes, which lie in the spool. */
const arrivalRecord = z.object({
  kind: z.literal('arrival'),
  /** Milliseconds since the epoch. */
  at: z.number(),
  items: z.array(
    z.object({
      id: z.string(),
      source: z.object({ kind: z.enum(['folder', 'hl7', 'by-hand']), name: z.string(), reference: z.string(), id: z.string().optional() }),
      sha256: z.string(),
      size: z.number(),
      fileName: z.string(),
      hints: z.record(z.string(), z.unknown()),
      file: takenFile.optional(),
      alongside: z.array(takenFile).optional(),
      hold: z.enum(['burst', 'old-file']).optional(),
      forgotten: z.literal(true).optional(),
    }),
  ),
  message: z
    .object({
      sourceName: z.string(),
      sendingApplication: z.string(),
      sendingFacility: z.string(),
      controlId: z.string(),
      messageType: z.string(),
      payloadHash: z.string(),
      rawSha256: z.string(),
    })
    .optional(),
})
export type ArrivalRecord = z.infer<typeof arrivalRecord>

/** What a person decided about one item. Losing it could let out what must stay, or stop again what was freed. */
const actRecord = z.object({
  kind: z.literal('act'),
  at: z.number(),
  /** The act's own id: a database that knows it has it done. Older programs gave none. */
  actId: z.string().optional(),
  /** The item's. */
  id: z.string(),
  act: z.discriminatedUnion('what', [
    z.object({ what: z.literal('dismiss'), why: z.string().nullable() }),
    z.object({ what: z.literal('hold') }),
    z.object({ what: z.literal('visibility'), visibility: itemVisibility }),
    z.object({ what: z.literal('free'), rebuild: z.boolean() }),
    z.object({ what: z.literal('patient'), patientId: z.string(), as: z.object({ ins: z.string(), insOid: z.string(), against: z.boolean() }).optional() }),
    z.object({ what: z.literal('type'), typeCode: z.string() }),
    z.object({ what: z.literal('author'), authorId: z.string(), structureId: z.string().optional() }),
  ]),
})
export type ActRecord = z.infer<typeof actRecord>
export type Act = ActRecord['act']

/** An act that was not done after all: the item had moved, or left, while it was written. The person was told so; it is not done again either. */
export const withdrawnRecord = z.object({ kind: z.literal('withdrawn'), at: z.number(), actId: z.string() })
export type WithdrawnRecord = z.infer<typeof withdrawnRecord>

/** What a person decided of the program as a whole (the pause): a thing the ledger remembers, null when it forgets it. */
const decisionRecord = z.object({ kind: z.literal('decision'), at: z.number(), actId: z.string(), name: z.string(), value: z.unknown() })
export type DecisionRecord = z.infer<typeof decisionRecord>

/**
 * What a patient answered in front of the panel. By their number and their traits, for an older database may not know them, or know them
 * under another id.
 */
const answerRecord = z.object({
  kind: z.literal('answer'),
  at: z.number(),
  patient: z.object({
    ins: z.string(),
    insOid: z.string(),
    birthName: z.string().optional(),
    givenName: z.string().optional(),
    birthDate: z.string().optional(),
    sex: z.enum(['M', 'F', 'U']).optional(),
  }),
  about: z.enum(['deposit', 'consultation']),
  decision: z.object({ choice: z.enum(['agreed', 'opposed', 'not-collected']), decidedAt: z.string().nullable(), source: z.string() }),
  /** Who took it down. */
  by: z.custom<Party>().nullable(),
})
export type AnswerRecord = z.infer<typeof answerRecord>

/** One line of the journal; what a newer program may have written is not read. */
export const journalRecord = z.discriminatedUnion('kind', [arrivalRecord, actRecord, withdrawnRecord, decisionRecord, answerRecord])
