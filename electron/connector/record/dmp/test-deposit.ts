import type { DocumentMetadata, Party, StaffParty } from '#shared/contract/index.ts'
import { confidentialityCodes, visibleToAll } from '#shared/terminology/index.ts'

/** A synthetic patient, practice and document for the tests of this folder. */
export const testIns = { value: '284069999999968', oid: '1.2.250.1.213.1.4.10' }

export const testStructure = { id: '1750803447', name: 'Cabinet des Lilas & Fils', sector: 'SA07', practiceSetting: 'AMBULATOIRE' }

export const testDoctor = { id: '899900000012', family: 'GENERIQUE', given: 'Alix', profession: '10', specialty: 'SM54', structure: testStructure.id }

export const asDoctor: Party = { kind: 'professional', professional: testDoctor, structure: testStructure }
/** A secretary, as her CPE card numbers her: inside the structure. */
export const testSecretary = { id: `3${testStructure.id.slice(1)}/0007`, family: 'MODELE', given: 'Nadège', structure: testStructure.id }
export const asSecretary: StaffParty = { kind: 'staff', member: testSecretary, structure: testStructure }
export const asStructure: Party = { kind: 'structure', structure: testStructure }

export const testDocument: DocumentMetadata = {
  uniqueId: '1.2.250.1.999.77.3.20261121.1',
  setId: null,
  versionNumber: 1,
  replaces: null,
  mimeType: 'text/xml',
  typeCode: { code: '57833-6', system: '2.16.840.1.113883.6.1', label: 'Prescription de produits de santé' },
  classCode: { code: '42', system: '1.2.250.1.213.1.1.4.1', label: 'Prescription' },
  formatCode: { code: 'urn:ihe:iti:xds-sd:pdf:2008', system: '1.3.6.1.4.1.19376.1.2.3', label: 'Document à corps non structuré en Pdf/A-1' },
  healthcareFacilityType: { code: 'SA07', system: '1.2.250.1.71.4.2.4', label: 'Cabinet individuel' },
  practiceSetting: { code: 'AMBULATOIRE', system: '1.2.250.1.213.1.1.4.9', label: 'Ambulatoire' },
  confidentiality: confidentialityCodes({ ...visibleToAll, hiddenFromPatient: true }),
  eventCodes: [],
  ins: testIns,
  sourcePatientId: { value: 'P000482', oid: '1.2.250.1.999.77.2' },
  sourcePatientInfo: { birthName: 'SYNTHETIQUE', givenName: 'CAMILLE', birthDate: '1984-06-12', sex: 'F' },
  creationTime: '20261121091500',
  serviceStartTime: '20261121090000',
  serviceStopTime: null,
  languageCode: 'fr-FR',
  title: 'Ordonnance du 21/11/2026 <traitement & suivi>',
  authors: [
    {
      kind: 'professional',
      person: { id: testDoctor.id, family: testDoctor.family, given: testDoctor.given },
      institution: { id: testStructure.id, name: testStructure.name },
      specialty: { code: 'G15_10/SM54', system: '1.2.250.1.213.1.1.4.5', label: 'Médecin - Médecine Générale (SM)' },
      role: null,
    },
  ],
  legalAuthenticator: { id: testDoctor.id, family: testDoctor.family, given: testDoctor.given },
}

/** A small CDA-like document: comments, a namespace, accents, a processing instruction. */
export const testCda = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?>\r\n<?note une?>\n<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:lab="urn:oid:1.3" b="2" a=\'1\'><!-- relu --><title>Été &#38; hiver</title><empty/></ClinicalDocument>\n',
  'utf8',
)

/** A whole synthetic CDA level 1 that says what `testDocument` says; `uniqueId` and `text` may change. */
export function testPrescription(uniqueId: string, text: string, ins = testIns.value): Buffer {
  const nowhere = '<addr nullFlavor="NAV"/><telecom nullFlavor="NAV"/>'
  const person = `<id root="1.2.250.1.71.4.2.1" extension="${testDoctor.id}"/><code code="G15_10/SM54" codeSystem="1.2.250.1.213.1.1.4.5" displayName="Médecin - Médecine Générale (SM)"/>${nowhere}<assignedPerson><name><given>${testDoctor.given}</given><family>${testDoctor.family}</family></name></assignedPerson>`
  const structure = '<id root="1.2.250.1.71.4.2.2" extension="1750803447"/><name>Cabinet des Lilas &amp; Fils</name>'
  const setting = '<standardIndustryClassCode code="AMBULATOIRE" codeSystem="1.2.250.1.213.1.1.4.9" displayName="Ambulatoire"/>'
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\r\n<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- ${text} --><realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="1.3.6.1.4.1.19376.1.2.20"/><id root="${uniqueId}"/>
<code code="57833-6" codeSystem="2.16.840.1.113883.6.1" displayName="Prescription de produits de santé"/><title>Ordonnance du 21/11/2026 &lt;traitement &amp; suivi&gt;</title><effectiveTime value="20261121101500+0100"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="fr-FR"/><setId root="${uniqueId}.0"/><versionNumber value="1"/>
<recordTarget><patientRole><id root="${testIns.oid}" extension="${ins}"/><id root="1.2.250.1.999.77.2" extension="P000482"/>${nowhere}<patient><name><family qualifier="BR">ESSAI</family><given>CAMILLE ROSE</given></name></patient></patientRole></recordTarget>
<author><time value="20261121101500+0100"/><assignedAuthor>${person}<representedOrganization>${structure}</representedOrganization></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization>${structure}<telecom nullFlavor="NAV"/><addr nullFlavor="NAV"/></representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="20261121101500+0100"/><signatureCode code="S"/><assignedEntity>${person}<representedOrganization>${structure}</representedOrganization></assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><effectiveTime><low value="20261121100000+0100"/></effectiveTime><performer typeCode="PRF"><assignedEntity>${person}<representedOrganization>${structure}${setting}</representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>
<componentOf><encompassingEncounter><effectiveTime><low value="20261121100000+0100"/></effectiveTime><location><healthCareFacility><code code="SA07" codeSystem="1.2.250.1.71.4.2.4"/></healthCareFacility></location></encompassingEncounter></componentOf>
<component><nonXMLBody><text mediaType="application/pdf" representation="B64">${Buffer.from(`%PDF-1.4 ${text}`).toString('base64')}</text></nonXMLBody></component></ClinicalDocument>\n`,
    'utf8',
  )
}
