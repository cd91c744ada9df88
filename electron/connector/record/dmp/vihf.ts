import { createHash } from 'node:crypto'
import { failure, modeOf, success, type Party, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { authorSpeciality } from '#shared/terminology/index.ts'
import { rawXml, xml, type Markup } from '#shared/text/xml.ts'
import type { Authentication, SigningIdentity } from '../../sign-in/index.ts'
import type { InsId } from '../port.ts'
import { algorithms, canonical } from './canonical.ts'
import { distinguishedName } from './distinguished-name.ts'
import { insCx } from './hl7-values.ts'
import { ns } from './namespaces.ts'

/** What one VIHF says. Instants are milliseconds since the epoch. */
export interface VihfClaims {
  readonly party: Party
  /** `null` when the call concerns no patient in particular (TD0.4). */
  readonly ins: InsId | null
  /** Assertion ID; must be new for each message and begin with a letter or `_`. */
  readonly id: string
  readonly issuedAt: number
  readonly authentication: Authentication
  readonly software: { readonly name: string; readonly version: string }
}

const professionSystem = '1.2.250.1.71.1.2.7'
const specialitySystem = '1.2.250.1.71.4.2.5'
const sectorSystem = '1.2.250.1.71.4.2.4'
const automateSystem = '1.2.250.1.213.1.1.4.6'

function attribute(name: string, ...values: readonly Markup[]): Markup {
  return xml`<saml2:Attribute Name="${name}">${values}</saml2:Attribute>`
}

function text(name: string, value: string): Markup {
  return attribute(name, xml`<saml2:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xsi:type="xs:string">${value}</saml2:AttributeValue>`)
}

function role(code: string, codeSystem: string, displayName: string): Markup {
  return xml`<saml2:AttributeValue><Role xmlns="${ns.hl7}" xsi:type="CE" code="${code}" codeSystem="${codeSystem}" displayName="${displayName}"/></saml2:AttributeValue>`
}

/** Profession, then know-how when there is one: the record refuses a doctor without it. A program is an automate; staff have the role of the configuration. */
function roles(party: Party, { staffRole }: RecordConfig['vihf']): Markup[] {
  if (party.kind === 'structure') return [role('AUTOMATE', automateSystem, 'Automate')]
  if (party.kind === 'staff') return [role(staffRole.code, staffRole.system, staffRole.label)]
  const { profession, specialty } = party.professional
  const name = authorSpeciality(profession).label
  const first = role(profession, professionSystem, name)
  if (specialty === undefined) return [first]
  const { code, label } = authorSpeciality(profession, specialty)
  // A know-how the national list does not word is shown by its code.
  if (label === code || !code.endsWith(`/${specialty}`)) return [first, role(specialty, specialitySystem, specialty)]
  return [first, role(specialty, specialitySystem, label.startsWith(`${name} - `) ? label.slice(name.length + 3) : label)]
}

/** How the record is entered; `null` when the configuration does not know this record's code for it. */
function purposeOfUse(party: Party, { purposes }: RecordConfig['vihf']): Markup | null {
  const mode = modeOf(party)
  const said = mode === 'normal' ? { code: 'normal', label: 'Accès normal' } : purposes[mode]
  return said
    ? xml`<saml2:AttributeValue><PurposeOfUse xmlns="${ns.hl7}" xsi:type="CE" code="${said.code}" codeSystem="1.2.250.1.213.1.1.4.248" codeSystemName="mode acces VIHF 2.0" displayName="${said.label}"/></saml2:AttributeValue>`
    : null
}

function statements({ party, ins, authentication, software }: VihfClaims, settings: RecordConfig['vihf'], purpose: Markup): Markup {
  const person = party.kind === 'professional' ? party.professional : party.kind === 'staff' ? party.member : null
  const nameId = person?.id ?? party.structure.responsible ?? party.structure.id
  const subject = person ? [person.given, person.family].filter(Boolean).join(' ') : `${software.name} ${software.version}`
  const declaration = authentication.contextDeclaration !== null && xml`<saml2:AuthnContextDecl>${authentication.contextDeclaration}</saml2:AuthnContextDecl>`
  return xml`<saml2:Subject><saml2:NameID>${nameId}</saml2:NameID></saml2:Subject><saml2:AuthnStatement AuthnInstant="${new Date(authentication.at).toISOString()}"><saml2:AuthnContext><saml2:AuthnContextClassRef>${authentication.contextClass}</saml2:AuthnContextClassRef>${declaration}</saml2:AuthnContext></saml2:AuthnStatement><saml2:AttributeStatement>${[
    text('VIHF_Version', settings.version),
    text(settings.modeAttribute, authentication.mode),
    text('Identifiant_Structure', party.structure.id),
    text('Secteur_Activite', `${party.structure.sector}^${sectorSystem}`),
    text('urn:oasis:names:tc:xspa:1.0:subject:subject-id', subject),
    attribute('urn:oasis:names:tc:xacml:2.0:subject:role', ...roles(party, settings)),
    ins && text('urn:oasis:names:tc:xacml:2.0:resource:resource-id', insCx(ins)),
    text('Ressource_URN', 'urn:dmp'),
    attribute('urn:oasis:names:tc:xspa:1.0:subject:purposeofuse', purpose),
    party.secret === true && settings.secretConnection !== null && text('urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code', settings.secretConnection),
    text('LPS_Nom', software.name),
    text('LPS_Version', software.version),
    text('LPS_ID_HOMOLOGATION_DMP', settings.homologation),
  ]}</saml2:AttributeStatement>`
}

/**
 * Writes and signs the VIHF (SAML 2.0 assertion, dmp-interface.md 1.6): enveloped signature right after Issuer, exclusive
 * canonicalisation, the signature certificate in KeyInfo. The markup must be put into the message as it is. Values: those of
 * `SigningIdentity.sign`; `mode-not-offered` and
 * `secret-connection` for what the configuration has no code for.
 */
export async function writeVihf(claims: VihfClaims, settings: RecordConfig['vihf'], signer: SigningIdentity): Promise<Result<Markup>> {
  const purpose = purposeOfUse(claims.party, settings)
  if (!purpose) return failure('mode-not-offered')
  // Without its code it would be an ordinary call, which the representatives may see.
  if (claims.party.secret === true && settings.secretConnection === null) return failure('secret-connection')
  const hash = settings.signatureAlgorithm === 'rsa-sha1' ? 'sha1' : 'sha256'
  const issuer = distinguishedName(signer.certificate.subject)
  const head = xml`<saml2:Assertion xmlns:saml2="${ns.saml2}" xmlns:xsi="${ns.xsi}" ID="${claims.id}" IssueInstant="${new Date(claims.issuedAt).toISOString()}" Version="2.0"><saml2:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName">${issuer}</saml2:Issuer>`
  const rest = xml`${statements(claims, settings, purpose)}</saml2:Assertion>`
  const digest = createHash(hash)
    .update(canonical(head.markup + rest.markup, 'exclusive'))
    .digest('base64')
  const signedInfo = canonical(
    xml`<ds:SignedInfo xmlns:ds="${ns.ds}"><ds:CanonicalizationMethod Algorithm="${algorithms.exclusive}"/><ds:SignatureMethod Algorithm="${algorithms.signature[settings.signatureAlgorithm]}"/><ds:Reference URI="#${claims.id}"><ds:Transforms><ds:Transform Algorithm="${algorithms.enveloped}"/><ds:Transform Algorithm="${algorithms.exclusive}"/></ds:Transforms><ds:DigestMethod Algorithm="${algorithms.digest[hash]}"/><ds:DigestValue>${digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>`.markup,
    'exclusive',
  )
  const signed = await signer.sign(Buffer.from(signedInfo, 'utf8'), settings.signatureAlgorithm)
  if (!signed.ok) return signed
  const value = Buffer.from(signed.value).toString('base64')
  const signature = xml`<ds:Signature xmlns:ds="${ns.ds}">${rawXml(signedInfo)}<ds:SignatureValue>${value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${signer.certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`
  return success(xml`${head}${signature}${rest}`)
}
