import type { ClinicalFact, ExamCategory } from '#shared/contract/index.ts'
import { codeSystems } from '#shared/terminology/index.ts'

/** Types of document that prescribe exams. A "prescription de soins" or "autre" may: which is not guessed. */
const prescribes: Readonly<Record<string, ExamCategory>> = { 'PRESC-BIO': 'biology', '55115-0': 'imaging' }

/** Those of `prescribes`, to look for. */
export const examRequestTypes: readonly string[] = Object.keys(prescribes)

const ccam = '1.2.250.1.215.300.1'

/**
 * What a document prescribes: its category by its type, the exams by the codes of its entries (LOINC, CCAM). Codes are null where it has no entry that
 * can be read, as in a PDF; the whole is null when it is no prescription of exams.
 */
export function examRequestOf(typeCode: string | null, facts: readonly ClinicalFact[]): { readonly category: ExamCategory; readonly codes: readonly string[] | null } | null {
  const category = typeCode === null || !Object.hasOwn(prescribes, typeCode) ? undefined : prescribes[typeCode]
  if (category === undefined) return null
  const asked = facts.filter(({ kind, negated, codeSystem }) => kind === 'carePlan' && !negated && (codeSystem === codeSystems.loinc || codeSystem === ccam)).flatMap(({ code }) => code ?? [])
  return { category, codes: asked.length === 0 ? null : [...new Set(asked)] }
}
