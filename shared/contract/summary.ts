import { z } from 'zod'
import { clinicalFact, factKind } from './facts.ts'

/** Where one statement of a datum stands: each document's own words, value and date, so that a fold can be taken apart. */
export const factSource = clinicalFact.pick({ document: true, author: true, passage: true, section: true, value: true, unit: true, date: true, end: true, conflict: true, codes: true }).extend({
  /** Title of the document; when it was written or when what it tells took place, ISO 8601. Both null when the record does not list it. */
  title: z.string().nullable(),
  documentDate: z.string().nullable(),
})
export type FactSource = z.infer<typeof factSource>

/** What a list says of its own emptiness. Four different things, never one. */
export const absence = z.enum(['noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere'])
export type Absence = z.infer<typeof absence>

/** How far a result is out of what is usual, by what its document says alone; null = usual, or not said. */
export const outOfRange = z.enum(['veryHigh', 'high', 'veryLow', 'low', 'veryAbnormal', 'abnormal'])
export type OutOfRange = z.infer<typeof outOfRange>

/** One datum, told once however many documents state it. What is shown is the first source's, of a blood pressure both halves; no value shown is ever worked out. */
export const summaryEntry = clinicalFact.pick({ kind: true, label: true, value: true, unit: true, interpretation: true, referenceRange: true, status: true, negated: true, frequency: true }).extend({
  /** Stable for the same facts. */
  key: z.string(),
  /** Values other sources state instead, as they write them. */
  otherValues: z.array(z.object({ value: z.string().nullable(), unit: z.string().nullable() })),
  /** The earliest date its sources give it; ISO 8601 with the precision written; null = none of them says. */
  date: z.string().nullable(),
  /** When it was last stated, ISO 8601: what its age is counted from. */
  statedAt: z.string().nullable(),
  /** Last stated more than 18 months ago. */
  old: z.boolean(),
  /** Told absent, not done or ruled out, or a text that only says there is no allergy. False where the signed text says otherwise than the code: then it is shown as what must be looked at. */
  denied: z.boolean(),
  absence: absence.nullable(),
  /** Of an absence: a datum of the same list contradicts it, and is shown above. */
  contradicted: z.boolean(),
  /** Another document gives another value of the same instant: both are shown, none is chosen. */
  disagrees: z.boolean(),
  /** Sources differ on whether it still is: told active by one, over by another. */
  discordant: z.boolean(),
  outOfRange: outOfRange.nullable(),
  /** Of an allergy: grave by its severity, its criticality or its reaction as documents state them. */
  grave: z.boolean(),
  /** Of an allergy: told as a foreseeable effect of a medicine, which is no allergy. */
  adverseEffect: z.boolean(),
  /** The number inside `value`, for a curve alone, of a blood pressure the systolic one; a result below or above what can be measured keeps its sign. Null = no number. */
  number: z.object({ value: z.number(), sign: z.enum(['<', '>']).nullable() }).nullable(),
  /** A source's code and the words its author signed disagree. */
  toCheck: z.boolean(),
  /** Documents that state it too and whose words are left out here (`isWhole` of its line). */
  otherDocuments: z.array(z.string()),
  /** `number` in the unit of the newest of its line, for a curve alone: worked out, and told so. Null = it is in that unit, or cannot be told in it. */
  converted: z.object({ value: z.number(), unit: z.string().nullable() }).nullable(),
  sources: z.array(factSource).min(1),
})
export type SummaryEntry = z.infer<typeof summaryEntry>

/** One line of a list: what it shows; what disagrees with it, shown beside; and what it showed before (former results, prescriptions), newest first. */
export const summaryLine = z.object({
  key: z.string(),
  /** What the line is called: the label, shorter where nothing else could be meant. */
  name: z.string(),
  latest: summaryEntry,
  beside: z.array(summaryEntry),
  former: z.array(summaryEntry),
  formerCount: z.number().int(),
  /** Every number with a date that is, or can be told, in the unit of the latest, for a curve alone: date, number, beyond what can be measured, converted. */
  curve: z.array(z.tuple([z.string(), z.number(), z.boolean(), z.boolean()])),
  /** False: former entries, sources or the end of a long text are left out here and asked for (`panel.summaryLine`); the counts are of the whole. */
  isWhole: z.boolean(),
})
export type SummaryLine = z.infer<typeof summaryLine>

