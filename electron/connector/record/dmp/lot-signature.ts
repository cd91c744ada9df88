import { createHash, type X509Certificate } from 'node:crypto'
import { failure, success, type RecordConfig, type Result } from '#shared/contract/index.ts'
import { rawXml, xml, type Markup } from '#shared/text/xml.ts'
import type { SigningIdentity } from '../../sign-in/index.ts'
import { algorithms, canonical, canonicalDigest } from './canonical.ts'
import { distinguishedName } from './distinguished-name.ts'
import { ns } from './namespaces.ts'

/** What a lot signature covers. */
export interface SignedLot {
  /** `Id` of the signature element. */
  readonly signatureId: string
  readonly setUniqueId: string
  readonly documents: readonly { readonly uniqueId: string; readonly bytes: Uint8Array }[]
  /** Milliseconds since the epoch. */
  readonly signedAt: number
}

type Settings = RecordConfig['lot']

/** Digest of nothing, as the official sample writes it: the set has no bytes of its own. */
const dummyDigest = 'AA=='
/** Purpose of signature "Source" (ASTM E1762). */
const purposeSource = '1.2.840.10065.1.12.1.14'
const ids = { manifest: 'IHEManifest', properties: 'SignedProperties01' } as const

function digest(data: string | Uint8Array, settings: Settings): string {
  return createHash(settings.digest).update(data).digest('base64')
}

/** One `ds:Reference`, with its transform when the digest is over a canonical form. */
function reference(uri: string, value: string, settings: Settings, more: { type?: string; canonical: boolean }): Markup {
  const type = more.type !== undefined && xml` Type="${more.type}"`
  const transforms = more.canonical && xml`<ds:Transforms><ds:Transform Algorithm="${algorithms.c14nWithComments}"/></ds:Transforms>`
  return xml`<ds:Reference${type} URI="${uri}">${transforms}<ds:DigestMethod Algorithm="${algorithms.digest[settings.digest]}"/><ds:DigestValue>${value}</ds:DigestValue></ds:Reference>`
}

/** The manifest: the submission set first, then each document. `null` when a document is not XML we accept. */
function writeManifest(lot: SignedLot, settings: Settings): string | null {
  const set = reference(`urn:oid:${lot.setUniqueId}`, dummyDigest, settings, { canonical: false })
  const documents: Markup[] = []
  for (const { uniqueId, bytes } of lot.documents) {
    const value = canonicalDigest(bytes, settings.digest)
    if (value === null) return null
    documents.push(reference(`urn:oid:${uniqueId}`, value, settings, { canonical: true }))
  }
  return canonical(xml`<ds:Manifest xmlns:ds="${ns.ds}" Id="${ids.manifest}">${set}${documents}</ds:Manifest>`.markup, 'inclusiveWithComments')
}

/** XAdES v1.1.1 properties: when, with which certificate, implied policy. Declares every namespace in scope where it stands. */
function writeProperties(certificate: X509Certificate, signedAt: number, settings: Settings): string {
  const method = algorithms.digest[settings.digest]
  const certificateDigest = xml`<xades:CertDigest><xades:DigestMethod Algorithm="${method}"/><xades:DigestValue>${digest(certificate.raw, settings)}</xades:DigestValue></xades:CertDigest>`
  const serialNumber = BigInt(`0x${certificate.serialNumber}`).toString()
  const issuer = xml`<xades:IssuerSerial><ds:X509IssuerName>${distinguishedName(certificate.issuer)}</ds:X509IssuerName><ds:X509SerialNumber>${serialNumber}</ds:X509SerialNumber></xades:IssuerSerial>`
  const properties = [
    xml`<xades:SigningTime>${new Date(signedAt).toISOString()}</xades:SigningTime>`,
    xml`<xades:SigningCertificate><xades:Cert>${certificateDigest}${issuer}</xades:Cert></xades:SigningCertificate>`,
    xml`<xades:SignaturePolicyIdentifier><xades:SignaturePolicyImplied/></xades:SignaturePolicyIdentifier>`,
  ]
  return canonical(
    xml`<xades:SignedProperties xmlns:xades="${ns.xades}" xmlns:ds="${ns.ds}" Id="${ids.properties}"><xades:SignedSignatureProperties>${properties}</xades:SignedSignatureProperties></xades:SignedProperties>`.markup,
    'inclusiveWithComments',
  )
}

/** What the key signs: the manifest and the properties, by their digests. */
function writeSignedInfo(manifest: string, properties: string, settings: Settings): string {
  const references = [
    reference(`#${ids.manifest}`, digest(manifest, settings), settings, { type: `${ns.ds}Manifest`, canonical: true }),
    reference(`#${ids.properties}`, digest(properties, settings), settings, { type: `${ns.xades}SignedProperties`, canonical: true }),
  ]
  return canonical(
    xml`<ds:SignedInfo xmlns:ds="${ns.ds}"><ds:CanonicalizationMethod Algorithm="${algorithms.c14nWithComments}"/><ds:SignatureMethod Algorithm="${algorithms.signature[settings.signatureAlgorithm]}"/>${references}</ds:SignedInfo>`.markup,
    'inclusiveWithComments',
  )
}

/**
 * Writes the XAdES v1.1.1 signature of a lot in IHE DSG style (dmp-interface.md 2.9): an enveloping `ds:Signature` over the
 * manifest, which names the submission set first, then each document by its canonical form (C14N with comments). The same lot,
 * settings and key give the same bytes. Values: `xml-malformed` (only CDA goes into the record) and those of
 * `SigningIdentity.sign`.
 */
export async function writeLotSignature(lot: SignedLot, settings: Settings, signer: SigningIdentity): Promise<Result<Buffer>> {
  const manifest = writeManifest(lot, settings)
  if (manifest === null) return failure('xml-malformed', { detail: 'the document is not XML without a DOCTYPE' })
  const properties = writeProperties(signer.certificate, lot.signedAt, settings)
  const signedInfo = writeSignedInfo(manifest, properties, settings)
  const signed = await signer.sign(Buffer.from(signedInfo, 'utf8'), settings.signatureAlgorithm)
  if (!signed.ok) return signed
  const value = Buffer.from(signed.value).toString('base64')

  const target = `#${lot.signatureId}`
  const objects = [
    xml`<ds:SignatureProperties><ds:SignatureProperty Id="purposeOfSignature" Target="${target}">${purposeSource}</ds:SignatureProperty></ds:SignatureProperties>`,
    rawXml(manifest),
    xml`<xades:QualifyingProperties xmlns:xades="${ns.xades}" Target="${target}">${rawXml(properties)}</xades:QualifyingProperties>`,
  ].map((content) => xml`<ds:Object>${content}</ds:Object>`)
  const keyInfo = xml`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>${signer.certificate.raw.toString('base64')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
  const signature = xml`<?xml version="1.0" encoding="UTF-8"?>
<ds:Signature xmlns:ds="${ns.ds}" Id="${lot.signatureId}">${rawXml(signedInfo)}<ds:SignatureValue>${value}</ds:SignatureValue>${keyInfo}${objects}</ds:Signature>`
  return success(Buffer.from(signature.markup, 'utf8'))
}
