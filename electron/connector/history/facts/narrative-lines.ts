import type { CdaElement } from '../../documents/index.ts'
import { deniesSomething } from './denial.ts'
import { at, isStruckOut, kids, words } from './elements.ts'

/** A line of a narrative. What names others (a title, the heads of a table) says nothing by itself. */
export interface Line {
  readonly kind: 'row' | 'words' | 'title' | 'heads'
  /** As it is read: of a row its cells, each under the head of its column, without the empty ones. */
  readonly text: string
  /** Of a row. */
  readonly row: CdaElement | null
}

type Nodes = CdaElement['nodes']

const blocks = new Set(['table', 'list', 'tr', 'item', 'paragraph'])

/** Whether what stands in an element is more than the words of one line. */
export const holdsBlock = (element: CdaElement): boolean => kids(element).some((node) => blocks.has(node.name) || holdsBlock(node))
const holdsLines = (element: CdaElement): boolean => kids(element).some((node) => node.name === 'br' || blocks.has(node.name) || holdsLines(node))
const holdsTable = (element: CdaElement): boolean => kids(element).some((node) => node.name === 'table' || holdsTable(node))

/** What comes next that is neither blank nor among those passed over. */
function nextOf(nodes: Nodes, place: number, isPassed: (node: CdaElement) => boolean): Nodes[number] | null {
  for (let at = place + 1; at < nodes.length; at += 1) {
    const node = nodes[at]
    if (node !== undefined && (typeof node === 'string' ? node.trim() !== '' : !isPassed(node))) return node
  }
  return null
}

/** A few words right before a table name what it holds, unless they deny something. */
function isTitle(text: string, nodes: Nodes, place: number): boolean {
  const next = nextOf(nodes, place, ({ name }) => name === 'br')
  return next !== null && typeof next !== 'string' && next.name === 'table' && /^[^\d.;!?]{1,160}$/.test(text) && !deniesSomething(text)
}

/** A list of one item, all of it in bold: how some set a title. */
function isOneInBold(list: CdaElement): boolean {
  const [item, ...others] = kids(list)
  const [bold, ...rest] = item?.nodes ?? []
  return list.name === 'list' && others.length === 0 && rest.length === 0 && bold !== undefined && typeof bold !== 'string' && /bold/i.test(at(bold, 'styleCode') ?? '')
}

/** What stands alone where a text sets the titles of its tables so: the title of a part that has nothing in it. */
function isTitleOfNothing(list: CdaElement, nodes: Nodes, place: number): boolean {
  if (!isOneInBold(list) || !nodes.some((node, at) => typeof node !== 'string' && isOneInBold(node) && isTitle(words(node) ?? '', nodes, at))) return false
  const next = nextOf(nodes, place, ({ hl7, name }) => !hl7 || name === 'br')
  return next === null || (typeof next !== 'string' && isOneInBold(next))
}

/**
 * What a narrative says, line by line in its order: paragraphs, items, rows of its tables, and the titles between them. Only the head of a column that
 * nothing stands under is left out, and empty cells.
 */
export function linesOf(element: CdaElement): Line[] {
  const found: Line[] = []
  let line: Nodes[number][] = []
  const tell = (kind: 'words' | 'title', text: string) => {
    const said = text.replace(/\s+/g, ' ').trim()
    if (said !== '') found.push({ kind, text: said, row: null })
  }
  const close = () => {
    tell('words', words({ ...element, nodes: line }) ?? '')
    line = []
  }
  for (const [place, node] of element.nodes.entries()) {
    if (typeof node !== 'string' && isStruckOut(node)) continue
    const text = (typeof node === 'string' ? node : words(node)) ?? ''
    const isLine = typeof node !== 'string' && node.hl7 && (node.name === 'br' || node.name === 'caption' || blocks.has(node.name) || holdsLines(node))
    if (!isLine) {
      if (isTitle(text.trim(), element.nodes, place)) {
        close()
        tell('title', text)
      } else line.push(node)
      continue
    }
    close()
    const isNamed = node.name === 'caption' || isTitleOfNothing(node, element.nodes, place) || ((node.name === 'paragraph' || isOneInBold(node)) && isTitle(text, element.nodes, place))
    if (isNamed) tell('title', text)
    else found.push(...(node.name === 'table' ? linesOfTable(node) : linesOf(node)))
  }
  close()
  return found
}

/** All a narrative says, as text: a line each, the cells of a row apart. */
export function textOfNarrative(text: CdaElement): string | null {
  return linesOf(text).map((line) => line.text).join('\n') || null
}

export interface Cell {
  readonly element: CdaElement
  readonly text: string
  /** Its columns: from the first to before the last. */
  readonly from: number
  readonly to: number
}

const spanOf = (cell: CdaElement, name: 'colspan' | 'rowspan') => Math.min(Math.max(Math.trunc(Number(at(cell, name) ?? 1)) || 1, 1), 1_000)

/** A row of a table as it lies there: a high cell of a row above takes its columns in the rows below it too. */
export interface PlacedRow {
  /** Its own cells. */
  readonly cells: readonly Cell[]
  /** High cells of rows above that reach into it. */
  readonly reaching: readonly Cell[]
  readonly width: number
}

