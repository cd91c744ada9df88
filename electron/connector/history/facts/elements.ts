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

const raisedDigits = '⁰¹²³⁴⁵⁶⁷⁸⁹'
const raised = (text: string) => text.replace(/\d/g, (digit) => raisedDigits.charAt(Number(digit))).replace(/-/g, '⁻')

/** What its author took back, and left to be seen. */
export const isStruckOut = (element: CdaElement): boolean => element.attributes.revised === 'delete'

/** What was struck out is not said; what is raised or lowered belongs to the word before it: `10<sup>9</sup>/L` is no 10 and no 9. */
function collect(element: CdaElement): string {
  let text = ''
  let isApart = true
  for (const node of element.nodes) {
    if (typeof node === 'string') text += isApart ? ` ${node}` : node
    else if (isStruckOut(node)) continue
    else if (node.name === 'sup' || node.name === 'sub') {
      const inner = collect(node).trim()
      text += node.name === 'sup' ? raised(inner) : inner
      isApart = false
      continue
    } else text += ` ${collect(node)}`
    isApart = true
  }
  return text
}

/** All the text under an element, blanks collapsed; null when there is none. */
export function words(element: CdaElement | null): string | null {
  if (element === null || element.nodes.length === 0) return null
  return collect(element).replace(/\s+/g, ' ').trim() || null
}

/** A dash or a dot in a cell says nothing. */
export const saysSomething = (text: string) => /[\p{L}\p{N}]/u.test(text)

/** Bare words by text: of a document's rows, labels and titles the readers ask four times each. */
const bared = new Map<string, string>()
const mostBared = 4_000

/** Lets go of the texts `bareWords` keeps at hand: they are a patient's. */
export function forgetWords(): void {
  bared.clear()
}

/** The words of a text and nothing else: letters and figures alone, without case, accents or ligatures. */
export function bareWords(text: string): string {
  const known = bared.get(text)
  if (known !== undefined) return known
  if (bared.size >= mostBared) forgetWords()
  const bare = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/œ/g, 'oe').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  bared.set(text, bare)
  return bare
}

/** The type of a value without its prefix, which a self-presenting document adds. */
export function typeOf(element: CdaElement | null): string {
  return (at(element, 'type') ?? '').replace(/^.*:/, '')
}

/** Templates an element names: its readers ask again and again. */
const templatesNamed = new WeakMap<CdaElement, readonly string[]>()

export function rootsOf(element: CdaElement): readonly string[] {
  const known = templatesNamed.get(element)
  if (known !== undefined) return known
  const roots = kids(element, 'templateId').flatMap((one) => at(one, 'root') ?? [])
  templatesNamed.set(element, roots)
  return roots
}

export function idIn(element: CdaElement, root: string): boolean {
  return rootsOf(element).includes(root)
}

const statements = new Set(['act', 'observation', 'organizer', 'procedure', 'substanceAdministration', 'supply', 'encounter'])

/** Written in error and taken back: it says nothing. */
export function isVoid(statement: CdaElement): boolean {
  return at(down(statement, 'statusCode'), 'code') === 'nullified'
}

/** A statement under another one, with the kind of link. */
export interface Linked {
  readonly link: CdaElement
  readonly statement: CdaElement
}

/** What was found under a statement: its readers ask again and again. */
const found = new WeakMap<CdaElement, readonly Linked[]>()

/** Statements under the entry relationships of an element, then those under its components; none written in error. Walks an element once. */
export function linked(element: CdaElement): readonly Linked[] {
  const known = found.get(element)
  if (known !== undefined) return known
  const [related, components]: [Linked[], Linked[]] = [[], []]
  for (const link of element.nodes) {
    if (typeof link === 'string' || !link.hl7) continue
    const side = link.name === 'entryRelationship' ? related : link.name === 'component' ? components : null
    if (side === null) continue
    for (const statement of link.nodes) if (typeof statement !== 'string' && statement.hl7 && statements.has(statement.name) && !isVoid(statement)) side.push({ link, statement })
  }
  const all = related.concat(components)
  found.set(element, all)
  return all
}

const foundAlone = new WeakMap<CdaElement, readonly CdaElement[]>()

/** As `linked`, without the links. */
export function details(element: CdaElement): readonly CdaElement[] {
  const known = foundAlone.get(element)
  if (known !== undefined) return known
  const all = linked(element).map(({ statement }) => statement)
  foundAlone.set(element, all)
  return all
}

/** The statement an entry holds. */
export function statementOf(entry: CdaElement): CdaElement | null {
  return kids(entry).find(({ name }) => statements.has(name)) ?? null
}
