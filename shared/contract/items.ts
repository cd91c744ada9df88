import { z } from 'zod'
import { reasonCode } from './reasons.ts'

/** The states of a document on its way, design.md section 4. Received = the sum of all others at any instant. */
export const itemStates = ['received', 'ready', 'sending', 'uncertain', 'waiting', 'parked', 'deposited', 'ignored'] as const
export const itemState = z.enum(itemStates)
export type ItemState = z.infer<typeof itemState>

/** What a `waiting` item waits for. */
export const waitingFor = z.enum(['session', 'network', 'parent', 'patient', 'until'])
export type WaitingFor = z.infer<typeof waitingFor>

/** The patient as shown in a list: never more than a list needs. */
export const patientLabel = z.object({
  ins: z.string().nullable(),
  insOid: z.string().nullable(),
  birthName: z.string(),
  givenName: z.string(),
  usedName: z.string().nullable(),
  birthDate: z.string().nullable(),
  sex: z.enum(['M', 'F', 'U']).nullable(),
})
export type PatientLabel = z.infer<typeof patientLabel>

/** Where an item came from. */
export const itemSource = z.object({
  kind: z.enum(['folder', 'hl7', 'by-hand']),
  /** A name a secretary recognises: the folder's or the sending application's. */
  name: z.string(),
  /** The file's name or the HL7 message number. */
  reference: z.string(),
})
export type ItemSource = z.infer<typeof itemSource>

/** Who may see a document in the record; chosen by a person for each document, or said by its source (security.md section 2). */
export const itemVisibility = z.object({
  masked: z.boolean(),
  hiddenFromPatient: z.boolean(),
  hiddenFromRepresentatives: z.boolean(),
  /** It goes by a minor's secret connection or not at all: the representatives do not learn of the deposit either. */
  secretConnection: z.boolean().optional(),
})
export type ItemVisibility = z.infer<typeof itemVisibility>

/** One document on its way, as shown in the sync window and printed by `relais items`. Times are ISO 8601 UTC. */
export const itemView = z.object({
  id: z.string(),
  state: itemState,
  reason: reasonCode.nullable(),
  reasonDetail: z.string().nullable(),
  waitingFor: waitingFor.nullable(),
  source: itemSource,
  patient: patientLabel.nullable(),
  documentType: z.string().nullable(),
  documentTypeLabel: z.string().nullable(),
  title: z.string().nullable(),
  uniqueId: z.string().nullable(),
  receivedAt: z.string(),
  settledAt: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
  attempts: z.number().int(),
  visibility: itemVisibility,
  /** True while it was never sent: a person may still hold it back or choose who sees it. */
  changeable: z.boolean(),
})
export type ItemView = z.infer<typeof itemView>

/** One line of an item's trace. */
export const itemTrace = z.object({
  at: z.string(),
  from: itemState.nullable(),
  to: itemState,
  event: z.string(),
  reason: reasonCode.nullable(),
  detail: z.string().nullable(),
})
export type ItemTrace = z.infer<typeof itemTrace>

/** A local patient that could be the one of a waiting document, shown beside what the document says. */
export const patientCandidate = patientLabel.extend({
  patientId: z.string(),
  qualified: z.boolean(),
  /** Traits that differ from what the document says. */
  differs: z.array(z.enum(['birthName', 'givenName', 'birthDate', 'sex', 'birthPlace', 'ins'])),
})
export type PatientCandidate = z.infer<typeof patientCandidate>

/** A patient known here that somebody looked for, beside what is announced of a document; `refusal`: why they may not be chosen for it. */
export const foundPatient = patientCandidate.extend({ refusal: reasonCode.nullable() })
export type FoundPatient = z.infer<typeof foundPatient>

/** A patient known here whose record can be opened, by the INS. */
export const knownPatient = patientLabel.extend({ ins: z.string(), insOid: z.string(), qualified: z.boolean() })
export type KnownPatient = z.infer<typeof knownPatient>

/** A type of document that a person may choose; `usual`: one of the commonest, which come first. */
export const typeChoice = z.object({ code: z.string(), label: z.string(), usual: z.boolean() })
export type TypeChoice = z.infer<typeof typeChoice>

/**
 * A professional of the practice who may be said to have written a document; `id` is PS_IdNat, `speciality` the label of what the practice file says they are.
 * `place` (Struct_IdNat and name) where they may have written it, of somebody who works at several; null = they work at one, or its source says where.
 */
export const authorChoice = z.object({ id: z.string(), name: z.string(), speciality: z.string(), place: z.object({ id: z.string(), name: z.string() }).nullable() })
export type AuthorChoice = z.infer<typeof authorChoice>

export const itemDetail = z.object({
  item: itemView,
  /** What an act done here made of a deposited document; null = it stands. What others do in the record is not known here. */
  inRecord: z.enum(['archived', 'deleted']).nullable(),
  trace: z.array(itemTrace),
  candidates: z.array(patientCandidate),
  /** Any patient known here may be looked for and chosen: it waits for its patient, and does not name them itself. */
  mayFindPatient: z.boolean(),
  /** What a person may say its type is, before anything of it left; none unless it has none, or one they said, and does not say it itself. */
  typeChoices: z.array(typeChoice),
  /** Who a person may say wrote it, likewise. */
  authorChoices: z.array(authorChoice),
  /** What they said of it last: a code, a PS_IdNat, a Struct_IdNat. */
  chosen: z.object({ type: z.string().nullable(), author: z.string().nullable(), place: z.string().nullable() }),
  /** A secret connection may be chosen for it: its patient is a minor, and this record can be told. */
  mayBeSecret: z.boolean(),
})
export type ItemDetail = z.infer<typeof itemDetail>

export const itemCounts = z.record(itemState, z.number().int())
export type ItemCounts = z.infer<typeof itemCounts>
