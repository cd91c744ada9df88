import { z } from 'zod'
import { recordDocument } from './history.ts'
import { reasonCode } from './reasons.ts'

/**
 * What a person may do with a document that is in the record (TD3.3a to d), in the order a window offers it. Nothing of the document itself changes;
 * what was hidden from the patient or the representatives is shown once and for all: the record knows no way back.
 */
export const documentActs = ['show-to-patient', 'show-to-representatives', 'mask', 'unmask', 'archive', 'restore', 'delete'] as const
export type DocumentAct = (typeof documentActs)[number]

/** One act that makes sense on a document as it stands; `refusal` null = it would be let through, by all that is known here. */
export const documentOffer = z.object({ act: z.enum(documentActs), refusal: reasonCode.nullable() })
export type DocumentOffer = z.infer<typeof documentOffer>

/** A document as the record describes it at this moment, and what whoever reads may do with it. */
export const documentInRecord = z.object({ document: recordDocument, offers: z.array(documentOffer) })
export type DocumentInRecord = z.infer<typeof documentInRecord>
