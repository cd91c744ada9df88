import { z } from 'zod'
import { reasonCode } from './reasons.ts'

/** One exercise situation of a professional: the structure they work for, as the VIHF names it. */
export const exerciseSituation = z.object({
  /** Struct_IdNat. */
  structure: z.string(),
  name: z.string(),
  /** Activity sector, TRE_R02. */
  sector: z.string(),
})
export type ExerciseSituation = z.infer<typeof exerciseSituation>

/** Where the sign-in stands, and the one thing to do about it. */
export const signInView = z.object({
  mode: z.enum(['certificates', 'card', 'pro-sante-connect']),
  /** `ready`: somebody may speak. `pending`: an approval is awaited elsewhere. `stopped`: `reason` says by what. */
  state: z.enum(['ready', 'pending', 'stopped']),
  reason: reasonCode.nullable(),
  action: z.enum(['none', 'start', 'insert-card', 'give-pin', 'choose', 'approve', 'repair']),
  holder: z.object({ id: z.string(), name: z.string() }).nullable(),
  situations: z.array(exerciseSituation),
  /** Struct_IdNat of the situation in use. */
  chosen: z.string().nullable(),
  /** How far the card is from locking itself; null without a card. */
  pin: z.enum(['ok', 'few-tries-left', 'last-try', 'locked']).nullable(),
  /** When the session ends at the latest, ISO 8601; null when it has no end of its own. */
  until: z.string().nullable(),
  /** What the person has to open or to recognise while `pending`: a page for the system's browser, or the words shown on their phone. */
  approval: z.object({ page: z.string().nullable(), words: z.string().nullable() }).nullable(),
})
export type SignInView = z.infer<typeof signInView>

/** A person as they are called on a screen. */
const namedPerson = z.object({ /** PS_IdNat. */ id: z.string(), name: z.string() })

/** The sign-in as windows show it: with who the record hears, which certificates in files decide without anybody signing in. */
export const whoSpeaks = signInView.extend({
  /**
   * Who the record hears: a professional in a situation, who reads; without one, the holder of a CPE card (`staff`) or a structure alone, who deposit and do
   * not read. Null: nobody yet.
   */
  speaker: z.object({ professional: namedPerson.nullable(), staff: namedPerson.optional(), structure: exerciseSituation }).nullable(),
  /** Whom `start` may ask for an approval on their phone, who was asked last before the others; empty where nobody is asked by name. */
  mayBeAsked: z.array(namedPerson),
  /** The information every professional confirms before they read records, and again after 180 days, is due for the speaker; its text's number. */
  information: z.object({ due: z.boolean(), version: z.number().int() }),
})
export type WhoSpeaks = z.infer<typeof whoSpeaks>
