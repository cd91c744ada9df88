import path from 'node:path'
import { z } from 'zod'
import type { Declared } from './habilitations.ts'
import { watchJson } from './watch-json.ts'

const patientRecord = z.object({
  state: z.enum(['open', 'closed', 'absent', 'opposed']).default('open'),
  /** PS_IdNat of the professionals this patient blocks. */
  blocked: z.array(z.string()).default([]),
  /** Authorisation of whoever asks, unless blocked. */
  authorisation: z.enum(['valid', 'none', 'expired']).default('valid'),
  /** PS_IdNat of the declared médecin traitant. */
  treatingDoctor: z.string().optional(),
  /** Why a closed record is closed; `date` is ISO 8601. */
  closure: z.object({ date: z.string(), reason: z.string(), text: z.string() }).partial().optional(),
  /** Attached to Mon espace santé. */
  attached: z.boolean().default(true),
  /** Told by TD0.2 when the patient said one or the other. */
  opposedToBreakGlass: z.boolean().optional(),
  opposedToEmergencyAccess: z.boolean().optional(),
})
/** A patient as the file says, and what professionals declared since. */
export type PatientRecord = z.infer<typeof patientRecord> & { readonly access?: Declared['access'] }

const patientsFile = z.record(z.string(), patientRecord)
const ordinary: PatientRecord = patientRecord.parse({})

/**
 * How the record of each patient stands, from `DIR/patients.json`, read again whenever the file changes. A patient the file does not name has an
 * open record and gives access to all. What was declared by TD0.3 goes before the file, but for who is blocked. An unreadable file is reported and changes nothing: the last good one stays.
 */
export function openPatients(dir: string, declaredFor: (ins: string) => Declared, log: (line: string) => void): (ins: string) => PatientRecord {
  const patients = watchJson(path.join(dir, 'patients.json'), (value) => patientsFile.parse(value), {}, log)
  return (ins) => {
    const named = patients()
    const said = Object.hasOwn(named, ins) ? (named[ins] ?? ordinary) : ordinary
    const { access, treatingDoctor } = declaredFor(ins)
    return { ...said, access, ...(treatingDoctor !== undefined && { treatingDoctor: treatingDoctor ?? undefined }) }
  }
}

/** Authorisation of one caller, with the DMP's words (TD0.2, dmp-interface.md section 4.2). */
export function authorisationOf(patient: PatientRecord, professional: string): 'VALIDE' | 'EXPIRE' | 'INTERDIT' | 'NON_EXISTE' {
  if (patient.blocked.includes(professional)) return 'INTERDIT'
  const declared = patient.access?.get(professional)
  if (declared !== undefined) return declared ? 'VALIDE' : 'NON_EXISTE'
  return { valid: 'VALIDE', none: 'NON_EXISTE', expired: 'EXPIRE' }[patient.authorisation] as 'VALIDE' | 'NON_EXISTE' | 'EXPIRE'
}
