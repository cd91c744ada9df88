import { z } from 'zod'
import { outOfRange } from './summary.ts'

/** A text of the rules' own file, in both languages of the windows. */
export const ruleText = z.object({ fr: z.string().min(1), en: z.string().min(1) })
export type RuleText = z.infer<typeof ruleText>

export const examCategory = z.enum(['biology', 'imaging'])
export type ExamCategory = z.infer<typeof examCategory>

/**
 * Why a rule does not call an exam redundant although it was done within its interval: what speaks against it, or what it would have to know.
 * `critical`, `abnormal`: the last result is; `unjudged`: nothing says whether it is. `to-check`: its sources disagree. `partial`: not every analyte of
 * it was measured in the interval. `drug-changed`: a treatment that changes it was begun since, `drug-unknown`: one whose class is not known.
 * `not-approved`: no doctor signed the rule. `no-interval`: the rule has none.
 */
export const examDoubt = z.enum(['critical', 'abnormal', 'unjudged', 'to-check', 'partial', 'pregnant', 'minor', 'age-unknown', 'hospital', 'drug-changed', 'drug-unknown', 'problem', 'date-vague', 'no-interval', 'not-approved'])
export type ExamDoubt = z.infer<typeof examDoubt>

/** An exam that was done, as of its last sampling, and what its rule says of doing it again. Only documents that were read count. */
export const examDone = z.object({
  /** Id of its rule. */
  rule: z.string(),
  name: ruleText,
  category: examCategory,
  /** `redundant`: its interval is not over and nothing known speaks against it. `never`: not to be prescribed any more. `last`: the last result, no more. */
  verdict: z.enum(['redundant', 'last', 'never']),
  doubts: z.array(examDoubt),
  /** When it was sampled or made, ISO 8601 as written; of several analytes, the oldest. */
  date: z.string(),
  /** Calendar days since. */
  days: z.number().int(),
  /** The interval that is not over, in days; null = over, or none. */
  withinDays: z.number().int().nullable(),
  /** Where it was made: the structure of its report, else who signed it; null when only a letter or a summary tells it. */
  place: z.string().nullable(),
  /** Then who tells it. */
  toldBy: z.string().nullable(),
  /** As their documents write them. Empty for an image. */
  values: z.array(z.object({ label: z.string(), value: z.string(), unit: z.string().nullable(), outOfRange: outOfRange.nullable() })),
  /** What the rule says in words of its own, and when it does not hold. */
  words: ruleText.nullable(),
  except: ruleText.nullable(),
  sources: z.array(z.object({ title: z.string(), address: z.string() })),
  /** uniqueId of the document to open. */
  document: z.string(),
  /** A prescription on its way names it by its code, or is of its category and does not say of what. */
  asked: z.enum(['named', 'category']).nullable(),
  /** The doctor told that they did not prescribe it again. */
  avoided: z.boolean(),
})
export type ExamDone = z.infer<typeof examDone>

/** A prescription of exams of the patient on screen that is on its way or went today. `codes` null = none by which a rule knows an exam can be read (a PDF, words). */
export const examRequest = z.object({ item: z.string(), category: examCategory, title: z.string().nullable(), codes: z.array(z.string()).nullable() })
export type ExamRequest = z.infer<typeof examRequest>

/** What the panel shows of exams already done: those to know of before prescribing, most telling first. */
export const examsShown = z.object({
  done: z.array(examDone),
  requests: z.array(examRequest),
  /** `refused`: the practice's own file that is not valid, and where; the product's rules hold. */
  rules: z.object({ version: z.string(), own: z.boolean(), refused: z.string().nullable() }),
})
export type ExamsShown = z.infer<typeof examsShown>

/** How often an exam was told avoided, by month (`YYYY-MM`); of whom is written nowhere. */
export const examsAvoided = z.array(z.object({ month: z.string(), count: z.number().int() }))
