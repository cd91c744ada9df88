import { ParseOption, XmlDocument, XmlElement, XmlLibError } from 'libxml2-wasm'
import { failure, type Result } from '#shared/contract/index.ts'
import { utf16Mark } from '#shared/text/byte-order-mark.ts'

/** Above this, one text node may be more than the 10 MB libxml2 takes by default (a PDF in base64). */
const largeDocument = 9_000_000

/** No network, no outside entity, no catalogue; CDATA read as text. */
const safely = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NOCDATA | ParseOption.XML_PARSE_NO_SYS_CATALOG

/** The UTF-16 these bytes are in, by their mark or by a first `<` of two bytes; null for any other encoding. */
export function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le'
  return bytes[0] === 0 && bytes[1] === 0x3c ? 'utf-16be' : utf16Mark(bytes)
}

/** What the bytes say of their encoding, as far as finding a DOCTYPE needs: two bytes a character, or ASCII-compatible. */
function readable(bytes: Uint8Array): string | null {
  const [a, b, c, d] = bytes
  if ((a === 0 && b === 0) || (a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0x4c && b === 0x6f)) return null
  const utf16 = utf16Of(bytes)
  if (utf16 !== null) return new TextDecoder(utf16).decode(bytes)
  // One character a byte: exact for markup in every ASCII-compatible encoding.
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Goes past declaration, comments, processing instructions and blanks; gives where the root or a DOCTYPE starts. */
function afterProlog(text: string): number {
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0
  for (;;) {
    while (at < text.length && ' \t\r\n\u0000\ufeff'.includes(text.charAt(at))) at += 1
    const end = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : null
    if (end === null) return at
    const close = text.indexOf(end, at + 2)
    if (close < 0) return text.length
    at = close + end.length
  }
}

/** How much of a file is looked at first: its prolog and its root's start tag are nearly always there, and decoding all of it takes as long as parsing it. */
const usualHead = 16_384
const longestTag = 8_192

/** The beginning of a file as text, and where its root or a DOCTYPE starts in it; null for an encoding that is not read. */
function opening(bytes: Uint8Array): { text: string; start: number } | null {
  for (const part of [bytes.subarray(0, usualHead), bytes]) {
    const text = readable(part)
    if (text === null) return null
    const start = afterProlog(text)
    if (part.length === bytes.length || text.length - start >= longestTag) return { text, start }
  }
  return null
}

/**
 * The start tag of an XML file's root (or its DOCTYPE) as text, without parsing: what recognising a format needs. Null when
 * the bytes do not begin like XML.
 */
export function rootTag(bytes: Uint8Array): string | null {
  const head = opening(bytes)
  return head?.text.charAt(head.start) === '<' ? head.text.slice(head.start, head.start + longestTag) : null
}

/**
 * True when a processing instruction may stand inside the root, which starts at `start`. It says nothing to a reader, and nobody walks past the
 * parser's own nodes for it: they have no `next`.
 */
function mayInstruct(bytes: Uint8Array, start: number): boolean {
  return utf16Of(bytes) !== null || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('<?', start)
}

/**
 * Parses XML that came from outside and lends its root to `read`; the parsed document is always released. `blanks: 'dropped'` leaves out
 * texts that are only blanks between elements, for a reader of data.
 * Never loads anything: a DOCTYPE is refused on the bytes before the parser sees them (`xml-doctype`), elements nested
 * beyond the parser's cap give `xml-too-deep`, everything else that is not well-formed (including an encoding that lies)
 * gives `xml-malformed`.
 */
export function withXml<T>(bytes: Uint8Array, read: (root: XmlElement) => Result<T>, { blanks = 'kept' }: { blanks?: 'kept' | 'dropped' } = {}): Result<T> {
  const head = opening(bytes)
  if (head === null) return failure('xml-malformed', { detail: 'unsupported encoding' })
  if (head.text.slice(head.start, head.start + 9).toLowerCase() === '<!doctype') return failure('xml-doctype')
  const option: unknown = safely | (bytes.length > largeDocument ? ParseOption.XML_PARSE_HUGE : 0) | (blanks === 'dropped' ? ParseOption.XML_PARSE_NOBLANKS : 0)
  let document: XmlDocument
  try {
    document = XmlDocument.fromBuffer(bytes, { option: option as ParseOption })
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error
    if (/depth/i.test(error.message)) return failure('xml-too-deep')
    return failure('xml-malformed', { detail: parserMessage(error) })
  }
  try {
    if (document.dtd !== null) return failure('xml-doctype')
    const { root } = document
    if (mayInstruct(bytes, head.start)) for (const instruction of root.find('.//processing-instruction()')) instruction.remove()
    return read(root)
  } finally {
    document.dispose()
  }
}

/** The parser's complaint without the text around it, which may hold a patient's name. */
function parserMessage(error: XmlLibError): string {
  const line = /line (\d+)/i.exec(error.message)?.[1]
  const kind = /encod|utf-?8|byte|char/i.test(error.message) ? 'encoding or forbidden character' : 'not well-formed'
  return line === undefined ? kind : `${kind}, line ${line}`
}

/** Namespace of CDA R2. */
export const hl7Namespace = 'urn:hl7-org:v3'

function* childElements(element: XmlElement | null, name: string | undefined, namespace: string): Generator<XmlElement> {
  for (let node = element?.firstChild ?? null; node !== null; node = node.next) {
    if (node instanceof XmlElement && (name === undefined || (node.name === name && node.namespaceUri === namespace))) yield node
  }
}

/** Child elements, in order; only those of `name` in `namespace` (HL7 unless said otherwise) when a name is given. */
export function children(element: XmlElement | null, name?: string, namespace: string = hl7Namespace): XmlElement[] {
  return [...childElements(element, name, namespace)]
}

/** Child elements of HL7 by their name, for an element that is asked for many: each look at a child crosses into the parser. */
export function childrenByName(element: XmlElement): (name: string) => XmlElement[] {
  const found = Map.groupBy(children(element).filter((child) => child.namespaceUri === hl7Namespace), (child) => child.name)
  return (name) => found.get(name) ?? []
}

/** First child of that name, going down one name after another; null when a step is missing. */
export function descend(element: XmlElement | null, ...names: readonly string[]): XmlElement | null {
  return names.reduce<XmlElement | null>((at, name) => childElements(at, name, hl7Namespace).next().value ?? null, element)
}

/** An attribute's value without surrounding blanks; null when absent or blank. */
export function attribute(element: XmlElement | null, name: string): string | null {
  const value = element?.attr(name)?.value.trim()
  return value === undefined || value === '' ? null : value
}

/** An attribute's value to the letter, for what a record compares letter by letter; null when absent or blank. */
export function exactAttribute(element: XmlElement | null, name: string): string | null {
  const value = element?.attr(name)?.value
  return value === undefined || value.trim() === '' ? null : value
}

/** An element's text with blanks collapsed; null when there is none. */
export function textOf(element: XmlElement | null): string | null {
  const text = element?.content.replace(/\s+/g, ' ').trim()
  return text === undefined || text === '' ? null : text
}

/**
 * The `ClinicalDocument` of a parsed file: the root itself, or the first one inside a style sheet (self-presenting
 * document). Null when there is none. Embedded style sheets are never run.
 */
export function clinicalDocumentOf(root: XmlElement): { document: XmlElement; selfPresenting: boolean } | null {
  if (root.name === 'ClinicalDocument' && root.namespaceUri === hl7Namespace) return { document: root, selfPresenting: false }
  if (root.namespaceUri !== 'http://www.w3.org/1999/XSL/Transform' || !['stylesheet', 'transform'].includes(root.name)) return null
  const inside = root.get('.//h:ClinicalDocument', { h: hl7Namespace })
  return inside instanceof XmlElement ? { document: inside, selfPresenting: true } : null
}
