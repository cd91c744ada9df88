import type { XmlDocument, XmlElement } from 'libxml2-wasm'
import type { CertificateFacts } from './certificates.ts'
import { FaultRaised } from './refusal.ts'
import { securityNamespace, soapNamespace } from './soap.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, childrenOf, XmlRefused } from './xml-reading.ts'
import { signatureNamespace, verifySignature } from './xml-signature.ts'

export const samlNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion'
const names = {
  subject: 'urn:oasis:names:tc:xspa:1.0:subject:subject-id',
  role: 'urn:oasis:names:tc:xacml:2.0:subject:role',
  patient: 'urn:oasis:names:tc:xacml:2.0:resource:resource-id',
  purpose: 'urn:oasis:names:tc:xspa:1.0:subject:purposeofuse',
  confidentiality: 'urn:oasis:names:tc:xspa:1.0:resource:patient:hl7:confidentiality-code',
} as const
/** Ways of entering by their `PurposeOfUse`. Only `normal` is public: the two others are this record's own, told in `record.json`. */
export const trainingPurposes = { 'break-glass': { code: 'brisDeGlace', label: 'Accès bris de glace' }, regulation: { code: 'urgence', label: 'Accès centre de régulation' } } as const
/** The confidentiality code of a secret connection; this record's own too. */
export const trainingSecretConnection = 'CONNEXION_SECRETE'
const entries = { normal: 'normal', [trainingPurposes['break-glass'].code]: 'break-glass', [trainingPurposes.regulation.code]: 'regulation' } as const
const modes = ['DIRECTE', 'INDIRECTE', 'INDIRECTE_RENFORCEE'] as const

/** The identity a request speaks with, once read (dmp-interface.md section 1.6). */
export interface Vihf {
  readonly mode: (typeof modes)[number]
  /** By a CPE: its certificates say so, not the assertion. */
  readonly byStaff: boolean
  /** How the record is entered. */
  readonly entry: 'normal' | 'break-glass' | 'regulation'
  /** By a minor's secret connection. */
  readonly secret: boolean
  readonly nameId: string
  readonly structure: string
  readonly sector: string
  readonly roles: readonly { readonly code: string; readonly codeSystem: string }[]
  /** `resource-id`: CX of the patient; `null` when the request concerns nobody in particular. */
  readonly patientId: string | null
  readonly issueInstant: number
}

const refuse = (text: string): never => {
  throw new FaultRaised('DMPInvalidVIHF', text)
}

