import { z } from 'zod'

/** What a clinical fact is about. `narrative`: a section no reader understands, kept as its text. */
export const factKind = z.enum([
  'allergy', 'problem', 'familyHistory', 'treatment', 'labResult', 'vaccine', 'procedure', 'imaging', 'measurement', 'reimbursement',
  'careEvent', 'carePlan', 'device', 'observation', 'narrative',
])
export type FactKind = z.infer<typeof factKind>

/** One clinical fact as its document states it. Null = the document does not say. */
export const clinicalFact = z.object({
  kind: factKind,
  label: z.string(),
  code: z.string().nullable(),
  /** OID. */
  codeSystem: z.string().nullable(),
  /** As written: digits are kept, a bound or a range keeps its sign. */
  value: z.string().nullable(),
  unit: z.string().nullable(),
  /** ISO 8601 with the precision written (year, month, day or instant); no offset = local time. */
  date: z.string().nullable(),
  interpretation: z.string().nullable(),
  referenceRange: z.string().nullable(),
  /** As written, or `prescribed`, `dispensed`, `planned`; `noneKnown`, `notRecorded`, `notLoaded` and `hiddenHere` are four different things. */
  status: z.string().nullable(),
  negated: z.boolean(),
  /** Where the coded entry and the text its author signed disagree; both are given, none is chosen. */
  conflict: z.object({ field: z.enum(['value', 'date', 'negation']), coded: z.string(), narrative: z.string() }).nullable(),
  /** uniqueId of the source. */
  document: z.string(),
  section: z.string().nullable(),
  /** The sentence or table row the fact rests on. */
  passage: z.string().nullable(),
  author: z.string().nullable(),
})
export type ClinicalFact = z.infer<typeof clinicalFact>
