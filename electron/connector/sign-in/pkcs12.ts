import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import forge from 'node-forge'

/** A private key with its certificate and the certificates that lead to its authority. */
export interface Pkcs12 {
  readonly privateKey: KeyObject
  readonly certificate: X509Certificate
  readonly chain: readonly X509Certificate[]
}

/** Why a file gives no identity; never holds the passphrase. */
export type Pkcs12Problem = 'not-pkcs12' | 'wrong-passphrase' | 'no-private-key' | 'no-certificate'

const bags = forge.pki.oids

function der(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'binary')
}

/**
 * Reads an RSA identity from PKCS#12 bytes, old ciphers included (OpenSSL 3 alone refuses RC2 files that authorities still
 * hand out). The certificate taken is the one whose public key matches the private key.
 */
export function readPkcs12(bytes: Uint8Array, passphrase: string): Pkcs12 | Pkcs12Problem {
  let container: forge.asn1.Asn1
  try {
    container = forge.asn1.fromDer(Buffer.from(bytes).toString('binary'))
  } catch {
    return 'not-pkcs12'
  }
  let file: forge.pkcs12.Pkcs12Pfx
  try {
    file = forge.pkcs12.pkcs12FromAsn1(container, passphrase)
  } catch (error) {
    return /MAC|password|decrypt/i.test(String(error)) ? 'wrong-passphrase' : 'not-pkcs12'
  }
  const bagsOf = (type: string | undefined) => (type === undefined ? [] : (file.getBags({ bagType: type })[type] ?? []))
  const keyBag = [...bagsOf(bags['pkcs8ShroudedKeyBag']), ...bagsOf(bags['keyBag'])].find((bag) => bag.key)
  if (!keyBag?.key) return 'no-private-key'
  const privateKey = createPrivateKey(forge.pki.privateKeyToPem(keyBag.key))
  const certificates = bagsOf(bags['certBag']).flatMap((bag) => {
    const asn1 = bag.asn1 ?? (bag.cert && forge.pki.certificateToAsn1(bag.cert))
    return asn1 ? [new X509Certificate(der(asn1))] : []
  })
  const certificate = certificates.find((candidate) => candidate.checkPrivateKey(privateKey))
  if (!certificate) return 'no-certificate'
  return { privateKey, certificate, chain: certificates.filter((other) => other !== certificate) }
}
