import { createHash, createPrivateKey, randomUUID, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import path from 'node:path'
import forge from 'node-forge'
import { SignedXml } from 'xml-crypto'
import type { Practice } from '#shared/contract/index.ts'
import { recordConfig } from '#shared/contract/index.ts'
import { escapeXml } from '#shared/text/xml.ts'
import { headerParameters, readMultipart } from './mtom.ts'

/** For the tests: a client of its own making, so that what the record checks is not checked against itself. */

export const testPractice: Practice = {
  structures: [
    { id: '499900000012001', name: 'CABINET DR GENERIQUE', sector: 'SA07', practiceSetting: 'AMBULATOIRE' },
    { id: '1750803447', name: 'MAISON DE SANTE DES ESSAIS', sector: 'SA52', practiceSetting: 'AMBULATOIRE' },
  ],
  professionals: [
    { id: '899900000012', family: 'GENERIQUE', given: 'Alix', profession: '10', specialty: 'SM54', structure: '499900000012001' },
    { id: '899900000020', family: 'EXEMPLE', given: 'Sacha', profession: '10', specialty: 'SM26', structure: '1750803447' },
  ],
  staff: [{ id: '699900000012001/0007', family: 'MODÈLE', given: 'Nadia', structure: '499900000012001' }],
}
export const testIns = '284069999999968'
export const testPatientId = `${testIns}^^^&1.2.250.1.213.1.4.10&ISO^NH`
const doctor = '899900000012'
const practiceStructure = '499900000012001'

interface Keys {
  readonly key: KeyObject
  readonly certificate: string
}

/** What a VIHF says; every field can be made wrong. */
export interface VihfDraft {
  mode: string
  nameId: string
  structure: string
  sector: string
  roles: string[]
  patientId: string
  issueInstant: Date
  /** Changes the assertion before it is signed. */
  edit: (assertion: string) => string
  /** Changes it after. */
  tamper: (assertion: string) => string
  /** File of the certificate that signs, `signature` by default. */
  signWith: { party: string; use: 'tls' | 'signature' }
}

/** One document deposited, with everything a test may spoil. */
export interface DepositDraft {
  uniqueId: string
  setId: string
  title: string
  author: string
  institution: string
  replaces: string | null
  extraConfidentiality: string[]
  /** Changes the CDA. */
  editCda: (cda: string) => string
  /** Bytes sent in place of the CDA, after all. */
  bytes: Buffer | null
  /** Changes the ProvideAndRegister body. */
  edit: (body: string) => string
  editSignature: (signature: string) => string
  lotSigner: { party: string; use: 'tls' | 'signature' } | null
  digest: string
  asMtom: boolean
}

export interface TestAnswer {
  readonly status: number
  readonly head: string
  readonly raw: Buffer
  /** The SOAP part. */
  readonly soap: string
  readonly parts: readonly Buffer[]
  /** `errorCode: codeContext` of each RegistryError, or `subcode: text` of a fault. */
  readonly refusals: string[]
}

const profession = (code: string): string => `<Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="${code}" codeSystem="1.2.250.1.71.1.2.7" displayName="Médecin"/>`
const speciality = (code: string): string => `<Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="${code}" codeSystem="1.2.250.1.71.4.2.5" displayName="Médecine générale"/>`

export function vihfDraft(changes: Partial<VihfDraft> = {}): VihfDraft {
  const mode = changes.mode ?? 'DIRECTE'
  const nameId = changes.nameId ?? doctor
  const structure = changes.structure ?? practiceStructure
  return {
    mode,
    nameId,
    structure,
    sector: 'SA07',
    roles: [profession('10'), speciality('SM54')],
    patientId: testPatientId,
    issueInstant: new Date(),
    edit: (text) => text,
    tamper: (text) => text,
    signWith: { party: mode === 'DIRECTE' ? nameId : structure, use: 'signature' },
    ...changes,
  }
}

let counter = 0
/** A new OID at each call. */
export function newTestOid(): string {
  counter += 1
  return `1.2.250.1.999.77.3.${process.pid}.${Date.now()}.${counter}`
}

export function depositDraft(changes: Partial<DepositDraft> = {}): DepositDraft {
  return {
    uniqueId: newTestOid(),
    setId: newTestOid(),
    title: 'Ordonnance du 21/11/2026',
    author: doctor,
    institution: practiceStructure,
    replaces: null,
    extraConfidentiality: [],
    editCda: (text) => text,
    bytes: null,
    edit: (text) => text,
    editSignature: (text) => text,
    lotSigner: null,
    digest: 'sha1',
    asMtom: true,
    ...changes,
  }
}

/** A small CDA R2 level 1. */
export function testCda(draft: DepositDraft, patientId = testPatientId): string {
  const [ins = '', , , domain = ''] = patientId.split('^')
  const nowhere = '<addr nullFlavor="NAV"/><telecom nullFlavor="NAV"/>'
  const person = `<id root="1.2.250.1.71.4.2.1" extension="${draft.author}"/><code code="G15_10/SM54" displayName="Médecin" codeSystem="1.2.250.1.213.1.1.4.5"/>${nowhere}<assignedPerson><name><given>Alix</given><family>GENERIQUE</family></name></assignedPerson>`
  const structure = (setting = '') => `<representedOrganization><id root="1.2.250.1.71.4.2.2" extension="${draft.institution}"/><name>CABINET</name>${setting}</representedOrganization>`
  return `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><!-- training --><realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
<templateId root="2.16.840.1.113883.2.8.2.1"/><templateId root="1.2.250.1.213.1.1.1.1"/><templateId root="1.3.6.1.4.1.19376.1.2.20"/>
<id root="${draft.uniqueId}"/><code code="57833-6" displayName="Prescription" codeSystem="2.16.840.1.113883.6.1"/><title>${escapeXml(draft.title)}</title>
<effectiveTime value="20261121101500+0100"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="fr-FR"/>
<setId root="${draft.uniqueId}.0"/><versionNumber value="1"/>
<recordTarget><patientRole><id root="${domain.split('&')[1] ?? ''}" extension="${ins}"/><id root="1.2.250.1.999.77.2" extension="P000482"/>${nowhere}<patient><name><family qualifier="BR">ESSAI</family><given>CAMILLE ROSE</given></name></patient></patientRole></recordTarget>
<author><time value="20261121101500+0100"/><assignedAuthor>${person}${structure()}</assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="1.2.250.1.71.4.2.2" extension="${draft.institution}"/><name>CABINET</name><telecom nullFlavor="NAV"/><addr nullFlavor="NAV"/></representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="20261121101500+0100"/><signatureCode code="S"/><assignedEntity>${person}${structure()}</assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent><effectiveTime><low value="20261121100000+0100"/></effectiveTime><performer typeCode="PRF"><assignedEntity>${person}${structure('<standardIndustryClassCode code="AMBULATOIRE" codeSystem="1.2.250.1.213.1.1.4.9"/>')}</assignedEntity></performer></serviceEvent></documentationOf>
<componentOf><encompassingEncounter><effectiveTime><low value="20261121100000+0100"/></effectiveTime><location><healthCareFacility><code code="SA07" codeSystem="1.2.250.1.71.4.2.4"/></healthCareFacility></location></encompassingEncounter></componentOf>
<component><nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERi0xLjQK</text></nonXMLBody></component></ClinicalDocument>`
}

const urn = (uuid: string): string => `urn:uuid:${uuid}`
const slotXml = (name: string, value: string): string => `<rim:Slot name="${name}"><rim:ValueList><rim:Value>${escapeXml(value)}</rim:Value></rim:ValueList></rim:Slot>`
const nameXml = (value: string): string => `<rim:Name><rim:LocalizedString charset="UTF8" xml:lang="FR" value="${escapeXml(value)}"/></rim:Name>`
const codeXml = (object: string, scheme: string, code: string, system: string, label: string): string =>
  `<rim:Classification id="${object}-${code}" classifiedObject="${object}" classificationScheme="${urn(scheme)}" nodeRepresentation="${code}">${slotXml('codingScheme', system)}${nameXml(label)}</rim:Classification>`
const identifierXml = (object: string, scheme: string, value: string, name: string): string =>
  `<rim:ExternalIdentifier id="${object}-${name}" registryObject="${object}" identificationScheme="${urn(scheme)}" value="${escapeXml(value)}">${nameXml(name)}</rim:ExternalIdentifier>`
const authorXml = (object: string, scheme: string, draft: DepositDraft): string =>
  `<rim:Classification id="${object}-author" classifiedObject="${object}" classificationScheme="${urn(scheme)}" nodeRepresentation="">${slotXml('authorPerson', `${draft.author}^GENERIQUE^Alix^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`)}${slotXml('authorInstitution', `CABINET^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^${draft.institution}`)}</rim:Classification>`

function entryXml(draft: DepositDraft, patientId: string, signature: boolean): string {
  const id = signature ? 'Signature01' : 'Doc01'
  const uniqueId = signature ? `${draft.setId}.1` : draft.uniqueId
  const codes = signature
    ? codeXml(id, 'f0306f51-975f-434e-a61c-c59651d33983', 'E1762', 'ASTM', 'Full Document') +
      codeXml(id, '41a5887f-8865-4c09-adf7-e362475b143a', 'urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1', 'URN', 'Digital Signature') +
      codeXml(id, 'a09d5840-386c-46f2-b5ad-9c3699a4309d', 'http://www.w3.org/2000/09/xmldsig#', 'URN', 'Default Signature Style') +
      codeXml(id, '2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4', '1.2.840.10065.1.12.1.14', '1.2.840.10065.1.12', 'Source')
    : codeXml(id, 'f0306f51-975f-434e-a61c-c59651d33983', '57833-6', '2.16.840.1.113883.6.1', 'Prescription de produits de santé') +
      codeXml(id, '41a5887f-8865-4c09-adf7-e362475b143a', '42', '1.2.250.1.213.1.1.4.1', 'Prescription') +
      codeXml(id, 'a09d5840-386c-46f2-b5ad-9c3699a4309d', 'urn:ihe:iti:xds-sd:pdf:2008', '1.3.6.1.4.1.19376.1.2.3', 'Pdf/A-1')
  const confidentiality = signature ? ['MASQUE_PS', 'INVISIBLE_PATIENT'] : draft.extraConfidentiality
  return `<rim:ExtrinsicObject id="${id}" mimeType="text/xml" objectType="${urn('7edca82f-054d-47f2-a032-9b2a5b5186c1')}">${slotXml('creationTime', '20261121091500')}${slotXml('languageCode', signature ? 'art' : 'fr-FR')}${slotXml('legalAuthenticator', `${draft.author}^GENERIQUE^Alix^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`)}${slotXml('serviceStartTime', '20261121090000')}${slotXml('sourcePatientId', signature ? patientId : 'P000482^^^&1.2.250.1.999.77.2&ISO^PI')}${nameXml(signature ? 'Source' : draft.title)}${authorXml(id, '93606bcf-9494-43ec-9b4e-a7748d1a838d', draft)}${codes}${codeXml(id, 'f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1', 'SA07', '1.2.250.1.71.4.2.4', 'Cabinet individuel')}${codeXml(id, 'cccf5598-8b07-4b77-a05e-ae952c785ead', 'AMBULATOIRE', '1.2.250.1.213.1.1.4.9', 'Ambulatoire')}${codeXml(id, 'f4f85eac-e6cb-4883-b524-f2705394840f', 'N', '2.16.840.1.113883.5.25', 'Normal')}${confidentiality.map((code) => codeXml(id, 'f4f85eac-e6cb-4883-b524-f2705394840f', code, '1.2.250.1.213.1.1.4.13', code)).join('')}${identifierXml(id, '58a6f841-87b3-4a3e-92fd-a8ffeff98427', patientId, 'XDSDocumentEntry.patientId')}${identifierXml(id, '2e82c1f6-a085-4c72-9da3-8640a32e42ab', uniqueId, 'XDSDocumentEntry.uniqueId')}</rim:ExtrinsicObject>`
}

const associationXml = (id: string, type: string, source: string, target: string, original = true): string =>
  `<rim:Association id="${id}" associationType="${type}" sourceObject="${source}" targetObject="${target}">${original ? slotXml('SubmissionSetStatus', 'Original') : ''}</rim:Association>`

const setXml = (draft: DepositDraft, patientId: string): string =>
  `<rim:RegistryPackage id="SubmissionSet01">${slotXml('submissionTime', '20261121091600')}${nameXml('Lot')}<rim:Classification id="mark" classifiedObject="SubmissionSet01" classificationNode="${urn('a54d6aa5-d40d-43f9-88c5-b4633d873bdd')}"/>${authorXml('SubmissionSet01', 'a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d', draft)}${codeXml('SubmissionSet01', 'aa543740-bdda-424e-8c96-df4873be8500', '07', '1.2.250.1.213.2.2', 'Consultation')}${identifierXml('SubmissionSet01', '6b5aea1a-874d-4603-a4bc-96a0a7b38446', patientId, 'XDSSubmissionSet.patientId')}${identifierXml('SubmissionSet01', '554ac39e-e3fe-47fe-b233-965d2a147832', '1.2.250.1.999.77', 'XDSSubmissionSet.sourceId')}${identifierXml('SubmissionSet01', '96fdda7c-d067-4183-912e-bf5ee74998a8', draft.setId, 'XDSSubmissionSet.uniqueId')}</rim:RegistryPackage>`

const hasMember = 'urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember'

function bodyXml(draft: DepositDraft, patientId: string): string {
  const set = setXml(draft, patientId)
  const associations =
    associationXml('as1', hasMember, 'SubmissionSet01', 'Doc01') +
    associationXml('as2', hasMember, 'SubmissionSet01', 'Signature01') +
    associationXml('as3', 'urn:ihe:iti:2007:AssociationType:signs', 'Signature01', 'SubmissionSet01') +
    (draft.replaces === null ? '' : associationXml('as4', 'urn:ihe:iti:2007:AssociationType:RPLC', 'Doc01', draft.replaces, false))
  const documents = ['Doc01', 'Signature01'].map((id) => `<xdsb:Document id="${id}"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:${id}@test"/></xdsb:Document>`).join('')
  return `<xdsb:ProvideAndRegisterDocumentSetRequest xmlns:xdsb="urn:ihe:iti:xds-b:2007"><lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><rim:RegistryObjectList xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">${set}${entryXml(draft, patientId, false)}${entryXml(draft, patientId, true)}${associations}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>${documents}</xdsb:ProvideAndRegisterDocumentSetRequest>`
}

/** A change of metadata: a new version of the entry (its XML as a query gave it), or another availability. */
export type UpdateDraft =
  | { kind: 'version'; entry: string; previousVersion: string; edit?: (entry: string) => string }
  | { kind: 'availability'; entryUuid: string; from: string; to: string }

/** TD3.3 body; `edit` changes it whole. */
export function updateBody(change: UpdateDraft, patientId = testPatientId, edit: (body: string) => string = (body) => body, sender: Partial<DepositDraft> = {}): string {
  const slots = (...pairs: [string, string][]): string => pairs.map(([name, value]) => slotXml(name, value)).join('')
  const associated = (type: string, target: string, content: string): string => `<rim:Association id="as1" associationType="${type}" sourceObject="SubmissionSet01" targetObject="${target}">${content}</rim:Association>`
  let content: string
  if (change.kind === 'availability') {
    content = associated('urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus', change.entryUuid, slots(['OriginalStatus', change.from], ['NewStatus', change.to]))
  } else {
    const uuid = / id="(urn:uuid:[^"]*)"/.exec(change.entry)?.[1] ?? ''
    const renamed = change.entry.replaceAll(/(?<= (?:id|classifiedObject|registryObject)=")([^"]*)/g, (id) => (id === uuid ? 'Document01' : id))
    content = (change.edit ?? ((entry) => entry))(renamed) + associated(hasMember, 'Document01', slots(['SubmissionSetStatus', 'Original'], ['PreviousVersion', change.previousVersion]))
  }
  return edit(`<lcm:SubmitObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"><rim:RegistryObjectList xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">${setXml(depositDraft(sender), patientId)}${content}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>`)
}

