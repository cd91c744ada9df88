import type { CdaElement } from '../../documents/index.ts'

const none: CdaElement[] = []

/** Child elements of HL7; only those of a name when one is given. */
export function kids(element: CdaElement | null, name?: string): readonly CdaElement[] {
  let all = none
  for (const node of element?.nodes ?? none) {
    if (typeof node === 'string' || !node.hl7 || (name !== undefined && node.name !== name)) continue
    if (all === none) all = [node]
    else all.push(node)
  }
  return all
}

function child(element: CdaElement, name: string): CdaElement | null {
  for (const node of element.nodes) if (typeof node !== 'string' && node.name === name && node.hl7) return node
  return null
}

/** First child of that name, going down one name after another; null when a step is missing. */
export function down(element: CdaElement | null, ...names: readonly string[]): CdaElement | null {
  let at = element
  for (const name of names) {
    if (at === null) return null
    at = child(at, name)
  }
  return at
}

/** First descendant of that local name, extensions included. */
export function find(element: CdaElement, name: string): CdaElement | null {
  for (const node of element.nodes) {
    if (typeof node === 'string') continue
    const found = node.name === name ? node : find(node, name)
    if (found !== null) return found
  }
  return null
}

/** An attribute; null when absent or blank. */
export function at(element: CdaElement | null, name: string): string | null {
  return element?.attributes[name] || null
}

function collect(element: CdaElement): string {
  let text = ''
  for (const node of element.nodes) text += ` ${typeof node === 'string' ? node : collect(node)}`
  return text
}

/** All the text under an element, blanks collapsed; null when there is none. */
export function words(element: CdaElement | null): string | null {
  if (element === null || element.nodes.length === 0) return null
  return collect(element).replace(/\s+/g, ' ').trim() || null
}

/** The type of a value without its prefix, which a self-presenting document adds. */
export function typeOf(element: CdaElement | null): string {
  return (at(element, 'type') ?? '').replace(/^.*:/, '')
}

export function idIn(element: CdaElement, root: string): boolean {
  return kids(element, 'templateId').some((template) => at(template, 'root') === root)
}

const statements = new Set(['act', 'observation', 'organizer', 'procedure', 'substanceAdministration', 'supply', 'encounter'])

/** A statement under another one, with the kind of link. */
export interface Linked {
  readonly link: CdaElement
  readonly statement: CdaElement
}

/** What was found under a statement: its readers ask again and again. */
const found = new WeakMap<CdaElement, readonly Linked[]>()

/** Statements under the entry relationships of an element, then those under its components. Walks an element once. */
export function linked(element: CdaElement): readonly Linked[] {
  const known = found.get(element)
  if (known !== undefined) return known
  const [related, components]: [Linked[], Linked[]] = [[], []]
  for (const link of element.nodes) {
    if (typeof link === 'string' || !link.hl7) continue
    const side = link.name === 'entryRelationship' ? related : link.name === 'component' ? components : null
    if (side === null) continue
    for (const statement of link.nodes) if (typeof statement !== 'string' && statement.hl7 && statements.has(statement.name)) side.push({ link, statement })
  }
  const all = related.concat(components)
  found.set(element, all)
  return all
}

/** As `linked`, without the links. */
export function details(element: CdaElement): readonly CdaElement[] {
  return linked(element).map(({ statement }) => statement)
}

/** The statement an entry holds. */
export function statementOf(entry: CdaElement): CdaElement | null {
  return kids(entry).find(({ name }) => statements.has(name)) ?? null
}
