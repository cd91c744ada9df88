import type { ClinicalFact, ExamCategory } from '#shared/contract/index.ts'
import { codeSystems } from '#shared/terminology/index.ts'
import type { RetestRules } from './retest-rules.ts'

/** Types of document that prescribe exams. A "prescription de soins" or "autre" may: which is not guessed. */
const prescribes: Readonly<Record<string, ExamCategory>> = { 'PRESC-BIO': 'biology', '55115-0': 'imaging' }

/** Those of `prescribes`, to look for. */
export const examRequestTypes: readonly string[] = Object.keys(prescribes)

/** LOINC, acts of the CCAM, modalities of DICOM: no code of one is one of another. */
const systems = new Set<string | null>([codeSystems.loinc, '1.2.250.1.215.300.1', '1.2.840.10008.2.16.4'])

/** Every code by which a rule knows an exam: of another exam it is not known whether it was done. */
export function codesOfRules({ rules }: Pick<RetestRules, 'rules'>): ReadonlySet<string> {
  return new Set(rules.flatMap(({ loinc, ccam, dicom }) => [...loinc.flat(), ...ccam, ...dicom]))
}

/**
 * What a document prescribes: its category by its type, the exams by the codes of its entries, those of `known` alone. Codes are null where it has none
 * such, as in a PDF; the whole is null when it is no prescription of exams.
 */
export function examRequestOf(typeCode: string | null, facts: readonly ClinicalFact[], known: ReadonlySet<string>): { readonly category: ExamCategory; readonly codes: readonly string[] | null } | null {
  const category = typeCode === null || !Object.hasOwn(prescribes, typeCode) ? undefined : prescribes[typeCode]
  if (category === undefined) return null
  const asked = facts.flatMap(({ kind, negated, codeSystem, code }) => (kind === 'carePlan' && !negated && systems.has(codeSystem) && code !== null && known.has(code) ? code : []))
  return { category, codes: asked.length === 0 ? null : [...new Set(asked)] }
}