/** XAdES signature over bytes as they are (no transform), its parts written canonical by hand. */
function lotSignature(draft: DepositDraft, document: Uint8Array, { key, certificate }: Keys): string {
  const ds = 'http://www.w3.org/2000/09/xmldsig#'
  const method = draft.digest === 'sha1' ? `${ds}sha1` : 'http://www.w3.org/2001/04/xmlenc#sha256'
  const digest = (bytes: Uint8Array | string): string => createHash(draft.digest).update(bytes).digest('base64')
  const reference = (uri: string, value: string): string => `<ds:Reference URI="${uri}"><ds:DigestMethod Algorithm="${method}"></ds:DigestMethod><ds:DigestValue>${value}</ds:DigestValue></ds:Reference>`
  const manifest = `<ds:Manifest xmlns:ds="${ds}" Id="IHEManifest">${reference(`urn:oid:${draft.setId}`, 'AA==')}${reference(`urn:oid:${draft.uniqueId}`, digest(document))}</ds:Manifest>`
  const xades = 'http://uri.etsi.org/01903/v1.1.1#'
  const properties = `<xades:SignedProperties xmlns:ds="${ds}" xmlns:xades="${xades}" Id="SP"><xades:SignedSignatureProperties><xades:SigningTime>2026-11-21T09:16:00Z</xades:SigningTime><xades:SigningCertificate><xades:Cert><xades:CertDigest><xades:DigestMethod Algorithm="${method}"></xades:DigestMethod><xades:DigestValue>${digest(Buffer.from(certificate, 'base64'))}</xades:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificate></xades:SignedSignatureProperties></xades:SignedProperties>`
  const c14n = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
  const signedInfo = `<ds:SignedInfo xmlns:ds="${ds}"><ds:CanonicalizationMethod Algorithm="${c14n}"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="${ds}rsa-sha1"></ds:SignatureMethod>${reference('#IHEManifest', digest(manifest))}${reference('#SP', digest(properties))}</ds:SignedInfo>`
  const value = sign('sha1', Buffer.from(signedInfo), key).toString('base64')
  return `<ds:Signature xmlns:ds="${ds}" Id="Sig">${signedInfo}<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object>${manifest}</ds:Object><ds:Object><xades:QualifyingProperties xmlns:xades="${xades}" Target="#Sig">${properties}</xades:QualifyingProperties></ds:Object></ds:Signature>`
}

