import type { KeyObject, X509Certificate } from 'node:crypto'
import type { Party, Result } from '#shared/contract/index.ts'

/** What signs the VIHF and the lot: the signature certificate, never the one of the TLS link (dmp-interface.md trap 3). */
export interface SigningIdentity {
  readonly privateKey: KeyObject
  readonly certificate: X509Certificate
}

/** The certificate shown in the TLS handshake; PEM, the leaf first. */
export interface TlsIdentity {
  readonly key: string
  readonly certificateChain: string
  readonly certificate: X509Certificate
}

/** Everything one party needs to speak to the record. */
export interface PartyCredentials {
  /** Stable name of the party, for keeping one set of connections each. */
  readonly partyKey: string
  readonly tls: TlsIdentity
  readonly signature: SigningIdentity
}

/** The certificates of a record's parties, read once. */
export interface Credentials {
  /**
   * Certificates of a party at an instant (milliseconds since the epoch): the professional's own (DIRECTE) or the
   * structure's (INDIRECTE). Values: `certificate-missing` (no line for it, unreadable file, wrong passphrase, no RSA key),
   * `certificate-expired` (also when not valid yet).
   */
  forParty(party: Party, at: number): Result<PartyCredentials>
}

/** Names a party by kind and national identifier; two exercise situations of a professional share their card. */
export function partyKeyOf(party: Party): string {
  return party.kind === 'professional' ? `professional:${party.professional.id}` : `structure:${party.structure.id}`
}
