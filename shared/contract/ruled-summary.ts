import { z } from 'zod'
import { examsShown } from './exams.ts'
import { recordSummary } from './summary.ts'
import { vaccinationShown } from './vaccination.ts'

/** The summary with what rules say of it: exams already done, vaccines due. */
export const ruledSummary = recordSummary.extend({ exams: examsShown, vaccination: vaccinationShown })
export type RuledSummary = z.infer<typeof ruledSummary>

/** Counts that an exam shown as redundant was not prescribed again, or takes that back. `date` is that of the exam. */
export const examAvoidedInput = z.object({ generation: z.number().int(), rule: z.string().max(64), date: z.string().max(40), avoided: z.boolean() })
export type ExamAvoidedInput = z.infer<typeof examAvoidedInput>
