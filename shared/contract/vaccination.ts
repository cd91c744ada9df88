import { z } from 'zod'
import { ruleText } from './exams.ts'

/**
 * Why a vaccine is told so. `done`, `done-this-season`: enough doses. `doses`: fewer than the scheme has. `age`: no booster since that age. `season`: none this season. The others are what keeps a rule from
 * telling: no vaccination was read at all; documents are not read yet; a product whose valences are not known, which may be it; a dose before the age, or with a vague
 * date; a product whose number of serotypes is not coded; a pregnancy or an immunodepression told, for a live vaccine; nobody signed the schedule.
 */
export const vaccineReason = z.enum(['done', 'done-this-season', 'doses', 'age', 'season', 'no-vaccination', 'not-loaded', 'unknown-product', 'dose-before-age', 'date-vague', 'serotypes', 'pregnancy', 'immunodepression', 'not-approved'])
export type VaccineReason = z.infer<typeof vaccineReason>

/** What the calendar says of one vaccine for this patient, by the documents that were read alone. */
export const vaccineDue = z.object({
  rule: z.string(),
  name: ruleText,
  status: z.enum(['done', 'due', 'cannotTell']),
  reason: vaccineReason,
  /** Doses told, and how many the scheme has; null for a booster or a season. */
  doses: z.number().int(),
  needed: z.number().int().nullable(),
  /** The age of the booster, in years; null for other rules. */
  atAge: z.number().int().nullable(),
  /** Last dose told, ISO 8601 as written; when the next is foreseen (`YYYY-MM-DD`). */
  last: z.string().nullable(),
  next: z.string().nullable(),
})
export type VaccineDue = z.infer<typeof vaccineDue>

/** What the panel says of what is due. Empty `vaccines` with an `ageUnknown`: no rule can be asked. */
export const vaccinationShown = z.object({
  vaccines: z.array(vaccineDue),
  /** How many documents tell a vaccination. */
  documents: z.number().int(),
  ageUnknown: z.boolean(),
  rules: z.object({ version: z.string(), title: z.string(), address: z.string(), own: z.boolean(), refused: z.string().nullable() }),
})
export type VaccinationShown = z.infer<typeof vaccinationShown>