function assertionXml(draft: VihfDraft, { key, certificate }: Keys, commonName: string): string {
  const attribute = (name: string, ...values: string[]): string =>
    `<saml2:Attribute Name="${name}">${values.map((value) => `<saml2:AttributeValue>${value}</saml2:AttributeValue>`).join('')}</saml2:Attribute>`
  const id = `_${randomUUID()}`
  const unsigned = draft.edit(
    `<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="${id}" IssueInstant="${draft.issueInstant.toISOString()}" Version="2.0"><saml2:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">CN=${commonName},OU=TEST,C=FR</saml2:Issuer><saml2:Subject><saml2:NameID>${draft.nameId}</saml2:NameID></saml2:Subject><saml2:AuthnStatement AuthnInstant="2026-11-21T09:14:30Z"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI</saml2:AuthnContextClassRef>${draft.mode === 'INDIRECTE_RENFORCEE' ? '<saml2:AuthnContextDecl>urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI</saml2:AuthnContextDecl>' : ''}</saml2:AuthnContext></saml2:AuthnStatement><saml2:AttributeStatement>${[
      attribute('VIHF_Version', '3.0'),
      attribute('Authentification_mode', draft.mode),
      attribute('Identifiant_Structure', draft.structure),
      attribute('Secteur_Activite', `${draft.sector}^1.2.250.1.71.4.2.4`),
      attribute('urn:oasis:names:tc:xspa:1.0:subject:subject-id', 'Test'),
      attribute('urn:oasis:names:tc:xacml:2.0:subject:role', ...draft.roles),
      attribute('urn:oasis:names:tc:xacml:2.0:resource:resource-id', escapeXml(draft.patientId)),
      attribute('Ressource_URN', 'urn:dmp'),
      attribute('urn:oasis:names:tc:xspa:1.0:subject:purposeofuse', '<PurposeOfUse xmlns="urn:hl7-org:v3" xsi:type="CE" code="normal" codeSystem="1.2.250.1.213.1.1.4.248"/>'),
      attribute('LPS_Nom', 'Test'),
      attribute('LPS_Version', '1'),
      attribute('LPS_ID_HOMOLOGATION_DMP', 'TEST-0000'),
    ].join('')}</saml2:AttributeStatement></saml2:Assertion>`,
  )
  const signer = new SignedXml({ privateKey: key.export({ type: 'pkcs8', format: 'pem' }), signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256', canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#' })
  signer.getKeyInfoContent = () => `<X509Data><X509Certificate>${certificate}</X509Certificate></X509Data>`
  signer.addReference({ xpath: '/*', digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256', transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'] })
  signer.computeSignature(unsigned, { location: { reference: "//*[local-name(.)='Issuer']", action: 'after' } })
  return draft.tamper(signer.getSignedXml())
}

