import { z } from 'zod'
import { factSource } from './summary.ts'

/** Levels of the ANSM thesaurus, worst first: contre-indication, association déconseillée, précaution d'emploi, à prendre en compte. */
export const interactionLevel = z.enum(['contraindicated', 'discouraged', 'precaution', 'consider'])
export type InteractionLevel = z.infer<typeof interactionLevel>

/** A set of reference data the practice installed. `date`: the day of the data, ISO 8601; `old`: of more than a year ago. */
export const installedBase = z.discriminatedUnion('state', [
  z.object({ state: z.literal('absent') }),
  /** It is there and cannot be read: to be imported again. */
  z.object({ state: z.literal('unreadable') }),
  z.object({ state: z.literal('installed'), date: z.string(), old: z.boolean() }),
])
export type InstalledBase = z.infer<typeof installedBase>

/** A document a statement stands in. `onItsWay`: a prescription of the practice's own that the record's list does not have yet. */
export const medicineSource = factSource.pick({ document: true, title: true, documentDate: true, author: true, passage: true }).extend({ onItsWay: z.boolean() })
export type MedicineSource = z.infer<typeof medicineSource>

/** What a document says was done with a medicine: listed among what the patient takes, prescribed, handed over, or paid for by the health insurance. */
export const medicineAct = z.enum(['listed', 'prescribed', 'dispensed', 'reimbursed'])
export type MedicineAct = z.infer<typeof medicineAct>

/** A medicine an alert is about, as its documents name it. `end` null = no document says when it ends. */
export const alertedMedicine = z.object({ name: z.string(), acts: z.array(medicineAct), date: z.string().nullable(), end: z.string().nullable(), sources: z.array(medicineSource).min(1) })
export type AlertedMedicine = z.infer<typeof alertedMedicine>

/** One interaction as the installed thesaurus writes it; several levels where they depend on dose, route or indication. */
export const knownInteraction = z.object({
  levels: z.array(interactionLevel).min(1),
  between: z.tuple([z.string(), z.string()]),
  text: z.string().nullable(),
  mechanism: z.string().nullable(),
})
export type KnownInteraction = z.infer<typeof knownInteraction>

/**
 * Something to be looked at, never a verdict. An allergy is told as declared and to be verified; a class is told by its ATC code.
 * `relatedClass`: neither the substance nor its ATC class of level 4, but a family for which a cross-reaction is known.
 */
export const medicineAlert = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('interaction'), key: z.string(), level: interactionLevel, interactions: z.array(knownInteraction).min(1), medicines: z.array(alertedMedicine).length(2) }),
  z.object({
    kind: z.literal('allergy'), key: z.string(), closeness: z.enum(['sameSubstance', 'declaredClass', 'sameClass', 'relatedClass']), shared: z.string(),
    allergy: z.object({ name: z.string(), reactions: z.string().nullable(), grave: z.boolean(), date: z.string().nullable(), sources: z.array(medicineSource).min(1) }),
    medicines: z.array(alertedMedicine).length(1),
  }),
  /** `sameMedicine`: prescribed by two professionals at once. */
  z.object({ kind: z.literal('duplicate'), key: z.string(), closeness: z.enum(['sameMedicine', 'sameSubstance', 'sameClass']), shared: z.string(), medicines: z.array(alertedMedicine).min(1).max(2) }),
])
export type MedicineAlert = z.infer<typeof medicineAlert>

/** Why a medicine was not, or not wholly, checked. */
export const uncheckedReason = z.enum(['noCode', 'noBase', 'unknownCode', 'noComposition', 'classOnly', 'notInThesaurus'])

export const uncheckedMedicine = z.object({
  name: z.string(),
  why: uncheckedReason,
  /** Substances the thesaurus does not have under this name. */
  unmatched: z.array(z.string()),
  /** What of it was not checked. */
  missing: z.array(z.enum(['duplicates', 'allergies', 'interactions'])).min(1),
  sources: z.array(medicineSource).min(1),
})
export type UncheckedMedicine = z.infer<typeof uncheckedMedicine>

/**
 * Treatments compared with one another and with the allergies in force. What could not be checked is part of the answer: no alert is not "no
 * interaction". Of one patient shown and one reading of the record, as the summary is.
 */
export const medicineCheck = z.object({
  generation: z.number().int(),
  loadedAt: z.string(),
  products: installedBase,
  interactions: installedBase,
  /** Worst first. */
  alerts: z.array(medicineAlert),
  medicines: z.object({
    /** Taken now as far as documents say, different ones counted once. */
    current: z.number().int(),
    /** Compared by codes with each other one, for duplicates. */
    compared: z.number().int(),
    /** All their substances were looked up in the thesaurus. */
    analysed: z.number().int(),
    /** Statements that are over, or too old for a treatment nobody says the end of: not compared. */
    past: z.number().int(),
    unchecked: z.array(uncheckedMedicine),
  }),
  allergies: z.object({
    inForce: z.number().int(),
    /** Compared by codes with every current medicine that has some. */
    compared: z.number().int(),
    unchecked: z.array(z.object({ name: z.string(), sources: z.array(medicineSource).min(1) })),
  }),
  /** Prescriptions of the practice's own on their way to the record: checked with the rest, or without medicines that can be read. */
  prescriptions: z.object({ read: z.number().int(), unread: z.number().int() }),
})
export type MedicineCheck = z.infer<typeof medicineCheck>
