import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAuthority } from './authority.ts'
import type { Sandbox } from './index.ts'
import { startSandbox } from './index.ts'
import type { DepositDraft, Sending, VihfDraft } from './test-client.ts'
import { existenceBody, newTestOid, openTestClient, queryBody, retrieveBody, testIns, testPatientId, testPractice, vihfDraft } from './test-client.ts'

const doctor = '899900000012'
const colleague = '899900000020'
const structure = '499900000012001'
const indirect: Partial<VihfDraft> = { mode: 'INDIRECTE', roles: ['<Role xmlns="urn:hl7-org:v3" xsi:type="CE" code="AUTOMATE" codeSystem="1.2.250.1.213.1.1.4.6" displayName="Automate"/>'] }
const findDocuments = '14d4debf-8f97-4251-9a74-a90016b0af0d'
const approved = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"

let dir: string
let sandbox: Sandbox
let client: ReturnType<typeof openTestClient>

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'relais-sandbox-'))
  sandbox = await startSandbox({ dir, port: 0, practice: testPractice })
  client = openTestClient(sandbox.configPath)
})
afterAll(async () => {
  client.close()
  await sandbox.close()
  await rm(dir, { recursive: true })
})

it('takes by a secret connection only what the representatives do not see, and knows no other confidentiality code', async () => {
  const by = (code: string): Partial<VihfDraft> => ({
    edit: (assertion) => assertion.replace('</saml2:AttributeStatement>', `<saml2:Attribute Name="urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code"><saml2:AttributeValue>${code}</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement>`),
  })
  expect((await client.deposit({}, by('CONNEXION_SECRETE'))).refusals).toEqual(['DMPAccessDenied: En connexion secrète, le document doit être invisible aux représentants légaux'])
  expect((await client.deposit({ extraConfidentiality: ['INVISIBLE_REPRESENTANTS_LEGAUX'] }, by('CONNEXION_SECRETE'))).refusals).toEqual([])
  expect((await client.deposit({}, by('AUTRE'))).refusals).toEqual(['DMPInvalidVIHF: VIHF : confidentiality-code inconnu'])
})

it('takes an ordinary deposit, in direct and in indirect mode, with SHA-1 and SHA-256 lots', async () => {
  const first = await client.deposit()
  expect(first.refusals).toEqual([])
  expect(first.soap).toContain('ResponseStatusType:Success"')
  expect((await client.deposit({}, indirect)).refusals).toEqual([])
  expect((await client.deposit({}, { ...indirect, mode: 'INDIRECTE_RENFORCEE' })).refusals).toEqual([])
  expect((await client.deposit({ digest: 'sha256' })).refusals).toEqual([])
})

const remove = (pattern: RegExp) => (text: string) => {
  if (!pattern.test(text)) throw new Error(`nothing to remove: ${pattern}`)
  return text.replace(pattern, '')
}
const swap = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new Error(`nothing to change: ${from}`)
  return text.replaceAll(from, to)
}
const classification = (object: string, scheme: string) => new RegExp(`<rim:Classification id="[^"]*" classifiedObject="${object}" classificationScheme="urn:uuid:${scheme}.*?</rim:Classification>`, 's')
const attribute = (name: string) => new RegExp(`<saml2:Attribute Name="${name.replaceAll('.', '\\.')}">.*?</saml2:Attribute>`, 's')
/** Only inside the document's own entry. */
const inDocument = (change: (text: string) => string) => (body: string) => body.replace(/<rim:ExtrinsicObject id="Doc01".*?<\/rim:ExtrinsicObject>/s, change)

type Case = [name: string, expected: RegExp, deposit: Partial<DepositDraft>, vihf?: Partial<VihfDraft>, sending?: Partial<Sending>]