export const testActions = {
  'TD0.2': 'urn:hl7-org:v3:PRPA_IN201307UV02',
  'TD0.3': 'urn:si-dmp-habilitations:HabilitationsEndPoint:setAuthorization',
  'TD0.4': 'urn:si-dmp-patients:PatientSpecificEndPoint:patientList',
  'TD2.1': 'urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b',
  'TD3.1': 'urn:ihe:iti:2007:RegistryStoredQuery',
  'TD3.2': 'urn:ihe:iti:2007:RetrieveDocumentSet',
  'TD3.3': 'urn:ihe:iti:2010:UpdateDocumentSet',
} as const
const services = { 'TD0.2': 'patients', 'TD0.3': 'habilitations', 'TD0.4': 'PatientSpecific', 'TD2.1': 'repository', 'TD3.1': 'registry', 'TD3.2': 'repository', 'TD3.3': 'registry' } as const
export type TestTransaction = keyof typeof testActions

/** TD3.1 body with its parameters already quoted. */
export function queryBody(uuid: string, parameters: Record<string, string | string[]>, returnType = 'LeafClass'): string {
  const slots = Object.entries(parameters).map(([name, values]) => `<rim:Slot name="${name}"><rim:ValueList>${[values].flat().map((value) => `<rim:Value>${escapeXml(value)}</rim:Value>`).join('')}</rim:ValueList></rim:Slot>`)
  return `<query:AdhocQueryRequest xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><query:ResponseOption returnType="${returnType}" returnComposedObjects="true"/><rim:AdhocQuery id="urn:uuid:${uuid}">${slots.join('')}</rim:AdhocQuery></query:AdhocQueryRequest>`
}

