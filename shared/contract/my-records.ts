import { z } from 'zod'
import { patientLabel } from './items.ts'
import { reasonCode } from './reasons.ts'

/** What a list of one's records is made by (TD0.4): documents added, or accesses given, since a day. */
export const listedBy = z.enum(['last-document', 'last-authorisation'])
export type ListedBy = z.infer<typeof listedBy>

/**
 * What whoever reads now may ask of the list of records; nothing of it was asked of the record. `stop`: why there is none, `by` is then empty.
 * `ofStructure`: it is not one person's: the records the professionals of the structure may access.
 */
export const myRecordsOffer = z.object({ by: z.array(listedBy), ofStructure: z.boolean(), stop: reasonCode.nullable() })
export type MyRecordsOffer = z.infer<typeof myRecordsOffer>

/** `since`: a day, included. */
export const myRecordsInput = z.object({ since: z.iso.date(), by: listedBy })
export type MyRecordsInput = z.infer<typeof myRecordsInput>

/** One record that may be accessed. Days are `YYYY-MM-DD`; null = the record does not say. */
export const myRecord = z.object({
  ins: z.string(),
  insOid: z.string(),
  /** As the practice knows a qualified patient, else as the record names them. */
  ...patientLabel.pick({ birthName: true, givenName: true, usedName: true, birthDate: true }).shape,
  /** How the practice knows this INS; null = it does not. */
  identity: z.enum(['qualified', 'not-qualified']).nullable(),
  isTreatingDoctor: z.boolean(),
  lastAccessAt: z.string().nullable(),
  lastAddAt: z.string().nullable(),
  /**
   * Whether something was added since that access, as far as days tell: on the same day, nobody knows which came first; on a day on which this practice
   * deposited for them, it may be that and nothing else.
   */
  sinceMyAccess: z.enum(['added', 'deposit-day', 'same-day', 'nothing', 'not-told']),
  /** The patient's own word against being read, as this practice knows it: of a refusal, nothing is said of what was added. */
  wordAgainst: reasonCode.nullable(),
})
export type MyRecord = z.infer<typeof myRecord>

/** The list, newest addition first, and when it was asked (ISO 8601). It is kept nowhere. */
export const myRecords = z.object({ askedAt: z.string(), records: z.array(myRecord) })
export type MyRecords = z.infer<typeof myRecords>
