import { XmlElement, type XmlNode } from 'libxml2-wasm'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { readSerialised, type CdaElement } from './read-serialised.ts'
import { clinicalDocumentOf, utf16Of, withXml } from './xml-document.ts'

/** What no clinical reader asks: who and where people are, and the numbers of entries, which repeat and are no key. */
const unread = new Set(['id', 'addr', 'telecom', 'recordTarget', 'custodian', 'legalAuthenticator', 'dataEnterer', 'informant'])

/** Deeper than any clinical statement, well below what the stack holds; more elements than any document a person or a laboratory writes. */
const limits = { deepest: 240, mostElements: 400_000 }

function empty(elements: readonly XmlNode[]): void {
  for (const element of elements) {
    if (!(element instanceof XmlElement)) continue
    for (let node = element.firstChild; node !== null; node = element.firstChild) node.remove()
  }
}

/**
 * The `ClinicalDocument` of a file as plain data, for readers that look at a node many times: each look into the parser
 * costs more than the copy. Attachments in base64, ids, addresses and the
 * header's persons other than authors are left out. Fails like `readCdaHeader`, and with `xml-too-deep` for a
 * document beyond what is read (240 levels, 400,000 elements).
 */
export function readElementTree(bytes: Uint8Array): Result<CdaElement> {
  return withXml(bytes, (root) => {
    const found = clinicalDocumentOf(root)
    if (found === null) return failure('format-unknown', { detail: 'no ClinicalDocument' })
    // Attachments are most of many a document; the question costs, so only where the answer may be yes.
    if (utf16Of(bytes) !== null || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('B64')) empty(found.document.find('.//*[@representation="B64"]'))
    const tree = readSerialised(found.document.toString({ format: false }), found.document.namespaces, { unread, ...limits })
    return tree === null ? failure('xml-too-deep') : success(tree)
  }, { blanks: 'dropped' })
}
