import { XmlElement } from 'libxml2-wasm'
import { readSerialised, type CdaElement } from './read-serialised.ts'
import { children } from './xml-document.ts'

/** More than any header that is written: it is judged as far as this goes no further. */
const limits = { deepest: 60, mostElements: 20_000 }

/** What is no header: nearly all of a document, and of no concern to its rules. */
const bodies = new Set(['structuredBody', 'nonXMLBody'])

/**
 * The header of a parsed CDA as plain data, for rules that look at it many times. The body is emptied in the parser's own tree: what is to be
 * read there is read before. Null for a header beyond what anybody writes.
 */
export function headerTree(document: XmlElement): CdaElement | null {
  for (const body of children(document, 'component').flatMap((component) => children(component)).filter(({ name }) => bodies.has(name))) {
    for (const part of children(body)) {
      if (part.name !== 'text') part.remove()
      else for (let node = part.firstChild; node !== null; node = part.firstChild) node.remove()
    }
  }
  return readSerialised(document.toString({ format: false }), document.namespaces, { unread: new Set(), ...limits })
}
