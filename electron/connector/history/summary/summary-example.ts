import { clinicalFact, type ClinicalFact } from '#shared/contract/index.ts'
import { documentExample } from '../record-example.ts'
import type { FoldedDocument } from './fold-facts.ts'

/** A document that says nothing: every field of the contract, null. */
const silent = Object.fromEntries(Object.keys(clinicalFact.shape).map((field) => [field, null])) as unknown as ClinicalFact

/** One invented fact: what the tests of folds and summaries start from. */
export function factExample(changes: Partial<ClinicalFact> = {}): ClinicalFact {
  return clinicalFact.parse({ ...silent, kind: 'problem', label: 'Hypertension artérielle', negated: false, document: 'letter', author: 'Dr UN', ...changes })
}

/** An invented record: a laboratory's report, its repetition in a letter, a synthesis, a repayment. */
export const documentsExample: readonly FoldedDocument[] = [
  documentExample('report', { typeCode: '11502-2', classCode: '10', title: 'Biologie', serviceStartTime: '2026-11-10T07:10:00Z' }),
  documentExample('letter', { typeCode: '34112-3', classCode: '10', title: 'Lettre', serviceStartTime: '2026-11-12T09:00:00Z' }),
  documentExample('synthesis', { typeCode: 'SYNTH', classCode: '11', title: 'Synthèse', serviceStartTime: '2025-01-05T09:00:00Z' }),
  documentExample('repayment', { typeCode: 'REMB', classCode: '60', title: 'Remboursements', serviceStartTime: '2026-11-15T09:00:00Z' }),
]