/** Cells of the rows of one part of a table, by column. */
function placedCells(): (row: CdaElement) => PlacedRow {
  /** High cells that reach into the next row, each with for how many rows still. */
  let high: readonly { readonly cell: Cell; readonly rows: number }[] = []
  return (row) => {
    const above = high.map(({ cell }) => cell).sort((one, other) => one.from - other.from)
    const below = high.flatMap(({ cell, rows }) => (rows > 1 ? [{ cell, rows: rows - 1 }] : []))
    const cells: Cell[] = []
    let column = 0
    for (const element of kids(row)) {
      for (const { from, to } of above) if (from <= column && column < to) column = to
      const cell = { element, text: textOfCell(element), from: column, to: column + spanOf(element, 'colspan') }
      const rows = spanOf(element, 'rowspan') - 1
      if (rows > 0) below.push({ cell, rows })
      cells.push(cell)
      column = cell.to
    }
    high = below
    return { cells, reaching: above, width: above.reduce((width, { to }) => Math.max(width, to), column) }
  }
}

/** What names a row from above: the high cells that stand before its own. */
export function headingOf({ cells: [first], reaching }: PlacedRow): Cell[] {
  return first === undefined ? [] : reaching.filter(({ from, text }) => from < first.from && text !== '')
}

/** What was placed of a table: its readers ask for one row after another. */
const placed = new WeakMap<CdaElement, ReadonlyMap<CdaElement, PlacedRow>>()

/** How the rows of a table lie in it. */
export function placedRows(table: CdaElement): ReadonlyMap<CdaElement, PlacedRow> {
  const known = placed.get(table)
  if (known !== undefined) return known
  const rows = new Map(rowsOf(table).map(({ row, place }) => [row, place(row)]))
  placed.set(table, rows)
  return rows
}

/** Lines of a cell, one after the other: parted where their author did not. */
function textOfCell(cell: CdaElement): string {
  if (!holdsLines(cell)) return words(cell) ?? ''
  return linesOf(cell).map(({ text }) => text).reduce((said, text) => `${said}${said === '' ? '' : /[.,:;!?]$/.test(said) ? ' ' : ' ; '}${text}`, '')
}

/** Rows of a table in their order, each with whether the table says that it is of heads, and how the cells of its part are placed. */
function rowsOf(table: CdaElement): { row: CdaElement; isHead: boolean; place: ReturnType<typeof placedCells> }[] {
  const own = placedCells()
  return kids(table).flatMap((part) => {
    if (part.name === 'tr') return [{ row: part, isHead: false, place: own }]
    const place = placedCells()
    return ['thead', 'tbody', 'tfoot'].includes(part.name) ? kids(part, 'tr').map((row) => ({ row, isHead: part.name === 'thead', place })) : []
  })
}

/** Heads in force in a table, until others are. */
interface Heads {
  readonly cells: readonly Cell[]
  readonly width: number
  /** A row says them, or they are a line of their own. */
  readonly isTold: boolean
  /** No row came since: the next row of heads is theirs too. */
  readonly isOpen: boolean
}

function linesOfTable(table: CdaElement): Line[] {
  const found: Line[] = kids(table, 'caption').flatMap((caption) => (words(caption) === null ? [] : [{ kind: 'title' as const, text: words(caption) ?? '', row: null }]))
  let heads: Heads = { cells: [], width: 0, isTold: true, isOpen: false }
  /** Heads that no row says are said before what they may be of. */
  const told = (): Heads => {
    if (!heads.isTold) found.push({ kind: 'heads', text: heads.cells.map(({ text }) => text).join(' | '), row: null })
    return { ...heads, isTold: true }
  }
  for (const { row, isHead, place } of rowsOf(table)) {
    const lying = place(row)
    const { cells, width } = lying
    const said = cells.filter(({ text }) => text !== '')
    const [only] = said
    if (only === undefined) continue
    if (isHead || cells.every(({ element }) => element.name === 'th')) {
      if (cells.length === 1) found.push({ kind: 'title', text: only.text, row: null })
      else if (heads.isOpen) heads = { ...heads, cells: [...heads.cells, ...said], width: Math.max(heads.width, width) }
      else {
        told()
        heads = { cells: said, width, isTold: false, isOpen: true }
      }
      continue
    }
    const isLayout = holdsTable(row)
    const isOverAll = cells.length === 1 && only.to - only.from === width
    const isUnder = !isLayout && !isOverAll && heads.width === width
    heads = { ...(isUnder || isOverAll ? heads : told()), isOpen: false }
    if (isUnder) heads = { ...heads, isTold: true }
    if (isLayout) found.push(...linesOf(row))
    else found.push({ kind: 'row', text: [...headingOf(lying), ...said].map((cell) => underHead(cell, isUnder ? heads.cells : [])).join(' | '), row })
  }
  told()
  return found
}

/** A cell after the heads of its columns. */
function underHead({ text, from, to }: Cell, heads: readonly Cell[]): string {
  const names = heads.filter((head) => head.from < to && from < head.to).map((head) => head.text.replace(/\s*:$/, ''))
  return names.length === 0 ? text : `${[...new Set(names)].join(' / ')} : ${text}`
}

/** Cells as they stand, to the letter: what a fact rests on. */
export function rowText(row: CdaElement): string {
  return kids(row).map((cell) => words(cell) ?? '').filter(Boolean).join(' | ')
}
