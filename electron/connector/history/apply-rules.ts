import type { ClinicalFact, ExamDone, ExamRequest, PatientLabel, RecordSummary, RuledSummary } from '#shared/contract/index.ts'
import type { ClinicalRules } from './clinical/load-clinical-rules.ts'
import { examsAlreadyDone, type ExamDocument } from './exams/exams-already-done.ts'
import { examsToShow } from './exams/exams-to-show.ts'
import { isDose, vaccinesDue } from './vaccines/vaccines-due.ts'

/** A summary with what it was made of, and who looks at it when. */
export interface Ruled {
  readonly summary: RecordSummary
  readonly facts: readonly ClinicalFact[]
  /** Every document of the list. */
  readonly documents: readonly ExamDocument[]
  readonly patient: Pick<PatientLabel, 'birthDate' | 'sex'>
  /** Prescriptions of exams on their way. */
  readonly requests: readonly ExamRequest[]
  readonly isAvoided: (exam: Pick<ExamDone, 'rule' | 'date'>) => boolean
  /** Rules nobody signed count: the record is the training one. */
  readonly mayJudge: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What the rules say of a patient beside what their documents do: exams already done, vaccines due. */
export function applyRules({ exams, vaccination }: ClinicalRules, { summary, facts, documents, patient, requests, isAvoided, mayJudge, now }: Ruled): RuledSummary {
  const { birthDate, sex } = patient
  const done = examsToShow(examsAlreadyDone({ facts, documents, birthDate }, exams.rules, now, mayJudge), requests, isAvoided)
  const isWhole = summary.documents.unread + summary.documents.failed === 0
  const { version, source } = vaccination.rules
  return {
    ...summary,
    exams: { done, requests: [...requests], rules: { version: exams.rules.version, own: exams.own, refused: exams.refused } },
    vaccination: {
      vaccines: vaccinesDue({ facts, documents, isWhole }, birthDate, sex, vaccination.rules, now, mayJudge),
      documents: new Set(facts.filter(isDose).map(({ document }) => document)).size,
      ageUnknown: !/^\d{4}-\d\d-\d\d$/.test(birthDate ?? ''),
      rules: { version, ...source, own: vaccination.own, refused: vaccination.refused },
    },
  }
}
