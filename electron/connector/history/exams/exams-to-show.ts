import type { ExamDone, ExamRequest } from '#shared/contract/index.ts'
import type { JudgedExam } from './exams-already-done.ts'

/** How far back the last exams of a category are told to whoever prescribes one without saying which. */
const categoryDays = 365

/** The exam a prescription on its way asks for again, by its code; else one of the category it is of. */
function askedBy(exam: JudgedExam, requests: readonly ExamRequest[]): ExamDone['asked'] {
  if (requests.some(({ codes }) => codes?.some((code) => exam.codes.includes(code)))) return 'named'
  return exam.verdict !== 'never' && requests.some(({ codes, category }) => codes === null && category === exam.category) ? 'category' : null
}

/** Named by a prescription first, then redundant ones, of those that have a category prescribed first; the newest of alike ones, then in the order of the rules. */
const rankOf = ({ asked, verdict }: ExamDone) => (asked === 'named' ? 0 : verdict === 'redundant' ? (asked === null ? 2 : 1) : asked === null ? 4 : 3)

/**
 * Those of the exams already done that a doctor is told of: what would be redundant, what a prescription on its way asks for again, and what was done within its
 * interval without the rule being able to decide. The rest stands in the list of results.
 */
export function examsToShow(exams: readonly JudgedExam[], requests: readonly ExamRequest[], isAvoided: (exam: Pick<ExamDone, 'rule' | 'date'>) => boolean): ExamDone[] {
  return exams
    .map(({ codes: _codes, ...exam }, at): ExamDone => ({ ...exam, asked: askedBy(exams[at] as JudgedExam, requests), avoided: isAvoided(exam) }))
    .filter(({ asked, verdict, withinDays, days }) => asked === 'named' || verdict === 'redundant' || (verdict === 'last' && (withinDays !== null || (asked === 'category' && days <= categoryDays))))
    .sort((one, other) => rankOf(one) - rankOf(other) || one.days - other.days)
}
