import { X509Certificate, createHash } from 'node:crypto'
import forge from 'node-forge'

/** What this record looks at in a certificate. `commonName` is the national identifier of the party. */
export interface CertificateFacts {
  readonly certificate: X509Certificate
  readonly commonName: string
  readonly use: 'tls' | 'signature' | 'other'
  /** Of a CPE: a card of staff (type 2 of TRE_G02). */
  readonly isStaffCard: boolean
  readonly der: Buffer
}

/** Extended key usages: TLS client authentication, and document signature (e-mail protection, as on the cards). */
const tlsClientUsage = '1.3.6.1.5.5.7.3.2'
const signatureUsage = '1.3.6.1.5.5.7.3.4'

/** Extension of the cards' certificates that says their type, one small integer; what it holds for a CPE. */
export const cardTypeExtension = '1.2.250.1.71.1.2.2'
export const staffCardType = Buffer.from([0x02, 0x01, 0x02])

/** Reads certificates of one authority, remembering those it has seen: a practice has a handful of them. */
export function certificateReader(authority: X509Certificate): (der: Uint8Array) => CertificateFacts | null {
  const seen = new Map<string, CertificateFacts | null>()
  return (der) => {
    const key = createHash('sha256').update(der).digest('base64')
    const known = seen.get(key)
    if (known !== undefined) return known
    const facts = readFacts(der, authority)
    if (seen.size >= 1000) seen.clear()
    seen.set(key, facts)
    return facts
  }
}

function readFacts(der: Uint8Array, authority: X509Certificate): CertificateFacts | null {
  try {
    const certificate = new X509Certificate(der)
    if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return null
    const parsed = forge.pki.certificateFromAsn1(forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(der).toString('binary'))))
    const keyUsage = parsed.getExtension('keyUsage') as { nonRepudiation?: boolean; digitalSignature?: boolean } | null
    const extended = certificate.keyUsage ?? []
    const use = extended.includes(tlsClientUsage) ? 'tls' : keyUsage?.nonRepudiation === true && extended.includes(signatureUsage) ? 'signature' : 'other'
    const cardType = (parsed.extensions as readonly { id?: unknown; value?: unknown }[]).find(({ id }) => id === cardTypeExtension)?.value
    const isStaffCard = typeof cardType === 'string' && Buffer.from(cardType, 'binary').equals(staffCardType)
    const commonName = parsed.subject.getField('CN') as { value?: unknown } | null
    return { certificate, commonName: typeof commonName?.value === 'string' ? commonName.value : '', use, isStaffCard, der: Buffer.from(der) }
  } catch {
    return null
  }
}

/** True while `now` (milliseconds since the epoch) is within the certificate's validity. */
export function isInForce(facts: CertificateFacts, now: number): boolean {
  return now >= facts.certificate.validFromDate.getTime() && now <= facts.certificate.validToDate.getTime()
}
