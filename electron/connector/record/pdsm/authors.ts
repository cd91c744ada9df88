import type { CodeableConcept, Device, FhirResource, HumanName, Organization, Patient, Practitioner, PractitionerRole } from 'fhir/r4.js'
import type { Coded, DocumentAuthor } from '#shared/contract/index.ts'
import { fhirSystem, identifierDomains } from '#shared/terminology/index.ts'

/** A code as FHIR writes it. */
export function concept({ code, system, label }: Coded): CodeableConcept {
  return { coding: [{ system: fhirSystem(system), code, ...(label.trim() !== '' && { display: label }) }] }
}

const name = (family: string, given: string): HumanName => ({ ...(family.trim() !== '' && { family }), ...(given.trim() !== '' && { given: [given] }) })

/** Somebody by their number, a national one where it does not say whose it is. */
export function practitioner(id: string, person: NonNullable<DocumentAuthor['person']>): Practitioner {
  return { resourceType: 'Practitioner', id, identifier: [{ system: fhirSystem(person.domain ?? identifierDomains.professional), value: person.id }], name: [name(person.family, person.given)] }
}

/** A structure by national identifier. */
export function organization(id: string, { id: value, name }: { id: string; name: string }): Organization {
  return { resourceType: 'Organization', id, identifier: [{ system: fhirSystem(identifierDomains.structure), value }], ...(name.trim() !== '' && { name }) }
}

/** What a resource says of its author: the reference that stands for it, and the contained resources behind. */
export interface AuthorResources {
  readonly reference: string
  /** Reference to the structure, when there is one. */
  readonly organization: string | null
  readonly contained: readonly FhirResource[]
}

/**
 * An author with the four XDS author slots, as contained resources (PDSm annex "mapping XDS-FHIR"): a PractitionerRole with its
 * practitioner and organization, a Device with its owner, or a Patient.
 *
 * @param id prefix of the contained ids, unique in the resource
 */
export function authorResources(author: DocumentAuthor, id: string, patientOid: string): AuthorResources {
  const { kind, person, institution, specialty, role } = author
  const structure = institution && organization(`${id}-organization`, institution)
  const structureReference = structure && `#${structure.id}`
  const owned = structure ? [structure] : []
  if (kind === 'patient') {
    const patient: Patient = { resourceType: 'Patient', id, ...(person && { identifier: [{ system: fhirSystem(person.domain ?? patientOid), value: person.id }], name: [name(person.family, person.given)] }) }
    return { reference: `#${id}`, organization: null, contained: [patient] }
  }
  if (kind === 'device') {
    const device: Device = {
      resourceType: 'Device',
      id,
      ...(person && { identifier: [{ system: fhirSystem(person.domain ?? identifierDomains.professional), value: person.id }] }),
      ...(person?.family.trim() && { deviceName: [{ name: person.family, type: 'user-friendly-name' }] }),
      ...(person?.given.trim() && { modelNumber: person.given }),
      ...(specialty && { type: concept(specialty) }),
      ...(structureReference !== null && { owner: { reference: structureReference } }),
      ...(role?.trim() && { note: [{ text: role }] }),
    }
    return { reference: `#${id}`, organization: structureReference, contained: [...owned, device] }
  }
  const who = person && practitioner(`${id}-person`, person)
  const situation: PractitionerRole = {
    resourceType: 'PractitionerRole',
    id,
    ...(who && { practitioner: { reference: `#${who.id}` } }),
    ...(structureReference !== null && { organization: { reference: structureReference } }),
    ...(role?.trim() && { code: [{ text: role }] }),
    ...(specialty && { specialty: [concept(specialty)] }),
  }
  return { reference: `#${id}`, organization: structureReference, contained: [...(who ? [who] : []), ...owned, situation] }
}
