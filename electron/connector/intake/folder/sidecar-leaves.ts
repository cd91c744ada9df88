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

/** Values of a CSV with a header row: `;`, `,` or tab, quotes doubled inside quotes. Each row is a block of its own. */
export function readCsvLeaves(text: string): Result<Leaf[]> {
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? ''
  const delimiter = [';', '\t', ','].find((candidate) => firstLine.includes(candidate)) ?? ';'
  const rows = readRows(text, delimiter)
  if (rows === null) return failure('sidecar-invalid', { detail: 'a quote is never closed' })
  const [header, ...records] = rows
  if (!header || records.length === 0) return failure('sidecar-invalid', { detail: 'CSV without a header and a row' })
  const leaves: Leaf[] = []
  for (const [index, record] of records.entries()) {
    if (record.length > header.length) return failure('sidecar-invalid', { detail: `row ${index + 2} has more columns than the header` })
    // What is not there may be a wish to hide: nothing said would be "everybody".
    if (record.length < header.length) return failure('sidecar-invalid', { detail: `row ${index + 2} has fewer columns than the header` })
    for (const [column, value] of record.entries()) {
      const names = header[column]!.trim().split('.')
      if (value.trim() !== '') leaves.push({ names, places: [`[${index}]`, ...names], value: value.trim() })
    }
  }
  return success(leaves)
}

function readRows(text: string, delimiter: string): string[][] | null {
  const rows: string[][] = []
  let row: string[] = []
  let value = ''
  let quoted = false
  const endRow = () => {
    row.push(value)
    if (row.some((cell) => cell.trim() !== '')) rows.push(row)
    row = []
    value = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (quoted) {
      if (character !== '"') value += character
      else if (text[at + 1] === '"') {
        value += '"'
        at += 1
      } else quoted = false
    } else if (character === '"' && value.trim() === '') {
      quoted = true
      value = ''
    } else if (character === delimiter) {
      row.push(value)
      value = ''
    } else if (character === '\n' || character === '\r') {
      if (character === '\r' && text[at + 1] === '\n') at += 1
      endRow()
    } else value += character
  }
  if (quoted) return null
  endRow()
  return rows
}
