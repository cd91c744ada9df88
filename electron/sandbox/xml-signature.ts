import { timingSafeEqual, verify } from 'node:crypto'
import type { XmlDocument} from 'libxml2-wasm'
import { XmlElement } from 'libxml2-wasm'
import type { CertificateFacts } from './certificates.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, canonicalBytes, canonicalisations, childrenOf, digestOf, treeOf, XmlRefused } from './xml-reading.ts'

export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#'
const enveloped = `${signatureNamespace}enveloped-signature`
const signatureHashes: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#rsa-sha1': 'sha1',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': 'sha512',
}

/** A signature that holds: who made it, and the identifiers of what it covers. */
export interface VerifiedSignature {
  readonly signer: CertificateFacts
  readonly covered: readonly string[]
}

function sameDigest(a: string, b: string): boolean {
  const left = Buffer.from(a.replace(/\s+/g, ''), 'base64')
  const right = Buffer.from(b, 'base64')
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Octets a reference digests: the element, minus the signature when the transform says so, canonical. */
function referencedBytes(reference: XmlTree, target: XmlElement, signature: XmlElement | null): { bytes: Buffer; detached: boolean } {
  let algorithm = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315'
  let prefixes: string[] = []
  let detached = false
  for (const transform of childrenOf(at(reference, 'Transforms'), 'Transform')) {
    const name = transform.attributes['Algorithm'] ?? ''
    if (name === enveloped && signature) {
      signature.remove()
      detached = true
    } else if (canonicalisations[name]) {
      algorithm = name
      prefixes = (at(transform, 'InclusiveNamespaces')?.attributes['PrefixList'] ?? '').split(/\s+/).filter((prefix) => prefix !== '')
    } else throw new XmlRefused(`transformation refusée : ${name}`)
  }
  return { bytes: canonicalBytes(target, algorithm, prefixes), detached }
}

function elementsById(document: XmlDocument, id: string): XmlElement[] {
  if (!/^[\w.-]+$/.test(id)) return []
  return document.root.find(`//*[@ID='${id}' or @Id='${id}' or @id='${id}']`).filter((node): node is XmlElement => node instanceof XmlElement)
}

/**
 * Verifies one `ds:Signature` of a parsed document: its value with the certificate it carries, the certificate with `readCertificate`,
 * and each reference inside the same document. Throws `XmlRefused` with the reason; whether the signer may sign is the caller's question.
 * The enveloped signature is taken out of the document on the way.
 */
export function verifySignature(document: XmlDocument, signature: XmlElement, readCertificate: (der: Uint8Array) => CertificateFacts | null): VerifiedSignature {
  const tree = treeOf(signature)
  if (tree.name !== 'Signature' || tree.namespace !== signatureNamespace) throw new XmlRefused('signature absente')
  const signedInfo = at(tree, 'SignedInfo')
  const signedInfoNode = children(signature).find((child) => child.name === 'SignedInfo')
  if (!signedInfo || !signedInfoNode) throw new XmlRefused('SignedInfo absent')
  const certificateText = at(tree, 'KeyInfo', 'X509Data', 'X509Certificate')?.text ?? ''
  const signer = readCertificate(Buffer.from(certificateText, 'base64'))
  if (!signer) throw new XmlRefused("le certificat de signature n'est pas de l'autorité de ce dossier")
  const canonicalisation = at(signedInfo, 'CanonicalizationMethod')
  const prefixes = (at(canonicalisation, 'InclusiveNamespaces')?.attributes['PrefixList'] ?? '').split(/\s+/).filter((prefix) => prefix !== '')
  const signed = canonicalBytes(signedInfoNode, canonicalisation?.attributes['Algorithm'] ?? '', prefixes)
  const hash = signatureHashes[at(signedInfo, 'SignatureMethod')?.attributes['Algorithm'] ?? '']
  if (!hash) throw new XmlRefused('algorithme de signature refusé')
  const value = Buffer.from((at(tree, 'SignatureValue')?.text ?? '').replace(/\s+/g, ''), 'base64')
  if (!verify(hash, signed, signer.certificate.publicKey, value)) throw new XmlRefused('valeur de signature fausse')
  const references = childrenOf(signedInfo, 'Reference')
  if (references.length === 0) throw new XmlRefused('la signature ne couvre rien')
  const covered: string[] = []
  let inside: XmlElement | null = signature
  for (const reference of references) {
    const uri = reference.attributes['URI'] ?? ''
    const targets = uri === '' ? [document.root] : elementsById(document, uri.replace(/^#/, ''))
    const target = targets[0]
    if (!target || targets.length !== 1) throw new XmlRefused(`référence introuvable ou ambiguë : ${uri}`)
    const { bytes, detached } = referencedBytes(reference, target, inside)
    if (detached) inside = null
    if (!sameDigest(at(reference, 'DigestValue')?.text ?? '', digestOf(bytes, at(reference, 'DigestMethod')?.attributes['Algorithm'] ?? ''))) {
      throw new XmlRefused(`empreinte fausse : ${uri}`)
    }
    covered.push(uri.replace(/^#/, ''))
  }
  return { signer, covered }
}

function children(element: XmlElement): XmlElement[] {
  const found: XmlElement[] = []
  for (let node = element.firstChild; node !== null; node = node.next) if (node instanceof XmlElement) found.push(node)
  return found
}
