import { createHash } from 'node:crypto'
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm'
import { expect, it } from 'vitest'
import { practiceFile, recordConfig, type Party } from '#shared/contract/index.ts'
import { authenticationClasses, type Authentication } from '../../sign-in/credentials.ts'
import { readPkcs12 } from '../../sign-in/pkcs12.ts'
import { softwareSignature } from '../../sign-in/software-signature.ts'
import { createTestAuthority } from '../../sign-in/test-certificates.ts'
import { writeLotSignature } from './lot-signature.ts'
import { writeEnvelope } from './soap.ts'
import { asDoctor, asStructure, testCda, testDoctor, testIns, testStructure } from './test-deposit.ts'
import { formDigest, manifestDigests, verifyXmlSignature } from './test-verify.ts'
import { writeVihf } from './vihf.ts'

const issued = createTestAuthority().issue({ commonName: '899900000012' })
const identity = readPkcs12(issued.pfx, 'secret')
if (typeof identity === 'string') throw new Error(identity)
const signer = softwareSignature(identity.certificate, identity.privateKey)
const settings = recordConfig.parse({ environment: 'training', endpoints: { patients: 'https://a', registry: 'https://a', repository: 'https://a' }, authorities: 'a', certificates: [] })

const map = { saml2: 'urn:oasis:names:tc:SAML:2.0:assertion', h: 'urn:hl7-org:v3', ds: 'http://www.w3.org/2000/09/xmldsig#' }

const signedInAt = Date.UTC(2026, 10, 21, 9)
const direct: Authentication = { mode: 'DIRECTE', at: signedInAt, contextClass: authenticationClasses.card, contextDeclaration: null }
const indirect: Authentication = { mode: 'INDIRECTE', at: signedInAt, contextClass: authenticationClasses.certificate, contextDeclaration: null }

async function envelopeFor(party: Party, vihf = settings.vihf, authentication = party.kind === 'professional' ? direct : indirect): Promise<Buffer> {
  const assertion = await writeVihf({ party, ins: testIns, id: '_a1', issuedAt: Date.UTC(2026, 10, 21, 9, 15), authentication, software: { name: 'Relais', version: '1.2.3' } }, vihf, signer)
  if (!assertion.ok) throw new Error(assertion.failure.code)
  return writeEnvelope({ action: 'urn:x', to: 'https://record', messageId: 'urn:uuid:1', assertion: assertion.value, body: { markup: '<x xmlns="urn:x"/>' } })
}

function values(bytes: Uint8Array): Record<string, string> {
  using document = XmlDocument.fromBuffer(bytes)
  return Object.fromEntries(document.find('//saml2:Attribute', map).map((each) => [each.get('@Name')?.content ?? '', each.find('./saml2:AttributeValue', map).map((value) => value.content || value.get('*')?.get('@code')?.content || '').join('|')]))
}

it.each(['rsa-sha256', 'rsa-sha1'] as const)('signs the VIHF so that it verifies inside its envelope (%s)', async (signatureAlgorithm) => {
  const bytes = await envelopeFor(asDoctor, { ...settings.vihf, signatureAlgorithm })
  expect(verifyXmlSignature(bytes)).toMatchObject({ covered: ['_a1'] })
  const forged = Buffer.from(bytes.toString().replace('284069999999968', '284069999999969'))
  expect(() => verifyXmlSignature(forged)).toThrow('digest of _a1')
})