const identity: Case[] = [
  ['no VIHF', /^DMPInvalidVIHF: VIHF absent/, {}, {}, { editEnvelope: remove(/<saml2:Assertion.*<\/saml2:Assertion>/s) }],
  ['a VIHF without signature', /^DMPInvalidVIHF: VIHF : la signature suit/, {}, { tamper: remove(/<Signature.*<\/Signature>/s) }],
  ['a VIHF changed after signature', /^DMPInvalidVIHF: Signature du VIHF invalide : empreinte fausse/, {}, { tamper: swap('LPS_Nom"><saml2:AttributeValue>Test', 'LPS_Nom"><saml2:AttributeValue>Tost') }],
  ['a signature value changed', /^DMPInvalidVIHF: Signature du VIHF invalide : valeur/, {}, { tamper: (text) => text.replace(/<SignatureValue>(.)/, (_, first: string) => `<SignatureValue>${first === 'A' ? 'B' : 'A'}`) }],
  ['an expired VIHF', /^DMPInvalidVIHF: VIHF expiré/, {}, { issueInstant: new Date(Date.now() - 11 * 60_000) }],
  ['a VIHF of the future', /^DMPInvalidVIHF: VIHF expiré ou daté du futur/, {}, { issueInstant: new Date(Date.now() + 11 * 60_000) }],
  ['a VIHF signed with the TLS certificate', /^DMPInvalidCertificate: Not a valid signature certificate$/, {}, { signWith: { party: doctor, use: 'tls' } }],
  ['a VIHF signed by somebody else', /^DMPInvalidCertificate: Le certificat de signature/, {}, { signWith: { party: colleague, use: 'signature' } }],
  ['the TLS certificate of another party', /^DMPInvalidCertificate: Le certificat d'authentification/, {}, {}, { tls: { party: colleague, use: 'tls' } }],
  ['direct mode with the structure’s certificates', /^DMPInvalidCertificate: Le certificat de signature/, {}, { signWith: { party: structure, use: 'signature' } }],
  ['an Issuer that is not the signer', /^DMPInvalidVIHF: .*Issuer/, {}, { edit: swap('>CN=899900000012', '>CN=899900000099') }],
  ['a doctor without speciality', /^DMPInvalidVIHF: Aucune spécialité dans le vihf/, {}, { roles: vihfDraft().roles.slice(0, 1) }],
  ['another profession', /^DMPInvalidVIHF: La profession/, {}, { roles: [(vihfDraft().roles[0] ?? '').replace('"10"', '"60"')] }],
  ['an unknown structure', /^DMPInvalidStructure: Structure introuvable ou Inactive$/, {}, { structure: '1999999999' }],
  ['a sector of another situation', /^DMPInvalidStructure: Structure introuvable ou Inactive$/, {}, { sector: 'SA52' }],
  ['a structure that is not the professional’s', /^DMPInvalidStructure: PS et Structure non liés$/, {}, { structure: '1750803447', sector: 'SA52' }],
  ['an indirect mode signed by the professional', /^DMPInvalidCertificate/, {}, { ...indirect, signWith: { party: doctor, use: 'signature' } }],
  ['an unknown mode', /^DMPInvalidVIHF: .*mode/, {}, { mode: 'AUTRE', signWith: { party: doctor, use: 'signature' } }],
  ...['VIHF_Version', 'Identifiant_Structure', 'Secteur_Activite', 'Ressource_URN', 'LPS_Nom', 'LPS_Version', 'LPS_ID_HOMOLOGATION_DMP', 'urn:oasis:names:tc:xspa:1.0:subject:purposeofuse', 'urn:oasis:names:tc:xacml:2.0:subject:role'].map(
    (name): Case => [`a VIHF without ${name}`, /^DMPInvalidVIHF/, {}, { edit: remove(attribute(name)) }],
  ),
  ['an indirect VIHF without subject-id', /^DMPInvalidVIHF: .*subject-id/, {}, { ...indirect, edit: remove(attribute('urn:oasis:names:tc:xspa:1.0:subject:subject-id')) }],
]

const envelope: Case[] = [
  ['SOAP 1.1', /^VersionMismatch/, {}, {}, { editEnvelope: swap('http://www.w3.org/2003/05/soap-envelope', 'http://schemas.xmlsoap.org/soap/envelope/') }],
  ['no MessageID', /^MessageAddressingHeaderRequired/, {}, {}, { editEnvelope: remove(/<wsa:MessageID>.*?<\/wsa:MessageID>/) }],
  ['no mustUnderstand on Action', /^InvalidAddressingHeader/, {}, {}, { editEnvelope: swap('<wsa:Action env:mustUnderstand="true">', '<wsa:Action>') }],
  ['an unknown action', /^ActionNotSupported/, {}, {}, { editEnvelope: swap('ProvideAndRegisterDocumentSet-b<', 'SomethingElse<') }],
  ['the wrong service', /^ActionNotSupported/, {}, {}, { service: 'registry' }],
  ['a DOCTYPE', /^DMPInvalidRequest: .*DOCTYPE/, {}, {}, { editEnvelope: (text) => text.replace('?>', '?><!DOCTYPE x [<!ENTITY a "b">]>') }],
  ['XML cut in the middle', /^DMPInvalidRequest: XML mal formé/, {}, {}, { editEnvelope: (text) => text.slice(0, -40) }],
  ['no MTOM', /^Sender: TD2.1 : MTOM obligatoire/, { asMtom: false }],
  ['another Content-Type', /^Sender: Content-Type/, {}, {}, { contentType: 'application/json' }],
  ['a boundary that is not there', /^DMPInvalidRequest: première partie/, {}, {}, { contentType: 'multipart/related; boundary=autre; type="application/xop+xml"' }],
]

const patient: Case[] = [
  ['another patient in the set', /^XDSPatientIdDoesNotMatch: patientId du lot/, { edit: (body) => body.replace(testPatientId.replaceAll('&', '&amp;'), '184069999999904^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH') }],
  ['another patient in the entry', /^XDSPatientIdDoesNotMatch/, { edit: inDocument(swap(testIns, '184069999999904')) }],
  ['another patient in the CDA', /^XDSPatientIdDoesNotMatch: l'INS du recordTarget/, { editCda: swap(testIns, '184069999999904') }],
  ['a sourcePatientId that the CDA does not know', /^XDSPatientIdDoesNotMatch: sourcePatientId/, { edit: swap('P000482', 'P000999') }],
  ['a sourcePatientId with another INS', /^XDSPatientIdDoesNotMatch: sourcePatientId/, { edit: swap('P000482^^^&amp;1.2.250.1.999.77.2&amp;ISO^PI', '184069999999904^^^&amp;1.2.250.1.213.1.4.10&amp;ISO^NH') }],
  ['two patients in the CDA', /^XDSPatientIdDoesNotMatch/, { editCda: swap('<recordTarget>', '<recordTarget><patientRole><addr/><telecom/></patientRole></recordTarget><recordTarget>') }],
  ['a wrong INS key', /^DMPInvalidIns: Clé/, {}, { patientId: '284069999999969^^^&1.2.250.1.213.1.4.10&ISO^NH' }],
  ['a production INS', /^DMPInvalidIns: Matricule INS de production/, {}, { patientId: `${testIns}^^^&1.2.250.1.213.1.4.8&ISO^NH` }],
  ['a production NIA', /^DMPInvalidIns: Matricule INS de production/, {}, { patientId: `${testIns}^^^&1.2.250.1.213.1.4.9&ISO^NH` }],
  ['an INS-C', /^DMPInvalidIns: OID/, {}, { patientId: `${testIns}^^^&1.2.250.1.213.1.4.2&ISO^NH` }],
]

const author: Case[] = [
  ['an author that is not the VIHF’s', /^XDSRepositoryError: Aucun AuthorPerson ni LegalAuthenticator/, { author: colleague }],
  ['an institution that is not the VIHF’s', /^XDSRepositoryError: Aucun AuthorInstitution ne correspond à l'utilisateur du VIHF/, { institution: '1750803447' }, indirect],
]

const schemeOf = {
  author: '93606bcf-9494-43ec-9b4e-a7748d1a838d',
  classCode: '41a5887f-8865-4c09-adf7-e362475b143a',
  typeCode: 'f0306f51-975f-434e-a61c-c59651d33983',
  formatCode: 'a09d5840-386c-46f2-b5ad-9c3699a4309d',
  healthcareFacilityTypeCode: 'f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1',
  practiceSettingCode: 'cccf5598-8b07-4b77-a05e-ae952c785ead',
}
const slot = (name: string) => new RegExp(`<rim:Slot name="${name}">.*?</rim:Slot>`, 's')
const external = (scheme: string) => new RegExp(`<rim:ExternalIdentifier [^>]*urn:uuid:${scheme}.*?</rim:ExternalIdentifier>`, 's')

const metadata: Case[] = [
  ...Object.entries(schemeOf).map(([name, scheme]): Case => [`no ${name}`, new RegExp(`^XDSRegistryMetadataError: Doc01 : attribut obligatoire absent : ${name}$`), { edit: remove(classification('Doc01', scheme)) }]),
  ['no confidentialityCode', /^XDSRegistryMetadataError: Doc01 : attribut obligatoire absent : confidentialityCode$/, { edit: remove(classification('Doc01', 'f4f85eac-e6cb-4883-b524-f2705394840f')) }],
  ['no N among the confidentiality codes', /^XDSRegistryMetadataError: Doc01 : confidentialityCode : N absent/, { extraConfidentiality: ['MASQUE_PS'], edit: remove(classification('Doc01', 'f4f85eac-e6cb-4883-b524-f2705394840f')) }],
  ['MASQUE_PS with INVISIBLE_PATIENT', /^XDSRegistryMetadataError: .*ne vont pas ensemble/, { extraConfidentiality: ['MASQUE_PS', 'INVISIBLE_PATIENT'] }],
  ['an unknown confidentiality code', /^XDSRegistryMetadataError: .*confidentialityCode inconnu/, { extraConfidentiality: ['INVISIBLE_REP_LEGAUX'] }],
  ...['creationTime', 'languageCode', 'legalAuthenticator', 'serviceStartTime', 'sourcePatientId'].map(
    (name): Case => [`no ${name}`, new RegExp(`^XDSRegistryMetadataError: Doc01 : attribut obligatoire absent : ${name}$`), { edit: inDocument(remove(slot(name))) }],
  ),
  ['no title', /^XDSRegistryMetadataError: Doc01 : attribut obligatoire absent : title$/, { edit: swap('<rim:Name><rim:LocalizedString charset="UTF8" xml:lang="FR" value="Ordonnance du 21/11/2026"/></rim:Name>', '') }],
  ['no uniqueId', /^XDSRegistryMetadataError: Doc01 : attribut obligatoire absent : uniqueId$/, { edit: remove(external('2e82c1f6-a085-4c72-9da3-8640a32e42ab')) }],
  ['no patientId', /^XDSRegistryMetadataError: Doc01 : attribut obligatoire absent : patientId$/, { edit: remove(external('58a6f841-87b3-4a3e-92fd-a8ffeff98427')) }],
  ['a set without submissionTime', /^XDSRegistryMetadataError: SubmissionSet01 : attribut obligatoire absent : submissionTime$/, { edit: remove(slot('submissionTime')) }],
  ['a set without sourceId', /^XDSRegistryMetadataError: SubmissionSet01 : attribut obligatoire absent : sourceId$/, { edit: remove(external('554ac39e-e3fe-47fe-b233-965d2a147832')) }],
  ['a set without content type', /^XDSRegistryMetadataError: SubmissionSet01 : attribut obligatoire absent : contentTypeCode$/, { edit: remove(classification('SubmissionSet01', 'aa543740-bdda-424e-8c96-df4873be8500')) }],
  ['a set without author', /^XDSRegistryMetadataError: SubmissionSet01 : attribut obligatoire absent : author$/, { edit: remove(classification('SubmissionSet01', 'a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d')) }],
  ['a creation time with an offset', /^XDSRegistryMetadataError: Doc01 : creationTime mal formé/, { edit: inDocument(swap('20261121091500', '20261121101500+0100')) }],
  ['a creation time in local time', /^XDSRegistryMetadataError: Doc01 : creationTime n'est pas effectiveTime en UTC/, { edit: inDocument(swap('20261121091500', '20261121101500')) }],
  ['a typeCode out of the list', /^XDSRegistryMetadataError: .*typeCode hors de la liste/, { edit: inDocument(swap('"57833-6"', '"28617-9"')), editCda: swap('57833-6', '28617-9') }],
  ['a typeCode with another system', /^XDSRegistryMetadataError: .*typeCode hors de la liste/, { edit: inDocument(swap('2.16.840.1.113883.6.1<', '1.2.250.1.213.1.1.4.12<')) }],
  ['a classCode that is not the type’s', /^XDSRegistryMetadataError: .*classCode 10 : 42 attendu/, { edit: inDocument(swap('nodeRepresentation="42"', 'nodeRepresentation="10"')) }],
  ['a formatCode that is not the body’s', /^XDSRegistryMetadataError: .*formatCode : urn:ihe:iti:xds-sd:pdf:2008 attendu/, { edit: inDocument(swap('xds-sd:pdf:2008', 'xds-sd:text:2008')) }],
  ['elements out of the order of the schema', /^XDSRegistryMetadataError: schéma RIM : ExtrinsicObject Doc01 Slot mal placé/, { edit: inDocument((text) => text.replace('</rim:ExtrinsicObject>', '<rim:Slot name="x"><rim:ValueList/></rim:Slot></rim:ExtrinsicObject>')) }],
  ['a slot value longer than the schema holds', /^XDSRegistryMetadataError: schéma RIM : Value {2}valeur de plus de 256/, { edit: swap('P000482', 'P'.repeat(300)) }],
  ['an association that is not of the DMP', /^XDSRegistryMetadataError: association refusée/, { edit: (body) => body.replace('</rim:RegistryObjectList>', '<rim:Association id="x" associationType="urn:ihe:iti:2007:AssociationType:APND" sourceObject="Doc01" targetObject="urn:uuid:1"/></rim:RegistryObjectList>') }],
  ['no HasMember', /^XDSRegistryMetadataError: association HasMember/, { edit: remove(/<rim:Association id="as1".*?<\/rim:Association>/) }],
  ['no signs association', /^XDSRegistryMetadataError: association signs/, { edit: remove(/<rim:Association id="as3".*?<\/rim:Association>/) }],
]

const content: Case[] = [
  ['mimeType application/pdf', /^InvalidDocumentContent: .*PDF nu/, { edit: inDocument(swap('mimeType="text/xml"', 'mimeType="application/pdf"')) }],
  ['a bare PDF', /^InvalidDocumentContent: .*PDF nu/, { bytes: Buffer.from('%PDF-1.4\n%%EOF') }],
  ['text that is no XML', /^InvalidDocumentContent/, { bytes: Buffer.from('bonjour') }],
  ['an empty document', /^InvalidDocumentContent/, { bytes: Buffer.alloc(0) }],
  ['XML that is no CDA', /^InvalidDocumentContent: .*CDA/, { bytes: Buffer.from('<a/>') }],
  ['a CDA with a DOCTYPE', /^InvalidDocumentContent: .*DOCTYPE/, { editCda: (cda) => cda.replace('?>', '?><!DOCTYPE ClinicalDocument>') }],
  ['a CDA without body', /^InvalidDocumentContent/, { editCda: remove(/<component>.*<\/component>/s) }],
  ['a CDA id with an extension', /^InvalidDocumentContent: .*extension/, { editCda: (cda) => cda.replace(/<id root="([^"]*)"\/>/, '<id root="$1" extension="1"/>') }],
  ['another CDA id', /^InvalidDocumentContent: .*uniqueId/, { editCda: (cda) => cda.replace(/<id root="[^"]*"\/>/, '<id root="1.2.3"/>') }],
  ['another CDA title', /^XDSRegistryMetadataError: .*title différent/, { editCda: swap('<title>Ordonnance du 21/11/2026', '<title>Ordonnance du 22/11/2026') }],
  ['a CDA that is not of here', /^InvalidDocumentContent: .*realmCode/, { editCda: swap('realmCode code="FR"', 'realmCode code="US"') }],
  ['a CDA without its standard', /^InvalidDocumentContent: .*typeId/, { editCda: remove(/<typeId [^>]*>/) }],
  ['a CDA with two declarations of conformity', /^InvalidDocumentContent: .*au moins trois/, { editCda: remove(/<templateId root="1.2.250.1.213.1.1.1.1"\/>/) }],
  ['a CDA without a language', /^InvalidDocumentContent: .*languageCode/, { editCda: remove(/<languageCode [^>]*>/) }],
  ['a CDA of version 0', /^InvalidDocumentContent: .*versionNumber/, { editCda: swap('versionNumber value="1"', 'versionNumber value="0"') }],
  ['a CDA that nobody keeps', /^InvalidDocumentContent: .*custodian/, { editCda: remove(/<custodian>.*<\/custodian>/) }],
  ['a CDA that nobody signed', /^InvalidDocumentContent: .*signatureCode/, { editCda: remove(/<signatureCode [^>]*>/) }],
  ['a CDA of an author without profession', /^InvalidDocumentContent: .*profession/, { editCda: (cda) => cda.replace(/(<assignedAuthor><id [^>]*>)<code [^>]*>/, '$1') }],
  ['a CDA without practice setting', /^InvalidDocumentContent: .*cadre d'exercice/, { editCda: remove(/<standardIndustryClassCode [^>]*>/) }],
  ['a CDA of no encounter', /^InvalidDocumentContent: .*componentOf/, { editCda: remove(/<componentOf>.*<\/componentOf>/) }],
  ['a CDA that tells a race', /^InvalidDocumentContent: .*race/, { editCda: swap('</patientRole>', '<patient><raceCode code="1"/></patient></patientRole>') }],
  ['a CDA out of the order of the schema', /^InvalidDocumentContent: .*title n'est pas attendu/, { editCda: (cda) => cda.replace(/(<title>.*<\/title>)\s*(<effectiveTime [^>]*>)/, '$2$1') }],
  ['a CDA with an element of no schema', /^InvalidDocumentContent: .*foo n'est pas attendu/, { editCda: swap('<languageCode', '<foo/><languageCode') }],
  ['another CDA type', /^XDSRegistryMetadataError: .*typeCode différent/, { editCda: swap('57833-6', '57832-8') }],
  ['a uniqueId that is no OID', /^XDSRegistryMetadataError: .*uniqueId mal formé/, { uniqueId: '1.2.250.01.3' }],
  ['a uniqueId of more than 64 characters', /^XDSRegistryMetadataError: .*uniqueId mal formé/, { uniqueId: `1.2.${'9'.repeat(62)}` }],
  ['a Document without metadata', /^XDSMissingDocumentMetadata: Document Doc02/, { edit: (body) => body.replace('<xdsb:Document id="Doc01">', '<xdsb:Document id="Doc02">') }],
  ['metadata without Document', /^XDSMissingDocument: ExtrinsicObject Doc01/, { edit: remove(/<xdsb:Document id="Doc01">.*?<\/xdsb:Document>/) }],
  ['a Document without its MIME part', /^XDSMissingDocument: Document Doc01/, { edit: swap('cid:Doc01@test', 'cid:autre@test') }],
  ['base64 in the body', /^XDSRepositoryError: .*xop:Include/, { edit: (body) => body.replace(/<xop:Include[^>]*Doc01[^>]*\/>/, 'PGEvPg==') }],
]

const lot: Case[] = [
  ['no signature', /^XDSRegistryMetadataError: signature du lot absente/, { edit: (body) => remove(/<xdsb:Document id="Signature01">.*?<\/xdsb:Document>/)(remove(/<rim:ExtrinsicObject id="Signature01".*?<\/rim:ExtrinsicObject>/s)(body)) }],
  ['a lot signed with the TLS certificate', /^DMPInvalidCertificate: Not a valid signature certificate$/, { lotSigner: { party: doctor, use: 'tls' } }],
  ['a lot signed by somebody else', /^DMPInvalidCertificate/, { lotSigner: { party: colleague, use: 'signature' } }],
  ['a manifest changed after signature', /^XDSRepositoryError: Signature du lot invalide : empreinte fausse/, { editSignature: swap('AA==', 'AB==') }],
  ['a signature value changed', /^XDSRepositoryError: Signature du lot invalide : valeur/, { editSignature: (text) => text.replace(/<ds:SignatureValue>(.)/, (_, first: string) => `<ds:SignatureValue>${first === 'A' ? 'B' : 'A'}`) }],
  ['a signature of another set', /^XDSRepositoryError: Signature du lot invalide : le manifeste ne commence pas/, { edit: (body) => body.replace(/(identificationScheme="urn:uuid:96fdda7c[^"]*" value=")[^"]*/, '$11.2.3.4') }],
  ['a signature without XAdES properties', /^XDSRepositoryError: Signature du lot invalide/, { editSignature: remove(/<xades:QualifyingProperties.*<\/xades:QualifyingProperties>/s) }],
]

describe.each([
  ['identity', identity],
  ['envelope', envelope],
  ['patient', patient],
  ['author', author],
  ['metadata', metadata],
  ['content', content],
  ['lot signature', lot],
])('refuses, for its %s,', (_, cases) => {
  it.each(cases)('%s', async (_name, expected, deposit, vihf, sending) => {
    const before = (await readdir(path.join(dir, 'documents'))).length
    const answer = await client.deposit(deposit, vihf, sending)
    expect(answer.refusals[0] ?? answer.soap).toMatch(expected)
    expect((await readdir(path.join(dir, 'documents'))).length).toBe(before)
  })
})

it('refuses an author person out of form', async () => {
  const answer = await client.deposit({ edit: inDocument((text) => text.replace('<rim:Slot name="authorPerson"><rim:ValueList><rim:Value>899900000012^', '<rim:Slot name="authorPerson"><rim:ValueList><rim:Value>899900000012 ')) })
  expect(answer.refusals[0]).toMatch(/^XDSRegistryMetadataError: Doc01 : authorPerson mal formé/)
})

it('refuses a document that is not the one the lot signs', async () => {
  const draft = { uniqueId: newTestOid(), setId: newTestOid() }
  let signed = ''
  await client.deposit({ ...draft, editSignature: (text) => (signed = text), edit: remove(/<rim:Slot name="submissionTime">.*?<\/rim:Slot>/s) })
  const answer = await client.deposit({ ...draft, editCda: swap('JVBERi0xLjQK', 'JVBERi0xLjUK'), editSignature: () => signed })
  expect(answer.refusals[0]).toMatch(/^XDSRepositoryError: Signature du lot invalide : empreinte de Doc01/)
})

it('refuses a client without a fit TLS certificate with a plain 403', async () => {
  for (const tls of [null, { party: doctor, use: 'signature' as const }]) {
    const answer = await client.post('TD0.2', vihfDraft(), existenceBody(), { tls })
    expect(answer.status).toBe(403)
    expect(answer.soap).toMatch(/^Accès refusé/)
  }
})

it("refuses a certificate of another record's authority", async () => {
  const other = await mkdtemp(path.join(tmpdir(), 'relais-other-'))
  try {
    const { parties } = await openAuthority(other, testPractice, Date.now())
    const party = parties.find((one) => one.party === doctor)
    if (!party) throw new Error('no certificate')
    const status = await new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: false as const, ca: readFileSync(path.join(dir, 'authority', 'ca.pem')), pfx: readFileSync(path.join(other, party.tls)), passphrase: party.passphrase }
      request(`${sandbox.url}/si-dmp-server/v2/services/patients`, options, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      })
        .on('error', reject)
        .end()
    })
    expect(status).toBe(403)
  } finally {
    await rm(other, { recursive: true })
  }
})

it('stores nothing twice', async () => {
  const first = await client.deposit()
  const { uniqueId, setId } = first.draft
  expect((await client.deposit({ uniqueId, setId })).refusals[0]).toMatch(/^XDSDuplicateUniqueIdInRegistry/)
  expect((await client.deposit({ uniqueId })).refusals).toEqual([`XDSDuplicateUniqueIdInRegistry: uniqueId ${uniqueId} déjà enregistré`])
  expect((await client.deposit({ setId })).refusals.join()).toContain(`lot ${setId} déjà enregistré`)
  expect((await client.deposit({ uniqueId, editCda: swap('JVBERi0xLjQK', 'JVBERi0xLjUK') })).refusals[0]).toMatch(/^XDSNonIdenticalHash/)
})

it('registers once what comes twice at the same time', async () => {
  const draft = { uniqueId: newTestOid(), setId: newTestOid() }
  const answers = await Promise.all(Array.from({ length: 4 }, () => client.deposit(draft)))
  expect(answers.filter((answer) => answer.refusals.length === 0)).toHaveLength(1)
  for (const answer of answers.filter((one) => one.refusals.length > 0)) expect(answer.refusals[0]).toMatch(/^XDS(DuplicateUniqueIdInRegistry|NonIdenticalHash)/)
})

it('refuses a replacement of what is not there, not active or of another patient', async () => {
  expect((await client.deposit({ replaces: 'urn:uuid:00000000-0000-4000-8000-000000000000' })).refusals[0]).toMatch(/^XDSReplaceFailed/)
  const old = await client.deposit()
  const uuid = await uuidOf(old.draft.uniqueId)
  expect((await client.deposit({ replaces: uuid }, { patientId: '184069999999921^^^&1.2.250.1.213.1.4.10&ISO^NH' })).refusals[0]).toMatch(/^XDSReplaceFailed/)
  expect((await client.deposit({ replaces: uuid })).refusals).toEqual([])
  expect((await client.deposit({ replaces: uuid })).refusals[0]).toMatch(/^XDSReplaceFailed/)
})

async function uuidOf(uniqueId: string): Promise<string> {
  const found = await client.post('TD3.1', vihfDraft(), queryBody('5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4', { $XDSDocumentEntryUniqueId: `('${uniqueId}')` }, 'ObjectRef'))
  return /<rim:ObjectRef id="([^"]*)"/.exec(found.soap)?.[1] ?? ''
}

it('lets a structure deposit and ask for a reference, never consult', async () => {
  const { draft } = await client.deposit({}, indirect)
  const vihf = vihfDraft(indirect)
  const list = await client.post('TD3.1', vihf, queryBody(findDocuments, { $XDSDocumentEntryPatientId: `'${testPatientId}'`, $XDSDocumentEntryStatus: approved }))
  expect(list.refusals[0]).toMatch(/^DMPAccessDenied: Consultation refusée/)
  const read = await client.post('TD3.2', vihf, retrieveBody(draft.uniqueId))
  expect(read.refusals[0]).toMatch(/^DMPAccessDenied/)
  expect(read.head).toContain('multipart/related')
  const reference = await client.post('TD3.1', vihf, queryBody('5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4', { $XDSDocumentEntryUniqueId: `('${draft.uniqueId}')` }))
  expect(reference.refusals).toEqual([])
  expect(reference.soap).toContain('totalResultCount="1"')
})

it('obeys patients.json as soon as it changes', async () => {
  const file = path.join(dir, 'patients.json')
  const list = async () => client.post('TD3.1', vihfDraft(), queryBody(findDocuments, { $XDSDocumentEntryPatientId: `'${testPatientId}'`, $XDSDocumentEntryStatus: approved }))
  const standing = async () => (await client.post('TD0.2', vihfDraft(), existenceBody())).soap
  const set = async (record: unknown) => writeFile(file, JSON.stringify({ [testIns]: record }))
  try {
    await set({ state: 'absent' })
    expect(await standing()).toContain('<queryResponseCode code="NF"/>')
    expect((await client.deposit()).refusals[0]).toMatch(/^XDSUnknownPatientId/)
    expect((await list()).refusals[0]).toMatch(/^XDSUnknownPatientId/)
    await set({ state: 'closed' })
    expect(await standing()).toContain('<code code="DMPClosed"/>')
    expect((await client.deposit()).refusals[0]).toMatch(/^DMPClosed/)
    await set({ state: 'opposed' })
    expect((await client.deposit()).refusals[0]).toMatch(/^DMPPatientOpposition/)
    expect((await list()).refusals).toEqual([])
    await set({ blocked: [doctor] })
    expect(await standing()).toContain('code="INTERDIT"')
    expect((await list()).refusals[0]).toMatch(/^DMPAccessDenied: Le patient a bloqué/)
    expect((await client.deposit()).refusals).toEqual([])
    await set({ authorisation: 'expired', treatingDoctor: doctor })
    expect(await standing()).toContain('code="EXPIRE"')
    expect(await standing()).toMatch(/STATUT_MT<\/keyWordText><value xsi:type="BL" value="true"/)
    await set({ authorisation: 'none' })
    expect((await list()).refusals[0]).toMatch(/inexistante/)
    await writeFile(file, '{ broken')
    expect((await list()).refusals[0]).toMatch(/inexistante/)
  } finally {
    await rm(file)
  }
  expect(await standing()).toContain('code="VALIDE"')
  expect((await list()).refusals).toEqual([])
})

it('says in TD0.2 what is wrong with an identifier', async () => {
  const answer = await client.post('TD0.2', vihfDraft({ patientId: '284069999999968^^^&1.2.250.1.213.1.4.8&ISO^NH' }), existenceBody(testIns, '1.2.250.1.213.1.4.8'))
  expect(answer.status).toBe(200)
  expect(answer.soap).toContain('<typeCode code="AE"/>')
  expect(answer.soap).toContain('DMPInvalidIns')
  expect(answer.soap).toContain('<queryResponseCode code="AE"/>')
})
