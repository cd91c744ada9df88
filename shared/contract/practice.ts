import { z } from 'zod'
import type { AccessMode } from '#shared/terminology/access-rights.ts'

/**
 * The practice file: the structures and professionals Relais may speak for.
 * Identifiers are national ones, as in XCN and XON (Struct_IdNat, PS_IdNat).
 * The same professional may stand several times, once for each exercise situation (structure).
 */

/** PS_IdNat: `8` + RPPS (12 characters), or another national prefix. */
const personId = z.string().regex(/^[0-9][0-9A-Za-z/.-]{4,63}$/)

export const practiceStructure = z.object({
  /** Struct_IdNat: `1` + FINESS, `2` + SIREN, `3` + SIRET, `4` + RPPS + rank, `0` ADELI. */
  id: z.string().regex(/^[0-9][0-9A-Za-z/.-]{4,63}$/),
  name: z.string().min(1).max(200),
  /** Activity sector, TRE_R02 (`SA07` cabinet individuel, `SA08` cabinet de groupe...). */
  sector: z.string().regex(/^SA\d{2}$/),
  /** Practice setting, TRE_A01; `AMBULATOIRE` unless said otherwise. */
  practiceSetting: z.string().default('AMBULATOIRE'),
  phone: z.string().optional(),
  address: z.object({ line: z.string(), postalCode: z.string(), city: z.string() }).optional(),
  /**
   * Who answers for what the program does by itself under the structure's certificate: one of the professionals of this file, named to the record
   * (dmp-interface.md 1.6). Absent: the structure's only professional; where there are several, nobody is.
   */
  responsible: personId.optional(),
})
export type PracticeStructure = z.infer<typeof practiceStructure>

export const practiceProfessional = z.object({
  id: personId,
  family: z.string().min(1).max(100),
  given: z.string().min(1).max(100),
  /** Profession, TRE_G15 (`10` médecin). */
  profession: z.string().min(1).max(10),
  /** Savoir-faire, TRE_R38 (`SM54`...); mandatory for doctors and pharmacists, the record refuses otherwise. */
  specialty: z.string().max(10).optional(),
  /** The structure this exercise situation belongs to. */
  structure: z.string(),
  title: z.string().optional(),
})
export type PracticeProfessional = z.infer<typeof practiceProfessional>

/** A member of staff who holds a CPE card: a secretary. They deposit what the structure's professionals wrote (TD2.2), and read nothing. */
export const practiceStaff = z.object({
  /** PS_IdNat as on the card: the structure's number under the prefix of persons it numbers itself, `/`, their number there (dmp-interface.md 2.6). */
  id: personId,
  family: z.string().min(1).max(100),
  given: z.string().min(1).max(100),
  /** The structure their card was issued for. */
  structure: z.string(),
})
export type PracticeStaff = z.infer<typeof practiceStaff>

export const practiceFile = z
  .object({
    structures: z.array(practiceStructure).min(1),
    professionals: z.array(practiceProfessional),
    /** Only for those whose CPE card does not say its structure, or whose name is to be written otherwise than on it: a card is enough for the others. */
    staff: z.array(practiceStaff).optional(),
    /** Where documents of the record are copied for the practice's own files, on the computer the connector runs on; absolute. None = no copy is made. */
    copyFolder: z.string().regex(/^(?:[A-Za-z]:[\\/]|\\\\|\/)/, 'an absolute path').optional(),
    /** The file in which the practice software writes which patient it has in front, on the computer the connector runs on; absolute. None = no such file is read. */
    contextFile: z.string().regex(/^(?:[A-Za-z]:[\\/]|\\\\|\/)/, 'an absolute path').optional(),
  })
  .superRefine((practice, context) => {
    for (const [index, { responsible }] of practice.structures.entries()) {
      if (responsible !== undefined && !practice.professionals.some(({ id }) => id === responsible)) {
        context.addIssue({ code: 'custom', path: ['structures', index, 'responsible'], message: `professional ${responsible} is not in this file` })
      }
    }
    for (const list of ['professionals', 'staff'] as const) {
      for (const [index, person] of (practice[list] ?? []).entries()) {
        if (!practice.structures.some((structure) => structure.id === person.structure)) {
          context.addIssue({
            code: 'custom',
            path: [list, index, 'structure'],
            message: `structure ${person.structure} is not in this file`,
          })
        }
      }
    }
  })
  .transform((practice) => ({ ...practice, structures: practice.structures.map((structure) => withResponsible(structure, practice.professionals)) }))
export type Practice = z.infer<typeof practiceFile>

function withResponsible(structure: PracticeStructure, professionals: readonly PracticeProfessional[]): PracticeStructure {
  const [only, ...others] = new Set(professionals.filter((one) => one.structure === structure.id).map(({ id }) => id))
  return structure.responsible !== undefined || only === undefined || others.length > 0 ? structure : { ...structure, responsible: only }
}

/**
 * Who a call to the record is made for: decides certificate, VIHF and lot author. Not always who wrote a document: a member of staff deposits what others wrote. `mode` is how a professional enters one patient's record;
 * absent = normally. `secret`: by a minor's secret connection. Both go with the call, so that what the record is told and what is traced are one thing.
 */
export type Party =
  | { readonly kind: 'professional'; readonly professional: PracticeProfessional; readonly structure: PracticeStructure; readonly mode?: AccessMode; readonly secret?: boolean }
  | { readonly kind: 'staff'; readonly member: PracticeStaff; readonly structure: PracticeStructure; readonly secret?: boolean }
  | { readonly kind: 'structure'; readonly structure: PracticeStructure; readonly secret?: boolean }

/** The holder of a CPE card, for the structure that card was issued for. */
export type StaffParty = Extract<Party, { kind: 'staff' }>

/** How a call made for this party enters the record. */
export function modeOf(party: Party): AccessMode {
  return (party.kind === 'professional' && party.mode) || 'normal'
}
