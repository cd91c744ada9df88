import { createHash } from 'node:crypto'
import { XmlC14NMode, XmlDocument, type C14NOptions } from 'libxml2-wasm'
import { withXml } from './parse-xml.ts'

/** Algorithm names of XML-DSig as the messages write them. */
export const algorithms = {
  c14nWithComments: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  digest: { sha1: 'http://www.w3.org/2000/09/xmldsig#sha1', sha256: 'http://www.w3.org/2001/04/xmlenc#sha256' },
  signature: { 'rsa-sha1': 'http://www.w3.org/2000/09/xmldsig#rsa-sha1', 'rsa-sha256': 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256' },
} as const

const modes = {
  inclusiveWithComments: { mode: XmlC14NMode.XML_C14N_1_0, withComments: true },
  exclusive: { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: false },
} as const satisfies Record<string, C14NOptions>

/**
 * Canonical form of markup of ours. An element taken out of its document has the same form as inside it when it declares
 * by itself the namespaces in scope there (inclusive) or those it uses (exclusive).
 */
export function canonical(markup: string, mode: keyof typeof modes): string {
  const document = XmlDocument.fromString(markup)
  try {
    return document.canonicalizeToString(modes[mode])
  } finally {
    document.dispose()
  }
}

/**
 * Digest in base64 of the C14N with comments of a whole document from outside; `null` when it is not XML we accept. The form goes to the
 * hash piece by piece: it is as large as the document and nobody needs it.
 */
export function canonicalDigest(bytes: Uint8Array, digest: keyof typeof algorithms.digest): string | null {
  const hash = createHash(digest)
  const toHash = {
    write(piece: Uint8Array) {
      hash.update(piece)
      return piece.byteLength
    },
    close: () => true,
  }
  return withXml(bytes, (document) => {
    document.canonicalize(toHash, modes.inclusiveWithComments)
    return hash.digest('base64')
  })
}
