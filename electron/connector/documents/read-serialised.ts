import { hl7Namespace } from './xml-document.ts'

/** An element copied out of the parser: attributes by local name, elements and text in their order. Plain data. */
export interface CdaElement {
  readonly name: string
  /** False for an element of an extension, whose local names repeat those of HL7. */
  readonly hl7: boolean
  readonly attributes: Readonly<Record<string, string>>
  readonly nodes: readonly (CdaElement | string)[]
}

/** URI by prefix; the default namespace has an empty one. */
type Namespaces = Readonly<Record<string, string>>

interface Open {
  readonly nodes: (CdaElement | string)[]
  readonly namespaces: Namespaces
  /** Its content is left out. */
  readonly dropped: boolean
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#x([\dA-Fa-f]+)|#(\d+)|(\w+));/g, (written, hex?: string, decimal?: string, name?: string) =>
    name === undefined ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)) : (named[name] ?? written),
  )
}

/** The value of an attribute with its blanks collapsed. */
function attributeValue(written: string): string {
  return /[\s&]/.test(written) ? unescaped(written).replace(/\s+/g, ' ').trim() : written
}

/** A name without its prefix; one whose prefix stands for nothing is a name by itself. */
function localName(written: string, colon: number, namespaces: Namespaces): string {
  return colon < 0 || (namespaces[written.slice(0, colon)] === undefined && !written.startsWith('xml:')) ? written : written.slice(colon + 1)
}

/** Shared by the elements that have none. */
const [bare, childless]: [Record<string, string>, (CdaElement | string)[]] = [{}, []]

const [space, slash, greater, exclamation, question] = [32, 47, 62, 33, 63]

/**
 * Copies what the parser wrote out of an element it had understood, for asking the parser itself for each node costs five times as much. Reads no
 * XML from outside: declarations, CDATA and entities are gone, what cannot be in a text is escaped. `namespaces` are those in force around it.
 * Elements called as in `unread` and blank texts are left out. Null beyond the limits.
 */
export function readSerialised(written: string, namespaces: Namespaces, { unread, deepest, mostElements }: { unread: ReadonlySet<string>; deepest: number; mostElements: number }): CdaElement | null {
  const top: (CdaElement | string)[] = []
  const open: Open[] = []
  let inside: Open = { nodes: top, namespaces, dropped: false }
  /** Around what is left out: nothing of it is looked at but where it ends. */
  const leftOut: Open = { nodes: childless, namespaces, dropped: true }
  // What a tag's name means, while the namespaces stay the same: a document has a hundred names and thousands of tags.
  let [names, scopeOfNames] = [new Map<string, { name: string; hl7: boolean }>(), namespaces]
  let count = 0
  for (let at = 0, tag = written.indexOf('<'); tag >= 0; tag = written.indexOf('<', at)) {
    if (tag > at && !inside.dropped) {
      const text = written.slice(at, tag)
      if (text.trim() !== '') inside.nodes.push(unescaped(text))
    }
    const mark = written.charCodeAt(tag + 1)
    if (mark === exclamation || mark === question) {
      const end = mark === exclamation ? '-->' : '?>'
      at = written.indexOf(end, tag) + end.length
      continue
    }
    if (mark === slash) {
      at = written.indexOf('>', tag) + 1
      inside = open.pop() ?? inside
      continue
    }
    count += 1
    if (count > mostElements || open.length > deepest) return null
    at = tag + 1
    for (let code = mark; code !== space && code !== slash && code !== greater; code = written.charCodeAt(at)) at += 1
    const name = written.slice(tag + 1, at)
    if (inside.dropped || (open.length > 0 && unread.has(name))) {
      // The parser writes a `>` of a value as an entity.
      at = written.indexOf('>', at) + 1
      if (written.charCodeAt(at - 2) === slash) continue
      open.push(inside)
      inside = leftOut
      continue
    }
    let attributes = bare
    let scope = inside.namespaces
    // The parser writes the namespaces of a tag before its attributes.
    while (written.charCodeAt(at) === space) {
      const equals = written.indexOf('=', at)
      const close = written.indexOf(written.charAt(equals + 1), equals + 2)
      const key = written.slice(at + 1, equals)
      const value = written.slice(equals + 2, close)
      at = close + 1
      const colon = key.indexOf(':')
      if (key === 'xmlns') scope = { ...scope, '': unescaped(value) }
      else if (colon === 5 && key.startsWith('xmlns')) scope = { ...scope, [key.slice(6)]: unescaped(value) }
      else {
        if (attributes === bare) attributes = {}
        attributes[localName(key, colon, scope)] = attributeValue(value)
      }
    }
    if (scope !== scopeOfNames) [names, scopeOfNames] = [new Map(), scope]
    let meant = names.get(name)
    if (meant === undefined) {
      const colon = name.indexOf(':')
      meant = { name: localName(name, colon, scope), hl7: scope[colon < 0 ? '' : name.slice(0, colon)] === hl7Namespace }
      names.set(name, meant)
    }
    const empty = written.charCodeAt(at) === slash
    const dropped = open.length > 0 && unread.has(meant.name)
    const nodes = empty ? childless : []
    if (!dropped) inside.nodes.push({ name: meant.name, hl7: meant.hl7, attributes, nodes })
    at += empty ? 2 : 1
    if (empty) continue
    open.push(inside)
    inside = dropped ? leftOut : { nodes, namespaces: scope, dropped }
  }
  const [root] = top
  return root === undefined || typeof root === 'string' ? null : root
}
