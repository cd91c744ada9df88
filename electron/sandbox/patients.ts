import { statSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'

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
  const file = path.join(dir, 'patients.json')
  let seen = ''
  let patients: z.infer<typeof patientsFile> = {}
  return (ins) => {
    const stat = statSync(file, { throwIfNoEntry: false, bigint: true })
    const mark = stat ? `${stat.mtimeNs}-${stat.ctimeNs}-${stat.size}-${stat.ino}` : ''
    if (mark !== seen) {
      seen = mark
      try {
        patients = stat ? patientsFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
      } catch (error) {
        log(`patients.json is kept as it was: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return Object.hasOwn(patients, ins) ? (patients[ins] ?? ordinary) : ordinary
  }
}

/** Authorisation of one caller, with the DMP's words (TD0.2, dmp-interface.md section 4.2). */
export function authorisationOf(patient: PatientRecord, professional: string): 'VALIDE' | 'EXPIRE' | 'INTERDIT' | 'NON_EXISTE' {
  if (patient.blocked.includes(professional)) return 'INTERDIT'
  return { valid: 'VALIDE', none: 'NON_EXISTE', expired: 'EXPIRE' }[patient.authorisation] as 'VALIDE' | 'NON_EXISTE' | 'EXPIRE'
}
