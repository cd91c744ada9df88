import { XmlElement, XmlText } from 'libxml2-wasm'
import type { NarrativeNode, NarrativeRow } from '#shared/contract/index.ts'
import { attribute, children, hl7Namespace, textOf } from './xml-document.ts'

/** Deeper than any narrative a person wrote; below this only the text is kept. */
const deepest = 100

/** Styles of CDA (`styleCode`) a viewer may honour. Anything else written there is forgotten. */
const styles = new Map(
  ['Bold', 'Italics', 'BoldItalics', 'Underline', 'Emphasis', 'Lrule', 'Rrule', 'Toprule', 'Botrule', 'Disc', 'Circle', 'Square'].map((style) => [
    style.toLowerCase(),
    style,
  ]),
)

function styleOf(element: XmlElement): string | undefined {
  const revised = attribute(element, 'revised')
  const known = (attribute(element, 'styleCode') ?? '').split(/\s+/).flatMap((style) => styles.get(style.toLowerCase()) ?? [])
  return [...known, ...(revised === 'delete' ? ['Deleted'] : [])].join(' ') || undefined
}

function idOf(element: XmlElement): string | undefined {
  const id = attribute(element, 'ID')
  return id !== null && /^[\w.:-]{1,128}$/.test(id) ? id : undefined
}

/** Where a link may lead: a place in the document, or a web page by https. Nothing else, whatever the case or blanks. */
export function safeHref(written: string | null): string | null {
  if (written === null) return null
  if (/^#[\w.:-]{1,128}$/.test(written)) return written
  return /^https:\/\/[^\s<>"']{1,2000}$/i.test(written) && URL.canParse(written) ? new URL(written).href : null
}

function span(element: XmlElement, name: 'colspan' | 'rowspan'): number {
  const written = Number(attribute(element, name) ?? 1)
  return Number.isInteger(written) && written >= 1 && written <= 1000 ? written : 1
}

const blocks = new Set(['paragraph', 'list', 'listItem', 'table', 'caption', 'lineBreak'])

/** Drops the blanks that only lay the source out: at the edges, and beside blocks. */
function tidy(nodes: readonly NarrativeNode[]): NarrativeNode[] {
  return nodes.filter((node, index) => {
    if (node.kind !== 'text' || node.text.trim() !== '') return true
    const [before, after] = [nodes[index - 1], nodes[index + 1]]
    return before !== undefined && after !== undefined && !blocks.has(before.kind) && !blocks.has(after.kind)
  })
}

type Styled = 'paragraph' | 'content' | 'sub' | 'sup' | 'footnote' | 'caption' | 'listItem'

function styled(kind: Styled, element: XmlElement, depth: number): NarrativeNode {
  const style = styleOf(element)
  const id = idOf(element)
  return { kind, ...(style === undefined ? {} : { style }), ...(id === undefined ? {} : { id }), children: nodesOf(element, depth) }
}

/** Content of a cell or an item; its style and its name stay with it. */
function contentOf(element: XmlElement, depth: number): NarrativeNode[] {
  return styleOf(element) === undefined && idOf(element) === undefined ? nodesOf(element, depth) : [styled('content', element, depth)]
}

function rowsOf(table: XmlElement, header: boolean, depth: number): NarrativeRow[] {
  return children(table).flatMap((part): NarrativeRow[] => {
    if (part.namespaceUri !== hl7Namespace) return []
    if (['thead', 'tbody', 'tfoot'].includes(part.name)) return rowsOf(part, part.name === 'thead', depth)
    if (part.name !== 'tr') return []
    const cells = children(part).filter(({ name }) => name === 'td' || name === 'th')
    return [
      {
        header,
        cells: cells.map((cell) => ({
          header: cell.name === 'th', colSpan: span(cell, 'colspan'), rowSpan: span(cell, 'rowspan'), children: contentOf(cell, depth + 1),
        })),
      },
    ]
  })
}

const kinds: Readonly<Record<string, Styled>> = {
  paragraph: 'paragraph', content: 'content', sub: 'sub', sup: 'sup', footnote: 'footnote', caption: 'caption', item: 'listItem',
}

function nodeOf(element: XmlElement, depth: number): NarrativeNode[] {
  const kind = Object.hasOwn(kinds, element.name) ? kinds[element.name] : undefined
  if (kind !== undefined) return [styled(kind, element, depth + 1)]
  switch (element.name) {
    case 'br':
      return [{ kind: 'lineBreak' }]
    case 'list':
      return [{ kind: 'list', ordered: attribute(element, 'listType')?.toLowerCase() === 'ordered', children: nodesOf(element, depth + 1) }]
    case 'table':
      return [{ kind: 'table', caption: textOf(children(element, 'caption')[0] ?? null), rows: rowsOf(element, false, depth + 1) }]
    case 'linkHtml':
      return [{ kind: 'link', href: safeHref(attribute(element, 'href')), children: nodesOf(element, depth + 1) }]
    case 'footnoteRef':
      return [{ kind: 'link', href: safeHref(`#${attribute(element, 'IDREF') ?? ''}`), children: [{ kind: 'text', text: '*' }] }]
    case 'renderMultiMedia':
      return [{ kind: 'image', alt: textOf(children(element, 'caption')[0] ?? null) ?? attribute(element, 'referencedObject') ?? '' }]
    default:
      // Not of CDA (HTML, a script): nothing but its text.
      return nodesOf(element, depth + 1)
  }
}

/** Children of a narrative element as nodes, by allow-list: whatever is not of CDA leaves only its text. */
export function nodesOf(parent: XmlElement, depth = 0): NarrativeNode[] {
  if (depth > deepest) return [{ kind: 'text', text: textOf(parent) ?? '' }]
  const found: NarrativeNode[] = []
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement) found.push(...nodeOf(node, depth))
    else if (node instanceof XmlText) found.push({ kind: 'text', text: node.content.replace(/\s+/g, ' ') })
  }
  return tidy(found)
}