export function retrieveBody(uniqueId: string, repository = '1.2.250.1.213.4.1.1.1.2'): string {
  return `<xdsb:RetrieveDocumentSetRequest xmlns:xdsb="urn:ihe:iti:xds-b:2007"><xdsb:DocumentRequest><xdsb:RepositoryUniqueId>${repository}</xdsb:RepositoryUniqueId><xdsb:DocumentUniqueId>${uniqueId}</xdsb:DocumentUniqueId></xdsb:DocumentRequest></xdsb:RetrieveDocumentSetRequest>`
}

export function existenceBody(ins = testIns, oid = '1.2.250.1.213.1.4.10'): string {
  return `<PRPA_IN201307UV02 xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="${randomUUID()}"/><creationTime value="20261121091500"/><interactionId root="2.16.840.1.113883.1.6" extension="PRPA_IN201307UV02"/><processingCode code="D"/><processingModeCode code="T"/><acceptAckCode code="AL"/><receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="1.2.250.1.213.4.1.1.1"/><softwareName>DMP</softwareName></device></receiver><sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="1.2.250.1.999.77"/></device></sender><attentionLine/><controlActProcess classCode="CACT" moodCode="EVN"><reasonCode code="TEST_EXST" codeSystem="1.2.250.1.213.1.1.4.11"/><queryByParameter><queryId root="${randomUUID()}"/><statusCode code="new"/><parameterList><patientIdentifier><value root="${oid}" extension="${ins}"/><semanticsText>Patient.id</semanticsText></patientIdentifier></parameterList></queryByParameter></controlActProcess></PRPA_IN201307UV02>`
}

