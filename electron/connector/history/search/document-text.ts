import type { ClinicalFact } from '#shared/contract/index.ts'
import { readCdaBody, readPdfText, textOfSections } from '../../documents/index.ts'
import { readFacts } from '../facts/read-facts.ts'

/**
 * Text of a document and where it stands: its narrative, a page (from 1) of an attachment, `null` when the document is the PDF itself, or its clinical
 * facts, one a line.
 */
export interface TextPiece {
  readonly kind: 'text' | 'page' | 'fact'
  readonly attachment: number | null
  readonly page: number | null
  readonly text: string
}

/** Longer pieces are cut: the words of one are taken down in one go. */
export const longestPiece = 8_000
/** Of all pieces of a document; what a very long one says further on is not searched. */
const longestText = 300_000

/**
 * What can be searched of a document's bytes: the narrative of a CDA, the pages of its PDFs and its clinical facts, or the pages of a PDF alone. Nothing
 * when it cannot be read.
 */
export async function documentText(bytes: Uint8Array): Promise<TextPiece[]> {
  if (isPdf(bytes)) return cut(await pagesOf(bytes, null))
  const body = readCdaBody(bytes)
  if (!body.ok) return []
  const pieces: TextPiece[] = [{ kind: 'text', attachment: null, page: null, text: textOfSections(body.value.sections) }]
  for (const [index, attachment] of body.value.attachments.entries()) {
    if (attachment.mediaType === 'application/pdf') pieces.push(...(await pagesOf(attachment.bytes, index)))
  }
  return [...cut(pieces), ...factPieces(bytes)]
}

function factPieces(bytes: Uint8Array): TextPiece[] {
  const read = readFacts(bytes, '')
  const lines = read.ok ? new Set(read.value.map(factLine).filter((line) => line !== '')) : []
  const texts: string[] = []
  for (const line of lines) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + line.length < longestPiece) texts[texts.length - 1] = `${last}\n${line}`
    else texts.push(line)
  }
  return texts.slice(0, longestText / longestPiece).map((text) => ({ kind: 'fact', attachment: null, page: null, text }))
}

const absences = new Set(['noneKnown', 'notRecorded', 'notLoaded', 'hiddenHere'])

/**
 * A fact as it is found: label, value, unit. Nothing of what is denied or not there, which a line alone would tell as if it were; and no value that the
 * signed text contradicts. The text of a section is searched as such.
 */
function factLine({ kind, label, value, unit, status, negated, conflict }: ClinicalFact): string {
  if (kind === 'narrative' || negated || status === 'refuted' || absences.has(status ?? '') || conflict?.field === 'negation') return ''
  return tidied([label, ...(conflict === null ? [value, unit] : [])].filter(Boolean).join(' ')).slice(0, longestPiece)
}

function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes('%PDF-')
}

async function pagesOf(bytes: Uint8Array, attachment: number | null): Promise<TextPiece[]> {
  const { pages } = await readPdfText(bytes, { characters: longestText })
  return pages.map((text, index) => ({ kind: 'page', attachment, page: index + 1, text }))
}

/** Pieces that are not empty, none too long, cut between words. */
function cut(pieces: readonly TextPiece[]): TextPiece[] {
  const found: TextPiece[] = []
  let left = longestText
  for (const piece of pieces) {
    let rest = tidied(piece.text).slice(0, left)
    left -= rest.length
    while (rest !== '') {
      const space = rest.length <= longestPiece ? rest.length : rest.lastIndexOf(' ', longestPiece)
      const text = rest.slice(0, space > 0 ? space : longestPiece)
      found.push({ ...piece, text })
      rest = rest.slice(text.length).trimStart()
    }
  }
  return found
}

function tidied(text: string): string {
  return text.normalize('NFC').replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
}
