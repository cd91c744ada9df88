import { z } from 'zod'
import { ruleText } from '#shared/contract/index.ts'

const years = z.number().int().min(0).max(120)
const named = { id: z.string().regex(/^[a-z0-9-]+$/), name: ruleText, valences: z.array(z.string().min(1)).min(1) }
const monthDay = z.string().regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)

/** A booster at ages, then every so many years. A dose of the `earlyYears` before an age is for a doctor to judge. */
const boosters = z.strictObject({ kind: z.literal('boosters'), ...named, ages: z.array(years).min(1), thenEveryYears: z.number().int().min(1).nullable(), untilAge: years.nullable(), earlyYears: years })
/** One dose each season (`MM-DD`, both included), at least so many months after the last. */
const season = z.strictObject({ kind: z.literal('season'), ...named, fromAge: years, from: monthDay, to: monthDay, monthsSinceLast: z.number().int().min(1).nullable() })
/** A number of doses, fewer when begun before an age. A dose of `uncounted` may be it, and no code tells. A `live` vaccine is not proposed in a pregnancy or an immunodepression. */
const doses = z.strictObject({
  kind: z.literal('doses'), ...named, fromAge: years, untilAge: years.nullable(), bornFrom: z.iso.date().nullable(), countedFromAge: years.nullable(), doses: z.number().int().min(1),
  begunEarly: z.strictObject({ beforeAge: years, doses: z.number().int().min(1) }).nullable(), uncounted: z.array(z.string()), live: z.boolean(),
})

/** `vaccination-schedule.json`, the product's or the practice's own: rules a machine can follow (clinical.md 3.4), never the whole calendar. */
export const vaccinationSchedule = z.strictObject({
  version: z.string().min(1),
  date: z.iso.date(),
  source: z.strictObject({ title: z.string().min(1), address: z.url() }),
  /** The doctor who checked it against the calendar; null keeps it from proposing anything in production. */
  approvedBy: z.string().min(1).nullable(),
  /** ATC code, or class whose every code counts, to the valences of a dose. */
  valences: z.record(z.string().regex(/^J\d\d[A-Z]{2}(\d\d)?$/), z.array(z.string().min(1)).min(1)),
  /** Illnesses (CIM-10) and medicines (ATC) in which a live vaccine is not proposed. */
  immunodepression: z.strictObject({ problems: z.array(z.string().regex(/^[A-Z]\d\d$/)), treatments: z.array(z.string().regex(/^[A-Z]\d\d/)) }),
  rules: z.array(z.discriminatedUnion('kind', [boosters, season, doses])).min(1),
})
export type VaccinationSchedule = z.infer<typeof vaccinationSchedule>
export type VaccinationRule = VaccinationSchedule['rules'][number]