/** How a message leaves, beyond its VIHF and body. */
export interface Sending {
  /** Party whose TLS certificate is shown, `null` for none. */
  tls: { party: string; use: 'tls' | 'signature' } | null
  editEnvelope: (envelope: string) => string
  attachments: readonly { id: string; bytes: Uint8Array }[] | null
  contentType: string | null
  service: string
}

/** Opens the test client on a served folder. */
export function openTestClient(configPath: string): {
  post(transaction: TestTransaction, vihf: VihfDraft | null, body: string, sending?: Partial<Sending>): Promise<TestAnswer>
  deposit(draft?: Partial<DepositDraft>, vihf?: Partial<VihfDraft>, sending?: Partial<Sending>): Promise<TestAnswer & { draft: DepositDraft; bytes: Buffer }>
  close(): void
} {
  const base = path.dirname(configPath)
  const config = recordConfig.parse(JSON.parse(readFileSync(configPath, 'utf8')))
  const ca = readFileSync(path.join(base, config.authorities))
  const agents = new Map<string, Agent>()
  const bundle = ({ party, use }: { party: string; use: 'tls' | 'signature' }): { pfx: Buffer; passphrase: string } => {
    const entry = config.certificates.find((one) => one.party === party)
    if (!entry) throw new Error(`no certificate for ${party}`)
    return { pfx: readFileSync(path.join(base, entry[use])), passphrase: entry.passphrase }
  }
  const known = new Map<string, Keys>()
  const keysOf = (who: { party: string; use: 'tls' | 'signature' }): Keys => {
    const name = `${who.party} ${who.use}`
    const keys = known.get(name) ?? readKeys(who)
    known.set(name, keys)
    return keys
  }
  const readKeys = (who: { party: string; use: 'tls' | 'signature' }): Keys => {
    const { pfx, passphrase } = bundle(who)
    const p12 = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(pfx.toString('binary')), passphrase)
    const bags = (type: string): forge.pkcs12.Bag[] => p12.getBags({ bagType: type })[type] ?? []
    const key = bags(forge.pki.oids['pkcs8ShroudedKeyBag'] ?? '')[0]?.key
    const certificate = bags(forge.pki.oids['certBag'] ?? '')[0]?.cert
    if (!key || !certificate) throw new Error(`unreadable PKCS#12 of ${who.party}`)
    return { key: createPrivateKey(forge.pki.privateKeyToPem(key)), certificate: Buffer.from(forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(), 'binary').toString('base64') }
  }
  const agentOf = (who: Sending['tls']): Agent => {
    const name = JSON.stringify(who)
    const agent = agents.get(name) ?? new Agent({ ca, keepAlive: true, ...(who && bundle(who)) })
    agents.set(name, agent)
    return agent
  }

  async function post(transaction: TestTransaction, vihf: VihfDraft | null, body: string, sending: Partial<Sending> = {}): Promise<TestAnswer> {
    const action = testActions[transaction]
    const assertion = vihf ? assertionXml(vihf, keysOf(vihf.signWith), vihf.signWith.party) : ''
    const envelope = (sending.editEnvelope ?? ((text: string) => text))(
      `<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:wsa="http://www.w3.org/2005/08/addressing"><env:Header><wsa:MessageID>urn:uuid:${randomUUID()}</wsa:MessageID><wsa:To/><wsa:ReplyTo env:mustUnderstand="true"><wsa:Address>http://www.w3.org/2005/08/addressing/anonymous</wsa:Address></wsa:ReplyTo><wsa:Action env:mustUnderstand="true">${action}</wsa:Action><wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd">${assertion}</wsse:Security></env:Header><env:Body>${body}</env:Body></env:Envelope>`,
    )
    const { attachments = null } = sending
    const part = (type: string, id: string, bytes: Uint8Array): Uint8Array[] => [Buffer.from(`--bnd\r\nContent-Type: ${type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <${id}>\r\n\r\n`), bytes, Buffer.from('\r\n')]
    const bytes = attachments
      ? Buffer.concat([...part('application/xop+xml; charset=UTF-8; type="application/soap+xml"', 'root@test', Buffer.from(envelope)), ...attachments.flatMap((one) => part('text/xml', one.id, one.bytes)), Buffer.from('--bnd--\r\n')])
      : Buffer.from(envelope)
    const contentType = sending.contentType ?? (attachments ? `multipart/related; boundary=bnd; type="application/xop+xml"; start="<root@test>"; start-info="application/soap+xml"; action="${action}"` : `application/soap+xml; charset=UTF-8; action="${action}"`)
    const tls = sending.tls !== undefined ? sending.tls : vihf ? { party: vihf.signWith.party, use: 'tls' as const } : { party: doctor, use: 'tls' as const }
    const url = config.endpoints.patients.replace(/patients$/, sending.service ?? services[transaction])
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method: 'POST', agent: agentOf(tls), headers: { 'Content-Type': contentType, 'Content-Length': bytes.length } }, (incoming) => {
        const pieces: Buffer[] = []
        incoming.on('data', (piece: Buffer) => pieces.push(piece))
        incoming.on('error', reject)
        incoming.on('end', () => resolve(readTestAnswer(incoming.statusCode ?? 0, incoming.rawHeaders, Buffer.concat(pieces), incoming.headers['content-type'] ?? '')))
      })
      outgoing.on('error', reject)
      outgoing.end(bytes)
    })
  }

  return {
    post,
    async deposit(changes = {}, vihfChanges = {}, sending = {}) {
      const draft = depositDraft(changes)
      const vihf = vihfDraft(vihfChanges)
      const cda = Buffer.from(draft.editCda(testCda(draft, vihf.patientId)))
      const signature = draft.editSignature(lotSignature(draft, cda, keysOf(draft.lotSigner ?? vihf.signWith)))
      const bytes = draft.bytes ?? cda
      const attachments = draft.asMtom ? [{ id: 'Doc01@test', bytes }, { id: 'Signature01@test', bytes: Buffer.from(signature) }] : null
      const answer = await post('TD2.1', vihf, draft.edit(bodyXml(draft, vihf.patientId)), { attachments, ...sending })
      return { ...answer, draft, bytes }
    },
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}

