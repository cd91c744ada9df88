import { createHash, verify, X509Certificate } from 'node:crypto'
import { XmlC14NMode, XmlDocument, type C14NOptions, type XmlElement } from 'libxml2-wasm'

const map = { ds: 'http://www.w3.org/2000/09/xmldsig#' }
const c14n: Record<string, Omit<C14NOptions, 'isVisible' | 'nodeSet'>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { mode: XmlC14NMode.XML_C14N_1_0, withComments: true },
  'http://www.w3.org/2001/10/xml-exc-c14n#': { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: false },
}

function text(from: XmlElement, xpath: string): string {
  const found = from.get(xpath, map)
  if (!found) throw new Error(`missing ${xpath}`)
  return found.content
}

function hashOf(algorithm: string): string {
  return algorithm.endsWith('sha256') ? 'sha256' : 'sha1'
}

/**
 * Verifies an XML-DSig independently of the code that writes it: subtrees canonicalised in place by libxml2, digests and
 * signature by OpenSSL. Gives the ids covered; throws when anything does not hold.
 */
export function verifyXmlSignature(bytes: Uint8Array): { covered: string[]; certificate: X509Certificate } {
  const document = XmlDocument.fromBuffer(bytes)
  try {
    const signature = document.get('//ds:Signature', map) as XmlElement
    const info = signature.get('./ds:SignedInfo', map) as XmlElement
    const certificate = new X509Certificate(Buffer.from(text(signature, './ds:KeyInfo/ds:X509Data/ds:X509Certificate'), 'base64'))
    const canonicalInfo = info.canonicalizeToString(c14n[text(info, './ds:CanonicalizationMethod/@Algorithm')] ?? {})
    const value = Buffer.from(text(signature, './ds:SignatureValue'), 'base64')
    if (!verify(hashOf(text(info, './ds:SignatureMethod/@Algorithm')), Buffer.from(canonicalInfo), certificate.publicKey, value)) throw new Error('signature value')

    const covered = (info.find('./ds:Reference', map) as XmlElement[]).map((reference) => {
      const id = text(reference, './@URI').slice(1)
      const transforms = (reference.find('./ds:Transforms/ds:Transform/@Algorithm', map) ?? []).map((each) => each.content)
      const mode = transforms.flatMap((each) => c14n[each] ?? [])[0]
      return { id, mode, enveloped: transforms.some((each) => each.endsWith('#enveloped-signature')), hash: hashOf(text(reference, './ds:DigestMethod/@Algorithm')), expected: text(reference, './ds:DigestValue') }
    })
    if (covered.some((each) => each.enveloped)) signature.remove()
    for (const { id, mode, hash, expected } of covered) {
      const target = document.get(`//*[@Id='${id}' or @ID='${id}']`) as XmlElement
      const digest = createHash(hash).update(target.canonicalizeToString(mode ?? {})).digest('base64')
      if (digest !== expected) throw new Error(`digest of ${id}`)
    }
    return { covered: covered.map(({ id }) => id), certificate }
  } finally {
    document.dispose()
  }
}

/** What the manifest of a lot signature names, with its digests, in order. */
export function manifestDigests(signature: Uint8Array): [uri: string, digest: string][] {
  using document = XmlDocument.fromBuffer(signature)
  return (document.find('//ds:Manifest/ds:Reference', map) as XmlElement[]).map((each) => [text(each, './@URI'), text(each, './ds:DigestValue')])
}

/** SHA-1 in base64 of a document's C14N with comments. */
export function formDigest(bytes: Uint8Array): string {
  using document = XmlDocument.fromBuffer(bytes)
  return createHash('sha1').update(document.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_1_0, withComments: true })).digest('base64')
}