it('says who speaks in direct mode, row by row', async () => {
  const bytes = await envelopeFor(asDoctor)
  using document = XmlDocument.fromBuffer(bytes)
  const assertion = document.get('//saml2:Assertion', map)
  expect(assertion?.find('*').map((child) => (child as unknown as { name: string }).name)).toEqual(['Issuer', 'Signature', 'Subject', 'AuthnStatement', 'AttributeStatement'])
  expect(document.get('//saml2:Issuer', map)?.content).toBe('CN=899900000012,O=Essai\\, Médecins,C=FR')
  expect(document.get('//saml2:NameID', map)?.content).toBe('899900000012')
  expect(document.get('//saml2:AuthnContextClassRef', map)?.content).toBe('urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI')
  expect(values(bytes)).toEqual({
    VIHF_Version: '3.0',
    Authentification_mode: 'DIRECTE',
    Identifiant_Structure: '1750803447',
    Secteur_Activite: 'SA07^1.2.250.1.71.4.2.4',
    'urn:oasis:names:tc:xspa:1.0:subject:subject-id': 'Alix GENERIQUE',
    'urn:oasis:names:tc:xacml:2.0:subject:role': '10|SM54',
    'urn:oasis:names:tc:xacml:2.0:resource:resource-id': '284069999999968^^^&1.2.250.1.213.1.4.10&ISO^NH',
    Ressource_URN: 'urn:dmp',
    'urn:oasis:names:tc:xspa:1.0:subject:purposeofuse': 'normal',
    LPS_Nom: 'Relais',
    LPS_Version: '1.2.3',
    LPS_ID_HOMOLOGATION_DMP: 'TEST-0000',
  })
  expect(document.find('//h:Role/@codeSystem', map).map((each) => each.content)).toEqual(['1.2.250.1.71.1.2.7', '1.2.250.1.71.4.2.5'])
})

it.each([
  ['10', 'SM54', ['Médecin', 'Médecine Générale (SM)']],
  ['40', 'SCD02', ['Chirurgien-Dentiste', 'Chirurgie orale (SCD)']],
  ['21', 'EA', ['Pharmacien', "Pharmacien titulaire d'officine - OM"]],
  ['10', 'CAPA13', ['Médecin', 'CAPA13']],
  ['70', 'SM54', ['Masseur-Kinésithérapeute', 'SM54']],
  ['60', undefined, ['Infirmier']],
])('words the roles of a professional of %s and %s', async (profession, specialty, expected) => {
  if (asDoctor.kind !== 'professional') throw new Error('not a professional')
  using document = XmlDocument.fromBuffer(await envelopeFor({ ...asDoctor, professional: { ...asDoctor.professional, profession, specialty } }))
  expect(document.find('//h:Role/@displayName', map).map((each) => each.content)).toEqual(expected)
})

it('speaks for the structure as an automate in indirect mode, with the spelling and version of the settings', async () => {
  const bytes = await envelopeFor(asStructure, { ...settings.vihf, version: '4.0', modeAttribute: 'Authentification_Mode' })
  expect(values(bytes)).toMatchObject({
    VIHF_Version: '4.0',
    Authentification_Mode: 'INDIRECTE',
    'urn:oasis:names:tc:xspa:1.0:subject:subject-id': 'Relais 1.2.3',
    'urn:oasis:names:tc:xacml:2.0:subject:role': 'AUTOMATE',
  })
  using document = XmlDocument.fromBuffer(bytes)
  expect(document.get('//saml2:NameID', map)?.content).toBe('1750803447')
})

it('names in indirect mode who answers for the structure’s automate, where the practice file says or leaves no doubt who', async () => {
  const lines = [testStructure, { ...testStructure, id: '1750803454', responsible: '899900000219' }, { ...testStructure, id: '1750803462' }]
  const doctor = { ...testDoctor, structure: testStructure.id }
  const other = { ...doctor, id: '899900000219', structure: '1750803462' }
  const { structures } = practiceFile.parse({ structures: lines, professionals: [doctor, other, { ...doctor, structure: '1750803462' }] })
  const named = await Promise.all(
    structures.map(async (structure) => {
      using document = XmlDocument.fromBuffer(await envelopeFor({ kind: 'structure', structure }, settings.vihf))
      return document.get('//saml2:NameID', map)?.content
    }),
  )
  expect(named).toEqual([doctor.id, '899900000219', '1750803462'])
  expect(practiceFile.safeParse({ structures: [{ ...testStructure, responsible: '899900000999' }], professionals: [doctor] }).error?.issues).toMatchObject([{ path: ['structures', 0, 'responsible'] }])
})

