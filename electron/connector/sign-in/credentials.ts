import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Party, Result } from '#shared/contract/index.ts'

/** PKCS#1 v1.5 over this digest: what the record's guides ask of a VIHF and of a lot. */
export type SignatureAlgorithm = 'rsa-sha256' | 'rsa-sha1'

/** What signs the VIHF and the lot: the signature certificate, never the one of the TLS link (dmp-interface.md trap 3). */
export interface SigningIdentity {
  readonly certificate: X509Certificate
  /** Signs bytes with the key of `certificate`, wherever it is. Values: what stops a card, `card-removed` first. */
  sign(data: Uint8Array, algorithm: SignatureAlgorithm): Promise<Result<Uint8Array>>
}

/** A key in memory; PEM, the leaf first. */
export interface SoftwareTlsIdentity {
  readonly kind: 'software'
  readonly key: string
  readonly certificateChain: string
  readonly certificate: X509Certificate
}

/** A key that stays on its card: the handshake is made for us, and the connection given only once it is done. */
export interface FrontedTlsIdentity {
  readonly kind: 'front'
  readonly certificate: X509Certificate
  /**
   * A connection to the origin of `url`, its server checked, not one byte of a request sent. Rejects with an `Error` whose
   * `code` `failureOfTransport` reads.
   */
  readonly connect: (url: string, timeoutMs: number) => Promise<Socket>
}

/** The certificate shown in the TLS handshake. The object stays the same as long as its connections may be kept. */
export type TlsIdentity = SoftwareTlsIdentity | FrontedTlsIdentity

/**
 * What the VIHF says of how its subject was authenticated (dmp-interface.md 1.5, 1.6). A CPE is taken for DIRECTE, as its holder's own card signs and
 * connects; no sample of it is public.
 */
export interface Authentication {
  readonly mode: 'DIRECTE' | 'INDIRECTE' | 'INDIRECTE_RENFORCEE'
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly contextClass: string
  /** `AuthnContextDecl`, in reinforced indirect mode alone. */
  readonly contextDeclaration: string | null
}

/** Everything one party needs to speak to the record. */
export interface PartyCredentials {
  /** Stable name of whose certificates these are, for keeping one set of connections each. */
  readonly partyKey: string
  readonly tls: TlsIdentity
  readonly signature: SigningIdentity
  readonly authentication: Authentication
}

/** The means of a record's parties. */
export interface Credentials {
  /**
   * Means of a party at an instant (milliseconds since the epoch): the professional's or the member of staff's own (DIRECTE), the
   * structure's (INDIRECTE), or the structure's for a professional who has signed in (INDIRECTE_RENFORCEE). Values: `certificate-missing`
   * (no line for it, unreadable file, wrong passphrase, no RSA key), `certificate-expired` (also when not valid yet), and the
   * codes of `signInState`.
   */
  forParty(party: Party, at: number): Promise<Result<PartyCredentials>>
}

/** SAML classes of authentication (SAML 2.0 Authentication Context). */
export const authenticationClasses = {
  card: 'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
  certificate: 'urn:oasis:names:tc:SAML:2.0:ac:classes:TLSClient',
} as const

/** Names a party by kind and national identifier; two exercise situations of a professional share their card. */
export function partyKeyOf(party: Party): string {
  if (party.kind === 'structure') return `structure:${party.structure.id}`
  return party.kind === 'staff' ? `staff:${party.member.id}` : `professional:${party.professional.id}`
}
