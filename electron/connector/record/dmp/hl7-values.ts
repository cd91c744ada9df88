import type { DocumentAuthor, Party, ReferenceId } from '#shared/contract/index.ts'
import { authorSpeciality, codeSystems, identifierDomains, isInsOid, specialityLabel } from '#shared/terminology/index.ts'
import type { InsId } from '../port.ts'

/** Longest slot value ebXML RIM 3.0 holds (LongName). */
const slotLimit = 256

/** HL7 v2 separators inside a name become escape sequences, as XCN and XON require. */
function escapeHl7(text: string): string {
  return text.replace(/[\\^&~|]/g, (character) => ({ '\\': '\\E\\', '^': '\\S\\', '&': '\\T\\', '~': '\\R\\', '|': '\\F\\' })[character] ?? character)
}

/** Reverses the HL7 v2 escapes of a name. */
export function unescapeHl7(text: string): string {
  return text.replace(/\\([ESTRF])\\/g, (_, letter: string) => ({ E: '\\', S: '^', T: '&', R: '~', F: '|' })[letter] ?? '')
}

/** Patient identifier with its domain, `NH` for an INS (dmp-interface.md 2.6). */
export function insCx(ins: InsId): string {
  return `${ins.value}^^^&${ins.oid}&ISO^NH`
}

/** Reads the number and domain of a patient identifier (CX); empty where it gives none. */
export function readCx(cx: string): { value: string; oid: string } {
  const [value = '', , , domain = ''] = cx.split('^')
  return { value: value.trim(), oid: domain.split('&')[1]?.trim() ?? '' }
}

/** Local patient number, identifier type `PI`. */
export function localCx(id: { value: string; oid: string }): string {
  return `${escapeHl7(id.value)}^^^&${id.oid}&ISO^PI`
}

/** A number a document refers to, as CXi (IHE ITI TF-3, 4.2.3.1.7). */
export function cxi({ value, oid, type }: ReferenceId): string {
  return `${escapeHl7(value)}^^^${oid === null ? '' : `&${oid}&ISO`}^${type}`
}

/** Reads a CXi; `null` when it has no number. */
export function readCxi(text: string): ReferenceId | null {
  const [value = '', , , authority = '', type = ''] = text.split('^')
  return value === '' ? null : { value: unescapeHl7(value), oid: authority.split('&')[1] || null, type }
}

type Person = NonNullable<DocumentAuthor['person']>

/** Kind of identifier a person's number is: national, internal to a structure, patient or device. */
function identifierType(person: Person, kind: DocumentAuthor['kind'], domain: string): { name: string; id: string } {
  if (kind === 'patient' || isInsOid(domain)) return { name: 'D', id: 'NH' }
  if (kind === 'device') return { name: 'U', id: 'RI' }
  return { name: 'D', id: domain !== identifierDomains.professional || person.id.includes('/') ? 'EI' : 'IDNPS' }
}

/**
 * A person or device as XCN (dmp-interface.md 2.6): only a number of the national register is said to be one. A patient's domain is the one of its
 * INS, the record's own patient's where the number does not say it.
 */
export function xcn(person: Person, kind: DocumentAuthor['kind'] = 'professional', patientOid?: string): string {
  const domain = person.domain ?? (kind === 'patient' && patientOid ? patientOid : identifierDomains.professional)
  const type = identifierType(person, kind, domain)
  return `${person.id}^${escapeHl7(person.family)}^${escapeHl7(person.given)}^^^^^^&${domain}&ISO^${type.name}^^^${type.id}`
}

/** A structure as XON; a name too long for a slot is cut. */
export function xon(institution: { readonly id: string; readonly name: string }): string {
  const rest = `^^^^^&${identifierDomains.structure}&ISO^IDNST^^^${institution.id}`
  let name = institution.name
  while (escapeHl7(name).length + rest.length > slotLimit) name = name.slice(0, -1)
  return `${escapeHl7(name)}${rest}`
}

/** A code with its label and system as CE, for authorSpecialty. */
export function ce(coded: { code: string; label: string; system: string }): string {
  return `${coded.code}^${escapeHl7(coded.label)}^${coded.system}`
}

/** Values of sourcePatientInfo: birth name and given name, birth date without dashes, sex, as PID fields. */
export function pidFields(patient: { birthName: string; givenName: string; birthDate: string; sex: string }): string[] {
  return [`PID-5|${escapeHl7(patient.birthName)}^${escapeHl7(patient.givenName)}^^^^^L`, `PID-7|${patient.birthDate.replaceAll('-', '')}`, `PID-8|${patient.sex}`]
}

/** PS_IdNat prefix of what a structure identifies inside itself, by Struct_IdNat prefix (dmp-interface.md 2.6). */
const internalPrefix: Record<string, string> = { '0': '1', '1': '3', '2': '4', '3': '5', '4': '6' }

/** The program as an author: an internal identifier of the structure it works for. */
export function softwareAuthor(structureId: string, softwareName: string): Person {
  const prefix = internalPrefix[structureId.slice(0, 1)] ?? '3'
  return { id: `${prefix}${structureId.slice(1)}/${softwareName}`, family: softwareName, given: 'Connecteur' }
}

/** The party as the author of a lot, who may be another than the document's (dmp-interface.md 2.1): what stands behind the VIHF is what signs the lot. */
export function partyAuthor(party: Party, softwareName: string): DocumentAuthor {
  const institution = { id: party.structure.id, name: party.structure.name }
  if (party.kind === 'structure') {
    const specialty = { code: 'AUTOMATE', system: codeSystems.deviceSpecialty, label: 'Automate' }
    return { kind: 'device', person: softwareAuthor(party.structure.id, softwareName), institution, specialty, role: null }
  }
  if (party.kind === 'staff') {
    const { id, family, given } = party.member
    const secretary = 'SECRETARIAT_MEDICAL'
    return { kind: 'professional', person: { id, family, given }, institution, specialty: { code: secretary, system: codeSystems.deviceSpecialty, label: specialityLabel(secretary) }, role: null }
  }
  const { id, family, given, profession, specialty } = party.professional
  return { kind: 'professional', person: { id, family, given }, institution, specialty: authorSpeciality(profession, specialty), role: null }
}
