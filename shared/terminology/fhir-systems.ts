import { codeSystems } from './code-systems.ts'

const nos = (folder: string): string => `https://mos.esante.gouv.fr/NOS/${folder}/FHIR/${folder.replace('_', '-')}`

/** Code systems that FHIR names by an address of their own; NOS publishes the French ones (dmp-interface.md section 5). */
const addresses: Readonly<Record<string, string>> = {
  [codeSystems.loinc]: 'http://loinc.org',
  [codeSystems.confidentiality]: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  [codeSystems.documentClass]: nos('TRE_A03-ClasseDocument'),
  [codeSystems.documentType]: nos('TRE_A05-TypeDocComplementaire'),
  [codeSystems.visibility]: nos('TRE_A07-StatutVisibiliteDocument'),
  [codeSystems.facilityType]: nos('TRE_R02-SecteurActivite'),
  [codeSystems.practiceSetting]: nos('TRE_A01-CadreExercice'),
  [codeSystems.authorSpecialty]: nos('TRE_A02-ProfessionSavFaire-CISIS'),
  [codeSystems.deviceSpecialty]: nos('TRE_A00-ProducteurDocNonPS'),
  [codeSystems.formatCisis]: nos('TRE_A06-FormatCodeComplementaire'),
  [codeSystems.formatIhe]: nos('TRE_A11-IheFormatCode'),
}
const oids: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(addresses).map(([oid, address]) => [address, oid]))

/** System of a FHIR coding or identifier for an OID; `urn:oid:` when it has no address of its own. */
export function fhirSystem(oid: string): string {
  return Object.hasOwn(addresses, oid) ? (addresses[oid] ?? '') : `urn:oid:${oid}`
}

/** OID of a FHIR system; the system itself when it is neither known nor an `urn:oid:`. */
export function oidOfFhirSystem(system: string): string {
  return Object.hasOwn(oids, system) ? (oids[system] ?? '') : system.replace(/^urn:oid:/, '')
}

/** Names PDSm and MHD give to their profiles, extensions and lists. */
export const pdsm = {
  provideBundle: 'https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-comprehensive-provide-document-bundle',
  submissionSet: 'https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-submissionset-comprehensive',
  documentReference: 'https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-comprehensive-document-reference',
  simplifiedPublish: 'https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-simplified-publish',
  isArchived: 'https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-ext-is-archived',
  designationType: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-designationType',
  sourceId: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-sourceId',
  authorOrg: 'https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-authorOrg',
  listTypes: 'https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes',
  /** Extensions of the Patient that says how a record stands (TD0.2). */
  closure: 'https://interop.esante.gouv.fr/ig/fhir/dmp/StructureDefinition/dmp-fermeture',
  attachedToMes: 'https://interop.esante.gouv.fr/ig/fhir/dmp/StructureDefinition/dmp-rattachement-mes',
  treatingDoctor: 'https://interop.esante.gouv.fr/ig/fhir/dmp/StructureDefinition/dmp-medecin-traitant',
} as const

/** System of identifiers that are URIs themselves (`urn:oid:`, `urn:uuid:`). */
export const uriIdentifiers = 'urn:ietf:rfc:3986'
