import type { DocumentAuthor, Practice } from '#shared/contract/index.ts'
import type { CertificateFacts } from '../certificates.ts'
import type { Vihf } from '../vihf.ts'
import { refuse } from './outcome.ts'

/**
 * Who asks over FHIR: the holder of the TLS certificate, for want of anything the guides define (TD0.1). A professional speaks as with a card, a
 * structure as with its certificate; the rules are those of a VIHF that says the same.
 */
export function callerOf(tls: CertificateFacts, practice: Practice, now: Date): Vihf {
  const id = tls.commonName
  const professional = practice.professionals.find((one) => one.id === id)
  const structure = practice.structures.find((one) => one.id === (professional ? professional.structure : id))
  if (!structure) return refuse(403, 'forbidden', "Le titulaire du certificat n'est pas du cabinet")
  return { mode: professional ? 'DIRECTE' : 'INDIRECTE', entry: 'normal', secret: false, nameId: id, structure: structure.id, sector: structure.sector, roles: [], patientId: null, issueInstant: now.getTime() }
}

/** The caller as the sender of a lot that does not name one (ITI-105). */
export function senderOf(caller: Vihf, practice: Practice): DocumentAuthor {
  const professional = practice.professionals.find((one) => one.id === caller.nameId)
  const structure = practice.structures.find((one) => one.id === caller.structure)
  const institution = { id: caller.structure, name: structure?.name ?? caller.structure }
  if (!professional) return { kind: 'device', person: { id: `${caller.structure}/FHIR`, family: 'FHIR', given: 'Publication' }, institution, specialty: null, role: null }
  return { kind: 'professional', person: { id: professional.id, family: professional.family, given: professional.given }, institution, specialty: null, role: null }
}
