import path from 'node:path'
import { z } from 'zod'
import { watchJson } from './watch-json.ts'

const patientRecord = z.object({
  state: z.enum(['open', 'closed', 'absent', 'opposed']).default('open'),
  /** PS_IdNat of the professionals this patient blocks. */
  blocked: z.array(z.string()).default([]),
  /** Authorisation of whoever asks, unless blocked. */
  authorisation: z.enum(['valid', 'none', 'expired']).default('valid'),
  /** PS_IdNat of the declared médecin traitant. */
  treatingDoctor: z.string().optional(),
})
export type PatientRecord = z.infer<typeof patientRecord>

const patientsFile = z.record(z.string(), patientRecord)
const ordinary: PatientRecord = { state: 'open', blocked: [], authorisation: 'valid' }

/**
 * How the record of each patient stands, from `DIR/patients.json`, read again whenever the file changes. A patient the file does not name has an
 * open record and gives access to all. An unreadable file is reported and changes nothing: the last good one stays.
 */
export function openPatients(dir: string, log: (line: string) => void): (ins: string) => PatientRecord {
  const patients = watchJson(path.join(dir, 'patients.json'), (value) => patientsFile.parse(value), {}, log)
  return (ins) => {
    const named = patients()
    return Object.hasOwn(named, ins) ? (named[ins] ?? ordinary) : ordinary
  }
}

/** Authorisation of one caller, with the DMP's words (TD0.2, dmp-interface.md section 4.2). */
export function authorisationOf(patient: PatientRecord, professional: string): 'VALIDE' | 'EXPIRE' | 'INTERDIT' | 'NON_EXISTE' {
  if (patient.blocked.includes(professional)) return 'INTERDIT'
  return { valid: 'VALIDE', none: 'NON_EXISTE', expired: 'EXPIRE' }[patient.authorisation] as 'VALIDE' | 'NON_EXISTE' | 'EXPIRE'
}