function unescapeXml(text: string): string {
  return text.replace(/&(#\d+|amp|lt|gt|quot);/g, (_, name: string) => (name.startsWith('#') ? String.fromCodePoint(Number(name.slice(1))) : ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? ''))
}

function readTestAnswer(status: number, rawHeaders: readonly string[], raw: Buffer, contentType: string): TestAnswer {
  const type = headerParameters(contentType)
  const parts = type.value === 'multipart/related' ? readMultipart(raw, type.parameters['boundary'] ?? '').map((part) => part.bytes) : [raw]
  const soap = parts[0]?.toString('utf8') ?? ''
  const errors = [...soap.matchAll(/<rs:RegistryError errorCode="([^"]*)" codeContext="([^"]*)"/g)].map((found) => `${found[1]}: ${found[2]}`)
  const fault = /<env:Fault>.*?<env:Value>env:(\w+)<\/env:Value>(?:<env:Subcode><env:Value[^>]*>\w+:(\w+)<\/env:Value>)?.*?<env:Text[^>]*>(.*?)<\/env:Text>/s.exec(soap)
  const head = Array.from({ length: rawHeaders.length / 2 }, (_, index) => `${rawHeaders[2 * index]}: ${rawHeaders[2 * index + 1]}`).join('\r\n')
  return { status, head, raw, soap, parts: parts.slice(1), refusals: [...errors, ...(fault ? [`${fault[2] ?? fault[1]}: ${fault[3]}`] : [])].map(unescapeXml) }
}
