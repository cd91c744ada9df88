import type { ClinicalFact, PatientLabel, VaccineDue } from '#shared/contract/index.ts'
import { examsAlreadyDone, type ExamDocument, type JudgedExam } from './exams/exams-already-done.ts'
import type { RetestRules } from './exams/retest-rules.ts'
import type { VaccinationSchedule } from './vaccines/vaccination-schedule.ts'
import { isDose, vaccinesDue } from './vaccines/vaccines-due.ts'

/** What rules are asked of the facts of a patient. */
export interface ToJudge {
  readonly exams: Pick<RetestRules, 'rules' | 'sources'>
  readonly vaccination: VaccinationSchedule
  /** Every document of the list. */
  readonly documents: readonly ExamDocument[]
  readonly patient: Pick<PatientLabel, 'birthDate' | 'sex'>
  /** False while documents that may tell something are not read, or cannot be. */
  readonly isWhole: boolean
  /** Rules nobody signed count: the record is the training one. */
  readonly mayJudge: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What they say, before it is known what is being prescribed. */
export interface Judged {
  readonly exams: readonly JudgedExam[]
  readonly vaccines: readonly VaccineDue[]
  /** How many documents tell a vaccination. */
  readonly doseDocuments: number
}

/** Exams already done and vaccines due, by all the facts that were read: of a part of them, an exam done would be told not done. */
export function judge(facts: readonly ClinicalFact[], { exams, vaccination, documents, patient: { birthDate, sex }, isWhole, mayJudge, now }: ToJudge): Judged {
  return {
    exams: examsAlreadyDone({ facts, documents, birthDate }, exams, now, mayJudge),
    vaccines: vaccinesDue({ facts, documents, isWhole }, birthDate, sex, vaccination, now, mayJudge),
    doseDocuments: new Set(facts.filter(isDose).map(({ document }) => document)).size,
  }
}
