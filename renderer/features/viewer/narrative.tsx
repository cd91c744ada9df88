import type { ReactNode } from 'react'
import { useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { NarrativeNode, NarrativeRow, NarrativeSection } from '#shared/contract/history.ts'
import type { SearchWord } from '#shared/text/search-words.ts'
import { Marked } from '../../ui/marked.tsx'
import { useDrawnAs } from './drawn-as.ts'
import { markedParts } from './marked-parts.ts'
import { MoreRows, useRows } from './more-rows.tsx'
import './viewer.css'

/** The author's words, the legal view of a document. Every node is drawn by us from a known kind: nothing of the document is ever markup. */
export function Narrative({ sections }: { sections: readonly NarrativeSection[] }) {
  const box = useRef<HTMLDivElement>(null)
  const { words } = useDrawnAs()
  useLayoutEffect(() => {
    if (words.length > 0) box.current?.querySelector('mark')?.scrollIntoView({ block: 'center' })
  }, [words])
  return (
    <div ref={box} className="narrative" data-testid="narrative">
      {keyed(sections).map(([key, section]) => (
        <Section key={key} section={section} level={2} />
      ))}
    </div>
  )
}

function Section({ section, level }: { section: NarrativeSection; level: number }) {
  const Heading = `h${Math.min(level, 6)}` as 'h2'
  const { words } = useDrawnAs()
  return (
    <section>
      {section.title ? (
        <Heading>
          <Marked parts={markedParts(section.title, words)} />
        </Heading>
      ) : null}
      <Nodes nodes={section.nodes} />
      {keyed(section.sections).map(([key, inner]) => (
        <Section key={key} section={inner} level={section.title ? level + 1 : level} />
      ))}
    </section>
  )
}

function Nodes({ nodes }: { nodes: readonly NarrativeNode[] }) {
  return keyed(nodes).map(([key, node]) => <Node key={key} node={node} />)
}

/** A document never changes while it is shown, so a node's place is its name. */
function keyed<Value>(values: readonly Value[]): [string, Value][] {
  return values.map((value, place) => [String(place), value])
}

/** The style codes of CDA narratives that mean something; others change nothing. */
function styled(style: string | undefined, content: ReactNode): ReactNode {
  const codes = (style ?? '').toLowerCase().split(/\s+/)
  let shown = content
  if (codes.includes('bold')) shown = <strong>{shown}</strong>
  if (codes.includes('italics') || codes.includes('emphasis')) shown = <em>{shown}</em>
  if (codes.includes('underline')) shown = <span className="underlined">{shown}</span>
  if (codes.includes('strikethrough')) shown = <s>{shown}</s>
  return shown
}

function Node({ node }: { node: NarrativeNode }): ReactNode {
  const { t } = useTranslation()
  const { words } = useDrawnAs()
  switch (node.kind) {
    case 'text':
      return words.length > 0 ? <Marked parts={markedParts(node.text, words)} /> : node.text
    case 'lineBreak':
      return <br />
    case 'paragraph':
      return <div className="paragraph">{styled(node.style, <Nodes nodes={node.children} />)}</div>
    case 'content':
      return styled(node.style, <Nodes nodes={node.children} />)
    case 'sub':
      return (
        <sub>
          <Nodes nodes={node.children} />
        </sub>
      )
    case 'sup':
      return (
        <sup>
          <Nodes nodes={node.children} />
        </sup>
      )
    case 'footnote':
      return (
        <small className="footnote">
          <Nodes nodes={node.children} />
        </small>
      )
    case 'caption':
      return (
        <div className="caption">
          <Nodes nodes={node.children} />
        </div>
      )
    case 'listItem':
      return (
        <div className="paragraph">
          <Nodes nodes={node.children} />
        </div>
      )
    case 'list': {
      const List = node.ordered ? 'ol' : 'ul'
      return (
        <List>
          {keyed(node.children).map(([key, child]) => (
            <li key={key}>{'children' in child && child.kind === 'listItem' ? <Nodes nodes={child.children} /> : <Node node={child} />}</li>
          ))}
        </List>
      )
    }
    case 'table':
      return <NarrativeTable node={node} />
    case 'link':
      // Only text: a medical document must not take its reader elsewhere.
      return (
        <span className="link-text" title={node.href ?? undefined}>
          <Nodes nodes={node.children} />
        </span>
      )
    case 'image':
      return <span className="quiet">[{node.alt ? t('viewer.imageNamed', { alt: node.alt }) : t('viewer.imageUnnamed')}]</span>
  }
}

/** One of the words stands in one of the texts of these nodes. */
function saysAny(nodes: readonly NarrativeNode[], words: readonly SearchWord[]): boolean {
  return nodes.some((node) => (node.kind === 'text' ? markedParts(node.text, words).some(({ marked }) => marked) : 'children' in node && saysAny(node.children, words)))
}

function NarrativeTable({ node }: { node: Extract<NarrativeNode, { kind: 'table' }> }) {
  const { t } = useTranslation()
  const label = t('viewer.table')
  const firstBody = node.rows.findIndex((row) => !row.header)
  const headers = node.rows.slice(0, firstBody < 0 ? node.rows.length : firstBody)
  const body = firstBody < 0 ? [] : node.rows.slice(firstBody)
  const { words } = useDrawnAs()
  // Down to the row that was looked for.
  const found = words.length > 0 ? body.findIndex((line) => line.cells.some((cell) => saysAny(cell.children, words))) : -1
  const rows = useRows(body.length, found + 1)
  const row = (lines: readonly NarrativeRow[], scope: 'col' | 'row') =>
    keyed(lines).map(([key, line]) => (
      <tr key={key}>
        {keyed(line.cells).map(([place, cell]) => {
          const spans = { ...(cell.colSpan > 1 ? { colSpan: cell.colSpan } : {}), ...(cell.rowSpan > 1 ? { rowSpan: cell.rowSpan } : {}) }
          const content = <Nodes nodes={cell.children} />
          return cell.header || line.header ? (
            <th key={place} scope={scope} {...spans}>
              {content}
            </th>
          ) : (
            <td key={place} {...spans}>
              {content}
            </td>
          )
        })}
      </tr>
    ))
  return (
    // Scrolled by keyboard too when it is wider than the window.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <figure className="narrative-table" tabIndex={0} aria-label={node.caption ?? label}>
      <table>
        {node.caption ? <caption>{node.caption}</caption> : null}
        {headers.length > 0 ? <thead>{row(headers, 'col')}</thead> : null}
        <tbody>{row(body.slice(0, rows.shown), 'row')}</tbody>
      </table>
      <MoreRows rows={rows} total={body.length} />
    </figure>
  )
}