it('says in reinforced indirect mode who signed in, by what, under the signature of the structure', async () => {
  const bytes = await envelopeFor(asDoctor, settings.vihf, { mode: 'INDIRECTE_RENFORCEE', at: signedInAt, contextClass: authenticationClasses.card, contextDeclaration: 'urn:declaration' })
  using document = XmlDocument.fromBuffer(bytes)
  expect(document.find('//saml2:AuthnContext/*', map).map((each) => each.content)).toEqual([authenticationClasses.card, 'urn:declaration'])
  expect(document.get('//saml2:AuthnStatement/@AuthnInstant', map)?.content).toBe('2026-11-21T09:00:00.000Z')
  expect(document.get('//saml2:NameID', map)?.content).toBe('899900000012')
  expect(values(bytes)).toMatchObject({ Authentification_mode: 'INDIRECTE_RENFORCEE', 'urn:oasis:names:tc:xspa:1.0:subject:subject-id': 'Alix GENERIQUE' })
})

const lot = { signatureId: 'Signature01', setUniqueId: '1.2.3', documents: [{ uniqueId: '1.2.4', bytes: testCda }], signedAt: Date.UTC(2026, 10, 21) }

it.each([
  ['sha1', 'rsa-sha1'],
  ['sha256', 'rsa-sha256'],
] as const)('signs the lot so that it verifies (%s, %s)', async (digest, signatureAlgorithm) => {
  const signed = await writeLotSignature(lot, { ...settings.lot, digest, signatureAlgorithm }, signer)
  if (!signed.ok) throw new Error('not signed')
  const bytes = signed.value
  expect(verifyXmlSignature(bytes).covered).toEqual(['IHEManifest', 'SignedProperties01'])
  expect(() => verifyXmlSignature(Buffer.from(bytes.toString().replace('urn:oid:1.2.4', 'urn:oid:1.2.5')))).toThrow('digest of IHEManifest')
  expect(() => verifyXmlSignature(Buffer.from(bytes.toString().replace('2026-11-21T', '2026-11-22T')))).toThrow('digest of SignedProperties01')

  using signature = XmlDocument.fromBuffer(bytes)
  expect(signature.find('//ds:Manifest/ds:Reference/@URI', map).map((each) => each.content)).toEqual(['urn:oid:1.2.3', 'urn:oid:1.2.4'])
  using document = XmlDocument.fromBuffer(testCda)
  const form = document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_1_0, withComments: true })
  expect(signature.get("//ds:Manifest/ds:Reference[@URI='urn:oid:1.2.4']/ds:DigestValue", map)?.content).toBe(createHash(digest).update(form).digest('base64'))
})

it.each(['not xml', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', ''])('refuses to sign what is not a document of ours: %s', async (text) => {
  expect(await writeLotSignature({ ...lot, documents: [{ uniqueId: '1.2.4', bytes: Buffer.from(text) }] }, settings.lot, signer)).toMatchObject({ ok: false, failure: { code: 'xml-malformed' } })
})

it('covers every document of a lot, each by its own digest, in the order of the lot', async () => {
  const other = Buffer.from('<a xmlns="urn:hl7-org:v3"><!-- deux -->été</a>')
  const documents = [lot.documents[0]!, { uniqueId: '1.2.5', bytes: other }, { uniqueId: '1.2.6', bytes: Buffer.from('<a/>') }]
  const signed = await writeLotSignature({ ...lot, documents }, settings.lot, signer)
  if (!signed.ok) throw new Error(signed.failure.code)
  const bytes = signed.value
  expect(verifyXmlSignature(bytes).covered).toEqual(['IHEManifest', 'SignedProperties01'])
  expect(manifestDigests(bytes)).toEqual([
    ['urn:oid:1.2.3', 'AA=='],
    ...documents.map((each) => [`urn:oid:${each.uniqueId}`, formDigest(each.bytes)]),
  ])
  const swapped = bytes.toString().replace('urn:oid:1.2.5', 'urn:oid:x').replace('urn:oid:1.2.6', 'urn:oid:1.2.5').replace('urn:oid:x', 'urn:oid:1.2.6')
  expect(() => verifyXmlSignature(Buffer.from(swapped))).toThrow('digest of IHEManifest')
  const broken = [...documents, { uniqueId: '1.2.7', bytes: Buffer.from('%PDF') }]
  expect(await writeLotSignature({ ...lot, documents: broken }, settings.lot, signer)).toMatchObject({ ok: false, failure: { code: 'xml-malformed' } })
})
