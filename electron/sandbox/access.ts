import type { Entry, FullEntry } from './registry.ts'
import type { RegistryObject } from './ebxml.ts'
import { authorIds, classified, slotValue } from './ebxml.ts'
import { readPatientId, insRefusal } from './ins.ts'
import type { PatientRecord } from './patients.ts'
import { authorisationOf } from './patients.ts'
import type { RegistryError } from './refusal.ts'
import type { Vihf } from './vihf.ts'

/** Whether a patient's record can be addressed at all: identifier, existence, closure. The first refusal, or `null`. */
export function patientRefusal(patientId: string | null, stateOf: (ins: string) => PatientRecord): RegistryError | null {
  const ins = patientId === null ? null : readPatientId(patientId)
  if (!ins) return { code: 'DMPInvalidIns', context: 'Identifiant de patient absent ou mal formé : <INS>^^^&<OID>&ISO^NH attendu' }
  const invalid = insRefusal(ins)
  if (invalid !== null) return { code: 'DMPInvalidIns', context: invalid }
  const { state } = stateOf(ins.value)
  if (state === 'absent') return { code: 'XDSUnknownPatientId', context: "Le patient n'a pas de DMP" }
  if (state === 'closed') return { code: 'DMPClosed', context: 'Le DMP du patient est fermé' }
  return null
}

/**
 * Whether this caller may consult this patient's record (section 4.3): neither blocked nor without authorisation. In an emergency no authorisation
 * is asked, but the patient's opposition to such an entry counts.
 */
export function consultationRefusal(vihf: Vihf, patient: PatientRecord): RegistryError | null {
  const authorisation = authorisationOf(patient, vihf.nameId)
  if (authorisation === 'INTERDIT') return { code: 'DMPAccessDenied', context: "Le patient a bloqué l'accès de ce professionnel à son DMP" }
  if (vihf.entry === 'break-glass' && patient.opposedToBreakGlass) return { code: 'DMPAccessDenied', context: 'Opposition du patient au bris de glace' }
  if (vihf.entry === 'regulation' && patient.opposedToEmergencyAccess) return { code: 'DMPAccessDenied', context: "Opposition du patient à l'accès en urgence" }
  if (vihf.entry !== 'normal') return null
  if (authorisation !== 'VALIDE') return { code: 'DMPAccessDenied', context: `Autorisation d'accès ${authorisation === 'EXPIRE' ? 'expirée' : 'inexistante'} : l'accord du patient est à déclarer` }
  return null
}

/** Whether what a caller does is imputed to their structure: its own certificate, or a CPE (section 1.7, footnotes 4 and 9). */
export function actsForStructure({ mode, byStaff }: Pick<Vihf, 'mode' | 'byStaff'>): boolean {
  return mode === 'INDIRECTE' || byStaff
}

/** Whether this caller wrote a document: the professional in direct mode, the structure in indirect mode and for a CPE (section 1.7, footnotes 6, 8 and 9). */
export function isAuthor(object: RegistryObject, vihf: Vihf): boolean {
  const authors = authorIds(classified(object, 'author'))
  const authenticator = (slotValue(object, 'legalAuthenticator') ?? '').split('^')[0]
  return actsForStructure(vihf) ? authors.institutions.includes(vihf.structure) : authors.persons.includes(vihf.nameId) || authenticator === vihf.nameId
}

/** Whether a masked document shows to this caller: its author or the médecin traitant (section 2.5); in an emergency to nobody, for no patient here allows it. */
export function maySee(entry: Entry, full: () => FullEntry, vihf: Vihf, patient: PatientRecord): boolean {
  if (entry.isMasked && vihf.entry !== 'normal') return false
  return !entry.isMasked || patient.treatingDoctor === vihf.nameId || isAuthor(full().object, vihf)
}
