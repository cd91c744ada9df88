import { XmlCData, XmlDocument, XmlElement, XmlText } from 'libxml2-wasm'
import iconv from 'iconv-lite'
import { failure, success, type Result } from '#shared/contract/index.ts'
import type { SourceProfile } from './profile.ts'

/** One value of a sidecar: names that lead to it, and the same with positions, which tells repeated blocks apart. */
export interface Leaf {
  readonly names: readonly string[]
  readonly places: readonly string[]
  readonly value: string
}

/** Deepest nesting a sidecar may have; ours are two or three deep. */
const maxDepth = 20

/** Text of a sidecar: BOM first, then what the profile says, `auto` being UTF-8 when the bytes are and windows-1252 otherwise. */
export function decodeSidecar(bytes: Uint8Array, encoding: SourceProfile['encoding']): string {
  const buffer = Buffer.from(bytes)
  if (buffer[0] === 0xff && buffer[1] === 0xfe) return iconv.decode(buffer, 'utf-16le')
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) return buffer.toString('utf8', 3)
  if (encoding !== 'auto') return iconv.decode(buffer, encoding)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(buffer)
  } catch {
    return iconv.decode(buffer, 'win1252')
  }
}

/** Values of an XML sidecar, attributes included. A DOCTYPE is refused before anything is parsed. */
export function readXmlLeaves(bytes: Uint8Array): Result<Leaf[]> {
  const buffer = Buffer.from(bytes)
  if (buffer.toString('latin1').replaceAll('\0', '').toUpperCase().includes('<!DOCTYPE')) return failure('sidecar-invalid', { detail: 'DOCTYPE refused' })
  let document: XmlDocument
  try {
    document = XmlDocument.fromBuffer(buffer)
  } catch {
    return failure('sidecar-invalid', { detail: 'not well-formed XML' })
  }
  try {
    const leaves: Leaf[] = []
    collectXml(document.root, [], [], leaves)
    return success(leaves)
  } finally {
    document.dispose()
  }
}

function collectXml(element: XmlElement, names: readonly string[], places: readonly string[], leaves: Leaf[]): void {
  if (names.length > maxDepth) return
  for (const attribute of element.attrs) {
    leaves.push({ names: [...names, attribute.name], places: [...places, `@${attribute.name}`], value: attribute.value.trim() })
  }
  let text = ''
  let children = 0
  for (let child = element.firstChild; child; child = child.next) {
    if (child instanceof XmlElement) {
      children += 1
      collectXml(child, [...names, child.name], [...places, `${child.name}[${children}]`], leaves)
    } else if (child instanceof XmlText || child instanceof XmlCData) text += child.content
  }
  if (children === 0 && names.length > 0 && text.trim() !== '') leaves.push({ names, places, value: text.trim() })
}

/** Values of a JSON sidecar: numbers and booleans as they are written, null as nothing. */
export function readJsonLeaves(text: string): Result<Leaf[]> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return failure('sidecar-invalid', { detail: 'not JSON' })
  }
  if (value === null || typeof value !== 'object') return failure('sidecar-invalid', { detail: 'JSON without fields' })
  const leaves: Leaf[] = []
  collectJson(value, [], [], leaves)
  return success(leaves)
}

function collectJson(value: unknown, names: readonly string[], places: readonly string[], leaves: Leaf[]): void {
  if (value === null || value === undefined || names.length > maxDepth || places.length > 4 * maxDepth) return
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collectJson(item, names, [...places, `[${index}]`], leaves)
  } else if (typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) collectJson(item, [...names, name], [...places, name], leaves)
  } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    leaves.push({ names, places, value: String(value).trim() })
  }
}

/** Values of a CSV with a header row: `;`, `,` or tab, quotes doubled inside quotes. Each row is a block of its own, made when it is asked for. */
export function readCsvBlocks(text: string): Result<Iterable<Leaf[]>> {
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  const delimiter = [';', '\t', ','].find((candidate) => firstLine.includes(candidate)) ?? ';'
  const rows = readRows(text, delimiter)
  if (rows === null) return failure('sidecar-invalid', { detail: 'a quote is never closed' })
  const [header, ...records] = rows
  if (!header || records.length === 0) return failure('sidecar-invalid', { detail: 'CSV without a header and a row' })
  // What is not there may be a wish to hide: nothing said would be "everybody".
  const uneven = records.findIndex((record) => record.length !== header.length)
  if (uneven >= 0) return failure('sidecar-invalid', { detail: `row ${uneven + 2} has ${records[uneven]!.length > header.length ? 'more' : 'fewer'} columns than the header` })
  const columns = header.map((name) => name.trim().split('.'))
  return success(blocksOfRows(records, columns))
}

function* blocksOfRows(records: readonly (readonly string[])[], columns: readonly (readonly string[])[]): Generator<Leaf[]> {
  for (const record of records) {
    yield record.flatMap((cell, column) => {
      const value = cell.trim()
      return value === '' ? [] : [{ names: columns[column]!, places: columns[column]!, value }]
    })
  }
}

function readRows(text: string, delimiter: string): string[][] | null {
  const rows: string[][] = []
  let row: string[] = []
  let value = ''
  const endRow = () => {
    row.push(value)
    if (row.some((cell) => cell.trim() !== '')) rows.push(row)
    row = []
    value = ''
  }
  // To the quote that closes it; a doubled one does not.
  const quoted = /"([^"]*(?:""[^"]*)*)"(?!")/y
  const ordinary = new RegExp(`[^"\\r\\n${delimiter}]+`, 'y')
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '"' && value.trim() === '') {
      quoted.lastIndex = at
      const inside = quoted.exec(text)?.[1]
      if (inside === undefined) return null
      value = inside.replaceAll('""', '"')
      at = quoted.lastIndex - 1
    } else if (character === delimiter) {
      row.push(value)
      value = ''
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at += 1
      endRow()
    } else if (character === '"') value += character
    else {
      ordinary.lastIndex = at
      value += ordinary.exec(text)![0]
      at = ordinary.lastIndex - 1
    }
  }
  endRow()
  return rows
}
