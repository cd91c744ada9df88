import { generateKeyPairSync } from 'node:crypto'
import forge from 'node-forge'

/** A throw-away authority for tests; nothing outside `*.test.ts` uses it. */
export interface TestAuthority {
  readonly pem: string
  /** A certificate of this authority: `pfx` for a client, `key` and `cert` for a server. */
  issue(options: IssueOptions): { pfx: Buffer; key: string; cert: string }
}

export interface IssueOptions {
  readonly commonName: string
  readonly passphrase?: string
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly dnsName?: string
  /** Cipher of the PKCS#12: `3des` is what old tools write. */
  readonly cipher?: 'aes256' | '3des'
}

const day = 86_400_000
let serial = 0x51a0

function keyPair(): { privateKey: forge.pki.rsa.PrivateKey; publicKey: forge.pki.rsa.PublicKey } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const forgeKey = forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs1', format: 'pem' }) as string)
  return { privateKey: forgeKey, publicKey: forge.pki.setRsaPublicKey(forgeKey.n, forgeKey.e) }
}

function blank(publicKey: forge.pki.rsa.PublicKey, commonName: string, notBefore: Date, notAfter: Date): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = publicKey
  certificate.serialNumber = (serial += 1).toString(16).padStart(6, '0')
  certificate.validity.notBefore = notBefore
  certificate.validity.notAfter = notAfter
  certificate.setSubject([
    { name: 'countryName', value: 'FR' },
    { name: 'organizationName', value: 'Essai, Médecins' , valueTagClass: forge.asn1.Type.UTF8 as never },
    { name: 'commonName', value: commonName },
  ])
  return certificate
}

/** Makes a new authority with its own key. */
export function createTestAuthority(name = 'Autorité de test'): TestAuthority {
  const authorityKeys = keyPair()
  const authority = blank(authorityKeys.publicKey, forge.util.encodeUtf8(name), new Date(Date.now() - day), new Date(Date.now() + 30 * day))
  authority.setIssuer(authority.subject.attributes)
  authority.setExtensions([{ name: 'basicConstraints', cA: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true }])
  authority.sign(authorityKeys.privateKey, forge.md.sha256.create())
  return {
    pem: forge.pki.certificateToPem(authority),
    issue({ commonName, passphrase = 'secret', notBefore = new Date(Date.now() - day), notAfter = new Date(Date.now() + day), dnsName, cipher = 'aes256' }) {
      const keys = keyPair()
      const certificate = blank(keys.publicKey, commonName, notBefore, notAfter)
      certificate.setIssuer(authority.subject.attributes)
      certificate.setExtensions([
        { name: 'keyUsage', digitalSignature: true, nonRepudiation: true, keyEncipherment: true },
        ...(dnsName ? [{ name: 'subjectAltName', altNames: [{ type: 2, value: dnsName }, { type: 7, ip: '127.0.0.1' }] }] : []),
      ])
      certificate.sign(authorityKeys.privateKey, forge.md.sha256.create())
      const container = forge.pkcs12.toPkcs12Asn1(keys.privateKey, [certificate, authority], passphrase, { algorithm: cipher })
      return {
        pfx: Buffer.from(forge.asn1.toDer(container).getBytes(), 'binary'),
        key: forge.pki.privateKeyToPem(keys.privateKey),
        cert: forge.pki.certificateToPem(certificate),
      }
    },
  }
}
