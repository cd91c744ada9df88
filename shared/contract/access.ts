import { z } from 'zod'
import { accessModes } from '#shared/terminology/access-rights.ts'

/**
 * Why the glass is broken (L. 1111-17 of the code de la santé publique: a patient who cannot say what they want, at an immediate risk). The class is
 * traced; the words written beside it stay in the store.
 */
export const emergencyReasons = ['unconscious', 'cannot-express', 'other-immediate-risk'] as const

/** What a patient answered on one of two questions, as last known here. `decidedAt` is ISO 8601, `until` when it is to be asked again. */
const consentView = z.object({
  choice: z.enum(['agreed', 'opposed', 'not-collected']),
  decidedAt: z.string().nullable(),
  source: z.string(),
  until: z.string().nullable(),
})
export type ConsentView = z.infer<typeof consentView>

/**
 * What may be done about the access to the record of the patient on screen. What is not offered would be refused, by the patient's word, by the
 * rights sheet (dmp-interface.md 1.7) or for want of what the record needs to be told.
 */
export const panelAccess = z.object({
  mode: z.enum(accessModes),
  /** Since when another mode than the normal one runs, ISO 8601, and the class of its reason. */
  since: z.string().nullable(),
  reason: z.enum(emergencyReasons).nullable(),
  /** When it ends by itself if nobody looks at anything, ISO 8601. */
  until: z.string().nullable(),
  /** Other modes that may be entered now. */
  modes: z.array(z.enum(['break-glass', 'regulation'])),
  /** What the reader may do now with their own authorisation (TD0.3), with the patient's consent. */
  authorise: z.enum(['add', 'remove']).nullable(),
  consents: z.object({ deposit: consentView.nullable(), consultation: consentView.nullable() }),
  /** False for a patient the practice has not announced: there is nobody to keep an answer for. */
  keepsConsents: z.boolean(),
  /** The information of the professional is to be shown, and its text's number. */
  information: z.object({ due: z.boolean(), version: z.number().int() }),
})
export type PanelAccess = z.infer<typeof panelAccess>

/** Which panel an act was meant for: refused (`patient-changed`) once another patient is shown. */
export const shownInput = z.object({ generation: z.number().int() })

export const enterInput = z.discriminatedUnion('mode', [
  shownInput.extend({ mode: z.literal('break-glass'), reason: z.enum(emergencyReasons), words: z.string().trim().min(5).max(500) }),
  shownInput.extend({ mode: z.literal('regulation') }),
])
export type EnterInput = z.infer<typeof enterInput>

/** Declaring needs the patient's consent, confirmed by whoever asks: there is no declaration without. */
export const authoriseInput = z.discriminatedUnion('act', [shownInput.extend({ act: z.literal('add'), patientAgrees: z.literal(true) }), shownInput.extend({ act: z.literal('remove') })])
export type AuthoriseInput = z.infer<typeof authoriseInput>

export const consentInput = shownInput.extend({ kind: z.enum(['deposit', 'consultation']), choice: z.enum(['agreed', 'opposed']) })
export type ConsentInput = z.infer<typeof consentInput>
