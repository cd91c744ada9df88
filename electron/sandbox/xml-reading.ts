import { XmlDocument, XmlElement, ParseOption, XmlC14NMode, type XmlOutputBufferHandler } from 'libxml2-wasm'
import { createHash } from 'node:crypto'
import { utf16Mark } from '#shared/text/byte-order-mark.ts'

/** An element copied out of libxml2: local names, namespace, attributes by local name, element children and direct text. */
export interface XmlTree {
  readonly name: string
  readonly namespace: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlTree[]
  readonly text: string
}

/** Bytes that are not an XML document this record accepts. */
export class XmlRefused extends Error {}

/**
 * Refuses what comes before the root and could define entities. A DOCTYPE may stand only there, so nothing else needs to be
 * read; UTF-16 is read by its mark, other encodings whose markup is not ASCII are refused, since they would hide one.
 */
function refuseDoctype(bytes: Uint8Array): void {
  const head = bytes.subarray(0, 65_536)
  const wide = utf16Mark(head)
  let text = wide === null ? Buffer.from(head).toString('latin1') : new TextDecoder(wide).decode(head)
  if (text.startsWith('\u00ef\u00bb\u00bf')) text = text.slice(3)
  let rest = text.trimStart()
  for (;;) {
    const end = rest.startsWith('<!--') ? rest.indexOf('-->') + 3 : rest.startsWith('<?') ? rest.indexOf('?>') + 2 : 0
    if (end === 0) break
    if (end < 4) throw new XmlRefused('prologue XML non terminé')
    rest = rest.slice(end).trimStart()
  }
  if (rest.startsWith('<!')) throw new XmlRefused('déclaration DOCTYPE refusée')
  if (!/^<[A-Za-z_:\u0080-\u00ff]/.test(rest)) throw new XmlRefused("ce contenu n'est pas du XML en UTF-8")
}

/** Parses bytes and lends the document for the time of `use`; its memory is given back whatever happens. Throws `XmlRefused`. */
export function withXml<T>(bytes: Uint8Array, use: (document: XmlDocument) => T): T {
  refuseDoctype(bytes)
  let document: XmlDocument
  try {
    document = XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_HUGE })
  } catch (error) {
    throw new XmlRefused(`XML mal formé : ${error instanceof Error ? error.message.trim().slice(0, 200) : String(error)}`, { cause: error })
  }
  try {
    if (document.dtd !== null) throw new XmlRefused('déclaration DOCTYPE refusée')
    return use(document)
  } finally {
    document.dispose()
  }
}

/** Copies an element and what it holds. */
export function treeOf(element: XmlElement): XmlTree {
  const children: XmlTree[] = []
  let text = ''
  for (let node = element.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement) children.push(treeOf(node))
    else if ('content' in node && node.constructor.name !== 'XmlComment') text += node.content
  }
  const attributes: Record<string, string> = {}
  for (const attribute of element.attrs) attributes[attribute.name] = attribute.value
  return { name: element.name, namespace: element.namespaceUri, attributes, children, text }
}

/** Children of that local name (and namespace, when given). */
export function childrenOf(tree: XmlTree | undefined, name: string, namespace?: string): XmlTree[] {
  return (tree?.children ?? []).filter((child) => child.name === name && (namespace === undefined || child.namespace === namespace))
}

/** First element found by following local names from `tree`. */
export function at(tree: XmlTree | undefined, ...path: string[]): XmlTree | undefined {
  let current = tree
  for (const name of path) current = current?.children.find((child) => child.name === name)
  return current
}

/** Canonicalisation algorithms of XML-DSig by their identifier. */
export const canonicalisations: Readonly<Record<string, { mode: (typeof XmlC14NMode)[keyof typeof XmlC14NMode]; withComments: boolean }>> = {
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315': { mode: XmlC14NMode.XML_C14N_1_0, withComments: false },
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments': { mode: XmlC14NMode.XML_C14N_1_0, withComments: true },
  'http://www.w3.org/2001/10/xml-exc-c14n#': { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: false },
  'http://www.w3.org/2001/10/xml-exc-c14n#WithComments': { mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0, withComments: true },
  'http://www.w3.org/2006/12/xml-c14n11': { mode: XmlC14NMode.XML_C14N_1_1, withComments: false },
  'http://www.w3.org/2006/12/xml-c14n11#WithComments': { mode: XmlC14NMode.XML_C14N_1_1, withComments: true },
}

/** Canonical bytes of a document or of one of its elements. Throws `XmlRefused` on an unknown algorithm. */
export function canonicalBytes(what: XmlDocument | XmlElement, algorithm: string, inclusivePrefixes: readonly string[] = []): Buffer {
  const options = canonicalisations[algorithm]
  if (!options) throw new XmlRefused(`canonicalisation inconnue : ${algorithm}`)
  const pieces: Buffer[] = []
  const handler: XmlOutputBufferHandler = {
    write: (piece) => {
      pieces.push(Buffer.from(piece))
      return piece.byteLength
    },
    close: () => true,
  }
  what.canonicalize(handler, { ...options, ...(inclusivePrefixes.length > 0 ? { inclusiveNamespacePrefixes: [...inclusivePrefixes] } : {}) })
  return Buffer.concat(pieces)
}

/** Digest in base64, `algorithm` being an XML-DSig identifier. Throws `XmlRefused` on an unknown one. */
export function digestOf(bytes: Uint8Array, algorithm: string): string {
  const name = { 'http://www.w3.org/2000/09/xmldsig#sha1': 'sha1', 'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256', 'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512' }[algorithm]
  if (!name) throw new XmlRefused(`empreinte inconnue : ${algorithm}`)
  return createHash(name).update(bytes).digest('base64')
}
