import type { NarrativeNode, NarrativeSection } from '#shared/contract/index.ts'

/** All a narrative says, titles and tables included, as text: what stands in blocks or cells of its own is set apart by blanks. */
export function textOfSections(sections: readonly NarrativeSection[]): string {
  return sections.map(({ title, nodes, sections: inner }) => [title ?? '', textOfNodes(nodes), textOfSections(inner)].join(' ')).join(' ')
}

function textOfNodes(nodes: readonly NarrativeNode[]): string {
  return nodes.map(textOfNode).join('')
}

function textOfNode(node: NarrativeNode): string {
  switch (node.kind) {
    case 'text':
      return node.text
    case 'lineBreak':
      return ' '
    case 'image':
      return ` ${node.alt} `
    case 'table':
      return ` ${node.caption ?? ''} ${node.rows.flatMap(({ cells }) => cells.map(({ children }) => textOfNodes(children))).join(' ')} `
    // Inside a line: a word may be half bold.
    case 'content':
    case 'sub':
    case 'sup':
    case 'link':
      return textOfNodes(node.children)
    default:
      return ` ${textOfNodes(node.children)} `
  }
}
