import { XmlElement, XmlText } from 'libxml2-wasm'
import { failure, success, type Result } from '#shared/contract/index.ts'
import { clinicalDocumentOf, hl7Namespace, withXml } from './xml-document.ts'

/** An element copied out of the parser: attributes by local name, elements and text in their order. Plain data. */
export interface CdaElement {
  readonly name: string
  /** False for an element of an extension, whose local names repeat those of HL7. */
  readonly hl7: boolean
  readonly attributes: Readonly<Record<string, string>>
  readonly nodes: readonly (CdaElement | string)[]
}

/** More elements than any document a person or a laboratory writes; a document of a few MB of tags would fill the memory. */
const mostElements = 400_000

/** What no clinical reader asks: who and where people are, and the numbers of entries, which repeat and are no key. */
const unread = new Set(['id', 'addr', 'telecom', 'recordTarget', 'custodian', 'legalAuthenticator', 'dataEnterer', 'informant'])

/** Deeper than any clinical statement; well below what the stack holds. */
const deepest = 240

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
    let count = 0
    function copy(element: XmlElement, depth: number): CdaElement | null {
      count += 1
      if (depth > deepest || count > mostElements) return null
      const attributes: Record<string, string> = Object.create(null) as Record<string, string>
      for (const { name, value } of element.attrs) attributes[name] = value.replace(/\s+/g, ' ').trim()
      const nodes: (CdaElement | string)[] = []
      const binary = attributes['representation'] === 'B64'
      for (let node = binary ? null : element.firstChild; node !== null; node = node.next) {
        if (node instanceof XmlElement) {
          if (unread.has(node.name)) continue
          const child = copy(node, depth + 1)
          if (child === null) return null
          nodes.push(child)
        } else if (node instanceof XmlText) {
          const text = node.content
          if (text.trim() !== '') nodes.push(text)
        }
      }
      return { name: element.name, hl7: element.namespaceUri === hl7Namespace, attributes, nodes }
    }
    const tree = copy(found.document, 0)
    return tree === null ? failure('xml-too-deep') : success(tree)
  })
}