/** Reads the only assertion of the security header; every mandatory attribute must be there and well formed. Throws `FaultRaised`. */
export function readVihf(security: readonly XmlTree[]): Omit<Vihf, 'byStaff'> {
  const assertions = security.filter((one) => one.name === 'Assertion' && one.namespace === samlNamespace)
  const assertion = assertions[0]
  if (!assertion || security.length !== 1) throw new FaultRaised('DMPInvalidVIHF', 'VIHF absent ou multiple')
  if (assertion.attributes['Version'] !== '2.0') refuse('VIHF : version SAML 2.0 attendue')
  if (!/^[A-Za-z_][\w.-]*$/.test(assertion.attributes['ID'] ?? '')) refuse('VIHF : ID absent ou mal formé')
  const instant = assertion.attributes['IssueInstant'] ?? ''
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(instant)) refuse('VIHF : IssueInstant en UTC attendu')
  const issuer = at(assertion, 'Issuer')
  if (issuer?.attributes['Format'] !== 'urn:oasis:names:tc:SAML:1.1:nameid-format:X509SubjectName') refuse('VIHF : format de Issuer attendu X509SubjectName')
  const order = assertion.children.map((child) => child.name)
  if (order[1] !== 'Signature') refuse('VIHF : la signature suit Issuer')
  const nameId = at(assertion, 'Subject', 'NameID')?.text.trim() ?? ''
  if (nameId === '') refuse('VIHF : NameID absent')
  const statement = at(assertion, 'AuthnStatement')
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(statement?.attributes['AuthnInstant'] ?? '')) refuse('VIHF : AuthnInstant absent')
  const context = at(statement, 'AuthnContext')
  if (!(at(context, 'AuthnContextClassRef')?.text.trim() ?? '').startsWith('urn:oasis:names:tc:SAML:2.0:ac:classes:')) refuse('VIHF : AuthnContextClassRef absent')

  const attributes = childrenOf(at(assertion, 'AttributeStatement'), 'Attribute', samlNamespace)
  const valuesOf = (name: string): XmlTree[] => {
    const found = attributes.filter((attribute) => attribute.attributes['Name'] === name)
    if (found.length > 1) refuse(`VIHF : attribut répété : ${name}`)
    return childrenOf(found[0], 'AttributeValue', samlNamespace)
  }
  const text = (name: string): string => valuesOf(name)[0]?.text.trim() ?? ''
  const required = (name: string): string => text(name) || refuse(`VIHF : attribut obligatoire absent : ${name}`)

  if (!/^\d\.\d$/.test(required('VIHF_Version'))) refuse('VIHF_Version mal formée')
  const mode = modes.find((known) => known === (text('Authentification_mode') || text('Authentification_Mode')))
  if (!mode) throw new FaultRaised('DMPInvalidVIHF', "VIHF : mode d'authentification absent ou inconnu")
  if (mode !== 'DIRECTE') required(names.subject)
  if (mode === 'INDIRECTE_RENFORCEE' && !at(context, 'AuthnContextDecl')) refuse('VIHF : AuthnContextDecl attendu en mode INDIRECTE_RENFORCEE')
  if (required('Ressource_URN') !== 'urn:dmp') refuse('VIHF : Ressource_URN attendu : urn:dmp')
  for (const name of ['LPS_Nom', 'LPS_Version', 'LPS_ID_HOMOLOGATION_DMP']) required(name)
  const purpose = at(valuesOf(names.purpose)[0], 'PurposeOfUse')
  const entry = Object.entries(entries).find(([code]) => code === purpose?.attributes['code'])?.[1]
  if (!entry || purpose?.attributes['codeSystem'] !== '1.2.250.1.213.1.1.4.248') throw new FaultRaised('DMPInvalidVIHF', "VIHF : mode d'accès (PurposeOfUse) absent ou inconnu")
  const sector = /^(SA\d\d)\^1\.2\.250\.1\.71\.4\.2\.4$/.exec(required('Secteur_Activite'))?.[1] ?? refuse("VIHF : secteur d'activité mal formé")
  const roles = valuesOf(names.role).map((value) => {
    const role = at(value, 'Role')
    return { code: role?.attributes['code'] ?? '', codeSystem: role?.attributes['codeSystem'] ?? '' }
  })
  if (roles.length === 0 || roles.length > 2 || roles.some((role) => role.code === '' || role.codeSystem === '')) refuse('VIHF : rôle absent ou mal formé')
  const confidentiality = text(names.confidentiality)
  if (confidentiality !== '' && confidentiality !== trainingSecretConnection) refuse('VIHF : confidentiality-code inconnu')
  return { mode, entry, secret: confidentiality !== '', nameId, structure: required('Identifiant_Structure'), sector, roles, patientId: text(names.patient) || null, issueInstant: Date.parse(instant) }
}

/** Verifies the assertion's own signature inside the envelope and gives who signed. Throws `FaultRaised`. */
export function verifyVihf(document: XmlDocument, readCertificate: (der: Uint8Array) => CertificateFacts | null): CertificateFacts {
  const map = { s: soapNamespace, w: securityNamespace, a: samlNamespace, d: signatureNamespace }
  const assertion = document.get('/s:Envelope/s:Header/w:Security/a:Assertion', map) as XmlElement | null
  const signature = document.get('/s:Envelope/s:Header/w:Security/a:Assertion/d:Signature', map) as XmlElement | null
  const id = assertion?.attr('ID')?.value
  if (!assertion || id === undefined) throw new FaultRaised('DMPInvalidVIHF', 'VIHF absent ou multiple')
  if (!signature) throw new FaultRaised('DMPInvalidVIHF', 'VIHF non signé')
  const commonNameOfIssuer = /(?:^|,)\s*CN=([^,+]+)/i.exec(assertion.find('a:Issuer', map)[0]?.content ?? '')?.[1]?.trim()
  try {
    const { signer, covered } = verifySignature(document, signature, readCertificate)
    if (covered.length !== 1 || covered[0] !== id) throw new XmlRefused("la signature doit couvrir l'assertion et elle seule")
    if (commonNameOfIssuer !== signer.commonName) throw new XmlRefused("Issuer n'est pas le titulaire du certificat de signature")
    return signer
  } catch (error) {
    if (error instanceof XmlRefused) throw new FaultRaised('DMPInvalidVIHF', `Signature du VIHF invalide : ${error.message}`)
    throw error
  }
}
