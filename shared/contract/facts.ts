import { z } from 'zod'

/**
 * What a clinical fact is about. `interaction`: a medicine that changes what another one does, no allergy though its document lists it among
 * them. `observation`: any other answer (way of life, obstetric history, counts). `narrative`: a section no reader understands, kept as its text.
 */
export const factKind = z.enum([
  'allergy', 'interaction', 'problem', 'familyHistory', 'treatment', 'labResult', 'vaccine', 'procedure', 'imaging', 'measurement', 'reimbursement',
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
  /** Of a medicine or of what an allergy is to: every code its document gives (CIS, CIP, UCD, ATC…), the main one too. */
  codes: z.array(z.object({ code: z.string(), system: z.string() })).nullable().optional(),
  /** As written: digits are kept, a bound or a range keeps its sign. */
  value: z.string().nullable(),
  unit: z.string().nullable(),
  /** ISO 8601 with the precision written (year, month, day or instant); no offset = local time. */
  date: z.string().nullable(),
  /** When it ended, in the same form; `date` is then its beginning. */
  end: z.string().nullable().optional(),
  interpretation: z.string().nullable(),
  referenceRange: z.string().nullable(),
  /** As written, or `prescribed`, `dispensed`, `planned`; `noneKnown`, `notRecorded`, `notLoaded` and `hiddenHere` are four different things. */
  status: z.string().nullable(),
  /** Way a medicine or vaccine is given, in words. */
  route: z.string().nullable().optional(),
  /** How often a dose is taken: as written, else the time between two doses with its UCUM unit (`8 h`); of a progressive posology, that of each step. */
  frequency: z.string().nullable().optional(),
  /** Class (ATC) of a medicine or a vaccine, where its document gives one beside `code`. */
  atc: z.string().nullable().optional(),
  /** Number of the batch of a product. */
  lot: z.string().nullable().optional(),
  /** What a result was measured on; null when the document names several and does not say which. */
  specimen: z.string().nullable().optional(),
  negated: z.boolean(),
  /** Where the coded entry and the text its author signed disagree; both are given, none is chosen. */
  conflict: z.object({ field: z.enum(['value', 'date', 'negation', 'status']), coded: z.string(), narrative: z.string() }).nullable(),
  /** uniqueId of the source. */
  document: z.string(),
  section: z.string().nullable(),
  /** The sentence or table row the fact rests on. */
  passage: z.string().nullable(),
  author: z.string().nullable(),
})
export type ClinicalFact = z.infer<typeof clinicalFact>