/**
 * One list of the panel. `lines` and `older` are in the order to show; nothing is in both. What is painted first has the first of each: the counts are
 * of the whole, the rest is asked for (`panel.summaryList`).
 */
export const summaryList = z.object({
  /**
   * `listed`: at least one line states something. `inWords`: a section about it was not understood, its text is a line. Otherwise what the
   * emptiness means: lines that are all denied are not "none known".
   */
  state: z.enum(['listed', 'inWords', ...absence.options]),
  lines: z.array(summaryLine),
  lineCount: z.number().int(),
  /** Lines that state something of their own, not denied and no words about another line: what a heading counts. */
  statedCount: z.number().int(),
  /** Among all the lines. */
  outOfRangeCount: z.number().int(),
  /** From before the window (`since`). */
  older: z.array(summaryLine),
  olderCount: z.number().int(),
  /** What documents state of the list being empty, or what they keep back; also beside lines. */
  absences: z.array(summaryEntry),
  absenceCount: z.number().int(),
  /** When the list was last stated by a document, ISO 8601. */
  statedAt: z.string().nullable(),
})
export type SummaryList = z.infer<typeof summaryList>

/**
 * What the panel shows of the documents of the record that were read here: each list in its order, so that a window decides nothing clinical.
 * It is of one patient shown (`generation`) as of one reading of the record (`loadedAt`), and paints over no other. `loadedAt` null: of what was asked for
 * before a list that is not in (`begun`, as the panel names it), so that nothing is told not to be recorded.
 */
export const recordSummary = z.object({
  generation: z.number().int(),
  loadedAt: z.string().nullable(),
  begun: z.number().int().nullable(),
  documents: z.object({
    /** Read into facts; those that could be and are not fetched; those whose content cannot be read. */
    read: z.number().int(),
    unread: z.number().int(),
    failed: z.number().int(),
    /** Hold no structure to read (scans, PDF): only opening them tells. */
    unstructured: z.number().int(),
  }),
  unreadable: z.array(z.object({ document: z.string(), title: z.string() })),
  /** The record warned that its list may not be whole: nothing is told not to be recorded. */
  isIncomplete: z.boolean().optional(),
  /** Beginning of the window, ISO 8601 day. */
  since: z.string(),
  /** Worst first. `notRecorded` is an alert. */
  allergies: summaryList,
  treatments: summaryList,
  problems: summaryList,
  /** Newest of each analyte, with its former values; out of range first. */
  results: summaryList,
  measurements: summaryList,
  /** Doses as documents state them; nothing is said of what is due. */
  vaccines: summaryList,
  /** Imaging, acts, meetings and what was reimbursed, newest first. */
  timeline: summaryList,
  /** Care plan, relatives, devices, other answers, and the text of what no reader understands and no list above is about. */
  others: summaryList,
})
export type RecordSummary = z.infer<typeof recordSummary>

/** The lists of a summary, in the panel's order. */
export const summaryLists = ['allergies', 'treatments', 'problems', 'results', 'measurements', 'vaccines', 'timeline', 'others'] as const
export const summaryListName = z.enum(summaryLists)
export type SummaryListName = z.infer<typeof summaryListName>

/** Which list of which summary is asked for: of the patient and reading it was painted for. */
export const summaryListInput = recordSummary.pick({ generation: true, loadedAt: true, begun: true }).extend({ list: summaryListName })
export type SummaryListInput = z.infer<typeof summaryListInput>
export const summaryLineInput = summaryListInput.extend({ key: z.string() })
export type SummaryLineInput = z.infer<typeof summaryLineInput>

/** Which list a fact belongs to. */
export const listOfKind: Readonly<Record<z.infer<typeof factKind>, SummaryListName>> = {
  allergy: 'allergies', treatment: 'treatments', problem: 'problems', labResult: 'results', measurement: 'measurements', vaccine: 'vaccines',
  imaging: 'timeline', procedure: 'timeline', careEvent: 'timeline', reimbursement: 'timeline',
  interaction: 'others', carePlan: 'others', familyHistory: 'others', device: 'others', observation: 'others', narrative: 'others',
}

/** Whether the list and all its structured documents were read: what is not said then is not recorded. */
export function isReadWhole({ loadedAt, isIncomplete, documents }: Pick<RecordSummary, 'loadedAt' | 'isIncomplete' | 'documents'>): boolean {
  return loadedAt !== null && !isIncomplete && documents.unread + documents.failed === 0
}
