import { createHash } from 'node:crypto'
import type { XmlDocument } from 'libxml2-wasm'
import type { CertificateFacts } from './certificates.ts'
import type { XmlTree } from './xml-reading.ts'
import { at, canonicalBytes, canonicalisations, childrenOf, digestOf, treeOf, withXml, XmlRefused } from './xml-reading.ts'
import { signatureNamespace, verifySignature } from './xml-signature.ts'

const xadesNamespace = 'http://uri.etsi.org/01903/v1.1.1#'

/** What a lot signature vouches for, once its cryptography holds. */
export interface LotSignature {
  readonly signer: CertificateFacts
  /** Manifest: OID of each item, with its digest to compare. */
  readonly manifest: readonly ManifestReference[]
}

export interface ManifestReference {
  readonly oid: string
  readonly tree: XmlTree
}

function descendants(tree: XmlTree, name: string, namespace: string): XmlTree[] {
  return tree.children.flatMap((child) => [...(child.name === name && child.namespace === namespace ? [child] : []), ...descendants(child, name, namespace)])
}

/**
 * Reads and verifies the signature of a lot (dmp-interface.md section 2.9): enveloping `ds:Signature` that covers the IHE manifest
 * and the XAdES signed properties. Throws `XmlRefused` with the reason.
 */
export function readLotSignature(bytes: Uint8Array, readCertificate: (der: Uint8Array) => CertificateFacts | null): LotSignature {
  return withXml(bytes, (document) => {
    const tree = treeOf(document.root)
    const manifests = descendants(tree, 'Manifest', signatureNamespace)
    const manifest = manifests[0]
    if (!manifest || manifests.length !== 1 || manifest.attributes['Id'] !== 'IHEManifest') throw new XmlRefused('manifeste IHEManifest absent ou multiple')
    const properties = descendants(tree, 'SignedProperties', xadesNamespace)[0]
    if (!properties) throw new XmlRefused('SignedProperties (XAdES 1.1.1) absentes')
    const { signer, covered } = verifySignature(document, document.root, readCertificate)
    if (!covered.includes('IHEManifest')) throw new XmlRefused('le manifeste n’est pas signé')
    if (!covered.includes(properties.attributes['Id'] ?? '')) throw new XmlRefused('les SignedProperties ne sont pas signées')
    const signature = at(properties, 'SignedSignatureProperties')
    if (!/^\d{4}-\d\d-\d\dT/.test(at(signature, 'SigningTime')?.text.trim() ?? '')) throw new XmlRefused('SigningTime absent')
    const certificate = at(signature, 'SigningCertificate', 'Cert', 'CertDigest')
    const method = at(certificate, 'DigestMethod')?.attributes['Algorithm'] ?? ''
    if (at(certificate, 'DigestValue')?.text.trim() !== digestOf(signer.der, method)) throw new XmlRefused('SigningCertificate ne désigne pas le certificat de signature')
    return {
      signer,
      manifest: childrenOf(manifest, 'Reference', signatureNamespace).map((reference) => ({ oid: (reference.attributes['URI'] ?? '').replace(/^urn:oid:/, ''), tree: reference })),
    }
  })
}

/** True when the manifest's digest is the one of these bytes (or of the parsed document, when the reference canonicalises it). */
export function matchesManifest(reference: ManifestReference, bytes: Uint8Array, document: XmlDocument): boolean {
  const algorithms = childrenOf(at(reference.tree, 'Transforms'), 'Transform').map((one) => one.attributes['Algorithm'] ?? '')
  const canonical = algorithms.find((name) => canonicalisations[name])
  if (algorithms.some((name) => !canonicalisations[name])) return false
  const expected = at(reference.tree, 'DigestValue')?.text.replace(/\s+/g, '') ?? ''
  return expected === digestOf(canonical === undefined ? bytes : canonicalBytes(document, canonical), at(reference.tree, 'DigestMethod')?.attributes['Algorithm'] ?? '')
}

/** SHA-1 of the exact bytes, lower-case hexadecimal: XDS `hash`. */
export function xdsHash(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('hex')
}
