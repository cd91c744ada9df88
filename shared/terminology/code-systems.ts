/** OIDs of the code systems and identifier domains that French documents and metadata use. */
export const codeSystems = {
  loinc: '2.16.840.1.113883.6.1',
  /** TRE_A05, French types that LOINC lacks. */
  documentType: '1.2.250.1.213.1.1.4.12',
  /** TRE_A03. */
  documentClass: '1.2.250.1.213.1.1.4.1',
  /** HL7 confidentiality: N, R, V. */
  confidentiality: '2.16.840.1.113883.5.25',
  /** TRE_A07, visibility in the record. */
  visibility: '1.2.250.1.213.1.1.4.13',
  /** TRE_R02, activity sectors. */
  facilityType: '1.2.250.1.71.4.2.4',
  /** TRE_A01, practice settings. */
  practiceSetting: '1.2.250.1.213.1.1.4.9',
  /** TRE_A02, profession and know-how. */
  authorSpecialty: '1.2.250.1.213.1.1.4.5',
  /** TRE_A00, authors that are not persons. */
  deviceSpecialty: '1.2.250.1.213.1.1.4.6',
  /** TRE_A06, format codes of the CI-SIS. */
  formatCisis: '1.2.250.1.213.1.1.4.2.282',
  /** Format codes of IHE. */
  formatIhe: '1.3.6.1.4.1.19376.1.2.3',
  /** HL7 administrative gender. */
  gender: '2.16.840.1.113883.5.1',
  /** HL7 ActCode, kinds of encounter. */
  encounter: '2.16.840.1.113883.5.4',
  /** EDQM Standard Terms: forms, routes, packages. */
  edqm: '0.4.0.127.0.16.1.1.2.1',
  /** HL7 TimingEvent: meals, waking, bedtime. */
  timingEvent: '2.16.840.1.113883.5.139',
} as const

/** OIDs of the domains that number persons and structures. */
export const identifierDomains = {
  /** PS_IdNat: professionals. */
  professional: '1.2.250.1.71.4.2.1',
  /** Struct_IdNat: structures. */
  structure: '1.2.250.1.71.4.2.2',
} as const

const names: Readonly<Record<string, string>> = {
  [codeSystems.loinc]: 'LOINC', [codeSystems.documentType]: 'TRE_A05-TypeDocComplementaire', [codeSystems.edqm]: 'EDQM',
  // Illnesses, findings, places of the body
  '2.16.840.1.113883.6.96': 'SNOMED CT', '2.16.840.1.113883.6.3': 'CIM-10', '2.16.840.1.113883.6.347': 'CIM-11', '2.16.840.1.113883.6.43.1': 'CIM-O', '2.16.840.1.113883.6.139': 'CISP-2',
  '1.2.250.1.213.2.9': 'DRC', '1.2.250.1.213.2.49': 'ORPHA', '1.2.250.1.213.2.49.1': 'ORPHA', '1.2.250.1.213.2.49.2': 'ORPHA', '2.16.840.1.113883.6.163': 'MedDRA', '2.16.840.1.113883.6.254': 'CIF',
  '1.2.250.1.213.2.11': 'ADICAP', '2.16.840.1.113883.3.26.1.1': 'NCIt', '2.16.840.1.113883.3.9471': 'NCBI',
  // Medicines and devices
  '2.16.840.1.113883.6.73': 'ATC', '1.2.250.1.213.2.3.1': 'CIS', '1.2.250.1.213.2.3.2': 'CIP', '1.2.250.1.213.2.3.3': 'CIP', '1.2.250.1.213.2.3.4': 'UCD', '1.2.250.1.213.2.59': 'Médicabase',
  '2.16.840.1.113883.3.6905.2': 'SMS', '1.2.250.1.213.2.68': 'EMDN', '1.2.250.1.215.200.2.1': 'LPP',
  // Acts and what else the CI-SIS codes
  '1.2.250.1.215.300.1': 'CCAM', '1.2.250.1.215.200.3.4': 'CCAM', '1.2.250.1.215.200.3.3': 'NGAP', '1.2.250.1.213.2.7': 'NABM', '1.2.250.1.215.200.4.1': 'NABM', '1.2.250.1.215.200.3.1': 'GHM',
  '1.2.840.10008.2.16.4': 'DCM', '1.2.250.1.213.1.1.4.322': 'TA_ASIP', [codeSystems.encounter]: 'ActCode', '2.16.840.1.113883.5.111': 'RoleCode',
}

/** Short names of code systems, as CDA `codeSystemName` writes them; undefined when we know none. */
export function codeSystemName(oid: string): string | undefined {
  return Object.hasOwn(names, oid) ? names[oid] : undefined
}
