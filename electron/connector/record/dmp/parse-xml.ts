import { ParseOption, XmlDocument, type XmlElement, type XmlNode } from 'libxml2-wasm'
import { utf16Mark } from '#shared/text/byte-order-mark.ts'

/** Above this size a text node may pass libxml2's 10 MB limit (a PDF inside its CDA). */
const hugeFrom = 9_000_000

/** How a DOCTYPE begins. No longer than this: beyond six characters `includes` takes twenty times as long. */
const doctype = '<!DOCT'

/**
 * Parses XML from outside, gives it to `read` and frees it, whatever happens. `null` when it is not well-formed or carries
 * a DOCTYPE: neither CDA nor SOAP has one, and entities live there. Nodes must not leave `read`.
 */
export function withXml<T>(bytes: Uint8Array, read: (document: XmlDocument) => T): T | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const wide = utf16Mark(buffer)
  // A NUL byte is never UTF-8 or Latin XML: UTF-16 without its mark would hide a DOCTYPE from the check.
  if (wide === null ? buffer.includes(doctype) || buffer.includes(0) : new TextDecoder(wide).decode(buffer).includes(doctype)) return null
  const option = bytes.length > hugeFrom ? ParseOption.XML_PARSE_HUGE : ParseOption.XML_PARSE_DEFAULT
  let document: XmlDocument
  try {
    document = XmlDocument.fromBuffer(bytes, { option })
  } catch {
    return null
  }
  try {
    return document.dtd === null ? read(document) : null
  } finally {
    document.dispose()
  }
}

/** Elements an XPath finds. */
export function elements(from: XmlNode, xpath: string, namespaces: Record<string, string>): XmlElement[] {
  return from.find(xpath, namespaces) as XmlElement[]
}

/** The first element an XPath finds. */
export function element(from: XmlNode, xpath: string, namespaces: Record<string, string>): XmlElement | null {
  return from.get(xpath, namespaces) as XmlElement | null
}

/** Value of an attribute without namespace, `null` when absent. */
export function attribute(of: XmlElement | null, name: string): string | null {
  return of?.attr(name)?.value ?? null
}
