import { z } from 'zod'
import { absence } from './summary.ts'

/** The lists of an emergency sheet, in its order. */
export const sheetLists = ['allergies', 'treatments', 'problems', 'vaccines'] as const
export const sheetListName = z.enum(sheetLists)
export type SheetListName = z.infer<typeof sheetListName>

/** One datum on an emergency sheet, as documents of the record state it. Dates are ISO 8601 with the precision written. */
export const sheetFact = z.object({
  label: z.string(),
  /** Reaction, dose, precision; several where documents differ, none is chosen. */
  values: z.array(z.object({ value: z.string(), unit: z.string().nullable() })),
  /** Of a treatment: how often that dose is taken, in its document's words. A dose without it reads as that of a whole day. */
  frequency: z.string().nullable(),
  /** `active`, `resolved`, `prescribed`, `dispensed`… as documents write it; null = they do not say. */
  status: z.string().nullable(),
  /** Told absent, not done or ruled out. */
  denied: z.boolean(),
  grave: z.boolean(),
  adverseEffect: z.boolean(),
  /** The text of a section no reader understood. */
  inWords: z.boolean(),
  /** Documents, or a code and the words its author signed, disagree on it. */
  toCheck: z.boolean(),
  /** A treatment last stated more than six months before the sheet was printed. */
  toConfirm: z.boolean(),
  /** A dose that holds tetanus, by its code. */
  tetanus: z.boolean(),
  date: z.string().nullable(),
  /** When a document stated it last. */
  statedAt: z.string().nullable(),
  author: z.string().nullable(),
  /** Title of the document; a code carries none. */
  source: z.string().nullable(),
})
export type SheetFact = z.infer<typeof sheetFact>

/** What a document states of a list being empty, or keeps back. */
export const sheetStatement = z.object({ absence, label: z.string(), contradicted: z.boolean(), author: z.string().nullable(), date: z.string().nullable() })
export type SheetStatement = z.infer<typeof sheetStatement>

export const sheetList = z.object({
  /** As the panel's list has it: `noneKnown`, `notRecorded`, `notLoaded` and `hiddenHere` are four different things. */
  state: z.enum(['listed', 'inWords', ...absence.options]),
  /** In the order to show: what can harm first. */
  facts: z.array(sheetFact),
  statements: z.array(sheetStatement),
  /** How many facts of the whole list state something of their own, as the panel counts them; null = a paper of an earlier program, which does not say. */
  stated: z.number().int().min(0).nullable(),
  /** Facts and statements that found no room. */
  leftOut: z.number().int().min(0),
  /** Of treatments: told over, stopped, or too old for one nobody says the end of. */
  past: z.number().int().min(0),
})
export type SheetList = z.infer<typeof sheetList>

/** What an emergency sheet says: of whom, of when, by whom; never the record itself. Instants are ISO 8601 UTC. */
export const emergencySheet = z.object({
  printedAt: z.string(),
  /** When the record's list was last read. */
  readAt: z.string(),
  practice: z.string(),
  /** Who printed it; null = nobody is named, the practice's certificate read. */
  printedBy: z.string().nullable(),
  patient: z.object({
    ins: z.string(),
    insOid: z.string(),
    birthName: z.string(),
    givenName: z.string(),
    usedName: z.string().nullable(),
    birthDate: z.string().nullable(),
    sex: z.enum(['M', 'F', 'U']).nullable(),
    /** `unknownHere`: the practice knows nobody of this number, whose identity it did not check. */
    identity: z.enum(['qualified', 'unknownHere']),
  }),
  /** Documents of the record it is made of, and not. */
  documents: z.object({ read: z.number().int().min(0), unread: z.number().int().min(0), failed: z.number().int().min(0), unstructured: z.number().int().min(0) }),
  lists: z.object({ allergies: sheetList, treatments: sheetList, problems: sheetList, vaccines: sheetList }),
})
export type EmergencySheet = z.infer<typeof emergencySheet>

/** A sheet as it goes to paper. */
export const printableSheet = z.object({
  sheet: emergencySheet,
  /** The QR code, a row of modules a line, `1` = dark; what of the page it does not hold, by list, in facts and statements. */
  code: z.object({ rows: z.array(z.string().regex(/^[01]+$/)), leftOut: z.object({ allergies: z.number().int(), treatments: z.number().int(), problems: z.number().int(), vaccines: z.number().int() }) }),
  /** Documents not shown to everybody, of which the sheet says nothing, and the lists they speak of: for whoever prints, never on the paper. */
  keptBack: z.object({ documents: z.number().int(), lists: z.array(sheetListName) }),
})
export type PrintableSheet = z.infer<typeof printableSheet>

/** Of which patient and reading on screen a sheet is asked. */
export const sheetInput = z.object({ generation: z.number().int(), loadedAt: z.string() })
export type SheetInput = z.infer<typeof sheetInput>

/** A sheet read from paper that waits for the record of its patient to be read: until then, and until `until` at most, it is kept. */
export const waitingSheet = emergencySheet.pick({ patient: true, printedAt: true, practice: true }).extend({ id: z.string(), readHereAt: z.string(), until: z.string() })
export type WaitingSheet = z.infer<typeof waitingSheet>

/** What a sheet read from paper says. Nobody vouches for it: anybody can make such a code. */
export const paperSheet = waitingSheet.pick({ id: true, readHereAt: true, until: true }).extend({ sheet: emergencySheet })
export type PaperSheet = z.infer<typeof paperSheet>
