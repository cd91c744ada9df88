import type { ExamDone, ExamRequest, RecordSummary, RuledSummary } from '#shared/contract/index.ts'
import type { ClinicalRules } from './clinical/load-clinical-rules.ts'
import { examsToShow } from './exams/exams-to-show.ts'
import type { Judged } from './judge-facts.ts'

/** A summary, what rules said of all its facts, and what is being prescribed. */
export interface Ruled {
  readonly summary: RecordSummary
  readonly judged: Judged
  /** ISO 8601; null = not known. */
  readonly birthDate: string | null
  /** Prescriptions of exams on their way. */
  readonly requests: readonly ExamRequest[]
  readonly isAvoided: (exam: Pick<ExamDone, 'rule' | 'date'>) => boolean
}

/** What the rules say of a patient beside what their documents do: exams already done, vaccines due. */
export function applyRules({ exams, vaccination }: ClinicalRules, { summary, judged, birthDate, requests, isAvoided }: Ruled): RuledSummary {
  const { version, source } = vaccination.rules
  return {
    ...summary,
    exams: { done: examsToShow(judged.exams, requests, isAvoided), requests: [...requests], rules: { version: exams.rules.version, own: exams.own, refused: exams.refused } },
    vaccination: {
      vaccines: [...judged.vaccines],
      documents: judged.doseDocuments,
      ageUnknown: !/^\d{4}-\d\d-\d\d$/.test(birthDate ?? ''),
      rules: { version, ...source, own: vaccination.own, refused: vaccination.refused },
    },
  }
}
