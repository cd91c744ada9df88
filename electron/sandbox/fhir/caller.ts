import type { DocumentAuthor, Practice, PracticeStaff } from '#shared/contract/index.ts'
import type { CertificateFacts } from '../certificates.ts'
import type { Vihf } from '../vihf.ts'
import { refuse } from './outcome.ts'

/**
 * Who asks over FHIR: the holder of the TLS certificate, for want of anything the guides define (TD0.1). A professional or a member of staff speaks as with
 * a card, a structure as with its certificate; the rules are those of a VIHF that says the same.
 */
export function callerOf(tls: CertificateFacts, practice: Practice, now: Date): Vihf {
  const id = tls.commonName
  const person = personOf(id, practice, tls.isStaffCard)
  const structure = practice.structures.find((one) => one.id === (person ? person.structure : id))
  if (!structure) return refuse(403, 'forbidden', "Le titulaire du certificat n'est pas du cabinet")
  return { mode: person ? 'DIRECTE' : 'INDIRECTE', byStaff: tls.isStaffCard, entry: 'normal', secret: false, nameId: id, structure: structure.id, sector: structure.sector, roles: [], patientId: null, issueInstant: now.getTime() }
}

function personOf(id: string, practice: Practice, isStaff: boolean): Practice['professionals'][number] | PracticeStaff | undefined {
  return isStaff ? practice.staff?.find((one) => one.id === id) : practice.professionals.find((one) => one.id === id)
}

/** The caller as the sender of a lot that does not name one (ITI-105). */
export function senderOf(caller: Vihf, practice: Practice): DocumentAuthor {
  const person = personOf(caller.nameId, practice, caller.byStaff)
  const structure = practice.structures.find((one) => one.id === caller.structure)
  const institution = { id: caller.structure, name: structure?.name ?? caller.structure }
  if (!person) return { kind: 'device', person: { id: `${caller.structure}/FHIR`, family: 'FHIR', given: 'Publication' }, institution, specialty: null, role: null }
  return { kind: 'professional', person: { id: person.id, family: person.family, given: person.given }, institution, specialty: null, role: null }
}
